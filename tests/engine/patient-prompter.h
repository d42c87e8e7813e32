/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A prompter that shows nothing: it keeps the questions until the test answers them. */

#include "core/prompter.h"

G_BEGIN_DECLS

#define PATIENT_TYPE_PROMPTER (patient_prompter_get_type ())
G_DECLARE_FINAL_TYPE (PatientPrompter, patient_prompter, PATIENT, PROMPTER, GObject)

PatientPrompter *patient_prompter_new (void);

/* How many questions were ever put. */
guint patient_prompter_get_n_asked (PatientPrompter *self);
/* (transfer none): the question with that number, from 0 on, whether still open or not */
CulvertPrompt *patient_prompter_get (PatientPrompter *self, guint number);
/* Was it taken back? */
gboolean patient_prompter_is_withdrawn (PatientPrompter *self, guint number);

/* Answers it with one secret. @secret: NULL for a decision alone */
void patient_prompter_answer (PatientPrompter *self,
                              guint            number,
                              CulvertDecision  decision,
                              const char      *secret);

G_END_DECLS
