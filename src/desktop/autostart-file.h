/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Starting with the session, by a file in the person's autostart folder.
 * Spec: Desktop Application Autostart Specification; X-GNOME-Autostart-enabled is how desktops' own settings
 * switch one off.
 *
 * The file is the truth: others may edit it, so it is read each time. */

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full): where the file of the program is, or would be */
char *culvert_autostart_file_dup_path (void);

/* Would the program start with the session now?  An unreadable file starts nothing. */
gboolean culvert_autostart_file_is_on (void);

/**
 * culvert_autostart_file_set:
 * @command: what starts it
 *
 * Keeps what else is in the file; one for all users of this computer is left as it is and hidden.
 *
 * Returns: FALSE with @error, of the file domain or of the key-file domain, when it cannot be written
 */
gboolean culvert_autostart_file_set (gboolean is_on, const char *const *command, GError **error);

G_END_DECLS
