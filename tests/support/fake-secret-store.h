/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A CulvertSecretStore in memory, in one of the situations that a keyring can be in. */

#include "core/secret-store.h"

G_BEGIN_DECLS

typedef enum
{
  CULVERT_FAKE_SECRETS_EMPTY,  /* a keyring that works and holds what was put in */
  CULVERT_FAKE_SECRETS_LOCKED, /* the person closes its question: …_ERROR_LOCKED */
  CULVERT_FAKE_SECRETS_ABSENT, /* …_ERROR_ABSENT; its kind is CULVERT_SECRET_STORE_MEMORY */
  CULVERT_FAKE_SECRETS_SLOW,   /* works, but answers only culvert_fake_secret_store_release() */
} CulvertFakeSecretsSituation;

#define CULVERT_TYPE_FAKE_SECRET_STORE (culvert_fake_secret_store_get_type ())
G_DECLARE_FINAL_TYPE (CulvertFakeSecretStore,
                      culvert_fake_secret_store,
                      CULVERT,
                      FAKE_SECRET_STORE,
                      GObject)

CulvertFakeSecretStore *culvert_fake_secret_store_new (CulvertFakeSecretsSituation situation);

/* Emits "kind-changed" when that says something else about its kind. */
void culvert_fake_secret_store_set_situation (CulvertFakeSecretStore     *self,
                                              CulvertFakeSecretsSituation situation);

/* What it holds, whatever the situation. @text of put: NULL takes the secret away.
 * dup_text: (transfer full) (nullable) */
void  culvert_fake_secret_store_put (CulvertFakeSecretStore *self,
                                     const char             *tunnel_id,
                                     const char             *purpose,
                                     const char             *text);
char *culvert_fake_secret_store_dup_text (CulvertFakeSecretStore *self,
                                          const char             *tunnel_id,
                                          const char             *purpose);
guint culvert_fake_secret_store_get_n_secrets (CulvertFakeSecretStore *self);

/* How often it was asked, also in vain. */
guint culvert_fake_secret_store_get_n_lookups (CulvertFakeSecretStore *self);
guint culvert_fake_secret_store_get_n_stores (CulvertFakeSecretStore *self);
guint culvert_fake_secret_store_get_n_forgets (CulvertFakeSecretStore *self);

/* (nullable): the label of the last call to store, also in vain */
const char *culvert_fake_secret_store_get_label (CulvertFakeSecretStore *self);

/* Slow: how many calls wait, and their answers now. A cancelled call is answered at once with
 * G_IO_ERROR_CANCELLED, and what it asked for still happens at the release. */
guint culvert_fake_secret_store_get_n_waiting (CulvertFakeSecretStore *self);
void  culvert_fake_secret_store_release (CulvertFakeSecretStore *self);

G_END_DECLS
