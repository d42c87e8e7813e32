/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the tests of the one source share: a source, and socket pairs watched at one end. */

#include "base/io-watch.h"

G_BEGIN_DECLS

typedef struct
{
  CulvertIoSource *io;
} IoFixture;

/* Both programs are run twice, once with each way to poll: is it epoll now? */
gboolean io_fixture_has_epoll (void);

guint64 io_fixture_get_n_turns (IoFixture *fixture);

/* Asserts that for a while (long enough for anything that spins) no turn is taken. */
void io_fixture_assert_quiet (IoFixture *fixture);

/* Lets the context serve what is due, without waiting. */
void io_fixture_serve (void);

/* One end of a pair with a watch on it; the test holds the other end. */
typedef struct
{
  CulvertSocket      near;
  CulvertSocket      far;
  CulvertIoWatch    *watch;
  guint              n_calls;
  CulvertIoCondition last_ready;
} IoEnd;

/* Watches with io_end_remember_cb(). */
void io_end_open (IoEnd *end, IoFixture *fixture, CulvertIoCondition want);
void io_end_open_with (IoEnd             *end,
                       IoFixture         *fixture,
                       CulvertIoCondition want,
                       CulvertIoFunc      func,
                       gpointer           data);
void io_end_close (IoEnd *end);

/* @user_data: the IoEnd; counts the call and keeps what was ready */
void io_end_remember_cb (CulvertIoCondition ready, gpointer user_data);

/* Sends from the far end; reads one byte at the near one. */
void io_end_send (IoEnd *end, const char *bytes);
void io_end_read_one (IoEnd *end);

typedef struct
{
  const char *name;
  void (*func) (IoFixture *fixture, gconstpointer data);
} IoTest;

/* Adds @tests, each with a source of its own in the default context. */
void io_tests_add (const char *prefix, const IoTest *tests, gsize n_tests);

G_END_DECLS
