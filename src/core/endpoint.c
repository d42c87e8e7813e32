/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/endpoint.h"

#include <gio/gio.h>
#include <string.h>

struct _CulvertEndpoint
{
  gatomicrefcount     ref_count;
  CulvertEndpointKind kind;
  guint16             port;
  char               *host; /* NULL for a path */
  char               *path; /* NULL for TCP */
};

G_DEFINE_BOXED_TYPE (CulvertEndpoint,
                     culvert_endpoint,
                     culvert_endpoint_ref,
                     culvert_endpoint_unref)

static CulvertEndpoint *
endpoint_new (CulvertEndpointKind kind, char *host, guint16 port, char *path)
{
  CulvertEndpoint *self = g_new0 (CulvertEndpoint, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->kind = kind;
  self->host = host;
  self->port = port;
  self->path = path;
  return self;
}

static gboolean
is_path (const char *text)
{
  return text[0] == '/' || g_str_has_prefix (text, "~/");
}

static CulvertEndpoint *fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static CulvertEndpoint *
fail (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (error != NULL)
    *error = g_error_new_valist (G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, format, arguments);
  va_end (arguments);
  return NULL;
}

static CulvertEndpoint *
parse_bracketed (const char *text, GError **error)
{
  const char      *end = strchr (text, ']');
  g_autofree char *host = NULL;
  guint16          port;

  if (end == NULL)
    return fail (error, "the bracket before the address is not closed");
  host = g_strndup (text + 1, end - text - 1);
  if (strchr (host, ':') == NULL || !culvert_host_is_valid (host))
    return fail (error, "what stands in brackets is not an IPv6 address");
  if (end[1] != ':')
    return fail (error, "a port is missing after the address in brackets");
  if (!culvert_port_parse (end + 2, &port))
    return fail (error, "the port is not a number from 0 to 65535");
  return endpoint_new (CULVERT_ENDPOINT_TCP, g_steal_pointer (&host), port, NULL);
}

CulvertEndpoint *
culvert_endpoint_new_tcp (const char *host, guint16 port)
{
  gsize n_bytes;

  g_return_val_if_fail (host != NULL, NULL);

  n_bytes = strlen (host);
  if (n_bytes > 2 && host[0] == '[' && host[n_bytes - 1] == ']')
    return endpoint_new (CULVERT_ENDPOINT_TCP, g_strndup (host + 1, n_bytes - 2), port, NULL);
  return endpoint_new (CULVERT_ENDPOINT_TCP, g_strdup (host), port, NULL);
}

CulvertEndpoint *
culvert_endpoint_new_unix (const char *path)
{
  g_return_val_if_fail (path != NULL, NULL);

  return endpoint_new (CULVERT_ENDPOINT_UNIX, NULL, 0, g_strdup (path));
}

CulvertEndpoint *
culvert_endpoint_ref (CulvertEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
culvert_endpoint_unref (CulvertEndpoint *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_free (self->host);
  g_free (self->path);
  g_free (self);
}

gboolean
culvert_endpoint_equal (const CulvertEndpoint *a, const CulvertEndpoint *b)
{
  if (a == b)
    return TRUE;
  if (a == NULL || b == NULL)
    return FALSE;
  return a->kind == b->kind && a->port == b->port && g_strcmp0 (a->host, b->host) == 0 &&
         g_strcmp0 (a->path, b->path) == 0;
}

CulvertEndpointKind
culvert_endpoint_get_kind (const CulvertEndpoint *self)
{
  g_return_val_if_fail (self != NULL, CULVERT_ENDPOINT_TCP);

  return self->kind;
}

const char *
culvert_endpoint_get_host (const CulvertEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->host;
}

guint16
culvert_endpoint_get_port (const CulvertEndpoint *self)
{
  g_return_val_if_fail (self != NULL, 0);

  return self->port;
}

const char *
culvert_endpoint_get_path (const CulvertEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->path;
}

char *
culvert_endpoint_dup_local_path (const CulvertEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->path != NULL ? culvert_path_expand (self->path) : NULL;
}

CulvertEndpoint *
culvert_endpoint_parse (const char *text, GError **error)
{
  const char      *colon;
  g_autofree char *host = NULL;
  guint16          port;

  g_return_val_if_fail (text != NULL, NULL);

  if (text[0] == '\0')
    return fail (error, "nothing is given: a port, host:port or a path is needed");
  if (is_path (text))
    return strlen (text) > CULVERT_UNIX_PATH_MAX
             ? fail (error, "the path is longer than %d bytes", CULVERT_UNIX_PATH_MAX)
             : culvert_endpoint_new_unix (text);
  if (text[0] == '[')
    return parse_bracketed (text, error);

  colon = strrchr (text, ':');
  if (colon == NULL)
    {
      if (!culvert_port_parse (text, &port))
        return g_ascii_isdigit (text[0]) && strspn (text, "0123456789") == strlen (text)
                 ? fail (error, "the port is not a number from 0 to 65535")
                 : fail (error, "a port is missing: write host:port");
      return culvert_endpoint_new_tcp ("", port);
    }
  if (strchr (text, ':') != colon)
    return fail (error, "an IPv6 address needs brackets: [address]:port");
  if (!culvert_port_parse (colon + 1, &port))
    return fail (error, "the port is not a number from 0 to 65535");
  host = colon == text ? g_strdup ("*") : g_strndup (text, colon - text);
  if (strcmp (host, "*") != 0 && !culvert_host_is_valid (host))
    return fail (error, "the host is neither a name nor an address");
  return endpoint_new (CULVERT_ENDPOINT_TCP, g_steal_pointer (&host), port, NULL);
}

char *
culvert_endpoint_to_string (const CulvertEndpoint *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  if (self->kind == CULVERT_ENDPOINT_UNIX)
    return g_strdup (self->path);
  if (self->host[0] == '\0')
    return g_strdup_printf ("%u", self->port);
  if (strchr (self->host, ':') != NULL)
    return g_strdup_printf ("[%s]:%u", self->host, self->port);
  return g_strdup_printf ("%s:%u", self->host, self->port);
}

char *
culvert_endpoint_to_listen_string (const CulvertEndpoint *self, guint16 port)
{
  g_autoptr (CulvertEndpoint) shown = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->kind == CULVERT_ENDPOINT_UNIX)
    return culvert_endpoint_to_string (self);
  shown = culvert_endpoint_new_tcp (self->host[0] != '\0' ? self->host : "localhost",
                                    self->port != 0 ? self->port : port);
  return culvert_endpoint_to_string (shown);
}
