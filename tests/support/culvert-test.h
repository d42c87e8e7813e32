/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What every test program leans on: waiting for a condition with a deadline, a folder that goes
 * away, a free port, this process's own use of the machine, and a meter for the smoothness of a
 * main loop.  For GTest programs only; POSIX.
 *
 * Nothing here sleeps and hopes.  Every deadline is multiplied by the environment variable
 * CULVERT_TEST_PATIENCE (a number, 1 when unset), which the runner raises for sanitizer builds. */

#include <glib.h>

G_BEGIN_DECLS

typedef gboolean (*CulvertTestCondition) (gpointer user_data);

/**
 * culvert_test_wait:
 * @condition: asked again after each turn of the main context
 * @data: for @condition
 * @deadline_ms: how long it may take
 *
 * Iterates the thread-default main context (or the global one) until @condition returns TRUE, and
 * fails the test, naming the caller's file and line, when it does not within @deadline_ms.  Asks at
 * least every 5 ms, so a condition may also watch what another thread or process does.
 */
#define culvert_test_wait(condition, data, deadline_ms)                                            \
  culvert_test_wait_at (condition, data, deadline_ms, #condition, __FILE__, __LINE__, G_STRFUNC)

/**
 * culvert_test_wait_until:
 * @expression: an expression; evaluated again after each turn of the main context
 * @deadline_ms: how long it may take
 *
 * As [func@culvert_test_wait] for anything that can be written down in place.
 */
#define culvert_test_wait_until(expression, deadline_ms)                                           \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 culvert_test_end_us = culvert_test_deadline_us (deadline_ms);                           \
    while (!(expression))                                                                          \
      culvert_test_turn (culvert_test_end_us, #expression, __FILE__, __LINE__, G_STRFUNC);         \
  }                                                                                                \
  G_STMT_END

/**
 * culvert_test_spend:
 * @duration_ms: how long
 *
 * Iterates the thread-default main context for that long: for tests that must show that
 * something does *not* happen, or that measure a rate.  Not multiplied by the patience.
 */
void culvert_test_spend (guint duration_ms);

void   culvert_test_wait_at (CulvertTestCondition condition,
                             gpointer             data,
                             guint                deadline_ms,
                             const char          *what,
                             const char          *file,
                             int                  line,
                             const char          *function);
gint64 culvert_test_deadline_us (guint deadline_ms);
void   culvert_test_turn (gint64      end_us,
                          const char *what,
                          const char *file,
                          int         line,
                          const char *function);

/* CULVERT_TEST_PATIENCE as a number, at least 1: for limits of time that a test compares itself. */
double culvert_test_get_patience (void);

/* A private folder (mode 0700) with a short path, removed with everything in it when freed.  Links
 * in it are removed, never followed. */
typedef struct _CulvertTempDir CulvertTempDir;

CulvertTempDir *culvert_temp_dir_new (void);
void            culvert_temp_dir_free (CulvertTempDir *self);
const char     *culvert_temp_dir_get_path (CulvertTempDir *self);

/* (transfer full): the path of @name in the folder. */
char *culvert_temp_dir_build (CulvertTempDir *self, const char *name);

/* (transfer full): the path of @name, after writing @text (or nothing, when NULL) into it, 0600. */
char *culvert_temp_dir_write (CulvertTempDir *self, const char *name, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertTempDir, culvert_temp_dir_free)

/**
 * culvert_test_free_port:
 *
 * Returns: a port below the range the kernel gives to clients (so that no connection of this test
 *   takes it meanwhile), free a moment ago on 127.0.0.1 and ::1, never the same twice in a process.
 *   For servers that cannot be told to take any port; everything else binds port 0.
 */
guint16 culvert_test_free_port (void);

/* Allows this process at least so many open descriptors, as far as the system lets it. */
void culvert_test_allow_descriptors (guint n_descriptors);

/* This process's own use: processor time of all its threads, resident memory, number of threads
 * (GLib keeps some of its own: take a baseline after a warm-up), number of open descriptors. */
gint64 culvert_test_get_cpu_us (void);
gsize  culvert_test_get_rss_bytes (void);
guint  culvert_test_get_n_threads (void);
guint  culvert_test_get_n_descriptors (void);

/* (transfer full): every open descriptor with what it points to, one a line: says what leaked. */
char *culvert_test_describe_descriptors (void);

/* (transfer full): a file's text, made valid UTF-8; it may grow meanwhile. */
char *culvert_test_read_text (const char *path);

/* How often @part occurs in @text. */
guint culvert_test_count_text (const char *text, const char *part);

/* Ticks on a main context at a fixed pace and keeps the longest gap between two ticks: how long a
 * window on that context would have stood still.  Belongs to the thread that iterates the context. */
typedef struct _CulvertTickMeter CulvertTickMeter;

/**
 * culvert_tick_meter_new:
 * @context: (nullable): NULL for the thread-default one
 * @interval_ms: pace of the ticks
 * @priority: G_PRIORITY_DEFAULT, or 120 (GDK's redraw) to feel what a window feels
 */
CulvertTickMeter *culvert_tick_meter_new (GMainContext *context, guint interval_ms, int priority);
void              culvert_tick_meter_free (CulvertTickMeter *self);
void              culvert_tick_meter_reset (CulvertTickMeter *self);
double            culvert_tick_meter_get_longest_ms (CulvertTickMeter *self);
guint             culvert_tick_meter_get_n_ticks (CulvertTickMeter *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertTickMeter, culvert_tick_meter_free)

G_END_DECLS
