/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A row under a field that says what is wrong there and what to do; not there while all is well.
 * What is merely missing, at a field that nobody has filled in yet, is a hint and not an error. */

#include "ui/profile-draft.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_PROBLEM_ROW (culvert_problem_row_get_type ())
G_DECLARE_FINAL_TYPE (CulvertProblemRow,
                      culvert_problem_row,
                      CULVERT,
                      PROBLEM_ROW,
                      AdwPreferencesRow)

GtkWidget *culvert_problem_row_new (void);

/* Which problems it shows. */
typedef struct
{
  CulvertField field;
  guint        codes;      /* of 1 << CulvertProblemCode; 0: all */
  const char  *forward_id; /* nullable; copied */
  const char  *subject;    /* nullable: only problems with just this subject; copied */
} CulvertProblemFilter;

/**
 * culvert_problem_row_watch:
 * @draft: shown from now on
 * @entry: (nullable): the row of the field; marked while there is a problem, and told from empty
 */
void culvert_problem_row_watch (CulvertProblemRow          *self,
                                CulvertProfileDraft        *draft,
                                const CulvertProblemFilter *filter,
                                GtkWidget                  *entry);

/* While there is a problem, says @words about it instead; NULL says the usual ones again. */
void culvert_problem_row_set_words (CulvertProblemRow *self, const char *words);

G_END_DECLS
