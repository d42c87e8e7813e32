/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What concerns the whole program and stays until it is mended: tunnel files that cannot be read,
 * each with its reason, and a keyring that is not there. */

#include "core/profile-store.h"
#include "core/secret-store.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_NOTICES (culvert_notices_get_type ())
G_DECLARE_FINAL_TYPE (CulvertNotices, culvert_notices, CULVERT, NOTICES, GtkBox)

/* Follows @store's bad files and @secrets' kind. Called once. */
void culvert_notices_set_sources (CulvertNotices      *self,
                                  CulvertProfileStore *store,
                                  CulvertSecretStore  *secrets);

G_END_DECLS
