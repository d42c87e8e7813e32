/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "engine/drop-history.h"
#include "engine/engine-support.h"
#include "engine/link-thread.h"
#include "engine/tunnel.h"
#include "support/culvert-test.h"
#include "support/fault-proxy.h"
#include "support/sshd-fixture.h"
#include "support/targets.h"
#include "support/traffic.h"

#include <malloc.h>
#include <unistd.h>

/* A thousand sessions, one after the other, of one tunnel that is never switched off: what each of
 * them leaves behind would add up.  CULVERT_TEST_RECONNECTS is another number. */

#define PATIENCE_MS 20000
#define RECONNECTS  1000

/* By then the tunnel's log is full, GLib's threads are there, and every pool has its size. */
#define WARM_UP 300

/* A hundred bytes each would be a leak; what a thread happens to keep in its own heap is not. */
#define MEMORY_MAX_BYTES (64 * 1024)
#define RSS_MAX_BYTES    (2 * 1024 * 1024)

typedef struct
{
  gsize n_bytes;
  gsize n_resident;
  guint n_descriptors;
  guint n_threads;
} Use;

typedef struct
{
  CulvertTempDir    *dir;
  CulvertSshd       *sshd;
  CulvertFaultProxy *proxy;
  CulvertTarget     *echo;
  CulvertTunnel     *tunnel;
} Fixture;

static Use
get_use (void)
{
  Use use = {
    .n_bytes = mallinfo2 ().uordblks + mallinfo2 ().hblkhd,
    .n_resident = culvert_test_get_rss_bytes (),
    .n_descriptors = culvert_test_get_n_descriptors (),
    .n_threads = culvert_test_get_n_threads (),
  };

  g_test_message ("%" G_GSIZE_FORMAT " bytes in use, %" G_GSIZE_FORMAT " resident, %u descriptors, "
                  "%u threads",
                  use.n_bytes, use.n_resident, use.n_descriptors, use.n_threads);
  return use;
}

static void
log_cb (const CulvertLogLine *line, gpointer user_data)
{
  g_test_message ("%s", line->text);
}

static void
set_up (Fixture *self)
{
  static const char *const   config[] = { "UseDNS no", NULL };
  g_autoptr (CulvertProfile) profile = culvert_profile_new ();
  CulvertAuthMethod          method = CULVERT_AUTH_KEY;
  g_autofree char           *forwards = NULL;
  g_autofree char           *known_hosts = NULL;
  g_autofree char           *text = NULL;
  g_autoptr (GString)        moved = NULL;
  g_autofree char           *from = NULL;
  g_autofree char           *to = NULL;

  self->dir = culvert_temp_dir_new ();
  self->sshd =
    culvert_sshd_new (&(CulvertSshdOptions){ .config = config, .host_keys = CULVERT_KEY_ED25519 });
  self->proxy = culvert_fault_proxy_new (culvert_sshd_get_port (self->sshd));
  self->echo = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });

  /* It is known by the proxy's port. */
  known_hosts = culvert_temp_dir_build (self->dir, "known_hosts");
  culvert_sshd_write_known_hosts (self->sshd, known_hosts, 0);
  text = culvert_test_read_text (known_hosts);
  moved = g_string_new (text);
  from = g_strdup_printf (":%u", culvert_sshd_get_port (self->sshd));
  to = g_strdup_printf (":%u", culvert_fault_proxy_get_port (self->proxy));
  g_string_replace (moved, from, to, 0);
  g_assert_true (g_file_set_contents (known_hosts, moved->str, -1, NULL));

  culvert_profile_set_string (&profile->host, "127.0.0.1");
  profile->port = culvert_fault_proxy_get_port (self->proxy);
  profile->quick_replies = FALSE;
  culvert_profile_set_string (&profile->user, culvert_sshd_get_user_name (self->sshd));
  g_strfreev (profile->known_hosts_files);
  profile->known_hosts_files = g_strsplit (known_hosts, "\n", 1);
  g_strfreev (profile->key_files);
  profile->key_files =
    g_strsplit (culvert_sshd_get_user_key (self->sshd, CULVERT_KEY_ED25519), "\n", 1);
  g_array_set_size (profile->methods, 0);
  g_array_append_val (profile->methods, method);
  forwards = g_strdup_printf ("echo=0:127.0.0.1:%u", culvert_target_get_port (self->echo));
  engine_profile_set_forwards (profile, forwards);
  self->tunnel = culvert_tunnel_new (profile, NULL, NULL);
  if (g_test_verbose ())
    culvert_log_set_func (culvert_tunnel_get_log (self->tunnel), log_cb, NULL);
}

static void
tear_down (Fixture *self)
{
  culvert_tunnel_stop (self->tunnel);
  culvert_test_wait_until (culvert_tunnel_get_state (self->tunnel) == CULVERT_TUNNEL_STOPPED,
                           PATIENCE_MS);
  g_assert_finalize_object (self->tunnel);
  culvert_test_wait_until (culvert_link_thread_count () == 0, PATIENCE_MS);
  culvert_target_free (self->echo);
  culvert_fault_proxy_free (self->proxy);
  culvert_sshd_free (self->sshd);
  culvert_temp_dir_free (self->dir);
}

/* Up, used, and lost in one of the ways in which sessions are lost. */
static void
run_session (Fixture *self, guint number)
{
  CulvertForwardItem *item;
  int                 client;

  culvert_test_wait_until (culvert_tunnel_get_state (self->tunnel) == CULVERT_TUNNEL_UP,
                           PATIENCE_MS);
  item = culvert_tunnel_find_forward (self->tunnel, "echo");
  client =
    culvert_client_connect (culvert_endpoint_get_port (culvert_forward_item_get_bound (item)));
  engine_client_assert_echo (client);
  culvert_fault_proxy_cut (self->proxy, number % 2 == 0 ? CULVERT_CUT_RESET : CULVERT_CUT_CLOSE);
  culvert_test_wait_until (culvert_tunnel_get_state (self->tunnel) == CULVERT_TUNNEL_WAITING,
                           PATIENCE_MS);
  close (client);
  culvert_tunnel_retry_now (self->tunnel);
}

/* Both times in the same state, or what a session needs would be taken for a leak. */
static Use
get_use_when_up (Fixture *self)
{
  culvert_test_wait_until (culvert_tunnel_get_state (self->tunnel) == CULVERT_TUNNEL_UP,
                           PATIENCE_MS);
  return get_use ();
}

/* It keeps so many interruptions and no more: those are no leak. */
static void
fill_history (CulvertTunnel *tunnel)
{
  CulvertDropHistory *drops = culvert_tunnel_get_drops (tunnel);
  g_autoptr (GError)  error = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST,
                                           "the connection to the server was lost");

  for (guint i = 0; i < CULVERT_DROP_HISTORY_MAX; i++)
    {
      culvert_drop_history_take_state (drops, CULVERT_TUNNEL_UP, NULL);
      culvert_drop_history_take_state (drops, CULVERT_TUNNEL_WAITING, error);
    }
  g_assert_cmpuint (g_list_model_get_n_items (G_LIST_MODEL (drops)), ==, CULVERT_DROP_HISTORY_MAX);
}

static void
test_reconnects (void)
{
  const char *wanted = g_getenv ("CULVERT_TEST_RECONNECTS");
  guint       n_sessions = wanted != NULL ? (guint)g_ascii_strtoull (wanted, NULL, 10) : RECONNECTS;
  Fixture     self = { NULL };
  Use         before = { 0 };
  Use         after;
  gint64      cpu_us;

  n_sessions = MAX (n_sessions, WARM_UP + 100);
  set_up (&self);
  fill_history (self.tunnel);
  culvert_tunnel_start (self.tunnel);
  for (guint i = 0; i < n_sessions; i++)
    {
      run_session (&self, i);
      if (i + 1 == WARM_UP)
        before = get_use_when_up (&self);
    }
  cpu_us = culvert_test_get_cpu_us ();
  after = get_use_when_up (&self);
  g_test_message ("%u sessions, %d ms of processor time", n_sessions, (int)(cpu_us / 1000));

  g_assert_cmpuint (after.n_bytes, <, before.n_bytes + MEMORY_MAX_BYTES);
  g_assert_cmpuint (after.n_resident, <, before.n_resident + RSS_MAX_BYTES);
  g_assert_cmpuint (after.n_threads, <=, before.n_threads + 1);
  culvert_test_wait_until (culvert_test_get_n_descriptors () <= before.n_descriptors + 2,
                           PATIENCE_MS);
  tear_down (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/reconnects", test_reconnects);
  return g_test_run ();
}
