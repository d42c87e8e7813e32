/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One line of the known hosts: whose key, which, where it stands, and a button that removes it (signal
 * "remove").  Used again and again for other lines: culvert_known_host_row_set_host(). */

#include "engine/known-host.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_KNOWN_HOST_ROW (culvert_known_host_row_get_type ())
G_DECLARE_FINAL_TYPE (CulvertKnownHostRow, culvert_known_host_row, CULVERT, KNOWN_HOST_ROW, GtkBox)

GtkWidget *culvert_known_host_row_new (void);
/* @host: (nullable): NULL empties it */
void culvert_known_host_row_set_host (CulvertKnownHostRow *self, CulvertKnownHost *host);
CulvertKnownHost *culvert_known_host_row_get_host (CulvertKnownHostRow *self);

/* (transfer full): whose key it is, in the person's language */
char *culvert_known_host_describe (CulvertKnownHost *host);

G_END_DECLS
