/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session-fixture.h"

#include <string.h>

static void
prompt_cb (CulvertSession *session, CulvertPrompt *prompt, gpointer user_data)
{
  SessionFixture            *self = user_data;
  const CulvertPromptFields *fields = culvert_prompt_get_fields (prompt);
  g_autoptr (GPtrArray)      answer = NULL;

  g_ptr_array_add (self->prompts, g_object_ref (prompt));
  if (fields->kind == CULVERT_PROMPT_HOST_KEY)
    {
      if (self->host_key_decision != CULVERT_DECISION_NONE)
        culvert_prompt_answer (prompt, self->host_key_decision, NULL, 0);
      return;
    }
  answer = g_queue_pop_head (&self->answers);
  if (answer == NULL && self->leaves_open)
    return;
  if (answer == NULL)
    culvert_prompt_answer (prompt, CULVERT_DECISION_REFUSE, NULL, 0);
  else
    culvert_prompt_answer (prompt, CULVERT_DECISION_ONCE, (CulvertSecret *const *)answer->pdata,
                           answer->len);
}

static void
prompt_result_cb (CulvertSession *session,
                  CulvertPrompt  *prompt,
                  gboolean        accepted,
                  gpointer        user_data)
{
  SessionFixture *self = user_data;

  if (accepted)
    self->n_accepted++;
  else
    self->n_rejected++;
}

static void
set_transports (SessionFixture *self, CulvertTransport *transport)
{
  for (guint i = 0; i < self->forwards->len; i++)
    culvert_forward_set_transport (g_ptr_array_index (self->forwards, i), transport);
}

static void
state_changed_cb (CulvertSession *session, CulvertSessionState state, gpointer user_data)
{
  if (state == CULVERT_SESSION_UP)
    set_transports (user_data, culvert_session_get_transport (session));
}

static void
ended_cb (CulvertSession *session, const GError *error, gpointer user_data)
{
  SessionFixture *self = user_data;

  g_assert_false (self->has_ended);
  self->has_ended = TRUE;
  if (error != NULL)
    self->error = g_error_copy (error);
  set_transports (self, NULL);
}

static const CulvertSessionEvents session_events = {
  .state_changed = state_changed_cb,
  .prompt = prompt_cb,
  .prompt_result = prompt_result_cb,
  .ended = ended_cb,
};

static void
forward_changed_cb (CulvertForward *forward, gpointer user_data)
{
}

static void
forward_log_cb (CulvertForward *forward,
                CulvertLogLevel level,
                const char     *text,
                gpointer        user_data)
{
  culvert_log_write (((SessionFixture *)user_data)->log, level, "%s", text);
}

static const CulvertForwardEvents forward_events = {
  .state_changed = forward_changed_cb,
  .target_changed = forward_changed_cb,
  .log = forward_log_cb,
};

static void
log_cb (const CulvertLogLine *line, gpointer user_data)
{
  g_test_message ("%s", line->text);
}

SessionFixture *
session_fixture_new (guint16 port)
{
  SessionFixture  *self = g_new0 (SessionFixture, 1);
  g_autofree char *no_agent = NULL;

  self->dir = culvert_temp_dir_new ();
  self->io = culvert_io_source_new ();
  self->log = culvert_log_new (10000);
  if (g_test_verbose ())
    culvert_log_set_func (self->log, log_cb, NULL);
  self->counters = culvert_counters_new ();
  self->forwards = g_ptr_array_new_with_free_func (g_object_unref);
  self->prompts = g_ptr_array_new_with_free_func (g_object_unref);
  g_queue_init (&self->answers);

  self->profile = culvert_profile_new ();
  culvert_profile_set_string (&self->profile->host, "127.0.0.1");
  self->profile->port = port;
  /* It would run the start-up files of whoever runs the tests, hundreds of times. */
  self->profile->quick_replies = FALSE;
  self->known_hosts = culvert_temp_dir_write (self->dir, "known_hosts", NULL);
  g_strfreev (self->profile->known_hosts_files);
  self->profile->known_hosts_files = g_new0 (char *, 2);
  self->profile->known_hosts_files[0] = g_strdup (self->known_hosts);
  /* Nothing of the person's own may help or disturb: no agent, no usual keys. */
  no_agent = culvert_temp_dir_build (self->dir, "no-agent");
  g_setenv ("SSH_AUTH_SOCK", "", TRUE);
  session_fixture_use_key (self, no_agent);
  session_fixture_use_methods (self, CULVERT_AUTH_KEY, 0);
  return self;
}

SessionFixture *
session_fixture_new_for_sshd (CulvertSshd *sshd)
{
  SessionFixture *self = session_fixture_new (culvert_sshd_get_port (sshd));

  culvert_profile_set_string (&self->profile->user, culvert_sshd_get_user_name (sshd));
  culvert_sshd_write_known_hosts (sshd, self->known_hosts, 0);
  session_fixture_use_key (self, culvert_sshd_get_user_key (sshd, CULVERT_KEY_ED25519));
  return self;
}

void
session_fixture_free (SessionFixture *self)
{
  for (guint i = 0; i < self->forwards->len; i++)
    culvert_forward_stop (g_ptr_array_index (self->forwards, i));
  if (self->session != NULL && !self->has_ended)
    session_fixture_stop (self);
  g_clear_pointer (&self->forwards, g_ptr_array_unref);
  if (self->session != NULL)
    {
      /* Cancelled operations of GIO still have to call back. */
      culvert_test_wait_until (G_OBJECT (self->session)->ref_count == 1, 5000);
      g_assert_finalize_object (g_steal_pointer (&self->session));
    }
  g_clear_pointer (&self->prompts, g_ptr_array_unref);
  g_queue_clear_full (&self->answers, (GDestroyNotify)g_ptr_array_unref);
  culvert_io_source_free (self->io);
  culvert_counters_unref (self->counters);
  culvert_profile_unref (self->profile);
  g_clear_error (&self->error);
  g_object_unref (self->log);
  culvert_temp_dir_free (self->dir);
  g_free (self->known_hosts);
  g_free (self);
}

void
session_fixture_answer (SessionFixture *self, const char *first, ...)
{
  GPtrArray *answer = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_secret_unref);
  va_list    arguments;

  va_start (arguments, first);
  for (const char *text = first; text != NULL; text = va_arg (arguments, const char *))
    g_ptr_array_add (answer, culvert_secret_new (text, -1));
  va_end (arguments);
  g_queue_push_tail (&self->answers, answer);
}

void
session_fixture_use_key (SessionFixture *self, const char *path)
{
  g_strfreev (self->profile->key_files);
  self->profile->key_files = g_new0 (char *, 2);
  self->profile->key_files[0] = g_strdup (path);
}

void
session_fixture_use_methods (SessionFixture *self, CulvertAuthMethod first, int n, ...)
{
  va_list arguments;

  g_array_set_size (self->profile->methods, 0);
  g_array_append_val (self->profile->methods, first);
  va_start (arguments, n);
  for (int i = 0; i < n; i++)
    {
      CulvertAuthMethod method = va_arg (arguments, CulvertAuthMethod);
      g_array_append_val (self->profile->methods, method);
    }
  va_end (arguments);
}

RealAgent *
session_fixture_start_agent (SessionFixture *self)
{
  g_autofree char *path = culvert_temp_dir_build (self->dir, "agent");

  culvert_profile_set_string (&self->profile->agent_socket, path);
  session_fixture_use_methods (self, CULVERT_AUTH_AGENT, 0);
  return real_agent_new (path);
}

void
session_fixture_start (SessionFixture *self)
{
  g_assert_null (self->session);
  self->session = culvert_session_new (self->profile, self->io, self->log, &session_events, self);
  culvert_session_start (self->session);
}

static void
report (SessionFixture *self)
{
  g_autoptr (GPtrArray) lines = culvert_log_get_lines (self->log, 0);

  for (guint i = 0; i < lines->len; i++)
    g_printerr ("# %s\n", ((CulvertLogLine *)g_ptr_array_index (lines, i))->text);
  if (self->error != NULL)
    g_printerr ("# ended: %s\n", self->error->message);
}

void
session_fixture_up (SessionFixture *self)
{
  session_fixture_start (self);
  culvert_test_wait_until (
    self->has_ended || culvert_session_get_state (self->session) == CULVERT_SESSION_UP, 20000);
  if (self->has_ended)
    report (self);
  g_assert_false (self->has_ended);
}

void
session_fixture_wait_end (SessionFixture *self, guint deadline_ms)
{
  culvert_test_wait_until (self->has_ended, deadline_ms);
}

void
session_fixture_fail (SessionFixture *self, CulvertSshError code)
{
  session_fixture_start (self);
  session_fixture_wait_end (self, 30000);
  if (!g_error_matches (self->error, CULVERT_SSH_ERROR, (int)code))
    report (self);
  g_assert_error (self->error, CULVERT_SSH_ERROR, (int)code);
}

void
session_fixture_stop (SessionFixture *self)
{
  gint64 began_us = g_get_monotonic_time ();

  culvert_session_stop (self->session);
  session_fixture_wait_end (self, 3000);
  g_assert_cmpfloat ((double)(g_get_monotonic_time () - began_us) / G_USEC_PER_SEC, <,
                     3.0 * culvert_test_get_patience ());
}

guint16
session_fixture_forward (SessionFixture *self, guint16 target_port)
{
  g_autoptr (CulvertEndpoint)    listen = culvert_endpoint_new_tcp ("127.0.0.1", 0);
  g_autoptr (CulvertEndpoint)    target = culvert_endpoint_new_tcp ("127.0.0.1", target_port);
  g_autoptr (CulvertEndpoint)    bound = NULL;
  g_autoptr (CulvertForwardSpec) spec = culvert_forward_spec_new (&(CulvertForwardFields){
    .kind = CULVERT_FORWARD_LOCAL,
    .listen = listen,
    .target = target,
    .is_enabled = TRUE,
  });
  CulvertForward                *forward =
    culvert_forward_new (spec, self->io, self->counters, &forward_events, self);

  g_ptr_array_add (self->forwards, forward);
  culvert_forward_start (forward);
  g_assert_cmpint (culvert_forward_get_state (forward), ==, CULVERT_FORWARD_LISTENING);
  if (self->session != NULL && culvert_session_get_state (self->session) == CULVERT_SESSION_UP)
    culvert_forward_set_transport (forward, culvert_session_get_transport (self->session));
  bound = culvert_forward_dup_bound (forward);
  return culvert_endpoint_get_port (bound);
}

CulvertForward *
session_fixture_forward_back (SessionFixture *self, const char *listen, const char *target)
{
  g_autoptr (CulvertEndpoint)    listen_end = culvert_endpoint_parse (listen, NULL);
  g_autoptr (CulvertEndpoint)    target_end = culvert_endpoint_parse (target, NULL);
  g_autoptr (CulvertForwardSpec) spec = culvert_forward_spec_new (&(CulvertForwardFields){
    .kind = CULVERT_FORWARD_REMOTE,
    .listen = listen_end,
    .target = target_end,
    .is_enabled = TRUE,
  });
  CulvertForward                *forward =
    culvert_forward_new (spec, self->io, self->counters, &forward_events, self);

  g_ptr_array_add (self->forwards, forward);
  culvert_forward_start (forward);
  g_assert_cmpint (culvert_forward_get_state (forward), ==, CULVERT_FORWARD_STARTING);
  if (self->session != NULL && culvert_session_get_state (self->session) == CULVERT_SESSION_UP)
    culvert_forward_set_transport (forward, culvert_session_get_transport (self->session));
  return forward;
}

guint16
session_fixture_wait_listening (CulvertForward *forward)
{
  g_autoptr (CulvertEndpoint) bound = NULL;

  culvert_test_wait_until (culvert_forward_get_state (forward) != CULVERT_FORWARD_STARTING, 10000);
  g_assert_no_error ((GError *)culvert_forward_get_error (forward));
  bound = culvert_forward_dup_bound (forward);
  return culvert_endpoint_get_port (bound);
}

gboolean
session_fixture_has_logged (SessionFixture *self, const char *text)
{
  g_autoptr (GPtrArray) lines = culvert_log_get_lines (self->log, 0);

  for (guint i = 0; i < lines->len; i++)
    if (strstr (((CulvertLogLine *)g_ptr_array_index (lines, i))->text, text) != NULL)
      return TRUE;
  return FALSE;
}
