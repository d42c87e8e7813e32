/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/forward-item-private.h"

struct _CulvertForwardItem
{
  GObject parent_instance;

  CulvertForwardSpec *spec;
  CulvertForwardState state;
  GError             *error;
  gint64              retry_at_us;
  CulvertTargetState  target_state;
  GError             *target_error;
  CulvertTestState    test_state;
  GError             *test_error;
  gint64              tested_us;
  CulvertEndpoint    *bound; /* nullable */

  CulvertCounters    *counters; /* nullable: it does not run */
  CulvertRateHistory *history;
  CulvertRate         rate;
  guint               n_open;
  guint               n_held;
  guint64             n_received;
  guint64             n_sent;
  guint64             n_foreign;
  guint64             n_unseen;
};

G_DEFINE_FINAL_TYPE (CulvertForwardItem, culvert_forward_item, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_SPEC,
  PROP_IS_ENABLED,
  PROP_STATE,
  PROP_ERROR,
  PROP_RETRY_AT_US,
  PROP_TARGET_STATE,
  PROP_TARGET_ERROR,
  PROP_TEST_STATE,
  PROP_TEST_ERROR,
  PROP_BOUND,
  PROP_N_OPEN,
  PROP_N_HELD,
  PROP_RECEIVED_RATE,
  PROP_SENT_RATE,
  PROP_N_RECEIVED,
  PROP_N_SENT,
  PROP_N_FOREIGN,
  PROP_N_UNSEEN,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
notify (CulvertForwardItem *self, guint property)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[property]);
}

static gboolean
errors_equal (const GError *a, const GError *b)
{
  if (a == NULL || b == NULL)
    return a == b;

  return g_error_matches (a, b->domain, b->code) && g_str_equal (a->message, b->message);
}

static gboolean
replace_error (GError **field, const GError *error)
{
  if (errors_equal (*field, error))
    return FALSE;

  g_clear_error (field);
  *field = error != NULL ? g_error_copy (error) : NULL;

  return TRUE;
}

static gboolean
replace_bound (CulvertForwardItem *self, CulvertEndpoint *bound)
{
  if (self->bound == bound ||
      (self->bound != NULL && bound != NULL && culvert_endpoint_equal (self->bound, bound)))
    return FALSE;

  g_clear_pointer (&self->bound, culvert_endpoint_unref);
  self->bound = bound != NULL ? culvert_endpoint_ref (bound) : NULL;

  return TRUE;
}

static void
set_rate (CulvertForwardItem *self, CulvertRate rate)
{
  CulvertRate before = self->rate;

  self->rate = rate;
  if (before.received != rate.received)
    notify (self, PROP_RECEIVED_RATE);
  if (before.sent != rate.sent)
    notify (self, PROP_SENT_RATE);
}

/* Without counters the totals are the last ones, and nothing is open. */
static void
read_counters (CulvertForwardItem *self)
{
  guint64 n_received = self->n_received;
  guint64 n_sent = self->n_sent;
  guint64 n_foreign = self->n_foreign;
  guint64 n_unseen = self->n_unseen;
  guint   n_open = 0;
  guint   n_held = 0;

  if (self->counters != NULL)
    {
      n_received = self->counters->n_received;
      n_sent = self->counters->n_sent;
      n_foreign = self->counters->n_foreign;
      n_unseen = self->counters->n_unseen;
      n_open = self->counters->n_open;
      n_held = self->counters->n_held;
    }

  if (n_received != self->n_received)
    {
      self->n_received = n_received;
      notify (self, PROP_N_RECEIVED);
    }
  if (n_sent != self->n_sent)
    {
      self->n_sent = n_sent;
      notify (self, PROP_N_SENT);
    }
  if (n_open != self->n_open)
    {
      self->n_open = n_open;
      notify (self, PROP_N_OPEN);
    }
  if (n_held != self->n_held)
    {
      self->n_held = n_held;
      notify (self, PROP_N_HELD);
    }
  if (n_foreign != self->n_foreign)
    {
      self->n_foreign = n_foreign;
      notify (self, PROP_N_FOREIGN);
    }
  if (n_unseen != self->n_unseen)
    {
      self->n_unseen = n_unseen;
      notify (self, PROP_N_UNSEEN);
    }
}

static void
culvert_forward_item_finalize (GObject *object)
{
  CulvertForwardItem *self = CULVERT_FORWARD_ITEM (object);

  g_clear_pointer (&self->counters, culvert_counters_unref);
  g_clear_pointer (&self->bound, culvert_endpoint_unref);
  g_clear_pointer (&self->spec, culvert_forward_spec_unref);
  g_clear_pointer (&self->history, culvert_rate_history_free);
  g_clear_error (&self->error);
  g_clear_error (&self->target_error);
  g_clear_error (&self->test_error);

  G_OBJECT_CLASS (culvert_forward_item_parent_class)->finalize (object);
}

static void
culvert_forward_item_get_property (GObject    *object,
                                   guint       property,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  CulvertForwardItem *self = CULVERT_FORWARD_ITEM (object);

  switch (property)
    {
    case PROP_SPEC:
      g_value_set_boxed (value, self->spec);
      break;
    case PROP_IS_ENABLED:
      g_value_set_boolean (value, culvert_forward_spec_is_enabled (self->spec));
      break;
    case PROP_STATE:
      g_value_set_enum (value, (int)self->state);
      break;
    case PROP_ERROR:
      g_value_set_boxed (value, self->error);
      break;
    case PROP_RETRY_AT_US:
      g_value_set_int64 (value, self->retry_at_us);
      break;
    case PROP_TARGET_STATE:
      g_value_set_enum (value, (int)self->target_state);
      break;
    case PROP_TARGET_ERROR:
      g_value_set_boxed (value, self->target_error);
      break;
    case PROP_TEST_STATE:
      g_value_set_enum (value, (int)self->test_state);
      break;
    case PROP_TEST_ERROR:
      g_value_set_boxed (value, self->test_error);
      break;
    case PROP_BOUND:
      g_value_set_boxed (value, self->bound);
      break;
    case PROP_N_OPEN:
      g_value_set_uint (value, self->n_open);
      break;
    case PROP_N_HELD:
      g_value_set_uint (value, self->n_held);
      break;
    case PROP_RECEIVED_RATE:
      g_value_set_double (value, self->rate.received);
      break;
    case PROP_SENT_RATE:
      g_value_set_double (value, self->rate.sent);
      break;
    case PROP_N_RECEIVED:
      g_value_set_uint64 (value, self->n_received);
      break;
    case PROP_N_SENT:
      g_value_set_uint64 (value, self->n_sent);
      break;
    case PROP_N_FOREIGN:
      g_value_set_uint64 (value, self->n_foreign);
      break;
    case PROP_N_UNSEEN:
      g_value_set_uint64 (value, self->n_unseen);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
culvert_forward_item_class_init (CulvertForwardItemClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY;

  object_class->finalize = culvert_forward_item_finalize;
  object_class->get_property = culvert_forward_item_get_property;

  properties[PROP_SPEC] = g_param_spec_boxed ("spec", NULL, NULL, CULVERT_TYPE_FORWARD_SPEC, flags);
  properties[PROP_IS_ENABLED] = g_param_spec_boolean ("is-enabled", NULL, NULL, FALSE, flags);
  properties[PROP_STATE] =
    g_param_spec_enum ("state", NULL, NULL, CULVERT_TYPE_FORWARD_STATE, CULVERT_FORWARD_OFF, flags);
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  properties[PROP_RETRY_AT_US] =
    g_param_spec_int64 ("retry-at-us", NULL, NULL, 0, G_MAXINT64, 0, flags);
  properties[PROP_TARGET_STATE] = g_param_spec_enum (
    "target-state", NULL, NULL, CULVERT_TYPE_TARGET_STATE, CULVERT_TARGET_UNKNOWN, flags);
  properties[PROP_TARGET_ERROR] =
    g_param_spec_boxed ("target-error", NULL, NULL, G_TYPE_ERROR, flags);
  properties[PROP_TEST_STATE] =
    g_param_spec_enum ("test-state", NULL, NULL, CULVERT_TYPE_TEST_STATE, CULVERT_TEST_NONE, flags);
  properties[PROP_TEST_ERROR] = g_param_spec_boxed ("test-error", NULL, NULL, G_TYPE_ERROR, flags);
  properties[PROP_BOUND] = g_param_spec_boxed ("bound", NULL, NULL, CULVERT_TYPE_ENDPOINT, flags);
  properties[PROP_N_OPEN] = g_param_spec_uint ("n-open", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_N_HELD] = g_param_spec_uint ("n-held", NULL, NULL, 0, G_MAXUINT, 0, flags);
  properties[PROP_RECEIVED_RATE] =
    g_param_spec_double ("received-rate", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_SENT_RATE] =
    g_param_spec_double ("sent-rate", NULL, NULL, 0, G_MAXDOUBLE, 0, flags);
  properties[PROP_N_RECEIVED] =
    g_param_spec_uint64 ("n-received", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_N_SENT] = g_param_spec_uint64 ("n-sent", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_N_FOREIGN] =
    g_param_spec_uint64 ("n-foreign", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  properties[PROP_N_UNSEEN] =
    g_param_spec_uint64 ("n-unseen", NULL, NULL, 0, G_MAXUINT64, 0, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
culvert_forward_item_init (CulvertForwardItem *self)
{
  self->history = culvert_rate_history_new ();
}

CulvertForwardItem *
culvert_forward_item_new (CulvertForwardSpec *spec)
{
  CulvertForwardItem *self = g_object_new (CULVERT_TYPE_FORWARD_ITEM, NULL);

  self->spec = culvert_forward_spec_ref (spec);

  return self;
}

void
culvert_forward_item_set_spec (CulvertForwardItem *self, CulvertForwardSpec *spec)
{
  gboolean was_enabled = culvert_forward_spec_is_enabled (self->spec);

  g_return_if_fail (
    g_str_equal (culvert_forward_spec_get_id (self->spec), culvert_forward_spec_get_id (spec)));

  if (culvert_forward_spec_equal (self->spec, spec))
    return;

  culvert_forward_spec_unref (self->spec);
  self->spec = culvert_forward_spec_ref (spec);
  notify (self, PROP_SPEC);
  if (culvert_forward_spec_is_enabled (spec) != was_enabled)
    notify (self, PROP_IS_ENABLED);
}

void
culvert_forward_item_set_report (CulvertForwardItem *self, const CulvertForwardReport *report)
{
  g_object_freeze_notify (G_OBJECT (self));

  if (report->counters != NULL && report->counters != self->counters)
    {
      g_clear_pointer (&self->counters, culvert_counters_unref);
      self->counters = culvert_counters_ref (report->counters);
      culvert_rate_history_restart (self->history);
      read_counters (self);
      culvert_rate_history_add (self->history, self->n_received, self->n_sent,
                                g_get_monotonic_time ());
    }

  read_counters (self);
  if (replace_error (&self->error, report->error))
    notify (self, PROP_ERROR);
  if (self->retry_at_us != report->retry_at_us)
    {
      self->retry_at_us = report->retry_at_us;
      notify (self, PROP_RETRY_AT_US);
    }
  if (self->state != report->state)
    {
      self->state = report->state;
      notify (self, PROP_STATE);
    }
  if (replace_error (&self->target_error, report->target_error))
    notify (self, PROP_TARGET_ERROR);
  if (self->target_state != report->target_state)
    {
      self->target_state = report->target_state;
      notify (self, PROP_TARGET_STATE);
    }
  if (replace_error (&self->test_error, report->test_error))
    notify (self, PROP_TEST_ERROR);
  if (self->test_state != report->test_state)
    {
      self->test_state = report->test_state;
      self->tested_us = report->test_state > CULVERT_TEST_RUNNING ? g_get_real_time () : 0;
      notify (self, PROP_TEST_STATE);
    }
  if (replace_bound (self, report->bound))
    notify (self, PROP_BOUND);

  if (report->counters == NULL)
    {
      read_counters (self);
      g_clear_pointer (&self->counters, culvert_counters_unref);
      read_counters (self);
      culvert_rate_history_restart (self->history);
      set_rate (self, culvert_rate_history_get_current (self->history));
    }

  g_object_thaw_notify (G_OBJECT (self));
}

void
culvert_forward_item_set_off (CulvertForwardItem *self)
{
  CulvertForwardReport off = {
    .id = culvert_forward_item_get_id (self),
    .state = CULVERT_FORWARD_OFF,
    .target_state = CULVERT_TARGET_UNKNOWN,
  };

  culvert_forward_item_set_report (self, &off);
}

void
culvert_forward_item_sample (CulvertForwardItem *self, gint64 now_us)
{
  g_object_freeze_notify (G_OBJECT (self));
  read_counters (self);
  culvert_rate_history_add (self->history, self->n_received, self->n_sent, now_us);
  set_rate (self, culvert_rate_history_get_current (self->history));
  g_object_thaw_notify (G_OBJECT (self));
}

void
culvert_forward_item_skip_to (CulvertForwardItem *self, gint64 now_us)
{
  culvert_rate_history_skip_to (self->history, now_us);
}

CulvertForwardSpec *
culvert_forward_item_get_spec (CulvertForwardItem *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), NULL);

  return self->spec;
}

const char *
culvert_forward_item_get_id (CulvertForwardItem *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), NULL);

  return culvert_forward_spec_get_id (self->spec);
}

gboolean
culvert_forward_item_is_enabled (CulvertForwardItem *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), FALSE);

  return culvert_forward_spec_is_enabled (self->spec);
}

CulvertForwardState
culvert_forward_item_get_state (CulvertForwardItem *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), CULVERT_FORWARD_OFF);

  return self->state;
}

const GError *
culvert_forward_item_get_error (CulvertForwardItem *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), NULL);

  return self->error;
}

gint64
culvert_forward_item_get_retry_at_us (CulvertForwardItem *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), 0);

  return self->retry_at_us;
}

CulvertTargetState
culvert_forward_item_get_target_state (CulvertForwardItem *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), CULVERT_TARGET_UNKNOWN);

  return self->target_state;
}

const GError *
culvert_forward_item_get_target_error (CulvertForwardItem *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), NULL);

  return self->target_error;
}

CulvertTestState
culvert_forward_item_get_test_state (CulvertForwardItem *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), CULVERT_TEST_NONE);

  return self->test_state;
}

const GError *
culvert_forward_item_get_test_error (CulvertForwardItem *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), NULL);

  return self->test_error;
}

gint64
culvert_forward_item_get_tested_us (CulvertForwardItem *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), 0);

  return self->tested_us;
}

CulvertEndpoint *
culvert_forward_item_get_bound (CulvertForwardItem *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), NULL);

  return self->bound;
}

char *
culvert_forward_item_dup_listen (CulvertForwardItem *self)
{
  const CulvertEndpoint *wanted;

  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), NULL);

  wanted = culvert_forward_spec_get_listen (self->spec);
  if (self->bound == NULL)
    return culvert_endpoint_to_listen_string (wanted, 0);
  if (culvert_forward_kind_is_remote (culvert_forward_spec_get_kind (self->spec)))
    return culvert_endpoint_to_listen_string (self->bound, 0);
  return culvert_endpoint_to_listen_string (wanted, culvert_endpoint_get_port (self->bound));
}

guint
culvert_forward_item_get_n_held (CulvertForwardItem *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), 0);

  return self->n_held;
}

guint
culvert_forward_item_get_n_open (CulvertForwardItem *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), 0);

  return self->n_open;
}

guint64
culvert_forward_item_get_n_received (CulvertForwardItem *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), 0);

  return self->n_received;
}

guint64
culvert_forward_item_get_n_sent (CulvertForwardItem *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), 0);

  return self->n_sent;
}

guint64
culvert_forward_item_get_n_foreign (CulvertForwardItem *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), 0);

  return self->n_foreign;
}

guint64
culvert_forward_item_get_n_unseen (CulvertForwardItem *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), 0);

  return self->n_unseen;
}

CulvertRateHistory *
culvert_forward_item_get_history (CulvertForwardItem *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_ITEM (self), NULL);

  return self->history;
}
