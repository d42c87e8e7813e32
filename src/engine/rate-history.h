/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The last minutes of one counter pair as rates, for graphs.  Pure: time is an argument. */

#include <glib.h>

G_BEGIN_DECLS

#define CULVERT_RATE_SAMPLES_PER_S 4
#define CULVERT_RATE_SECONDS       120
#define CULVERT_RATE_MAX_SAMPLES   (CULVERT_RATE_SAMPLES_PER_S * CULVERT_RATE_SECONDS)

typedef struct
{
  double received; /* bytes per second */
  double sent;
} CulvertRate;

typedef struct _CulvertRateHistory CulvertRateHistory;

CulvertRateHistory *culvert_rate_history_new (void);
void                culvert_rate_history_free (CulvertRateHistory *self);

/* @n_received, @n_sent: the totals at @now_us (monotonic); call CULVERT_RATE_SAMPLES_PER_S times a second */
void culvert_rate_history_add (CulvertRateHistory *self,
                               guint64             n_received,
                               guint64             n_sent,
                               gint64              now_us);

/* Forgets the totals, as when a tunnel starts anew: the current rate and that of the next sample are
 * 0.  The samples so far stay. */
void culvert_rate_history_restart (CulvertRateHistory *self);

/* Nothing moved from the last sample to @now_us, when sampling begins again: that time is left out. */
void culvert_rate_history_skip_to (CulvertRateHistory *self, gint64 now_us);

/* Whether all samples are 0: more of the same would change no picture. */
gboolean culvert_rate_history_is_still (CulvertRateHistory *self);

/* The rate of the last second, smoothed: what a person reads. */
CulvertRate culvert_rate_history_get_current (CulvertRateHistory *self);

guint culvert_rate_history_get_n_samples (CulvertRateHistory *self);
/* @age: 0 is the newest sample */
CulvertRate culvert_rate_history_get_sample (CulvertRateHistory *self, guint age);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertRateHistory, culvert_rate_history_free)

G_END_DECLS
