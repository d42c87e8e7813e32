/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Sessions that PuTTY has saved: what the registry editor of Windows exports (.reg, of version 5 or 4), or
 * the files of ~/.putty/sessions.  Pure.
 *
 * Only what a tunnel can use is kept of a session, and no password, which PuTTY saves for proxies.
 *
 * Spec: PuTTY 0.83, settings.c, windows/storage.c, unix/storage.c. */

#include "core/import-note.h"
#include "core/profile.h"

G_BEGIN_DECLS

#define CULVERT_PUTTY_MAX_BYTES    (32 * 1024 * 1024) /* of a registry export: 20 KiB a session */
#define CULVERT_PUTTY_MAX_SESSIONS 4096

typedef struct
{
  char              *name; /* what PuTTY's list shows */
  char              *file; /* as it was named */
  guint              line; /* where it begins, 1 for a file of its own */
  GHashTable        *values;
  CulvertImportNote *trouble; /* nullable: the first line that makes no sense */
} CulvertPuttySession;

void culvert_putty_session_free (CulvertPuttySession *self);

/* Do these bytes begin as an export of the registry does? */
gboolean culvert_putty_is_registry (const char *data, gsize n_bytes);

/* Does this text look like a file of ~/.putty/sessions? */
gboolean culvert_putty_is_session (const char *text);

/**
 * culvert_putty_read_registry:
 * @file: for messages
 *
 * Returns: (transfer full) (element-type CulvertPuttySession): in their order, those of forks included; other
 *   keys are passed over. More than CULVERT_PUTTY_MAX_SESSIONS are not read
 */
GPtrArray *culvert_putty_read_registry (const char *file, const char *data, gsize n_bytes);

/* (transfer full): @base_name: the file's own name, which says that of the session */
CulvertPuttySession *
culvert_putty_read_session (const char *file, const char *base_name, const char *text);

/**
 * culvert_putty_session_to_profile:
 * @sessions: (element-type CulvertPuttySession): all there are: a proxy may be one of them
 * @notes: (element-type CulvertImportNote): gets what the tunnel lacks
 * @why: (out) (transfer full) (nullable): why there is none
 *
 * Returns: (transfer full) (nullable): with the ids of tunnel and forwards made of the names, so that they are
 *   the same each time
 */
CulvertProfile *culvert_putty_session_to_profile (const CulvertPuttySession *self,
                                                  GPtrArray                 *sessions,
                                                  GPtrArray                 *notes,
                                                  CulvertImportNote        **why);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertPuttySession, culvert_putty_session_free)

G_END_DECLS
