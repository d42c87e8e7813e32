/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the administrator of an OpenSSH server puts into its files so that a tunnel, and no more than it, is
 * allowed.  Pure.
 *
 * Spec: sshd(8) AUTHORIZED_KEYS FILE FORMAT, sshd_config(5). */

#include "core/profile.h"

G_BEGIN_DECLS

/* For one server of the way. */
typedef struct
{
  char    *server;          /* its host */
  char    *user;            /* who signs in there */
  gboolean is_jump;         /* a jump server */
  char    *authorized_keys; /* lines for ~/.ssh/authorized_keys of that user */
  char *
    sshd_config; /* a Match block for /etc/ssh/sshd_config, which holds for all of that user's keys */
} CulvertServerKit;

void culvert_server_kit_free (CulvertServerKit *self);

/**
 * culvert_server_kits_new:
 * @public_keys: (nullable): lines as culvert_public_key_line() gives them; none: a word stands in the place
 *   of the key
 *
 * Allows what the forwards that are switched on need.  Comments say what these files cannot limit.  Without
 * a shell and commands other than "true", which is what quick replies want (core/profile.h).
 *
 * Returns: (transfer full) (element-type CulvertServerKit): the jump servers, the nearest first, and the server
 */
GPtrArray *culvert_server_kits_new (const CulvertProfile *profile, const char *const *public_keys);

/* (transfer full): all of it as one text, with comments that say what belongs where */
char *culvert_server_kits_to_text (GPtrArray *kits);

G_END_DECLS
