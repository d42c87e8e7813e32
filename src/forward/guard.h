/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Only my user may connect: who stands at the door of a forward's listeners, looks each client up,
 * and sends away those of other users (PRODUCT 1.10; base/peer-user.h says who counts as one).
 *
 * A client whose user is not to be seen is sent away as well, because a promise that whoever closes
 * fast enough can break is none; one that has left without a word is let go in silence.  Where the
 * system does not tell at all, everybody is let in, and the log says so once.
 *
 * Whoever is sent away is reset, counted and logged.  A flood does not fill the log: so many lines a
 * minute, and the count of the rest.  Belongs to one thread. */

#include "base/log.h"
#include "base/socket.h"
#include "forward/counters.h"

G_BEGIN_DECLS

/* Lines a minute. */
#define CULVERT_GUARD_LOG_MAX 5

/* One line for the log; may free the guard. */
typedef void (*CulvertGuardLogFunc) (CulvertLogLevel level, const char *text, gpointer user_data);

typedef struct _CulvertGuard CulvertGuard;

/* @counters: where those that are sent away are counted */
CulvertGuard      *
culvert_guard_new (CulvertCounters *counters, CulvertGuardLogFunc log, gpointer user_data);
void culvert_guard_free (CulvertGuard *self);

/**
 * culvert_guard_admits:
 * @client: just accepted; reset, and CULVERT_SOCKET_NONE, when it is sent away
 *
 * Never blocks.  May log, and so free the guard, before it returns.
 */
gboolean culvert_guard_admits (CulvertGuard *self, CulvertSocket *client);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertGuard, culvert_guard_free)

G_END_DECLS
