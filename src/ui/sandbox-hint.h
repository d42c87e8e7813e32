/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Says in a hint row what the sandbox keeps from this program, with a button that copies the command which
 * opens it.  Nothing where there is no such sandbox. */

#include "base/sandbox.h"
#include "ui/hint-row.h"

G_BEGIN_DECLS

/* @about: only what of it the sandbox really keeps is told */
void culvert_sandbox_hint_set (CulvertHintRow *row, CulvertSandboxLack about);

G_END_DECLS
