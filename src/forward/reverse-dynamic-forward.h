/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A reverse-dynamic forward: a proxy for SOCKS and HTTP that listens at the server
 * (forward/far-forward.h); each client there says where to, and is relayed to that target as seen from
 * this computer.  Made by culvert_forward_new().
 *
 * A client is accepted to hear it, and answered once its target is (forward/proxy-asking.h).  Clients
 * without a target yet are bounded in number, in time and in what they may say; when there are too many,
 * the one that has waited longest goes.  The state of the target is that of the last one.
 *
 * Spec: ssh(1) -R without a target; PRODUCT 1.3, 1.4. */

#include "forward/far-forward.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_REVERSE_DYNAMIC_FORWARD (culvert_reverse_dynamic_forward_get_type ())
G_DECLARE_FINAL_TYPE (CulvertReverseDynamicForward,
                      culvert_reverse_dynamic_forward,
                      CULVERT,
                      REVERSE_DYNAMIC_FORWARD,
                      CulvertFarForward)

/* How many clients there may be that have no target yet, and how long one may take to name it. */
#define CULVERT_REVERSE_DYNAMIC_MAX_ASKING 256
#define CULVERT_REVERSE_DYNAMIC_ASKING_S   30

/* For tests: another limit of time.  Counts from the next client on. */
void culvert_reverse_dynamic_forward_set_asking_limit_ms (CulvertReverseDynamicForward *self,
                                                          guint                         limit_ms);

G_END_DECLS
