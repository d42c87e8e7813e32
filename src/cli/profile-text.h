/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Tunnels and forwards as programs read them: text that is never translated, and JSON, of which the
 * sentences alone are.  Pure; all results are (transfer full). */

#include "core/profile.h"

#include <json-glib/json-glib.h>

G_BEGIN_DECLS

/* "localhost:5433 -> db.internal:5432", "localhost:1080 proxy"; what listens at the server begins
 * with "server ".  @listen: (nullable): in the place of the forward's own */
char *culvert_profile_text_forward (const CulvertForwardSpec *spec, const char *listen);

/* The same of its parts. @target: (nullable): it is a proxy */
char *culvert_profile_text_join (gboolean is_remote, const char *listen, const char *target);

/* All of them, by ", "; what is switched off stands in parentheses; "-" for none */
char *culvert_profile_text_forwards (const CulvertProfile *profile);

/* {"id","name","title","host","port","user","forwards":[{"id","name","kind","listen","target",
 * "enabled","any_user","ftp","sentence"}]} */
JsonNode *culvert_profile_text_json (const CulvertProfile *profile);

G_END_DECLS
