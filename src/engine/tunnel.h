/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A tunnel in the running program: what the list, the page, the tray and the command line show and
 * switch.
 *
 * Belongs to the thread whose default context was current at construction; every signal and
 * property change happens there.  Switched on, it owns a link thread with a runner in it
 * (engine/runner.h); it sends commands and receives events through main contexts, and samples the
 * counters four times a second.  The thread lives through reconnects and ends with the tunnel's
 * being switched off.
 *
 * Two fields say where it is: "is-wanted" is the person's switch, "state" what is the case.  A tunnel
 * that failed is still wanted: it is switched off and on, or started again, to try anew.
 *
 * Properties, all notified: "profile" (boxed), "title", "is-wanted", "state", "error" (boxed
 * GError: why it waits or failed, or why it was last lost), "prompt" (the open question, or NULL),
 * "retry-at-us" (monotonic; 0 unless it waits for a time), "up-since-us" (monotonic; 0 unless up),
 * "round-trip-us" (-1 when not known), "n-open", "n-held" (of those, the clients
 * that wait for a session), "n-received", "n-sent", "received-rate",
 * "sent-rate"; and "drops", which stays the same.
 *
 * Signal "sampled": a sample was added to the histories; graphs redraw. */

#include "base/log.h"
#include "core/network.h"
#include "core/profile.h"
#include "core/prompter.h"
#include "core/secret-store.h"
#include "engine/connections.h"
#include "engine/drop-history.h"
#include "engine/forward-item.h"
#include "engine/rate-history.h"
#include "engine/tunnel-facts.h"
#include "engine/tunnel-state.h"

G_BEGIN_DECLS

/* Of its log, kept */
#define CULVERT_TUNNEL_LOG_LINES 2000

#define CULVERT_TYPE_TUNNEL (culvert_tunnel_get_type ())
G_DECLARE_FINAL_TYPE (CulvertTunnel, culvert_tunnel, CULVERT, TUNNEL, GObject)

/**
 * culvert_tunnel_new:
 * @prompter: (nullable): asks the person; without one a tunnel that needs an answer fails
 * @secrets: (nullable): looked into before asking, and written when the person says "remember"
 */
CulvertTunnel *culvert_tunnel_new (CulvertProfile     *profile,
                                   CulvertPrompter    *prompter,
                                   CulvertSecretStore *secrets);

/* Switches on; does nothing when on.  From failed it tries anew. */
void culvert_tunnel_start (CulvertTunnel *self);
/* Switches off; always wins.  The state passes STOPPING and is STOPPED within 3 seconds. */
void culvert_tunnel_stop (CulvertTunnel *self);
/* Off and on again, or on. */
void culvert_tunnel_restart (CulvertTunnel *self);
/* While waiting, for whatever, another network included: try now. */
void culvert_tunnel_retry_now (CulvertTunnel *self);

/**
 * culvert_tunnel_set_profile:
 *
 * Takes an edited profile.  Forwards that changed, came or went are started and stopped on the
 * live session; the others and their connections are not touched.  When how to reach the server or
 * sign in changed, a tunnel that is on reconnects.
 */
void            culvert_tunnel_set_profile (CulvertTunnel *self, CulvertProfile *profile);
CulvertProfile *culvert_tunnel_get_profile (CulvertTunnel *self);

/* Switches one forward in the running tunnel; the caller saves the profile it then gets. */
void culvert_tunnel_set_forward_enabled (CulvertTunnel *self,
                                         const char    *forward_id,
                                         gboolean       is_enabled);

/* Tries to listen again with a forward that failed. */
void culvert_tunnel_retry_forward (CulvertTunnel *self, const char *forward_id);

/* Finds out whether a forward that listens at the server works, as seen from there: "test-state" and
 * "test-error" of its item tell.  Does nothing unless it listens, or while a test of it is running. */
void culvert_tunnel_test_forward (CulvertTunnel *self, const char *forward_id);

/* Closes one connection; does nothing when it is over already. */
void culvert_tunnel_close_connection (CulvertTunnel *self, guint64 connection_id);

/* --once: no retry; the first failure of the tunnel, or of a forward to listen, ends it.  Counts
 * from the next start on. */
void culvert_tunnel_set_single_try (CulvertTunnel *self, gboolean single_try);

/* Nobody will look at rates and totals (they are sampled four times a second by default): they stand
 * still while it is on, and nothing wakes the program for them.  Counts at once; when somebody looks again,
 * the totals are right and the rates begin anew. */
void culvert_tunnel_set_unwatched (CulvertTunnel *self, gboolean is_unwatched);

/* To be told what happens to the network, whether it is on or off: see
 * culvert_runner_network_changed(). */
void culvert_tunnel_network_changed (CulvertTunnel *self, CulvertNetworkEvent event);

/* To be told what the network is called, whether it is on or off: see
 * culvert_runner_set_network_names().  Until then a tunnel with a networks rule does not connect. */
void culvert_tunnel_set_network_names (CulvertTunnel *self, CulvertNetworkNames *names);

const char        *culvert_tunnel_get_id (CulvertTunnel *self);
const char        *culvert_tunnel_get_title (CulvertTunnel *self);
gboolean           culvert_tunnel_is_wanted (CulvertTunnel *self);
CulvertTunnelState culvert_tunnel_get_state (CulvertTunnel *self);
const GError      *culvert_tunnel_get_error (CulvertTunnel *self);
CulvertPrompt     *culvert_tunnel_get_prompt (CulvertTunnel *self);
gint64             culvert_tunnel_get_retry_at_us (CulvertTunnel *self);
gint64             culvert_tunnel_get_up_since_us (CulvertTunnel *self);
gint64             culvert_tunnel_get_round_trip_us (CulvertTunnel *self);
guint64            culvert_tunnel_get_n_received (CulvertTunnel *self);
guint64            culvert_tunnel_get_n_sent (CulvertTunnel *self);
guint              culvert_tunnel_get_n_open (CulvertTunnel *self);
guint              culvert_tunnel_get_n_held (CulvertTunnel *self);

/* What the session said of itself; there before the state that it belongs to is notified. */
const CulvertTunnelFacts *culvert_tunnel_get_facts (CulvertTunnel *self);

/* (transfer none): a GListModel of CulvertForwardItem in the profile's order */
GListModel         *culvert_tunnel_get_forwards (CulvertTunnel *self);
CulvertForwardItem *culvert_tunnel_find_forward (CulvertTunnel *self, const char *id);
/* (transfer none): filled while somebody looks, see there */
CulvertConnections *culvert_tunnel_get_connections (CulvertTunnel *self);
CulvertRateHistory *culvert_tunnel_get_history (CulvertTunnel *self);
CulvertLog         *culvert_tunnel_get_log (CulvertTunnel *self);
/* (transfer none): its interruptions since the program was started */
CulvertDropHistory *culvert_tunnel_get_drops (CulvertTunnel *self);

/* Do all enabled forwards listen?  What "up: …" of culvertctl waits for. */
gboolean culvert_tunnel_is_ready (CulvertTunnel *self);

G_END_DECLS
