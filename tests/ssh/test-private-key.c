/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "key-support.h"
#include "ssh/crypto.h"
#include "ssh/key-format.h"
#include "ssh/private-key.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <string.h>

typedef struct
{
  const char *name;
  const char *type; /* ssh-keygen -t */
  const char *bits;
  const char *type_name;
  const char *algorithms[3];
} Row;

static const Row rows[] = {
  { "ed25519", "ed25519", NULL, "ssh-ed25519", { "ssh-ed25519" } },
  { "ecdsa-256", "ecdsa", "256", "ecdsa-sha2-nistp256", { "ecdsa-sha2-nistp256" } },
  { "ecdsa-384", "ecdsa", "384", "ecdsa-sha2-nistp384", { "ecdsa-sha2-nistp384" } },
  { "ecdsa-521", "ecdsa", "521", "ecdsa-sha2-nistp521", { "ecdsa-sha2-nistp521" } },
  { "rsa-1024", "rsa", "1024", "ssh-rsa", { "rsa-sha2-512", "rsa-sha2-256" } },
  { "rsa-3072", "rsa", "3072", "ssh-rsa", { "rsa-sha2-512", "rsa-sha2-256" } },
};

typedef struct
{
  CulvertTempDir *dir;
  char           *path;
  char           *public_path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const Row *row = data;

  fixture->dir = culvert_temp_dir_new ();
  fixture->path = culvert_temp_dir_build (fixture->dir, "key");
  fixture->public_path = culvert_temp_dir_build (fixture->dir, "key.pub");
  key_support_generate (fixture->path, row->type, row->bits, NULL, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->path);
  g_free (fixture->public_path);
  culvert_temp_dir_free (fixture->dir);
}

/* The public half is computed from the secret one by ssh-keygen -y, not read from a file. */
static GBytes *
derive_public (const char *path)
{
  g_autofree char *output = culvert_child_process_run ("ssh-keygen", "-y", "-f", path, NULL);
  g_auto (GStrv)   words = g_strsplit (output, " ", 3);
  gsize            n_bytes;
  guchar          *bytes;

  g_assert_cmpuint (g_strv_length (words), >=, 2);
  bytes = g_base64_decode (words[1], &n_bytes);
  return g_bytes_new_take (bytes, n_bytes);
}

static void
test_describes (Fixture *fixture, gconstpointer data)
{
  const Row                    *row = data;
  g_autoptr (GError)            error = NULL;
  g_autoptr (CulvertPrivateKey) key = key_support_load (fixture->path, NULL, &error);
  g_autoptr (GBytes)            expected = derive_public (fixture->path);
  g_autofree char              *listed =
    culvert_child_process_run ("ssh-keygen", "-l", "-f", fixture->public_path, NULL);
  g_auto (GStrv) words = g_strsplit (listed, " ", 3);

  g_assert_no_error (error);
  g_assert_cmpstr (culvert_private_key_get_type_name (key), ==, row->type_name);
  g_assert_true (g_bytes_equal (culvert_private_key_get_public_blob (key), expected));
  g_assert_cmpstr (culvert_private_key_get_comment (key), ==, "a comment");
  g_assert_cmpstr (culvert_private_key_get_fingerprint (key), ==, words[1]);
}

static void
test_signs (Fixture *fixture, gconstpointer data)
{
  const Row                    *row = data;
  g_autoptr (GError)            error = NULL;
  g_autoptr (CulvertPrivateKey) key = key_support_load (fixture->path, NULL, &error);

  g_assert_no_error (error);
  for (gsize i = 0; row->algorithms[i] != NULL; i++)
    {
      /* More than once: ECDSA's numbers vary in length from signature to signature. */
      for (guint round = 0; round < 8; round++)
        {
          g_autofree char   *message = g_strdup_printf ("message %u", round);
          g_autoptr (GBytes) signed_data = key_support_signed_data (message);
          g_autoptr (GBytes) signature =
            culvert_private_key_sign (key, row->algorithms[i], g_bytes_get_data (signed_data, NULL),
                                      g_bytes_get_size (signed_data), &error);

          g_assert_no_error (error);
          g_assert_true (key_support_verify (fixture->dir,
                                             culvert_private_key_get_public_blob (key),
                                             row->algorithms[i], message, signature));
          /* The check itself can fail. */
          if (round == 0)
            g_assert_false (key_support_verify (fixture->dir,
                                                culvert_private_key_get_public_blob (key),
                                                row->algorithms[i], "another message", signature));
        }
    }
}

static void
test_refuses_foreign_algorithms (Fixture *fixture, gconstpointer data)
{
  static const char *const all[] = {
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "rsa-sha2-512",
    "rsa-sha2-256",
    "ssh-dss",
    "none",
    "",
    "ssh-ed25519x",
    "rsa-sha2-512@x",
    "-cert-v01@openssh.com",
  };
  const Row                    *row = data;
  g_autoptr (GError)            error = NULL;
  g_autoptr (CulvertPrivateKey) key = key_support_load (fixture->path, NULL, &error);

  g_assert_no_error (error);
  for (gsize i = 0; i < G_N_ELEMENTS (all); i++)
    {
      g_autoptr (GBytes) signature = NULL;

      if (g_strv_contains (row->algorithms, all[i]))
        continue;
      signature = culvert_private_key_sign (key, all[i], "x", 1, &error);
      g_assert_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_UNSUPPORTED);
      g_assert_null (signature);
      g_clear_error (&error);
    }
}

/* A certificate is signed for with the key in it: the names mean the same signature. */
static void
test_certificate_names (Fixture *fixture, gconstpointer data)
{
  const Row                    *row = data;
  g_autoptr (GError)            error = NULL;
  g_autoptr (CulvertPrivateKey) key = key_support_load (fixture->path, NULL, &error);
  g_autoptr (GBytes)            signed_data = key_support_signed_data ("for a certificate");

  g_assert_no_error (error);
  for (gsize i = 0; row->algorithms[i] != NULL; i++)
    {
      g_autofree char   *name = g_strconcat (row->algorithms[i], "-cert-v01@openssh.com", NULL);
      g_autoptr (GBytes) signature = culvert_private_key_sign (
        key, name, g_bytes_get_data (signed_data, NULL), g_bytes_get_size (signed_data), &error);

      g_assert_no_error (error);
      g_assert_true (key_support_verify (fixture->dir, culvert_private_key_get_public_blob (key),
                                         row->algorithms[i], "for a certificate", signature));
    }
}

static const Row rsa_row = { "rsa", "rsa", "2048", "ssh-rsa", { NULL } };
static const Row ed25519_row = { "ed25519", "ed25519", NULL, "ssh-ed25519", { NULL } };

/* ssh-keygen knows no SHA-1 signatures of this kind any more, so openssl checks. */
static void
test_sha1_when_asked (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError)            error = NULL;
  g_autoptr (CulvertPrivateKey) key = key_support_load (fixture->path, NULL, &error);
  g_autoptr (GBytes)            signature = NULL;
  g_autofree char              *pem_text = NULL;
  g_autofree char              *pem = NULL;
  g_autofree char              *file = culvert_temp_dir_build (fixture->dir, "sha1");

  g_assert_no_error (error);
  signature = culvert_private_key_sign (key, "ssh-rsa", "old", 3, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_bytes_get_size (signature), ==, 256);

  pem_text =
    culvert_child_process_run ("ssh-keygen", "-e", "-m", "PKCS8", "-f", fixture->public_path, NULL);
  pem = culvert_temp_dir_write (fixture->dir, "public.pem", pem_text);
  g_file_set_contents (file, g_bytes_get_data (signature, NULL),
                       (gssize)g_bytes_get_size (signature), &error);
  g_assert_no_error (error);
  g_assert_true (key_support_run (
    (const char *const[]){ "openssl", "dgst", "-sha1", "-verify", pem, "-signature", file, NULL },
    "old"));
  g_assert_false (key_support_run (
    (const char *const[]){ "openssl", "dgst", "-sha1", "-verify", pem, "-signature", file, NULL },
    "new"));
}

static gpointer
sign_in_thread (gpointer data)
{
  CulvertPrivateKey *key = data;

  for (guint i = 0; i < 200; i++)
    {
      g_autoptr (CulvertPrivateKey) held = culvert_private_key_ref (key);
      g_autoptr (GBytes)            signature =
        culvert_private_key_sign (held, "ssh-ed25519", &i, sizeof i, NULL);

      g_assert_nonnull (signature);
      g_assert_cmpuint (g_bytes_get_size (signature), ==, 64);
    }
  culvert_private_key_unref (key);
  return NULL;
}

static void
test_many_threads (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  CulvertPrivateKey *key = key_support_load (fixture->path, NULL, &error);
  GThread           *threads[4];

  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    threads[i] = g_thread_new ("signer", sign_in_thread, culvert_private_key_ref (key));
  culvert_private_key_unref (key);
  for (guint i = 0; i < G_N_ELEMENTS (threads); i++)
    g_thread_join (threads[i]);
}

/* The secret numbers are in OpenSSL's secure heap as long as the key lives, and not longer.  Parsed
 * in this thread: OpenSSL's random generators take a little of that heap in each thread. */
static void
test_memory (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char   *text = NULL;
  gsize              n_text;
  gsize              n_before = 0;

  culvert_crypto_protect_keys ();
  g_assert_true (CRYPTO_secure_malloc_initialized ());
  g_file_get_contents (fixture->path, &text, &n_text, &error);
  g_assert_no_error (error);

  for (guint round = 0; round < 3; round++)
    {
      CulvertPrivateKey *key = culvert_key_openssh_parse (text, n_text, NULL, NULL, &error);

      g_assert_no_error (error);
      g_assert_cmpuint (CRYPTO_secure_used (), >=, n_before + 32);
      culvert_private_key_unref (key);
      /* The first round makes what stays. */
      if (round > 0)
        g_assert_cmpuint (CRYPTO_secure_used (), ==, n_before);
      n_before = CRYPTO_secure_used ();
    }
}

/* Keys that OpenSSL can hold and SSH cannot. */
static void
test_foreign_types (void)
{
  static const struct
  {
    const char *type;
    const char *curve;
    const char *word; /* in the message */
  } foreign[] = {
    { "ED448", NULL, "ED448" },
    { "X25519", NULL, "X25519" },
    { "EC", "secp256k1", "P-256" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (foreign); i++)
    {
      g_autoptr (GError) error = NULL;
      EVP_PKEY          *pkey = foreign[i].curve != NULL
                                  ? EVP_PKEY_Q_keygen (NULL, NULL, "EC", foreign[i].curve)
                                  : EVP_PKEY_Q_keygen (NULL, NULL, foreign[i].type);

      g_assert_nonnull (pkey);
      g_assert_null (culvert_private_key_new_take (pkey, NULL, &error));
      g_assert_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_UNSUPPORTED);
      g_assert_nonnull (strstr (error->message, foreign[i].word));
    }
}

static void
test_small_rsa (void)
{
  g_autoptr (GError) error = NULL;
  EVP_PKEY          *pkey = EVP_PKEY_Q_keygen (NULL, NULL, "RSA", (size_t)768);

  g_assert_nonnull (pkey);
  g_assert_null (culvert_private_key_new_take (pkey, NULL, &error));
  g_assert_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_UNSUPPORTED);
  g_assert_nonnull (strstr (error->message, "768"));
}

/* A key without its secret part cannot pass for a private one. */
static void
test_public_only (void)
{
  static const guint8 point[32] = { 0xd7, 0x5a, 0x98, 0x01, 0x82, 0xb1, 0x0a, 0xb7,
                                    0xd5, 0x4b, 0xfe, 0xd3, 0xc9, 0x64, 0x07, 0x3a,
                                    0x0e, 0xe1, 0x72, 0xf3, 0xda, 0xa6, 0x23, 0x25,
                                    0xaf, 0x02, 0x1a, 0x68, 0xf7, 0x07, 0x51, 0x1a };
  g_autoptr (GError)  error = NULL;
  EVP_PKEY *pkey = EVP_PKEY_new_raw_public_key (EVP_PKEY_ED25519, NULL, point, sizeof point);

  g_assert_nonnull (pkey);
  g_assert_null (culvert_private_key_new_take (pkey, NULL, &error));
  g_assert_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_MALFORMED);
}

static void
add (const char *what, const Row *row, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/ssh/private-key/%s/%s", row->name, what);

  g_test_add (path, Fixture, row, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      add ("describes", &rows[i], test_describes);
      add ("signs", &rows[i], test_signs);
      add ("refuses-foreign-algorithms", &rows[i], test_refuses_foreign_algorithms);
      add ("certificate-names", &rows[i], test_certificate_names);
      add ("memory", &rows[i], test_memory);
    }
  add ("sha1-when-asked", &rsa_row, test_sha1_when_asked);
  add ("many-threads", &ed25519_row, test_many_threads);
  g_test_add_func ("/ssh/private-key/foreign-types", test_foreign_types);
  g_test_add_func ("/ssh/private-key/small-rsa", test_small_rsa);
  g_test_add_func ("/ssh/private-key/public-only", test_public_only);

  return g_test_run ();
}
