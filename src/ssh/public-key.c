/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/public-key.h"

#include "ssh/wire.h"

#include <string.h>

#define TYPE_NAME_MAX 64

#define CERTIFICATE_SUFFIX "-cert-v01@openssh.com"

/* What follows the type's name in a blob; of a certificate, what follows its nonce. */
typedef enum
{
  FIELDS_POINT,             /* string point */
  FIELDS_POINT_APPLICATION, /* string point, string application */
  FIELDS_CURVE,             /* string curve, string point */
  FIELDS_CURVE_APPLICATION, /* string curve, string point, string application */
  FIELDS_RSA,               /* mpint e, mpint n */
  FIELDS_DSA,               /* mpint p, q, g, y */
} Fields;

typedef struct
{
  const char *type_name;
  const char *certificate_name;
  const char *kind;
  Fields      fields;
  guint       n_bits; /* 0: it is in the key */
} KeyType;

static const KeyType key_types[] = {
  { "ssh-ed25519", "ssh-ed25519-cert-v01@openssh.com", "ED25519", FIELDS_POINT, 256 },
  { "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256-cert-v01@openssh.com", "ECDSA", FIELDS_CURVE, 256 },
  { "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp384-cert-v01@openssh.com", "ECDSA", FIELDS_CURVE, 384 },
  { "ecdsa-sha2-nistp521", "ecdsa-sha2-nistp521-cert-v01@openssh.com", "ECDSA", FIELDS_CURVE, 521 },
  { "ssh-rsa", "ssh-rsa-cert-v01@openssh.com", "RSA", FIELDS_RSA, 0 },
  { "ssh-dss", "ssh-dss-cert-v01@openssh.com", "DSA", FIELDS_DSA, 0 },
  { "sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519-cert-v01@openssh.com", "ED25519-SK",
    FIELDS_POINT_APPLICATION, 256 },
  { "sk-ecdsa-sha2-nistp256@openssh.com", "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", "ECDSA-SK",
    FIELDS_CURVE_APPLICATION, 256 },
};

typedef struct
{
  const KeyType *type; /* NULL: a type we do not know, or malformed */
  gboolean       is_certificate;
  guint          n_bits;
  const guint8  *fields; /* the key's own fields, inside the blob */
  gsize          n_fields;
} ParsedKey;

static guint
count_bits (const guint8 *bytes, gsize n_bytes)
{
  return n_bytes == 0 ? 0 : (guint)(n_bytes - 1) * 8 + g_bit_storage (bytes[0]);
}

/* Reads the fields of one key and returns the size of its number, if it has one. */
static guint
skip_fields (CulvertWireReader *reader, Fields fields)
{
  const guint8 *bytes;
  gsize         n_bytes;
  guint         n_bits = 0;

  switch (fields)
    {
    case FIELDS_CURVE_APPLICATION:
      culvert_wire_read_string (reader, &bytes, &n_bytes);
      G_GNUC_FALLTHROUGH;
    case FIELDS_CURVE:
    case FIELDS_POINT_APPLICATION:
      culvert_wire_read_string (reader, &bytes, &n_bytes);
      G_GNUC_FALLTHROUGH;
    case FIELDS_POINT:
      culvert_wire_read_string (reader, &bytes, &n_bytes);
      break;

    case FIELDS_RSA:
      culvert_wire_read_mpint (reader, &bytes, &n_bytes);
      culvert_wire_read_mpint (reader, &bytes, &n_bytes);
      n_bits = count_bits (bytes, n_bytes);
      break;

    case FIELDS_DSA:
      culvert_wire_read_mpint (reader, &bytes, &n_bytes);
      n_bits = count_bits (bytes, n_bytes);
      for (guint i = 0; i < 3; i++)
        culvert_wire_read_mpint (reader, &bytes, &n_bytes);
      break;

    default:
      g_assert_not_reached ();
    }
  return n_bits;
}

static const KeyType *
find_type (const char *name, gboolean *is_certificate)
{
  for (gsize i = 0; i < G_N_ELEMENTS (key_types); i++)
    {
      *is_certificate = strcmp (name, key_types[i].certificate_name) == 0;
      if (*is_certificate || strcmp (name, key_types[i].type_name) == 0)
        return &key_types[i];
    }
  return NULL;
}

static gboolean
parse (GBytes *blob, ParsedKey *key)
{
  CulvertWireReader reader;
  const guint8     *nonce;
  gsize             n_nonce;
  guint             n_bits;

  memset (key, 0, sizeof *key);
  culvert_wire_reader_init_from_bytes (&reader, blob);

  g_autofree char *name = culvert_wire_read_text (&reader, TYPE_NAME_MAX);
  const KeyType   *type = name != NULL ? find_type (name, &key->is_certificate) : NULL;

  if (type == NULL)
    return FALSE;

  if (key->is_certificate)
    culvert_wire_read_string (&reader, &nonce, &n_nonce);

  key->fields = reader.next;
  n_bits = skip_fields (&reader, type->fields);
  if (reader.failed || (!key->is_certificate && reader.n_left > 0))
    return FALSE;

  key->type = type;
  key->n_bits = type->n_bits != 0 ? type->n_bits : n_bits;
  key->n_fields = (gsize)(reader.next - key->fields);
  return TRUE;
}

char *
culvert_public_key_dup_type_name (GBytes *blob)
{
  CulvertWireReader reader;

  culvert_wire_reader_init_from_bytes (&reader, blob);
  return culvert_wire_read_text (&reader, TYPE_NAME_MAX);
}

/* A type's name that is not ours comes from a server: only what may be shown is passed on. */
static gboolean
is_printable (const char *name)
{
  for (const char *c = name; *c != '\0'; c++)
    if (!g_ascii_isgraph (*c))
      return FALSE;

  return *name != '\0';
}

char *
culvert_public_key_dup_kind (GBytes *blob)
{
  ParsedKey key;

  if (parse (blob, &key))
    return g_strconcat (key.type->kind, key.is_certificate ? "-CERT" : "", NULL);

  g_autofree char *name = culvert_public_key_dup_type_name (blob);

  return g_strdup (name != NULL && is_printable (name) ? name : "UNKNOWN");
}

guint
culvert_public_key_get_n_bits (GBytes *blob)
{
  ParsedKey key;

  return parse (blob, &key) ? key.n_bits : 0;
}

GBytes *
culvert_public_key_dup_plain_blob (GBytes *blob)
{
  ParsedKey   key;
  GByteArray *plain;

  if (!parse (blob, &key) || !key.is_certificate)
    return g_bytes_ref (blob);

  plain = g_byte_array_new ();
  culvert_wire_write_text (plain, key.type->type_name);
  g_byte_array_append (plain, key.fields, (guint)key.n_fields);
  return g_byte_array_free_to_bytes (plain);
}

char *
culvert_public_key_dup_plain_algorithm (const char *algorithm)
{
  g_autofree char *plain = NULL;

  if (!g_str_has_suffix (algorithm, CERTIFICATE_SUFFIX))
    return g_strdup (algorithm);

  plain = g_strndup (algorithm, strlen (algorithm) - strlen (CERTIFICATE_SUFFIX));
  /* The names of FIDO keys keep OpenSSH's domain, the others never had it. */
  return g_strconcat (plain, g_str_has_prefix (plain, "sk-") ? "@openssh.com" : "", NULL);
}

static int
decode_character (char c)
{
  if (c >= 'A' && c <= 'Z')
    return c - 'A';
  if (c >= 'a' && c <= 'z')
    return c - 'a' + 26;
  if (c >= '0' && c <= '9')
    return c - '0' + 52;
  if (c == '+')
    return 62;
  return c == '/' ? 63 : -1;
}

gboolean
culvert_base64_decode (const char *text, gsize n_text, guint8 *bytes, gsize *n_bytes)
{
  guint32 group = 0;
  guint   n_digits = 0;
  guint   n_padding = 0;

  *n_bytes = 0;
  for (gsize i = 0; i < n_text; i++)
    {
      int digit = decode_character (text[i]);

      if (g_ascii_isspace (text[i]))
        continue;
      if (text[i] == '=')
        n_padding++;
      else if (digit < 0 || n_padding > 0)
        return FALSE;
      else
        group = group << 6 | (guint32)digit;

      if (text[i] != '=')
        n_digits++;
      if (n_digits == 4)
        {
          bytes[(*n_bytes)++] = (guint8)(group >> 16);
          bytes[(*n_bytes)++] = (guint8)(group >> 8);
          bytes[(*n_bytes)++] = (guint8)group;
          n_digits = 0;
        }
    }

  if (n_digits == 0)
    return n_padding == 0;
  if (n_digits == 1 || n_digits + n_padding != 4)
    return FALSE;

  group <<= 6 * (4 - n_digits);
  bytes[(*n_bytes)++] = (guint8)(group >> 16);
  if (n_digits == 3)
    bytes[(*n_bytes)++] = (guint8)(group >> 8);
  return TRUE;
}

GBytes *
culvert_public_key_decode (const char *type_name, const char *base64, gsize n_base64)
{
  gsize              n_bytes;
  g_autofree guint8 *bytes = g_malloc (CULVERT_BASE64_DECODED_MAX (n_base64));
  g_autoptr (GBytes) blob = NULL;
  g_autofree char   *found = NULL;

  if (!culvert_base64_decode (base64, n_base64, bytes, &n_bytes))
    return NULL;

  blob = g_bytes_new (bytes, n_bytes);
  found = culvert_public_key_dup_type_name (blob);
  if (found == NULL || strcmp (found, type_name) != 0)
    return NULL;

  return g_steal_pointer (&blob);
}
