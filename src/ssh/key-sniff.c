/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/key-format.h"

#include "core/errors.h"
#include "ssh/public-key.h"

#include <string.h>

/* Lines that tell what a file is: the first line of the file that is one of them decides.  Only a
 * public key is passed over, since the private one may follow. */
typedef struct
{
  const char      *line; /* how the line begins */
  CulvertKeyFormat format;
  CulvertSshError  code; /* when the format is NONE */
  const char      *message;
} Sign;

#define USE_PRIVATE "this is the public half; choose the private key beside it"

static const Sign signs[] = {
  { "-----BEGIN OPENSSH PRIVATE KEY-----", CULVERT_KEY_FORMAT_OPENSSH },
  { "-----BEGIN RSA PRIVATE KEY-----", CULVERT_KEY_FORMAT_PEM },
  { "-----BEGIN EC PRIVATE KEY-----", CULVERT_KEY_FORMAT_PEM },
  { "-----BEGIN PRIVATE KEY-----", CULVERT_KEY_FORMAT_PEM },
  { "-----BEGIN ENCRYPTED PRIVATE KEY-----", CULVERT_KEY_FORMAT_PEM },
  { "-----BEGIN DSA PRIVATE KEY-----", CULVERT_KEY_FORMAT_NONE, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
    "DSA keys are not used; Ed25519, ECDSA and RSA are" },
  { "-----BEGIN PUBLIC KEY-----", CULVERT_KEY_FORMAT_NONE, CULVERT_SSH_ERROR_KEY_IS_PUBLIC,
    USE_PRIVATE },
  { "-----BEGIN RSA PUBLIC KEY-----", CULVERT_KEY_FORMAT_NONE, CULVERT_SSH_ERROR_KEY_IS_PUBLIC,
    USE_PRIVATE },
  { "---- BEGIN SSH2 PUBLIC KEY ----", CULVERT_KEY_FORMAT_NONE, CULVERT_SSH_ERROR_KEY_IS_PUBLIC,
    USE_PRIVATE },
  { "---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----", CULVERT_KEY_FORMAT_NONE,
    CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
    "a key in the format of ssh.com; convert it with ssh-keygen -i" },
  { "PuTTY-User-Key-File-", CULVERT_KEY_FORMAT_NONE, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
    "a PuTTY key (.ppk); export it as an OpenSSH key with puttygen" },
  { "SSH PRIVATE KEY FILE FORMAT 1.1", CULVERT_KEY_FORMAT_NONE, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
    "a key for SSH protocol 1, which nobody speaks any more" },
};

static const char certificate_line[] = "-----BEGIN CERTIFICATE-----";

/* A tag of DER with a length of two or more bytes: what PKCS #12 and binary key files begin with. */
static gboolean
is_der (const char *text, gsize n_bytes)
{
  return n_bytes > 4 && text[0] == 0x30 && ((guint8)text[1] & 0xf0) == 0x80;
}

/* "ssh-ed25519 AAAA… comment" */
static gboolean
is_public_line (const char *line, gsize n_bytes)
{
  gsize              n_type = 0;
  gsize              n_base64 = 0;
  g_autofree char   *type_name = NULL;
  const char        *base64;
  g_autoptr (GBytes) blob = NULL;

  while (n_type < n_bytes && g_ascii_isgraph (line[n_type]))
    n_type++;
  if (n_type == 0 || n_type == n_bytes)
    return FALSE;

  base64 = line + n_type + 1;
  while (n_type + 1 + n_base64 < n_bytes && g_ascii_isgraph (base64[n_base64]))
    n_base64++;

  type_name = g_strndup (line, n_type);
  blob = culvert_public_key_decode (type_name, base64, n_base64);
  return blob != NULL;
}

static gboolean
begins_with (const char *line, gsize n_bytes, const char *beginning)
{
  return n_bytes >= strlen (beginning) && memcmp (line, beginning, strlen (beginning)) == 0;
}

static const Sign *
find_sign (const char *line, gsize n_bytes)
{
  for (gsize i = 0; i < G_N_ELEMENTS (signs); i++)
    if (begins_with (line, n_bytes, signs[i].line))
      return &signs[i];

  return NULL;
}

static CulvertKeyFormat
refuse (GError **error, CulvertSshError code, const char *message)
{
  g_set_error_literal (error, CULVERT_SSH_ERROR, (int)code, message);
  return CULVERT_KEY_FORMAT_NONE;
}

CulvertKeyFormat
culvert_key_sniff (const char *text, gsize n_bytes, const char **begin, GError **error)
{
  gboolean has_certificate = FALSE;
  gboolean has_public = FALSE;
  gsize    start = 0;

  *begin = NULL;
  if (n_bytes == 0)
    return refuse (error, CULVERT_SSH_ERROR_KEY_MALFORMED, "the file is empty");
  if (is_der (text, n_bytes))
    return refuse (error, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
                   "a binary key (DER or PKCS #12); convert it to PEM with openssl");

  while (start < n_bytes)
    {
      const char *line = text + start;
      const char *end = memchr (line, '\n', n_bytes - start);
      gsize       length = end != NULL ? (gsize)(end - line) : n_bytes - start;
      const Sign *sign = find_sign (line, length);

      if (sign != NULL && sign->format != CULVERT_KEY_FORMAT_NONE)
        {
          *begin = line;
          return sign->format;
        }
      if (sign != NULL && sign->code != CULVERT_SSH_ERROR_KEY_IS_PUBLIC)
        return refuse (error, sign->code, sign->message);
      if (sign != NULL || is_public_line (line, length))
        has_public = TRUE;
      has_certificate = has_certificate || begins_with (line, length, certificate_line);
      start += length + 1;
    }

  if (has_public)
    return refuse (error, CULVERT_SSH_ERROR_KEY_IS_PUBLIC, USE_PRIVATE);
  if (has_certificate)
    return refuse (error, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
                   "an X.509 certificate without its private key");
  return refuse (error, CULVERT_SSH_ERROR_KEY_MALFORMED, "this is not a private key");
}
