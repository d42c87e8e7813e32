/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The inside of a runner, shared by runner.c (the session and its end), runner-wait.c (what happens
 * while there is none, and what brings the next one about) and runner-rule.c (whether there may be
 * one on this network). */

#include "engine/connection-watch.h"
#include "engine/forward-set.h"
#include "engine/idle-watch.h"
#include "engine/retry.h"
#include "engine/runner.h"

G_BEGIN_DECLS

typedef enum
{
  SESSION_NONE,
  SESSION_LIVE,
  SESSION_LEAVING, /* asked to end */
  SESSION_ENDED,   /* work_source will see to it */
} SessionLife;

/* What is to be done when the session has ended. */
typedef enum
{
  AFTER_DECIDE,    /* it ended by itself: wait and try again, or fail */
  AFTER_RECONNECT, /* we ended it for a new one */
  AFTER_IDLE,      /* we ended it until the next client */
  AFTER_HOLD_BACK, /* we ended it for the networks rule */
  AFTER_FINISH,    /* we ended it for good */
} After;

struct _CulvertRunner
{
  const CulvertSessionMaker *maker;
  CulvertRunnerEvents        events;
  gpointer                   user_data;
  GMainContext              *context;
  CulvertIoSource           *io;
  CulvertLog                *log;
  CulvertProfile            *profile;
  gboolean                   single_try;
  gboolean                   has_asker;
  gboolean                   has_network;   /* as far as is known */
  CulvertNetworkNames       *network_names; /* nullable: nobody has said yet */
  gboolean                   is_overruled; /* the person wants it here, until the network changes */

  CulvertTunnelState      state;
  CulvertForwardSet      *forwards;
  CulvertCounters        *counters;
  CulvertIdleWatch        idle_watch;
  CulvertConnectionWatch *connection_watch; /* nullable: nobody looks … */
  guint                   watch_serial;     /* … 0 */
  gboolean                is_listening;     /* from the first time it is up until it finishes */

  GMutex              session_lock; /* held while session changes, and by abort() */
  gpointer            session;      /* nullable */
  SessionLife         session_life;
  CulvertSessionState session_state;
  guint               n_lingering; /* sessions that were dropped and are not gone yet */
  guint               turn_id;     /* looks at the round trip while up */
  GError             *session_error;
  gint64              started_us; /* this session */
  gint64              up_us;      /* 0 unless it came up */
  gint64              round_trip_us;
  CulvertTunnelFacts  facts;

  After    after;
  GError  *failure;     /* what AFTER_FINISH ends in; NULL is a stop */
  GSource *work_source; /* nullable */
  GSource *wait_source; /* nullable: until the next try */
  GError  *wait_error;  /* why there is a next try; nullable */

  CulvertRetry retry;
  GRand       *random;
};

/* runner.c */
void culvert_runner_set_state (CulvertRunner     *self,
                               CulvertTunnelState state,
                               const GError      *error,
                               gint64             retry_at_us,
                               CulvertLog        *log,
                               const char        *reason);
void culvert_runner_connect_session (CulvertRunner *self);
/* Gives the session up.  What follows comes in a turn of its own. */
void culvert_runner_end_session (CulvertRunner *self, After after);
/* Looks after what must not be done from inside a call of the session or of a forward. */
void culvert_runner_schedule_work (CulvertRunner *self);
void culvert_runner_finish (CulvertRunner *self);
void culvert_runner_listen (CulvertRunner *self);

/* runner-wait.c */
/* The session ended by itself: waits and tries again, waits for a client, or fails. */
void culvert_runner_decide (CulvertRunner *self, const GError *error, gint64 up_for_us);
/* Waits for @what, which takes no time that is known, be it that it waits for something else already. */
void culvert_runner_wait_for (CulvertRunner *self, const char *what, const GError *error);
/* Begins a session, out of a wait for whatever or in place of another, if the rule allows one. */
void culvert_runner_try_now (CulvertRunner *self, const char *reason);
/* On demand: has no session, and dials for the first client. */
void culvert_runner_go_idle (CulvertRunner *self, const char *reason);
/* Does the session wait for a client, and go when nobody uses it?  Not where the server listens: only a
 * session brings clients then. */
gboolean culvert_runner_is_on_demand (CulvertRunner *self);
/* On demand: a client may have come meanwhile. */
void culvert_runner_look_for_clients (CulvertRunner *self);
/* On demand: the session goes when nobody has used it for a while.  To be called when it comes up, and
 * when the profile has changed. */
void culvert_runner_watch_idle (CulvertRunner *self);

/* Does anybody wait for a session? */
gboolean culvert_runner_has_clients (CulvertRunner *self);

/* runner-rule.c */
/* Does the networks rule allow a session now? */
gboolean culvert_runner_is_allowed (CulvertRunner *self);
/* It does not: waits until it does. */
void culvert_runner_hold_back (CulvertRunner *self);
/* Out of that wait, or into it again. */
void culvert_runner_go_on (CulvertRunner *self);
/* The rule or the network has changed. */
void culvert_runner_follow_rule (CulvertRunner *self);

G_END_DECLS
