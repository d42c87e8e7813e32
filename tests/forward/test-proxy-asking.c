/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/proxy-asking.h"

#include "core/errors.h"

#include <string.h>

#define BYTES(text) text, sizeof text - 1

/* What a client says, and what it gets.  Each row is tried in one piece, byte by byte, and in two pieces
 * cut at every place. */
typedef struct
{
  const char             *name;
  const char             *said;
  gsize                   n_said;
  CulvertProxyAskingState state;
  const char             *output; /* its beginning */
  gsize                   n_output;
  const char             *target; /* NULL: none; or what the reason has */
  const char             *early;  /* "" is nothing */
  gsize                   n_early;
  const char             *opened; /* what it gets when the target has answered */
  gsize                   n_opened;
} Row;

#define ASKS     CULVERT_PROXY_ASKING_TARGET
#define REFUSED  CULVERT_PROXY_ASKING_REFUSED
#define PAGE     CULVERT_PROXY_ASKING_PAGE
#define NOTHING  BYTES ("")
#define GRANTED4 BYTES ("\0\x5a\0\0\0\0\0\0")
#define GRANTED5 BYTES ("\5\0\0\1\0\0\0\0\0\0")
#define ANY      BYTES ("\5\0")
#define GRANTED  BYTES ("HTTP/1.1 200 Connection established\r\n\r\n")
#define END      "\r\n\r\n"
#define NAME_16  "abcdefghijklmno."
#define NAME_255                                                                                   \
  NAME_16 NAME_16 NAME_16 NAME_16 NAME_16 NAME_16 NAME_16 NAME_16 NAME_16 NAME_16 NAME_16 NAME_16  \
    NAME_16 NAME_16 NAME_16 "abcdefghijklmno"
#define VIA_CLOSE "Via: 1.1 culvert\r\nConnection: close" END
#define NO_BODY   BYTES ("HTTP/1.1 400 ")

static const Row rows[] = {
  /* SOCKS 4 */
  { "socks4", BYTES ("\4\1\0\x50\x0a\0\0\1\0"), ASKS, NOTHING, "10.0.0.1:80", NOTHING, GRANTED4 },
  { "socks4-user", BYTES ("\4\1\1\xbb\x0a\0\0\1me\0"), ASKS, NOTHING, "10.0.0.1:443", NOTHING,
    GRANTED4 },
  { "socks4-early", BYTES ("\4\1\0\x50\x0a\0\0\1me\0GET \0x"), ASKS, NOTHING, "10.0.0.1:80",
    BYTES ("GET \0x"), GRANTED4 },
  { "socks4a", BYTES ("\4\1\0\x50\0\0\0\1me\0example.org\0"), ASKS, NOTHING, "example.org:80",
    NOTHING, GRANTED4 },
  { "socks4a-early", BYTES ("\4\1\0\x50\0\0\0\xffme\0example.org\0\4\1"), ASKS, NOTHING,
    "example.org:80", BYTES ("\4\1"), GRANTED4 },
  { "socks4a-longest-name", BYTES ("\4\1\0\x50\0\0\0\1\0" NAME_255 "\0"), ASKS, NOTHING,
    NAME_255 ":80", NOTHING, GRANTED4 },
  { "socks4a-long-name", BYTES ("\4\1\0\x50\0\0\0\1\0" NAME_255 "xy"), REFUSED,
    BYTES ("\0\x5b\0\0\0\0\0\0"), "too long", NOTHING, NOTHING },
  { "socks4a-no-name", BYTES ("\4\1\0\x50\0\0\0\1\0\0"), REFUSED, BYTES ("\0\x5b\0\0\0\0\0\0"),
    "not a name", NOTHING, NOTHING },
  { "socks4a-bad-name", BYTES ("\4\1\0\x50\0\0\0\1\0a b\0"), REFUSED, BYTES ("\0\x5b\0\0\0\0\0\0"),
    "not a name", NOTHING, NOTHING },
  { "socks4-port-zero", BYTES ("\4\1\0\0\x0a\0\0\1\0"), REFUSED, BYTES ("\0\x5b\0\0\0\0\0\0"),
    "not a name", NOTHING, NOTHING },
  { "socks4-bind", BYTES ("\4\2\0\x50\x0a\0\0\1\0"), REFUSED, BYTES ("\0\x5b\0\0\0\0\0\0"), "BIND",
    NOTHING, NOTHING },
  { "socks4-command-9", BYTES ("\4\x09\0\x50\x0a\0\0\1\0"), REFUSED, BYTES ("\0\x5b\0\0\0\0\0\0"),
    "unknown command", NOTHING, NOTHING },
  { "socks4-longest-user", BYTES ("\4\1\0\x50\x0a\0\0\1" NAME_255 "\0"), ASKS, NOTHING,
    "10.0.0.1:80", NOTHING, GRANTED4 },
  { "socks4-long-user", BYTES ("\4\1\0\x50\x0a\0\0\1" NAME_255 "x"), REFUSED,
    BYTES ("\0\x5b\0\0\0\0\0\0"), "user", NOTHING, NOTHING },

  /* SOCKS 5 */
  { "socks5", BYTES ("\5\1\0\5\1\0\1\x0a\0\0\1\0\x50"), ASKS, ANY, "10.0.0.1:80", NOTHING,
    GRANTED5 },
  { "socks5-name",
    BYTES ("\5\2\2\0\5\1\0\3\x0b"
           "example.org\1\xbb"),
    ASKS, ANY, "example.org:443", NOTHING, GRANTED5 },
  { "socks5-name-early",
    BYTES ("\5\1\0\5\1\0\3\x0b"
           "example.org\1\xbb\x16\3\1\0"),
    ASKS, ANY, "example.org:443", BYTES ("\x16\3\1\0"), GRANTED5 },
  { "socks5-name-utf8",
    BYTES ("\5\1\0\5\1\0\3\x0a"
           "b\xc3\xbc"
           "cher.de\0\x50"),
    ASKS, ANY, "bücher.de:80", NOTHING, GRANTED5 },
  { "socks5-name-in-brackets", BYTES ("\5\1\0\5\1\0\3\5[::1]\0\x50"), ASKS, ANY, "[::1]:80",
    NOTHING, GRANTED5 },
  { "socks5-longest-name", BYTES ("\5\1\0\5\1\0\3\xff" NAME_255 "\0\x50"), ASKS, ANY,
    NAME_255 ":80", NOTHING, GRANTED5 },
  { "socks5-ipv6", BYTES ("\5\1\0\5\1\0\4\x20\1\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1\0\x50"), ASKS, ANY,
    "[2001:db8::1]:80", NOTHING, GRANTED5 },
  { "socks5-password", BYTES ("\5\1\2\1\2me\6secret\5\1\0\1\x0a\0\0\1\0\x50x"), ASKS,
    BYTES ("\5\2\1\0"), "10.0.0.1:80", BYTES ("x"), GRANTED5 },
  { "socks5-password-empty", BYTES ("\5\1\2\1\0\0\5\1\0\1\x0a\0\0\1\0\x50"), ASKS,
    BYTES ("\5\2\1\0"), "10.0.0.1:80", NOTHING, GRANTED5 },
  { "socks5-password-version", BYTES ("\5\1\2\5"), REFUSED, BYTES ("\5\2\1\1"), "signs in", NOTHING,
    NOTHING },
  { "socks5-gssapi", BYTES ("\5\1\1"), REFUSED, BYTES ("\5\xff"), "sign in", NOTHING, NOTHING },
  { "socks5-no-methods", BYTES ("\5\0"), REFUSED, BYTES ("\5\xff"), "sign in", NOTHING, NOTHING },
  { "socks5-bind", BYTES ("\5\1\0\5\2\0\1\x0a\0\0\1\0\x50"), REFUSED,
    BYTES ("\5\0\5\7\0\1\0\0\0\0\0\0"), "BIND", NOTHING, NOTHING },
  { "socks5-udp", BYTES ("\5\1\0\5\3\0\1\0\0\0\0\0\0"), REFUSED, BYTES ("\5\0\5\7\0\1\0\0\0\0\0\0"),
    "UDP ASSOCIATE", NOTHING, NOTHING },
  { "socks5-address-type", BYTES ("\5\1\0\5\1\0\2\x0a"), REFUSED,
    BYTES ("\5\0\5\x08\0\1\0\0\0\0\0\0"), "type of address", NOTHING, NOTHING },
  { "socks5-version", BYTES ("\5\1\0\4"), REFUSED, BYTES ("\5\0\5\1\0\1\0\0\0\0\0\0"), "version",
    NOTHING, NOTHING },
  { "socks5-no-name", BYTES ("\5\1\0\5\1\0\3\0\0\x50"), REFUSED, BYTES ("\5\0\5\4\0\1\0\0\0\0\0\0"),
    "not a name", NOTHING, NOTHING },
  { "socks5-nul-in-name", BYTES ("\5\1\0\5\1\0\3\3a\0b\0\x50"), REFUSED,
    BYTES ("\5\0\5\4\0\1\0\0\0\0\0\0"), "not a name", NOTHING, NOTHING },
  { "socks5-dash", BYTES ("\5\1\0\5\1\0\3\2-o\0\x50"), REFUSED, BYTES ("\5\0\5\4\0\1\0\0\0\0\0\0"),
    "not a name", NOTHING, NOTHING },
  { "socks5-port-zero", BYTES ("\5\1\0\5\1\0\1\x0a\0\0\1\0\0"), REFUSED,
    BYTES ("\5\0\5\4\0\1\0\0\0\0\0\0"), "not a name", NOTHING, NOTHING },

  /* CONNECT */
  { "connect", BYTES ("CONNECT example.org:443 HTTP/1.1\r\nHost: example.org:443" END), ASKS,
    NOTHING, "example.org:443", NOTHING, GRANTED },
  { "connect-1.0", BYTES ("CONNECT example.org:443 HTTP/1.0" END), ASKS, NOTHING, "example.org:443",
    NOTHING, GRANTED },
  { "connect-bare-lines", BYTES ("CONNECT example.org:443 HTTP/1.0\n\n"), ASKS, NOTHING,
    "example.org:443", NOTHING, GRANTED },
  { "connect-early", BYTES ("CONNECT example.org:443 HTTP/1.1\r\nA: b" END "\x16\3\0\r\n\r\n"),
    ASKS, NOTHING, "example.org:443", BYTES ("\x16\3\0\r\n\r\n"), GRANTED },
  { "connect-ipv6", BYTES ("CONNECT [2001:db8::1]:443 HTTP/1.1" END), ASKS, NOTHING,
    "[2001:db8::1]:443", NOTHING, GRANTED },
  { "connect-no-port", BYTES ("CONNECT example.org HTTP/1.1" END), REFUSED, NO_BODY, "port",
    NOTHING, NOTHING },
  { "connect-port-zero", BYTES ("CONNECT example.org:0 HTTP/1.1" END), REFUSED, NO_BODY, "port",
    NOTHING, NOTHING },
  { "connect-port-large", BYTES ("CONNECT example.org:65536 HTTP/1.1" END), REFUSED, NO_BODY,
    "port", NOTHING, NOTHING },
  { "connect-no-host", BYTES ("CONNECT :443 HTTP/1.1" END), REFUSED, NO_BODY, "port", NOTHING,
    NOTHING },
  { "connect-path", BYTES ("CONNECT /run/docker.sock HTTP/1.1" END), REFUSED, NO_BODY, "port",
    NOTHING, NOTHING },
  { "connect-no-subject", BYTES ("CONNECT HTTP/1.1" END), REFUSED, NO_BODY, "not an HTTP request",
    NOTHING, NOTHING },

  /* plain requests */
  { "plain", BYTES ("GET http://example.org/a?b HTTP/1.1\r\nHost: evil.org\r\nAccept: */*" END),
    ASKS, NOTHING, "example.org:80",
    BYTES ("GET /a?b HTTP/1.1\r\nHost: example.org\r\nAccept: */*\r\n" VIA_CLOSE), NOTHING },
  { "plain-port", BYTES ("GET HTTP://example.org:8080 HTTP/1.0" END), ASKS, NOTHING,
    "example.org:8080",
    BYTES ("GET / HTTP/1.0\r\nHost: example.org:8080\r\nVia: 1.0 culvert\r\n"
           "Connection: close" END),
    NOTHING },
  { "plain-query", BYTES ("GET http://[::1]?q HTTP/1.1" END), ASKS, NOTHING, "[::1]:80",
    BYTES ("GET /?q HTTP/1.1\r\nHost: [::1]\r\n" VIA_CLOSE), NOTHING },
  { "plain-options", BYTES ("OPTIONS http://example.org HTTP/1.1" END), ASKS, NOTHING,
    "example.org:80", BYTES ("OPTIONS * HTTP/1.1\r\nHost: example.org\r\n" VIA_CLOSE), NOTHING },
  { "plain-for-us",
    BYTES (
      "GET http://a.org/ HTTP/1.1\r\nProxy-Connection: keep-alive\r\nproxy-authorization: x\r\n"
      "Connection: x-one , close\r\nX-One: 1\r\nX-Two: 2\r\nKeep-Alive: 5\r\nTE: trailers\r\n"
      "Upgrade: h2c\r\nCookie:  c " END),
    ASKS, NOTHING, "a.org:80",
    BYTES ("GET / HTTP/1.1\r\nHost: a.org\r\nX-Two: 2\r\nCookie: c\r\n" VIA_CLOSE), NOTHING },
  { "plain-body",
    BYTES ("POST http://a.org/ HTTP/1.1\r\nConnection: content-length\r\nContent-Length: 4" END
           "bodyGET http://b.org/ HTTP/1.1" END),
    ASKS, NOTHING, "a.org:80",
    BYTES ("POST / HTTP/1.1\r\nHost: a.org\r\nContent-Length: 4\r\n" VIA_CLOSE "body"), NOTHING },
  { "plain-second-request",
    BYTES ("GET http://a.org/ HTTP/1.1" END "GET http://b.org/ HTTP/1.1" END), ASKS, NOTHING,
    "a.org:80", BYTES ("GET / HTTP/1.1\r\nHost: a.org\r\n" VIA_CLOSE), NOTHING },
  { "plain-chunked", BYTES ("POST http://a.org/ HTTP/1.1\r\nTransfer-Encoding: chunked" END),
    REFUSED, BYTES ("HTTP/1.1 411 "), "chunks", NOTHING, NOTHING },
  { "plain-two-lengths",
    BYTES ("POST http://a.org/ HTTP/1.1\r\nContent-Length: 4\r\ncontent-length: 5" END), REFUSED,
    NO_BODY, "how long", NOTHING, NOTHING },
  { "plain-bad-length", BYTES ("POST http://a.org/ HTTP/1.1\r\nContent-Length: +4" END), REFUSED,
    NO_BODY, "how long", NOTHING, NOTHING },
  { "plain-user", BYTES ("GET http://me@a.org/ HTTP/1.1" END), REFUSED, NO_BODY, "host", NOTHING,
    NOTHING },
  { "plain-fragment", BYTES ("GET http://a.org/#x HTTP/1.1" END), REFUSED, NO_BODY, "host", NOTHING,
    NOTHING },
  { "plain-no-host", BYTES ("GET http:///x HTTP/1.1" END), REFUSED, NO_BODY, "host", NOTHING,
    NOTHING },
  { "https-in-the-open", BYTES ("GET https://a.org/ HTTP/1.1" END), REFUSED,
    BYTES ("HTTP/1.1 501 "), "CONNECT", NOTHING, NOTHING },
  { "ftp", BYTES ("GET ftp://a.org/ HTTP/1.1" END), REFUSED, BYTES ("HTTP/1.1 501 "), "CONNECT",
    NOTHING, NOTHING },
  { "folded", BYTES ("GET http://a.org/ HTTP/1.1\r\nA: b\r\n c" END), REFUSED, NO_BODY,
    "not an HTTP request", NOTHING, NOTHING },
  { "space-before-colon", BYTES ("GET http://a.org/ HTTP/1.1\r\nContent-Length : 4" END), REFUSED,
    NO_BODY, "not an HTTP request", NOTHING, NOTHING },
  { "bare-cr", BYTES ("GET http://a.org/ HTTP/1.1\r\nA: b\rX: c" END), REFUSED, NO_BODY,
    "not an HTTP request", NOTHING, NOTHING },
  { "nul", BYTES ("GET http://a.org/ HTTP/1.1\r\nA: b\0c" END), REFUSED, NO_BODY,
    "not an HTTP request", NOTHING, NOTHING },
  { "http2", BYTES ("PRI * HTTP/2.0" END), REFUSED, BYTES ("HTTP/1.1 505 "), "1.0 and 1.1", NOTHING,
    NOTHING },
  { "smtp", BYTES ("EHLO example.org\r\n\r\n"), REFUSED, NO_BODY, "not an HTTP request", NOTHING,
    NOTHING },

  /* pages */
  { "page", BYTES ("GET /proxy.pac HTTP/1.1\r\nHost: localhost:1080" END), PAGE,
    BYTES ("HTTP/1.1 200 OK\r\nContent-Type: application/x-ns-proxy-autoconfig\r\n"), NULL, NOTHING,
    NOTHING },
  { "other-page", BYTES ("GET / HTTP/1.1\r\nHost: localhost:1080" END), REFUSED,
    BYTES ("HTTP/1.1 404 "), "/proxy.pac", NOTHING, NOTHING },
  { "longer-page", BYTES ("GET /proxy.pac2 HTTP/1.1\r\nHost: localhost:1080" END), REFUSED,
    BYTES ("HTTP/1.1 404 "), "/proxy.pac", NOTHING, NOTHING },
  { "posted-page", BYTES ("POST /proxy.pac HTTP/1.1\r\nHost: localhost:1080" END), REFUSED,
    BYTES ("HTTP/1.1 405 "), "fetched", NOTHING, NOTHING },

  /* others */
  { "tls", BYTES ("\x16"), REFUSED, NOTHING, "TLS", NOTHING, NOTHING },
  { "unknown", BYTES ("\6"), REFUSED, NOTHING, "0x06", NOTHING, NOTHING },
};

static void
add_output (CulvertProxyAsking *asking, GByteArray *all)
{
  g_autoptr (GBytes) output = culvert_proxy_asking_take_output (asking);

  if (output != NULL)
    g_byte_array_append (all, g_bytes_get_data (output, NULL), (guint)g_bytes_get_size (output));
}

static void
assert_bytes (const GByteArray *got, const char *wanted, gsize n_wanted)
{
  g_assert_cmpmem (got->data, got->len, wanted, n_wanted);
}

static void
check_target (const Row *row, CulvertProxyAsking *asking, const char *rest, gsize n_rest)
{
  g_autofree char *target = culvert_endpoint_to_string (culvert_proxy_asking_get_target (asking));
  g_autoptr (GByteArray) all = g_byte_array_new ();
  g_autoptr (GBytes)     opened = NULL;
  g_autoptr (GBytes)     early = NULL;
  guint64                n_more;

  g_assert_cmpstr (target, ==, row->target);
  early = culvert_proxy_asking_take_early (asking, &n_more);
  if (early != NULL)
    g_byte_array_append (all, g_bytes_get_data (early, NULL), (guint)g_bytes_get_size (early));
  /* What comes later goes the same way. */
  g_byte_array_append (all, (const guint8 *)rest, (guint)MIN (n_rest, n_more));
  assert_bytes (all, row->early, row->n_early);

  g_byte_array_set_size (all, 0);
  opened = culvert_proxy_asking_opened (asking);
  if (opened != NULL)
    g_byte_array_append (all, g_bytes_get_data (opened, NULL), (guint)g_bytes_get_size (opened));
  assert_bytes (all, row->opened, row->n_opened);
}

/* In pieces of @n_piece after a first one of @n_first. */
static void
try_row (const Row *row, gsize n_first, gsize n_piece)
{
  g_autoptr (CulvertProxyAsking) asking = culvert_proxy_asking_new (NULL);
  g_autoptr (GByteArray)         output = g_byte_array_new ();
  CulvertProxyAskingState        state = CULVERT_PROXY_ASKING_MORE;
  gsize                          used = 0;

  while (state == CULVERT_PROXY_ASKING_MORE && used < row->n_said)
    {
      gsize n = MIN (used == 0 ? n_first : n_piece, row->n_said - used);

      state = culvert_proxy_asking_received (asking, (const guint8 *)row->said + used, n);
      add_output (asking, output);
      used += n;
    }
  g_assert_cmpint (state, ==, row->state);
  if (state == CULVERT_PROXY_ASKING_TARGET)
    {
      assert_bytes (output, row->output, row->n_output);
      g_assert_null (culvert_proxy_asking_get_reason (asking));
      check_target (row, asking, row->said + used, row->n_said - used);
      return;
    }
  g_assert_cmpuint (output->len, >=, row->n_output);
  g_assert_cmpmem (output->data, row->n_output, row->output, row->n_output);
  if (output->len > row->n_output)
    g_assert_true (g_str_has_prefix (row->output, "HTTP/"));
  if (state == CULVERT_PROXY_ASKING_REFUSED)
    g_assert_nonnull (strstr (culvert_proxy_asking_get_reason (asking), row->target));
}

static void
test_row (gconstpointer data)
{
  const Row *row = data;

  try_row (row, row->n_said, 1);
  try_row (row, 1, 1);
  for (gsize cut = 1; cut < row->n_said; cut++)
    try_row (row, cut, row->n_said);
}

/* A request that never ends is not kept. */
static void
test_endless_header (void)
{
  g_autoptr (CulvertProxyAsking) asking = culvert_proxy_asking_new (NULL);
  g_autofree char               *line = g_strnfill (1000, 'x');
  g_autoptr (GBytes)             output = NULL;
  CulvertProxyAskingState        state;
  gsize                          n = 0;

  state = culvert_proxy_asking_received (asking, (const guint8 *)BYTES ("GET http://a.org/ "));
  while (state == CULVERT_PROXY_ASKING_MORE)
    {
      state = culvert_proxy_asking_received (asking, (const guint8 *)line, 1000);
      n += 1000;
      g_assert_cmpuint (n, <=, CULVERT_PROXY_ASKING_MAX + 1000);
    }
  g_assert_cmpint (state, ==, REFUSED);
  output = culvert_proxy_asking_take_output (asking);
  g_assert_true (g_str_has_prefix (g_bytes_get_data (output, NULL), "HTTP/1.1 431 "));
}

/* Failures */

typedef struct
{
  const char *name;
  GQuark (*domain) (void);
  int         code;
  CulvertFact fact;
  const char *words;  /* nullable: of the fact */
  guint8      socks5; /* REP */
  const char *status; /* of HTTP */
} Failure;

#define SSH(code, words, rep, status)                                                              \
  {                                                                                                \
#code, culvert_ssh_error_quark, CULVERT_SSH_ERROR_##code, CULVERT_FACT_SAID, words, rep,       \
      status                                                                                       \
  }
#define HERE(code, words, rep, status)                                                             \
  {                                                                                                \
#code, culvert_forward_error_quark, CULVERT_FORWARD_ERROR_##code, CULVERT_FACT_REASON, words,  \
      rep, status                                                                                  \
  }

static const Failure failures[] = {
  SSH (OPEN_PROHIBITED, "open failed", 2, "403 "),
  SSH (OPEN_FAILED, "Network is unreachable", 3, "502 "),
  SSH (OPEN_FAILED, "No route to host", 4, "502 "),
  SSH (OPEN_FAILED, "Name or service not known", 4, "502 "),
  SSH (OPEN_FAILED, "", 4, "502 "),
  SSH (OPEN_FAILED, "Connection refused", 5, "502 "),
  SSH (OPEN_FAILED, "Connection timed out", 6, "504 "),
  SSH (OPEN_FAILED, "Permission denied", 2, "502 "),
  SSH (OPEN_SHORTAGE, "", 1, "503 "),
  SSH (OPEN_UNKNOWN, "", 1, "502 "),
  SSH (OPEN_TIMED_OUT, "", 6, "504 "),
  SSH (CLOSED, "", 1, "503 "),
  HERE (TARGET_REFUSED, "", 5, "502 "),
  HERE (TARGET_NAME, "", 4, "502 "),
  HERE (TARGET_UNREACHABLE, "No route to host", 4, "502 "),
  HERE (TARGET_UNREACHABLE, "Network is unreachable", 3, "502 "),
  HERE (TARGET_TIMED_OUT, "", 6, "504 "),
};

static GBytes *
fail (const char *said, gsize n_said, const GError *error)
{
  g_autoptr (CulvertProxyAsking) asking = culvert_proxy_asking_new (NULL);
  g_autoptr (GBytes)             output = NULL;

  g_assert_cmpint (culvert_proxy_asking_received (asking, (const guint8 *)said, n_said), ==, ASKS);
  output = culvert_proxy_asking_take_output (asking);
  return culvert_proxy_asking_failed (asking, error);
}

static void
check_page (const Failure *failure, const char *said, gsize n_said, const GError *error)
{
  g_autoptr (GBytes) answer = fail (said, n_said, error);
  gsize              n_bytes;
  const char        *bytes = g_bytes_get_data (answer, &n_bytes);
  g_autofree char   *text = g_strndup (bytes, n_bytes);
  g_autofree char   *begin = g_strconcat ("HTTP/1.1 ", failure->status, NULL);
  const char        *body = strstr (text, END);
  g_autofree char   *length = NULL;

  g_assert_true (g_str_has_prefix (text, begin));
  g_assert_nonnull (body);
  body += strlen (END);
  length = g_strdup_printf ("\r\nContent-Length: %" G_GSIZE_FORMAT "\r\n", strlen (body));
  g_assert_nonnull (strstr (text, length));
  g_assert_nonnull (strstr (text, "\r\nConnection: close\r\n"));
  g_assert_nonnull (strstr (body, "example.org:443"));
  g_assert_nonnull (strstr (body, "why it is so\\x1b"));
}

static void
test_failure (gconstpointer data)
{
  const Failure     *failure = data;
  g_autoptr (GError) error = g_error_new (failure->domain (), failure->code, "why it is so\x1b");
  const guint8       reply[] = { 5, failure->socks5, 0, 1, 0, 0, 0, 0, 0, 0 };
  g_autoptr (GBytes) socks4 = NULL;
  g_autoptr (GBytes) socks5 = NULL;

  culvert_error_set_fact (&error, failure->fact, failure->words);
  socks5 = fail (BYTES ("\5\1\0\5\1\0\3\x0b"
                        "example.org\1\xbb"),
                 error);
  g_assert_cmpmem (g_bytes_get_data (socks5, NULL), g_bytes_get_size (socks5), reply, sizeof reply);
  socks4 = fail (BYTES ("\4\1\0\x50\x0a\0\0\1\0"), error);
  g_assert_cmpmem (g_bytes_get_data (socks4, NULL), g_bytes_get_size (socks4), "\0\x5b\0\0\0\0\0\0",
                   8);
  check_page (failure, BYTES ("CONNECT example.org:443 HTTP/1.1" END), error);
  check_page (failure, BYTES ("GET http://example.org:443/ HTTP/1.1" END), error);
}

/* /proxy.pac */

typedef struct
{
  const char *name;
  const char *host; /* NULL: no Host field */
  const char *here; /* nullable */
  const char *proxy;
} Page;

static const Page pages[] = {
  { "said", "localhost:1080", "127.0.0.1:9", "localhost:1080" },
  { "said-otherwise", "box.lan:3128", "127.0.0.1:1080", "box.lan:3128" },
  { "ipv6", "[::1]:1080", "[::1]:1080", "[::1]:1080" },
  { "no-port", "localhost", "127.0.0.1:1080", "localhost:1080" },
  { "no-port-anywhere", "localhost", NULL, "localhost:80" },
  { "ipv6-no-port", "[::1]", "[::1]:1080", "[::1]:1080" },
  { "not-said", NULL, "127.0.0.1:1080", "127.0.0.1:1080" },
  { "not-said-wide", NULL, "0.0.0.0:1080", "localhost:1080" },
  { "empty", "", "127.0.0.1:1080", "127.0.0.1:1080" },
  { "script", "a\";alert(1);\":1080", "127.0.0.1:1080", "127.0.0.1:1080" },
  { "semicolon", "a;DIRECT:1080", "127.0.0.1:1080", "127.0.0.1:1080" },
  { "space", "a b:1080", "127.0.0.1:1080", "127.0.0.1:1080" },
  { "percent", "a%s:1080", "127.0.0.1:1080", "127.0.0.1:1080" },
  { "not-ascii",
    "b\xc3\xbc"
    "cher:1080",
    "127.0.0.1:1080", "127.0.0.1:1080" },
  { "zone", "[fe80::1%eth0]:1080", "127.0.0.1:1080", "127.0.0.1:1080" },
  { "port", "localhost:x", "127.0.0.1:1080", "127.0.0.1:1080" },
  { "path", "/etc/passwd", "127.0.0.1:1080", "127.0.0.1:1080" },
  { "nowhere", NULL, NULL, NULL },
  { "path-here", NULL, "/run/proxy.sock", NULL },
};

static char *
fetch (const Page *page, const char *method)
{
  g_autoptr (CulvertEndpoint) here =
    page->here != NULL ? culvert_endpoint_parse (page->here, NULL) : NULL;
  g_autoptr (CulvertProxyAsking) asking = culvert_proxy_asking_new (here);
  g_autofree char               *request = g_strdup_printf (
                  "%s /proxy.pac HTTP/1.1\r\n%s%s%s\r\n", method, page->host != NULL ? "Host: " : "",
    page->host != NULL ? page->host : "", page->host != NULL ? "\r\n" : "");
  g_autoptr (GBytes) output = NULL;

  culvert_proxy_asking_received (asking, (const guint8 *)request, strlen (request));
  output = culvert_proxy_asking_take_output (asking);
  return g_strndup (g_bytes_get_data (output, NULL), g_bytes_get_size (output));
}

static void
test_page (gconstpointer data)
{
  const Page      *page = data;
  g_autofree char *text = fetch (page, "GET");
  g_autofree char *head = fetch (page, "HEAD");
  g_autofree char *line =
    g_strdup_printf ("  return \"SOCKS5 %s; PROXY %s\";\n", page->proxy, page->proxy);

  if (page->proxy == NULL)
    {
      g_assert_true (g_str_has_prefix (text, "HTTP/1.1 400 "));
      return;
    }
  g_assert_true (g_str_has_prefix (text, "HTTP/1.1 200 "));
  g_assert_nonnull (strstr (text, END "function FindProxyForURL (url, host) {\n"));
  g_assert_nonnull (strstr (text, line));
  g_assert_null (strstr (text, "alert"));
  g_assert_true (g_str_has_prefix (text, head));
  g_assert_true (g_str_has_suffix (head, END));
}

#define ADD_ALL(table, path, func)                                                                 \
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)                                                 \
    {                                                                                              \
      g_autofree char *name =                                                                      \
        g_strdup_printf ("/forward/proxy-asking/" path "/%u-%s", i, table[i].name);                \
                                                                                                   \
      g_test_add_data_func (name, &table[i], func);                                                \
    }

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD_ALL (rows, "asks", test_row);
  ADD_ALL (failures, "fails", test_failure);
  ADD_ALL (pages, "page", test_page);
  g_test_add_func ("/forward/proxy-asking/endless-header", test_endless_header);

  return g_test_run ();
}
