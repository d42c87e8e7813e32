/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/endpoint.h"

#include <gio/gio.h>
#include <string.h>

#define LABEL_MAX 63 /* characters; RFC 1035 2.3.4 */

/* What no name has, and what a shell or an address would make something else of. */
#define NEVER_IN_NAMES "\"#$%&'()*,/:;<=>?@[\\]^`{|}~!+"

/* An IPv6 address, perhaps with a zone ("fe80::1%eth0"; RFC 4007 11). */
static gboolean
is_ipv6 (const char *host)
{
  const char      *percent = strchr (host, '%');
  g_autofree char *address = NULL;

  if (percent != NULL && (percent[1] == '\0' || strpbrk (percent + 1, NEVER_IN_NAMES) != NULL))
    return FALSE;
  address = percent != NULL ? g_strndup (host, percent - host) : g_strdup (host);
  return g_hostname_is_ip_address (address);
}

/* A dash of any kind in front is an option that was typed or pasted wrongly, not a name. */
static gboolean
is_dash (gunichar c)
{
  return c == '-' || g_unichar_type (c) == G_UNICODE_DASH_PUNCTUATION || c == 0x2212;
}

static gboolean
labels_are_valid (const char *host)
{
  const char *label = host;

  while (TRUE)
    {
      const char *dot = strchr (label, '.');
      gsize       n_bytes = dot != NULL ? (gsize)(dot - label) : strlen (label);

      if (n_bytes == 0 || g_utf8_strlen (label, n_bytes) > LABEL_MAX)
        return FALSE;
      /* One dot at the end makes a name absolute. */
      if (dot == NULL || dot[1] == '\0')
        return TRUE;
      label = dot + 1;
    }
}

static gboolean
characters_are_valid (const char *host)
{
  for (const char *p = host; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c < 0x80 && strchr (NEVER_IN_NAMES, (int)c) != NULL)
        return FALSE;
      if (!g_unichar_isgraph (c) || g_unichar_type (c) == G_UNICODE_FORMAT)
        return FALSE;
    }
  return !is_dash (g_utf8_get_char (host));
}

gboolean
culvert_host_is_valid (const char *host)
{
  g_return_val_if_fail (host != NULL, FALSE);

  if (host[0] == '\0' || strlen (host) > CULVERT_HOST_MAX || !g_utf8_validate (host, -1, NULL))
    return FALSE;
  if (strchr (host, ':') != NULL)
    {
      for (const char *p = host; *p != '\0'; p++)
        if (!g_ascii_isgraph (*p))
          return FALSE;
      return is_ipv6 (host);
    }
  return characters_are_valid (host) && labels_are_valid (host);
}

gboolean
culvert_host_is_loopback (const char *host)
{
  g_autoptr (GInetAddress) address = NULL;

  g_return_val_if_fail (host != NULL, FALSE);

  if (host[0] == '\0' || g_ascii_strcasecmp (host, "localhost") == 0 ||
      g_ascii_strcasecmp (host, "localhost.") == 0)
    return TRUE;
  address = g_inet_address_new_from_string (host);
  return address != NULL && g_inet_address_get_is_loopback (address);
}

gboolean
culvert_host_is_any (const char *host)
{
  g_return_val_if_fail (host != NULL, FALSE);

  return g_str_equal (host, "*") || g_str_equal (host, "0.0.0.0") || g_str_equal (host, "::");
}

gboolean
culvert_port_parse (const char *text, guint16 *port)
{
  guint64 value;

  g_return_val_if_fail (text != NULL && port != NULL, FALSE);

  /* The conversion alone would take a sign and spaces. */
  if (text[0] == '\0' || strlen (text) > 5 || strspn (text, "0123456789") != strlen (text))
    return FALSE;
  if (!g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT16, &value, NULL))
    return FALSE;
  *port = (guint16)value;
  return TRUE;
}

gboolean
culvert_port_parse_service (const char *text, guint16 *port)
{
  g_autofree char               *address = NULL;
  g_autoptr (GSocketConnectable) connectable = NULL;

  g_return_val_if_fail (text != NULL && port != NULL, FALSE);

  if (culvert_port_parse (text, port))
    return TRUE;
  if (!g_ascii_isalpha (text[0]) || strlen (text) > LABEL_MAX)
    return FALSE;
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && *p != '-' && *p != '_')
      return FALSE;
  /* GIO looks into the system's list of services, which has no portable call of its own. */
  address = g_strconcat ("localhost:", text, NULL);
  connectable = g_network_address_parse (address, 0, NULL);
  if (connectable == NULL)
    return FALSE;
  *port = g_network_address_get_port (G_NETWORK_ADDRESS (connectable));
  return *port != 0;
}

char *
culvert_path_expand (const char *path)
{
  g_return_val_if_fail (path != NULL, NULL);

  if (strcmp (path, "~") == 0)
    return g_strdup (g_get_home_dir ());
  if (g_str_has_prefix (path, "~/"))
    return g_build_filename (g_get_home_dir (), path + 2, NULL);
  return g_strdup (path);
}
