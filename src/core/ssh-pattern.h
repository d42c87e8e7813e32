/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The patterns of ssh_config(5): `*` for any text, `?` for one character, lists by commas, `!` in
 * front of what must not match; and the patterns of file names in Include.  Pure; the time grows with
 * pattern times text. */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CULVERT_SSH_MATCH_NO,
  CULVERT_SSH_MATCH_YES,
  CULVERT_SSH_MATCH_NEGATED, /* a pattern with `!` matched: that settles it */
} CulvertSshMatch;

/* One pattern; upper and lower case differ, bytes count. */
gboolean culvert_ssh_pattern_match (const char *pattern, const char *text);

/**
 * culvert_ssh_pattern_list_match:
 * @list: patterns by commas, each with or without `!`
 * @fold_case: whether capitals in @list stand for small letters
 *
 * Spec: ssh_config(5) PATTERNS.
 */
CulvertSshMatch
culvert_ssh_pattern_list_match (const char *list, const char *text, gboolean fold_case);

/* Does @pattern name more than itself: has it `*`, `?` or a leading `!`? */
gboolean culvert_ssh_pattern_is_wild (const char *pattern);

/* One part of a path, as glob(3) compares it: also `[a-z]`, `[!a-z]` and backslashes; a leading dot
 * must be written. */
gboolean culvert_ssh_file_pattern_match (const char *pattern, const char *name);

/* Has it anything that culvert_ssh_file_pattern_match() reads as more than itself? */
gboolean culvert_ssh_file_pattern_is_wild (const char *pattern);

G_END_DECLS
