/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "engine/engine-support.h"
#include "engine/tunnel.h"
#include "support/culvert-test.h"
#include "support/fault-proxy.h"
#include "support/sshd-fixture.h"
#include "support/targets.h"
#include "support/traffic.h"

#include <unistd.h>

/* Remote forwards over the life of a tunnel: sessions that are lost, ports that the server still holds,
 * edits.  A real server, reached through a proxy that can break. */

#define PATIENCE_MS 20000

typedef struct
{
  CulvertTempDir    *dir;
  CulvertSshd       *sshd;
  CulvertFaultProxy *proxy;
  CulvertTarget     *echo;
  CulvertProfile    *profile;
  CulvertTunnel     *tunnel;
} Fixture;

static void
log_cb (const CulvertLogLine *line, gpointer user_data)
{
  g_test_message ("%s", line->text);
}

/* It is known directly and by the proxy's port. */
static char *
write_known_hosts (Fixture *self)
{
  char               *path = culvert_temp_dir_build (self->dir, "known_hosts");
  g_autofree char    *text = NULL;
  g_autoptr (GString) both = NULL;
  g_autofree char    *from = g_strdup_printf (":%u", culvert_sshd_get_port (self->sshd));
  g_autofree char    *to = g_strdup_printf (":%u", culvert_fault_proxy_get_port (self->proxy));

  culvert_sshd_write_known_hosts (self->sshd, path, 0);
  text = culvert_test_read_text (path);
  both = g_string_new (text);
  g_string_replace (both, from, to, 0);
  g_string_append (both, text);
  g_assert_true (g_file_set_contents (path, both->str, -1, NULL));
  return path;
}

static void
set_up (Fixture *self, gconstpointer unused)
{
  static const char *const config[] = { "UseDNS no", NULL };
  CulvertAuthMethod        method = CULVERT_AUTH_KEY;

  self->dir = culvert_temp_dir_new ();
  self->sshd =
    culvert_sshd_new (&(CulvertSshdOptions){ .config = config, .host_keys = CULVERT_KEY_ED25519 });
  self->proxy = culvert_fault_proxy_new (culvert_sshd_get_port (self->sshd));
  self->echo = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  self->profile = culvert_profile_new ();
  culvert_profile_set_string (&self->profile->host, "127.0.0.1");
  self->profile->port = culvert_fault_proxy_get_port (self->proxy);
  self->profile->quick_replies = FALSE;
  culvert_profile_set_string (&self->profile->user, culvert_sshd_get_user_name (self->sshd));
  g_strfreev (self->profile->known_hosts_files);
  self->profile->known_hosts_files = g_new0 (char *, 2);
  self->profile->known_hosts_files[0] = write_known_hosts (self);
  g_strfreev (self->profile->key_files);
  self->profile->key_files =
    g_strsplit (culvert_sshd_get_user_key (self->sshd, CULVERT_KEY_ED25519), "\n", 1);
  g_array_set_size (self->profile->methods, 0);
  g_array_append_val (self->profile->methods, method);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  culvert_tunnel_stop (self->tunnel);
  culvert_test_wait_until (culvert_tunnel_get_state (self->tunnel) == CULVERT_TUNNEL_STOPPED,
                           PATIENCE_MS);
  g_assert_finalize_object (self->tunnel);
  culvert_profile_unref (self->profile);
  culvert_target_free (self->echo);
  culvert_fault_proxy_free (self->proxy);
  culvert_sshd_free (self->sshd);
  culvert_temp_dir_free (self->dir);
}

static void
add_remote (CulvertProfile *profile, const char *id, guint16 port, guint16 target_port)
{
  g_autoptr (CulvertEndpoint)    listen = culvert_endpoint_new_tcp ("localhost", port);
  g_autoptr (CulvertEndpoint)    target = culvert_endpoint_new_tcp ("127.0.0.1", target_port);
  g_autoptr (CulvertForwardSpec) spec = culvert_forward_spec_new (&(CulvertForwardFields){
    .id = id,
    .kind = CULVERT_FORWARD_REMOTE,
    .listen = listen,
    .target = target,
    .is_enabled = TRUE,
  });

  culvert_profile_put_forward (profile, spec);
}

static void
start (Fixture *self)
{
  self->tunnel = culvert_tunnel_new (self->profile, NULL, NULL);
  if (g_test_verbose ())
    culvert_log_set_func (culvert_tunnel_get_log (self->tunnel), log_cb, NULL);
  culvert_tunnel_start (self->tunnel);
}

static CulvertForwardItem *
find (Fixture *self, const char *id)
{
  return culvert_tunnel_find_forward (self->tunnel, id);
}

static guint16
wait_listening (Fixture *self, const char *id)
{
  culvert_test_wait_until (
    culvert_forward_item_get_state (find (self, id)) == CULVERT_FORWARD_LISTENING, PATIENCE_MS);
  return culvert_endpoint_get_port (culvert_forward_item_get_bound (find (self, id)));
}

static void
assert_echo (guint16 port)
{
  int client = culvert_client_connect (port);

  g_assert_cmpint (client, >=, 0);
  engine_client_assert_echo (client);
  close (client);
}

/* The port that the server picked is asked for again after a drop. */
static void
test_comes_back (Fixture *self, gconstpointer unused)
{
  guint16 port;

  add_remote (self->profile, "back", 0, culvert_target_get_port (self->echo));
  start (self);
  port = wait_listening (self, "back");
  g_assert_cmpuint (port, !=, 0);
  assert_echo (port);

  culvert_fault_proxy_cut (self->proxy, CULVERT_CUT_RESET);
  culvert_test_wait_until (
    culvert_forward_item_get_state (find (self, "back")) == CULVERT_FORWARD_STARTING, PATIENCE_MS);
  g_assert_null (culvert_forward_item_get_bound (find (self, "back")));
  g_assert_cmpuint (wait_listening (self, "back"), ==, port);
  assert_echo (port);
}

/* The way of the first session is frozen, so that the server does not know that it has gone. */
static void
test_held_port (Fixture *self, gconstpointer unused)
{
  guint16                    port = culvert_test_free_port ();
  g_autoptr (CulvertProfile) direct = NULL;
  gint64                     up_since_us;

  add_remote (self->profile, "held", port, culvert_target_get_port (self->echo));
  add_remote (self->profile, "free", 0, culvert_target_get_port (self->echo));
  start (self);
  g_assert_cmpuint (wait_listening (self, "held"), ==, port);

  culvert_fault_proxy_set_mode (self->proxy, CULVERT_PROXY_FREEZE);
  direct = culvert_profile_edit (self->profile);
  direct->port = culvert_sshd_get_port (self->sshd);
  culvert_tunnel_set_profile (self->tunnel, direct);
  culvert_test_wait_until (
    culvert_forward_item_get_state (find (self, "held")) == CULVERT_FORWARD_FAILED, PATIENCE_MS);
  g_assert_error ((GError *)culvert_forward_item_get_error (find (self, "held")), CULVERT_SSH_ERROR,
                  CULVERT_SSH_ERROR_LISTEN_HELD);
  g_assert_cmpint (culvert_forward_item_get_retry_at_us (find (self, "held")), >, 0);
  g_assert_cmpint (culvert_tunnel_get_state (self->tunnel), ==, CULVERT_TUNNEL_UP);
  up_since_us = culvert_tunnel_get_up_since_us (self->tunnel);
  assert_echo (wait_listening (self, "free"));

  culvert_fault_proxy_cut (self->proxy, CULVERT_CUT_RESET);
  g_assert_cmpuint (wait_listening (self, "held"), ==, port);
  g_assert_null (culvert_forward_item_get_error (find (self, "held")));
  g_assert_cmpint (culvert_forward_item_get_retry_at_us (find (self, "held")), ==, 0);
  assert_echo (port);
  g_assert_cmpint (culvert_tunnel_get_up_since_us (self->tunnel), ==, up_since_us);
}

static void
count_cb (guint *n_changes)
{
  (*n_changes)++;
}

/* The edited one listens on its port again, the other's connection lives on. */
static void
test_edit_one (Fixture *self, gconstpointer unused)
{
  guint16                    port = culvert_test_free_port ();
  CulvertTarget             *other;
  g_autoptr (CulvertProfile) edited = NULL;
  guint                      n_changes = 0;
  int                        client;

  other = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  add_remote (self->profile, "edited", port, culvert_target_get_port (self->echo));
  add_remote (self->profile, "kept", 0, culvert_target_get_port (self->echo));
  start (self);
  wait_listening (self, "edited");
  client = culvert_client_connect (wait_listening (self, "kept"));
  engine_client_assert_echo (client);

  edited = culvert_profile_edit (self->profile);
  add_remote (edited, "edited", port, culvert_target_get_port (other));
  g_signal_connect_swapped (find (self, "edited"), "notify::state", G_CALLBACK (count_cb),
                            &n_changes);
  culvert_tunnel_set_profile (self->tunnel, edited);
  culvert_test_wait_until (n_changes >= 2, PATIENCE_MS);
  g_signal_handlers_disconnect_by_data (find (self, "edited"), &n_changes);
  wait_listening (self, "edited");
  assert_echo (port);
  g_assert_cmpuint (culvert_target_get_n_connections (other), ==, 1);
  engine_client_assert_echo (client);
  close (client);
  culvert_target_free (other);
}

/* Nobody here could wake a tunnel for the clients at the server. */
static void
test_on_demand_connects (Fixture *self, gconstpointer unused)
{
  self->profile->on_demand = TRUE;
  add_remote (self->profile, "back", 0, culvert_target_get_port (self->echo));
  start (self);
  assert_echo (wait_listening (self, "back"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function)                                                                        \
  g_test_add ("/engine/tunnel-remote/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("comes-back", test_comes_back);
  ADD ("held-port", test_held_port);
  ADD ("edit-one", test_edit_one);
  ADD ("on-demand", test_on_demand_connects);
#undef ADD

  return g_test_run ();
}
