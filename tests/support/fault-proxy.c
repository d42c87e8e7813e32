/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/fault-proxy.h"

#include "support/culvert-test.h"
#include "support/loopback.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define CHUNK_BYTES             (64 * 1024)
#define QUEUE_MAX_BYTES         (256 * 1024)
#define NARROW_BUFFER           16384 /* of the kernel, where the rate is limited */
#define DELAYED_QUEUE_MAX_BYTES (8 * 1024 * 1024)
#define LINGER_US               (2 * G_USEC_PER_SEC) /* how long a cut side may take to answer our EOF */
#define DRIBBLE_US              50 /* between two bytes, so that a reader finds them one by one */
#define IDLE_US                 G_USEC_PER_SEC
#define N_PORTS_TRIED           20

/* Bytes that wait for their time. */
typedef struct
{
  GBytes *bytes;
  gsize   n_done;
  gint64  due_us;
} Piece;

/* One way through the relay. */
typedef struct
{
  GQueue   queue; /* Piece */
  gsize    n_queued;
  gboolean read_ended;
  gboolean write_ended;
  double   tokens; /* bytes that the rate allows now */
  gint64   tokens_us;
  gint64   dribbled_us; /* when the last single byte went */
} Flow;

typedef enum
{
  RELAY_CONNECTS,
  RELAY_RUNS,
  RELAY_HALF,   /* the server's side is gone, the client does not know */
  RELAY_LEAVES, /* cut: our EOF is out, what still comes is swallowed */
  RELAY_CLOSED,
} RelayState;

typedef struct
{
  RelayState state;
  int        descriptors[2]; /* where each direction reads: client, server */
  Flow       flows[2];       /* by CulvertProxyDirection */
  gint64     leaves_us;
} Relay;

struct _CulvertFaultProxy
{
  guint16    port;
  guint16    target_port;
  int        listener; /* of the thread once that runs; -1 while refusing */
  int        bell[2];
  GThread   *thread;
  GPtrArray *relays; /* of the thread */

  GMutex                lock; /* for everything below */
  GCond                 obeyed;
  guint                 n_orders;
  guint                 n_obeyed;
  CulvertProxyMode      mode;
  guint                 delay_ms;
  guint64               bytes_per_s;
  gboolean              refusing;
  gboolean              stopping;
  gboolean              cutting; /* at once */
  gboolean              cut_is_armed;
  CulvertProxyCut       cut;
  CulvertProxyDirection cut_direction;
  guint64               cut_left;
  gboolean              damage_is_armed;
  guint64               damage_left;

  atomic_bool   is_narrow;
  atomic_ullong n_bytes[2];
  atomic_uint   n_connections;
  atomic_uint   n_open;
};

/* What the thread works by during one turn: the orders as they stood at its start. */
typedef struct
{
  CulvertProxyMode mode;
  guint            delay_ms;
  guint64          bytes_per_s;
  gint64           now_us;
} Orders;

static void
piece_free (Piece *piece)
{
  g_bytes_unref (piece->bytes);
  g_free (piece);
}

static void
relay_free (gpointer data)
{
  Relay *relay = data;

  for (int i = 0; i < 2; i++)
    {
      if (relay->descriptors[i] >= 0)
        close (relay->descriptors[i]);
      g_queue_clear_full (&relay->flows[i].queue, (GDestroyNotify)piece_free);
    }
  g_free (relay);
}

/* Ending */

static void
close_relay (CulvertFaultProxy *self, Relay *relay, gboolean reset)
{
  for (int i = 0; i < 2; i++)
    {
      if (relay->descriptors[i] >= 0 && reset)
        culvert_loopback_reset (relay->descriptors[i]);
      else if (relay->descriptors[i] >= 0)
        close (relay->descriptors[i]);
      relay->descriptors[i] = -1;
    }
  relay->state = RELAY_CLOSED;
  self->n_open--;
}

/* Closing a socket with unread bytes resets it, so an orderly cut sends its EOF first and reads on
 * until the other side has ended too. */
static void
cut_relay (CulvertFaultProxy *self, Relay *relay, CulvertProxyCut cut)
{
  if (cut == CULVERT_CUT_RESET || relay->state == RELAY_CONNECTS)
    {
      close_relay (self, relay, TRUE);
      return;
    }
  for (int i = 0; i < 2; i++)
    {
      if (relay->descriptors[i] >= 0)
        shutdown (relay->descriptors[i], SHUT_WR);
    }
  relay->state = RELAY_LEAVES;
  relay->leaves_us = g_get_monotonic_time () + LINGER_US;
}

static void
lose_server (Relay *relay)
{
  close (relay->descriptors[CULVERT_PROXY_TO_CLIENT]);
  relay->descriptors[CULVERT_PROXY_TO_CLIENT] = -1;
  relay->state = RELAY_HALF;
}

/* Reads and forgets.  Returns: FALSE at the end. */
static gboolean
swallow (int descriptor)
{
  char   bytes[CHUNK_BYTES];
  gssize n = recv (descriptor, bytes, sizeof bytes, 0);

  return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

/* Moving */

static void
damage (CulvertFaultProxy *self, guint8 *bytes, gsize n_bytes)
{
  g_mutex_lock (&self->lock);
  if (self->damage_is_armed && self->damage_left < n_bytes)
    {
      bytes[self->damage_left] ^= 1;
      self->damage_is_armed = FALSE;
    }
  else if (self->damage_is_armed)
    self->damage_left -= n_bytes;
  g_mutex_unlock (&self->lock);
}

static void
read_flow (CulvertFaultProxy *self, Relay *relay, int direction, const Orders *orders)
{
  Flow  *flow = &relay->flows[direction];
  guint8 bytes[CHUNK_BYTES];
  gssize n = recv (relay->descriptors[direction], bytes, sizeof bytes, 0);
  Piece *piece;

  if (n < 0)
    {
      if (errno != EAGAIN && errno != EINTR)
        close_relay (self, relay, TRUE);
      return;
    }
  if (direction == CULVERT_PROXY_TO_CLIENT)
    damage (self, bytes, (gsize)n);
  /* An EOF waits its turn like bytes: it is a piece without any. */
  piece = g_new0 (Piece, 1);
  piece->bytes = g_bytes_new (bytes, (gsize)n);
  piece->due_us = orders->now_us + (gint64)orders->delay_ms * 1000;
  flow->n_queued += (gsize)n;
  flow->read_ended = n == 0;
  g_queue_push_tail (&flow->queue, piece);
}

/* How many of @wanted bytes the orders allow to pass now. */
static gsize
allowance (CulvertFaultProxy *self, Flow *flow, int direction, gsize wanted, const Orders *orders)
{
  gsize allowed = wanted;

  if (orders->mode == CULVERT_PROXY_DRIBBLE)
    allowed = orders->now_us >= flow->dribbled_us + DRIBBLE_US ? 1 : 0;
  if (orders->bytes_per_s != 0)
    {
      double rate = (double)orders->bytes_per_s;

      /* No more than 20 ms worth is saved up. */
      flow->tokens += (double)(orders->now_us - flow->tokens_us) / G_USEC_PER_SEC * rate;
      flow->tokens = MIN (flow->tokens, MAX (rate / 50, 1));
      flow->tokens_us = orders->now_us;
      allowed = MIN (allowed, (gsize)flow->tokens);
    }
  g_mutex_lock (&self->lock);
  if (self->cut_is_armed && self->cut_direction == (CulvertProxyDirection)direction)
    allowed = (gsize)MIN (allowed, self->cut_left);
  g_mutex_unlock (&self->lock);
  return allowed;
}

static void
note_passed (CulvertFaultProxy *self, Flow *flow, int direction, gsize n)
{
  self->n_bytes[direction] += n;
  flow->dribbled_us = g_get_monotonic_time ();
  flow->tokens -= (double)n;
  g_mutex_lock (&self->lock);
  if (self->cut_is_armed && self->cut_direction == (CulvertProxyDirection)direction)
    self->cut_left -= n;
  g_mutex_unlock (&self->lock);
}

static void
write_flow (CulvertFaultProxy *self, Relay *relay, int direction, const Orders *orders)
{
  Flow  *flow = &relay->flows[direction];
  int    descriptor = relay->descriptors[1 - direction];
  Piece *piece;

  while ((piece = g_queue_peek_head (&flow->queue)) != NULL && piece->due_us <= orders->now_us)
    {
      gsize         size;
      const guint8 *bytes = g_bytes_get_data (piece->bytes, &size);
      gsize         left = size - piece->n_done;
      gsize         allowed = allowance (self, flow, direction, left, orders);
      gssize        n = 0;

      if (size == 0)
        {
          shutdown (descriptor, SHUT_WR);
          flow->write_ended = TRUE;
        }
      else if (allowed > 0)
        {
          n = send (descriptor, bytes + piece->n_done, allowed, MSG_NOSIGNAL);
        }
      if (n < 0)
        {
          if (errno != EAGAIN && errno != EINTR)
            close_relay (self, relay, TRUE);
          return;
        }
      note_passed (self, flow, direction, (gsize)n);
      flow->n_queued -= (gsize)n;
      piece->n_done += (gsize)n;
      if (piece->n_done < size)
        return;
      piece_free (g_queue_pop_head (&flow->queue));
    }
}

static void
accept_relay (CulvertFaultProxy *self)
{
  int    client = culvert_loopback_accept (self->listener);
  int    server;
  Relay *relay;

  if (client < 0)
    return;
  if (atomic_load (&self->is_narrow))
    (void)setsockopt (client, SOL_SOCKET, SO_RCVBUF, &(int){ NARROW_BUFFER }, sizeof (int));
  server = culvert_loopback_connect (NULL, self->target_port,
                                     atomic_load (&self->is_narrow) ? NARROW_BUFFER : 0);
  self->n_connections++;
  if (server < 0)
    {
      culvert_loopback_reset (client);
      return;
    }
  relay = g_new0 (Relay, 1);
  relay->descriptors[CULVERT_PROXY_TO_SERVER] = client;
  relay->descriptors[CULVERT_PROXY_TO_CLIENT] = server;
  for (int i = 0; i < 2; i++)
    g_queue_init (&relay->flows[i].queue);
  self->n_open++;
  g_ptr_array_add (self->relays, relay);
}

/* The thread */

static void
want_flow (Relay         *relay,
           int            direction,
           const Orders  *orders,
           struct pollfd *rows,
           gint64        *timeout_us)
{
  Flow  *flow = &relay->flows[direction];
  Piece *piece = g_queue_peek_head (&flow->queue);
  gsize  limit = orders->delay_ms > 0 ? DELAYED_QUEUE_MAX_BYTES : QUEUE_MAX_BYTES;

  /* A narrow line holds what it carries in 5 ms, so that what waits longer waits with the sender. */
  if (orders->bytes_per_s != 0 && orders->delay_ms == 0)
    limit = MAX (orders->bytes_per_s / 200, 1);

  if (!flow->read_ended && flow->n_queued < limit)
    rows[direction].events |= POLLIN;
  if (piece == NULL)
    return;
  if (piece->due_us > orders->now_us)
    *timeout_us = MIN (*timeout_us, piece->due_us - orders->now_us);
  else if (orders->mode == CULVERT_PROXY_DRIBBLE)
    *timeout_us = MIN (*timeout_us, DRIBBLE_US);
  else if (orders->bytes_per_s != 0)
    *timeout_us = MIN (*timeout_us, 1000);
  else
    rows[1 - direction].events |= POLLOUT;
}

static void
want_relay (Relay *relay, const Orders *orders, struct pollfd *rows, gint64 *timeout_us)
{
  for (int i = 0; i < 2; i++)
    rows[i] = (struct pollfd){ .fd = relay->descriptors[i] };
  switch (relay->state)
    {
    case RELAY_CONNECTS:
      rows[CULVERT_PROXY_TO_CLIENT].events = POLLOUT;
      break;
    case RELAY_RUNS:
      want_flow (relay, CULVERT_PROXY_TO_SERVER, orders, rows, timeout_us);
      want_flow (relay, CULVERT_PROXY_TO_CLIENT, orders, rows, timeout_us);
      break;
    case RELAY_HALF:
    case RELAY_LEAVES:
      rows[0].events = POLLIN;
      rows[1].events = POLLIN;
      *timeout_us = MIN (*timeout_us, 100000);
      break;
    case RELAY_CLOSED:
    default:
      break;
    }
  /* Frozen means deaf: a hang-up would wake us without end otherwise. */
  if (orders->mode == CULVERT_PROXY_FREEZE && relay->state != RELAY_LEAVES)
    rows[0].fd = rows[1].fd = -1;
}

static void
run_relay (CulvertFaultProxy *self, Relay *relay, const Orders *orders, const struct pollfd *rows)
{
  for (int i = 0; i < 2; i++)
    {
      Flow *flow = &relay->flows[i];
      short events = rows[i].revents;

      if (relay->state == RELAY_RUNS && (events & (POLLIN | POLLHUP | POLLERR)) != 0 &&
          ((rows[i].events & POLLIN) != 0 || (events & POLLERR) != 0) && !flow->read_ended)
        read_flow (self, relay, i, orders);
      else if (relay->state == RELAY_RUNS && flow->read_ended && (events & POLLERR) != 0)
        close_relay (self, relay, TRUE);
      if (relay->state == RELAY_RUNS && !flow->write_ended)
        write_flow (self, relay, i, orders);
    }
  if (relay->state == RELAY_RUNS && relay->flows[0].write_ended && relay->flows[1].write_ended)
    close_relay (self, relay, FALSE);
}

static void
serve_relay (CulvertFaultProxy *self, Relay *relay, const Orders *orders, const struct pollfd *rows)
{
  int client = relay->descriptors[CULVERT_PROXY_TO_SERVER];

  if (orders->mode == CULVERT_PROXY_FREEZE && relay->state != RELAY_LEAVES)
    return;
  if (orders->mode == CULVERT_PROXY_HALF_OPEN &&
      (relay->state == RELAY_CONNECTS || relay->state == RELAY_RUNS))
    lose_server (relay);
  switch (relay->state)
    {
    case RELAY_CONNECTS:
      if (rows[CULVERT_PROXY_TO_CLIENT].revents == 0)
        break;
      relay->state = RELAY_RUNS;
      if (culvert_loopback_get_error (relay->descriptors[CULVERT_PROXY_TO_CLIENT]) != 0)
        close_relay (self, relay, TRUE);
      break;
    case RELAY_RUNS:
      run_relay (self, relay, orders, rows);
      break;
    case RELAY_HALF:
      if (rows[CULVERT_PROXY_TO_SERVER].revents != 0 && !swallow (client))
        close_relay (self, relay, FALSE);
      break;
    case RELAY_LEAVES:
      for (int i = 0; i < 2; i++)
        {
          if (relay->descriptors[i] < 0 || rows[i].revents == 0 || swallow (relay->descriptors[i]))
            continue;
          close (relay->descriptors[i]);
          relay->descriptors[i] = -1;
        }
      if ((relay->descriptors[0] < 0 && relay->descriptors[1] < 0) ||
          orders->now_us > relay->leaves_us)
        close_relay (self, relay, FALSE);
      break;
    case RELAY_CLOSED:
    default:
      break;
    }
}

/* Has everything that was passed on arrived?  A reset before that would take bytes back. */
static gboolean
is_delivered (CulvertFaultProxy *self, CulvertProxyDirection direction)
{
  for (guint i = 0; i < self->relays->len; i++)
    {
      Relay *relay = self->relays->pdata[i];

      if (relay->descriptors[1 - direction] >= 0 &&
          !culvert_loopback_is_flushed (relay->descriptors[1 - direction]))
        return FALSE;
    }
  return TRUE;
}

static void
cut_all (CulvertFaultProxy *self, CulvertProxyCut cut)
{
  for (guint i = 0; i < self->relays->len; i++)
    {
      Relay *relay = self->relays->pdata[i];

      if (relay->state != RELAY_CLOSED && relay->state != RELAY_LEAVES)
        cut_relay (self, relay, cut);
    }
}

static void
follow_listener (CulvertFaultProxy *self, gboolean refusing)
{
  if (refusing && self->listener >= 0)
    {
      close (self->listener);
      self->listener = -1;
    }
  else if (!refusing && self->listener < 0)
    {
      self->listener = culvert_loopback_listen (NULL, self->port, SOMAXCONN, 0);
      g_assert_cmpint (self->listener, >=, 0);
    }
}

/* Takes note of the orders and carries out those that are done once.  Returns: FALSE to stop. */
static gboolean
take_orders (CulvertFaultProxy *self, Orders *orders, gint64 *timeout_us)
{
  gboolean go_on, cut_now, refusing;

  g_mutex_lock (&self->lock);
  *orders = (Orders){ .mode = self->mode,
                      .delay_ms = self->delay_ms,
                      .bytes_per_s = self->bytes_per_s,
                      .now_us = g_get_monotonic_time () };
  cut_now = self->cutting;
  if (self->cut_is_armed && self->cut_left == 0)
    {
      cut_now = cut_now || is_delivered (self, self->cut_direction);
      self->cut_is_armed = !cut_now;
      *timeout_us = 1000;
    }
  if (cut_now)
    cut_all (self, self->cut);
  self->cutting = FALSE;
  refusing = self->refusing;
  follow_listener (self, refusing);
  self->n_obeyed = self->n_orders;
  g_cond_broadcast (&self->obeyed);
  go_on = !self->stopping;
  g_mutex_unlock (&self->lock);
  return go_on;
}

static gpointer
proxy_thread (gpointer data)
{
  CulvertFaultProxy *self = data;
  g_autoptr (GArray) polled = g_array_new (FALSE, TRUE, sizeof (struct pollfd));
  Orders             orders;
  gint64             timeout_us = IDLE_US;

  while (take_orders (self, &orders, &timeout_us))
    {
      struct pollfd  *rows;
      struct timespec limit;
      gboolean        frozen = orders.mode == CULVERT_PROXY_FREEZE;

      for (guint i = self->relays->len; i-- > 0;)
        {
          if (((Relay *)self->relays->pdata[i])->state == RELAY_CLOSED)
            g_ptr_array_remove_index_fast (self->relays, i);
        }
      g_array_set_size (polled, 2 + 2 * self->relays->len);
      rows = (struct pollfd *)polled->data;
      rows[0] = (struct pollfd){ .fd = self->bell[0], .events = POLLIN };
      rows[1] = (struct pollfd){ .fd = frozen ? -1 : self->listener, .events = POLLIN };
      for (guint i = 0; i < self->relays->len; i++)
        want_relay (self->relays->pdata[i], &orders, rows + 2 + 2 * i, &timeout_us);
      limit = (struct timespec){ .tv_sec = timeout_us / G_USEC_PER_SEC,
                                 .tv_nsec = timeout_us % G_USEC_PER_SEC * 1000 };
      ppoll (rows, polled->len, &limit, NULL);
      timeout_us = IDLE_US;
      orders.now_us = g_get_monotonic_time ();

      culvert_loopback_silence (self->bell);
      for (guint i = self->relays->len; i-- > 0;)
        serve_relay (self, self->relays->pdata[i], &orders, rows + 2 + 2 * i);
      if ((rows[1].revents & POLLIN) != 0)
        accept_relay (self);
    }
  return NULL;
}

CulvertFaultProxy *
culvert_fault_proxy_new (guint16 target_port)
{
  CulvertFaultProxy *self = g_new0 (CulvertFaultProxy, 1);

  self->target_port = target_port;
  self->listener = -1;
  /* A fixed port, since refusing gives it up for a while. */
  for (int i = 0; i < N_PORTS_TRIED && self->listener < 0; i++)
    {
      self->port = culvert_test_free_port ();
      self->listener = culvert_loopback_listen (NULL, self->port, SOMAXCONN, 0);
    }
  g_assert_cmpint (self->listener, >=, 0);
  self->relays = g_ptr_array_new_with_free_func (relay_free);
  g_mutex_init (&self->lock);
  g_cond_init (&self->obeyed);
  culvert_loopback_open_bell (self->bell);
  self->thread = g_thread_new ("fault-proxy", proxy_thread, self);
  return self;
}

/* Call with the lock held after changing an order; returns, unlocked, once the thread follows it. */
static void
order (CulvertFaultProxy *self)
{
  guint number = ++self->n_orders;

  culvert_loopback_ring (self->bell);
  while ((int)(self->n_obeyed - number) < 0)
    g_cond_wait (&self->obeyed, &self->lock);
  g_mutex_unlock (&self->lock);
}

void
culvert_fault_proxy_free (CulvertFaultProxy *self)
{
  g_mutex_lock (&self->lock);
  self->stopping = TRUE;
  order (self);
  g_thread_join (self->thread);
  g_ptr_array_unref (self->relays);
  if (self->listener >= 0)
    close (self->listener);
  culvert_loopback_close_bell (self->bell);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->obeyed);
  g_free (self);
}

guint16
culvert_fault_proxy_get_port (CulvertFaultProxy *self)
{
  return self->port;
}

void
culvert_fault_proxy_set_mode (CulvertFaultProxy *self, CulvertProxyMode mode)
{
  g_mutex_lock (&self->lock);
  self->mode = mode;
  order (self);
}

void
culvert_fault_proxy_set_delay_ms (CulvertFaultProxy *self, guint delay_ms)
{
  g_mutex_lock (&self->lock);
  self->delay_ms = delay_ms;
  order (self);
}

void
culvert_fault_proxy_set_rate (CulvertFaultProxy *self, guint64 bytes_per_s)
{
  g_mutex_lock (&self->lock);
  self->bytes_per_s = bytes_per_s;
  atomic_store (&self->is_narrow, bytes_per_s != 0);
  order (self);
}

void
culvert_fault_proxy_cut (CulvertFaultProxy *self, CulvertProxyCut cut)
{
  g_mutex_lock (&self->lock);
  self->cut = cut;
  self->cut_is_armed = FALSE;
  self->cutting = TRUE;
  order (self);
}

void
culvert_fault_proxy_cut_after (CulvertFaultProxy    *self,
                               CulvertProxyDirection direction,
                               guint64               n_bytes,
                               CulvertProxyCut       cut)
{
  g_mutex_lock (&self->lock);
  self->cut = cut;
  self->cut_direction = direction;
  self->cut_left = n_bytes;
  self->cut_is_armed = TRUE;
  order (self);
}

void
culvert_fault_proxy_damage_after (CulvertFaultProxy *self, guint64 n_bytes)
{
  g_mutex_lock (&self->lock);
  self->damage_left = n_bytes;
  self->damage_is_armed = TRUE;
  order (self);
}

void
culvert_fault_proxy_set_refusing (CulvertFaultProxy *self, gboolean refusing)
{
  g_mutex_lock (&self->lock);
  self->refusing = refusing;
  order (self);
}

guint64
culvert_fault_proxy_get_n_bytes (CulvertFaultProxy *self, CulvertProxyDirection direction)
{
  return self->n_bytes[direction];
}

guint
culvert_fault_proxy_get_n_connections (CulvertFaultProxy *self)
{
  return self->n_connections;
}

guint
culvert_fault_proxy_get_n_open (CulvertFaultProxy *self)
{
  return self->n_open;
}
