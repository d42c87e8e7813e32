/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/route-card.h"

#include "ui/forward-picture.h"
#include "ui/no-break.h"
#include "ui/route-break.h"

struct _CulvertRouteCard
{
  CulvertTunnelPart      parent_instance;
  GtkWidget             *card;
  CulvertForwardPicture *picture;
  GtkLabel              *words;
  GSignalGroup          *tunnel_signals;
  GSignalGroup          *list_signals;
  GPtrArray             *items; /* of CulvertForwardItem, all of which are listened to */
};

G_DEFINE_FINAL_TYPE (CulvertRouteCard, culvert_route_card, CULVERT_TYPE_TUNNEL_PART)

static gboolean
is_refused (CulvertForwardItem *item)
{
  return culvert_forward_item_is_enabled (item) &&
         culvert_forward_item_get_state (item) == CULVERT_FORWARD_LISTENING &&
         culvert_forward_item_get_target_state (item) == CULVERT_TARGET_REFUSED;
}

/* (transfer none) (nullable) */
static CulvertForwardItem *
choose_item (CulvertRouteCard *self)
{
  CulvertForwardItem *chosen = NULL;

  for (guint i = 0; i < self->items->len; i++)
    {
      CulvertForwardItem *item = g_ptr_array_index (self->items, i);

      if (is_refused (item))
        return item;
      if (chosen == NULL && culvert_forward_item_is_enabled (item))
        chosen = item;
    }
  return chosen;
}

static const GError *
get_error (CulvertTunnel *tunnel, CulvertForwardItem *item)
{
  CulvertTunnelState state = culvert_tunnel_get_state (tunnel);

  if (state == CULVERT_TUNNEL_WAITING || state == CULVERT_TUNNEL_FAILED)
    return culvert_tunnel_get_error (tunnel);
  if (state == CULVERT_TUNNEL_UP && is_refused (item))
    return culvert_forward_item_get_target_error (item);
  return NULL;
}

static void
update (CulvertRouteCard *self)
{
  CulvertTunnel      *tunnel = culvert_tunnel_part_get_tunnel (CULVERT_TUNNEL_PART (self));
  CulvertForwardItem *item = tunnel != NULL ? choose_item (self) : NULL;
  CulvertProfile     *profile;
  CulvertForwardSpec *spec;
  const GError       *error;
  g_autofree char    *words = NULL;
  g_autofree char    *unbroken = NULL;

  gtk_widget_set_visible (self->card, item != NULL);
  if (item == NULL)
    return;
  profile = culvert_tunnel_get_profile (tunnel);
  spec = culvert_forward_item_get_spec (item);
  error = get_error (tunnel, item);
  culvert_forward_picture_set_forward (self->picture, spec, profile, error);
  words = culvert_route_break_describe (error, spec, profile);
  unbroken = words != NULL ? culvert_no_break (words) : g_strdup ("");
  gtk_label_set_label (self->words, unbroken);
  gtk_widget_set_visible (GTK_WIDGET (self->words), words != NULL);
}

static void
drop_items (CulvertRouteCard *self)
{
  for (guint i = 0; i < self->items->len; i++)
    g_signal_handlers_disconnect_by_data (self->items->pdata[i], self);
  g_ptr_array_set_size (self->items, 0);
}

static void
take_items (CulvertRouteCard *self)
{
  static const char *const signals[] = { "notify::spec", "notify::is-enabled", "notify::state",
                                         "notify::target-state", "notify::target-error" };
  CulvertTunnel           *tunnel = culvert_tunnel_part_get_tunnel (CULVERT_TUNNEL_PART (self));
  GListModel              *list = tunnel != NULL ? culvert_tunnel_get_forwards (tunnel) : NULL;
  CulvertForwardItem      *item;

  drop_items (self);
  for (guint i = 0; list != NULL && (item = g_list_model_get_item (list, i)) != NULL; i++)
    {
      g_ptr_array_add (self->items, item);
      for (guint j = 0; j < G_N_ELEMENTS (signals); j++)
        g_signal_connect_swapped (item, signals[j], G_CALLBACK (update), self);
    }
  update (self);
}

static void
culvert_route_card_tunnel_changed (CulvertTunnelPart *part)
{
  CulvertRouteCard *self = CULVERT_ROUTE_CARD (part);
  CulvertTunnel    *tunnel = culvert_tunnel_part_get_tunnel (part);

  g_signal_group_set_target (self->tunnel_signals, tunnel);
  g_signal_group_set_target (self->list_signals,
                             tunnel != NULL ? culvert_tunnel_get_forwards (tunnel) : NULL);
  take_items (self);
}

static void
culvert_route_card_dispose (GObject *object)
{
  CulvertRouteCard *self = CULVERT_ROUTE_CARD (object);

  g_signal_group_set_target (self->tunnel_signals, NULL);
  g_signal_group_set_target (self->list_signals, NULL);
  drop_items (self);
  G_OBJECT_CLASS (culvert_route_card_parent_class)->dispose (object);
}

static void
culvert_route_card_finalize (GObject *object)
{
  CulvertRouteCard *self = CULVERT_ROUTE_CARD (object);

  g_clear_object (&self->tunnel_signals);
  g_clear_object (&self->list_signals);
  g_ptr_array_unref (self->items);
  G_OBJECT_CLASS (culvert_route_card_parent_class)->finalize (object);
}

static void
culvert_route_card_class_init (CulvertRouteCardClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = culvert_route_card_dispose;
  G_OBJECT_CLASS (klass)->finalize = culvert_route_card_finalize;
  CULVERT_TUNNEL_PART_CLASS (klass)->tunnel_changed = culvert_route_card_tunnel_changed;
}

static void
listen (CulvertRouteCard *self)
{
  static const char *const signals[] = { "notify::profile", "notify::state", "notify::error" };

  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->tunnel_signals = g_signal_group_new (CULVERT_TYPE_TUNNEL);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_group_connect_swapped (self->tunnel_signals, signals[i], G_CALLBACK (update), self);
  self->list_signals = g_signal_group_new (G_TYPE_LIST_MODEL);
  g_signal_group_connect_swapped (self->list_signals, "items-changed", G_CALLBACK (take_items),
                                  self);
}

static void
culvert_route_card_init (CulvertRouteCard *self)
{
  listen (self);
  self->card = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_widget_add_css_class (self->card, "card");
  gtk_widget_add_css_class (self->card, "route");
  self->picture = g_object_new (CULVERT_TYPE_FORWARD_PICTURE, NULL);
  gtk_box_append (GTK_BOX (self->card), GTK_WIDGET (self->picture));
  self->words = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (self->words, TRUE);
  gtk_label_set_wrap_mode (self->words, PANGO_WRAP_WORD_CHAR);
  gtk_label_set_justify (self->words, GTK_JUSTIFY_CENTER);
  gtk_box_append (GTK_BOX (self->card), GTK_WIDGET (self->words));
  adw_bin_set_child (ADW_BIN (self), self->card);
}
