/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/tunnel-page.h"

#include "base/source.h"
#include "ui/connections-view.h"
#include "ui/drops-view.h"
#include "ui/log-view.h"
#include "ui/overview.h"

#include <glib/gi18n.h>

struct _CulvertTunnelPage
{
  CulvertTunnelPart parent_instance;
  gboolean          is_folded;
  gboolean          is_compact;
  GSource          *compact_source; /* NULL unless is_compact is about to follow the switcher */

  AdwViewSwitcherTitle *switcher;
  AdwViewStack         *stack;
  GtkStack             *log_stack; /* its lines, and the interruptions */
};

G_DEFINE_FINAL_TYPE (CulvertTunnelPage, culvert_tunnel_page, CULVERT_TYPE_TUNNEL_PART)

enum
{
  PROP_0,
  PROP_IS_FOLDED,
  PROP_IS_COMPACT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
show_log_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  culvert_tunnel_page_show_view (CULVERT_TUNNEL_PAGE (widget), "log");
}

static char *
format_connections_title (CulvertTunnelPage *self, guint n_open)
{
  /* Translators: the number of connections; "_" before the key that shows them */
  return n_open > 0 ? g_strdup_printf (_ ("_Connections (%u)"), n_open)
                    : g_strdup (_ ("_Connections"));
}

static char *
format_drops_title (CulvertTunnelPage *self, guint n_drops)
{
  /* Translators: %u is how often the tunnel was interrupted */
  return n_drops > 0 ? g_strdup_printf (_ ("Interruptions (%u)"), n_drops)
                     : g_strdup (_ ("Interruptions"));
}

static gboolean
follow_switcher_cb (gpointer user_data)
{
  CulvertTunnelPage *self = CULVERT_TUNNEL_PAGE (user_data);
  gboolean           is_compact = adw_view_switcher_title_get_title_visible (self->switcher);

  culvert_source_clear (&self->compact_source);
  if (self->is_compact != is_compact)
    {
      self->is_compact = is_compact;
      g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_COMPACT]);
    }
  return G_SOURCE_REMOVE;
}

/* The switcher decides while it is given its size; what comes and goes with that must wait until
 * the others have theirs. */
static void
title_visible_cb (CulvertTunnelPage *self)
{
  if (self->compact_source != NULL)
    return;
  self->compact_source = g_idle_source_new ();
  g_source_set_priority (self->compact_source, G_PRIORITY_HIGH_IDLE);
  g_source_set_callback (self->compact_source, follow_switcher_cb, self, NULL);
  g_source_attach (self->compact_source, NULL);
}

static void
culvert_tunnel_page_dispose (GObject *object)
{
  CulvertTunnelPage *self = CULVERT_TUNNEL_PAGE (object);

  culvert_source_clear (&self->compact_source);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_TUNNEL_PAGE);
  G_OBJECT_CLASS (culvert_tunnel_page_parent_class)->dispose (object);
}

static void
culvert_tunnel_page_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CulvertTunnelPage *self = CULVERT_TUNNEL_PAGE (object);

  switch (prop_id)
    {
    case PROP_IS_FOLDED:
      g_value_set_boolean (value, self->is_folded);
      break;
    case PROP_IS_COMPACT:
      g_value_set_boolean (value, self->is_compact);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_tunnel_page_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  CulvertTunnelPage *self = CULVERT_TUNNEL_PAGE (object);

  switch (prop_id)
    {
    case PROP_IS_FOLDED:
      if (self->is_folded == g_value_get_boolean (value))
        break;
      self->is_folded = g_value_get_boolean (value);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_tunnel_page_class_init (CulvertTunnelPageClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass   *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = culvert_tunnel_page_dispose;
  object_class->get_property = culvert_tunnel_page_get_property;
  object_class->set_property = culvert_tunnel_page_set_property;
  properties[PROP_IS_FOLDED] = g_param_spec_boolean ("is-folded", NULL, NULL, FALSE, flags);
  properties[PROP_IS_COMPACT] = g_param_spec_boolean ("is-compact", NULL, NULL, FALSE,
                                                      G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (CULVERT_TYPE_OVERVIEW);
  g_type_ensure (CULVERT_TYPE_CONNECTIONS_VIEW);
  g_type_ensure (CULVERT_TYPE_LOG_VIEW);
  g_type_ensure (CULVERT_TYPE_DROPS_VIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/tunnel-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertTunnelPage, switcher);
  gtk_widget_class_bind_template_child (widget_class, CulvertTunnelPage, stack);
  gtk_widget_class_bind_template_child (widget_class, CulvertTunnelPage, log_stack);
  gtk_widget_class_bind_template_callback (widget_class, format_connections_title);
  gtk_widget_class_bind_template_callback (widget_class, format_drops_title);
  gtk_widget_class_bind_template_callback (widget_class, title_visible_cb);
  gtk_widget_class_install_action (widget_class, "page.show-log", NULL, show_log_action);
}

static void
culvert_tunnel_page_init (CulvertTunnelPage *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
culvert_tunnel_page_search_log (CulvertTunnelPage *self)
{
  g_return_if_fail (CULVERT_IS_TUNNEL_PAGE (self));
  culvert_tunnel_page_show_view (self, "log");
  gtk_widget_activate_action (gtk_stack_get_child_by_name (self->log_stack, "lines"), "log.search",
                              NULL);
}

void
culvert_tunnel_page_show_view (CulvertTunnelPage *self, const char *name)
{
  gboolean is_drops;

  g_return_if_fail (CULVERT_IS_TUNNEL_PAGE (self));
  is_drops = g_str_equal (name, "drops");
  adw_view_stack_set_visible_child_name (self->stack, is_drops ? "log" : name);
  if (is_drops || g_str_equal (name, "log"))
    gtk_stack_set_visible_child_name (self->log_stack, is_drops ? "drops" : "lines");
}
