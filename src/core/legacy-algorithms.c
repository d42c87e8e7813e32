/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/legacy-algorithms.h"

static const char *const algorithms[CULVERT_N_ALGORITHM_KINDS][4] = {
  [CULVERT_ALGORITHM_KEX] = { "diffie-hellman-group-exchange-sha1", "diffie-hellman-group14-sha1",
                              "diffie-hellman-group1-sha1", NULL },
  [CULVERT_ALGORITHM_HOST_KEY] = { "ssh-rsa", NULL },
  [CULVERT_ALGORITHM_CIPHER] = { "aes256-cbc", "aes192-cbc", "aes128-cbc", NULL },
  [CULVERT_ALGORITHM_MAC] = { "hmac-sha1", NULL },
};

const char *const *
culvert_legacy_algorithms (CulvertAlgorithmKind kind)
{
  g_return_val_if_fail ((guint)kind < CULVERT_N_ALGORITHM_KINDS, NULL);

  return algorithms[kind];
}
