/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/rate-history.h"

/* The rate that a person reads is the mean of so many samples: one second. */
#define N_SMOOTHED CULVERT_RATE_SAMPLES_PER_S

typedef struct
{
  CulvertRate rate;
  double      duration_s;
} Sample;

struct _CulvertRateHistory
{
  Sample samples[CULVERT_RATE_MAX_SAMPLES]; /* a ring */
  guint  n_samples;
  guint  next;    /* where the next one goes */
  guint  n_still; /* so many of the newest are 0 */

  /* Since the beginning or the last restart */
  guint   n_totals;
  guint64 n_received;
  guint64 n_sent;
  gint64  last_us;
};

CulvertRateHistory *
culvert_rate_history_new (void)
{
  return g_new0 (CulvertRateHistory, 1);
}

void
culvert_rate_history_free (CulvertRateHistory *self)
{
  g_free (self);
}

static const Sample *
get_sample (CulvertRateHistory *self, guint age)
{
  return &self
            ->samples[(self->next + CULVERT_RATE_MAX_SAMPLES - 1 - age) % CULVERT_RATE_MAX_SAMPLES];
}

static double
get_rate (guint64 before, guint64 now, double duration_s)
{
  return now > before ? (double)(now - before) / duration_s : 0;
}

void
culvert_rate_history_add (CulvertRateHistory *self,
                          guint64             n_received,
                          guint64             n_sent,
                          gint64              now_us)
{
  Sample sample = { { 0, 0 }, 1.0 / CULVERT_RATE_SAMPLES_PER_S };

  g_return_if_fail (self != NULL);

  if (self->n_totals > 0)
    {
      /* Two samples at one time have no rate; what came between counts for the next one. */
      if (now_us <= self->last_us)
        return;
      sample.duration_s = (double)(now_us - self->last_us) / G_USEC_PER_SEC;
      sample.rate.received = get_rate (self->n_received, n_received, sample.duration_s);
      sample.rate.sent = get_rate (self->n_sent, n_sent, sample.duration_s);
    }

  self->samples[self->next] = sample;
  self->next = (self->next + 1) % CULVERT_RATE_MAX_SAMPLES;
  self->n_samples = MIN (self->n_samples + 1, CULVERT_RATE_MAX_SAMPLES);
  self->n_still = sample.rate.received > 0 || sample.rate.sent > 0
                    ? 0
                    : MIN (self->n_still + 1, CULVERT_RATE_MAX_SAMPLES);

  self->n_totals = MIN (self->n_totals + 1, CULVERT_RATE_MAX_SAMPLES);
  self->n_received = n_received;
  self->n_sent = n_sent;
  self->last_us = now_us;
}

void
culvert_rate_history_restart (CulvertRateHistory *self)
{
  g_return_if_fail (self != NULL);

  self->n_totals = 0;
  self->n_received = 0;
  self->n_sent = 0;
}

void
culvert_rate_history_skip_to (CulvertRateHistory *self, gint64 now_us)
{
  g_return_if_fail (self != NULL);

  self->last_us = MAX (self->last_us, now_us);
}

gboolean
culvert_rate_history_is_still (CulvertRateHistory *self)
{
  g_return_val_if_fail (self != NULL, TRUE);

  return self->n_still >= self->n_samples;
}

CulvertRate
culvert_rate_history_get_current (CulvertRateHistory *self)
{
  CulvertRate mean = { 0, 0 };
  double      duration_s = 0;

  g_return_val_if_fail (self != NULL, mean);

  for (guint age = 0; age < MIN (self->n_totals, N_SMOOTHED); age++)
    {
      const Sample *sample = get_sample (self, age);

      mean.received += sample->rate.received * sample->duration_s;
      mean.sent += sample->rate.sent * sample->duration_s;
      duration_s += sample->duration_s;
    }

  if (duration_s > 0)
    {
      mean.received /= duration_s;
      mean.sent /= duration_s;
    }

  return mean;
}

guint
culvert_rate_history_get_n_samples (CulvertRateHistory *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->n_samples;
}

CulvertRate
culvert_rate_history_get_sample (CulvertRateHistory *self, guint age)
{
  g_return_val_if_fail (self != NULL, ((CulvertRate){ 0, 0 }));
  g_return_val_if_fail (age < self->n_samples, ((CulvertRate){ 0, 0 }));

  return get_sample (self, age)->rate;
}
