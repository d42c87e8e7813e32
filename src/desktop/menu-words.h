/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Items of a menu in the words of com.canonical.dbusmenu.  Pure. */

#include "desktop/menu-item.h"

G_BEGIN_DECLS

/**
 * culvert_menu_item_to_properties:
 * @names: (nullable): those that are asked for; NULL and none mean all
 *
 * Each kind always has the same ones, so that a change never takes one away.
 *
 * Returns: (transfer full): floating, of type a{sv}
 */
GVariant *culvert_menu_item_to_properties (const CulvertMenuItem *self, const char *const *names);

/* (transfer full): floating, of type a{sv}: what @now says otherwise than @before; of the same kind */
GVariant *culvert_menu_item_to_changes (const CulvertMenuItem *before, const CulvertMenuItem *now);

G_END_DECLS
