/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A runner in the test's own thread with sessions that are not real, and all that it tells. */

#include "engine/fake-session.h"
#include "engine/runner.h"
#include "support/culvert-test.h"
#include "support/targets.h"

G_BEGIN_DECLS

#define PATIENCE_MS 5000

typedef struct
{
  FakeMaker           *maker;
  CulvertLog          *log;
  CulvertProfile      *profile; /* may be changed until started */
  CulvertNetworkNames *names;   /* NULL until set, which is possible until started */
  CulvertCounters     *counters;
  CulvertTarget       *echo;   /* NULL until asked for */
  CulvertRunner       *runner; /* NULL until started */
  GString             *states; /* in order */
  GError              *error;  /* of the last state */
  gint64               retry_at_us;
  char                *algorithms;
  gint64               round_trip_us;
  GHashTable          *forwards;        /* id → "state port" */
  GString             *forward_changes; /* "id:state", in order */
  CulvertPrompt       *prompt;          /* the last one */
  gboolean             is_finished;
} RunnerFixture;

/* A test with the fixture; @data is given to it. */
void runner_fixture_add (const char   *path,
                         gconstpointer data,
                         void (*test) (RunnerFixture *self, gconstpointer data));

void runner_fixture_start (RunnerFixture *self);
void runner_fixture_start_with (RunnerFixture *self, gboolean single_try, gboolean has_asker);

#define runner_fixture_wait_for(self, state)                                                       \
  culvert_test_wait_until (culvert_runner_get_state ((self)->runner) == CULVERT_TUNNEL_##state,    \
                           PATIENCE_MS)

/* The profile becomes a copy with these forwards: see engine_profile_set_forwards(). */
void runner_fixture_set_forwards (RunnerFixture *self, const char *texts);

/* The same, with a target that echoes in the place of "echo". */
void runner_fixture_set_echo_forwards (RunnerFixture *self, const char *texts);

/* The port on which forward @id listens; fails the test when it does not. */
guint16  runner_fixture_get_port (RunnerFixture *self, const char *id);
void     runner_fixture_assert_forward (RunnerFixture *self, const char *id, const char *state);
gboolean runner_fixture_has_forward (RunnerFixture *self, const char *id, const char *state);

#define runner_fixture_wait_for_forward(self, id, state)                                           \
  culvert_test_wait_until (runner_fixture_has_forward (self, id, state), PATIENCE_MS)

/* Is there a line in the log like @pattern (with * and ?)? */
gboolean runner_fixture_has_line (RunnerFixture *self, const char *pattern);

G_END_DECLS
