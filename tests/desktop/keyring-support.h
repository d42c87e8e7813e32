/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the tests of the keyring share: a view of the session's bus that is not the program's own,
 * and calls of a store that wait for their end. */

#include "core/secret-store.h"

G_BEGIN_DECLS

/* Does somebody own org.freedesktop.secrets? (transfer full) (nullable): the unique name */
char *culvert_test_find_keyring (GDBusConnection *bus);

/* Locks the default collection of the real keyring. */
void culvert_test_lock_keyring (GDBusConnection *bus);

/* How many items the keyring has, locked or not, that belong to @tunnel_id. */
guint culvert_test_count_items (GDBusConnection *bus, const char *tunnel_id);

/* (transfer full): the attributes of all items of @tunnel_id, as anybody can read them. */
char *culvert_test_read_attributes (GDBusConnection *bus, const char *tunnel_id);

/* Waits until the store knows its kind. */
void culvert_test_wait_for_kind (CulvertSecretStore *store, CulvertSecretStoreKind kind);

/* Calls that wait.  (transfer full) (nullable) */
CulvertSecret *culvert_test_lookup (CulvertSecretStore *store,
                                    const char         *tunnel_id,
                                    const char         *purpose,
                                    GError            **error);
gboolean       culvert_test_store (CulvertSecretStore *store,
                                   const char         *tunnel_id,
                                   const char         *purpose,
                                   const char         *text,
                                   GError            **error);
gboolean       culvert_test_forget (CulvertSecretStore *store,
                                    const char         *tunnel_id,
                                    const char         *purpose,
                                    GError            **error);

/* Looks up and compares; @text NULL: there must be none. */
void culvert_test_assert_secret (CulvertSecretStore *store,
                                 const char         *tunnel_id,
                                 const char         *purpose,
                                 const char         *text);

/* Stores, which must work. */
void culvert_test_put_secret (CulvertSecretStore *store,
                              const char         *tunnel_id,
                              const char         *purpose,
                              const char         *text);

/* Drops @store (taken), waits until it is gone. */
void culvert_test_drop_store (CulvertSecretStore *store);

G_END_DECLS
