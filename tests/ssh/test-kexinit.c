/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "ssh/kexinit.h"
#include "ssh/wire.h"

#include <string.h>

/* The server's first words, taken apart. */

static GByteArray *
make_greeting (const char *before, const char *const lists[8])
{
  static const guint8    padding[8] = { 0 };
  static const guint8    cookie[16] = { 0 };
  GByteArray            *greeting = g_byte_array_new ();
  g_autoptr (GByteArray) payload = g_byte_array_new ();

  g_byte_array_append (greeting, (const guint8 *)before, (guint)strlen (before));
  culvert_wire_write_byte (payload, 20);
  g_byte_array_append (payload, cookie, sizeof cookie);
  for (int i = 0; i < 8; i++)
    culvert_wire_write_text (payload, lists[i]);
  culvert_wire_write_u32 (greeting, payload->len + 1 + sizeof padding);
  culvert_wire_write_byte (greeting, sizeof padding);
  g_byte_array_append (greeting, payload->data, payload->len);
  g_byte_array_append (greeting, padding, sizeof padding);
  return greeting;
}

static const char *const modern[8] = {
  "curve25519-sha256,sntrup761x25519-sha512",
  "ssh-ed25519",
  "aes128-ctr,aes256-gcm@openssh.com",
  "aes128-ctr,aes256-gcm@openssh.com",
  "hmac-sha2-256",
  "hmac-sha2-256",
  "none,zlib",
  "none",
};

static void
test_version (void)
{
  static const struct
  {
    const char *bytes;
    const char *version;
  } rows[] = {
    { "SSH-2.0-OpenSSH_9.2p1 Debian\r\n", "SSH-2.0-OpenSSH_9.2p1 Debian" },
    { "SSH-2.0-x\n", "SSH-2.0-x" },
    { "welcome\r\nto this host\r\nSSH-2.0-x\r\n", "SSH-2.0-x" },
    { "SSH-2.0-\x1b[2J\n", "SSH-2.0-\\x1b[2J" },
    { "SSH-2.0-unfinished", NULL },
    { "HTTP/1.1 400 Bad Request\r\n\r\n", NULL },
    { "", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *version =
        culvert_greeting_find_version ((const guint8 *)rows[i].bytes, strlen (rows[i].bytes));

      if (rows[i].version == NULL)
        g_assert_null (version);
      else if (strchr (rows[i].bytes, '\x1b') != NULL)
        g_assert_null (strchr (version, '\x1b'));
      else
        g_assert_cmpstr (version, ==, rows[i].version);
    }
}

static void
test_lists (void)
{
  g_autoptr (GByteArray)     greeting = make_greeting ("hello\r\nSSH-2.0-x\r\n", modern);
  g_autoptr (CulvertKexinit) kexinit = culvert_kexinit_parse (greeting->data, greeting->len);

  g_assert_nonnull (kexinit);
  g_assert_cmpuint (g_strv_length (kexinit->offered[CULVERT_LIB_KEX]), ==, 2);
  g_assert_cmpstr (kexinit->offered[CULVERT_LIB_KEX][1], ==, "sntrup761x25519-sha512");
  g_assert_cmpstr (kexinit->offered[CULVERT_LIB_HOST_KEY][0], ==, "ssh-ed25519");
  g_assert_cmpstr (kexinit->offered[CULVERT_LIB_CIPHER][1], ==, "aes256-gcm@openssh.com");
  g_assert_cmpstr (kexinit->offered[CULVERT_LIB_MAC][0], ==, "hmac-sha2-256");
  g_assert_cmpstr (kexinit->offered[CULVERT_LIB_COMPRESSION][1], ==, "zlib");
  g_assert_cmpstr (kexinit->to_client[CULVERT_LIB_COMPRESSION][0], ==, "none");
}

/* Cut anywhere, it is "not yet", never a wrong answer. */
static void
test_cut (void)
{
  g_autoptr (GByteArray) greeting = make_greeting ("SSH-2.0-x\r\n", modern);

  for (gsize length = 0; length + 8 < greeting->len; length++)
    {
      g_autofree guint8         *copy = g_memdup2 (greeting->data, length);
      g_autoptr (CulvertKexinit) kexinit = culvert_kexinit_parse (copy, length);

      g_assert_null (kexinit);
    }
}

static void
test_hostile (void)
{
  /* Lengths that lie: the packet's, the padding's, a list's. */
  for (guint offset = 11; offset < 40; offset++)
    for (int value = 0; value < 256; value += 15)
      {
        g_autoptr (GByteArray)     greeting = make_greeting ("SSH-2.0-x\r\n", modern);
        g_autoptr (CulvertKexinit) kexinit = NULL;

        greeting->data[offset] = (guint8)value;
        kexinit = culvert_kexinit_parse (greeting->data, greeting->len);
      }
}

typedef struct
{
  const char *name;
  const char *ours[CULVERT_LIB_N_CATEGORIES];
  int         code; /* -1: nothing to explain */
  const char *offered;
  const char *legacy;
} ExplainRow;

static const ExplainRow explanations[] = {
  { "all-common",
    { "curve25519-sha256", "ssh-ed25519", "aes128-ctr", "hmac-sha2-256", "none" },
    -1,
    NULL,
    NULL },
  { "kex",
    { "ecdh-sha2-nistp256", "ssh-ed25519", "aes128-ctr", "hmac-sha2-256", "none" },
    CULVERT_SSH_ERROR_NO_COMMON_KEX,
    "curve25519-sha256, sntrup761x25519-sha512",
    NULL },
  { "host-key",
    { "curve25519-sha256", "ssh-rsa", "aes128-ctr", "hmac-sha2-256", "none" },
    CULVERT_SSH_ERROR_NO_COMMON_HOST_KEY,
    "ssh-ed25519",
    NULL },
  { "cipher",
    { "curve25519-sha256", "ssh-ed25519", "3des-cbc", "hmac-sha2-256", "none" },
    CULVERT_SSH_ERROR_NO_COMMON_CIPHER,
    "aes128-ctr, aes256-gcm@openssh.com",
    NULL },
  { "mac",
    { "curve25519-sha256", "ssh-ed25519", "aes128-ctr", "hmac-md5", "none" },
    CULVERT_SSH_ERROR_NO_COMMON_MAC,
    "hmac-sha2-256",
    "hmac-sha2-256" },
  { "mac-not-needed",
    { "curve25519-sha256", "ssh-ed25519", "aes256-gcm@openssh.com", "hmac-md5", "none" },
    -1,
    NULL,
    NULL },
  /* In one direction only. */
  { "compression",
    { "curve25519-sha256", "ssh-ed25519", "aes128-ctr", "hmac-sha2-256", "zlib" },
    CULVERT_SSH_ERROR_NO_COMMON_COMPRESSION,
    "none",
    NULL },
};

static void
test_explain (gconstpointer data)
{
  const ExplainRow          *row = data;
  g_autoptr (GByteArray)     bytes = make_greeting ("SSH-2.0-x\r\n", modern);
  g_autoptr (CulvertKexinit) kexinit = culvert_kexinit_parse (bytes->data, bytes->len);
  g_autoptr (GError)         error = NULL;
  GStrv                      ours[CULVERT_LIB_N_CATEGORIES];
  GStrv                      legacy[CULVERT_LIB_N_CATEGORIES];
  CulvertGreeting            greeting = { .ours = ours, .legacy = legacy };

  for (int i = 0; i < CULVERT_LIB_N_CATEGORIES; i++)
    {
      ours[i] = g_strsplit (row->ours[i], ",", -1);
      legacy[i] = g_strsplit (i == CULVERT_LIB_MAC ? "hmac-sha1,hmac-sha2-256" : "", ",", -1);
    }
  g_assert_cmpint (culvert_kexinit_explain (kexinit, &greeting, &error), ==, row->code >= 0);
  if (row->code >= 0)
    {
      g_assert_error (error, CULVERT_SSH_ERROR, row->code);
      g_assert_cmpstr (culvert_error_get_fact (error, CULVERT_FACT_OFFERED), ==, row->offered);
      g_assert_nonnull (culvert_error_get_fact (error, CULVERT_FACT_OURS));
      g_assert_cmpstr (culvert_error_get_fact (error, CULVERT_FACT_LEGACY), ==, row->legacy);
    }
  for (int i = 0; i < CULVERT_LIB_N_CATEGORIES; i++)
    {
      g_strfreev (ours[i]);
      g_strfreev (legacy[i]);
    }
}

/* What answers in the place of an SSH server is known as soon as its first line is there. */
static void
test_protocols (void)
{
  static const struct
  {
    const char *bytes;
    gsize       n_bytes; /* 0: up to the NUL */
    const char *protocol;
  } rows[] = {
    { "HTTP/1.1 400 Bad Request\r\n", 0, "http" },
    { "<!DOCTYPE HTML>\n<html>", 0, "http" },
    { "\x15\x03\x01\x00\x02\x02\x46", 7, "tls" },
    { "220 mx.example.com ESMTP Postfix\r\n", 0, "smtp" },
    { "220-ProFTPD FTP server\r\n", 0, "ftp" },
    { "* OK IMAP4rev1 ready\r\n", 0, "mail" },
    { "+OK POP3 ready\r\n", 0, "mail" },
    { "RFB 003.008\n", 0, "vnc" },
    { "\x4a\x00\x00\x00\x0a"
      "8.0.36\0",
      12, "mysql" },
    { "\xff\xfd\x18\xff\xfd\x20", 6, "telnet" },
    { "SSH-1.5-Cisco-1.25\n", 0, "ssh1" },
    { "SSH-1.99-Cisco-1.25\n", 0, NULL },
    { "SSH-2.0-OpenSSH_9.2p1\r\n", 0, NULL },
    { "welcome to this host\r\nSSH-2.0-x\r\n", 0, NULL },
    { "HTTP/1.1 400 not the whole line", 0, NULL },
    { "220", 0, NULL },
    { "\n", 0, NULL },
    { "", 0, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      gsize              n_bytes = rows[i].n_bytes != 0 ? rows[i].n_bytes : strlen (rows[i].bytes);
      g_autofree guint8 *copy = g_memdup2 (rows[i].bytes, n_bytes);

      g_assert_cmpstr (culvert_greeting_find_protocol (copy, n_bytes), ==, rows[i].protocol);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ssh/kexinit/version", test_version);
  g_test_add_func ("/ssh/kexinit/lists", test_lists);
  g_test_add_func ("/ssh/kexinit/cut", test_cut);
  g_test_add_func ("/ssh/kexinit/hostile", test_hostile);
  g_test_add_func ("/ssh/kexinit/protocols", test_protocols);
  for (gsize i = 0; i < G_N_ELEMENTS (explanations); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/kexinit/explain/", explanations[i].name, NULL);
      g_test_add_data_func (path, &explanations[i], test_explain);
    }
  return g_test_run ();
}
