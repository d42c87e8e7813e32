/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a test of a forward that listens at the server has found out, in the person's language. */

#include "core/profile.h"
#include "engine/forward-item.h"

G_BEGIN_DECLS

/**
 * culvert_words_for_test:
 * @spec: with the port that the server picked, where it picked one
 * @error: (nullable): NULL unless @state is UNTOLD or FAILED
 *
 * Returns: (transfer full): whole sentences; "" for a state that says nothing
 */
char *culvert_words_for_test (CulvertTestState          state,
                              const GError             *error,
                              const CulvertForwardSpec *spec,
                              const CulvertProfile     *profile);

G_END_DECLS
