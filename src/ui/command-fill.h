/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What is pasted into the field of the server: an ssh command line, `ssh://…`, or
 * `user@host:port`.  Pure. */

#include "core/profile.h"

G_BEGIN_DECLS

typedef enum
{
  CULVERT_FILL_NOTHING, /* it is just a name or an address, or not there yet */
  CULVERT_FILL_DONE,
  CULVERT_FILL_REFUSED, /* a command line that cannot be honoured */
} CulvertFillResult;

/**
 * culvert_fill_from_text:
 * @draft: changed only when the result is CULVERT_FILL_DONE.  What the text says replaces what was
 *   there; forwards are added to those that are there; all else stays.
 * @words: (out) (transfer full): what was filled, or why not, in the person's language; NULL when
 *   there is nothing to say
 */
CulvertFillResult culvert_fill_from_text (CulvertProfile *draft, const char *text, char **words);

G_END_DECLS
