/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Where the way to a target is broken.  Pure.
 *
 * Legs are counted from this computer on: leg 0 leads to the first jump host, or to the server where there
 * is none; the last one, behind all of the tunnel, to the target. */

#include "core/profile.h"

G_BEGIN_DECLS

/**
 * culvert_route_break_find:
 * @error: (nullable): of a tunnel, or of a forward's target
 *
 * Returns: the leg; negative when @error says nothing about the way, or the server was reached
 */
int culvert_route_break_find (const GError *error, const CulvertProfile *profile);

/* One sentence that names both ends of the broken leg, where more than the server's name is needed to know
 * it: on a way with jump hosts or a proxy, and behind the tunnel. (transfer full) (nullable) */
char *culvert_route_break_describe (const GError             *error,
                                    const CulvertForwardSpec *spec,
                                    const CulvertProfile     *profile);

G_END_DECLS
