/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Telling how a list of objects became another one. */

#include <gio/gio.h>

G_BEGIN_DECLS

/* Emits "items-changed" for the part between the first and the last difference; nothing when there is
 * none.  @model holds what is in @after already. */
void culvert_list_tell_change (GListModel *model, GPtrArray *before, GPtrArray *after);

G_END_DECLS
