/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/check-stages.h"

#define SSH_PORT 22

/* The list */

static CulvertCheckStage *
get_stage (GListModel *self, guint index)
{
  g_autoptr (CulvertCheckStage) stage = g_list_model_get_item (self, index);

  return stage; /* the list holds it */
}

static const CulvertCheckStageFields *
get_fields (GListStore *self, guint index)
{
  return culvert_check_stage_get_fields (get_stage (G_LIST_MODEL (self), index));
}

static guint
get_length (GListStore *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self));
}

/* Which of the forwards; those of the way come before all of them. */
static guint
get_forward_rank (const CulvertProfile *profile, CulvertForwardSpec *spec)
{
  for (guint i = 0; spec != NULL && i < profile->forwards->len; i++)
    if (g_str_equal (culvert_forward_spec_get_id (profile->forwards->pdata[i]),
                     culvert_forward_spec_get_id (spec)))
      return i + 1;
  return 0;
}

/* In the order of the way.  The proxies of one server go one after another. */
static int
compare (const CulvertCheckStageFields *a,
         const CulvertCheckStageFields *b,
         const CulvertProfile          *profile)
{
  guint rank_a = get_forward_rank (profile, a->forward);
  guint rank_b = get_forward_rank (profile, b->forward);

  if (a->place != b->place)
    return a->place < b->place ? -1 : 1;
  if (rank_a != rank_b)
    return rank_a < rank_b ? -1 : 1;
  if (a->kind <= CULVERT_STAGE_PROXY && b->kind <= CULVERT_STAGE_PROXY &&
      g_strcmp0 (a->server, b->server) != 0)
    return 0;
  return (int)a->kind - (int)b->kind;
}

static void
insert (GListStore *self, const CulvertProfile *profile, const CulvertCheckStageFields *fields)
{
  g_autoptr (CulvertCheckStage) stage = culvert_check_stage_new (fields);
  guint                         index = get_length (self);

  while (index > 0 && compare (get_fields (self, index - 1), fields, profile) > 0)
    index--;
  g_list_store_insert (self, index, stage);
}

/* The plan */

static void
plan_one (GListStore           *self,
          const CulvertProfile *profile,
          guint                 place,
          const char           *server,
          CulvertStageKind      kind,
          CulvertForwardSpec   *forward,
          const char           *subject)
{
  CulvertCheckStageFields fields = {
    .place = place,
    .kind = kind,
    .server = server,
    .forward = forward,
    .subject = subject,
    .duration_us = -1,
  };

  insert (self, profile, &fields);
}

/* (transfer full): with the port unless it is the usual one: jump servers may be on one computer */
static char *
dup_server (const CulvertProfile *profile)
{
  g_autoptr (CulvertEndpoint) end = NULL;

  if (profile->port == SSH_PORT)
    return g_strdup (profile->host);
  end = culvert_endpoint_new_tcp (profile->host, profile->port);
  return culvert_endpoint_to_string (end);
}

/* @profile: of a jump server or the server itself; @is_reached: somebody before leads there */
static void
plan_server (GListStore *self, const CulvertProfile *profile, guint place, gboolean is_reached)
{
  g_autoptr (CulvertProxy) proxy = culvert_proxy_parse (profile->proxy, NULL);
  g_autofree char         *user = culvert_profile_dup_user (profile);
  g_autofree char         *server = dup_server (profile);
  gboolean                 is_system = proxy != NULL && proxy->kind == CULVERT_PROXY_SYSTEM;
  CulvertStageKind         first = CULVERT_STAGE_NAME;

  if (is_reached || is_system)
    first = CULVERT_STAGE_BANNER;
  else if (profile->proxy_command[0] != '\0')
    {
      plan_one (self, profile, place, server, CULVERT_STAGE_COMMAND, NULL, NULL);
      first = CULVERT_STAGE_BANNER;
    }
  else if (proxy != NULL && proxy->kind != CULVERT_PROXY_NONE)
    {
      for (CulvertStageKind kind = CULVERT_STAGE_PROXY_NAME; kind <= CULVERT_STAGE_PROXY; kind++)
        plan_one (self, profile, place, proxy->host, kind, NULL, NULL);
      first = CULVERT_STAGE_BANNER;
    }
  for (CulvertStageKind kind = first; kind <= CULVERT_STAGE_SIGN_IN; kind++)
    plan_one (self, profile, place, kind == CULVERT_STAGE_NAME ? profile->host : server, kind, NULL,
              kind == CULVERT_STAGE_SIGN_IN ? user : NULL);
}

static void
plan_forward (GListStore           *self,
              const CulvertProfile *profile,
              guint                 place,
              CulvertForwardSpec   *spec)
{
  CulvertForwardKind kind = culvert_forward_spec_get_kind (spec);

  plan_one (self, profile, place, profile->host, CULVERT_STAGE_LISTEN, spec, NULL);
  if (kind == CULVERT_FORWARD_LOCAL)
    plan_one (self, profile, place, profile->host, CULVERT_STAGE_PERMISSION, spec, NULL);
  plan_one (self, profile, place, profile->host, CULVERT_STAGE_TARGET, spec, NULL);
  if (culvert_forward_kind_is_remote (kind))
    plan_one (self, profile, place, profile->host, CULVERT_STAGE_SELF_TEST, spec, NULL);
}

/* (transfer full): where @index leads on to */
static char *
dup_next (const CulvertProfile *profile, guint index)
{
  g_autoptr (CulvertEndpoint) target = NULL;

  if (profile->hops[index + 1] != NULL)
    {
      g_autoptr (CulvertHop) hop = culvert_hop_parse (profile->hops[index + 1], NULL);

      if (hop == NULL)
        return g_strdup (profile->hops[index + 1]);
      target = culvert_endpoint_new_tcp (hop->host, hop->port);
    }
  else
    {
      target = culvert_endpoint_new_tcp (profile->host, profile->port);
    }
  return culvert_endpoint_to_string (target);
}

GListStore *
culvert_check_stages_new (const CulvertProfile *profile)
{
  GListStore *self = g_list_store_new (CULVERT_TYPE_CHECK_STAGE);
  guint       n_hops = g_strv_length (profile->hops);

  for (guint i = 0; i < n_hops; i++)
    {
      g_autoptr (CulvertProfile) hop = culvert_profile_for_hop (profile, i);
      g_autofree char           *next = dup_next (profile, i);
      g_autofree char           *server = dup_server (hop != NULL ? hop : profile);

      if (hop != NULL)
        plan_server (self, hop, i, i > 0);
      plan_one (self, profile, i, hop != NULL ? server : profile->hops[i], CULVERT_STAGE_NEXT, NULL,
                next);
    }
  plan_server (self, profile, n_hops, n_hops > 0);
  for (guint i = 0; i < profile->forwards->len; i++)
    if (culvert_forward_spec_is_enabled (profile->forwards->pdata[i]))
      plan_forward (self, profile, n_hops, profile->forwards->pdata[i]);
  return self;
}

/* What happens */

static void
set_over (CulvertCheckStage *stage,
          CulvertStageState  state,
          CulvertStageNote   note,
          const GError      *error,
          gint64             now_us)
{
  CulvertCheckStageFields fields = *culvert_check_stage_get_fields (stage);

  fields.state = state;
  fields.note = note;
  fields.error = error;
  fields.duration_us = fields.started_us > 0 ? MAX (now_us - fields.started_us, 0) : -1;
  culvert_check_stage_set (stage, &fields);
}

static gboolean
is_of (const CulvertCheckStageFields *fields, const CulvertStageEvent *event)
{
  if (fields->place != event->place || fields->kind != event->kind)
    return FALSE;
  if (event->host != NULL && g_strcmp0 (fields->server, event->host) != 0)
    return FALSE;
  if (event->kind == CULVERT_STAGE_SIGN_IN_STEP && fields->state != CULVERT_STAGE_RUNNING)
    return FALSE;
  return event->forward == NULL ||
         (fields->forward != NULL &&
          g_str_equal (culvert_forward_spec_get_id (fields->forward), event->forward));
}

static CulvertCheckStage *
find (GListStore *self, const CulvertStageEvent *event)
{
  for (guint i = 0; i < get_length (self); i++)
    if (is_of (get_fields (self, i), event))
      return get_stage (G_LIST_MODEL (self), i);
  return NULL;
}

/* A stage that nobody could foresee: a way to sign in, or a proxy that the system names. */
static CulvertCheckStage *
add (GListStore *self, const CulvertProfile *profile, const CulvertStageEvent *event)
{
  g_autofree char *server = g_strdup (event->host);

  for (guint i = 0; server == NULL && i < get_length (self); i++)
    {
      const CulvertCheckStageFields *fields = get_fields (self, i);

      if (fields->place == event->place && fields->kind > CULVERT_STAGE_NAME)
        server = g_strdup (fields->server);
    }
  insert (self, profile,
          &(CulvertCheckStageFields){
            .place = event->place,
            .kind = event->kind,
            .server = server != NULL ? server : profile->host,
            .forward = event->forward != NULL
                         ? culvert_profile_find_forward (profile, event->forward)
                         : NULL,
            .method = event->method,
            .subject = event->subject,
            .state = event->kind == CULVERT_STAGE_SIGN_IN_STEP ? CULVERT_STAGE_RUNNING
                                                               : CULVERT_STAGE_PENDING,
            .started_us = event->kind == CULVERT_STAGE_SIGN_IN_STEP ? event->time_us : 0,
            .duration_us = -1,
          });
  return find (self, event);
}

/* What lies before @stage on the way there and has not begun will not. */
static void
skip_before (GListStore *self, CulvertCheckStage *stage, CulvertStageNote note)
{
  for (guint i = 0; i < get_length (self); i++)
    {
      CulvertCheckStage             *other = get_stage (G_LIST_MODEL (self), i);
      const CulvertCheckStageFields *fields = culvert_check_stage_get_fields (other);

      if (other == stage)
        return;
      if (fields->state == CULVERT_STAGE_PENDING && fields->forward == NULL)
        set_over (other, CULVERT_STAGE_SKIPPED, note, NULL, 0);
    }
}

void
culvert_check_stages_apply (GListStore              *self,
                            const CulvertProfile    *profile,
                            const CulvertStageEvent *event)
{
  CulvertCheckStage      *stage = find (self, event);
  CulvertCheckStageFields fields;

  if (stage == NULL)
    stage = add (self, profile, event);
  if (stage == NULL)
    return;
  skip_before (self, stage,
               event->note == CULVERT_NOTE_SHARED ? CULVERT_NOTE_SHARED : CULVERT_NOTE_NOT_NEEDED);
  fields = *culvert_check_stage_get_fields (stage);
  if (event->subject != NULL)
    fields.subject = event->subject;
  if (event->state == CULVERT_STAGE_RUNNING)
    {
      fields.state = CULVERT_STAGE_RUNNING;
      if (fields.started_us == 0)
        fields.started_us = event->time_us;
      culvert_check_stage_set (stage, &fields);
      return;
    }
  if (event->detail != NULL)
    fields.detail = event->detail;
  fields.test = event->test;
  fields.state = event->state;
  fields.note = event->note;
  fields.error = event->error;
  fields.duration_us = fields.started_us > 0 ? MAX (event->time_us - fields.started_us, 0) : -1;
  /* What was not even tried took no time. */
  if (event->state == CULVERT_STAGE_SKIPPED && event->note < CULVERT_NOTE_REFUSED)
    fields.duration_us = -1;
  culvert_check_stage_set (stage, &fields);
}

static CulvertCheckStage *
find_in_state (GListModel *self, CulvertStageState state)
{
  for (guint i = 0; i < g_list_model_get_n_items (self); i++)
    {
      CulvertCheckStage *stage = get_stage (self, i);

      if (culvert_check_stage_get_fields (stage)->state == state)
        return stage;
    }
  return NULL;
}

CulvertCheckStage *
culvert_check_stages_find_failed (GListModel *self)
{
  return find_in_state (self, CULVERT_STAGE_FAILED);
}

static void
end_rest (GListStore       *self,
          CulvertStageState running_state,
          CulvertStageNote  running_note,
          CulvertStageNote  pending_note,
          gint64            now_us)
{
  for (guint i = 0; i < get_length (self); i++)
    {
      CulvertCheckStage *stage = get_stage (G_LIST_MODEL (self), i);
      CulvertStageState  state = culvert_check_stage_get_fields (stage)->state;

      if (state == CULVERT_STAGE_RUNNING)
        set_over (stage, running_state, running_note, NULL, now_us);
      else if (state == CULVERT_STAGE_PENDING)
        set_over (stage, CULVERT_STAGE_SKIPPED, pending_note, NULL, now_us);
    }
}

void
culvert_check_stages_fail (GListStore *self, const GError *error, gint64 now_us)
{
  CulvertCheckStage *stage = find_in_state (G_LIST_MODEL (self), CULVERT_STAGE_RUNNING);

  if (stage == NULL)
    stage = find_in_state (G_LIST_MODEL (self), CULVERT_STAGE_PENDING);
  if (stage == NULL && get_length (self) > 0)
    stage = get_stage (G_LIST_MODEL (self), get_length (self) - 1);
  if (stage != NULL)
    set_over (stage, CULVERT_STAGE_FAILED, CULVERT_NOTE_NONE, error, now_us);
  end_rest (self, CULVERT_STAGE_FAILED, CULVERT_NOTE_ENDED_HERE, CULVERT_NOTE_EARLIER, now_us);
}

void
culvert_check_stages_skip_rest (GListStore *self, CulvertStageNote note, gint64 now_us)
{
  end_rest (self, CULVERT_STAGE_SKIPPED, note, note, now_us);
}
