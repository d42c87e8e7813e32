/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/agent-message.h"

#include "core/errors.h"
#include "ssh/public-key.h"
#include "ssh/wire.h"

#include <string.h>

enum
{
  SSH_AGENT_FAILURE = 5,
  SSH_AGENTC_REQUEST_IDENTITIES = 11,
  SSH_AGENT_IDENTITIES_ANSWER = 12,
  SSH_AGENTC_SIGN_REQUEST = 13,
  SSH_AGENT_SIGN_RESPONSE = 14,
  SSH_AGENT_EXTENSION_FAILURE = 28,
};

enum
{
  SSH_AGENT_RSA_SHA2_256 = 2,
  SSH_AGENT_RSA_SHA2_512 = 4,
};

#define COMMENT_MAX   4096
#define ALGORITHM_MAX 64

static GBytes *
finish_message (GByteArray *body)
{
  GByteArray *message = g_byte_array_sized_new (body->len + 4);

  culvert_wire_write_string (message, body->data, body->len);
  g_byte_array_unref (body);
  return g_byte_array_free_to_bytes (message);
}

GBytes *
culvert_agent_message_new_list (void)
{
  GByteArray *body = g_byte_array_new ();

  culvert_wire_write_byte (body, SSH_AGENTC_REQUEST_IDENTITIES);
  return finish_message (body);
}

static guint32
flags_for (const char *plain_algorithm)
{
  if (strcmp (plain_algorithm, "rsa-sha2-512") == 0)
    return SSH_AGENT_RSA_SHA2_512;
  if (strcmp (plain_algorithm, "rsa-sha2-256") == 0)
    return SSH_AGENT_RSA_SHA2_256;
  return 0;
}

GBytes *
culvert_agent_message_new_sign (GBytes *public_blob, const char *algorithm, GBytes *data)
{
  g_autofree char *plain = culvert_public_key_dup_plain_algorithm (algorithm);
  GByteArray      *body = g_byte_array_new ();

  culvert_wire_write_byte (body, SSH_AGENTC_SIGN_REQUEST);
  culvert_wire_write_bytes (body, public_blob);
  culvert_wire_write_bytes (body, data);
  culvert_wire_write_u32 (body, flags_for (plain));
  return finish_message (body);
}

/* Reads the first byte and leaves @reader behind it. */
static gboolean
expect (CulvertWireReader *reader, guint8 wanted, GError **error)
{
  guint8 type;

  if (culvert_wire_read_byte (reader, &type) && type == wanted)
    return TRUE;

  if (!reader->failed && (type == SSH_AGENT_FAILURE || type == SSH_AGENT_EXTENSION_FAILURE))
    g_set_error_literal (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AGENT_FAILED,
                         "the agent refused");
  else
    g_set_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AGENT_FAILED,
                 "the agent answered with message type %u, not %u", type, wanted);
  return FALSE;
}

static gboolean
fail_malformed (GError **error)
{
  g_set_error_literal (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AGENT_FAILED,
                       "the agent's answer is malformed");
  return FALSE;
}

void
culvert_agent_key_free (CulvertAgentKey *key)
{
  if (key == NULL)
    return;

  g_clear_pointer (&key->public_blob, g_bytes_unref);
  g_free (key->type_name);
  g_free (key->comment);
  g_free (key);
}

GPtrArray *
culvert_agent_message_read_list (const guint8 *answer, gsize n_bytes, GError **error)
{
  g_autoptr (GPtrArray) keys =
    g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_agent_key_free);
  CulvertWireReader reader;
  guint32           n_keys;

  culvert_wire_reader_init (&reader, answer, n_bytes);
  if (!expect (&reader, SSH_AGENT_IDENTITIES_ANSWER, error))
    return NULL;

  culvert_wire_read_u32 (&reader, &n_keys);
  for (guint32 i = 0; i < n_keys && !reader.failed; i++)
    {
      g_autoptr (CulvertAgentKey) key = g_new0 (CulvertAgentKey, 1);

      key->public_blob = culvert_wire_read_bytes (&reader);
      key->comment = culvert_wire_read_text (&reader, COMMENT_MAX);
      if (key->public_blob != NULL)
        key->type_name = culvert_public_key_dup_type_name (key->public_blob);
      if (key->comment != NULL && key->type_name != NULL)
        g_ptr_array_add (keys, g_steal_pointer (&key));
    }

  if (!culvert_wire_reader_is_done (&reader))
    {
      fail_malformed (error);
      return NULL;
    }
  return g_steal_pointer (&keys);
}

GBytes *
culvert_agent_message_read_signature (const guint8 *answer,
                                      gsize         n_bytes,
                                      const char   *algorithm,
                                      GError      **error)
{
  g_autofree char  *plain = culvert_public_key_dup_plain_algorithm (algorithm);
  g_autofree char  *found = NULL;
  CulvertWireReader reader;
  CulvertWireReader signature;
  const guint8     *bytes;
  gsize             n_signature;

  culvert_wire_reader_init (&reader, answer, n_bytes);
  if (!expect (&reader, SSH_AGENT_SIGN_RESPONSE, error))
    return NULL;

  culvert_wire_read_nested (&reader, &signature);
  found = culvert_wire_read_text (&signature, ALGORITHM_MAX);
  if (!culvert_wire_reader_is_done (&reader) || found == NULL)
    {
      fail_malformed (error);
      return NULL;
    }
  if (strcmp (found, plain) != 0)
    {
      g_autofree char *quoted = g_strescape (found, NULL);

      g_set_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AGENT_FAILED,
                   "the agent signed with “%s” instead of “%s”", quoted, plain);
      return NULL;
    }

  const guint8 *rest = signature.next;
  gsize         n_rest = signature.n_left;

  culvert_wire_read_string (&signature, &bytes, &n_signature);
  if (g_str_has_prefix (plain, "sk-"))
    {
      guint8  flags;
      guint32 counter;

      /* FIDO: what stands behind the signature belongs to it, and the length in front too. */
      culvert_wire_read_byte (&signature, &flags);
      culvert_wire_read_u32 (&signature, &counter);
      bytes = rest;
      n_signature = n_rest;
    }
  if (!culvert_wire_reader_is_done (&signature) || n_signature == 0)
    {
      fail_malformed (error);
      return NULL;
    }
  return g_bytes_new (bytes, n_signature);
}
