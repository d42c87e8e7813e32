/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/proxy-talk.h"

#include "base/log.h"
#include "core/errors.h"

#include <string.h>

/* The longest name and password that SOCKS 5 can say. */
#define SOCKS5_TEXT_MAX 255

typedef enum
{
  STEP_HTTP_ANSWER,   /* lines up to an empty one */
  STEP_SOCKS4_ANSWER, /* 8 bytes */
  STEP_SOCKS5_METHOD, /* 2 bytes */
  STEP_SOCKS5_AUTH,   /* 2 bytes */
  STEP_SOCKS5_ANSWER, /* 4 bytes, and the first of the address: enough to know the length */
  STEP_SOCKS5_REST,
  STEP_OVER,
} Step;

struct _CulvertProxyTalk
{
  CulvertProxy  *proxy;
  char          *host;
  guint16        port;
  CulvertSecret *password; /* nullable */
  Step           step;
  CulvertSecret *output; /* nullable */
  GByteArray    *answer; /* of this step, so far */
  gsize          n_wanted;
};

static void
begin_step (CulvertProxyTalk *self, Step step, gsize n_wanted)
{
  self->step = step;
  self->n_wanted = n_wanted;
  g_byte_array_set_size (self->answer, 0);
}

static void
put_output (CulvertProxyTalk *self, const void *bytes, gsize n_bytes)
{
  g_clear_pointer (&self->output, culvert_secret_unref);
  self->output = culvert_secret_new (bytes, (gssize)n_bytes);
}

/* (transfer full): "user:password" as HTTP wants it; to be wiped */
static char *
encode_credentials (CulvertProxyTalk *self)
{
  gsize            user_length = strlen (self->proxy->user);
  gsize            length = user_length + 1 + culvert_secret_get_length (self->password);
  g_autofree char *plain = g_malloc (length + 1);
  char            *encoded;

  memcpy (plain, self->proxy->user, user_length);
  plain[user_length] = ':';
  memcpy (plain + user_length + 1, culvert_secret_peek (self->password),
          culvert_secret_get_length (self->password) + 1);
  encoded = g_base64_encode ((const guint8 *)plain, length);
  culvert_secret_wipe (plain, length);
  return encoded;
}

static void
say_http (CulvertProxyTalk *self)
{
  g_autofree char *place = strchr (self->host, ':') != NULL
                             ? g_strdup_printf ("[%s]:%u", self->host, self->port)
                             : g_strdup_printf ("%s:%u", self->host, self->port);
  g_autofree char *encoded = self->password != NULL ? encode_credentials (self) : NULL;
  g_autofree char *text =
    g_strdup_printf ("CONNECT %s HTTP/1.1\r\nHost: %s\r\n%s%s%s\r\n", place, place,
                     encoded != NULL ? "Proxy-Authorization: Basic " : "",
                     encoded != NULL ? encoded : "", encoded != NULL ? "\r\n" : "");

  put_output (self, text, strlen (text));
  culvert_secret_wipe (text, strlen (text));
  if (encoded != NULL)
    culvert_secret_wipe (encoded, strlen (encoded));
  begin_step (self, STEP_HTTP_ANSWER, 1);
}

static void
append_port (GByteArray *bytes, guint16 port)
{
  const guint8 big_endian[] = { (guint8)(port >> 8), (guint8)port };

  g_byte_array_append (bytes, big_endian, sizeof big_endian);
}

static void
append_text (GByteArray *bytes, const char *text, gsize length)
{
  g_byte_array_append (bytes, (const guint8 *)text, (guint)length);
}

static void
say_socks4 (CulvertProxyTalk *self)
{
  static const guint8      unknown[] = { 0, 0, 0, 1 }; /* 4a: the name comes behind the user */
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (self->host);
  g_autoptr (GByteArray)   bytes = g_byte_array_new ();
  gboolean                 has_address =
    address != NULL && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4;

  append_text (bytes, "\x04\x01", 2);
  append_port (bytes, self->port);
  g_byte_array_append (bytes, has_address ? g_inet_address_to_bytes (address) : unknown, 4);
  append_text (bytes, self->proxy->user, strlen (self->proxy->user) + 1);
  if (!has_address)
    append_text (bytes, self->host, strlen (self->host) + 1);
  put_output (self, bytes->data, bytes->len);
  begin_step (self, STEP_SOCKS4_ANSWER, 8);
}

static void
say_socks5_methods (CulvertProxyTalk *self)
{
  if (self->proxy->user[0] != '\0')
    put_output (self, "\x05\x02\x00\x02", 4);
  else
    put_output (self, "\x05\x01\x00", 3);
  begin_step (self, STEP_SOCKS5_METHOD, 2);
}

static void
say_socks5_password (CulvertProxyTalk *self)
{
  gsize                  length = culvert_secret_get_length (self->password);
  guint8                 n_user = (guint8)strlen (self->proxy->user);
  guint8                 n_password = (guint8)length;
  g_autoptr (GByteArray) bytes = g_byte_array_sized_new (3 + n_user + n_password);

  append_text (bytes, "\x01", 1);
  g_byte_array_append (bytes, &n_user, 1);
  append_text (bytes, self->proxy->user, n_user);
  g_byte_array_append (bytes, &n_password, 1);
  append_text (bytes, culvert_secret_peek (self->password), n_password);
  put_output (self, bytes->data, bytes->len);
  culvert_secret_wipe (bytes->data, bytes->len);
  begin_step (self, STEP_SOCKS5_AUTH, 2);
}

static void
say_socks5_target (CulvertProxyTalk *self)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (self->host);
  g_autoptr (GByteArray)   bytes = g_byte_array_new ();

  append_text (bytes, "\x05\x01\x00", 3);
  if (address != NULL)
    {
      guint8 kind = g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV4 ? 1 : 4;

      g_byte_array_append (bytes, &kind, 1);
      g_byte_array_append (bytes, g_inet_address_to_bytes (address),
                           (guint)g_inet_address_get_native_size (address));
    }
  else
    {
      const guint8 head[] = { 3, (guint8)strlen (self->host) };

      g_byte_array_append (bytes, head, sizeof head);
      append_text (bytes, self->host, head[1]);
    }
  append_port (bytes, self->port);
  put_output (self, bytes->data, bytes->len);
  begin_step (self, STEP_SOCKS5_ANSWER, 5);
}

CulvertProxyTalk *
culvert_proxy_talk_new (const CulvertProxy *proxy,
                        const char         *host,
                        guint16             port,
                        CulvertSecret      *password)
{
  CulvertProxyTalk *self = g_new0 (CulvertProxyTalk, 1);

  self->proxy = culvert_proxy_copy (proxy);
  /* As long as any name is (CULVERT_HOST_MAX), so that it fits where a byte has its length. */
  self->host = g_strndup (host, SOCKS5_TEXT_MAX);
  self->port = port;
  self->password = password != NULL ? culvert_secret_ref (password) : NULL;
  self->answer = g_byte_array_new ();
  switch (proxy->kind)
    {
    case CULVERT_PROXY_HTTP:
      say_http (self);
      break;
    case CULVERT_PROXY_SOCKS4:
    case CULVERT_PROXY_SOCKS4A:
      say_socks4 (self);
      break;
    case CULVERT_PROXY_SOCKS5:
    case CULVERT_PROXY_NONE:
    case CULVERT_PROXY_SYSTEM:
    default:
      say_socks5_methods (self);
      break;
    }
  return self;
}

void
culvert_proxy_talk_free (CulvertProxyTalk *self)
{
  culvert_proxy_free (self->proxy);
  g_free (self->host);
  g_clear_pointer (&self->password, culvert_secret_unref);
  g_clear_pointer (&self->output, culvert_secret_unref);
  g_byte_array_unref (self->answer);
  g_free (self);
}

CulvertSecret *
culvert_proxy_talk_take_output (CulvertProxyTalk *self)
{
  return g_steal_pointer (&self->output);
}

gsize
culvert_proxy_talk_wants (const CulvertProxyTalk *self)
{
  return self->step != STEP_OVER ? self->n_wanted - self->answer->len : 0;
}

static CulvertProxyTalkState
fail (CulvertProxyTalk *self, int code, const char *said, GError **error)
{
  g_autofree char *printable = said != NULL ? culvert_log_printable (said, -1) : NULL;

  self->step = STEP_OVER;
  g_set_error (error, CULVERT_SSH_ERROR, code, "the proxy %s:%u %s%s%s", self->proxy->host,
               self->proxy->port,
               code == CULVERT_SSH_ERROR_PROXY_REFUSED ? "does not pass this on"
               : code == CULVERT_SSH_ERROR_PROXY_AUTH  ? "does not let this user in"
                                                       : "speaks another language",
               printable != NULL ? ": " : "", printable != NULL ? printable : "");
  culvert_error_set_fact (error, CULVERT_FACT_SAID, printable);
  return CULVERT_PROXY_TALK_FAILED;
}

static CulvertProxyTalkState
succeed (CulvertProxyTalk *self)
{
  self->step = STEP_OVER;
  return CULVERT_PROXY_TALK_DONE;
}

/* It wants to know who asks. @said: what it lets people sign in with, or its words */
static CulvertProxyTalkState
want_password (CulvertProxyTalk *self, const char *said, GError **error)
{
  if (self->password != NULL || self->proxy->user[0] == '\0')
    return fail (self, CULVERT_SSH_ERROR_PROXY_AUTH, said, error);
  self->step = STEP_OVER;
  return CULVERT_PROXY_TALK_NEEDS_PASSWORD;
}

static gboolean
is_blank_line (const GByteArray *answer)
{
  const char *end = (const char *)answer->data + answer->len;

  return (answer->len >= 2 && memcmp (end - 2, "\n\n", 2) == 0) ||
         (answer->len >= 3 && memcmp (end - 3, "\n\r\n", 3) == 0);
}

/* Does one of the header's challenges begin with "Basic"?  RFC 9110 11.6.1, roughly: what a proxy
 * that offers it sends. */
static gboolean
offers_basic (const char *header)
{
  g_auto (GStrv) lines = g_strsplit (header, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      static const char name[] = "proxy-authenticate:";
      const char       *value;

      if (g_ascii_strncasecmp (lines[i], name, strlen (name)) != 0)
        continue;
      for (value = lines[i] + strlen (name); *value != '\0'; value += *value != '\0')
        {
          value += strspn (value, " \t,");
          if (g_ascii_strncasecmp (value, "basic", 5) == 0 && !g_ascii_isalnum (value[5]))
            return TRUE;
          value += strcspn (value, ",");
        }
    }
  return FALSE;
}

static CulvertProxyTalkState
judge_http (CulvertProxyTalk *self, GError **error)
{
  g_autofree char *header = g_strndup ((const char *)self->answer->data, self->answer->len);
  g_autofree char *line = g_strndup (header, strcspn (header, "\r\n"));
  const char      *space = strchr (line, ' ');
  guint64          status = space != NULL ? g_ascii_strtoull (space + 1, NULL, 10) : 0;

  if (status >= 200 && status < 300)
    return succeed (self);
  if (status == 407)
    return offers_basic (header) ? want_password (self, space + 1, error)
                                 : fail (self, CULVERT_SSH_ERROR_PROXY_AUTH, space + 1, error);
  if (status >= 300 && status < 600)
    return fail (self, CULVERT_SSH_ERROR_PROXY_REFUSED, space + 1, error);
  return fail (self, CULVERT_SSH_ERROR_PROXY_PROTOCOL, line, error);
}

static CulvertProxyTalkState
step_http (CulvertProxyTalk *self, GError **error)
{
  static const char begin[] = "HTTP/1.";
  gsize             n_known = MIN (self->answer->len, strlen (begin));

  if (memcmp (self->answer->data, begin, n_known) != 0)
    return fail (self, CULVERT_SSH_ERROR_PROXY_PROTOCOL, NULL, error);
  if (is_blank_line (self->answer))
    return judge_http (self, error);
  if (self->answer->len >= CULVERT_PROXY_ANSWER_MAX)
    return fail (self, CULVERT_SSH_ERROR_PROXY_PROTOCOL, "its answer does not end", error);
  self->n_wanted = self->answer->len + 1;
  return CULVERT_PROXY_TALK_MORE;
}

static CulvertProxyTalkState
step_socks4 (CulvertProxyTalk *self, GError **error)
{
  const guint8 *answer = self->answer->data;

  if (answer[0] != 0)
    return fail (self, CULVERT_SSH_ERROR_PROXY_PROTOCOL, NULL, error);
  switch (answer[1])
    {
    case 0x5a:
      return succeed (self);
    case 0x5c:
    case 0x5d:
      return fail (self, CULVERT_SSH_ERROR_PROXY_AUTH, "it asks an identd", error);
    case 0x5b:
      return fail (self, CULVERT_SSH_ERROR_PROXY_REFUSED, NULL, error);
    default:
      return fail (self, CULVERT_SSH_ERROR_PROXY_PROTOCOL, NULL, error);
    }
}

static CulvertProxyTalkState
step_socks5_method (CulvertProxyTalk *self, GError **error)
{
  const guint8 *answer = self->answer->data;

  if (answer[0] != 5)
    return fail (self, CULVERT_SSH_ERROR_PROXY_PROTOCOL, NULL, error);
  if (answer[1] == 0)
    {
      say_socks5_target (self);
      return CULVERT_PROXY_TALK_MORE;
    }
  if (answer[1] != 2 || self->proxy->user[0] == '\0')
    return fail (self, CULVERT_SSH_ERROR_PROXY_AUTH, NULL, error);
  if (self->password == NULL)
    return want_password (self, NULL, error);
  if (culvert_secret_get_length (self->password) > SOCKS5_TEXT_MAX ||
      strlen (self->proxy->user) > SOCKS5_TEXT_MAX)
    return fail (self, CULVERT_SSH_ERROR_PROXY_AUTH, "the name or password is too long for it",
                 error);
  say_socks5_password (self);
  return CULVERT_PROXY_TALK_MORE;
}

static CulvertProxyTalkState
step_socks5_auth (CulvertProxyTalk *self, GError **error)
{
  if (self->answer->data[1] != 0)
    return fail (self, CULVERT_SSH_ERROR_PROXY_AUTH, NULL, error);
  say_socks5_target (self);
  return CULVERT_PROXY_TALK_MORE;
}

/* RFC 1928 section 6, in its own words. */
static const char *const socks5_replies[] = {
  NULL,
  "general SOCKS server failure",
  "connection not allowed by ruleset",
  "network unreachable",
  "host unreachable",
  "connection refused",
  "TTL expired",
  "command not supported",
  "address type not supported",
};

static CulvertProxyTalkState
step_socks5_answer (CulvertProxyTalk *self, GError **error)
{
  const guint8 *answer = self->answer->data;
  gsize         n_rest;

  if (answer[0] != 5)
    return fail (self, CULVERT_SSH_ERROR_PROXY_PROTOCOL, NULL, error);
  if (answer[1] != 0)
    return fail (self, CULVERT_SSH_ERROR_PROXY_REFUSED,
                 answer[1] < G_N_ELEMENTS (socks5_replies) ? socks5_replies[answer[1]] : NULL,
                 error);
  /* Where it connects from, which nobody here wants to know: address and port, less one byte. */
  switch (answer[3])
    {
    case 1:
      n_rest = 4 + 2 - 1;
      break;
    case 3:
      n_rest = answer[4] + 2;
      break;
    case 4:
      n_rest = 16 + 2 - 1;
      break;
    default:
      return fail (self, CULVERT_SSH_ERROR_PROXY_PROTOCOL, NULL, error);
    }
  begin_step (self, STEP_SOCKS5_REST, n_rest);
  return CULVERT_PROXY_TALK_MORE;
}

CulvertProxyTalkState
culvert_proxy_talk_received (CulvertProxyTalk *self,
                             const guint8     *bytes,
                             gsize             n_bytes,
                             GError          **error)
{
  g_return_val_if_fail (n_bytes <= culvert_proxy_talk_wants (self), CULVERT_PROXY_TALK_FAILED);

  g_byte_array_append (self->answer, bytes, (guint)n_bytes);
  if (self->step == STEP_HTTP_ANSWER)
    return step_http (self, error);
  if (self->answer->len < self->n_wanted)
    return CULVERT_PROXY_TALK_MORE;
  switch (self->step)
    {
    case STEP_SOCKS4_ANSWER:
      return step_socks4 (self, error);
    case STEP_SOCKS5_METHOD:
      return step_socks5_method (self, error);
    case STEP_SOCKS5_AUTH:
      return step_socks5_auth (self, error);
    case STEP_SOCKS5_ANSWER:
      return step_socks5_answer (self, error);
    case STEP_SOCKS5_REST:
      return succeed (self);
    case STEP_HTTP_ANSWER:
    case STEP_OVER:
    default:
      return CULVERT_PROXY_TALK_FAILED;
    }
}
