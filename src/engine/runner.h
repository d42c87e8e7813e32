/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The half of a running tunnel that lives in the link thread: the session, the listeners with
 * their connections, and the decision what to do when one of them ends.
 *
 * Everything here belongs to one thread, the one whose default context is current at construction
 * (engine/link-thread.h gives it a thread of its own; a test may go without).  A runner is used
 * once: made, started, finished, freed.
 *
 * Its states are those of a tunnel without NEEDS_YOU, which is only known where questions are
 * shown. */

#include "base/log.h"
#include "core/network.h"
#include "core/profile.h"
#include "core/prompt.h"
#include "engine/connection-list.h"
#include "engine/session-maker.h"
#include "engine/tunnel-facts.h"
#include "engine/tunnel-state.h"
#include "forward/forward.h"

G_BEGIN_DECLS

typedef struct _CulvertRunner CulvertRunner;

/* A forward as it is now, in a form that goes to another thread. */
typedef struct
{
  const char         *id;
  CulvertForwardState state;
  const GError       *error;       /* nullable */
  gint64              retry_at_us; /* monotonic; 0 unless one that failed tries again by itself */
  CulvertTargetState  target_state;
  const GError       *target_error; /* nullable */
  CulvertTestState    test_state;
  const GError       *test_error; /* nullable */
  CulvertEndpoint    *bound;      /* nullable */
  CulvertCounters    *counters;   /* nullable: it does not run any more */
} CulvertForwardReport;

/* What a runner tells.  All pointers are valid during the call. */
typedef struct
{
  /* @error: why it waits or failed, else NULL; @retry_at_us: monotonic, 0 unless it waits for a time.
   * Also told when it goes on waiting, but for another reason. */
  void (*state_changed) (CulvertTunnelState state,
                         const GError      *error,
                         gint64             retry_at_us,
                         gpointer           user_data);
  void (*facts_changed) (const CulvertTunnelFacts *facts, gpointer user_data);
  void (*round_trip_changed) (gint64 round_trip_us, gpointer user_data);
  void (*forward_changed) (const CulvertForwardReport *report, gpointer user_data);
  void (*prompt) (CulvertPrompt *prompt, gpointer user_data);
  void (*prompt_result) (CulvertPrompt *prompt, gboolean accepted, gpointer user_data);
  /* The answer to culvert_runner_list_connections().  @list: (transfer full) */
  void (*connections_listed) (guint serial, CulvertConnectionList *list, gpointer user_data);
  /* Nothing runs any more, the state is STOPPED or FAILED, and no other event follows. */
  void (*finished) (gpointer user_data);
} CulvertRunnerEvents;

typedef struct
{
  CulvertProfile            *profile;
  CulvertLog                *log;
  CulvertCounters           *counters; /* of the whole tunnel */
  const CulvertSessionMaker *maker;
  gboolean                   single_try;     /* --once */
  gboolean                   has_asker;      /* is there anybody to answer a question? */
  gboolean                   has_no_network; /* no route leads out, as far as is known */
  CulvertNetworkNames       *network_names;  /* nullable: nobody has said yet */
} CulvertRunnerConfig;

CulvertRunner *culvert_runner_new (const CulvertRunnerConfig *config,
                                   const CulvertRunnerEvents *events,
                                   gpointer                   user_data);

/* After finished(), and when it is quiet. */
void culvert_runner_free (CulvertRunner *self);

void culvert_runner_start (CulvertRunner *self);

/* Always wins: finished() follows as soon as the session has ended, which takes it 2 seconds at
 * most. */
void culvert_runner_stop (CulvertRunner *self);

/* In any thread: ends whatever wait for a person keeps the runner's own thread. */
void culvert_runner_abort (CulvertRunner *self);

/* Starts and stops those forwards that changed; reconnects when culvert_runner_must_reconnect(). */
void culvert_runner_set_profile (CulvertRunner *self, CulvertProfile *profile);

/* Do the two reach the server or sign in in different ways?  Time limits that differ are no reason
 * to drop connections: they count from the next session on. */
gboolean culvert_runner_must_reconnect (const CulvertProfile *before, const CulvertProfile *now);

/* Listens again with a forward that failed. */
void culvert_runner_retry_forward (CulvertRunner *self, const char *forward_id);

/* Begins a test of a forward that listens at the server; its report tells how it goes.  Does nothing
 * when it does not listen. */
void culvert_runner_test_forward (CulvertRunner *self, const char *forward_id);

/**
 * culvert_runner_list_connections:
 * @serial: of the watch that asks: the first list for it tells all there is to know of each connection,
 *   and the others what is news; 0: nobody looks any more, and there is no answer
 *
 * The answer is connections_listed().
 */
void culvert_runner_list_connections (CulvertRunner *self, guint serial);

/* Drops one connection, if it is still there. */
void culvert_runner_close_connection (CulvertRunner *self, guint64 connection_id);

/* While waiting, be it for a client: tries now, on this network whatever the networks rule says. */
void culvert_runner_retry_now (CulvertRunner *self);

/* With a network: what is up is asked whether it still is, and must answer within 5 seconds; what
 * waits tries now; what dials without an answer dials anew, since the system's own next try may be
 * far away.  Without one: what waits for a reason that this explains waits for the network. */
void culvert_runner_network_changed (CulvertRunner *self, CulvertNetworkEvent event);

/* Where the profile's networks rule forbids a session, the runner waits, and it goes on at once where it
 * does not any more; before anybody has said what the network is, it is patient.  What is up goes for a
 * network whose name is known, never because one is gone or cannot be named. */
void culvert_runner_set_network_names (CulvertRunner *self, CulvertNetworkNames *names);

CulvertTunnelState culvert_runner_get_state (CulvertRunner *self);

/* Is nothing left of any session?  Only then may its context be given up. */
gboolean culvert_runner_is_quiet (CulvertRunner *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertRunner, culvert_runner_free)

G_END_DECLS
