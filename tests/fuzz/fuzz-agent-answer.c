/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/agent-message.h"
#include "ssh/fingerprint.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  static const char *const algorithms[] = {
    "ssh-ed25519",
    "rsa-sha2-512-cert-v01@openssh.com",
    "sk-ssh-ed25519@openssh.com",
  };
  g_autoptr (GPtrArray) keys = culvert_agent_message_read_list (data, n_bytes, NULL);

  for (guint i = 0; keys != NULL && i < keys->len; i++)
    {
      CulvertAgentKey *key = g_ptr_array_index (keys, i);

      g_free (culvert_public_key_dup_kind (key->public_blob));
      g_free (culvert_fingerprint_random_art (key->public_blob));
    }
  for (gsize i = 0; i < G_N_ELEMENTS (algorithms); i++)
    {
      g_autoptr (GBytes) signature =
        culvert_agent_message_read_signature (data, n_bytes, algorithms[i], NULL);

      g_assert_true (signature == NULL || g_bytes_get_size (signature) > 0);
    }
  return 0;
}
