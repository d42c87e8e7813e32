/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Groups of tunnels: what they say, their switch, and the rule that one is on at a time. */

#include "engine/tunnel-groups.h"

#include "core/profile-groups.h"
#include "engine/engine-support.h"
#include "engine/fake-session.h"
#include "engine/tunnel-manager.h"
#include "engine/tunnel-private.h"
#include "support/culvert-test.h"

#define PATIENCE_MS 10000

typedef struct
{
  CulvertTempDir       *dir;
  CulvertProfileStore  *store;
  FakeMaker            *maker;
  CulvertTunnelManager *manager;
  GString              *turns; /* "winner<loser,loser " */
} Fixture;

static void
turn_taken_cb (CulvertTunnelManager *manager,
               CulvertTunnel        *tunnel,
               GPtrArray            *stopped,
               GString              *turns)
{
  g_string_append (turns, culvert_tunnel_get_title (tunnel));
  for (guint i = 0; i < stopped->len; i++)
    g_string_append_printf (turns, "%c%s", i > 0 ? ',' : '<',
                            culvert_tunnel_get_title (g_ptr_array_index (stopped, i)));
  g_string_append_c (turns, ' ');
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->dir = culvert_temp_dir_new ();
  self->store = culvert_profile_store_new (culvert_temp_dir_get_path (self->dir));
  self->maker = fake_maker_new ();
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  self->manager = culvert_tunnel_manager_new (self->store, NULL, NULL);
  self->turns = g_string_new (NULL);
  g_signal_connect (self->manager, "turn-taken", G_CALLBACK (turn_taken_cb), self->turns);
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_assert_true (
    culvert_tunnel_manager_stop_all_finish (CULVERT_TUNNEL_MANAGER (source), result, NULL));
  *(gboolean *)user_data = TRUE;
}

static void
stop_all (Fixture *self)
{
  gboolean is_done = FALSE;

  culvert_tunnel_manager_stop_all_async (self->manager, done_cb, &is_done);
  culvert_test_wait_until (is_done, PATIENCE_MS);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  fake_maker_thaw (self->maker);
  stop_all (self);
  g_assert_finalize_object (self->manager);
  g_assert_finalize_object (self->store);
  culvert_test_wait_until (fake_maker_get_n_alive (self->maker) == 0, PATIENCE_MS);
  culvert_test_wait_until (engine_count_link_threads () == 0, PATIENCE_MS);
  fake_maker_free (self->maker);
  culvert_temp_dir_free (self->dir);
  g_string_free (self->turns, TRUE);
}

static CulvertTunnel *
add (Fixture *self, const char *name, const char *group, const char *forwards)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_new ();
  g_autoptr (GError)         error = NULL;
  CulvertTunnel             *tunnel;

  culvert_profile_set_string (&profile->name, name);
  culvert_profile_set_string (&profile->group, group);
  culvert_profile_set_string (&profile->host, "bastion.example");
  engine_profile_set_forwards (profile, forwards);
  culvert_tunnel_manager_save (self->manager, profile, &error);
  g_assert_no_error (error);
  tunnel = culvert_tunnel_manager_find (self->manager, profile->id);
  culvert_tunnel_set_session_maker (tunnel, fake_maker_get (self->maker));
  return tunnel;
}

static CulvertTunnelGroup *
get_group (Fixture *self, const char *name)
{
  return culvert_tunnel_groups_find (culvert_tunnel_manager_get_groups (self->manager), name);
}

static void
make_exclusive (Fixture *self, const char *group)
{
  g_autoptr (GError) error = NULL;

  culvert_profile_store_set_exclusive (self->store, group, TRUE, &error);
  g_assert_no_error (error);
  g_assert_true (culvert_tunnel_group_is_exclusive (get_group (self, group)));
}

static void
wait_for (CulvertTunnel *tunnel, CulvertTunnelState state)
{
  culvert_test_wait_until (culvert_tunnel_get_state (tunnel) == state, PATIENCE_MS);
}

/* "name: title title; …" */
static void
assert_groups (Fixture *self, const char *expected)
{
  GListModel         *groups = G_LIST_MODEL (culvert_tunnel_manager_get_groups (self->manager));
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (groups); i++)
    {
      g_autoptr (CulvertTunnelGroup) group = g_list_model_get_item (groups, i);

      g_string_append_printf (text, "%s%s:", i > 0 ? "; " : "",
                              culvert_tunnel_group_get_name (group));
      for (guint j = 0; j < g_list_model_get_n_items (G_LIST_MODEL (group)); j++)
        {
          g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (G_LIST_MODEL (group), j);

          g_string_append_printf (text, " %s", culvert_tunnel_get_title (tunnel));
        }
    }
  g_assert_cmpstr (text->str, ==, expected);
}

static void
test_follow_the_profiles (Fixture *self, gconstpointer data)
{
  CulvertTunnel                 *a = add (self, "a", "Work", "");
  CulvertTunnel                 *b = add (self, "b", "", "");
  g_autoptr (CulvertTunnelGroup) work = g_object_ref (get_group (self, "Work"));
  g_autoptr (GError)             error = NULL;
  guint                          n_tunnels;

  add (self, "c", "Home", "");
  assert_groups (self, "Work: a; Home: c");
  culvert_profile_store_move_group (self->store, "Home", "Work", &error);
  g_assert_no_error (error);
  assert_groups (self, "Home: c; Work: a");
  culvert_profile_store_move_group (self->store, "Work", "Home", &error);
  assert_groups (self, "Work: a; Home: c");
  culvert_profile_store_place (self->store, culvert_tunnel_get_id (b), "Work", NULL, &error);
  g_assert_no_error (error);
  assert_groups (self, "Work: a b; Home: c");
  g_object_get (work, "n-tunnels", &n_tunnels, NULL);
  g_assert_cmpuint (n_tunnels, ==, 2);
  culvert_profile_store_place (self->store, culvert_tunnel_get_id (b), "Work",
                               culvert_tunnel_get_id (a), &error);
  assert_groups (self, "Work: b a; Home: c");
  /* A new name is another group; the former is empty. */
  culvert_profile_store_rename_group (self->store, "Work", "Office", &error);
  g_assert_no_error (error);
  assert_groups (self, "Office: b a; Home: c");
  g_assert_null (get_group (self, "Work"));
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (work)), ==, 0);
}

static void
count_cb (GObject *object, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

static void
test_switch (Fixture *self, gconstpointer data)
{
  CulvertTunnel      *a = add (self, "a", "Work", "");
  CulvertTunnel      *b = add (self, "b", "Work", "");
  CulvertTunnel      *other = add (self, "c", "", "");
  CulvertTunnelGroup *work = get_group (self, "Work");
  guint               n_told = 0;

  g_signal_connect (work, "notify::state", G_CALLBACK (count_cb), &n_told);
  g_assert_cmpint (culvert_tunnel_group_get_state (work), ==, CULVERT_GROUP_OFF);
  culvert_tunnel_start (b);
  g_assert_cmpint (culvert_tunnel_group_get_state (work), ==, CULVERT_GROUP_MIXED);
  g_assert_cmpuint (culvert_tunnel_group_get_n_wanted (work), ==, 1);
  g_assert_cmpuint (n_told, ==, 1);
  culvert_tunnel_group_set_wanted (work, TRUE);
  g_assert_cmpint (culvert_tunnel_group_get_state (work), ==, CULVERT_GROUP_ON);
  wait_for (a, CULVERT_TUNNEL_UP);
  wait_for (b, CULVERT_TUNNEL_UP);
  g_assert_false (culvert_tunnel_is_wanted (other));
  culvert_tunnel_group_set_wanted (work, FALSE);
  g_assert_cmpint (culvert_tunnel_group_get_state (work), ==, CULVERT_GROUP_OFF);
  wait_for (a, CULVERT_TUNNEL_STOPPED);
  wait_for (b, CULVERT_TUNNEL_STOPPED);
  g_assert_cmpstr (self->turns->str, ==, "");
  g_signal_handlers_disconnect_by_data (work, &n_told);
}

/* Both listen on one port: the second finds it free. */
static void
test_one_at_a_time (Fixture *self, gconstpointer data)
{
  g_autofree char *forwards = NULL;
  CulvertTunnel   *a;
  CulvertTunnel   *b;
  CulvertTunnel   *other;

  forwards = g_strdup_printf ("f=%u:127.0.0.1:9", culvert_test_free_port ());
  a = add (self, "a", "Work", forwards);
  b = add (self, "b", "Work", forwards);
  other = add (self, "c", "Home", "");
  make_exclusive (self, "Work");
  culvert_tunnel_start (other);
  culvert_tunnel_start (a);
  wait_for (a, CULVERT_TUNNEL_UP);
  culvert_test_wait_until (culvert_tunnel_is_ready (a), PATIENCE_MS);
  g_assert_cmpstr (self->turns->str, ==, "");

  culvert_tunnel_start (b);
  g_assert_true (culvert_tunnel_is_wanted (b));
  g_assert_false (culvert_tunnel_is_wanted (a));
  g_assert_cmpstr (self->turns->str, ==, "b<a ");
  /* Not before the other is gone. */
  g_assert_cmpint (culvert_tunnel_get_state (b), ==, CULVERT_TUNNEL_STOPPED);
  g_assert_cmpint (culvert_tunnel_group_get_state (get_group (self, "Work")), ==, CULVERT_GROUP_ON);
  wait_for (b, CULVERT_TUNNEL_UP);
  g_assert_cmpint (culvert_tunnel_get_state (a), ==, CULVERT_TUNNEL_STOPPED);
  culvert_test_wait_until (culvert_tunnel_is_ready (b), PATIENCE_MS);
  wait_for (other, CULVERT_TUNNEL_UP);

  /* Again, and off before its turn came: it is off. */
  culvert_tunnel_start (a);
  culvert_tunnel_stop (a);
  wait_for (b, CULVERT_TUNNEL_STOPPED);
  culvert_test_spend (50);
  g_assert_cmpint (culvert_tunnel_get_state (a), ==, CULVERT_TUNNEL_STOPPED);
  /* A restart is no turn. */
  g_string_truncate (self->turns, 0);
  culvert_tunnel_start (a);
  wait_for (a, CULVERT_TUNNEL_UP);
  culvert_tunnel_restart (a);
  wait_for (a, CULVERT_TUNNEL_STOPPING);
  wait_for (a, CULVERT_TUNNEL_UP);
  g_assert_cmpstr (self->turns->str, ==, "");
}

/* One that has failed is switched on as well, and leaves at once. */
static void
test_after_a_failure (Fixture *self, gconstpointer data)
{
  CulvertTunnel *a = add (self, "a", "Work", "");
  CulvertTunnel *b = add (self, "b", "Work", "");

  make_exclusive (self, "Work");
  fake_maker_replan (self->maker, FAKE_FAILS_SIGNING_IN, CULVERT_SSH_ERROR_AUTH_REFUSED);
  culvert_tunnel_start (a);
  wait_for (a, CULVERT_TUNNEL_FAILED);
  fake_maker_replan (self->maker, FAKE_COMES_UP, 0);
  culvert_tunnel_start (b);
  g_assert_cmpint (culvert_tunnel_get_state (a), ==, CULVERT_TUNNEL_STOPPED);
  wait_for (b, CULVERT_TUNNEL_UP);
  g_assert_cmpstr (self->turns->str, ==, "b<a ");
}

/* A third one while the second waits for the first. */
static void
test_the_last_wins (Fixture *self, gconstpointer data)
{
  CulvertTunnel *a = add (self, "a", "Work", "");
  CulvertTunnel *b = add (self, "b", "Work", "");
  CulvertTunnel *c = add (self, "c", "Work", "");

  make_exclusive (self, "Work");
  culvert_tunnel_start (a);
  wait_for (a, CULVERT_TUNNEL_UP);
  culvert_tunnel_start (b);
  culvert_tunnel_start (c);
  wait_for (c, CULVERT_TUNNEL_UP);
  g_assert_cmpint (culvert_tunnel_get_state (a), ==, CULVERT_TUNNEL_STOPPED);
  g_assert_cmpint (culvert_tunnel_get_state (b), ==, CULVERT_TUNNEL_STOPPED);
  g_assert_false (culvert_tunnel_is_wanted (b));
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 2);
}

static void
test_exclusive_switch (Fixture *self, gconstpointer data)
{
  CulvertTunnel      *a = add (self, "a", "Work", "");
  CulvertTunnel      *b = add (self, "b", "Work", "");
  CulvertTunnelGroup *work = get_group (self, "Work");

  make_exclusive (self, "Work");
  culvert_tunnel_group_set_wanted (work, TRUE);
  g_assert_true (culvert_tunnel_is_wanted (a));
  g_assert_false (culvert_tunnel_is_wanted (b));
  g_assert_cmpint (culvert_tunnel_group_get_state (work), ==, CULVERT_GROUP_ON);
  culvert_tunnel_start (b);
  /* One is on: that will do. */
  culvert_tunnel_group_set_wanted (work, TRUE);
  g_assert_false (culvert_tunnel_is_wanted (a));
  culvert_tunnel_group_set_wanted (work, FALSE);
  g_assert_false (culvert_tunnel_is_wanted (b));
  wait_for (b, CULVERT_TUNNEL_STOPPED);
}

static void
test_start_with_program (Fixture *self, gconstpointer data)
{
  CulvertTunnel *tunnels[3];

  for (guint i = 0; i < G_N_ELEMENTS (tunnels); i++)
    {
      g_autoptr (CulvertProfile) edited = NULL;
      g_autofree char           *name = g_strdup_printf ("%u", i);

      tunnels[i] = add (self, name, i < 2 ? "Work" : "", "");
      edited = culvert_profile_edit (culvert_tunnel_get_profile (tunnels[i]));
      edited->start_with_program = TRUE;
      g_assert_true (culvert_tunnel_manager_save (self->manager, edited, NULL));
    }
  make_exclusive (self, "Work");
  culvert_tunnel_manager_start_marked (self->manager);
  g_assert_true (culvert_tunnel_is_wanted (tunnels[0]));
  g_assert_false (culvert_tunnel_is_wanted (tunnels[1]));
  g_assert_true (culvert_tunnel_is_wanted (tunnels[2]));
  g_assert_cmpstr (self->turns->str, ==, "");
}

/* Whoever waits for its turn does not start when all are stopped. */
static void
test_stop_all_while_one_waits (Fixture *self, gconstpointer data)
{
  CulvertTunnel *a = add (self, "a", "Work", "");
  CulvertTunnel *b = add (self, "b", "Work", "");

  make_exclusive (self, "Work");
  fake_maker_replan (self->maker, FAKE_NEVER_ENDS, 0);
  culvert_tunnel_start (a);
  wait_for (a, CULVERT_TUNNEL_UP);
  culvert_tunnel_start (b);
  fake_maker_thaw (self->maker);
  stop_all (self);
  culvert_test_spend (50);
  g_assert_false (culvert_tunnel_is_wanted (b));
  g_assert_cmpint (culvert_tunnel_get_state (b), ==, CULVERT_TUNNEL_STOPPED);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/engine/tunnel-groups/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("follow-the-profiles", test_follow_the_profiles);
  ADD ("switch", test_switch);
  ADD ("one-at-a-time", test_one_at_a_time);
  ADD ("after-a-failure", test_after_a_failure);
  ADD ("the-last-wins", test_the_last_wins);
  ADD ("exclusive-switch", test_exclusive_switch);
  ADD ("start-with-program", test_start_with_program);
  ADD ("stop-all-while-one-waits", test_stop_all_while_one_waits);
#undef ADD
  return g_test_run ();
}
