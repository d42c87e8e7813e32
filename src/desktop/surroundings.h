/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What happens around the program: the network goes, comes and changes, and the computer sleeps and
 * wakes.  Both composition roots have one and pass on what it tells. */

#include "core/network.h"

G_BEGIN_DECLS

typedef struct _CulvertSurroundings CulvertSurroundings;

typedef void (*CulvertSurroundingsFunc) (CulvertNetworkEvent event, gpointer user_data);

/**
 * culvert_surroundings_new:
 * @func: called in the default main context
 *
 * Returns at once, and never waits for a service.  A network that is there is not worth an event; that
 * there is none is told as soon as it is known.  Changes that come together are told as one.
 */
CulvertSurroundings *culvert_surroundings_new (CulvertSurroundingsFunc func, gpointer user_data);
void                 culvert_surroundings_free (CulvertSurroundings *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertSurroundings, culvert_surroundings_free)

G_END_DECLS
