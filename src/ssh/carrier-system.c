/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/carrier.h"

#include "ssh/channel.h"
#include "ssh/no-delay.h"
#include "ssh/server-port.h"
#include "ssh/session-private.h"

#include <string.h>

/* What libssh2 forces on us, and what is done about it:
 *
 * - The state of an open is kept in the session: a second one begun before the first was answered is
 *   given the first one's channel, which is somebody else's target.  So one at a time, and after an
 *   odd end none before a round trip has passed: the late answer would be taken for the next open's.
 * - Packets are taken in only by calls on a channel.  A bare session channel, on which nothing runs,
 *   is there to be read when no stream is open.  A request on it that every server refuses is the
 *   ping; libssh2's own keepalive never takes the answers back out of its queue.  Where the server
 *   allows no session channel, opens of an unknown type are both.
 * - All channels share one list of packets, which every call walks: each is read dry at once.
 * - Below initial * 3/4 + buffer libssh2 sends window adjustments of its own; so a channel is opened
 *   with a tiny window, which is then ours to widen, and never read below the reserve.
 * - What the server offers is confirmed by libssh2 before we know of it, with a window of its own that
 *   it keeps wide by itself, and who has connected is forgotten.  So the window that is ours only
 *   says how much is read, a refusal is a close, and there is no originator.
 * - Asking the server to stop listening has no answer: asking for the same port again may be refused.
 * - A packet that a key exchange holds up is kept by its length alone: the retry must offer the same
 *   bytes. */

#define INITIAL_WINDOW 2048
#define WINDOW_RESERVE (INITIAL_WINDOW / 4 * 3)

/* One SSH packet holds this much: offering more than one at a time only lengthens the turn. */
#define WRITE_MAX 32700
/* One channel's share of a round. */
#define CHANNEL_QUANTUM (64 * 1024)
/* So many clients of one port may wait until we take them. */
#define OFFERS_MAX 512
/* Without a channel to read from, an open serves as the pump, no more often than this. */
#define PUMP_INTERVAL_US (G_USEC_PER_SEC)

typedef enum
{
  OPENING_NOTHING,
  OPENING_LINE,
  OPENING_HEARTBEAT, /* a bare session channel */
  OPENING_PORT,      /* no channel: the server is asked to listen */
  OPENING_PING,      /* of a type that no server knows: the refusal is the answer */
} Opening;

struct _CulvertCarrier
{
  Opening      opening; /* what is in flight */
  Opening      service; /* a heartbeat or ping to open before the next line */
  CulvertLine *line;    /* in flight */
  GByteArray  *message; /* libssh2 does not copy it */
  char        *type;
  guint32      window;
  gboolean     is_settling; /* an open ended oddly: its late answer must pass first */

  LIBSSH2_CHANNEL *heartbeat; /* NULL until opened, or where the server allows none */
  gboolean         is_refused;
  gboolean         is_pinging;
  gboolean         is_reading;
  gint64           pumped_at_us; /* when a ping last served as the read pump */

  GQueue             unasked; /* of CulvertServerPort: to be asked for */
  GQueue             leaving; /* of CulvertServerPort: the server is to stop */
  CulvertServerPort *port;    /* in flight */

  guint    next_channel;
  guint64  swept_at; /* gate.n_received when every channel was last read dry */
  gboolean is_sweep_due;
};

void
culvert_carrier_start (CulvertSession *session)
{
  CulvertCarrier *self = g_new0 (CulvertCarrier, 1);

  self->message = g_byte_array_new ();
  self->service = OPENING_HEARTBEAT;
  self->is_reading = TRUE;
  session->carrier = self;
}

void
culvert_carrier_clear (CulvertSession *session)
{
  CulvertCarrier *self = g_steal_pointer (&session->carrier);

  if (self == NULL)
    return;
  g_queue_clear (&self->unasked);
  g_queue_clear (&self->leaving);
  g_byte_array_unref (self->message);
  g_free (self->type);
  g_free (self);
}

static void
pong (CulvertSession *session)
{
  CulvertCarrier *self = session->carrier;

  self->is_settling = FALSE;
  if (!self->is_pinging)
    return;
  self->is_pinging = FALSE;
  culvert_heartbeat_ponged (session);
}

static void
take_heartbeat (CulvertSession *session, LIBSSH2_CHANNEL *channel)
{
  CulvertCarrier *self = session->carrier;

  self->heartbeat = channel;
  self->is_refused = channel == NULL;
  /* The ping that was asked for meanwhile goes out in the next turn, which nothing else brings. */
  culvert_io_source_wake (session->io);
  if (!self->is_refused)
    return;
  culvert_log_write (session->log, CULVERT_LOG_INFO,
                     "the server allows no session channel: pinging by refused opens");
  if (self->is_pinging)
    self->service = OPENING_PING;
}

static int
get_refusal_code (const char *text)
{
  static const struct
  {
    const char *text;
    int         code;
  } reasons[] = {
    { "administratively prohibited", CULVERT_SSH_ERROR_OPEN_PROHIBITED },
    { "connect failed", CULVERT_SSH_ERROR_OPEN_FAILED },
    { "resource shortage", CULVERT_SSH_ERROR_OPEN_SHORTAGE },
    { "unknown channel type", CULVERT_SSH_ERROR_OPEN_UNKNOWN },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (reasons); i++)
    if (strstr (text, reasons[i].text) != NULL)
      return reasons[i].code;
  return CULVERT_SSH_ERROR_OPEN_UNKNOWN;
}

static void
take_line (CulvertSession *session, LIBSSH2_CHANNEL *result, int rc)
{
  CulvertCarrier  *self = session->carrier;
  CulvertLine     *line = g_steal_pointer (&self->line);
  g_autofree char *text = NULL;
  int              code = CULVERT_SSH_ERROR_OPEN_UNKNOWN;

  if (result != NULL)
    {
      line->handle = result;
      line->window = INITIAL_WINDOW;
      self->is_sweep_due = TRUE;
      /* The rest of the window that was asked for; a key exchange can only delay it. */
      CULVERT_CHANNEL_FROM_LINE (line)->granting = self->window - INITIAL_WINDOW;
      culvert_open_queue_opened (session, CULVERT_CHANNEL_FROM_LINE (line));
      return;
    }
  text = g_strdup_printf ("%s (%d)", culvert_lib_get_error_text (session->ssh), rc);
  if (rc == LIBSSH2_ERROR_CHANNEL_FAILURE)
    code = get_refusal_code (text);
  else if (rc == LIBSSH2_ERROR_TIMEOUT)
    code = CULVERT_SSH_ERROR_OPEN_TIMED_OUT;
  culvert_open_queue_refused (session, CULVERT_CHANNEL_FROM_LINE (line), code, text, NULL);
}

static void
end_open (CulvertSession *session, LIBSSH2_CHANNEL *result, int rc)
{
  CulvertCarrier *self = session->carrier;
  Opening         opening = self->opening;

  self->opening = OPENING_NOTHING;
  if (result == NULL && rc != LIBSSH2_ERROR_CHANNEL_FAILURE)
    {
      self->is_settling = self->heartbeat != NULL;
      culvert_heartbeat_ping (session);
    }
  switch (opening)
    {
    case OPENING_LINE:
      take_line (session, result, rc);
      break;
    case OPENING_HEARTBEAT:
      take_heartbeat (session, result);
      break;
    case OPENING_PING:
      /* A server that knows our made-up type: take it as the heartbeat. */
      if (result != NULL)
        take_heartbeat (session, result);
      pong (session);
      break;
    case OPENING_PORT:
    case OPENING_NOTHING:
    default:
      break;
    }
}

static gboolean
is_fatal (int rc)
{
  return rc == LIBSSH2_ERROR_SOCKET_DISCONNECT || rc == LIBSSH2_ERROR_SOCKET_RECV ||
         rc == LIBSSH2_ERROR_SOCKET_SEND || rc == LIBSSH2_ERROR_INVALID_MAC ||
         rc == LIBSSH2_ERROR_DECRYPT;
}

static void
step_port (CulvertSession *session)
{
  CulvertCarrier    *self = session->carrier;
  CulvertServerPort *port = self->port;
  int                number = port->wanted;
  int                rc;

  port->handle = libssh2_channel_forward_listen_ex (session->ssh, port->address, port->wanted,
                                                    &number, OFFERS_MAX);
  rc = port->handle != NULL ? 0 : libssh2_session_last_errno (session->ssh);
  if (rc == LIBSSH2_ERROR_EAGAIN)
    return;
  if (is_fatal (rc))
    {
      culvert_session_fail_lib (session, rc, "asking for a port");
      return;
    }
  self->opening = OPENING_NOTHING;
  self->port = NULL;
  culvert_io_source_wake (session->io);
  if (port->wanted != 0)
    number = port->wanted;
  culvert_server_port_answered (port, rc == 0 && number > 0 && number <= G_MAXUINT16,
                                (guint16)number);
}

/* Takes the next port, if any, to be asked for.  Those that nobody wants any more never are. */
static gboolean
begin_port (CulvertCarrier *self)
{
  CulvertServerPort *port;

  /* What is asked for may be what another one is about to leave. */
  while (self->leaving.length == 0 && (port = g_queue_pop_head (&self->unasked)) != NULL)
    {
      if (port->state == CULVERT_SERVER_PORT_ASKED)
        {
          self->port = port;
          return TRUE;
        }
      culvert_server_port_forgotten (port);
    }
  return FALSE;
}

/* Goes on with the open in flight, or with the one that is wanted next. */
static void
step_open (CulvertSession *session)
{
  CulvertCarrier  *self = session->carrier;
  LIBSSH2_CHANNEL *result;
  const char      *type = "session";
  int              rc;

  if (self->opening == OPENING_NOTHING)
    {
      if (self->service == OPENING_NOTHING && begin_port (self))
        self->opening = OPENING_PORT;
      else
        self->opening = self->service;
      if (self->opening == OPENING_NOTHING)
        return;
      if (self->opening != OPENING_PORT)
        self->service = OPENING_NOTHING;
      g_byte_array_set_size (self->message, 0);
    }
  if (self->opening == OPENING_PORT)
    {
      step_port (session);
      return;
    }
  if (self->opening == OPENING_LINE)
    type = self->type;
  else if (self->opening == OPENING_PING)
    type = "ping@culvert";
  result = libssh2_channel_open_ex (
    session->ssh, type, (unsigned int)strlen (type), INITIAL_WINDOW, CULVERT_LIB_PACKET_SIZE,
    self->message->len > 0 ? (const char *)self->message->data : NULL, self->message->len);
  rc = result != NULL ? 0 : libssh2_session_last_errno (session->ssh);
  if (rc == LIBSSH2_ERROR_EAGAIN)
    return;
  if (is_fatal (rc))
    culvert_session_fail_lib (session, rc, "opening a channel");
  else
    end_open (session, result, rc);
}

gboolean
culvert_carrier_can_open (CulvertSession *session)
{
  CulvertCarrier *self = session->carrier;

  /* The first round trip is measured before there is anything that it could have to wait behind: the
   * windows are made by it. */
  if (session->info.round_trip_us < 0 && self->is_pinging)
    return FALSE;
  return self->opening == OPENING_NOTHING && self->service == OPENING_NOTHING && !self->is_settling;
}

void
culvert_carrier_open (CulvertSession   *session,
                      CulvertLine      *line,
                      const char       *type,
                      const GByteArray *message,
                      guint32           window)
{
  CulvertCarrier *self = session->carrier;

  self->opening = OPENING_LINE;
  self->line = line;
  self->window = window;
  g_free (self->type);
  self->type = g_strdup (type);
  g_byte_array_set_size (self->message, 0);
  g_byte_array_append (self->message, message->data, message->len);
  step_open (session);
}

/* The server ended the heartbeat's channel, as an idle limit would. */
static void
note_heartbeat_end (CulvertSession *session)
{
  CulvertCarrier *self = session->carrier;

  if (!libssh2_channel_eof (self->heartbeat))
    return;
  libssh2_channel_free (self->heartbeat);
  self->heartbeat = NULL;
  self->is_refused = TRUE;
  if (self->is_pinging)
    self->service = OPENING_PING;
}

static void
look_for_pong (CulvertSession *session)
{
  int rc = libssh2_channel_setenv_ex (session->carrier->heartbeat, "CULVERT_PING", 12, "1", 1);

  if (rc == LIBSSH2_ERROR_EAGAIN)
    return;
  if (rc != 0 && rc != LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED)
    culvert_session_fail_lib (session, rc, "waiting for a sign of life");
  else
    pong (session);
}

/* Nothing is there to read with: an open that will be refused reads as it waits. */
static gboolean
pump_by_ping (CulvertSession *session)
{
  CulvertCarrier *self = session->carrier;
  gint64          now_us = g_get_monotonic_time ();

  if (session->channels->len > 0 || session->server_ports.ports.length > 0 ||
      self->opening != OPENING_NOTHING || session->gate.is_dry)
    return TRUE;
  if (now_us - self->pumped_at_us < PUMP_INTERVAL_US)
    {
      culvert_heartbeat_look_within (session, PUMP_INTERVAL_US);
      return FALSE;
    }
  self->pumped_at_us = now_us;
  if (self->service == OPENING_NOTHING)
    self->service = OPENING_PING;
  return TRUE;
}

static void
read_heartbeat (CulvertSession *session)
{
  CulvertCarrier *self = session->carrier;
  char            nothing[64];
  gssize          rc;

  if (self->heartbeat == NULL)
    {
      self->is_reading = !self->is_refused || pump_by_ping (session);
      return;
    }
  self->is_reading = TRUE;
  rc = libssh2_channel_read_ex (self->heartbeat, 0, nothing, sizeof nothing);
  if (rc < 0 && rc != LIBSSH2_ERROR_EAGAIN)
    {
      culvert_session_fail_lib (session, (int)rc, "receiving");
      return;
    }
  if (self->is_pinging)
    look_for_pong (session);
  if (rc == 0 && session->failure == NULL)
    note_heartbeat_end (session);
}

/* How much may be read in one call without libssh2 touching the window.  @is_last: the socket has
 * ended, so the window no longer matters and everything is read. */
static gsize
get_read_size (CulvertLine *line, gboolean is_last)
{
  gsize window;

  if (is_last)
    return CULVERT_IO_SCRATCH_SIZE;
  if (line->is_offered)
    return MIN (line->window, CULVERT_IO_SCRATCH_SIZE);
  window = libssh2_channel_window_read_ex (line->handle, NULL, NULL);
  if (window <= WINDOW_RESERVE)
    return 0;
  return MIN (window - WINDOW_RESERVE, CULVERT_IO_SCRATCH_SIZE);
}

static gsize
read_line (CulvertSession *session, CulvertChannel *channel, gboolean is_last)
{
  CulvertLine *line = &channel->line;
  guint8      *scratch = culvert_io_source_get_scratch (session->io);
  gsize        n_received = 0;

  while (channel->state == CULVERT_CHANNEL_OPEN && n_received < CHANNEL_QUANTUM)
    {
      gsize  size = get_read_size (line, is_last);
      gssize rc;

      line->is_starved = size == 0;
      if (line->is_starved)
        break;
      rc = libssh2_channel_read_ex (line->handle, 0, (char *)scratch, size);
      if (rc <= 0)
        {
          if (rc < 0 && rc != LIBSSH2_ERROR_EAGAIN)
            culvert_session_fail_lib (session, (int)rc, "receiving data");
          break;
        }
      n_received += (gsize)rc;
      if (line->is_offered)
        line->window -= MIN ((guint32)rc, line->window);
      else
        line->window = (guint32)libssh2_channel_window_read_ex (line->handle, NULL, NULL);
      culvert_channel_received (channel, scratch, (gsize)rc);
    }
  return n_received;
}

/* libssh2 says 0 bytes for "nothing now" as well as for EOF; only its flag tells. */
static void
note_end (CulvertLine *line)
{
  if (line->theirs == CULVERT_LINE_FLOWING && libssh2_channel_eof (line->handle))
    line->theirs = CULVERT_LINE_FINISHED;
  if (line->theirs == CULVERT_LINE_FINISHED && libssh2_channel_wait_closed (line->handle) == 0)
    line->theirs = CULVERT_LINE_CLOSED;
}

static void
step_command (CulvertSession *session, CulvertLine *line)
{
  int rc = libssh2_channel_process_startup (line->handle, "exec", 4, line->command,
                                            (unsigned int)strlen (line->command));

  if (rc == LIBSSH2_ERROR_EAGAIN)
    return;
  line->command = NULL;
  culvert_no_delay_answered (session, rc == 0);
}

/* Reads every channel once, beginning where the last round stopped.  Returns the bytes read. */
static gsize
sweep (CulvertSession *session, gint64 until_us, gboolean is_last)
{
  CulvertCarrier *self = session->carrier;
  guint           n_channels = session->channels->len;
  gsize           n_received = 0;

  for (guint i = 0; i < n_channels && session->failure == NULL; i++)
    {
      guint           index = (self->next_channel + i) % n_channels;
      CulvertChannel *channel = g_ptr_array_index (session->channels, index);
      gsize           n_read = read_line (session, channel, is_last);

      n_received += n_read;
      if (channel->state == CULVERT_CHANNEL_OPEN && n_read < CHANNEL_QUANTUM &&
          session->failure == NULL)
        {
          note_end (&channel->line);
          if (channel->line.command != NULL)
            step_command (session, &channel->line);
        }
      culvert_channel_mark_due (channel);
      if (!is_last && g_get_monotonic_time () > until_us)
        {
          self->next_channel = index + 1;
          self->is_sweep_due = TRUE;
          return n_received;
        }
    }
  return n_received;
}

static void
take_offers (CulvertSession *session, CulvertServerPort *port)
{
  LIBSSH2_CHANNEL *handle;
  CulvertChannel  *channel;

  while (port->state == CULVERT_SERVER_PORT_LISTENING &&
         (handle = libssh2_channel_forward_accept (port->handle)) != NULL)
    {
      channel = culvert_channel_new (session, NULL, NULL, NULL, NULL);
      channel->line.handle = handle;
      channel->line.is_offered = TRUE;
      culvert_server_port_offer (port, channel, NULL);
    }
}

static void
step_ports (CulvertSession *session)
{
  GList *next;

  for (GList *l = session->server_ports.ports.head; l != NULL; l = next)
    {
      next = l->next;
      take_offers (session, l->data);
    }
}

static void
step_leaving (CulvertSession *session)
{
  CulvertCarrier    *self = session->carrier;
  CulvertServerPort *port;

  while ((port = g_queue_peek_head (&self->leaving)) != NULL &&
         libssh2_channel_forward_cancel (port->handle) != LIBSSH2_ERROR_EAGAIN)
    {
      g_queue_pop_head (&self->leaving);
      culvert_server_port_forgotten (port);
    }
}

gboolean
culvert_carrier_receive (CulvertSession *session, gint64 until_us, gboolean is_last)
{
  CulvertCarrier *self = session->carrier;
  gsize           n_received;

  read_heartbeat (session);
  if (session->failure == NULL)
    step_leaving (session);
  if (session->failure == NULL)
    step_open (session);
  /* Where there is no heartbeat's channel to read the socket, the sweep is who does. */
  if (self->heartbeat == NULL && !session->gate.is_dry)
    self->is_sweep_due = TRUE;
  if (session->failure != NULL ||
      (!self->is_sweep_due && !is_last && self->swept_at == session->gate.n_received &&
       !session->gate.saw_end))
    return FALSE;
  self->is_sweep_due = FALSE;
  self->swept_at = session->gate.n_received;
  step_ports (session);
  n_received = sweep (session, until_us, is_last);
  culvert_session_release_held (session);
  /* One round may have left something. */
  if (n_received > 0 || self->swept_at != session->gate.n_received)
    self->is_sweep_due = TRUE;
  return self->is_sweep_due;
}

gboolean
culvert_carrier_is_held (CulvertSession *session)
{
  return FALSE;
}

gboolean
culvert_carrier_is_reading (CulvertSession *session)
{
  return session->carrier->is_reading;
}

void
culvert_carrier_ping (CulvertSession *session)
{
  CulvertCarrier *self = session->carrier;

  self->is_pinging = TRUE;
  if (self->is_refused)
    self->service = OPENING_PING;
}

/* What pumps by opening waits with something unread, and not for the socket. */
void
culvert_carrier_tick (CulvertSession *session)
{
  if (session->carrier->is_refused)
    culvert_io_source_wake (session->io);
}

void
culvert_carrier_rekey (CulvertSession *session)
{
}

void
culvert_carrier_listen (CulvertSession *session, CulvertServerPort *port)
{
  g_queue_push_tail (&session->carrier->unasked, port);
}

void
culvert_carrier_unlisten (CulvertSession *session, CulvertServerPort *port)
{
  g_queue_push_tail (&session->carrier->leaving, port);
}

/* What has come already can be read now. */
void
culvert_line_accept (CulvertSession *session, CulvertLine *line, guint32 window)
{
  line->window = window;
  session->carrier->is_sweep_due = TRUE;
  culvert_io_source_wake (session->io);
}

void
culvert_line_refuse (CulvertSession *session, CulvertLine *line, CulvertRefusal reason)
{
}

gsize
culvert_line_get_writable (CulvertSession *session, CulvertLine *line)
{
  if (line->handle == NULL || line->ours != CULVERT_LINE_FLOWING ||
      line->theirs == CULVERT_LINE_CLOSED)
    return 0;
  return MIN (libssh2_channel_window_write_ex (line->handle, NULL), WRITE_MAX);
}

static guint32
digest (const guint8 *bytes, gsize n_bytes)
{
  guint32 hash = 2166136261u; /* FNV-1a */

  for (gsize i = 0; i < n_bytes; i++)
    hash = (hash ^ bytes[i]) * 16777619u;
  return hash;
}

/* A retry with other bytes would send those, and with fewer would read past their end.  A mistake
 * here corrupts data silently, so it is checked. */
static void
check_retry (CulvertLine *line, const guint8 *bytes, gsize n_bytes)
{
  if (line->refused_length == 0)
    return;
  g_assert (n_bytes >= line->refused_length);
  g_assert (line->refused_digest == digest (bytes, line->refused_length));
  line->refused_length = 0;
}

static void
note_refused (CulvertLine *line, const guint8 *bytes, gsize n_bytes)
{
  line->refused_length = (guint32)MIN (n_bytes, WRITE_MAX);
  line->refused_digest = digest (bytes, line->refused_length);
}

gsize
culvert_line_write (CulvertSession *session, CulvertLine *line, const guint8 *bytes, gsize n_bytes)
{
  gsize n_written = 0;

  check_retry (line, bytes, n_bytes);
  while (n_written < n_bytes)
    {
      gssize rc = libssh2_channel_write_ex (line->handle, 0, (const char *)bytes + n_written,
                                            n_bytes - n_written);

      if (rc <= 0)
        {
          if (rc < 0 && rc != LIBSSH2_ERROR_EAGAIN)
            culvert_session_fail_lib (session, (int)rc, "sending data");
          else
            note_refused (line, bytes + n_written, n_bytes - n_written);
          break;
        }
      n_written += (gsize)rc;
    }
  return n_written;
}

gboolean
culvert_line_grant (CulvertSession *session, CulvertLine *line, guint32 n_bytes)
{
  CulvertCarrier *self = session->carrier;
  int             rc = 0;

  if (line->is_offered)
    line->window += n_bytes;
  else
    rc = libssh2_channel_receive_window_adjust2 (line->handle, n_bytes, 1, NULL);
  if (rc == LIBSSH2_ERROR_EAGAIN)
    return FALSE;
  if (rc != 0)
    culvert_session_fail_lib (session, rc, "opening the window");
  if (!line->is_offered)
    line->window = (guint32)libssh2_channel_window_read_ex (line->handle, NULL, NULL);
  /* What was left below the reserve can be read now, without a packet having come. */
  if (line->is_starved)
    {
      self->is_sweep_due = TRUE;
      culvert_io_source_wake (session->io);
    }
  return TRUE;
}

gboolean
culvert_line_finish (CulvertSession *session, CulvertLine *line)
{
  int rc = libssh2_channel_send_eof (line->handle);

  if (rc == LIBSSH2_ERROR_EAGAIN)
    return FALSE;
  line->ours = CULVERT_LINE_FINISHED;
  if (rc != 0)
    culvert_session_fail_lib (session, rc, "sending EOF");
  return TRUE;
}

void
culvert_line_run (CulvertSession *session, CulvertLine *line, const char *command)
{
  line->command = command;
}

gboolean
culvert_line_close (CulvertSession *session, CulvertLine *line)
{
  if (line->handle != NULL && libssh2_channel_free (line->handle) == LIBSSH2_ERROR_EAGAIN)
    return FALSE;
  line->handle = NULL;
  line->ours = CULVERT_LINE_CLOSED;
  return TRUE;
}
