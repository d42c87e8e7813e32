/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/import-undo.h"

typedef struct
{
  CulvertProfile *before; /* nullable */
  CulvertProfile *after;
} Change;

struct _CulvertImportUndo
{
  GObject    parent_instance;
  GPtrArray *changes;
};

G_DEFINE_FINAL_TYPE (CulvertImportUndo, culvert_import_undo, G_TYPE_OBJECT)

static void
change_free (gpointer data)
{
  Change *change = data;

  g_clear_pointer (&change->before, culvert_profile_unref);
  culvert_profile_unref (change->after);
  g_free (change);
}

static void
culvert_import_undo_finalize (GObject *object)
{
  g_ptr_array_unref (CULVERT_IMPORT_UNDO (object)->changes);
  G_OBJECT_CLASS (culvert_import_undo_parent_class)->finalize (object);
}

static void
culvert_import_undo_class_init (CulvertImportUndoClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = culvert_import_undo_finalize;
}

static void
culvert_import_undo_init (CulvertImportUndo *self)
{
  self->changes = g_ptr_array_new_with_free_func (change_free);
}

CulvertImportUndo *
culvert_import_undo_new (void)
{
  return g_object_new (CULVERT_TYPE_IMPORT_UNDO, NULL);
}

void
culvert_import_undo_add (CulvertImportUndo *self, CulvertProfile *before, CulvertProfile *after)
{
  Change *change = g_new0 (Change, 1);

  change->before = before != NULL ? culvert_profile_ref (before) : NULL;
  change->after = culvert_profile_ref (after);
  g_ptr_array_add (self->changes, change);
}

guint
culvert_import_undo_get_n (CulvertImportUndo *self)
{
  return self->changes->len;
}

const char *
culvert_import_undo_get_first_id (CulvertImportUndo *self)
{
  return self->changes->len > 0 ? ((Change *)g_ptr_array_index (self->changes, 0))->after->id
                                : NULL;
}

static gboolean
take_back (const Change *change, CulvertTunnelManager *manager, GError **error)
{
  CulvertTunnel *tunnel = culvert_tunnel_manager_find (manager, change->after->id);

  if (tunnel == NULL || !culvert_profile_equal (culvert_tunnel_get_profile (tunnel), change->after))
    return TRUE;
  if (change->before != NULL)
    return culvert_tunnel_manager_save (manager, change->before, error);
  if (!culvert_tunnel_manager_remove (manager, change->after->id, error))
    return FALSE;
  culvert_tunnel_manager_forget_secrets (manager, change->after->id);
  return TRUE;
}

gboolean
culvert_import_undo_apply (CulvertImportUndo *self, CulvertTunnelManager *manager, GError **error)
{
  GError *last = NULL;

  for (guint i = 0; i < self->changes->len; i++)
    {
      g_autoptr (GError) own = NULL;

      if (take_back (g_ptr_array_index (self->changes, i), manager, &own))
        continue;
      g_clear_error (&last);
      last = g_steal_pointer (&own);
    }
  g_ptr_array_set_size (self->changes, 0);
  if (last == NULL)
    return TRUE;
  g_propagate_error (error, last);
  return FALSE;
}
