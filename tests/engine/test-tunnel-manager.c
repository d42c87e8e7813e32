/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/tunnel-manager.h"

#include "core/errors.h"
#include "engine/engine-support.h"
#include "engine/fake-session.h"
#include "engine/tunnel-private.h"
#include "support/culvert-test.h"
#include "support/fake-secret-store.h"
#include "support/targets.h"
#include "support/traffic.h"

#include <unistd.h>

#define PATIENCE_MS 10000

typedef struct
{
  CulvertTempDir         *dir;
  CulvertProfileStore    *store;
  CulvertFakeSecretStore *secrets;
  FakeMaker              *maker;
  CulvertTunnelManager   *manager;
  GString                *changes; /* of the list: "position-removed+added " */
  CulvertTarget          *echo;
} Fixture;

static void
items_changed_cb (GListModel *model, guint position, guint n_removed, guint n_added, GString *text)
{
  g_string_append_printf (text, "%u-%u+%u ", position, n_removed, n_added);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->dir = culvert_temp_dir_new ();
  self->store = culvert_profile_store_new (culvert_temp_dir_get_path (self->dir));
  self->secrets = culvert_fake_secret_store_new (CULVERT_FAKE_SECRETS_EMPTY);
  self->maker = fake_maker_new ();
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  self->manager =
    culvert_tunnel_manager_new (self->store, NULL, CULVERT_SECRET_STORE (self->secrets));
  self->changes = g_string_new (NULL);
  g_signal_connect (self->manager, "items-changed", G_CALLBACK (items_changed_cb), self->changes);
  self->echo = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
}

static void
done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean          *is_done = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_true (
    culvert_tunnel_manager_stop_all_finish (CULVERT_TUNNEL_MANAGER (source), result, &error));
  g_assert_no_error (error);
  *is_done = TRUE;
}

static void
stop_all (Fixture *self)
{
  gboolean is_done = FALSE;

  culvert_tunnel_manager_stop_all_async (self->manager, done_cb, &is_done);
  g_assert_false (is_done);
  culvert_test_wait_until (is_done, PATIENCE_MS);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  stop_all (self);
  g_assert_finalize_object (self->manager);
  g_assert_finalize_object (self->store);
  culvert_test_wait_until (fake_maker_get_n_alive (self->maker) == 0, PATIENCE_MS);
  culvert_test_wait_until (engine_count_link_threads () == 0, PATIENCE_MS);
  while (g_main_context_iteration (NULL, FALSE))
    continue;
  g_assert_finalize_object (self->secrets);
  fake_maker_free (self->maker);
  culvert_target_free (self->echo);
  culvert_temp_dir_free (self->dir);
  g_string_free (self->changes, TRUE);
}

static CulvertProfile *
make_profile (Fixture *self, const char *name, const char *forwards)
{
  CulvertProfile     *profile = culvert_profile_new ();
  g_autoptr (GString) text = g_string_new (forwards);
  g_autofree char *place = g_strdup_printf ("127.0.0.1:%u", culvert_target_get_port (self->echo));

  culvert_profile_set_string (&profile->name, name);
  culvert_profile_set_string (&profile->host, "bastion.example");
  g_string_replace (text, "echo", place, 0);
  engine_profile_set_forwards (profile, text->str);

  return profile;
}

static void
save (Fixture *self, CulvertProfile *profile)
{
  g_autoptr (GError) error = NULL;

  culvert_tunnel_manager_save (self->manager, profile, &error);
  g_assert_no_error (error);
}

/* (transfer none): the tunnel of a new saved profile; it gets its sessions from the maker */
static CulvertTunnel *
add_tunnel (Fixture *self, const char *name, const char *forwards)
{
  g_autoptr (CulvertProfile) profile = make_profile (self, name, forwards);
  CulvertTunnel             *tunnel;

  save (self, profile);
  tunnel = culvert_tunnel_manager_find (self->manager, profile->id);
  g_assert_nonnull (tunnel);
  culvert_tunnel_set_session_maker (tunnel, fake_maker_get (self->maker));

  return tunnel;
}

static void
wait_for (CulvertTunnel *tunnel, CulvertTunnelState state)
{
  culvert_test_wait_until (culvert_tunnel_get_state (tunnel) == state, PATIENCE_MS);
}

static char *
list_titles (Fixture *self)
{
  GString *titles = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (self->manager)); i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (G_LIST_MODEL (self->manager), i);

      g_string_append_printf (titles, "%s%s", i > 0 ? " " : "", culvert_tunnel_get_title (tunnel));
    }

  return g_string_free (titles, FALSE);
}

static void
assert_titles (Fixture *self, const char *expected)
{
  g_autofree char *titles = list_titles (self);

  g_assert_cmpstr (titles, ==, expected);
}

static guint16
get_port (CulvertTunnel *tunnel, const char *forward_id)
{
  CulvertForwardItem *item = culvert_tunnel_find_forward (tunnel, forward_id);

  g_assert_cmpint (culvert_forward_item_get_state (item), ==, CULVERT_FORWARD_LISTENING);

  return culvert_endpoint_get_port (culvert_forward_item_get_bound (item));
}

static void
test_follows_the_store (Fixture *self, gconstpointer data)
{
  g_autoptr (GError)               error = NULL;
  g_autoptr (CulvertTunnelManager) second = NULL;
  CulvertTunnel                   *beta;

  add_tunnel (self, "alpha", "");
  beta = add_tunnel (self, "beta", "");
  add_tunnel (self, "gamma", "");
  assert_titles (self, "alpha beta gamma");
  g_assert_null (culvert_tunnel_manager_find (self->manager, "unknown"));
  g_assert_null (g_list_model_get_item (G_LIST_MODEL (self->manager), 3));

  culvert_tunnel_manager_remove (self->manager, culvert_tunnel_get_id (beta), &error);
  g_assert_no_error (error);
  assert_titles (self, "alpha gamma");

  /* One that is made later sees the same. */
  second = culvert_tunnel_manager_new (self->store, NULL, NULL);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (second)), ==, 2);
  g_assert_true (g_list_model_get_item_type (G_LIST_MODEL (second)) == CULVERT_TYPE_TUNNEL);
}

/* Another place in the list is no reason to disconnect. */
static void
test_a_move_leaves_it_running (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  CulvertTunnel     *alpha = add_tunnel (self, "alpha", "a=0:echo");
  int                client;

  add_tunnel (self, "beta", "");
  add_tunnel (self, "gamma", "");
  culvert_tunnel_start (alpha);
  wait_for (alpha, CULVERT_TUNNEL_UP);
  client = culvert_client_connect (get_port (alpha, "a"));
  engine_client_assert_echo (client);

  culvert_profile_store_move (self->store, culvert_tunnel_get_id (alpha), 2, &error);
  g_assert_no_error (error);
  assert_titles (self, "beta gamma alpha");
  culvert_test_spend (20);
  g_assert_true (culvert_tunnel_manager_find (self->manager, culvert_tunnel_get_id (alpha)) ==
                 alpha);
  engine_client_assert_echo (client);
  g_assert_cmpuint (culvert_tunnel_manager_get_n_on (self->manager), ==, 1);
  close (client);
}

static void
test_a_save_reaches_what_runs (Fixture *self, gconstpointer data)
{
  CulvertTunnel             *tunnel = add_tunnel (self, "alpha", "a=0:echo");
  g_autoptr (CulvertProfile) more = NULL;
  g_autoptr (CulvertProfile) other = NULL;
  int                        client;

  culvert_tunnel_start (tunnel);
  wait_for (tunnel, CULVERT_TUNNEL_UP);
  client = culvert_client_connect (get_port (tunnel, "a"));
  engine_client_assert_echo (client);

  more = culvert_profile_edit (culvert_tunnel_get_profile (tunnel));
  other = make_profile (self, "other", "b=0:echo");
  culvert_profile_put_forward (more, g_ptr_array_index (other->forwards, 0));
  culvert_profile_set_string (&more->name, "alef");
  save (self, more);
  assert_titles (self, "alef");
  culvert_test_wait_until (culvert_tunnel_is_ready (tunnel), PATIENCE_MS);
  g_assert_cmpuint (get_port (tunnel, "b"), !=, 0);
  engine_client_assert_echo (client);
  close (client);
}

static void
test_an_edit_from_outside_reaches_what_runs (Fixture *self, gconstpointer data)
{
  CulvertTunnel                  *tunnel = add_tunnel (self, "alpha", "a=0:echo");
  g_autoptr (CulvertProfileStore) outside =
    culvert_profile_store_new (culvert_temp_dir_get_path (self->dir));
  g_autoptr (CulvertProfile) edited = NULL;
  g_autoptr (GError)         error = NULL;

  culvert_tunnel_start (tunnel);
  wait_for (tunnel, CULVERT_TUNNEL_UP);
  edited = culvert_profile_edit (culvert_tunnel_get_profile (tunnel));
  engine_profile_set_forwards (edited, "!a=0:x:1 b=0:y:2");
  culvert_profile_store_save (outside, edited, &error);
  g_assert_no_error (error);

  culvert_test_wait_until (culvert_tunnel_find_forward (tunnel, "b") != NULL &&
                             culvert_tunnel_is_ready (tunnel),
                           PATIENCE_MS);
  g_assert_cmpint (culvert_forward_item_get_state (culvert_tunnel_find_forward (tunnel, "a")), ==,
                   CULVERT_FORWARD_OFF);

  /* And a file that goes stops its tunnel. */
  g_object_ref (tunnel);
  culvert_profile_store_remove (outside, culvert_tunnel_get_id (tunnel), &error);
  g_assert_no_error (error);
  wait_for (tunnel, CULVERT_TUNNEL_STOPPED);
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (self->manager)), ==, 0);
  g_assert_false (culvert_tunnel_is_wanted (tunnel));
  g_object_unref (tunnel);
}

/* The next edits of what is saved under us fail, since another program was faster. */
static void
change_behind_the_back (Fixture *self, CulvertTunnel *tunnel)
{
  g_autofree char   *name = g_strconcat (culvert_tunnel_get_id (tunnel), ".culvert", NULL);
  g_autofree char   *path = culvert_temp_dir_build (self->dir, name);
  g_autofree char   *text = NULL;
  g_autofree char   *more = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  more = g_strconcat (text, "\n# a word from outside\n", NULL);
  g_file_set_contents (path, more, -1, &error);
  g_assert_no_error (error);
}

static void
test_a_failed_save_changes_nothing (Fixture *self, gconstpointer data)
{
  CulvertTunnel             *tunnel = add_tunnel (self, "alpha", "a=0:echo");
  g_autoptr (CulvertProfile) edited = NULL;
  g_autoptr (GError)         error = NULL;

  culvert_tunnel_start (tunnel);
  wait_for (tunnel, CULVERT_TUNNEL_UP);
  change_behind_the_back (self, tunnel);
  g_string_truncate (self->changes, 0);

  edited = culvert_profile_edit (culvert_tunnel_get_profile (tunnel));
  culvert_profile_set_string (&edited->host, "elsewhere.example");
  g_assert_false (culvert_tunnel_manager_save (self->manager, edited, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_cmpstr (culvert_tunnel_get_profile (tunnel)->host, ==, "bastion.example");

  change_behind_the_back (self, tunnel);
  g_assert_false (culvert_tunnel_manager_set_forward_enabled (
    self->manager, culvert_tunnel_get_id (tunnel), "a", FALSE, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_CONFLICT);
  g_clear_error (&error);
  g_assert_true (culvert_forward_item_is_enabled (culvert_tunnel_find_forward (tunnel, "a")));

  change_behind_the_back (self, tunnel);
  g_assert_false (
    culvert_tunnel_manager_remove (self->manager, culvert_tunnel_get_id (tunnel), &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_CONFLICT);
  culvert_test_spend (20);
  g_assert_cmpint (culvert_tunnel_get_state (tunnel), ==, CULVERT_TUNNEL_UP);
  g_assert_cmpstr (self->changes->str, ==, "");
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 1);
}

static void
test_the_switch_of_a_forward_is_saved (Fixture *self, gconstpointer data)
{
  CulvertTunnel                  *tunnel = add_tunnel (self, "alpha", "a=0:echo b=0:echo");
  const char                     *id = culvert_tunnel_get_id (tunnel);
  g_autoptr (CulvertProfileStore) reread = NULL;
  g_autoptr (GError)              error = NULL;
  CulvertProfile                 *profile;
  guint16                         port;

  culvert_tunnel_start (tunnel);
  wait_for (tunnel, CULVERT_TUNNEL_UP);
  port = get_port (tunnel, "a");
  culvert_tunnel_manager_set_forward_enabled (self->manager, id, "a", FALSE, &error);
  g_assert_no_error (error);
  culvert_test_wait_until (culvert_forward_item_get_state (
                             culvert_tunnel_find_forward (tunnel, "a")) == CULVERT_FORWARD_OFF,
                           PATIENCE_MS);
  engine_assert_refused (port);

  reread = culvert_profile_store_new (culvert_temp_dir_get_path (self->dir));
  profile = culvert_profile_entry_get_profile (culvert_profile_store_find (reread, id));
  g_assert_false (culvert_forward_spec_is_enabled (culvert_profile_find_forward (profile, "a")));
  g_assert_true (culvert_forward_spec_is_enabled (culvert_profile_find_forward (profile, "b")));

  g_assert_false (
    culvert_tunnel_manager_set_forward_enabled (self->manager, id, "z", TRUE, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_NOT_FOUND);
  g_clear_error (&error);
  g_assert_false (
    culvert_tunnel_manager_set_forward_enabled (self->manager, "zz", "a", TRUE, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_NOT_FOUND);
}

static void
test_removed_and_brought_back (Fixture *self, gconstpointer data)
{
  CulvertTunnel             *tunnel = add_tunnel (self, "alpha", "a=0:echo");
  g_autoptr (CulvertProfile) kept = culvert_profile_ref (culvert_tunnel_get_profile (tunnel));
  g_autoptr (GError)         error = NULL;
  guint16                    port;

  culvert_fake_secret_store_put (self->secrets, kept->id, "password", "swordfish");
  culvert_fake_secret_store_put (self->secrets, kept->id, "passphrase:k", "swordfish");
  culvert_fake_secret_store_put (self->secrets, "another", "password", "swordfish");
  culvert_tunnel_start (tunnel);
  wait_for (tunnel, CULVERT_TUNNEL_UP);
  port = get_port (tunnel, "a");

  g_object_add_weak_pointer (G_OBJECT (tunnel), (gpointer *)&tunnel);
  culvert_tunnel_manager_remove (self->manager, kept->id, &error);
  g_assert_no_error (error);
  g_assert_null (culvert_tunnel_manager_find (self->manager, kept->id));
  culvert_test_wait_until (tunnel == NULL, PATIENCE_MS);
  engine_assert_refused (port);
  g_assert_cmpuint (culvert_tunnel_manager_get_n_on (self->manager), ==, 0);

  /* Undone: as before, with its secrets, but off. */
  save (self, kept);
  tunnel = culvert_tunnel_manager_find (self->manager, kept->id);
  g_assert_nonnull (tunnel);
  g_assert_cmpint (culvert_tunnel_get_state (tunnel), ==, CULVERT_TUNNEL_STOPPED);
  g_assert_cmpuint (culvert_fake_secret_store_get_n_secrets (self->secrets), ==, 3);

  culvert_tunnel_manager_remove (self->manager, kept->id, &error);
  g_assert_no_error (error);
  culvert_tunnel_manager_forget_secrets (self->manager, kept->id);
  culvert_test_wait_until (culvert_fake_secret_store_get_n_secrets (self->secrets) == 1,
                           PATIENCE_MS);
}

static void
notify_cb (GObject *object, GParamSpec *pspec, guint *n)
{
  (*n)++;
}

static void
test_counts_what_is_on (Fixture *self, gconstpointer data)
{
  CulvertTunnel *alpha = add_tunnel (self, "alpha", "");
  CulvertTunnel *beta = add_tunnel (self, "beta", "");
  guint          n_notes = 0;
  guint          n_on;

  g_signal_connect (self->manager, "notify::n-on", G_CALLBACK (notify_cb), &n_notes);
  culvert_tunnel_start (alpha);
  g_assert_cmpuint (culvert_tunnel_manager_get_n_on (self->manager), ==, 1);
  wait_for (alpha, CULVERT_TUNNEL_UP);
  culvert_tunnel_start (beta);
  g_object_get (self->manager, "n-on", &n_on, NULL);
  g_assert_cmpuint (n_on, ==, 2);
  g_assert_cmpuint (n_notes, ==, 2);
  wait_for (beta, CULVERT_TUNNEL_UP);
  /* Only now: the link thread makes its session when it gets to it. */
  fake_maker_replan (self->maker, FAKE_FAILS, CULVERT_SSH_ERROR_AUTH_REFUSED);
  fake_maker_end_session (self->maker, CULVERT_SSH_ERROR_AUTH_REFUSED);
  wait_for (beta, CULVERT_TUNNEL_FAILED);
  g_assert_cmpuint (culvert_tunnel_manager_get_n_on (self->manager), ==, 1);
  g_signal_handlers_disconnect_by_data (self->manager, &n_notes);
}

static void
test_starts_the_marked (Fixture *self, gconstpointer data)
{
  CulvertTunnel             *alpha = add_tunnel (self, "alpha", "");
  CulvertTunnel             *beta = add_tunnel (self, "beta", "");
  g_autoptr (CulvertProfile) marked = culvert_profile_edit (culvert_tunnel_get_profile (beta));

  marked->start_with_program = TRUE;
  save (self, marked);
  culvert_tunnel_manager_start_marked (self->manager);
  wait_for (beta, CULVERT_TUNNEL_UP);
  g_assert_cmpint (culvert_tunnel_get_state (alpha), ==, CULVERT_TUNNEL_STOPPED);
}

/* What the network is called reaches the tunnels that there are, and those that come. */
static void
test_network_names (Fixture *self, gconstpointer data)
{
  const char *const               office[] = { "Office", NULL };
  const char *const               cafe[] = { "Cafe", NULL };
  g_autoptr (CulvertNetworkNames) on_office = culvert_network_names_new (office);
  g_autoptr (CulvertNetworkNames) on_cafe = culvert_network_names_new (cafe);
  CulvertTunnel                  *alpha = add_tunnel (self, "alpha", "");
  CulvertTunnel                  *beta;
  g_autoptr (CulvertProfile)      only = culvert_profile_edit (culvert_tunnel_get_profile (alpha));
  g_autoptr (CulvertProfile)      too = NULL;

  g_assert_null (culvert_tunnel_manager_get_network_names (self->manager));
  only->network_rule = CULVERT_NETWORK_RULE_ONLY;
  g_strfreev (only->networks);
  only->networks = g_strdupv ((char **)office);
  save (self, only);
  culvert_tunnel_start (alpha);
  culvert_tunnel_manager_set_network_names (self->manager, on_cafe);
  wait_for (alpha, CULVERT_TUNNEL_WAITING);

  beta = add_tunnel (self, "beta", "");
  too = culvert_profile_edit (culvert_tunnel_get_profile (beta));
  too->network_rule = CULVERT_NETWORK_RULE_ONLY;
  g_strfreev (too->networks);
  too->networks = g_strdupv ((char **)office);
  save (self, too);
  culvert_tunnel_start (beta);
  wait_for (beta, CULVERT_TUNNEL_WAITING);

  culvert_tunnel_manager_set_network_names (self->manager, on_office);
  wait_for (alpha, CULVERT_TUNNEL_UP);
  wait_for (beta, CULVERT_TUNNEL_UP);
}

/* The program wants to end: a thread that stands still does not keep it. */
static void
test_stops_all_in_time (Fixture *self, gconstpointer data)
{
  CulvertTunnel *tunnels[4];
  gint64         begin_us;

  for (guint i = 0; i < G_N_ELEMENTS (tunnels); i++)
    {
      g_autofree char *name = g_strdup_printf ("t%u", i);

      tunnels[i] = add_tunnel (self, name, "a=0:echo");
    }
  culvert_tunnel_start (tunnels[0]);
  wait_for (tunnels[0], CULVERT_TUNNEL_UP);
  fake_maker_replan (self->maker, FAKE_FAILS, CULVERT_SSH_ERROR_HOST_KEY_CHANGED);
  culvert_tunnel_start (tunnels[1]);
  wait_for (tunnels[1], CULVERT_TUNNEL_FAILED);
  fake_maker_replan (self->maker, FAKE_FREEZES, 0);
  culvert_tunnel_start (tunnels[2]);
  culvert_test_wait_until (fake_maker_get_n_made (self->maker) == 3, PATIENCE_MS);

  begin_us = g_get_monotonic_time ();
  stop_all (self);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <,
                   (gint64)(3 * G_USEC_PER_SEC * culvert_test_get_patience ()));
  for (guint i = 0; i < G_N_ELEMENTS (tunnels); i++)
    g_assert_cmpint (culvert_tunnel_get_state (tunnels[i]), ==, CULVERT_TUNNEL_STOPPED);
  g_assert_cmpuint (culvert_tunnel_manager_get_n_on (self->manager), ==, 0);
  fake_maker_thaw (self->maker);
}

int
main (int argc, char *argv[])
{
#define ADD(path, test)                                                                            \
  g_test_add ("/engine/tunnel-manager/" path, Fixture, NULL, set_up, test, tear_down)
  g_test_init (&argc, &argv, NULL);
  ADD ("follows-the-store", test_follows_the_store);
  ADD ("a-move-leaves-it-running", test_a_move_leaves_it_running);
  ADD ("a-save-reaches-what-runs", test_a_save_reaches_what_runs);
  ADD ("an-edit-from-outside-reaches-what-runs", test_an_edit_from_outside_reaches_what_runs);
  ADD ("a-failed-save-changes-nothing", test_a_failed_save_changes_nothing);
  ADD ("the-switch-of-a-forward-is-saved", test_the_switch_of_a_forward_is_saved);
  ADD ("removed-and-brought-back", test_removed_and_brought_back);
  ADD ("counts-what-is-on", test_counts_what_is_on);
  ADD ("starts-the-marked", test_starts_the_marked);
  ADD ("network-names", test_network_names);
  ADD ("stops-all-in-time", test_stops_all_in_time);
#undef ADD

  return g_test_run ();
}
