/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One call at a time to a secret store, in the order in which they were asked for, whichever tunnel
 * asks: a locked keyring then asks the person once, and a lookup sees what was stored before it.
 *
 * There is one queue for each store; it lives as long as the store.  Belongs to the program's own
 * thread. */

#include "core/secret-store.h"

G_BEGIN_DECLS

typedef struct _CulvertSecretQueue CulvertSecretQueue;

/* @secret: what was found: NULL when nothing was, or after any other call; @error: nullable */
typedef void (*CulvertSecretFunc) (CulvertSecret *secret, const GError *error, gpointer user_data);

/* (transfer none) */
CulvertSecretQueue *culvert_secret_queue_get (CulvertSecretStore *store);

/**
 * culvert_secret_queue_lookup:
 * @cancellable: once cancelled, @func is not called any more
 * @destroy: for @user_data, when @func was called or never will be
 */
void culvert_secret_queue_lookup (CulvertSecretQueue *self,
                                  const char         *tunnel_id,
                                  const char         *purpose,
                                  GCancellable       *cancellable,
                                  CulvertSecretFunc   func,
                                  gpointer            user_data,
                                  GDestroyNotify      destroy);

void culvert_secret_queue_store (CulvertSecretQueue *self,
                                 const char         *tunnel_id,
                                 const char         *purpose,
                                 const char         *label,
                                 CulvertSecret      *secret,
                                 CulvertSecretFunc   func,
                                 gpointer            user_data,
                                 GDestroyNotify      destroy);

/* @purpose: NULL forgets everything about the tunnel */
void culvert_secret_queue_forget (CulvertSecretQueue *self,
                                  const char         *tunnel_id,
                                  const char         *purpose,
                                  CulvertSecretFunc   func,
                                  gpointer            user_data,
                                  GDestroyNotify      destroy);

G_END_DECLS
