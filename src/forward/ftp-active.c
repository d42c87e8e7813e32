/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/forward-private.h"
#include "forward/ftp-steps.h"

#define NOT_YOURS "500 Culvert refuses data connections to any address but the client's."
#define ONLY_PASSIVE                                                                               \
  "502 Active mode is carried to an FTP server on the SSH server itself only; use passive mode."

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
begin_active_here (CulvertFtpControl *self)
{
  const CulvertFtpPlace      *place = &self->command.place;
  g_autoptr (CulvertEndpoint) client =
    culvert_ftp_build_target (find_client (self, place->host), place->port);
  const char *host = *self->here != '\0' ? self->here : CULVERT_FTP_LOOPBACK_4;
  guint16     port;
  const char *problem = culvert_ftp_control_listen_here (
    self, host, *self->near_peer != '\0' ? self->near_peer : NULL, client, &port);

  if (problem == NULL)
    culvert_ftp_control_put_command (self, host, port);
  return problem;
}

/* Where the FTP server, beside the SSH server, finds our listener: in the family that the control
 * connection came by, since servers refuse any other address than the client's.  A name such as
 * "localhost" does not tell which that is; then the one that the client uses is tried first.
 *
 * One family at a time: asked for "localhost", OpenSSH lets the system choose a port of ::1, and if
 * somebody has that one at 127.0.0.1, the FTP server would be sent to them. */

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

static const char *
get_loopback (CulvertFtpFamily family)
{
  return family == CULVERT_FTP_FAMILY_6 ? CULVERT_FTP_LOOPBACK_6 : CULVERT_FTP_LOOPBACK_4;
}

static const char *
ask_for_family (CulvertFtpControl *self, CulvertFtpFamily family)
{
  const CulvertFtpPlace      *place = &self->command.place;
  const char                 *host = get_loopback (family);
  g_autoptr (CulvertEndpoint) client =
    culvert_ftp_build_target (find_client (self, place->host), place->port);

  self->asked = family;
  culvert_ftp_control_get_commands (self)->is_held = TRUE;
  return culvert_ftp_control_listen_there (self, host, host, client);
}

static const char *
begin_active_there (CulvertFtpControl *self)
{
  CulvertFtpFamily family = get_family_there (self);

  self->untried = CULVERT_FTP_FAMILY_UNKNOWN;
  if (family == CULVERT_FTP_FAMILY_UNKNOWN)
    {
      gboolean is_ipv6 = culvert_ftp_is_ipv6 (self->command.place.host);

      family = is_ipv6 ? CULVERT_FTP_FAMILY_6 : CULVERT_FTP_FAMILY_4;
      self->untried = is_ipv6 ? CULVERT_FTP_FAMILY_4 : CULVERT_FTP_FAMILY_6;
    }
  return ask_for_family (self, family);
}

/* Returns: whether there is another family to ask for, and it is asked for. */
static gboolean
ask_for_other_family (CulvertFtpControl *self)
{
  CulvertFtpFamily family = self->untried;

  self->untried = CULVERT_FTP_FAMILY_UNKNOWN;
  if (family == CULVERT_FTP_FAMILY_UNKNOWN)
    return FALSE;
  culvert_ftp_control_drop_data (self);
  if (ask_for_family (self, family) == NULL)
    return TRUE;
  culvert_ftp_control_get_commands (self)->is_held = FALSE;
  return FALSE;
}

void
culvert_ftp_active_listening (CulvertFtpControl *self, guint16 port)
{
  culvert_ftp_control_put_command (self, get_loopback (self->asked), port);
  self->is_on_trial = get_family_there (self) == CULVERT_FTP_FAMILY_UNKNOWN;
  if (self->is_on_trial)
    culvert_ftp_control_wait_for_replies (self);
}

gboolean
culvert_ftp_active_failed (CulvertFtpControl *self)
{
  return ask_for_other_family (self);
}

static gboolean
is_wrong_address (guint code)
{
  return code == 500 || code == 501 || code == 502 || code == 504 || code == 522;
}

gboolean
culvert_ftp_active_take_reply (CulvertFtpControl *self)
{
  if (!self->is_on_trial)
    return FALSE;
  if (self->talk.n_unanswered > 0)
    {
      /* The first of several lines: the client has them. */
      if (self->talk.n_unanswered == 1 && (self->reply.is_first_of || self->reply.code == 0))
        self->untried = CULVERT_FTP_FAMILY_UNKNOWN;
      return FALSE;
    }
  self->is_on_trial = FALSE;
  culvert_ftp_control_clear_patience (self);
  culvert_ftp_control_get_commands (self)->is_held = FALSE;
  if (self->reply.code < 400)
    self->family = self->asked;
  return is_wrong_address (self->reply.code) && ask_for_other_family (self);
}

void
culvert_ftp_active_begin (CulvertFtpControl *self)
{
  const CulvertFtpPlace *place = &self->command.place;
  const char            *host = find_client (self, place->host);
  const char            *problem = NULL;

  self->is_active = TRUE;
  if (host == NULL)
    {
      culvert_ftp_control_note (
        self, "refused to have data sent to %s, port %u: not the client's address", place->host,
        place->port);
      problem = NOT_YOURS;
    }
  else if (self->is_remote)
    {
      problem = begin_active_here (self);
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
      problem = begin_active_there (self);
    }
  if (problem != NULL)
    culvert_ftp_control_refuse (self, problem);
}

/* Clients that are told of the end before the connection has come take it for an empty file; without a
 * tunnel it is always there first, since the server connects before it says anything. */
gboolean
culvert_ftp_active_is_early (CulvertFtpControl *self)
{
  return self->is_active && self->data != NULL && self->reply.code >= 100 &&
         self->reply.code < 200 && !self->reply.is_first_of;
}
