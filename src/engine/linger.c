/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/linger.h"

#define LIMIT_S 60

static gboolean
limit_cb (gpointer user_data)
{
  gboolean *is_over = user_data;

  *is_over = TRUE;
  return G_SOURCE_REMOVE;
}

void
culvert_linger (GMainContext *context,
                gboolean (*is_quiet) (gpointer user_data),
                gpointer user_data)
{
  g_autoptr (GSource) limit = g_timeout_source_new_seconds (LIMIT_S);
  gboolean            is_over = FALSE;

  g_source_set_callback (limit, limit_cb, &is_over, NULL);
  g_source_attach (limit, context);
  while (!is_quiet (user_data) && !is_over)
    g_main_context_iteration (context, TRUE);
  g_source_destroy (limit);
}
