/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What was carried, counted where it happens and read from any thread without a lock.
 *
 * "Received" is what came through the tunnel towards this computer's side of the connection,
 * "sent" what went into the tunnel.  Numbers only rise, n_open and n_held apart. */

#include <glib-object.h>

G_BEGIN_DECLS

typedef struct
{
  gatomicrefcount ref_count;
  _Atomic guint64 n_received; /* bytes */
  _Atomic guint64 n_sent;     /* bytes */
  _Atomic guint64 n_accepted; /* connections that clients made */
  _Atomic guint64 n_refused;  /* of those, how many the target or the server refused */
  _Atomic guint64 n_foreign;  /* clients sent away, and not counted above: of other users … */
  _Atomic guint64 n_unseen;   /* … and those whose user was not to be seen (forward/guard.h) */
  _Atomic guint32 n_open;     /* connections open now, those held included */
  _Atomic guint32 n_held;     /* of those, how many wait for a session */
} CulvertCounters;

CulvertCounters *culvert_counters_new (void);
CulvertCounters *culvert_counters_ref (CulvertCounters *self);
void             culvert_counters_unref (CulvertCounters *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertCounters, culvert_counters_unref)

G_END_DECLS
