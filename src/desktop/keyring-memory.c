/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/keyring-private.h"

struct _CulvertKeyringMemory
{
  GHashTable *tunnels; /* tunnel id → GHashTable of purpose → CulvertSecret */
};

CulvertKeyringMemory *
culvert_keyring_memory_new (void)
{
  CulvertKeyringMemory *self = g_new0 (CulvertKeyringMemory, 1);

  self->tunnels =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_hash_table_unref);
  return self;
}

void
culvert_keyring_memory_free (CulvertKeyringMemory *self)
{
  g_hash_table_unref (self->tunnels);
  g_free (self);
}

CulvertSecret *
culvert_keyring_memory_lookup (CulvertKeyringMemory *self,
                               const char           *tunnel_id,
                               const char           *purpose)
{
  GHashTable    *secrets = g_hash_table_lookup (self->tunnels, tunnel_id);
  CulvertSecret *secret = secrets != NULL ? g_hash_table_lookup (secrets, purpose) : NULL;

  return secret != NULL ? culvert_secret_ref (secret) : NULL;
}

void
culvert_keyring_memory_store (CulvertKeyringMemory *self,
                              const char           *tunnel_id,
                              const char           *purpose,
                              CulvertSecret        *secret)
{
  GHashTable *secrets = g_hash_table_lookup (self->tunnels, tunnel_id);

  if (secrets == NULL)
    {
      secrets = g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                       (GDestroyNotify)culvert_secret_unref);
      g_hash_table_insert (self->tunnels, g_strdup (tunnel_id), secrets);
    }
  g_hash_table_insert (secrets, g_strdup (purpose), culvert_secret_ref (secret));
}

void
culvert_keyring_memory_forget (CulvertKeyringMemory *self,
                               const char           *tunnel_id,
                               const char           *purpose)
{
  GHashTable *secrets = g_hash_table_lookup (self->tunnels, tunnel_id);

  if (secrets == NULL)
    return;
  if (purpose != NULL)
    g_hash_table_remove (secrets, purpose);
  if (purpose == NULL || g_hash_table_size (secrets) == 0)
    g_hash_table_remove (self->tunnels, tunnel_id);
}
