/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Numbers with units for people.  Pure; all results are (transfer full). */

#include <glib.h>

G_BEGIN_DECLS

char *culvert_words_for_size (guint64 n_bytes);        /* "1.2 MB" */
char *culvert_words_for_rate (double bytes_per_s);     /* "1.2 MB/s"; "0 B/s" */
char *culvert_words_for_duration (gint64 duration_us); /* "3 h 12 min", "8 s" */
char *culvert_words_for_latency (gint64 latency_us);   /* "24 ms", "0.3 ms" */

G_END_DECLS
