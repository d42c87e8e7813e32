/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One JSON object on one line of standard output: an event, with its name and time. */

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* (transfer full): {"event":@event,"time":"2026-01-31T12:00:00.000000Z" … */
JsonBuilder *culvert_json_line_begin (const char *event, gint64 real_us);

/* @value: (nullable): NULL is null */
void culvert_json_line_add_string (JsonBuilder *builder, const char *name, const char *value);
/* "2026-01-31T12:00:00.000000Z"; 0 is null */
void culvert_json_line_add_time (JsonBuilder *builder, const char *name, gint64 real_us);
void culvert_json_line_add_boolean (JsonBuilder *builder, const char *name, gboolean value);
void culvert_json_line_add_int (JsonBuilder *builder, const char *name, gint64 value);

/* Prints it at once. @builder: (transfer full) */
void culvert_json_line_end (JsonBuilder *builder);
/* The same over several lines, for an object that is all there is to print. */
void culvert_json_line_end_pretty (JsonBuilder *builder);

G_END_DECLS
