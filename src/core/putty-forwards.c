/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/putty-private.h"

#include <gio/gio.h>
#include <string.h>

/* The forwards of a session, which PuTTY writes into one line: "L8080=web:80,4L8081=…,R9000=…,D1080=". */

#define FORWARDS_MAX 1024

/* (transfer full): what stands up to one of @ends; a backslash takes away what the next character means */
static char *
read_part (const char **cursor, const char *ends)
{
  GString    *part = g_string_new (NULL);
  const char *p = *cursor;

  for (; *p != '\0' && strchr (ends, *p) == NULL; p++)
    {
      if (*p == '\\' && p[1] != '\0')
        p++;
      g_string_append_c (part, *p);
    }
  *cursor = p;
  return g_string_free (part, FALSE);
}

/* `[address:]port`, an IPv6 address in brackets. (transfer full) (nullable): the address, "" without one */
static char *
split_port (const char *text, guint16 *port)
{
  const char      *colon = strrchr (text, ':');
  g_autofree char *host = colon != NULL ? g_strndup (text, colon - text) : g_strdup ("");
  gsize            length = strlen (host);

  if (!culvert_port_parse_service (colon != NULL ? colon + 1 : text, port) || *port == 0)
    return NULL;
  if (length > 2 && host[0] == '[' && host[length - 1] == ']')
    {
      host[length - 1] = '\0';
      memmove (host, host + 1, length - 1);
    }
  return g_steal_pointer (&host);
}

/* Where PuTTY listens when no address is given. @family: '4', '6', or 0 for both */
static const char *
get_usual_address (char family, gboolean is_open)
{
  if (family == '4')
    return is_open ? "0.0.0.0" : "127.0.0.1";
  if (family == '6')
    return is_open ? "::" : "::1";
  return is_open ? "*" : "";
}

/* (transfer full) (nullable): NULL with @reason */
static CulvertForwardSpec *
make_forward (const CulvertPuttySession *self,
              const char                *key,
              const char                *value,
              guint                      number,
              const char               **reason)
{
  g_autoptr (CulvertEndpoint) listen = NULL;
  g_autoptr (CulvertEndpoint) target = NULL;
  g_autofree char            *id = g_strdup_printf ("f%u", number);
  g_autofree char            *address = NULL;
  g_autofree char            *host = NULL;
  CulvertForwardFields        fields = { .id = id, .is_enabled = TRUE };
  char                        family = '\0';
  gboolean                    is_remote;
  guint16                     port, target_port;

  if (*key == '4' || *key == '6')
    family = *key++;
  is_remote = *key == 'R';
  if (*key == '\0' || strchr ("LRD", *key) == NULL)
    {
      *reason = "it begins with none of L, R and D";
      return NULL;
    }
  address = split_port (key + 1, &port);
  if (address == NULL)
    {
      *reason = "the listening port is not a port";
      return NULL;
    }
  if (*address != '\0' && strcmp (address, "*") != 0 && !culvert_host_is_valid (address))
    {
      *reason = "the listening address is not an address";
      return NULL;
    }
  /* In memory, and so in some files, a proxy is a local one that leads to "D". */
  if (*key == 'D' || (*key == 'L' && strcmp (value, "D") == 0))
    fields.kind = CULVERT_FORWARD_DYNAMIC;
  else
    {
      fields.kind = is_remote ? CULVERT_FORWARD_REMOTE : CULVERT_FORWARD_LOCAL;
      host = strchr (value, ':') != NULL ? split_port (value, &target_port) : NULL;
      if (host == NULL || !culvert_host_is_valid (host))
        {
          *reason = "the target is not a host, a colon and a port";
          return NULL;
        }
      target = culvert_endpoint_new_tcp (host, target_port);
    }
  if (*address == '\0')
    {
      gboolean is_open =
        culvert_putty_is_on (self, is_remote ? "remoteportacceptall" : "localportacceptall", FALSE);

      listen = culvert_endpoint_new_tcp (get_usual_address (family, is_open), port);
    }
  else
    listen = culvert_endpoint_new_tcp (address, port);
  fields.listen = listen;
  fields.target = target;
  fields.any_user = !is_remote && !culvert_host_is_loopback (culvert_endpoint_get_host (listen));
  return culvert_forward_spec_new (&fields);
}

void
culvert_putty_read_forwards (const CulvertPuttySession *self,
                             CulvertProfile            *profile,
                             GPtrArray                 *notes)
{
  const char *p = culvert_putty_get (self, "portforwardings");
  guint       line = culvert_putty_get_line (self, "portforwardings");
  guint       n_entries = 0;

  while (*p != '\0')
    {
      const char         *start = p;
      g_autofree char    *key = read_part (&p, ",=");
      g_autofree char    *value = NULL;
      g_autofree char    *entry = NULL;
      const char         *reason = "there are too many";
      CulvertForwardSpec *spec = NULL;

      if (*p == '=')
        p++;
      value = read_part (&p, ",");
      entry = g_strndup (start, p - start);
      if (*p == ',')
        p++;
      if (*entry == '\0')
        continue;
      if (n_entries++ < FORWARDS_MAX)
        spec = make_forward (self, key, value, profile->forwards->len + 1, &reason);
      if (spec != NULL)
        g_ptr_array_add (profile->forwards, spec);
      else
        g_ptr_array_add (
          notes, culvert_import_note_new (CULVERT_IMPORT_FORWARD, self->file, line, entry, reason));
      if (n_entries > FORWARDS_MAX)
        break;
    }
}
