/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/way.h"

#include "core/errors.h"
#include "ssh/proxy-command.h"
#include "ssh/proxy-dial.h"
#include "ssh/session-private.h"

#include <string.h>

/* A person may look for a password for this long. */
#define ANSWER_TIMEOUT_S 600
#define ANSWERS_MAX      3

struct _CulvertWay
{
  CulvertSession *session; /* borrowed: it owns this */
  GCancellable   *cancellable;

  CulvertDial         *dial;       /* nullable */
  CulvertProxyDial    *proxy_dial; /* nullable */
  CulvertProxyCommand *command;    /* nullable */

  GStrv         system;  /* nullable: what the system proposes, in order, … */
  guint         n_tried; /* … of which so many were tried */
  CulvertProxy *proxy;   /* nullable: the one in use */

  CulvertStageKind stage; /* that is under way */

  CulvertSecret *password;  /* nullable: of its user */
  CulvertPrompt *prompt;    /* nullable: the open or last question for it */
  guint          n_answers; /* that were wrong */
};

/* A question that is open. */
typedef struct
{
  CulvertSession *session;
} Asking;

static void dial_proxy (CulvertWay *self);
static void try_system_proxy (CulvertWay *self);

static gboolean
is_over (CulvertSession *session)
{
  return session->is_stopping || session->failure != NULL ||
         session->state == CULVERT_SESSION_ENDED;
}

/* @note, @detail, @error: of a stage that is over, where there is more to say */
static void
tell_all (CulvertWay       *self,
          CulvertStageState state,
          CulvertStageNote  note,
          const char       *detail,
          const GError     *error)
{
  gboolean is_of_proxy = self->stage <= CULVERT_STAGE_PROXY && self->proxy != NULL;

  culvert_session_tell_stage (self->session, &(CulvertStageEvent){
                                               .kind = self->stage,
                                               .state = state,
                                               .note = note,
                                               .host = is_of_proxy ? self->proxy->host : NULL,
                                               .detail = (char *)detail,
                                               .error = (GError *)error,
                                             });
}

static void
tell (CulvertWay *self, CulvertStageState state)
{
  tell_all (self, state, CULVERT_NOTE_NONE, NULL, NULL);
}

static void
begin_stage (CulvertWay *self, CulvertStageKind stage)
{
  self->stage = stage;
  tell (self, CULVERT_STAGE_RUNNING);
}

static void
begin_name (CulvertWay *self, CulvertStageKind stage, const char *host)
{
  self->stage = stage;
  if (g_hostname_is_ip_address (host))
    tell_all (self, CULVERT_STAGE_SKIPPED, CULVERT_NOTE_ADDRESS, NULL, NULL);
  else
    tell (self, CULVERT_STAGE_RUNNING);
}

/* It has led there: the stage is over. */
static void
arrive (CulvertWay *self, CulvertSocket socket)
{
  g_autoptr (GSocketAddress) address = NULL;
  g_autofree char           *text = NULL;

  if (is_over (self->session))
    {
      culvert_socket_close (&socket);
      return;
    }
  if (self->stage == CULVERT_STAGE_CONNECT)
    address = culvert_socket_get_remote_address (socket);
  if (G_IS_INET_SOCKET_ADDRESS (address))
    text = g_inet_address_to_string (
      g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
  tell_all (self, CULVERT_STAGE_PASSED, CULVERT_NOTE_NONE, text, NULL);
  culvert_session_reached (self->session, socket);
}

static void
resolved_cb (gpointer user_data)
{
  CulvertWay *self = user_data;
  gboolean    is_proxy = self->proxy_dial != NULL;

  if (is_over (self->session))
    return;
  if (!g_hostname_is_ip_address (is_proxy ? self->proxy->host : self->session->profile->host))
    tell (self, CULVERT_STAGE_PASSED);
  culvert_session_set_state (self->session, CULVERT_SESSION_CONNECTING);
  begin_stage (self, is_proxy ? CULVERT_STAGE_PROXY_CONNECT : CULVERT_STAGE_CONNECT);
}

/* Straight */

static void
dialled_cb (CulvertSocket socket, const GError *error, gpointer user_data)
{
  CulvertWay *self = user_data;

  g_clear_pointer (&self->dial, culvert_dial_free);
  if (error != NULL)
    culvert_session_fail (self->session, g_error_copy (error));
  else
    arrive (self, socket);
}

static const CulvertDialEvents dial_events = {
  .resolved = resolved_cb,
  .done = dialled_cb,
};

static void
dial (CulvertWay *self)
{
  CulvertSession       *session = self->session;
  const CulvertProfile *profile = session->profile;

  begin_name (self, CULVERT_STAGE_NAME, profile->host);
  self->dial = culvert_dial_new (session->io, G_OBJECT (session), profile->host, profile->port,
                                 profile->address_family, &dial_events, self);
}

/* Through a proxy */

static void
asking_free (gpointer data)
{
  Asking *self = data;

  g_object_unref (self->session);
  g_free (self);
}

static void
answered_cb (CulvertPrompt *prompt, gpointer user_data)
{
  CulvertSession *session = ((Asking *)user_data)->session;
  CulvertWay     *self = session->way;
  CulvertSecret  *password = culvert_prompt_get_secret (prompt, 0);

  if (self == NULL || self->prompt != prompt || is_over (session))
    return;
  if (password == NULL)
    {
      GError *error = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_CANCELLED,
                                   "the question for the password of the proxy was closed");

      culvert_session_fail (session, error);
      return;
    }
  g_clear_pointer (&self->password, culvert_secret_unref);
  self->password = culvert_secret_ref (password);
  culvert_session_set_deadline (session, session->profile->connect_timeout_s);
  dial_proxy (self);
}

static void
report_answer (CulvertWay *self, gboolean accepted)
{
  CulvertSession *session = self->session;

  if (self->prompt == NULL)
    return;
  session->events->prompt_result (session, self->prompt, accepted, session->user_data);
  g_clear_object (&self->prompt);
}

static void
needs_password_cb (gpointer user_data)
{
  CulvertWay         *self = user_data;
  CulvertSession     *session = self->session;
  Asking             *asking;
  g_autofree char    *purpose = NULL;
  CulvertPromptField  field = { .text = (char *)"", .is_hidden = TRUE };
  CulvertPromptFields fields = {
    .kind = CULVERT_PROMPT_PASSWORD,
    .asked_by = CULVERT_ASKED_BY_PROXY,
    .user = self->proxy->user,
    .host = self->proxy->host,
    .port = self->proxy->port,
    .attempt = self->n_answers,
    .fields = &field,
    .n_fields = 1,
  };

  g_clear_pointer (&self->proxy_dial, culvert_proxy_dial_free);
  if (is_over (session))
    return;
  purpose =
    g_strdup_printf ("proxy:%s@%s:%u", self->proxy->user, self->proxy->host, self->proxy->port);
  fields.secret_purpose = purpose;
  culvert_session_set_deadline (session, ANSWER_TIMEOUT_S);
  asking = g_new (Asking, 1);
  asking->session = g_object_ref (session);
  g_clear_object (&self->prompt);
  self->prompt = culvert_prompt_new (&fields);
  culvert_prompt_set_answered_func (self->prompt, session->context, answered_cb, asking,
                                    asking_free);
  session->events->prompt (session, self->prompt, session->user_data);
}

static void
proxy_connected_cb (gpointer user_data)
{
  CulvertWay *self = user_data;

  if (is_over (self->session))
    return;
  tell (self, CULVERT_STAGE_PASSED);
  begin_stage (self, CULVERT_STAGE_PROXY);
}

static void
proxy_dialled_cb (CulvertSocket socket, const GError *error, gpointer user_data)
{
  CulvertWay *self = user_data;
  gboolean    is_wrong =
    error != NULL && self->prompt != NULL && error->code == CULVERT_SSH_ERROR_PROXY_AUTH;

  g_clear_pointer (&self->proxy_dial, culvert_proxy_dial_free);
  if (error == NULL)
    {
      report_answer (self, TRUE);
      arrive (self, socket);
      return;
    }
  culvert_log_write (self->session->log, CULVERT_LOG_WARNING, "%s", error->message);
  if (is_wrong)
    {
      report_answer (self, FALSE);
      g_clear_pointer (&self->password, culvert_secret_unref);
    }
  if (is_wrong && ++self->n_answers < ANSWERS_MAX)
    needs_password_cb (self);
  else if (!is_wrong && self->system != NULL && self->system[self->n_tried] != NULL)
    {
      tell_all (self, CULVERT_STAGE_SKIPPED, CULVERT_NOTE_TROUBLE, NULL, error);
      try_system_proxy (self);
    }
  else
    culvert_session_fail (self->session, g_error_copy (error));
}

static const CulvertProxyDialEvents proxy_events = {
  .resolved = resolved_cb,
  .connected = proxy_connected_cb,
  .needs_password = needs_password_cb,
  .done = proxy_dialled_cb,
};

static void
dial_proxy (CulvertWay *self)
{
  CulvertSession       *session = self->session;
  const CulvertProfile *profile = session->profile;

  culvert_log_write (session->log, CULVERT_LOG_INFO, "through the proxy %s port %u",
                     self->proxy->host, self->proxy->port);
  begin_name (self, CULVERT_STAGE_PROXY_NAME, self->proxy->host);
  self->proxy_dial =
    culvert_proxy_dial_new (session->io, G_OBJECT (session), self->proxy, profile->host,
                            profile->port, self->password, &proxy_events, self);
}

/* The next of what the system proposes that is understood here; straight when there is none. */
static void
try_system_proxy (CulvertWay *self)
{
  while (self->system[self->n_tried] != NULL)
    {
      char            *password = NULL;
      g_autofree char *shown = NULL;

      g_clear_pointer (&self->proxy, culvert_proxy_free);
      g_clear_pointer (&self->password, culvert_secret_unref);
      self->proxy = culvert_proxy_parse_system (self->system[self->n_tried++], &password);
      if (password != NULL)
        self->password = culvert_secret_new_take (password);
      if (self->proxy == NULL)
        continue;
      if (self->proxy->kind != CULVERT_PROXY_NONE)
        {
          dial_proxy (self);
          return;
        }
      break;
    }
  culvert_log_write (self->session->log, CULVERT_LOG_INFO, "the system names no proxy for this");
  dial (self);
}

static void
system_asked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CulvertSession) session = CULVERT_SESSION (user_data);
  CulvertWay                *self = session->way;
  g_autoptr (GError)         error = NULL;
  g_auto (GStrv) found = g_proxy_resolver_lookup_finish (G_PROXY_RESOLVER (source), result, &error);

  if (self == NULL || is_over (session))
    return;
  if (found == NULL)
    {
      culvert_session_fail (session, g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_UNREACHABLE,
                                                  "the system's proxies: %s", error->message));
      return;
    }
  self->system = g_steal_pointer (&found);
  try_system_proxy (self);
}

static void
ask_system (CulvertWay *self)
{
  CulvertSession  *session = self->session;
  GProxyResolver  *resolver = g_proxy_resolver_get_default ();
  const char      *host = session->profile->host;
  g_autofree char *uri = g_strdup_printf (
    strchr (host, ':') != NULL ? "ssh://[%s]:%u" : "ssh://%s:%u", host, session->profile->port);

  g_proxy_resolver_lookup_async (resolver, uri, self->cancellable, system_asked_cb,
                                 g_object_ref (session));
}

/* By a command */

static GError *
command_error (int code, const char *what, const char *reason)
{
  GError *error = g_error_new (CULVERT_SSH_ERROR, code, "the proxy command %s%s%s", what,
                               reason != NULL ? ": " : "", reason != NULL ? reason : "");

  culvert_error_set_fact (&error, CULVERT_FACT_REASON, reason);
  return error;
}

static void
run_command (CulvertWay *self)
{
  CulvertSession       *session = self->session;
  const CulvertProfile *profile = session->profile;
  g_autofree char      *user = culvert_profile_dup_user (profile);
  g_autofree char      *line = NULL;
  g_autoptr (GError)    expansion = NULL;
  GError               *error = NULL;
  CulvertSocket         socket = CULVERT_SOCKET_NONE;

  begin_stage (self, CULVERT_STAGE_COMMAND);
  if (!profile->proxy_command_allowed)
    {
      culvert_session_fail (session, command_error (CULVERT_SSH_ERROR_COMMAND_NOT_ALLOWED,
                                                    "is not allowed to be run", NULL));
      return;
    }
  line = culvert_proxy_command_expand (profile->proxy_command, profile->host, profile->port, user,
                                       &expansion);
  if (line == NULL)
    {
      culvert_session_fail (session, command_error (CULVERT_SSH_ERROR_COMMAND_NOT_ALLOWED,
                                                    "cannot be run", expansion->message));
      return;
    }
  culvert_log_write (session->log, CULVERT_LOG_INFO, "running the proxy command");
  self->command = culvert_proxy_command_start (session->io, session->log, line, &socket, &error);
  if (self->command == NULL)
    culvert_session_fail (session, error);
  else
    arrive (self, socket);
}

static void
choose (CulvertWay *self)
{
  const CulvertProfile *profile = self->session->profile;

  if (profile->hops[0] != NULL)
    {
      /* Whoever dials for a tunnel with jump servers gives the session a socket; what lacks one must
       * not go another way. */
      culvert_session_fail (self->session,
                            g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NEXT_UNREACHABLE,
                                         "the jump servers did not lead to %s", profile->host));
      return;
    }
  if (profile->proxy_command[0] != '\0')
    {
      run_command (self);
      return;
    }
  self->proxy = culvert_proxy_parse (profile->proxy, NULL);
  if (self->proxy == NULL)
    /* What makes no sense is never replaced by the straight way, which may be what must not be. */
    culvert_session_fail (self->session,
                          g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_PROXY_PROTOCOL,
                                       "the proxy of this tunnel makes no sense"));
  else if (self->proxy->kind == CULVERT_PROXY_NONE)
    dial (self);
  else if (self->proxy->kind == CULVERT_PROXY_SYSTEM)
    ask_system (self);
  else
    dial_proxy (self);
}

void
culvert_way_begin (CulvertWay *self)
{
  choose (self);
}

CulvertWay *
culvert_way_new (CulvertSession *session)
{
  CulvertWay *self = g_new0 (CulvertWay, 1);

  self->session = session;
  self->cancellable = g_cancellable_new ();
  return self;
}

void
culvert_way_cancel (CulvertWay *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->dial, culvert_dial_free);
  g_clear_pointer (&self->proxy_dial, culvert_proxy_dial_free);
  if (self->prompt != NULL)
    culvert_prompt_withdraw (self->prompt);
  g_clear_object (&self->prompt);
}

void
culvert_way_free (CulvertWay *self)
{
  culvert_way_cancel (self);
  g_clear_pointer (&self->command, culvert_proxy_command_free);
  g_clear_pointer (&self->proxy, culvert_proxy_free);
  g_clear_pointer (&self->password, culvert_secret_unref);
  g_strfreev (self->system);
  g_object_unref (self->cancellable);
  g_free (self);
}

GError *
culvert_way_explain (CulvertWay *self, GError *error)
{
  if (self->command == NULL ||
      (error->code != CULVERT_SSH_ERROR_CLOSED && error->code != CULVERT_SSH_ERROR_LOST &&
       error->code != CULVERT_SSH_ERROR_TURNED_AWAY))
    return error;
  return culvert_proxy_command_explain (self->command, error);
}
