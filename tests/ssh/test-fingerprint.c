/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "key-support.h"
#include "ssh/fingerprint.h"
#include "ssh/wire.h"

#include <string.h>

/* "256 SHA256:… a comment (ED25519)" and the art below it, from ssh-keygen. */
static void
compare_with_ssh_keygen (const char *public_path)
{
  g_autoptr (GBytes) blob = key_support_read_public (public_path);
  g_autofree char   *listed =
    culvert_child_process_run ("ssh-keygen", "-l", "-v", "-f", public_path, NULL);
  g_autofree char *fingerprint = culvert_fingerprint_sha256 (blob);
  g_autofree char *art = culvert_fingerprint_random_art (blob);
  g_autofree char *kind = culvert_public_key_dup_kind (blob);
  g_autofree char *ours = g_strdup_printf (
    "%u %s a comment (%s)\n%s\n", culvert_public_key_get_n_bits (blob), fingerprint, kind, art);

  g_assert_cmpstr (ours, ==, listed);
}

typedef struct
{
  const char *name;
  const char *type;
  const char *bits;
} Row;

static const Row rows[] = {
  { "ed25519", "ed25519", NULL },  { "ecdsa-256", "ecdsa", "256" }, { "ecdsa-384", "ecdsa", "384" },
  { "ecdsa-521", "ecdsa", "521" }, { "rsa-1024", "rsa", "1024" },   { "rsa-2048", "rsa", "2048" },
  { "dsa", "dsa", NULL },
};

static void
test_key (gconstpointer data)
{
  const Row                 *row = data;
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autofree char           *path = culvert_temp_dir_build (dir, "key");
  g_autofree char           *public_path = culvert_temp_dir_build (dir, "key.pub");

  key_support_generate (path, row->type, row->bits, NULL, NULL);
  compare_with_ssh_keygen (public_path);
}

static void
test_certificate (gconstpointer data)
{
  const Row                 *row = data;
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autofree char           *authority = culvert_temp_dir_build (dir, "ca");
  g_autofree char           *path = culvert_temp_dir_build (dir, "key");
  g_autofree char           *public_path = culvert_temp_dir_build (dir, "key.pub");
  g_autofree char           *certificate_path = culvert_temp_dir_build (dir, "key-cert.pub");
  g_autoptr (GBytes)         plain = NULL;
  g_autoptr (GBytes)         certificate = NULL;
  g_autoptr (GBytes)         inside = NULL;

  key_support_generate (authority, "ed25519", NULL, NULL, NULL);
  key_support_generate (path, row->type, row->bits, NULL, NULL);
  g_assert_true (key_support_run ((const char *const[]){ "ssh-keygen", "-q", "-s", authority, "-I",
                                                         "id", "-n", "me", public_path, NULL },
                                  NULL));
  compare_with_ssh_keygen (certificate_path);

  plain = key_support_read_public (public_path);
  certificate = key_support_read_public (certificate_path);
  inside = culvert_public_key_dup_plain_blob (certificate);
  g_assert_false (g_bytes_equal (certificate, plain));
  g_assert_true (g_bytes_equal (inside, plain));
}

/* FIDO keys cannot be made without hardware, but their public halves can be written down. */
static void
test_fido (gconstpointer data)
{
  gboolean    is_ecdsa = GPOINTER_TO_INT (data);
  const char *type_name =
    is_ecdsa ? "sk-ecdsa-sha2-nistp256@openssh.com" : "sk-ssh-ed25519@openssh.com";
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autoptr (GByteArray)     blob = g_byte_array_new ();
  /* The base point of P-256, so that ssh-keygen finds it on the curve. */
  static const char point[] = "\x04"
                              "\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2"
                              "\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96"
                              "\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16"
                              "\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";
  g_autofree char  *base64 = NULL;
  g_autofree char  *line = NULL;
  g_autofree char  *path = NULL;

  culvert_wire_write_text (blob, type_name);
  if (is_ecdsa)
    {
      culvert_wire_write_text (blob, "nistp256");
      culvert_wire_write_string (blob, point, sizeof point - 1);
    }
  else
    culvert_wire_write_string (blob, point + 1, 32);
  culvert_wire_write_text (blob, "ssh:");

  base64 = g_base64_encode (blob->data, blob->len);
  line = g_strdup_printf ("%s %s a comment\n", type_name, base64);
  path = culvert_temp_dir_write (dir, "sk.pub", line);
  compare_with_ssh_keygen (path);
}

typedef struct
{
  const char *name;
  const char *blob;
  gsize       n_blob;
  const char *kind;
} MalformedRow;

#define MALFORMED(name, blob, kind)                                                                \
  {                                                                                                \
    name, blob, sizeof blob - 1, kind                                                              \
  }

static const MalformedRow malformed_rows[] = {
  MALFORMED ("empty", "", "UNKNOWN"),
  MALFORMED ("unknown-type", "\0\0\0\7ssh-new\0\0\0\1x", "ssh-new"),
  MALFORMED ("unprintable-type", "\0\0\0\7ssh\x1b[2J\0\0\0\1x", "UNKNOWN"),
  MALFORMED ("empty-type", "\0\0\0\0", "UNKNOWN"),
  MALFORMED ("no-fields", "\0\0\0\x0bssh-ed25519", "ssh-ed25519"),
  MALFORMED ("length-over-end", "\0\0\0\x0bssh-ed25519\0\0\0\x20short", "ssh-ed25519"),
  MALFORMED ("trailing", "\0\0\0\x0bssh-ed25519\0\0\0\1xy", "ssh-ed25519"),
  MALFORMED ("negative-modulus", "\0\0\0\7ssh-rsa\0\0\0\1\3\0\0\0\1\xff", "ssh-rsa"),
};

static void
test_malformed (gconstpointer data)
{
  const MalformedRow *row = data;
  g_autoptr (GBytes)  blob = g_bytes_new_static (row->blob, row->n_blob);
  g_autoptr (GBytes)  plain = culvert_public_key_dup_plain_blob (blob);
  g_autofree char    *kind = culvert_public_key_dup_kind (blob);
  g_autofree char    *art = culvert_fingerprint_random_art (blob);
  g_autofree char    *fingerprint = culvert_fingerprint_sha256 (blob);

  g_assert_cmpstr (kind, ==, row->kind);
  g_assert_cmpuint (culvert_public_key_get_n_bits (blob), ==, 0);
  g_assert_true (plain == blob);
  g_assert_cmpuint (strlen (fingerprint), ==, strlen ("SHA256:") + 43);
  g_assert_cmpuint (strlen (art), ==, 11 * 20 - 1);
}

/* OpenSSH cuts a title that is too long for the frame: so do we, instead of bursting it. */
static void
test_long_title (void)
{
  static const char  blob_text[] = "\0\0\0\x1e"
                                   "a-type-of-a-very-long-name@new"
                                   "\0\0\0\1x";
  g_autoptr (GBytes) blob = g_bytes_new_static (blob_text, sizeof blob_text - 1);
  g_autofree char   *art = culvert_fingerprint_random_art (blob);

  g_assert_true (g_str_has_prefix (art, "+[a-type-of-a-ver-+\n"));
}

typedef struct
{
  const char *text;
  const char *bytes; /* NULL: refused */
} Base64Row;

static const Base64Row base64_rows[] = {
  { "", "" },         { "Zg==", "f" },        { "Zm8=", "fo" },
  { "Zm9v", "foo" },  { "Zm9vYg==", "foob" }, { "Zm9v\r\nYmFy", "foobar" },
  { "Z g = =", "f" }, { "Zg=", NULL },        { "Zg", NULL },
  { "Z", NULL },      { "=", NULL },          { "Zg==Zg==", NULL },
  { "Zm9v=", NULL },  { "Zm9-", NULL },       { "Zm9\x80", NULL },
  { "Zg===", NULL },
};

static void
test_base64 (void)
{
  for (gsize i = 0; i < G_N_ELEMENTS (base64_rows); i++)
    {
      gsize              n_text = strlen (base64_rows[i].text);
      gsize              n_bytes;
      g_autofree guint8 *bytes = g_malloc (CULVERT_BASE64_DECODED_MAX (n_text));
      gboolean           ok = culvert_base64_decode (base64_rows[i].text, n_text, bytes, &n_bytes);

      g_autofree char *shown = g_strescape (base64_rows[i].text, NULL);

      g_test_message ("%s", shown);
      g_assert_true (ok == (base64_rows[i].bytes != NULL));
      if (ok)
        g_assert_cmpmem (bytes, n_bytes, base64_rows[i].bytes, strlen (base64_rows[i].bytes));
    }
}

static void
test_plain_algorithm (void)
{
  static const char *const pairs[][2] = {
    { "rsa-sha2-512-cert-v01@openssh.com", "rsa-sha2-512" },
    { "ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519" },
    { "sk-ssh-ed25519-cert-v01@openssh.com", "sk-ssh-ed25519@openssh.com" },
    { "sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519@openssh.com" },
    { "ssh-rsa", "ssh-rsa" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (pairs); i++)
    {
      g_autofree char *plain = culvert_public_key_dup_plain_algorithm (pairs[i][0]);

      g_assert_cmpstr (plain, ==, pairs[i][1]);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/fingerprint/key/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_key);
      if (strcmp (rows[i].type, "dsa") != 0)
        {
          g_free (path);
          path = g_strconcat ("/ssh/fingerprint/certificate/", rows[i].name, NULL);
          g_test_add_data_func (path, &rows[i], test_certificate);
        }
    }
  g_test_add_data_func ("/ssh/fingerprint/fido/ed25519", GINT_TO_POINTER (FALSE), test_fido);
  g_test_add_data_func ("/ssh/fingerprint/fido/ecdsa", GINT_TO_POINTER (TRUE), test_fido);
  for (gsize i = 0; i < G_N_ELEMENTS (malformed_rows); i++)
    {
      g_autofree char *path =
        g_strconcat ("/ssh/fingerprint/malformed/", malformed_rows[i].name, NULL);

      g_test_add_data_func (path, &malformed_rows[i], test_malformed);
    }
  g_test_add_func ("/ssh/fingerprint/long-title", test_long_title);
  g_test_add_func ("/ssh/fingerprint/base64", test_base64);
  g_test_add_func ("/ssh/fingerprint/plain-algorithm", test_plain_algorithm);

  return g_test_run ();
}
