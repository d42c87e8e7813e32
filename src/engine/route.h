/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The way of one tunnel through its jump servers: joins or makes each link in turn, the nearest first,
 * and ends in a socket that leads to the server.
 *
 * Belongs to one thread, the one whose default context is current at construction. */

#include "base/log.h"
#include "base/socket.h"
#include "core/profile.h"
#include "core/prompt.h"
#include "core/stage-event.h"

G_BEGIN_DECLS

typedef struct _CulvertRoute CulvertRoute;

/* Never called from inside a call made here. */
typedef struct
{
  /* @socket: (transfer full): leads to the server */
  void (*ready) (CulvertSocket socket, gpointer user_data);
  /* Instead of ready(): CULVERT_SSH_ERROR that names the jump server. */
  void (*failed) (const GError *error, gpointer user_data);
  void (*prompt) (CulvertPrompt *prompt, gpointer user_data);
  void (*prompt_result) (CulvertPrompt *prompt, gboolean accepted, gpointer user_data);
  /* culvert_route_judge(): @error: (nullable): why a jump server ended, if one has */
  void (*judged) (const GError *error, gpointer user_data);
  /* (nullable): the stages of each jump server, which its place says; see core/stage-event.h */
  void (*stage) (const CulvertStageEvent *event, gpointer user_data);
} CulvertRouteEvents;

/* @profile: with at least one hop */
CulvertRoute *culvert_route_new (CulvertProfile           *profile,
                                 CulvertLog               *log,
                                 const CulvertRouteEvents *events,
                                 gpointer                  user_data);

void culvert_route_start (CulvertRoute *self);

/* The server's session has ended, as it does when a jump server goes: was it that?  Whichever went first
 * has its reason noted by the time its thread comes to the question. */
void culvert_route_judge (CulvertRoute *self);

void culvert_route_probe (CulvertRoute *self);

/* In any thread. */
void culvert_route_abort (CulvertRoute *self);

/* No event follows; @gone is called when nothing of it is left, and it is freed. */
void
culvert_route_leave (CulvertRoute *self, void (*gone) (gpointer user_data), gpointer user_data);

G_END_DECLS
