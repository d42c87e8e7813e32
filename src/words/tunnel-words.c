/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "words/tunnel-words.h"

#include "base/log.h"
#include "words/failure.h"
#include "words/quantity.h"

#include <glib/gi18n.h>
#include <string.h>

#define SSH_PORT 22

const char *
culvert_words_for_state (CulvertTunnelState state)
{
  switch (state)
    {
    case CULVERT_TUNNEL_CONNECTING:
      return _ ("Connecting");
    case CULVERT_TUNNEL_SIGNING_IN:
      return _ ("Signing in");
    case CULVERT_TUNNEL_UP:
      return _ ("Connected");
    case CULVERT_TUNNEL_WAITING:
      return _ ("Waiting");
    case CULVERT_TUNNEL_NEEDS_YOU:
      return _ ("Needs you");
    case CULVERT_TUNNEL_STOPPING:
      return _ ("Stopping");
    case CULVERT_TUNNEL_FAILED:
      return _ ("Failed");
    case CULVERT_TUNNEL_IDLE:
      /* Translators: a state: will connect as soon as a program wants to use the tunnel */
      return _ ("On demand");
    case CULVERT_TUNNEL_STOPPED:
    default:
      return _ ("Stopped");
    }
}

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
culvert_words_for_method (CulvertAuthMethod method)
{
  switch (method)
    {
    case CULVERT_AUTH_KEY:
      return _ ("Key file");
    case CULVERT_AUTH_PASSWORD:
      return _ ("Password");
    case CULVERT_AUTH_INTERACTIVE:
      return _ ("The server’s questions");
    case CULVERT_AUTH_AGENT:
    default:
      return _ ("SSH agent");
    }
}

/* What stands for a part that a draft does not have yet. */
static const char *
gap (void)
{
  /* Translators: stands for a part that has not been filled in yet */
  return _ ("…");
}

static char *
join_host (const char *host, const char *port)
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
    return g_strdup (gap ());
  text = culvert_endpoint_get_path (end);
  if (text != NULL)
    return g_strdup (text[0] != '\0' ? text : gap ());
  text = culvert_endpoint_get_host (end);
  if (text[0] == '\0')
    text = host;
  if (culvert_endpoint_get_port (end) == 0)
    return join_host (text, port_zero);
  port = g_strdup_printf ("%u", culvert_endpoint_get_port (end));
  return join_host (text, port);
}

static char *
describe_target (const CulvertEndpoint *target)
{
  return describe_end (target, gap (), gap ());
}

static char *
describe_listen (const CulvertEndpoint *listen, CulvertForwardKind kind)
{
  /* At the server 0 is a wish, here it is a gap.
   * Translators: stands for a port number that the server is free to choose */
  return describe_end (listen, "localhost",
                       culvert_forward_kind_is_remote (kind) ? _ ("any free port") : gap ());
}

/* Can other computers connect to what listens there? */
static gboolean
is_exposed (const CulvertEndpoint *listen)
{
  return culvert_endpoint_get_kind (listen) == CULVERT_ENDPOINT_TCP &&
         !culvert_host_is_loopback (culvert_endpoint_get_host (listen));
}

static char *
describe_here (CulvertForwardKind kind,
               gboolean           exposed,
               const char        *listen,
               const char        *target,
               const char        *server)
{
  if (kind == CULVERT_FORWARD_DYNAMIC && exposed)
    /* Translators: 1 is host:port, 2 the server's name */
    return g_strdup_printf (_ ("Programs on this computer, and others that can reach it, that use "
                               "the proxy at %1$s go out through %2$s."),
                            listen, server);
  if (kind == CULVERT_FORWARD_DYNAMIC)
    /* Translators: 1 is host:port, 2 the server's name */
    return g_strdup_printf (
      _ ("Programs on this computer that use the proxy at %1$s go out through %2$s."), listen,
      server);
  if (exposed)
    /* Translators: 1 and 2 are host:port or a path, 3 is the server's name */
    return g_strdup_printf (_ ("Programs on this computer, and others that can reach it, that "
                               "connect to %1$s reach %2$s, as seen from %3$s."),
                            listen, target, server);
  /* Translators: 1 and 2 are host:port or a path, 3 is the server's name */
  return g_strdup_printf (
    _ ("Programs on this computer that connect to %1$s reach %2$s, as seen from %3$s."), listen,
    target, server);
}

static char *
describe_there (CulvertForwardKind kind,
                gboolean           exposed,
                const char        *listen,
                const char        *target,
                const char        *server)
{
  if (kind == CULVERT_FORWARD_REVERSE_DYNAMIC && exposed)
    /* Translators: 1 is the server's name, 2 host:port there */
    return g_strdup_printf (_ ("Programs on %1$s, and others that can reach it, that use the proxy "
                               "at %2$s go out through this computer."),
                            server, listen);
  if (kind == CULVERT_FORWARD_REVERSE_DYNAMIC)
    /* Translators: 1 is the server's name, 2 host:port there */
    return g_strdup_printf (
      _ ("Programs on %1$s that use the proxy at %2$s go out through this computer."), server,
      listen);
  if (exposed)
    /* Translators: 1 is the server's name, 2 host:port there, 3 host:port or a path here */
    return g_strdup_printf (_ ("Programs on %1$s, and others that can reach it, that connect to "
                               "%2$s reach %3$s, as seen from this computer. The others do so "
                               "only where “GatewayPorts clientspecified” is in its sshd_config."),
                            server, listen, target);
  /* Translators: 1 is the server's name, 2 host:port there, 3 host:port or a path here */
  return g_strdup_printf (
    _ ("Programs on %1$s that connect to %2$s reach %3$s, as seen from this computer."), server,
    listen, target);
}

char *
culvert_words_for_forward (const CulvertForwardSpec *spec, const CulvertProfile *profile)
{
  CulvertForwardFields fields;
  g_autofree char     *listen = NULL;
  g_autofree char     *target = NULL;
  const char          *server;
  gboolean             exposed;

  g_return_val_if_fail (spec != NULL && profile != NULL, NULL);

  fields = culvert_forward_spec_get_fields (spec);
  listen = describe_listen (fields.listen, fields.kind);
  target = describe_target (fields.target);
  server = profile->host[0] != '\0' ? profile->host : gap ();
  exposed = is_exposed (fields.listen);
  if (culvert_forward_kind_is_remote (fields.kind))
    return describe_there (fields.kind, exposed, listen, target, server);
  return describe_here (fields.kind, exposed, listen, target, server);
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
culvert_words_for_server (const CulvertProfile *profile)
{
  g_autofree char *name = NULL;
  g_autofree char *user = NULL;
  g_autofree char *place = NULL;

  g_return_val_if_fail (profile != NULL, NULL);

  /* It can come with a file from a stranger. */
  name = culvert_profile_dup_user (profile);
  user = culvert_log_printable (name, -1);
  if (profile->host[0] == '\0')
    place = g_strdup (gap ());
  else if (profile->port == SSH_PORT)
    place = g_strdup (profile->host);
  else
    {
      g_autofree char *port = g_strdup_printf ("%u", profile->port);

      place = join_host (profile->host, port);
    }
  return g_strdup_printf ("%s@%s", user, place);
}

char *
culvert_words_for_loss (const GError *error, const CulvertProfile *profile)
{
  g_autoptr (CulvertFailureWords) words = NULL;

  g_return_val_if_fail (profile != NULL, NULL);

  if (error == NULL)
    /* Translators: %s is the server's name */
    return g_strdup_printf (_ ("The connection to %s was lost."), profile->host);
  words = culvert_failure_words_for_tunnel (error, profile);
  return g_steal_pointer (&words->what);
}

char *
culvert_words_for_return (const CulvertProfile *profile, gint64 away_us)
{
  g_autofree char *away = NULL;

  g_return_val_if_fail (profile != NULL, NULL);

  away = culvert_words_for_duration (MAX (away_us, 0));
  /* Translators: 1 is the server's name, 2 how long it was away, as in "3 min" */
  return g_strdup_printf (_ ("Connected to %1$s again after %2$s."), profile->host, away);
}
