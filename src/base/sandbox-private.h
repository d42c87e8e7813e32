/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* For tests alone. */

#include "base/sandbox.h"

G_BEGIN_DECLS

/* @info: (nullable): what CULVERT_SANDBOX_MARK says from now on; NULL: there is none.  Before other threads
 * are started. */
void culvert_sandbox_pretend (const char *info);

G_END_DECLS
