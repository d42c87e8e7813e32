/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/known-host-row.h"

#include <glib/gi18n.h>

struct _CulvertKnownHostRow
{
  GtkBox            parent_instance;
  CulvertKnownHost *host; /* nullable */
  GtkLabel         *names;
  GtkLabel         *key;
  GtkLabel         *place;
  GtkWidget        *remove;
};

enum
{
  SIGNAL_REMOVE,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CulvertKnownHostRow, culvert_known_host_row, GTK_TYPE_BOX)

char *
culvert_known_host_describe (CulvertKnownHost *host)
{
  const char *names = culvert_known_host_get_names (host);

  switch (culvert_known_host_get_kind (host))
    {
    case CULVERT_KNOWN_HOST_AUTHORITY:
      /* Translators: %s are names and patterns, such as "*.example.com" */
      return g_strdup_printf (_ ("Authority for %s"), names != NULL ? names : _ ("a hidden name"));
    case CULVERT_KNOWN_HOST_REVOKED:
      /* Translators: %s are names and patterns, such as "*.example.com" */
      return g_strdup_printf (_ ("Revoked for %s"), names != NULL ? names : _ ("a hidden name"));
    case CULVERT_KNOWN_HOST_KEY:
    default:
      return g_strdup (names != NULL ? names : _ ("A hidden name"));
    }
}

static void
update_place (CulvertKnownHostRow *self)
{
  const char      *home = g_get_home_dir ();
  const char      *file = culvert_known_host_get_file (self->host);
  g_autofree char *shown = g_str_has_prefix (file, home) && file[strlen (home)] == '/'
                             ? g_strconcat ("~", file + strlen (home), NULL)
                             : g_strdup (file);
  /* Translators: 1 is a path, 2 a number */
  g_autofree char *text =
    g_strdup_printf (_ ("%1$s, line %2$u"), shown, culvert_known_host_get_line_number (self->host));

  gtk_label_set_label (self->place, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->place), file);
}

void
culvert_known_host_row_set_host (CulvertKnownHostRow *self, CulvertKnownHost *host)
{
  g_autofree char *names = NULL;
  g_autofree char *key = NULL;

  if (self->host != NULL)
    g_signal_handlers_disconnect_by_func (self->host, update_place, self);
  g_set_object (&self->host, host);
  if (host == NULL)
    return;
  g_signal_connect_swapped (host, "notify::line-number", G_CALLBACK (update_place), self);
  names = culvert_known_host_describe (host);
  key = g_strdup_printf ("%s  %s", culvert_known_host_get_type_name (host),
                         culvert_known_host_get_fingerprint (host));
  gtk_label_set_label (self->names, names);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->names), names);
  gtk_label_set_label (self->key, key);
  update_place (self);
}

CulvertKnownHost *
culvert_known_host_row_get_host (CulvertKnownHostRow *self)
{
  return self->host;
}

static void
remove_cb (CulvertKnownHostRow *self)
{
  g_signal_emit (self, signals[SIGNAL_REMOVE], 0);
}

static void
culvert_known_host_row_dispose (GObject *object)
{
  culvert_known_host_row_set_host (CULVERT_KNOWN_HOST_ROW (object), NULL);
  gtk_widget_dispose_template (GTK_WIDGET (object), CULVERT_TYPE_KNOWN_HOST_ROW);
  G_OBJECT_CLASS (culvert_known_host_row_parent_class)->dispose (object);
}

static void
culvert_known_host_row_class_init (CulvertKnownHostRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_known_host_row_dispose;
  signals[SIGNAL_REMOVE] = g_signal_new ("remove", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                         NULL, NULL, NULL, G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/known-host-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertKnownHostRow, names);
  gtk_widget_class_bind_template_child (widget_class, CulvertKnownHostRow, key);
  gtk_widget_class_bind_template_child (widget_class, CulvertKnownHostRow, place);
  gtk_widget_class_bind_template_child (widget_class, CulvertKnownHostRow, remove);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
culvert_known_host_row_init (CulvertKnownHostRow *self)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  /* A hyphen where the line is broken would read as part of the text. */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (self->names, attributes);
  gtk_label_set_attributes (self->key, attributes);
}

GtkWidget *
culvert_known_host_row_new (void)
{
  return g_object_new (CULVERT_TYPE_KNOWN_HOST_ROW, NULL);
}
