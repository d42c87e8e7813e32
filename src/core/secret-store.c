/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/secret-store.h"

G_DEFINE_QUARK (culvert_secret_store_error, culvert_secret_store_error)
G_DEFINE_INTERFACE (CulvertSecretStore, culvert_secret_store, G_TYPE_OBJECT)

static void
culvert_secret_store_default_init (CulvertSecretStoreInterface *iface)
{
  g_signal_new ("kind-changed", G_TYPE_FROM_INTERFACE (iface), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                NULL, G_TYPE_NONE, 0);
}

CulvertSecretStoreKind
culvert_secret_store_get_kind (CulvertSecretStore *self)
{
  g_return_val_if_fail (CULVERT_IS_SECRET_STORE (self), CULVERT_SECRET_STORE_UNKNOWN);

  return CULVERT_SECRET_STORE_GET_IFACE (self)->get_kind (self);
}

void
culvert_secret_store_lookup_async (CulvertSecretStore *self,
                                   const char         *tunnel_id,
                                   const char         *purpose,
                                   GCancellable       *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data)
{
  g_return_if_fail (CULVERT_IS_SECRET_STORE (self));
  g_return_if_fail (tunnel_id != NULL && purpose != NULL);

  CULVERT_SECRET_STORE_GET_IFACE (self)->lookup_async (self, tunnel_id, purpose, cancellable,
                                                       callback, user_data);
}

CulvertSecret *
culvert_secret_store_lookup_finish (CulvertSecretStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CULVERT_IS_SECRET_STORE (self), NULL);

  return CULVERT_SECRET_STORE_GET_IFACE (self)->lookup_finish (self, result, error);
}

void
culvert_secret_store_store_async (CulvertSecretStore *self,
                                  const char         *tunnel_id,
                                  const char         *purpose,
                                  const char         *label,
                                  CulvertSecret      *secret,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data)
{
  g_return_if_fail (CULVERT_IS_SECRET_STORE (self));
  g_return_if_fail (tunnel_id != NULL && purpose != NULL && label != NULL && secret != NULL);

  CULVERT_SECRET_STORE_GET_IFACE (self)->store_async (self, tunnel_id, purpose, label, secret,
                                                      cancellable, callback, user_data);
}

gboolean
culvert_secret_store_store_finish (CulvertSecretStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CULVERT_IS_SECRET_STORE (self), FALSE);

  return CULVERT_SECRET_STORE_GET_IFACE (self)->store_finish (self, result, error);
}

void
culvert_secret_store_forget_async (CulvertSecretStore *self,
                                   const char         *tunnel_id,
                                   const char         *purpose,
                                   GCancellable       *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data)
{
  g_return_if_fail (CULVERT_IS_SECRET_STORE (self));
  g_return_if_fail (tunnel_id != NULL);

  CULVERT_SECRET_STORE_GET_IFACE (self)->forget_async (self, tunnel_id, purpose, cancellable,
                                                       callback, user_data);
}

gboolean
culvert_secret_store_forget_finish (CulvertSecretStore *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (CULVERT_IS_SECRET_STORE (self), FALSE);

  return CULVERT_SECRET_STORE_GET_IFACE (self)->forget_finish (self, result, error);
}
