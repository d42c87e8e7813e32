/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/io-watch.h"

#include "support/culvert-test.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

/* The program is run twice, with and without this in its environment. */
#define POLL_VARIABLE "CULVERT_IO_SOURCE_POLL"

#define QUIET_MS 60 /* long enough for anything that spins to be seen */

typedef struct
{
  CulvertIoSource *io;
} Fixture;

/* One end of a pair with a watch on it; the test holds the other end. */
typedef struct
{
  CulvertSocket      near;
  CulvertSocket      far;
  CulvertIoWatch    *watch;
  guint              n_calls;
  CulvertIoCondition last_ready;
} End;

static void
remember_cb (CulvertIoCondition ready, gpointer user_data)
{
  End *end = user_data;

  end->n_calls++;
  end->last_ready = ready;
}

static void
end_open_with (End               *end,
               Fixture           *fixture,
               CulvertIoCondition want,
               CulvertIoFunc      func,
               gpointer           data)
{
  CulvertSocket pair[2];

  g_assert_true (culvert_socket_pair (pair, NULL));
  *end = (End){ .near = pair[0], .far = pair[1] };
  end->watch = culvert_io_source_add (fixture->io, end->near, want, func, data);
}

static void
end_open (End *end, Fixture *fixture, CulvertIoCondition want)
{
  end_open_with (end, fixture, want, remember_cb, end);
}

static void
end_close (End *end)
{
  culvert_io_watch_clear (&end->watch);
  culvert_socket_close (&end->near);
  culvert_socket_close (&end->far);
}

static void
send_bytes (CulvertSocket socket, const char *bytes)
{
  gsize n_sent = 0;

  g_assert_cmpint (culvert_socket_send (socket, bytes, strlen (bytes), &n_sent, NULL), ==,
                   CULVERT_IO_OK);
  g_assert_cmpuint (n_sent, ==, strlen (bytes));
}

static void
read_one (CulvertSocket socket)
{
  char  byte;
  gsize n_received = 0;

  g_assert_cmpint (culvert_socket_receive (socket, &byte, 1, &n_received, NULL), ==, CULVERT_IO_OK);
}

/* Lets the context serve what is due, without waiting. */
static void
serve (void)
{
  g_main_context_iteration (NULL, FALSE);
}

static guint64
get_n_turns (Fixture *fixture)
{
  return culvert_io_source_get_n_turns (fixture->io);
}

static void
assert_quiet (Fixture *fixture)
{
  guint64 before = get_n_turns (fixture);

  culvert_test_spend (QUIET_MS);
  g_assert_cmpuint (get_n_turns (fixture), ==, before);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->io = culvert_io_source_new ();
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->io, culvert_io_source_free);
}

static gboolean
has_epoll (void)
{
  return g_getenv (POLL_VARIABLE) == NULL;
}

/* Readiness */

static void
read_one_cb (CulvertIoCondition ready, gpointer user_data)
{
  End *end = user_data;

  remember_cb (ready, user_data);
  read_one (end->near);
}

static void
test_stays_ready_until_read (Fixture *fixture, gconstpointer data)
{
  End end;

  end_open_with (&end, fixture, CULVERT_IO_IN, read_one_cb, &end);
  assert_quiet (fixture);
  send_bytes (end.far, "abc");

  for (guint i = 1; i <= 3; i++)
    {
      serve ();
      g_assert_cmpuint (end.n_calls, ==, i);
      g_assert_cmpint (end.last_ready, ==, CULVERT_IO_IN);
    }
  assert_quiet (fixture);
  g_assert_cmpuint (end.n_calls, ==, 3);

  end_close (&end);
}

static void
test_pausing_with_data_left (Fixture *fixture, gconstpointer data)
{
  End end;

  end_open_with (&end, fixture, CULVERT_IO_IN, read_one_cb, &end);
  send_bytes (end.far, "ab");
  serve ();
  g_assert_cmpuint (end.n_calls, ==, 1);

  culvert_io_watch_want (end.watch, 0);
  assert_quiet (fixture);
  culvert_io_watch_want (end.watch, CULVERT_IO_IN);
  culvert_test_wait_until (end.n_calls == 2, 5000);
  assert_quiet (fixture);

  end_close (&end);
}

static void
test_reports_only_what_is_wanted (Fixture *fixture, gconstpointer data)
{
  End end;

  end_open (&end, fixture, CULVERT_IO_OUT);
  send_bytes (end.far, "x");
  serve ();
  g_assert_cmpint (end.last_ready, ==, CULVERT_IO_OUT);
  culvert_io_watch_want (end.watch, CULVERT_IO_IN);
  serve ();
  g_assert_cmpint (end.last_ready, ==, CULVERT_IO_IN);
  culvert_io_watch_want (end.watch, CULVERT_IO_IN | CULVERT_IO_OUT);
  serve ();
  g_assert_cmpint (end.last_ready, ==, CULVERT_IO_IN | CULVERT_IO_OUT);
  g_assert_cmpuint (end.n_calls, ==, 3);

  end_close (&end);
}

static void
test_hang_up_is_reported_to_who_wants_anything (Fixture *fixture, gconstpointer data)
{
  const CulvertIoCondition wants[] = { CULVERT_IO_IN, CULVERT_IO_OUT, CULVERT_IO_HUP };

  for (guint i = 0; i < G_N_ELEMENTS (wants); i++)
    {
      End end;

      end_open (&end, fixture, wants[i]);
      culvert_socket_close (&end.far);
      culvert_test_wait_until (end.n_calls > 0, 5000);
      g_assert_cmpint (end.last_ready & CULVERT_IO_HUP, ==, CULVERT_IO_HUP);
      g_assert_cmpint (end.last_ready & ~(wants[i] | CULVERT_IO_HUP), ==, 0);

      /* Wanting nothing ends it: no turn is spent on a socket that is over. */
      culvert_io_watch_want (end.watch, 0);
      assert_quiet (fixture);
      end_close (&end);
    }
}

static void
test_end_of_sending_is_readable (Fixture *fixture, gconstpointer data)
{
  End end;

  end_open (&end, fixture, CULVERT_IO_IN);
  culvert_socket_shutdown_send (end.far);
  culvert_test_wait_until (end.n_calls > 0, 5000);
  g_assert_cmpint (end.last_ready, ==, CULVERT_IO_IN);

  end_close (&end);
}

static void
test_wanting_nothing_from_the_start (Fixture *fixture, gconstpointer data)
{
  End end;

  end_open (&end, fixture, 0);
  send_bytes (end.far, "x");
  culvert_socket_close (&end.far);
  assert_quiet (fixture);
  g_assert_cmpuint (end.n_calls, ==, 0);

  end_close (&end);
}

static void
test_thousand_watches (Fixture *fixture, gconstpointer data)
{
  End    *ends = g_new0 (End, 1000);
  guint64 before;
  guint   n_called = 0;

  for (guint i = 0; i < 1000; i++)
    end_open (&ends[i], fixture, CULVERT_IO_IN);
  assert_quiet (fixture);

  /* One is ready: one is called. */
  send_bytes (ends[617].far, "x");
  before = get_n_turns (fixture);
  serve ();
  g_assert_cmpuint (get_n_turns (fixture), ==, before + 1);
  g_assert_cmpuint (ends[617].n_calls, ==, 1);
  read_one (ends[617].near);

  /* All are ready: one turn serves them all. */
  for (guint i = 0; i < 1000; i++)
    send_bytes (ends[i].far, "x");
  before = get_n_turns (fixture);
  serve ();
  g_assert_cmpuint (get_n_turns (fixture), ==, before + 1);
  for (guint i = 0; i < 1000; i++)
    n_called += ends[i].n_calls;
  g_assert_cmpuint (n_called, ==, 1001);

  for (guint i = 0; i < 1000; i++)
    end_close (&ends[i]);
  g_free (ends);
}

/* With epoll the context polls one descriptor, whatever is watched: that is what makes a thousand
 * idle watches free. */
static void
test_number_of_polled_descriptors (Fixture *fixture, gconstpointer data)
{
  End           ends[20];
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
        end_open (&ends[n], fixture, CULVERT_IO_IN);
    }
  g_assert_cmpint (n_after - n_before, ==, has_epoll () ? 0 : (int)G_N_ELEMENTS (ends));

  for (guint n = 0; n < G_N_ELEMENTS (ends); n++)
    end_close (&ends[n]);
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
test_a_turn_costs_one_round_of_the_context (Fixture *fixture, gconstpointer data)
{
  End end;

  end_open_with (&end, fixture, CULVERT_IO_IN, read_one_cb, &end);
  serve (); /* settles that it was added */
  send_bytes (end.far, "x");
  g_assert_cmpint (count_ready_descriptors (), ==, 1);
  serve ();
  g_assert_cmpuint (end.n_calls, ==, 1);
  g_assert_cmpint (count_ready_descriptors (), ==, 0);

  end_close (&end);
}

static void
test_file_that_cannot_be_polled_hangs_up (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertTempDir) folder = culvert_temp_dir_new ();
  g_autofree char           *path = culvert_temp_dir_write (folder, "plain", "text");
  int                        file = open (path, O_RDONLY | O_CLOEXEC);
  End                        end = { 0 };

  g_assert_cmpint (file, >=, 0);
  end.watch = culvert_io_source_add (fixture->io, file, CULVERT_IO_IN, remember_cb, &end);
  culvert_test_wait_until (end.n_calls > 0, 5000);

  /* epoll refuses plain files; for poll they are always ready. */
  g_assert_cmpint (end.last_ready, ==, has_epoll () ? CULVERT_IO_HUP : CULVERT_IO_IN);
  culvert_io_watch_want (end.watch, 0);
  serve ();
  assert_quiet (fixture);
  culvert_io_watch_want (end.watch, CULVERT_IO_OUT);
  end.n_calls = 0;
  culvert_test_wait_until (end.n_calls > 0, 5000);

  culvert_io_watch_clear (&end.watch);
  g_assert_cmpint (close (file), ==, 0);
  serve ();
  assert_quiet (fixture);
}

/* Changes from within callbacks */

typedef struct
{
  Fixture           *fixture;
  End                ends[2];
  guint              n_calls;
  CulvertIoCondition other_want;
  End                added;
  gboolean           was_number_reused;
} Pairing;

static End *
other_than_called (Pairing *pairing, gpointer called)
{
  return called == &pairing->ends[0] ? &pairing->ends[1] : &pairing->ends[0];
}

static Pairing *current_pairing; /* the test's, for callbacks whose data is an End */

static void
open_both_ready (Pairing *pairing, Fixture *fixture, CulvertIoFunc func)
{
  *pairing = (Pairing){ .fixture = fixture };
  current_pairing = pairing;
  for (guint i = 0; i < 2; i++)
    {
      end_open_with (&pairing->ends[i], fixture, CULVERT_IO_IN, func, &pairing->ends[i]);
      send_bytes (pairing->ends[i].far, "x");
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
test_removed_watch_is_not_called_in_this_turn (Fixture *fixture, gconstpointer data)
{
  Pairing pairing;

  open_both_ready (&pairing, fixture, remove_both_cb);
  serve ();
  g_assert_cmpuint (pairing.n_calls, ==, 1);
  g_assert_null (pairing.ends[0].watch);
  g_assert_null (pairing.ends[1].watch);
  assert_quiet (fixture);

  end_close (&pairing.ends[0]);
  end_close (&pairing.ends[1]);
}

static void
change_other_cb (CulvertIoCondition ready, gpointer user_data)
{
  End *other = other_than_called (current_pairing, user_data);

  remember_cb (ready, user_data);
  current_pairing->n_calls++;
  read_one (((End *)user_data)->near);
  culvert_io_watch_want (other->watch, current_pairing->other_want);
}

static void
test_changed_want_counts_in_this_turn (Fixture *fixture, gconstpointer data)
{
  const CulvertIoCondition wants[] = { 0, CULVERT_IO_HUP };

  for (guint i = 0; i < G_N_ELEMENTS (wants); i++)
    {
      Pairing pairing;

      open_both_ready (&pairing, fixture, change_other_cb);
      pairing.other_want = wants[i];
      serve ();
      g_assert_cmpuint (pairing.n_calls, ==, 1);
      assert_quiet (fixture);

      end_close (&pairing.ends[0]);
      end_close (&pairing.ends[1]);
    }
}

static void
silence_other_cb (CulvertIoCondition ready, gpointer user_data)
{
  current_pairing->n_calls++;
  culvert_io_watch_want (((End *)user_data)->watch, 0);
  culvert_io_watch_want (other_than_called (current_pairing, user_data)->watch, 0);
}

static void
test_hang_up_is_kept_from_who_wants_nothing_any_more (Fixture *fixture, gconstpointer data)
{
  Pairing pairing;

  open_both_ready (&pairing, fixture, silence_other_cb);
  culvert_socket_close (&pairing.ends[0].far);
  culvert_socket_close (&pairing.ends[1].far);
  serve ();
  g_assert_cmpuint (pairing.n_calls, ==, 1);
  assert_quiet (fixture);

  end_close (&pairing.ends[0]);
  end_close (&pairing.ends[1]);
}

#define N_EACH 10

typedef struct
{
  End   early[N_EACH]; /* were ready in an earlier turn */
  End   late[N_EACH];
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
test_removing_old_watches_keeps_the_ready_ones (Fixture *fixture, gconstpointer data)
{
  Generations generations = { .n_calls = 0 };

  for (guint i = 0; i < N_EACH; i++)
    {
      end_open (&generations.early[i], fixture, CULVERT_IO_OUT);
      end_open_with (&generations.late[i], fixture, 0, remove_early_cb, &generations);
    }
  serve ();
  for (guint i = 0; i < N_EACH; i++)
    {
      g_assert_cmpuint (generations.early[i].n_calls, ==, 1);
      culvert_io_watch_want (generations.early[i].watch, CULVERT_IO_IN);
      culvert_io_watch_want (generations.late[i].watch, CULVERT_IO_OUT);
    }
  serve ();
  g_assert_cmpuint (generations.n_calls, ==, N_EACH);

  for (guint i = 0; i < N_EACH; i++)
    {
      end_close (&generations.early[i]);
      end_close (&generations.late[i]);
    }
}

static void
test_the_others_stay_whoever_goes (Fixture *fixture, gconstpointer data)
{
  const guint going[] = { 0, 8, 3, 9, 1, 5, 2, 7, 4, 6 };
  End         ends[N_EACH];

  for (guint i = 0; i < N_EACH; i++)
    end_open (&ends[i], fixture, CULVERT_IO_OUT);

  for (guint n_gone = 1; n_gone <= N_EACH; n_gone++)
    {
      guint n_called = 0;

      culvert_io_watch_clear (&ends[going[n_gone - 1]].watch);
      for (guint i = 0; i < N_EACH; i++)
        ends[i].n_calls = 0;
      serve ();
      for (guint i = 0; i < N_EACH; i++)
        {
          g_assert_cmpuint (ends[i].n_calls, ==, ends[i].watch != NULL ? 1 : 0);
          n_called += ends[i].n_calls;
        }
      g_assert_cmpuint (n_called, ==, N_EACH - n_gone);
    }

  for (guint i = 0; i < N_EACH; i++)
    end_close (&ends[i]);
}

static void
replace_other_cb (CulvertIoCondition ready, gpointer user_data)
{
  End          *other = other_than_called (current_pairing, user_data);
  CulvertSocket old = other->near;
  CulvertSocket pair[2];

  current_pairing->n_calls++;
  read_one (((End *)user_data)->near);

  culvert_io_watch_clear (&other->watch);
  culvert_socket_close (&other->near);
  g_assert_true (culvert_socket_pair (pair, NULL));
  current_pairing->was_number_reused = pair[0] == old;
  current_pairing->added.near = pair[0];
  current_pairing->added.far = pair[1];
  current_pairing->added.watch = culvert_io_source_add (
    current_pairing->fixture->io, pair[0], CULVERT_IO_IN, remember_cb, &current_pairing->added);
}

static void
test_reused_number_gets_no_stale_event (Fixture *fixture, gconstpointer data)
{
  Pairing pairing;

  open_both_ready (&pairing, fixture, replace_other_cb);
  serve ();
  g_assert_cmpuint (pairing.n_calls, ==, 1);
  g_assert_true (pairing.was_number_reused);
  assert_quiet (fixture);
  g_assert_cmpuint (pairing.added.n_calls, ==, 0);

  /* The new one works. */
  send_bytes (pairing.added.far, "x");
  culvert_test_wait_until (pairing.added.n_calls > 0, 5000);

  end_close (&pairing.added);
  end_close (&pairing.ends[0]);
  end_close (&pairing.ends[1]);
}

static void
add_many_cb (CulvertIoCondition ready, gpointer user_data)
{
  GPtrArray *added = user_data;

  if (added->len > 0)
    return;
  for (guint i = 0; i < 100; i++)
    {
      End *end = g_new0 (End, 1);

      end_open (end, current_pairing->fixture, CULVERT_IO_OUT);
      g_ptr_array_add (added, end);
    }
}

static void
test_watches_added_in_a_callback_work (Fixture *fixture, gconstpointer data)
{
  Pairing               pairing = { .fixture = fixture };
  g_autoptr (GPtrArray) added = g_ptr_array_new_with_free_func (g_free);

  current_pairing = &pairing;
  end_open_with (&pairing.ends[0], fixture, CULVERT_IO_OUT, add_many_cb, added);
  serve ();
  g_assert_cmpuint (added->len, ==, 100);
  culvert_io_watch_clear (&pairing.ends[0].watch);
  serve ();
  for (guint i = 0; i < added->len; i++)
    {
      End *end = g_ptr_array_index (added, i);

      g_assert_cmpuint (end->n_calls, ==, 1);
      end_close (end);
    }

  end_close (&pairing.ends[0]);
}

static void
free_source_cb (CulvertIoCondition ready, gpointer user_data)
{
  Pairing *pairing = user_data;

  pairing->n_calls++;
  culvert_io_watch_clear (&pairing->ends[0].watch);
  g_clear_pointer (&pairing->fixture->io, culvert_io_source_free);
}

static void
test_source_may_be_freed_in_a_callback (Fixture *fixture, gconstpointer data)
{
  Pairing pairing = { .fixture = fixture };

  end_open_with (&pairing.ends[0], fixture, CULVERT_IO_OUT, free_source_cb, &pairing);
  culvert_test_wait_until (pairing.n_calls > 0, 5000);
  culvert_test_spend (QUIET_MS);
  g_assert_cmpuint (pairing.n_calls, ==, 1);

  end_close (&pairing.ends[0]);
}

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
turns_init (Turns *turns, Fixture *fixture)
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
test_turn_functions_come_after_all_readiness (Fixture *fixture, gconstpointer data)
{
  Turns turns;
  End   ends[2];

  turns_init (&turns, fixture);
  turns.ids[0] = culvert_io_source_add_turn (fixture->io, turn_a_cb, &turns);
  turns.ids[1] = culvert_io_source_add_turn (fixture->io, turn_b_cb, &turns);
  assert_quiet (fixture);
  assert_order (&turns, "");

  for (guint i = 0; i < 2; i++)
    end_open_with (&ends[i], fixture, CULVERT_IO_OUT, ready_cb, &turns);
  serve ();
  assert_order (&turns, "rrab");

  culvert_io_source_remove_turn (fixture->io, turns.ids[0]);
  turns.ids[0] = 0;
  serve ();
  assert_order (&turns, "rrb");

  end_close (&ends[0]);
  end_close (&ends[1]);
  turns_clear (&turns);
}

static void
test_more_to_do_gets_a_turn_at_once (Fixture *fixture, gconstpointer data)
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
  assert_quiet (fixture);

  turns_clear (&turns);
}

static gboolean
tick_cb (gpointer user_data)
{
  ((Turns *)user_data)->n_ticks++;

  return G_SOURCE_CONTINUE;
}

static void
test_busy_turns_leave_room_for_others (Fixture *fixture, gconstpointer data)
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
test_wake_from_another_source (Fixture *fixture, gconstpointer data)
{
  Turns turns;

  turns_init (&turns, fixture);
  turns.ids[0] = culvert_io_source_add_turn (fixture->io, turn_a_cb, &turns);
  g_timeout_add (5, wake_cb, &turns);
  g_idle_add (wake_cb, &turns);
  culvert_test_wait_until (turns.n_wakes == 2, 5000);
  culvert_test_spend (QUIET_MS);
  assert_order (&turns, "aa");

  turns_clear (&turns);
}

static void
test_wake_while_serving_readiness_means_this_turn (Fixture *fixture, gconstpointer data)
{
  Turns turns;
  End   end;

  turns_init (&turns, fixture);
  turns.ids[0] = culvert_io_source_add_turn (fixture->io, turn_a_cb, &turns);
  end_open_with (&end, fixture, CULVERT_IO_OUT, wake_when_ready_cb, &turns);
  serve ();
  culvert_io_watch_want (end.watch, 0);
  assert_quiet (fixture);
  assert_order (&turns, "ra");

  end_close (&end);
  turns_clear (&turns);
}

static void
test_wake_from_a_turn_function_means_the_next (Fixture *fixture, gconstpointer data)
{
  Turns turns;

  turns_init (&turns, fixture);
  turns.ids[0] = culvert_io_source_add_turn (fixture->io, turn_a_cb, &turns);
  turns.ids[1] = culvert_io_source_add_turn (fixture->io, turn_wake_once_cb, &turns);
  culvert_io_source_wake (fixture->io);
  culvert_test_spend (QUIET_MS);
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
test_turn_functions_may_edit_the_list (Fixture *fixture, gconstpointer data)
{
  Turns turns;

  turns_init (&turns, fixture);
  turns.ids[0] = culvert_io_source_add_turn (fixture->io, turn_a_cb, &turns);
  turns.ids[1] = culvert_io_source_add_turn (fixture->io, turn_edit_cb, &turns);
  turns.ids[2] = culvert_io_source_add_turn (fixture->io, turn_b_cb, &turns);
  culvert_io_source_wake (fixture->io);
  serve ();
  assert_order (&turns, "ae");
  culvert_io_source_wake (fixture->io);
  serve ();
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
test_removing_an_earlier_turn_function_skips_none (Fixture *fixture, gconstpointer data)
{
  Turns turns;

  turns_init (&turns, fixture);
  turns.ids[0] = culvert_io_source_add_turn (fixture->io, turn_a_cb, &turns);
  turns.ids[1] = culvert_io_source_add_turn (fixture->io, turn_remove_first_cb, &turns);
  turns.ids[2] = culvert_io_source_add_turn (fixture->io, turn_b_cb, &turns);
  turns.ids[3] = culvert_io_source_add_turn (fixture->io, turn_more_cb, &turns);
  culvert_io_source_wake (fixture->io);
  serve ();
  assert_order (&turns, "afbm");

  turns_clear (&turns);
}

/* Where it lives */

static gpointer
own_context_thread (gpointer data)
{
  g_autoptr (GMainContext) context = g_main_context_new ();
  CulvertIoSource         *io;
  End                      end = { 0 };
  CulvertSocket            pair[2];

  g_main_context_push_thread_default (context);
  io = culvert_io_source_new ();
  g_assert_true (culvert_socket_pair (pair, NULL));
  end.watch = culvert_io_source_add (io, pair[0], CULVERT_IO_OUT, remember_cb, &end);

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
test_lives_in_the_thread_default_context (Fixture *fixture, gconstpointer data)
{
  g_thread_join (g_thread_new ("own context", own_context_thread, NULL));
}

static void
test_leaves_no_descriptor_behind (Fixture *fixture, gconstpointer data)
{
  guint before;

  g_thread_join (g_thread_new ("warm-up", own_context_thread, NULL));
  before = culvert_test_get_n_descriptors ();
  for (guint i = 0; i < 50; i++)
    g_thread_join (g_thread_new ("own context", own_context_thread, NULL));
  g_assert_cmpuint (culvert_test_get_n_descriptors (), ==, before);
}

static void
test_scratch_is_all_there (Fixture *fixture, gconstpointer data)
{
  guint8 *scratch = culvert_io_source_get_scratch (fixture->io);

  memset (scratch, 0xaa, CULVERT_IO_SCRATCH_SIZE);
  g_assert_true (culvert_io_source_get_scratch (fixture->io) == scratch);
}

static const struct
{
  const char *name;
  void (*func) (Fixture *fixture, gconstpointer data);
} cases[] = {
  { "stays-ready-until-read", test_stays_ready_until_read },
  { "pausing-with-data-left", test_pausing_with_data_left },
  { "reports-only-what-is-wanted", test_reports_only_what_is_wanted },
  { "hang-up-is-reported-to-who-wants-anything", test_hang_up_is_reported_to_who_wants_anything },
  { "end-of-sending-is-readable", test_end_of_sending_is_readable },
  { "wanting-nothing-from-the-start", test_wanting_nothing_from_the_start },
  { "thousand-watches", test_thousand_watches },
  { "number-of-polled-descriptors", test_number_of_polled_descriptors },
  { "a-turn-costs-one-round-of-the-context", test_a_turn_costs_one_round_of_the_context },
  { "file-that-cannot-be-polled-hangs-up", test_file_that_cannot_be_polled_hangs_up },
  { "removed-watch-is-not-called-in-this-turn", test_removed_watch_is_not_called_in_this_turn },
  { "changed-want-counts-in-this-turn", test_changed_want_counts_in_this_turn },
  { "hang-up-is-kept-from-who-wants-nothing-any-more",
    test_hang_up_is_kept_from_who_wants_nothing_any_more },
  { "removing-old-watches-keeps-the-ready-ones", test_removing_old_watches_keeps_the_ready_ones },
  { "the-others-stay-whoever-goes", test_the_others_stay_whoever_goes },
  { "reused-number-gets-no-stale-event", test_reused_number_gets_no_stale_event },
  { "watches-added-in-a-callback-work", test_watches_added_in_a_callback_work },
  { "source-may-be-freed-in-a-callback", test_source_may_be_freed_in_a_callback },
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

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/io-watch/", cases[i].name, NULL);

      g_test_add (path, Fixture, NULL, set_up, cases[i].func, tear_down);
    }

  return g_test_run ();
}
