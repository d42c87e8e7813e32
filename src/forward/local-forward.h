/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A local forward: listens here and relays each client to the target as the server sees it.
 *
 * Made by culvert_forward_new().  While there is no transport clients are held (forward/hold.h), those
 * too whose open was cut short by the end of a session; the next one serves them.
 *
 * Spec: RFC 4254 section 7.2. */

#include "forward/listening-forward.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_LOCAL_FORWARD (culvert_local_forward_get_type ())
G_DECLARE_FINAL_TYPE (CulvertLocalForward,
                      culvert_local_forward,
                      CULVERT,
                      LOCAL_FORWARD,
                      CulvertListeningForward)

G_END_DECLS
