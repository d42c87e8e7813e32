/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "engine/engine-support.h"
#include "engine/tunnel.h"
#include "support/culvert-test.h"
#include "support/loopback.h"
#include "support/sshd-fixture.h"
#include "support/targets.h"
#include "support/traffic.h"
#include "words/test-words.h"

#include <netdb.h>
#include <string.h>
#include <unistd.h>

/* The test of a forward that listens at the server, through a real one.  The server is reached at an
 * address that is neither 127.0.0.1 nor ::1, as one on a network is. */

#define PATIENCE_MS    20000
#define SERVER_ADDRESS "127.0.0.2"
#define FORWARD        "back"

typedef struct
{
  CulvertTempDir *dir;
  CulvertSshd    *sshd;
  CulvertTarget  *echo;
  CulvertProfile *profile;
  CulvertTunnel  *tunnel;
  char           *words; /* of the last test */
} Fixture;

static char *
write_known_hosts (Fixture *self)
{
  char               *path = culvert_temp_dir_build (self->dir, "known_hosts");
  g_autofree char    *text = NULL;
  g_autoptr (GString) known = NULL;

  culvert_sshd_write_known_hosts (self->sshd, path, 0);
  text = culvert_test_read_text (path);
  known = g_string_new (text);
  g_string_replace (known, "127.0.0.1", SERVER_ADDRESS, 0);
  g_assert_true (g_file_set_contents (path, known->str, -1, NULL));
  return path;
}

/* @data: (nullable): one more line of sshd_config */
static void
set_up (Fixture *self, gconstpointer data)
{
  const char *const config[] = { "UseDNS no", "ListenAddress " SERVER_ADDRESS, data, NULL };
  CulvertAuthMethod method = CULVERT_AUTH_KEY;

  self->dir = culvert_temp_dir_new ();
  self->sshd =
    culvert_sshd_new (&(CulvertSshdOptions){ .config = config, .host_keys = CULVERT_KEY_ED25519 });
  self->echo = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  self->profile = culvert_profile_new ();
  culvert_profile_set_string (&self->profile->host, SERVER_ADDRESS);
  self->profile->port = culvert_sshd_get_port (self->sshd);
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
tear_down (Fixture *self, gconstpointer data)
{
  culvert_tunnel_stop (self->tunnel);
  culvert_test_wait_until (culvert_tunnel_get_state (self->tunnel) == CULVERT_TUNNEL_STOPPED,
                           PATIENCE_MS);
  g_assert_finalize_object (self->tunnel);
  culvert_profile_unref (self->profile);
  culvert_target_free (self->echo);
  culvert_sshd_free (self->sshd);
  culvert_temp_dir_free (self->dir);
  g_free (self->words);
}

static CulvertForwardItem *
get_item (Fixture *self)
{
  return culvert_tunnel_find_forward (self->tunnel, FORWARD);
}

/* @target: (nullable): NULL makes it reverse-dynamic */
static void
start (Fixture *self, const char *listen, const char *target)
{
  g_autoptr (CulvertEndpoint)    from = culvert_endpoint_parse (listen, NULL);
  g_autoptr (CulvertEndpoint)    to = target != NULL ? culvert_endpoint_parse (target, NULL) : NULL;
  g_autoptr (CulvertForwardSpec) spec = culvert_forward_spec_new (&(CulvertForwardFields){
    .id = FORWARD,
    .kind = to != NULL ? CULVERT_FORWARD_REMOTE : CULVERT_FORWARD_REVERSE_DYNAMIC,
    .listen = from,
    .target = to,
    .is_enabled = TRUE,
  });

  culvert_profile_put_forward (self->profile, spec);
  self->tunnel = culvert_tunnel_new (self->profile, NULL, NULL);
  culvert_tunnel_start (self->tunnel);
  culvert_test_wait_until (
    culvert_forward_item_get_state (get_item (self)) == CULVERT_FORWARD_LISTENING, PATIENCE_MS);
}

static void
start_to_echo (Fixture *self, const char *listen)
{
  g_autofree char *target = g_strdup_printf ("127.0.0.1:%u", culvert_target_get_port (self->echo));

  start (self, listen, target);
}

static void
test (Fixture *self, CulvertTestState expected)
{
  CulvertForwardItem *item = get_item (self);

  culvert_tunnel_test_forward (self->tunnel, FORWARD);
  culvert_test_wait_until (culvert_forward_item_get_test_state (item) > CULVERT_TEST_RUNNING,
                           PATIENCE_MS);
  g_free (self->words);
  self->words = culvert_words_for_test (culvert_forward_item_get_test_state (item),
                                        culvert_forward_item_get_test_error (item),
                                        culvert_forward_item_get_spec (item), self->profile);
  g_test_message ("%s", self->words);
  g_assert_cmpint (culvert_forward_item_get_test_state (item), ==, expected);
}

static void
assert_says (Fixture *self, const char *part)
{
  g_assert_nonnull (strstr (self->words, part));
}

/* The test is nobody's connection, and leaves none. */
static void
assert_uncounted (Fixture *self)
{
  culvert_test_wait_until (culvert_target_get_n_open (self->echo) == 0, PATIENCE_MS);
  g_assert_cmpuint (culvert_forward_item_get_n_open (get_item (self)), ==, 0);
  g_assert_cmpuint (culvert_forward_item_get_n_received (get_item (self)), ==, 0);
  g_assert_cmpuint (culvert_target_get_n_received (self->echo), ==, 0);
}

static void
assert_echo (Fixture *self)
{
  guint16 port = culvert_endpoint_get_port (culvert_forward_item_get_bound (get_item (self)));
  int     client = culvert_client_connect (port);

  g_assert_cmpint (client, >=, 0);
  engine_client_assert_echo (client);
  close (client);
}

static void
test_works (Fixture *self, gconstpointer data)
{
  start_to_echo (self, "localhost:0");
  g_assert_cmpint (culvert_forward_item_get_test_state (get_item (self)), ==, CULVERT_TEST_NONE);
  test (self, CULVERT_TEST_WORKS);
  assert_says (self, "It works");
  culvert_test_wait_until (culvert_target_get_n_connections (self->echo) == 1, PATIENCE_MS);
  assert_uncounted (self);
  assert_echo (self);
  /* Again, while the first result still stands. */
  culvert_tunnel_test_forward (self->tunnel, FORWARD);
  culvert_test_wait_until (culvert_target_get_n_connections (self->echo) == 3, PATIENCE_MS);
  culvert_test_wait_until (
    culvert_forward_item_get_test_state (get_item (self)) == CULVERT_TEST_WORKS, PATIENCE_MS);
}

static void
test_proxy_works (Fixture *self, gconstpointer data)
{
  start (self, "localhost:0", NULL);
  test (self, CULVERT_TEST_WORKS);
}

static void
test_target_down (Fixture *self, gconstpointer data)
{
  g_autofree char *target = g_strdup_printf ("127.0.0.1:%u", culvert_test_free_port ());

  start (self, "localhost:0", target);
  test (self, CULVERT_TEST_FAILED);
  assert_says (self, "nothing listens there");
  g_assert_error ((GError *)culvert_forward_item_get_test_error (get_item (self)),
                  CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TARGET_REFUSED);
}

static void
test_remote_only (Fixture *self, gconstpointer data)
{
  start_to_echo (self, "localhost:0");
  test (self, CULVERT_TEST_UNTOLD);
  assert_says (self, "can’t be tested");
  assert_says (self, "AllowTcpForwarding yes");
  g_assert_cmpuint (culvert_target_get_n_connections (self->echo), ==, 0);
  assert_echo (self);
}

/* Which address of `localhost` is tried first. */
static char *
dup_first_localhost (void)
{
  const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
  struct addrinfo      *found = NULL;
  char                  host[NI_MAXHOST];

  g_assert_cmpint (getaddrinfo ("localhost", "1", &hints, &found), ==, 0);
  g_assert_cmpint (
    getnameinfo (found->ai_addr, found->ai_addrlen, host, sizeof host, NULL, 0, NI_NUMERICHOST), ==,
    0);
  freeaddrinfo (found);
  return g_strdup (host);
}

/* The server listens on the other address of `localhost` alone, and is content with that. */
static void
test_other_listener (Fixture *self, gconstpointer data)
{
  g_autofree char *first = dup_first_localhost ();
  CulvertTarget   *other =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO, .address = first });
  g_autofree char *listen = g_strdup_printf ("localhost:%u", culvert_target_get_port (other));

  start_to_echo (self, listen);
  test (self, CULVERT_TEST_FAILED);
  g_assert_error ((GError *)culvert_forward_item_get_test_error (get_item (self)),
                  CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TEST_OTHER);
  assert_says (self, "another program answers there");
  culvert_target_free (other);
}

/* The server does not say that it listens on loopback alone. */
static void
test_no_gateway (Fixture *self, gconstpointer data)
{
  start_to_echo (self, "*:0");
  test (self, CULVERT_TEST_FAILED);
  g_assert_error ((GError *)culvert_forward_item_get_test_error (get_item (self)),
                  CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TEST_LOOPBACK_ONLY);
  assert_says (self, "GatewayPorts clientspecified");
  assert_says (self, SERVER_ADDRESS);
  assert_uncounted (self);
}

static void
test_gateway (Fixture *self, gconstpointer data)
{
  start_to_echo (self, "*:0");
  test (self, CULVERT_TEST_WORKS_OUTSIDE);
  assert_uncounted (self);
}

/* It listens for everybody, though that was not asked for. */
static void
test_exposed (Fixture *self, gconstpointer data)
{
  start_to_echo (self, "localhost:0");
  test (self, CULVERT_TEST_WORKS_EXPOSED);
  assert_says (self, "GatewayPorts yes");
}

/* Whoever comes during tests is served as ever, talkative or not. */
static void
test_clients_meanwhile (Fixture *self, gconstpointer data)
{
  CulvertTarget *namer =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_NAMER, .name = "here" });
  g_autofree char *target = g_strdup_printf ("127.0.0.1:%u", culvert_target_get_port (namer));
  CulvertTraffic  *traffic;

  start (self, "localhost:0", target);
  for (guint i = 0; i < 10; i++)
    {
      traffic = culvert_traffic_start (&(CulvertTrafficConfig){
        .kind = CULVERT_TRAFFIC_NAME,
        .port = culvert_endpoint_get_port (culvert_forward_item_get_bound (get_item (self))),
        .name = "here",
        .n_connections = 10 });
      test (self, CULVERT_TEST_WORKS);
      culvert_test_wait_until (culvert_traffic_is_done (traffic), PATIENCE_MS);
      culvert_traffic_finish (traffic);
    }
  culvert_tunnel_stop (self->tunnel);
  culvert_test_wait_until (culvert_tunnel_get_state (self->tunnel) == CULVERT_TUNNEL_STOPPED,
                           PATIENCE_MS);
  culvert_target_free (namer);
}

/* What was found out does not outlive the listening. */
static void
test_switched_off (Fixture *self, gconstpointer data)
{
  start_to_echo (self, "localhost:0");
  test (self, CULVERT_TEST_WORKS);
  culvert_tunnel_test_forward (self->tunnel, FORWARD);
  culvert_tunnel_set_forward_enabled (self->tunnel, FORWARD, FALSE);
  culvert_test_wait_until (culvert_forward_item_get_state (get_item (self)) == CULVERT_FORWARD_OFF,
                           PATIENCE_MS);
  g_assert_cmpint (culvert_forward_item_get_test_state (get_item (self)), ==, CULVERT_TEST_NONE);
  culvert_tunnel_test_forward (self->tunnel, FORWARD);
  culvert_tunnel_test_forward (self->tunnel, "unknown");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, config, function)                                                                \
  g_test_add ("/engine/tunnel-self-test/" name, Fixture, config, set_up, function, tear_down)
  ADD ("works", NULL, test_works);
  ADD ("proxy-works", NULL, test_proxy_works);
  ADD ("target-down", NULL, test_target_down);
  ADD ("remote-only", "AllowTcpForwarding remote", test_remote_only);
  ADD ("permit-open", "PermitOpen localhost:1", test_remote_only);
  ADD ("other-listener", NULL, test_other_listener);
  ADD ("no-gateway", NULL, test_no_gateway);
  ADD ("gateway", "GatewayPorts clientspecified", test_gateway);
  ADD ("exposed", "GatewayPorts yes", test_exposed);
  ADD ("clients-meanwhile", NULL, test_clients_meanwhile);
  ADD ("switched-off", NULL, test_switched_off);
#undef ADD

  return g_test_run ();
}
