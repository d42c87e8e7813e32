/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Ports that need a privilege to listen on, and whether this process has it.  Any thread may ask; the answer
 * is that of now, since an administrator may change it while we run. */

#include <glib.h>

G_BEGIN_DECLS

/* The lowest port on which this process may listen; 1 when it may on all. */
guint16 culvert_low_ports_get_first (void);

/* (transfer full) (nullable): what an administrator types to let every program listen on @port and
 * above, until the next start of the system; NULL where there is no such command */
char *culvert_low_ports_dup_command (guint16 port);

/* (transfer full) (nullable): what an administrator types to let this program alone listen on such ports;
 * NULL where there is no such command, as in a sandbox, whose files are nobody's to change */
char *culvert_low_ports_dup_own_command (void);

/* For tests: @port is the first from now on; 0: the system's again. */
void culvert_low_ports_set_first (guint16 port);

G_END_DECLS
