/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/public-keys.h"

#include <string.h>

#define SUFFIX       ".pub"
#define BASE64_MARKS "+/="
#define KIND_MARKS   "-.@"

static gboolean
is_made_of (const char *word, const char *marks)
{
  for (const char *p = word; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr (marks, *p) == NULL)
      return FALSE;
  return word[0] != '\0';
}

/* Does the base64 text begin with the name of the kind (RFC 4253 6.6)? */
static gboolean
is_of_kind (const char *base64, const char *kind)
{
  gsize              n_bytes;
  g_autofree guchar *bytes = g_base64_decode (base64, &n_bytes);
  gsize              length = strlen (kind);

  return n_bytes > 4 + length && bytes[0] == 0 && bytes[1] == 0 &&
         (gsize)(bytes[2] << 8 | bytes[3]) == length && memcmp (bytes + 4, kind, length) == 0;
}

char *
culvert_public_key_line (const char *text, gsize n_bytes)
{
  g_autofree char *copy = NULL;
  g_auto (GStrv)   words = NULL;

  if (n_bytes == 0 || n_bytes > CULVERT_PUBLIC_KEY_MAX || memchr (text, '\0', n_bytes) != NULL)
    return NULL;
  copy = g_strndup (text, n_bytes);
  if (!g_utf8_validate (copy, -1, NULL))
    return NULL;
  copy[strcspn (copy, "\r\n")] = '\0';
  words = g_strsplit (g_strstrip (copy), " ", 3);
  if (words[0] == NULL || words[1] == NULL || !is_made_of (words[0], KIND_MARKS) ||
      strstr (words[0], "-cert-") != NULL || !is_made_of (words[1], BASE64_MARKS) ||
      !is_of_kind (words[1], words[0]))
    return NULL;
  return g_strjoinv (" ", words);
}

/* (transfer full) (nullable) */
static char *
read_line (const char *key_file)
{
  g_autofree char             *expanded = culvert_path_expand (key_file);
  g_autofree char             *path = g_strconcat (expanded, SUFFIX, NULL);
  g_autoptr (GFile)            file = g_file_new_for_path (path);
  g_autoptr (GFileInputStream) stream = NULL;
  g_autofree char             *text = NULL;
  gsize                        n_bytes = 0;

  /* A pipe would be waited for. */
  if (!g_file_test (path, G_FILE_TEST_IS_REGULAR))
    return NULL;
  stream = g_file_read (file, NULL, NULL);
  text = g_malloc (CULVERT_PUBLIC_KEY_MAX + 1);
  if (stream == NULL || !g_input_stream_read_all (G_INPUT_STREAM (stream), text,
                                                  CULVERT_PUBLIC_KEY_MAX + 1, &n_bytes, NULL, NULL))
    return NULL;
  return culvert_public_key_line (text, n_bytes);
}

GStrv
culvert_public_keys_find (const CulvertProfile *profile)
{
  static const char *const usual[] = { "~/.ssh/id_ed25519", "~/.ssh/id_ecdsa", "~/.ssh/id_rsa" };
  g_autoptr (GStrvBuilder) lines = g_strv_builder_new ();
  gboolean                 has_line = FALSE;

  g_return_val_if_fail (profile != NULL, NULL);

  for (guint i = 0; profile->key_files[i] != NULL; i++)
    {
      g_autofree char *line = read_line (profile->key_files[i]);

      if (line != NULL)
        g_strv_builder_add (lines, line);
    }
  for (guint i = 0; profile->key_files[0] == NULL && i < G_N_ELEMENTS (usual) && !has_line; i++)
    {
      g_autofree char *line = read_line (usual[i]);

      has_line = line != NULL;
      if (has_line)
        g_strv_builder_add (lines, line);
    }
  return g_strv_builder_end (lines);
}
