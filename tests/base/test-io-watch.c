/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/io-watch.h"

#include "base/io-ends.h"
#include "support/culvert-test.h"

#include <fcntl.h>
#include <unistd.h>

/* Readiness */

static void
read_one_cb (CulvertIoCondition ready, gpointer user_data)
{
  IoEnd *end = user_data;

  io_end_remember_cb (ready, user_data);
  io_end_read_one (end);
}

static void
test_stays_ready_until_read (IoFixture *fixture, gconstpointer data)
{
  IoEnd end;

  io_end_open_with (&end, fixture, CULVERT_IO_IN, read_one_cb, &end);
  io_fixture_assert_quiet (fixture);
  io_end_send (&end, "abc");

  for (guint i = 1; i <= 3; i++)
    {
      io_fixture_serve ();
      g_assert_cmpuint (end.n_calls, ==, i);
      g_assert_cmpint (end.last_ready, ==, CULVERT_IO_IN);
    }
  io_fixture_assert_quiet (fixture);
  g_assert_cmpuint (end.n_calls, ==, 3);

  io_end_close (&end);
}

static void
test_pausing_with_data_left (IoFixture *fixture, gconstpointer data)
{
  IoEnd end;

  io_end_open_with (&end, fixture, CULVERT_IO_IN, read_one_cb, &end);
  io_end_send (&end, "ab");
  io_fixture_serve ();
  g_assert_cmpuint (end.n_calls, ==, 1);

  culvert_io_watch_want (end.watch, 0);
  io_fixture_assert_quiet (fixture);
  culvert_io_watch_want (end.watch, CULVERT_IO_IN);
  culvert_test_wait_until (end.n_calls == 2, 5000);
  io_fixture_assert_quiet (fixture);

  io_end_close (&end);
}

static void
test_reports_only_what_is_wanted (IoFixture *fixture, gconstpointer data)
{
  IoEnd end;

  io_end_open (&end, fixture, CULVERT_IO_OUT);
  io_end_send (&end, "x");
  io_fixture_serve ();
  g_assert_cmpint (end.last_ready, ==, CULVERT_IO_OUT);
  culvert_io_watch_want (end.watch, CULVERT_IO_IN);
  io_fixture_serve ();
  g_assert_cmpint (end.last_ready, ==, CULVERT_IO_IN);
  culvert_io_watch_want (end.watch, CULVERT_IO_IN | CULVERT_IO_OUT);
  io_fixture_serve ();
  g_assert_cmpint (end.last_ready, ==, CULVERT_IO_IN | CULVERT_IO_OUT);
  g_assert_cmpuint (end.n_calls, ==, 3);

  io_end_close (&end);
}

static void
test_hang_up_is_reported_to_who_wants_anything (IoFixture *fixture, gconstpointer data)
{
  const CulvertIoCondition wants[] = { CULVERT_IO_IN, CULVERT_IO_OUT, CULVERT_IO_HUP };

  for (guint i = 0; i < G_N_ELEMENTS (wants); i++)
    {
      IoEnd end;

      io_end_open (&end, fixture, wants[i]);
      culvert_socket_close (&end.far);
      culvert_test_wait_until (end.n_calls > 0, 5000);
      g_assert_cmpint (end.last_ready & CULVERT_IO_HUP, ==, CULVERT_IO_HUP);
      g_assert_cmpint (end.last_ready & ~(wants[i] | CULVERT_IO_HUP), ==, 0);

      /* Wanting nothing ends it: no turn is spent on a socket that is over. */
      culvert_io_watch_want (end.watch, 0);
      io_fixture_assert_quiet (fixture);
      io_end_close (&end);
    }
}

static void
test_end_of_sending_is_readable (IoFixture *fixture, gconstpointer data)
{
  IoEnd end;

  io_end_open (&end, fixture, CULVERT_IO_IN);
  culvert_socket_shutdown_send (end.far);
  culvert_test_wait_until (end.n_calls > 0, 5000);
  g_assert_cmpint (end.last_ready, ==, CULVERT_IO_IN);

  io_end_close (&end);
}

static void
test_wanting_nothing_from_the_start (IoFixture *fixture, gconstpointer data)
{
  IoEnd end;

  io_end_open (&end, fixture, 0);
  io_end_send (&end, "x");
  culvert_socket_close (&end.far);
  io_fixture_assert_quiet (fixture);
  g_assert_cmpuint (end.n_calls, ==, 0);

  io_end_close (&end);
}

static void
test_thousand_watches (IoFixture *fixture, gconstpointer data)
{
  IoEnd  *ends = g_new0 (IoEnd, 1000);
  guint64 before;
  guint   n_called = 0;

  for (guint i = 0; i < 1000; i++)
    io_end_open (&ends[i], fixture, CULVERT_IO_IN);
  io_fixture_assert_quiet (fixture);

  /* One is ready: one is called. */
  io_end_send (&ends[617], "x");
  before = io_fixture_get_n_turns (fixture);
  io_fixture_serve ();
  g_assert_cmpuint (io_fixture_get_n_turns (fixture), ==, before + 1);
  g_assert_cmpuint (ends[617].n_calls, ==, 1);
  io_end_read_one (&ends[617]);

  /* All are ready: one turn serves them all. */
  for (guint i = 0; i < 1000; i++)
    io_end_send (&ends[i], "x");
  before = io_fixture_get_n_turns (fixture);
  io_fixture_serve ();
  g_assert_cmpuint (io_fixture_get_n_turns (fixture), ==, before + 1);
  for (guint i = 0; i < 1000; i++)
    n_called += ends[i].n_calls;
  g_assert_cmpuint (n_called, ==, 1001);

  for (guint i = 0; i < 1000; i++)
    io_end_close (&ends[i]);
  g_free (ends);
}

/* With epoll the context polls one descriptor, whatever is watched: that is what makes a thousand
 * idle watches free. */
static void
test_number_of_polled_descriptors (IoFixture *fixture, gconstpointer data)
{
  IoEnd         ends[20];
  int           timeout_ms;
  int           n_before = 0;
  int           n_after = 0;
  int           priority = 0;
  int          *counts[] = { &n_before, &n_after };
  GMainContext *context = g_main_context_default ();

  for (guint i = 0; i < G_N_ELEMENTS (counts); i++)
    {
      g_assert_true (g_main_context_acquire (context));
      g_main_context_prepare (context, &priority);
      *counts[i] = g_main_context_query (context, priority, &timeout_ms, NULL, 0);
      g_main_context_release (context);

      for (guint n = 0; n < G_N_ELEMENTS (ends) && i == 0; n++)
        io_end_open (&ends[n], fixture, CULVERT_IO_IN);
    }
  g_assert_cmpint (n_after - n_before, ==, io_fixture_has_epoll () ? 0 : (int)G_N_ELEMENTS (ends));

  for (guint n = 0; n < G_N_ELEMENTS (ends); n++)
    io_end_close (&ends[n]);
}

static void
test_file_that_cannot_be_polled_hangs_up (IoFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertTempDir) folder = culvert_temp_dir_new ();
  g_autofree char           *path = culvert_temp_dir_write (folder, "plain", "text");
  int                        file = open (path, O_RDONLY | O_CLOEXEC);
  IoEnd                      end = { 0 };

  g_assert_cmpint (file, >=, 0);
  end.watch = culvert_io_source_add (fixture->io, file, CULVERT_IO_IN, io_end_remember_cb, &end);
  culvert_test_wait_until (end.n_calls > 0, 5000);

  /* epoll refuses plain files; for poll they are always ready. */
  g_assert_cmpint (end.last_ready, ==, io_fixture_has_epoll () ? CULVERT_IO_HUP : CULVERT_IO_IN);
  culvert_io_watch_want (end.watch, 0);
  io_fixture_serve ();
  io_fixture_assert_quiet (fixture);
  culvert_io_watch_want (end.watch, CULVERT_IO_OUT);
  end.n_calls = 0;
  culvert_test_wait_until (end.n_calls > 0, 5000);

  culvert_io_watch_clear (&end.watch);
  g_assert_cmpint (close (file), ==, 0);
  io_fixture_serve ();
  io_fixture_assert_quiet (fixture);
}

/* Changes from within callbacks */

typedef struct
{
  IoFixture         *fixture;
  IoEnd              ends[2];
  guint              n_calls;
  CulvertIoCondition other_want;
  IoEnd              added;
  gboolean           was_number_reused;
} Pairing;

static IoEnd *
other_than_called (Pairing *pairing, gpointer called)
{
  return called == &pairing->ends[0] ? &pairing->ends[1] : &pairing->ends[0];
}

static Pairing *current_pairing; /* the test's, for callbacks whose data is an IoEnd */

static void
open_both_ready (Pairing *pairing, IoFixture *fixture, CulvertIoFunc func)
{
  *pairing = (Pairing){ .fixture = fixture };
  current_pairing = pairing;
  for (guint i = 0; i < 2; i++)
    {
      io_end_open_with (&pairing->ends[i], fixture, CULVERT_IO_IN, func, &pairing->ends[i]);
      io_end_send (&pairing->ends[i], "x");
    }
}

static void
remove_both_cb (CulvertIoCondition ready, gpointer user_data)
{
  current_pairing->n_calls++;
  culvert_io_watch_clear (&current_pairing->ends[0].watch);
  culvert_io_watch_clear (&current_pairing->ends[1].watch);
  culvert_io_watch_clear (&current_pairing->ends[1].watch); /* of nothing: nothing happens */
}

static void
test_removed_watch_is_not_called_in_this_turn (IoFixture *fixture, gconstpointer data)
{
  Pairing pairing;

  open_both_ready (&pairing, fixture, remove_both_cb);
  io_fixture_serve ();
  g_assert_cmpuint (pairing.n_calls, ==, 1);
  g_assert_null (pairing.ends[0].watch);
  g_assert_null (pairing.ends[1].watch);
  io_fixture_assert_quiet (fixture);

  io_end_close (&pairing.ends[0]);
  io_end_close (&pairing.ends[1]);
}

static void
change_other_cb (CulvertIoCondition ready, gpointer user_data)
{
  IoEnd *other = other_than_called (current_pairing, user_data);

  io_end_remember_cb (ready, user_data);
  current_pairing->n_calls++;
  io_end_read_one (user_data);
  culvert_io_watch_want (other->watch, current_pairing->other_want);
}

static void
test_changed_want_counts_in_this_turn (IoFixture *fixture, gconstpointer data)
{
  const CulvertIoCondition wants[] = { 0, CULVERT_IO_HUP };

  for (guint i = 0; i < G_N_ELEMENTS (wants); i++)
    {
      Pairing pairing;

      open_both_ready (&pairing, fixture, change_other_cb);
      pairing.other_want = wants[i];
      io_fixture_serve ();
      g_assert_cmpuint (pairing.n_calls, ==, 1);
      io_fixture_assert_quiet (fixture);

      io_end_close (&pairing.ends[0]);
      io_end_close (&pairing.ends[1]);
    }
}

static void
silence_other_cb (CulvertIoCondition ready, gpointer user_data)
{
  current_pairing->n_calls++;
  culvert_io_watch_want (((IoEnd *)user_data)->watch, 0);
  culvert_io_watch_want (other_than_called (current_pairing, user_data)->watch, 0);
}

static void
test_hang_up_is_kept_from_who_wants_nothing_any_more (IoFixture *fixture, gconstpointer data)
{
  Pairing pairing;

  open_both_ready (&pairing, fixture, silence_other_cb);
  culvert_socket_close (&pairing.ends[0].far);
  culvert_socket_close (&pairing.ends[1].far);
  io_fixture_serve ();
  g_assert_cmpuint (pairing.n_calls, ==, 1);
  io_fixture_assert_quiet (fixture);

  io_end_close (&pairing.ends[0]);
  io_end_close (&pairing.ends[1]);
}

#define N_EACH 10

typedef struct
{
  IoEnd early[N_EACH]; /* were ready in an earlier turn */
  IoEnd late[N_EACH];
  guint n_calls;
} Generations;

static void
remove_early_cb (CulvertIoCondition ready, gpointer user_data)
{
  Generations *generations = user_data;

  generations->n_calls++;
  for (guint i = 0; i < N_EACH; i++)
    culvert_io_watch_clear (&generations->early[i].watch);
}

static void
test_removing_old_watches_keeps_the_ready_ones (IoFixture *fixture, gconstpointer data)
{
  Generations generations = { .n_calls = 0 };

  for (guint i = 0; i < N_EACH; i++)
    {
      io_end_open (&generations.early[i], fixture, CULVERT_IO_OUT);
      io_end_open_with (&generations.late[i], fixture, 0, remove_early_cb, &generations);
    }
  io_fixture_serve ();
  for (guint i = 0; i < N_EACH; i++)
    {
      g_assert_cmpuint (generations.early[i].n_calls, ==, 1);
      culvert_io_watch_want (generations.early[i].watch, CULVERT_IO_IN);
      culvert_io_watch_want (generations.late[i].watch, CULVERT_IO_OUT);
    }
  io_fixture_serve ();
  g_assert_cmpuint (generations.n_calls, ==, N_EACH);

  for (guint i = 0; i < N_EACH; i++)
    {
      io_end_close (&generations.early[i]);
      io_end_close (&generations.late[i]);
    }
}

static void
test_the_others_stay_whoever_goes (IoFixture *fixture, gconstpointer data)
{
  const guint going[] = { 0, 8, 3, 9, 1, 5, 2, 7, 4, 6 };
  IoEnd       ends[N_EACH];

  for (guint i = 0; i < N_EACH; i++)
    io_end_open (&ends[i], fixture, CULVERT_IO_OUT);

  for (guint n_gone = 1; n_gone <= N_EACH; n_gone++)
    {
      guint n_called = 0;

      culvert_io_watch_clear (&ends[going[n_gone - 1]].watch);
      for (guint i = 0; i < N_EACH; i++)
        ends[i].n_calls = 0;
      io_fixture_serve ();
      for (guint i = 0; i < N_EACH; i++)
        {
          g_assert_cmpuint (ends[i].n_calls, ==, ends[i].watch != NULL ? 1 : 0);
          n_called += ends[i].n_calls;
        }
      g_assert_cmpuint (n_called, ==, N_EACH - n_gone);
    }

  for (guint i = 0; i < N_EACH; i++)
    io_end_close (&ends[i]);
}

static void
replace_other_cb (CulvertIoCondition ready, gpointer user_data)
{
  IoEnd        *other = other_than_called (current_pairing, user_data);
  CulvertSocket old = other->near;
  CulvertSocket pair[2];

  current_pairing->n_calls++;
  io_end_read_one (user_data);

  culvert_io_watch_clear (&other->watch);
  culvert_socket_close (&other->near);
  g_assert_true (culvert_socket_pair (pair, NULL));
  current_pairing->was_number_reused = pair[0] == old;
  current_pairing->added.near = pair[0];
  current_pairing->added.far = pair[1];
  current_pairing->added.watch =
    culvert_io_source_add (current_pairing->fixture->io, pair[0], CULVERT_IO_IN, io_end_remember_cb,
                           &current_pairing->added);
}

static void
test_reused_number_gets_no_stale_event (IoFixture *fixture, gconstpointer data)
{
  Pairing pairing;

  open_both_ready (&pairing, fixture, replace_other_cb);
  io_fixture_serve ();
  g_assert_cmpuint (pairing.n_calls, ==, 1);
  g_assert_true (pairing.was_number_reused);
  io_fixture_assert_quiet (fixture);
  g_assert_cmpuint (pairing.added.n_calls, ==, 0);

  /* The new one works. */
  io_end_send (&pairing.added, "x");
  culvert_test_wait_until (pairing.added.n_calls > 0, 5000);

  io_end_close (&pairing.added);
  io_end_close (&pairing.ends[0]);
  io_end_close (&pairing.ends[1]);
}

static void
add_many_cb (CulvertIoCondition ready, gpointer user_data)
{
  GPtrArray *added = user_data;

  if (added->len > 0)
    return;
  for (guint i = 0; i < 100; i++)
    {
      IoEnd *end = g_new0 (IoEnd, 1);

      io_end_open (end, current_pairing->fixture, CULVERT_IO_OUT);
      g_ptr_array_add (added, end);
    }
}

static void
test_watches_added_in_a_callback_work (IoFixture *fixture, gconstpointer data)
{
  Pairing               pairing = { .fixture = fixture };
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_free);

  current_pairing = &pairing;
  io_end_open_with (&pairing.ends[0], fixture, CULVERT_IO_OUT, add_many_cb, added);
  io_fixture_serve ();
  g_assert_cmpuint (added->len, ==, 100);
  culvert_io_watch_clear (&pairing.ends[0].watch);
  io_fixture_serve ();
  for (guint i = 0; i < added->len; i++)
    {
      IoEnd *end = g_ptr_array_index (added, i);

      g_assert_cmpuint (end->n_calls, ==, 1);
      io_end_close (end);
    }

  io_end_close (&pairing.ends[0]);
}

static const IoTest tests[] = {
  { "stays-ready-until-read", test_stays_ready_until_read },
  { "pausing-with-data-left", test_pausing_with_data_left },
  { "reports-only-what-is-wanted", test_reports_only_what_is_wanted },
  { "hang-up-is-reported-to-who-wants-anything", test_hang_up_is_reported_to_who_wants_anything },
  { "end-of-sending-is-readable", test_end_of_sending_is_readable },
  { "wanting-nothing-from-the-start", test_wanting_nothing_from_the_start },
  { "thousand-watches", test_thousand_watches },
  { "number-of-polled-descriptors", test_number_of_polled_descriptors },
  { "file-that-cannot-be-polled-hangs-up", test_file_that_cannot_be_polled_hangs_up },
  { "removed-watch-is-not-called-in-this-turn", test_removed_watch_is_not_called_in_this_turn },
  { "changed-want-counts-in-this-turn", test_changed_want_counts_in_this_turn },
  { "hang-up-is-kept-from-who-wants-nothing-any-more",
    test_hang_up_is_kept_from_who_wants_nothing_any_more },
  { "removing-old-watches-keeps-the-ready-ones", test_removing_old_watches_keeps_the_ready_ones },
  { "the-others-stay-whoever-goes", test_the_others_stay_whoever_goes },
  { "reused-number-gets-no-stale-event", test_reused_number_gets_no_stale_event },
  { "watches-added-in-a-callback-work", test_watches_added_in_a_callback_work },
};

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  io_tests_add ("/io-watch/", tests, G_N_ELEMENTS (tests));

  return g_test_run ();
}
