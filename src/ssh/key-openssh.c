/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/key-format.h"

#include "core/errors.h"
#include "ssh/bcrypt-pbkdf.h"
#include "ssh/key-build.h"
#include "ssh/key-cipher.h"
#include "ssh/public-key.h"
#include "ssh/wire.h"

#include <string.h>

#define BEGIN_LINE "-----BEGIN OPENSSH PRIVATE KEY-----"
#define END_LINE   "-----END OPENSSH PRIVATE KEY-----"

static const guint8 magic[] = "openssh-key-v1"; /* its NUL belongs to it */

#define WORD_MAX    64
#define COMMENT_MAX 4096

/* The outer structure, all of it views on the blob. */
typedef struct
{
  const CulvertKeyCipher *cipher;
  const guint8           *salt;
  gsize                   n_salt;
  guint32                 n_rounds;
  GBytes                 *public_blob;
  const guint8           *text; /* the private section, perhaps encrypted */
  gsize                   n_text;
  const guint8           *tag;
} Container;

static void
clear_container (Container *self)
{
  g_clear_pointer (&self->public_blob, g_bytes_unref);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Container, clear_container)

G_GNUC_PRINTF (3, 4)
static gboolean
fail (GError **error, CulvertSshError code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (CULVERT_SSH_ERROR, (int)code, format, arguments));
  va_end (arguments);
  return FALSE;
}

/* A word from the file that is about to stand in a message. */
static char *
quote (const char *word)
{
  return g_strescape (word, NULL);
}

static gboolean
check_type (GBytes *public_blob, GError **error)
{
  g_autofree char *type_name = culvert_public_key_dup_type_name (public_blob);
  g_autofree char *quoted = NULL;

  if (type_name == NULL)
    return fail (error, CULVERT_SSH_ERROR_KEY_MALFORMED, "the public part has no type");

  if (culvert_key_build_knows (type_name))
    return TRUE;

  quoted = quote (type_name);
  if (g_str_has_prefix (type_name, "sk-"))
    return fail (error, CULVERT_SSH_ERROR_KEY_NEEDS_AGENT,
                 "a FIDO key (%s): its secret stays in the security key; add it to ssh-agent with "
                 "ssh-add and sign in through the agent",
                 quoted);

  return fail (error, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
               "keys of type %s are not used; Ed25519, ECDSA and RSA are", quoted);
}

static gboolean
read_kdf (Container *self, const char *kdf, CulvertWireReader *options, GError **error)
{
  g_autofree char *quoted = quote (kdf);
  gboolean         is_encrypted = self->cipher->algorithm != NULL;

  if (strcmp (kdf, "none") == 0 && !is_encrypted)
    return TRUE;

  if (strcmp (kdf, "bcrypt") != 0)
    return fail (error,
                 strcmp (kdf, "none") == 0 ? CULVERT_SSH_ERROR_KEY_MALFORMED
                                           : CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
                 "encrypted with %s, but the key derivation is “%s”", self->cipher->name, quoted);

  culvert_wire_read_string (options, &self->salt, &self->n_salt);
  culvert_wire_read_u32 (options, &self->n_rounds);
  if (!is_encrypted || !culvert_wire_reader_is_done (options) || self->n_salt == 0 ||
      self->n_rounds == 0)
    return fail (error, CULVERT_SSH_ERROR_KEY_MALFORMED, "the key derivation makes no sense");

  if (self->n_rounds > CULVERT_KEY_FILE_ROUNDS_MAX)
    return fail (error, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
                 "its passphrase takes %u rounds of bcrypt; at most %d are done", self->n_rounds,
                 CULVERT_KEY_FILE_ROUNDS_MAX);
  return TRUE;
}

static gboolean
read_container (Container *self, const guint8 *blob, gsize n_blob, GError **error)
{
  CulvertWireReader reader;
  CulvertWireReader options;
  const guint8     *start;
  guint32           n_keys = 0;

  memset (self, 0, sizeof *self);
  culvert_wire_reader_init (&reader, blob, n_blob);
  if (!culvert_wire_read_raw (&reader, sizeof magic, &start) ||
      memcmp (start, magic, sizeof magic) != 0)
    return fail (error, CULVERT_SSH_ERROR_KEY_MALFORMED, "the OpenSSH key has another beginning");

  g_autofree char *cipher = culvert_wire_read_text (&reader, WORD_MAX);
  g_autofree char *kdf = culvert_wire_read_text (&reader, WORD_MAX);

  culvert_wire_read_nested (&reader, &options);
  culvert_wire_read_u32 (&reader, &n_keys);
  self->public_blob = culvert_wire_read_bytes (&reader);
  culvert_wire_read_string (&reader, &self->text, &self->n_text);
  if (reader.failed)
    return fail (error, CULVERT_SSH_ERROR_KEY_MALFORMED, "the OpenSSH key is cut short");

  if (n_keys != 1)
    return fail (error, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
                 "the file holds %u keys; only files with one are read", n_keys);

  self->cipher = culvert_key_cipher_find (cipher);
  if (self->cipher == NULL)
    {
      g_autofree char *quoted = quote (cipher);

      return fail (error, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
                   "encrypted with “%s”, which is not supported; change it with "
                   "ssh-keygen -p -Z aes256-ctr",
                   quoted);
    }

  culvert_wire_read_raw (&reader, self->cipher->n_tag, &self->tag);
  if (!culvert_wire_reader_is_done (&reader) || self->n_text == 0 ||
      self->n_text % self->cipher->n_block != 0)
    return fail (error, CULVERT_SSH_ERROR_KEY_MALFORMED, "the private section has a wrong length");

  return check_type (self->public_blob, error) && read_kdf (self, kdf, &options, error);
}

static CulvertScratch *
decrypt (const Container *self,
         CulvertSecret   *passphrase,
         GCancellable    *cancellable,
         GError         **error)
{
  gsize                      n_key = self->cipher->n_key + self->cipher->n_iv;
  g_autoptr (CulvertScratch) key = culvert_scratch_new (n_key);
  g_autoptr (CulvertScratch) plain = culvert_scratch_new (self->n_text);

  if (n_key > 0)
    {
      if (passphrase == NULL)
        {
          fail (error, CULVERT_SSH_ERROR_KEY_PASSPHRASE_NEEDED, "the key needs its passphrase");
          return NULL;
        }
      if (culvert_secret_get_length (passphrase) == 0)
        {
          fail (error, CULVERT_SSH_ERROR_KEY_PASSPHRASE_WRONG, "the passphrase is empty");
          return NULL;
        }
      if (!culvert_bcrypt_pbkdf (culvert_secret_peek (passphrase),
                                 culvert_secret_get_length (passphrase), self->salt, self->n_salt,
                                 self->n_rounds, key->bytes, n_key, cancellable, error))
        return NULL;
    }

  switch (culvert_key_cipher_decrypt (self->cipher, key->bytes, self->text, self->n_text, self->tag,
                                      plain->bytes))
    {
    case CULVERT_KEY_CIPHER_OK:
      return g_steal_pointer (&plain);

    case CULVERT_KEY_CIPHER_WRONG:
      fail (error, CULVERT_SSH_ERROR_KEY_PASSPHRASE_WRONG, "the passphrase is wrong");
      return NULL;

    case CULVERT_KEY_CIPHER_UNAVAILABLE:
    default:
      fail (error, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
            "encrypted with %s, which OpenSSL does not offer here", self->cipher->name);
      return NULL;
    }
}

/* What is left behind the comment counts 1, 2, 3 … up to less than a block. */
static gboolean
is_padding (const CulvertWireReader *reader, gsize n_block)
{
  if (reader->failed || reader->n_left >= n_block)
    return FALSE;

  for (gsize i = 0; i < reader->n_left; i++)
    if (reader->next[i] != i + 1)
      return FALSE;

  return TRUE;
}

static CulvertPrivateKey *
read_private (const Container *self, const CulvertScratch *plain, GError **error)
{
  CulvertWireReader reader;
  guint32           check[2];

  culvert_wire_reader_init (&reader, plain->bytes, plain->n_bytes);
  culvert_wire_read_u32 (&reader, &check[0]);
  culvert_wire_read_u32 (&reader, &check[1]);
  if (reader.failed || check[0] != check[1])
    {
      if (self->cipher->algorithm != NULL && !reader.failed)
        fail (error, CULVERT_SSH_ERROR_KEY_PASSPHRASE_WRONG, "the passphrase is wrong");
      else
        fail (error, CULVERT_SSH_ERROR_KEY_MALFORMED, "the private section is damaged");
      return NULL;
    }

  g_autofree char    *type_name = culvert_wire_read_text (&reader, WORD_MAX);
  struct evp_pkey_st *pkey = type_name != NULL ? culvert_key_build_read (type_name, &reader) : NULL;
  g_autofree char    *comment = culvert_wire_read_text (&reader, COMMENT_MAX);

  if (pkey == NULL || !is_padding (&reader, self->cipher->n_block))
    {
      g_clear_pointer (&pkey, culvert_key_build_free);
      fail (error, CULVERT_SSH_ERROR_KEY_MALFORMED, "the private section makes no sense");
      return NULL;
    }

  g_autoptr (CulvertPrivateKey) key = culvert_private_key_new_take (pkey, comment, error);

  if (key == NULL)
    return NULL;

  if (!g_bytes_equal (culvert_private_key_get_public_blob (key), self->public_blob))
    {
      fail (error, CULVERT_SSH_ERROR_KEY_MALFORMED,
            "the public part in clear is not that of the private key");
      return NULL;
    }
  return g_steal_pointer (&key);
}

CulvertPrivateKey *
culvert_key_openssh_parse_blob (const guint8  *blob,
                                gsize          n_blob,
                                CulvertSecret *passphrase,
                                GCancellable  *cancellable,
                                GError       **error)
{
  g_auto (Container)         container;
  g_autoptr (CulvertScratch) plain = NULL;

  if (!read_container (&container, blob, n_blob, error))
    return NULL;

  plain = decrypt (&container, passphrase, cancellable, error);
  return plain != NULL ? read_private (&container, plain, error) : NULL;
}

static CulvertScratch *
remove_armour (const char *text, gsize n_bytes, GError **error)
{
  const char                *body = text + strlen (BEGIN_LINE);
  const char                *end = g_strstr_len (text, (gssize)n_bytes, END_LINE);
  g_autoptr (CulvertScratch) blob = NULL;

  if (end == NULL)
    {
      fail (error, CULVERT_SSH_ERROR_KEY_MALFORMED, "the line “" END_LINE "” is missing");
      return NULL;
    }

  blob = culvert_scratch_new (CULVERT_BASE64_DECODED_MAX ((gsize)(end - body)));
  if (!culvert_base64_decode (body, (gsize)(end - body), blob->bytes, &blob->n_bytes))
    {
      fail (error, CULVERT_SSH_ERROR_KEY_MALFORMED, "the text of the key is not base64");
      return NULL;
    }
  return g_steal_pointer (&blob);
}

CulvertPrivateKey *
culvert_key_openssh_parse (const char    *text,
                           gsize          n_bytes,
                           CulvertSecret *passphrase,
                           GCancellable  *cancellable,
                           GError       **error)
{
  g_autoptr (CulvertScratch) blob = remove_armour (text, n_bytes, error);

  if (blob == NULL)
    return NULL;

  return culvert_key_openssh_parse_blob (blob->bytes, blob->n_bytes, passphrase, cancellable,
                                         error);
}

CulvertKeyFileInfo *
culvert_key_openssh_peek (const char *text, gsize n_bytes, GError **error)
{
  g_autoptr (CulvertScratch) blob = remove_armour (text, n_bytes, error);
  g_auto (Container)         container = { 0 };
  CulvertKeyFileInfo        *info;

  if (blob == NULL || !read_container (&container, blob->bytes, blob->n_bytes, error))
    return NULL;

  if (container.cipher->algorithm == NULL)
    {
      g_autoptr (CulvertPrivateKey) key =
        culvert_key_openssh_parse_blob (blob->bytes, blob->n_bytes, NULL, NULL, error);

      return key != NULL ? culvert_key_file_info_new_from_key (key) : NULL;
    }

  info = g_new0 (CulvertKeyFileInfo, 1);
  info->is_encrypted = TRUE;
  info->type_name = culvert_public_key_dup_type_name (container.public_blob);
  info->public_blob = g_bytes_ref (container.public_blob);
  return info;
}
