/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/check-thread.h"

#include "base/source.h"
#include "core/errors.h"
#include "engine/check-forwards.h"
#include "engine/linger.h"
#include "engine/post.h"

/* References: the owner's until it leaves, and the thread's until its last message was dispatched. */
struct _CulvertCheckThread
{
  gint          ref_count; /* the owner's thread only */
  GMainContext *owner;
  GMainContext *context; /* the thread's */
  GThread      *thread;

  /* The owner's; events is NULL once it left */
  const CulvertCheckThreadEvents *events;
  gpointer                        user_data;

  /* The thread's */
  CulvertProfile            *profile;
  CulvertLog                *log;
  const CulvertSessionMaker *maker;
  GHashTable                *own;
  CulvertIoSource           *io;
  CulvertCheckForwards      *forwards;   /* nullable */
  GSource                   *end_source; /* nullable: the forwards are done */
  guint                      place;      /* of the server */
  gboolean                   has_finished;
  gboolean                   is_gone; /* nothing holds the session any more */

  GMutex   session_lock; /* held while it changes, and by abort */
  gpointer session;      /* nullable */
};

static gint n_threads = 0; /* atomic */

typedef enum
{
  MESSAGE_STAGE,
  MESSAGE_PROMPT,
  MESSAGE_PROMPT_RESULT,
  MESSAGE_SIGNED_IN,
  MESSAGE_FINISHED,
  MESSAGE_LAST,
} MessageKind;

/* Owns all it points to but the thread: see above. */
typedef struct
{
  CulvertCheckThread *thread;
  MessageKind         kind;
  CulvertStageEvent  *stage;
  CulvertPrompt      *prompt;
  gboolean            accepted;
  GError             *error;
} Message;

static Message *
message_new (CulvertCheckThread *self, MessageKind kind)
{
  Message *message = g_new0 (Message, 1);

  message->thread = self;
  message->kind = kind;
  return message;
}

static void
message_free (gpointer data)
{
  Message *self = data;

  g_clear_pointer (&self->stage, culvert_stage_event_free);
  g_clear_object (&self->prompt);
  g_clear_error (&self->error);
  g_free (self);
}

/* From the thread to the owner */

static void
unref_thread (CulvertCheckThread *self)
{
  if (--self->ref_count > 0)
    return;
  g_mutex_clear (&self->session_lock);
  g_hash_table_unref (self->own);
  culvert_profile_unref (self->profile);
  g_object_unref (self->log);
  g_main_context_unref (self->context);
  g_main_context_unref (self->owner);
  g_free (self);
}

static void
end_thread (CulvertCheckThread *self)
{
  g_thread_join (g_steal_pointer (&self->thread));
  g_atomic_int_add (&n_threads, -1);
  /* What outlasted the limit still points to it. */
  if (self->is_gone)
    {
      g_main_context_push_thread_default (self->context);
      g_clear_pointer (&self->io, culvert_io_source_free);
      g_main_context_pop_thread_default (self->context);
    }
  unref_thread (self);
}

static void
dispatch (CulvertCheckThread *self, Message *message)
{
  const CulvertCheckThreadEvents *events = self->events;

  switch (message->kind)
    {
    case MESSAGE_STAGE:
      events->stage (message->stage, self->user_data);
      break;
    case MESSAGE_PROMPT:
      events->prompt (message->prompt, self->user_data);
      break;
    case MESSAGE_PROMPT_RESULT:
      events->prompt_result (message->prompt, message->accepted, self->user_data);
      break;
    case MESSAGE_SIGNED_IN:
      events->signed_in (self->user_data);
      break;
    case MESSAGE_FINISHED:
      events->finished (message->error, self->user_data);
      break;
    case MESSAGE_LAST:
    default:
      g_assert_not_reached ();
    }
}

static gboolean
event_cb (gpointer user_data)
{
  Message *message = user_data;

  if (message->kind == MESSAGE_LAST)
    end_thread (message->thread);
  else if (message->thread->events != NULL)
    dispatch (message->thread, message);
  /* Nobody is there any more: a question must not wait for ever. */
  else if (message->kind == MESSAGE_PROMPT)
    culvert_prompt_withdraw (message->prompt);
  return G_SOURCE_REMOVE;
}

static void
post_event (Message *message)
{
  culvert_post (message->thread->owner, event_cb, message, message_free);
}

static void
post_stage (CulvertCheckThread *self, const CulvertStageEvent *event)
{
  Message *message = message_new (self, MESSAGE_STAGE);

  message->stage = culvert_stage_event_copy (event);
  post_event (message);
}

/* The thread: forwards */

static void
forwards_stage_cb (const CulvertStageEvent *event, gpointer user_data)
{
  CulvertCheckThread *self = user_data;
  CulvertStageEvent   placed = *event;

  placed.place = self->place;
  post_stage (self, &placed);
}

static void
drop_forwards (CulvertCheckThread *self)
{
  g_clear_pointer (&self->forwards, culvert_check_forwards_free);
}

static gboolean
end_cb (gpointer user_data)
{
  CulvertCheckThread *self = user_data;

  culvert_source_clear (&self->end_source);
  drop_forwards (self);
  if (self->session != NULL && !self->has_finished)
    self->maker->stop (self->session);
  return G_SOURCE_REMOVE;
}

/* Out of the call that it is said in. */
static void
forwards_done_cb (gpointer user_data)
{
  CulvertCheckThread *self = user_data;

  self->end_source = g_idle_source_new ();
  g_source_set_priority (self->end_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->end_source, end_cb, self, NULL);
  g_source_attach (self->end_source, self->context);
}

static const CulvertCheckForwardsEvents forwards_events = {
  .stage = forwards_stage_cb,
  .done = forwards_done_cb,
};

/* The thread: the session */

static void
state_changed_cb (CulvertSession *session, CulvertSessionState state, gpointer user_data)
{
  CulvertCheckThread       *self = user_data;
  const CulvertSessionInfo *info;

  if (state != CULVERT_SESSION_UP)
    return;
  post_event (message_new (self, MESSAGE_SIGNED_IN));
  info = self->maker->get_info (self->session);
  self->forwards = culvert_check_forwards_new (
    self->profile, self->io, self->log, self->maker->get_transport (self->session), self->own,
    info->server_host, &forwards_events, self);
}

static void
prompt_cb (CulvertSession *session, CulvertPrompt *prompt, gpointer user_data)
{
  Message *message = message_new (user_data, MESSAGE_PROMPT);

  message->prompt = g_object_ref (prompt);
  post_event (message);
}

static void
prompt_result_cb (CulvertSession *session,
                  CulvertPrompt  *prompt,
                  gboolean        accepted,
                  gpointer        user_data)
{
  Message *message = message_new (user_data, MESSAGE_PROMPT_RESULT);

  message->prompt = g_object_ref (prompt);
  message->accepted = accepted;
  post_event (message);
}

static void
ended_cb (CulvertSession *session, const GError *error, gpointer user_data)
{
  CulvertCheckThread *self = user_data;
  Message            *message = message_new (self, MESSAGE_FINISHED);

  culvert_source_clear (&self->end_source);
  drop_forwards (self);
  self->has_finished = TRUE;
  message->error = error != NULL ? g_error_copy (error) : NULL;
  post_event (message);
}

static void
stage_cb (CulvertSession *session, const CulvertStageEvent *event, gpointer user_data)
{
  post_stage (user_data, event);
}

static const CulvertSessionEvents session_events = {
  .state_changed = state_changed_cb,
  .prompt = prompt_cb,
  .prompt_result = prompt_result_cb,
  .ended = ended_cb,
  .stage = stage_cb,
};

static void
session_gone_cb (gpointer user_data)
{
  ((CulvertCheckThread *)user_data)->is_gone = TRUE;
}

static void
drop_session (CulvertCheckThread *self)
{
  gpointer session = self->session;

  g_mutex_lock (&self->session_lock);
  self->session = NULL;
  g_mutex_unlock (&self->session_lock);
  self->maker->drop (session, session_gone_cb, self);
}

static gboolean
is_gone (gpointer user_data)
{
  return ((CulvertCheckThread *)user_data)->is_gone;
}

static gpointer
run (gpointer data)
{
  CulvertCheckThread *self = data;

  g_main_context_push_thread_default (self->context);
  self->maker->start (self->session);
  while (!self->has_finished)
    g_main_context_iteration (self->context, TRUE);
  drop_session (self);
  culvert_linger (self->context, is_gone, self);
  g_main_context_pop_thread_default (self->context);
  post_event (message_new (self, MESSAGE_LAST));
  return NULL;
}

/* From the owner */

/* The thread's context stands for the thread until there is one. */
static void
make_session (CulvertCheckThread *self)
{
  g_main_context_push_thread_default (self->context);
  self->io = culvert_io_source_new ();
  self->session =
    self->maker->make (self->maker, self->profile, self->io, self->log, &session_events, self);
  g_main_context_pop_thread_default (self->context);
}

static void
unmake_session (CulvertCheckThread *self)
{
  g_main_context_push_thread_default (self->context);
  drop_session (self);
  culvert_linger (self->context, is_gone, self);
  culvert_io_source_free (self->io);
  g_main_context_pop_thread_default (self->context);
}

CulvertCheckThread *
culvert_check_thread_new (CulvertProfile                 *profile,
                          CulvertLog                     *log,
                          const CulvertSessionMaker      *maker,
                          GHashTable                     *own,
                          const CulvertCheckThreadEvents *events,
                          gpointer                        user_data,
                          GError                        **error)
{
  CulvertCheckThread *self = g_new0 (CulvertCheckThread, 1);

  self->ref_count = 2;
  self->owner = g_main_context_ref_thread_default ();
  self->context = g_main_context_new ();
  self->events = events;
  self->user_data = user_data;
  self->profile = culvert_profile_ref (profile);
  self->log = g_object_ref (log);
  self->maker = maker;
  self->own = g_hash_table_ref (own);
  self->place = g_strv_length (profile->hops);
  g_mutex_init (&self->session_lock);
  make_session (self);
  self->thread = g_thread_try_new ("culvert-check", run, self, error);
  if (self->thread == NULL)
    {
      unmake_session (self);
      unref_thread (self);
      unref_thread (self);
      return NULL;
    }
  g_atomic_int_inc (&n_threads);
  return self;
}

static gboolean
stop_cb (gpointer user_data)
{
  end_cb (((Message *)user_data)->thread);
  return G_SOURCE_REMOVE;
}

void
culvert_check_thread_leave (CulvertCheckThread *self)
{
  if (self == NULL)
    return;
  self->events = NULL;
  /* Dispatched in the thread or never; the last message comes after it either way. */
  culvert_post (self->context, stop_cb, message_new (self, MESSAGE_LAST), message_free);
  g_mutex_lock (&self->session_lock);
  if (self->session != NULL)
    self->maker->abort (self->session);
  g_mutex_unlock (&self->session_lock);
  unref_thread (self);
}

guint
culvert_check_thread_count (void)
{
  return (guint)g_atomic_int_get (&n_threads);
}
