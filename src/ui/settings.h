/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Preferences of the window, as the schema in data/ describes them. */

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full) (nullable): NULL where the schema is not installed, as in a build folder: the
 * window then starts with its defaults and remembers nothing */
GSettings *culvert_settings_new (void);

G_END_DECLS
