/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/sign-in.h"

#include "base/source.h"
#include "core/errors.h"
#include "ssh/sign-in-private.h"

#include <string.h>

#define PEER_CHECK_MS 500

static const char *const server_names[CULVERT_N_AUTH_METHODS] = {
  [CULVERT_AUTH_AGENT] = "publickey",
  [CULVERT_AUTH_KEY] = "publickey",
  [CULVERT_AUTH_PASSWORD] = "password",
  [CULVERT_AUTH_INTERACTIVE] = "keyboard-interactive",
};

/* Stages */

static void
tell_whole (CulvertSignIn *self, CulvertStageState state)
{
  g_autofree char *user = culvert_log_printable (self->user, -1);

  culvert_session_tell_stage (
    self->session,
    &(CulvertStageEvent){ .kind = CULVERT_STAGE_SIGN_IN, .state = state, .subject = user });
}

static void
tell_step (CulvertSignIn *self, CulvertStageState state, CulvertStageNote note, const GError *error)
{
  culvert_session_tell_stage (self->session, &(CulvertStageEvent){
                                               .kind = CULVERT_STAGE_SIGN_IN_STEP,
                                               .state = state,
                                               .note = note,
                                               .method = self->step_method,
                                               .subject = self->step_subject,
                                               .error = (GError *)error,
                                             });
}

void
culvert_sign_in_begin_step (CulvertSignIn *self, CulvertAuthMethod method, const char *subject)
{
  if (self->step_is_open && self->step_method == method &&
      g_strcmp0 (self->step_subject, subject) == 0)
    return;
  culvert_sign_in_end_step (self, CULVERT_STAGE_SKIPPED, CULVERT_NOTE_NOT_NEEDED, NULL);
  self->step_is_open = TRUE;
  self->step_method = method;
  g_free (self->step_subject);
  self->step_subject = g_strdup (subject);
  tell_step (self, CULVERT_STAGE_RUNNING, CULVERT_NOTE_NONE, NULL);
}

void
culvert_sign_in_end_step (CulvertSignIn    *self,
                          CulvertStageState state,
                          CulvertStageNote  note,
                          const GError     *error)
{
  if (!self->step_is_open)
    return;
  self->step_is_open = FALSE;
  tell_step (self, state, note, error);
}

void
culvert_sign_in_skip_step (CulvertSignIn    *self,
                           CulvertAuthMethod method,
                           CulvertStageNote  note,
                           const GError     *error)
{
  culvert_sign_in_begin_step (
    self, method, error != NULL ? culvert_error_get_fact (error, CULVERT_FACT_FILE) : NULL);
  culvert_sign_in_end_step (self, CULVERT_STAGE_SKIPPED, note, error);
}

static gboolean
is_about_agent (const GError *error)
{
  return error->code == CULVERT_SSH_ERROR_AGENT_UNREACHABLE ||
         error->code == CULVERT_SSH_ERROR_AGENT_FAILED ||
         error->code == CULVERT_SSH_ERROR_AGENT_TIMED_OUT;
}

CulvertSignIn *
culvert_sign_in_new (CulvertSession *session)
{
  CulvertSignIn *self = g_new0 (CulvertSignIn, 1);

  self->session = session;
  self->cancellable = g_cancellable_new ();
  self->user = culvert_profile_dup_user (session->profile);
  self->tried = g_string_new (NULL);
  self->offered_blobs =
    g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
  self->agent_blobs =
    g_hash_table_new_full (g_bytes_hash, g_bytes_equal, (GDestroyNotify)g_bytes_unref, NULL);
  g_queue_init (&self->offers);
  culvert_sign_in_listen (self);
  culvert_log_write (session->log, CULVERT_LOG_INFO, "signing in as %s", self->user);
  tell_whole (self, CULVERT_STAGE_RUNNING);
  culvert_session_set_deadline (session, CULVERT_SIGN_IN_STEP_TIMEOUT_S);
  return self;
}

void
culvert_sign_in_free (CulvertSignIn *self)
{
  culvert_sign_in_stop_listening (self);
  g_cancellable_cancel (self->cancellable);
  culvert_source_clear (&self->peer_check);
  if (self->prompt != NULL)
    culvert_prompt_withdraw (self->prompt);
  g_clear_object (&self->prompt);
  culvert_sign_in_clear_offer (self);
  g_queue_clear_full (&self->offers, (GDestroyNotify)culvert_key_offer_free);
  g_clear_object (&self->agent);
  g_clear_object (&self->cancellable);
  g_clear_pointer (&self->agent_blobs, g_hash_table_unref);
  g_clear_pointer (&self->offered_blobs, g_hash_table_unref);
  g_clear_pointer (&self->certificates, g_ptr_array_unref);
  g_clear_error (&self->certificate_problem);
  g_clear_error (&self->excuse);
  g_clear_pointer (&self->password, culvert_secret_unref);
  g_free (self->expired_words);
  g_free (self->step_subject);
  g_strfreev (self->allowed);
  g_string_free (self->tried, TRUE);
  g_free (self->user);
  g_free (self);
}

CulvertSignIn *
culvert_sign_in_still_here (CulvertSession *session)
{
  return session->failure == NULL && !session->is_stopping ? session->sign_in : NULL;
}

static gboolean
peer_check_cb (gpointer user_data)
{
  CulvertSignIn *self = user_data;

  if (!culvert_socket_peer_is_gone (self->session->gate.socket))
    return G_SOURCE_CONTINUE;
  culvert_session_fail (self->session,
                        g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_UNANSWERED,
                                             "the server closed the connection while it waited for "
                                             "an answer"));
  return G_SOURCE_CONTINUE;
}

void
culvert_sign_in_set_state (CulvertSignIn *self, CulvertSignInState state)
{
  if (self->state == state)
    return;
  self->state = state;
  culvert_source_clear (&self->peer_check);
  if (state == CULVERT_SIGN_IN_WAITING)
    {
      /* Nothing is read while somebody thinks, so look whether the server is still there. */
      culvert_gate_rearm (&self->session->gate, FALSE);
      culvert_session_set_deadline (self->session, 0);
      self->peer_check = g_timeout_source_new (PEER_CHECK_MS);
      g_source_set_callback (self->peer_check, peer_check_cb, self, NULL);
      g_source_attach (self->peer_check, self->session->context);
      return;
    }
  culvert_session_set_deadline (self->session, CULVERT_SIGN_IN_STEP_TIMEOUT_S);
  culvert_io_source_wake (self->session->io);
}

void
culvert_sign_in_succeed (CulvertSignIn *self, char *how)
{
  CulvertSession *session = self->session;

  culvert_log_write (session->log, CULVERT_LOG_INFO, "signed in by %s", how);
  culvert_sign_in_stop_listening (self);
  g_free (session->info.auth_method);
  session->info.auth_method = how;
  culvert_sign_in_set_state (self, CULVERT_SIGN_IN_DONE);
  culvert_session_set_deadline (session, 0);
  culvert_sign_in_end_step (self, CULVERT_STAGE_PASSED, CULVERT_NOTE_NONE, NULL);
  tell_whole (self, CULVERT_STAGE_PASSED);
  culvert_session_set_state (session, CULVERT_SESSION_UP);
  culvert_io_source_wake (session->io);
}

void
culvert_sign_in_excuse (CulvertSignIn *self, GError *error)
{
  culvert_log_write (self->session->log, CULVERT_LOG_WARNING, "%s", error->message);
  if (self->step_is_open)
    culvert_sign_in_end_step (self, CULVERT_STAGE_SKIPPED, CULVERT_NOTE_TROUBLE, error);
  else
    culvert_sign_in_skip_step (self, is_about_agent (error) ? CULVERT_AUTH_AGENT : CULVERT_AUTH_KEY,
                               CULVERT_NOTE_TROUBLE, error);
  if (self->excuse == NULL)
    self->excuse = error;
  else
    g_error_free (error);
}

/* What servers say in a disconnect: OpenSSH "Too many authentication failures", others much the same. */
static gboolean
says_too_many (const char *text)
{
  g_autofree char *lower = g_ascii_strdown (text, -1);

  return strstr (lower, "too many") != NULL && strstr (lower, "auth") != NULL;
}

static void
fail_too_many (CulvertSignIn *self)
{
  CulvertSession  *session = self->session;
  g_autofree char *n_tried = g_strdup_printf ("%u", g_hash_table_size (self->offered_blobs));
  GError          *error =
    g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_TOO_MANY,
                 "the server closed after %u tries: %s", self->n_failures + 1,
                 session->disconnect_text != NULL ? session->disconnect_text : "without a word");

  culvert_error_set_fact (&error, CULVERT_FACT_TRIED, n_tried);
  culvert_session_fail (session, error);
}

gboolean
culvert_sign_in_check (CulvertSignIn *self, int rc, const char *what)
{
  CulvertSession *session = self->session;
  const char     *said = session->disconnect_text;

  if (said != NULL && says_too_many (said))
    fail_too_many (self);
  /* libssh2 takes the end of the connection for a refused key. */
  else if (said == NULL && !session->gate.saw_end && session->gate.error == NULL &&
           (rc == LIBSSH2_ERROR_AUTHENTICATION_FAILED || rc == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED))
    return TRUE;
  /* Dropbear closes without a word. */
  else if (said == NULL && session->gate.error == NULL && session->gate.saw_end &&
           self->n_failures > 0)
    fail_too_many (self);
  else if (rc == LIBSSH2_ERROR_PASSWORD_EXPIRED)
    culvert_session_fail (session,
                          g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_PASSWORD_EXPIRED,
                                       "the password of %s has expired", self->user));
  else
    culvert_session_fail_lib (session, rc, what);
  return FALSE;
}

typedef struct
{
  CulvertSession   *session;
  CulvertPromptFunc func;
} Asking;

static void
asking_free (gpointer data)
{
  Asking *asking = data;

  g_object_unref (asking->session);
  g_free (asking);
}

static void
answered_cb (CulvertPrompt *prompt, gpointer user_data)
{
  Asking         *asking = user_data;
  CulvertSession *session = asking->session;

  if (session->sign_in == NULL || session->sign_in->prompt != prompt || session->failure != NULL ||
      session->is_stopping)
    return;
  if (culvert_prompt_get_decision (prompt) <= CULVERT_DECISION_REFUSE)
    {
      culvert_session_fail (
        session, g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_CANCELLED,
                                      "the question was closed without an answer"));
      return;
    }
  asking->func (prompt, session->sign_in);
}

void
culvert_sign_in_ask (CulvertSignIn *self, const CulvertPromptFields *fields, CulvertPromptFunc func)
{
  CulvertSession *session = self->session;
  Asking         *asking = g_new0 (Asking, 1);

  *asking = (Asking){ g_object_ref (session), func };
  g_clear_object (&self->prompt);
  self->prompt = culvert_prompt_new (fields);
  culvert_sign_in_set_state (self, CULVERT_SIGN_IN_WAITING);
  culvert_prompt_set_answered_func (self->prompt, session->context, answered_cb, asking,
                                    asking_free);
  session->events->prompt (session, self->prompt, session->user_data);
}

void
culvert_sign_in_report (CulvertSignIn *self, gboolean accepted)
{
  if (self->prompt == NULL)
    return;
  self->session->events->prompt_result (self->session, self->prompt, accepted,
                                        self->session->user_data);
  g_clear_object (&self->prompt);
}

/* It was no failure after all, and every remaining way is worth a try again. */
static void
note_partial (CulvertSignIn *self)
{
  self->n_failures--;
  self->n_key_failures = 0;
  self->n_set_aside = 0;
  self->n_methods_used = 0;
  self->n_answers = 0;
  g_queue_clear_full (&self->offers, (GDestroyNotify)culvert_key_offer_free);
  culvert_sign_in_report (self, TRUE);
  culvert_sign_in_end_step (self, CULVERT_STAGE_PASSED, CULVERT_NOTE_MORE_NEEDED, NULL);
  culvert_log_write (self->session->log, CULVERT_LOG_INFO,
                     "accepted as one of several factors; more is needed");
}

/* Where the library cannot tell: a method that vanished from the list has done its part. */
static gboolean
is_another_list (CulvertSignIn *self, const char *list)
{
  g_auto (GStrv) now = g_strsplit (list, ",", -1);

  return self->allowed != NULL &&
         !g_strv_equal ((const char *const *)self->allowed, (const char *const *)now);
}

static void
set_allowed (CulvertSignIn *self, const char *list)
{
  g_autofree char *printable = culvert_log_printable (list, -1);

  if (self->allowed == NULL || is_another_list (self, list))
    culvert_log_write (self->session->log, CULVERT_LOG_INFO, "the server allows: %s", printable);
  g_strfreev (self->allowed);
  self->allowed = g_strsplit (list, ",", -1);
}

void
culvert_sign_in_refused (CulvertSignIn *self, const char *what, gboolean may_be_partial)
{
  gboolean    was_partial = FALSE;
  const char *list = culvert_sign_in_get_refusal (self, &was_partial);

  self->n_failures++;
  if (!was_partial)
    {
      culvert_log_write (self->session->log, CULVERT_LOG_INFO, "the server did not accept %s",
                         what);
      if (strstr (self->tried->str, what) == NULL)
        g_string_append_printf (self->tried, "%s%s", self->tried->len > 0 ? ", " : "", what);
    }
  if (list == NULL && may_be_partial)
    {
      self->relist = TRUE;
      culvert_sign_in_set_state (self, CULVERT_SIGN_IN_LISTING);
      return;
    }
  if (list != NULL)
    set_allowed (self, list);
  /* It is used up: an answer that nobody hears must not pass for the last one. */
  g_clear_pointer (&self->heard.methods, g_free);
  self->heard.was_partial = FALSE;
  if (was_partial)
    note_partial (self);
  else
    {
      culvert_sign_in_report (self, FALSE);
      culvert_sign_in_end_step (self, CULVERT_STAGE_SKIPPED, CULVERT_NOTE_REFUSED, NULL);
    }
  culvert_sign_in_set_state (self, CULVERT_SIGN_IN_CHOOSING);
}

/* What the server tells everybody who signs in: often who may, or that it is watched. */
static void
note_banner (CulvertSignIn *self)
{
  const char      *banner = culvert_lib_get_banner (self->session->ssh);
  g_autofree char *printable =
    banner != NULL ? culvert_log_printable_lines (banner, -1) : g_strdup ("");
  g_auto (GStrv) lines = g_strsplit (g_strchomp (printable), "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    culvert_log_write (self->session->log, CULVERT_LOG_INFO, "the server says: %s", *line);
  if (printable[0] == '\0')
    return;
  g_free (self->session->info.banner);
  self->session->info.banner = g_steal_pointer (&printable);
}

static void
step_list (CulvertSignIn *self)
{
  LIBSSH2_SESSION *ssh = self->session->ssh;
  const char *list = libssh2_userauth_list (ssh, self->user, (unsigned int)strlen (self->user));

  if (list == NULL)
    {
      int rc = libssh2_session_last_errno (ssh);

      if (rc == LIBSSH2_ERROR_EAGAIN)
        return;
      if (libssh2_userauth_authenticated (ssh))
        {
          note_banner (self);
          culvert_sign_in_succeed (self, g_strdup ("nothing: the server asks for no proof"));
        }
      else
        culvert_sign_in_check (self, rc, "asking how to sign in");
      return;
    }
  if (self->relist && is_another_list (self, list))
    note_partial (self);
  else if (self->relist)
    {
      culvert_sign_in_report (self, FALSE);
      culvert_sign_in_end_step (self, CULVERT_STAGE_SKIPPED, CULVERT_NOTE_REFUSED, NULL);
    }
  /* Asking for the list is a try, too, but for the first time. */
  self->n_failures += self->relist ? 1 : 0;
  if (!self->relist)
    note_banner (self);
  self->relist = FALSE;
  set_allowed (self, list);
  culvert_sign_in_set_state (self, CULVERT_SIGN_IN_CHOOSING);
}

static gboolean
is_allowed (CulvertSignIn *self, CulvertAuthMethod method)
{
  return g_strv_contains ((const char *const *)self->allowed, server_names[method]);
}

static GError *
new_too_many_keys (CulvertSignIn *self, guint n_left)
{
  guint            n_tried = g_hash_table_size (self->offered_blobs);
  g_autofree char *tried_text = g_strdup_printf ("%u", n_tried);
  g_autofree char *left_text = g_strdup_printf ("%u", n_left);
  GError          *error = g_error_new (
             CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_TOO_MANY_KEYS,
             "%s accepted none of the first %u keys; %u more were not tried, since servers close "
                      "after a few failures",
             self->session->profile->host, n_tried, n_left);

  culvert_error_set_fact (&error, CULVERT_FACT_TRIED, tried_text);
  culvert_error_set_fact (&error, CULVERT_FACT_LEFT, left_text);
  return error;
}

/* Keys that wait to be offered, without those that were already. */
static guint
count_offers (CulvertSignIn *self)
{
  guint n_offers = 0;

  for (GList *l = self->offers.head; l != NULL; l = l->next)
    {
      const CulvertKeyOffer *offer = l->data;

      n_offers += offer->blob == NULL || !g_hash_table_contains (self->offered_blobs, offer->blob);
    }
  return n_offers;
}

/* Other ways come to their turn while there are tries left for them. */
static void
set_keys_aside (CulvertSignIn *self)
{
  guint n_keys = count_offers (self);

  if (n_keys > 0)
    culvert_log_write (self->session->log, CULVERT_LOG_WARNING,
                       "%u more keys are not offered, to keep tries for other ways to sign in",
                       n_keys);
  self->n_set_aside += n_keys;
  g_queue_clear_full (&self->offers, (GDestroyNotify)culvert_key_offer_free);
}

static void
give_up (CulvertSignIn *self)
{
  g_autofree char *allowed = g_strjoinv (", ", self->allowed);
  g_autofree char *printable = culvert_log_printable (allowed, -1);
  CulvertSession  *session = self->session;
  guint            n_left = self->n_set_aside + count_offers (self);
  GError          *error;

  culvert_sign_in_note_unused_certificates (self);
  if (self->certificate_problem != NULL && self->n_answers == 0)
    error = g_steal_pointer (&self->certificate_problem);
  else if (n_left > 0 && self->n_answers == 0)
    error = new_too_many_keys (self, n_left);
  else if (self->tried->len > 0)
    error = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_REFUSED,
                         "%s did not accept %s: it allows: %s", session->profile->host,
                         self->tried->str, printable);
  else if (self->excuse != NULL)
    error = g_steal_pointer (&self->excuse);
  else
    error = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_NO_METHOD,
                         "no way to sign in to %s is left to try: it allows: %s",
                         session->profile->host, printable);
  culvert_error_set_fact (&error, CULVERT_FACT_OFFERED, printable);
  culvert_session_fail (session, error);
}

static void
begin_method (CulvertSignIn *self, CulvertAuthMethod method)
{
  switch (method)
    {
    case CULVERT_AUTH_AGENT:
      culvert_sign_in_gather_agent (self);
      break;
    case CULVERT_AUTH_KEY:
      culvert_sign_in_gather_files (self);
      break;
    case CULVERT_AUTH_PASSWORD:
      if (self->n_answers >= CULVERT_SIGN_IN_MAX_ANSWERS)
        break;
      culvert_sign_in_begin_step (self, method, NULL);
      culvert_sign_in_ask_password (self);
      break;
    case CULVERT_AUTH_INTERACTIVE:
      if (self->n_answers >= CULVERT_SIGN_IN_MAX_ANSWERS)
        break;
      culvert_sign_in_begin_step (self, method, NULL);
      culvert_sign_in_set_state (self, CULVERT_SIGN_IN_QUESTIONS);
      break;
    default:
      break;
    }
}

static gboolean
needs_person (CulvertAuthMethod method)
{
  return method == CULVERT_AUTH_PASSWORD || method == CULVERT_AUTH_INTERACTIVE;
}

/* Is there a way after the present one that the server allows and that is not a key? */
static gboolean
has_other_way (CulvertSignIn *self)
{
  GArray *methods = self->session->profile->methods;

  for (guint i = self->n_methods_used; i < methods->len; i++)
    {
      CulvertAuthMethod method = g_array_index (methods, CulvertAuthMethod, i);

      if (needs_person (method) && is_allowed (self, method) && !self->session->profile->never_ask)
        return TRUE;
    }
  return FALSE;
}

static void
choose (CulvertSignIn *self)
{
  CulvertProfile *profile = self->session->profile;

  if (self->n_failures >= CULVERT_SIGN_IN_MAX_FAILURES)
    {
      give_up (self);
      return;
    }
  if (is_allowed (self, CULVERT_AUTH_KEY) &&
      (self->n_key_failures < CULVERT_SIGN_IN_MAX_KEY_FAILURES || !has_other_way (self)) &&
      culvert_sign_in_begin_offer (self))
    return;
  set_keys_aside (self);
  while (self->state == CULVERT_SIGN_IN_CHOOSING && g_queue_is_empty (&self->offers) &&
         self->n_methods_used < profile->methods->len)
    {
      CulvertAuthMethod method =
        g_array_index (profile->methods, CulvertAuthMethod, self->n_methods_used);

      self->n_methods_used++;
      if (!is_allowed (self, method))
        culvert_sign_in_skip_step (self, method, CULVERT_NOTE_NOT_OFFERED, NULL);
      else if (profile->never_ask && needs_person (method))
        culvert_sign_in_skip_step (self, method, CULVERT_NOTE_NEVER_ASK, NULL);
      else
        begin_method (self, method);
    }
  if (self->state != CULVERT_SIGN_IN_CHOOSING || self->session->failure != NULL)
    return;
  if (!culvert_sign_in_begin_offer (self) && self->n_methods_used >= profile->methods->len)
    give_up (self);
}

gboolean
culvert_sign_in_step (CulvertSignIn *self)
{
  CulvertSession    *session = self->session;
  CulvertSignInState before;
  gboolean           has_more;

  do
    {
      before = self->state;
      switch (self->state)
        {
        case CULVERT_SIGN_IN_LISTING:
          step_list (self);
          break;
        case CULVERT_SIGN_IN_CHOOSING:
          choose (self);
          break;
        case CULVERT_SIGN_IN_KEY:
          culvert_sign_in_step_key (self);
          break;
        case CULVERT_SIGN_IN_PASSWORD:
          culvert_sign_in_step_password (self);
          break;
        case CULVERT_SIGN_IN_QUESTIONS:
          culvert_sign_in_step_questions (self);
          break;
        case CULVERT_SIGN_IN_WAITING:
        case CULVERT_SIGN_IN_DONE:
        default:
          return FALSE;
        }
    }
  while (self->state != before && session->failure == NULL && !session->is_stopping);
  if (session->failure != NULL || session->is_stopping || self->state == CULVERT_SIGN_IN_DONE)
    return FALSE;

  culvert_gate_flush (&session->gate);
  if (session->gate.saw_end)
    {
      culvert_sign_in_check (self, LIBSSH2_ERROR_SOCKET_DISCONNECT, "signing in");
      return FALSE;
    }
  has_more = culvert_gate_has_more (&session->gate);
  culvert_gate_rearm (&session->gate, self->state != CULVERT_SIGN_IN_WAITING);
  return has_more;
}
