/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A tunnel of the running Culvert in words and as JSON.  Pure, but for the clock. */

#include "cli/running.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* "Connected", "Waiting"… in the person's language. (transfer none) */
const char *culvert_running_text_state (CulvertRunningTunnel *tunnel);

/* What it carries, in one line, as far as it is up; else NULL. (transfer full) (nullable) */
char *culvert_running_text_figures (CulvertRunningTunnel *tunnel);

/* When it tries again, in a sentence, if it will; else NULL. (transfer full) (nullable) */
char *culvert_running_text_next_try (CulvertRunningTunnel *tunnel);

/* "localhost:5433 -> db:5432", of one of its forwards (a{sv}); not translated. (transfer full) */
char *culvert_running_text_forward (GVariant *forward);

/* Adds the members of the tunnel's object to one that is begun. */
void culvert_running_text_add_json (CulvertRunningTunnel *tunnel, JsonBuilder *builder);

G_END_DECLS
