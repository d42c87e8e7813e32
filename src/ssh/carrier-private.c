/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/carrier.h"

#include "ssh/channel.h"
#include "ssh/no-delay.h"
#include "ssh/offer.h"
#include "ssh/server-port.h"
#include "ssh/session-private.h"
#include "ssh/wire.h"

#include <culvert.h>

/* RFC 4250 section 4.1.2 */
enum
{
  MSG_GLOBAL_REQUEST = 80,
  MSG_REQUEST_SUCCESS = 81,
  MSG_REQUEST_FAILURE = 82,
  MSG_CHANNEL_OPEN = 90,
  MSG_CHANNEL_OPEN_CONFIRMATION = 91,
  MSG_CHANNEL_OPEN_FAILURE = 92,
  MSG_CHANNEL_WINDOW_ADJUST = 93,
  MSG_CHANNEL_DATA = 94,
  MSG_CHANNEL_EXTENDED_DATA = 95,
  MSG_CHANNEL_EOF = 96,
  MSG_CHANNEL_CLOSE = 97,
  MSG_CHANNEL_REQUEST = 98,
  MSG_CHANNEL_SUCCESS = 99,
  MSG_CHANNEL_FAILURE = 100,
};

/* RFC 4254 section 5.1 */
enum
{
  OPEN_ADMINISTRATIVELY_PROHIBITED = 1,
  OPEN_CONNECT_FAILED = 2,
  OPEN_UNKNOWN_CHANNEL_TYPE = 3,
  OPEN_RESOURCE_SHORTAGE = 4,
};

#define OPENS_MAX 512
/* Of what a server can make us answer while a key exchange keeps the answers back. */
#define KEPT_MAX 4096
#define TEXT_MAX 1024

typedef enum
{
  SLOT_FREE,
  SLOT_OPENING,
  SLOT_OFFERED, /* by the server, and not answered */
  SLOT_OPEN,
} SlotState;

typedef struct
{
  CulvertLine *line;
  SlotState    state;
} Slot;

/* What a global request of ours was about; their answers carry nothing but their order
 * (RFC 4254 section 4). */
typedef enum
{
  REQUEST_PING,
  REQUEST_LISTEN,
  REQUEST_UNLISTEN,
} RequestKind;

typedef struct
{
  RequestKind        kind;
  CulvertServerPort *port; /* NULL for a ping */
} Request;

struct _CulvertCarrier
{
  GArray     *slots;    /* of Slot, by the channel's number on our side */
  GArray     *free_ids; /* of guint32 */
  GQueue      kept;     /* of GByteArray: packets that a key exchange holds up, in order */
  GByteArray *packet;   /* the one being made */
  guint       n_opening;
  GQueue      requests; /* of Request: unanswered, in order */
};

void
culvert_carrier_start (CulvertSession *session)
{
  CulvertCarrier *self = g_new0 (CulvertCarrier, 1);

  self->slots = g_array_new (FALSE, FALSE, sizeof (Slot));
  self->free_ids = g_array_new (FALSE, FALSE, sizeof (guint32));
  self->packet = g_byte_array_new ();
  g_queue_init (&self->kept);
  g_queue_init (&self->requests);
  session->carrier = self;
  culvert_ssh2_take_connection (session->ssh);
}

void
culvert_carrier_clear (CulvertSession *session)
{
  CulvertCarrier *self = g_steal_pointer (&session->carrier);

  if (self == NULL)
    return;
  g_array_unref (self->slots);
  g_array_unref (self->free_ids);
  g_byte_array_unref (self->packet);
  g_queue_clear_full (&self->kept, (GDestroyNotify)g_byte_array_unref);
  g_queue_clear_full (&self->requests, g_free);
  g_free (self);
}

/* Everything but channel data is sent this way: in order, and never refused. */
static void
send_packet (CulvertSession *session)
{
  CulvertCarrier *self = session->carrier;
  int             rc = LIBSSH2_ERROR_EAGAIN;

  if (g_queue_is_empty (&self->kept))
    rc = culvert_ssh2_send (session->ssh, self->packet->data, self->packet->len, NULL, 0);
  if (rc == LIBSSH2_ERROR_EAGAIN && self->kept.length < KEPT_MAX)
    {
      g_queue_push_tail (&self->kept, g_steal_pointer (&self->packet));
      self->packet = g_byte_array_new ();
    }
  else if (rc == LIBSSH2_ERROR_EAGAIN)
    culvert_session_fail (session,
                          g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_PROTOCOL,
                                               "the server asks for more than it lets us answer"));
  else if (rc != 0)
    culvert_session_fail_lib (session, rc, "sending");
}

static void
send_kept (CulvertSession *session)
{
  CulvertCarrier *self = session->carrier;

  while (!g_queue_is_empty (&self->kept) && session->failure == NULL)
    {
      GByteArray *packet = g_queue_peek_head (&self->kept);
      int         rc = culvert_ssh2_send (session->ssh, packet->data, packet->len, NULL, 0);

      if (rc == LIBSSH2_ERROR_EAGAIN)
        return;
      if (rc != 0)
        culvert_session_fail_lib (session, rc, "sending");
      g_queue_pop_head (&self->kept);
      g_byte_array_unref (packet);
    }
}

static GByteArray *
begin_packet (CulvertSession *session, guint8 type)
{
  GByteArray *packet = session->carrier->packet;

  g_byte_array_set_size (packet, 0);
  culvert_wire_write_byte (packet, type);
  return packet;
}

/* A message that is its type, the server's number of the channel, and at most one number more. */
static void
send_for_line (CulvertSession *session, guint8 type, const CulvertLine *line, const guint32 *number)
{
  GByteArray *packet = begin_packet (session, type);

  culvert_wire_write_u32 (packet, line->remote_id);
  if (number != NULL)
    culvert_wire_write_u32 (packet, *number);
  send_packet (session);
}

/* Numbers are used again, the last one given back first: the table stays as small as it can. */
static guint32
take_slot (CulvertCarrier *self, CulvertLine *line, SlotState state)
{
  Slot    slot = { line, state };
  guint32 id = self->slots->len;

  if (self->free_ids->len == 0)
    {
      g_array_append_val (self->slots, slot);
      return id;
    }
  id = g_array_index (self->free_ids, guint32, self->free_ids->len - 1);
  g_array_set_size (self->free_ids, self->free_ids->len - 1);
  g_array_index (self->slots, Slot, id) = slot;
  return id;
}

static void
give_slot_back (CulvertCarrier *self, guint32 id)
{
  g_array_index (self->slots, Slot, id) = (Slot){ NULL, SLOT_FREE };
  g_array_append_val (self->free_ids, id);
}

/* Returns NULL for a number that is not in @state: a server may speak of channels that are gone. */
static CulvertLine *
read_line (CulvertCarrier *self, CulvertWireReader *reader, SlotState state)
{
  guint32 id;
  Slot   *slot;

  if (!culvert_wire_read_u32 (reader, &id) || id >= self->slots->len)
    return NULL;
  slot = &g_array_index (self->slots, Slot, id);
  return slot->state == state ? slot->line : NULL;
}

gboolean
culvert_carrier_can_open (CulvertSession *session)
{
  return session->carrier->n_opening < OPENS_MAX;
}

void
culvert_carrier_open (CulvertSession   *session,
                      CulvertLine      *line,
                      const char       *type,
                      const GByteArray *message,
                      guint32           window)
{
  CulvertCarrier *self = session->carrier;
  GByteArray     *packet = begin_packet (session, MSG_CHANNEL_OPEN);

  line->local_id = take_slot (self, line, SLOT_OPENING);
  line->window = window;
  culvert_wire_write_text (packet, type);
  culvert_wire_write_u32 (packet, line->local_id);
  culvert_wire_write_u32 (packet, window);
  culvert_wire_write_u32 (packet, CULVERT_LIB_PACKET_SIZE);
  g_byte_array_append (packet, message->data, message->len);
  self->n_opening++;
  send_packet (session);
}

static void
take_confirmation (CulvertSession *session, CulvertWireReader *reader)
{
  CulvertCarrier *self = session->carrier;
  CulvertLine    *line = read_line (self, reader, SLOT_OPENING);

  if (line == NULL || !culvert_wire_read_u32 (reader, &line->remote_id) ||
      !culvert_wire_read_u32 (reader, &line->room) ||
      !culvert_wire_read_u32 (reader, &line->packet_max))
    return;
  g_array_index (self->slots, Slot, line->local_id).state = SLOT_OPEN;
  self->n_opening--;
  culvert_open_queue_opened (session, CULVERT_CHANNEL_FROM_LINE (line));
}

static int
get_refusal_code (guint32 reason)
{
  switch (reason)
    {
    case OPEN_ADMINISTRATIVELY_PROHIBITED:
      return CULVERT_SSH_ERROR_OPEN_PROHIBITED;
    case OPEN_CONNECT_FAILED:
      return CULVERT_SSH_ERROR_OPEN_FAILED;
    case OPEN_RESOURCE_SHORTAGE:
      return CULVERT_SSH_ERROR_OPEN_SHORTAGE;
    case OPEN_UNKNOWN_CHANNEL_TYPE:
    default:
      return CULVERT_SSH_ERROR_OPEN_UNKNOWN;
    }
}

static const char *
describe_refusal (guint32 reason)
{
  switch (reason)
    {
    case OPEN_ADMINISTRATIVELY_PROHIBITED:
      return "administratively prohibited";
    case OPEN_CONNECT_FAILED:
      return "connect failed";
    case OPEN_UNKNOWN_CHANNEL_TYPE:
      return "unknown channel type";
    case OPEN_RESOURCE_SHORTAGE:
      return "resource shortage";
    default:
      return "no known reason";
    }
}

static void
take_refusal (CulvertSession *session, CulvertWireReader *reader)
{
  CulvertCarrier  *self = session->carrier;
  CulvertLine     *line = read_line (self, reader, SLOT_OPENING);
  guint32          reason;
  g_autofree char *said = NULL;
  g_autofree char *printable = NULL;
  g_autofree char *text = NULL;

  if (line == NULL || !culvert_wire_read_u32 (reader, &reason))
    return;
  said = culvert_wire_read_text (reader, TEXT_MAX);
  printable = culvert_log_printable (said != NULL ? said : "", -1);
  text = *printable != '\0' ? g_strdup_printf ("%s (%s)", describe_refusal (reason), printable)
                            : g_strdup (describe_refusal (reason));
  give_slot_back (self, line->local_id);
  self->n_opening--;
  culvert_open_queue_refused (session, CULVERT_CHANNEL_FROM_LINE (line), get_refusal_code (reason),
                              text, *printable != '\0' ? printable : NULL);
}

static void
take_adjustment (CulvertSession *session, CulvertWireReader *reader)
{
  CulvertLine *line = read_line (session->carrier, reader, SLOT_OPEN);
  guint32      n_bytes;

  if (line == NULL || !culvert_wire_read_u32 (reader, &n_bytes))
    return;
  line->room = n_bytes > G_MAXUINT32 - line->room ? G_MAXUINT32 : line->room + n_bytes;
  culvert_channel_mark_due (CULVERT_CHANNEL_FROM_LINE (line));
}

/* Stderr of a command, which nobody wants, counts like other data and is gone at once. */
static void
take_data (CulvertSession *session, CulvertWireReader *reader, gboolean is_extended)
{
  CulvertLine  *line = read_line (session->carrier, reader, SLOT_OPEN);
  guint32       type;
  const guint8 *bytes;
  gsize         n_bytes;

  if (line == NULL || (is_extended && !culvert_wire_read_u32 (reader, &type)) ||
      !culvert_wire_read_string (reader, &bytes, &n_bytes))
    return;
  if (line->theirs != CULVERT_LINE_FLOWING)
    return;
  if (n_bytes > line->window)
    {
      culvert_session_fail (session,
                            g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_PROTOCOL,
                                                 "the server sent more than it was allowed to"));
      return;
    }
  line->window -= (guint32)n_bytes;
  if (n_bytes > 0 && !is_extended)
    culvert_channel_received (CULVERT_CHANNEL_FROM_LINE (line), bytes, n_bytes);
}

static void
take_end (CulvertSession *session, CulvertWireReader *reader, CulvertLineEnd how)
{
  CulvertLine *line = read_line (session->carrier, reader, SLOT_OPEN);

  if (line == NULL || line->theirs >= how)
    return;
  line->theirs = how;
  culvert_channel_mark_due (CULVERT_CHANNEL_FROM_LINE (line));
}

/* Nothing that a server may ask of a client is granted: not keys, not X11, not an agent. */
static void
take_request (CulvertSession *session, CulvertWireReader *reader)
{
  CulvertLine  *line = read_line (session->carrier, reader, SLOT_OPEN);
  const guint8 *name;
  gsize         n_name;
  guint8        wants_reply;

  if (line != NULL && culvert_wire_read_string (reader, &name, &n_name) &&
      culvert_wire_read_byte (reader, &wants_reply) && wants_reply != 0)
    send_for_line (session, MSG_CHANNEL_FAILURE, line, NULL);
}

static void
take_global_request (CulvertSession *session, CulvertWireReader *reader)
{
  const guint8 *name;
  gsize         n_name;
  guint8        wants_reply;

  if (!culvert_wire_read_string (reader, &name, &n_name) ||
      !culvert_wire_read_byte (reader, &wants_reply) || wants_reply == 0)
    return;
  begin_packet (session, MSG_REQUEST_FAILURE);
  send_packet (session);
}

static void
refuse_open (CulvertSession *session, guint32 sender, guint32 reason, const char *text)
{
  GByteArray *packet = begin_packet (session, MSG_CHANNEL_OPEN_FAILURE);

  culvert_wire_write_u32 (packet, sender);
  culvert_wire_write_u32 (packet, reason);
  culvert_wire_write_text (packet, text);
  culvert_wire_write_text (packet, "");
  send_packet (session);
}

static void
take_offer (CulvertSession *session, const CulvertOffer *offer)
{
  CulvertServerPort *port = culvert_server_port_find (session, offer->address, offer->port);
  CulvertChannel    *channel;
  CulvertLine       *line;

  if (port == NULL)
    {
      refuse_open (session, offer->sender, OPEN_ADMINISTRATIVELY_PROHIBITED,
                   "nothing was asked to be forwarded here");
      return;
    }
  channel = culvert_channel_new (session, NULL, NULL, NULL, NULL);
  line = &channel->line;
  line->local_id = take_slot (session->carrier, line, SLOT_OFFERED);
  line->remote_id = offer->sender;
  line->room = offer->window;
  line->packet_max = offer->packet_max;
  culvert_server_port_offer (port, channel, offer->originator);
}

static void
take_open (CulvertSession *session, CulvertWireReader *reader)
{
  g_auto (CulvertOffer) offer = { 0 };
  CulvertWireReader     rest;
  const guint8         *type;
  gsize                 n_type;
  guint32               sender;

  if (!culvert_wire_read_string (reader, &type, &n_type))
    return;
  rest = *reader;
  if (!culvert_wire_read_u32 (reader, &sender))
    return;
  if (n_type != strlen (CULVERT_OFFER_FORWARDED_TCPIP) ||
      memcmp (type, CULVERT_OFFER_FORWARDED_TCPIP, n_type) != 0)
    refuse_open (session, sender, OPEN_UNKNOWN_CHANNEL_TYPE, "not offered by this client");
  else if (!culvert_offer_parse (&rest, &offer))
    refuse_open (session, sender, OPEN_ADMINISTRATIVELY_PROHIBITED, "malformed");
  else
    take_offer (session, &offer);
}

void
culvert_line_accept (CulvertSession *session, CulvertLine *line, guint32 window)
{
  GByteArray *packet = begin_packet (session, MSG_CHANNEL_OPEN_CONFIRMATION);

  line->window = window;
  culvert_wire_write_u32 (packet, line->remote_id);
  culvert_wire_write_u32 (packet, line->local_id);
  culvert_wire_write_u32 (packet, window);
  culvert_wire_write_u32 (packet, CULVERT_LIB_PACKET_SIZE);
  g_array_index (session->carrier->slots, Slot, line->local_id).state = SLOT_OPEN;
  send_packet (session);
}

void
culvert_line_refuse (CulvertSession *session, CulvertLine *line, CulvertRefusal reason)
{
  line->ours = line->theirs = CULVERT_LINE_CLOSED;
  refuse_open (session, line->remote_id, (guint32)reason, describe_refusal ((guint32)reason));
}

static void
ask (CulvertSession *session, RequestKind kind, CulvertServerPort *port)
{
  static const char *const names[] = {
    [REQUEST_PING] = "keepalive@openssh.com",
    [REQUEST_LISTEN] = "tcpip-forward",
    [REQUEST_UNLISTEN] = "cancel-tcpip-forward",
  };
  GByteArray *packet = begin_packet (session, MSG_GLOBAL_REQUEST);
  Request    *request = g_new (Request, 1);

  *request = (Request){ kind, port };
  g_queue_push_tail (&session->carrier->requests, request);
  culvert_wire_write_text (packet, names[kind]);
  culvert_wire_write_byte (packet, TRUE);
  if (port != NULL)
    {
      culvert_wire_write_text (packet, port->address);
      culvert_wire_write_u32 (packet, kind == REQUEST_LISTEN ? port->wanted : port->number);
    }
  send_packet (session);
}

void
culvert_carrier_listen (CulvertSession *session, CulvertServerPort *port)
{
  ask (session, REQUEST_LISTEN, port);
}

void
culvert_carrier_unlisten (CulvertSession *session, CulvertServerPort *port)
{
  ask (session, REQUEST_UNLISTEN, port);
}

/* The port is named in the answer when the server was to pick it. */
static void
take_listen_reply (CulvertServerPort *port, CulvertWireReader *reader, gboolean is_good)
{
  guint32 number = port->wanted;

  if (is_good && number == 0 &&
      (!culvert_wire_read_u32 (reader, &number) || number == 0 || number > G_MAXUINT16))
    is_good = FALSE;
  culvert_server_port_answered (port, is_good, is_good ? (guint16)number : 0);
}

static void
take_reply (CulvertSession *session, CulvertWireReader *reader, gboolean is_good)
{
  g_autofree Request *request = g_queue_pop_head (&session->carrier->requests);

  if (request == NULL)
    return;
  switch (request->kind)
    {
    case REQUEST_LISTEN:
      take_listen_reply (request->port, reader, is_good);
      break;
    case REQUEST_UNLISTEN:
      culvert_server_port_forgotten (request->port);
      break;
    case REQUEST_PING:
    default:
      culvert_heartbeat_ponged (session);
      break;
    }
}

static void
packet_cb (const unsigned char *bytes, size_t n_bytes, void *user_data)
{
  CulvertSession   *session = user_data;
  CulvertWireReader reader;

  if (session->failure != NULL)
    return;
  culvert_wire_reader_init (&reader, bytes + 1, n_bytes - 1);
  switch (bytes[0])
    {
    case MSG_GLOBAL_REQUEST:
      take_global_request (session, &reader);
      break;
    case MSG_REQUEST_SUCCESS:
    case MSG_REQUEST_FAILURE:
      take_reply (session, &reader, bytes[0] == MSG_REQUEST_SUCCESS);
      break;
    case MSG_CHANNEL_OPEN:
      take_open (session, &reader);
      break;
    case MSG_CHANNEL_OPEN_CONFIRMATION:
      take_confirmation (session, &reader);
      break;
    case MSG_CHANNEL_OPEN_FAILURE:
      take_refusal (session, &reader);
      break;
    case MSG_CHANNEL_WINDOW_ADJUST:
      take_adjustment (session, &reader);
      break;
    case MSG_CHANNEL_DATA:
    case MSG_CHANNEL_EXTENDED_DATA:
      take_data (session, &reader, bytes[0] == MSG_CHANNEL_EXTENDED_DATA);
      break;
    case MSG_CHANNEL_EOF:
      take_end (session, &reader, CULVERT_LINE_FINISHED);
      break;
    case MSG_CHANNEL_CLOSE:
      take_end (session, &reader, CULVERT_LINE_CLOSED);
      break;
    case MSG_CHANNEL_REQUEST:
      take_request (session, &reader);
      break;
    case MSG_CHANNEL_SUCCESS:
    case MSG_CHANNEL_FAILURE:
      culvert_no_delay_answered (session, bytes[0] == MSG_CHANNEL_SUCCESS);
      break;
    default:
      break;
    }
}

gboolean
culvert_carrier_is_held (CulvertSession *session)
{
  return culvert_ssh2_is_rekeying (session->ssh) || !g_queue_is_empty (&session->carrier->kept);
}

gboolean
culvert_carrier_receive (CulvertSession *session, gint64 until_us, gboolean is_last)
{
  gboolean has_more = FALSE;
  int      rc;

  do
    rc = culvert_ssh2_receive (session->ssh, packet_cb, session);
  while (rc == 0 && session->failure == NULL &&
         (is_last || !(has_more = g_get_monotonic_time () > until_us)));
  if (rc < 0 && rc != LIBSSH2_ERROR_EAGAIN)
    culvert_session_fail_lib (session, rc, "receiving");

  if (!culvert_ssh2_is_rekeying (session->ssh))
    send_kept (session);
  if (!culvert_carrier_is_held (session))
    culvert_session_release_held (session);
  return has_more && rc == 0;
}

gboolean
culvert_carrier_is_reading (CulvertSession *session)
{
  return TRUE;
}

/* Known or not, the server must answer (RFC 4254 section 4); either answer will do. */
void
culvert_carrier_ping (CulvertSession *session)
{
  ask (session, REQUEST_PING, NULL);
}

void
culvert_carrier_tick (CulvertSession *session)
{
}

void
culvert_carrier_rekey (CulvertSession *session)
{
  int rc = culvert_ssh2_rekey (session->ssh);

  if (rc != 0)
    culvert_session_fail_lib (session, rc, "changing keys");
}

gsize
culvert_line_get_writable (CulvertSession *session, CulvertLine *line)
{
  if (line->ours != CULVERT_LINE_FLOWING || line->theirs == CULVERT_LINE_CLOSED ||
      culvert_carrier_is_held (session))
    return 0;
  return MIN (MIN (line->room, line->packet_max), CULVERT_LIB_PACKET_SIZE);
}

gsize
culvert_line_write (CulvertSession *session, CulvertLine *line, const guint8 *bytes, gsize n_bytes)
{
  guint8  head[9] = { MSG_CHANNEL_DATA };
  guint32 number;
  int     rc;

  n_bytes = MIN (n_bytes, culvert_line_get_writable (session, line));
  if (n_bytes == 0)
    return 0;
  number = GUINT32_TO_BE (line->remote_id);
  memcpy (head + 1, &number, sizeof number);
  number = GUINT32_TO_BE ((guint32)n_bytes);
  memcpy (head + 5, &number, sizeof number);
  rc = culvert_ssh2_send (session->ssh, head, sizeof head, bytes, n_bytes);
  if (rc == LIBSSH2_ERROR_EAGAIN)
    return 0;
  if (rc != 0)
    culvert_session_fail_lib (session, rc, "sending data");
  line->room -= (guint32)n_bytes;
  return n_bytes;
}

gboolean
culvert_line_grant (CulvertSession *session, CulvertLine *line, guint32 n_bytes)
{
  if (line->theirs == CULVERT_LINE_FLOWING)
    {
      line->window += n_bytes;
      send_for_line (session, MSG_CHANNEL_WINDOW_ADJUST, line, &n_bytes);
    }
  return TRUE;
}

gboolean
culvert_line_finish (CulvertSession *session, CulvertLine *line)
{
  if (line->ours == CULVERT_LINE_FLOWING)
    {
      line->ours = CULVERT_LINE_FINISHED;
      send_for_line (session, MSG_CHANNEL_EOF, line, NULL);
    }
  return TRUE;
}

void
culvert_line_run (CulvertSession *session, CulvertLine *line, const char *command)
{
  GByteArray *packet = begin_packet (session, MSG_CHANNEL_REQUEST);

  culvert_wire_write_u32 (packet, line->remote_id);
  culvert_wire_write_text (packet, "exec");
  culvert_wire_write_byte (packet, TRUE);
  culvert_wire_write_text (packet, command);
  send_packet (session);
}

gboolean
culvert_line_close (CulvertSession *session, CulvertLine *line)
{
  if (line->ours != CULVERT_LINE_CLOSED)
    {
      line->ours = CULVERT_LINE_CLOSED;
      send_for_line (session, MSG_CHANNEL_CLOSE, line, NULL);
    }
  if (line->theirs != CULVERT_LINE_CLOSED)
    return FALSE;
  give_slot_back (session->carrier, line->local_id);
  return TRUE;
}
