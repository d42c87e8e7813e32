/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The two places that keyring.c keeps secrets in: the desktop's keyring, and a table in memory. */

#include "core/secret-store.h"

G_BEGIN_DECLS

/* The keyring itself: one call at a time, never cancelled, a call that fails is tried once more on a
 * fresh connection.  Errors of all: `CULVERT_SECRET_STORE_ERROR_ABSENT` nothing there answers;
 * `…_LOCKED` the person did not unlock it; `…_FAILED`. */

/* (transfer full) (nullable): why nothing can be there; asks nobody. */
GError *culvert_keyring_service_explain_absence (void);

/* Does anything answer?  Never asks the person. */
void     culvert_keyring_service_probe_async (GAsyncReadyCallback callback, gpointer user_data);
gboolean culvert_keyring_service_probe_finish (GAsyncResult *result, GError **error);

/* @may_ask: whether a locked keyring may ask the person; if not, a secret in one is LOCKED at once */
void culvert_keyring_service_lookup_async (const char         *tunnel_id,
                                           const char         *purpose,
                                           gboolean            may_ask,
                                           GAsyncReadyCallback callback,
                                           gpointer            user_data);
/* (transfer full) (nullable): NULL without @error when there is none */
CulvertSecret *culvert_keyring_service_lookup_finish (GAsyncResult *result, GError **error);

void     culvert_keyring_service_store_async (const char         *tunnel_id,
                                              const char         *purpose,
                                              const char         *label,
                                              CulvertSecret      *secret,
                                              GAsyncReadyCallback callback,
                                              gpointer            user_data);
gboolean culvert_keyring_service_store_finish (GAsyncResult *result, GError **error);

/* Never asks the person: what is in a locked keyring stays, with LOCKED. */
void     culvert_keyring_service_forget_async (const char         *tunnel_id,
                                               const char         *purpose,
                                               GAsyncReadyCallback callback,
                                               gpointer            user_data);
gboolean culvert_keyring_service_forget_finish (GAsyncResult *result, GError **error);

typedef struct _CulvertKeyringService CulvertKeyringService;

/* Calls @func, in the thread's default context, when a keyring has come to the session; (transfer
 * full), NULL where that cannot be watched. */
CulvertKeyringService *culvert_keyring_service_watch (void (*func) (gpointer user_data),
                                                      gpointer user_data);
void                   culvert_keyring_service_unwatch (CulvertKeyringService *self);

/* The keyring's questions, however they end, end from now on for those who wait for them. */
void culvert_keyring_mend_questions (void);
/* So far: those whose keyring went while they were open. */
guint culvert_keyring_count_lost_questions (void);

/* Secrets in memory: a table from tunnel and purpose. */
typedef struct _CulvertKeyringMemory CulvertKeyringMemory;

CulvertKeyringMemory *culvert_keyring_memory_new (void);
void                  culvert_keyring_memory_free (CulvertKeyringMemory *self);
/* (transfer full) (nullable) */
CulvertSecret *culvert_keyring_memory_lookup (CulvertKeyringMemory *self,
                                              const char           *tunnel_id,
                                              const char           *purpose);
void           culvert_keyring_memory_store (CulvertKeyringMemory *self,
                                             const char           *tunnel_id,
                                             const char           *purpose,
                                             CulvertSecret        *secret);
/* @purpose: NULL forgets everything about the tunnel */
void culvert_keyring_memory_forget (CulvertKeyringMemory *self,
                                    const char           *tunnel_id,
                                    const char           *purpose);

/* For tests: how long after a closed question lookups ask no new one, in place of the usual time. */
void culvert_keyring_set_quiet_ms (CulvertSecretStore *store, guint quiet_ms);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertKeyringMemory, culvert_keyring_memory_free)

G_END_DECLS
