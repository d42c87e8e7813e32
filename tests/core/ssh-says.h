/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What ssh makes of words, by `ssh -G`, to compare with. */

#include <glib.h>

G_BEGIN_DECLS

/* @words: what stands behind `ssh -G` in a shell
 * @messages: (out) (transfer full): of ssh
 * Returns: (transfer full) (nullable): what it prints; NULL when it refuses */
char *ssh_says (const char *words, char **messages);

/* (transfer full) (element-type utf8): the values that it prints for @key */
GPtrArray *ssh_says_values (const char *output, const char *key);

G_END_DECLS
