/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What was carried, counted where it happens and read from any thread without a lock.
 *
 * "Received" is what came through the tunnel towards this computer's side of the connection,
 * "sent" what went into the tunnel.  Numbers only rise, n_open and n_held apart.
 *
 * Who reads them need not look all the time: a bell rings at the next thing that is counted. */

#include <glib-object.h>

G_BEGIN_DECLS

typedef struct _CulvertCounters CulvertCounters;

struct _CulvertCounters
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

  /* Of culvert_counters_set_bell() and culvert_counters_set_whole() */
  _Atomic gboolean is_awaited;
  void (*bell) (gpointer user_data); /* nullable */
  gpointer         user_data;
  GDestroyNotify   destroy;
  CulvertCounters *whole; /* nullable */
};

CulvertCounters *culvert_counters_new (void);
CulvertCounters *culvert_counters_ref (CulvertCounters *self);
void             culvert_counters_unref (CulvertCounters *self);

/**
 * culvert_counters_set_bell:
 * @bell: called once for each culvert_counters_await(), in the thread that counts; must not block
 * @destroy: (nullable): frees @user_data, in whatever thread drops the last reference
 *
 * Before any other thread has @self.
 */
void culvert_counters_set_bell (CulvertCounters *self,
                                void (*bell) (gpointer user_data),
                                gpointer       user_data,
                                GDestroyNotify destroy);

/* @self is a part of @whole, whose bell rings for it, too.  Before any other thread has @self. */
void culvert_counters_set_whole (CulvertCounters *self, CulvertCounters *whole);

/* From now on the bell rings once something is counted: whatever a reading after this call does not see. */
void culvert_counters_await (CulvertCounters *self);

/* By who has counted, afterwards.  Costs a look at one number while nobody waits.  Any thread. */
void culvert_counters_ring (CulvertCounters *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertCounters, culvert_counters_unref)

G_END_DECLS
