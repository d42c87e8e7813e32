/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/relay.h"

#include "forward-fixture.h"
#include "support/loopback.h"
#include "support/stream-pattern.h"

#include <sys/socket.h>
#include <unistd.h>

/* A relay whose client came by a stream, and whose socket leads to the target. */

#define SEED 7
#define SIZE 100000

/* The stream, as far as a relay needs one. */
typedef struct
{
  CulvertStream stream; /* first */
  GByteArray   *written;
  gsize         room;
  gboolean      is_finished;
  gboolean      is_closed;
} FakeStream;

typedef struct
{
  CulvertIoSource  *io;
  CulvertCounters  *counters;
  CulvertRelayGroup group;
  CulvertRelay     *relay; /* NULL once over */
  FakeStream        fake;
  int               target; /* the other end of the relay's socket */
} Joined;

static gsize
get_writable (CulvertStream *stream)
{
  return ((FakeStream *)stream)->room;
}

static void
write_bytes (CulvertStream *stream, const guint8 *bytes, gsize n_bytes)
{
  FakeStream *self = (FakeStream *)stream;

  g_assert_cmpuint (n_bytes, <=, self->room);
  g_assert_false (self->is_finished || self->is_closed);
  self->room -= n_bytes;
  g_byte_array_append (self->written, bytes, (guint)n_bytes);
}

static void
finish (CulvertStream *stream)
{
  ((FakeStream *)stream)->is_finished = TRUE;
}

static void
close_stream (CulvertStream *stream)
{
  ((FakeStream *)stream)->is_closed = TRUE;
}

static void
ignore (CulvertStream *stream)
{
}

static void
ignore_consumed (CulvertStream *stream, gsize n_bytes)
{
}

static const CulvertStreamClass fake_class = {
  .accept = ignore,
  .get_writable = get_writable,
  .write = write_bytes,
  .finish = finish,
  .consumed = ignore_consumed,
  .close = close_stream,
};

static void
ended_cb (CulvertRelay *relay, gpointer user_data)
{
  ((Joined *)user_data)->relay = NULL;
}

static const CulvertRelayEvents relay_events = { .ended = ended_cb };

static void
set_up (Joined *self, gconstpointer unused)
{
  int           listener = culvert_loopback_listen (NULL, 0, 1, 0);
  int           client = culvert_loopback_connect (NULL, culvert_loopback_get_port (listener), 0);
  CulvertSocket socket = CULVERT_SOCKET_NONE;

  self->target = -1;
  culvert_test_wait_until ((self->target = culvert_loopback_accept (listener)) >= 0, DEADLINE_MS);
  close (listener);
  socket = client;
  self->io = culvert_io_source_new ();
  self->counters = culvert_counters_new ();
  culvert_relay_group_init (&self->group, self->io, self->counters,
                            culvert_counters_ref (self->counters), &relay_events, self);
  self->fake.stream.klass = &fake_class;
  self->fake.written = g_byte_array_new ();
  self->relay = culvert_relay_new (&self->group, socket);
  culvert_relay_join (self->relay, &self->fake.stream, "a client at the server");
}

static void
tear_down (Joined *self, gconstpointer unused)
{
  culvert_relay_group_clear (&self->group);
  culvert_counters_unref (self->counters);
  culvert_counters_unref (self->counters);
  culvert_io_source_free (self->io);
  g_byte_array_unref (self->fake.written);
}

/* The target says all it has to say and resets. */
static void
say_and_reset (Joined *self)
{
  g_autofree guint8 *bytes = g_malloc (SIZE);

  culvert_stream_fill (SEED, 0, bytes, SIZE);
  g_assert_cmpint (send (self->target, bytes, SIZE, MSG_NOSIGNAL), ==, SIZE);
  culvert_test_wait_until (culvert_loopback_is_flushed (self->target), DEADLINE_MS);
  culvert_loopback_reset (self->target);
  culvert_test_spend (20);
}

static void
make_room (Joined *self, gsize n_bytes)
{
  self->fake.room += n_bytes;
  self->fake.stream.events->writable (&self->fake.stream, self->fake.stream.user_data);
}

static void
assert_all_came (Joined *self)
{
  culvert_test_wait_until (self->relay == NULL, DEADLINE_MS);
  g_assert_cmpuint (self->fake.written->len, ==, SIZE);
  g_assert_cmpuint (culvert_stream_match (SEED, 0, self->fake.written->data, SIZE), ==, SIZE);
  g_assert_true (self->fake.is_closed);
}

/* While the stream takes nothing; then it takes all of it, piece by piece. */
static void
test_reset_behind_the_answer (Joined *self, gconstpointer unused)
{
  say_and_reset (self);
  g_assert_nonnull (self->relay);
  for (gsize n = 0; n <= SIZE && self->relay != NULL; n += 10000)
    {
      make_room (self, 10000);
      culvert_test_spend (2);
    }
  assert_all_came (self);
  g_assert_true (self->fake.is_finished);
}

/* The same, noticed when something is sent to it. */
static void
test_reset_noticed_by_sending (Joined *self, gconstpointer unused)
{
  say_and_reset (self);
  self->fake.stream.events->received (&self->fake.stream, (const guint8 *)"more", 4,
                                      self->fake.stream.user_data);
  g_assert_nonnull (self->relay);
  make_room (self, SIZE + 1);
  assert_all_came (self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, func) g_test_add ("/relay-joined/" name, Joined, NULL, set_up, func, tear_down)
  ADD ("reset-behind-the-answer", test_reset_behind_the_answer);
  ADD ("reset-noticed-by-sending", test_reset_noticed_by_sending);
#undef ADD
  return g_test_run ();
}
