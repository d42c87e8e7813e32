/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Ids of tunnels and forwards: random, short enough for a person to type, safe in a file name on
 * every system. */

#include <glib.h>

G_BEGIN_DECLS

#define CULVERT_PROFILE_ID_LENGTH 12
#define CULVERT_FORWARD_ID_LENGTH 8

/* (transfer full): @length letters and digits, a letter first */
char *culvert_short_id_new (guint length);

G_END_DECLS
