/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/putty-private.h"

#include "core/proxy-secret.h"

#include <gio/gio.h>
#include <string.h>

/* What leads to the server of a session: a proxy, a command of this computer, or other sessions. */

/* PuTTY's ProxyMethod */
enum
{
  METHOD_NONE,
  METHOD_SOCKS4,
  METHOD_SOCKS5,
  METHOD_HTTP,
  METHOD_TELNET,
  METHOD_COMMAND,
  METHOD_SSH,
  METHOD_SSH_EXEC,
  METHOD_SSH_SUBSYSTEM,
  N_METHODS
};

static const char *const method_names[N_METHODS] = {
  "None",
  "SOCKS 4",
  "SOCKS 5",
  "HTTP CONNECT",
  "Telnet",
  "Local",
  "SSH to proxy and use port forwarding",
  "SSH to proxy and execute a command",
  "SSH to proxy and invoke a subsystem",
};

static gboolean
read_proxy (const CulvertPuttySession *self,
            const char                *scheme,
            CulvertProfile            *profile,
            CulvertImportNote        **why)
{
  const char              *user = culvert_putty_get (self, "proxyusername");
  const char              *host = culvert_putty_get (self, "proxyhost");
  g_autoptr (CulvertProxy) proxy = NULL;
  g_autoptr (GError)       error = NULL;
  g_autofree char         *text = NULL;
  gboolean                 is_address = strchr (host, ':') != NULL && host[0] != '[';
  guint                    port;

  if (!culvert_putty_get_number (self, "proxyport", G_MAXUINT16, 80, &port, why))
    return FALSE;
  text = g_strdup_printf ("%s%s%s%s%s%s:%u", scheme, user, *user != '\0' ? "@" : "",
                          is_address ? "[" : "", host, is_address ? "]" : "", port);
  proxy = culvert_proxy_parse (text, &error);
  if (proxy == NULL)
    return culvert_putty_refuse (self, "proxyhost", CULVERT_IMPORT_MALFORMED, self->name,
                                 error->message, why);
  culvert_profile_set_string (&profile->proxy, text);
  return TRUE;
}

typedef struct
{
  const char *putty;
  const char *key; /* of the session, whose value it stands for; NULL: ours */
  const char *ssh; /* of ssh_config(5) */
} Token;

static const Token tokens[] = {
  { "%proxyhost", "proxyhost", NULL },
  { "%proxyport", "proxyport", NULL },
  { "%host", NULL, "%h" },
  { "%port", NULL, "%p" },
  { "%user", "proxyusername", NULL },
};

/* Of what the session says of its proxy only names may become part of a shell's line. */
static gboolean
is_plain (const char *text)
{
  for (const char *p = text; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr (".-_:@", *p) == NULL)
      return FALSE;
  return text[0] != '-';
}

/* Adds what the token at *@cursor stands for, and moves behind it; FALSE when it is none. */
static gboolean
expand_token (const CulvertPuttySession *self, const char **cursor, GString *command)
{
  for (guint i = 0; i < G_N_ELEMENTS (tokens); i++)
    {
      const char *text = tokens[i].ssh;

      if (!g_str_has_prefix (*cursor, tokens[i].putty))
        continue;
      if (text == NULL)
        text = culvert_putty_get (self, tokens[i].key);
      if (tokens[i].ssh == NULL && !is_plain (text))
        return FALSE;
      g_string_append (command, text);
      *cursor += strlen (tokens[i].putty);
      return TRUE;
    }
  return FALSE;
}

/* (transfer full) (nullable): PuTTY's command in the words of ProxyCommand; NULL with @reason */
static char *
convert_command (const CulvertPuttySession *self, const char *text, const char **reason)
{
  g_autoptr (GString) command = g_string_new (NULL);

  for (const char *p = text; *p != '\0';)
    {
      if (p[0] == '%' && p[1] == '%')
        {
          g_string_append (command, "%%");
          p += 2;
        }
      else if (p[0] == '%')
        {
          if (expand_token (self, &p, command))
            continue;
          *reason = "it has a token that stands for nothing here";
          return NULL;
        }
      else if (p[0] == '\\' && p[1] == 'n' && p[2] == '\0')
        p += 2;
      else if (p[0] == '\\' && (p[1] == '\\' || p[1] == '%'))
        {
          g_string_append (command, p[1] == '%' ? "%%" : "\\");
          p += 2;
        }
      else if (p[0] == '\\' || g_ascii_iscntrl (p[0]))
        {
          *reason = "it has a character that a command cannot have";
          return NULL;
        }
      else
        g_string_append_c (command, *p++);
    }
  return g_string_free (g_steal_pointer (&command), FALSE);
}

static gboolean
read_command (const CulvertPuttySession *self,
              CulvertProfile            *profile,
              GPtrArray                 *notes,
              CulvertImportNote        **why)
{
  const char      *text = culvert_putty_get (self, "proxytelnetcommand");
  const char      *reason = "the command is missing";
  g_autofree char *command = NULL;

  if (strstr (text, "%pass") != NULL || culvert_command_has_secret (text))
    return culvert_putty_refuse (self, "proxytelnetcommand", CULVERT_IMPORT_COMMAND_SECRET, NULL,
                                 NULL, why);
  if (*text != '\0')
    command = convert_command (self, text, &reason);
  if (command == NULL)
    return culvert_putty_refuse (self, "proxytelnetcommand", CULVERT_IMPORT_MALFORMED, self->name,
                                 reason, why);
  culvert_profile_set_string (&profile->proxy_command, command);
  g_ptr_array_add (notes, culvert_import_note_new (
                            CULVERT_IMPORT_COMMAND, self->file,
                            culvert_putty_get_line (self, "proxytelnetcommand"), command, NULL));
  return TRUE;
}

static const CulvertPuttySession *
find_session (GPtrArray *sessions, const char *name)
{
  for (guint i = 0; i < sessions->len; i++)
    {
      const CulvertPuttySession *session = g_ptr_array_index (sessions, i);

      if (strcmp (session->name, name) == 0)
        return session;
    }
  return NULL;
}

/* The jump server that PuTTY would sign in to: a session of that name, else a host. (transfer full) (nullable) */
static char *
read_hop (const CulvertPuttySession *self, const CulvertPuttySession *jump, CulvertImportNote **why)
{
  const char            *proxy_user = culvert_putty_get (self, "proxyusername");
  g_autofree char       *user = NULL;
  g_autofree char       *host = NULL;
  g_autofree char       *text = NULL;
  g_autoptr (CulvertHop) hop = NULL;
  CulvertHop             made;
  guint16                port = 0;
  guint                  number;

  if (jump != NULL)
    {
      if (!culvert_putty_read_server (jump, &user, &host, &port, why))
        return NULL;
    }
  else
    {
      if (!culvert_putty_get_number (self, "proxyport", G_MAXUINT16, 22, &number, why))
        return NULL;
      host = g_strdup (culvert_putty_get (self, "proxyhost"));
      user = g_strdup ("");
      port = (guint16)number;
    }
  if (*proxy_user != '\0')
    {
      g_free (user);
      user = g_strdup (proxy_user);
    }
  made = (CulvertHop){ .user = user, .host = host, .port = port };
  text = culvert_hop_to_string (&made);
  hop = culvert_hop_parse (text, NULL);
  if (hop != NULL && port != 0)
    return g_steal_pointer (&text);
  culvert_putty_refuse (self, "proxyhost", CULVERT_IMPORT_MALFORMED, self->name,
                        "the proxy is not a server that can be reached", why);
  return NULL;
}

gboolean
culvert_putty_read_way (const CulvertPuttySession *self,
                        GPtrArray                 *sessions,
                        CulvertProfile            *profile,
                        GPtrArray                 *notes,
                        CulvertImportNote        **why)
{
  g_autoptr (GPtrArray) hops = g_ptr_array_new_with_free_func (g_free);
  guint                 method;

  /* From the server towards this computer: each jump server may have a way of its own. */
  while (TRUE)
    {
      const CulvertPuttySession *jump;
      char                      *hop;

      if (!culvert_putty_get_number (self, "proxymethod", G_MAXUINT16, METHOD_NONE, &method, why))
        return FALSE;
      if (method != METHOD_SSH)
        break;
      jump = find_session (sessions, culvert_putty_get (self, "proxyhost"));
      hop = read_hop (self, jump, why);
      if (hop == NULL)
        return FALSE;
      g_ptr_array_insert (hops, 0, hop);
      if (hops->len > CULVERT_HOPS_MAX)
        return culvert_putty_refuse (self, "proxyhost", CULVERT_IMPORT_MALFORMED, self->name,
                                     "the sessions lead to each other in a circle", why);
      if (jump == NULL)
        {
          method = METHOD_NONE;
          break;
        }
      self = jump;
    }
  g_ptr_array_add (hops, NULL);
  g_strfreev (profile->hops);
  profile->hops = g_strdupv ((char **)hops->pdata);

  if (*culvert_putty_get (self, "proxypassword") != '\0' && method != METHOD_NONE)
    g_ptr_array_add (notes, culvert_import_note_new (CULVERT_IMPORT_PROXY_PASSWORD, self->file,
                                                     culvert_putty_get_line (self, "proxypassword"),
                                                     NULL, NULL));
  switch (method)
    {
    case METHOD_NONE:
      return TRUE;
    case METHOD_SOCKS4:
      return read_proxy (self, "socks4a://", profile, why);
    case METHOD_SOCKS5:
      return read_proxy (self, "socks5://", profile, why);
    case METHOD_HTTP:
      return read_proxy (self, "http://", profile, why);
    case METHOD_COMMAND:
      return read_command (self, profile, notes, why);
    default:
      return culvert_putty_refuse (self, "proxymethod", CULVERT_IMPORT_OTHER_PROXY,
                                   method < N_METHODS ? method_names[method] : "?", NULL, why);
    }
}
