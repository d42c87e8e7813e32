/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "words/tunnel-words-private.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>
#include <string.h>

/* Who can connect, as far as it is ours to say. */
typedef enum
{
  AUDIENCE_LOOPBACK, /* programs of the computer that it listens at */
  AUDIENCE_ANY_USER, /* the same, of all its users; here alone */
  AUDIENCE_SOCKET,   /* who may open a file */
  AUDIENCE_ADDRESS,  /* who reaches one address of that computer */
  AUDIENCE_ALL,      /* who reaches any of its addresses */
} Audience;

/* What the sentences are made of. */
typedef struct
{
  Audience    audience;
  const char *listen;    /* host:port or a path; for AUDIENCE_ALL the port alone */
  gboolean    is_picked; /* the server picks the port */
  const char *target;    /* host:port or a path */
  gboolean    to_socket;
  const char *server;
} Parts;

const char *
culvert_words_for_kind (CulvertForwardKind kind)
{
  switch (kind)
    {
    case CULVERT_FORWARD_REMOTE:
      /* Translators: a kind of forward: listens at the server */
      return _ ("Remote");
    case CULVERT_FORWARD_DYNAMIC:
      /* Translators: a kind of forward: a proxy on this computer */
      return _ ("Dynamic");
    case CULVERT_FORWARD_REVERSE_DYNAMIC:
      /* Translators: a kind of forward: a proxy at the server */
      return _ ("Reverse dynamic");
    case CULVERT_FORWARD_LOCAL:
    default:
      /* Translators: a kind of forward: listens on this computer */
      return _ ("Local");
    }
}

const char *
culvert_words_for_kind_purpose (CulvertForwardKind kind)
{
  switch (kind)
    {
    case CULVERT_FORWARD_REMOTE:
      return _ ("Let the server’s side reach something here");
    case CULVERT_FORWARD_DYNAMIC:
      return _ ("Browse through the server");
    case CULVERT_FORWARD_REVERSE_DYNAMIC:
      return _ ("Let the server’s side browse through here");
    case CULVERT_FORWARD_LOCAL:
    default:
      return _ ("Reach something behind the server");
    }
}

const char *
culvert_words_gap (void)
{
  /* Translators: stands for a part that has not been filled in yet */
  return _ ("…");
}

char *
culvert_words_join_host (const char *host, const char *port)
{
  gboolean is_address = strchr (host, ':') != NULL;

  return g_strdup_printf ("%s%s%s:%s", is_address ? "[" : "", host, is_address ? "]" : "", port);
}

/* (transfer full): an end with gaps shown; @host is what "" means there */
static char *
describe_end (const CulvertEndpoint *end, const char *host, const char *port_zero)
{
  g_autofree char *port = NULL;
  const char      *text;

  if (end == NULL)
    return g_strdup (culvert_words_gap ());
  text = culvert_endpoint_get_path (end);
  if (text != NULL)
    return g_strdup (text[0] != '\0' ? text : culvert_words_gap ());
  text = culvert_endpoint_get_host (end);
  if (text[0] == '\0')
    text = host;
  if (culvert_endpoint_get_port (end) == 0)
    return culvert_words_join_host (text, port_zero);
  port = g_strdup_printf ("%u", culvert_endpoint_get_port (end));
  return culvert_words_join_host (text, port);
}

static char *
describe_target (const CulvertEndpoint *target)
{
  return describe_end (target, culvert_words_gap (), culvert_words_gap ());
}

static char *
describe_listen (const CulvertEndpoint *listen, CulvertForwardKind kind)
{
  /* At the server 0 is a wish, here it is a gap.
   * Translators: stands for a port number that the server is free to choose */
  return describe_end (listen, "localhost",
                       culvert_forward_kind_is_remote (kind) ? _ ("any free port")
                                                             : culvert_words_gap ());
}

static Audience
find_audience (const CulvertForwardFields *fields)
{
  const char *host = culvert_endpoint_get_host (fields->listen);

  if (host == NULL)
    return AUDIENCE_SOCKET;
  if (culvert_host_is_any (host))
    return AUDIENCE_ALL;
  if (!culvert_host_is_loopback (host))
    return AUDIENCE_ADDRESS;
  return fields->any_user && !culvert_forward_kind_is_remote (fields->kind) ? AUDIENCE_ANY_USER
                                                                            : AUDIENCE_LOOPBACK;
}

/* Each sentence stands there whole, so that it can be one in any language.  In all of those that follow:
 * 1 is host:port, a path or a port, 2 host:port or a path, 3 the server's name. */
static char *
describe_local (const Parts *parts)
{
  const char *listen = parts->listen;
  const char *target = parts->target;
  const char *server = parts->server;

  switch (parts->audience)
    {
    case AUDIENCE_SOCKET:
      /* Translators: 1 is a path, 2 host:port, 3 the server's name */
      return g_strdup_printf (
        _ ("Your programs that open the socket %1$s reach %2$s, as seen from %3$s."), listen,
        target, server);
    case AUDIENCE_ANY_USER:
      /* Translators: 1 and 2 are host:port, 3 is the server's name */
      return g_strdup_printf (_ ("Programs of every user of this computer that connect to %1$s "
                                 "reach %2$s, as seen from %3$s."),
                              listen, target, server);
    case AUDIENCE_ADDRESS:
      /* Translators: 1 and 2 are host:port, 3 is the server's name */
      return g_strdup_printf (_ ("Programs on this computer, and on others that reach it, that "
                                 "connect to %1$s reach %2$s, as seen from %3$s."),
                              listen, target, server);
    case AUDIENCE_ALL:
      /* Translators: 1 is a port, 2 host:port, 3 the server's name */
      return g_strdup_printf (_ ("Programs on this computer, and on others that reach it, that "
                                 "connect to its port %1$s reach %2$s, as seen from %3$s."),
                              listen, target, server);
    case AUDIENCE_LOOPBACK:
    default:
      /* Translators: 1 and 2 are host:port, 3 is the server's name */
      return g_strdup_printf (
        _ ("Programs on this computer that connect to %1$s reach %2$s, as seen from %3$s."), listen,
        target, server);
    }
}

static char *
describe_local_to_socket (const Parts *parts)
{
  const char *listen = parts->listen;
  const char *target = parts->target;
  const char *server = parts->server;

  switch (parts->audience)
    {
    case AUDIENCE_SOCKET:
      /* Translators: 1 and 2 are paths, 3 is the server's name */
      return g_strdup_printf (
        _ ("Your programs that open the socket %1$s reach the socket %2$s on %3$s."), listen,
        target, server);
    case AUDIENCE_ANY_USER:
      /* Translators: 1 is host:port, 2 a path, 3 the server's name */
      return g_strdup_printf (_ ("Programs of every user of this computer that connect to %1$s "
                                 "reach the socket %2$s on %3$s."),
                              listen, target, server);
    case AUDIENCE_ADDRESS:
      /* Translators: 1 is host:port, 2 a path, 3 the server's name */
      return g_strdup_printf (_ ("Programs on this computer, and on others that reach it, that "
                                 "connect to %1$s reach the socket %2$s on %3$s."),
                              listen, target, server);
    case AUDIENCE_ALL:
      /* Translators: 1 is a port, 2 a path, 3 the server's name */
      return g_strdup_printf (_ ("Programs on this computer, and on others that reach it, that "
                                 "connect to its port %1$s reach the socket %2$s on %3$s."),
                              listen, target, server);
    case AUDIENCE_LOOPBACK:
    default:
      /* Translators: 1 is host:port, 2 a path, 3 the server's name */
      return g_strdup_printf (
        _ ("Programs on this computer that connect to %1$s reach the socket %2$s on %3$s."), listen,
        target, server);
    }
}

static char *
describe_dynamic (const Parts *parts)
{
  switch (parts->audience)
    {
    case AUDIENCE_SOCKET:
      /* Translators: 1 is a path, 2 the server's name */
      return g_strdup_printf (
        _ ("Your programs that use the proxy at the socket %1$s go out through %2$s."),
        parts->listen, parts->server);
    case AUDIENCE_ANY_USER:
      /* Translators: 1 is host:port, 2 the server's name */
      return g_strdup_printf (_ ("Programs of every user of this computer that use the proxy at "
                                 "%1$s go out through %2$s."),
                              parts->listen, parts->server);
    case AUDIENCE_ADDRESS:
      /* Translators: 1 is host:port, 2 the server's name */
      return g_strdup_printf (_ ("Programs on this computer, and on others that reach it, that use "
                                 "the proxy at %1$s go out through %2$s."),
                              parts->listen, parts->server);
    case AUDIENCE_ALL:
      /* Translators: 1 is a port, 2 the server's name */
      return g_strdup_printf (_ ("Programs on this computer, and on others that reach it, that use "
                                 "the proxy at its port %1$s go out through %2$s."),
                              parts->listen, parts->server);
    case AUDIENCE_LOOPBACK:
    default:
      /* Translators: 1 is host:port, 2 the server's name */
      return g_strdup_printf (
        _ ("Programs on this computer that use the proxy at %1$s go out through %2$s."),
        parts->listen, parts->server);
    }
}

/* What the server makes of it is its own affair (sshd_config(5) GatewayPorts). */
static gboolean
is_exposed (Audience audience)
{
  return audience == AUDIENCE_ADDRESS || audience == AUDIENCE_ALL;
}

static char *
describe_remote (const Parts *parts)
{
  const char *listen = parts->listen;
  const char *target = parts->target;
  const char *server = parts->server;

  if (parts->audience == AUDIENCE_SOCKET)
    /* Translators: 1 is the server's name, 2 a path there, 3 host:port */
    return g_strdup_printf (
      _ ("Programs on %1$s that open the socket %2$s reach %3$s, as seen from this computer."),
      server, listen, target);
  if (parts->is_picked && is_exposed (parts->audience))
    /* Translators: 1 is the server's name, whose choice it is; 2 host:port */
    return g_strdup_printf (_ ("Programs on %1$s, and on other computers if its GatewayPorts lets "
                               "them, that connect to a port of its choice reach %2$s, as seen "
                               "from this computer."),
                            server, target);
  if (parts->is_picked)
    /* Translators: 1 is the server's name, whose choice it is; 2 host:port */
    return g_strdup_printf (_ ("Programs on %1$s that connect to a port of its choice reach %2$s, "
                               "as seen from this computer."),
                            server, target);
  if (parts->audience == AUDIENCE_ALL)
    /* Translators: 1 is the server's name, 2 a port there, 3 host:port */
    return g_strdup_printf (_ ("Programs on %1$s, and on other computers if its GatewayPorts lets "
                               "them, that connect to its port %2$s reach %3$s, as seen from this "
                               "computer."),
                            server, listen, target);
  if (parts->audience == AUDIENCE_ADDRESS)
    /* Translators: 1 is the server's name, 2 host:port there, 3 host:port */
    return g_strdup_printf (
      _ ("Programs on %1$s, and on other computers if its GatewayPorts lets "
         "them, that connect to %2$s reach %3$s, as seen from this computer."),
      server, listen, target);
  /* Translators: 1 is the server's name, 2 host:port there, 3 host:port */
  return g_strdup_printf (
    _ ("Programs on %1$s that connect to %2$s reach %3$s, as seen from this computer."), server,
    listen, target);
}

static char *
describe_remote_to_socket (const Parts *parts)
{
  const char *listen = parts->listen;
  const char *target = parts->target;
  const char *server = parts->server;

  if (parts->audience == AUDIENCE_SOCKET)
    /* Translators: 1 is the server's name, 2 a path there, 3 a path here */
    return g_strdup_printf (
      _ ("Programs on %1$s that open the socket %2$s reach the socket %3$s on this computer."),
      server, listen, target);
  if (parts->is_picked && is_exposed (parts->audience))
    /* Translators: 1 is the server's name, whose choice it is; 2 a path here */
    return g_strdup_printf (_ ("Programs on %1$s, and on other computers if its GatewayPorts lets "
                               "them, that connect to a port of its choice reach the socket %2$s "
                               "on this computer."),
                            server, target);
  if (parts->is_picked)
    /* Translators: 1 is the server's name, whose choice it is; 2 a path here */
    return g_strdup_printf (_ ("Programs on %1$s that connect to a port of its choice reach the "
                               "socket %2$s on this computer."),
                            server, target);
  if (parts->audience == AUDIENCE_ALL)
    /* Translators: 1 is the server's name, 2 a port there, 3 a path here */
    return g_strdup_printf (_ ("Programs on %1$s, and on other computers if its GatewayPorts lets "
                               "them, that connect to its port %2$s reach the socket %3$s on this "
                               "computer."),
                            server, listen, target);
  if (parts->audience == AUDIENCE_ADDRESS)
    /* Translators: 1 is the server's name, 2 host:port there, 3 a path here */
    return g_strdup_printf (_ ("Programs on %1$s, and on other computers if its GatewayPorts lets "
                               "them, that connect to %2$s reach the socket %3$s on this "
                               "computer."),
                            server, listen, target);
  /* Translators: 1 is the server's name, 2 host:port there, 3 a path here */
  return g_strdup_printf (
    _ ("Programs on %1$s that connect to %2$s reach the socket %3$s on this computer."), server,
    listen, target);
}

static char *
describe_reverse_dynamic (const Parts *parts)
{
  if (parts->audience == AUDIENCE_SOCKET)
    /* Translators: 1 is the server's name, 2 a path there */
    return g_strdup_printf (_ ("Programs on %1$s that use the proxy at the socket %2$s go out "
                               "through this computer."),
                            parts->server, parts->listen);
  if (parts->is_picked && is_exposed (parts->audience))
    /* Translators: %s is the server's name, whose choice it is */
    return g_strdup_printf (_ ("Programs on %s, and on other computers if its GatewayPorts lets "
                               "them, that use the proxy at a port of its choice go out through "
                               "this computer."),
                            parts->server);
  if (parts->is_picked)
    /* Translators: %s is the server's name, whose choice it is */
    return g_strdup_printf (_ ("Programs on %s that use the proxy at a port of its choice go out "
                               "through this computer."),
                            parts->server);
  if (parts->audience == AUDIENCE_ALL)
    /* Translators: 1 is the server's name, 2 a port there */
    return g_strdup_printf (_ ("Programs on %1$s, and on other computers if its GatewayPorts lets "
                               "them, that use the proxy at its port %2$s go out through this "
                               "computer."),
                            parts->server, parts->listen);
  if (parts->audience == AUDIENCE_ADDRESS)
    /* Translators: 1 is the server's name, 2 host:port there */
    return g_strdup_printf (_ ("Programs on %1$s, and on other computers if its GatewayPorts lets "
                               "them, that use the proxy at %2$s go out through this computer."),
                            parts->server, parts->listen);
  /* Translators: 1 is the server's name, 2 host:port there */
  return g_strdup_printf (
    _ ("Programs on %1$s that use the proxy at %2$s go out through this computer."), parts->server,
    parts->listen);
}

static char *
describe (CulvertForwardKind kind, const Parts *parts)
{
  switch (kind)
    {
    case CULVERT_FORWARD_REMOTE:
      return parts->to_socket ? describe_remote_to_socket (parts) : describe_remote (parts);
    case CULVERT_FORWARD_DYNAMIC:
      return describe_dynamic (parts);
    case CULVERT_FORWARD_REVERSE_DYNAMIC:
      return describe_reverse_dynamic (parts);
    case CULVERT_FORWARD_LOCAL:
    default:
      return parts->to_socket ? describe_local_to_socket (parts) : describe_local (parts);
    }
}

/* (transfer full) */
static char *
describe_port (const CulvertEndpoint *listen)
{
  return culvert_endpoint_get_port (listen) != 0
           ? g_strdup_printf ("%u", culvert_endpoint_get_port (listen))
           : g_strdup (culvert_words_gap ());
}

char *
culvert_words_for_forward (const CulvertForwardSpec *spec, const CulvertProfile *profile)
{
  CulvertForwardFields fields;
  Parts                parts;
  g_autofree char     *listen = NULL;
  g_autofree char     *target = NULL;
  g_autofree char     *words = NULL;

  g_return_val_if_fail (spec != NULL && profile != NULL, NULL);

  fields = culvert_forward_spec_get_fields (spec);
  parts.audience = find_audience (&fields);
  listen = parts.audience == AUDIENCE_ALL ? describe_port (fields.listen)
                                          : describe_listen (fields.listen, fields.kind);
  target = describe_target (fields.target);
  parts.listen = listen;
  parts.is_picked = culvert_forward_kind_is_remote (fields.kind) &&
                    parts.audience != AUDIENCE_SOCKET &&
                    culvert_endpoint_get_port (fields.listen) == 0;
  parts.target = target;
  parts.to_socket = fields.target != NULL && culvert_endpoint_get_path (fields.target) != NULL;
  parts.server = profile->host[0] != '\0' ? profile->host : culvert_words_gap ();
  words = describe (fields.kind, &parts);
  if (!fields.is_ftp)
    return g_steal_pointer (&words);
  return g_strconcat (words, " ", _ ("FTP’s data connections take the same way."), NULL);
}

char *
culvert_words_for_forward_short (const CulvertForwardSpec *spec)
{
  CulvertForwardFields fields;
  g_autofree char     *listen = NULL;
  g_autofree char     *target = NULL;

  g_return_val_if_fail (spec != NULL, NULL);

  fields = culvert_forward_spec_get_fields (spec);
  listen = describe_listen (fields.listen, fields.kind);
  target = describe_target (fields.target);
  switch (fields.kind)
    {
    case CULVERT_FORWARD_REMOTE:
      /* Translators: 1 is host:port at the server, 2 host:port or a path here */
      return g_strdup_printf (_ ("%1$s at the server → %2$s"), listen, target);
    case CULVERT_FORWARD_DYNAMIC:
      /* Translators: %s is host:port */
      return g_strdup_printf (_ ("Proxy on %s"), listen);
    case CULVERT_FORWARD_REVERSE_DYNAMIC:
      /* Translators: %s is host:port at the server */
      return g_strdup_printf (_ ("Proxy on %s at the server"), listen);
    case CULVERT_FORWARD_LOCAL:
    default:
      /* Translators: 1 and 2 are host:port or a path */
      return g_strdup_printf (_ ("%1$s → %2$s"), listen, target);
    }
}

char *
culvert_words_for_exposure (const CulvertForwardSpec *spec, const CulvertProfile *profile)
{
  CulvertForwardFields fields;

  g_return_val_if_fail (spec != NULL && profile != NULL, NULL);

  fields = culvert_forward_spec_get_fields (spec);
  if (!is_exposed (find_audience (&fields)))
    return NULL;
  if (culvert_forward_kind_is_remote (fields.kind))
    /* Translators: %s is the server's name */
    return g_strdup_printf (
      _ ("Other computers that reach %s can connect too, if its GatewayPorts lets them."),
      profile->host);
  return g_strdup (_ ("Other computers that reach this one can connect too."));
}
