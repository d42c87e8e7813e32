/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/import-reading.h"

#include "core/ssh-files.h"

typedef struct
{
  GStrv      paths;
  GPtrArray *saved;
} Wanted;

static void
wanted_free (gpointer data)
{
  Wanted *wanted = data;

  g_strfreev (wanted->paths);
  g_ptr_array_unref (wanted->saved);
  g_free (wanted);
}

static void
unref_import (gpointer data)
{
  culvert_import_unref (data);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Wanted               *wanted = data;
  g_autoptr (CulvertSshFiles) files = culvert_ssh_files_new ();

  g_task_return_pointer (
    task,
    culvert_import_read ((const char *const *)wanted->paths, files, wanted->saved, cancellable),
    unref_import);
}

void
culvert_import_reading_start (const char *const  *paths,
                              GPtrArray          *saved,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);
  Wanted           *wanted = g_new0 (Wanted, 1);

  wanted->paths = g_strdupv ((char **)paths);
  wanted->saved = g_ptr_array_ref (saved);
  g_task_set_source_tag (task, culvert_import_reading_start);
  g_task_set_task_data (task, wanted, wanted_free);
  /* Whoever cancels does not wait for a disk. */
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, read_in_thread);
}

CulvertImport *
culvert_import_reading_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
culvert_import_place_free (CulvertImportPlace *self)
{
  g_free (self->path);
  g_free (self->shown);
  g_free (self);
}

/* Where PuTTY keeps its sessions: the older place wins, as it does there. */
static const struct
{
  CulvertImportKind kind;
  const char       *path; /* below the home folder */
} usual_places[] = {
  { CULVERT_IMPORT_KIND_SSH_CONFIG, ".ssh/config" },
  { CULVERT_IMPORT_KIND_PUTTY, ".putty/sessions" },
  { CULVERT_IMPORT_KIND_PUTTY, ".config/putty/sessions" },
};

static void
look_into (GPtrArray *places, guint index, GCancellable *cancellable)
{
  g_autofree char *path = g_build_filename (g_get_home_dir (), usual_places[index].path, NULL);
  const char      *paths[] = { path, NULL };
  g_autoptr (CulvertSshFiles) files = culvert_ssh_files_new ();
  g_autoptr (GPtrArray)       saved = g_ptr_array_new ();
  g_autoptr (CulvertImport)   import = NULL;
  CulvertImportPlace         *place;
  guint                       n_found = 0;

  if (!g_file_test (path, G_FILE_TEST_EXISTS))
    return;
  import = culvert_import_read (paths, files, saved, cancellable);
  for (guint i = 0; i < import->candidates->len; i++)
    n_found += culvert_import_candidate_is_usable (g_ptr_array_index (import->candidates, i));
  if (n_found == 0)
    return;
  place = g_new0 (CulvertImportPlace, 1);
  place->kind = usual_places[index].kind;
  place->path = g_steal_pointer (&path);
  place->shown = g_strconcat ("~/", usual_places[index].path, NULL);
  place->n_found = n_found;
  g_ptr_array_add (places, place);
}

static void
find_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GPtrArray *places = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_import_place_free);

  for (guint i = 0; i < G_N_ELEMENTS (usual_places); i++)
    look_into (places, i, cancellable);
  g_task_return_pointer (task, places, (GDestroyNotify)g_ptr_array_unref);
}

void
culvert_import_places_find (GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, culvert_import_places_find);
  g_task_set_return_on_cancel (task, TRUE);
  g_task_run_in_thread (task, find_in_thread);
}

GPtrArray *
culvert_import_places_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
