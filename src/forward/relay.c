/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/relay.h"

#include "base/byte-queue.h"
#include "base/source.h"
#include "forward/address.h"

#include <stdatomic.h>

/* How much one client may say in one turn: turns have their price, and the others theirs. */
#define PULL_MAX (4 * CULVERT_IO_SCRATCH_SIZE)

/* The kernel would take several MiB for a client that reads nothing, at full speed: that costs its
 * memory, and looks like a fast client to whoever measures how far ahead the server may send. */
#define CLIENT_UNSENT_MAX (256 * 1024)

/* How much of what a client still says is thrown away before an orderly close, in pieces of the
 * scratch buffer. */
#define LAST_READS 16

/* Before the answer, and after the stream has gone, the whole relay is in one of these phases:
 *
 *   WAITING ──open()──▶ ASKING ──opened──▶ OPEN ──closed──▶ LAST_WORDS ────────────────▶ over
 *      ▲                  │                             └─▶ LAST_WORDS_BROKEN ─▶ SENT ─▶ reset
 *      └─────refused──────┘
 */
typedef enum
{
  PHASE_WAITING,           /* no stream: not asked, or to be asked again */
  PHASE_ASKING,            /* a stream, no answer yet */
  PHASE_OPEN,              /* the two directions live on their own, see below */
  PHASE_LAST_WORDS,        /* no stream: the rest is delivered, then the client reads EOF */
  PHASE_LAST_WORDS_BROKEN, /* no stream: the rest is delivered … */
  PHASE_SENT,              /* … and waited for until it has gone out, then the client is reset */
} Phase;

/* While OPEN each direction is an automaton of its own; both ENDED is the end of the relay.
 *
 *   up, from the client:   FLOWING ──client's EOF: stream_finish()──────────────────▶ ENDED
 *
 *   down, to the client:   FLOWING ──finished()──▶ ENDING ──queue empty: shutdown()─▶ ENDED
 *                             └──the client takes no more: the queue is dropped──────▲
 */
typedef enum
{
  DIRECTION_FLOWING,
  DIRECTION_ENDING,
  DIRECTION_ENDED,
} Direction;

typedef enum
{
  CLIENT_UNHEARD, /* nothing has come from it, not even an end */
  CLIENT_HEARD,
  CLIENT_HUNG_UP, /* both directions of its socket are over: only what it said before is left to
                     read, and polling it for less than that would spin */
} Client;

/* What only a connection has that was asked where it leads, or whose bytes somebody else handles. */
typedef struct
{
  GBytes        *early;     /* nullable: what the client said before, as far as it is not sent */
  guint64        n_up_left; /* how much more of what the client says is passed on */
  gsize          n_own; /* so many bytes at the front of the queue have not come from the stream */
  gpointer       data;
  GDestroyNotify data_free;
} Extra;

struct _CulvertRelay
{
  GList              link; /* in the group */
  CulvertRelayGroup *group;
  CulvertStream     *stream; /* set exactly while ASKING and OPEN */
  CulvertIoWatch    *watch;
  GSource           *grace;  /* set while a silent client may still be there */
  CulvertEndpoint   *target; /* nullable */
  Extra             *extra;  /* nullable: most have none */
  char              *client_text;
  CulvertByteQueue   down_queue; /* what the client's socket did not take yet */
  guint64            id;
  guint64            n_received;
  guint64            n_sent;
  gint64             started_us;
  CulvertSocket      socket;
  gboolean           is_joined; /* the socket leads to a target, see culvert_relay_join() */
  Phase              phase;
  Direction          up;
  Direction          down;
  Client             client;
};

G_STATIC_ASSERT (sizeof (CulvertRelay) <= 192);

static Extra *
need_extra (CulvertRelay *self)
{
  if (self->extra == NULL)
    {
      self->extra = g_new0 (Extra, 1);
      self->extra->n_up_left = CULVERT_RELAY_UP_ALL;
    }
  return self->extra;
}

static void
extra_free (Extra *self)
{
  if (self->data_free != NULL)
    self->data_free (self->data);
  g_clear_pointer (&self->early, g_bytes_unref);
  g_free (self);
}

static gboolean
has_early (CulvertRelay *self)
{
  return self->extra != NULL && self->extra->early != NULL;
}

/* How many of the bytes in the queue are our own. */
static gsize
count_own (CulvertRelay *self)
{
  return self->extra != NULL ? self->extra->n_own : 0;
}

static gboolean
is_unanswered (CulvertRelay *self)
{
  return self->phase == PHASE_WAITING || self->phase == PHASE_ASKING;
}

static void
set_waiting (CulvertRelay *self, gboolean is_waiting)
{
  self->phase = is_waiting ? PHASE_WAITING : PHASE_ASKING;
  culvert_relay_group_note_held (self->group, is_waiting);
}

/* Lets go of everything but the memory.  @shut: how the client's socket is closed */
static void
release (CulvertRelay *self, void (*shut) (CulvertSocket *socket))
{
  CulvertStream *stream = g_steal_pointer (&self->stream);

  culvert_source_clear (&self->grace);
  culvert_io_watch_clear (&self->watch);
  shut (&self->socket);
  culvert_byte_queue_clear (&self->down_queue);
  if (stream != NULL)
    culvert_stream_close (stream);
  if (self->phase == PHASE_WAITING)
    culvert_relay_group_note_held (self->group, FALSE);
  culvert_relay_group_remove (self->group, &self->link, is_unanswered (self));
}

static void
relay_free (CulvertRelay *self)
{
  g_clear_pointer (&self->extra, extra_free);
  g_clear_pointer (&self->target, culvert_endpoint_unref);
  g_free (self->client_text);
  g_free (self);
}

/* The relay is over and the memory gone when this returns. */
static void
end (CulvertRelay *self, void (*shut) (CulvertSocket *socket))
{
  const CulvertRelayEvents *events = self->group->events;

  release (self, shut);
  events->ended (self, self->group->user_data);
  relay_free (self);
}

static CulvertIoCondition
get_wanted (CulvertRelay *self)
{
  CulvertIoCondition want = self->client == CLIENT_HUNG_UP ? 0 : CULVERT_IO_HUP;

  switch (self->phase)
    {
    case PHASE_WAITING:
    case PHASE_ASKING:
      if (self->client == CLIENT_UNHEARD)
        want |= CULVERT_IO_IN;
      break;

    case PHASE_OPEN:
      if (self->up == DIRECTION_FLOWING && !has_early (self) &&
          culvert_stream_get_writable (self->stream) > 0)
        want |= CULVERT_IO_IN;
      if (self->down_queue.length > 0)
        want |= CULVERT_IO_OUT;
      break;

    case PHASE_LAST_WORDS:
    case PHASE_LAST_WORDS_BROKEN:
    case PHASE_SENT:
      want |= CULVERT_IO_OUT;
      break;

    default:
      g_assert_not_reached ();
    }

  return want;
}

static void
update_watch (CulvertRelay *self)
{
  culvert_io_watch_want (self->watch, get_wanted (self));
}

/* What follows serves one event each and returns FALSE when that was the end of the relay. */

static gboolean
end_if_over (CulvertRelay *self)
{
  if (self->up != DIRECTION_ENDED || self->down != DIRECTION_ENDED)
    return TRUE;

  end (self, culvert_socket_close);

  return FALSE;
}

/* So many bytes of the queue are done with: those of our own come first, and are none of the
 * stream's business. */
static void
note_consumed (CulvertRelay *self, gsize n_bytes)
{
  gsize n_own = MIN (n_bytes, count_own (self));

  if (n_own > 0)
    self->extra->n_own -= n_own;
  if (n_bytes > n_own && self->stream != NULL)
    culvert_stream_consumed (self->stream, n_bytes - n_own);
}

/* The client takes no more.  What it said before may still be worth something. */
static gboolean
give_up_down (CulvertRelay *self)
{
  gsize n_dropped = self->down_queue.length;

  culvert_byte_queue_clear (&self->down_queue);
  self->down = DIRECTION_ENDED;
  note_consumed (self, n_dropped);

  return end_if_over (self);
}

/* A client that had finished and does not take the answer leaves what it said; one that goes in any
 * other way leaves nothing.  A target always does: one that has not read all of a request resets when
 * it closes behind its answer. */
static gboolean
handle_socket_error (CulvertRelay *self, const GError *error)
{
  if (self->phase == PHASE_OPEN &&
      (self->is_joined || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_CONNECTED)))
    return give_up_down (self);

  end (self, culvert_socket_close);

  return FALSE;
}

static gboolean
push_down (CulvertRelay *self)
{
  g_autoptr (GError) error = NULL;
  const guint8      *bytes;
  gsize              n_bytes, n_sent;

  bytes = culvert_byte_queue_peek (&self->down_queue, &n_bytes);
  if (n_bytes > 0)
    {
      if (culvert_socket_send (self->socket, bytes, n_bytes, &n_sent, &error) == CULVERT_IO_FAILED)
        return handle_socket_error (self, error);

      culvert_byte_queue_consume (&self->down_queue, n_sent);
      note_consumed (self, n_sent);
    }

  if (self->phase == PHASE_OPEN && self->down == DIRECTION_ENDING && self->down_queue.length == 0)
    {
      culvert_socket_shutdown_send (self->socket);
      self->down = DIRECTION_ENDED;
      return end_if_over (self);
    }

  return TRUE;
}

static void
pass_on (CulvertRelay *self, const guint8 *bytes, gsize n_bytes)
{
  self->n_sent += n_bytes;
  culvert_relay_group_count_sent (self->group, n_bytes);
  culvert_stream_write (self->stream, bytes, n_bytes);
}

/* What the client said before there was a stream goes first.  Asked until it takes no more, a stream
 * tells when it does again. */
static void
push_early (CulvertRelay *self)
{
  while (has_early (self) && self->up == DIRECTION_FLOWING)
    {
      g_autoptr (GBytes) early = NULL;
      gsize              n_writable = culvert_stream_get_writable (self->stream);
      gsize              n_bytes, n_pushed;
      const guint8      *bytes;

      if (n_writable == 0)
        return;
      early = g_steal_pointer (&self->extra->early);
      bytes = g_bytes_get_data (early, &n_bytes);
      n_pushed = MIN (n_writable, n_bytes);
      pass_on (self, bytes, n_pushed);
      if (n_pushed < n_bytes)
        self->extra->early = g_bytes_new_from_bytes (early, n_pushed, n_bytes - n_pushed);
    }
}

/* What lies behind the one request that the client may make is thrown away. */
static void
pass_on_wanted (CulvertRelay *self, const guint8 *bytes, gsize n_bytes)
{
  guint64 n_left = self->extra != NULL ? self->extra->n_up_left : CULVERT_RELAY_UP_ALL;
  gsize   n_wanted = (gsize)MIN (n_bytes, n_left);

  if (n_left != CULVERT_RELAY_UP_ALL)
    self->extra->n_up_left -= n_wanted;
  if (n_wanted > 0)
    pass_on (self, bytes, n_wanted);
}

/* A transport takes a packet at a time, and a turn of the source costs as much as moving one. */
static gboolean
pull_up (CulvertRelay *self)
{
  guint8 *scratch = culvert_io_source_get_scratch (self->group->io);
  gsize   n_left = PULL_MAX;
  gsize   n_wanted, n_bytes;

  while (self->up == DIRECTION_FLOWING && !has_early (self))
    {
      n_wanted = MIN (culvert_stream_get_writable (self->stream), CULVERT_IO_SCRATCH_SIZE);
      n_wanted = MIN (n_wanted, n_left);
      if (n_wanted == 0)
        break;

      switch (culvert_socket_receive (self->socket, scratch, n_wanted, &n_bytes, NULL))
        {
        case CULVERT_IO_OK:
          pass_on_wanted (self, scratch, n_bytes);
          /* Less than there was room for is all that there was. */
          if (n_bytes < n_wanted)
            return TRUE;
          n_left -= n_bytes;
          break;

        case CULVERT_IO_AGAIN:
          return TRUE;

        case CULVERT_IO_EOF:
          self->up = DIRECTION_ENDED;
          culvert_stream_finish (self->stream);
          return end_if_over (self);

        case CULVERT_IO_FAILED:
        default:
          end (self, culvert_socket_close);
          return FALSE;
        }
    }

  return TRUE;
}

/* Unread input would turn the close into a reset that overtakes what is still on its way. */
static void
close_in_order (CulvertRelay *self)
{
  guint8 *scratch = culvert_io_source_get_scratch (self->group->io);
  gsize   n_bytes;

  for (guint i = 0; i < LAST_READS; i++)
    {
      if (culvert_socket_receive (self->socket, scratch, CULVERT_IO_SCRATCH_SIZE, &n_bytes, NULL) !=
          CULVERT_IO_OK)
        break;
    }

  end (self, culvert_socket_close);
}

static gboolean
push_last_words (CulvertRelay *self)
{
  if (!push_down (self))
    return FALSE;

  if (self->down_queue.length > 0)
    return TRUE;

  /* A client that has read its EOF has all that there was. */
  if (self->phase == PHASE_LAST_WORDS || self->down == DIRECTION_ENDED)
    {
      close_in_order (self);
      return FALSE;
    }

  self->phase = PHASE_SENT;
  culvert_socket_set_writable_when_sent (self->socket);

  return TRUE;
}

static gboolean
grace_over_cb (gpointer user_data)
{
  CulvertRelay *self = user_data;

  end (self, culvert_socket_close);

  return G_SOURCE_REMOVE;
}

/* Something has come from the client before the target answered.  Data stays in the socket; it and
 * an end behind it reach the target later. */
static gboolean
listen_early (CulvertRelay *self)
{
  switch (culvert_socket_peek (self->socket, NULL))
    {
    case CULVERT_IO_AGAIN:
      return TRUE;

    case CULVERT_IO_OK:
      self->client = CLIENT_HEARD;
      return TRUE;

    case CULVERT_IO_EOF:
      self->client = CLIENT_HEARD;
      self->grace = g_timeout_source_new (CULVERT_RELAY_SILENT_GRACE_MS);
      g_source_set_callback (self->grace, grace_over_cb, self, NULL);
      g_source_attach (self->grace, g_main_context_get_thread_default ());
      return TRUE;

    case CULVERT_IO_FAILED:
    default:
      end (self, culvert_socket_close);
      return FALSE;
    }
}

static gboolean
note_hang_up (CulvertRelay *self)
{
  g_autoptr (GError) error = NULL;

  if (!culvert_socket_take_error (self->socket, &error) && !handle_socket_error (self, error))
    return FALSE;

  self->client = CLIENT_HUNG_UP;

  if (self->phase == PHASE_OPEN)
    return give_up_down (self);

  /* It can have said its piece and left.  Otherwise there is nobody to serve, or somebody whose
     socket the system refuses to watch. */
  if (is_unanswered (self) && culvert_socket_peek (self->socket, NULL) == CULVERT_IO_OK)
    {
      self->down = DIRECTION_ENDED;
      return TRUE;
    }

  end (self, culvert_socket_reset);

  return FALSE;
}

static gboolean
serve_socket (CulvertRelay *self, CulvertIoCondition ready)
{
  if ((ready & CULVERT_IO_HUP) != 0 && self->client != CLIENT_HUNG_UP && !note_hang_up (self))
    return FALSE;

  switch (self->phase)
    {
    case PHASE_WAITING:
    case PHASE_ASKING:
      return self->client != CLIENT_UNHEARD || listen_early (self);

    case PHASE_OPEN:
      if ((ready & CULVERT_IO_OUT) != 0 && !push_down (self))
        return FALSE;
      return (ready & (CULVERT_IO_IN | CULVERT_IO_HUP)) == 0 || pull_up (self);

    case PHASE_LAST_WORDS:
    case PHASE_LAST_WORDS_BROKEN:
      return push_last_words (self);

    case PHASE_SENT:
      end (self, culvert_socket_reset);
      return FALSE;

    default:
      g_assert_not_reached ();
    }
}

static void
socket_ready_cb (CulvertIoCondition ready, gpointer user_data)
{
  CulvertRelay *self = user_data;

  if (serve_socket (self, ready))
    update_watch (self);
}

static void
opened_cb (CulvertStream *stream, gpointer user_data)
{
  CulvertRelay *self = user_data;

  self->phase = PHASE_OPEN;
  culvert_relay_group_note_answer (self->group);
  culvert_source_clear (&self->grace);
  push_early (self);
  update_watch (self);
  self->group->events->answered (self, self->group->user_data);
}

static void
refused_cb (CulvertStream *stream, const GError *error, gpointer user_data)
{
  CulvertRelay *self = user_data;

  self->stream = NULL;
  set_waiting (self, TRUE);
  self->group->events->refused (self, error, self->group->user_data);
}

static void
received_cb (CulvertStream *stream, const guint8 *bytes, gsize n_bytes, gpointer user_data)
{
  CulvertRelay      *self = user_data;
  g_autoptr (GError) error = NULL;
  gsize              n_sent = 0;

  self->n_received += n_bytes;
  culvert_relay_group_count_received (self->group, n_bytes);

  if (self->down == DIRECTION_FLOWING && self->down_queue.length == 0 &&
      culvert_socket_send (self->socket, bytes, n_bytes, &n_sent, &error) == CULVERT_IO_FAILED &&
      !handle_socket_error (self, error))
    return;

  if (self->down == DIRECTION_ENDED)
    n_sent = n_bytes;
  else if (n_sent < n_bytes)
    culvert_byte_queue_append (&self->down_queue, bytes + n_sent, n_bytes - n_sent);

  if (n_sent > 0)
    culvert_stream_consumed (stream, n_sent);
  update_watch (self);
}

static void
finished_cb (CulvertStream *stream, gpointer user_data)
{
  CulvertRelay *self = user_data;

  if (self->down != DIRECTION_FLOWING)
    return;

  self->down = DIRECTION_ENDING;
  if (push_down (self))
    update_watch (self);
}

static void
writable_cb (CulvertStream *stream, gpointer user_data)
{
  CulvertRelay *self = user_data;

  push_early (self);
  update_watch (self);
}

static void
closed_cb (CulvertStream *stream, const GError *error, gpointer user_data)
{
  CulvertRelay *self = user_data;

  self->stream = NULL;
  self->up = DIRECTION_ENDED;
  if (is_unanswered (self))
    culvert_relay_group_note_answer (self->group);
  self->phase = error == NULL ? PHASE_LAST_WORDS : PHASE_LAST_WORDS_BROKEN;

  if (push_last_words (self))
    update_watch (self);
}

static const CulvertStreamEvents stream_events = {
  .opened = opened_cb,
  .refused = refused_cb,
  .received = received_cb,
  .finished = finished_cb,
  .writable = writable_cb,
  .closed = closed_cb,
};

CulvertRelay *
culvert_relay_new (CulvertRelayGroup *group, CulvertSocket socket)
{
  static _Atomic guint64     last_id = 0;
  g_autoptr (GSocketAddress) address = culvert_socket_get_remote_address (socket);
  CulvertRelay              *self;

  g_return_val_if_fail (group != NULL, NULL);
  g_return_val_if_fail (socket != CULVERT_SOCKET_NONE, NULL);

  self = g_new0 (CulvertRelay, 1);
  self->group = group;
  self->socket = socket;
  self->id = atomic_fetch_add (&last_id, 1) + 1;
  self->started_us = g_get_monotonic_time ();
  self->client_text = culvert_address_to_string (address);
  self->client = CLIENT_UNHEARD;
  self->link.data = self;
  culvert_relay_group_add (group, &self->link);
  set_waiting (self, TRUE);

  culvert_socket_set_no_delay (socket);
  culvert_socket_set_unsent_max (socket, CLIENT_UNSENT_MAX);
  self->watch = culvert_io_source_add (group->io, socket, get_wanted (self), socket_ready_cb, self);

  return self;
}

void
culvert_relay_set_target (CulvertRelay *self, const CulvertEndpoint *target)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->target == NULL);

  self->target = culvert_endpoint_ref ((CulvertEndpoint *)target);
}

void
culvert_relay_set_early (CulvertRelay *self, GBytes *early, guint64 n_more)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->phase == PHASE_WAITING);

  need_extra (self)->n_up_left = n_more;
  if (early != NULL && g_bytes_get_size (early) > 0)
    self->extra->early = g_bytes_ref (early);
}

void
culvert_relay_set_data (CulvertRelay *self, gpointer data, GDestroyNotify data_free)
{
  Extra *extra;

  g_return_if_fail (self != NULL);

  extra = need_extra (self);
  if (extra->data_free != NULL)
    extra->data_free (extra->data);
  extra->data = data;
  extra->data_free = data_free;
}

gpointer
culvert_relay_get_data (CulvertRelay *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->extra != NULL ? self->extra->data : NULL;
}

void
culvert_relay_open (CulvertRelay *self, CulvertTransport *transport)
{
  g_autoptr (GSocketAddress)  address = NULL;
  g_autoptr (CulvertEndpoint) originator = NULL;

  g_return_if_fail (self != NULL);
  g_return_if_fail (self->phase == PHASE_WAITING);
  g_return_if_fail (self->target != NULL);

  /* A client that has gone already has no address any more; the watch will tell. */
  address = culvert_socket_get_remote_address (self->socket);
  originator = culvert_address_to_endpoint (address);

  set_waiting (self, FALSE);
  self->stream = culvert_transport_open (transport, self->target, originator, &stream_events, self);
}

void
culvert_relay_join (CulvertRelay *self, CulvertStream *stream, const char *client)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->phase == PHASE_WAITING);

  g_free (self->client_text);
  self->client_text = g_strdup (client);
  set_waiting (self, FALSE);
  self->phase = PHASE_OPEN;
  self->is_joined = TRUE;
  culvert_relay_group_note_answer (self->group);
  self->stream = stream;
  stream->events = &stream_events;
  stream->user_data = self;
  culvert_stream_accept (stream);
  update_watch (self);
}

void
culvert_relay_say (CulvertRelay *self, const guint8 *bytes, gsize n_bytes)
{
  gsize n_sent = 0;

  g_return_if_fail (self != NULL);
  g_return_if_fail (self->phase == PHASE_OPEN || self->phase == PHASE_LAST_WORDS);
  g_return_if_fail (self->down_queue.length == count_own (self));

  if (self->down != DIRECTION_FLOWING)
    return;
  /* Of a socket that fails the watch will tell. */
  if (count_own (self) == 0 && n_bytes > 0)
    culvert_socket_send (self->socket, bytes, n_bytes, &n_sent, NULL);
  culvert_byte_queue_append (&self->down_queue, bytes + n_sent, n_bytes - n_sent);
  if (n_sent < n_bytes)
    need_extra (self)->n_own += n_bytes - n_sent;
  update_watch (self);
}

void
culvert_relay_refuse (CulvertRelay *self, const guint8 *bytes, gsize n_bytes)
{
  g_return_if_fail (self != NULL);
  g_return_if_fail (self->phase == PHASE_WAITING);

  culvert_source_clear (&self->grace);
  set_waiting (self, FALSE);
  culvert_relay_group_note_answer (self->group);
  self->phase = PHASE_LAST_WORDS;
  self->up = DIRECTION_ENDED;
  culvert_relay_say (self, bytes, n_bytes);
}

void
culvert_relay_drop (CulvertRelay *self)
{
  g_return_if_fail (self != NULL);

  release (self, culvert_socket_reset);
  relay_free (self);
}

gboolean
culvert_relay_is_waiting (CulvertRelay *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->phase == PHASE_WAITING;
}

guint64
culvert_relay_get_id (CulvertRelay *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->id;
}

CulvertSocket
culvert_relay_get_socket (CulvertRelay *self)
{
  g_return_val_if_fail (self != NULL, CULVERT_SOCKET_NONE);

  return self->socket;
}

const CulvertEndpoint *
culvert_relay_get_target (CulvertRelay *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->target;
}

const char *
culvert_relay_get_client (CulvertRelay *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->client_text;
}

guint64
culvert_relay_get_n_received (CulvertRelay *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_received;
}

guint64
culvert_relay_get_n_sent (CulvertRelay *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_sent;
}

gint64
culvert_relay_get_started_us (CulvertRelay *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->started_us;
}

static CulvertConnectionState
get_state (CulvertRelay *self)
{
  switch (self->phase)
    {
    case PHASE_WAITING:
      return CULVERT_CONNECTION_HELD;
    case PHASE_ASKING:
      return CULVERT_CONNECTION_OPENING;
    case PHASE_OPEN:
    case PHASE_LAST_WORDS:
    case PHASE_LAST_WORDS_BROKEN:
    case PHASE_SENT:
      return CULVERT_CONNECTION_OPEN;
    default:
      g_assert_not_reached ();
    }
}

gboolean
culvert_relay_show (CulvertRelay *self, const char *target, CulvertConnection *connection)
{
  g_return_val_if_fail (self != NULL, FALSE);
  g_return_val_if_fail (connection != NULL, FALSE);

  if (self->target == NULL && target == NULL)
    return FALSE;

  *connection = (CulvertConnection){
    .id = self->id,
    .client = g_str_equal (self->client_text, CULVERT_CLIENT_AT_SERVER) ? "" : self->client_text,
    .target = self->target,
    .target_text = target,
    .state = get_state (self),
    .n_received = self->n_received,
    .n_sent = self->n_sent,
    .started_us = self->started_us,
    .socket = self->is_joined ? CULVERT_SOCKET_NONE : self->socket,
  };

  return TRUE;
}
