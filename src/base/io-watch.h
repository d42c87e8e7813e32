/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The one GSource of a link: it watches any number of sockets and calls back those that are ready.
 *
 * Level-triggered: a socket that is wanted and ready is called on every turn.  All calls belong to
 * the thread whose context the source is attached to.  Linux: one epoll descriptor; other Unix:
 * poll; both are built and tested on Linux (CULVERT_IO_SOURCE_POLL in the environment of a test
 * chooses the second).
 *
 * One turn of the source is: every ready watch's function, then the turn functions in the order
 * they were added.  A turn function runs once per turn, after all the readiness was served: it is
 * where a session writes what has gathered.  One added by a turn function waits for the next turn.
 *
 * Other sources of the context are served between any two turns, unless their priority is lower: those
 * wait until there is nothing more to do here, as they would for any busy source. */

#include "base/socket.h"

G_BEGIN_DECLS

typedef enum
{
  CULVERT_IO_IN = 1 << 0,
  CULVERT_IO_OUT = 1 << 1,
  CULVERT_IO_HUP = 1 << 2, /* both directions are over, or an error; reported whenever any condition
                              is wanted */
} CulvertIoCondition;

typedef struct _CulvertIoSource CulvertIoSource;
typedef struct _CulvertIoWatch  CulvertIoWatch;

/* @ready: never empty. The function may change, remove or add any watch, its own included. */
typedef void (*CulvertIoFunc) (CulvertIoCondition ready, gpointer user_data);

/* Returns TRUE when it has more to do at once: the next turn comes without waiting. */
typedef gboolean (*CulvertTurnFunc) (gpointer user_data);

/**
 * culvert_io_source_new:
 *
 * Returns: (transfer full): a source attached to the thread-default context at default priority;
 *   it stops when destroyed by [func@culvert_io_source_free]
 */
CulvertIoSource *culvert_io_source_new (void);

/* Every watch and turn function must be gone.  May be called from within a callback. */
void culvert_io_source_free (CulvertIoSource *self);

/**
 * culvert_io_source_add:
 * @socket: stays the caller's, who removes the watch before closing it
 * @want: what to wait for; 0 waits for nothing, not even for errors, and costs nothing
 */
CulvertIoWatch *culvert_io_source_add (CulvertIoSource   *self,
                                       CulvertSocket      socket,
                                       CulvertIoCondition want,
                                       CulvertIoFunc      func,
                                       gpointer           user_data);

/* Cheap when nothing changes. */
void culvert_io_watch_want (CulvertIoWatch *watch, CulvertIoCondition want);

/* Removes and frees; no call comes afterwards, not even in the running turn.  *watch becomes NULL. */
void culvert_io_watch_clear (CulvertIoWatch **watch);

guint culvert_io_source_add_turn (CulvertIoSource *self, CulvertTurnFunc func, gpointer user_data);
void  culvert_io_source_remove_turn (CulvertIoSource *self, guint id);

/* Asks for a turn even if no socket becomes ready.  From a watch's function that is the turn which runs,
 * whose turn functions are still to come; from a turn function it is the next one. */
void culvert_io_source_wake (CulvertIoSource *self);

/* Turns taken so far: tests look at it to prove that nothing spins. */
guint64 culvert_io_source_get_n_turns (CulvertIoSource *self);

/* A 64 KiB buffer that any callback of this source may use until it returns. */
guint8 *culvert_io_source_get_scratch (CulvertIoSource *self);
#define CULVERT_IO_SCRATCH_SIZE (64 * 1024)

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertIoSource, culvert_io_source_free)

G_END_DECLS
