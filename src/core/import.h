/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Importing tunnels: what foreign files hold, beside what is saved already.  Nothing is saved, started or run
 * here, and no secret is taken over: a person looks at the candidates first.
 *
 * What a file is, its content says, not its name: a tunnel's own file, ssh_config(5), PuTTY's sessions (an export of
 * the registry, a file of ~/.putty/sessions, that folder), ssh commands, a unit of systemd(1). */

#include "core/import-note.h"
#include "core/profile.h"
#include "core/ssh-config.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  CULVERT_IMPORT_KIND_CULVERT,
  CULVERT_IMPORT_KIND_SSH_CONFIG,
  CULVERT_IMPORT_KIND_PUTTY,
  CULVERT_IMPORT_KIND_COMMANDS, /* lines that begin with ssh */
  CULVERT_IMPORT_KIND_UNIT,
  CULVERT_IMPORT_KIND_UNKNOWN,
} CulvertImportKind;

typedef enum
{
  CULVERT_IMPORT_NEW,
  CULVERT_IMPORT_SAME,       /* saved already */
  CULVERT_IMPORT_DIFFERENT,  /* a saved one has its id, or its name */
  CULVERT_IMPORT_LEFT_OUT,   /* no tunnel, and not meant to be one; why */
  CULVERT_IMPORT_IMPOSSIBLE, /* it cannot be had; why */
} CulvertImportState;

typedef enum
{
  CULVERT_IMPORT_SKIP,
  CULVERT_IMPORT_ADD,       /* of a new one */
  CULVERT_IMPORT_REPLACE,   /* the saved one becomes what the file says */
  CULVERT_IMPORT_KEEP_BOTH, /* under a name of its own beside it */
} CulvertImportChoice;

typedef struct
{
  CulvertImportKind  kind;
  CulvertImportState state;
  char              *file; /* as it was named; never NULL */
  char           *name; /* what it is called there; the file's name where there is nothing better */
  CulvertProfile *profile; /* as the saved one would be after replacing; NULL where there is none */
  CulvertProfile *existing;    /* the saved one, of SAME and DIFFERENT */
  gboolean        by_name;     /* of DIFFERENT: just the names are the same */
  GPtrArray      *differences; /* of CulvertDifference; from existing to profile */
  GPtrArray      *notes;       /* of CulvertImportNote: what the tunnel lacks; not those of all */
  CulvertImportNote *why;      /* of LEFT_OUT and IMPOSSIBLE */
} CulvertImportCandidate;

/* A counted value that does not change once it is read. */
typedef struct
{
  /* private */
  gatomicrefcount ref_count;

  /* public */
  GPtrArray *candidates; /* of CulvertImportCandidate, in the order of the files */
  GPtrArray *notes;      /* of CulvertImportNote: about several of them, each once */
} CulvertImport;

/**
 * culvert_import_read:
 * @paths: files and folders; of a folder what is recognised in it, and in its "sessions"
 * @ssh_files: where files of ssh_config come from; used by this call alone
 * @saved: (element-type CulvertProfile): what to compare with
 * @cancellable: (nullable): then the rest is left unread
 *
 * May take as long as the files take: never in the thread of a window.
 *
 * Returns: (transfer full)
 */
CulvertImport *culvert_import_read (const char *const     *paths,
                                    const CulvertSshFiles *ssh_files,
                                    GPtrArray             *saved,
                                    GCancellable          *cancellable);
CulvertImport *culvert_import_ref (CulvertImport *self);
void           culvert_import_unref (CulvertImport *self);

/* (transfer full) (element-type CulvertProfile): those of @store, a model of CulvertProfileEntry */
GPtrArray *culvert_import_list_saved (GListModel *store);

/* Can it be imported at all, and does it do something: has it forwards? */
gboolean culvert_import_candidate_is_usable (const CulvertImportCandidate *self);
gboolean culvert_import_candidate_carries (const CulvertImportCandidate *self);

/**
 * culvert_import_candidate_build:
 * @choice: none but SKIP for what is not usable
 * @saved: (element-type CulvertProfile): whose names are taken
 *
 * Returns: (transfer full) (nullable): what to save; NULL for SKIP
 */
CulvertProfile *culvert_import_candidate_build (const CulvertImportCandidate *self,
                                                CulvertImportChoice           choice,
                                                GPtrArray                    *saved);

/**
 * culvert_import_read_bytes:
 * @n_max: never more than that and one byte are read, whatever it is that was named
 *
 * Errors: those of GIO; `G_IO_ERROR_MESSAGE_TOO_LARGE`.
 *
 * Returns: (transfer full) (nullable): ended by a NUL, which does not count
 */
GBytes *culvert_import_read_bytes (const char *path, gsize n_max, GError **error);

/* (transfer full): the id of a tunnel's file: its name, if that can be one, else a new one */
char *culvert_import_id_of_file (const char *path);

/* The kind of what @data begins with. @path: decides only where the content does not */
CulvertImportKind culvert_import_kind_of (const char *path, const char *data, gsize n_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertImport, culvert_import_unref)

G_END_DECLS
