/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "key-support.h"

#include <string.h>

#define NAMESPACE "culvert-test"

void
key_support_generate (const char *path,
                      const char *type,
                      const char *bits,
                      const char *passphrase,
                      ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  const char           *more;
  va_list               rest;

  for (const char *const *word =
         (const char *const[]){ "ssh-keygen", "-q", "-t", type, "-C", "a comment", "-f", path, "-N",
                                passphrase != NULL ? passphrase : "", NULL };
       *word != NULL; word++)
    g_ptr_array_add (argv, (gpointer)*word);
  if (bits != NULL)
    {
      g_ptr_array_add (argv, (gpointer) "-b");
      g_ptr_array_add (argv, (gpointer)bits);
    }
  va_start (rest, passphrase);
  while ((more = va_arg (rest, const char *)) != NULL)
    g_ptr_array_add (argv, (gpointer)more);
  va_end (rest);
  g_ptr_array_add (argv, NULL);

  g_assert_true (key_support_run ((const char *const *)argv->pdata, NULL));
}

gboolean
key_support_run (const char *const *argv, const char *input)
{
  g_autoptr (GError)      error = NULL;
  g_autoptr (GSubprocess) process =
    g_subprocess_newv (argv,
                       G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                         G_SUBPROCESS_FLAGS_STDERR_MERGE,
                       &error);
  g_autofree char *output = NULL;

  g_assert_no_error (error);
  g_subprocess_communicate_utf8 (process, input, NULL, &output, NULL, &error);
  g_assert_no_error (error);
  if (g_subprocess_get_successful (process))
    return TRUE;

  g_test_message ("%s: %s", argv[0], output);
  return FALSE;
}

GBytes *
key_support_read_public (const char *path)
{
  g_autofree char   *text = NULL;
  g_auto (GStrv)     words = NULL;
  g_autoptr (GError) error = NULL;
  guchar            *bytes;
  gsize              n_bytes;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  words = g_strsplit_set (text, " \n", 3);
  g_assert_cmpuint (g_strv_length (words), >=, 2);
  bytes = g_base64_decode (words[1], &n_bytes);
  return g_bytes_new_take (bytes, n_bytes);
}

typedef struct
{
  gboolean           done;
  CulvertPrivateKey *key;
  GError            *error;
} Loaded;

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Loaded *loaded = user_data;

  loaded->key = culvert_key_file_load_finish (result, &loaded->error);
  loaded->done = TRUE;
}

CulvertPrivateKey *
key_support_load (const char *path, const char *passphrase, GError **error)
{
  Loaded                    loaded = { FALSE, NULL, NULL };
  g_autoptr (CulvertSecret) secret =
    passphrase != NULL ? culvert_secret_new (passphrase, -1) : NULL;

  culvert_key_file_load_async (path, secret, NULL, loaded_cb, &loaded);
  g_assert_false (loaded.done);
  culvert_test_wait_until (loaded.done, 30000);
  g_assert_true ((loaded.key == NULL) == (loaded.error != NULL));
  if (loaded.error != NULL)
    g_propagate_error (error, loaded.error);
  return loaded.key;
}

/* The tests write SSH's types by hand, so that a mistake in ours cannot hide itself. */
static void
put_string (GByteArray *array, const void *bytes, gsize n_bytes)
{
  guint32 length = GUINT32_TO_BE ((guint32)n_bytes);

  g_byte_array_append (array, (const guint8 *)&length, 4);
  g_byte_array_append (array, bytes, (guint)n_bytes);
}

static void
put_text (GByteArray *array, const char *text)
{
  put_string (array, text, strlen (text));
}

GBytes *
key_support_signed_data (const char *message)
{
  GByteArray           *data = g_byte_array_new ();
  guint8                digest[64];
  gsize                 n_digest = sizeof digest;
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA512);

  g_checksum_update (checksum, (const guchar *)message, -1);
  g_checksum_get_digest (checksum, digest, &n_digest);
  g_byte_array_append (data, (const guint8 *)"SSHSIG", 6);
  put_text (data, NAMESPACE);
  put_text (data, "");
  put_text (data, "sha512");
  put_string (data, digest, n_digest);
  return g_byte_array_free_to_bytes (data);
}

gboolean
key_support_verify (CulvertTempDir *dir,
                    GBytes         *public_blob,
                    const char     *algorithm,
                    const char     *message,
                    GBytes         *signature)
{
  g_autoptr (GByteArray) file = g_byte_array_new ();
  g_autoptr (GByteArray) inner = g_byte_array_new ();
  gsize                  n_bytes;
  const void            *bytes;
  g_autofree char       *base64 = NULL;
  g_autofree char       *text = NULL;
  g_autofree char       *path = NULL;

  bytes = g_bytes_get_data (public_blob, &n_bytes);
  g_byte_array_append (file, (const guint8 *)"SSHSIG\0\0\0\1", 10);
  put_string (file, bytes, n_bytes);
  put_text (file, NAMESPACE);
  put_text (file, "");
  put_text (file, "sha512");
  bytes = g_bytes_get_data (signature, &n_bytes);
  put_text (inner, algorithm);
  put_string (inner, bytes, n_bytes);
  put_string (file, inner->data, inner->len);

  base64 = g_base64_encode (file->data, file->len);
  text =
    g_strdup_printf ("-----BEGIN SSH SIGNATURE-----\n%s\n-----END SSH SIGNATURE-----\n", base64);
  path = culvert_temp_dir_write (dir, "signature", text);
  return key_support_run ((const char *const[]){ "ssh-keygen", "-Y", "check-novalidate", "-n",
                                                 NAMESPACE, "-s", path, NULL },
                          message);
}
