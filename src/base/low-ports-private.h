/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

#include "base/low-ports.h"

G_BEGIN_DECLS

guint16 culvert_low_ports_ask_system (void);

/* Does the text of Linux's /proc/PID/status give the process the capability CAP_NET_BIND_SERVICE? */
gboolean culvert_low_ports_has_capability (const char *status);

G_END_DECLS
