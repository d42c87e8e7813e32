/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A remote forward: the server listens (forward/far-forward.h), and each client there is relayed to
 * the target as seen from this computer.  Made by culvert_forward_new().
 *
 * Spec: RFC 4254 section 7.1; PRODUCT 1.2. */

#include "forward/far-forward.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_REMOTE_FORWARD (culvert_remote_forward_get_type ())
G_DECLARE_FINAL_TYPE (CulvertRemoteForward,
                      culvert_remote_forward,
                      CULVERT,
                      REMOTE_FORWARD,
                      CulvertFarForward)

G_END_DECLS
