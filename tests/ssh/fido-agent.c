/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/fido-agent.h"

#include "ssh/fake-agent.h"
#include "ssh/key-file.h"
#include "ssh/public-key.h"
#include "ssh/wire.h"

#define SK_TYPE     "sk-ssh-ed25519@openssh.com"
#define APPLICATION "ssh:"

enum
{
  REQUEST_IDENTITIES = 11,
  IDENTITIES_ANSWER = 12,
  SIGN_REQUEST = 13,
  SIGN_RESPONSE = 14,
};

#define USER_PRESENT 1
#define COUNTER      42

struct _FidoAgent
{
  FakeAgent         *agent;
  CulvertPrivateKey *key; /* a plain ed25519 one: what is inside the security key */
  GBytes            *public_blob;
  char              *public_file;
  GAsyncResult      *loaded;
};

static void
append_sha256 (GByteArray *array, const void *bytes, gsize n_bytes)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8                digest[32];
  gsize                 length = sizeof digest;

  g_checksum_update (checksum, bytes, (gssize)n_bytes);
  g_checksum_get_digest (checksum, digest, &length);
  g_byte_array_append (array, digest, (guint)length);
}

/* OpenSSH PROTOCOL.u2f, "SSH U2F signatures" */
static void
sign (FidoAgent *self, const guint8 *message, gsize n_message, GByteArray *answer)
{
  g_autoptr (GByteArray) to_sign = g_byte_array_new ();
  g_autoptr (GByteArray) signature = g_byte_array_new ();
  g_autoptr (GBytes)     inner = NULL;
  g_autoptr (GError)     error = NULL;

  append_sha256 (to_sign, APPLICATION, sizeof APPLICATION - 1);
  culvert_wire_write_byte (to_sign, USER_PRESENT);
  culvert_wire_write_u32 (to_sign, COUNTER);
  append_sha256 (to_sign, message, n_message);
  inner = culvert_private_key_sign (self->key, "ssh-ed25519", to_sign->data, to_sign->len, &error);
  g_assert_no_error (error);
  culvert_wire_write_text (signature, SK_TYPE);
  culvert_wire_write_bytes (signature, inner);
  culvert_wire_write_byte (signature, USER_PRESENT);
  culvert_wire_write_u32 (signature, COUNTER);
  culvert_wire_write_byte (answer, SIGN_RESPONSE);
  culvert_wire_write_string (answer, signature->data, signature->len);
}

static void
answer_cb (GBytes *request, GByteArray *answer, gpointer user_data)
{
  FidoAgent        *self = user_data;
  CulvertWireReader reader;
  guint8            type = 0;
  const guint8     *bytes;
  gsize             length;

  culvert_wire_reader_init_from_bytes (&reader, request);
  culvert_wire_read_byte (&reader, &type);
  if (type == REQUEST_IDENTITIES)
    {
      culvert_wire_write_byte (answer, IDENTITIES_ANSWER);
      culvert_wire_write_u32 (answer, 1);
      culvert_wire_write_bytes (answer, self->public_blob);
      culvert_wire_write_text (answer, "security key");
      return;
    }
  g_assert_cmpuint (type, ==, SIGN_REQUEST);
  g_assert_true (culvert_wire_read_string (&reader, &bytes, &length));
  g_assert_cmpmem (bytes, length, g_bytes_get_data (self->public_blob, NULL),
                   g_bytes_get_size (self->public_blob));
  g_assert_true (culvert_wire_read_string (&reader, &bytes, &length));
  sign (self, bytes, length, answer);
}

static void
loaded_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  ((FidoAgent *)user_data)->loaded = g_object_ref (result);
}

static void
make_key (FidoAgent *self, SessionFixture *fixture)
{
  g_autofree char       *path = culvert_temp_dir_build (fixture->dir, "inside");
  g_autofree char       *base64 = NULL;
  g_autofree char       *line = NULL;
  g_autoptr (GByteArray) blob = g_byte_array_new ();
  g_autoptr (GError)     error = NULL;
  CulvertWireReader      reader;
  const guint8          *bytes;
  gsize                  length;

  culvert_test_make_key (path, CULVERT_KEY_ED25519, NULL, NULL);
  culvert_key_file_load_async (path, NULL, NULL, loaded_cb, self);
  culvert_test_wait_until (self->loaded != NULL, 10000);
  self->key = culvert_key_file_load_finish (self->loaded, &error);
  g_assert_no_error (error);
  g_clear_object (&self->loaded);

  culvert_wire_reader_init_from_bytes (&reader, culvert_private_key_get_public_blob (self->key));
  g_assert_true (culvert_wire_read_expected (&reader, "ssh-ed25519"));
  g_assert_true (culvert_wire_read_string (&reader, &bytes, &length));
  culvert_wire_write_text (blob, SK_TYPE);
  culvert_wire_write_string (blob, bytes, length);
  culvert_wire_write_text (blob, APPLICATION);
  self->public_blob = g_bytes_new (blob->data, blob->len);
  base64 = g_base64_encode (blob->data, blob->len);
  line = g_strdup_printf ("%s %s culvert test\n", SK_TYPE, base64);
  self->public_file = culvert_temp_dir_write (fixture->dir, "id_sk.pub", line);
}

FidoAgent *
fido_agent_new (SessionFixture *fixture)
{
  FidoAgent       *self = g_new0 (FidoAgent, 1);
  g_autofree char *path = culvert_temp_dir_build (fixture->dir, "fido");

  make_key (self, fixture);
  self->agent = fake_agent_new_computing (path, answer_cb, self);
  culvert_profile_set_string (&fixture->profile->agent_socket, path);
  session_fixture_use_methods (fixture, CULVERT_AUTH_AGENT, 0);
  g_clear_pointer (&fixture->profile->key_files[0], g_free);
  return self;
}

void
fido_agent_free (FidoAgent *self)
{
  fake_agent_free (self->agent);
  culvert_private_key_unref (self->key);
  g_bytes_unref (self->public_blob);
  g_free (self->public_file);
  g_free (self);
}

const char *
fido_agent_get_public_file (FidoAgent *self)
{
  return self->public_file;
}
