/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/hop.h"

#include "core/profile.h"

#include <string.h>

#define SSH_PREFIX       "ssh://"
#define SSH_PORT         22
#define HTTP_PROXY_PORT  8080
#define SOCKS_PROXY_PORT 1080
#define TEXT_MAX         1024 /* bytes */

static gboolean
invalid (GError **error, const char *what)
{
  g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, what);
  return FALSE;
}

static gboolean
user_is_valid (const char *user)
{
  if (strlen (user) > CULVERT_USER_MAX)
    return FALSE;
  for (const char *p = user; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p))
      return FALSE;
  return TRUE;
}

/* `[user@]host[:port]` */
static gboolean
split (const char *text,
       guint16     usual_port,
       char      **user,
       char      **host,
       guint16    *port,
       GError    **error)
{
  const char *at = strrchr (text, '@');
  const char *rest = at != NULL ? at + 1 : text;
  const char *colon = strrchr (rest, ':');

  if (strlen (text) > TEXT_MAX || !g_utf8_validate (text, -1, NULL))
    return invalid (error, "too long, or not UTF-8 text");
  *user = at != NULL ? g_strndup (text, at - text) : g_strdup ("");
  if (at == text)
    return invalid (error, "the user in front of the @ is missing");
  if (!user_is_valid (*user))
    return invalid (error, "the user is too long, or has a control character");
  if (rest[0] == '[')
    {
      const char *end = strchr (rest, ']');

      if (end == NULL || (end[1] != '\0' && end[1] != ':'))
        return invalid (error, "the address in brackets has no proper end");
      *host = g_strndup (rest + 1, end - rest - 1);
      colon = end[1] == ':' ? end + 1 : NULL;
    }
  else
    {
      /* An IPv6 address without brackets has several, and no port. */
      if (colon != NULL && strchr (rest, ':') != colon)
        colon = NULL;
      *host = colon != NULL ? g_strndup (rest, colon - rest) : g_strdup (rest);
    }
  if ((*host)[0] == '\0')
    return invalid (error, "the name or address is missing");
  if (!culvert_host_is_valid (*host))
    return invalid (error, "that is neither a name nor an address");
  *port = usual_port;
  if (colon != NULL && (!culvert_port_parse (colon + 1, port) || *port == 0))
    return invalid (error, "the port is not a number from 1 to 65535");
  return TRUE;
}

CulvertHop *
culvert_hop_parse (const char *text, GError **error)
{
  g_autoptr (CulvertHop) self = g_new0 (CulvertHop, 1);
  g_autofree char       *copy = NULL;

  g_return_val_if_fail (text != NULL, NULL);

  copy = g_strdup (g_str_has_prefix (text, SSH_PREFIX) ? text + strlen (SSH_PREFIX) : text);
  if (copy != NULL && g_str_has_prefix (text, SSH_PREFIX) && g_str_has_suffix (copy, "/"))
    copy[strlen (copy) - 1] = '\0';
  if (!split (copy, SSH_PORT, &self->user, &self->host, &self->port, error))
    return NULL;
  return g_steal_pointer (&self);
}

void
culvert_hop_free (CulvertHop *self)
{
  g_free (self->user);
  g_free (self->host);
  g_free (self);
}

char *
culvert_hop_to_string (const CulvertHop *self)
{
  GString *text = g_string_new (NULL);

  g_return_val_if_fail (self != NULL, NULL);

  if (self->user[0] != '\0')
    g_string_append_printf (text, "%s@", self->user);
  if (strchr (self->host, ':') != NULL)
    g_string_append_printf (text, "[%s]", self->host);
  else
    g_string_append (text, self->host);
  if (self->port != SSH_PORT)
    g_string_append_printf (text, ":%u", self->port);
  return g_string_free (text, FALSE);
}

/* A GLib proxy resolver says "socks" where it means the newest. */
static const struct
{
  const char      *prefix;
  CulvertProxyKind kind;
  gboolean         is_of_system_alone;
} schemes[] = {
  { "http://", CULVERT_PROXY_HTTP, FALSE },       { "socks4://", CULVERT_PROXY_SOCKS4, FALSE },
  { "socks4a://", CULVERT_PROXY_SOCKS4A, FALSE }, { "socks5://", CULVERT_PROXY_SOCKS5, FALSE },
  { "socks5h://", CULVERT_PROXY_SOCKS5, TRUE },   { "socks://", CULVERT_PROXY_SOCKS5, TRUE },
};

static CulvertProxy *
proxy_new (CulvertProxyKind kind)
{
  CulvertProxy *self = g_new0 (CulvertProxy, 1);

  self->kind = kind;
  self->user = g_strdup ("");
  self->host = g_strdup ("");
  return self;
}

static CulvertProxy *
parse_server (CulvertProxyKind kind, const char *text, GError **error)
{
  g_autoptr (CulvertProxy) self = g_new0 (CulvertProxy, 1);
  g_autofree char         *copy = g_strdup (text);
  gsize                    length = strlen (copy);

  if (length > 0 && copy[length - 1] == '/')
    copy[length - 1] = '\0';
  self->kind = kind;
  if (!split (copy, kind == CULVERT_PROXY_HTTP ? HTTP_PROXY_PORT : SOCKS_PROXY_PORT, &self->user,
              &self->host, &self->port, error))
    return NULL;
  return g_steal_pointer (&self);
}

CulvertProxy *
culvert_proxy_parse (const char *text, GError **error)
{
  g_return_val_if_fail (text != NULL, NULL);

  if (text[0] == '\0')
    return proxy_new (CULVERT_PROXY_NONE);
  if (strcmp (text, "system") == 0)
    return proxy_new (CULVERT_PROXY_SYSTEM);
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      const char              *rest = text + strlen (schemes[i].prefix);
      g_autoptr (CulvertProxy) proxy = NULL;

      if (schemes[i].is_of_system_alone || !g_str_has_prefix (text, schemes[i].prefix))
        continue;
      if (strchr (rest, '@') != NULL && memchr (rest, ':', strrchr (rest, '@') - rest) != NULL)
        {
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED,
                               "a password has no place here: it is asked for");
          return NULL;
        }
      return parse_server (schemes[i].kind, rest, error);
    }
  if (g_str_has_prefix (text, "https://"))
    (void)invalid (error, "a proxy that is itself reached by TLS is not supported");
  else
    (void)invalid (error, "it begins with none of http://, socks4://, socks4a:// and socks5://");
  return NULL;
}

CulvertProxy *
culvert_proxy_parse_system (const char *uri, char **password)
{
  *password = NULL;
  if (g_str_has_prefix (uri, "direct://"))
    return proxy_new (CULVERT_PROXY_NONE);
  for (guint i = 0; i < G_N_ELEMENTS (schemes); i++)
    {
      g_autofree char *rest = NULL;
      char            *at, *colon;
      CulvertProxy    *proxy;

      if (!g_str_has_prefix (uri, schemes[i].prefix))
        continue;
      rest = g_strdup (uri + strlen (schemes[i].prefix));
      at = strrchr (rest, '@');
      colon = at != NULL ? memchr (rest, ':', at - rest) : NULL;
      if (colon != NULL)
        {
          *password = g_strndup (colon + 1, at - colon - 1);
          memmove (colon, at, strlen (at) + 1);
        }
      proxy = parse_server (schemes[i].kind, rest, NULL);
      if (proxy == NULL)
        g_clear_pointer (password, g_free);
      return proxy;
    }
  return NULL;
}

CulvertProxy *
culvert_proxy_copy (const CulvertProxy *self)
{
  CulvertProxy *copy = g_new (CulvertProxy, 1);

  *copy = *self;
  copy->user = g_strdup (self->user);
  copy->host = g_strdup (self->host);
  return copy;
}

void
culvert_proxy_free (CulvertProxy *self)
{
  g_free (self->user);
  g_free (self->host);
  g_free (self);
}

char *
culvert_proxy_command_find_bad_token (const char *command)
{
  g_return_val_if_fail (command != NULL, NULL);

  for (const char *p = command; *p != '\0'; p++)
    {
      if (*p != '%')
        continue;
      p++;
      if (*p == '\0' || strchr ("hprn%", *p) == NULL)
        return g_strdup_printf ("%%%.*s", (int)(*p != '\0' ? g_utf8_next_char (p) - p : 0), p);
    }
  return NULL;
}

/* The names go into a shell's line.  What OpenSSH refuses there is refused here, too; a host was
 * checked where it was written, but this line is worth a second look. */
static gboolean
is_plain (const char *name, gboolean is_user)
{
  if (name[0] == '-')
    return FALSE;
  for (const char *p = name; *p != '\0'; p++)
    {
      if (strchr ("'`\"$\\;&<>|(){}", *p) != NULL || g_ascii_iscntrl (*p))
        return FALSE;
      if (g_ascii_isspace (*p) && (!is_user || p[1] == '-' || p[1] == '\0'))
        return FALSE;
    }
  return TRUE;
}

char *
culvert_proxy_command_expand (const char *command,
                              const char *host,
                              guint16     port,
                              const char *user,
                              GError    **error)
{
  g_autofree char    *bad = NULL;
  g_autoptr (GString) line = g_string_new (NULL);

  g_return_val_if_fail (command != NULL && host != NULL && user != NULL, NULL);

  bad = culvert_proxy_command_find_bad_token (command);
  if (bad != NULL)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "%s stands for nothing here",
                   bad);
      return NULL;
    }
  for (const char *p = command; *p != '\0'; p++)
    {
      if (*p != '%')
        {
          g_string_append_c (line, *p);
          continue;
        }
      p++;
      if (*p == '%')
        g_string_append_c (line, '%');
      else if (*p == 'p')
        g_string_append_printf (line, "%u", port);
      else if (!is_plain (*p == 'r' ? user : host, *p == 'r'))
        {
          g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                       "a shell would see more in \"%s\" than a name", *p == 'r' ? user : host);
          return NULL;
        }
      else
        g_string_append (line, *p == 'r' ? user : host);
    }
  return g_string_free (g_steal_pointer (&line), FALSE);
}
