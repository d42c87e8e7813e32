/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/clock.h"

#include "base/source.h"

#define TICK_MS 1000

struct _CulvertClock
{
  GObject  parent_instance;
  GSource *tick;
  guint    n_holders;
  gint64   now_us;
};

G_DEFINE_FINAL_TYPE (CulvertClock, culvert_clock, G_TYPE_OBJECT)

enum
{
  PROP_0,
  PROP_NOW_US,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static void
read_time (CulvertClock *self)
{
  self->now_us = g_get_monotonic_time ();
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NOW_US]);
}

static gboolean
tick_cb (gpointer user_data)
{
  read_time (CULVERT_CLOCK (user_data));
  return G_SOURCE_CONTINUE;
}

static void
stop (CulvertClock *self)
{
  culvert_source_clear (&self->tick);
}

static void
culvert_clock_dispose (GObject *object)
{
  stop (CULVERT_CLOCK (object));
  G_OBJECT_CLASS (culvert_clock_parent_class)->dispose (object);
}

static void
culvert_clock_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CulvertClock *self = CULVERT_CLOCK (object);

  switch (prop_id)
    {
    case PROP_NOW_US:
      g_value_set_int64 (value, self->now_us);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_clock_class_init (CulvertClockClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = culvert_clock_dispose;
  object_class->get_property = culvert_clock_get_property;
  properties[PROP_NOW_US] = g_param_spec_int64 ("now-us", NULL, NULL, 0, G_MAXINT64, 0,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
culvert_clock_init (CulvertClock *self)
{
  self->now_us = g_get_monotonic_time ();
}

CulvertClock *
culvert_clock_get_default (void)
{
  static CulvertClock *shared;

  if (shared == NULL)
    shared = g_object_new (CULVERT_TYPE_CLOCK, NULL);
  return shared;
}

gint64
culvert_clock_get_now_us (CulvertClock *self)
{
  g_return_val_if_fail (CULVERT_IS_CLOCK (self), 0);
  return self->now_us;
}

void
culvert_clock_set_held (CulvertClock *self, gboolean *is_held, gboolean hold)
{
  g_return_if_fail (CULVERT_IS_CLOCK (self));
  g_return_if_fail (is_held != NULL);

  if (*is_held == hold)
    return;
  *is_held = hold;
  if (!hold)
    {
      if (--self->n_holders == 0)
        stop (self);
      return;
    }
  if (self->n_holders++ == 0)
    {
      self->tick = g_timeout_source_new (TICK_MS);
      g_source_set_static_name (self->tick, "culvert clock");
      g_source_set_callback (self->tick, tick_cb, self, NULL);
      g_source_attach (self->tick, NULL);
      read_time (self);
    }
}

gboolean
culvert_clock_is_ticking (CulvertClock *self)
{
  g_return_val_if_fail (CULVERT_IS_CLOCK (self), FALSE);
  return self->tick != NULL;
}
