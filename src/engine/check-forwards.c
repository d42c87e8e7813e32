/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/check-forwards.h"

#include "base/source.h"
#include "core/errors.h"
#include "forward/counters.h"
#include "forward/forward.h"
#include "forward/target-dial.h"

/* How long the server may take to say whether it listens. */
#define LISTEN_LIMIT_MS (20 * 1000)

typedef enum
{
  STEP_BETWEEN,
  STEP_LISTEN,
  STEP_TARGET,
  STEP_TEST,
} Step;

struct _CulvertCheckForwards
{
  CulvertProfile                   *profile;
  CulvertIoSource                  *io;
  CulvertLog                       *log;
  CulvertTransport                 *transport;
  GHashTable                       *own;
  char                             *server_host; /* nullable */
  const CulvertCheckForwardsEvents *events;
  gpointer                          user_data;

  guint    index; /* of the next forward */
  Step     step;
  GSource *work;  /* nullable: there is something to look at */
  GSource *limit; /* nullable */

  /* of the present one */
  CulvertForwardSpec *spec;    /* nullable, borrowed */
  CulvertForward     *forward; /* nullable: it listens, or tries to */
  CulvertStream      *stream;  /* nullable: on its way to the target */
  CulvertTargetDial  *dial;    /* nullable */
  CulvertCounters    *counters;
  gboolean            is_listening; /* it could be listened, or is by the running tunnel */
};

static void schedule (CulvertCheckForwards *self);

static gboolean
is_remote (CulvertCheckForwards *self)
{
  return culvert_forward_kind_is_remote (culvert_forward_spec_get_kind (self->spec));
}

static gboolean
is_own (CulvertCheckForwards *self)
{
  return g_hash_table_contains (self->own, culvert_forward_spec_get_id (self->spec));
}

/* Telling */

static void
tell_all (CulvertCheckForwards *self, CulvertStageEvent event)
{
  event.time_us = g_get_monotonic_time ();
  event.forward = (char *)culvert_forward_spec_get_id (self->spec);
  self->events->stage (&event, self->user_data);
}

static void
tell (CulvertCheckForwards *self, CulvertStageKind kind, CulvertStageState state)
{
  tell_all (self, (CulvertStageEvent){ .kind = kind, .state = state });
}

static void
tell_skipped (CulvertCheckForwards *self, CulvertStageKind kind, CulvertStageNote note)
{
  tell_all (self,
            (CulvertStageEvent){ .kind = kind, .state = CULVERT_STAGE_SKIPPED, .note = note });
}

static void
tell_failed (CulvertCheckForwards *self, CulvertStageKind kind, const GError *error)
{
  tell_all (self, (CulvertStageEvent){
                    .kind = kind, .state = CULVERT_STAGE_FAILED, .error = (GError *)error });
}

/* The forward */

static void
drop_forward (CulvertCheckForwards *self)
{
  if (self->forward == NULL)
    return;
  culvert_forward_stop (self->forward);
  g_clear_object (&self->forward);
}

static void
changed_cb (CulvertForward *forward, gpointer user_data)
{
  schedule (user_data);
}

static void
log_cb (CulvertForward *forward, CulvertLogLevel level, const char *text, gpointer user_data)
{
  CulvertCheckForwards *self = user_data;

  culvert_log_write (self->log, level, "%s", text);
}

static const CulvertForwardEvents forward_events = {
  .state_changed = changed_cb,
  .test_changed = changed_cb,
  .log = log_cb,
};

/* The test through the server */

static void
end_forward (CulvertCheckForwards *self)
{
  culvert_source_clear (&self->limit);
  drop_forward (self);
  self->spec = NULL;
  self->step = STEP_BETWEEN;
  schedule (self);
}

static void
begin_test (CulvertCheckForwards *self, gboolean has_target)
{
  self->step = STEP_TEST;
  if (!is_remote (self) || (is_own (self) && has_target))
    {
      end_forward (self);
      return;
    }
  if (!self->is_listening || !has_target)
    {
      tell_skipped (self, CULVERT_STAGE_SELF_TEST, CULVERT_NOTE_EARLIER);
      end_forward (self);
      return;
    }
  tell (self, CULVERT_STAGE_SELF_TEST, CULVERT_STAGE_RUNNING);
  culvert_forward_test (self->forward, self->server_host);
  schedule (self);
}

static void
look_at_test (CulvertCheckForwards *self)
{
  CulvertTestState            state = culvert_forward_get_test_state (self->forward);
  const GError               *error = culvert_forward_get_test_error (self->forward);
  g_autoptr (CulvertEndpoint) bound = NULL;
  g_autofree char            *place = NULL;

  if (state == CULVERT_TEST_RUNNING)
    return;
  bound = culvert_forward_dup_bound (self->forward);
  place = bound != NULL ? culvert_endpoint_to_string (bound) : NULL;
  if (state == CULVERT_TEST_FAILED)
    tell_failed (self, CULVERT_STAGE_SELF_TEST, error);
  else if (state == CULVERT_TEST_UNTOLD || state == CULVERT_TEST_NONE)
    tell_all (self, (CulvertStageEvent){ .kind = CULVERT_STAGE_SELF_TEST,
                                         .state = CULVERT_STAGE_SKIPPED,
                                         .note = CULVERT_NOTE_UNTOLD,
                                         .detail = place,
                                         .error = (GError *)error });
  else
    tell_all (self, (CulvertStageEvent){ .kind = CULVERT_STAGE_SELF_TEST,
                                         .state = CULVERT_STAGE_PASSED,
                                         .detail = place,
                                         .test = (int)state });
  end_forward (self);
}

/* The target */

static void
opened_cb (CulvertStream *stream, gpointer user_data)
{
  CulvertCheckForwards *self = user_data;

  self->stream = NULL;
  culvert_stream_close (stream);
  tell (self, CULVERT_STAGE_PERMISSION, CULVERT_STAGE_PASSED);
  tell (self, CULVERT_STAGE_TARGET, CULVERT_STAGE_PASSED);
  begin_test (self, TRUE);
}

static void
refused_cb (CulvertStream *stream, const GError *error, gpointer user_data)
{
  CulvertCheckForwards *self = user_data;

  self->stream = NULL;
  /* The session is over, which is told of by itself. */
  if (error == NULL || g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_CLOSED) ||
      g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_LOST))
    return;
  if (g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_PROHIBITED))
    {
      tell_failed (self, CULVERT_STAGE_PERMISSION, error);
      tell_skipped (self, CULVERT_STAGE_TARGET, CULVERT_NOTE_EARLIER);
    }
  else
    {
      if (g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_FAILED))
        tell (self, CULVERT_STAGE_PERMISSION, CULVERT_STAGE_PASSED);
      else
        tell_skipped (self, CULVERT_STAGE_PERMISSION, CULVERT_NOTE_UNTOLD);
      tell_failed (self, CULVERT_STAGE_TARGET, error);
    }
  begin_test (self, FALSE);
}

/* What a target says first is not for us. */
static void
received_cb (CulvertStream *stream, const guint8 *bytes, gsize n_bytes, gpointer user_data)
{
}

static void
nothing_cb (CulvertStream *stream, gpointer user_data)
{
}

static void
closed_cb (CulvertStream *stream, const GError *error, gpointer user_data)
{
}

static const CulvertStreamEvents stream_events = {
  .opened = opened_cb,
  .refused = refused_cb,
  .received = received_cb,
  .finished = nothing_cb,
  .writable = nothing_cb,
  .closed = closed_cb,
};

static void
dialled_cb (CulvertSocket socket, const GError *error, gpointer user_data)
{
  CulvertCheckForwards *self = user_data;

  g_clear_pointer (&self->dial, culvert_target_dial_free);
  culvert_socket_close (&socket);
  if (error != NULL)
    tell_failed (self, CULVERT_STAGE_TARGET, error);
  else
    tell (self, CULVERT_STAGE_TARGET, CULVERT_STAGE_PASSED);
  begin_test (self, error == NULL);
}

static void
begin_target (CulvertCheckForwards *self)
{
  const CulvertEndpoint *target = culvert_forward_spec_get_target (self->spec);

  self->step = STEP_TARGET;
  culvert_source_clear (&self->limit);
  if (target == NULL)
    {
      tell_skipped (self, CULVERT_STAGE_TARGET, CULVERT_NOTE_NO_TARGET);
      begin_test (self, TRUE);
    }
  else if (is_remote (self))
    {
      tell (self, CULVERT_STAGE_TARGET, CULVERT_STAGE_RUNNING);
      self->dial =
        culvert_target_dial_new (self->io, G_OBJECT (self->log), target, dialled_cb, self);
    }
  else
    {
      tell (self, CULVERT_STAGE_PERMISSION, CULVERT_STAGE_RUNNING);
      tell (self, CULVERT_STAGE_TARGET, CULVERT_STAGE_RUNNING);
      self->stream = culvert_transport_open (self->transport, target, NULL, &stream_events, self);
    }
}

/* Listening */

static void
note_listening (CulvertCheckForwards *self)
{
  g_autoptr (CulvertEndpoint) bound = culvert_forward_dup_bound (self->forward);
  g_autofree char            *text = culvert_endpoint_to_string (bound);

  self->is_listening = TRUE;
  /* Here at once, so that nobody comes to it. */
  if (!is_remote (self))
    drop_forward (self);
  tell_all (self, (CulvertStageEvent){
                    .kind = CULVERT_STAGE_LISTEN, .state = CULVERT_STAGE_PASSED, .detail = text });
}

static void
look_at_listening (CulvertCheckForwards *self)
{
  switch (culvert_forward_get_state (self->forward))
    {
    case CULVERT_FORWARD_LISTENING:
      note_listening (self);
      break;
    case CULVERT_FORWARD_FAILED:
      tell_failed (self, CULVERT_STAGE_LISTEN, culvert_forward_get_error (self->forward));
      drop_forward (self);
      break;
    case CULVERT_FORWARD_OFF:
    case CULVERT_FORWARD_STARTING:
    default:
      return;
    }
  begin_target (self);
}

static gboolean
limit_cb (gpointer user_data)
{
  CulvertCheckForwards *self = user_data;
  g_autoptr (GError)    error =
    g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_TIMED_OUT,
                 "%s does not say whether it listens", self->profile->host);

  culvert_source_clear (&self->limit);
  tell_failed (self, CULVERT_STAGE_LISTEN, error);
  drop_forward (self);
  begin_target (self);
  return G_SOURCE_REMOVE;
}

static void
begin_forward (CulvertCheckForwards *self, CulvertForwardSpec *spec)
{
  self->spec = spec;
  self->step = STEP_LISTEN;
  self->is_listening = is_own (self);
  if (self->is_listening)
    {
      tell_all (self, (CulvertStageEvent){ .kind = CULVERT_STAGE_LISTEN,
                                           .state = CULVERT_STAGE_PASSED,
                                           .note = CULVERT_NOTE_OWN });
      begin_target (self);
      return;
    }
  tell (self, CULVERT_STAGE_LISTEN, CULVERT_STAGE_RUNNING);
  self->limit = g_timeout_source_new (LISTEN_LIMIT_MS);
  g_source_set_callback (self->limit, limit_cb, self, NULL);
  g_source_attach (self->limit, g_main_context_get_thread_default ());
  self->forward = culvert_forward_new (spec, self->io, self->counters, &forward_events, self);
  if (is_remote (self))
    culvert_forward_set_transport (self->forward, self->transport);
  culvert_forward_start (self->forward);
  look_at_listening (self);
}

static void
begin_next (CulvertCheckForwards *self)
{
  GPtrArray *forwards = self->profile->forwards;

  while (self->index < forwards->len)
    {
      CulvertForwardSpec *spec = forwards->pdata[self->index++];

      if (!culvert_forward_spec_is_enabled (spec))
        continue;
      begin_forward (self, spec);
      return;
    }
  self->events->done (self->user_data);
}

/* Whatever changed is looked at in a turn of its own. */
static gboolean
work_cb (gpointer user_data)
{
  CulvertCheckForwards *self = user_data;

  culvert_source_clear (&self->work);
  switch (self->step)
    {
    case STEP_BETWEEN:
      begin_next (self);
      break;
    case STEP_LISTEN:
      look_at_listening (self);
      break;
    case STEP_TEST:
      look_at_test (self);
      break;
    case STEP_TARGET:
    default:
      break;
    }
  return G_SOURCE_REMOVE;
}

static void
schedule (CulvertCheckForwards *self)
{
  if (self->work != NULL)
    return;
  self->work = g_idle_source_new ();
  g_source_set_priority (self->work, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->work, work_cb, self, NULL);
  g_source_attach (self->work, g_main_context_get_thread_default ());
}

CulvertCheckForwards *
culvert_check_forwards_new (CulvertProfile                   *profile,
                            CulvertIoSource                  *io,
                            CulvertLog                       *log,
                            CulvertTransport                 *transport,
                            GHashTable                       *own,
                            const char                       *server_host,
                            const CulvertCheckForwardsEvents *events,
                            gpointer                          user_data)
{
  CulvertCheckForwards *self = g_new0 (CulvertCheckForwards, 1);

  self->profile = culvert_profile_ref (profile);
  self->io = io;
  self->log = g_object_ref (log);
  self->transport = transport;
  self->own = g_hash_table_ref (own);
  self->server_host = g_strdup (server_host);
  self->events = events;
  self->user_data = user_data;
  self->counters = culvert_counters_new ();
  schedule (self);
  return self;
}

void
culvert_check_forwards_free (CulvertCheckForwards *self)
{
  if (self == NULL)
    return;
  if (self->stream != NULL)
    culvert_stream_close (g_steal_pointer (&self->stream));
  g_clear_pointer (&self->dial, culvert_target_dial_free);
  drop_forward (self);
  culvert_source_clear (&self->limit);
  culvert_source_clear (&self->work);
  culvert_counters_unref (self->counters);
  g_free (self->server_host);
  g_hash_table_unref (self->own);
  g_object_unref (self->log);
  culvert_profile_unref (self->profile);
  g_free (self);
}
