/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What to type so that programs use a forward (core/recipes.h), to be copied. */

#include "core/forward-spec.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_RECIPE_DIALOG (culvert_recipe_dialog_get_type ())
G_DECLARE_FINAL_TYPE (CulvertRecipeDialog, culvert_recipe_dialog, CULVERT, RECIPE_DIALOG, AdwWindow)

/**
 * culvert_recipe_dialog_new:
 * @place: where programs connect to (ui/forward-address.h)
 * @server: the server's name
 */
GtkWidget *culvert_recipe_dialog_new (GtkWindow                *parent,
                                      const CulvertForwardSpec *spec,
                                      const CulvertEndpoint    *place,
                                      const char               *server);

G_END_DECLS
