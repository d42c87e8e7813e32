/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Interruptions of a tunnel: what counts as one, why it was, and how it ended. */

#include "engine/drop-history.h"

#include "core/errors.h"

static CulvertTunnelState
state_of (char letter)
{
  switch (letter)
    {
    case 'c':
      return CULVERT_TUNNEL_CONNECTING;
    case 'g':
      return CULVERT_TUNNEL_SIGNING_IN;
    case 'U':
      return CULVERT_TUNNEL_UP;
    case 'w':
    case 'n': /* for another network */
      return CULVERT_TUNNEL_WAITING;
    case 'q':
      return CULVERT_TUNNEL_NEEDS_YOU;
    case 'x':
      return CULVERT_TUNNEL_STOPPING;
    case 's':
      return CULVERT_TUNNEL_STOPPED;
    case 'F':
      return CULVERT_TUNNEL_FAILED;
    case 'i':
      return CULVERT_TUNNEL_IDLE;
    default:
      g_assert_not_reached ();
    }
}

typedef struct
{
  const char *name;
  const char *states;
  guint       n_drops;
  /* of the latest */
  CulvertDropEnd end;
  guint          n_tries;
} Row;

static const Row rows[] = {
  { "never-up", "cgwcwcF", 0, 0, 0 },
  { "up", "cgU", 0, 0, 0 },
  { "lost", "cgUw", 1, CULVERT_DROP_AWAY, 0 },
  { "trying", "cgUwcwc", 1, CULVERT_DROP_AWAY, 2 },
  { "came-back", "cgUwcgU", 1, CULVERT_DROP_CAME_BACK, 1 },
  { "came-back-late", "cgUwcwcwcgU", 1, CULVERT_DROP_CAME_BACK, 3 },
  { "twice", "cgUwcgUwcgU", 2, CULVERT_DROP_CAME_BACK, 1 },
  { "failed", "cgUwcgF", 1, CULVERT_DROP_GIVEN_UP, 1 },
  { "failed-at-once", "cgUF", 1, CULVERT_DROP_GIVEN_UP, 0 },
  { "helped", "cgUwcgFcgU", 1, CULVERT_DROP_HELPED, 2 },
  { "answered", "cgUwcgqgU", 1, CULVERT_DROP_HELPED, 1 },
  { "by-itself-after-help", "cgUwcgFcgUwcgU", 2, CULVERT_DROP_CAME_BACK, 1 },
  { "switched-off", "cgUxs", 0, 0, 0 },
  { "switched-off-while-away", "cgUwcxs", 1, CULVERT_DROP_SWITCHED_OFF, 1 },
  { "switched-off-after-failure", "cgUFs", 1, CULVERT_DROP_SWITCHED_OFF, 0 },
  { "restarted", "cgUxscgU", 0, 0, 0 },
  { "at-rest", "icgUi", 0, 0, 0 },
  { "at-rest-while-away", "icgUwi", 1, CULVERT_DROP_AT_REST, 0 },
  { "another-network", "cgUncgU", 0, 0, 0 },
};

static CulvertDrop *
get_latest (CulvertDropHistory *history)
{
  g_autoptr (CulvertDrop) drop = g_list_model_get_item (G_LIST_MODEL (history), 0);

  return drop;
}

static void
live (CulvertDropHistory *history, const char *states)
{
  g_autoptr (GError) lost = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST, "lost");
  g_autoptr (GError) network =
    g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NETWORK_EXCLUDED, "not here");

  for (const char *letter = states; *letter != '\0'; letter++)
    culvert_drop_history_take_state (history, state_of (*letter),
                                     *letter == 'n'   ? network
                                     : *letter == 'U' ? NULL
                                                      : lost);
}

static void
test_row (gconstpointer data)
{
  const Row                     *row = data;
  g_autoptr (CulvertDropHistory) history = culvert_drop_history_new ();

  live (history, row->states);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (history)), ==, row->n_drops);
  if (row->n_drops == 0)
    return;
  g_assert_cmpint (culvert_drop_get_end (get_latest (history)), ==, row->end);
  g_assert_cmpuint (culvert_drop_get_n_tries (get_latest (history)), ==, row->n_tries);
  g_assert_true (g_error_matches (culvert_drop_get_error (get_latest (history)), CULVERT_SSH_ERROR,
                                  CULVERT_SSH_ERROR_LOST));
}

static void
count_cb (CulvertDrop *drop, guint *n)
{
  (*n)++;
}

/* The reason that comes after the state is the drop's; a later one is that of a try. */
static void
test_late_reason (void)
{
  g_autoptr (CulvertDropHistory) history = culvert_drop_history_new ();
  g_autoptr (GError) lost = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST, "lost");
  g_autoptr (GError) refused =
    g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_REFUSED, "refused");
  guint n_told = 0;

  live (history, "cgU");
  culvert_drop_history_take_state (history, CULVERT_TUNNEL_WAITING, NULL);
  g_signal_connect (get_latest (history), "changed", G_CALLBACK (count_cb), &n_told);
  culvert_drop_history_take_error (history, lost);
  culvert_drop_history_take_error (history, refused);
  g_assert_cmpuint (n_told, ==, 1);
  g_assert_true (g_error_matches (culvert_drop_get_error (get_latest (history)), CULVERT_SSH_ERROR,
                                  CULVERT_SSH_ERROR_LOST));
  live (history, "cgU");
  g_assert_cmpuint (n_told, ==, 2);
}

static void
test_new_settings (void)
{
  g_autoptr (CulvertDropHistory) history = culvert_drop_history_new ();
  g_autoptr (CulvertProfile)     before = culvert_profile_new ();
  g_autoptr (CulvertProfile)     renamed = culvert_profile_edit (before);
  g_autoptr (CulvertProfile)     moved = culvert_profile_edit (before);

  culvert_profile_set_string (&renamed->name, "new");
  culvert_profile_set_string (&moved->host, "new");
  live (history, "cgU");
  culvert_drop_history_take_profile (history, before, moved);
  live (history, "cgU");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (history)), ==, 0);
  culvert_drop_history_take_profile (history, before, renamed);
  live (history, "wcgU");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (history)), ==, 1);
}

/* How long it was away stands still once it is over. */
static void
test_times (void)
{
  g_autoptr (CulvertDropHistory) history = culvert_drop_history_new ();
  gint64                         begin_us = g_get_real_time ();
  gint64                         away_us;

  live (history, "cgUw");
  g_assert_cmpint (culvert_drop_get_lost_at_us (get_latest (history)), >=, begin_us);
  g_usleep (2000);
  away_us = culvert_drop_get_away_us (get_latest (history));
  g_assert_cmpint (away_us, >=, 2000);
  g_usleep (2000);
  g_assert_cmpint (culvert_drop_get_away_us (get_latest (history)), >, away_us);
  live (history, "cgU");
  away_us = culvert_drop_get_away_us (get_latest (history));
  g_usleep (2000);
  g_assert_cmpint (culvert_drop_get_away_us (get_latest (history)), ==, away_us);
}

static void
changed_cb (GListModel *model, guint position, guint n_removed, guint n_added, guint *n_items)
{
  *n_items += n_added;
  *n_items -= n_removed;
  g_assert_cmpuint (position, <=, *n_items);
}

static void
test_bounded (void)
{
  g_autoptr (CulvertDropHistory) history = culvert_drop_history_new ();
  guint                          n_items = 0;

  g_signal_connect (history, "items-changed", G_CALLBACK (changed_cb), &n_items);
  live (history, "cgU");
  for (guint i = 0; i < CULVERT_DROP_HISTORY_MAX + 10; i++)
    live (history, "wcgU");
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (history)), ==,
                    CULVERT_DROP_HISTORY_MAX);
  g_assert_cmpuint (n_items, ==, CULVERT_DROP_HISTORY_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/engine/drop-history/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/engine/drop-history/late-reason", test_late_reason);
  g_test_add_func ("/engine/drop-history/new-settings", test_new_settings);
  g_test_add_func ("/engine/drop-history/times", test_times);
  g_test_add_func ("/engine/drop-history/bounded", test_bounded);
  return g_test_run ();
}
