/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The inside of a tunnel, shared by tunnel.c (what others see and say) and tunnel-life.c (the link
 * thread: starting, stopping, what it tells). */

#include "engine/connections-private.h"
#include "engine/forward-items.h"
#include "engine/link-thread.h"
#include "engine/prompt-broker.h"
#include "engine/tunnel.h"

G_BEGIN_DECLS

/* May it start now?  When it may not, it stays wanted and stopped, and whoever said so starts it later. */
typedef gboolean (*CulvertStartGuard) (CulvertTunnel *tunnel, gpointer user_data);

typedef struct _CulvertTunnelBell CulvertTunnelBell;

struct _CulvertTunnel
{
  GObject parent_instance;

  CulvertProfile            *profile;
  char                      *title;
  CulvertPromptBroker       *broker;
  CulvertLog                *log;
  GMainContext              *context;
  const CulvertSessionMaker *maker;
  CulvertStartGuard          may_start; /* nullable */
  gpointer                   guard_data;
  gboolean                   single_try;
  gboolean                   is_unwatched;
  gboolean                   has_no_network; /* as far as is known */
  CulvertNetworkNames       *network_names;  /* nullable: nobody has said yet */

  /* Where it is */
  gboolean           is_wanted;
  CulvertTunnelState state;
  CulvertTunnelState link_state; /* what the runner said last: `state` without the questions */
  GError            *error;
  gint64             retry_at_us;
  gint64             up_since_us;
  gint64             round_trip_us;
  CulvertTunnelFacts facts;

  CulvertLinkThread *link;        /* nullable: none runs */
  GSource           *stop_source; /* nullable: the time limit of a stop */

  /* Figures */
  CulvertForwardItems *forwards;
  CulvertConnections  *connections;
  CulvertCounters     *counters; /* nullable: it does not run */
  CulvertRateHistory  *history;
  CulvertDropHistory  *drops;
  CulvertRate          rate;
  guint                n_open;
  guint                n_held;
  guint64              n_received;
  guint64              n_sent;
  GSource             *sample_source; /* nullable: while it is on, and something moves */
  CulvertTunnelBell   *bell;          /* nullable: it does not run */
  gboolean             is_about_to_rest;
};

enum
{
  CULVERT_TUNNEL_PROP_0,
  CULVERT_TUNNEL_PROP_PROFILE,
  CULVERT_TUNNEL_PROP_TITLE,
  CULVERT_TUNNEL_PROP_IS_WANTED,
  CULVERT_TUNNEL_PROP_STATE,
  CULVERT_TUNNEL_PROP_ERROR,
  CULVERT_TUNNEL_PROP_PROMPT,
  CULVERT_TUNNEL_PROP_RETRY_AT_US,
  CULVERT_TUNNEL_PROP_UP_SINCE_US,
  CULVERT_TUNNEL_PROP_ROUND_TRIP_US,
  CULVERT_TUNNEL_PROP_N_OPEN,
  CULVERT_TUNNEL_PROP_N_HELD,
  CULVERT_TUNNEL_PROP_N_RECEIVED,
  CULVERT_TUNNEL_PROP_N_SENT,
  CULVERT_TUNNEL_PROP_RECEIVED_RATE,
  CULVERT_TUNNEL_PROP_SENT_RATE,
  CULVERT_TUNNEL_PROP_DROPS,
  CULVERT_TUNNEL_N_PROPS
};

void culvert_tunnel_notify (CulvertTunnel *self, guint property);

/* Adds a sample to every history. */
void culvert_tunnel_sample (CulvertTunnel *self);

/* The figures begin anew, or rest: the rates are 0 then, and the totals stay. */
void culvert_tunnel_start_figures (CulvertTunnel *self);
void culvert_tunnel_stop_figures (CulvertTunnel *self);
/* Samples again, if it rested. */
void culvert_tunnel_wake_figures (CulvertTunnel *self);
/* The tunnel goes: nothing of it may come back here. */
void culvert_tunnel_leave_figures (CulvertTunnel *self);

void culvert_tunnel_emit_sampled (CulvertTunnel *self);

/* tunnel-life.c */
void culvert_tunnel_life_start (CulvertTunnel *self);
void culvert_tunnel_life_stop (CulvertTunnel *self);
/* The question that is shown has changed. */
void culvert_tunnel_life_prompt_changed (CulvertTunnel *self);
/* Leaves the thread, which then ends by itself. */
void culvert_tunnel_life_leave (CulvertTunnel *self);

/* Asked whenever it is about to start, from the next start on; NULL is nobody. */
void culvert_tunnel_set_start_guard (CulvertTunnel    *self,
                                     CulvertStartGuard may_start,
                                     gpointer          user_data);

/* Where sessions come from, for tests; from the next start on. */
void culvert_tunnel_set_session_maker (CulvertTunnel *self, const CulvertSessionMaker *maker);

G_END_DECLS
