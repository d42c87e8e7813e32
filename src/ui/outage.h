/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Tells when a tunnel that was up has been away for so long that the person should know, and when it is
 * back after that was told.
 *
 * What the person does is no outage: switching off, settings that need a new session, a question that
 * is closed, a networks rule; nor is a tunnel on demand that nobody uses.  A tunnel that asks something
 * tells so by itself. */

#include "engine/tunnel.h"

G_BEGIN_DECLS

typedef struct
{
  guint away_ms;  /* shorter outages are nobody's business */
  guint pause_ms; /* from one that was told to the next that is: a later one waits, and may pass */
  guint shown_ms; /* how long it is news that a tunnel is back */
} CulvertOutageTimes;

typedef enum
{
  CULVERT_OUTAGE_LOST, /* for some time, or for good: the tunnel's error says why */
  CULVERT_OUTAGE_BACK,
  CULVERT_OUTAGE_OVER, /* what was told is none any more */
} CulvertOutageNews;

/* @away_us: how long it has been away
 * Returns: was the person told?  Who was not told that it is lost is not told that it is back. */
typedef gboolean (*CulvertOutageFunc) (CulvertTunnel    *tunnel,
                                       CulvertOutageNews news,
                                       gint64            away_us,
                                       gpointer          user_data);

typedef struct _CulvertOutage CulvertOutage;

/* @times: copied */
CulvertOutage *culvert_outage_new (CulvertTunnel            *tunnel,
                                   const CulvertOutageTimes *times,
                                   CulvertOutageFunc         func,
                                   gpointer                  user_data);
/* Without a word. */
void culvert_outage_free (CulvertOutage *self);

G_END_DECLS
