/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the files of known hosts say, line by line, for people to look at and to remove.
 *
 * A CulvertKnownHost is one line that makes sense. It belongs to the program's own thread; reading and
 * changing files is done by worker threads. Property "line-number": it changes when a line above it goes
 * or comes back. */

#include "core/profile.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef enum
{
  CULVERT_KNOWN_HOST_KEY,
  CULVERT_KNOWN_HOST_AUTHORITY, /* its certificates are trusted */
  CULVERT_KNOWN_HOST_REVOKED,
} CulvertKnownHostKind;

#define CULVERT_TYPE_KNOWN_HOST (culvert_known_host_get_type ())
G_DECLARE_FINAL_TYPE (CulvertKnownHost, culvert_known_host, CULVERT, KNOWN_HOST, GObject)

CulvertKnownHostKind culvert_known_host_get_kind (CulvertKnownHost *self);
/* (nullable): names and patterns with commas between; NULL: they are hashed */
const char *culvert_known_host_get_names (CulvertKnownHost *self);
const char *culvert_known_host_get_type_name (CulvertKnownHost *self); /* "ssh-ed25519" */
const char *culvert_known_host_get_fingerprint (CulvertKnownHost *self);
const char *culvert_known_host_get_file (CulvertKnownHost *self);
guint       culvert_known_host_get_line_number (CulvertKnownHost *self);

/* Whether a search for @text finds it: a part of a name, of the type, of the fingerprint or of
 * "file:line", or a whole name, which is compared with hashed ones and with patterns, too.  "" finds
 * everything. */
gboolean culvert_known_host_matches (CulvertKnownHost *self, const char *text);

/* A line was taken out (-1) or put in (+1) at @line_number of @file. */
void culvert_known_host_shift (CulvertKnownHost *self, const char *file, guint line_number, int by);

/* (transfer full): the usual files, and those that @profiles name, each once */
GStrv culvert_known_host_files (CulvertProfile *const *profiles, guint n_profiles);

/* Reads @files, in their order. */
void culvert_known_host_read_async (const char *const  *files,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data);

/**
 * culvert_known_host_read_finish:
 * @error: (out): the last file that cannot be read; the result is complete but for that
 *
 * Returns: (transfer full) (nullable) (element-type CulvertKnownHost): NULL only when cancelled
 */
GPtrArray *culvert_known_host_read_finish (GAsyncResult *result, GError **error);

/* Takes its line out of the file, or puts it back. Errors: CULVERT_SSH_ERROR_HOST_KEY_STORE; a line that
 * is gone already is none. */
void     culvert_known_host_remove_async (CulvertKnownHost   *self,
                                          GAsyncReadyCallback callback,
                                          gpointer            user_data);
void     culvert_known_host_put_back_async (CulvertKnownHost   *self,
                                            GAsyncReadyCallback callback,
                                            gpointer            user_data);
gboolean culvert_known_host_change_finish (GAsyncResult *result, GError **error);

G_END_DECLS
