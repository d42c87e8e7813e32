/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The algorithms that the "legacy server" switch of a tunnel allows on top of the usual ones: known to
 * be weak, and all that some old servers have.  Here because both the session and the ssh command
 * line need them. */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CULVERT_ALGORITHM_KEX,
  CULVERT_ALGORITHM_HOST_KEY, /* and signatures of RSA keys for signing in */
  CULVERT_ALGORITHM_CIPHER,
  CULVERT_ALGORITHM_MAC,
} CulvertAlgorithmKind;
#define CULVERT_N_ALGORITHM_KINDS 4

/* The names by which ssh and sshd know them, best first; ended by NULL. (transfer none) */
const char *const *culvert_legacy_algorithms (CulvertAlgorithmKind kind);

G_END_DECLS
