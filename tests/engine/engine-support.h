/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the tests of the engine share. */

#include "base/log.h"
#include "core/profile.h"

G_BEGIN_DECLS

/* @profile, which nobody else holds, gets the forwards of @texts: "id=port:host:hostport", with
 * spaces between them; they listen on 127.0.0.1, port 0 is any, "!" in front of the id switches one
 * off. */
void engine_profile_set_forwards (CulvertProfile *profile, const char *texts);

/* Is there a line in @log like @pattern (with * and ?)? */
gboolean engine_log_has_line (CulvertLog *log, const char *pattern);

/* Sends a word and waits for its echo, iterating the context meanwhile. */
void engine_client_assert_echo (int client);

/* Waits until the other side has closed. */
void engine_client_assert_closed (int client);

/* How many link threads this process has.  (GLib has threads of its own, when it likes.) */
guint engine_count_link_threads (void);

/* Nobody listens there. */
void engine_assert_refused (guint16 port);

G_END_DECLS
