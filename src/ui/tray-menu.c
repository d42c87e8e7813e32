/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/tray-menu.h"

#include "ui/group-row.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

#define TEXT_MAX_TUNNELS 6
#define LABEL_MAX_CHARS  60

/* The higher the worse; negative: it is off. */
static int
get_badness (CulvertTunnel *tunnel)
{
  if (!culvert_tunnel_is_wanted (tunnel))
    return -1;
  switch (culvert_tunnel_get_state (tunnel))
    {
    case CULVERT_TUNNEL_IDLE:
      return 0;
    case CULVERT_TUNNEL_UP:
      return 1;
    case CULVERT_TUNNEL_CONNECTING:
    case CULVERT_TUNNEL_SIGNING_IN:
      return 2;
    case CULVERT_TUNNEL_WAITING:
      return 3;
    case CULVERT_TUNNEL_NEEDS_YOU:
      return 4;
    case CULVERT_TUNNEL_FAILED:
      return 5;
    case CULVERT_TUNNEL_STOPPED:
    case CULVERT_TUNNEL_STOPPING:
    default:
      return -1;
    }
}

/* (transfer none) */
static CulvertTunnel *
get_tunnel (CulvertTunnelManager *manager, guint index)
{
  g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (G_LIST_MODEL (manager), index);

  return tunnel; /* the manager has it, too */
}

static guint
count_tunnels (CulvertTunnelManager *manager)
{
  return g_list_model_get_n_items (G_LIST_MODEL (manager));
}

static CulvertTunnelState
get_worst_state (GListModel *tunnels)
{
  CulvertTunnelState worst = CULVERT_TUNNEL_STOPPED;
  int                badness = -1;

  for (guint i = 0; i < g_list_model_get_n_items (tunnels); i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (tunnels, i);

      if (get_badness (tunnel) <= badness)
        continue;
      badness = get_badness (tunnel);
      worst = culvert_tunnel_get_state (tunnel);
    }
  return worst;
}

CulvertTunnelState
culvert_tray_get_worst_state (CulvertTunnelManager *manager)
{
  return get_worst_state (G_LIST_MODEL (manager));
}

static gboolean
is_trouble (CulvertTunnelState state)
{
  return state == CULVERT_TUNNEL_WAITING || state == CULVERT_TUNNEL_NEEDS_YOU ||
         state == CULVERT_TUNNEL_FAILED;
}

/* (transfer full): a menu is no place for a long name */
static char *
shorten (const char *name)
{
  g_autofree char *start = NULL;

  if (g_utf8_strlen (name, -1) <= LABEL_MAX_CHARS)
    return g_strdup (name);
  start = g_utf8_substring (name, 0, LABEL_MAX_CHARS - 1);
  return g_strconcat (start, "…", NULL);
}

/* (transfer full) */
static char *
describe_tunnel (CulvertTunnel *tunnel)
{
  g_autofree char *title = shorten (culvert_tunnel_get_title (tunnel));

  /* Translators: a tunnel's name and its state, as in “Production: Connected” */
  return g_strdup_printf (_ ("%s: %s"), title,
                          culvert_words_for_state (culvert_tunnel_get_state (tunnel)));
}

static void
add_answer (CulvertMenuItem *menu, CulvertTunnel *tunnel)
{
  g_autofree char *title = shorten (culvert_tunnel_get_title (tunnel));
  g_autofree char *label = g_strdup_printf (_ ("Answer “%s”…"), title);
  g_autofree char *key = g_strconcat (CULVERT_TRAY_ANSWER, culvert_tunnel_get_id (tunnel), NULL);

  culvert_menu_item_add (menu, CULVERT_MENU_ACTION, key, label);
}

static void
add_tunnel (CulvertMenuItem *menu, CulvertTunnel *tunnel)
{
  g_autofree char *label = describe_tunnel (tunnel);
  g_autofree char *key = g_strconcat (CULVERT_TRAY_TOGGLE, culvert_tunnel_get_id (tunnel), NULL);
  CulvertMenuItem *item = culvert_menu_item_add (menu, CULVERT_MENU_CHECK, key, label);

  item->is_checked = culvert_tunnel_is_wanted (tunnel);
}

static void
add_answers (CulvertMenuItem *menu, CulvertTunnelManager *manager)
{
  for (guint i = 0; i < count_tunnels (manager); i++)
    {
      CulvertTunnel *tunnel = get_tunnel (manager, i);

      if (culvert_tunnel_get_prompt (tunnel) != NULL)
        add_answer (menu, tunnel);
    }
  if (menu->children->len > 0)
    culvert_menu_item_add (menu, CULVERT_MENU_SEPARATOR, "below-answers", NULL);
}

/* (transfer full): how much of it is on, unless one of its tunnels is in trouble, which is not seen before the
 * submenu is open */
static char *
describe_group (CulvertTunnelGroup *group, const char *name)
{
  CulvertTunnelState worst = get_worst_state (G_LIST_MODEL (group));
  g_autofree char   *words = is_trouble (worst) ? g_strdup (culvert_words_for_state (worst))
                                                : culvert_group_row_dup_words (group);

  /* Translators: a tunnel's name and its state, as in “Production: Connected” */
  return g_strdup_printf (_ ("%s: %s"), name, words);
}

static void
add_group (CulvertMenuItem *menu, CulvertTunnelGroup *group)
{
  GListModel      *tunnels = G_LIST_MODEL (group);
  const char      *name = culvert_tunnel_group_get_name (group);
  g_autofree char *short_name = shorten (name);
  g_autofree char *title = describe_group (group, short_name);
  g_autofree char *place = g_strconcat ("in-", CULVERT_TRAY_GROUP, name, NULL);
  g_autofree char *key = g_strconcat (CULVERT_TRAY_GROUP, name, NULL);
  g_autofree char *line = g_strconcat ("below-", CULVERT_TRAY_GROUP, name, NULL);
  /* Translators: %s is the name of a group of tunnels */
  g_autofree char *label = g_strdup_printf (_ ("All of “%s”"), short_name);
  CulvertMenuItem *submenu = culvert_menu_item_add (menu, CULVERT_MENU_SUBMENU, place, title);

  if (!culvert_tunnel_group_is_exclusive (group))
    {
      culvert_menu_item_add (submenu, CULVERT_MENU_CHECK, key, label)->is_checked =
        culvert_tunnel_group_get_state (group) == CULVERT_GROUP_ON;
      culvert_menu_item_add (submenu, CULVERT_MENU_SEPARATOR, line, NULL);
    }
  for (guint i = 0; i < g_list_model_get_n_items (tunnels); i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (tunnels, i);

      add_tunnel (submenu, tunnel);
    }
}

/* A group stands where its first tunnel does. */
static void
add_tunnels (CulvertMenuItem *menu, CulvertTunnelManager *manager)
{
  CulvertTunnelGroups   *groups = culvert_tunnel_manager_get_groups (manager);
  g_autoptr (GHashTable) added = g_hash_table_new (NULL, NULL);
  guint                  n_tunnels = count_tunnels (manager);

  for (guint i = 0; i < n_tunnels; i++)
    {
      CulvertTunnel      *tunnel = get_tunnel (manager, i);
      CulvertTunnelGroup *group =
        culvert_tunnel_groups_find (groups, culvert_tunnel_get_profile (tunnel)->group);

      if (group == NULL)
        add_tunnel (menu, tunnel);
      else if (g_hash_table_add (added, group))
        add_group (menu, group);
    }
  if (n_tunnels > 0)
    culvert_menu_item_add (menu, CULVERT_MENU_SEPARATOR, "below-tunnels", NULL);
}

CulvertMenuItem *
culvert_tray_menu_new (CulvertTunnelManager *manager)
{
  CulvertMenuItem *menu = culvert_menu_item_new (CULVERT_MENU_SUBMENU, "", NULL);
  guint            n_on = culvert_tunnel_manager_get_n_on (manager);
  g_autofree char *quit =
    n_on == 0 ? g_strdup (_ ("Quit"))
              : g_strdup_printf (
                  ngettext ("Quit (stops %u tunnel)", "Quit (stops %u tunnels)", n_on), n_on);

  add_answers (menu, manager);
  add_tunnels (menu, manager);
  culvert_menu_item_add (menu, CULVERT_MENU_ACTION, CULVERT_TRAY_OPEN, _ ("Open Culvert"));
  culvert_menu_item_add (menu, CULVERT_MENU_ACTION, CULVERT_TRAY_QUIT, quit);
  return menu;
}

/* The worst first; of two that are as bad, the one that stands higher in the list. */
static int
compare_badness (gconstpointer a, gconstpointer b)
{
  return get_badness (*(CulvertTunnel *const *)b) - get_badness (*(CulvertTunnel *const *)a);
}

char *
culvert_tray_text_new (CulvertTunnelManager *manager)
{
  g_autoptr (GPtrArray) on = g_ptr_array_new ();
  GString              *text = g_string_new (NULL);

  for (guint i = 0; i < count_tunnels (manager); i++)
    if (get_badness (get_tunnel (manager, i)) >= 0)
      g_ptr_array_add (on, get_tunnel (manager, i));
  if (on->len == 0)
    return g_string_free (g_string_append (text, _ ("No tunnel is on")), FALSE);

  g_ptr_array_sort (on, compare_badness);
  for (guint i = 0; i < MIN (on->len, TEXT_MAX_TUNNELS); i++)
    {
      g_autofree char *line = describe_tunnel (on->pdata[i]);

      g_string_append_printf (text, "%s%s", i > 0 ? "\n" : "", line);
    }
  if (on->len > TEXT_MAX_TUNNELS)
    {
      guint n_more = on->len - TEXT_MAX_TUNNELS;

      g_string_append_c (text, '\n');
      /* Translators: at the end of a list of tunnels */
      g_string_append_printf (text, ngettext ("and %u more", "and %u more", n_more), n_more);
    }
  return g_string_free (text, FALSE);
}
