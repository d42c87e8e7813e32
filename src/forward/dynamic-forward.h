/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A dynamic forward: a proxy that listens here.  Each client says where it wants to go
 * (forward/proxy-asking.h), and the server looks up the name.
 *
 * Made by culvert_forward_new().  Its target is whatever a client asks for; the state of the target is
 * that of the last one.  Clients that have not said yet what they want are let wait for so long, and so
 * many of them, CULVERT_DYNAMIC_ASKING_MAX; then the one that has waited longest is reset.  Those that
 * have are held while there is no session, as by a local forward. */

#include "forward/listening-forward.h"

G_BEGIN_DECLS

#define CULVERT_DYNAMIC_ASKING_MAX 128

#define CULVERT_TYPE_DYNAMIC_FORWARD (culvert_dynamic_forward_get_type ())
G_DECLARE_FINAL_TYPE (CulvertDynamicForward,
                      culvert_dynamic_forward,
                      CULVERT,
                      DYNAMIC_FORWARD,
                      CulvertListeningForward)

/* For tests: how long a client may take to say what it wants. */
void culvert_dynamic_forward_set_asking_limit_ms (CulvertDynamicForward *self, guint limit_ms);

G_END_DECLS
