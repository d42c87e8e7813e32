/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One connection through a tunnel as the program shows it.  Lives in the program's own thread; the
 * same object for as long as the connection is watched (engine/connections.h).
 *
 * Signals: "changed": its figures or its state are others than before, one for all that one sample
 * brought; "named": its program became known, or its parent is another.  There may be thousands, so there
 * is no notification by property. */

#include "engine/rate-history.h"
#include "forward/connection.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_CONNECTION_ITEM (culvert_connection_item_get_type ())
G_DECLARE_FINAL_TYPE (CulvertConnectionItem,
                      culvert_connection_item,
                      CULVERT,
                      CONNECTION_ITEM,
                      GObject)

guint64     culvert_connection_item_get_id (CulvertConnectionItem *self);
const char *culvert_connection_item_get_forward_id (CulvertConnectionItem *self);
/* Its address as text, "" when it has none */
const char *culvert_connection_item_get_client (CulvertConnectionItem *self);
const char *culvert_connection_item_get_target (CulvertConnectionItem *self);
/* (nullable): the client's program and its process; NULL and 0 while or where that is not known */
const char            *culvert_connection_item_get_program (CulvertConnectionItem *self);
guint                  culvert_connection_item_get_pid (CulvertConnectionItem *self);
CulvertConnectionState culvert_connection_item_get_state (CulvertConnectionItem *self);
guint64                culvert_connection_item_get_n_received (CulvertConnectionItem *self);
guint64                culvert_connection_item_get_n_sent (CulvertConnectionItem *self);
/* What a person reads: somewhat smoothed */
CulvertRate culvert_connection_item_get_rate (CulvertConnectionItem *self);
gint64      culvert_connection_item_get_started_us (CulvertConnectionItem *self); /* monotonic */
/* Is the client on this computer? */
gboolean culvert_connection_item_is_here (CulvertConnectionItem *self);
/* An FTP control connection that is encrypted: its data connections cannot be forwarded. */
gboolean culvert_connection_item_is_hidden_ftp (CulvertConnectionItem *self);
/* Is it an FTP data connection? */
gboolean culvert_connection_item_is_child (CulvertConnectionItem *self);
/* (transfer none) (nullable): of an FTP data connection its control connection, unless that is over */
CulvertConnectionItem *culvert_connection_item_get_parent (CulvertConnectionItem *self);

G_END_DECLS
