/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* How an agent is reached: the one thing about it that differs between systems. */

#include "ssh/agent.h"

G_BEGIN_DECLS

typedef struct
{
  /* Starts to connect; @data is what the agent was made with.
   * Calls @callback soon after @cancellable is cancelled, whatever happens. */
  void (*open_async) (gpointer            data,
                      GCancellable       *cancellable,
                      GAsyncReadyCallback callback,
                      gpointer            user_data);
  /* (transfer full): the connection. */
  GIOStream *(*open_finish) (GAsyncResult *result, GError **error);
  void (*free_data) (gpointer data);
} CulvertAgentOpener;

/**
 * culvert_agent_new:
 * @name: how the agent is called in messages
 * @opener: (nullable): NULL when @stream is all there will ever be
 * @opener_data: (transfer full): for @opener
 * @stream: (nullable) (transfer none): a connection that exists already
 */
CulvertAgent *culvert_agent_new (const char               *name,
                                 const CulvertAgentOpener *opener,
                                 gpointer                  opener_data,
                                 GIOStream                *stream);

G_END_DECLS
