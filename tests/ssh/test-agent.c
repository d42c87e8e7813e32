/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "fake-agent.h"
#include "key-support.h"
#include "ssh/agent.h"
#include "ssh/real-agent.h"

#include <glib/gstdio.h>

#include <gio/gunixsocketaddress.h>
#include <string.h>

typedef struct
{
  CulvertTempDir *dir;
  char           *path;
  CulvertAgent   *agent;
  FakeAgent      *fake; /* NULL until fake() */
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = culvert_temp_dir_new ();
  fixture->path = culvert_temp_dir_build (fixture->dir, "agent");
  fixture->agent = culvert_agent_new_for_path (fixture->path);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->fake, fake_agent_free);
  g_assert_finalize_object (fixture->agent);
  g_assert_false (g_main_context_pending (NULL));
  g_free (fixture->path);
  culvert_temp_dir_free (fixture->dir);
}

static void
start_fake (Fixture      *fixture,
            FakeAgentKind kind,
            guint         delay_ms,
            gconstpointer answer,
            gsize         n_answer)
{
  fixture->fake = fake_agent_new (fixture->path, kind, delay_ms, answer, n_answer);
}

/* One request and what became of it. */
typedef struct
{
  gboolean   done;
  GPtrArray *keys;
  GBytes    *signature;
  GError    *error;
} Outcome;

static void
outcome_clear (Outcome *outcome)
{
  g_clear_pointer (&outcome->keys, g_ptr_array_unref);
  g_clear_pointer (&outcome->signature, g_bytes_unref);
  g_clear_error (&outcome->error);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Outcome, outcome_clear)

static void
listed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  g_assert_false (outcome->done);
  outcome->keys = culvert_agent_list_finish (CULVERT_AGENT (source), result, &outcome->error);
  outcome->done = TRUE;
}

static void
signed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  g_assert_false (outcome->done);
  outcome->signature = culvert_agent_sign_finish (CULVERT_AGENT (source), result, &outcome->error);
  outcome->done = TRUE;
}

static void
list (Fixture *fixture, guint timeout_ms, Outcome *outcome)
{
  culvert_agent_list_async (fixture->agent, timeout_ms, NULL, listed_cb, outcome);
  g_assert_false (outcome->done);
  culvert_test_wait_until (outcome->done, 20000);
}

static void
sign (Fixture *fixture, GBytes *blob, const char *algorithm, GBytes *data, Outcome *outcome)
{
  culvert_agent_sign_async (fixture->agent, blob, algorithm, data, 10000, NULL, signed_cb, outcome);
  g_assert_false (outcome->done);
  culvert_test_wait_until (outcome->done, 20000);
}

static void
assert_failed (const Outcome *outcome, CulvertSshError code, const char *words)
{
  g_assert_error (outcome->error, CULVERT_SSH_ERROR, (int)code);
  g_test_message ("%s", outcome->error->message);
  g_assert_nonnull (strstr (outcome->error->message, words));
  g_assert_null (outcome->keys);
  g_assert_null (outcome->signature);
}

/* The real ssh-agent. */

typedef struct
{
  Fixture    base;
  RealAgent *agent;
  char      *key;
} Real;

static void
real_set_up (Real *real, gconstpointer data)
{
  set_up (&real->base, data);
  real->key = culvert_temp_dir_build (real->base.dir, "key");
  real->agent = real_agent_new (real->base.path);
}

static void
real_tear_down (Real *real, gconstpointer data)
{
  real_agent_free (real->agent);
  g_free (real->key);
  tear_down (&real->base, data);
}

static void
add_key (Real *real, const char *type, const char *bits)
{
  g_autofree char *public_path = g_strconcat (real->key, ".pub", NULL);

  g_remove (real->key);
  g_remove (public_path);
  key_support_generate (real->key, type, bits, NULL, NULL);
  real_agent_add (real->agent, real->key);
}

static void
test_empty (Real *real, gconstpointer data)
{
  g_auto (Outcome) outcome = { FALSE };

  list (&real->base, CULVERT_AGENT_LIST_TIMEOUT_MS, &outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (outcome.keys->len, ==, 0);
}

typedef struct
{
  const char *type;
  const char *bits;
  const char *type_name;
  const char *algorithms[3];
} Row;

static const Row rows[] = {
  { "ed25519", NULL, "ssh-ed25519", { "ssh-ed25519" } },
  { "ecdsa", "256", "ecdsa-sha2-nistp256", { "ecdsa-sha2-nistp256" } },
  { "ecdsa", "521", "ecdsa-sha2-nistp521", { "ecdsa-sha2-nistp521" } },
  { "rsa", "2048", "ssh-rsa", { "rsa-sha2-512", "rsa-sha2-256" } },
};

static void
test_signs (Real *real, gconstpointer data)
{
  g_autoptr (GBytes) signed_data = key_support_signed_data ("by the agent");
  g_auto (Outcome)   listed = { FALSE };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    add_key (real, rows[i].type, rows[i].bits);

  list (&real->base, CULVERT_AGENT_LIST_TIMEOUT_MS, &listed);
  g_assert_no_error (listed.error);
  g_assert_cmpuint (listed.keys->len, ==, G_N_ELEMENTS (rows));
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CulvertAgentKey *key = g_ptr_array_index (listed.keys, i);

      g_assert_cmpstr (key->type_name, ==, rows[i].type_name);
      g_assert_cmpstr (key->comment, ==, "a comment");
      for (gsize j = 0; rows[i].algorithms[j] != NULL; j++)
        {
          g_auto (Outcome) outcome = { FALSE };

          sign (&real->base, key->public_blob, rows[i].algorithms[j], signed_data, &outcome);
          g_assert_no_error (outcome.error);
          g_assert_true (key_support_verify (real->base.dir, key->public_blob,
                                             rows[i].algorithms[j], "by the agent",
                                             outcome.signature));
        }
    }
}

static void
test_sha1_only_when_asked (Real *real, gconstpointer data)
{
  g_autoptr (GBytes) signed_data = key_support_signed_data ("old");
  g_autofree char   *public_path = g_strconcat (real->key, ".pub", NULL);
  g_autoptr (GBytes) blob = NULL;
  g_auto (Outcome)   old = { FALSE };
  g_auto (Outcome) new = { FALSE };

  add_key (real, "rsa", "2048");
  blob = key_support_read_public (public_path);
  sign (&real->base, blob, "ssh-rsa", signed_data, &old);
  g_assert_no_error (old.error);
  sign (&real->base, blob, "rsa-sha2-512", signed_data, &new);
  g_assert_no_error (new.error);
  g_assert_cmpuint (g_bytes_get_size (old.signature), ==, 256);
  g_assert_cmpuint (g_bytes_get_size (new.signature), ==, 256);
  g_assert_false (g_bytes_equal (old.signature, new.signature));
}

/* A certificate is listed beside its key, and signs under its own algorithm names. */
static void
test_certificate (Real *real, gconstpointer data)
{
  g_autoptr (GBytes) signed_data = key_support_signed_data ("certified");
  g_autofree char   *authority = culvert_temp_dir_build (real->base.dir, "ca");
  g_autofree char   *public_path = g_strconcat (real->key, ".pub", NULL);
  g_autofree char   *certificate_path = g_strconcat (real->key, "-cert.pub", NULL);
  g_autoptr (GBytes) plain = NULL;
  g_autoptr (GBytes) certificate = NULL;
  g_auto (Outcome)   listed = { FALSE };
  g_auto (Outcome)   outcome = { FALSE };

  key_support_generate (authority, "ed25519", NULL, NULL, NULL);
  key_support_generate (real->key, "rsa", "2048", NULL, NULL);
  g_assert_true (key_support_run ((const char *const[]){ "ssh-keygen", "-q", "-s", authority, "-I",
                                                         "id", "-n", "me", public_path, NULL },
                                  NULL));
  real_agent_add (real->agent, real->key);
  plain = key_support_read_public (public_path);
  certificate = key_support_read_public (certificate_path);

  list (&real->base, CULVERT_AGENT_LIST_TIMEOUT_MS, &listed);
  g_assert_no_error (listed.error);
  g_assert_cmpuint (listed.keys->len, ==, 2);
  g_assert_cmpstr (((CulvertAgentKey *)g_ptr_array_index (listed.keys, 1))->type_name, ==,
                   "ssh-rsa-cert-v01@openssh.com");

  sign (&real->base, certificate, "rsa-sha2-512-cert-v01@openssh.com", signed_data, &outcome);
  g_assert_no_error (outcome.error);
  g_assert_true (
    key_support_verify (real->base.dir, plain, "rsa-sha2-512", "certified", outcome.signature));
}

static void
test_unknown_key (Real *real, gconstpointer data)
{
  g_autofree char   *public_path = g_strconcat (real->key, ".pub", NULL);
  g_autoptr (GBytes) blob = NULL;
  g_autoptr (GBytes) signed_data = key_support_signed_data ("x");
  g_auto (Outcome)   refused = { FALSE };
  g_auto (Outcome)   next = { FALSE };

  key_support_generate (real->key, "ed25519", NULL, NULL, NULL);
  blob = key_support_read_public (public_path);
  sign (&real->base, blob, "ssh-ed25519", signed_data, &refused);
  assert_failed (&refused, CULVERT_SSH_ERROR_AGENT_FAILED, "refused");
  /* A refusal is an answer: the connection goes on. */
  list (&real->base, 5000, &next);
  g_assert_no_error (next.error);
}

/* The agent is restarted between two requests: the second one finds the new agent. */
static void
test_restart (Real *real, gconstpointer data)
{
  g_auto (Outcome) before = { FALSE };
  g_auto (Outcome) between = { FALSE };
  g_auto (Outcome) after = { FALSE };

  list (&real->base, 5000, &before);
  g_assert_no_error (before.error);

  real_agent_free (real->agent);
  g_remove (real->base.path);
  list (&real->base, 5000, &between);
  assert_failed (&between, CULVERT_SSH_ERROR_AGENT_UNREACHABLE, "No such file");

  real->agent = real_agent_new (real->base.path);
  list (&real->base, 5000, &after);
  g_assert_no_error (after.error);
}

/* Fake agents. */

static void
test_unreachable (Fixture *fixture, gconstpointer data)
{
  g_autofree char *long_path = g_strnfill (200, 'x');
  g_auto (Outcome) missing = { FALSE };
  g_auto (Outcome) too_long = { FALSE };
  g_auto (Outcome) dead = { FALSE };
  g_auto (Outcome) alive = { FALSE };
  CulvertAgent    *other;

  list (fixture, 5000, &missing);
  assert_failed (&missing, CULVERT_SSH_ERROR_AGENT_UNREACHABLE, fixture->path);

  other = culvert_agent_new_for_path (long_path);
  culvert_agent_list_async (other, 5000, NULL, listed_cb, &too_long);
  culvert_test_wait_until (too_long.done, 5000);
  assert_failed (&too_long, CULVERT_SSH_ERROR_AGENT_UNREACHABLE, "too long");
  g_object_unref (other);

  /* A socket file that nobody listens on. */
  g_file_set_contents (fixture->path, "", 0, NULL);
  list (fixture, 5000, &dead);
  assert_failed (&dead, CULVERT_SSH_ERROR_AGENT_UNREACHABLE, "refused");
  g_remove (fixture->path);

  /* And it is no grudge. */
  start_fake (fixture, FAKE_AGENT_HONEST, 0, NULL, 0);
  list (fixture, 5000, &alive);
  g_assert_no_error (alive.error);
}

static void
test_closes (Fixture *fixture, gconstpointer data)
{
  start_fake (fixture, (FakeAgentKind)GPOINTER_TO_INT (data), 0, NULL, 0);

  /* Each request makes a connection of its own, fails, and leaves nothing behind. */
  for (guint i = 1; i <= 3; i++)
    {
      g_auto (Outcome) outcome = { FALSE };

      list (fixture, 5000, &outcome);
      g_assert_error (outcome.error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AGENT_FAILED);
      culvert_test_wait_until (fake_agent_get_n_connections (fixture->fake) == i, 5000);
      culvert_test_wait_until (fake_agent_get_n_open (fixture->fake) == 0, 5000);
    }
}

/* An agent that closes behind each answer works: the next request finds the closed connection and
 * makes a new one. */
static void
test_one_answer_each (Fixture *fixture, gconstpointer data)
{
  start_fake (fixture, FAKE_AGENT_ONE_ANSWER, 0, NULL, 0);

  for (guint i = 1; i <= 5; i++)
    {
      g_auto (Outcome) outcome = { FALSE };

      list (fixture, 5000, &outcome);
      g_assert_no_error (outcome.error);
      g_assert_cmpuint (fake_agent_get_n_requests (fixture->fake), ==, i);
    }
  g_assert_cmpuint (fake_agent_get_n_connections (fixture->fake), ==, 5);
}

static void
test_hangs (Fixture *fixture, gconstpointer data)
{
  start_fake (fixture, (FakeAgentKind)GPOINTER_TO_INT (data), 0, NULL, 0);
  g_autoptr (CulvertTickMeter) meter = culvert_tick_meter_new (NULL, 5, G_PRIORITY_DEFAULT);
  g_auto (Outcome)             outcome = { FALSE };
  gint64                       start_us = g_get_monotonic_time ();
  gint64                       cpu_us;

  culvert_agent_list_async (fixture->agent, 1200, NULL, listed_cb, &outcome);
  culvert_test_spend (100);
  cpu_us = culvert_test_get_cpu_us ();
  culvert_tick_meter_reset (meter);
  culvert_test_spend (800);
  g_test_message ("in 800 ms: %.1f ms of processor time, longest gap %.1f ms",
                  (double)(culvert_test_get_cpu_us () - cpu_us) / 1000,
                  culvert_tick_meter_get_longest_ms (meter));
  /* A client that spins would use all of it. */
  g_assert_cmpint (culvert_test_get_cpu_us () - cpu_us, <, 400 * 1000);
  g_assert_cmpuint (culvert_tick_meter_get_n_ticks (meter), >, 20);
  g_assert_false (outcome.done);

  culvert_test_wait_until (outcome.done, 5000);
  assert_failed (&outcome, CULVERT_SSH_ERROR_AGENT_TIMED_OUT, "1200 ms");
  g_assert_cmpint (g_get_monotonic_time () - start_us, >=, 1200 * 1000);
}

/* A request that is longer than the socket takes at once, to an agent that reads nothing. */
static void
test_hangs_while_sending (Fixture *fixture, gconstpointer data)
{
  start_fake (fixture, FAKE_AGENT_NEVER_READS, 0, NULL, 0);
  g_autofree char   *text = g_strnfill (4 * 1024 * 1024, 'x');
  g_autoptr (GBytes) long_data = g_bytes_new_take (g_steal_pointer (&text), 4 * 1024 * 1024);
  g_auto (Outcome)   outcome = { FALSE };

  culvert_agent_sign_async (fixture->agent, long_data, "ssh-ed25519", long_data, 300, NULL,
                            signed_cb, &outcome);
  culvert_test_wait_until (outcome.done, 5000);
  assert_failed (&outcome, CULVERT_SSH_ERROR_AGENT_TIMED_OUT, "300 ms");
}

static void
test_slow (Fixture *fixture, gconstpointer data)
{
  start_fake (fixture, FAKE_AGENT_SLOW, 700, NULL, 0);
  g_auto (Outcome) impatient = { FALSE };
  g_auto (Outcome) patient = { FALSE };
  g_auto (Outcome) endless = { FALSE };

  list (fixture, 200, &impatient);
  assert_failed (&impatient, CULVERT_SSH_ERROR_AGENT_TIMED_OUT, "200 ms");
  /* The late answer to the first must not pass for one to the second. */
  list (fixture, 10000, &patient);
  g_assert_no_error (patient.error);
  g_assert_cmpuint (fake_agent_get_n_connections (fixture->fake), ==, 2);
  list (fixture, 0, &endless);
  g_assert_no_error (endless.error);
  g_assert_cmpuint (fake_agent_get_n_connections (fixture->fake), ==, 2);
}

static void
test_dribble (Fixture *fixture, gconstpointer data)
{
  start_fake (fixture, FAKE_AGENT_DRIBBLE, 0, NULL, 0);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_auto (Outcome)   outcome = { FALSE };

  sign (fixture, bytes, "ssh-ed25519", bytes, &outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpmem (g_bytes_get_data (outcome.signature, NULL), g_bytes_get_size (outcome.signature),
                   "signature", 9);
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  start_fake (fixture, FAKE_AGENT_SILENT, 0, NULL, 0);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Outcome)         outcome = { FALSE };

  culvert_agent_list_async (fixture->agent, 0, cancellable, listed_cb, &outcome);
  culvert_test_wait_until (fake_agent_get_n_requests (fixture->fake) == 1, 5000);
  g_assert_false (outcome.done);
  g_cancellable_cancel (cancellable);
  culvert_test_wait_until (outcome.done, 1000);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  culvert_test_wait_until (fake_agent_get_n_open (fixture->fake) == 0, 5000);
}

static void
test_cancelled_before (Fixture *fixture, gconstpointer data)
{
  start_fake (fixture, FAKE_AGENT_HONEST, 0, NULL, 0);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_auto (Outcome)         outcome = { FALSE };

  g_cancellable_cancel (cancellable);
  culvert_agent_list_async (fixture->agent, 0, cancellable, listed_cb, &outcome);
  g_assert_false (outcome.done);
  culvert_test_wait_until (outcome.done, 1000);
  g_assert_error (outcome.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
}

/* Requests wait for each other; one that waits can be cancelled without a word to the agent. */
static void
test_queue (Fixture *fixture, gconstpointer data)
{
  start_fake (fixture, FAKE_AGENT_SLOW, 100, NULL, 0);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GBytes)       bytes = g_bytes_new_static ("x", 1);
  Outcome                  outcomes[5] = { { FALSE } };

  for (guint i = 0; i < 5; i++)
    {
      GCancellable *each = i == 2 ? cancellable : NULL;

      if (i % 2 == 0)
        culvert_agent_list_async (fixture->agent, 5000, each, listed_cb, &outcomes[i]);
      else
        culvert_agent_sign_async (fixture->agent, bytes, "ssh-ed25519", bytes, 5000, each,
                                  signed_cb, &outcomes[i]);
    }
  g_cancellable_cancel (cancellable);
  culvert_test_wait_until (outcomes[2].done, 5000);
  g_assert_false (outcomes[1].done);
  culvert_test_wait_until (outcomes[4].done, 5000);

  for (guint i = 0; i < 5; i++)
    {
      g_assert_true (outcomes[i].done);
      if (i == 2)
        g_assert_error (outcomes[i].error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      else
        g_assert_no_error (outcomes[i].error);
      outcome_clear (&outcomes[i]);
    }
  g_assert_cmpuint (fake_agent_get_n_connections (fixture->fake), ==, 1);
  g_assert_cmpuint (fake_agent_get_n_requests (fixture->fake), ==, 4);
}

/* One request's failure is not the next one's. */
static void
test_queue_behind_failure (Fixture *fixture, gconstpointer data)
{
  start_fake (fixture, FAKE_AGENT_SLOW, 300, NULL, 0);
  g_auto (Outcome) first = { FALSE };
  g_auto (Outcome) second = { FALSE };

  culvert_agent_list_async (fixture->agent, 100, NULL, listed_cb, &first);
  culvert_agent_list_async (fixture->agent, 5000, NULL, listed_cb, &second);
  culvert_test_wait_until (first.done && second.done, 10000);
  assert_failed (&first, CULVERT_SSH_ERROR_AGENT_TIMED_OUT, "100 ms");
  g_assert_no_error (second.error);
}

static void
dropping_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Outcome *outcome = user_data;

  listed_cb (source, result, outcome);
  g_object_unref (source);
}

/* The caller may drop the agent in the callback. */
static void
test_dropped_in_callback (Fixture *fixture, gconstpointer data)
{
  start_fake (fixture, (FakeAgentKind)GPOINTER_TO_INT (data), 0, NULL, 0);
  CulvertAgent    *agent = culvert_agent_new_for_path (fixture->path);
  g_auto (Outcome) outcome = { FALSE };

  g_object_add_weak_pointer (G_OBJECT (agent), (gpointer *)&agent);
  culvert_agent_list_async (agent, 200, NULL, dropping_cb, &outcome);
  culvert_test_wait_until (outcome.done, 5000);
  culvert_test_wait_until (agent == NULL, 5000);
}

/* And before the answer: the request holds it as long as it needs it. */
static void
test_dropped_early (Fixture *fixture, gconstpointer data)
{
  start_fake (fixture, FAKE_AGENT_HONEST, 0, NULL, 0);
  CulvertAgent    *agent = culvert_agent_new_for_path (fixture->path);
  g_auto (Outcome) outcome = { FALSE };

  culvert_agent_list_async (agent, 0, NULL, listed_cb, &outcome);
  g_object_add_weak_pointer (G_OBJECT (agent), (gpointer *)&agent);
  g_object_unref (agent);
  culvert_test_wait_until (outcome.done, 5000);
  g_assert_no_error (outcome.error);
  culvert_test_wait_until (agent == NULL, 5000);
}

/* Nonsense. */

typedef struct
{
  const char *name;
  gboolean    is_raw;
  gboolean    to_sign; /* the request is for a signature by rsa-sha2-512 */
  const char *answer;
  gsize       n_answer;
  const char *words;
} NonsenseRow;

#define NONSENSE(name, is_raw, to_sign, answer, words)                                             \
  {                                                                                                \
    name, is_raw, to_sign, answer, sizeof answer - 1, words                                        \
  }

static const NonsenseRow nonsense_rows[] = {
  NONSENSE ("list/failure", FALSE, FALSE, "\5", "refused"),
  NONSENSE ("list/extension-failure", FALSE, FALSE, "\x1c", "refused"),
  NONSENSE ("list/other-type", FALSE, FALSE, "\x0e\0\0\0\0", "type 14"),
  NONSENSE ("list/no-count", FALSE, FALSE, "\x0c\0\0", "malformed"),
  NONSENSE ("list/huge-count", FALSE, FALSE, "\x0c\xff\xff\xff\xff", "malformed"),
  NONSENSE ("list/key-over-end", FALSE, FALSE, "\x0c\0\0\0\1\0\0\0\5ab", "malformed"),
  NONSENSE ("list/no-comment", FALSE, FALSE, "\x0c\0\0\0\1\0\0\0\0", "malformed"),
  NONSENSE ("list/trailing", FALSE, FALSE, "\x0c\0\0\0\0x", "malformed"),
  NONSENSE ("list/nul-in-comment",
            FALSE,
            FALSE,
            "\x0c\0\0\0\1\0\0\0\5\0\0\0\1x\0\0\0\1\0",
            "malformed"),
  NONSENSE ("length/zero", TRUE, FALSE, "\0\0\0\0", "0 bytes"),
  NONSENSE ("length/over-limit", TRUE, FALSE, "\0\4\0\1\x0c", "262145 bytes"),
  NONSENSE ("length/huge", TRUE, FALSE, "\xff\xff\xff\xff\x0c", "4294967295 bytes"),
  NONSENSE ("length/text", TRUE, FALSE, "HTTP/1.1 400 Bad Request\r\n\r\n", "bytes"),
  NONSENSE ("sign/failure", FALSE, TRUE, "\5", "refused"),
  NONSENSE ("sign/list", FALSE, TRUE, "\x0c\0\0\0\0", "type 12"),
  NONSENSE ("sign/empty", FALSE, TRUE, "\x0e", "malformed"),
  NONSENSE ("sign/sha1-instead",
            FALSE,
            TRUE,
            "\x0e\0\0\0\x10\0\0\0\7ssh-rsa\0\0\0\1x",
            "“ssh-rsa” instead of “rsa-sha2-512”"),
  NONSENSE ("sign/no-signature", FALSE, TRUE, "\x0e\0\0\0\x10\0\0\0\x0crsa-sha2-512", "malformed"),
  NONSENSE ("sign/empty-signature",
            FALSE,
            TRUE,
            "\x0e\0\0\0\x14\0\0\0\x0crsa-sha2-512\0\0\0\0",
            "malformed"),
  NONSENSE ("sign/trailing-inside",
            FALSE,
            TRUE,
            "\x0e\0\0\0\x16\0\0\0\x0crsa-sha2-512\0\0\0\1xy",
            "malformed"),
  NONSENSE ("sign/trailing-outside",
            FALSE,
            TRUE,
            "\x0e\0\0\0\x15\0\0\0\x0crsa-sha2-512\0\0\0\1xy",
            "malformed"),
};

static void
test_nonsense (Fixture *fixture, gconstpointer data)
{
  const NonsenseRow *row = data;
  start_fake (fixture, row->is_raw ? FAKE_AGENT_RAW : FAKE_AGENT_ANSWERS, 0, row->answer,
              row->n_answer);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);

  /* Twice: whatever came first, the second request is met in a state that makes sense. */
  for (guint i = 0; i < 2; i++)
    {
      g_auto (Outcome) outcome = { FALSE };

      if (row->to_sign)
        sign (fixture, bytes, "rsa-sha2-512", bytes, &outcome);
      else
        list (fixture, 5000, &outcome);
      assert_failed (&outcome, CULVERT_SSH_ERROR_AGENT_FAILED, row->words);
    }
}

/* Of three keys the one without a type is left out, the others are kept. */
static void
test_odd_key (Fixture *fixture, gconstpointer data)
{
  static const char answer[] = "\x0c\0\0\0\3"
                               "\0\0\0\6\0\0\0\2ab\0\0\0\1A"
                               "\0\0\0\2ab\0\0\0\1B"
                               "\0\0\0\6\0\0\0\2cd\0\0\0\1C";
  start_fake (fixture, FAKE_AGENT_ANSWERS, 0, answer, sizeof answer - 1);
  g_auto (Outcome) outcome = { FALSE };

  list (fixture, 5000, &outcome);
  g_assert_no_error (outcome.error);
  g_assert_cmpuint (outcome.keys->len, ==, 2);
  g_assert_cmpstr (((CulvertAgentKey *)g_ptr_array_index (outcome.keys, 0))->type_name, ==, "ab");
  g_assert_cmpstr (((CulvertAgentKey *)g_ptr_array_index (outcome.keys, 1))->comment, ==, "C");
}

/* The signature of a FIDO key keeps its length in front and its flags and counter behind. */
static void
test_fido (Fixture *fixture, gconstpointer data)
{
  static const char answer[] = "\x0e\0\0\0\x2b"
                               "\0\0\0\x1ask-ssh-ed25519@openssh.com"
                               "\0\0\0\4sign"
                               "\5\0\0\0\x2a";
  start_fake (fixture, FAKE_AGENT_ANSWERS, 0, answer, sizeof answer - 1);
  g_autoptr (GBytes) bytes = g_bytes_new_static ("x", 1);
  g_auto (Outcome)   plain = { FALSE };
  g_auto (Outcome)   certified = { FALSE };

  sign (fixture, bytes, "sk-ssh-ed25519@openssh.com", bytes, &plain);
  g_assert_no_error (plain.error);
  g_assert_cmpmem (g_bytes_get_data (plain.signature, NULL), g_bytes_get_size (plain.signature),
                   "\0\0\0\4sign\5\0\0\0\x2a", 13);
  sign (fixture, bytes, "sk-ssh-ed25519-cert-v01@openssh.com", bytes, &certified);
  g_assert_no_error (certified.error);
  g_assert_true (g_bytes_equal (plain.signature, certified.signature));
}

/* What is asked of the agent, byte for byte. */
static void
test_request_bytes (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *algorithm;
    guint8      flags;
  } cases[] = {
    { "ssh-ed25519", 0 },
    { "ssh-rsa", 0 },
    { "rsa-sha2-256", 2 },
    { "rsa-sha2-512", 4 },
    { "rsa-sha2-256-cert-v01@openssh.com", 2 },
    { "rsa-sha2-512-cert-v01@openssh.com", 4 },
  };
  start_fake (fixture, FAKE_AGENT_HONEST, 0, NULL, 0);
  g_autoptr (GBytes) blob = g_bytes_new_static ("blob", 4);
  g_autoptr (GBytes) text = g_bytes_new_static ("text", 4);

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_auto (Outcome)   outcome = { FALSE };
      g_autoptr (GBytes) request = NULL;
      char               expected[] = "\x0d\0\0\0\4blob\0\0\0\4text\0\0\0?";

      expected[sizeof expected - 2] = (char)cases[i].flags;
      sign (fixture, blob, cases[i].algorithm, text, &outcome);
      request = fake_agent_dup_request (fixture->fake);
      g_assert_cmpmem (g_bytes_get_data (request, NULL), g_bytes_get_size (request), expected,
                       sizeof expected - 1);
    }
}

/* A given connection is used until it breaks, and then there is none. */
static void
test_stream (Fixture *fixture, gconstpointer data)
{
  start_fake (fixture, FAKE_AGENT_ONE_ANSWER, 0, NULL, 0);
  g_autoptr (GSocketClient)      client = g_socket_client_new ();
  g_autoptr (GSocketConnectable) address =
    G_SOCKET_CONNECTABLE (g_unix_socket_address_new (fixture->path));
  g_autoptr (GError) error = NULL;
  GSocketConnection *connection = g_socket_client_connect (client, address, NULL, &error);
  g_auto (Outcome)   good = { FALSE };
  g_auto (Outcome)   closed = { FALSE };
  g_auto (Outcome)   gone = { FALSE };

  g_assert_no_error (error);
  g_object_unref (fixture->agent);
  fixture->agent = culvert_agent_new_for_stream (G_IO_STREAM (connection));
  g_object_unref (connection);

  list (fixture, 5000, &good);
  g_assert_no_error (good.error);
  list (fixture, 5000, &closed);
  g_assert_error (closed.error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AGENT_FAILED);
  list (fixture, 5000, &gone);
  assert_failed (&gone, CULVERT_SSH_ERROR_AGENT_UNREACHABLE, "earlier");
  g_assert_cmpuint (fake_agent_get_n_connections (fixture->fake), ==, 1);
}

/* In a thread with a context of its own, as a session has it; the context must be empty afterwards. */
static gpointer
use_in_thread (gpointer data)
{
  const char   *path = data;
  GMainContext *context = g_main_context_new ();

  g_main_context_push_thread_default (context);
  for (guint i = 0; i < 2; i++)
    {
      g_autoptr (GCancellable) cancellable = g_cancellable_new ();
      CulvertAgent            *agent = culvert_agent_new_for_path (path);
      g_auto (Outcome)         outcome = { FALSE };

      culvert_agent_list_async (agent, i == 0 ? 100 : 0, cancellable, listed_cb, &outcome);
      if (i == 1)
        {
          culvert_test_spend (50);
          g_cancellable_cancel (cancellable);
        }
      culvert_test_wait_until (outcome.done, 5000);
      g_assert_nonnull (outcome.error);
      g_assert_false (g_main_context_pending (context));
      g_assert_finalize_object (agent);
    }
  g_main_context_pop_thread_default (context);
  g_main_context_unref (context);
  return NULL;
}

static void
test_thread (Fixture *fixture, gconstpointer data)
{
  start_fake (fixture, FAKE_AGENT_SILENT, 0, NULL, 0);
  guint n_before;

  g_thread_join (g_thread_new ("warm-up", use_in_thread, fixture->path));
  culvert_test_wait_until (fake_agent_get_n_open (fixture->fake) == 0, 5000);
  n_before = culvert_test_get_n_descriptors ();
  for (guint i = 0; i < 3; i++)
    g_thread_join (g_thread_new ("session", use_in_thread, fixture->path));
  culvert_test_wait_until (fake_agent_get_n_open (fixture->fake) == 0, 5000);
  g_assert_cmpuint (culvert_test_get_n_descriptors (), ==, n_before);
}

static void
add (const char *name, gconstpointer data, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/ssh/agent/", name, NULL);

  g_test_add (path, Fixture, data, set_up, test, tear_down);
}

static void
add_real (const char *name, void (*test) (Real *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/ssh/agent/real/", name, NULL);

  g_test_add (path, Real, NULL, real_set_up, test, real_tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add_real ("empty", test_empty);
  add_real ("signs", test_signs);
  add_real ("sha1-only-when-asked", test_sha1_only_when_asked);
  add_real ("certificate", test_certificate);
  add_real ("unknown-key", test_unknown_key);
  add_real ("restart", test_restart);

  add ("unreachable", NULL, test_unreachable);
  add ("closes/at-once", GINT_TO_POINTER (FAKE_AGENT_CLOSES_AT_ONCE), test_closes);
  add ("closes/after-request", GINT_TO_POINTER (FAKE_AGENT_CLOSES_AFTER_REQUEST), test_closes);
  add ("closes/in-answer", GINT_TO_POINTER (FAKE_AGENT_CLOSES_IN_ANSWER), test_closes);
  add ("one-answer-each", NULL, test_one_answer_each);
  add ("hangs/silent", GINT_TO_POINTER (FAKE_AGENT_SILENT), test_hangs);
  add ("hangs/never-reads", GINT_TO_POINTER (FAKE_AGENT_NEVER_READS), test_hangs);
  add ("hangs/while-sending", NULL, test_hangs_while_sending);
  add ("slow", NULL, test_slow);
  add ("dribble", NULL, test_dribble);
  add ("cancel", NULL, test_cancel);
  add ("cancelled-before", NULL, test_cancelled_before);
  add ("queue", NULL, test_queue);
  add ("queue-behind-failure", NULL, test_queue_behind_failure);
  add ("dropped-in-callback/good", GINT_TO_POINTER (FAKE_AGENT_HONEST), test_dropped_in_callback);
  add ("dropped-in-callback/closed", GINT_TO_POINTER (FAKE_AGENT_CLOSES_AFTER_REQUEST),
       test_dropped_in_callback);
  add ("dropped-in-callback/silent", GINT_TO_POINTER (FAKE_AGENT_SILENT), test_dropped_in_callback);
  add ("dropped-early", NULL, test_dropped_early);
  for (gsize i = 0; i < G_N_ELEMENTS (nonsense_rows); i++)
    {
      g_autofree char *name = g_strconcat ("nonsense/", nonsense_rows[i].name, NULL);

      add (name, &nonsense_rows[i], test_nonsense);
    }
  add ("odd-key", NULL, test_odd_key);
  add ("fido", NULL, test_fido);
  add ("request-bytes", NULL, test_request_bytes);
  add ("stream", NULL, test_stream);
  add ("thread", NULL, test_thread);

  return g_test_run ();
}
