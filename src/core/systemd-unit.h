/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Writes a unit of systemd's user manager that keeps a saved tunnel open with culvertctl.  Pure. */

#include "core/profile.h"

G_BEGIN_DECLS

/* (transfer full): "culvert-ID.service" */
char *culvert_systemd_unit_name (const CulvertProfile *profile);

/**
 * culvert_systemd_unit_from_profile:
 * @program: NULL-terminated: the words that start culvertctl; a first one without a folder is looked up by
 *   systemd in its own path
 * @folder: (nullable): CULVERT_CONFIG_DIR, where that is set
 *
 * Comments say where to put it and how to switch it on.  The program comes back by itself; systemd starts it
 * again when it ends, unless nothing but a person can help.
 *
 * Spec: systemd.unit(5), systemd.service(5), systemd.syntax(7).
 *
 * Returns: (transfer full): lines
 */
char *culvert_systemd_unit_from_profile (const CulvertProfile *profile,
                                         const char *const    *program,
                                         const char           *folder);

G_END_DECLS
