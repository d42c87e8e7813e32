/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Writes a profile as a block of ssh_config(5).  Pure. */

#include "core/profile.h"

G_BEGIN_DECLS

/* (transfer full): a name for Host that is made of the profile's title, of [a-z0-9._-] alone, and never the
 * server's own, of which it would take possession: "production-database" */
char *culvert_ssh_config_alias (const CulvertProfile *profile);

/**
 * culvert_ssh_config_from_profile:
 * @alias: (nullable): the name behind Host; NULL: culvert_ssh_config_alias()
 *
 * A block for the end of ~/.ssh/config, with which `ssh -N ALIAS` opens the same tunnel.  Comments say
 * what ssh cannot do; forwards that are switched off, and a command that nobody has allowed, stand in comments.
 *
 * Spec: ssh_config(5).
 *
 * Returns: (transfer full): lines
 */
char *culvert_ssh_config_from_profile (const CulvertProfile *profile, const char *alias);

G_END_DECLS
