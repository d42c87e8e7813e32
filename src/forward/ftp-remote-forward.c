/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/ftp-remote-forward.h"

#include "forward/arrivals.h"
#include "forward/ftp-control.h"

struct _CulvertFtpRemoteForward
{
  CulvertFarForward parent_instance;

  /* Both set from start to stop. */
  CulvertArrivals   arrivals;
  CulvertFtpDataSet data;
};

G_DEFINE_FINAL_TYPE (CulvertFtpRemoteForward, culvert_ftp_remote_forward, CULVERT_TYPE_FAR_FORWARD)

/* (transfer full) (nullable): the address in what the server calls its client.  The system's libssh2 does
 * not tell it: then it is known, as "", only where the server listens for itself alone. */
static char *
dup_address (CulvertForwardSpec *spec, const char *client)
{
  g_autoptr (CulvertEndpoint) endpoint = culvert_endpoint_parse (client, NULL);
  const char *listen = culvert_endpoint_get_host (culvert_forward_spec_get_listen (spec));

  if (endpoint != NULL)
    return g_strdup (culvert_endpoint_get_host (endpoint));
  return culvert_host_is_loopback (listen) ? g_strdup ("") : NULL;
}

static void
arrived_cb (CulvertFarForward *far, CulvertSocket socket, CulvertStream *stream, const char *client)
{
  CulvertFtpRemoteForward *self = CULVERT_FTP_REMOTE_FORWARD (far);
  CulvertForwardSpec      *spec = culvert_forward_get_spec (CULVERT_FORWARD (far));
  g_autofree char         *address = dup_address (spec, client);
  CulvertRelay            *relay = culvert_relay_new (culvert_far_forward_get_relays (far), socket);
  CulvertFtpControl       *control;

  culvert_relay_set_target (relay, culvert_forward_spec_get_target (spec));
  control = culvert_ftp_control_new (&self->data, relay, address);
  culvert_relay_join (relay, culvert_ftp_control_wrap (control, stream), client);
}

static void
culvert_ftp_remote_forward_prepare (CulvertFarForward *far)
{
  CulvertFtpRemoteForward *self = CULVERT_FTP_REMOTE_FORWARD (far);

  culvert_arrivals_init (&self->arrivals, far, arrived_cb);
  culvert_ftp_data_set_init (&self->data, CULVERT_FORWARD (far));
}

static void
culvert_ftp_remote_forward_clear (CulvertFarForward *far)
{
  culvert_arrivals_clear (&CULVERT_FTP_REMOTE_FORWARD (far)->arrivals);
}

static void
culvert_ftp_remote_forward_offered (CulvertFarForward     *far,
                                    CulvertStream         *stream,
                                    const CulvertEndpoint *originator)
{
  culvert_arrivals_add (&CULVERT_FTP_REMOTE_FORWARD (far)->arrivals, stream, originator);
}

static void
culvert_ftp_remote_forward_stop (CulvertForward *forward)
{
  culvert_ftp_data_set_clear (&CULVERT_FTP_REMOTE_FORWARD (forward)->data);
  CULVERT_FORWARD_CLASS (culvert_ftp_remote_forward_parent_class)->stop (forward);
}

static void
culvert_ftp_remote_forward_visit_connections (CulvertForward       *forward,
                                              CulvertConnectionFunc func,
                                              gpointer              user_data)
{
  CulvertFarForward *far = CULVERT_FAR_FORWARD (forward);

  culvert_ftp_data_set_visit (&CULVERT_FTP_REMOTE_FORWARD (forward)->data,
                              culvert_far_forward_get_relays (far),
                              culvert_far_forward_get_target_text (far), func, user_data);
}

static gboolean
culvert_ftp_remote_forward_close_connection (CulvertForward *forward, guint64 id)
{
  return culvert_ftp_data_set_drop (&CULVERT_FTP_REMOTE_FORWARD (forward)->data, id) ||
         CULVERT_FORWARD_CLASS (culvert_ftp_remote_forward_parent_class)
           ->close_connection (forward, id);
}

static void
culvert_ftp_remote_forward_class_init (CulvertFtpRemoteForwardClass *klass)
{
  CulvertForwardClass    *forward_class = CULVERT_FORWARD_CLASS (klass);
  CulvertFarForwardClass *far_class = CULVERT_FAR_FORWARD_CLASS (klass);

  forward_class->stop = culvert_ftp_remote_forward_stop;
  forward_class->visit_connections = culvert_ftp_remote_forward_visit_connections;
  forward_class->close_connection = culvert_ftp_remote_forward_close_connection;
  far_class->prepare = culvert_ftp_remote_forward_prepare;
  far_class->clear = culvert_ftp_remote_forward_clear;
  far_class->offered = culvert_ftp_remote_forward_offered;
}

static void
culvert_ftp_remote_forward_init (CulvertFtpRemoteForward *self)
{
}
