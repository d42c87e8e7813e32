/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/format.h"

#include "core/errors.h"
#include "words/quantity.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

/* The longest name of a computer, or path, that is shown whole. */
#define NAME_MAX_CHARS 32

#define ICON(name) CULVERT_APP_ID "-" name "-symbolic"

const char *
culvert_format_state_icon (CulvertTunnelState state)
{
  switch (state)
    {
    case CULVERT_TUNNEL_CONNECTING:
    case CULVERT_TUNNEL_SIGNING_IN:
    case CULVERT_TUNNEL_STOPPING:
      return ICON ("connecting");
    case CULVERT_TUNNEL_UP:
      return ICON ("up");
    case CULVERT_TUNNEL_WAITING:
    case CULVERT_TUNNEL_IDLE:
      return ICON ("waiting");
    case CULVERT_TUNNEL_NEEDS_YOU:
      return ICON ("needs-you");
    case CULVERT_TUNNEL_FAILED:
      return ICON ("failed");
    case CULVERT_TUNNEL_STOPPED:
    default:
      return ICON ("stopped");
    }
}

const char *
culvert_format_state_class (CulvertTunnelState state)
{
  switch (state)
    {
    case CULVERT_TUNNEL_CONNECTING:
    case CULVERT_TUNNEL_SIGNING_IN:
      return "connecting";
    case CULVERT_TUNNEL_UP:
      return "up";
    case CULVERT_TUNNEL_WAITING:
      return "waiting";
    case CULVERT_TUNNEL_NEEDS_YOU:
      return "needs-you";
    case CULVERT_TUNNEL_FAILED:
      return "failed";
    case CULVERT_TUNNEL_IDLE:
    case CULVERT_TUNNEL_STOPPING:
    case CULVERT_TUNNEL_STOPPED:
    default:
      return "stopped";
    }
}

const char *
culvert_format_kind_icon (CulvertForwardKind kind)
{
  switch (kind)
    {
    case CULVERT_FORWARD_REMOTE:
      return ICON ("remote");
    case CULVERT_FORWARD_DYNAMIC:
      return ICON ("dynamic");
    case CULVERT_FORWARD_REVERSE_DYNAMIC:
      return ICON ("reverse-dynamic");
    case CULVERT_FORWARD_LOCAL:
    default:
      return ICON ("local");
    }
}

/* The short reasons, by code of CULVERT_SSH_ERROR. */
static const char *const ssh_reasons[] = {
  [CULVERT_SSH_ERROR_NAME_UNKNOWN] = N_ ("name unknown"),
  [CULVERT_SSH_ERROR_NO_NAME_SERVICE] = N_ ("names can’t be looked up"),
  [CULVERT_SSH_ERROR_NO_ADDRESS] = N_ ("no address of that kind"),
  [CULVERT_SSH_ERROR_REFUSED] = N_ ("nothing answers on that port"),
  [CULVERT_SSH_ERROR_UNREACHABLE] = N_ ("no route"),
  [CULVERT_SSH_ERROR_NO_NETWORK] = N_ ("no network"),
  [CULVERT_SSH_ERROR_NETWORK_NOT_LISTED] = N_ ("not one of its networks"),
  [CULVERT_SSH_ERROR_NETWORK_EXCLUDED] = N_ ("not used on this network"),
  [CULVERT_SSH_ERROR_TIMED_OUT] = N_ ("no answer"),
  [CULVERT_SSH_ERROR_SILENT] = N_ ("it says nothing"),
  [CULVERT_SSH_ERROR_TURNED_AWAY] = N_ ("turned away by the server"),
  [CULVERT_SSH_ERROR_NOT_SSH] = N_ ("not an SSH server"),
  [CULVERT_SSH_ERROR_HANDSHAKE] = N_ ("key exchange failed"),
  [CULVERT_SSH_ERROR_HANDSHAKE_TIMED_OUT] = N_ ("key exchange too slow"),
  [CULVERT_SSH_ERROR_NO_COMMON_KEX] = N_ ("no common key exchange"),
  [CULVERT_SSH_ERROR_NO_COMMON_HOST_KEY] = N_ ("no common kind of host key"),
  [CULVERT_SSH_ERROR_NO_COMMON_CIPHER] = N_ ("no common cipher"),
  [CULVERT_SSH_ERROR_NO_COMMON_MAC] = N_ ("no common integrity check"),
  [CULVERT_SSH_ERROR_NO_COMMON_COMPRESSION] = N_ ("no common compression"),
  [CULVERT_SSH_ERROR_HOST_KEY_UNKNOWN] = N_ ("host key not confirmed"),
  [CULVERT_SSH_ERROR_HOST_KEY_UNANSWERED] = N_ ("host key not confirmed in time"),
  [CULVERT_SSH_ERROR_HOST_KEY_REFUSED] = N_ ("host key not trusted"),
  [CULVERT_SSH_ERROR_HOST_KEY_CHANGED] = N_ ("the host key has changed"),
  [CULVERT_SSH_ERROR_HOST_KEY_REVOKED] = N_ ("the host key is revoked"),
  [CULVERT_SSH_ERROR_HOST_KEY_STORE] = N_ ("known hosts not readable"),
  [CULVERT_SSH_ERROR_HOST_KEY_CERTIFICATE] = N_ ("the host certificate is false"),
  [CULVERT_SSH_ERROR_AUTH_REFUSED] = N_ ("sign-in refused"),
  [CULVERT_SSH_ERROR_AUTH_NO_METHOD] = N_ ("no way to sign in"),
  [CULVERT_SSH_ERROR_AUTH_CANCELLED] = N_ ("sign-in cancelled"),
  [CULVERT_SSH_ERROR_AUTH_UNANSWERED] = N_ ("not answered in time"),
  [CULVERT_SSH_ERROR_AUTH_TIMED_OUT] = N_ ("no answer to the sign-in"),
  [CULVERT_SSH_ERROR_AUTH_CLOSED] = N_ ("closed during the sign-in"),
  [CULVERT_SSH_ERROR_AUTH_TOO_MANY] = N_ ("too many tries to sign in"),
  [CULVERT_SSH_ERROR_AUTH_TOO_MANY_KEYS] = N_ ("too many keys to try"),
  [CULVERT_SSH_ERROR_AUTH_NO_PROMPTER] = N_ ("a secret is needed"),
  [CULVERT_SSH_ERROR_PASSWORD_EXPIRED] = N_ ("password expired"),
  [CULVERT_SSH_ERROR_KEY_NOT_FOUND] = N_ ("key file not found"),
  [CULVERT_SSH_ERROR_KEY_UNREADABLE] = N_ ("key file not readable"),
  [CULVERT_SSH_ERROR_KEY_PERMISSIONS] = N_ ("others may read the key file"),
  [CULVERT_SSH_ERROR_KEY_MALFORMED] = N_ ("key file damaged"),
  [CULVERT_SSH_ERROR_KEY_UNSUPPORTED] = N_ ("kind of key not supported"),
  [CULVERT_SSH_ERROR_KEY_IS_PUBLIC] = N_ ("that is a public key"),
  [CULVERT_SSH_ERROR_KEY_PASSPHRASE_NEEDED] = N_ ("passphrase needed"),
  [CULVERT_SSH_ERROR_KEY_PASSPHRASE_WRONG] = N_ ("wrong passphrase"),
  [CULVERT_SSH_ERROR_KEY_NEEDS_NEWER] = N_ ("key not usable here"),
  [CULVERT_SSH_ERROR_CERTIFICATE_MALFORMED] = N_ ("certificate damaged"),
  [CULVERT_SSH_ERROR_CERTIFICATE_NO_KEY] = N_ ("the certificate has no key"),
  [CULVERT_SSH_ERROR_CERTIFICATE_FOR_HOSTS] = N_ ("that is a host certificate"),
  [CULVERT_SSH_ERROR_CERTIFICATE_TOO_EARLY] = N_ ("certificate not valid yet"),
  [CULVERT_SSH_ERROR_CERTIFICATE_TOO_LATE] = N_ ("certificate expired"),
  [CULVERT_SSH_ERROR_CERTIFICATE_OTHER_USERS] = N_ ("certificate for other users"),
  [CULVERT_SSH_ERROR_CERTIFICATE_REFUSED] = N_ ("certificate refused"),
  [CULVERT_SSH_ERROR_CERTIFICATE_NEEDS_NEWER] = N_ ("certificate not usable here"),
  [CULVERT_SSH_ERROR_KEY_NEEDS_AGENT] = N_ ("key only usable by an agent"),
  [CULVERT_SSH_ERROR_AGENT_UNREACHABLE] = N_ ("no key agent"),
  [CULVERT_SSH_ERROR_AGENT_FAILED] = N_ ("the key agent refused"),
  [CULVERT_SSH_ERROR_AGENT_TIMED_OUT] = N_ ("the key agent hangs"),
  [CULVERT_SSH_ERROR_CLOSED] = N_ ("closed by the server"),
  [CULVERT_SSH_ERROR_LOST] = N_ ("connection lost"),
  [CULVERT_SSH_ERROR_PROTOCOL] = N_ ("the server broke the protocol"),
  [CULVERT_SSH_ERROR_OPEN_PROHIBITED] = N_ ("forbidden by the server"),
  [CULVERT_SSH_ERROR_OPEN_FAILED] = N_ ("the target does not answer"),
  [CULVERT_SSH_ERROR_OPEN_SHORTAGE] = N_ ("the server is out of resources"),
  [CULVERT_SSH_ERROR_OPEN_UNKNOWN] = N_ ("refused by the server"),
  [CULVERT_SSH_ERROR_OPEN_TIMED_OUT] = N_ ("no answer about the target"),
  [CULVERT_SSH_ERROR_LISTEN_PROHIBITED] = N_ ("the server forbids listening"),
  [CULVERT_SSH_ERROR_LISTEN_NOT_PERMITTED] = N_ ("the server forbids that port"),
  [CULVERT_SSH_ERROR_LISTEN_REFUSED] = N_ ("the server cannot listen there"),
  [CULVERT_SSH_ERROR_LISTEN_HELD] = N_ ("the server still holds the port"),
  [CULVERT_SSH_ERROR_PROXY_REFUSED] = N_ ("refused by the proxy"),
  [CULVERT_SSH_ERROR_PROXY_AUTH] = N_ ("proxy sign-in refused"),
  [CULVERT_SSH_ERROR_PROXY_PROTOCOL] = N_ ("no such proxy"),
  [CULVERT_SSH_ERROR_COMMAND_NOT_ALLOWED] = N_ ("command not allowed"),
  [CULVERT_SSH_ERROR_COMMAND_FAILED] = N_ ("the command failed"),
  [CULVERT_SSH_ERROR_NEXT_PROHIBITED] = N_ ("forbidden by a jump host"),
  [CULVERT_SSH_ERROR_NEXT_UNREACHABLE] = N_ ("stuck at a jump host"),
};

static const char *const forward_reasons[] = {
  [CULVERT_FORWARD_ERROR_PORT_IN_USE] = N_ ("port in use"),
  [CULVERT_FORWARD_ERROR_PORT_PRIVILEGED] = N_ ("port below the allowed ones"),
  [CULVERT_FORWARD_ERROR_ADDRESS_UNKNOWN] = N_ ("no such address here"),
  [CULVERT_FORWARD_ERROR_SOCKET_PATH] = N_ ("socket path not usable"),
  [CULVERT_FORWARD_ERROR_FAR_SOCKET] = N_ ("no socket there"),
  [CULVERT_FORWARD_ERROR_LISTEN] = N_ ("cannot listen"),
  [CULVERT_FORWARD_ERROR_TARGET_REFUSED] = N_ ("nothing listens at the target"),
  [CULVERT_FORWARD_ERROR_TARGET_NAME] = N_ ("the target’s name is unknown"),
  [CULVERT_FORWARD_ERROR_TARGET_UNREACHABLE] = N_ ("the target is out of reach"),
  [CULVERT_FORWARD_ERROR_TARGET_TIMED_OUT] = N_ ("the target says nothing"),
  [CULVERT_FORWARD_ERROR_TEST_OTHER] = N_ ("another program answers there"),
  [CULVERT_FORWARD_ERROR_TEST_TIMED_OUT] = N_ ("nothing came back"),
  [CULVERT_FORWARD_ERROR_TEST_LOOPBACK_ONLY] = N_ ("closed to other computers"),
};

static const char *
look_up (const char *const *reasons, gsize n_reasons, int code)
{
  if (code < 0 || (gsize)code >= n_reasons || reasons[code] == NULL)
    return _ ("error");
  return _ (reasons[code]);
}

const char *
culvert_format_reason (const GError *error)
{
  if (error != NULL && error->domain == CULVERT_SSH_ERROR)
    return look_up (ssh_reasons, G_N_ELEMENTS (ssh_reasons), error->code);
  if (error != NULL && error->domain == CULVERT_FORWARD_ERROR)
    return look_up (forward_reasons, G_N_ELEMENTS (forward_reasons), error->code);
  return _ ("error");
}

const char *
culvert_format_prompt (CulvertPrompt *prompt)
{
  if (prompt == NULL)
    return _ ("an answer");
  switch (culvert_prompt_get_fields (prompt)->kind)
    {
    case CULVERT_PROMPT_PASSWORD:
      return _ ("password");
    case CULVERT_PROMPT_PASSPHRASE:
      return _ ("passphrase");
    case CULVERT_PROMPT_NEW_PASSWORD:
      return _ ("a new password");
    case CULVERT_PROMPT_HOST_KEY:
      return _ ("check the host key");
    case CULVERT_PROMPT_QUESTIONS:
    default:
      return _ ("code");
    }
}

char *
culvert_format_countdown (gint64 retry_at_us, gint64 now_us)
{
  gint64 left_us = MAX (retry_at_us - now_us, 0);

  return culvert_words_for_duration ((left_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC *
                                     G_USEC_PER_SEC);
}

static char *
format_waiting (const CulvertNow *now)
{
  g_autofree char *left = NULL;

  if (now->retry_at_us <= now->now_us)
    return g_strdup_printf (_ ("Waiting: %s"), culvert_format_reason (now->error));
  left = culvert_format_countdown (now->retry_at_us, now->now_us);
  return g_strdup_printf (_ ("Waiting %s: %s"), left, culvert_format_reason (now->error));
}

static char *
format_up (const CulvertNow *now)
{
  if (now->n_failed > 0)
    return g_strdup_printf (
      ngettext ("%u forward does not listen", "%u forwards do not listen", now->n_failed),
      now->n_failed);
  if (now->received_rate < 0.5 && now->sent_rate < 0.5)
    return g_strdup (_ ("Connected, idle"));
  return culvert_format_rates (now->received_rate, now->sent_rate);
}

char *
culvert_format_ellipsized (const char *text, guint max_chars)
{
  glong            n_chars = g_utf8_strlen (text, -1);
  glong            n_head = (max_chars - 1) / 2;
  glong            n_tail = max_chars - 1 - n_head;
  g_autofree char *head = NULL;

  if (n_chars <= (glong)max_chars)
    return g_strdup (text);
  head = g_utf8_substring (text, 0, n_head);
  return g_strconcat (head, "…", g_utf8_offset_to_pointer (text, n_chars - n_tail), NULL);
}

char *
culvert_format_now (const CulvertNow *now)
{
  g_autofree char *host = culvert_format_ellipsized (now->profile->host, NAME_MAX_CHARS);
  g_autofree char *user = NULL;

  switch (now->state)
    {
    case CULVERT_TUNNEL_CONNECTING:
      return g_strdup_printf (_ ("Connecting to %s"), host);
    case CULVERT_TUNNEL_SIGNING_IN:
      user = culvert_profile_dup_user (now->profile);
      return g_strdup_printf (_ ("Signing in as %s"), user);
    case CULVERT_TUNNEL_UP:
      return format_up (now);
    case CULVERT_TUNNEL_WAITING:
      return format_waiting (now);
    case CULVERT_TUNNEL_NEEDS_YOU:
      return g_strdup_printf (_ ("Needs you: %s"), culvert_format_prompt (now->prompt));
    case CULVERT_TUNNEL_STOPPING:
      return g_strdup (_ ("Stopping"));
    case CULVERT_TUNNEL_FAILED:
      return g_strdup_printf (_ ("Failed: %s"), culvert_format_reason (now->error));
    case CULVERT_TUNNEL_IDLE:
      return g_strdup (_ ("Waiting for a program to use it"));
    case CULVERT_TUNNEL_STOPPED:
    default:
      return culvert_words_for_server (now->profile);
    }
}

/* It may be a jump host or a proxy that asks. */
static char *
format_needs_you (CulvertPrompt *prompt, const char *server)
{
  const CulvertPromptFields *fields = prompt != NULL ? culvert_prompt_get_fields (prompt) : NULL;
  g_autofree char           *host = NULL;

  if (fields != NULL && fields->asked_by != CULVERT_ASKED_BY_SERVER && fields->host != NULL)
    host = culvert_format_ellipsized (fields->host, NAME_MAX_CHARS);
  return g_strdup_printf (_ ("%s waits for your answer"), host != NULL ? host : server);
}

char *
culvert_format_headline (const CulvertNow *now)
{
  g_autofree char *whole_user = culvert_profile_dup_user (now->profile);
  g_autofree char *user = culvert_format_ellipsized (whole_user, NAME_MAX_CHARS);
  g_autofree char *host = culvert_format_ellipsized (now->profile->host, NAME_MAX_CHARS);
  g_autofree char *left = NULL;

  switch (now->state)
    {
    case CULVERT_TUNNEL_CONNECTING:
      return g_strdup_printf (_ ("Connecting to %s"), host);
    case CULVERT_TUNNEL_SIGNING_IN:
      return g_strdup_printf (_ ("Signing in to %s as %s"), host, user);
    case CULVERT_TUNNEL_UP:
      return g_strdup_printf (_ ("Connected to %s as %s"), host, user);
    case CULVERT_TUNNEL_WAITING:
      if (now->retry_at_us <= now->now_us)
        return g_strdup_printf (_ ("Waiting to reach %s"), host);
      left = culvert_format_countdown (now->retry_at_us, now->now_us);
      return g_strdup_printf (_ ("Trying %s again in %s"), host, left);
    case CULVERT_TUNNEL_NEEDS_YOU:
      return format_needs_you (now->prompt, host);
    case CULVERT_TUNNEL_STOPPING:
      return g_strdup_printf (_ ("Closing the connection to %s"), host);
    case CULVERT_TUNNEL_FAILED:
      return g_strdup_printf (_ ("Not connected to %s"), host);
    case CULVERT_TUNNEL_IDLE:
      return g_strdup_printf (_ ("Connects to %s when a program needs it"), host);
    case CULVERT_TUNNEL_STOPPED:
    default:
      return g_strdup_printf (_ ("Off. Connects to %s as %s"), host, user);
    }
}

char *
culvert_format_rates (double received_rate, double sent_rate)
{
  g_autofree char *received = culvert_words_for_rate (received_rate);
  g_autofree char *sent = culvert_words_for_rate (sent_rate);

  return g_strdup_printf ("↓ %s  ↑ %s", received, sent);
}

char *
culvert_format_connections (guint n_open)
{
  return g_strdup_printf (ngettext ("%u connection", "%u connections", n_open), n_open);
}

char *
culvert_format_held (guint n_held)
{
  return g_strdup_printf (
    ngettext ("%u client waits for the connection", "%u clients wait for the connection", n_held),
    n_held);
}

char *
culvert_format_sent_away (guint64 n_foreign, guint64 n_unseen)
{
  g_autofree char *foreign = NULL;
  g_autofree char *unseen = NULL;

  foreign = g_strdup_printf (
    ngettext ("%u connection of another user of this computer was refused.",
              "%u connections of other users of this computer were refused.", (gulong)n_foreign),
    (guint)n_foreign);
  unseen = g_strdup_printf (
    ngettext ("%u connection was refused: it had closed before its user could be seen.",
              "%u connections were refused: they had closed before their user could be seen.",
              (gulong)n_unseen),
    (guint)n_unseen);
  if (n_foreign > 0 && n_unseen > 0)
    return g_strdup_printf ("%s\n%s", foreign, unseen);
  if (n_foreign > 0)
    return g_steal_pointer (&foreign);

  return n_unseen > 0 ? g_steal_pointer (&unseen) : g_strdup ("");
}

const char *
culvert_format_session_light (CulvertTunnelState state)
{
  switch (state)
    {
    case CULVERT_TUNNEL_UP:
      return _ ("session up");
    case CULVERT_TUNNEL_CONNECTING:
    case CULVERT_TUNNEL_SIGNING_IN:
      return _ ("session starting");
    case CULVERT_TUNNEL_WAITING:
      return _ ("session waiting");
    case CULVERT_TUNNEL_NEEDS_YOU:
      return _ ("session needs you");
    case CULVERT_TUNNEL_STOPPING:
      return _ ("session stopping");
    case CULVERT_TUNNEL_FAILED:
      return _ ("session failed");
    case CULVERT_TUNNEL_IDLE:
      return _ ("session on demand");
    case CULVERT_TUNNEL_STOPPED:
    default:
      return _ ("session off");
    }
}

const char *
culvert_format_listener_light (CulvertForwardState state, gboolean is_enabled)
{
  switch (state)
    {
    case CULVERT_FORWARD_LISTENING:
      return _ ("listening");
    case CULVERT_FORWARD_FAILED:
      return _ ("not listening");
    case CULVERT_FORWARD_STARTING:
      return _ ("not listening yet");
    case CULVERT_FORWARD_OFF:
    default:
      return is_enabled ? _ ("not listening yet") : _ ("switched off");
    }
}

const char *
culvert_format_target_light (CulvertTargetState state)
{
  switch (state)
    {
    case CULVERT_TARGET_ANSWERED:
      return _ ("target answered");
    case CULVERT_TARGET_REFUSED:
      return _ ("target refuses");
    case CULVERT_TARGET_UNKNOWN:
    default:
      return _ ("target not tried yet");
    }
}

/* (transfer full) (nullable) */
static CulvertEndpoint *
ellipsize_endpoint (const CulvertEndpoint *endpoint)
{
  g_autofree char *name = NULL;

  if (endpoint == NULL)
    return NULL;
  if (culvert_endpoint_get_kind (endpoint) == CULVERT_ENDPOINT_UNIX)
    {
      name = culvert_format_ellipsized (culvert_endpoint_get_path (endpoint), NAME_MAX_CHARS);
      return culvert_endpoint_new_unix (name);
    }
  name = culvert_format_ellipsized (culvert_endpoint_get_host (endpoint), NAME_MAX_CHARS);
  return culvert_endpoint_new_tcp (name, culvert_endpoint_get_port (endpoint));
}

char *
culvert_format_forward (const CulvertForwardSpec *spec)
{
  CulvertForwardFields           fields = culvert_forward_spec_get_fields (spec);
  g_autoptr (CulvertEndpoint)    listen = ellipsize_endpoint (fields.listen);
  g_autoptr (CulvertEndpoint)    target = ellipsize_endpoint (fields.target);
  g_autoptr (CulvertForwardSpec) shown = NULL;

  fields.listen = listen;
  fields.target = target;
  shown = culvert_forward_spec_new (&fields);
  return culvert_words_for_forward_short (shown);
}

/* What no field of the form can mend: it lies with the network, the server or the person. */
static const CulvertSshError beyond_the_form[] = {
  CULVERT_SSH_ERROR_UNREACHABLE,
  CULVERT_SSH_ERROR_NO_NETWORK,
  CULVERT_SSH_ERROR_HANDSHAKE,
  CULVERT_SSH_ERROR_NO_NAME_SERVICE,
  CULVERT_SSH_ERROR_TURNED_AWAY,
  CULVERT_SSH_ERROR_HANDSHAKE_TIMED_OUT,
  CULVERT_SSH_ERROR_NO_COMMON_COMPRESSION,
  CULVERT_SSH_ERROR_HOST_KEY_UNANSWERED,
  CULVERT_SSH_ERROR_AUTH_UNANSWERED,
  CULVERT_SSH_ERROR_AUTH_TIMED_OUT,
  CULVERT_SSH_ERROR_AUTH_CLOSED,
  CULVERT_SSH_ERROR_HOST_KEY_UNKNOWN,
  CULVERT_SSH_ERROR_HOST_KEY_REFUSED,
  CULVERT_SSH_ERROR_HOST_KEY_CHANGED,
  CULVERT_SSH_ERROR_HOST_KEY_REVOKED,
  CULVERT_SSH_ERROR_HOST_KEY_STORE,
  CULVERT_SSH_ERROR_HOST_KEY_CERTIFICATE,
  CULVERT_SSH_ERROR_AUTH_CANCELLED,
  CULVERT_SSH_ERROR_AUTH_NO_PROMPTER,
  CULVERT_SSH_ERROR_PASSWORD_EXPIRED,
  CULVERT_SSH_ERROR_CLOSED,
  CULVERT_SSH_ERROR_LOST,
  CULVERT_SSH_ERROR_PROTOCOL,
  CULVERT_SSH_ERROR_OPEN_PROHIBITED,
  CULVERT_SSH_ERROR_OPEN_SHORTAGE,
  CULVERT_SSH_ERROR_OPEN_UNKNOWN,
};

gboolean
culvert_format_error_is_editable (const GError *error)
{
  if (error == NULL)
    return FALSE;
  if (error->domain == CULVERT_FORWARD_ERROR)
    return TRUE;
  if (error->domain != CULVERT_SSH_ERROR)
    return FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (beyond_the_form); i++)
    if (error->code == (int)beyond_the_form[i])
      return FALSE;
  return TRUE;
}
