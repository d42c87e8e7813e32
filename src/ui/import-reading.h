/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Reads what there is to import, in a worker thread: files may be on a disk that does not answer.  No command
 * that a file asks for is run. */

#include "core/import.h"

G_BEGIN_DECLS

/* @saved: (element-type CulvertProfile): what to compare with */
void culvert_import_reading_start (const char *const  *paths,
                                   GPtrArray          *saved,
                                   GCancellable       *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data);

/* (transfer full) (nullable). Errors: `G_IO_ERROR_CANCELLED` alone */
CulvertImport *culvert_import_reading_finish (GAsyncResult *result, GError **error);

/* A place where other programs keep their servers. */
typedef struct
{
  CulvertImportKind kind;
  char             *path;
  char             *shown;   /* with "~" for the home folder */
  guint             n_found; /* servers or sessions that can be had; at least one */
} CulvertImportPlace;

void culvert_import_place_free (CulvertImportPlace *self);

/* Looks into the usual places. */
void culvert_import_places_find (GCancellable       *cancellable,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data);

/* (transfer full) (nullable) (element-type CulvertImportPlace): those with something in them. Errors:
 * `G_IO_ERROR_CANCELLED` alone */
GPtrArray *culvert_import_places_finish (GAsyncResult *result, GError **error);

G_END_DECLS
