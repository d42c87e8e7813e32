/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/trusted-keys.h"

struct _CulvertTrustedKeys
{
  GPtrArray *keys; /* of Key: as many as a person has said yes to */
};

typedef struct
{
  char   *host;
  guint16 port;
  GBytes *blob;
} Key;

static void
key_free (gpointer data)
{
  Key *key = data;

  g_free (key->host);
  g_bytes_unref (key->blob);
  g_free (key);
}

CulvertTrustedKeys *
culvert_trusted_keys_new (void)
{
  CulvertTrustedKeys *self = g_new0 (CulvertTrustedKeys, 1);

  self->keys = g_ptr_array_new_with_free_func (key_free);
  return self;
}

void
culvert_trusted_keys_free (CulvertTrustedKeys *self)
{
  g_ptr_array_unref (self->keys);
  g_free (self);
}

void
culvert_trusted_keys_add (CulvertTrustedKeys *self, const CulvertHostKeyInfo *key)
{
  Key *added;

  if (key == NULL || key->blob == NULL || culvert_trusted_keys_has (self, key))
    return;
  added = g_new0 (Key, 1);
  added->host = g_strdup (key->host);
  added->port = key->port;
  added->blob = g_bytes_ref (key->blob);
  g_ptr_array_add (self->keys, added);
}

gboolean
culvert_trusted_keys_has (CulvertTrustedKeys *self, const CulvertHostKeyInfo *key)
{
  if (key == NULL || key->blob == NULL)
    return FALSE;
  for (guint i = 0; i < self->keys->len; i++)
    {
      const Key *known = g_ptr_array_index (self->keys, i);

      if (g_strcmp0 (known->host, key->host) == 0 && known->port == key->port &&
          g_bytes_equal (known->blob, key->blob))
        return TRUE;
    }
  return FALSE;
}

void
culvert_trusted_keys_clear (CulvertTrustedKeys *self)
{
  g_ptr_array_set_size (self->keys, 0);
}
