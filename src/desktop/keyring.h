/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The desktop's keyring as a CulvertSecretStore (core/secret-store.h).
 *
 * One operation at a time reaches the keyring, so a locked one raises one question and not one for
 * each tunnel; when the person closes that question, everything that was waiting behind it gets the
 * same answer.  An operation whose caller has lost interest is never interrupted, because that ends
 * the keyring's daemon for every program of the session; its answer is wiped instead.
 *
 * Where there is no keyring, secrets are kept in the program's own locked memory until it ends, and
 * the kind says so; so it is with one that does not let this program in.  A keyring that comes later is used from then on; one whose daemon was started
 * anew is found again.
 *
 * Belongs to the thread whose default context was current at construction. */

#include "core/secret-store.h"

G_BEGIN_DECLS

/**
 * culvert_keyring_new:
 *
 * Looks for the keyring without waiting: the kind is CULVERT_SECRET_STORE_UNKNOWN until it is found
 * out, and operations wait for that.  Without a session bus the kind is MEMORY at once, and no
 * bus is started.
 *
 * Returns: (transfer full)
 */
CulvertSecretStore *culvert_keyring_new (void);

/* (transfer full): one that keeps everything in memory and never looks for a keyring. */
CulvertSecretStore *culvert_keyring_new_memory (void);

G_END_DECLS
