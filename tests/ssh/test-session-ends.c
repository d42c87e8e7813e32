/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session-fixture.h"
#include "support/loopback.h"
#include "support/stream-pattern.h"
#include "support/targets.h"
#include "support/traffic.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* How connections end, through a real server, for local and for remote forwards: each side's end, close and
 * reset gets to the other, and no bad client or target concerns anybody else (PRODUCT 1.12). */

#define PATIENCE_MS 20000
#define SEED        7
#define SIZE        300000

typedef struct
{
  CulvertSshd    *sshd;
  SessionFixture *session;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->sshd = culvert_sshd_new (&(CulvertSshdOptions){ .host_keys = CULVERT_KEY_ED25519 });
  self->session = session_fixture_new_for_sshd (self->sshd);
  session_fixture_up (self->session);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  session_fixture_stop (self->session);
  g_assert_no_error (self->session->error);
  session_fixture_free (self->session);
  culvert_sshd_free (self->sshd);
}

static CulvertCounters *
get_counters (Fixture *self)
{
  return culvert_forward_get_counters (
    g_ptr_array_index (self->session->forwards, self->session->forwards->len - 1));
}

static guint16
add_forward_to (Fixture *self, gconstpointer kind, guint16 target_port)
{
  g_autofree char *place = g_strdup_printf ("127.0.0.1:%u", target_port);

  if (GPOINTER_TO_INT (kind) == CULVERT_FORWARD_LOCAL)
    return session_fixture_forward (self->session, target_port);
  return session_fixture_wait_listening (
    session_fixture_forward_back (self->session, "localhost:0", place));
}

static guint16
add_forward (Fixture *self, gconstpointer kind, CulvertTarget *target)
{
  return add_forward_to (self, kind, culvert_target_get_port (target));
}

/* A client in the hands of the test. */

typedef enum
{
  SEES_NOTHING,
  SEES_END,
  SEES_RESET,
} Sees;

typedef struct
{
  int     descriptor;
  guint64 n_read;
  Sees    sees;
} Client;

/* Whatever comes is of the one stream. */
static Sees
client_read (Client *client)
{
  guint8 bytes[65536];
  gssize n;

  while (client->sees == SEES_NOTHING &&
         (n = recv (client->descriptor, bytes, sizeof bytes, 0)) != -1)
    {
      g_assert_cmpuint (culvert_stream_match (SEED, client->n_read, bytes, (gsize)n), ==, n);
      client->n_read += (guint64)n;
      if (n == 0)
        client->sees = SEES_END;
    }
  if (client->sees == SEES_NOTHING && errno != EAGAIN)
    {
      g_assert_cmpint (errno, ==, ECONNRESET);
      client->sees = SEES_RESET;
    }
  return client->sees;
}

static Client
client_start (guint16 port)
{
  Client client = { .descriptor = culvert_loopback_connect (NULL, port, 0) };

  g_assert_cmpint (client.descriptor, >=, 0);
  return client;
}

static void
client_send (Client *client, gsize n_bytes)
{
  gsize n_sent = 0;

  while (n_sent < n_bytes)
    {
      guint8 bytes[4096];
      gsize  size = MIN (sizeof bytes, n_bytes - n_sent);
      gssize n;

      culvert_stream_fill (SEED, n_sent, bytes, size);
      n = send (client->descriptor, bytes, size, MSG_NOSIGNAL);
      if (n > 0)
        n_sent += (gsize)n;
      else
        culvert_test_spend (1);
    }
}

static void
assert_all_gone (Fixture *self, CulvertTarget *target)
{
  culvert_test_wait_until (culvert_target_get_n_open (target) == 0, PATIENCE_MS);
  culvert_test_wait_until (get_counters (self)->n_open == 0, PATIENCE_MS);
}

/* The target has the client's last word, and its answer comes after that. */
static void
test_client_ends_first (Fixture *self, gconstpointer kind)
{
  g_autoptr (CulvertTarget) sink =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_SINK });
  CulvertTraffic *upload =
    culvert_traffic_start (&(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_UPLOAD,
                                                    .port = add_forward (self, kind, sink),
                                                    .n_connections = 5,
                                                    .n_bytes = SIZE });

  culvert_test_wait_until (culvert_traffic_is_done (upload), PATIENCE_MS);
  culvert_traffic_finish (upload);
  assert_all_gone (self, sink);
  g_assert_cmpuint (culvert_target_get_n_ended (sink), ==, 5);
  g_assert_cmpuint (culvert_target_get_n_reset (sink), ==, 0);
}

/* The client has the target's last word, and goes on talking to it. */
static void
test_target_ends_first (Fixture *self, gconstpointer kind)
{
  g_autoptr (CulvertTarget) source = culvert_target_new (
    &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SOURCE, .seed = SEED, .n_bytes = SIZE });
  Client client = client_start (add_forward (self, kind, source));

  culvert_test_wait_until (client_read (&client) == SEES_END, PATIENCE_MS);
  g_assert_cmpuint (client.n_read, ==, SIZE);
  client_send (&client, SIZE);
  culvert_test_wait_until (culvert_target_get_n_received (source) == SIZE, PATIENCE_MS);
  g_assert_cmpuint (culvert_target_get_n_open (source), ==, 1);
  g_assert_cmpuint (culvert_target_get_n_ended (source), ==, 0);

  shutdown (client.descriptor, SHUT_WR);
  assert_all_gone (self, source);
  g_assert_cmpuint (culvert_target_get_n_ended (source), ==, 1);
  close (client.descriptor);
}

/* One that has closed both ways is no longer waited for. */
static void
test_client_closes (Fixture *self, gconstpointer kind)
{
  g_autoptr (CulvertTarget) echo =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  Client client = client_start (add_forward (self, kind, echo));

  client_send (&client, 1000);
  culvert_test_wait_until ((client_read (&client), client.n_read == 1000), PATIENCE_MS);
  close (client.descriptor);
  assert_all_gone (self, echo);
}

static void
test_client_resets (Fixture *self, gconstpointer kind)
{
  g_autoptr (CulvertTarget) source = culvert_target_new (
    &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SOURCE, .seed = SEED, .n_bytes = 64 << 20 });
  Client client = client_start (add_forward (self, kind, source));

  culvert_test_wait_until ((client_read (&client), client.n_read > 1000000), PATIENCE_MS);
  culvert_loopback_reset (client.descriptor);
  assert_all_gone (self, source);
  g_assert_cmpuint (culvert_target_get_n_sent (source), <, 64 << 20);
}

/* SSH knows no reset: what was sent before comes, then the end. */
static void
test_target_resets (Fixture *self, gconstpointer kind)
{
  g_autoptr (CulvertTarget) source = culvert_target_new (&(CulvertTargetConfig){
    .kind = CULVERT_TARGET_SOURCE, .seed = SEED, .n_bytes = SIZE, .reset = TRUE });
  Client                    client = client_start (add_forward (self, kind, source));

  culvert_test_wait_until (client_read (&client) != SEES_NOTHING, PATIENCE_MS);
  g_assert_cmpuint (client.n_read, ==, SIZE);
  close (client.descriptor);
  assert_all_gone (self, source);
}

static void
test_target_closes (Fixture *self, gconstpointer kind)
{
  guint8                    bytes[100];
  g_autoptr (GBytes)        says = NULL;
  g_autoptr (CulvertTarget) target = NULL;
  Client                    client;

  culvert_stream_fill (SEED, 0, bytes, sizeof bytes);
  says = g_bytes_new (bytes, sizeof bytes);
  target = culvert_target_new (
    &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SAYS, .says = says, .closes = TRUE });
  client = client_start (add_forward (self, kind, target));
  culvert_test_wait_until (client_read (&client) != SEES_NOTHING, PATIENCE_MS);
  g_assert_cmpint (client.sees, ==, SEES_END);
  g_assert_cmpuint (client.n_read, ==, sizeof bytes);
  close (client.descriptor);
  assert_all_gone (self, target);
}

/* Clients and targets of every bad kind, beside good ones that notice nothing. */

#define N_BAD     300
#define N_AT_ONCE 30
#define DEAF      4 /* of the targets, the last one */

typedef enum
{
  BAD_LEAVES,       /* closes without a word */
  BAD_RESETS,       /* at once */
  BAD_TALKS_LEAVES, /* says random bytes, does not wait for what comes */
  BAD_TALKS_RESETS, /* the same */
  BAD_ENDS_ONE_WAY, /* says random bytes, ends, and neither reads nor leaves for long */
  BAD_STAYS,        /* says nothing, does nothing */
  N_BAD_WAYS,
} BadWay;

/* Returns: the client if it stays for a while, else -1 */
static int
misbehave (GRand *rand, guint16 port)
{
  int    client = culvert_loopback_connect (NULL, port, g_rand_boolean (rand) ? 2048 : 0);
  BadWay way = (BadWay)g_rand_int_range (rand, 0, N_BAD_WAYS);
  guint8 bytes[4096];
  gsize  n_bytes = (gsize)g_rand_int_range (rand, 1, sizeof bytes);

  g_assert_cmpint (client, >=, 0);
  /* Some before anybody has accepted them, some after. */
  if (g_rand_boolean (rand))
    culvert_test_spend ((guint)g_rand_int_range (rand, 0, 5));
  for (gsize i = 0; i < n_bytes; i++)
    bytes[i] = (guint8)g_rand_int (rand);
  if (way == BAD_TALKS_LEAVES || way == BAD_TALKS_RESETS || way == BAD_ENDS_ONE_WAY)
    (void)!send (client, bytes, n_bytes, MSG_NOSIGNAL);
  if (way == BAD_ENDS_ONE_WAY)
    shutdown (client, SHUT_WR);
  if (way == BAD_ENDS_ONE_WAY || way == BAD_STAYS)
    return client;
  if (way == BAD_RESETS || way == BAD_TALKS_RESETS)
    culvert_loopback_reset (client);
  else
    close (client);
  return -1;
}

static void
end_staying (GRand *rand, GArray *staying, guint n_left)
{
  while (staying->len > n_left)
    {
      guint index = (guint)g_rand_int_range (rand, 0, (gint32)staying->len);
      int   client = g_array_index (staying, int, index);

      g_array_remove_index_fast (staying, index);
      if (g_rand_boolean (rand))
        culvert_loopback_reset (client);
      else
        close (client);
    }
}

static void
test_bad_ones (Fixture *self, gconstpointer kind)
{
  static const CulvertTargetConfig configs[] = {
    { .kind = CULVERT_TARGET_ECHO },
    { .kind = CULVERT_TARGET_SOURCE, .n_bytes = 200000 },
    { .kind = CULVERT_TARGET_SOURCE, .n_bytes = 200000, .reset = TRUE },
    { .kind = CULVERT_TARGET_SAYS, .closes = TRUE },
    { .kind = CULVERT_TARGET_NEVER_READ },
  };
  CulvertTarget        *targets[G_N_ELEMENTS (configs)];
  guint16               ports[G_N_ELEMENTS (configs) + 1];
  g_autoptr (GRand)     rand = g_rand_new_with_seed ((guint32)g_test_rand_int ());
  g_autoptr (GArray)    staying = g_array_new (FALSE, FALSE, sizeof (int));
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();
  CulvertCounters      *kept_counters;
  guint                 n_descriptors;

  for (gsize i = 0; i < G_N_ELEMENTS (configs); i++)
    {
      targets[i] = culvert_target_new (&configs[i]);
      ports[i] = add_forward (self, kind, targets[i]);
    }
  ports[G_N_ELEMENTS (configs)] = add_forward_to (self, kind, culvert_test_free_port ());
  for (gsize i = 0; i < 3; i++)
    g_ptr_array_add (kept, culvert_traffic_start (
                             &(CulvertTrafficConfig){ .kind = CULVERT_TRAFFIC_ECHO,
                                                      .port = add_forward (self, kind, targets[0]),
                                                      .n_bytes = CULVERT_TRAFFIC_ENDLESS,
                                                      .seed = i,
                                                      .read_rate = 1 << 20 }));
  kept_counters = get_counters (self);
  culvert_test_wait_until (kept_counters->n_received > 0, PATIENCE_MS);
  /* All of them have the descriptors that they will have. */
  culvert_test_wait_until (self->session->counters->n_open == kept->len, PATIENCE_MS);
  n_descriptors = culvert_test_get_n_descriptors ();

  for (guint i = 0; i < N_BAD; i++)
    {
      guint index = (guint)g_rand_int_range (rand, 0, G_N_ELEMENTS (ports));
      int   client = misbehave (rand, ports[index]);

      if (client >= 0)
        g_array_append_val (staying, client);
      end_staying (rand, staying, N_AT_ONCE);
      culvert_test_spend (i % 10 == 0 ? 5 : 0);
    }
  end_staying (rand, staying, 0);
  /* Who neither answers nor leaves may do so for ever. */
  culvert_target_free (targets[DEAF]);

  culvert_test_wait_until (self->session->counters->n_open == kept->len, PATIENCE_MS);
  culvert_test_wait_until (culvert_test_get_n_descriptors () <= n_descriptors, PATIENCE_MS);
  for (guint i = 0; i < kept->len; i++)
    culvert_traffic_let_go (kept->pdata[i]);
  for (guint i = 0; i < kept->len; i++)
    {
      culvert_test_wait_until (culvert_traffic_is_done (kept->pdata[i]), PATIENCE_MS);
      culvert_traffic_finish (kept->pdata[i]);
    }
  g_assert_false (self->session->has_ended);
  culvert_test_wait_until (self->session->counters->n_open == 0, PATIENCE_MS);
  for (gsize i = 0; i < DEAF; i++)
    {
      culvert_test_wait_until (culvert_target_get_n_open (targets[i]) == 0, PATIENCE_MS);
      culvert_target_free (targets[i]);
    }
}

static const struct
{
  const char *name;
  void (*function) (Fixture *self, gconstpointer kind);
} tests[] = {
  { "client-ends-first", test_client_ends_first },
  { "target-ends-first", test_target_ends_first },
  { "client-closes", test_client_closes },
  { "client-resets", test_client_resets },
  { "target-resets", test_target_resets },
  { "target-closes", test_target_closes },
  { "bad-ones", test_bad_ones },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  culvert_test_allow_descriptors (2000);
  for (gsize i = 0; i < G_N_ELEMENTS (tests); i++)
    for (int kind = CULVERT_FORWARD_LOCAL; kind <= CULVERT_FORWARD_REMOTE; kind++)
      {
        g_autofree char *path =
          g_strdup_printf ("/ssh/session/ends/%s/%s", tests[i].name,
                           culvert_forward_kind_to_nick ((CulvertForwardKind)kind));

        g_test_add (path, Fixture, GINT_TO_POINTER (kind), set_up, tests[i].function, tear_down);
      }
  return g_test_run ();
}
