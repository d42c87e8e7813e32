/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/forward-private.h"
#include "forward/ftp-steps.h"

#define ANY_4      "0.0.0.0"
#define ANY_6      "::"
#define NEEDS_EPSV "425 PASV names no IPv6 address; use EPSV."

/* Where an FTP client at the server's side finds our listener there.  The protocol does not tell to which
 * of its addresses the client has connected; 0.0.0.0 is what clients take for that one. */
static const char *
get_address_there (CulvertFtpControl *self)
{
  CulvertForwardSpec *spec = culvert_forward_get_spec (self->forward);
  const char         *host = culvert_endpoint_get_host (culvert_forward_spec_get_listen (spec));

  if (culvert_host_is_loopback (host) ||
      (self->far_client != NULL && culvert_host_is_loopback (self->far_client)))
    return CULVERT_FTP_LOOPBACK_4;
  return g_hostname_is_ip_address (host) && !culvert_ftp_is_ipv6 (host) ? host : ANY_4;
}

void
culvert_ftp_passive_listening (CulvertFtpControl *self, guint16 port)
{
  culvert_ftp_control_put_reply (self, get_address_there (self), port);
}

/* Servers behind an address translation name one that nobody reaches, and one that means harm names
 * somebody else: in either case the data is where the control connection leads. */
static void
note_other_host (CulvertFtpControl *self, const char *host)
{
  const char *named = self->reply.place.host;

  if (*named == '\0' || culvert_ftp_is_any_host (named) || host == NULL ||
      !g_hostname_is_ip_address (host) || culvert_ftp_is_same_host (named, host))
    return;
  culvert_ftp_control_note (
    self, "the server names %s for the data connection, which is not its own address: %s is used",
    named, host);
}

static void
begin_passive_here (CulvertFtpControl *self)
{
  const char                 *server = culvert_endpoint_get_host (self->target);
  g_autoptr (CulvertEndpoint) target = culvert_ftp_build_target (server, self->reply.place.port);
  const char                 *host = *self->here != '\0' ? self->here : CULVERT_FTP_LOOPBACK_4;
  const char                 *client = *self->near_peer != '\0' ? self->near_peer : NULL;
  const char                 *problem = NULL;
  guint16                     port = 0;

  note_other_host (self, server);
  if (self->reply.code == 227 && culvert_ftp_is_ipv6 (host))
    {
      problem = culvert_host_is_loopback (host) ? NULL : NEEDS_EPSV;
      host = CULVERT_FTP_LOOPBACK_4;
      client = CULVERT_FTP_LOOPBACK_4;
    }
  if (problem == NULL)
    problem = culvert_ftp_control_listen_here (self, host, client, target, &port);
  if (problem == NULL)
    culvert_ftp_control_put_reply (self, host, port);
  else
    culvert_ftp_control_put_no_place (self, problem);
}

/* Where the server is asked to listen.  In one family, for asked for both OpenSSH lets the system choose a
 * port of IPv6, and goes without IPv4 if somebody has that one there. */
static const char *
get_listener_there (CulvertFtpControl *self)
{
  CulvertForwardSpec *spec = culvert_forward_get_spec (self->forward);
  const char         *host = culvert_endpoint_get_host (culvert_forward_spec_get_listen (spec));
  gboolean            is_ipv6 =
    self->reply.code == 229 && self->far_client != NULL && culvert_ftp_is_ipv6 (self->far_client);

  if (g_hostname_is_ip_address (host))
    return host;
  if (self->far_client == NULL || (*self->far_client == '\0' && self->reply.code == 229))
    return *host != '\0' ? host : "localhost";
  if (culvert_host_is_loopback (self->far_client))
    return is_ipv6 ? CULVERT_FTP_LOOPBACK_6 : CULVERT_FTP_LOOPBACK_4;
  return is_ipv6 ? ANY_6 : ANY_4;
}

static void
begin_passive_there (CulvertFtpControl *self)
{
  g_autoptr (CulvertEndpoint) target =
    culvert_ftp_build_target (self->near_peer, self->reply.place.port);
  const char *problem;

  note_other_host (self, *self->near_peer != '\0' ? self->near_peer : NULL);
  problem =
    culvert_ftp_control_listen_there (self, get_listener_there (self), self->far_client, target);
  culvert_ftp_control_get_replies (self)->is_held = TRUE;
  if (problem != NULL)
    culvert_ftp_control_put_no_place (self, problem);
}

void
culvert_ftp_passive_begin (CulvertFtpControl *self, GByteArray *line)
{
  g_clear_pointer (&self->line, g_byte_array_unref);
  self->line = g_byte_array_ref (line);
  /* A reply of several lines may say it twice. */
  if (self->talk.n_places > 1 && self->data != NULL && self->server_port == self->reply.place.port)
    {
      culvert_ftp_control_put_reply (self, self->given.host, self->given.port);
      return;
    }
  self->server_port = self->reply.place.port;
  self->is_active = FALSE;
  culvert_ftp_control_drop_data (self);
  if (self->is_remote)
    begin_passive_there (self);
  else
    begin_passive_here (self);
}
