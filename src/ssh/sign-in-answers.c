/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "ssh/sign-in-private.h"

#include <string.h>

/* Passwords, new ones in the place of expired ones (RFC 4252 8), and the server's own questions
 * (RFC 4256).
 *
 * libssh2 wants a new password, and the answers to questions, inside a callback: the link thread waits
 * there for the person, while it carries nothing. */

#define PURPOSE_PASSWORD "password"
/* libssh2 itself allows 100. */
#define PROMPTS_MAX   32
#define WAIT_SLICE_MS 200

static void
password_answered (CulvertPrompt *prompt, gpointer user_data)
{
  CulvertSignIn *self = user_data;

  g_clear_pointer (&self->password, culvert_secret_unref);
  self->password = culvert_secret_ref (culvert_prompt_get_secret (prompt, 0));
  self->n_new_passwords = 0;
  culvert_sign_in_set_state (self, CULVERT_SIGN_IN_PASSWORD);
}

/* (transfer full): what the keyring calls the password; a jump server's is another one */
static char *
dup_purpose (CulvertSignIn *self)
{
  const CulvertSession *session = self->session;

  if (session->asked_by != CULVERT_ASKED_BY_HOP)
    return g_strdup (PURPOSE_PASSWORD);
  return g_strdup_printf (PURPOSE_PASSWORD ":%s@%s:%u", self->user, session->profile->host,
                          session->profile->port);
}

void
culvert_sign_in_ask_password (CulvertSignIn *self)
{
  g_autofree char    *purpose = dup_purpose (self);
  CulvertPromptField  field = { .text = (char *)"", .is_hidden = TRUE };
  CulvertPromptFields fields = {
    .kind = CULVERT_PROMPT_PASSWORD,
    .asked_by = self->session->asked_by,
    .user = self->user,
    .host = self->session->profile->host,
    .port = self->session->profile->port,
    .secret_purpose = purpose,
    .attempt = self->n_answers,
    .fields = &field,
    .n_fields = 1,
  };

  culvert_sign_in_ask (self, &fields, password_answered);
}

/* A wrong answer: once more, or the next way. */
static void
answer_refused (CulvertSignIn *self, const char *what)
{
  /* Only the first refusal can have been a success that needs more; each look costs a try. */
  gboolean may_be_partial = self->n_answers == 0;

  self->n_answers++;
  if (self->n_answers < CULVERT_SIGN_IN_MAX_ANSWERS)
    self->n_methods_used--;
  culvert_sign_in_refused (self, what, may_be_partial);
}

static gboolean
keep_waiting (gpointer user_data)
{
  CulvertSession *session = user_data;

  return !g_atomic_int_get (&session->is_aborted) &&
         !culvert_socket_peer_is_gone (session->gate.socket);
}

/* Asks and waits; FALSE when there is no answer. */
static gboolean
wait_for_answer (CulvertSignIn *self, const CulvertPromptFields *fields)
{
  CulvertSession *session = self->session;

  self->prompt = culvert_prompt_new (fields);
  culvert_session_set_deadline (session, 0);
  session->events->prompt (session, self->prompt, session->user_data);
  if (culvert_prompt_wait (self->prompt, WAIT_SLICE_MS, keep_waiting, session) <=
      CULVERT_DECISION_REFUSE)
    return FALSE;
  culvert_session_set_deadline (session, CULVERT_SIGN_IN_STEP_TIMEOUT_S);
  return TRUE;
}

static gboolean
is_gone_meanwhile (CulvertSession *session)
{
  if (g_atomic_int_get (&session->is_aborted) ||
      !culvert_socket_peer_is_gone (session->gate.socket))
    return FALSE;
  culvert_session_fail (session,
                        g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_CLOSED,
                                             "the server closed the connection while it waited "
                                             "for an answer"));
  return TRUE;
}

static char *
copy_for_libssh2 (CulvertSession *session, CulvertSecret *secret, gsize *length)
{
  char *copy;

  *length = secret != NULL ? culvert_secret_get_length (secret) : 0;
  copy = culvert_session_memory_alloc (&session->memory, *length + 1);
  if (copy == NULL)
    return NULL;
  if (*length > 0)
    memcpy (copy, culvert_secret_peek (secret), *length);
  copy[*length] = '\0';
  return copy;
}

static void
fail_expired (CulvertSignIn *self)
{
  CulvertSession *session = self->session;
  GError         *error =
    g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_PASSWORD_EXPIRED,
                 "the password of %s has expired, and no new one was given", self->user);

  if (is_gone_meanwhile (session))
    {
      g_error_free (error);
      return;
    }
  culvert_error_set_fact (&error, CULVERT_FACT_SAID, self->expired_words);
  culvert_session_fail (session, error);
}

/* The server wants a new password: for the first time, or because it does not like the last one. */
static LIBSSH2_PASSWD_CHANGEREQ_FUNC (change_cb)
{
  CulvertSession     *own = *abstract;
  CulvertSignIn      *self = own->sign_in;
  g_autofree char    *purpose = dup_purpose (self);
  CulvertPromptField  field = { .text = (char *)"", .is_hidden = TRUE };
  CulvertPromptFields fields = {
    .kind = CULVERT_PROMPT_NEW_PASSWORD,
    .asked_by = own->asked_by,
    .user = self->user,
    .host = own->profile->host,
    .port = own->profile->port,
    .secret_purpose = purpose,
    .attempt = self->n_new_passwords,
    .fields = &field,
    .n_fields = 1,
  };
  gsize length;

  *newpw = NULL;
  *newpw_len = 0;
  if (own->failure != NULL)
    return;
  g_free (self->expired_words);
  self->expired_words = g_steal_pointer (&self->heard.words);
  fields.instruction = self->expired_words;
  culvert_log_write (own->log, CULVERT_LOG_INFO,
                     self->n_new_passwords == 0 ? "the password is right, but has expired"
                                                : "the server did not accept the new password");
  /* The old one was right; a new one before this was not. */
  culvert_sign_in_report (self, self->n_new_passwords == 0);
  self->n_new_passwords++;
  if (own->profile->never_ask || !wait_for_answer (self, &fields))
    {
      fail_expired (self);
      return;
    }
  *newpw = copy_for_libssh2 (own, culvert_prompt_get_secret (self->prompt, 0), &length);
  *newpw_len = (int)length;
}

void
culvert_sign_in_step_password (CulvertSignIn *self)
{
  int rc = libssh2_userauth_password_ex (
    self->session->ssh, self->user, (unsigned int)strlen (self->user),
    culvert_secret_peek (self->password), (unsigned int)culvert_secret_get_length (self->password),
    change_cb);

  if (self->session->failure != NULL || rc == LIBSSH2_ERROR_EAGAIN)
    return;
  g_clear_pointer (&self->password, culvert_secret_unref);
  if (rc == 0)
    {
      culvert_sign_in_report (self, TRUE);
      culvert_sign_in_succeed (self, g_strdup ("password"));
    }
  else if (culvert_sign_in_check (self, rc, "signing in by password"))
    answer_refused (self, self->n_new_passwords > 0 ? "the new password" : "the password");
}

/* One hidden question that the kept password answers?  Not one for a code, nor for a new password. */
static gboolean
asks_for_password (const CulvertPromptField *fields, int n_fields)
{
  static const char *const others[] = { "one-time", "one time", "otp",    "token",
                                        "new",      "again",    "retype", "re-enter",
                                        "repeat",   "verif",    "confirm" };
  g_autofree char         *folded = NULL;

  if (n_fields != 1 || !fields[0].is_hidden)
    return FALSE;
  folded = g_utf8_casefold (fields[0].text, -1);
  for (gsize i = 0; i < G_N_ELEMENTS (others); i++)
    if (strstr (folded, others[i]) != NULL)
      return FALSE;
  return strstr (folded, "password") != NULL;
}

static void
fail_unanswered (CulvertSession *session)
{
  if (!is_gone_meanwhile (session))
    culvert_session_fail (session,
                          g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_CANCELLED,
                                               "the question was closed without an answer"));
  /* libssh2 would send empty answers now; there is nobody to send them for. */
  session->gate.is_dead = TRUE;
}

static void
put_questions (CulvertSignIn                    *self,
               const CulvertPromptFields        *fields,
               LIBSSH2_USERAUTH_KBDINT_RESPONSE *responses)
{
  /* The answers to the round before were good, or there would be no further round. */
  culvert_sign_in_report (self, TRUE);
  if (!wait_for_answer (self, fields))
    {
      fail_unanswered (self->session);
      return;
    }
  for (guint i = 0; i < fields->n_fields; i++)
    {
      gsize length;
      char *copy =
        copy_for_libssh2 (self->session, culvert_prompt_get_secret (self->prompt, i), &length);

      if (copy == NULL)
        continue;
      responses[i].text = copy;
      responses[i].length = (unsigned int)length;
    }
}

static LIBSSH2_USERAUTH_KBDINT_RESPONSE_FUNC (questions_cb)
{
  CulvertSession    *session = *abstract;
  CulvertSignIn     *self = session->sign_in;
  g_autofree char   *purpose = dup_purpose (self);
  g_autofree char   *title = culvert_log_printable (name, name_len);
  g_autofree char   *words = culvert_log_printable_lines (instruction, instruction_len);
  CulvertPromptField fields[PROMPTS_MAX];
  int                n = MIN (num_prompts, PROMPTS_MAX);

  if (n <= 0 || session->failure != NULL)
    return;
  for (int i = 0; i < n; i++)
    fields[i] = (CulvertPromptField){
      .text =
        culvert_log_printable_lines ((const char *)prompts[i].text, (gssize)prompts[i].length),
      .is_hidden = prompts[i].echo == 0,
    };
  put_questions (self,
                 &(CulvertPromptFields){
                   .kind = CULVERT_PROMPT_QUESTIONS,
                   .asked_by = session->asked_by,
                   .user = self->user,
                   .host = session->profile->host,
                   .port = session->profile->port,
                   .title = title,
                   .instruction = words,
                   .secret_purpose = asks_for_password (fields, n) ? purpose : NULL,
                   .attempt = self->n_answers,
                   .fields = fields,
                   .n_fields = (guint)n,
                 },
                 responses);
  for (int i = 0; i < n; i++)
    g_free (fields[i].text);
}

void
culvert_sign_in_step_questions (CulvertSignIn *self)
{
  CulvertSession *session = self->session;
  int             rc = libssh2_userauth_keyboard_interactive_ex (
                session->ssh, self->user, (unsigned int)strlen (self->user), questions_cb);

  if (session->failure != NULL)
    return;
  if (rc == LIBSSH2_ERROR_EAGAIN)
    return;
  if (rc == 0)
    {
      culvert_sign_in_report (self, TRUE);
      culvert_sign_in_succeed (self, g_strdup ("keyboard-interactive"));
    }
  else if (culvert_sign_in_check (self, rc, "answering the server's questions"))
    answer_refused (self, "the answers");
}
