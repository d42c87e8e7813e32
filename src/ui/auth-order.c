/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/auth-order.h"

#include "ui/accessible-name.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

/* A place in the order: its widgets stay, the method that stands there changes. */
typedef struct
{
  CulvertAuthMethod method;
  gboolean          is_used;
  AdwActionRow     *row;
  GtkSwitch        *toggle;
  GtkWidget        *up;
  GtkWidget        *down;
} Place;

struct _CulvertAuthOrder
{
  AdwExpanderRow parent_instance;
  Place          places[CULVERT_N_AUTH_METHODS];
  gboolean       is_filling;
};

G_DEFINE_FINAL_TYPE (CulvertAuthOrder, culvert_auth_order, ADW_TYPE_EXPANDER_ROW)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
label_widget (GtkWidget *widget, const char *name, const char *verb)
{
  g_autofree char *label = g_strdup_printf ("%s: %s", name, verb);

  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
}

static char *
describe_order (CulvertAuthOrder *self)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new ();

  for (guint i = 0; i < CULVERT_N_AUTH_METHODS; i++)
    if (self->places[i].is_used)
      g_ptr_array_add (names, (gpointer)culvert_words_for_method (self->places[i].method));
  g_ptr_array_add (names, NULL);
  /* Translators: between ways to sign in, which are tried one after the other */
  return g_strjoinv (_ (" → "), (char **)names->pdata);
}

static void
show_places (CulvertAuthOrder *self)
{
  g_autofree char *order = describe_order (self);

  self->is_filling = TRUE;
  for (guint i = 0; i < CULVERT_N_AUTH_METHODS; i++)
    {
      Place      *place = &self->places[i];
      const char *name = culvert_words_for_method (place->method);

      adw_preferences_row_set_title (ADW_PREFERENCES_ROW (place->row), name);
      gtk_switch_set_active (place->toggle, place->is_used);
      label_widget (place->up, name, _ ("Try Earlier"));
      label_widget (place->down, name, _ ("Try Later"));
    }
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self), order);
  self->is_filling = FALSE;
}

static void
toggled_cb (GtkSwitch *toggle, GParamSpec *pspec, CulvertAuthOrder *self)
{
  if (self->is_filling)
    return;
  for (guint i = 0; i < CULVERT_N_AUTH_METHODS; i++)
    if (self->places[i].toggle == toggle)
      self->places[i].is_used = gtk_switch_get_active (toggle);
  show_places (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

/* The focus follows what was moved, as far as it can go on. */
static void
move (CulvertAuthOrder *self, guint from, guint to)
{
  CulvertAuthMethod method = self->places[from].method;
  gboolean          is_used = self->places[from].is_used;
  Place            *target = &self->places[to];

  self->places[from].method = target->method;
  self->places[from].is_used = target->is_used;
  target->method = method;
  target->is_used = is_used;
  show_places (self);
  gtk_widget_grab_focus ((to < from && to > 0) || to + 1 == CULVERT_N_AUTH_METHODS ? target->up
                                                                                   : target->down);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
move_cb (GtkWidget *button, CulvertAuthOrder *self)
{
  for (guint i = 0; i < CULVERT_N_AUTH_METHODS; i++)
    {
      if (self->places[i].up == button && i > 0)
        {
          move (self, i, i - 1);
          return;
        }
      if (self->places[i].down == button && i + 1 < CULVERT_N_AUTH_METHODS)
        {
          move (self, i, i + 1);
          return;
        }
    }
}

static GtkWidget *
add_button (CulvertAuthOrder *self, AdwActionRow *row, const char *icon_name, const char *tooltip)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon_name);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, tooltip);
  gtk_widget_add_css_class (button, "flat");
  g_signal_connect_object (button, "clicked", G_CALLBACK (move_cb), self, 0);
  adw_action_row_add_suffix (row, button);
  return button;
}

static void
add_place (CulvertAuthOrder *self, guint index)
{
  Place *place = &self->places[index];

  place->method = (CulvertAuthMethod)index;
  place->is_used = TRUE;
  place->row = ADW_ACTION_ROW (adw_action_row_new ());
  place->up = add_button (self, place->row, "go-up-symbolic", _ ("Try Earlier"));
  place->down = add_button (self, place->row, "go-down-symbolic", _ ("Try Later"));
  gtk_widget_set_sensitive (place->up, index > 0);
  gtk_widget_set_sensitive (place->down, index + 1 < CULVERT_N_AUTH_METHODS);
  place->toggle = GTK_SWITCH (gtk_switch_new ());
  gtk_widget_set_valign (GTK_WIDGET (place->toggle), GTK_ALIGN_CENTER);
  g_signal_connect_object (place->toggle, "notify::active", G_CALLBACK (toggled_cb), self, 0);
  adw_action_row_add_suffix (place->row, GTK_WIDGET (place->toggle));
  adw_action_row_set_activatable_widget (place->row, GTK_WIDGET (place->toggle));
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), GTK_WIDGET (place->row));
}

static void
culvert_auth_order_class_init (CulvertAuthOrderClass *klass)
{
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
culvert_auth_order_init (CulvertAuthOrder *self)
{
  for (guint i = 0; i < CULVERT_N_AUTH_METHODS; i++)
    add_place (self, i);
  show_places (self);
  culvert_accessible_name_expander (ADW_EXPANDER_ROW (self));
}

void
culvert_auth_order_set_methods (CulvertAuthOrder *self, const GArray *methods)
{
  guint n = 0;

  g_return_if_fail (CULVERT_IS_AUTH_ORDER (self));

  for (guint i = 0; i < methods->len && n < CULVERT_N_AUTH_METHODS; i++)
    {
      self->places[n].method = g_array_index (methods, CulvertAuthMethod, i);
      self->places[n++].is_used = TRUE;
    }
  for (CulvertAuthMethod method = 0; method < CULVERT_N_AUTH_METHODS; method++)
    {
      gboolean is_listed = FALSE;

      for (guint i = 0; i < methods->len; i++)
        is_listed = is_listed || g_array_index (methods, CulvertAuthMethod, i) == method;
      if (is_listed || n >= CULVERT_N_AUTH_METHODS)
        continue;
      self->places[n].method = method;
      self->places[n++].is_used = FALSE;
    }
  show_places (self);
}

GArray *
culvert_auth_order_dup_methods (CulvertAuthOrder *self)
{
  GArray *methods = g_array_new (FALSE, FALSE, sizeof (CulvertAuthMethod));

  g_return_val_if_fail (CULVERT_IS_AUTH_ORDER (self), methods);

  for (guint i = 0; i < CULVERT_N_AUTH_METHODS; i++)
    if (self->places[i].is_used)
      g_array_append_val (methods, self->places[i].method);
  return methods;
}
