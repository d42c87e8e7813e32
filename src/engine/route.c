/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/route.h"

#include "base/source.h"
#include "core/errors.h"
#include "engine/hop-link.h"
#include "engine/post.h"

/* One jump server of the way. */
typedef struct
{
  CulvertRoute   *route;
  guint           index;
  CulvertHopUser *user;  /* nullable until it is its turn */
  GError         *error; /* nullable: why it ended */
} Hop;

struct _CulvertRoute
{
  CulvertProfile           *profile;
  CulvertLog               *log;
  const CulvertRouteEvents *events; /* NULL once left */
  gpointer                  user_data;
  GMainContext             *context;
  GSource                  *start_source; /* nullable */

  GMutex        lock;       /* held while users change, and by abort() */
  GPtrArray    *hops;       /* of Hop */
  guint         current;    /* the one whose turn it is */
  CulvertSocket far_end;    /* what the channel that is being opened will lead to */
  gboolean      is_settled; /* ready or failed */
  guint         n_unsynced;

  guint n_leaving;
  void (*gone) (gpointer user_data);
  gpointer gone_data;
};

static void
hop_free (gpointer data)
{
  Hop *self = data;

  g_clear_error (&self->error);
  g_free (self);
}

static void
fail (CulvertRoute *self, const GError *error)
{
  if (self->is_settled || self->events == NULL)
    return;
  self->is_settled = TRUE;
  culvert_socket_close (&self->far_end);
  self->events->failed (error, self->user_data);
}

static void
fail_at (CulvertRoute *self, Hop *hop, int code, const char *message)
{
  g_autoptr (GError) error = g_error_new (CULVERT_SSH_ERROR, code, "jump host %s: %s",
                                          self->profile->hops[hop->index], message);

  culvert_error_set_fact (&error, CULVERT_FACT_HOP, self->profile->hops[hop->index]);
  fail (self, error);
}

static void up_cb (gpointer user_data);
static void ended_cb (const GError *error, gpointer user_data);
static void prompt_cb (CulvertPrompt *prompt, gpointer user_data);
static void prompt_result_cb (CulvertPrompt *prompt, gboolean accepted, gpointer user_data);
static void opened_cb (gpointer user_data);
static void refused_cb (const GError *error, gpointer user_data);
static void stage_cb (const CulvertStageEvent *event, gpointer user_data);
static void synced_cb (gpointer user_data);

static const CulvertHopEvents hop_events = {
  .up = up_cb,
  .ended = ended_cb,
  .prompt = prompt_cb,
  .prompt_result = prompt_result_cb,
  .opened = opened_cb,
  .refused = refused_cb,
  .stage = stage_cb,
  .synced = synced_cb,
};

static void
set_user (CulvertRoute *self, Hop *hop, CulvertHopUser *user)
{
  g_mutex_lock (&self->lock);
  hop->user = user;
  g_mutex_unlock (&self->lock);
}

/* @socket: (transfer full): leads to the hop; none for the first */
static void
make_link (CulvertRoute *self, Hop *hop, const char *key, CulvertSocket socket)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_for_hop (self->profile, hop->index);
  g_autoptr (GError)         error = NULL;
  CulvertHopUser            *user =
    culvert_hop_user_new (key, profile, self->log, socket, &hop_events, hop, &error);

  if (user == NULL)
    fail_at (self, hop, CULVERT_SSH_ERROR_UNREACHABLE, error->message);
  else
    set_user (self, hop, user);
}

static void
tell_stage (CulvertRoute *self, guint place, const CulvertStageEvent *event)
{
  CulvertStageEvent placed = *event;

  if (self->events == NULL || self->events->stage == NULL)
    return;
  placed.place = place;
  self->events->stage (&placed, self->user_data);
}

/* Whether the one before the present leads on. */
static void
tell_next (CulvertRoute *self, CulvertStageState state, const char *next)
{
  tell_stage (self, self->current - 1,
              &(CulvertStageEvent){ .kind = CULVERT_STAGE_NEXT,
                                    .state = state,
                                    .time_us = g_get_monotonic_time (),
                                    .subject = (char *)next });
}

/* Asks the hop before for a channel to @host. */
static void
open_from (CulvertRoute *self, Hop *before, const char *host, guint16 port)
{
  CulvertSocket               pair[2];
  g_autoptr (GError)          error = NULL;
  g_autoptr (CulvertEndpoint) target = culvert_endpoint_new_tcp (host, port);
  g_autofree char            *next = culvert_endpoint_to_string (target);

  tell_next (self, CULVERT_STAGE_RUNNING, next);

  if (!culvert_socket_pair (pair, &error))
    {
      fail_at (self, before, CULVERT_SSH_ERROR_UNREACHABLE, error->message);
      return;
    }
  self->far_end = pair[0];
  culvert_hop_user_open (before->user, host, port, pair[1]);
}

/* Begins with the hop whose turn it is, or with the server behind the last. */
static void
go_on (CulvertRoute *self)
{
  Hop                   *before = self->current > 0 ? self->hops->pdata[self->current - 1] : NULL;
  Hop                   *hop;
  g_autofree char       *key = NULL;
  g_autoptr (CulvertHop) place = NULL;
  CulvertHopUser        *user;

  if (self->current == self->hops->len)
    {
      open_from (self, before, self->profile->host, self->profile->port);
      return;
    }
  hop = self->hops->pdata[self->current];
  key = culvert_hop_key (self->profile, hop->index);
  if (key == NULL)
    {
      fail_at (self, hop, CULVERT_SSH_ERROR_NAME_UNKNOWN, "that makes no sense");
      return;
    }
  user = culvert_hop_user_find (key, &hop_events, hop);
  if (user != NULL)
    {
      culvert_log_write (self->log, CULVERT_LOG_INFO, "jump host %s: shared with another tunnel",
                         self->profile->hops[hop->index]);
      tell_stage (self, hop->index,
                  &(CulvertStageEvent){ .kind = CULVERT_STAGE_SIGN_IN,
                                        .state = CULVERT_STAGE_SKIPPED,
                                        .note = CULVERT_NOTE_SHARED,
                                        .time_us = g_get_monotonic_time () });
      set_user (self, hop, user);
    }
  else if (before == NULL)
    {
      make_link (self, hop, key, CULVERT_SOCKET_NONE);
    }
  else
    {
      place = culvert_hop_parse (self->profile->hops[hop->index], NULL);
      open_from (self, before, place->host, place->port);
    }
}

static void
up_cb (gpointer user_data)
{
  Hop          *hop = user_data;
  CulvertRoute *self = hop->route;

  if (self->is_settled || hop->index != self->current)
    return;
  self->current++;
  go_on (self);
}

static void
ended_cb (const GError *error, gpointer user_data)
{
  Hop          *hop = user_data;
  CulvertRoute *self = hop->route;

  if (hop->error == NULL)
    hop->error = g_error_copy (error);
  fail (self, error);
}

static void
prompt_cb (CulvertPrompt *prompt, gpointer user_data)
{
  CulvertRoute *self = ((Hop *)user_data)->route;

  self->events->prompt (prompt, self->user_data);
}

static void
prompt_result_cb (CulvertPrompt *prompt, gboolean accepted, gpointer user_data)
{
  CulvertRoute *self = ((Hop *)user_data)->route;

  self->events->prompt_result (prompt, accepted, self->user_data);
}

static void
stage_cb (const CulvertStageEvent *event, gpointer user_data)
{
  Hop *hop = user_data;

  tell_stage (hop->route, hop->index, event);
}

static void
opened_cb (gpointer user_data)
{
  CulvertRoute    *self = ((Hop *)user_data)->route;
  CulvertSocket    socket = self->far_end;
  g_autofree char *key = NULL;

  if (self->is_settled || socket == CULVERT_SOCKET_NONE)
    return;
  self->far_end = CULVERT_SOCKET_NONE;
  tell_next (self, CULVERT_STAGE_PASSED, NULL);
  if (self->current == self->hops->len)
    {
      self->is_settled = TRUE;
      self->events->ready (socket, self->user_data);
      return;
    }
  key = culvert_hop_key (self->profile, self->current);
  make_link (self, self->hops->pdata[self->current], key, socket);
}

static void
refused_cb (const GError *error, gpointer user_data)
{
  fail (((Hop *)user_data)->route, error);
}

static void
synced_cb (gpointer user_data)
{
  CulvertRoute *self = ((Hop *)user_data)->route;

  if (self->n_unsynced == 0 || --self->n_unsynced > 0)
    return;
  /* What ends takes with it what lies behind it, never the other way round. */
  for (guint i = 0; i < self->hops->len; i++)
    {
      Hop *hop = self->hops->pdata[i];

      if (hop->error == NULL)
        continue;
      self->events->judged (hop->error, self->user_data);
      return;
    }
  self->events->judged (NULL, self->user_data);
}

static gboolean
start_cb (gpointer user_data)
{
  CulvertRoute *self = user_data;

  g_clear_pointer (&self->start_source, g_source_unref);
  go_on (self);
  return G_SOURCE_REMOVE;
}

CulvertRoute *
culvert_route_new (CulvertProfile           *profile,
                   CulvertLog               *log,
                   const CulvertRouteEvents *events,
                   gpointer                  user_data)
{
  CulvertRoute *self = g_new0 (CulvertRoute, 1);

  self->profile = culvert_profile_ref (profile);
  self->log = g_object_ref (log);
  self->events = events;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  self->far_end = CULVERT_SOCKET_NONE;
  self->hops = g_ptr_array_new_with_free_func (hop_free);
  g_mutex_init (&self->lock);
  for (guint i = 0; profile->hops[i] != NULL; i++)
    {
      Hop *hop = g_new0 (Hop, 1);

      hop->route = self;
      hop->index = i;
      g_ptr_array_add (self->hops, hop);
    }
  return self;
}

void
culvert_route_start (CulvertRoute *self)
{
  self->start_source = g_idle_source_new ();
  g_source_set_priority (self->start_source, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->start_source, start_cb, self, NULL);
  g_source_attach (self->start_source, self->context);
}

void
culvert_route_judge (CulvertRoute *self)
{
  for (guint i = 0; i < self->hops->len; i++)
    {
      Hop *hop = self->hops->pdata[i];

      if (hop->user == NULL)
        continue;
      self->n_unsynced++;
      culvert_hop_user_sync (hop->user);
    }
}

void
culvert_route_probe (CulvertRoute *self)
{
  for (guint i = 0; i < self->hops->len; i++)
    {
      Hop *hop = self->hops->pdata[i];

      if (hop->user != NULL)
        culvert_hop_user_probe (hop->user);
    }
}

void
culvert_route_abort (CulvertRoute *self)
{
  g_mutex_lock (&self->lock);
  for (guint i = 0; i < self->hops->len; i++)
    {
      Hop *hop = self->hops->pdata[i];

      if (hop->user != NULL)
        culvert_hop_user_abort (hop->user);
    }
  g_mutex_unlock (&self->lock);
}

static void
hop_gone_cb (gpointer user_data)
{
  CulvertRoute *self = user_data;

  if (--self->n_leaving > 0)
    return;
  self->gone (self->gone_data);
  g_ptr_array_unref (self->hops);
  g_mutex_clear (&self->lock);
  g_main_context_unref (self->context);
  culvert_profile_unref (self->profile);
  g_object_unref (self->log);
  g_free (self);
}

static gboolean
none_gone_cb (gpointer user_data)
{
  hop_gone_cb (user_data);
  return G_SOURCE_REMOVE;
}

void
culvert_route_leave (CulvertRoute *self, void (*gone) (gpointer user_data), gpointer user_data)
{
  self->events = NULL;
  self->gone = gone;
  self->gone_data = user_data;
  culvert_source_clear (&self->start_source);
  culvert_socket_close (&self->far_end);
  /* One for this call, so that the end comes in its own turn and once. */
  self->n_leaving = 1;
  g_mutex_lock (&self->lock);
  /* The farthest first: it says goodbye through those before it. */
  for (guint i = self->hops->len; i > 0; i--)
    {
      Hop            *hop = self->hops->pdata[i - 1];
      CulvertHopUser *user = g_steal_pointer (&hop->user);

      if (user == NULL)
        continue;
      self->n_leaving++;
      culvert_hop_user_leave (user, hop_gone_cb, self);
    }
  g_mutex_unlock (&self->lock);
  culvert_post (self->context, none_gone_cb, self, NULL);
}
