/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/io-ends.h"

#include "support/culvert-test.h"

#include <string.h>

#define QUIET_MS 60

gboolean
io_fixture_has_epoll (void)
{
  return g_getenv ("CULVERT_IO_SOURCE_POLL") == NULL;
}

guint64
io_fixture_get_n_turns (IoFixture *fixture)
{
  return culvert_io_source_get_n_turns (fixture->io);
}

void
io_fixture_assert_quiet (IoFixture *fixture)
{
  guint64 before = io_fixture_get_n_turns (fixture);

  culvert_test_spend (QUIET_MS);
  g_assert_cmpuint (io_fixture_get_n_turns (fixture), ==, before);
}

void
io_fixture_serve (void)
{
  g_main_context_iteration (NULL, FALSE);
}

void
io_end_open (IoEnd *end, IoFixture *fixture, CulvertIoCondition want)
{
  io_end_open_with (end, fixture, want, io_end_remember_cb, end);
}

void
io_end_open_with (IoEnd             *end,
                  IoFixture         *fixture,
                  CulvertIoCondition want,
                  CulvertIoFunc      func,
                  gpointer           data)
{
  CulvertSocket pair[2];

  g_assert_true (culvert_socket_pair (pair, NULL));
  *end = (IoEnd){ .near = pair[0], .far = pair[1] };
  end->watch = culvert_io_source_add (fixture->io, end->near, want, func, data);
}

void
io_end_close (IoEnd *end)
{
  culvert_io_watch_clear (&end->watch);
  culvert_socket_close (&end->near);
  culvert_socket_close (&end->far);
}

void
io_end_remember_cb (CulvertIoCondition ready, gpointer user_data)
{
  IoEnd *end = user_data;

  end->n_calls++;
  end->last_ready = ready;
}

void
io_end_send (IoEnd *end, const char *bytes)
{
  gsize n_sent = 0;

  g_assert_cmpint (culvert_socket_send (end->far, bytes, strlen (bytes), &n_sent, NULL), ==,
                   CULVERT_IO_OK);
  g_assert_cmpuint (n_sent, ==, strlen (bytes));
}

void
io_end_read_one (IoEnd *end)
{
  char  byte;
  gsize n_received = 0;

  g_assert_cmpint (culvert_socket_receive (end->near, &byte, 1, &n_received, NULL), ==,
                   CULVERT_IO_OK);
}

static void
set_up (IoFixture *fixture, gconstpointer data)
{
  fixture->io = culvert_io_source_new ();
}

static void
tear_down (IoFixture *fixture, gconstpointer data)
{
  g_clear_pointer (&fixture->io, culvert_io_source_free);
}

void
io_tests_add (const char *prefix, const IoTest *tests, gsize n_tests)
{
  for (gsize i = 0; i < n_tests; i++)
    {
      g_autofree char *path = g_strconcat (prefix, tests[i].name, NULL);

      g_test_add (path, IoFixture, NULL, set_up, tests[i].func, tear_down);
    }
}
