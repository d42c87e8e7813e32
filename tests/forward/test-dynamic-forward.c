/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/dynamic-forward.h"

#include "proxy-caller.h"
#include "support/loopback.h"

#include <string.h>

/* What clients say is a matter of test-proxy-asking; here are connections. */

static CulvertTransport *
get_transport (Fixture *fixture)
{
  return culvert_fake_transport_get (fixture->transport);
}

static guint16
start (Fixture *fixture)
{
  g_autoptr (CulvertEndpoint) bound = NULL;

  fixture_make (fixture, CULVERT_FORWARD_DYNAMIC, "127.0.0.1:0", NULL);
  culvert_forward_start (fixture->forward);
  g_assert_no_error (culvert_forward_get_error (fixture->forward));
  culvert_forward_set_transport (fixture->forward, get_transport (fixture));
  bound = culvert_forward_dup_bound (fixture->forward);
  return culvert_endpoint_get_port (bound);
}

static void
test_carries (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  guint16                   to = culvert_target_get_port (target);
  guint16                   proxy = start (fixture);
  g_autoptr (Client)        client = proxy_ask (proxy, to, "hello");
  g_autofree char          *text = g_strdup_printf ("127.0.0.1:%u", to);
  g_autofree char          *line = g_strdup_printf ("0 connection from 127.0.0.1:* to %s", text);
  g_autoptr (GPtrArray)     list = NULL;
  KeptConnection           *info;

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
  /* What was said to the proxy is not the target's. */
  g_assert_cmpuint (info->n_sent, ==, strlen ("hello again"));
  g_assert_cmpuint (info->n_received, ==, strlen ("hello again"));

  client_finish (client);
  proxy_assert_end (client, CLIENT_GOT_END);
  fixture_assert_dropped (fixture, DEADLINE_MS);
  fixture_assert_counts (fixture, 1, 0, 11, 11);
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

/* All of it, its end too, however little the target takes at a time. */
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
  fixture_assert_dropped (fixture, DEADLINE_MS);
  fixture_assert_counts (fixture, 1, 0, 3000, 3000);
}

static void
test_refused (Fixture *fixture, gconstpointer unused)
{
  guint16            proxy = start (fixture);
  guint16            to = culvert_test_free_port ();
  g_autoptr (Client) first = proxy_ask (proxy, to, "early data that nobody reads");
  g_autoptr (Client) second = NULL;
  g_autofree char   *line =
    g_strdup_printf ("2 connection from 127.0.0.1:* to 127.0.0.1:%u refused: *", to);

  proxy_assert_answer (first, 4, "");
  proxy_assert_end (first, CLIENT_GOT_END);
  g_assert_cmpint (culvert_forward_get_target_state (fixture->forward), ==, CULVERT_TARGET_REFUSED);
  g_assert_true (fixture_has_logged (fixture, line));

  culvert_fake_transport_set_refusing (fixture->transport, CULVERT_SSH_ERROR_OPEN_PROHIBITED);
  second = proxy_ask (proxy, to, "");
  proxy_assert_answer (second, 2, "");
  proxy_assert_end (second, CLIENT_GOT_END);
  fixture_assert_dropped (fixture, DEADLINE_MS);
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
  g_assert_true (fixture_has_logged (fixture, "2 connection from 127.0.0.1:* refused: *TLS*"));
  fixture_assert_counts (fixture, 2, 2, 0, 0);
  g_assert_cmpuint (culvert_fake_transport_get_n_asked (fixture->transport), ==, 0);
}

/* It needs no session, wakes none, and says the port that the client came to. */
static void
test_page (Fixture *fixture, gconstpointer unused)
{
  guint16            proxy = start (fixture);
  g_autoptr (Client) client = NULL;
  g_autofree char   *line =
    g_strdup_printf ("\"SOCKS5 127.0.0.1:%u; PROXY 127.0.0.1:%u\"", proxy, proxy);

  culvert_forward_set_transport (fixture->forward, NULL);
  client = client_new (NULL, proxy, 0);
  client_send_text (client, "GET /proxy.pac HTTP/1.0\r\n\r\n");
  proxy_assert_end (client, CLIENT_GOT_END);
  g_byte_array_append (client->received, (const guint8 *)"", 1);
  g_assert_true (g_str_has_prefix ((const char *)client->received->data, "HTTP/1.1 200 "));
  g_assert_nonnull (strstr ((const char *)client->received->data, line));
  g_assert_true (fixture_has_logged (fixture, "0 127.0.0.1:* fetched /proxy.pac"));
  fixture_assert_counts (fixture, 1, 0, 0, 0);
  g_assert_cmpuint (fixture->tunnel_counters->n_held, ==, 0);
}

/* One request is one host's. */
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

  culvert_dynamic_forward_set_asking_limit_ms (CULVERT_DYNAMIC_FORWARD (fixture->forward), 300);
  silent = client_new (NULL, proxy, 0);
  slow = client_new (NULL, proxy, 0);
  proxy_say (slow, "\5\1\0\5", 4);
  gone = client_new (NULL, proxy, 0);
  client_finish (gone);
  proxy_assert_end (silent, CLIENT_GOT_RESET);
  proxy_assert_end (slow, CLIENT_GOT_RESET);
  proxy_assert_end (gone, CLIENT_GOT_RESET);
  g_assert_true (
    fixture_has_logged (fixture, "1 connection from 127.0.0.1:* reset: it did not say*"));
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

  for (guint i = 0; i < CULVERT_DYNAMIC_ASKING_MAX + 5; i++)
    {
      g_ptr_array_add (silent, client_new (NULL, proxy, 0));
      if (i % 32 == 0)
        culvert_test_spend (1);
    }
  for (guint i = 0; i < 5; i++)
    proxy_assert_end (silent->pdata[i], CLIENT_GOT_RESET);
  client = proxy_ask (proxy, culvert_target_get_port (target), "hello");
  proxy_assert_answer (client, 0, "hello");
  g_assert_cmpint (client_read (silent->pdata[10]), ==, CLIENT_READS);
  for (guint i = 0; i < fixture->log->len; i++)
    n_lines += strstr (fixture->log->pdata[i], "do not say where") != NULL;
  g_assert_cmpuint (n_lines, ==, 1);
}

static void
test_held (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  guint16                   proxy = start (fixture);
  g_autoptr (Client)        client = NULL;
  g_autoptr (GPtrArray)     list = NULL;
  g_autofree char          *to = g_strdup_printf ("127.0.0.1:%u", culvert_target_get_port (target));

  culvert_forward_set_transport (fixture->forward, NULL);
  client = proxy_ask (proxy, culvert_target_get_port (target), "hello");
  culvert_test_wait_until (fixture->tunnel_counters->n_held == 1, DEADLINE_MS);
  fixture_assert_rests (fixture);
  client_read (client);
  /* No more than that it may speak. */
  g_assert_cmpmem (client->received->data, client->received->len, "\5\0", 2);
  list = kept_connections_list (fixture->forward);
  g_assert_cmpuint (list->len, ==, 1);
  g_assert_cmpstr (((KeptConnection *)list->pdata[0])->target, ==, to);

  culvert_forward_set_transport (fixture->forward, get_transport (fixture));
  proxy_assert_answer (client, 0, "hello");
}

/* The session ended while the target was asked. */
static void
test_asked_again (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  g_autoptr (Client)        client = NULL;

  culvert_fake_transport_set_silent (fixture->transport, TRUE);
  client = proxy_ask (start (fixture), culvert_target_get_port (target), "hello");
  fixture_wait_for_asked (fixture, 1);
  culvert_fake_transport_end (fixture->transport, NULL);
  culvert_forward_set_transport (fixture->forward, NULL);
  fixture_assert_rests (fixture);

  culvert_fake_transport_set_silent (fixture->transport, FALSE);
  culvert_forward_set_transport (fixture->forward, get_transport (fixture));
  proxy_assert_answer (client, 0, "hello");
}

/* A request whose client has given up is not made later. */
static void
test_left_while_held (Fixture *fixture, gconstpointer unused)
{
  g_autoptr (CulvertTarget) target = fixture_start_target (CULVERT_TARGET_ECHO, 0);
  g_autofree char          *request =
    g_strdup_printf ("GET http://127.0.0.1:%u/ HTTP/1.1\r\n\r\n", culvert_target_get_port (target));
  guint16 proxy = start (fixture);
  Client *client;

  culvert_forward_set_transport (fixture->forward, NULL);
  client = client_new (NULL, proxy, 0);
  client_send_text (client, request);
  culvert_test_wait_until (fixture->tunnel_counters->n_held == 1, DEADLINE_MS);
  client_free (client);
  culvert_test_wait_until (fixture->tunnel_counters->n_held == 0, DEADLINE_MS);
  culvert_forward_set_transport (fixture->forward, get_transport (fixture));
  fixture_assert_rests (fixture);
  g_assert_cmpuint (culvert_fake_transport_get_n_asked (fixture->transport), ==, 0);
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
  const char        *said = data;
  guint16            proxy = start (fixture);
  g_autoptr (Client) silent = client_new (NULL, proxy, 0);
  g_autoptr (Client) client = client_new (NULL, proxy, 0);

  culvert_test_spend (20);
  fixture->on_event = stop_cb;
  client_send_text (client, said);
  culvert_test_wait_until (culvert_forward_get_state (fixture->forward) == CULVERT_FORWARD_OFF,
                           DEADLINE_MS);
  proxy_assert_end (client, CLIENT_GOT_RESET);
  proxy_assert_end (silent, CLIENT_GOT_RESET);
}

#define ADD(name, data, func)                                                                      \
  g_test_add ("/forward/dynamic-forward/" name, Fixture, data, fixture_set_up, func,               \
              fixture_tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("carries", NULL, test_carries);
  ADD ("slow-client", NULL, test_slow_client);
  ADD ("early-data", NULL, test_early_data);
  ADD ("refused", NULL, test_refused);
  ADD ("bad-request", NULL, test_bad_request);
  ADD ("page", NULL, test_page);
  ADD ("plain-request", NULL, test_plain_request);
  ADD ("silent-clients", NULL, test_silent_clients);
  ADD ("flood", NULL, test_flood);
  ADD ("held", NULL, test_held);
  ADD ("left-while-held", NULL, test_left_while_held);
  ADD ("asked-again", NULL, test_asked_again);
  ADD ("stopped/asks", "CONNECT 127.0.0.1:9 HTTP/1.1\r\n\r\n", test_stopped_by_a_line);
  ADD ("stopped/page", "GET /proxy.pac HTTP/1.1\r\nHost: x:1\r\n\r\n", test_stopped_by_a_line);
  ADD ("stopped/refused", "GET / HTTP/1.1\r\n\r\n", test_stopped_by_a_line);

  return g_test_run ();
}
