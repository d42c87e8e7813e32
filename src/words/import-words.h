/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What an import says: why something makes no tunnel, what a tunnel lacks, and in what it differs from the saved
 * one.  Pure; all results are (transfer full). */

#include "core/import.h"
#include "core/profile-difference.h"

G_BEGIN_DECLS

/* One or two sentences; the file and line of the note are not in them. */
char *culvert_words_for_import_note (const CulvertImportNote *note);

/* The same with file and line behind it, as far as there are some. */
char *culvert_words_for_import_note_and_place (const CulvertImportNote *note);

/* "Port: 2222 instead of 22", "New forward: localhost:1 → db:2" */
char *culvert_words_for_difference (const CulvertDifference *difference,
                                    const CulvertProfile    *before,
                                    const CulvertProfile    *after);

G_END_DECLS
