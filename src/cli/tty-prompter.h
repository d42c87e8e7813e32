/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Puts questions on the terminal, or to SSH_ASKPASS, in the order and by the rules of ssh(1).  One
 * question at a time.  An unknown host key is trusted only for an answer that says so. */

#include "core/prompter.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_TTY_PROMPTER (culvert_tty_prompter_get_type ())
G_DECLARE_FINAL_TYPE (CulvertTtyPrompter, culvert_tty_prompter, CULVERT, TTY_PROMPTER, GObject)

/* (transfer full) (nullable): NULL when there is nobody to ask: neither a terminal nor a program */
CulvertPrompter *culvert_tty_prompter_new (void);

G_END_DECLS
