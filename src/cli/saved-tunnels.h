/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The saved tunnels as the commands see them: found by what the person typed, with messages about
 * what is not found. */

#include "core/profile-store.h"

G_BEGIN_DECLS

/* (transfer full): the store of this person */
CulvertProfileStore *culvert_saved_tunnels_open (void);

/* (transfer none) (nullable): by id, else by name; else a message was printed */
CulvertProfile *culvert_saved_tunnels_find (CulvertProfileStore *store, const char *word);

/* (transfer full) (nullable) (element-type CulvertProfile): each once, in the order of @words; NULL,
 * and a message for each, when some are not found */
GPtrArray *culvert_saved_tunnels_find_all (CulvertProfileStore *store, char **words);

/* Prints a message about each file that is no good tunnel. Returns: whether there was none */
gboolean culvert_saved_tunnels_report_bad (CulvertProfileStore *store);

/**
 * culvert_saved_tunnels_read_file:
 * @id: (nullable): the id to give it; NULL: the file's name if that can be one, else a new one
 *
 * Reads any tunnel file. Errors: `CULVERT_PROFILE_ERROR`.
 *
 * Returns: (transfer full) (nullable)
 */
CulvertProfile *culvert_saved_tunnels_read_file (const char *path, const char *id, GError **error);

/* Prints a message about each problem; FALSE when one of them keeps the tunnel from working.
 * @with_warnings: whether the others are printed */
gboolean culvert_saved_tunnels_report_problems (const CulvertProfile *profile,
                                                gboolean              with_warnings);

G_END_DECLS
