/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Numbers with units for people, with the decimal sign of their language.  Pure; all results are
 * (transfer full).
 *
 * Sizes are in powers of 1000.  Below 10 a number has one decimal, from there on none, so it never
 * has more than three digits and its width hardly changes while it runs. */

#include <glib.h>

G_BEGIN_DECLS

char *culvert_words_for_size (guint64 n_bytes);        /* "1.2 MB", "40 kB", "512 B" */
char *culvert_words_for_rate (double bytes_per_s);     /* "1.2 MB/s"; "0 B/s" for none or less */
char *culvert_words_for_duration (gint64 duration_us); /* "8 s", "5 min 12 s", "3 h", "2 d 5 h" */
char *culvert_words_for_latency (gint64 latency_us); /* "24 ms", "0.3 ms", "1.2 s"; "–" if < 0 */

G_END_DECLS
