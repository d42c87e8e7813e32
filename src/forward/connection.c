/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/connection.h"

char *
culvert_connection_dup_target (const CulvertConnection *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->target != NULL ? culvert_endpoint_to_string (self->target)
                              : g_strdup (self->target_text);
}

CulvertConnectionInfo *
culvert_connection_info_new (const CulvertConnection *connection)
{
  CulvertConnectionInfo *info;

  g_return_val_if_fail (connection != NULL, NULL);

  info = g_new0 (CulvertConnectionInfo, 1);
  info->id = connection->id;
  info->parent_id = connection->parent_id;
  info->client = g_strdup (connection->client);
  info->target = culvert_connection_dup_target (connection);
  info->state = connection->state;
  info->n_received = connection->n_received;
  info->n_sent = connection->n_sent;
  info->started_us = connection->started_us;
  info->is_hidden_ftp = connection->is_hidden_ftp;

  return info;
}

void
culvert_connection_info_free (CulvertConnectionInfo *info)
{
  g_return_if_fail (info != NULL);

  g_free (info->client);
  g_free (info->target);
  g_free (info);
}
