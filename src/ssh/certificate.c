/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/certificate.h"

#include "core/errors.h"
#include "ssh/known-hosts-private.h"
#include "ssh/public-key.h"
#include "ssh/wire.h"

#include <string.h>

#define SUFFIX "-cert-v01@openssh.com"

static void
option_free (gpointer data)
{
  CulvertCertificateOption *option = data;

  g_free (option->name);
  g_bytes_unref (option->value);
  g_free (option);
}

void
culvert_certificate_free (CulvertCertificate *self)
{
  if (self == NULL)
    return;

  g_free (self->type_name);
  g_clear_pointer (&self->plain_blob, g_bytes_unref);
  g_free (self->key_id);
  g_strfreev (self->principals);
  g_clear_pointer (&self->critical_options, g_ptr_array_unref);
  g_clear_pointer (&self->extensions, g_ptr_array_unref);
  g_clear_pointer (&self->authority_blob, g_bytes_unref);
  g_free (self->signature_algorithm);
  g_clear_pointer (&self->signed_bytes, g_bytes_unref);
  g_clear_pointer (&self->signature, g_bytes_unref);
  g_free (self);
}

gboolean
culvert_certificate_is_type (const char *type_name)
{
  return g_str_has_suffix (type_name, SUFFIX);
}

const CulvertCertificateOption *
culvert_certificate_find_option (const GPtrArray *options, const char *name)
{
  for (guint i = 0; i < options->len; i++)
    {
      const CulvertCertificateOption *option = g_ptr_array_index (options, i);

      if (strcmp (option->name, name) == 0)
        return option;
    }
  return NULL;
}

/* Returns: (transfer full) (nullable) */
static GStrv
read_principals (CulvertWireReader *reader)
{
  CulvertWireReader        inner;
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  guint                    n_names = 0;

  culvert_wire_read_nested (reader, &inner);
  while (inner.n_left > 0)
    {
      g_autofree char *name = culvert_wire_read_text (&inner, inner.n_left);

      if (name == NULL || ++n_names > CULVERT_CERTIFICATE_PRINCIPALS_MAX)
        {
          reader->failed = TRUE;
          break;
        }
      g_strv_builder_add (builder, name);
    }
  return g_strv_builder_end (builder);
}

/* Returns: (transfer full): the options before the first that is malformed */
static GPtrArray *
read_options (CulvertWireReader *reader)
{
  CulvertWireReader inner;
  GPtrArray        *options = g_ptr_array_new_with_free_func (option_free);

  culvert_wire_read_nested (reader, &inner);
  while (inner.n_left > 0)
    {
      g_autofree char          *name = culvert_wire_read_text (&inner, inner.n_left);
      g_autoptr (GBytes)        value = culvert_wire_read_bytes (&inner);
      CulvertCertificateOption *option;

      if (name == NULL || value == NULL)
        {
          reader->failed = TRUE;
          break;
        }
      option = g_new0 (CulvertCertificateOption, 1);
      option->name = g_steal_pointer (&name);
      option->value = g_steal_pointer (&value);
      g_ptr_array_add (options, option);
    }
  return options;
}

static gboolean
fail (GError **error, int code, const char *what)
{
  g_set_error (error, CULVERT_SSH_ERROR, code, "the certificate cannot be used: %s", what);
  return FALSE;
}

static gboolean
is_plain_key (GBytes *blob)
{
  g_autofree char *name = culvert_public_key_dup_type_name (blob);

  return culvert_public_key_get_n_bits (blob) > 0 && !culvert_certificate_is_type (name);
}

static gboolean
is_dsa (GBytes *blob)
{
  g_autofree char *name = culvert_public_key_dup_type_name (blob);

  return name != NULL && g_str_has_prefix (name, "ssh-dss");
}

/* The bytes of @blob behind the name of its type. */
static gsize
count_fields (GBytes *blob)
{
  CulvertWireReader reader;
  const guint8     *name;
  gsize             n_name;

  culvert_wire_reader_init_from_bytes (&reader, blob);
  culvert_wire_read_string (&reader, &name, &n_name);
  return reader.n_left;
}

/* What comes before the fields that all types have in common: the type, a nonce and the key itself,
 * which stands there as in its own blob, without the type's name. */
static gboolean
read_key (CulvertCertificate *self, CulvertWireReader *reader, GBytes *blob, GError **error)
{
  const guint8 *ignored;
  gsize         n_ignored;

  self->type_name = culvert_wire_read_text (reader, 64);
  if (self->type_name == NULL || !culvert_certificate_is_type (self->type_name))
    return fail (error, CULVERT_SSH_ERROR_KEY_MALFORMED, "it is none");
  if (is_dsa (blob))
    return fail (error, CULVERT_SSH_ERROR_KEY_UNSUPPORTED, "DSA keys are not used any more");
  if (culvert_public_key_get_n_bits (blob) == 0)
    return fail (error, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
                 "the key in it is damaged, or of an unknown type");

  self->plain_blob = culvert_public_key_dup_plain_blob (blob);
  culvert_wire_read_string (reader, &ignored, &n_ignored);
  culvert_wire_read_raw (reader, count_fields (self->plain_blob), &ignored);
  return TRUE;
}

static gboolean
read_signature (CulvertCertificate *self, CulvertWireReader *reader)
{
  CulvertWireReader inner;

  self->signature = culvert_wire_read_bytes (reader);
  if (self->signature == NULL || !culvert_wire_reader_is_done (reader))
    return FALSE;
  culvert_wire_reader_init_from_bytes (&inner, self->signature);
  self->signature_algorithm = culvert_wire_read_text (&inner, 64);
  return self->signature_algorithm != NULL;
}

static gboolean
read_statement (CulvertCertificate *self, CulvertWireReader *reader, GBytes *blob, GError **error)
{
  guint32       type;
  const guint8 *reserved;
  gsize         n_reserved;

  culvert_wire_read_u64 (reader, &self->serial);
  culvert_wire_read_u32 (reader, &type);
  self->key_id = culvert_wire_read_text (reader, CULVERT_CERTIFICATE_MAX);
  self->principals = read_principals (reader);
  culvert_wire_read_u64 (reader, &self->valid_after);
  culvert_wire_read_u64 (reader, &self->valid_before);
  self->critical_options = read_options (reader);
  self->extensions = read_options (reader);
  culvert_wire_read_string (reader, &reserved, &n_reserved);
  self->authority_blob = culvert_wire_read_bytes (reader);
  if (reader->failed)
    return fail (error, CULVERT_SSH_ERROR_KEY_MALFORMED, "it is damaged");

  self->signed_bytes = g_bytes_new_from_bytes (blob, 0, g_bytes_get_size (blob) - reader->n_left);
  if (!read_signature (self, reader))
    return fail (error, CULVERT_SSH_ERROR_KEY_MALFORMED, "it is damaged");
  if (type != CULVERT_CERTIFICATE_USER && type != CULVERT_CERTIFICATE_HOST)
    return fail (error, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
                 "it is neither for a user nor for a host");
  self->type = type;
  if (is_dsa (self->authority_blob))
    return fail (error, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
                 "its authority has a DSA key, which is not used any more");
  if (!is_plain_key (self->authority_blob))
    return fail (error, CULVERT_SSH_ERROR_KEY_UNSUPPORTED,
                 "the key of its authority is damaged, or of a type that cannot sign");
  return TRUE;
}

CulvertCertificate *
culvert_certificate_parse (GBytes *blob, GError **error)
{
  g_autoptr (CulvertCertificate) self = g_new0 (CulvertCertificate, 1);
  CulvertWireReader              reader;

  if (g_bytes_get_size (blob) > CULVERT_CERTIFICATE_MAX)
    {
      fail (error, CULVERT_SSH_ERROR_KEY_MALFORMED, "it is too large");
      return NULL;
    }
  culvert_wire_reader_init_from_bytes (&reader, blob);
  if (!read_key (self, &reader, blob, error) || !read_statement (self, &reader, blob, error))
    return NULL;
  return g_steal_pointer (&self);
}

static gboolean
has_principal (const CulvertCertificate *self, const char *name)
{
  g_autofree char *lower = g_ascii_strdown (name, -1);

  /* An empty name in the list must not stand for a name that was forgotten. */
  if (*name == '\0')
    return FALSE;
  if (self->type == CULVERT_CERTIFICATE_USER)
    return g_strv_contains ((const char *const *)self->principals, name);
  for (char **principal = self->principals; *principal != NULL; principal++)
    if (culvert_known_hosts_match_pattern (lower, *principal, strlen (*principal)))
      return TRUE;

  return FALSE;
}

static gboolean
has_unknown_option (const CulvertCertificate *self)
{
  static const char *const known[] = { "force-command", "source-address", "verify-required", NULL };

  for (guint i = 0; i < self->critical_options->len; i++)
    {
      const CulvertCertificateOption *option = g_ptr_array_index (self->critical_options, i);

      if (self->type == CULVERT_CERTIFICATE_HOST || !g_strv_contains (known, option->name))
        return TRUE;
    }
  return FALSE;
}

CulvertCertificateState
culvert_certificate_check (const CulvertCertificate *self,
                           CulvertCertificateType    wanted,
                           const char               *name,
                           gint64                    now)
{
  CulvertCertificateState signature = culvert_certificate_verify (self);

  if (signature != CULVERT_CERTIFICATE_VALID)
    return signature;
  if (self->type != wanted)
    return CULVERT_CERTIFICATE_WRONG_TYPE;
  if (now < 0 || (guint64)now < self->valid_after)
    return CULVERT_CERTIFICATE_NOT_YET_VALID;
  if ((guint64)now >= self->valid_before)
    return CULVERT_CERTIFICATE_EXPIRED;
  if (self->type == CULVERT_CERTIFICATE_HOST && self->principals[0] == NULL)
    return CULVERT_CERTIFICATE_NO_PRINCIPALS;
  if (name != NULL && self->principals[0] != NULL && !has_principal (self, name))
    return CULVERT_CERTIFICATE_PRINCIPAL_MISSING;
  return has_unknown_option (self) ? CULVERT_CERTIFICATE_UNKNOWN_OPTION : CULVERT_CERTIFICATE_VALID;
}
