/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "key-support.h"
#include "ssh/wire.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PASSPHRASE   "correct horse\xc3\xa9"
#define OPENSSL_PASS "pass:" PASSPHRASE

/* How the real tools make a key.  "@" stands for the file, "@1" for a second file beside it. */
typedef struct
{
  const char *name;
  gboolean    is_encrypted;
  gboolean    tells_public; /* without its passphrase, and without a .pub file */
  const char *make[24];
  const char *convert[24];
} Recipe;

#define KEYGEN(type, ...)                                                                          \
  {                                                                                                \
    "ssh-keygen", "-q", "-t", type, "-C", "a comment", "-f", "@", __VA_ARGS__                      \
  }
#define OPENSSL(...)                                                                               \
  {                                                                                                \
    "openssl", __VA_ARGS__                                                                         \
  }

static const Recipe recipes[] = {
  { "openssh/plain-ed25519", FALSE, TRUE, KEYGEN ("ed25519", "-N", "") },
  { "openssh/plain-rsa", FALSE, TRUE, KEYGEN ("rsa", "-b", "2048", "-N", "") },
  { "openssh/plain-ecdsa-521", FALSE, TRUE, KEYGEN ("ecdsa", "-b", "521", "-N", "") },
  { "openssh/16-rounds", TRUE, TRUE, KEYGEN ("ed25519", "-a", "16", "-N", PASSPHRASE) },
  { "openssh/100-rounds", TRUE, TRUE, KEYGEN ("rsa", "-b", "2048", "-a", "100", "-N", PASSPHRASE) },
#define CIPHER(name)                                                                               \
  {                                                                                                \
    "openssh/" name, TRUE, TRUE, KEYGEN ("ecdsa", "-Z", name, "-a", "1", "-N", PASSPHRASE)         \
  }
  CIPHER ("aes128-ctr"),
  CIPHER ("aes192-ctr"),
  CIPHER ("aes256-ctr"),
  CIPHER ("aes128-cbc"),
  CIPHER ("aes192-cbc"),
  CIPHER ("aes256-cbc"),
  CIPHER ("3des-cbc"),
  CIPHER ("aes128-gcm@openssh.com"),
  CIPHER ("aes256-gcm@openssh.com"),
  CIPHER ("chacha20-poly1305@openssh.com"),
  { "pem/plain-rsa", FALSE, TRUE, KEYGEN ("rsa", "-b", "2048", "-m", "PEM", "-N", "") },
  { "pem/plain-ecdsa", FALSE, TRUE, KEYGEN ("ecdsa", "-m", "PEM", "-N", "") },
  { "pem/encrypted-rsa", TRUE, FALSE, KEYGEN ("rsa", "-b", "2048", "-m", "PEM", "-N", PASSPHRASE) },
  { "pem/encrypted-ecdsa", TRUE, FALSE,
    KEYGEN ("ecdsa", "-b", "384", "-m", "PEM", "-N", PASSPHRASE) },
  { "pem/3des", TRUE, FALSE, OPENSSL ("genrsa", "-traditional", "-out", "@1", "2048"),
    OPENSSL ("rsa", "-traditional", "-in", "@1", "-des3", "-passout", OPENSSL_PASS, "-out", "@") },
  /* A block of parameters stands before the key. */
  { "pem/ec-parameters", FALSE, TRUE,
    OPENSSL ("ecparam", "-genkey", "-name", "prime256v1", "-out", "@") },
  { "pem/compressed-point", FALSE, TRUE,
    OPENSSL ("ecparam", "-genkey", "-name", "secp384r1", "-out", "@1"),
    OPENSSL ("ec", "-in", "@1", "-conv_form", "compressed", "-out", "@") },
  { "pkcs8/plain-rsa", FALSE, TRUE, KEYGEN ("rsa", "-b", "2048", "-m", "PKCS8", "-N", "") },
  { "pkcs8/plain-ed25519", FALSE, TRUE, OPENSSL ("genpkey", "-algorithm", "ed25519", "-out", "@") },
  { "pkcs8/encrypted-rsa", TRUE, FALSE,
    KEYGEN ("rsa", "-b", "2048", "-m", "PKCS8", "-N", PASSPHRASE) },
  { "pkcs8/encrypted-ecdsa", TRUE, FALSE, KEYGEN ("ecdsa", "-m", "PKCS8", "-N", PASSPHRASE) },
  { "pkcs8/encrypted-ed25519", TRUE, FALSE,
    OPENSSL ("genpkey",
             "-algorithm",
             "ed25519",
             "-aes-256-cbc",
             "-pass",
             OPENSSL_PASS,
             "-out",
             "@") },
  { "pkcs8/scrypt", TRUE, FALSE, OPENSSL ("genpkey", "-algorithm", "ed25519", "-out", "@1"),
    OPENSSL ("pkcs8", "-topk8", "-in", "@1", "-scrypt", "-passout", OPENSSL_PASS, "-out", "@") },
};

typedef struct
{
  CulvertTempDir *dir;
  char           *path;
  char           *public_path;
} Fixture;

static void
run_recipe (Fixture *fixture, const char *const *words)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char      *second = g_strconcat (fixture->path, "1", NULL);

  for (gsize i = 0; words[i] != NULL; i++)
    {
      const char *word = words[i];

      if (strcmp (word, "@") == 0)
        word = fixture->path;
      else if (strcmp (word, "@1") == 0)
        word = second;
      g_ptr_array_add (argv, (gpointer)word);
    }
  g_ptr_array_add (argv, NULL);
  g_assert_true (key_support_run ((const char *const *)argv->pdata, NULL));
}

static void
set_up_empty (Fixture *fixture, gconstpointer data)
{
  fixture->dir = culvert_temp_dir_new ();
  fixture->path = culvert_temp_dir_build (fixture->dir, "key");
  fixture->public_path = culvert_temp_dir_build (fixture->dir, "key.pub");
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  const Recipe *recipe = data;

  set_up_empty (fixture, data);
  run_recipe (fixture, recipe->make);
  if (recipe->convert[0] != NULL)
    run_recipe (fixture, recipe->convert);
  g_assert_cmpint (g_chmod (fixture->path, 0600), ==, 0);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->path);
  g_free (fixture->public_path);
  culvert_temp_dir_free (fixture->dir);
}

/* The public key as openssl finds it in the file, through the text form that ssh-keygen reads; for
 * Ed25519, which this ssh-keygen does not read so, from the end of the binary form. */
static GBytes *
find_public (Fixture *fixture)
{
  g_autofree char *head = NULL;
  g_autofree char *spki = culvert_temp_dir_build (fixture->dir, "public");
  g_autofree char *output = NULL;
  g_auto (GStrv)   words = NULL;
  guchar          *bytes;
  gsize            n_bytes;

  g_file_get_contents (fixture->path, &head, NULL, NULL);
  if (strstr (head, "OPENSSH") != NULL)
    output =
      culvert_child_process_run ("ssh-keygen", "-y", "-P", PASSPHRASE, "-f", fixture->path, NULL);
  else
    {
      g_free (culvert_child_process_run ("openssl", "pkey", "-in", fixture->path, "-passin",
                                         OPENSSL_PASS, "-pubout", "-out", spki, NULL));
      g_free (head);
      head = culvert_child_process_run ("openssl", "pkey", "-pubin", "-in", spki, "-text", "-noout",
                                        NULL);
      if (strstr (head, "ED25519") != NULL)
        {
          g_autoptr (GByteArray) blob = g_byte_array_new ();
          g_autofree char       *der = g_strconcat (spki, ".der", NULL);
          g_autofree char       *content = NULL;

          g_free (culvert_child_process_run ("openssl", "pkey", "-pubin", "-in", spki, "-outform",
                                             "DER", "-out", der, NULL));
          g_file_get_contents (der, &content, &n_bytes, NULL);
          culvert_wire_write_text (blob, "ssh-ed25519");
          culvert_wire_write_string (blob, content + n_bytes - 32, 32);
          return g_byte_array_free_to_bytes (g_steal_pointer (&blob));
        }
      output = culvert_child_process_run ("ssh-keygen", "-i", "-m", "PKCS8", "-f", spki, NULL);
    }

  words = g_strsplit_set (output, " \n", 3);
  bytes = g_base64_decode (words[1], &n_bytes);
  return g_bytes_new_take (bytes, n_bytes);
}

static void
assert_fails (const char *path, const char *passphrase, CulvertSshError code, const char *words)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (key_support_load (path, passphrase, &error));
  g_test_message ("%s", error->message);
  g_assert_error (error, CULVERT_SSH_ERROR, (int)code);
  g_assert_nonnull (strstr (error->message, path));
  g_assert_nonnull (strstr (error->message, words));
  if (passphrase != NULL && *passphrase != '\0')
    g_assert_null (strstr (error->message, passphrase));
}

static void
test_loads (Fixture *fixture, gconstpointer data)
{
  const Recipe                 *recipe = data;
  g_autoptr (GError)            error = NULL;
  g_autoptr (GBytes)            expected = find_public (fixture);
  g_autoptr (CulvertPrivateKey) key =
    key_support_load (fixture->path, recipe->is_encrypted ? PASSPHRASE : NULL, &error);
  g_autoptr (GBytes) signed_data = key_support_signed_data ("a message");
  g_autoptr (GBytes) signature = NULL;
  const char        *algorithm;

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (culvert_private_key_get_public_blob (key), expected));
  if (strstr (recipe->name, "openssh/") != NULL)
    g_assert_cmpstr (culvert_private_key_get_comment (key), ==, "a comment");

  algorithm = culvert_private_key_get_type_name (key);
  if (strcmp (algorithm, "ssh-rsa") == 0)
    algorithm = "rsa-sha2-512";
  signature = culvert_private_key_sign (key, algorithm, g_bytes_get_data (signed_data, NULL),
                                        g_bytes_get_size (signed_data), &error);
  g_assert_no_error (error);
  g_assert_true (key_support_verify (fixture->dir, expected, algorithm, "a message", signature));
}

/* What must hold with any passphrase but the right one. */
static void
test_passphrase (Fixture *fixture, gconstpointer data)
{
  const Recipe      *recipe = data;
  g_autofree char   *long_word = g_strnfill (5000, 'x');
  g_autoptr (GError) error = NULL;

  if (!recipe->is_encrypted)
    {
      /* One that is not needed does no harm. */
      culvert_private_key_unref (key_support_load (fixture->path, "needless", &error));
      g_assert_no_error (error);
      return;
    }
  assert_fails (fixture->path, NULL, CULVERT_SSH_ERROR_KEY_PASSPHRASE_NEEDED, "passphrase");
  assert_fails (fixture->path, "", CULVERT_SSH_ERROR_KEY_PASSPHRASE_WRONG, "passphrase");
  assert_fails (fixture->path, "mistaken", CULVERT_SSH_ERROR_KEY_PASSPHRASE_WRONG, "passphrase");
  assert_fails (fixture->path, PASSPHRASE " ", CULVERT_SSH_ERROR_KEY_PASSPHRASE_WRONG, "wrong");
  assert_fails (fixture->path, long_word, CULVERT_SSH_ERROR_KEY_PASSPHRASE_WRONG, "wrong");
}

static void
test_peeks (Fixture *fixture, gconstpointer data)
{
  const Recipe                  *recipe = data;
  g_autoptr (GError)             error = NULL;
  g_autoptr (GBytes)             expected = find_public (fixture);
  g_autoptr (CulvertKeyFileInfo) info = NULL;

  /* Without the .pub file … */
  g_unlink (fixture->public_path);
  info = culvert_key_file_peek (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_true (info->is_encrypted == recipe->is_encrypted);
  g_assert_true ((info->public_blob != NULL) == recipe->tells_public);
  g_assert_true ((info->type_name != NULL) == recipe->tells_public);
  if (recipe->tells_public)
    g_assert_true (g_bytes_equal (info->public_blob, expected));

  /* … and with it. */
  g_autofree char *base64 =
    g_base64_encode (g_bytes_get_data (expected, NULL), g_bytes_get_size (expected));
  const guint8    *type = (const guint8 *)g_bytes_get_data (expected, NULL) + 4;
  g_autofree char *line = g_strdup_printf ("%.*s %s me@here now\n", type[-1], type, base64);
  g_autoptr (CulvertKeyFileInfo) more = NULL;

  g_free (culvert_temp_dir_write (fixture->dir, "key.pub", line));
  more = culvert_key_file_peek (fixture->path, &error);

  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (more->public_blob, expected));
  g_assert_cmpmem (more->type_name, strlen (more->type_name), type, type[-1]);
  if (recipe->is_encrypted)
    g_assert_cmpstr (more->comment, ==, "me@here now");
}

/* A .pub file that belongs to another key must not lend it its name. */
static void
test_foreign_public_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError)             error = NULL;
  g_autoptr (CulvertKeyFileInfo) info = NULL;
  g_autoptr (GBytes)             expected = NULL;
  g_autofree char               *other = culvert_temp_dir_build (fixture->dir, "other");
  g_autofree char               *other_public = culvert_temp_dir_build (fixture->dir, "other.pub");

  key_support_generate (fixture->path, "ed25519", NULL, PASSPHRASE, NULL);
  expected = key_support_read_public (fixture->public_path);
  key_support_generate (other, "ed25519", NULL, NULL, NULL);
  g_assert_cmpint (g_rename (other_public, fixture->public_path), ==, 0);

  info = culvert_key_file_peek (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_true (g_bytes_equal (info->public_blob, expected));
  g_assert_null (info->comment);
}

/* The loop of the caller goes on while a worker derives the key: T22. */
typedef struct
{
  gboolean done;
  GError  *error;
} Waiting;

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Waiting           *waiting = user_data;
  CulvertPrivateKey *key = culvert_key_file_load_finish (result, &waiting->error);

  g_clear_pointer (&key, culvert_private_key_unref);
  waiting->done = TRUE;
}

static void
test_loop_goes_on (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertSecret)    secret = culvert_secret_new (PASSPHRASE, -1);
  g_autoptr (CulvertTickMeter) meter = culvert_tick_meter_new (NULL, 5, G_PRIORITY_DEFAULT);
  Waiting                      waiting = { FALSE, NULL };
  gint64                       start_us;
  double                       took_ms;

  key_support_generate (fixture->path, "ed25519", NULL, PASSPHRASE, "-a", "100", NULL);
  culvert_tick_meter_reset (meter);
  start_us = g_get_monotonic_time ();
  culvert_key_file_load_async (fixture->path, secret, NULL, loaded_cb, &waiting);
  culvert_test_wait_until (waiting.done, 30000);
  took_ms = (double)(g_get_monotonic_time () - start_us) / 1000;

  g_assert_no_error (waiting.error);
  g_test_message ("100 rounds: %.0f ms, %u ticks, longest gap %.1f ms", took_ms,
                  culvert_tick_meter_get_n_ticks (meter),
                  culvert_tick_meter_get_longest_ms (meter));
  /* Far more than a fast machine needs for the work, far less than the work would stop the loop. */
  g_assert_cmpfloat (took_ms, >, 100);
  g_assert_cmpuint (culvert_tick_meter_get_n_ticks (meter), >, 10);
  g_assert_cmpfloat (culvert_tick_meter_get_longest_ms (meter), <, took_ms / 4);
}

/* The rounds of an encrypted key, as they stand in its file, are set to @n_rounds. */
static void
patch_rounds (const char *path, guint32 n_rounds)
{
  static const guint8 kdf[] = "\0\0\0\x06"
                              "bcrypt"
                              "\0\0\0\x18"
                              "\0\0\0\x10";
  g_autofree char    *text = NULL;
  g_autofree char    *base64 = NULL;
  g_autofree char    *patched = NULL;
  guint32             rounds_be = GUINT32_TO_BE (n_rounds);
  g_auto (GStrv)      parts = NULL;
  gsize               n_bytes;
  guint8             *place;

  g_file_get_contents (path, &text, NULL, NULL);
  parts = g_strsplit (text, "-----", 5);
  g_autofree guchar *bytes = g_base64_decode (parts[2], &n_bytes);

  for (place = bytes; memcmp (place, kdf, sizeof kdf - 1) != 0; place++)
    g_assert_true (place < bytes + n_bytes - sizeof kdf);
  memcpy (place + sizeof kdf - 1 + 16, &rounds_be, 4);
  base64 = g_base64_encode (bytes, n_bytes);
  patched = g_strdup_printf ("-----%s-----\n%s\n-----%s-----\n", parts[1], base64, parts[3]);
  g_assert_true (
    g_file_set_contents_full (path, patched, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
}

static void
test_rounds_limit (Fixture *fixture, gconstpointer data)
{
  key_support_generate (fixture->path, "ed25519", NULL, PASSPHRASE, NULL);
  patch_rounds (fixture->path, CULVERT_KEY_FILE_ROUNDS_MAX + 1);
  assert_fails (fixture->path, PASSPHRASE, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
                "10001 rounds of bcrypt");
  patch_rounds (fixture->path, G_MAXUINT32);
  assert_fails (fixture->path, PASSPHRASE, CULVERT_SSH_ERROR_KEY_UNSUPPORTED, "4294967295 rounds");
  patch_rounds (fixture->path, 0);
  assert_fails (fixture->path, PASSPHRASE, CULVERT_SSH_ERROR_KEY_MALFORMED, "makes no sense");
  patch_rounds (fixture->path, 1);
  assert_fails (fixture->path, PASSPHRASE, CULVERT_SSH_ERROR_KEY_PASSPHRASE_WRONG, "wrong");
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  gint64                    end_us;
  g_autoptr (CulvertSecret) secret = culvert_secret_new (PASSPHRASE, -1);
  g_autoptr (GCancellable)  cancellable = g_cancellable_new ();
  Waiting                   waiting = { FALSE, NULL };
  gint64                    cpu_us;

  key_support_generate (fixture->path, "ed25519", NULL, PASSPHRASE, NULL);
  /* A minute of work. */
  patch_rounds (fixture->path, CULVERT_KEY_FILE_ROUNDS_MAX);
  culvert_key_file_load_async (fixture->path, secret, cancellable, loaded_cb, &waiting);
  culvert_test_spend (100);
  g_assert_false (waiting.done);
  g_cancellable_cancel (cancellable);
  end_us = culvert_test_deadline_us (5000);
  culvert_test_wait_until (waiting.done, 1000);
  g_assert_error (waiting.error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  g_clear_error (&waiting.error);

  /* The worker stops as well, soon: then this process hardly uses the processor. */
  do
    {
      g_assert_cmpint (g_get_monotonic_time (), <, end_us);
      cpu_us = culvert_test_get_cpu_us ();
      culvert_test_spend (300);
    }
  while (culvert_test_get_cpu_us () - cpu_us > 15 * 1000);
}

/* Files that are not what they should be. */
typedef struct
{
  const char     *name;
  const char     *text;
  CulvertSshError code;
  const char     *words;
} TextRow;

static const TextRow text_rows[] = {
  { "empty", "", CULVERT_SSH_ERROR_KEY_MALFORMED, "empty" },
  { "prose", "Dear all,\n\nhere is the key.\n", CULVERT_SSH_ERROR_KEY_MALFORMED,
    "not a private key" },
  { "ppk-2", "PuTTY-User-Key-File-2: ssh-rsa\r\nEncryption: none\r\n",
    CULVERT_SSH_ERROR_KEY_UNSUPPORTED, "puttygen" },
  { "ppk-3", "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: aes256-cbc\n",
    CULVERT_SSH_ERROR_KEY_UNSUPPORTED, "puttygen" },
  { "public-openssh",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFIC5QzjGhTzBVPhGY0xrYTXLJVzoVXHU7dxWTZBfQPL me\n",
    CULVERT_SSH_ERROR_KEY_IS_PUBLIC, "public half" },
  { "public-pem", "-----BEGIN PUBLIC KEY-----\nMCow\n-----END PUBLIC KEY-----\n",
    CULVERT_SSH_ERROR_KEY_IS_PUBLIC, "public half" },
  { "public-ssh2", "---- BEGIN SSH2 PUBLIC KEY ----\nAAAA\n---- END SSH2 PUBLIC KEY ----\n",
    CULVERT_SSH_ERROR_KEY_IS_PUBLIC, "public half" },
  { "ssh2-private", "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----\nP2/5\n",
    CULVERT_SSH_ERROR_KEY_UNSUPPORTED, "ssh.com" },
  { "ssh1", "SSH PRIVATE KEY FILE FORMAT 1.1\n", CULVERT_SSH_ERROR_KEY_UNSUPPORTED, "protocol 1" },
  { "certificate", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    CULVERT_SSH_ERROR_KEY_UNSUPPORTED, "certificate" },
  { "dsa", "-----BEGIN DSA PRIVATE KEY-----\nMIIB\n-----END DSA PRIVATE KEY-----\n",
    CULVERT_SSH_ERROR_KEY_UNSUPPORTED, "DSA" },
  { "der", "0\x82\x04\xa4\x02\x01", CULVERT_SSH_ERROR_KEY_UNSUPPORTED, "PEM" },
  { "pem-garbage", "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----\n",
    CULVERT_SSH_ERROR_KEY_MALFORMED, "PEM" },
  { "pem-no-end", "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEIGWhM",
    CULVERT_SSH_ERROR_KEY_MALFORMED, "PEM" },
  { "pem-unknown-dek",
    "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: ROT-13,00\n\nAAAA\n"
    "-----END RSA PRIVATE KEY-----\n",
    CULVERT_SSH_ERROR_KEY_UNSUPPORTED, "OpenSSL" },
  { "openssh-no-end", "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n",
    CULVERT_SSH_ERROR_KEY_MALFORMED, "END OPENSSH" },
  { "openssh-not-base64",
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3Blb*\n-----END OPENSSH PRIVATE KEY-----\n",
    CULVERT_SSH_ERROR_KEY_MALFORMED, "base64" },
  { "openssh-other-magic",
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjIA\n-----END OPENSSH PRIVATE KEY-----\n",
    CULVERT_SSH_ERROR_KEY_MALFORMED, "beginning" },
  { "openssh-cut-short",
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAABA==\n"
    "-----END OPENSSH PRIVATE KEY-----\n",
    CULVERT_SSH_ERROR_KEY_MALFORMED, "cut short" },
};

static void
test_text (Fixture *fixture, gconstpointer data)
{
  const TextRow     *row = data;
  g_autoptr (GError) error = NULL;
  g_autofree char   *path = culvert_temp_dir_write (fixture->dir, "key", row->text);

  assert_fails (path, "some passphrase", row->code, row->words);
  if (strstr (row->name, "dek") == NULL)
    {
      g_assert_null (culvert_key_file_peek (path, &error));
      g_assert_error (error, CULVERT_SSH_ERROR, (int)row->code);
      g_assert_nonnull (strstr (error->message, path));
    }
}

/* Containers that no tool here would make. */
static void
write_container (Fixture    *fixture,
                 const char *cipher,
                 const char *kdf,
                 guint32     n_keys,
                 const char *type_name)
{
  g_autoptr (GByteArray) blob = g_byte_array_new ();
  g_autoptr (GByteArray) public_blob = g_byte_array_new ();
  g_autofree char       *base64 = NULL;
  g_autofree char       *text = NULL;

  g_byte_array_append (blob, (const guint8 *)"openssh-key-v1", 15);
  culvert_wire_write_text (blob, cipher);
  culvert_wire_write_text (blob, kdf);
  culvert_wire_write_text (blob, "");
  culvert_wire_write_u32 (blob, n_keys);
  culvert_wire_write_text (public_blob, type_name);
  culvert_wire_write_string (blob, public_blob->data, public_blob->len);
  culvert_wire_write_string (blob, "12345678", 8);
  base64 = g_base64_encode (blob->data, blob->len);
  text = g_strdup_printf (
    "-----BEGIN OPENSSH PRIVATE KEY-----\n%s\n-----END OPENSSH PRIVATE KEY-----\n", base64);
  g_free (culvert_temp_dir_write (fixture->dir, "key", text));
}

static void
test_containers (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char     *cipher;
    const char     *kdf;
    guint32         n_keys;
    const char     *type_name;
    CulvertSshError code;
    const char     *words;
  } rows[] = {
    { "none", "none", 1, "sk-ssh-ed25519@openssh.com", CULVERT_SSH_ERROR_KEY_NEEDS_AGENT,
      "ssh-add" },
    { "none", "none", 1, "ssh-dss", CULVERT_SSH_ERROR_KEY_UNSUPPORTED, "type ssh-dss" },
    { "none", "none", 1, "bell\a", CULVERT_SSH_ERROR_KEY_UNSUPPORTED, "type bell\\007" },
    { "none", "none", 2, "ssh-ed25519", CULVERT_SSH_ERROR_KEY_UNSUPPORTED, "2 keys" },
    { "none", "none", 0, "ssh-ed25519", CULVERT_SSH_ERROR_KEY_UNSUPPORTED, "0 keys" },
    { "twofish", "bcrypt", 1, "ssh-ed25519", CULVERT_SSH_ERROR_KEY_UNSUPPORTED, "twofish" },
    { "none", "bcrypt", 1, "ssh-ed25519", CULVERT_SSH_ERROR_KEY_MALFORMED, "derivation" },
    { "3des-cbc", "none", 1, "ssh-ed25519", CULVERT_SSH_ERROR_KEY_MALFORMED, "derivation" },
    { "3des-cbc", "argon2", 1, "ssh-ed25519", CULVERT_SSH_ERROR_KEY_UNSUPPORTED, "argon2" },
    { "3des-cbc", "bcrypt", 1, "ssh-ed25519", CULVERT_SSH_ERROR_KEY_MALFORMED, "derivation" },
    { "aes256-ctr", "bcrypt", 1, "ssh-ed25519", CULVERT_SSH_ERROR_KEY_MALFORMED, "length" },
    { "none", "none", 1, "ssh-ed25519", CULVERT_SSH_ERROR_KEY_MALFORMED, "damaged" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      write_container (fixture, rows[i].cipher, rows[i].kdf, rows[i].n_keys, rows[i].type_name);
      assert_fails (fixture->path, "some passphrase", rows[i].code, rows[i].words);
    }
}

/* Every byte of a plain key counts: none can be changed unnoticed, except in the comment.  (RSA's
 * numbers say the same more than once, and OpenSSL finds its way without some of them.) */
static void
test_damage (Fixture *fixture, gconstpointer data)
{
  g_autofree char *text = NULL;
  g_auto (GStrv)   parts = NULL;
  gsize            n_bytes;
  guint            n_accepted = 0;

  key_support_generate (fixture->path, data, NULL, NULL, NULL);
  g_file_get_contents (fixture->path, &text, NULL, NULL);
  parts = g_strsplit (text, "-----", 5);
  g_autofree guchar *bytes = g_base64_decode (parts[2], &n_bytes);

  for (gsize i = 0; i < n_bytes; i++)
    {
      g_autofree char              *base64 = NULL;
      g_autofree char              *damaged = NULL;
      g_autofree char              *path = NULL;
      g_autoptr (GError)            error = NULL;
      g_autoptr (CulvertPrivateKey) key = NULL;

      bytes[i] ^= 1;
      base64 = g_base64_encode (bytes, n_bytes);
      damaged = g_strdup_printf ("-----%s-----\n%s\n-----%s-----\n", parts[1], base64, parts[3]);
      path = culvert_temp_dir_write (fixture->dir, "damaged", damaged);
      key = key_support_load (path, NULL, &error);
      bytes[i] ^= 1;
      n_accepted += key != NULL ? 1 : 0;
      if (key != NULL)
        g_assert_cmpstr (culvert_private_key_get_comment (key), !=, "a comment");
    }
  g_assert_cmpuint (n_accepted, ==, strlen ("a comment"));
}

static void
test_too_many_iterations (Fixture *fixture, gconstpointer data)
{
  g_autofree char *plain = culvert_temp_dir_build (fixture->dir, "plain");

  g_free (
    culvert_child_process_run ("openssl", "genpkey", "-algorithm", "ed25519", "-out", plain, NULL));
  g_free (culvert_child_process_run ("openssl", "pkcs8", "-topk8", "-in", plain, "-v2",
                                     "aes-256-cbc", "-iter", "10000001", "-passout", OPENSSL_PASS,
                                     "-out", fixture->path, NULL));
  g_assert_cmpint (g_chmod (fixture->path, 0600), ==, 0);
  assert_fails (fixture->path, PASSPHRASE, CULVERT_SSH_ERROR_KEY_UNSUPPORTED, "PBKDF2");
}

/* An old cipher that OpenSSL 3 keeps out of reach is not a wrong passphrase. */
static void
test_unavailable_cipher (Fixture *fixture, gconstpointer data)
{
  g_autofree char *plain = culvert_temp_dir_build (fixture->dir, "plain");

  g_free (culvert_child_process_run ("openssl", "genrsa", "-out", plain, "2048", NULL));
  g_free (culvert_child_process_run ("openssl", "pkcs8", "-topk8", "-provider", "legacy",
                                     "-provider", "default", "-in", plain, "-v1", "PBE-MD5-DES",
                                     "-passout", OPENSSL_PASS, "-out", fixture->path, NULL));
  g_assert_cmpint (g_chmod (fixture->path, 0600), ==, 0);
  assert_fails (fixture->path, PASSPHRASE, CULVERT_SSH_ERROR_KEY_UNSUPPORTED, "OpenSSL");
}

static void
test_permissions (Fixture *fixture, gconstpointer data)
{
  static const mode_t refused[] = { 0640, 0604, 0620, 0602, 0610, 0601, 0644, 0666, 0777 };
  static const mode_t accepted[] = { 0600, 0400, 0700 };
  g_autoptr (GError)  error = NULL;
  g_autofree char    *advice = g_strdup_printf ("chmod 600 '%s'", fixture->path);

  key_support_generate (fixture->path, "ed25519", NULL, NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (refused); i++)
    {
      g_assert_cmpint (g_chmod (fixture->path, refused[i]), ==, 0);
      assert_fails (fixture->path, NULL, CULVERT_SSH_ERROR_KEY_PERMISSIONS, advice);
      g_assert_null (culvert_key_file_peek (fixture->path, &error));
      g_assert_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_PERMISSIONS);
      g_clear_error (&error);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (accepted); i++)
    {
      g_assert_cmpint (g_chmod (fixture->path, accepted[i]), ==, 0);
      culvert_private_key_unref (key_support_load (fixture->path, NULL, &error));
      g_assert_no_error (error);
    }
}

static void
test_unreadable (Fixture *fixture, gconstpointer data)
{
  gboolean is_root = geteuid () == 0;

  key_support_generate (fixture->path, "ed25519", NULL, NULL, NULL);
  g_assert_cmpint (g_chmod (fixture->path, 0), ==, 0);
  /* Nothing is unreadable for root, who therefore becomes somebody else for a moment. */
  if (is_root)
    g_assert_cmpint (seteuid (65534), ==, 0);
  assert_fails (fixture->path, NULL, CULVERT_SSH_ERROR_KEY_UNREADABLE, "denied");
  if (is_root)
    g_assert_cmpint (seteuid (0), ==, 0);
}

static void
test_not_a_file (Fixture *fixture, gconstpointer data)
{
  g_autofree char *missing = culvert_temp_dir_build (fixture->dir, "none/such");
  g_autofree char *fifo = culvert_temp_dir_build (fixture->dir, "fifo");
  g_autofree char *large = culvert_temp_dir_build (fixture->dir, "large");
  g_autofree char *content = g_strnfill (CULVERT_KEY_FILE_MAX + 1, '\n');

  assert_fails (missing, NULL, CULVERT_SSH_ERROR_KEY_NOT_FOUND, "No such file");
  assert_fails (culvert_temp_dir_get_path (fixture->dir), NULL, CULVERT_SSH_ERROR_KEY_UNREADABLE,
                "folder");
  g_assert_cmpint (mkfifo (fifo, 0600), ==, 0);
  assert_fails (fifo, NULL, CULVERT_SSH_ERROR_KEY_UNREADABLE, "regular");
  g_free (culvert_temp_dir_write (fixture->dir, "large", content));
  assert_fails (large, NULL, CULVERT_SSH_ERROR_KEY_UNREADABLE, "too large");
}

/* The private key may follow its public half or certificate, and lines may end as on Windows. */
static void
test_surroundings (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError)            error = NULL;
  g_autofree char              *text = NULL;
  g_autofree char              *public_text = NULL;
  g_autofree char              *together = NULL;
  g_autofree char              *path = NULL;
  g_auto (GStrv)                lines = NULL;
  g_autoptr (CulvertPrivateKey) key = NULL;

  key_support_generate (fixture->path, "ed25519", NULL, NULL, NULL);
  g_file_get_contents (fixture->path, &text, NULL, NULL);
  g_file_get_contents (fixture->public_path, &public_text, NULL, NULL);
  together = g_strconcat ("# my key\n", public_text, text, "trailing words\n", NULL);
  lines = g_strsplit (together, "\n", -1);
  g_free (together);
  together = g_strjoinv ("\r\n", lines);
  path = culvert_temp_dir_write (fixture->dir, "together", together);
  key = key_support_load (path, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (culvert_private_key_get_comment (key), ==, "a comment");
}

static void
add_row (const char   *path,
         gconstpointer row,
         void (*prepare) (Fixture *, gconstpointer),
         void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, row, prepare, test, tear_down);
}

static void
add_recipe (const Recipe *recipe, const char *what, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strdup_printf ("/ssh/key-file/%s/%s", recipe->name, what);

  add_row (path, recipe, set_up, test);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (recipes); i++)
    {
      add_recipe (&recipes[i], "loads", test_loads);
      add_recipe (&recipes[i], "passphrase", test_passphrase);
      add_recipe (&recipes[i], "peeks", test_peeks);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (text_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/key-file/not-a-key/", text_rows[i].name, NULL);

      add_row (path, &text_rows[i], set_up_empty, test_text);
    }
  add_row ("/ssh/key-file/containers", NULL, set_up_empty, test_containers);
  add_row ("/ssh/key-file/damage/ed25519", "ed25519", set_up_empty, test_damage);
  add_row ("/ssh/key-file/damage/ecdsa", "ecdsa", set_up_empty, test_damage);
  add_row ("/ssh/key-file/foreign-public-file", NULL, set_up_empty, test_foreign_public_file);
  add_row ("/ssh/key-file/loop-goes-on", NULL, set_up_empty, test_loop_goes_on);
  add_row ("/ssh/key-file/rounds-limit", NULL, set_up_empty, test_rounds_limit);
  add_row ("/ssh/key-file/cancel", NULL, set_up_empty, test_cancel);
  add_row ("/ssh/key-file/too-many-iterations", NULL, set_up_empty, test_too_many_iterations);
  add_row ("/ssh/key-file/unavailable-cipher", NULL, set_up_empty, test_unavailable_cipher);
  add_row ("/ssh/key-file/permissions", NULL, set_up_empty, test_permissions);
  add_row ("/ssh/key-file/unreadable", NULL, set_up_empty, test_unreadable);
  add_row ("/ssh/key-file/not-a-file", NULL, set_up_empty, test_not_a_file);
  add_row ("/ssh/key-file/surroundings", NULL, set_up_empty, test_surroundings);

  return g_test_run ();
}
