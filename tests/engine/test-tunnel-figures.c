/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/engine-support.h"
#include "engine/tunnel-fixture.h"
#include "engine/tunnel-private.h"
#include "support/traffic.h"

#include <unistd.h>

/* Counts what an object notifies, by property. */
typedef struct
{
  GHashTable *counts; /* name → number */
  guint       n_samples;
} Notes;

static void
note_cb (GObject *object, GParamSpec *pspec, Notes *notes)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (notes->counts, pspec->name));

  g_hash_table_replace (notes->counts, (gpointer)pspec->name, GUINT_TO_POINTER (n + 1));
}

static void
sampled_cb (CulvertTunnel *tunnel, Notes *notes)
{
  notes->n_samples++;
}

static guint
count (Notes *notes, const char *property)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (notes->counts, g_intern_string (property)));
}

static void
notes_init (Notes *notes)
{
  notes->counts = g_hash_table_new (g_str_hash, g_str_equal);
  notes->n_samples = 0;
}

static void
notes_clear (TunnelFixture *self, Notes *notes)
{
  g_signal_handlers_disconnect_by_data (self->tunnel, notes);
  if (culvert_tunnel_find_forward (self->tunnel, "a") != NULL)
    g_signal_handlers_disconnect_by_data (culvert_tunnel_find_forward (self->tunnel, "a"), notes);
  g_hash_table_unref (notes->counts);
}

static double
get_double (gpointer object, const char *property)
{
  double value;

  g_object_get (object, property, &value, NULL);

  return value;
}

static void
send_and_drain (guint16 port, gsize n_bytes)
{
  g_autoptr (CulvertTraffic) traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_ECHO, .port = port, .n_bytes = n_bytes, .seed = 1 });

  culvert_test_wait_until (culvert_traffic_is_done (traffic), PATIENCE_MS);
  culvert_traffic_finish (g_steal_pointer (&traffic));
}

static void
test_totals_and_rates (TunnelFixture *self, gconstpointer data)
{
  CulvertForwardItem *item;
  CulvertRateHistory *history;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  tunnel_fixture_make (self, "a=0:echo b=0:echo");
  item = culvert_tunnel_find_forward (self->tunnel, "a");
  history = culvert_tunnel_get_history (self->tunnel);
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for (self, UP);

  send_and_drain (tunnel_fixture_get_port (self, "a"), 300000);
  culvert_test_wait_until (culvert_tunnel_get_n_received (self->tunnel) == 300000, PATIENCE_MS);
  g_assert_cmpuint (culvert_tunnel_get_n_sent (self->tunnel), ==, 300000);
  g_assert_cmpuint (culvert_forward_item_get_n_received (item), ==, 300000);
  g_assert_cmpuint (culvert_forward_item_get_n_sent (item), ==, 300000);
  g_assert_cmpfloat (get_double (self->tunnel, "received-rate"), >, 0);
  g_assert_cmpfloat (get_double (self->tunnel, "sent-rate"), >, 0);
  g_assert_cmpfloat (get_double (item, "received-rate"), >, 0);
  g_assert_cmpfloat (get_double (item, "sent-rate"), >, 0);
  g_assert_cmpfloat (culvert_rate_history_get_current (history).received, ==,
                     get_double (self->tunnel, "received-rate"));
  /* The other forward carried nothing. */
  g_assert_cmpuint (
    culvert_forward_item_get_n_received (culvert_tunnel_find_forward (self->tunnel, "b")), ==, 0);

  /* Off: nothing moves any more, and what was carried stays to be read. */
  culvert_tunnel_stop (self->tunnel);
  tunnel_fixture_wait_for (self, STOPPED);
  g_assert_cmpfloat (get_double (self->tunnel, "received-rate"), ==, 0);
  g_assert_cmpfloat (get_double (self->tunnel, "sent-rate"), ==, 0);
  g_assert_cmpfloat (get_double (item, "received-rate"), ==, 0);
  g_assert_cmpuint (culvert_tunnel_get_n_received (self->tunnel), ==, 300000);
  g_assert_cmpuint (culvert_forward_item_get_n_received (item), ==, 300000);
  g_assert_cmpuint (culvert_rate_history_get_n_samples (history), >, 0);

  /* On again: from 0. */
  culvert_tunnel_start (self->tunnel);
  g_assert_cmpuint (culvert_tunnel_get_n_received (self->tunnel), ==, 0);
  tunnel_fixture_wait_for (self, UP);
  g_assert_cmpuint (culvert_forward_item_get_n_received (item), ==, 0);
  g_assert_cmpfloat (culvert_rate_history_get_current (history).received, ==, 0);
}

static void
count_sample_cb (CulvertTunnel *tunnel, gpointer user_data)
{
  ++*(guint *)user_data;
}

/* Nobody looks: nothing wakes the program while bytes move, and in the end the totals are known. */
static void
test_unwatched (TunnelFixture *self, gconstpointer data)
{
  guint n_samples = 0;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  tunnel_fixture_make (self, "a=0:echo");
  g_signal_connect (self->tunnel, "sampled", G_CALLBACK (count_sample_cb), &n_samples);
  culvert_tunnel_set_unwatched (self->tunnel, TRUE);
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for (self, UP);
  send_and_drain (tunnel_fixture_get_port (self, "a"), 300000);
  culvert_test_spend (600);
  g_assert_cmpuint (n_samples, ==, 0);
  g_assert_cmpuint (culvert_tunnel_get_n_received (self->tunnel), ==, 0);

  /* Somebody looks, and looks away again: both count at once. */
  culvert_tunnel_set_unwatched (self->tunnel, FALSE);
  g_assert_cmpuint (culvert_tunnel_get_n_received (self->tunnel), ==, 300000);
  culvert_test_wait_until (n_samples > 0, 5000);
  g_assert_cmpfloat (
    culvert_rate_history_get_current (culvert_tunnel_get_history (self->tunnel)).received, ==, 0);
  culvert_tunnel_set_unwatched (self->tunnel, TRUE);
  n_samples = 0;
  culvert_test_spend (600);
  g_assert_cmpuint (n_samples, ==, 0);

  culvert_tunnel_stop (self->tunnel);
  tunnel_fixture_wait_for (self, STOPPED);
  g_assert_cmpuint (culvert_tunnel_get_n_received (self->tunnel), ==, 300000);
  g_assert_cmpuint (culvert_tunnel_get_n_sent (self->tunnel), ==, 300000);
}

static void
test_open_connections (TunnelFixture *self, gconstpointer data)
{
  CulvertForwardItem *item;
  int                 clients[3];

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  tunnel_fixture_make (self, "a=0:echo b=0:echo");
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for (self, UP);
  item = culvert_tunnel_find_forward (self->tunnel, "a");
  for (int i = 0; i < 3; i++)
    {
      clients[i] = culvert_client_connect (tunnel_fixture_get_port (self, i < 2 ? "a" : "b"));
      engine_client_assert_echo (clients[i]);
    }
  culvert_test_wait_until (culvert_tunnel_get_n_open (self->tunnel) == 3, PATIENCE_MS);
  g_assert_cmpuint (culvert_forward_item_get_n_open (item), ==, 2);
  g_assert_cmpint (culvert_forward_item_get_target_state (item), ==, CULVERT_TARGET_ANSWERED);

  close (clients[0]);
  culvert_test_wait_until (culvert_tunnel_get_n_open (self->tunnel) == 2, PATIENCE_MS);
  g_assert_cmpuint (culvert_forward_item_get_n_open (item), ==, 1);

  culvert_tunnel_stop (self->tunnel);
  tunnel_fixture_wait_for (self, STOPPED);
  g_assert_cmpuint (culvert_tunnel_get_n_open (self->tunnel), ==, 0);
  g_assert_cmpuint (culvert_forward_item_get_n_open (item), ==, 0);
  g_assert_cmpint (culvert_forward_item_get_target_state (item), ==, CULVERT_TARGET_UNKNOWN);
  engine_client_assert_closed (clients[1]);
  close (clients[1]);
  close (clients[2]);
}

/* At most two samples, and then rest, and not a word about what did not change; nothing at all when off. */
static void
test_quiet_when_nothing_changes (TunnelFixture *self, gconstpointer data)
{
  Notes  notes;
  gint64 cpu_us;

  notes_init (&notes);
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  tunnel_fixture_make (self, "a=0:db:5432");
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for (self, UP);
  g_signal_connect (self->tunnel, "notify", G_CALLBACK (note_cb), &notes);
  g_signal_connect (culvert_tunnel_find_forward (self->tunnel, "a"), "notify", G_CALLBACK (note_cb),
                    &notes);
  g_signal_connect (self->tunnel, "sampled", G_CALLBACK (sampled_cb), &notes);

  cpu_us = culvert_test_get_cpu_us ();
  culvert_test_spend (1500);
  g_assert_cmpuint (notes.n_samples, <=, 3);
  g_assert_cmpuint (g_hash_table_size (notes.counts), ==, 0);
  /* Neither thread spins.  (This test itself looks 200 times a second.) */
  g_assert_cmpint (culvert_test_get_cpu_us () - cpu_us, <,
                   (gint64)(150 * 1000 * culvert_test_get_patience ()));

  culvert_tunnel_stop (self->tunnel);
  tunnel_fixture_wait_for (self, STOPPED);
  g_assert_cmpuint (count (&notes, "state"), >=, 2);
  notes.n_samples = 0;
  g_hash_table_remove_all (notes.counts);
  culvert_test_spend (600);
  g_assert_cmpuint (notes.n_samples, ==, 0);
  g_assert_cmpuint (g_hash_table_size (notes.counts), ==, 0);
  notes_clear (self, &notes);
}

static void
spend_until_it_rests (TunnelFixture *self)
{
  culvert_test_wait_until (self->tunnel->sample_source == NULL, PATIENCE_MS);
}

/* Whatever is counted wakes what rests; a list that somebody looks at keeps it awake. */
static void
test_rests_and_wakes (TunnelFixture *self, gconstpointer data)
{
  gboolean is_held = FALSE;
  int      client;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  tunnel_fixture_make (self, "a=0:echo");
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for (self, UP);
  spend_until_it_rests (self);

  client = culvert_client_connect (tunnel_fixture_get_port (self, "a"));
  culvert_test_wait_until (culvert_tunnel_get_n_open (self->tunnel) == 1, PATIENCE_MS);
  spend_until_it_rests (self);

  culvert_connections_set_watched (culvert_tunnel_get_connections (self->tunnel), &is_held, TRUE);
  g_assert_nonnull (self->tunnel->sample_source);
  culvert_test_spend (1000);
  g_assert_nonnull (self->tunnel->sample_source);
  culvert_connections_set_watched (culvert_tunnel_get_connections (self->tunnel), &is_held, FALSE);
  spend_until_it_rests (self);

  engine_client_assert_echo (client);
  culvert_test_wait_until (culvert_tunnel_get_n_received (self->tunnel) > 0, PATIENCE_MS);
  culvert_test_wait_until (!culvert_rate_history_is_still (self->tunnel->history), PATIENCE_MS);
  /* The graph moves. */
  culvert_test_spend (1000);
  g_assert_nonnull (self->tunnel->sample_source);
  close (client);
}

static void
items_changed_cb (GListModel *model, guint position, guint n_removed, guint n_added, GString *text)
{
  g_string_append_printf (text, "%u-%u+%u ", position, n_removed, n_added);
}

static void
set_forwards (TunnelFixture *self, const char *forwards)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_edit (self->profile);

  engine_profile_set_forwards (profile, forwards);
  culvert_tunnel_set_profile (self->tunnel, profile);
}

static char *
list_ids (TunnelFixture *self)
{
  GListModel *model = culvert_tunnel_get_forwards (self->tunnel);
  GString    *ids = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (CulvertForwardItem) item = g_list_model_get_item (model, i);

      g_string_append (ids, culvert_forward_item_get_id (item));
    }

  return g_string_free (ids, FALSE);
}

typedef struct
{
  const char *forwards;
  const char *ids;
  const char *changes; /* what the model said: position-removed+added */
} ListRow;

/* The items of forwards that stay are not touched, so that a list keeps its rows. */
static void
test_list_of_forwards (TunnelFixture *self, gconstpointer data)
{
  const ListRow rows[] = {
    { "a=1:x:1 b=2:x:2 c=3:x:3", "abc", "" },
    { "a=1:y:9 b=2:x:2 !c=3:x:3", "abc", "" },
    { "a=1:x:1 b=2:x:2 c=3:x:3 d=4:x:4", "abcd", "3-0+1 " },
    { "a=1:x:1 c=3:x:3 d=4:x:4", "acd", "1-1+0 " },
    { "a=1:x:1 e=5:x:5 d=4:x:4", "aed", "1-1+1 " },
    { "d=4:x:4 e=5:x:5 a=1:x:1", "dea", "0-3+3 " },
    { "", "", "0-3+0 " },
    { "a=1:x:1", "a", "0-0+1 " },
  };
  g_autoptr (GString) changes = g_string_new (NULL);
  Notes               notes;

  notes_init (&notes);
  tunnel_fixture_make (self, rows[0].forwards);
  g_signal_connect (culvert_tunnel_get_forwards (self->tunnel), "items-changed",
                    G_CALLBACK (items_changed_cb), changes);
  g_signal_connect (culvert_tunnel_find_forward (self->tunnel, "a"), "notify", G_CALLBACK (note_cb),
                    &notes);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *ids = NULL;

      g_test_message ("%s", rows[i].forwards);
      g_string_truncate (changes, 0);
      set_forwards (self, rows[i].forwards);
      ids = list_ids (self);
      g_assert_cmpstr (ids, ==, rows[i].ids);
      g_assert_cmpstr (changes->str, ==, rows[i].changes);
    }
  /* It led elsewhere, and back. */
  g_assert_cmpuint (count (&notes, "spec"), ==, 2);
  g_assert_cmpuint (g_hash_table_size (notes.counts), ==, 1);
  g_assert_null (culvert_tunnel_find_forward (self->tunnel, "b"));
  g_signal_handlers_disconnect_by_data (culvert_tunnel_get_forwards (self->tunnel), changes);
  notes_clear (self, &notes);
}

static void
test_switch_of_a_forward (TunnelFixture *self, gconstpointer data)
{
  CulvertForwardItem *item;
  guint16             port;
  int                 client;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  tunnel_fixture_make (self, "a=0:echo !b=0:echo");
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for (self, UP);
  client = culvert_client_connect (tunnel_fixture_get_port (self, "a"));
  engine_client_assert_echo (client);
  item = culvert_tunnel_find_forward (self->tunnel, "b");
  g_assert_false (culvert_forward_item_is_enabled (item));

  culvert_tunnel_set_forward_enabled (self->tunnel, "b", TRUE);
  g_assert_true (culvert_forward_item_is_enabled (item));
  g_assert_false (culvert_tunnel_is_ready (self->tunnel));
  culvert_test_wait_until (culvert_tunnel_is_ready (self->tunnel), PATIENCE_MS);
  port = tunnel_fixture_get_port (self, "b");
  culvert_tunnel_set_forward_enabled (self->tunnel, "b", FALSE);
  culvert_test_wait_until (culvert_forward_item_get_state (item) == CULVERT_FORWARD_OFF,
                           PATIENCE_MS);
  engine_assert_refused (port);
  g_assert_null (culvert_forward_item_get_bound (item));

  culvert_tunnel_set_forward_enabled (self->tunnel, "unknown", TRUE);
  engine_client_assert_echo (client);
  close (client);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 1);
}

static void
test_title_follows_the_profile (TunnelFixture *self, gconstpointer data)
{
  g_autoptr (CulvertProfile) renamed = culvert_profile_edit (self->profile);
  g_autoptr (CulvertProfile) same = NULL;
  Notes                      notes;

  notes_init (&notes);
  tunnel_fixture_make (self, NULL);
  g_signal_connect (self->tunnel, "notify", G_CALLBACK (note_cb), &notes);
  culvert_profile_set_string (&renamed->name, "home");
  culvert_tunnel_set_profile (self->tunnel, renamed);
  g_assert_cmpstr (culvert_tunnel_get_title (self->tunnel), ==, "home");
  g_assert_cmpuint (count (&notes, "title"), ==, 1);
  g_assert_cmpuint (count (&notes, "profile"), ==, 1);

  same = culvert_profile_edit (renamed);
  culvert_tunnel_set_profile (self->tunnel, same);
  g_assert_cmpuint (count (&notes, "profile"), ==, 1);
  notes_clear (self, &notes);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tunnel_fixture_add ("/engine/tunnel/figures/totals-and-rates", NULL, test_totals_and_rates);
  tunnel_fixture_add ("/engine/tunnel/figures/unwatched", NULL, test_unwatched);
  tunnel_fixture_add ("/engine/tunnel/figures/open-connections", NULL, test_open_connections);
  tunnel_fixture_add ("/engine/tunnel/figures/quiet-when-nothing-changes", NULL,
                      test_quiet_when_nothing_changes);
  tunnel_fixture_add ("/engine/tunnel/figures/rests-and-wakes", NULL, test_rests_and_wakes);
  tunnel_fixture_add ("/engine/tunnel/forwards/list", NULL, test_list_of_forwards);
  tunnel_fixture_add ("/engine/tunnel/forwards/switch", NULL, test_switch_of_a_forward);
  tunnel_fixture_add ("/engine/tunnel/title-follows-the-profile", NULL,
                      test_title_follows_the_profile);

  return g_test_run ();
}
