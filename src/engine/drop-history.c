/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/drop-history.h"

#include "core/errors.h"
#include "engine/runner.h"

struct _CulvertDrop
{
  GObject        parent_instance;
  gint64         lost_at_us;
  gint64         ended_at_us; /* wall clock as well: a computer that sleeps is away */
  guint          n_tries;
  CulvertDropEnd end;
  GError        *error;
};

struct _CulvertDropHistory
{
  GObject    parent_instance;
  GPtrArray *drops;  /* of CulvertDrop, the oldest first */
  gboolean   was_up; /* since it was switched on, and nothing explained its going since */
  gboolean   was_given_up;
};

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

enum
{
  PROP_0,
  PROP_N_DROPS,
  N_PROPS
};

static guint       signals[N_SIGNALS];
static GParamSpec *properties[N_PROPS];

/* One interruption */

G_DEFINE_FINAL_TYPE (CulvertDrop, culvert_drop, G_TYPE_OBJECT)

static void
culvert_drop_finalize (GObject *object)
{
  g_clear_error (&CULVERT_DROP (object)->error);
  G_OBJECT_CLASS (culvert_drop_parent_class)->finalize (object);
}

static void
culvert_drop_class_init (CulvertDropClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = culvert_drop_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", CULVERT_TYPE_DROP, G_SIGNAL_RUN_LAST, 0, NULL,
                                          NULL, NULL, G_TYPE_NONE, 0);
}

static void
culvert_drop_init (CulvertDrop *self)
{
}

static gboolean
is_over (CulvertDrop *self)
{
  return self->end != CULVERT_DROP_AWAY && self->end != CULVERT_DROP_GIVEN_UP;
}

gint64
culvert_drop_get_lost_at_us (CulvertDrop *self)
{
  g_return_val_if_fail (CULVERT_IS_DROP (self), 0);
  return self->lost_at_us;
}

gint64
culvert_drop_get_away_us (CulvertDrop *self)
{
  gint64 until_us;

  g_return_val_if_fail (CULVERT_IS_DROP (self), 0);
  until_us = is_over (self) ? self->ended_at_us : g_get_real_time ();
  return MAX (until_us - self->lost_at_us, 0);
}

guint
culvert_drop_get_n_tries (CulvertDrop *self)
{
  g_return_val_if_fail (CULVERT_IS_DROP (self), 0);
  return self->n_tries;
}

CulvertDropEnd
culvert_drop_get_end (CulvertDrop *self)
{
  g_return_val_if_fail (CULVERT_IS_DROP (self), CULVERT_DROP_AWAY);
  return self->end;
}

const GError *
culvert_drop_get_error (CulvertDrop *self)
{
  g_return_val_if_fail (CULVERT_IS_DROP (self), NULL);
  return self->error;
}

/* All of them */

static GType
get_item_type (GListModel *model)
{
  return CULVERT_TYPE_DROP;
}

static guint
get_n_items (GListModel *model)
{
  return CULVERT_DROP_HISTORY (model)->drops->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  GPtrArray *drops = CULVERT_DROP_HISTORY (model)->drops;

  return position < drops->len ? g_object_ref (g_ptr_array_index (drops, drops->len - 1 - position))
                               : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (CulvertDropHistory,
                               culvert_drop_history,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
culvert_drop_history_finalize (GObject *object)
{
  g_ptr_array_unref (CULVERT_DROP_HISTORY (object)->drops);
  G_OBJECT_CLASS (culvert_drop_history_parent_class)->finalize (object);
}

static void
culvert_drop_history_get_property (GObject    *object,
                                   guint       property,
                                   GValue     *value,
                                   GParamSpec *pspec)
{
  switch (property)
    {
    case PROP_N_DROPS:
      g_value_set_uint (value, CULVERT_DROP_HISTORY (object)->drops->len);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
culvert_drop_history_class_init (CulvertDropHistoryClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = culvert_drop_history_finalize;
  G_OBJECT_CLASS (klass)->get_property = culvert_drop_history_get_property;
  properties[PROP_N_DROPS] =
    g_param_spec_uint ("n-drops", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (G_OBJECT_CLASS (klass), N_PROPS, properties);
}

static void
culvert_drop_history_init (CulvertDropHistory *self)
{
  self->drops = g_ptr_array_new_with_free_func (g_object_unref);
}

CulvertDropHistory *
culvert_drop_history_new (void)
{
  return g_object_new (CULVERT_TYPE_DROP_HISTORY, NULL);
}

/* (nullable): the one that is not over */
static CulvertDrop *
get_open (CulvertDropHistory *self)
{
  CulvertDrop *last =
    self->drops->len > 0 ? g_ptr_array_index (self->drops, self->drops->len - 1) : NULL;

  return last != NULL && !is_over (last) ? last : NULL;
}

static void
begin (CulvertDropHistory *self, const GError *error)
{
  CulvertDrop *drop = g_object_new (CULVERT_TYPE_DROP, NULL);

  drop->lost_at_us = g_get_real_time ();
  drop->error = error != NULL ? g_error_copy (error) : NULL;
  g_ptr_array_add (self->drops, drop);
  g_list_model_items_changed (G_LIST_MODEL (self), 0, 0, 1);
  if (self->drops->len > CULVERT_DROP_HISTORY_MAX)
    {
      g_ptr_array_remove_index (self->drops, 0);
      g_list_model_items_changed (G_LIST_MODEL (self), self->drops->len, 1, 0);
    }
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_DROPS]);
}

static void
set_end (CulvertDrop *drop, CulvertDropEnd end)
{
  if (drop == NULL || drop->end == end)
    return;
  drop->end = end;
  if (is_over (drop))
    drop->ended_at_us = g_get_real_time ();
  g_signal_emit (drop, signals[SIGNAL_CHANGED], 0);
}

static gboolean
is_held_back (CulvertTunnelState state, const GError *error)
{
  return state == CULVERT_TUNNEL_WAITING && culvert_error_is_of_network_rule (error);
}

static void
come_back (CulvertDropHistory *self)
{
  set_end (get_open (self), self->was_given_up ? CULVERT_DROP_HELPED : CULVERT_DROP_CAME_BACK);
  self->was_up = TRUE;
  self->was_given_up = FALSE;
}

static void
be_away (CulvertDropHistory *self, CulvertTunnelState state, const GError *error)
{
  CulvertDrop *drop = get_open (self);

  if (drop == NULL && self->was_up && !is_held_back (state, error))
    {
      begin (self, error);
      drop = get_open (self);
    }
  self->was_up = FALSE;
  if (drop == NULL)
    return;
  if (state == CULVERT_TUNNEL_CONNECTING)
    drop->n_tries++;
  if (state == CULVERT_TUNNEL_FAILED || state == CULVERT_TUNNEL_NEEDS_YOU)
    self->was_given_up = TRUE;
  set_end (drop, state == CULVERT_TUNNEL_FAILED ? CULVERT_DROP_GIVEN_UP : CULVERT_DROP_AWAY);
}

static void
leave (CulvertDropHistory *self, CulvertDropEnd end)
{
  set_end (get_open (self), end);
  self->was_up = FALSE;
  self->was_given_up = FALSE;
}

void
culvert_drop_history_take_state (CulvertDropHistory *self,
                                 CulvertTunnelState  state,
                                 const GError       *error)
{
  g_return_if_fail (CULVERT_IS_DROP_HISTORY (self));

  switch (state)
    {
    case CULVERT_TUNNEL_UP:
      come_back (self);
      break;
    case CULVERT_TUNNEL_CONNECTING:
    case CULVERT_TUNNEL_SIGNING_IN:
    case CULVERT_TUNNEL_WAITING:
    case CULVERT_TUNNEL_NEEDS_YOU:
    case CULVERT_TUNNEL_FAILED:
      be_away (self, state, error);
      break;
    case CULVERT_TUNNEL_IDLE:
      leave (self, CULVERT_DROP_AT_REST);
      break;
    case CULVERT_TUNNEL_STOPPED:
    case CULVERT_TUNNEL_STOPPING:
    default:
      leave (self, CULVERT_DROP_SWITCHED_OFF);
      break;
    }
}

/* The reason may come after the state. */
void
culvert_drop_history_take_error (CulvertDropHistory *self, const GError *error)
{
  CulvertDrop *drop;

  g_return_if_fail (CULVERT_IS_DROP_HISTORY (self));

  drop = get_open (self);
  if (drop == NULL || drop->error != NULL || error == NULL)
    return;
  drop->error = g_error_copy (error);
  g_signal_emit (drop, signals[SIGNAL_CHANGED], 0);
}

void
culvert_drop_history_take_profile (CulvertDropHistory   *self,
                                   const CulvertProfile *before,
                                   const CulvertProfile *now)
{
  g_return_if_fail (CULVERT_IS_DROP_HISTORY (self));

  if (culvert_runner_must_reconnect (before, now))
    self->was_up = FALSE;
}
