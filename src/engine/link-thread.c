/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/link-thread.h"

#include "engine/linger.h"
#include "engine/post.h"

/* Both directions work alike: a message is a source of default priority in the other side's
 * context, and a context dispatches sources of one priority in the order in which they came.
 *
 * References: the owner has one until it leaves, the thread one until its last message was
 * dispatched, which joins the thread and drops that reference.  The other messages need none: those
 * from the thread come before its last, and those to the thread are dispatched in it or never. */
struct _CulvertLinkThread
{
  gint           ref_count; /* the owner's thread only */
  GMainContext  *owner;     /* where events go */
  GMainContext  *context;   /* the thread's */
  GThread       *thread;
  CulvertRunner *runner;
  gboolean       has_finished; /* the thread's: ends its loop */

  /* The owner's; events is empty once it left */
  const CulvertRunnerEvents *events;
  gpointer                   user_data;
};

static gint n_threads = 0; /* atomic */

typedef enum
{
  MESSAGE_STATE,
  MESSAGE_FACTS,
  MESSAGE_ROUND_TRIP,
  MESSAGE_FORWARD,
  MESSAGE_PROMPT,
  MESSAGE_PROMPT_RESULT,
  MESSAGE_CONNECTIONS,
  MESSAGE_FINISHED,
  MESSAGE_LAST,

  COMMAND_START,
  COMMAND_STOP,
  COMMAND_SET_PROFILE,
  COMMAND_RETRY_FORWARD,
  COMMAND_TEST_FORWARD,
  COMMAND_LIST_CONNECTIONS,
  COMMAND_CLOSE_CONNECTION,
  COMMAND_RETRY_NOW,
  COMMAND_NETWORK_CHANGED,
  COMMAND_SET_NETWORK_NAMES,
} MessageKind;

/* Owns all it points to; what its kind has no use for is NULL. */
typedef struct
{
  CulvertLinkThread     *link; /* not counted: see above */
  MessageKind            kind;
  CulvertTunnelState     state;
  gint64                 time_us;
  CulvertForwardReport   report;
  char                  *id;
  GError                *error;
  GError                *target_error;
  GError                *test_error;
  CulvertTunnelFacts     facts;
  CulvertPrompt         *prompt;
  gboolean               accepted;
  CulvertProfile        *profile;
  CulvertNetworkEvent    network;
  CulvertNetworkNames   *names;
  CulvertConnectionList *connections;
  guint                  serial;
  guint64                connection_id;
} Message;

static Message *
message_new (CulvertLinkThread *self, MessageKind kind)
{
  Message *message = g_new0 (Message, 1);

  message->link = self;
  message->kind = kind;

  return message;
}

static void
message_free (gpointer data)
{
  Message *self = data;

  g_clear_pointer (&self->report.bound, culvert_endpoint_unref);
  g_clear_pointer (&self->report.counters, culvert_counters_unref);
  g_clear_pointer (&self->profile, culvert_profile_unref);
  g_clear_pointer (&self->names, culvert_network_names_unref);
  g_clear_pointer (&self->connections, culvert_connection_list_free);
  g_clear_object (&self->prompt);
  g_clear_error (&self->error);
  g_clear_error (&self->target_error);
  g_clear_error (&self->test_error);
  culvert_tunnel_facts_clear (&self->facts);
  g_free (self->id);
  g_free (self);
}

static void
post (GMainContext *context, GSourceFunc func, Message *message)
{
  culvert_post (context, func, message, message_free);
}

/* From the thread to the owner */

static void
unref_link (CulvertLinkThread *self)
{
  if (--self->ref_count > 0)
    return;

  g_main_context_unref (self->context);
  g_main_context_unref (self->owner);
  g_free (self);
}

/* The thread's context stands for the thread while the runner and what it holds are made and freed,
 * which happens before there is a thread and after it has ended. */
static void
free_runner (CulvertLinkThread *self)
{
  g_main_context_push_thread_default (self->context);
  g_clear_pointer (&self->runner, culvert_runner_free);
  g_main_context_pop_thread_default (self->context);
}

static void
end_thread (CulvertLinkThread *self)
{
  g_thread_join (g_steal_pointer (&self->thread));
  g_atomic_int_add (&n_threads, -1);
  /* What outlasted the limit still points to the runner. */
  if (culvert_runner_is_quiet (self->runner))
    free_runner (self);
  unref_link (self);
}

/* Nobody is there any more: a question must not wait for ever. */
static void
dispatch_unheard (Message *message)
{
  if (message->kind == MESSAGE_PROMPT)
    culvert_prompt_withdraw (message->prompt);
}

static void
dispatch_heard (CulvertLinkThread *self, Message *message)
{
  const CulvertRunnerEvents *events = self->events;

  switch (message->kind)
    {
    case MESSAGE_STATE:
      events->state_changed (message->state, message->error, message->time_us, self->user_data);
      break;
    case MESSAGE_FACTS:
      events->facts_changed (&message->facts, self->user_data);
      break;
    case MESSAGE_ROUND_TRIP:
      events->round_trip_changed (message->time_us, self->user_data);
      break;
    case MESSAGE_FORWARD:
      events->forward_changed (&message->report, self->user_data);
      break;
    case MESSAGE_PROMPT:
      events->prompt (message->prompt, self->user_data);
      break;
    case MESSAGE_PROMPT_RESULT:
      events->prompt_result (message->prompt, message->accepted, self->user_data);
      break;
    case MESSAGE_CONNECTIONS:
      events->connections_listed (message->serial, g_steal_pointer (&message->connections),
                                  self->user_data);
      break;
    case MESSAGE_FINISHED:
      events->finished (self->user_data);
      break;
    case MESSAGE_LAST:
    case COMMAND_START:
    case COMMAND_STOP:
    case COMMAND_SET_PROFILE:
    case COMMAND_RETRY_FORWARD:
    case COMMAND_TEST_FORWARD:
    case COMMAND_LIST_CONNECTIONS:
    case COMMAND_CLOSE_CONNECTION:
    case COMMAND_RETRY_NOW:
    case COMMAND_NETWORK_CHANGED:
    case COMMAND_SET_NETWORK_NAMES:
    default:
      g_assert_not_reached ();
    }
}

static gboolean
event_cb (gpointer user_data)
{
  Message *message = user_data;

  if (message->kind == MESSAGE_LAST)
    end_thread (message->link);
  else if (message->link->events == NULL)
    dispatch_unheard (message);
  else
    dispatch_heard (message->link, message);

  return G_SOURCE_REMOVE;
}

static void
post_event (Message *message)
{
  post (message->link->owner, event_cb, message);
}

static void
state_changed_cb (CulvertTunnelState state,
                  const GError      *error,
                  gint64             retry_at_us,
                  gpointer           user_data)
{
  Message *message = message_new (user_data, MESSAGE_STATE);

  message->state = state;
  message->error = error != NULL ? g_error_copy (error) : NULL;
  message->time_us = retry_at_us;
  post_event (message);
}

static void
facts_changed_cb (const CulvertTunnelFacts *facts, gpointer user_data)
{
  Message *message = message_new (user_data, MESSAGE_FACTS);

  culvert_tunnel_facts_copy (&message->facts, facts);
  post_event (message);
}

static void
round_trip_changed_cb (gint64 round_trip_us, gpointer user_data)
{
  Message *message = message_new (user_data, MESSAGE_ROUND_TRIP);

  message->time_us = round_trip_us;
  post_event (message);
}

static void
forward_changed_cb (const CulvertForwardReport *report, gpointer user_data)
{
  Message *message = message_new (user_data, MESSAGE_FORWARD);

  message->report = *report;
  message->report.id = message->id = g_strdup (report->id);
  if (report->error != NULL)
    message->report.error = message->error = g_error_copy (report->error);
  if (report->target_error != NULL)
    message->report.target_error = message->target_error = g_error_copy (report->target_error);
  if (report->test_error != NULL)
    message->report.test_error = message->test_error = g_error_copy (report->test_error);
  if (report->bound != NULL)
    culvert_endpoint_ref (report->bound);
  if (report->counters != NULL)
    culvert_counters_ref (report->counters);
  post_event (message);
}

static void
prompt_cb (CulvertPrompt *prompt, gpointer user_data)
{
  Message *message = message_new (user_data, MESSAGE_PROMPT);

  message->prompt = g_object_ref (prompt);
  post_event (message);
}

static void
prompt_result_cb (CulvertPrompt *prompt, gboolean accepted, gpointer user_data)
{
  Message *message = message_new (user_data, MESSAGE_PROMPT_RESULT);

  message->prompt = g_object_ref (prompt);
  message->accepted = accepted;
  post_event (message);
}

static void
connections_listed_cb (guint serial, CulvertConnectionList *list, gpointer user_data)
{
  Message *message = message_new (user_data, MESSAGE_CONNECTIONS);

  message->serial = serial;
  message->connections = list;
  post_event (message);
}

static void
finished_cb (gpointer user_data)
{
  CulvertLinkThread *self = user_data;

  self->has_finished = TRUE;
}

static const CulvertRunnerEvents runner_events = {
  .state_changed = state_changed_cb,
  .facts_changed = facts_changed_cb,
  .round_trip_changed = round_trip_changed_cb,
  .forward_changed = forward_changed_cb,
  .prompt = prompt_cb,
  .prompt_result = prompt_result_cb,
  .connections_listed = connections_listed_cb,
  .finished = finished_cb,
};

/* The thread */

static gboolean
is_quiet (gpointer user_data)
{
  return culvert_runner_is_quiet (((CulvertLinkThread *)user_data)->runner);
}

static gpointer
run (gpointer data)
{
  CulvertLinkThread *self = data;

  g_main_context_push_thread_default (self->context);
  while (!self->has_finished)
    g_main_context_iteration (self->context, TRUE);
  post_event (message_new (self, MESSAGE_FINISHED));
  culvert_linger (self->context, is_quiet, self);
  g_main_context_pop_thread_default (self->context);
  post_event (message_new (self, MESSAGE_LAST));

  return NULL;
}

/* From the owner to the thread */

static gboolean
command_cb (gpointer user_data)
{
  Message       *message = user_data;
  CulvertRunner *runner = message->link->runner;

  switch (message->kind)
    {
    case COMMAND_START:
      culvert_runner_start (runner);
      break;
    case COMMAND_STOP:
      culvert_runner_stop (runner);
      break;
    case COMMAND_SET_PROFILE:
      culvert_runner_set_profile (runner, message->profile);
      break;
    case COMMAND_RETRY_FORWARD:
      culvert_runner_retry_forward (runner, message->id);
      break;
    case COMMAND_TEST_FORWARD:
      culvert_runner_test_forward (runner, message->id);
      break;
    case COMMAND_LIST_CONNECTIONS:
      culvert_runner_list_connections (runner, message->serial);
      break;
    case COMMAND_CLOSE_CONNECTION:
      culvert_runner_close_connection (runner, message->connection_id);
      break;
    case COMMAND_RETRY_NOW:
      culvert_runner_retry_now (runner);
      break;
    case COMMAND_NETWORK_CHANGED:
      culvert_runner_network_changed (runner, message->network);
      break;
    case COMMAND_SET_NETWORK_NAMES:
      culvert_runner_set_network_names (runner, message->names);
      break;
    case MESSAGE_STATE:
    case MESSAGE_FACTS:
    case MESSAGE_ROUND_TRIP:
    case MESSAGE_FORWARD:
    case MESSAGE_PROMPT:
    case MESSAGE_PROMPT_RESULT:
    case MESSAGE_CONNECTIONS:
    case MESSAGE_FINISHED:
    case MESSAGE_LAST:
    default:
      g_assert_not_reached ();
    }

  return G_SOURCE_REMOVE;
}

static void
post_command (Message *message)
{
  post (message->link->context, command_cb, message);
}

CulvertLinkThread *
culvert_link_thread_new (const CulvertRunnerConfig *config,
                         const CulvertRunnerEvents *events,
                         gpointer                   user_data,
                         GError                   **error)
{
  CulvertLinkThread *self = g_new0 (CulvertLinkThread, 1);

  self->ref_count = 2;
  self->owner = g_main_context_ref_thread_default ();
  self->context = g_main_context_new ();
  self->events = events;
  self->user_data = user_data;

  g_main_context_push_thread_default (self->context);
  self->runner = culvert_runner_new (config, &runner_events, self);
  g_main_context_pop_thread_default (self->context);

  post_command (message_new (self, COMMAND_START));
  self->thread = g_thread_try_new ("culvert-link", run, self, error);
  if (self->thread == NULL)
    {
      free_runner (self);
      unref_link (self);
      unref_link (self);
      return NULL;
    }
  g_atomic_int_inc (&n_threads);

  return self;
}

void
culvert_link_thread_leave (CulvertLinkThread *self)
{
  if (self == NULL)
    return;

  self->events = NULL;
  culvert_link_thread_stop (self);
  culvert_link_thread_abort (self);
  unref_link (self);
}

void
culvert_link_thread_stop (CulvertLinkThread *self)
{
  post_command (message_new (self, COMMAND_STOP));
}

void
culvert_link_thread_abort (CulvertLinkThread *self)
{
  if (self->runner != NULL)
    culvert_runner_abort (self->runner);
}

void
culvert_link_thread_set_profile (CulvertLinkThread *self, CulvertProfile *profile)
{
  Message *message = message_new (self, COMMAND_SET_PROFILE);

  message->profile = culvert_profile_ref (profile);
  post_command (message);
}

void
culvert_link_thread_retry_forward (CulvertLinkThread *self, const char *forward_id)
{
  Message *message = message_new (self, COMMAND_RETRY_FORWARD);

  message->id = g_strdup (forward_id);
  post_command (message);
}

void
culvert_link_thread_test_forward (CulvertLinkThread *self, const char *forward_id)
{
  Message *message = message_new (self, COMMAND_TEST_FORWARD);

  message->id = g_strdup (forward_id);
  post_command (message);
}

void
culvert_link_thread_list_connections (CulvertLinkThread *self, guint serial)
{
  Message *message = message_new (self, COMMAND_LIST_CONNECTIONS);

  message->serial = serial;
  post_command (message);
}

void
culvert_link_thread_close_connection (CulvertLinkThread *self, guint64 connection_id)
{
  Message *message = message_new (self, COMMAND_CLOSE_CONNECTION);

  message->connection_id = connection_id;
  post_command (message);
}

void
culvert_link_thread_retry_now (CulvertLinkThread *self)
{
  post_command (message_new (self, COMMAND_RETRY_NOW));
}

void
culvert_link_thread_network_changed (CulvertLinkThread *self, CulvertNetworkEvent event)
{
  Message *message = message_new (self, COMMAND_NETWORK_CHANGED);

  message->network = event;
  post_command (message);
}

void
culvert_link_thread_set_network_names (CulvertLinkThread *self, CulvertNetworkNames *names)
{
  Message *message = message_new (self, COMMAND_SET_NETWORK_NAMES);

  message->names = culvert_network_names_ref (names);
  post_command (message);
}

guint
culvert_link_thread_count (void)
{
  return (guint)g_atomic_int_get (&n_threads);
}
