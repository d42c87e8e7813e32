/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a forward shows of a connection in passing, kept for a test to look at. */

#include "forward/forward.h"

G_BEGIN_DECLS

/* As in CulvertConnection */
typedef struct
{
  guint64                id;
  guint64                parent_id;
  char                  *client;
  char                  *target;
  CulvertConnectionState state;
  guint64                n_received;
  guint64                n_sent;
  gint64                 started_us;
  gboolean               is_hidden_ftp;
} KeptConnection;

/* (transfer full) (element-type KeptConnection) */
GPtrArray *kept_connections_list (CulvertForward *forward);

G_END_DECLS
