/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The life of a tunnel: its states, what may follow what, and why it changed.  Pure. */

#include "base/log.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  CULVERT_TUNNEL_STOPPED,
  CULVERT_TUNNEL_CONNECTING, /* reaching and proving the server */
  CULVERT_TUNNEL_SIGNING_IN,
  CULVERT_TUNNEL_UP,
  CULVERT_TUNNEL_WAITING,   /* for the next try */
  CULVERT_TUNNEL_NEEDS_YOU, /* a question is open */
  CULVERT_TUNNEL_STOPPING,
  CULVERT_TUNNEL_FAILED, /* will not try again by itself */
  CULVERT_TUNNEL_IDLE,   /* on demand: listens, and dials for the first client */
} CulvertTunnelState;

#define CULVERT_TYPE_TUNNEL_STATE (culvert_tunnel_state_get_type ())
GType       culvert_tunnel_state_get_type (void);
const char *culvert_tunnel_state_to_nick (CulvertTunnelState state); /* for the log and for JSON */

/* May @to follow @from? */
gboolean culvert_tunnel_state_can_follow (CulvertTunnelState from, CulvertTunnelState to);

/**
 * culvert_tunnel_state_change:
 * @state: (inout): the field that holds the state
 * @to: must be able to follow, or be the same
 * @reason: why, in English, for the log
 * @log: (nullable): gets one line `old → new (reason)`
 *
 * The one setter of a tunnel's state, on both sides of its thread.
 *
 * Returns: TRUE when the state is another one now: tell those who watch
 */
gboolean culvert_tunnel_state_change (CulvertTunnelState *state,
                                      CulvertTunnelState  to,
                                      const char         *reason,
                                      CulvertLog         *log);

/* Is the tunnel switched on in this state: everything but stopped, stopping and failed. */
gboolean culvert_tunnel_state_is_on (CulvertTunnelState state);

/* Will trying again later help?  FALSE for refused sign-ins, host keys, unusable keys: those wait
 * for the person and never loop.  TRUE for all that a network, a server or a captive portal can do
 * to us for a while, a name that does not resolve included: that is how being offline looks. */
gboolean culvert_error_is_transient (const GError *error);

/* Is it that the tunnel is not wanted on this network?  Then nothing has failed, and nothing was tried.
 * @error: (nullable) */
gboolean culvert_error_is_of_network_rule (const GError *error);

G_END_DECLS
