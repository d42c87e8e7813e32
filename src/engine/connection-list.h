/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The connections of a tunnel at one moment, on their way from the link thread to the program's.
 *
 * What never changes about a connection, and takes memory of its own, is sent once: in the first list
 * that has it.  The rest is a row of numbers. */

#include "base/peer-user.h"
#include "forward/connection.h"

G_BEGIN_DECLS

/* What is said of a connection once. */
typedef struct
{
  guint64  parent_id;
  gint64   started_us;
  char    *forward_id;
  char    *client;
  char    *target;
  gboolean is_here; /* the client is on this computer: the system may know its program */
} CulvertConnectionNews;

/* What is said of it every time. */
typedef struct
{
  guint64                id;
  guint64                n_received;
  guint64                n_sent;
  CulvertConnectionState state;
  gboolean               is_hidden_ftp;
  int                    news; /* index; -1: it was said before */
} CulvertConnectionFigures;

/* Whose process is behind a connection, for those that could be asked for this time. */
typedef struct
{
  guint64     id;
  CulvertPeer peer;
} CulvertConnectionPeer;

typedef struct
{
  gint64  taken_us; /* monotonic */
  GArray *figures;  /* of CulvertConnectionFigures */
  GArray *news;     /* of CulvertConnectionNews */
  GArray *peers;    /* of CulvertConnectionPeer */
} CulvertConnectionList;

CulvertConnectionList *culvert_connection_list_new (gint64 taken_us);
void                   culvert_connection_list_free (CulvertConnectionList *self);

/* @news: (transfer full) (nullable): its strings become the list's */
void culvert_connection_list_add (CulvertConnectionList   *self,
                                  CulvertConnectionFigures figures,
                                  CulvertConnectionNews   *news);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertConnectionList, culvert_connection_list_free)

G_END_DECLS
