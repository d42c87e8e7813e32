/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/forward-private.h"
#include "forward/ftp-steps.h"

#define NOT_YOURS "500 Culvert refuses data connections to any address but the client's."
#define ONLY_PASSIVE                                                                               \
  "502 Active mode is carried to an FTP server on the SSH server itself only; use passive mode."

/* Where the FTP server, beside the SSH server, finds our listener: in the family that the control
 * connection came by, since servers culvert_ftp_control_refuse any other address than the client's.  A name such as
 * "localhost" does not tell which that is; then the one that the client uses is tried first. */

static CulvertFtpFamily
get_family_there (CulvertFtpControl *self)
{
  const char *host = culvert_endpoint_get_host (self->target);

  if (host != NULL && g_str_has_prefix (host, "127."))
    return CULVERT_FTP_FAMILY_4;
  if (host != NULL && culvert_ftp_is_ipv6 (host))
    return CULVERT_FTP_FAMILY_6;
  return self->family;
}

static void
tell_server (CulvertFtpControl *self, CulvertFtpFamily family, guint16 port)
{
  self->family = family;
  culvert_ftp_control_put_command (
    self, family == CULVERT_FTP_FAMILY_6 ? CULVERT_FTP_LOOPBACK_6 : CULVERT_FTP_LOOPBACK_4, port);
}

static void
try_family (CulvertFtpControl *self, CulvertFtpFamily family, guint16 port)
{
  tell_server (self, family, port);
  self->tried_port = port;
  culvert_ftp_control_wait_for_replies (self);
}

void
culvert_ftp_active_listening (CulvertFtpControl *self, guint16 port)
{
  CulvertFtpFamily family = get_family_there (self);

  if (family != CULVERT_FTP_FAMILY_UNKNOWN)
    {
      tell_server (self, family, port);
      return;
    }
  self->untried = CULVERT_FTP_FAMILY_6;
  family = CULVERT_FTP_FAMILY_4;
  if (culvert_ftp_is_ipv6 (self->command.place.host))
    {
      self->untried = CULVERT_FTP_FAMILY_4;
      family = CULVERT_FTP_FAMILY_6;
    }
  try_family (self, family, port);
}

static gboolean
is_wrong_address (guint code)
{
  return code == 500 || code == 501 || code == 502 || code == 504 || code == 522;
}

gboolean
culvert_ftp_active_take_reply (CulvertFtpControl *self)
{
  CulvertFtpFamily untried = self->untried;
  guint16          port = self->tried_port;

  if (port == 0 || self->talk.n_unanswered > 0)
    {
      /* The first of several lines: the client has them. */
      if (self->talk.n_unanswered == 1 && (self->reply.is_first_of || self->reply.code == 0))
        self->untried = CULVERT_FTP_FAMILY_UNKNOWN;
      return FALSE;
    }
  self->tried_port = 0;
  self->untried = CULVERT_FTP_FAMILY_UNKNOWN;
  culvert_ftp_control_clear_patience (self);
  culvert_ftp_control_get_commands (self)->is_held = FALSE;
  if (self->reply.code < 400)
    return FALSE;
  self->family = CULVERT_FTP_FAMILY_UNKNOWN;
  if (!is_wrong_address (self->reply.code) || untried == CULVERT_FTP_FAMILY_UNKNOWN ||
      self->data == NULL)
    return FALSE;
  try_family (self, untried, port);
  return TRUE;
}

/* Returns: (nullable): the address of the client, if @host means it: lftp says "::" for itself. */
static const char *
find_client (CulvertFtpControl *self, const char *host)
{
  const char *client = self->is_remote ? self->far_client : self->near_peer;

  if (client == NULL)
    return NULL;
  if (*client == '\0')
    client = culvert_host_is_loopback (host) ? host : CULVERT_FTP_LOOPBACK_4;
  return culvert_ftp_is_same_host (client, host) || culvert_ftp_is_any_host (host) ? client : NULL;
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
  const char *host = *self->here != '\0' ? self->here : CULVERT_FTP_LOOPBACK_4;
  guint16     port;
  const char *problem = culvert_ftp_control_listen_here (
    self, host, *self->near_peer != '\0' ? self->near_peer : NULL, client, &port);

  if (problem == NULL)
    culvert_ftp_control_put_command (self, host, port);
  return problem;
}

void
culvert_ftp_active_begin (CulvertFtpControl *self)
{
  const CulvertFtpPlace      *place = &self->command.place;
  const char                 *host = find_client (self, place->host);
  g_autoptr (CulvertEndpoint) client = culvert_ftp_build_target (host, place->port);
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
      problem =
        culvert_ftp_control_listen_there (self, "localhost", CULVERT_FTP_LOOPBACK_4, client);
      culvert_ftp_control_get_commands (self)->is_held = TRUE;
    }
  if (problem != NULL)
    culvert_ftp_control_refuse (self, problem);
}
