/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the files of the import share: import-file.c reads files and tells what they are, import-source.c makes
 * candidates of what they say, import.c compares them with what is saved. */

#include "core/import.h"

G_BEGIN_DECLS

#define CULVERT_IMPORT_MAX_CANDIDATES 10000

typedef struct
{
  CulvertImport         *import;
  const CulvertSshFiles *ssh_files;
  GPtrArray             *saved;
  GCancellable          *cancellable;
} CulvertImportReader;

gboolean culvert_import_reader_is_over (const CulvertImportReader *self);

/* (transfer none): a new candidate at the end. @name: (nullable): of the file */
CulvertImportCandidate *culvert_import_add (CulvertImportReader *self,
                                            CulvertImportKind    kind,
                                            const char          *file,
                                            const char          *name);

/* There is no tunnel. @why: (transfer full) */
void culvert_import_candidate_refuse (CulvertImportCandidate *self, CulvertImportNote *why);

/* Reads a file or folder. */
void culvert_import_read_path (CulvertImportReader *self, const char *path);

/* Makes candidates of the content of a file. @path: of the file; @data: ended by a NUL */
void culvert_import_read_culvert (CulvertImportReader *self,
                                  const char          *path,
                                  const char          *data,
                                  gsize                n_bytes);
void culvert_import_read_ssh_config (CulvertImportReader *self, const char *path);
void culvert_import_read_registry (CulvertImportReader *self,
                                   const char          *path,
                                   const char          *data,
                                   gsize                n_bytes);
void culvert_import_read_commands (CulvertImportReader *self, const char *path, const char *text);
void culvert_import_read_unit (CulvertImportReader *self, const char *path, const char *text);
/* @sessions: (element-type CulvertPuttySession): of one folder, or of one export */
void culvert_import_read_sessions (CulvertImportReader *self, GPtrArray *sessions);

/* Finds the saved tunnel of each candidate, and in what it differs. */
void culvert_import_compare (CulvertImportReader *self, CulvertImportCandidate *candidate);

G_END_DECLS
