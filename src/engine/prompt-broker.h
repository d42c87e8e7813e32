/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Who answers the questions of a tunnel's session.  Lives in the program's own thread.
 *
 * In this order: an answer that was right before in this switched-on life, the secret store, the
 * person.  The first two serve only questions that the session marks as keepable, and only its
 * first try: a code for one use is never offered twice, nor a wrong password.
 *
 * A host key that the person trusts "only this time" is trusted until the tunnel is switched off: the
 * same key at the same place is not asked about again. It is written nowhere.
 *
 * The person is shown a prompt of the broker's own with the same fields, so that the broker hears
 * when it is answered and the session hears when the original is. */

#include "base/log.h"
#include "core/profile.h"
#include "core/prompter.h"
#include "core/secret-store.h"

G_BEGIN_DECLS

typedef struct _CulvertPromptBroker CulvertPromptBroker;

/**
 * culvert_prompt_broker_new:
 * @prompter: (nullable): without one a question that only a person can answer is refused
 * @secrets: (nullable): where answers are kept
 * @shown_changed: called when a question is put to the person or taken away
 */
CulvertPromptBroker *culvert_prompt_broker_new (CulvertPrompter    *prompter,
                                                CulvertSecretStore *secrets,
                                                CulvertLog         *log,
                                                void (*shown_changed) (gpointer user_data),
                                                gpointer user_data);

/* Takes every question away, first. */
void culvert_prompt_broker_free (CulvertPromptBroker *self);

/* Gets @prompt answered, at once or later. @profile: whose tunnel asks */
void culvert_prompt_broker_ask (CulvertPromptBroker *self,
                                CulvertProfile      *profile,
                                CulvertPrompt       *prompt);

/* The session has judged the answer: a right one is remembered, for this life or, if the person said
 * so, in the store; a wrong one is forgotten in both.  An answer to the server's own questions only
 * proves right with culvert_prompt_broker_signed_in(): PAM asks on after a wrong one. */
void culvert_prompt_broker_set_result (CulvertPromptBroker *self,
                                       CulvertPrompt       *prompt,
                                       gboolean             accepted);

/* The session is up. */
void culvert_prompt_broker_signed_in (CulvertPromptBroker *self);

/* The session is over, or another one begins: answers that were not judged are dropped. */
void culvert_prompt_broker_session_over (CulvertPromptBroker *self);

/* Takes back every question that is not answered yet: the session does not need it any more. */
void culvert_prompt_broker_withdraw (CulvertPromptBroker *self);

/* The switched-on life is over: wipes what it remembered. */
void culvert_prompt_broker_forget (CulvertPromptBroker *self);

/* (transfer none) (nullable): the question that the person sees */
CulvertPrompt *culvert_prompt_broker_get_shown (CulvertPromptBroker *self);

gboolean culvert_prompt_broker_has_prompter (CulvertPromptBroker *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertPromptBroker, culvert_prompt_broker_free)

G_END_DECLS
