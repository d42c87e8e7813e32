/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The forwards' part of a check, over a session that is up: each that is switched on in turn.  Where it
 * listens is tried for a moment, and given up again; the target is connected to and left at once, without
 * a byte.  Every step has a limit of time.
 *
 * One that listens at the server serves, while it is tested there, whoever comes to it.
 *
 * Lives in the check's thread. */

#include "base/io-watch.h"
#include "base/log.h"
#include "core/stage-event.h"
#include "core/transport.h"

G_BEGIN_DECLS

typedef struct _CulvertCheckForwards CulvertCheckForwards;

/* Never called from inside a call made here. */
typedef struct
{
  /* Place is the receiver's. */
  void (*stage) (const CulvertStageEvent *event, gpointer user_data);
  /* All were looked at. */
  void (*done) (gpointer user_data);
} CulvertCheckForwardsEvents;

/**
 * culvert_check_forwards_new:
 * @own: (element-type utf8): ids of forwards that the running tunnel listens with; their ports are left
 *   alone, and their test through the server is the running tunnel's
 * @server_host: (nullable): the IP address at which the server was reached
 */
CulvertCheckForwards *culvert_check_forwards_new (CulvertProfile                   *profile,
                                                  CulvertIoSource                  *io,
                                                  CulvertLog                       *log,
                                                  CulvertTransport                 *transport,
                                                  GHashTable                       *own,
                                                  const char                       *server_host,
                                                  const CulvertCheckForwardsEvents *events,
                                                  gpointer                          user_data);

/* Gives up what is under way, while the transport still is there or after its end.  No event follows. */
void culvert_check_forwards_free (CulvertCheckForwards *self);

G_END_DECLS
