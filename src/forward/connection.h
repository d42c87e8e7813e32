/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One relayed connection of a forward, as whoever asks gets to see it: in passing, without a copy of
 * anything. */

#include "base/socket.h"
#include "core/endpoint.h"

G_BEGIN_DECLS

/* What the log calls a client that came by the server and has no address. */
#define CULVERT_CLIENT_AT_SERVER "a client at the server"

typedef enum
{
  CULVERT_CONNECTION_OPENING, /* the target has not answered yet */
  CULVERT_CONNECTION_OPEN,
  CULVERT_CONNECTION_HELD, /* waits for a session */
} CulvertConnectionState;

/* Borrowed from its forward: nothing of it outlasts the call that shows it. */
typedef struct
{
  guint64 id; /* never used twice in a program's life */
  /* of an FTP data connection: its control connection, which may be over; else 0 */
  guint64                parent_id;
  const char            *client; /* its address as text, "" when it has none */
  const CulvertEndpoint *target; /* nullable: see target_text */
  const char            *target_text;
  CulvertConnectionState state;
  guint64                n_received;
  guint64                n_sent;
  gint64                 started_us; /* monotonic */
  /* An FTP control connection that is encrypted: its data connections cannot be forwarded. */
  gboolean      is_hidden_ftp;
  CulvertSocket socket; /* the client's; CULVERT_SOCKET_NONE: it is not on this computer */
} CulvertConnection;

typedef void (*CulvertConnectionFunc) (const CulvertConnection *connection, gpointer user_data);

/* (transfer full) */
char *culvert_connection_dup_target (const CulvertConnection *self);

G_END_DECLS
