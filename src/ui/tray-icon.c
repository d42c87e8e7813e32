/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/tray-icon.h"

#include "desktop/tray.h"
#include "ui/format.h"
#include "ui/tray-menu.h"
#include "ui/tray-pixels.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>
#include <gtk/gtk.h>

#define N_STATES (CULVERT_TUNNEL_IDLE + 1)
/* So long after a click in the menu, its question is what the person waits for. */
#define ASKS_US (60 * (gint64)G_USEC_PER_SEC)

struct _CulvertTrayIcon
{
  CulvertTunnelManager       *manager;
  const CulvertTrayIconFuncs *funcs;
  gpointer                    user_data;
  CulvertTray                *tray;
  GPtrArray                  *tunnels;          /* of CulvertTunnel: those that are listened to */
  GPtrArray                  *groups;           /* of CulvertTunnelGroup: likewise */
  GVariant                   *pixels[N_STATES]; /* NULL until drawn */
  char                       *started_id; /* nullable: the tunnel that was switched on here last */
  gint64                      started_us;
};

static CulvertTrayLook *
describe_cb (gpointer user_data)
{
  CulvertTrayIcon   *self = user_data;
  CulvertTunnelState state = culvert_tray_get_worst_state (self->manager);
  const char        *icon_name = culvert_format_state_icon (state);
  CulvertTrayLook   *look = culvert_tray_look_new ();

  if (self->pixels[state] == NULL)
    self->pixels[state] = culvert_tray_pixels_new (state);
  if (self->pixels[state] != NULL)
    look->pixels = g_variant_ref (self->pixels[state]);
  /* Not every tray falls back on the pixels when it does not find a name. */
  look->icon_name = g_strdup (culvert_tray_icon_is_installed (icon_name) ? icon_name : "");
  look->icon_text = g_strdup_printf (_ ("Culvert: %s"), culvert_words_for_state (state));
  look->heading = g_strdup ("Culvert");
  look->text = culvert_tray_text_new (self->manager);
  look->needs_attention = state == CULVERT_TUNNEL_NEEDS_YOU || state == CULVERT_TUNNEL_FAILED;
  look->menu = culvert_tray_menu_new (self->manager);
  return look;
}

static void
toggle (CulvertTrayIcon *self, const char *tunnel_id)
{
  CulvertTunnel *tunnel = culvert_tunnel_manager_find (self->manager, tunnel_id);

  if (tunnel == NULL)
    return;
  g_clear_pointer (&self->started_id, g_free);
  if (culvert_tunnel_is_wanted (tunnel))
    {
      culvert_tunnel_stop (tunnel);
      return;
    }
  self->started_id = g_strdup (tunnel_id);
  self->started_us = g_get_monotonic_time ();
  culvert_tunnel_start (tunnel);
}

static void
toggle_group (CulvertTrayIcon *self, const char *name)
{
  CulvertTunnelGroup *group =
    culvert_tunnel_groups_find (culvert_tunnel_manager_get_groups (self->manager), name);

  if (group != NULL)
    culvert_tunnel_group_set_wanted (group,
                                     culvert_tunnel_group_get_state (group) != CULVERT_GROUP_ON);
}

/* (nullable): what follows @prefix in @key */
static const char *
skip_prefix (const char *key, const char *prefix)
{
  return g_str_has_prefix (key, prefix) ? key + strlen (prefix) : NULL;
}

static void
chosen_cb (const char *key, const char *token, gpointer user_data)
{
  CulvertTrayIcon *self = user_data;

  if (g_str_equal (key, CULVERT_TRAY_OPEN))
    self->funcs->open (NULL, token, self->user_data);
  else if (g_str_equal (key, CULVERT_TRAY_QUIT))
    self->funcs->quit (self->user_data);
  else if (skip_prefix (key, CULVERT_TRAY_ANSWER) != NULL)
    self->funcs->open (skip_prefix (key, CULVERT_TRAY_ANSWER), token, self->user_data);
  else if (skip_prefix (key, CULVERT_TRAY_GROUP) != NULL)
    toggle_group (self, skip_prefix (key, CULVERT_TRAY_GROUP));
  else if (skip_prefix (key, CULVERT_TRAY_TOGGLE) != NULL)
    toggle (self, skip_prefix (key, CULVERT_TRAY_TOGGLE));
}

/* The icon that asks for attention leads to what needs it. */
static void
activated_cb (const char *token, gpointer user_data)
{
  CulvertTrayIcon *self = user_data;

  for (guint i = 0; i < self->tunnels->len; i++)
    if (culvert_tunnel_get_prompt (self->tunnels->pdata[i]) != NULL)
      {
        self->funcs->open (culvert_tunnel_get_id (self->tunnels->pdata[i]), token, self->user_data);
        return;
      }
  self->funcs->open (NULL, token, self->user_data);
}

static void
host_changed_cb (gboolean has_host, gpointer user_data)
{
  CulvertTrayIcon *self = user_data;

  self->funcs->host_changed (has_host, self->user_data);
}

static void
changed_cb (CulvertTrayIcon *self)
{
  culvert_tray_changed (self->tray);
}

static void
prompt_changed_cb (CulvertTrayIcon *self, GParamSpec *pspec, CulvertTunnel *tunnel)
{
  g_autofree char *id = NULL;

  if (culvert_tunnel_get_prompt (tunnel) == NULL ||
      g_strcmp0 (self->started_id, culvert_tunnel_get_id (tunnel)) != 0)
    return;
  id = g_steal_pointer (&self->started_id);
  if (g_get_monotonic_time () - self->started_us < ASKS_US)
    self->funcs->open (id, NULL, self->user_data);
}

static void
forget (CulvertTrayIcon *self, GPtrArray *followed, guint position, guint n_removed)
{
  for (guint i = position; i < position + n_removed; i++)
    g_signal_handlers_disconnect_by_data (followed->pdata[i], self);
  if (n_removed > 0)
    g_ptr_array_remove_range (followed, position, n_removed);
}

static void
groups_changed_cb (GListModel      *groups,
                   guint            position,
                   guint            n_removed,
                   guint            n_added,
                   CulvertTrayIcon *self)
{
  forget (self, self->groups, position, n_removed);
  for (guint i = position; i < position + n_added; i++)
    {
      CulvertTunnelGroup *group = g_list_model_get_item (groups, i);

      g_ptr_array_insert (self->groups, (int)i, group);
      g_signal_connect_swapped (group, "notify", G_CALLBACK (changed_cb), self);
    }
  changed_cb (self);
}

static void
tunnels_changed_cb (GListModel      *tunnels,
                    guint            position,
                    guint            n_removed,
                    guint            n_added,
                    CulvertTrayIcon *self)
{
  static const char *const what[] = { "notify::state", "notify::title", "notify::is-wanted",
                                      "notify::prompt", "notify::profile" };

  forget (self, self->tunnels, position, n_removed);
  for (guint i = position; i < position + n_added; i++)
    {
      CulvertTunnel *tunnel = g_list_model_get_item (tunnels, i);

      g_ptr_array_insert (self->tunnels, (int)i, tunnel);
      for (guint j = 0; j < G_N_ELEMENTS (what); j++)
        g_signal_connect_swapped (tunnel, what[j], G_CALLBACK (changed_cb), self);
      g_signal_connect_swapped (tunnel, "notify::prompt", G_CALLBACK (prompt_changed_cb), self);
    }
  changed_cb (self);
}

CulvertTrayIcon *
culvert_tray_icon_new (GDBusConnection            *bus,
                       CulvertTunnelManager       *manager,
                       const CulvertTrayIconFuncs *funcs,
                       gpointer                    user_data,
                       GError                    **error)
{
  static const CulvertTrayFuncs tray_funcs = { describe_cb, chosen_cb, activated_cb,
                                               host_changed_cb };
  g_autoptr (CulvertTrayIcon)   self = g_new0 (CulvertTrayIcon, 1);
  GListModel                   *groups;

  self->manager = g_object_ref (manager);
  self->funcs = funcs;
  self->user_data = user_data;
  self->tunnels = g_ptr_array_new_with_free_func (g_object_unref);
  self->groups = g_ptr_array_new_with_free_func (g_object_unref);
  self->tray =
    culvert_tray_new (bus, "Culvert", gtk_widget_get_default_direction () == GTK_TEXT_DIR_RTL,
                      &tray_funcs, self, error);
  if (self->tray == NULL)
    return NULL;
  groups = G_LIST_MODEL (culvert_tunnel_manager_get_groups (manager));
  tunnels_changed_cb (G_LIST_MODEL (manager), 0, 0,
                      g_list_model_get_n_items (G_LIST_MODEL (manager)), self);
  groups_changed_cb (groups, 0, 0, g_list_model_get_n_items (groups), self);
  g_signal_connect (manager, "items-changed", G_CALLBACK (tunnels_changed_cb), self);
  g_signal_connect (groups, "items-changed", G_CALLBACK (groups_changed_cb), self);
  return g_steal_pointer (&self);
}

void
culvert_tray_icon_free (CulvertTrayIcon *self)
{
  if (self == NULL)
    return;

  g_signal_handlers_disconnect_by_data (self->manager, self);
  g_signal_handlers_disconnect_by_data (culvert_tunnel_manager_get_groups (self->manager), self);
  culvert_tray_free (self->tray);
  forget (self, self->tunnels, 0, self->tunnels->len);
  forget (self, self->groups, 0, self->groups->len);
  g_ptr_array_unref (self->tunnels);
  g_ptr_array_unref (self->groups);
  g_free (self->started_id);
  for (guint i = 0; i < N_STATES; i++)
    g_clear_pointer (&self->pixels[i], g_variant_unref);
  g_object_unref (self->manager);
  g_free (self);
}

gboolean
culvert_tray_icon_has_host (CulvertTrayIcon *self)
{
  return culvert_tray_has_host (self->tray);
}
