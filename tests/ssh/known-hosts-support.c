/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "known-hosts-support.h"

#include "key-support.h"

static struct
{
  const char *type;
  const char *bits;
  char        letter;
  char       *text;
  GBytes     *blob;
} keys[N_KEYS] = {
  { "ed25519", NULL, 'A' },
  { "ed25519", NULL, 'B' },
  { "ecdsa", "256", 'E' },
  { "rsa", "2048", 'R' },
};

void
known_hosts_make_keys (void)
{
  for (gsize i = 0; i < N_KEYS; i++)
    {
      g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
      g_autofree char           *path = culvert_temp_dir_build (dir, "key");
      g_autofree char           *public_path = culvert_temp_dir_build (dir, "key.pub");
      g_autofree char           *line = NULL;
      g_auto (GStrv)             words = NULL;

      key_support_generate (path, keys[i].type, keys[i].bits, NULL, NULL);
      g_file_get_contents (public_path, &line, NULL, NULL);
      words = g_strsplit (line, " ", 3);
      keys[i].text = g_strjoin (" ", words[0], words[1], NULL);
      keys[i].blob = key_support_read_public (public_path);
    }
}

GBytes *
known_hosts_get_blob (KeyName key)
{
  return keys[key].blob;
}

const char *
known_hosts_get_text (KeyName key)
{
  return keys[key].text;
}

char *
known_hosts_expand (const char *text)
{
  GString         *expanded = g_string_new (text);
  g_autofree char *letters = g_strnfill (5000, 'j');

  for (gsize i = 0; i < N_KEYS; i++)
    {
      const char name[] = { '$', keys[i].letter, '\0' };

      g_string_replace (expanded, name, keys[i].text, 0);
    }
  g_string_replace (expanded, "$5", letters, 0);
  return g_string_free (expanded, FALSE);
}

gboolean
known_hosts_ssh_keygen_finds (const char *path, const char *host, guint16 port)
{
  g_autofree char *name = port == 22 ? g_strdup (host) : g_strdup_printf ("[%s]:%u", host, port);

  return key_support_run ((const char *const[]){ "ssh-keygen", "-F", name, "-f", path, NULL },
                          NULL);
}
