/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/far-forward.h"

#include "forward/far-port.h"
#include "forward/forward-private.h"
#include "forward/relay.h"

typedef struct
{
  CulvertFarPort port;

  /* Set from start to stop. */
  CulvertRelayGroup relays;
  char             *target_text;
} CulvertFarForwardPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (CulvertFarForward, culvert_far_forward, CULVERT_TYPE_FORWARD)

static CulvertFarForwardPrivate *
get_private (gpointer self)
{
  return culvert_far_forward_get_instance_private (CULVERT_FAR_FORWARD (self));
}

static void
relay_ended_cb (CulvertRelay *relay, gpointer user_data)
{
  culvert_forward_log (user_data, CULVERT_LOG_DEBUG,
                       "connection from %s to %s ended: %" G_GUINT64_FORMAT
                       " bytes received, %" G_GUINT64_FORMAT " sent",
                       culvert_relay_get_client (relay), get_private (user_data)->target_text,
                       culvert_relay_get_n_received (relay), culvert_relay_get_n_sent (relay));
}

/* A relay that was joined is neither answered nor refused. */
static const CulvertRelayEvents relay_events = { .ended = relay_ended_cb };

static void
offered_cb (CulvertForward *forward, CulvertStream *stream, const CulvertEndpoint *originator)
{
  CULVERT_FAR_FORWARD_GET_CLASS (forward)->offered (CULVERT_FAR_FORWARD (forward), stream,
                                                    originator);
}

static void
clear (CulvertForward *forward)
{
  CulvertFarForwardPrivate *private = get_private (forward);

  CULVERT_FAR_FORWARD_GET_CLASS (forward)->clear (CULVERT_FAR_FORWARD (forward));
  culvert_relay_group_clear (&private->relays);
  g_clear_pointer (&private->target_text, g_free);
}

static gboolean
culvert_far_forward_start (CulvertForward *forward, GError **error)
{
  CulvertFarForwardPrivate *private = get_private (forward);
  const CulvertEndpoint *target =
    culvert_forward_spec_get_target (culvert_forward_get_spec (forward));

  culvert_relay_group_init (&private->relays, culvert_forward_get_io (forward),
                            culvert_forward_get_counters (forward),
                            culvert_forward_get_tunnel_counters (forward), &relay_events, forward);
  private->target_text = target != NULL ? culvert_endpoint_to_string (target) : g_strdup ("");
  CULVERT_FAR_FORWARD_GET_CLASS (forward)->prepare (CULVERT_FAR_FORWARD (forward));
  if (culvert_far_port_start (&private->port, error))
    return TRUE;
  clear (forward);
  return FALSE;
}

static void
culvert_far_forward_stop (CulvertForward *forward)
{
  culvert_far_port_stop (&get_private (forward)->port);
  clear (forward);
}

static void
culvert_far_forward_transport_changed (CulvertForward *forward)
{
  culvert_far_port_transport_changed (&get_private (forward)->port);
}

static CulvertEndpoint *
culvert_far_forward_dup_bound (CulvertForward *forward)
{
  return culvert_far_port_dup_bound (&get_private (forward)->port);
}

static GPtrArray *
culvert_far_forward_list_connections (CulvertForward *forward)
{
  CulvertFarForwardPrivate *private = get_private (forward);

  return culvert_relay_group_list (&private->relays, private->target_text);
}

static gboolean
culvert_far_forward_close_connection (CulvertForward *forward, guint64 id)
{
  return culvert_relay_group_drop (&get_private (forward)->relays, id);
}

static void
culvert_far_forward_class_init (CulvertFarForwardClass *klass)
{
  CulvertForwardClass *forward_class = CULVERT_FORWARD_CLASS (klass);

  forward_class->first_state = CULVERT_FORWARD_STARTING;
  forward_class->start = culvert_far_forward_start;
  forward_class->stop = culvert_far_forward_stop;
  forward_class->transport_changed = culvert_far_forward_transport_changed;
  forward_class->dup_bound = culvert_far_forward_dup_bound;
  forward_class->list_connections = culvert_far_forward_list_connections;
  forward_class->close_connection = culvert_far_forward_close_connection;
}

static void
culvert_far_forward_init (CulvertFarForward *self)
{
  culvert_far_port_init (&get_private (self)->port, CULVERT_FORWARD (self), offered_cb);
}

CulvertRelayGroup *
culvert_far_forward_get_relays (CulvertFarForward *self)
{
  return &get_private (self)->relays;
}

const char *
culvert_far_forward_get_target_text (CulvertFarForward *self)
{
  return get_private (self)->target_text;
}

char *
culvert_far_forward_name_client (const CulvertEndpoint *originator)
{
  return originator != NULL ? culvert_endpoint_to_string (originator)
                            : g_strdup ("a client at the server");
}
