/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "engine/engine-support.h"
#include "engine/tunnel-fixture.h"
#include "support/traffic.h"

#include <unistd.h>

static void
test_life (TunnelFixture *self, gconstpointer data)
{
  gint64 before_us = g_get_monotonic_time ();

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  tunnel_fixture_make (self, "a=0:db:5432 !b=0:web:80");
  g_assert_cmpint (culvert_tunnel_get_state (self->tunnel), ==, CULVERT_TUNNEL_STOPPED);
  g_assert_cmpstr (culvert_tunnel_get_title (self->tunnel), ==, "office");
  g_assert_false (culvert_tunnel_is_ready (self->tunnel));

  culvert_tunnel_start (self->tunnel);
  g_assert_cmpint (culvert_tunnel_get_state (self->tunnel), ==, CULVERT_TUNNEL_CONNECTING);
  g_assert_true (culvert_tunnel_is_wanted (self->tunnel));
  tunnel_fixture_wait_for (self, UP);
  g_assert_true (culvert_tunnel_is_ready (self->tunnel));
  g_assert_cmpint (culvert_tunnel_get_up_since_us (self->tunnel), >=, before_us);
  g_assert_cmpint (culvert_tunnel_get_up_since_us (self->tunnel), <=, g_get_monotonic_time ());
  g_assert_cmpstr (culvert_tunnel_get_facts (self->tunnel)->algorithms, ==, "none of them");
  g_assert_cmpstr (culvert_tunnel_get_facts (self->tunnel)->banner, ==, "Be kind.\nTo all.");
  g_assert_cmpuint (tunnel_fixture_get_port (self, "a"), !=, 0);
  g_assert_cmpint (culvert_forward_item_get_state (culvert_tunnel_find_forward (self->tunnel, "b")),
                   ==, CULVERT_FORWARD_OFF);
  fake_maker_set_round_trip (self->maker, 1234);
  culvert_test_wait_until (culvert_tunnel_get_round_trip_us (self->tunnel) == 1234, PATIENCE_MS);

  /* Once more changes nothing. */
  culvert_tunnel_start (self->tunnel);
  culvert_tunnel_stop (self->tunnel);
  g_assert_cmpint (culvert_tunnel_get_state (self->tunnel), ==, CULVERT_TUNNEL_STOPPING);
  g_assert_false (culvert_tunnel_is_wanted (self->tunnel));
  culvert_tunnel_stop (self->tunnel);
  tunnel_fixture_wait_for (self, STOPPED);
  g_assert_cmpstr (self->states->str, ==, "connecting signing-in up stopping stopped");
  g_assert_cmpint (culvert_tunnel_get_up_since_us (self->tunnel), ==, 0);
  g_assert_cmpint (culvert_tunnel_get_round_trip_us (self->tunnel), ==, -1);
  g_assert_null (culvert_tunnel_get_facts (self->tunnel)->algorithms);
  g_assert_null (culvert_tunnel_get_facts (self->tunnel)->banner);
  g_assert_cmpint (culvert_forward_item_get_state (culvert_tunnel_find_forward (self->tunnel, "a")),
                   ==, CULVERT_FORWARD_OFF);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 1);
}

/* Each change is one line, in the order in which it happened, whichever thread it happened in. */
static void
test_log (TunnelFixture *self, gconstpointer data)
{
  const char *const patterns[] = {
    "stopped → connecting (switched on)",
    "connecting → signing-in (*)",
    "signing-in → up (after *)",
    "up → waiting (lost after *: planned by a test: *; next try in *)",
    "waiting → connecting (asked to try now)",
    "connecting → signing-in (*)",
    "signing-in → up (after *)",
    "up → stopping (switched off)",
    "stopping → stopped (*)",
  };
  g_autoptr (GPtrArray) lines = NULL;
  guint                 n = 0;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  tunnel_fixture_make (self, NULL);
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for (self, UP);
  fake_maker_end_session (self->maker, CULVERT_SSH_ERROR_LOST);
  tunnel_fixture_wait_for (self, WAITING);
  culvert_tunnel_retry_now (self->tunnel);
  tunnel_fixture_wait_for (self, UP);
  culvert_tunnel_stop (self->tunnel);
  tunnel_fixture_wait_for (self, STOPPED);

  lines = culvert_log_get_lines (culvert_tunnel_get_log (self->tunnel), 0);
  for (guint i = 0; i < lines->len; i++)
    {
      const char *text = ((CulvertLogLine *)g_ptr_array_index (lines, i))->text;

      if (strstr (text, " → ") == NULL)
        continue;
      g_test_message ("%s", text);
      g_assert_cmpuint (n, <, G_N_ELEMENTS (patterns));
      g_assert_true (g_pattern_match_simple (patterns[n++], text));
    }
  g_assert_cmpuint (n, ==, G_N_ELEMENTS (patterns));
}

static void
test_says_why_it_waits (TunnelFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_FAILS, CULVERT_SSH_ERROR_UNREACHABLE);
  tunnel_fixture_make (self, NULL);
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for (self, WAITING);
  g_assert_error (culvert_tunnel_get_error (self->tunnel), CULVERT_SSH_ERROR,
                  CULVERT_SSH_ERROR_UNREACHABLE);
  g_assert_cmpint (culvert_tunnel_get_retry_at_us (self->tunnel), >, g_get_monotonic_time ());

  /* Up again it still says why it was away; switched off that is over. */
  fake_maker_replan (self->maker, FAKE_COMES_UP, 0);
  culvert_tunnel_network_changed (self->tunnel, CULVERT_NETWORK_BACK);
  tunnel_fixture_wait_for (self, UP);
  g_assert_cmpint (culvert_tunnel_get_retry_at_us (self->tunnel), ==, 0);
  g_assert_error (culvert_tunnel_get_error (self->tunnel), CULVERT_SSH_ERROR,
                  CULVERT_SSH_ERROR_UNREACHABLE);
  culvert_tunnel_stop (self->tunnel);
  tunnel_fixture_wait_for (self, STOPPED);
  g_assert_no_error (culvert_tunnel_get_error (self->tunnel));
}

static void
test_failed (TunnelFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_FAILS_SIGNING_IN, CULVERT_SSH_ERROR_AUTH_REFUSED);
  tunnel_fixture_make (self, NULL);
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for (self, FAILED);
  g_assert_error (culvert_tunnel_get_error (self->tunnel), CULVERT_SSH_ERROR,
                  CULVERT_SSH_ERROR_AUTH_REFUSED);
  /* The person's switch is still on; only its state has failed. */
  g_assert_true (culvert_tunnel_is_wanted (self->tunnel));

  /* Switching on means trying anew, at once … */
  fake_maker_replan (self->maker, FAKE_FAILS, CULVERT_SSH_ERROR_HOST_KEY_CHANGED);
  culvert_tunnel_start (self->tunnel);
  g_assert_cmpint (culvert_tunnel_get_state (self->tunnel), ==, CULVERT_TUNNEL_CONNECTING);
  g_assert_no_error (culvert_tunnel_get_error (self->tunnel));
  tunnel_fixture_wait_for (self, FAILED);
  /* … and switching off has nothing to stop. */
  culvert_tunnel_stop (self->tunnel);
  g_assert_cmpint (culvert_tunnel_get_state (self->tunnel), ==, CULVERT_TUNNEL_STOPPED);
  g_assert_no_error (culvert_tunnel_get_error (self->tunnel));
  g_assert_false (culvert_tunnel_is_wanted (self->tunnel));
}

static void
test_single_try (TunnelFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_FAILS, CULVERT_SSH_ERROR_REFUSED);
  tunnel_fixture_make (self, NULL);
  culvert_tunnel_set_single_try (self->tunnel, TRUE);
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for (self, FAILED);
  g_assert_cmpuint (fake_maker_get_n_made (self->maker), ==, 1);
}

static void
fail_if_unwanted_cb (CulvertTunnel *tunnel, GParamSpec *pspec, gpointer user_data)
{
  g_assert_true (culvert_tunnel_is_wanted (tunnel));
}

static void
test_restart (TunnelFixture *self, gconstpointer data)
{
  gulong handler;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  tunnel_fixture_make (self, NULL);
  handler =
    g_signal_connect (self->tunnel, "notify::is-wanted", G_CALLBACK (fail_if_unwanted_cb), NULL);
  culvert_tunnel_restart (self->tunnel);
  tunnel_fixture_wait_for (self, UP);
  culvert_tunnel_restart (self->tunnel);
  culvert_test_wait_until (fake_maker_get_n_made (self->maker) == 2, PATIENCE_MS);
  tunnel_fixture_wait_for (self, UP);
  g_assert_cmpstr (self->states->str, ==,
                   "connecting signing-in up stopping stopped connecting signing-in up");
  g_signal_handler_disconnect (self->tunnel, handler);
}

static void
test_switched_to_and_fro (TunnelFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  tunnel_fixture_make (self, NULL);

  /* On while it stops: comes back by itself. */
  culvert_tunnel_start (self->tunnel);
  culvert_tunnel_stop (self->tunnel);
  culvert_tunnel_start (self->tunnel);
  g_assert_cmpint (culvert_tunnel_get_state (self->tunnel), ==, CULVERT_TUNNEL_STOPPING);
  tunnel_fixture_wait_for (self, UP);

  /* The last word counts. */
  culvert_tunnel_stop (self->tunnel);
  culvert_tunnel_start (self->tunnel);
  culvert_tunnel_stop (self->tunnel);
  tunnel_fixture_wait_for (self, STOPPED);
  culvert_test_spend (50);
  g_assert_cmpint (culvert_tunnel_get_state (self->tunnel), ==, CULVERT_TUNNEL_STOPPED);
}

static void
test_stop_with_a_frozen_thread (TunnelFixture *self, gconstpointer data)
{
  FakeBehaviour behaviour = (FakeBehaviour)GPOINTER_TO_INT (data);
  gint64        begin_us;

  fake_maker_plan (self->maker, behaviour, 0);
  tunnel_fixture_make (self, "a=0:db:5432");
  culvert_tunnel_start (self->tunnel);
  if (behaviour == FAKE_NEVER_ENDS)
    tunnel_fixture_wait_for (self, UP);
  else
    culvert_test_wait_until (fake_maker_get_n_made (self->maker) == 1, PATIENCE_MS);

  begin_us = g_get_monotonic_time ();
  culvert_tunnel_stop (self->tunnel);
  tunnel_fixture_wait_for (self, STOPPED);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <,
                   (gint64)(3 * G_USEC_PER_SEC * culvert_test_get_patience ()));
  g_assert_cmpuint (fake_maker_get_n_alive (self->maker), ==, 1);
  g_assert_true (engine_log_has_line (culvert_tunnel_get_log (self->tunnel), "*left behind"));

  /* It can be switched on again, and what was left behind does not disturb. */
  fake_maker_replan (self->maker, FAKE_COMES_UP, 0);
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for (self, UP);
  fake_maker_thaw (self->maker);
  culvert_test_wait_until (fake_maker_get_n_alive (self->maker) == 1, PATIENCE_MS);
  culvert_test_spend (50);
  g_assert_cmpint (culvert_tunnel_get_state (self->tunnel), ==, CULVERT_TUNNEL_UP);
}

/* A question keeps its thread from hearing; a stop does not wait for the answer. */
static void
test_stop_while_the_thread_asks (TunnelFixture *self, gconstpointer data)
{
  gint64 begin_us;

  fake_maker_plan (self->maker, FAKE_ASKS_QUESTIONS, 0);
  tunnel_fixture_make (self, NULL);
  tunnel_fixture_expect (self, CULVERT_PROMPT_QUESTIONS);
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for (self, NEEDS_YOU);

  begin_us = g_get_monotonic_time ();
  culvert_tunnel_stop (self->tunnel);
  g_assert_null (culvert_tunnel_get_prompt (self->tunnel));
  tunnel_fixture_wait_for (self, STOPPED);
  g_assert_cmpint (g_get_monotonic_time () - begin_us, <,
                   (gint64)(G_USEC_PER_SEC * culvert_test_get_patience ()));
  g_assert_cmpstr (self->states->str, ==, "connecting signing-in needs-you stopping stopped");
}

static void
fail_cb (void)
{
  g_assert_not_reached ();
}

/* Let go of while on: the thread ends by itself and reaches nobody. */
static void
test_dropped_while_on (TunnelFixture *self, gconstpointer data)
{
  const FakeBehaviour behaviours[] = {
    FAKE_COMES_UP,      FAKE_STAYS_CONNECTING, FAKE_FAILS,
    FAKE_ASKS_PASSWORD, FAKE_ASKS_QUESTIONS,   FAKE_ASKS_HOST_KEY
  };

  for (guint i = 0; i < G_N_ELEMENTS (behaviours); i++)
    for (guint delay_ms = 0; delay_ms < 20; delay_ms += 4)
      {
        CulvertTunnel *tunnel;

        fake_maker_replan (self->maker, behaviours[i], CULVERT_SSH_ERROR_REFUSED);
        tunnel_fixture_make (self, "a=0:db:5432");
        tunnel_fixture_expect (self, behaviours[i] == FAKE_ASKS_PASSWORD ? CULVERT_PROMPT_PASSWORD
                                     : behaviours[i] == FAKE_ASKS_QUESTIONS
                                       ? CULVERT_PROMPT_QUESTIONS
                                       : CULVERT_PROMPT_HOST_KEY);
        tunnel = g_steal_pointer (&self->tunnel);
        culvert_tunnel_start (tunnel);
        culvert_test_spend (delay_ms);

        g_signal_handlers_disconnect_by_data (tunnel, self);
        g_object_ref (tunnel);
        g_object_run_dispose (G_OBJECT (tunnel));
        g_signal_connect (tunnel, "notify", G_CALLBACK (fail_cb), NULL);
        g_signal_connect (tunnel, "sampled", G_CALLBACK (fail_cb), NULL);
        culvert_test_wait_until (fake_maker_get_n_alive (self->maker) == 0, PATIENCE_MS);
        g_object_unref (tunnel);
        g_assert_finalize_object (tunnel);

        g_clear_object (&self->prompter);
        self->prompter = culvert_scripted_prompter_new ();
      }
}

/* Let go of by a program that ends: nobody iterates its context any more, and a thread that waits
 * for an answer ends all the same. */
static void
test_dropped_for_good (TunnelFixture *self, gconstpointer data)
{
  fake_maker_plan (self->maker, FAKE_ASKS_QUESTIONS, 0);
  tunnel_fixture_make (self, NULL);
  culvert_tunnel_start (self->tunnel);
  for (int i = 0; i < PATIENCE_MS && fake_maker_get_n_asked (self->maker) == 0; i++)
    g_usleep (1000);
  g_assert_cmpuint (fake_maker_get_n_asked (self->maker), ==, 1);
  g_clear_object (&self->tunnel);
  for (int i = 0; i < PATIENCE_MS && fake_maker_get_n_alive (self->maker) > 0; i++)
    g_usleep (1000);
  g_assert_cmpuint (fake_maker_get_n_alive (self->maker), ==, 0);
}

static void
switch_on_and_off (TunnelFixture *self, guint n_times)
{
  for (guint i = 0; i < n_times; i++)
    {
      culvert_tunnel_start (self->tunnel);
      if (i % 3 == 0)
        tunnel_fixture_wait_for (self, UP);
      else if (i % 3 == 1)
        culvert_test_spend (1);
      culvert_tunnel_stop (self->tunnel);
      tunnel_fixture_wait_for (self, STOPPED);
    }
  culvert_test_wait_until (engine_count_link_threads () == 0, PATIENCE_MS);
}

static void
test_nothing_is_left (TunnelFixture *self, gconstpointer data)
{
  guint n_descriptors;
  gsize rss;

  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  tunnel_fixture_make (self, "a=0:db:5432 b=0:web:80");
  /* Until its log is full. */
  switch_on_and_off (self, 420);
  n_descriptors = culvert_test_get_n_descriptors ();
  rss = culvert_test_get_rss_bytes ();

  switch_on_and_off (self, 200);
  culvert_test_wait_until (culvert_test_get_n_descriptors () <= n_descriptors, PATIENCE_MS);
  g_test_message ("%" G_GSIZE_FORMAT " KiB before, %" G_GSIZE_FORMAT " KiB after", rss / 1024,
                  culvert_test_get_rss_bytes () / 1024);
  /* A sanitizer keeps what was freed for a while. */
  if (culvert_test_get_patience () <= 1)
    g_assert_cmpuint (culvert_test_get_rss_bytes (), <, rss + 256 * 1024);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  tunnel_fixture_add ("/engine/tunnel/life", NULL, test_life);
  tunnel_fixture_add ("/engine/tunnel/log", NULL, test_log);
  tunnel_fixture_add ("/engine/tunnel/says-why-it-waits", NULL, test_says_why_it_waits);
  tunnel_fixture_add ("/engine/tunnel/failed", NULL, test_failed);
  tunnel_fixture_add ("/engine/tunnel/single-try", NULL, test_single_try);
  tunnel_fixture_add ("/engine/tunnel/restart", NULL, test_restart);
  tunnel_fixture_add ("/engine/tunnel/switched-to-and-fro", NULL, test_switched_to_and_fro);
  tunnel_fixture_add ("/engine/tunnel/stop/frozen-while-connecting", GINT_TO_POINTER (FAKE_FREEZES),
                      test_stop_with_a_frozen_thread);
  tunnel_fixture_add ("/engine/tunnel/stop/frozen-while-up", GINT_TO_POINTER (FAKE_NEVER_ENDS),
                      test_stop_with_a_frozen_thread);
  tunnel_fixture_add ("/engine/tunnel/stop/while-the-thread-asks", NULL,
                      test_stop_while_the_thread_asks);
  tunnel_fixture_add ("/engine/tunnel/dropped-while-on", NULL, test_dropped_while_on);
  tunnel_fixture_add ("/engine/tunnel/dropped-for-good", NULL, test_dropped_for_good);
  tunnel_fixture_add ("/engine/tunnel/nothing-is-left", NULL, test_nothing_is_left);

  return g_test_run ();
}
