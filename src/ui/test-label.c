/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/test-label.h"

#include "words/test-words.h"

#include <glib/gi18n.h>

#define TUNNEL_KEY "culvert-tunnel"
#define ITEM_KEY   "culvert-forward-item"

/* (transfer full): with the place that the server really listens on */
static CulvertForwardSpec *
dup_bound_spec (CulvertForwardItem *item)
{
  CulvertForwardFields fields =
    culvert_forward_spec_get_fields (culvert_forward_item_get_spec (item));
  CulvertEndpoint *bound = culvert_forward_item_get_bound (item);

  if (bound != NULL)
    fields.listen = bound;
  return culvert_forward_spec_new (&fields);
}

static char *
describe (CulvertTunnel *tunnel, CulvertForwardItem *item)
{
  g_autoptr (CulvertForwardSpec) spec = dup_bound_spec (item);
  g_autofree char      *words = culvert_words_for_test (culvert_forward_item_get_test_state (item),
                                                        culvert_forward_item_get_test_error (item), spec,
                                                        culvert_tunnel_get_profile (tunnel));
  gint64                tested_us = culvert_forward_item_get_tested_us (item);
  g_autoptr (GDateTime) then = NULL;
  g_autofree char      *time = NULL;

  if (tested_us == 0)
    return g_steal_pointer (&words);
  then = g_date_time_new_from_unix_local (tested_us / G_USEC_PER_SEC);
  time = g_date_time_format (then, "%X");
  /* Translators: 1 is a time of the day, 2 are sentences about what a test has found */
  return g_strdup_printf (_ ("Tested at %1$s. %2$s"), time, words);
}

static void
update (GtkLabel *label)
{
  CulvertForwardItem *item = g_object_get_data (G_OBJECT (label), ITEM_KEY);
  CulvertTestState    state = culvert_forward_item_get_test_state (item);
  gboolean            is_bad = state == CULVERT_TEST_FAILED || state == CULVERT_TEST_WORKS_EXPOSED;
  const char *const   classes[] = { "caption", is_bad ? "trouble" : "dim-label", NULL };
  g_autofree char    *text = describe (g_object_get_data (G_OBJECT (label), TUNNEL_KEY), item);

  gtk_label_set_label (label, text);
  gtk_widget_set_css_classes (GTK_WIDGET (label), (const char **)classes);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
}

GtkWidget *
culvert_test_label_new (CulvertTunnel *tunnel, CulvertForwardItem *item)
{
  static const char *const signals[] = { "notify::test-state", "notify::test-error",
                                         "notify::bound", "notify::spec" };
  GtkWidget               *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_selectable (GTK_LABEL (label), TRUE);
  gtk_widget_set_can_focus (label, FALSE);
  g_object_set_data_full (G_OBJECT (label), TUNNEL_KEY, g_object_ref (tunnel), g_object_unref);
  g_object_set_data_full (G_OBJECT (label), ITEM_KEY, g_object_ref (item), g_object_unref);
  for (gsize i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_object (item, signals[i], G_CALLBACK (update), label, G_CONNECT_SWAPPED);
  update (GTK_LABEL (label));
  return label;
}
