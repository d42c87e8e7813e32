/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/connection-watch.h"

typedef enum
{
  TOLD_NOTHING, /* what a table says of somebody it does not know */
  TOLD_NEWS,    /* its client is still to be asked about */
  TOLD_ALL,
} Told;

/* Ids are counted from 1 by the program, so a pointer holds as many as can be open at once. */
#define KEY(id) GSIZE_TO_POINTER ((gsize)(id))

struct _CulvertConnectionWatch
{
  GHashTable        *told;   /* id → Told, of those that were there the last time */
  CulvertPeerLookup *lookup; /* nullable: nobody was asked about yet */
};

CulvertConnectionWatch *
culvert_connection_watch_new (void)
{
  CulvertConnectionWatch *self = g_new0 (CulvertConnectionWatch, 1);

  self->told = g_hash_table_new (NULL, NULL);

  return self;
}

void
culvert_connection_watch_free (CulvertConnectionWatch *self)
{
  if (self == NULL)
    return;

  g_hash_table_unref (self->told);
  g_clear_pointer (&self->lookup, culvert_peer_lookup_free);
  g_free (self);
}

typedef struct
{
  CulvertConnectionWatch *watch;
  CulvertConnectionList  *list;
  GHashTable             *told; /* of those that are there this time */
} Round;

static Told
ask (Round *round, const CulvertConnection *connection)
{
  CulvertConnectionPeer found = { .id = connection->id };

  if (connection->socket == CULVERT_SOCKET_NONE)
    return TOLD_ALL;
  if (round->list->peers->len == CULVERT_CONNECTION_WATCH_ASKS)
    return TOLD_NEWS;

  if (round->watch->lookup == NULL)
    round->watch->lookup = culvert_peer_lookup_new ();
  found.peer = culvert_peer_lookup_ask (round->watch->lookup, connection->socket);
  g_array_append_val (round->list->peers, found);

  return TOLD_ALL;
}

static void
connection_cb (const char *forward_id, const CulvertConnection *connection, gpointer user_data)
{
  Round                   *round = user_data;
  gpointer                 key = KEY (connection->id);
  Told                     told = GPOINTER_TO_UINT (g_hash_table_lookup (round->watch->told, key));
  CulvertConnectionFigures figures = {
    .id = connection->id,
    .n_received = connection->n_received,
    .n_sent = connection->n_sent,
    .state = connection->state,
    .is_hidden_ftp = connection->is_hidden_ftp,
  };
  CulvertConnectionNews news;

  if (told == TOLD_NOTHING)
    news = (CulvertConnectionNews){
      .parent_id = connection->parent_id,
      .started_us = connection->started_us,
      .forward_id = g_strdup (forward_id),
      .client = g_strdup (connection->client),
      .target = culvert_connection_dup_target (connection),
      .is_here = connection->socket != CULVERT_SOCKET_NONE,
    };
  culvert_connection_list_add (round->list, figures, told == TOLD_NOTHING ? &news : NULL);
  if (told != TOLD_ALL)
    told = ask (round, connection);
  g_hash_table_insert (round->told, key, GUINT_TO_POINTER (told));
}

CulvertConnectionList *
culvert_connection_watch_list (CulvertConnectionWatch *self, CulvertForwardSet *forwards)
{
  Round round = {
    .watch = self,
    .list = culvert_connection_list_new (g_get_monotonic_time ()),
    .told = g_hash_table_new (NULL, NULL),
  };

  culvert_forward_set_visit_connections (forwards, connection_cb, &round);
  g_hash_table_unref (self->told);
  self->told = round.told;

  return round.list;
}
