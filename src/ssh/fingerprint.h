/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Public keys as people compare them.  The fingerprint of a certificate is that of the key in it. */

#include "ssh/public-key.h"

G_BEGIN_DECLS

/* Returns: (transfer full): "SHA256:" and 43 characters of base64, as ssh-keygen -l prints it */
char *culvert_fingerprint_sha256 (GBytes *blob);

/* Returns: (transfer full): eleven lines of ASCII without a line end at the last, as ssh-keygen -lv
 * prints them */
char *culvert_fingerprint_random_art (GBytes *blob);

G_END_DECLS
