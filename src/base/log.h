/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A tunnel's log: the last lines, kept in memory, readable from any thread.
 *
 * Lines are written by the engine and shown on the log page, copied by the user and printed by
 * `culvertctl -v`.  A line never holds a secret; text that came from a server passes
 * [func@culvert_log_printable] first, so that it cannot move a cursor or reverse a line. */

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  CULVERT_LOG_DEBUG,
  CULVERT_LOG_INFO,
  CULVERT_LOG_WARNING,
  CULVERT_LOG_ERROR,
} CulvertLogLevel;

#define CULVERT_TYPE_LOG (culvert_log_get_type ())
G_DECLARE_FINAL_TYPE (CulvertLog, culvert_log, CULVERT, LOG, GObject)

typedef struct
{
  guint64         serial;  /* rises by one for each line ever written */
  gint64          real_us; /* wall clock, microseconds since 1970 */
  CulvertLogLevel level;
  char           *text; /* one line, valid UTF-8, no control characters */
} CulvertLogLine;

void culvert_log_line_free (CulvertLogLine *line);

/* Called in the thread that wrote the line. */
typedef void (*CulvertLogFunc) (const CulvertLogLine *line, gpointer user_data);

/**
 * culvert_log_new:
 * @max_lines: how many lines to keep
 */
CulvertLog *culvert_log_new (guint max_lines);

void culvert_log_write (CulvertLog *self, CulvertLogLevel level, const char *format, ...)
  G_GNUC_PRINTF (3, 4);

/**
 * culvert_log_get_lines:
 * @after_serial: only lines with a greater serial; 0 for all that are kept
 *
 * Returns: (transfer full) (element-type CulvertLogLine): oldest first
 */
GPtrArray *culvert_log_get_lines (CulvertLog *self, guint64 after_serial);

/* At most one; NULL removes it. Set before the log is shared between threads. */
void culvert_log_set_func (CulvertLog *self, CulvertLogFunc func, gpointer user_data);

/**
 * culvert_log_printable:
 * @text: bytes from anywhere
 * @n_bytes: length of @text, or -1
 *
 * Returns: (transfer full): valid UTF-8 on one line: control characters, line ends, bidirectional
 *   overrides, characters that nobody sees and invalid bytes become visible escapes; at most 4 KiB.
 *   Printable text stays as it is, so it may pass here twice
 */
char *culvert_log_printable (const char *text, gssize n_bytes);

/**
 * culvert_log_printable_lines:
 *
 * The same for text that may have several lines, such as a server's instructions: line ends stay (as
 * "\n"), as far as there are not too many.
 */
char *culvert_log_printable_lines (const char *text, gssize n_bytes);

G_END_DECLS
