/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A secret store in memory that answers a little later, as a keyring does, and keeps account. */

#include "core/secret-store.h"

G_BEGIN_DECLS

#define FAKE_TYPE_SECRET_STORE (fake_secret_store_get_type ())
G_DECLARE_FINAL_TYPE (FakeSecretStore, fake_secret_store, FAKE, SECRET_STORE, GObject)

FakeSecretStore *fake_secret_store_new (void);

void fake_secret_store_put (FakeSecretStore *self,
                            const char      *tunnel_id,
                            const char      *purpose,
                            const char      *secret);
/* (nullable) */
const char *
fake_secret_store_peek (FakeSecretStore *self, const char *tunnel_id, const char *purpose);
/* The label of the last secret that was stored. */
const char *fake_secret_store_get_label (FakeSecretStore *self);

/* Every call fails from now on, as with a keyring that stays locked. */
void fake_secret_store_lock (FakeSecretStore *self);
/* Calls get no answer, as with a keyring that asks the person to unlock it, until unheld.  One that
 * is cancelled gets its answer at once. */
void fake_secret_store_hold (FakeSecretStore *self);
void fake_secret_store_unhold (FakeSecretStore *self);

guint fake_secret_store_get_n_lookups (FakeSecretStore *self);
/* The most calls that were ever under way at once. */
guint fake_secret_store_get_most_at_once (FakeSecretStore *self);
/* What was called, in order: "lookup store forget". */
const char *fake_secret_store_get_calls (FakeSecretStore *self);

G_END_DECLS
