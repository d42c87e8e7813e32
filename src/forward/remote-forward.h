/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A remote forward: the server listens, and each client there is relayed to the target as seen from
 * this computer.
 *
 * Made by culvert_forward_new().  It asks each session anew; the port that the server picked is asked
 * for again.  A port that it had before a drop, and is refused after it, is most likely held by the
 * server for the lost connection: it is asked for again and again, for minutes, while the forward is
 * FAILED with a time of the next try.  Any other refusal counts until the next session.
 *
 * Spec: RFC 4254 section 7.1; PRODUCT 1.2, 1.7, 3.4. */

#include "forward/forward.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_REMOTE_FORWARD (culvert_remote_forward_get_type ())
G_DECLARE_FINAL_TYPE (CulvertRemoteForward,
                      culvert_remote_forward,
                      CULVERT,
                      REMOTE_FORWARD,
                      CulvertForward)

G_END_DECLS
