/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Connecting to the target of a forward as seen from this computer: a host and port, the name looked
 * up elsewhere than in this thread, or the path of a socket.
 *
 * Lives in one thread, on that thread's source and thread-default context. */

#include "base/io-watch.h"
#include "core/endpoint.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define CULVERT_TARGET_DIAL_TIMEOUT_S 20

typedef struct _CulvertTargetDial CulvertTargetDial;

/* The one event; never called from inside new().  The dial is to be freed in it.
 * @socket: (transfer full): connected, or CULVERT_SOCKET_NONE with @error: CULVERT_FORWARD_ERROR_TARGET_… */
typedef void (*CulvertTargetDialFunc) (CulvertSocket socket,
                                       const GError *error,
                                       gpointer      user_data);

/* @owner: kept alive while a lookup is out */
CulvertTargetDial *culvert_target_dial_new (CulvertIoSource       *io,
                                            GObject               *owner,
                                            const CulvertEndpoint *target,
                                            CulvertTargetDialFunc  func,
                                            gpointer               user_data);
/* Gives up what is under way.  No event follows. */
void culvert_target_dial_free (CulvertTargetDial *self);

G_END_DECLS
