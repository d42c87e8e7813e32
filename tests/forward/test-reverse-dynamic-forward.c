/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/reverse-dynamic-forward.h"

#include "core/errors.h"
#include "forward/proxy-caller.h"

#include <string.h>

/* What clients say is a matter of test-proxy-asking; here are connections, of clients at the server. */

static guint16
start (Fixture *fixture)
{
  g_autoptr (CulvertEndpoint) bound = NULL;

  fixture_make (fixture, CULVERT_FORWARD_REVERSE_DYNAMIC, "localhost:0", NULL);
  culvert_forward_start (fixture->forward);
  culvert_forward_set_transport (fixture->forward, culvert_fake_transport_get (fixture->transport));
  culvert_test_wait_until (
    culvert_forward_get_state (fixture->forward) == CULVERT_FORWARD_LISTENING, DEADLINE_MS);
  bound = culvert_forward_dup_bound (fixture->forward);
  return culvert_endpoint_get_port (bound);
}

/* Clients that have no relay, too. */
static void
assert_all_gone (Fixture *fixture)
{
  culvert_test_wait_until (culvert_fake_transport_get_n_streams (fixture->transport) == 0,
                           DEADLINE_MS);
  fixture_assert_dropped (fixture, DEADLINE_MS);
}

static void
test_carries (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  guint16                   to = culvert_target_get_port (target);
  g_autoptr (Client)        client = proxy_ask (start (fixture), to, "hello");
  g_autofree char          *text = g_strdup_printf ("127.0.0.1:%u", to);
  g_autofree char          *line = g_strdup_printf ("0 connection from 127.0.0.1:* to %s", text);
  g_autofree char *ended = g_strdup_printf ("0 connection from 127.0.0.1:* to %s ended: 11*", text);
  g_autoptr (GPtrArray) list = NULL;
  KeptConnection       *info;

  proxy_assert_answer (client, 0, "hello");
  client_send_text (client, " again");
  proxy_assert_answer (client, 0, "hello again");
  g_assert_cmpint (culvert_forward_get_target_state (fixture->forward), ==,
                   CULVERT_TARGET_ANSWERED);
  g_assert_true (fixture_has_logged (fixture, line));

  list = kept_connections_list (fixture->forward);
  g_assert_cmpuint (list->len, ==, 1);
  info = g_ptr_array_index (list, 0);
  g_assert_cmpstr (info->target, ==, text);
  g_assert_true (g_str_has_prefix (info->client, "127.0.0.1:"));
  /* What was said to the proxy is not the target's. */
  g_assert_cmpuint (info->n_sent, ==, strlen ("hello again"));
  g_assert_cmpuint (info->n_received, ==, strlen ("hello again"));

  client_finish (client);
  proxy_assert_end (client, CLIENT_GOT_END);
  assert_all_gone (fixture);
  fixture_assert_counts (fixture, 1, 0, 11, 11);
  g_assert_true (fixture_has_logged (fixture, ended));
  fixture_assert_rests (fixture);
}

/* Byte by byte, and a request that is in no hurry. */
static void
test_slow_client (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  guint16                   to = culvert_target_get_port (target);
  const guint8              request[] = {
                 5, 1, 0, 5, 1, 0, 1, 127, 0, 0, 1, (guint8)(to >> 8), (guint8)to, 'x'
  };
  g_autoptr (Client) client = client_new (NULL, start (fixture), 0);

  for (gsize i = 0; i < sizeof request; i++)
    {
      proxy_say (client, &request[i], 1);
      culvert_test_spend (2);
    }
  proxy_assert_answer (client, 0, "x");
}

/* All of it, its end too, however little the session takes at a time. */
static void
test_early_data (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  g_autofree char          *more = g_strnfill (3000, 'a');
  g_autoptr (Client)        client = NULL;

  for (guint i = 0; i < 3000; i++)
    more[i] = (char)('a' + i % 23);
  fixture_use_transport (fixture, &(CulvertFakeTransportConfig){ .seed = 5, .window = 200 });
  client = proxy_ask (start (fixture), culvert_target_get_port (target), more);
  client_finish (client);
  proxy_assert_answer (client, 0, more);
  proxy_assert_end (client, CLIENT_GOT_END);
  assert_all_gone (fixture);
  fixture_assert_counts (fixture, 1, 0, 3000, 3000);
}

/* The reply waits until there is room for it. */
static void
test_stalled (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_NAMER, 0);
  g_autoptr (Client)        client = NULL;
  guint16                   proxy = start (fixture);

  culvert_fake_transport_set_stalled (fixture->transport, TRUE);
  client = proxy_ask (proxy, culvert_target_get_port (target), "");
  culvert_test_wait_until (culvert_target_get_n_connections (target) == 1, DEADLINE_MS);
  fixture_assert_rests (fixture);
  g_assert_false (client_has_read (client, 1));
  culvert_fake_transport_set_stalled (fixture->transport, FALSE);
  proxy_assert_answer (client, 0, "right\n");
}

static void
test_refused (Fixture *fixture, gconstpointer unused)
{
  guint16            proxy = start (fixture);
  guint16            to = culvert_test_free_port ();
  g_autoptr (Client) socks = proxy_ask (proxy, to, "early data that nobody reads");
  g_autoptr (Client) http = NULL;
  g_autofree char   *request = g_strdup_printf ("CONNECT 127.0.0.1:%u HTTP/1.1\r\n\r\n", to);
  g_autofree char   *line =
    g_strdup_printf ("2 connection from 127.0.0.1:* to 127.0.0.1:%u refused: *", to);

  proxy_assert_answer (socks, 5, "");
  proxy_assert_end (socks, CLIENT_GOT_END);
  g_assert_cmpint (culvert_forward_get_target_state (fixture->forward), ==, CULVERT_TARGET_REFUSED);
  g_assert_error ((GError *)culvert_forward_get_target_error (fixture->forward),
                  CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TARGET_REFUSED);
  g_assert_true (fixture_has_logged (fixture, line));
  client_finish (socks);

  http = client_new (NULL, proxy, 0);
  client_send_text (http, request);
  proxy_assert_end (http, CLIENT_GOT_END);
  g_assert_cmpmem (http->received->data, strlen ("HTTP/1.1 502"), "HTTP/1.1 502",
                   strlen ("HTTP/1.1 502"));
  /* Who does not close is closed, sooner or later. */
  assert_all_gone (fixture);
  fixture_assert_counts (fixture, 2, 2, 0, 0);
}

static void
test_bad_request (Fixture *fixture, gconstpointer unused)
{
  guint16            proxy = start (fixture);
  g_autoptr (Client) bind = client_new (NULL, proxy, 0);
  g_autoptr (Client) tls = client_new (NULL, proxy, 0);

  proxy_say (bind, "\5\1\0\5\2\0\1\x0a\0\0\1\0\x50", 13);
  proxy_assert_answer (bind, 7, "");
  proxy_assert_end (bind, CLIENT_GOT_END);
  g_assert_true (
    fixture_has_logged (fixture, "2 connection from 127.0.0.1:* refused: SOCKS 5: *BIND*"));
  proxy_say (tls, "\x16\3\1\2\0\1\0", 7);
  proxy_assert_end (tls, CLIENT_GOT_END);
  g_assert_cmpuint (tls->received->len, ==, 0);
  client_finish (bind);
  client_finish (tls);
  assert_all_gone (fixture);
  fixture_assert_counts (fixture, 2, 2, 0, 0);
}

/* It names the port at the server. */
static void
test_page (Fixture *fixture, gconstpointer unused)
{
  guint16            proxy = start (fixture);
  g_autoptr (Client) client = client_new (NULL, proxy, 0);
  g_autofree char   *line =
    g_strdup_printf ("\"SOCKS5 localhost:%u; PROXY localhost:%u\"", proxy, proxy);

  client_send_text (client, "GET /proxy.pac HTTP/1.0\r\n\r\n");
  proxy_assert_end (client, CLIENT_GOT_END);
  g_byte_array_append (client->received, (const guint8 *)"", 1);
  g_assert_true (g_str_has_prefix ((const char *)client->received->data, "HTTP/1.1 200 "));
  g_assert_nonnull (strstr ((const char *)client->received->data, line));
  g_assert_true (fixture_has_logged (fixture, "0 127.0.0.1:* fetched /proxy.pac"));
  client_finish (client);
  assert_all_gone (fixture);
  fixture_assert_counts (fixture, 0, 0, 0, 0);
}

/* One request is one host's: what comes beyond it is nobody's. */
static void
test_plain_request (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  guint16                   to = culvert_target_get_port (target);
  g_autoptr (Client)        client = client_new (NULL, start (fixture), 0);
  g_autofree char          *request =
    g_strdup_printf ("POST http://127.0.0.1:%u/a HTTP/1.1\r\nContent-Length: 6\r\n\r\nbo", to);
  g_autofree char *passed =
    g_strdup_printf ("POST /a HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nContent-Length: 6\r\n"
                     "Via: 1.1 culvert\r\nConnection: close\r\n\r\nbody!!",
                     to);

  client_send_text (client, request);
  culvert_test_wait_until (client_has_read (client, strlen (passed) - 4), DEADLINE_MS);
  client_send_text (client, "dy!!GET http://else.where/ HTTP/1.1\r\n\r\n");
  culvert_test_wait_until (client_has_read (client, strlen (passed)), DEADLINE_MS);
  client_send_text (client, "more");
  client_finish (client);
  proxy_assert_end (client, CLIENT_GOT_END);
  g_assert_cmpmem (client->received->data, client->received->len, passed, strlen (passed));
}

static void
test_silent_clients (Fixture *fixture, gconstpointer unused)
{
  guint16            proxy = start (fixture);
  g_autoptr (Client) silent = NULL;
  g_autoptr (Client) slow = NULL;
  g_autoptr (Client) gone = NULL;

  culvert_reverse_dynamic_forward_set_asking_limit_ms (
    CULVERT_REVERSE_DYNAMIC_FORWARD (fixture->forward), 300);
  silent = client_new (NULL, proxy, 0);
  slow = client_new (NULL, proxy, 0);
  proxy_say (slow, "\5\1\0\5", 4);
  gone = client_new (NULL, proxy, 0);
  client_finish (gone);
  proxy_assert_end (gone, CLIENT_GOT_END);
  proxy_assert_end (silent, CLIENT_GOT_END);
  proxy_assert_end (slow, CLIENT_GOT_END);
  g_assert_true (
    fixture_has_logged (fixture, "1 connection from 127.0.0.1:* closed: it did not say*"));
  assert_all_gone (fixture);
  fixture_assert_counts (fixture, 0, 0, 0, 0);
}

/* Those who say nothing do not keep out who does. */
static void
test_flood (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  guint16                   proxy = start (fixture);
  g_autoptr (GPtrArray)     silent = g_ptr_array_new_with_free_func ((GDestroyNotify)client_free);
  g_autoptr (Client)        client = NULL;
  guint                     n_lines = 0;

  for (guint i = 0; i < CULVERT_REVERSE_DYNAMIC_MAX_ASKING + 5; i++)
    {
      g_ptr_array_add (silent, client_new (NULL, proxy, 0));
      /* A queue of the system that overflows would hand them over seconds later. */
      if (i % 32 == 0)
        culvert_test_wait_until (culvert_fake_transport_get_n_streams (fixture->transport) >=
                                   MIN (i + 1, CULVERT_REVERSE_DYNAMIC_MAX_ASKING),
                                 DEADLINE_MS);
    }
  for (guint i = 0; i < 5; i++)
    proxy_assert_end (silent->pdata[i], CLIENT_GOT_END);
  client = proxy_ask (proxy, culvert_target_get_port (target), "hello");
  proxy_assert_answer (client, 0, "hello");
  g_assert_cmpint (client_read (silent->pdata[10]), ==, CLIENT_READS);
  for (guint i = 0; i < fixture->log->len; i++)
    n_lines += strstr (fixture->log->pdata[i], "do not say where") != NULL;
  g_assert_cmpuint (n_lines, ==, 1);
}

/* One that asks for a target and says too much before that answers. */
static void
test_too_much (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_NEVER_ACCEPT, 0);
  g_autoptr (Client) client = proxy_ask (start (fixture), culvert_target_get_port (target), "");
  gsize              n_sent = 0;

  culvert_test_wait_until (
    (n_sent += client_read (client) == CLIENT_READS ? client_send_stream (client, 1, 0, 1000) : 0,
     client->end != CLIENT_READS || n_sent > 4 * 1024 * 1024),
    DEADLINE_MS);
  g_assert_cmpint (client->end, !=, CLIENT_READS);
  assert_all_gone (fixture);
}

/* In every state. */
static void
test_session_ends (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) hanging = fixture_start_target (CULVERT_TARGET_NEVER_ACCEPT, 0);
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  guint16                   proxy = start (fixture);
  g_autoptr (Client)        silent = client_new (NULL, proxy, 0);
  g_autoptr (Client) dialling = proxy_ask (proxy, culvert_target_get_port (hanging), "early");
  g_autoptr (Client) relayed = proxy_ask (proxy, culvert_target_get_port (target), "hello");
  g_autoptr (Client) leaving = proxy_ask (proxy, culvert_test_free_port (), "");
  g_autoptr (GError) lost = g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST, "lost");

  proxy_assert_answer (relayed, 0, "hello");
  proxy_assert_end (leaving, CLIENT_GOT_END);
  culvert_test_wait_until (culvert_fake_transport_get_n_streams (fixture->transport) == 4,
                           DEADLINE_MS);
  culvert_fake_transport_end (fixture->transport, lost);
  culvert_forward_set_transport (fixture->forward, NULL);
  assert_all_gone (fixture);
  fixture_assert_rests (fixture);
}

static void
stop_cb (CulvertForward *forward)
{
  culvert_forward_stop (forward);
}

/* The owner stops it in answer to the line about a client; nothing is used after that. */
static void
test_stopped_by_a_line (Fixture *fixture, gconstpointer data)
{
  guint16            proxy = start (fixture);
  g_autoptr (Client) silent = client_new (NULL, proxy, 0);
  g_autoptr (Client) client = client_new (NULL, proxy, 0);

  culvert_test_wait_until (culvert_fake_transport_get_n_streams (fixture->transport) == 2,
                           DEADLINE_MS);
  fixture->on_event = stop_cb;
  client_send_text (client, data);
  culvert_test_wait_until (culvert_forward_get_state (fixture->forward) == CULVERT_FORWARD_OFF,
                           DEADLINE_MS);
  culvert_test_wait_until (client_read (client) != CLIENT_READS, DEADLINE_MS);
  culvert_test_wait_until (client_read (silent) != CLIENT_READS, DEADLINE_MS);
}

/* The test needs no target: the proxy is what answers. */
static void
test_self_test (Fixture *fixture, gconstpointer unused)
{
  start (fixture);
  culvert_forward_test (fixture->forward, NULL);
  culvert_test_wait_until (culvert_forward_get_test_state (fixture->forward) == CULVERT_TEST_WORKS,
                           DEADLINE_MS);
  assert_all_gone (fixture);
  fixture_assert_counts (fixture, 0, 0, 0, 0);
}

#define ADD(name, data, func)                                                                      \
  g_test_add ("/forward/reverse-dynamic-forward/" name, Fixture, data, fixture_set_up, func,       \
              fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("carries", NULL, test_carries);
  ADD ("slow-client", NULL, test_slow_client);
  ADD ("early-data", NULL, test_early_data);
  ADD ("stalled", NULL, test_stalled);
  ADD ("refused", NULL, test_refused);
  ADD ("bad-request", NULL, test_bad_request);
  ADD ("page", NULL, test_page);
  ADD ("plain-request", NULL, test_plain_request);
  ADD ("silent-clients", NULL, test_silent_clients);
  ADD ("flood", NULL, test_flood);
  ADD ("too-much", NULL, test_too_much);
  ADD ("session-ends", NULL, test_session_ends);
  ADD ("self-test", NULL, test_self_test);
  ADD ("stopped/asks", "CONNECT 127.0.0.1:9 HTTP/1.1\r\n\r\n", test_stopped_by_a_line);
  ADD ("stopped/page", "GET /proxy.pac HTTP/1.1\r\nHost: x:1\r\n\r\n", test_stopped_by_a_line);
  ADD ("stopped/refused", "GET / HTTP/1.1\r\n\r\n", test_stopped_by_a_line);

  return g_test_run ();
}
