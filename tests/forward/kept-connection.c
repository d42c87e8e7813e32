/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "kept-connection.h"

static void
kept_connection_free (gpointer data)
{
  KeptConnection *self = data;

  g_free (self->client);
  g_free (self->target);
  g_free (self);
}

static void
keep_cb (const CulvertConnection *connection, gpointer user_data)
{
  KeptConnection *self = g_new0 (KeptConnection, 1);

  self->id = connection->id;
  self->parent_id = connection->parent_id;
  self->client = g_strdup (connection->client);
  self->target = culvert_connection_dup_target (connection);
  self->state = connection->state;
  self->n_received = connection->n_received;
  self->n_sent = connection->n_sent;
  self->started_us = connection->started_us;
  self->is_hidden_ftp = connection->is_hidden_ftp;
  g_ptr_array_add (user_data, self);
}

GPtrArray *
kept_connections_list (CulvertForward *forward)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (kept_connection_free);

  culvert_forward_visit_connections (forward, keep_cb, list);
  return list;
}
