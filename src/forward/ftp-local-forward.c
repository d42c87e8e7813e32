/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/ftp-local-forward.h"

#include "forward/forward-private.h"
#include "forward/ftp-control.h"

/* Service not available (RFC 959 4.2.2): instead of the greeting. */
#define NO_SERVER "421 The FTP server cannot be reached through the tunnel.\r\n"

struct _CulvertFtpLocalForward
{
  CulvertListeningForward parent_instance;

  CulvertFtpDataSet data; /* set from start to stop */
};

G_DEFINE_FINAL_TYPE (CulvertFtpLocalForward,
                     culvert_ftp_local_forward,
                     CULVERT_TYPE_LISTENING_FORWARD)

static void
culvert_ftp_local_forward_accepted (CulvertListeningForward *listening, CulvertSocket client)
{
  CulvertFtpLocalForward *self = CULVERT_FTP_LOCAL_FORWARD (listening);
  CulvertForwardSpec     *spec = culvert_forward_get_spec (CULVERT_FORWARD (self));
  CulvertRelay           *relay =
    culvert_relay_new (culvert_listening_forward_get_relays (listening), client);

  culvert_relay_set_target (relay, culvert_forward_spec_get_target (spec));
  culvert_ftp_control_new (&self->data, relay, NULL);
  culvert_listening_forward_serve (listening, relay);
}

static void
culvert_ftp_local_forward_open (CulvertListeningForward *listening, CulvertRelay *relay)
{
  culvert_relay_open (relay, culvert_ftp_control_get_way (culvert_ftp_control_from_relay (relay)));
}

static void
culvert_ftp_local_forward_refused (CulvertListeningForward *listening,
                                   CulvertRelay            *relay,
                                   const GError            *error)
{
  culvert_relay_refuse (relay, (const guint8 *)NO_SERVER, sizeof NO_SERVER - 1);
}

static gboolean
culvert_ftp_local_forward_start (CulvertForward *forward, GError **error)
{
  CulvertFtpLocalForward *self = CULVERT_FTP_LOCAL_FORWARD (forward);

  culvert_ftp_data_set_init (&self->data, forward);
  if (!CULVERT_FORWARD_CLASS (culvert_ftp_local_forward_parent_class)->start (forward, error))
    return FALSE;

  /* Who may not use the control connection may not take its files either. */
  self->data.guard = culvert_listening_forward_get_guard (CULVERT_LISTENING_FORWARD (forward));

  return TRUE;
}

static void
culvert_ftp_local_forward_stop (CulvertForward *forward)
{
  culvert_ftp_data_set_clear (&CULVERT_FTP_LOCAL_FORWARD (forward)->data);
  CULVERT_FORWARD_CLASS (culvert_ftp_local_forward_parent_class)->stop (forward);
}

static void
culvert_ftp_local_forward_visit_connections (CulvertForward       *forward,
                                             CulvertConnectionFunc func,
                                             gpointer              user_data)
{
  CulvertListeningForward *listening = CULVERT_LISTENING_FORWARD (forward);

  culvert_ftp_data_set_visit (&CULVERT_FTP_LOCAL_FORWARD (forward)->data,
                              culvert_listening_forward_get_relays (listening), NULL, func,
                              user_data);
}

static gboolean
culvert_ftp_local_forward_close_connection (CulvertForward *forward, guint64 id)
{
  return culvert_ftp_data_set_drop (&CULVERT_FTP_LOCAL_FORWARD (forward)->data, id) ||
         CULVERT_FORWARD_CLASS (culvert_ftp_local_forward_parent_class)
           ->close_connection (forward, id);
}

static void
culvert_ftp_local_forward_class_init (CulvertFtpLocalForwardClass *klass)
{
  CulvertForwardClass          *forward_class = CULVERT_FORWARD_CLASS (klass);
  CulvertListeningForwardClass *listening_class = CULVERT_LISTENING_FORWARD_CLASS (klass);

  forward_class->start = culvert_ftp_local_forward_start;
  forward_class->stop = culvert_ftp_local_forward_stop;
  forward_class->visit_connections = culvert_ftp_local_forward_visit_connections;
  forward_class->close_connection = culvert_ftp_local_forward_close_connection;
  listening_class->accepted = culvert_ftp_local_forward_accepted;
  listening_class->open = culvert_ftp_local_forward_open;
  listening_class->refused = culvert_ftp_local_forward_refused;
}

static void
culvert_ftp_local_forward_init (CulvertFtpLocalForward *self)
{
}

void
culvert_ftp_local_forward_set_idle_ms (CulvertFtpLocalForward *self, guint idle_ms)
{
  g_return_if_fail (CULVERT_IS_FTP_LOCAL_FORWARD (self));

  self->data.idle_ms = idle_ms;
}
