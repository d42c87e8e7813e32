/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/engine-support.h"
#include "engine/tunnel.h"
#include "support/culvert-test.h"
#include "support/sshd-fixture.h"
#include "support/targets.h"
#include "support/traffic.h"

/* Forwards are switched, edited, removed and added while others of the same tunnel move data, through a
 * real server: these lose no byte, and their connections and the session stay (PRODUCT 1.11). */

#define PATIENCE_MS   20000
#define N_CONNECTIONS 3
/* Of each connection that is kept: it must go on for as long as it takes, not fast. */
#define BYTES_PER_S (1024 * 1024)

static const CulvertForwardKind kinds[] = { CULVERT_FORWARD_LOCAL, CULVERT_FORWARD_REMOTE,
                                            CULVERT_FORWARD_DYNAMIC,
                                            CULVERT_FORWARD_REVERSE_DYNAMIC };
#define N_KINDS G_N_ELEMENTS (kinds)

typedef struct
{
  CulvertTempDir *dir;
  CulvertSshd    *sshd;
  CulvertTarget  *targets[2]; /* both echo */
  CulvertTunnel  *tunnel;
  CulvertTraffic *kept[N_KINDS]; /* on the forward "kept-KIND" */
} Fixture;

static char *
name_forward (const char *role, CulvertForwardKind kind)
{
  return g_strdup_printf ("%s-%s", role, culvert_forward_kind_to_nick (kind));
}

/* @target: nullable for a dynamic one */
static void
put_forward (CulvertProfile    *profile,
             const char        *id,
             const char        *name,
             CulvertForwardKind kind,
             guint16            port,
             CulvertTarget     *target)
{
  g_autoptr (CulvertEndpoint) listen = culvert_endpoint_new_tcp ("127.0.0.1", port);
  g_autoptr (CulvertEndpoint) end =
    culvert_endpoint_new_tcp ("127.0.0.1", culvert_target_get_port (target));
  g_autoptr (CulvertForwardSpec) spec = culvert_forward_spec_new (&(CulvertForwardFields){
    .id = id, .name = name, .kind = kind, .listen = listen, .target = end, .is_enabled = TRUE });

  culvert_profile_put_forward (profile, spec);
}

static CulvertProfile *
make_profile (Fixture *self)
{
  CulvertProfile   *profile = culvert_profile_new ();
  g_autofree char  *known_hosts = culvert_temp_dir_build (self->dir, "known_hosts");
  CulvertAuthMethod method = CULVERT_AUTH_KEY;

  culvert_sshd_write_known_hosts (self->sshd, known_hosts, 0);
  culvert_profile_set_string (&profile->host, "127.0.0.1");
  profile->port = culvert_sshd_get_port (self->sshd);
  profile->quick_replies = FALSE;
  culvert_profile_set_string (&profile->user, culvert_sshd_get_user_name (self->sshd));
  g_strfreev (profile->known_hosts_files);
  profile->known_hosts_files = g_strsplit (known_hosts, "\n", 1);
  g_strfreev (profile->key_files);
  profile->key_files =
    g_strsplit (culvert_sshd_get_user_key (self->sshd, CULVERT_KEY_ED25519), "\n", 1);
  g_array_set_size (profile->methods, 0);
  g_array_append_val (profile->methods, method);
  for (gsize i = 0; i < N_KINDS; i++)
    {
      g_autofree char *kept = name_forward ("kept", kinds[i]);
      g_autofree char *other = name_forward ("other", kinds[i]);

      put_forward (profile, kept, NULL, kinds[i], culvert_test_free_port (), self->targets[0]);
      put_forward (profile, other, NULL, kinds[i], culvert_test_free_port (), self->targets[0]);
    }
  return profile;
}

static void
log_cb (const CulvertLogLine *line, gpointer user_data)
{
  g_test_message ("%s", line->text);
}

static CulvertForwardItem *
find (Fixture *self, const char *role, CulvertForwardKind kind)
{
  g_autofree char *id = name_forward (role, kind);

  return culvert_tunnel_find_forward (self->tunnel, id);
}

static guint16
wait_listening (Fixture *self, const char *role, CulvertForwardKind kind)
{
  culvert_test_wait_until (find (self, role, kind) != NULL &&
                             culvert_forward_item_get_state (find (self, role, kind)) ==
                               CULVERT_FORWARD_LISTENING,
                           PATIENCE_MS);
  return culvert_endpoint_get_port (culvert_forward_item_get_bound (find (self, role, kind)));
}

static CulvertTraffic *
start_echo (CulvertForwardKind kind, guint16 port, CulvertTarget *target, guint64 n_bytes)
{
  gboolean is_proxy = kind == CULVERT_FORWARD_DYNAMIC || kind == CULVERT_FORWARD_REVERSE_DYNAMIC;

  return culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_ECHO,
    .port = port,
    .socks_to = is_proxy ? culvert_target_get_port (target) : 0,
    .n_connections = n_bytes == CULVERT_TRAFFIC_ENDLESS ? N_CONNECTIONS : 1,
    .n_bytes = n_bytes,
    .seed = (guint64)kind * 100,
    .read_rate = n_bytes == CULVERT_TRAFFIC_ENDLESS ? BYTES_PER_S : 0,
    .deadline_ms = 120000,
  });
}

static void
set_up (Fixture *self, gconstpointer unused)
{
  g_autoptr (CulvertProfile) profile = NULL;

  self->dir = culvert_temp_dir_new ();
  self->sshd = culvert_sshd_new (&(CulvertSshdOptions){ .host_keys = CULVERT_KEY_ED25519 });
  for (gsize i = 0; i < G_N_ELEMENTS (self->targets); i++)
    self->targets[i] = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  profile = make_profile (self);
  self->tunnel = culvert_tunnel_new (profile, NULL, NULL);
  if (g_test_verbose ())
    culvert_log_set_func (culvert_tunnel_get_log (self->tunnel), log_cb, NULL);
  culvert_tunnel_start (self->tunnel);
  culvert_test_wait_until (culvert_tunnel_is_ready (self->tunnel), PATIENCE_MS);
  for (gsize i = 0; i < N_KINDS; i++)
    self->kept[i] = start_echo (kinds[i], wait_listening (self, "kept", kinds[i]), self->targets[0],
                                CULVERT_TRAFFIC_ENDLESS);
}

static void
tear_down (Fixture *self, gconstpointer unused)
{
  culvert_tunnel_stop (self->tunnel);
  culvert_test_wait_until (culvert_tunnel_get_state (self->tunnel) == CULVERT_TUNNEL_STOPPED,
                           PATIENCE_MS);
  g_assert_finalize_object (self->tunnel);
  culvert_test_wait_until (engine_count_link_threads () == 0, PATIENCE_MS);
  for (gsize i = 0; i < G_N_ELEMENTS (self->targets); i++)
    culvert_target_free (self->targets[i]);
  culvert_sshd_free (self->sshd);
  culvert_temp_dir_free (self->dir);
}

/* Every connection that is kept is there and goes on. */
static void
assert_kept_move (Fixture *self)
{
  for (gsize i = 0; i < N_KINDS; i++)
    {
      guint64 before = culvert_traffic_get_n_received (self->kept[i]);

      culvert_test_wait_until (culvert_traffic_get_n_received (self->kept[i]) > before ||
                                 culvert_traffic_get_n_failed (self->kept[i]) > 0,
                               PATIENCE_MS);
      if (culvert_traffic_get_n_failed (self->kept[i]) > 0)
        culvert_traffic_finish (self->kept[i]); /* says what happened */
    }
}

/* Then all of them get back what they sent, and nothing else. */
static void
finish_kept (Fixture *self)
{
  for (gsize i = 0; i < N_KINDS; i++)
    culvert_traffic_let_go (self->kept[i]);
  for (gsize i = 0; i < N_KINDS; i++)
    {
      culvert_test_wait_until (culvert_traffic_is_done (self->kept[i]), 3 * PATIENCE_MS);
      culvert_traffic_finish (self->kept[i]);
    }
}

/* A new client of "other" comes to @target, sooner or later. */
static void
wait_reaches (Fixture *self, CulvertForwardKind kind, CulvertTarget *target)
{
  guint    n_before = culvert_target_get_n_connections (target);
  gboolean is_there = FALSE;
  gint64   end_us = culvert_test_deadline_us (PATIENCE_MS);

  while (!is_there)
    {
      CulvertTraffic *try = start_echo (kind, wait_listening (self, "other", kind), target, 100000);

      culvert_test_wait_until (culvert_traffic_is_done (try), PATIENCE_MS);
      is_there = culvert_traffic_get_n_good (try) == 1 &&
                 culvert_target_get_n_connections (target) > n_before;
      culvert_traffic_free (try);
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
    }
}

static void
edit (Fixture *self, CulvertProfile *edited)
{
  culvert_tunnel_set_profile (self->tunnel, edited);
  culvert_profile_unref (edited);
}

static CulvertProfile *
begin_edit (Fixture *self)
{
  return culvert_profile_edit (culvert_tunnel_get_profile (self->tunnel));
}

static void
remove_forward (CulvertProfile *profile, const char *id)
{
  for (guint i = 0; i < profile->forwards->len; i++)
    if (g_str_equal (culvert_forward_spec_get_id (profile->forwards->pdata[i]), id))
      {
        g_ptr_array_remove_index (profile->forwards, i);
        return;
      }
  g_assert_not_reached ();
}

/* One that moves data itself goes through all that can be done to it. */
static void
disturb (Fixture *self, CulvertForwardKind kind)
{
  g_autofree char *id = name_forward ("other", kind);
  guint16          port = wait_listening (self, "other", kind);
  CulvertTraffic  *lost = start_echo (kind, port, self->targets[0], CULVERT_TRAFFIC_ENDLESS);
  CulvertProfile  *edited;

  culvert_test_wait_until (culvert_traffic_get_n_received (lost) > 100000, PATIENCE_MS);
  culvert_tunnel_set_forward_enabled (self->tunnel, id, FALSE);
  culvert_test_wait_until (culvert_forward_item_get_state (find (self, "other", kind)) ==
                             CULVERT_FORWARD_OFF,
                           PATIENCE_MS);
  culvert_test_wait_until (culvert_traffic_is_done (lost), PATIENCE_MS);
  g_assert_cmpuint (culvert_traffic_get_n_failed (lost), ==, N_CONNECTIONS);
  culvert_traffic_free (lost);
  assert_kept_move (self);

  culvert_tunnel_set_forward_enabled (self->tunnel, id, TRUE);
  wait_reaches (self, kind, self->targets[0]);
  assert_kept_move (self);

  edited = begin_edit (self);
  put_forward (edited, id, NULL, kind, port, self->targets[1]);
  edit (self, edited);
  wait_reaches (self, kind, self->targets[1]);
  assert_kept_move (self);

  lost = start_echo (kind, wait_listening (self, "other", kind), self->targets[1],
                     CULVERT_TRAFFIC_ENDLESS);
  culvert_test_wait_until (culvert_traffic_get_n_received (lost) > 100000, PATIENCE_MS);
  edited = begin_edit (self);
  remove_forward (edited, id);
  edit (self, edited);
  culvert_test_wait_until (find (self, "other", kind) == NULL, PATIENCE_MS);
  culvert_test_wait_until (culvert_traffic_is_done (lost), PATIENCE_MS);
  g_assert_cmpuint (culvert_traffic_get_n_failed (lost), ==, N_CONNECTIONS);
  culvert_traffic_free (lost);
  assert_kept_move (self);

  edited = begin_edit (self);
  put_forward (edited, id, NULL, kind, culvert_test_free_port (), self->targets[0]);
  edit (self, edited);
  wait_reaches (self, kind, self->targets[0]);
  assert_kept_move (self);
}

static void
test_others_are_disturbed (Fixture *self, gconstpointer unused)
{
  gint64 up_since_us = culvert_tunnel_get_up_since_us (self->tunnel);

  for (gsize i = 0; i < N_KINDS; i++)
    disturb (self, kinds[i]);
  finish_kept (self);
  g_assert_cmpint (culvert_tunnel_get_up_since_us (self->tunnel), ==, up_since_us);
}

/* All of them at once, again and again, faster than they can follow. */
static void
test_storm (Fixture *self, gconstpointer unused)
{
  gint64 up_since_us = culvert_tunnel_get_up_since_us (self->tunnel);

  for (guint round = 0; round < 50; round++)
    {
      for (gsize i = 0; i < N_KINDS; i++)
        {
          g_autofree char *id = name_forward ("other", kinds[i]);

          culvert_tunnel_set_forward_enabled (self->tunnel, id, round % 2 == 1);
        }
      culvert_test_spend (round % 7 == 0 ? 50 : round % 3);
    }
  assert_kept_move (self);
  for (gsize i = 0; i < N_KINDS; i++)
    wait_reaches (self, kinds[i], self->targets[0]);
  assert_kept_move (self);
  finish_kept (self);
  g_assert_cmpint (culvert_tunnel_get_up_since_us (self->tunnel), ==, up_since_us);
}

/* A new name, a new order: what is carried is the same, so it stays. */
static void
test_what_carries_nothing_else (Fixture *self, gconstpointer unused)
{
  gint64          up_since_us = culvert_tunnel_get_up_since_us (self->tunnel);
  CulvertProfile *edited = begin_edit (self);

  culvert_profile_set_string (&edited->name, "another name");
  for (guint i = 0; i < edited->forwards->len; i += 2)
    {
      CulvertForwardFields fields = culvert_forward_spec_get_fields (edited->forwards->pdata[i]);
      g_autoptr (CulvertForwardSpec) named = NULL;

      fields.name = "named";
      named = culvert_forward_spec_new (&fields);
      culvert_profile_put_forward (edited, named);
    }
  edit (self, edited);
  assert_kept_move (self);

  edited = begin_edit (self);
  g_ptr_array_insert (edited->forwards, 0,
                      g_ptr_array_steal_index (edited->forwards, edited->forwards->len - 1));
  g_ptr_array_insert (edited->forwards, 2, g_ptr_array_steal_index (edited->forwards, 4));
  edit (self, edited);
  assert_kept_move (self);
  for (gsize i = 0; i < N_KINDS; i++)
    {
      CulvertForwardItem *item = find (self, "kept", kinds[i]);

      g_assert_cmpint (culvert_forward_item_get_state (item), ==, CULVERT_FORWARD_LISTENING);
      g_assert_cmpstr (culvert_forward_spec_get_name (culvert_forward_item_get_spec (item)), ==,
                       "named");
    }
  finish_kept (self);
  g_assert_cmpint (culvert_tunnel_get_up_since_us (self->tunnel), ==, up_since_us);
}

int
main (int argc, char *argv[])
{
  g_setenv ("SSH_AUTH_SOCK", "", TRUE);
  g_test_init (&argc, &argv, NULL);

#define ADD(name, function)                                                                        \
  g_test_add ("/engine/tunnel-edits/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("others-are-disturbed", test_others_are_disturbed);
  ADD ("storm", test_storm);
  ADD ("names-and-order", test_what_carries_nothing_else);
#undef ADD

  return g_test_run ();
}
