/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Why something failed and what to do, in the person's language: the one dictionary for both front
 * ends.  Pure.
 *
 * The sentences are made from domain, code and facts of an error (core/errors.h); its message, which
 * is for the log, is quoted only where nothing better is known. */

#include "core/profile.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *what; /* one sentence with its full stop: what happened */
  char *next; /* what to do, in one or two sentences; NULL when there is nothing to do */
} CulvertFailureWords;

void culvert_failure_words_free (CulvertFailureWords *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertFailureWords, culvert_failure_words_free)

/**
 * culvert_failure_words_for_tunnel:
 * @error: any error a tunnel may carry, that of a forward which ended it included
 *
 * Returns: (transfer full)
 */
CulvertFailureWords *culvert_failure_words_for_tunnel (const GError         *error,
                                                       const CulvertProfile *profile);

/* A forward that does not listen, or a target that refuses. (transfer full) */
CulvertFailureWords *culvert_failure_words_for_forward (const GError             *error,
                                                        const CulvertForwardSpec *spec,
                                                        const CulvertProfile     *profile);

/* (transfer full): what forgets the recorded key of the tunnel's server with OpenSSH's own tool, which also
 * knows hashed names.  A command for a POSIX shell, in no language. */
char *culvert_words_for_forget_command (const CulvertProfile *profile, const char *file);

/* The store, a file, a command line, the keyring. (transfer full) */
CulvertFailureWords *culvert_failure_words_for_other (const GError *error);

G_END_DECLS
