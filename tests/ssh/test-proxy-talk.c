/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/proxy-talk.h"

#include "core/errors.h"

#include <string.h>

/* What is said, byte for byte, and what becomes of each answer. */

typedef struct
{
  const char      *name;
  CulvertProxyKind kind;
  const char      *user;
  const char      *password; /* nullable */
  const char      *host;
  const char      *talk; /* "> " what we must say, "< " what it says, in hex or 'text', by lines */
  int              end;  /* a CulvertProxyTalkState */
  int              code; /* of the failure */
  const char      *said; /* nullable */
} Row;

#define HELLO  "> 'CONNECT server:22 HTTP/1.1\r\nHost: server:22\r\n\r\n'\f"
#define DONE   CULVERT_PROXY_TALK_DONE
#define NEEDS  CULVERT_PROXY_TALK_NEEDS_PASSWORD
#define FAILED CULVERT_PROXY_TALK_FAILED
#define MORE   CULVERT_PROXY_TALK_MORE

static const Row rows[] = {
  { "http", CULVERT_PROXY_HTTP, "", NULL, "server", HELLO "< 'HTTP/1.1 200 fine\r\nA: b\r\n\r\n'",
    DONE, 0, NULL },
  { "http-bare-lines", CULVERT_PROXY_HTTP, "", NULL, "server", HELLO "< 'HTTP/1.0 200 fine\n\n'",
    DONE, 0, NULL },
  { "http-ipv6", CULVERT_PROXY_HTTP, "", NULL, "::1",
    "> 'CONNECT [::1]:22 HTTP/1.1\r\nHost: [::1]:22\r\n\r\n'", MORE, 0, NULL },
  { "http-forbidden", CULVERT_PROXY_HTTP, "me", NULL, "server",
    HELLO "< 'HTTP/1.1 403 Not here\r\n\r\n'", FAILED, CULVERT_SSH_ERROR_PROXY_REFUSED,
    "403 Not here" },
  { "http-needs", CULVERT_PROXY_HTTP, "me", NULL, "server",
    HELLO "< 'HTTP/1.1 407 Who?\r\nproxy-authenticate: Digest x=\"y\", bAsIc realm=\"z\"\r\n\r\n'",
    NEEDS, 0, NULL },
  { "http-needs-user", CULVERT_PROXY_HTTP, "", NULL, "server",
    HELLO "< 'HTTP/1.1 407 Who?\r\nProxy-Authenticate: Basic\r\n\r\n'", FAILED,
    CULVERT_SSH_ERROR_PROXY_AUTH, "407 Who?" },
  { "http-needs-digest", CULVERT_PROXY_HTTP, "me", NULL, "server",
    HELLO "< 'HTTP/1.1 407 Who?\r\nProxy-Authenticate: Digest realm=\"Basics\"\r\n\r\n'", FAILED,
    CULVERT_SSH_ERROR_PROXY_AUTH, "407 Who?" },
  { "http-password", CULVERT_PROXY_HTTP, "me", "a:b", "server",
    "> 'CONNECT server:22 HTTP/1.1\r\nHost: server:22\r\nProxy-Authorization: Basic "
    "bWU6YTpi\r\n\r\n'\f< 'HTTP/1.1 200\r\n\r\n'",
    DONE, 0, NULL },
  { "http-ssh", CULVERT_PROXY_HTTP, "", NULL, "server", HELLO "< 'S'", FAILED,
    CULVERT_SSH_ERROR_PROXY_PROTOCOL, NULL },
  { "http-no-number", CULVERT_PROXY_HTTP, "", NULL, "server", HELLO "< 'HTTP/1.1\r\n\r\n'", FAILED,
    CULVERT_SSH_ERROR_PROXY_PROTOCOL, "HTTP/1.1" },
  { "http-escapes", CULVERT_PROXY_HTTP, "", NULL, "server",
    HELLO "< 'HTTP/1.1 500 \x1b[2J\r\n\r\n'", FAILED, CULVERT_SSH_ERROR_PROXY_REFUSED,
    "500 \\x1b[2J" },
  { "socks4", CULVERT_PROXY_SOCKS4, "me", NULL, "10.1.2.3",
    "> 04 01 00 16 0a 01 02 03 'me' 00\f< 00 5a 00 00 00 00 00 00", DONE, 0, NULL },
  { "socks4a", CULVERT_PROXY_SOCKS4A, "", NULL, "server",
    "> 04 01 00 16 00 00 00 01 00 'server' 00\f< 00 5a 00 00 00 00 00 00", DONE, 0, NULL },
  { "socks4-no", CULVERT_PROXY_SOCKS4A, "", NULL, "10.1.2.3",
    "> 04 01 00 16 0a 01 02 03 00\f< 00 5b 00 00 00 00 00 00", FAILED,
    CULVERT_SSH_ERROR_PROXY_REFUSED, NULL },
  { "socks4-identd", CULVERT_PROXY_SOCKS4A, "", NULL, "10.1.2.3",
    "> 04 01 00 16 0a 01 02 03 00\f< 00 5d 00 00 00 00 00 00", FAILED, CULVERT_SSH_ERROR_PROXY_AUTH,
    "it asks an identd" },
  { "socks4-http", CULVERT_PROXY_SOCKS4A, "", NULL, "10.1.2.3",
    "> 04 01 00 16 0a 01 02 03 00\f< 'HTTP/1.1'", FAILED, CULVERT_SSH_ERROR_PROXY_PROTOCOL, NULL },
  { "socks5", CULVERT_PROXY_SOCKS5, "", NULL, "server",
    "> 05 01 00\f< 05 00\f> 05 01 00 03 06 'server' 00 16\f< 05 00 00 01 7f 00 00 01 00 16", DONE,
    0, NULL },
  { "socks5-ipv4", CULVERT_PROXY_SOCKS5, "", NULL, "10.1.2.3",
    "> 05 01 00\f< 05 00\f> 05 01 00 01 0a 01 02 03 00 16\f"
    "< 05 00 00 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 00 16",
    DONE, 0, NULL },
  { "socks5-ipv6", CULVERT_PROXY_SOCKS5, "", NULL, "::1",
    "> 05 01 00\f< 05 00\f> 05 01 00 04 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 01 00 16\f"
    "< 05 00 00 03 02 'ab' 00 16",
    DONE, 0, NULL },
  { "socks5-user-not-needed", CULVERT_PROXY_SOCKS5, "me", NULL, "server",
    "> 05 02 00 02\f< 05 00\f> 05 01 00 03 06 'server' 00 16", MORE, 0, NULL },
  { "socks5-needs", CULVERT_PROXY_SOCKS5, "me", NULL, "server", "> 05 02 00 02\f< 05 02", NEEDS, 0,
    NULL },
  { "socks5-password", CULVERT_PROXY_SOCKS5, "me", "abc", "server",
    "> 05 02 00 02\f< 05 02\f> 01 02 'me' 03 'abc'\f< 01 00\f> 05 01 00 03 06 'server' 00 16", MORE,
    0, NULL },
  { "socks5-wrong", CULVERT_PROXY_SOCKS5, "me", "abc", "server",
    "> 05 02 00 02\f< 05 02\f> 01 02 'me' 03 'abc'\f< 01 01", FAILED, CULVERT_SSH_ERROR_PROXY_AUTH,
    NULL },
  { "socks5-no-method", CULVERT_PROXY_SOCKS5, "", NULL, "server", "> 05 01 00\f< 05 ff", FAILED,
    CULVERT_SSH_ERROR_PROXY_AUTH, NULL },
  { "socks5-unasked", CULVERT_PROXY_SOCKS5, "", NULL, "server", "> 05 01 00\f< 05 02", FAILED,
    CULVERT_SSH_ERROR_PROXY_AUTH, NULL },
  { "socks5-refused", CULVERT_PROXY_SOCKS5, "", NULL, "server",
    "> 05 01 00\f< 05 00\f> 05 01 00 03 06 'server' 00 16\f< 05 05 00 01 00", FAILED,
    CULVERT_SSH_ERROR_PROXY_REFUSED, "connection refused" },
  { "socks5-odd-code", CULVERT_PROXY_SOCKS5, "", NULL, "server",
    "> 05 01 00\f< 05 00\f> 05 01 00 03 06 'server' 00 16\f< 05 ff 00 01 00", FAILED,
    CULVERT_SSH_ERROR_PROXY_REFUSED, NULL },
  { "socks5-odd-address", CULVERT_PROXY_SOCKS5, "", NULL, "server",
    "> 05 01 00\f< 05 00\f> 05 01 00 03 06 'server' 00 16\f< 05 00 00 09 00", FAILED,
    CULVERT_SSH_ERROR_PROXY_PROTOCOL, NULL },
  { "socks5-ssh", CULVERT_PROXY_SOCKS5, "", NULL, "server", "> 05 01 00\f< 'SS'", FAILED,
    CULVERT_SSH_ERROR_PROXY_PROTOCOL, NULL },
};

static GByteArray *
read_bytes (const char *text)
{
  GByteArray *bytes = g_byte_array_new ();

  while (*text != '\0')
    {
      if (*text == '\'')
        {
          const char *end = strchr (text + 1, '\'');

          g_byte_array_append (bytes, (const guint8 *)text + 1, (guint)(end - text - 1));
          text = end + 1;
        }
      else if (*text == ' ')
        text++;
      else
        {
          guint8 byte =
            (guint8)(g_ascii_xdigit_value (text[0]) << 4 | g_ascii_xdigit_value (text[1]));

          g_byte_array_append (bytes, &byte, 1);
          text += 2;
        }
    }
  return bytes;
}

/* @piece: how many bytes come at once, at most */
static void
run (const Row *row, gsize piece)
{
  CulvertProxy proxy = {
    .kind = row->kind, .user = (char *)row->user, .host = (char *)"proxy", .port = 1080
  };
  g_autoptr (CulvertSecret) password =
    row->password != NULL ? culvert_secret_new (row->password, -1) : NULL;
  g_autoptr (CulvertProxyTalk) talk = culvert_proxy_talk_new (&proxy, row->host, 22, password);
  g_auto (GStrv)               steps = g_strsplit (row->talk, "\f", -1);
  CulvertProxyTalkState        state = MORE;
  g_autoptr (GError)           error = NULL;

  for (guint i = 0; steps[i] != NULL; i++)
    {
      g_autoptr (GByteArray)    bytes = read_bytes (steps[i] + 2);
      g_autoptr (CulvertSecret) said = NULL;

      g_assert_cmpint (state, ==, MORE);
      if (steps[i][0] == '>')
        {
          said = culvert_proxy_talk_take_output (talk);
          g_assert_nonnull (said);
          g_assert_cmpmem (culvert_secret_peek (said), culvert_secret_get_length (said),
                           bytes->data, bytes->len);
          continue;
        }
      for (gsize used = 0, n; used < bytes->len; used += n)
        {
          /* Never a byte more than is its answer. */
          g_assert_cmpint (state, ==, MORE);
          n = MIN (MIN (culvert_proxy_talk_wants (talk), piece), bytes->len - used);
          g_assert_cmpuint (n, >, 0);
          state = culvert_proxy_talk_received (talk, bytes->data + used, n, &error);
        }
    }
  g_assert_cmpint (state, ==, (CulvertProxyTalkState)row->end);
  g_assert_null (culvert_proxy_talk_take_output (talk));
  if (row->end == FAILED)
    {
      g_assert_error (error, CULVERT_SSH_ERROR, row->code);
      g_assert_cmpstr (culvert_error_get_fact (error, CULVERT_FACT_SAID), ==, row->said);
    }
  else
    g_assert_no_error (error);
}

static void
test_row (gconstpointer data)
{
  run (data, 1);
  run (data, 1000);
}

/* One that never comes to an end. */
static void
test_endless (void)
{
  CulvertProxy                 proxy = { CULVERT_PROXY_HTTP, (char *)"", (char *)"proxy", 8080 };
  g_autoptr (CulvertProxyTalk) talk = culvert_proxy_talk_new (&proxy, "server", 22, NULL);
  g_autoptr (GError)           error = NULL;
  const char                  *begin = "HTTP/1.1 200 fine\r\n";
  gsize                        n = 0;

  for (CulvertProxyTalkState state = MORE; state == MORE; n++)
    {
      guint8 byte = n < strlen (begin) ? (guint8)begin[n] : 'x';

      g_assert_cmpuint (n, <=, CULVERT_PROXY_ANSWER_MAX);
      state = culvert_proxy_talk_received (talk, &byte, 1, &error);
    }
  g_assert_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_PROXY_PROTOCOL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/proxy-talk/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/ssh/proxy-talk/endless", test_endless);
  return g_test_run ();
}
