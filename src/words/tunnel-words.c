/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "words/tunnel-words.h"

#include "base/log.h"
#include "words/failure.h"
#include "words/quantity.h"
#include "words/tunnel-words-private.h"

#include <glib/gi18n.h>

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
    place = g_strdup (culvert_words_gap ());
  else if (profile->port == SSH_PORT)
    place = g_strdup (profile->host);
  else
    {
      g_autofree char *port = g_strdup_printf ("%u", profile->port);

      place = culvert_words_join_host (profile->host, port);
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
