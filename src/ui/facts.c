/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/facts.h"

#include <glib/gi18n.h>

struct _CulvertFacts
{
  CulvertTunnelPart parent_instance;
};

G_DEFINE_FINAL_TYPE (CulvertFacts, culvert_facts, CULVERT_TYPE_TUNNEL_PART)

static const CulvertTunnelFacts *
get_facts (CulvertFacts *self)
{
  return culvert_tunnel_get_facts (culvert_tunnel_part_get_tunnel (CULVERT_TUNNEL_PART (self)));
}

static gboolean
has_text (CulvertFacts *self, const char *text)
{
  return text != NULL && *text != '\0';
}

/* A subtitle is markup, and all of this came from a server. */
static char *
escape (CulvertTunnelState state, const char *text)
{
  if (state != CULVERT_TUNNEL_UP || text == NULL)
    return g_strdup ("");
  return g_markup_escape_text (text, -1);
}

static char *
format_address (CulvertFacts *self, CulvertTunnelState state)
{
  return escape (state, get_facts (self)->server_address);
}

/* What is between here and the server, in order; "" when nothing is. */
static char *
format_way (CulvertFacts *self, CulvertTunnelState state)
{
  CulvertTunnel           *tunnel = culvert_tunnel_part_get_tunnel (CULVERT_TUNNEL_PART (self));
  const CulvertProfile    *profile = culvert_tunnel_get_profile (tunnel);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv)           places = NULL;
  g_autofree char         *text = NULL;

  if (profile->proxy_command[0] != '\0')
    g_strv_builder_add (builder, profile->proxy_command);
  else if (g_str_equal (profile->proxy, "system"))
    g_strv_builder_add (builder, _ ("The system’s proxy"));
  else if (profile->proxy[0] != '\0')
    g_strv_builder_add (builder, profile->proxy);
  g_strv_builder_addv (builder, (const char **)profile->hops);
  places = g_strv_builder_end (builder);
  text = g_strjoinv (" → ", places);
  return escape (state, text);
}

static char *
format_software (CulvertFacts *self, CulvertTunnelState state)
{
  return escape (state, get_facts (self)->server_version);
}

static char *
format_host_key (CulvertFacts *self, CulvertTunnelState state)
{
  const CulvertTunnelFacts *facts = get_facts (self);
  g_autofree char          *text = NULL;

  if (facts->host_key_type == NULL || facts->host_key_fingerprint == NULL)
    return g_strdup ("");
  text = g_strdup_printf ("%s %s", facts->host_key_type, facts->host_key_fingerprint);
  return escape (state, text);
}

static char *
format_method (CulvertFacts *self, CulvertTunnelState state)
{
  return escape (state, get_facts (self)->auth_method);
}

static char *
format_algorithms (CulvertFacts *self, CulvertTunnelState state)
{
  return escape (state, get_facts (self)->algorithms);
}

/* It was made printable where it came in, and is shown as it is, not as markup. */
static char *
format_banner (CulvertFacts *self, CulvertTunnelState state)
{
  return g_strdup (state == CULVERT_TUNNEL_UP ? get_facts (self)->banner : NULL);
}

static void
copy_fingerprint_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  const CulvertTunnelFacts *facts = get_facts (CULVERT_FACTS (widget));

  if (facts->host_key_fingerprint == NULL)
    return;
  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), facts->host_key_fingerprint);
  gtk_widget_activate_action (widget, "win.show-message", "s", _ ("Fingerprint copied"));
}

static void
culvert_facts_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CULVERT_TYPE_FACTS);
  G_OBJECT_CLASS (culvert_facts_parent_class)->dispose (object);
}

static void
culvert_facts_class_init (CulvertFactsClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_facts_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/facts.ui");
  gtk_widget_class_bind_template_callback (widget_class, has_text);
  gtk_widget_class_bind_template_callback (widget_class, format_address);
  gtk_widget_class_bind_template_callback (widget_class, format_way);
  gtk_widget_class_bind_template_callback (widget_class, format_software);
  gtk_widget_class_bind_template_callback (widget_class, format_host_key);
  gtk_widget_class_bind_template_callback (widget_class, format_method);
  gtk_widget_class_bind_template_callback (widget_class, format_algorithms);
  gtk_widget_class_bind_template_callback (widget_class, format_banner);
  gtk_widget_class_install_action (widget_class, "facts.copy-fingerprint", NULL,
                                   copy_fingerprint_action);
}

static void
culvert_facts_init (CulvertFacts *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
