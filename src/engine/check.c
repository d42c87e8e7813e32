/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/check.h"

#include "base/source.h"
#include "core/errors.h"
#include "engine/check-stages.h"
#include "engine/check-thread.h"
#include "engine/port-neighbours.h"
#include "engine/prompt-broker.h"
#include "engine/reasons.h"

#define LOG_LINES 500

/* The running tunnel's own tests end sooner. */
#define OWN_TEST_LIMIT_S 60

struct _CulvertCheck
{
  GObject parent_instance;

  CulvertProfile            *profile;
  GListModel                *tunnels; /* nullable */
  CulvertLog                *log;
  CulvertPromptBroker       *broker;
  const CulvertSessionMaker *maker;

  CulvertCheckState   state;
  GListStore         *stages;
  CulvertCheckThread *thread; /* nullable: while the session lives */

  /* The running tunnel tests a forward that listens at the server. */
  CulvertForwardItem *tested; /* nullable */
  gulong              tested_id;
  gboolean            has_begun; /* what its item says is of this test */
  GSource            *limit;     /* nullable */
};

enum
{
  PROP_0,
  PROP_STATE,
  PROP_PROMPT,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (CulvertCheck, culvert_check, G_TYPE_OBJECT)

static void test_next_own (CulvertCheck *self);

static void
set_state (CulvertCheck *self, CulvertCheckState state)
{
  if (self->state == state)
    return;
  self->state = state;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_STATE]);
}

/* (transfer none) (nullable): the tunnel as the program has it */
static CulvertTunnel *
find_tunnel (CulvertCheck *self)
{
  for (guint i = 0; self->tunnels != NULL && i < g_list_model_get_n_items (self->tunnels); i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (self->tunnels, i);

      if (g_str_equal (culvert_tunnel_get_id (tunnel), self->profile->id))
        return tunnel; /* the list holds it */
    }
  return NULL;
}

/* (nullable): the running one, if it listens where the check would */
static CulvertForwardItem *
find_own (CulvertCheck *self, CulvertForwardSpec *spec)
{
  CulvertTunnel      *tunnel = find_tunnel (self);
  CulvertForwardItem *item =
    tunnel != NULL ? culvert_tunnel_find_forward (tunnel, culvert_forward_spec_get_id (spec))
                   : NULL;

  if (item == NULL || culvert_forward_item_get_state (item) != CULVERT_FORWARD_LISTENING ||
      !culvert_endpoint_equal (
        culvert_forward_spec_get_listen (culvert_forward_item_get_spec (item)),
        culvert_forward_spec_get_listen (spec)))
    return NULL;
  return item;
}

static GHashTable *
list_own (CulvertCheck *self)
{
  GHashTable *own = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < self->profile->forwards->len; i++)
    {
      CulvertForwardSpec *spec = self->profile->forwards->pdata[i];

      if (find_own (self, spec) != NULL)
        g_hash_table_add (own, g_strdup (culvert_forward_spec_get_id (spec)));
    }
  return own;
}

/* The end */

static void
leave_thread (CulvertCheck *self)
{
  if (self->thread == NULL)
    return;
  culvert_check_thread_leave (g_steal_pointer (&self->thread));
  culvert_prompt_broker_withdraw (self->broker);
  culvert_prompt_broker_session_over (self->broker);
  culvert_prompt_broker_forget (self->broker);
}

static void
leave_test (CulvertCheck *self)
{
  culvert_source_clear (&self->limit);
  g_clear_signal_handler (&self->tested_id, self->tested);
  g_clear_object (&self->tested);
}

static void
finish (CulvertCheck *self)
{
  leave_thread (self);
  leave_test (self);
  set_state (self, culvert_check_get_failure (self) != NULL ? CULVERT_CHECK_FAILED
                                                            : CULVERT_CHECK_PASSED);
}

/* The running tunnel's own tests */

static CulvertCheckStage *
find_pending_test (CulvertCheck *self)
{
  GListModel *stages = G_LIST_MODEL (self->stages);

  for (guint i = 0; i < g_list_model_get_n_items (stages); i++)
    {
      g_autoptr (CulvertCheckStage)  stage = g_list_model_get_item (stages, i);
      const CulvertCheckStageFields *fields = culvert_check_stage_get_fields (stage);

      if (fields->kind == CULVERT_STAGE_SELF_TEST &&
          (fields->state == CULVERT_STAGE_PENDING || fields->state == CULVERT_STAGE_RUNNING))
        return stage; /* the list holds it */
    }
  return NULL;
}

static void
set_test (CulvertCheck *self, CulvertStageEvent event)
{
  const CulvertCheckStageFields *fields = culvert_check_stage_get_fields (find_pending_test (self));

  event.place = fields->place;
  event.kind = CULVERT_STAGE_SELF_TEST;
  event.time_us = g_get_monotonic_time ();
  event.forward = (char *)culvert_forward_spec_get_id (fields->forward);
  culvert_check_stages_apply (self->stages, self->profile, &event);
}

static gboolean
test_limit_cb (gpointer user_data)
{
  CulvertCheck *self = user_data;

  leave_test (self);
  set_test (self,
            (CulvertStageEvent){ .state = CULVERT_STAGE_SKIPPED, .note = CULVERT_NOTE_UNTOLD });
  test_next_own (self);
  return G_SOURCE_REMOVE;
}

static void
test_state_cb (CulvertForwardItem *item, GParamSpec *pspec, CulvertCheck *self)
{
  CulvertTestState   state = culvert_forward_item_get_test_state (item);
  CulvertEndpoint   *bound = culvert_forward_item_get_bound (item);
  g_autofree char   *place = bound != NULL ? culvert_endpoint_to_string (bound) : NULL;
  g_autoptr (GError) error = NULL;
  CulvertStageEvent  event = { .detail = place };

  self->has_begun = self->has_begun || state == CULVERT_TEST_RUNNING;
  if (state == CULVERT_TEST_RUNNING || !self->has_begun)
    return;
  if (culvert_forward_item_get_test_error (item) != NULL)
    event.error = error = g_error_copy (culvert_forward_item_get_test_error (item));
  event.test = (int)state;
  if (state == CULVERT_TEST_FAILED)
    event.state = CULVERT_STAGE_FAILED;
  else if (state == CULVERT_TEST_UNTOLD || state == CULVERT_TEST_NONE)
    event.state = CULVERT_STAGE_SKIPPED;
  else
    event.state = CULVERT_STAGE_PASSED;
  if (event.state == CULVERT_STAGE_SKIPPED)
    event.note = CULVERT_NOTE_UNTOLD;
  leave_test (self);
  set_test (self, event);
  test_next_own (self);
}

static void
test_next_own (CulvertCheck *self)
{
  CulvertCheckStage  *stage = find_pending_test (self);
  CulvertTunnel      *tunnel = find_tunnel (self);
  CulvertForwardItem *item;

  if (stage == NULL)
    {
      finish (self);
      return;
    }
  item = find_own (self, culvert_check_stage_get_fields (stage)->forward);
  if (item == NULL)
    {
      set_test (self,
                (CulvertStageEvent){ .state = CULVERT_STAGE_SKIPPED, .note = CULVERT_NOTE_UNTOLD });
      test_next_own (self);
      return;
    }
  set_test (self, (CulvertStageEvent){ .state = CULVERT_STAGE_RUNNING });
  self->tested = g_object_ref (item);
  self->has_begun = culvert_forward_item_get_test_state (item) == CULVERT_TEST_RUNNING;
  self->tested_id = g_signal_connect (item, "notify::test-state", G_CALLBACK (test_state_cb), self);
  self->limit = g_timeout_source_new_seconds (OWN_TEST_LIMIT_S);
  g_source_set_callback (self->limit, test_limit_cb, self, NULL);
  g_source_attach (self->limit, g_main_context_get_thread_default ());
  culvert_tunnel_test_forward (tunnel, culvert_forward_item_get_id (item));
}

/* What the thread tells */

/* Another tunnel of this program may have the port. */
static GError *
complete_error (CulvertCheck *self, const CulvertStageEvent *event)
{
  CulvertForwardSpec *spec =
    event->forward != NULL ? culvert_profile_find_forward (self->profile, event->forward) : NULL;
  CulvertForwardPlace place = { self->profile->id, event->forward };

  if (event->error == NULL || event->kind != CULVERT_STAGE_LISTEN || spec == NULL ||
      self->tunnels == NULL || event->error->domain != CULVERT_FORWARD_ERROR)
    return NULL;
  return culvert_port_neighbours_complete (self->tunnels, &place,
                                           culvert_forward_spec_get_listen (spec), event->error);
}

static void
stage_cb (const CulvertStageEvent *event, gpointer user_data)
{
  CulvertCheck      *self = user_data;
  CulvertStageEvent  complete = *event;
  g_autoptr (GError) error = complete_error (self, event);

  if (error != NULL)
    complete.error = error;
  culvert_check_stages_apply (self->stages, self->profile, &complete);
}

static void
prompt_cb (CulvertPrompt *prompt, gpointer user_data)
{
  CulvertCheck *self = user_data;

  culvert_prompt_broker_ask (self->broker, self->profile, prompt);
}

static void
prompt_result_cb (CulvertPrompt *prompt, gboolean accepted, gpointer user_data)
{
  CulvertCheck *self = user_data;

  culvert_prompt_broker_set_result (self->broker, prompt, accepted);
}

static void
signed_in_cb (gpointer user_data)
{
  culvert_prompt_broker_signed_in (((CulvertCheck *)user_data)->broker);
}

static void
finished_cb (const GError *error, gpointer user_data)
{
  CulvertCheck      *self = user_data;
  g_autoptr (GError) reason = NULL;

  leave_thread (self);
  if (error == NULL)
    {
      test_next_own (self);
      return;
    }
  reason = culvert_reason_of_refusal (error, self->profile,
                                      culvert_prompt_broker_has_prompter (self->broker));
  culvert_log_write (self->log, CULVERT_LOG_ERROR, "%s", reason->message);
  culvert_check_stages_fail (self->stages, reason, g_get_monotonic_time ());
  finish (self);
}

static const CulvertCheckThreadEvents thread_events = {
  .stage = stage_cb,
  .prompt = prompt_cb,
  .prompt_result = prompt_result_cb,
  .signed_in = signed_in_cb,
  .finished = finished_cb,
};

/* What others say */

static void
reset_stages (CulvertCheck *self)
{
  g_autoptr (GListStore) fresh = culvert_check_stages_new (self->profile);
  g_autoptr (GPtrArray)  items = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < g_list_model_get_n_items (G_LIST_MODEL (fresh)); i++)
    g_ptr_array_add (items, g_list_model_get_item (G_LIST_MODEL (fresh), i));
  g_list_store_splice (self->stages, 0, g_list_model_get_n_items (G_LIST_MODEL (self->stages)),
                       items->pdata, items->len);
}

void
culvert_check_start (CulvertCheck *self)
{
  g_autoptr (GHashTable) own = NULL;
  g_autoptr (GError)     error = NULL;

  g_return_if_fail (CULVERT_IS_CHECK (self));

  if (self->state == CULVERT_CHECK_RUNNING)
    return;
  if (self->state != CULVERT_CHECK_READY)
    reset_stages (self);
  own = list_own (self);
  set_state (self, CULVERT_CHECK_RUNNING);
  self->thread = culvert_check_thread_new (self->profile, self->log, self->maker, own,
                                           &thread_events, self, &error);
  if (self->thread == NULL)
    {
      culvert_check_stages_fail (self->stages, error, g_get_monotonic_time ());
      finish (self);
    }
}

void
culvert_check_cancel (CulvertCheck *self)
{
  g_return_if_fail (CULVERT_IS_CHECK (self));

  if (self->state != CULVERT_CHECK_RUNNING)
    return;
  leave_thread (self);
  leave_test (self);
  culvert_check_stages_skip_rest (self->stages, CULVERT_NOTE_CANCELLED, g_get_monotonic_time ());
  set_state (self, CULVERT_CHECK_CANCELLED);
}

CulvertCheckState
culvert_check_get_state (CulvertCheck *self)
{
  g_return_val_if_fail (CULVERT_IS_CHECK (self), CULVERT_CHECK_READY);

  return self->state;
}

CulvertProfile *
culvert_check_get_profile (CulvertCheck *self)
{
  g_return_val_if_fail (CULVERT_IS_CHECK (self), NULL);

  return self->profile;
}

CulvertLog *
culvert_check_get_log (CulvertCheck *self)
{
  g_return_val_if_fail (CULVERT_IS_CHECK (self), NULL);

  return self->log;
}

GListModel *
culvert_check_get_stages (CulvertCheck *self)
{
  g_return_val_if_fail (CULVERT_IS_CHECK (self), NULL);

  return G_LIST_MODEL (self->stages);
}

CulvertCheckStage *
culvert_check_get_failure (CulvertCheck *self)
{
  g_return_val_if_fail (CULVERT_IS_CHECK (self), NULL);

  return culvert_check_stages_find_failed (G_LIST_MODEL (self->stages));
}

void
culvert_check_set_session_maker (CulvertCheck *self, const CulvertSessionMaker *maker)
{
  g_return_if_fail (CULVERT_IS_CHECK (self));

  self->maker = maker;
}

/* GObject */

static void
shown_changed_cb (gpointer user_data)
{
  g_object_notify_by_pspec (G_OBJECT (user_data), properties[PROP_PROMPT]);
}

static void
culvert_check_dispose (GObject *object)
{
  CulvertCheck *self = CULVERT_CHECK (object);

  leave_thread (self);
  leave_test (self);

  G_OBJECT_CLASS (culvert_check_parent_class)->dispose (object);
}

static void
culvert_check_finalize (GObject *object)
{
  CulvertCheck *self = CULVERT_CHECK (object);

  culvert_prompt_broker_free (self->broker);
  g_object_unref (self->stages);
  g_object_unref (self->log);
  g_clear_object (&self->tunnels);
  culvert_profile_unref (self->profile);

  G_OBJECT_CLASS (culvert_check_parent_class)->finalize (object);
}

static void
culvert_check_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  CulvertCheck *self = CULVERT_CHECK (object);

  switch (property)
    {
    case PROP_STATE:
      g_value_set_int (value, (int)self->state);
      break;
    case PROP_PROMPT:
      g_value_set_object (value, culvert_prompt_broker_get_shown (self->broker));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
      break;
    }
}

static void
culvert_check_class_init (CulvertCheckClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = culvert_check_dispose;
  object_class->finalize = culvert_check_finalize;
  object_class->get_property = culvert_check_get_property;

  properties[PROP_STATE] =
    g_param_spec_int ("state", NULL, NULL, CULVERT_CHECK_READY, CULVERT_CHECK_CANCELLED,
                      CULVERT_CHECK_READY, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_PROMPT] = g_param_spec_object ("prompt", NULL, NULL, CULVERT_TYPE_PROMPT,
                                                 G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
culvert_check_init (CulvertCheck *self)
{
  self->log = culvert_log_new (LOG_LINES);
  self->maker = &culvert_session_maker_ssh;
}

CulvertCheck *
culvert_check_new (CulvertProfile     *profile,
                   CulvertPrompter    *prompter,
                   CulvertSecretStore *secrets,
                   GListModel         *tunnels)
{
  CulvertCheck *self = g_object_new (CULVERT_TYPE_CHECK, NULL);

  self->profile = culvert_profile_ref (profile);
  self->tunnels = tunnels != NULL ? g_object_ref (tunnels) : NULL;
  self->broker = culvert_prompt_broker_new (prompter, secrets, self->log, shown_changed_cb, self);
  self->stages = culvert_check_stages_new (profile);
  return self;
}
