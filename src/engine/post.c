/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/post.h"

void
culvert_post (GMainContext  *context,
              GSourceFunc    func,
              gpointer       message,
              GDestroyNotify free_message)
{
  g_autoptr (GSource) source = g_idle_source_new ();

  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_callback (source, func, message, free_message);
  g_source_attach (source, context);
}
