/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/connection-list.h"

static void
clear_news (gpointer data)
{
  CulvertConnectionNews *news = data;

  g_free (news->forward_id);
  g_free (news->client);
  g_free (news->target);
}

CulvertConnectionList *
culvert_connection_list_new (gint64 taken_us)
{
  CulvertConnectionList *self = g_new0 (CulvertConnectionList, 1);

  self->taken_us = taken_us;
  self->figures = g_array_new (FALSE, FALSE, sizeof (CulvertConnectionFigures));
  self->news = g_array_new (FALSE, FALSE, sizeof (CulvertConnectionNews));
  g_array_set_clear_func (self->news, clear_news);
  self->peers = g_array_new (FALSE, FALSE, sizeof (CulvertConnectionPeer));

  return self;
}

void
culvert_connection_list_free (CulvertConnectionList *self)
{
  if (self == NULL)
    return;

  g_array_unref (self->figures);
  g_array_unref (self->news);
  g_array_unref (self->peers);
  g_free (self);
}

void
culvert_connection_list_add (CulvertConnectionList   *self,
                             CulvertConnectionFigures figures,
                             CulvertConnectionNews   *news)
{
  figures.news = news != NULL ? (int)self->news->len : -1;
  g_array_append_val (self->figures, figures);
  if (news != NULL)
    g_array_append_val (self->news, *news);
}
