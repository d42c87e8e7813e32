/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/clock.h"

#include "base/source.h"

#define N_PACES (CULVERT_CLOCK_SECONDS + 1)

struct _CulvertClock
{
  GObject          parent_instance;
  GSource         *tick;
  CulvertClockPace pace;
  guint            n_holders[N_PACES];
  gint64           now_us;
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

static CulvertClockPace
get_wanted_pace (CulvertClock *self)
{
  for (CulvertClockPace pace = CULVERT_CLOCK_SECONDS; pace > CULVERT_CLOCK_RESTS; pace--)
    if (self->n_holders[pace] > 0)
      return pace;
  return CULVERT_CLOCK_RESTS;
}

static void
update_pace (CulvertClock *self)
{
  static const guint interval_s[N_PACES] = { 0, 10, 1 };
  CulvertClockPace   before = self->pace;

  self->pace = get_wanted_pace (self);
  if (self->pace == before)
    return;
  stop (self);
  if (self->pace == CULVERT_CLOCK_RESTS)
    return;
  self->tick = g_timeout_source_new_seconds (interval_s[self->pace]);
  g_source_set_static_name (self->tick, "culvert clock");
  g_source_set_callback (self->tick, tick_cb, self, NULL);
  g_source_attach (self->tick, NULL);
  if (self->pace > before)
    read_time (self);
}

void
culvert_clock_set_pace (CulvertClock *self, CulvertClockPace *held, CulvertClockPace pace)
{
  g_return_if_fail (CULVERT_IS_CLOCK (self));
  g_return_if_fail (held != NULL);
  g_return_if_fail (pace < N_PACES);

  if (*held == pace)
    return;
  self->n_holders[*held]--;
  self->n_holders[pace]++;
  *held = pace;
  update_pace (self);
}

void
culvert_clock_set_held (CulvertClock *self, gboolean *is_held, gboolean hold)
{
  CulvertClockPace held;

  g_return_if_fail (CULVERT_IS_CLOCK (self));
  g_return_if_fail (is_held != NULL);

  held = *is_held ? CULVERT_CLOCK_SECONDS : CULVERT_CLOCK_RESTS;
  *is_held = hold;
  culvert_clock_set_pace (self, &held, hold ? CULVERT_CLOCK_SECONDS : CULVERT_CLOCK_RESTS);
}

gboolean
culvert_clock_is_ticking (CulvertClock *self)
{
  g_return_val_if_fail (CULVERT_IS_CLOCK (self), FALSE);
  return self->tick != NULL;
}

CulvertClockPace
culvert_clock_get_pace (CulvertClock *self)
{
  g_return_val_if_fail (CULVERT_IS_CLOCK (self), CULVERT_CLOCK_RESTS);
  return self->pace;
}
