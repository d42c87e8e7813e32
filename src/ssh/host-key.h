/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Is this the server that it was?  Joins the key that the server proved with what known_hosts files
 * say. */

#include "core/profile.h"
#include "ssh/known-hosts.h"

G_BEGIN_DECLS

/* (transfer full): the files to read, the person's first; keys are saved in the first */
GStrv culvert_host_key_files (const CulvertProfile *profile);

/* Reads them all; a file that cannot be read is logged by the caller and left out.
 * @error: (out): the last such failure; the result is complete but for that */
CulvertKnownHosts *culvert_host_key_read_files (const CulvertProfile *profile, GError **error);

/**
 * culvert_host_key_judge:
 * @blob: what the server proved
 * @other_known: (out) (transfer full) (nullable): the fingerprint of a key of another type that is
 *   known for this host
 *
 * Returns: MATCH, UNKNOWN or OTHER_TYPE_KNOWN without @error; CHANGED or REVOKED with @error set to
 *   CULVERT_SSH_ERROR_HOST_KEY_…, its message naming both fingerprints, file and line
 */
CulvertKnownHostsVerdict culvert_host_key_judge (const CulvertKnownHosts *known,
                                                 const CulvertProfile    *profile,
                                                 GBytes                  *blob,
                                                 char                   **other_known,
                                                 GError                 **error);

/* Remembers the key in the first file. */
gboolean culvert_host_key_save (const CulvertProfile *profile, GBytes *blob, GError **error);

G_END_DECLS
