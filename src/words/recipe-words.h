/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a recipe is for, in the person's language. */

#include "core/recipes.h"

G_BEGIN_DECLS

/* A title: "A session with PostgreSQL" */
const char *culvert_words_for_recipe (CulvertRecipeUse use);

G_END_DECLS
