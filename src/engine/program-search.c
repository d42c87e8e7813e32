/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/program-search.h"

#include <gio/gio.h>

#define PAUSE_US G_USEC_PER_SEC

/* The owner has one reference, a look that is under way another. */
struct _CulvertProgramSearch
{
  gint                     ref_count; /* the owner's thread only */
  CulvertProgramSearchFunc found;     /* NULL once the owner left */
  gpointer                 user_data;
  GArray                  *wanted; /* of CulvertConnectionPeer */
  gboolean                 is_looking;
  gint64                   looked_us; /* monotonic: when the last look ended; 0: there was none */
};

/* What the worker has for itself. */
typedef struct
{
  GArray             *wanted;
  CulvertPeerProgram *programs; /* as many; set by the worker */
} Look;

static void
look_free (gpointer data)
{
  Look *look = data;

  for (guint i = 0; look->programs != NULL && i < look->wanted->len; i++)
    g_free (look->programs[i].name);
  g_free (look->programs);
  g_array_unref (look->wanted);
  g_free (look);
}

static void
unref_search (CulvertProgramSearch *self)
{
  if (--self->ref_count > 0)
    return;

  g_array_unref (self->wanted);
  g_free (self);
}

CulvertProgramSearch *
culvert_program_search_new (CulvertProgramSearchFunc found, gpointer user_data)
{
  CulvertProgramSearch *self = g_new0 (CulvertProgramSearch, 1);

  self->ref_count = 1;
  self->found = found;
  self->user_data = user_data;
  self->wanted = g_array_new (FALSE, FALSE, sizeof (CulvertConnectionPeer));

  return self;
}

void
culvert_program_search_leave (CulvertProgramSearch *self)
{
  if (self == NULL)
    return;

  self->found = NULL;
  unref_search (self);
}

void
culvert_program_search_add (CulvertProgramSearch *self, const CulvertConnectionPeer *peer)
{
  if (peer->peer.pid != 0 || peer->peer.socket_id != 0)
    g_array_append_vals (self->wanted, peer, 1);
}

static void
look_cb (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Look                   *look = data;
  g_autofree CulvertPeer *peers = g_new (CulvertPeer, look->wanted->len);

  for (guint i = 0; i < look->wanted->len; i++)
    peers[i] = g_array_index (look->wanted, CulvertConnectionPeer, i).peer;
  look->programs = g_new0 (CulvertPeerProgram, look->wanted->len);
  culvert_peer_find_programs (peers, look->wanted->len, look->programs);
  g_task_return_boolean (task, TRUE);
}

static void
looked_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CulvertProgramSearch *self = user_data;
  Look                 *look = g_task_get_task_data (G_TASK (result));

  self->is_looking = FALSE;
  self->looked_us = g_get_monotonic_time ();
  for (guint i = 0; i < look->wanted->len && self->found != NULL; i++)
    {
      if (look->programs[i].name != NULL)
        self->found (g_array_index (look->wanted, CulvertConnectionPeer, i).id, &look->programs[i],
                     self->user_data);
    }
  unref_search (self);
}

void
culvert_program_search_run (CulvertProgramSearch *self)
{
  g_autoptr (GTask) task = NULL;
  Look             *look;

  if (self->is_looking || self->wanted->len == 0 ||
      (self->looked_us != 0 && g_get_monotonic_time () < self->looked_us + PAUSE_US))
    return;

  look = g_new0 (Look, 1);
  look->wanted = g_steal_pointer (&self->wanted);
  self->wanted = g_array_new (FALSE, FALSE, sizeof (CulvertConnectionPeer));
  self->is_looking = TRUE;
  self->ref_count++;
  task = g_task_new (NULL, NULL, looked_cb, self);
  g_task_set_task_data (task, look, look_free);
  g_task_run_in_thread (task, look_cb);
}
