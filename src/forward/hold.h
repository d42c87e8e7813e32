/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Clients of a forward that came while there is no session, or whose question the end of one cut
 * short: they are held, and served when there is one again.
 *
 * So many and so long, and no more: beyond that the one that has waited longest is reset, so that
 * whoever comes anew has a chance.  A client that leaves meanwhile is let go by its relay. */

#include "base/log.h"
#include "forward/relay-group.h"

G_BEGIN_DECLS

#define CULVERT_HOLD_MAX 64
/* Longer than a night in a pocket takes to find a network, shorter than a person's patience with a
 * program that stands still. */
#define CULVERT_HOLD_LIMIT_MS (10 * 60 * 1000)

/* One line for the log; may clear the hold. */
typedef void (*CulvertHoldLogFunc) (CulvertLogLevel level, const char *text, gpointer user_data);

/* Belongs to the thread of its group. */
typedef struct
{
  CulvertRelayGroup *relays; /* borrowed */
  CulvertHoldLogFunc log;
  gpointer           user_data;
  guint              limit_ms;  /* CULVERT_HOLD_LIMIT_MS; a test may want less */
  guint              n_dropped; /* since there was a session */
  GSource           *timer;     /* nullable: until the limit of who has waited longest */
} CulvertHold;

/* @relays: those in it that wait are the ones that are held; outlives the hold */
void culvert_hold_init (CulvertHold       *self,
                        CulvertRelayGroup *relays,
                        CulvertHoldLogFunc log,
                        gpointer           user_data);
void culvert_hold_clear (CulvertHold *self);

/* A client has begun to wait.  May drop others, and logs last. */
void culvert_hold_note (CulvertHold *self);

/* There is a session: those who waited are being served. */
void culvert_hold_end (CulvertHold *self);

G_END_DECLS
