/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the sandbox that this program may run in keeps from it, and how to open it. */

#include "base/sandbox.h"

G_BEGIN_DECLS

/* One sentence. (transfer full) (nullable): NULL for nothing */
char *culvert_words_for_sandbox (CulvertSandboxLack lacks);

/* One sentence with the command. (transfer full) (nullable): NULL for nothing */
char *culvert_words_for_sandbox_override (CulvertSandboxLack lacks);

G_END_DECLS
