/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/session-maker.h"

#include "base/source.h"
#include "core/errors.h"
#include "engine/route.h"

typedef enum
{
  ROUTED_ON_THE_WAY, /* the jump servers come first */
  ROUTED_STARTED,    /* the session runs */
  ROUTED_JUDGING,    /* it has ended: by itself, or with a jump server? */
  ROUTED_ENDED,
} RoutedState;

/* A session behind jump servers, or without any. */
typedef struct
{
  CulvertSession             *session;
  CulvertRoute               *route; /* nullable */
  guint                       n_hops;
  const CulvertSessionEvents *events;
  gpointer                    user_data;
  GMainContext               *context;
  RoutedState                 state;
  GError                     *error;       /* while judging: the session's own */
  GSource                    *stop_source; /* nullable */

  guint n_left; /* what is not gone yet after it was dropped */
  void (*gone) (gpointer user_data);
  gpointer gone_data;
} Routed;

static void
end (Routed *self, const GError *error)
{
  self->state = ROUTED_ENDED;
  self->events->ended (self->session, error, self->user_data);
}

/* What the session tells */

static void
session_state_changed_cb (CulvertSession *session, CulvertSessionState state, gpointer user_data)
{
  Routed *self = user_data;

  self->events->state_changed (session, state, self->user_data);
}

static void
session_prompt_cb (CulvertSession *session, CulvertPrompt *prompt, gpointer user_data)
{
  Routed *self = user_data;

  self->events->prompt (session, prompt, self->user_data);
}

static void
session_prompt_result_cb (CulvertSession *session,
                          CulvertPrompt  *prompt,
                          gboolean        accepted,
                          gpointer        user_data)
{
  Routed *self = user_data;

  self->events->prompt_result (session, prompt, accepted, self->user_data);
}

/* Can a jump server that went be behind it? */
static gboolean
is_a_cut (const GError *error)
{
  return error != NULL && error->domain == CULVERT_SSH_ERROR &&
         (error->code == CULVERT_SSH_ERROR_CLOSED || error->code == CULVERT_SSH_ERROR_LOST ||
          error->code == CULVERT_SSH_ERROR_TIMED_OUT ||
          error->code == CULVERT_SSH_ERROR_HANDSHAKE || error->code == CULVERT_SSH_ERROR_PROTOCOL);
}

static void
session_ended_cb (CulvertSession *session, const GError *error, gpointer user_data)
{
  Routed *self = user_data;

  if (self->route == NULL || !is_a_cut (error))
    {
      end (self, error);
      return;
    }
  self->state = ROUTED_JUDGING;
  self->error = g_error_copy (error);
  culvert_route_judge (self->route);
}

static void
session_stage_cb (CulvertSession *session, const CulvertStageEvent *event, gpointer user_data)
{
  Routed           *self = user_data;
  CulvertStageEvent placed = *event;

  if (self->events->stage == NULL)
    return;
  placed.place = self->n_hops;
  self->events->stage (session, &placed, self->user_data);
}

static const CulvertSessionEvents session_events = {
  .state_changed = session_state_changed_cb,
  .prompt = session_prompt_cb,
  .prompt_result = session_prompt_result_cb,
  .ended = session_ended_cb,
  .stage = session_stage_cb,
};

/* What the way there tells */

static void
route_ready_cb (CulvertSocket socket, gpointer user_data)
{
  Routed *self = user_data;

  if (self->state != ROUTED_ON_THE_WAY || self->stop_source != NULL)
    {
      culvert_socket_close (&socket);
      return;
    }
  self->state = ROUTED_STARTED;
  culvert_session_set_socket (self->session, socket);
  culvert_session_start (self->session);
}

static void
route_failed_cb (const GError *error, gpointer user_data)
{
  Routed *self = user_data;

  if (self->state == ROUTED_ON_THE_WAY && self->stop_source == NULL)
    end (self, error);
}

static void
route_prompt_cb (CulvertPrompt *prompt, gpointer user_data)
{
  Routed *self = user_data;

  self->events->prompt (self->session, prompt, self->user_data);
}

static void
route_prompt_result_cb (CulvertPrompt *prompt, gboolean accepted, gpointer user_data)
{
  Routed *self = user_data;

  self->events->prompt_result (self->session, prompt, accepted, self->user_data);
}

static void
route_judged_cb (const GError *error, gpointer user_data)
{
  Routed            *self = user_data;
  g_autoptr (GError) own = g_steal_pointer (&self->error);

  if (self->state == ROUTED_JUDGING)
    end (self, error != NULL ? error : own);
}

static void
route_stage_cb (const CulvertStageEvent *event, gpointer user_data)
{
  Routed *self = user_data;

  if (self->events->stage != NULL)
    self->events->stage (self->session, event, self->user_data);
}

static const CulvertRouteEvents route_events = {
  .ready = route_ready_cb,
  .failed = route_failed_cb,
  .prompt = route_prompt_cb,
  .prompt_result = route_prompt_result_cb,
  .judged = route_judged_cb,
  .stage = route_stage_cb,
};

/* What the runner says */

static gpointer
make_ssh (const CulvertSessionMaker  *maker,
          CulvertProfile             *profile,
          CulvertIoSource            *io,
          CulvertLog                 *log,
          const CulvertSessionEvents *events,
          gpointer                    user_data)
{
  Routed *self = g_new0 (Routed, 1);

  self->events = events;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  self->session = culvert_session_new (profile, io, log, &session_events, self);
  self->n_hops = g_strv_length (profile->hops);
  if (profile->hops[0] != NULL)
    self->route = culvert_route_new (profile, log, &route_events, self);
  return self;
}

static void
start_ssh (gpointer session)
{
  Routed *self = session;

  if (self->route != NULL)
    {
      culvert_route_start (self->route);
      return;
    }
  self->state = ROUTED_STARTED;
  culvert_session_start (self->session);
}

static gboolean
stopped_cb (gpointer user_data)
{
  Routed *self = user_data;

  g_clear_pointer (&self->stop_source, g_source_unref);
  if (self->state != ROUTED_ENDED)
    end (self, NULL);
  return G_SOURCE_REMOVE;
}

static void
stop_ssh (gpointer session)
{
  Routed *self = session;

  if (self->state == ROUTED_STARTED)
    {
      culvert_session_stop (self->session);
      return;
    }
  if (self->state == ROUTED_ENDED || self->stop_source != NULL)
    return;
  self->stop_source = g_idle_source_new ();
  g_source_set_priority (self->stop_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->stop_source, stopped_cb, self, NULL);
  g_source_attach (self->stop_source, self->context);
}

static void
abort_ssh (gpointer session)
{
  Routed *self = session;

  culvert_session_abort (self->session);
  if (self->route != NULL)
    culvert_route_abort (self->route);
}

static void
probe_ssh (gpointer session)
{
  Routed *self = session;

  if (self->route != NULL)
    culvert_route_probe (self->route);
  culvert_session_probe (self->session);
}

static const CulvertSessionInfo *
get_info_ssh (gpointer session)
{
  return culvert_session_get_info (((Routed *)session)->session);
}

static CulvertTransport *
get_transport_ssh (gpointer session)
{
  return culvert_session_get_transport (((Routed *)session)->session);
}

static void
one_gone (gpointer user_data)
{
  Routed *self = user_data;

  if (--self->n_left > 0)
    return;
  self->gone (self->gone_data);
  g_main_context_unref (self->context);
  g_clear_error (&self->error);
  g_free (self);
}

static void
session_gone_cb (gpointer data, GObject *session)
{
  one_gone (data);
}

static void
drop_ssh (gpointer session, void (*gone) (gpointer user_data), gpointer user_data)
{
  Routed *self = session;

  culvert_source_clear (&self->stop_source);
  self->state = ROUTED_ENDED;
  self->gone = gone;
  self->gone_data = user_data;
  self->n_left = self->route != NULL ? 2 : 1;
  if (self->route != NULL)
    culvert_route_leave (g_steal_pointer (&self->route), one_gone, self);
  g_object_weak_ref (G_OBJECT (self->session), session_gone_cb, self);
  g_object_unref (self->session);
}

const CulvertSessionMaker culvert_session_maker_ssh = {
  .make = make_ssh,
  .start = start_ssh,
  .stop = stop_ssh,
  .abort = abort_ssh,
  .probe = probe_ssh,
  .get_info = get_info_ssh,
  .get_transport = get_transport_ssh,
  .drop = drop_ssh,
};
