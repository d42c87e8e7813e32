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
  char *what;    /* one sentence with its full stop: what happened */
  char *why;     /* one or two sentences more about the cause, as far as it is known; else NULL */
  char *next;    /* what to do, in one or two sentences; NULL when there is nothing to do */
  char *command; /* one that @next tells to run, for copying; most often NULL */
} CulvertFailureWords;

void culvert_failure_words_free (CulvertFailureWords *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertFailureWords, culvert_failure_words_free)

/* (transfer full): all of them after one another, for where there is one text */
char *culvert_failure_words_join (const CulvertFailureWords *self);

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

/* That a server listens on all its addresses although it was asked for one. @bound: (nullable): where the
 * forward listens. (transfer full) (nullable): NULL where nothing of that kind is known */
CulvertFailureWords *culvert_failure_words_for_exposure (const CulvertForwardSpec *spec,
                                                         const CulvertEndpoint    *bound,
                                                         const CulvertProfile     *profile);

/* Of a host key that has changed or is revoked (transfer full) (nullable): what forgets the recorded key with
 * OpenSSH's own tool, which also knows hashed names: a command for a POSIX shell, in no language. */
char *culvert_words_for_forget_command (const GError *error);

/* CULVERT_FACT_TIME (transfer full) (nullable): NULL when it is not known, or no time that a calendar
 * has. */
char *culvert_words_for_fact_time (const GError *error);

/* The store, a file, a command line, the keyring. (transfer full) */
CulvertFailureWords *culvert_failure_words_for_other (const GError *error);

G_END_DECLS
