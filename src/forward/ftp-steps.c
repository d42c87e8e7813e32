/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/forward-private.h"
#include "forward/ftp-control-private.h"

#include <string.h>

#define LOOPBACK_4 "127.0.0.1"
#define LOOPBACK_6 "::1"
#define ANY_4      "0.0.0.0"

/* A reply of ours may not overtake those of the server; one that never comes is not waited for. */
#define REFUSAL_MS 3000

#define NO_LISTENER_HERE  "425 Culvert cannot listen for the data connection."
#define NO_LISTENER_THERE "425 The SSH server does not listen for the data connection."
#define TOO_MANY          "425 Too many data connections of this control connection are open."
#define NOT_YOURS         "500 Culvert refuses data connections to any address but the client's."
#define NEEDS_EPSV        "425 PASV names no IPv6 address; use EPSV."
#define ONLY_PASSIVE                                                                               \
  "502 Active mode is carried to an FTP server on the SSH server itself only; use passive mode."

static void
drop_data (CulvertFtpControl *self)
{
  if (self->data != NULL)
    culvert_ftp_data_abandon (g_steal_pointer (&self->data));
}

static void
clear_refusal_timer (CulvertFtpControl *self)
{
  if (self->refusal_timer != NULL)
    g_source_destroy (self->refusal_timer);
  g_clear_pointer (&self->refusal_timer, g_source_unref);
}

void
culvert_ftp_control_reset_steps (CulvertFtpControl *self)
{
  drop_data (self);
  clear_refusal_timer (self);
  g_clear_pointer (&self->refusal, g_free);
  g_clear_pointer (&self->line, g_byte_array_unref);
}

static void
put (CulvertFtpLane *lane, const void *bytes, gsize n_bytes)
{
  culvert_byte_queue_append (&lane->out, bytes, n_bytes);
}

static void
put_text (CulvertFtpLane *lane, const char *text)
{
  put (lane, text, strlen (text));
  put (lane, "\r\n", 2);
}

static gboolean
refusal_timer_cb (gpointer user_data)
{
  CulvertFtpControl *self = user_data;

  clear_refusal_timer (self);
  self->talk.n_unanswered = 0;
  culvert_ftp_control_run (self);
  return G_SOURCE_REMOVE;
}

/* The command does not reach the server; the client is told @text in its turn. */
static void
refuse (CulvertFtpControl *self, const char *text)
{
  self->refusal = g_strdup (text);
  culvert_ftp_control_get_commands (self)->is_held = TRUE;
  self->refusal_timer = g_timeout_source_new (REFUSAL_MS);
  g_source_set_static_name (self->refusal_timer, "culvert ftp refusal");
  g_source_set_callback (self->refusal_timer, refusal_timer_cb, self, NULL);
  g_source_attach (self->refusal_timer, g_main_context_get_thread_default ());
}

gboolean
culvert_ftp_control_give_refusal (CulvertFtpControl *self)
{
  CulvertFtpLane  *replies = culvert_ftp_control_get_replies (self);
  g_autofree char *text = NULL;

  if (self->refusal == NULL || replies->is_held ||
      (self->talk.n_unanswered > 0 && !self->talk.is_hidden))
    return FALSE;
  clear_refusal_timer (self);
  text = g_steal_pointer (&self->refusal);
  if (!self->talk.is_hidden)
    put_text (replies, text);
  culvert_ftp_control_get_commands (self)->is_held = FALSE;
  return TRUE;
}

static CulvertEndpoint *
to_endpoint (const char *host, guint16 port)
{
  return culvert_endpoint_new_tcp (host != NULL && *host != '\0' ? host : "localhost", port);
}

/* The other end's data connection, told in the words of the command or reply that asked. */

static void
put_command (CulvertFtpControl *self, const char *host, guint16 port)
{
  CulvertFtpLane  *commands = culvert_ftp_control_get_commands (self);
  CulvertFtpPlace  place = { .port = port };
  g_autofree char *text = NULL;

  g_strlcpy (place.host, host, sizeof place.host);
  text = culvert_ftp_write_command (self->command.verb, &place);
  put (commands, text, strlen (text));
  commands->is_held = FALSE;
  self->talk.n_unanswered++;
}

static void
put_reply (CulvertFtpControl *self, const char *host, guint16 port)
{
  CulvertFtpLane        *replies = culvert_ftp_control_get_replies (self);
  g_autoptr (GByteArray) line = g_steal_pointer (&self->line);
  g_autoptr (GByteArray) changed = NULL;
  CulvertFtpPlace        place = { .port = port };

  g_strlcpy (place.host, host, sizeof place.host);
  changed = culvert_ftp_write_reply (line->data, line->len, &self->reply, &place);
  put (replies, changed->data, changed->len);
  replies->is_held = FALSE;
  self->given = place;
}

/* PASV is answered, but with no place. */
static void
put_no_place (CulvertFtpControl *self, const char *text)
{
  CulvertFtpLane *replies = culvert_ftp_control_get_replies (self);

  g_clear_pointer (&self->line, g_byte_array_unref);
  put_text (replies, text);
  replies->is_held = FALSE;
}

/* Where the FTP server, beside the SSH server, finds our listener: in the family that the control
 * connection came by, since servers refuse any other address than the client's. */
static const char *
get_loopback_there (CulvertFtpControl *self)
{
  const char *host = culvert_endpoint_get_host (self->target);

  if (host != NULL && g_str_has_prefix (host, "127."))
    return LOOPBACK_4;
  if (host != NULL && culvert_ftp_is_ipv6 (host))
    return LOOPBACK_6;
  return culvert_ftp_is_ipv6 (self->command.place.host) ? LOOPBACK_6 : LOOPBACK_4;
}

/* Where an FTP client at the server's side finds our listener there.  The protocol does not tell to which
 * of its addresses the client has connected; 0.0.0.0 is what clients take for that one. */
static const char *
get_address_there (CulvertFtpControl *self)
{
  CulvertForwardSpec *spec = culvert_forward_get_spec (self->forward);
  const char         *host = culvert_endpoint_get_host (culvert_forward_spec_get_listen (spec));

  if (culvert_host_is_loopback (host) ||
      (self->far_client != NULL && culvert_host_is_loopback (self->far_client)))
    return LOOPBACK_4;
  return g_hostname_is_ip_address (host) && !culvert_ftp_is_ipv6 (host) ? host : ANY_4;
}

static void
ready_cb (guint16 port, gpointer user_data)
{
  CulvertFtpControl *self = user_data;

  if (self->line != NULL)
    put_reply (self, get_address_there (self), port);
  else
    put_command (self, get_loopback_there (self), port);
  culvert_ftp_control_run (self);
}

static void
failed_cb (const GError *error, gpointer user_data)
{
  CulvertFtpControl *self = user_data;

  self->data = NULL;
  culvert_ftp_control_note (self, "no data connection: %s", error->message);
  if (self->line != NULL)
    put_no_place (self, NO_LISTENER_THERE);
  else
    refuse (self, NO_LISTENER_THERE);
  culvert_ftp_control_run (self);
}

static void
settled_cb (gpointer user_data)
{
  ((CulvertFtpControl *)user_data)->data = NULL;
}

static const CulvertFtpDataEvents data_events = {
  .ready = ready_cb,
  .failed = failed_cb,
  .settled = settled_cb,
};

/* Returns: (nullable): the words for why not, or NULL when the server is asked */
static const char *
listen_there (CulvertFtpControl     *self,
              const char            *host,
              const char            *client,
              const CulvertEndpoint *target)
{
  CulvertTransport *transport = culvert_forward_get_transport (self->forward);

  if (transport == NULL || self->inner == NULL)
    return NO_LISTENER_THERE;
  if (!culvert_ftp_data_set_has_room (self->set, self->id))
    return TOO_MANY;
  self->data = culvert_ftp_data_listen_there (self->set, self->id, transport, host, client, target,
                                              &data_events, self);
  return NULL;
}

/* Returns: (nullable): the words for why not, or NULL when it listens on @port */
static const char *
listen_here (CulvertFtpControl     *self,
             const char            *host,
             const char            *client,
             const CulvertEndpoint *target,
             guint16               *port)
{
  g_autoptr (GError) error = NULL;

  if (!culvert_ftp_data_set_has_room (self->set, self->id))
    return TOO_MANY;
  self->data = culvert_ftp_data_listen_here (self->set, self->id, host, client, target,
                                             &data_events, self, port, &error);
  if (self->data != NULL)
    return NULL;
  culvert_ftp_control_note (self, "no data connection: %s", error->message);
  return NO_LISTENER_HERE;
}

/* Active mode: the client listens, the server connects. */

/* Returns: (nullable): the address of the client, if @host means it: lftp says "::" for itself. */
static const char *
find_client (CulvertFtpControl *self, const char *host)
{
  const char *client = self->is_remote ? self->far_client : self->near_peer;

  if (client == NULL)
    return NULL;
  if (*client == '\0')
    client = culvert_host_is_loopback (host) ? host : LOOPBACK_4;
  return culvert_ftp_is_same_host (client, host) || culvert_ftp_is_same_host ("::", host) ||
             culvert_ftp_is_same_host (ANY_4, host)
           ? client
           : NULL;
}

static gboolean
is_beside_ssh_server (CulvertFtpControl *self)
{
  const char *host = culvert_endpoint_get_host (self->target);

  return host == NULL || culvert_host_is_loopback (host);
}

static const char *
begin_active_here (CulvertFtpControl *self, const CulvertEndpoint *client)
{
  const char *host = *self->here != '\0' ? self->here : LOOPBACK_4;
  guint16     port;
  const char *problem =
    listen_here (self, host, *self->near_peer != '\0' ? self->near_peer : NULL, client, &port);

  if (problem == NULL)
    put_command (self, host, port);
  return problem;
}

static void
begin_active (CulvertFtpControl *self)
{
  const CulvertFtpPlace      *place = &self->command.place;
  const char                 *host = find_client (self, place->host);
  g_autoptr (CulvertEndpoint) client = to_endpoint (host, place->port);
  const char                 *problem = NULL;

  if (host == NULL)
    {
      culvert_ftp_control_note (
        self, "refused to have data sent to %s, port %u: not the client's address", place->host,
        place->port);
      problem = NOT_YOURS;
    }
  else if (self->is_remote)
    {
      problem = begin_active_here (self, client);
    }
  else if (!is_beside_ssh_server (self))
    {
      culvert_ftp_control_note (self,
                                "active mode is carried only where the FTP server runs on the "
                                "SSH server itself; passive mode works");
      problem = ONLY_PASSIVE;
    }
  else
    {
      problem = listen_there (self, "localhost", LOOPBACK_4, client);
      culvert_ftp_control_get_commands (self)->is_held = TRUE;
    }
  if (problem != NULL)
    refuse (self, problem);
}

/* Passive mode: the server listens, the client connects. */

/* Servers behind an address translation name one that nobody reaches, and one that means harm names
 * somebody else: in either case the data is where the control connection leads. */
static void
note_other_host (CulvertFtpControl *self, const char *host)
{
  const char *named = self->reply.place.host;

  if (*named == '\0' || host == NULL || !g_hostname_is_ip_address (host) ||
      culvert_ftp_is_same_host (named, host))
    return;
  culvert_ftp_control_note (
    self, "the server names %s for the data connection, which is not its own address: %s is used",
    named, host);
}

static void
begin_passive_here (CulvertFtpControl *self)
{
  const char                 *server = culvert_endpoint_get_host (self->target);
  g_autoptr (CulvertEndpoint) target = to_endpoint (server, self->reply.place.port);
  const char                 *host = *self->here != '\0' ? self->here : LOOPBACK_4;
  const char                 *client = *self->near_peer != '\0' ? self->near_peer : NULL;
  const char                 *problem = NULL;
  guint16                     port = 0;

  note_other_host (self, server);
  if (self->reply.code == 227 && culvert_ftp_is_ipv6 (host))
    {
      problem = culvert_host_is_loopback (host) ? NULL : NEEDS_EPSV;
      host = LOOPBACK_4;
      client = LOOPBACK_4;
    }
  if (problem == NULL)
    problem = listen_here (self, host, client, target, &port);
  if (problem == NULL)
    put_reply (self, host, port);
  else
    put_no_place (self, problem);
}

static void
begin_passive_there (CulvertFtpControl *self)
{
  CulvertForwardSpec *spec = culvert_forward_get_spec (self->forward);
  const char         *listen = culvert_endpoint_get_host (culvert_forward_spec_get_listen (spec));
  g_autoptr (CulvertEndpoint) target = to_endpoint (self->near_peer, self->reply.place.port);
  const char                 *problem;

  note_other_host (self, *self->near_peer != '\0' ? self->near_peer : NULL);
  problem = listen_there (self, *listen != '\0' ? listen : "localhost", self->far_client, target);
  culvert_ftp_control_get_replies (self)->is_held = TRUE;
  if (problem != NULL)
    put_no_place (self, problem);
}

static void
begin_passive (CulvertFtpControl *self, GByteArray *line)
{
  g_clear_pointer (&self->line, g_byte_array_unref);
  self->line = g_byte_array_ref (line);
  /* A reply of several lines may say it twice. */
  if (self->talk.n_places > 1 && self->data != NULL && self->server_port == self->reply.place.port)
    {
      put_reply (self, self->given.host, self->given.port);
      return;
    }
  self->server_port = self->reply.place.port;
  drop_data (self);
  if (self->is_remote)
    begin_passive_there (self);
  else
    begin_passive_here (self);
}

static void
take_command (CulvertFtpControl *self, GByteArray *line)
{
  const char *note;

  switch (culvert_ftp_talk_command (&self->talk, line->data, line->len, &self->command, &note))
    {
    case CULVERT_FTP_ACTIVE:
      drop_data (self);
      begin_active (self);
      return;
    case CULVERT_FTP_REFUSE:
      culvert_ftp_control_note (self, "a command was refused: %s", note);
      refuse (self, note);
      return;
    case CULVERT_FTP_PASS:
    case CULVERT_FTP_PASSIVE:
    case CULVERT_FTP_HIDE:
    default:
      put (culvert_ftp_control_get_commands (self), line->data, line->len);
      return;
    }
}

static void
take_reply (CulvertFtpControl *self, GByteArray *line)
{
  const char    *note;
  CulvertFtpStep step =
    culvert_ftp_talk_reply (&self->talk, line->data, line->len, &self->reply, &note);

  if (note != NULL)
    culvert_ftp_control_note (self, "%s", note);
  if (step == CULVERT_FTP_PASSIVE)
    begin_passive (self, line);
  else
    put (culvert_ftp_control_get_replies (self), line->data, line->len);
}

void
culvert_ftp_control_take_line (CulvertFtpControl *self, gboolean is_command, GByteArray *line)
{
  if (is_command)
    take_command (self, line);
  else
    take_reply (self, line);
}
