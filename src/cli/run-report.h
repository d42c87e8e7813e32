/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What `culvertctl run` says while it runs: lines for people, or one JSON object per line.
 *
 * As text, standard output has `up: …` (and traffic, when asked for) alone, everything else is on
 * standard error.  As JSON, all of it is on standard output; failures are on standard error as
 * well.  Every object has "event", "time" and, but for the last one, "tunnel" (its id) and "name". */

#include "engine/tunnel.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean as_json;
  gboolean with_traffic;
  gboolean with_log;
  gboolean with_debug; /* the log's details too */
} CulvertRunReport;

/* {"event":"state","state":"connecting"} */
void culvert_run_report_state (const CulvertRunReport *self, CulvertTunnel *tunnel);

/* `up: NAME: localhost:5433 -> db:5432, …`; {"event":"up","forwards":[{"id","name","kind","listen",
 * "target"}]}, "listen" with the port that the system chose */
void culvert_run_report_up (const CulvertRunReport *self, CulvertTunnel *tunnel);

typedef struct
{
  CulvertTunnel            *tunnel;
  const CulvertForwardSpec *forward; /* nullable: what it is about within the tunnel */
  const char               *event;   /* "failed", "retry", "forward-failed" or "target-failed" */
  const GError             *error;
  gint64                    retry_in_us; /* -1: not by itself */
} CulvertRunFailure;

/* {"event":…,"forward":id,"what":…,"next":…,"detail":…,"retry_in_s":…} */
void culvert_run_report_failure (const CulvertRunReport *self, const CulvertRunFailure *failure);

/**
 * culvert_run_report_sent_away:
 * @is_first: whether it is said on standard error as well
 *
 * {"event":"sent-away","forward":id,"foreign":…,"unseen":…}: clients so far that were sent away,
 * because they are of other users, or had closed before their user could be seen
 */
void culvert_run_report_sent_away (const CulvertRunReport *self,
                                   CulvertTunnel          *tunnel,
                                   CulvertForwardItem     *item,
                                   gboolean                is_first);

/* {"event":"traffic","received":…,"sent":…,"received_rate":…,"sent_rate":…,"connections":…,
 * "round_trip_ms":…} */
void culvert_run_report_traffic (const CulvertRunReport *self, CulvertTunnel *tunnel);

/* {"event":"log","level":…,"text":…}; may be called in any thread */
void culvert_run_report_log (const CulvertRunReport *self,
                             const char             *tunnel_id,
                             const char             *title,
                             const CulvertLogLine   *line);

/* {"event":"end","exit":…} */
void culvert_run_report_end (const CulvertRunReport *self, int exit_status);

G_END_DECLS
