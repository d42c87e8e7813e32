/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Where secrets are kept between runs: the desktop's keyring behind one interface.
 *
 * Called in the program's own thread.  An operation may wait for the person to unlock the keyring,
 * for as long as they think; cancelling abandons the answer but never the call underneath. */

#include "base/secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define CULVERT_SECRET_STORE_ERROR (culvert_secret_store_error_quark ())
GQuark culvert_secret_store_error_quark (void);

typedef enum
{
  CULVERT_SECRET_STORE_ERROR_ABSENT, /* there is no keyring */
  CULVERT_SECRET_STORE_ERROR_LOCKED, /* it stays locked: the person closed its question */
  CULVERT_SECRET_STORE_ERROR_FAILED,
  CULVERT_SECRET_STORE_ERROR_DENIED, /* it does not let this program in */
} CulvertSecretStoreError;

typedef enum
{
  CULVERT_SECRET_STORE_UNKNOWN, /* not probed yet */
  CULVERT_SECRET_STORE_KEYRING, /* kept in the keyring, survives a restart */
  CULVERT_SECRET_STORE_MEMORY,  /* no keyring: kept until the program ends, and said so */
  CULVERT_SECRET_STORE_DENIED,  /* likewise: there is one, but it does not let this program in */
} CulvertSecretStoreKind;

/* Signal "kind-changed": culvert_secret_store_get_kind() says something else from now on.  A store
 * emits it when it has found out which kind it is, and when a keyring comes or goes. */
#define CULVERT_TYPE_SECRET_STORE (culvert_secret_store_get_type ())
G_DECLARE_INTERFACE (CulvertSecretStore, culvert_secret_store, CULVERT, SECRET_STORE, GObject)

struct _CulvertSecretStoreInterface
{
  GTypeInterface parent_iface;

  CulvertSecretStoreKind (*get_kind) (CulvertSecretStore *self);
  void (*lookup_async) (CulvertSecretStore *self,
                        const char         *tunnel_id,
                        const char         *purpose,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data);
  CulvertSecret *(*lookup_finish) (CulvertSecretStore *self, GAsyncResult *result, GError **error);
  void (*store_async) (CulvertSecretStore *self,
                       const char         *tunnel_id,
                       const char         *purpose,
                       const char         *label,
                       CulvertSecret      *secret,
                       GCancellable       *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer            user_data);
  gboolean (*store_finish) (CulvertSecretStore *self, GAsyncResult *result, GError **error);
  void (*forget_async) (CulvertSecretStore *self,
                        const char         *tunnel_id,
                        const char         *purpose,
                        GCancellable       *cancellable,
                        GAsyncReadyCallback callback,
                        gpointer            user_data);
  gboolean (*forget_finish) (CulvertSecretStore *self, GAsyncResult *result, GError **error);
};

CulvertSecretStoreKind culvert_secret_store_get_kind (CulvertSecretStore *self);

/**
 * culvert_secret_store_lookup_async:
 * @tunnel_id: which tunnel
 * @purpose: what it is for: "password", "passphrase:PATH", "questions:HASH"
 *
 * Returns (finish): (transfer full) (nullable): the secret, or NULL without @error when none is kept
 */
void culvert_secret_store_lookup_async (CulvertSecretStore *self,
                                        const char         *tunnel_id,
                                        const char         *purpose,
                                        GCancellable       *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer            user_data);
CulvertSecret *
culvert_secret_store_lookup_finish (CulvertSecretStore *self, GAsyncResult *result, GError **error);

/* @label: what the keyring's own program shows, in the person's language */
void culvert_secret_store_store_async (CulvertSecretStore *self,
                                       const char         *tunnel_id,
                                       const char         *purpose,
                                       const char         *label,
                                       CulvertSecret      *secret,
                                       GCancellable       *cancellable,
                                       GAsyncReadyCallback callback,
                                       gpointer            user_data);
gboolean
culvert_secret_store_store_finish (CulvertSecretStore *self, GAsyncResult *result, GError **error);

/* @purpose: NULL forgets everything about the tunnel */
void culvert_secret_store_forget_async (CulvertSecretStore *self,
                                        const char         *tunnel_id,
                                        const char         *purpose,
                                        GCancellable       *cancellable,
                                        GAsyncReadyCallback callback,
                                        gpointer            user_data);
gboolean
culvert_secret_store_forget_finish (CulvertSecretStore *self, GAsyncResult *result, GError **error);

G_END_DECLS
