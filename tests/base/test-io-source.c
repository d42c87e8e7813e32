/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/io-watch.h"

#include "base/io-ends.h"
#include "support/culvert-test.h"

#include <string.h>

/* Turns */

typedef struct
{
  GString         *order;
  CulvertIoSource *io;
  guint            ids[4];
  guint            n_more;  /* how often "more" asks for another turn */
  guint            n_ticks; /* of a timeout in the same context */
  guint            n_wakes;
} Turns;

static gboolean
turn_a_cb (gpointer user_data)
{
  g_string_append_c (((Turns *)user_data)->order, 'a');

  return FALSE;
}

static gboolean
turn_b_cb (gpointer user_data)
{
  g_string_append_c (((Turns *)user_data)->order, 'b');

  return FALSE;
}

static gboolean
turn_more_cb (gpointer user_data)
{
  Turns *turns = user_data;

  g_string_append_c (turns->order, 'm');
  if (turns->n_more == 0)
    return FALSE;
  turns->n_more--;

  return TRUE;
}

static void
ready_cb (CulvertIoCondition ready, gpointer user_data)
{
  g_string_append_c (((Turns *)user_data)->order, 'r');
}

static void
assert_order (Turns *turns, const char *expected)
{
  g_assert_cmpstr (turns->order->str, ==, expected);
  g_string_truncate (turns->order, 0);
}

static void
turns_init (Turns *turns, IoFixture *fixture)
{
  *turns = (Turns){ .order = g_string_new (NULL), .io = fixture->io };
}

static void
turns_clear (Turns *turns)
{
  for (guint i = 0; i < G_N_ELEMENTS (turns->ids); i++)
    {
      if (turns->ids[i] != 0)
        culvert_io_source_remove_turn (turns->io, turns->ids[i]);
    }
  g_string_free (turns->order, TRUE);
}

static void
test_turn_functions_come_after_all_readiness (IoFixture *fixture, gconstpointer data)
{
  Turns turns;
  IoEnd ends[2];

  turns_init (&turns, fixture);
  turns.ids[0] = culvert_io_source_add_turn (fixture->io, turn_a_cb, &turns);
  turns.ids[1] = culvert_io_source_add_turn (fixture->io, turn_b_cb, &turns);
  io_fixture_assert_quiet (fixture);
  assert_order (&turns, "");

  for (guint i = 0; i < 2; i++)
    io_end_open_with (&ends[i], fixture, CULVERT_IO_OUT, ready_cb, &turns);
  io_fixture_serve ();
  assert_order (&turns, "rrab");

  culvert_io_source_remove_turn (fixture->io, turns.ids[0]);
  turns.ids[0] = 0;
  io_fixture_serve ();
  assert_order (&turns, "rrb");

  io_end_close (&ends[0]);
  io_end_close (&ends[1]);
  turns_clear (&turns);
}

static void
test_more_to_do_gets_a_turn_at_once (IoFixture *fixture, gconstpointer data)
{
  Turns  turns;
  gint64 start_us;

  turns_init (&turns, fixture);
  turns.ids[0] = culvert_io_source_add_turn (fixture->io, turn_more_cb, &turns);
  turns.n_more = 100;
  culvert_io_source_wake (fixture->io);

  start_us = g_get_monotonic_time ();
  for (guint i = 0; i < 101; i++)
    g_main_context_iteration (NULL, TRUE); /* would wait for ever if no turn were due */
  g_assert_cmpuint (turns.order->len, ==, 101);
  g_assert_cmpint (g_get_monotonic_time () - start_us, <, 2 * G_USEC_PER_SEC);
  io_fixture_assert_quiet (fixture);

  turns_clear (&turns);
}

static gboolean
tick_cb (gpointer user_data)
{
  ((Turns *)user_data)->n_ticks++;

  return G_SOURCE_CONTINUE;
}

static void
test_busy_turns_leave_room_for_others (IoFixture *fixture, gconstpointer data)
{
  Turns turns;
  guint tick_id;

  turns_init (&turns, fixture);
  turns.ids[0] = culvert_io_source_add_turn (fixture->io, turn_more_cb, &turns);
  turns.n_more = G_MAXUINT;
  culvert_io_source_wake (fixture->io);
  tick_id = g_timeout_add (1, tick_cb, &turns);

  culvert_test_wait_until (turns.n_ticks >= 20, 10000);
  g_assert_cmpuint (turns.order->len, >, 20);

  g_source_remove (tick_id);
  turns_clear (&turns);
}

static gboolean
wake_cb (gpointer user_data)
{
  Turns *turns = user_data;

  culvert_io_source_wake (turns->io);
  culvert_io_source_wake (turns->io);
  turns->n_wakes++;

  return G_SOURCE_REMOVE;
}

static void
wake_when_ready_cb (CulvertIoCondition ready, gpointer user_data)
{
  ready_cb (ready, user_data);
  wake_cb (user_data);
}

static gboolean
turn_wake_once_cb (gpointer user_data)
{
  Turns *turns = user_data;

  g_string_append_c (turns->order, 'w');
  if (turns->n_wakes == 0)
    wake_cb (turns);

  return FALSE;
}

static void
test_wake_from_another_source (IoFixture *fixture, gconstpointer data)
{
  Turns turns;

  turns_init (&turns, fixture);
  turns.ids[0] = culvert_io_source_add_turn (fixture->io, turn_a_cb, &turns);
  g_timeout_add (5, wake_cb, &turns);
  g_idle_add (wake_cb, &turns);
  culvert_test_wait_until (turns.n_wakes == 2, 5000);
  culvert_test_spend (60);
  assert_order (&turns, "aa");

  turns_clear (&turns);
}

static void
test_wake_while_serving_readiness_means_this_turn (IoFixture *fixture, gconstpointer data)
{
  Turns turns;
  IoEnd end;

  turns_init (&turns, fixture);
  turns.ids[0] = culvert_io_source_add_turn (fixture->io, turn_a_cb, &turns);
  io_end_open_with (&end, fixture, CULVERT_IO_OUT, wake_when_ready_cb, &turns);
  io_fixture_serve ();
  culvert_io_watch_want (end.watch, 0);
  io_fixture_assert_quiet (fixture);
  assert_order (&turns, "ra");

  io_end_close (&end);
  turns_clear (&turns);
}

static void
test_wake_from_a_turn_function_means_the_next (IoFixture *fixture, gconstpointer data)
{
  Turns turns;

  turns_init (&turns, fixture);
  turns.ids[0] = culvert_io_source_add_turn (fixture->io, turn_a_cb, &turns);
  turns.ids[1] = culvert_io_source_add_turn (fixture->io, turn_wake_once_cb, &turns);
  culvert_io_source_wake (fixture->io);
  culvert_test_spend (60);
  assert_order (&turns, "awaw");

  turns_clear (&turns);
}

static gboolean
turn_edit_cb (gpointer user_data)
{
  Turns *turns = user_data;

  /* Itself, the one before, the one after; and a new one, which waits for the next turn. */
  g_string_append_c (turns->order, 'e');
  for (guint i = 0; i < 3; i++)
    {
      culvert_io_source_remove_turn (turns->io, turns->ids[i]);
      turns->ids[i] = 0;
    }
  turns->ids[3] = culvert_io_source_add_turn (turns->io, turn_more_cb, turns);

  return FALSE;
}

static void
test_turn_functions_may_edit_the_list (IoFixture *fixture, gconstpointer data)
{
  Turns turns;

  turns_init (&turns, fixture);
  turns.ids[0] = culvert_io_source_add_turn (fixture->io, turn_a_cb, &turns);
  turns.ids[1] = culvert_io_source_add_turn (fixture->io, turn_edit_cb, &turns);
  turns.ids[2] = culvert_io_source_add_turn (fixture->io, turn_b_cb, &turns);
  culvert_io_source_wake (fixture->io);
  io_fixture_serve ();
  assert_order (&turns, "ae");
  culvert_io_source_wake (fixture->io);
  io_fixture_serve ();
  assert_order (&turns, "m");

  turns_clear (&turns);
}

static gboolean
turn_remove_first_cb (gpointer user_data)
{
  Turns *turns = user_data;

  g_string_append_c (turns->order, 'f');
  culvert_io_source_remove_turn (turns->io, turns->ids[0]);
  turns->ids[0] = 0;

  return FALSE;
}

static void
test_removing_an_earlier_turn_function_skips_none (IoFixture *fixture, gconstpointer data)
{
  Turns turns;

  turns_init (&turns, fixture);
  turns.ids[0] = culvert_io_source_add_turn (fixture->io, turn_a_cb, &turns);
  turns.ids[1] = culvert_io_source_add_turn (fixture->io, turn_remove_first_cb, &turns);
  turns.ids[2] = culvert_io_source_add_turn (fixture->io, turn_b_cb, &turns);
  turns.ids[3] = culvert_io_source_add_turn (fixture->io, turn_more_cb, &turns);
  culvert_io_source_wake (fixture->io);
  io_fixture_serve ();
  assert_order (&turns, "afbm");

  turns_clear (&turns);
}

/* Asks as the next round of the context would. */
static int
count_ready_descriptors (void)
{
  GMainContext *context = g_main_context_default ();
  GPollFD       fds[8];
  int           priority = 0;
  int           timeout_ms = 0;
  int           n_fds;

  g_assert_true (g_main_context_acquire (context));
  g_main_context_prepare (context, &priority);
  n_fds = g_main_context_query (context, priority, &timeout_ms, fds, G_N_ELEMENTS (fds));
  g_main_context_release (context);
  g_assert_cmpint (n_fds, >=, 2);
  g_assert_cmpint (n_fds, <=, (int)G_N_ELEMENTS (fds));

  return g_poll (fds, (guint)n_fds, 0);
}

/* GLib wakes a context up again whenever its set of descriptors changes, which it does around every
 * dispatch of an ordinary source.  A turn of this one must not cost the context another round. */
static void
test_a_turn_costs_one_round_of_the_context (IoFixture *fixture, gconstpointer data)
{
  IoEnd end;

  io_end_open (&end, fixture, CULVERT_IO_IN);
  io_fixture_serve (); /* settles that it was added */
  io_end_send (&end, "x");
  g_assert_cmpint (count_ready_descriptors (), ==, 1);
  io_fixture_serve ();
  g_assert_cmpuint (end.n_calls, ==, 1);
  io_end_read_one (&end);
  g_assert_cmpint (count_ready_descriptors (), ==, 0);

  io_end_close (&end);
}

/* Where it lives */

static gpointer
own_context_thread (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  CulvertIoSource         *io;
  IoEnd                    end = { 0 };
  CulvertSocket            pair[2];

  g_main_context_push_thread_default (context);
  io = culvert_io_source_new ();
  g_assert_true (culvert_socket_pair (pair, NULL));
  end.watch = culvert_io_source_add (io, pair[0], CULVERT_IO_OUT, io_end_remember_cb, &end);

  g_main_context_iteration (NULL, FALSE); /* not this one */
  g_assert_cmpuint (end.n_calls, ==, 0);
  g_main_context_iteration (context, FALSE);
  g_assert_cmpuint (end.n_calls, ==, 1);

  culvert_io_watch_clear (&end.watch);
  culvert_io_source_free (io);
  culvert_socket_close (&pair[0]);
  culvert_socket_close (&pair[1]);
  g_main_context_pop_thread_default (context);

  return NULL;
}

static void
test_lives_in_the_thread_default_context (IoFixture *fixture, gconstpointer data)
{
  g_thread_join (g_thread_new ("own context", own_context_thread, NULL));
}

static void
test_leaves_no_descriptor_behind (IoFixture *fixture, gconstpointer data)
{
  guint before;

  g_thread_join (g_thread_new ("warm-up", own_context_thread, NULL));
  before = culvert_test_get_n_descriptors ();
  for (guint i = 0; i < 50; i++)
    g_thread_join (g_thread_new ("own context", own_context_thread, NULL));
  g_assert_cmpuint (culvert_test_get_n_descriptors (), ==, before);
}

static void
test_scratch_is_all_there (IoFixture *fixture, gconstpointer data)
{
  guint8 *scratch = culvert_io_source_get_scratch (fixture->io);

  memset (scratch, 0xaa, CULVERT_IO_SCRATCH_SIZE);
  g_assert_true (culvert_io_source_get_scratch (fixture->io) == scratch);
}

typedef struct
{
  IoFixture *fixture;
  IoEnd      end;
  guint      n_calls;
} Ending;

static void
free_source_cb (CulvertIoCondition ready, gpointer user_data)
{
  Ending *ending = user_data;

  ending->n_calls++;
  culvert_io_watch_clear (&ending->end.watch);
  g_clear_pointer (&ending->fixture->io, culvert_io_source_free);
}

static void
test_may_be_freed_in_a_callback (IoFixture *fixture, gconstpointer data)
{
  Ending ending = { .fixture = fixture };

  io_end_open_with (&ending.end, fixture, CULVERT_IO_OUT, free_source_cb, &ending);
  culvert_test_wait_until (ending.n_calls > 0, 5000);
  culvert_test_spend (60);
  g_assert_cmpuint (ending.n_calls, ==, 1);

  io_end_close (&ending.end);
}

static const IoTest tests[] = {
  { "a-turn-costs-one-round-of-the-context", test_a_turn_costs_one_round_of_the_context },
  { "may-be-freed-in-a-callback", test_may_be_freed_in_a_callback },
  { "turn-functions-come-after-all-readiness", test_turn_functions_come_after_all_readiness },
  { "more-to-do-gets-a-turn-at-once", test_more_to_do_gets_a_turn_at_once },
  { "busy-turns-leave-room-for-others", test_busy_turns_leave_room_for_others },
  { "wake-from-another-source", test_wake_from_another_source },
  { "wake-while-serving-readiness-means-this-turn",
    test_wake_while_serving_readiness_means_this_turn },
  { "wake-from-a-turn-function-means-the-next", test_wake_from_a_turn_function_means_the_next },
  { "turn-functions-may-edit-the-list", test_turn_functions_may_edit_the_list },
  { "removing-an-earlier-turn-function-skips-none",
    test_removing_an_earlier_turn_function_skips_none },
  { "lives-in-the-thread-default-context", test_lives_in_the_thread_default_context },
  { "leaves-no-descriptor-behind", test_leaves_no_descriptor_behind },
  { "scratch-is-all-there", test_scratch_is_all_there },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  io_tests_add ("/io-source/", tests, G_N_ELEMENTS (tests));

  return g_test_run ();
}
