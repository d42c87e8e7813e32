/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/proxy-asking-private.h"

#include "base/log.h"

#define TLS_HANDSHAKE 0x16 /* RFC 8446 5.1: how a ClientHello begins */

CulvertProxyAsking *
culvert_proxy_asking_new (const CulvertEndpoint *here)
{
  CulvertProxyAsking *self = g_new0 (CulvertProxyAsking, 1);

  self->here = here != NULL ? culvert_endpoint_ref ((CulvertEndpoint *)here) : NULL;
  self->input = g_byte_array_new ();
  self->output = g_byte_array_new ();
  self->n_more = G_MAXUINT64;
  return self;
}

void
culvert_proxy_asking_free (CulvertProxyAsking *self)
{
  g_return_if_fail (self != NULL);

  g_clear_pointer (&self->here, culvert_endpoint_unref);
  g_clear_pointer (&self->target, culvert_endpoint_unref);
  g_clear_pointer (&self->early, g_bytes_unref);
  g_byte_array_unref (self->input);
  g_byte_array_unref (self->output);
  g_free (self->reason);
  g_free (self);
}

gboolean
culvert_proxy_asking_refuse (CulvertProxyAsking *self,
                             const void         *answer,
                             gsize               n_bytes,
                             const char         *format,
                             ...)
{
  g_autofree char *text = NULL;
  va_list          arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  self->reason = culvert_log_printable (text, -1);
  if (n_bytes > 0)
    g_byte_array_append (self->output, answer, (guint)n_bytes);
  self->state = CULVERT_PROXY_ASKING_REFUSED;
  self->step = CULVERT_PROXY_STEP_OVER;
  return TRUE;
}

gboolean
culvert_proxy_asking_ask (CulvertProxyAsking *self, const char *host, guint16 port, gsize n_used)
{
  self->target = culvert_endpoint_new_tcp (host, port);
  if (self->input->len > n_used)
    self->early = g_bytes_new (self->input->data + n_used, self->input->len - n_used);
  self->state = CULVERT_PROXY_ASKING_TARGET;
  self->step = CULVERT_PROXY_STEP_OVER;
  return TRUE;
}

static gboolean
tell_language (CulvertProxyAsking *self)
{
  guint8 first = self->input->data[0];

  if (first == 4)
    {
      self->language = CULVERT_PROXY_LANGUAGE_SOCKS4;
      self->step = CULVERT_PROXY_STEP_SOCKS4;
      return TRUE;
    }
  if (first == 5)
    {
      self->language = CULVERT_PROXY_LANGUAGE_SOCKS5;
      self->step = CULVERT_PROXY_STEP_SOCKS5_METHODS;
      return TRUE;
    }
  if (g_ascii_isalpha (first))
    {
      self->language = CULVERT_PROXY_LANGUAGE_PLAIN_HTTP;
      self->step = CULVERT_PROXY_STEP_HTTP;
      return TRUE;
    }
  if (first == TLS_HANDSHAKE)
    return culvert_proxy_asking_refuse (
      self, NULL, 0, "the client speaks TLS to the proxy: its address begins with http, not https");
  return culvert_proxy_asking_refuse (
    self, NULL, 0, "the client speaks neither SOCKS nor HTTP: it begins with the byte 0x%02x",
    first);
}

static gboolean
take_step (CulvertProxyAsking *self)
{
  switch (self->step)
    {
    case CULVERT_PROXY_STEP_FIRST_BYTE:
      return tell_language (self);
    case CULVERT_PROXY_STEP_SOCKS4:
      return culvert_proxy_step_socks4 (self);
    case CULVERT_PROXY_STEP_SOCKS5_METHODS:
      return culvert_proxy_step_socks5_methods (self);
    case CULVERT_PROXY_STEP_SOCKS5_PASSWORD:
      return culvert_proxy_step_socks5_password (self);
    case CULVERT_PROXY_STEP_SOCKS5_REQUEST:
      return culvert_proxy_step_socks5_request (self);
    case CULVERT_PROXY_STEP_HTTP:
      return culvert_proxy_step_http (self);
    case CULVERT_PROXY_STEP_OVER:
    default:
      return FALSE;
    }
}

CulvertProxyAskingState
culvert_proxy_asking_received (CulvertProxyAsking *self, const guint8 *bytes, gsize n_bytes)
{
  g_return_val_if_fail (self != NULL, CULVERT_PROXY_ASKING_REFUSED);
  g_return_val_if_fail (self->state == CULVERT_PROXY_ASKING_MORE, self->state);

  if (n_bytes > 0)
    g_byte_array_append (self->input, bytes, (guint)n_bytes);
  while (self->state == CULVERT_PROXY_ASKING_MORE && self->input->len > 0 && take_step (self))
    ;
  return self->state;
}

static GBytes *
steal_bytes (GByteArray **array)
{
  GByteArray *bytes = *array;

  if (bytes->len == 0)
    return NULL;
  *array = g_byte_array_new ();
  return g_byte_array_free_to_bytes (bytes);
}

GBytes *
culvert_proxy_asking_take_output (CulvertProxyAsking *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return steal_bytes (&self->output);
}

const CulvertEndpoint *
culvert_proxy_asking_get_target (CulvertProxyAsking *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->target;
}

GBytes *
culvert_proxy_asking_take_early (CulvertProxyAsking *self, guint64 *n_more)
{
  g_return_val_if_fail (self != NULL, NULL);

  *n_more = self->n_more;
  return g_steal_pointer (&self->early);
}

GBytes *
culvert_proxy_asking_opened (CulvertProxyAsking *self)
{
  static const char connected[] = "HTTP/1.1 200 Connection established\r\n\r\n";

  g_return_val_if_fail (self != NULL, NULL);

  switch (self->language)
    {
    case CULVERT_PROXY_LANGUAGE_SOCKS4:
      culvert_proxy_write_socks4 (self->output, NULL);
      break;
    case CULVERT_PROXY_LANGUAGE_SOCKS5:
      culvert_proxy_write_socks5 (self->output, NULL);
      break;
    case CULVERT_PROXY_LANGUAGE_CONNECT:
      return g_bytes_new_static (connected, sizeof connected - 1);
    case CULVERT_PROXY_LANGUAGE_PLAIN_HTTP:
    default:
      break;
    }
  return steal_bytes (&self->output);
}

GBytes *
culvert_proxy_asking_failed (CulvertProxyAsking *self, const GError *error)
{
  g_return_val_if_fail (self != NULL, NULL);
  g_return_val_if_fail (error != NULL, NULL);

  switch (self->language)
    {
    case CULVERT_PROXY_LANGUAGE_SOCKS4:
      culvert_proxy_write_socks4 (self->output, error);
      break;
    case CULVERT_PROXY_LANGUAGE_SOCKS5:
      culvert_proxy_write_socks5 (self->output, error);
      break;
    case CULVERT_PROXY_LANGUAGE_CONNECT:
    case CULVERT_PROXY_LANGUAGE_PLAIN_HTTP:
    default:
      culvert_proxy_write_http_failure (self->output, self->target, error);
      break;
    }
  return steal_bytes (&self->output);
}

const char *
culvert_proxy_asking_get_reason (CulvertProxyAsking *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->reason;
}
