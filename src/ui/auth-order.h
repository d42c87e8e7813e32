/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A row that folds out to the ways to sign in: which are used, and in what order.
 *
 * Signal "changed": the person changed it. */

#include "core/profile.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_AUTH_ORDER (culvert_auth_order_get_type ())
G_DECLARE_FINAL_TYPE (CulvertAuthOrder, culvert_auth_order, CULVERT, AUTH_ORDER, AdwExpanderRow)

/* @methods: of CulvertAuthMethod.  Does not count as a change. */
void culvert_auth_order_set_methods (CulvertAuthOrder *self, const GArray *methods);

/* (transfer full): those that are used, in order; may be empty */
GArray *culvert_auth_order_dup_methods (CulvertAuthOrder *self);

G_END_DECLS
