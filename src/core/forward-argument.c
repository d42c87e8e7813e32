/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/forward-spec.h"

#include <gio/gio.h>
#include <string.h>

#define FTP_PREFIX   "ftp/"
#define MAX_FIELDS   4
#define ARGUMENT_MAX 1024 /* bytes; the longest legal one has two paths or two names */

typedef struct
{
  char    *text;
  gboolean is_path; /* a slash anywhere makes it one, as in ssh */
} Field;

typedef struct
{
  Field fields[MAX_FIELDS];
  guint n_fields;
} Fields;

static void
fields_clear (Fields *self)
{
  for (guint i = 0; i < self->n_fields; i++)
    g_free (self->fields[i].text);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Fields, fields_clear)

static gboolean fail (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
fail (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (error != NULL)
    *error = g_error_new_valist (G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, format, arguments);
  va_end (arguments);
  return FALSE;
}

/* Reads a field up to ':' or the end and moves @cursor behind it. */
static gboolean
read_field (const char **cursor, Field *field, GError **error)
{
  const char *p = *cursor;

  if (*p == '[')
    {
      const char *end = strchr (p, ']');

      if (end == NULL)
        return fail (error, "a bracket is not closed");
      if (end[1] != ':' && end[1] != '\0')
        return fail (error, "a colon is missing after \"]\"");
      field->text = g_strndup (p + 1, end - p - 1);
      field->is_path = strchr (field->text, '/') != NULL;
      p = end + 1;
    }
  else
    {
      g_autoptr (GString) text = g_string_new (NULL);

      for (; *p != '\0' && *p != ':'; p++)
        {
          if (*p == '/')
            field->is_path = TRUE;
          if (*p == '\\' && *++p == '\0')
            return fail (error, "nothing follows the backslash");
          g_string_append_c (text, *p);
        }
      field->text = g_string_free (g_steal_pointer (&text), FALSE);
    }
  *cursor = p;
  return TRUE;
}

static gboolean
split (const char *text, Fields *fields, GError **error)
{
  const char *p = text;

  while (TRUE)
    {
      Field *field = &fields->fields[fields->n_fields];

      if (!read_field (&p, field, error))
        return FALSE;
      fields->n_fields++;
      if (*p == '\0' || p[1] == '\0')
        /* ssh forgives one colon at the end. */
        return TRUE;
      p++;
      if (fields->n_fields == MAX_FIELDS)
        return fail (error, "too many parts; an IPv6 address needs brackets");
    }
}

static CulvertEndpoint *
path_endpoint (const char *path, const char *part, GError **error)
{
  if (path[0] != '/' && !g_str_has_prefix (path, "~/"))
    fail (error, "%s: \"%s\" is a path that does not start with a slash", part, path);
  else if (strlen (path) > CULVERT_UNIX_PATH_MAX)
    fail (error, "%s: the path is longer than %d bytes", part, CULVERT_UNIX_PATH_MAX);
  else if (!g_utf8_validate (path, -1, NULL))
    fail (error, "%s: the path is not UTF-8", part);
  else
    return culvert_endpoint_new_unix (path);
  return NULL;
}

/* @host: NULL when no bind address was given */
static CulvertEndpoint *
listen_endpoint (const char *host, const char *port_text, gboolean is_remote, GError **error)
{
  guint16 port;

  if (!culvert_port_parse_service (port_text, &port))
    fail (error, "listening port: \"%s\" is not a port", port_text);
  else if (port == 0 && !is_remote)
    fail (error, "listening port: 0 makes sense for remote forwards alone");
  else if (host == NULL)
    return culvert_endpoint_new_tcp ("", port);
  else if (host[0] == '\0' || strcmp (host, "*") == 0)
    return culvert_endpoint_new_tcp ("*", port);
  else if (!culvert_host_is_valid (host))
    fail (error, "listening address: \"%s\" is not an address", host);
  else
    return culvert_endpoint_new_tcp (host, port);
  return NULL;
}

static CulvertEndpoint *
target_endpoint (const char *host, const char *port_text, GError **error)
{
  guint16 port;

  if (host[0] == '\0')
    fail (error, "target: its host is missing");
  else if (!culvert_host_is_valid (host))
    fail (error, "target: \"%s\" is neither a name nor an address", host);
  else if (!culvert_port_parse_service (port_text, &port) || port == 0)
    fail (error, "target: \"%s\" is not a port", port_text);
  else
    return culvert_endpoint_new_tcp (host, port);
  return NULL;
}

/* `[bind:]port` or `socket` */
static gboolean
read_proxy (const Fields *fields, gboolean is_remote, CulvertEndpoint **listen, GError **error)
{
  const Field *f = fields->fields;

  if (fields->n_fields == 1 && f[0].is_path)
    *listen = path_endpoint (f[0].text, "listening socket", error);
  else if (fields->n_fields == 1)
    *listen = listen_endpoint (NULL, f[0].text, is_remote, error);
  else if (fields->n_fields == 2)
    *listen = listen_endpoint (f[0].text, f[1].text, is_remote, error);
  else
    return fail (error, "a proxy takes [address:]port and no target");
  return *listen != NULL;
}

static gboolean
read_both (const Fields     *fields,
           gboolean          is_remote,
           CulvertEndpoint **listen,
           CulvertEndpoint **target,
           GError          **error)
{
  const Field *f = fields->fields;
  guint        n_listen;

  if (f[0].is_path)
    n_listen = 1;
  else if (fields->fields[fields->n_fields - 1].is_path)
    n_listen = fields->n_fields - 1;
  else
    n_listen = fields->n_fields - MIN (2, fields->n_fields);
  if (n_listen < 1 || n_listen > 2 || fields->n_fields == n_listen)
    return fail (error, "a target is missing: write [address:]port:host:port");

  if (f[0].is_path)
    *listen = path_endpoint (f[0].text, "listening socket", error);
  else
    *listen =
      listen_endpoint (n_listen == 2 ? f[0].text : NULL, f[n_listen - 1].text, is_remote, error);
  if (*listen == NULL)
    return FALSE;

  f += n_listen;
  switch (fields->n_fields - n_listen)
    {
    case 1:
      if (!f[0].is_path)
        return fail (error, "target: \"%s\" lacks its host or its port", f[0].text);
      *target = path_endpoint (f[0].text, "target", error);
      break;
    case 2:
      *target = target_endpoint (f[0].text, f[1].text, error);
      break;
    default:
      return fail (error, "too many parts after the listening socket");
    }
  return *target != NULL;
}

/* Only my user, unless other computers are let in: they have no user to look up. */
static gboolean
defaults_to_any_user (CulvertForwardKind kind, const CulvertEndpoint *listen)
{
  return !culvert_forward_kind_is_remote (kind) &&
         culvert_endpoint_get_kind (listen) == CULVERT_ENDPOINT_TCP &&
         !culvert_host_is_loopback (culvert_endpoint_get_host (listen));
}

CulvertForwardSpec *
culvert_forward_spec_parse (CulvertForwardKind kind, const char *text, GError **error)
{
  g_autoptr (CulvertEndpoint) listen = NULL;
  g_autoptr (CulvertEndpoint) target = NULL;
  g_auto (Fields)             fields = { 0 };
  CulvertForwardFields        result = { .is_enabled = TRUE };
  gboolean                    is_remote = culvert_forward_kind_is_remote (kind);
  gboolean                    is_proxy;

  g_return_val_if_fail (text != NULL, NULL);

  while (g_ascii_isspace (*text))
    text++;
  if (strlen (text) > ARGUMENT_MAX)
    {
      fail (error, "longer than %d bytes", ARGUMENT_MAX);
      return NULL;
    }
  if (g_str_has_prefix (text, FTP_PREFIX))
    {
      result.is_ftp = TRUE;
      text += strlen (FTP_PREFIX);
    }
  if (*text == '\0')
    {
      fail (error, "nothing is given");
      return NULL;
    }
  if (!split (text, &fields, error))
    return NULL;

  is_proxy = culvert_forward_kind_is_proxy (kind);
  if (kind == CULVERT_FORWARD_REMOTE &&
      (fields.n_fields == 1 || (fields.n_fields == 2 && !fields.fields[1].is_path)))
    {
      is_proxy = TRUE;
      kind = CULVERT_FORWARD_REVERSE_DYNAMIC;
    }
  if (is_proxy && result.is_ftp)
    {
      fail (error, "\"%s\" needs a target", FTP_PREFIX);
      return NULL;
    }
  if (is_proxy ? !read_proxy (&fields, is_remote, &listen, error)
               : !read_both (&fields, is_remote, &listen, &target, error))
    return NULL;

  result.kind = kind;
  result.listen = listen;
  result.target = target;
  result.any_user = defaults_to_any_user (kind, listen);
  return culvert_forward_spec_new (&result);
}

static void
append_endpoint (GString *text, const CulvertEndpoint *endpoint)
{
  g_autofree char *plain = culvert_endpoint_to_string (endpoint);

  if (culvert_endpoint_get_kind (endpoint) == CULVERT_ENDPOINT_TCP)
    {
      g_string_append (text, plain);
      return;
    }
  for (const char *p = plain; *p != '\0'; p++)
    {
      if (*p == ':' || *p == '\\')
        g_string_append_c (text, '\\');
      g_string_append_c (text, *p);
    }
}

char *
culvert_forward_spec_to_argument (const CulvertForwardSpec *self)
{
  GString             *text = g_string_new (NULL);
  CulvertForwardFields fields;

  g_return_val_if_fail (self != NULL, NULL);

  fields = culvert_forward_spec_get_fields (self);
  if (fields.is_ftp)
    g_string_append (text, FTP_PREFIX);
  append_endpoint (text, fields.listen);
  if (fields.target != NULL)
    {
      g_string_append_c (text, ':');
      append_endpoint (text, fields.target);
    }
  return g_string_free (text, FALSE);
}
