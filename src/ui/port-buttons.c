/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/port-buttons.h"

#include "core/errors.h"

#include <glib/gi18n.h>

#define STYLE_CLASS "proposal"

static void
remove_buttons (GtkBox *box)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (box));

  while (child != NULL)
    {
      GtkWidget *next = gtk_widget_get_next_sibling (child);

      if (gtk_widget_has_css_class (child, STYLE_CLASS))
        gtk_box_remove (box, child);
      child = next;
    }
}

/* Behind @sibling; NULL: first. */
static GtkWidget *
add_button (GtkBox                *box,
            GtkWidget             *sibling,
            const char            *label,
            const CulvertEndpoint *where,
            const char            *action)
{
  GtkWidget       *button = gtk_button_new_with_label (label);
  GtkLabel        *words = GTK_LABEL (gtk_button_get_child (GTK_BUTTON (button)));
  g_autofree char *text = culvert_endpoint_to_string (where);

  /* An address has to find room in the narrowest window. */
  gtk_label_set_wrap (words, TRUE);
  gtk_label_set_wrap_mode (words, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (words, GTK_JUSTIFY_CENTER);
  gtk_widget_add_css_class (button, STYLE_CLASS);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "s", text);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), action);
  gtk_box_insert_child_after (box, button, sibling);
  return button;
}

gboolean
culvert_port_buttons_fill (GtkBox                *box,
                           const GError          *error,
                           const CulvertEndpoint *listen,
                           const char            *action)
{
  const char *port_text = NULL;
  const char *address = NULL;
  const char *host = culvert_endpoint_get_host (listen);
  guint16     port = 0;
  GtkWidget  *last = NULL;

  remove_buttons (box);
  if (error == NULL || host == NULL)
    return FALSE;
  port_text = culvert_error_get_fact (error, CULVERT_FACT_FREE_PORT);
  address = culvert_error_get_fact (error, CULVERT_FACT_FREE_ADDRESS);
  if (port_text != NULL && culvert_port_parse (port_text, &port) && port != 0)
    {
      g_autoptr (CulvertEndpoint) where = culvert_endpoint_new_tcp (host, port);
      /* Translators: %u is a port number */
      g_autofree char *label = g_strdup_printf (_ ("Use Port %u"), port);

      last = add_button (box, last, label, where, action);
    }
  if (address != NULL)
    {
      g_autoptr (CulvertEndpoint) where =
        culvert_endpoint_new_tcp (address, culvert_endpoint_get_port (listen));
      g_autofree char *text = culvert_endpoint_to_string (where);
      /* Translators: %s is an address with a port */
      g_autofree char *label = g_strdup_printf (_ ("Use %s"), text);

      last = add_button (box, last, label, where, action);
    }
  return last != NULL;
}
