/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/focus-walk.h"

#include <adwaita.h>

#define MOST_STOPS  500
#define MOST_FAULTS 10

typedef struct
{
  GtkWindow  *window;
  const char *what;
  GHashTable *met; /* of GtkWidget, which may go meanwhile */
  GString    *faults;
  guint       n_faults;
} Walk;

static char *
describe (GtkWidget *widget)
{
  g_autoptr (GString) text = g_string_new (G_OBJECT_TYPE_NAME (widget));
  g_autofree char    *label = NULL;

  if (g_object_class_find_property (G_OBJECT_GET_CLASS (widget), "label") != NULL)
    g_object_get (widget, "label", &label, NULL);
  if (label == NULL)
    label = g_strdup (gtk_widget_get_tooltip_text (widget));
  if (label != NULL)
    g_string_append_printf (text, " \"%s\"", label);
  for (GtkWidget *up = gtk_widget_get_parent (widget); up != NULL; up = gtk_widget_get_parent (up))
    if (g_str_has_prefix (G_OBJECT_TYPE_NAME (up), "Culvert"))
      {
        g_string_append_printf (text, " in %s", G_OBJECT_TYPE_NAME (up));
        break;
      }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void G_GNUC_PRINTF (2, 3) report (Walk *self, const char *format, ...)
{
  va_list rest;

  if (++self->n_faults > MOST_FAULTS)
    return;
  g_string_append_printf (self->faults, "\n%s: ", self->what);
  va_start (rest, format);
  g_string_append_vprintf (self->faults, format, rest);
  va_end (rest);
}

static GtkWidget *
step (Walk *self)
{
  gtk_widget_child_focus (GTK_WIDGET (self->window), GTK_DIR_TAB_FORWARD);
  return gtk_window_get_focus (self->window);
}

/* Both as they lie now. */
static gboolean
lies_before (Walk *self, GtkWidget *from, GtkWidget *to)
{
  graphene_rect_t before, after;
  gboolean        is_rtl = gtk_widget_get_direction (GTK_WIDGET (self->window)) == GTK_TEXT_DIR_RTL;

  if (!gtk_widget_compute_bounds (from, GTK_WIDGET (self->window), &before) ||
      !gtk_widget_compute_bounds (to, GTK_WIDGET (self->window), &after))
    return FALSE;
  /* What has just come has no place yet. */
  if (after.size.width <= 0 || after.origin.y + after.size.height > before.origin.y)
    return FALSE;
  return is_rtl ? after.origin.x + after.size.width >= before.origin.x + before.size.width
                : after.origin.x <= before.origin.x;
}

/* What has the focus is scrolled to, with the next frame. */
static gboolean
goes_back (Walk *self, GtkWidget *from, GtkWidget *to)
{
  if (!lies_before (self, from, to))
    return FALSE;
  gtk_test_widget_wait_for_draw (GTK_WIDGET (self->window));
  return lies_before (self, from, to);
}

static GtkWidget *
find_list (GtkWidget *widget)
{
  return widget != NULL ? gtk_widget_get_ancestor (widget, GTK_TYPE_LIST_BOX) : NULL;
}

/* Rows that had the focus may have filled what stands beside their list, which has its place with the next
 * frame; and Tab goes by places. */
static GtkWidget *
step_from (Walk *self, GtkWidget *last)
{
  GtkWidget *next = step (self);

  if (find_list (last) == NULL || find_list (last) == find_list (next))
    return next;
  gtk_widget_grab_focus (last);
  gtk_test_widget_wait_for_draw (GTK_WIDGET (self->window));
  return step (self);
}

static void
walk_round (Walk *self)
{
  GtkWidget *first, *last;

  gtk_window_set_focus (self->window, NULL);
  first = last = step (self);
  if (first == NULL)
    return;
  g_hash_table_add (self->met, g_object_ref (first));
  for (guint i = 0; i < MOST_STOPS; i++)
    {
      GtkWidget *next = step_from (self, last);

      if (next == first)
        return;
      if (next == NULL)
        continue;
      if (goes_back (self, last, next))
        {
          g_autofree char *from = describe (last);
          g_autofree char *to = describe (next);

          report (self, "Tab goes back, from %s to %s", from, to);
        }
      g_hash_table_add (self->met, g_object_ref (next));
      last = next;
    }
  report (self, "Tab does not come round");
}

/* What somebody uses; labels and scrolled places take the focus, too, but nothing is lost without. */
static gboolean
is_used (GtkWidget *widget)
{
  return GTK_IS_BUTTON (widget) || GTK_IS_SWITCH (widget) || GTK_IS_CHECK_BUTTON (widget) ||
         GTK_IS_DROP_DOWN (widget) || GTK_IS_EXPANDER (widget) || GTK_IS_TEXT_VIEW (widget) ||
         (GTK_IS_TEXT (widget) && gtk_editable_get_editable (GTK_EDITABLE (widget)));
}

/* The rows of a list are moved between by the arrows. */
static GtkWidget *
find_row (GtkWidget *widget)
{
  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    if (GTK_IS_LIST_BOX_ROW (widget) ||
        gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget)) ==
          GTK_ACCESSIBLE_ROLE_LIST_ITEM ||
        gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget)) == GTK_ACCESSIBLE_ROLE_ROW)
      return widget;
  return NULL;
}

static gboolean
has_met_inside (Walk *self, GtkWidget *list)
{
  GHashTableIter iter;
  gpointer       met;

  g_hash_table_iter_init (&iter, self->met);
  while (g_hash_table_iter_next (&iter, &met, NULL))
    if (met == list || gtk_widget_is_ancestor (met, list))
      return TRUE;
  return FALSE;
}

static gboolean
is_met_from_row (Walk *self, GtkWidget *widget)
{
  GtkWidget *row = find_row (gtk_widget_get_parent (widget));
  GtkWidget *list = row != NULL ? gtk_widget_get_parent (row) : NULL;

  if (list == NULL || !has_met_inside (self, list) || !gtk_widget_grab_focus (row))
    return FALSE;
  for (guint i = 0; i < MOST_STOPS; i++)
    {
      GtkWidget *next = step (self);

      if (next == widget)
        return TRUE;
      if (next == NULL || !gtk_widget_is_ancestor (next, row))
        return FALSE;
    }
  return FALSE;
}

/* The window's own buttons: its keys do the same. */
static gboolean
is_frame (GtkWidget *widget)
{
  return gtk_widget_get_ancestor (widget, GTK_TYPE_WINDOW_CONTROLS) != NULL;
}

static void
check_met (Walk *self, GtkWidget *widget)
{
  if (!gtk_widget_get_mapped (widget) || !gtk_widget_is_sensitive (widget) ||
      GTK_IS_POPOVER (widget))
    return;
  if (is_used (widget) && gtk_widget_get_focusable (widget) && gtk_widget_get_can_focus (widget) &&
      !is_frame (widget) && !g_hash_table_contains (self->met, widget) &&
      !is_met_from_row (self, widget))
    {
      g_autofree char *text = describe (widget);

      report (self, "the keyboard does not reach %s", text);
    }
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    check_met (self, child);
}

void
focus_walk_check (GtkWindow *window, const char *what)
{
  g_autoptr (GHashTable) met = g_hash_table_new_full (NULL, NULL, g_object_unref, NULL);
  g_autoptr (GString)    faults = g_string_new (NULL);
  Walk                   self = { window, what, met, faults, 0 };

  walk_round (&self);
  check_met (&self, GTK_WIDGET (window));
  gtk_window_set_focus (window, NULL);
  g_test_message ("%s: the keyboard meets %u things%s", what, g_hash_table_size (met), faults->str);
  g_assert_cmpuint (self.n_faults, ==, 0);
}
