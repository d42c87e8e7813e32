/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Certificates made by ssh-keygen, and what it says about those that were made here. */

#include "core/errors.h"
#include "key-support.h"
#include "ssh/certificate.h"
#include "ssh/curve.h"
#include "ssh/public-key.h"
#include "ssh/wire.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC (EVP_PKEY, EVP_PKEY_free)

/* 2026-01-01 and a year later, in UTC. */
#define BEGIN 1767225600
#define END   1798761600
#define SPAN  "20260101000000Z:20270101000000Z"

typedef struct
{
  CulvertTempDir *dir;
  char           *key;
  char           *authority;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = culvert_temp_dir_new ();
  fixture->key = culvert_temp_dir_build (fixture->dir, "key");
  fixture->authority = culvert_temp_dir_build (fixture->dir, "authority");
  key_support_generate (fixture->key, "ed25519", NULL, NULL, NULL);
  key_support_generate (fixture->authority, "ed25519", NULL, NULL, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->key);
  g_free (fixture->authority);
  culvert_temp_dir_free (fixture->dir);
}

/* (transfer full): the blob of the certificate that ssh-keygen makes with these further arguments */
static GBytes *
certify_with (const char *authority, const char *key, const char *const *more)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char      *public_path = g_strconcat (key, ".pub", NULL);
  g_autofree char      *path = g_strconcat (key, "-cert.pub", NULL);

  for (const char *const *word =
         (const char *const[]){ "ssh-keygen", "-q", "-s", authority, "-I", "the id", NULL };
       *word != NULL; word++)
    g_ptr_array_add (argv, (gpointer)*word);
  for (; *more != NULL; more++)
    g_ptr_array_add (argv, (gpointer)*more);
  g_ptr_array_add (argv, public_path);
  g_ptr_array_add (argv, NULL);
  g_assert_true (key_support_run ((const char *const *)argv->pdata, NULL));
  return key_support_read_public (path);
}

#define certify(fixture, ...)                                                                      \
  certify_with ((fixture)->authority, (fixture)->key, (const char *const[]){ __VA_ARGS__, NULL })

static CulvertCertificate *
parse (GBytes *blob)
{
  g_autoptr (GError)  error = NULL;
  CulvertCertificate *certificate = culvert_certificate_parse (blob, &error);

  g_assert_no_error (error);
  g_assert_nonnull (certificate);
  return certificate;
}

static CulvertCertificateState
check (GBytes *blob, CulvertCertificateType wanted, const char *name, gint64 now)
{
  g_autoptr (CulvertCertificate) certificate = parse (blob);

  return culvert_certificate_check (certificate, wanted, name, now);
}

#define assert_check(blob, wanted, name, now, state)                                               \
  g_assert_cmpint (check (blob, wanted, name, now), ==, CULVERT_CERTIFICATE_##state)

/* Writes @blob as a .pub file and returns whether ssh-keygen, which verifies the signature of what it
 * lists, takes it. */
static gboolean
ssh_keygen_takes (CulvertTempDir *dir, GBytes *blob)
{
  g_autofree char *type = culvert_public_key_dup_type_name (blob);
  g_autofree char *base64 =
    g_base64_encode (g_bytes_get_data (blob, NULL), g_bytes_get_size (blob));
  g_autofree char *text = g_strdup_printf ("%s %s\n", type, base64);
  g_autofree char *path = culvert_temp_dir_write (dir, "listed.pub", text);

  return key_support_run ((const char *const[]){ "ssh-keygen", "-L", "-f", path, NULL }, NULL);
}

static void
test_host (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) blob = certify (fixture, "-h", "-n", "one.example,two.example", "-V", SPAN,
                                     "-z", "18446744073709551615");
  g_autoptr (CulvertCertificate) certificate = parse (blob);
  g_autofree char               *key_public = g_strconcat (fixture->key, ".pub", NULL);
  g_autofree char               *authority_public = g_strconcat (fixture->authority, ".pub", NULL);
  g_autoptr (GBytes)             key = key_support_read_public (key_public);
  g_autoptr (GBytes)             authority = key_support_read_public (authority_public);

  g_assert_cmpstr (certificate->type_name, ==, "ssh-ed25519-cert-v01@openssh.com");
  g_assert_true (g_bytes_equal (certificate->plain_blob, key));
  g_assert_true (g_bytes_equal (certificate->authority_blob, authority));
  g_assert_cmpuint (certificate->serial, ==, G_MAXUINT64);
  g_assert_cmpint (certificate->type, ==, CULVERT_CERTIFICATE_HOST);
  g_assert_cmpstr (certificate->key_id, ==, "the id");
  g_assert_cmpuint (g_strv_length (certificate->principals), ==, 2);
  g_assert_cmpstr (certificate->principals[1], ==, "two.example");
  g_assert_cmpuint (certificate->valid_after, ==, BEGIN);
  g_assert_cmpuint (certificate->valid_before, ==, END);
  g_assert_cmpuint (certificate->critical_options->len, ==, 0);
  g_assert_cmpuint (certificate->extensions->len, ==, 0);
  g_assert_cmpstr (certificate->signature_algorithm, ==, "ssh-ed25519");

  assert_check (blob, CULVERT_CERTIFICATE_HOST, "one.example", BEGIN, VALID);
  assert_check (blob, CULVERT_CERTIFICATE_HOST, "TWO.Example", END - 1, VALID);
  assert_check (blob, CULVERT_CERTIFICATE_HOST, NULL, BEGIN, VALID);
  assert_check (blob, CULVERT_CERTIFICATE_HOST, "one.example", BEGIN - 1, NOT_YET_VALID);
  assert_check (blob, CULVERT_CERTIFICATE_HOST, "one.example", -1, NOT_YET_VALID);
  assert_check (blob, CULVERT_CERTIFICATE_HOST, "one.example", END, EXPIRED);
  assert_check (blob, CULVERT_CERTIFICATE_HOST, "three.example", BEGIN, PRINCIPAL_MISSING);
  assert_check (blob, CULVERT_CERTIFICATE_HOST, "", BEGIN, PRINCIPAL_MISSING);
  assert_check (blob, CULVERT_CERTIFICATE_USER, "one.example", BEGIN, WRONG_TYPE);
}

static void
test_host_without_principals (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) blob = certify (fixture, "-h");

  assert_check (blob, CULVERT_CERTIFICATE_HOST, "one.example", BEGIN, NO_PRINCIPALS);
  assert_check (blob, CULVERT_CERTIFICATE_HOST, NULL, BEGIN, NO_PRINCIPALS);
}

static void
test_host_pattern (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) blob = certify (fixture, "-h", "-n", "*.Example,host-?");

  assert_check (blob, CULVERT_CERTIFICATE_HOST, "one.example", BEGIN, VALID);
  assert_check (blob, CULVERT_CERTIFICATE_HOST, "HOST-1", BEGIN, VALID);
  assert_check (blob, CULVERT_CERTIFICATE_HOST, "host-12", BEGIN, PRINCIPAL_MISSING);
  assert_check (blob, CULVERT_CERTIFICATE_HOST, "one.example.net", BEGIN, PRINCIPAL_MISSING);
}

static void
test_forever (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) blob = certify (fixture, "-h", "-n", "one.example");

  assert_check (blob, CULVERT_CERTIFICATE_HOST, "one.example", 0, VALID);
  assert_check (blob, CULVERT_CERTIFICATE_HOST, "one.example", G_MAXINT64, VALID);
}

static void
test_host_critical_option (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) blob =
    certify (fixture, "-h", "-n", "one.example", "-O", "critical:force-command=true");

  assert_check (blob, CULVERT_CERTIFICATE_HOST, "one.example", BEGIN, UNKNOWN_OPTION);
}

static void
test_user (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) blob =
    certify (fixture, "-n", "root", "-O", "clear", "-O", "permit-pty", "-O",
             "source-address=192.0.2.0/24", "-O", "force-command=/bin/true", "-O",
             "extension:mine@example.com=\xff odd", "-O", "verify-required");
  g_autoptr (CulvertCertificate)  certificate = parse (blob);
  const CulvertCertificateOption *option;
  CulvertWireReader               reader;
  g_autofree char                *command = NULL;

  g_assert_cmpuint (certificate->critical_options->len, ==, 3);
  option = culvert_certificate_find_option (certificate->critical_options, "force-command");
  g_assert_nonnull (option);
  culvert_wire_reader_init_from_bytes (&reader, option->value);
  command = culvert_wire_read_text (&reader, 1000);
  g_assert_cmpstr (command, ==, "/bin/true");
  g_assert_cmpuint (certificate->extensions->len, ==, 2);
  option = culvert_certificate_find_option (certificate->extensions, "permit-pty");
  g_assert_nonnull (option);
  g_assert_cmpuint (g_bytes_get_size (option->value), ==, 0);
  g_assert_null (culvert_certificate_find_option (certificate->extensions, "force-command"));

  assert_check (blob, CULVERT_CERTIFICATE_USER, "root", BEGIN, VALID);
  assert_check (blob, CULVERT_CERTIFICATE_USER, "Root", BEGIN, PRINCIPAL_MISSING);
  assert_check (blob, CULVERT_CERTIFICATE_USER, "", BEGIN, PRINCIPAL_MISSING);
  assert_check (blob, CULVERT_CERTIFICATE_HOST, "root", BEGIN, WRONG_TYPE);
}

static void
test_user_variants (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) nobody = certify (fixture, "-V", SPAN);
  g_autoptr (GBytes) unknown = certify (fixture, "-n", "root", "-O", "critical:mine@example.com");

  assert_check (nobody, CULVERT_CERTIFICATE_USER, "root", BEGIN, VALID);
  assert_check (nobody, CULVERT_CERTIFICATE_USER, "root", END, EXPIRED);
  assert_check (unknown, CULVERT_CERTIFICATE_USER, "root", BEGIN, UNKNOWN_OPTION);
}

static void
test_most_principals (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GString)            names = g_string_new ("name");
  g_autoptr (GBytes)             blob = NULL;
  g_autoptr (CulvertCertificate) certificate = NULL;

  for (guint i = 1; i < CULVERT_CERTIFICATE_PRINCIPALS_MAX; i++)
    g_string_append_printf (names, ",name%u", i);
  blob = certify (fixture, "-h", "-n", names->str);
  certificate = parse (blob);
  g_assert_cmpuint (g_strv_length (certificate->principals), ==,
                    CULVERT_CERTIFICATE_PRINCIPALS_MAX);
  assert_check (blob, CULVERT_CERTIFICATE_HOST, "name255", BEGIN, VALID);
}

/* One authority's key, and a certified key, of each type: what ssh-keygen has signed is verified, and
 * no byte of it may change. */
static void
test_types (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *type;
    const char *bits;
    const char *algorithm; /* ssh-keygen -t when it signs */
  } types[] = {
    { "ed25519", NULL, NULL }, { "ecdsa", "256", NULL },          { "ecdsa", "384", NULL },
    { "ecdsa", "521", NULL },  { "rsa", "1024", "rsa-sha2-256" }, { "rsa", "2048", "rsa-sha2-512" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (types); i++)
    {
      g_autofree char   *name = g_strdup_printf ("authority%zu", i);
      g_autofree char   *authority = culvert_temp_dir_build (fixture->dir, name);
      g_autoptr (GBytes) by_it = NULL;
      g_autoptr (GBytes) for_it = NULL;
      gsize              n_bytes;
      const guint8      *bytes;
      gsize              step;

      key_support_generate (authority, types[i].type, types[i].bits, NULL, NULL);
      for_it = certify_with (fixture->authority, authority,
                             (const char *const[]){ "-h", "-n", "one.example", NULL });
      assert_check (for_it, CULVERT_CERTIFICATE_HOST, "one.example", BEGIN, VALID);
      by_it = certify_with (authority, fixture->key,
                            (const char *const[]){ "-h", "-n", "one.example",
                                                   types[i].algorithm != NULL ? "-t" : NULL,
                                                   types[i].algorithm, NULL });
      assert_check (by_it, CULVERT_CERTIFICATE_HOST, "one.example", BEGIN, VALID);

      bytes = g_bytes_get_data (by_it, &n_bytes);
      step = n_bytes / 97 + 1;
      for (gsize place = 0; place < n_bytes; place += step)
        {
          guint8                        *changed = g_memdup2 (bytes, n_bytes);
          g_autoptr (GBytes)             blob = NULL;
          g_autoptr (CulvertCertificate) certificate = NULL;

          changed[place] ^= 1;
          blob = g_bytes_new_take (changed, n_bytes);
          certificate = culvert_certificate_parse (blob, NULL);
          g_assert_true (certificate == NULL ||
                         culvert_certificate_verify (certificate) != CULVERT_CERTIFICATE_VALID);
        }
    }
}

static void
test_sha1 (Fixture *fixture, gconstpointer data)
{
  g_autofree char   *authority = culvert_temp_dir_build (fixture->dir, "rsa");
  g_autoptr (GBytes) blob = NULL;

  key_support_generate (authority, "rsa", "2048", NULL, NULL);
  blob = certify_with (authority, fixture->key,
                       (const char *const[]){ "-h", "-n", "one.example", "-t", "ssh-rsa", NULL });
  assert_check (blob, CULVERT_CERTIFICATE_HOST, "one.example", BEGIN, WEAK_SIGNATURE);
}

/* The same certificate with the signature of another. */
static void
test_foreign_signature (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes)             one = certify (fixture, "-h", "-n", "one.example");
  g_autoptr (GBytes)             two = certify (fixture, "-h", "-n", "two.example");
  g_autoptr (CulvertCertificate) parsed = parse (two);
  g_autoptr (GByteArray)         mixed = g_byte_array_new ();
  g_autoptr (GBytes)             blob = NULL;

  g_byte_array_append (mixed, g_bytes_get_data (one, NULL),
                       (guint)(g_bytes_get_size (one) - 4 - g_bytes_get_size (parsed->signature)));
  culvert_wire_write_bytes (mixed, parsed->signature);
  blob = g_byte_array_free_to_bytes (g_steal_pointer (&mixed));
  assert_check (blob, CULVERT_CERTIFICATE_HOST, "one.example", BEGIN, BAD_SIGNATURE);
}

/* What no authority of OpenSSH's signs, made by hand. */
typedef struct
{
  EVP_PKEY   *pkey; /* NULL: a made-up signature */
  const char *digest;
  GBytes     *authority;
  const char *algorithm;
  const char *application; /* NULL: no token */
  guint32     type;
  guint       n_principals;
  gboolean    is_cut; /* the list of options ends inside a name */
  gboolean    is_disordered;
  gboolean    has_more; /* a byte behind the end */
  const char *key_type; /* NULL: Ed25519 */
} Made;

static void
append_sha256 (GByteArray *array, const void *bytes, gsize n_bytes)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8                digest[32];
  gsize                 n_digest = sizeof digest;

  g_checksum_update (checksum, bytes, (gssize)n_bytes);
  g_checksum_get_digest (checksum, digest, &n_digest);
  g_byte_array_append (array, digest, sizeof digest);
}

static void
write_ecdsa (GByteArray *array, const guint8 *der, gsize n_der)
{
  ECDSA_SIG             *pair = d2i_ECDSA_SIG (NULL, &der, (long)n_der);
  guint8                 number[32];
  g_autoptr (GByteArray) inner = g_byte_array_new ();

  g_assert_nonnull (pair);
  BN_bn2binpad (ECDSA_SIG_get0_r (pair), number, sizeof number);
  culvert_wire_write_mpint (inner, number, sizeof number);
  BN_bn2binpad (ECDSA_SIG_get0_s (pair), number, sizeof number);
  culvert_wire_write_mpint (inner, number, sizeof number);
  culvert_wire_write_string (array, inner->data, inner->len);
  ECDSA_SIG_free (pair);
}

static void
write_signature (GByteArray *array, const Made *made, const void *data, gsize n_data)
{
  g_autoptr (GByteArray) statement = g_byte_array_new ();
  EVP_MD_CTX            *context = EVP_MD_CTX_new ();
  guint8                 signature[512];
  size_t                 n_signature = sizeof signature;

  if (made->application != NULL)
    {
      append_sha256 (statement, made->application, strlen (made->application));
      culvert_wire_write_byte (statement, 1);
      culvert_wire_write_u32 (statement, 77);
      append_sha256 (statement, data, n_data);
    }
  else
    g_byte_array_append (statement, data, (guint)n_data);

  g_assert_cmpint (
    EVP_DigestSignInit_ex (context, NULL, made->digest, NULL, NULL, made->pkey, NULL), ==, 1);
  g_assert_cmpint (
    EVP_DigestSign (context, signature, &n_signature, statement->data, statement->len), ==, 1);
  EVP_MD_CTX_free (context);
  culvert_wire_write_text (array, made->algorithm);
  if (EVP_PKEY_get_base_id (made->pkey) == EVP_PKEY_EC)
    write_ecdsa (array, signature, n_signature);
  else
    culvert_wire_write_string (array, signature, n_signature);
  if (made->application != NULL)
    {
      culvert_wire_write_byte (array, 1);
      culvert_wire_write_u32 (array, 77);
    }
}

static void
write_options (GByteArray *array, const Made *made)
{
  g_autoptr (GByteArray) options = g_byte_array_new ();

  if (made->is_disordered)
    {
      culvert_wire_write_text (options, "permit-pty");
      culvert_wire_write_text (options, "");
      culvert_wire_write_text (options, "a-first");
      culvert_wire_write_text (options, "");
    }
  if (made->is_cut)
    culvert_wire_write_u32 (options, 20);
  culvert_wire_write_string (array, options->data, options->len);
}

static GBytes *
make (const Made *made)
{
  g_autoptr (GByteArray) blob = g_byte_array_new ();
  g_autoptr (GByteArray) names = g_byte_array_new ();
  g_autoptr (GByteArray) signature = g_byte_array_new ();
  const guint8           point[32] = { 9 };

  culvert_wire_write_text (blob, made->key_type != NULL ? made->key_type
                                                        : "ssh-ed25519-cert-v01@openssh.com");
  culvert_wire_write_text (blob, "nonce");
  if (g_strcmp0 (made->key_type, "ssh-dss-cert-v01@openssh.com") == 0)
    for (guint i = 0; i < 4; i++)
      culvert_wire_write_mpint (blob, point, 1);
  else
    culvert_wire_write_string (blob, point, sizeof point);
  if (g_strcmp0 (made->key_type, "sk-ssh-ed25519-cert-v01@openssh.com") == 0)
    culvert_wire_write_text (blob, "ssh:");
  culvert_wire_write_u32 (blob, 0);
  culvert_wire_write_u32 (blob, 1);
  culvert_wire_write_u32 (blob, made->type);
  culvert_wire_write_text (blob, "made here");
  for (guint i = 0; i < made->n_principals; i++)
    culvert_wire_write_text (names, "one.example");
  culvert_wire_write_string (blob, names->data, names->len);
  for (guint i = 0; i < 2; i++)
    {
      culvert_wire_write_u32 (blob, i == 0 ? 0 : G_MAXUINT32);
      culvert_wire_write_u32 (blob, i == 0 ? 0 : G_MAXUINT32);
    }
  culvert_wire_write_text (blob, "");
  write_options (blob, made);
  culvert_wire_write_text (blob, "");
  culvert_wire_write_bytes (blob, made->authority);
  write_signature (signature, made, blob->data, blob->len);
  culvert_wire_write_string (blob, signature->data, signature->len);
  if (made->has_more)
    culvert_wire_write_byte (blob, 0);
  return g_byte_array_free_to_bytes (g_steal_pointer (&blob));
}

static GBytes *
dup_ed25519 (EVP_PKEY *pkey, const char *type_name, const char *application)
{
  GByteArray *blob = g_byte_array_new ();
  guint8      point[32];
  size_t      n_point = sizeof point;

  g_assert_cmpint (EVP_PKEY_get_raw_public_key (pkey, point, &n_point), ==, 1);
  culvert_wire_write_text (blob, type_name);
  culvert_wire_write_string (blob, point, n_point);
  if (application != NULL)
    culvert_wire_write_text (blob, application);
  return g_byte_array_free_to_bytes (blob);
}

static GBytes *
dup_ecdsa (EVP_PKEY *pkey, const char *type_name, const char *application)
{
  GByteArray *blob = g_byte_array_new ();
  guint8      point[65];
  size_t      n_point;

  g_assert_cmpint (EVP_PKEY_get_octet_string_param (pkey, OSSL_PKEY_PARAM_ENCODED_PUBLIC_KEY, point,
                                                    sizeof point, &n_point),
                   ==, 1);
  culvert_wire_write_text (blob, type_name);
  culvert_wire_write_text (blob, "nistp256");
  culvert_wire_write_string (blob, point, n_point);
  culvert_wire_write_text (blob, application);
  return g_byte_array_free_to_bytes (blob);
}

/* Authorities on FIDO tokens. */
static void
test_tokens (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = { "sk-ssh-ed25519@openssh.com",
                                       "sk-ecdsa-sha2-nistp256@openssh.com" };

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (EVP_PKEY) pkey = i == 0 ? EVP_PKEY_Q_keygen (NULL, NULL, "ED25519")
                                         : EVP_PKEY_Q_keygen (NULL, NULL, "EC", "prime256v1");
      g_autoptr (GBytes)   authority =
        i == 0 ? dup_ed25519 (pkey, names[i], "ssh:") : dup_ecdsa (pkey, names[i], "ssh:");
      Made               made = { .pkey = pkey,
                                  .digest = i == 0 ? NULL : "SHA256",
                                  .authority = authority,
                                  .algorithm = names[i],
                                  .application = "ssh:",
                                  .type = CULVERT_CERTIFICATE_HOST,
                                  .n_principals = 1 };
      g_autoptr (GBytes) good = make (&made);
      g_autoptr (GBytes) elsewhere = NULL;

      g_assert_true (ssh_keygen_takes (fixture->dir, good));
      assert_check (good, CULVERT_CERTIFICATE_HOST, "one.example", BEGIN, VALID);
      made.application = "ssh:other";
      elsewhere = make (&made);
      g_assert_false (ssh_keygen_takes (fixture->dir, elsewhere));
      assert_check (elsewhere, CULVERT_CERTIFICATE_HOST, "one.example", BEGIN, BAD_SIGNATURE);
    }
}

/* Taken or refused just as by ssh-keygen. */
static void
test_made (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    Made     made;
    gboolean is_good;
  } rows[] = {
    { { .type = CULVERT_CERTIFICATE_HOST, .n_principals = 1 }, TRUE },
    { { .type = CULVERT_CERTIFICATE_HOST, .n_principals = 1, .is_disordered = TRUE }, TRUE },
    { { .type = CULVERT_CERTIFICATE_HOST,
        .n_principals = 1,
        .key_type = "sk-ssh-ed25519-cert-v01@openssh.com" },
      TRUE },
    { { .type = CULVERT_CERTIFICATE_HOST, .n_principals = 256 }, TRUE },
    { { .type = CULVERT_CERTIFICATE_HOST, .n_principals = 257 }, FALSE },
    { { .type = 0, .n_principals = 1 }, FALSE },
    { { .type = 3, .n_principals = 1 }, FALSE },
    { { .type = CULVERT_CERTIFICATE_HOST, .n_principals = 1, .is_cut = TRUE }, FALSE },
    { { .type = CULVERT_CERTIFICATE_HOST, .n_principals = 1, .has_more = TRUE }, FALSE },
    { { .type = CULVERT_CERTIFICATE_HOST,
        .n_principals = 1,
        .key_type = "ssh-dss-cert-v01@openssh.com" },
      FALSE },
    { { .type = CULVERT_CERTIFICATE_HOST,
        .n_principals = 1,
        .key_type = "mine-cert-v01@openssh.com" },
      FALSE },
  };
  g_autoptr (EVP_PKEY) pkey = EVP_PKEY_Q_keygen (NULL, NULL, "ED25519");
  g_autoptr (GBytes)   authority = dup_ed25519 (pkey, "ssh-ed25519", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      Made                           made = rows[i].made;
      g_autoptr (GBytes)             blob = NULL;
      g_autoptr (CulvertCertificate) certificate = NULL;
      g_autoptr (GError)             error = NULL;

      made.pkey = pkey;
      made.authority = authority;
      made.algorithm = "ssh-ed25519";
      blob = make (&made);
      certificate = culvert_certificate_parse (blob, &error);
      g_test_message ("%zu: %s", i, error != NULL ? error->message : "good");
      g_assert_cmpint (certificate != NULL, ==, rows[i].is_good);
      g_assert_cmpint (error == NULL, ==, rows[i].is_good);
      /* Old releases still know DSA. */
      if (!g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_UNSUPPORTED) ||
          made.key_type == NULL)
        g_assert_cmpint (ssh_keygen_takes (fixture->dir, blob), ==, rows[i].is_good);
      if (certificate != NULL)
        g_assert_cmpint (culvert_certificate_verify (certificate), ==, CULVERT_CERTIFICATE_VALID);
    }
}

/* An authority must have a plain key. */
static void
test_certified_authority (Fixture *fixture, gconstpointer data)
{
  g_autoptr (EVP_PKEY) pkey = EVP_PKEY_Q_keygen (NULL, NULL, "ED25519");
  g_autoptr (GBytes)   authority = certify (fixture, "-h", "-n", "one.example");
  Made                 made = { .pkey = pkey,
                                .authority = authority,
                                .algorithm = "ssh-ed25519",
                                .type = CULVERT_CERTIFICATE_HOST,
                                .n_principals = 1 };
  g_autoptr (GBytes)   blob = make (&made);
  g_autoptr (GError)   error = NULL;

  g_assert_null (culvert_certificate_parse (blob, &error));
  g_assert_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_UNSUPPORTED);
}

static void
test_malformed (Fixture *fixture, gconstpointer data)
{
  g_autofree char   *key_public = g_strconcat (fixture->key, ".pub", NULL);
  g_autoptr (GBytes) plain = key_support_read_public (key_public);
  g_autoptr (GBytes) blob = certify (fixture, "-h", "-n", "one.example");
  g_autoptr (GBytes) huge =
    g_bytes_new_take (g_malloc0 (CULVERT_CERTIFICATE_MAX + 1), CULVERT_CERTIFICATE_MAX + 1);
  g_autoptr (GError) error = NULL;

  g_assert_null (culvert_certificate_parse (plain, &error));
  g_assert_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_MALFORMED);
  g_clear_error (&error);
  g_assert_null (culvert_certificate_parse (huge, &error));
  g_assert_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_MALFORMED);
  for (gsize length = 0; length < g_bytes_get_size (blob); length++)
    {
      g_autoptr (GBytes) cut = g_bytes_new_from_bytes (blob, 0, length);

      g_assert_null (culvert_certificate_parse (cut, NULL));
    }
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/ssh/certificate/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  add ("host", test_host);
  add ("host-without-principals", test_host_without_principals);
  add ("host-pattern", test_host_pattern);
  add ("forever", test_forever);
  add ("host-critical-option", test_host_critical_option);
  add ("user", test_user);
  add ("user-variants", test_user_variants);
  add ("most-principals", test_most_principals);
  add ("types", test_types);
  add ("sha1", test_sha1);
  add ("foreign-signature", test_foreign_signature);
  add ("tokens", test_tokens);
  add ("made", test_made);
  add ("certified-authority", test_certified_authority);
  add ("malformed", test_malformed);

  return g_test_run ();
}
