/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/tunnel-state.h"

#include "core/errors.h"

#define N_STATES (CULVERT_TUNNEL_IDLE + 1)

#define BIT(state) (1u << CULVERT_TUNNEL_##state)

/* The table of edges: what may follow each state.
 *
 * CONNECTING follows whenever a session is given up for a new one: the next try, or settings that
 * changed.  STOPPING follows everything that runs, since a stop always wins.  FAILED and STOPPED
 * run nothing, so they need no STOPPING between them. */
static const guint followers[N_STATES] = {
  [CULVERT_TUNNEL_STOPPED] = BIT (CONNECTING),
  [CULVERT_TUNNEL_CONNECTING] =
    BIT (SIGNING_IN) | BIT (WAITING) | BIT (NEEDS_YOU) | BIT (STOPPING) | BIT (FAILED) | BIT (IDLE),
  [CULVERT_TUNNEL_SIGNING_IN] = BIT (CONNECTING) | BIT (UP) | BIT (WAITING) | BIT (NEEDS_YOU) |
                                BIT (STOPPING) | BIT (FAILED) | BIT (IDLE),
  [CULVERT_TUNNEL_UP] =
    BIT (CONNECTING) | BIT (WAITING) | BIT (STOPPING) | BIT (FAILED) | BIT (IDLE),
  [CULVERT_TUNNEL_WAITING] = BIT (CONNECTING) | BIT (STOPPING) | BIT (IDLE),
  [CULVERT_TUNNEL_NEEDS_YOU] = BIT (CONNECTING) | BIT (SIGNING_IN) | BIT (UP) | BIT (WAITING) |
                               BIT (STOPPING) | BIT (FAILED) | BIT (IDLE),
  [CULVERT_TUNNEL_STOPPING] = BIT (STOPPED),
  [CULVERT_TUNNEL_FAILED] = BIT (CONNECTING) | BIT (STOPPED),
  [CULVERT_TUNNEL_IDLE] = BIT (CONNECTING) | BIT (WAITING) | BIT (STOPPING),
};

G_DEFINE_ENUM_TYPE (CulvertTunnelState,
                    culvert_tunnel_state,
                    G_DEFINE_ENUM_VALUE (CULVERT_TUNNEL_STOPPED, "stopped"),
                    G_DEFINE_ENUM_VALUE (CULVERT_TUNNEL_CONNECTING, "connecting"),
                    G_DEFINE_ENUM_VALUE (CULVERT_TUNNEL_SIGNING_IN, "signing-in"),
                    G_DEFINE_ENUM_VALUE (CULVERT_TUNNEL_UP, "up"),
                    G_DEFINE_ENUM_VALUE (CULVERT_TUNNEL_WAITING, "waiting"),
                    G_DEFINE_ENUM_VALUE (CULVERT_TUNNEL_NEEDS_YOU, "needs-you"),
                    G_DEFINE_ENUM_VALUE (CULVERT_TUNNEL_STOPPING, "stopping"),
                    G_DEFINE_ENUM_VALUE (CULVERT_TUNNEL_FAILED, "failed"),
                    G_DEFINE_ENUM_VALUE (CULVERT_TUNNEL_IDLE, "idle"))

const char *
culvert_tunnel_state_to_nick (CulvertTunnelState state)
{
  g_autoptr (GEnumClass) klass = g_type_class_ref (CULVERT_TYPE_TUNNEL_STATE);
  GEnumValue            *value = g_enum_get_value (klass, (int)state);

  g_return_val_if_fail (value != NULL, "");

  return value->value_nick;
}

gboolean
culvert_tunnel_state_can_follow (CulvertTunnelState from, CulvertTunnelState to)
{
  g_return_val_if_fail ((guint)from < N_STATES, FALSE);
  g_return_val_if_fail ((guint)to < N_STATES, FALSE);

  return (followers[from] & (1u << to)) != 0;
}

gboolean
culvert_tunnel_state_change (CulvertTunnelState *state,
                             CulvertTunnelState  to,
                             const char         *reason,
                             CulvertLog         *log)
{
  CulvertTunnelState from;

  g_return_val_if_fail (state != NULL, FALSE);
  g_return_val_if_fail (reason != NULL, FALSE);

  from = *state;
  if (from == to)
    return FALSE;

  if (!culvert_tunnel_state_can_follow (from, to))
    {
      g_critical ("%s cannot follow %s (%s)", culvert_tunnel_state_to_nick (to),
                  culvert_tunnel_state_to_nick (from), reason);
      return FALSE;
    }

  *state = to;
  if (log != NULL)
    culvert_log_write (log, CULVERT_LOG_INFO, "%s → %s (%s)", culvert_tunnel_state_to_nick (from),
                       culvert_tunnel_state_to_nick (to), reason);

  return TRUE;
}

gboolean
culvert_tunnel_state_is_on (CulvertTunnelState state)
{
  return state != CULVERT_TUNNEL_STOPPED && state != CULVERT_TUNNEL_STOPPING &&
         state != CULVERT_TUNNEL_FAILED;
}

static gboolean
is_transient_ssh (CulvertSshError code)
{
  switch (code)
    {
    case CULVERT_SSH_ERROR_NAME_UNKNOWN:
    case CULVERT_SSH_ERROR_NO_NAME_SERVICE:
    case CULVERT_SSH_ERROR_NO_ADDRESS:
    case CULVERT_SSH_ERROR_REFUSED:
    case CULVERT_SSH_ERROR_UNREACHABLE:
    case CULVERT_SSH_ERROR_NO_NETWORK:
    case CULVERT_SSH_ERROR_TIMED_OUT:
    case CULVERT_SSH_ERROR_SILENT:
    case CULVERT_SSH_ERROR_TURNED_AWAY:
    case CULVERT_SSH_ERROR_NOT_SSH:
    case CULVERT_SSH_ERROR_HANDSHAKE:
    case CULVERT_SSH_ERROR_HANDSHAKE_TIMED_OUT:
    case CULVERT_SSH_ERROR_AUTH_TIMED_OUT:
    case CULVERT_SSH_ERROR_AUTH_CLOSED:
    case CULVERT_SSH_ERROR_CLOSED:
    case CULVERT_SSH_ERROR_LOST:
    case CULVERT_SSH_ERROR_PROTOCOL:
    case CULVERT_SSH_ERROR_PROXY_REFUSED:
    case CULVERT_SSH_ERROR_PROXY_PROTOCOL:
    case CULVERT_SSH_ERROR_COMMAND_FAILED:
    case CULVERT_SSH_ERROR_NEXT_UNREACHABLE:
      return TRUE;

    case CULVERT_SSH_ERROR_NETWORK_NOT_LISTED:
    case CULVERT_SSH_ERROR_NETWORK_EXCLUDED:
    case CULVERT_SSH_ERROR_NO_COMMON_KEX:
    case CULVERT_SSH_ERROR_NO_COMMON_HOST_KEY:
    case CULVERT_SSH_ERROR_NO_COMMON_CIPHER:
    case CULVERT_SSH_ERROR_NO_COMMON_MAC:
    case CULVERT_SSH_ERROR_NO_COMMON_COMPRESSION:
    case CULVERT_SSH_ERROR_HOST_KEY_UNKNOWN:
    case CULVERT_SSH_ERROR_HOST_KEY_UNANSWERED:
    case CULVERT_SSH_ERROR_HOST_KEY_REFUSED:
    case CULVERT_SSH_ERROR_HOST_KEY_CHANGED:
    case CULVERT_SSH_ERROR_HOST_KEY_REVOKED:
    case CULVERT_SSH_ERROR_HOST_KEY_STORE:
    case CULVERT_SSH_ERROR_HOST_KEY_CERTIFICATE:
    case CULVERT_SSH_ERROR_AUTH_REFUSED:
    case CULVERT_SSH_ERROR_AUTH_NO_METHOD:
    case CULVERT_SSH_ERROR_AUTH_CANCELLED:
    case CULVERT_SSH_ERROR_AUTH_UNANSWERED:
    case CULVERT_SSH_ERROR_AUTH_TOO_MANY:
    case CULVERT_SSH_ERROR_AUTH_TOO_MANY_KEYS:
    case CULVERT_SSH_ERROR_AUTH_NO_PROMPTER:
    case CULVERT_SSH_ERROR_PASSWORD_EXPIRED:
    case CULVERT_SSH_ERROR_KEY_NOT_FOUND:
    case CULVERT_SSH_ERROR_KEY_UNREADABLE:
    case CULVERT_SSH_ERROR_KEY_PERMISSIONS:
    case CULVERT_SSH_ERROR_KEY_MALFORMED:
    case CULVERT_SSH_ERROR_KEY_UNSUPPORTED:
    case CULVERT_SSH_ERROR_KEY_IS_PUBLIC:
    case CULVERT_SSH_ERROR_KEY_PASSPHRASE_NEEDED:
    case CULVERT_SSH_ERROR_KEY_PASSPHRASE_WRONG:
    case CULVERT_SSH_ERROR_KEY_NEEDS_NEWER:
    case CULVERT_SSH_ERROR_CERTIFICATE_MALFORMED:
    case CULVERT_SSH_ERROR_CERTIFICATE_NO_KEY:
    case CULVERT_SSH_ERROR_CERTIFICATE_FOR_HOSTS:
    case CULVERT_SSH_ERROR_CERTIFICATE_TOO_EARLY:
    case CULVERT_SSH_ERROR_CERTIFICATE_TOO_LATE:
    case CULVERT_SSH_ERROR_CERTIFICATE_OTHER_USERS:
    case CULVERT_SSH_ERROR_CERTIFICATE_REFUSED:
    case CULVERT_SSH_ERROR_CERTIFICATE_NEEDS_NEWER:
    case CULVERT_SSH_ERROR_KEY_NEEDS_AGENT:
    case CULVERT_SSH_ERROR_AGENT_UNREACHABLE:
    case CULVERT_SSH_ERROR_AGENT_FAILED:
    case CULVERT_SSH_ERROR_AGENT_TIMED_OUT:
    case CULVERT_SSH_ERROR_OPEN_PROHIBITED:
    case CULVERT_SSH_ERROR_OPEN_FAILED:
    case CULVERT_SSH_ERROR_OPEN_SHORTAGE:
    case CULVERT_SSH_ERROR_OPEN_UNKNOWN:
    case CULVERT_SSH_ERROR_OPEN_TIMED_OUT:
    case CULVERT_SSH_ERROR_LISTEN_PROHIBITED:
    case CULVERT_SSH_ERROR_LISTEN_NOT_PERMITTED:
    case CULVERT_SSH_ERROR_LISTEN_REFUSED:
    case CULVERT_SSH_ERROR_LISTEN_HELD:
    case CULVERT_SSH_ERROR_PROXY_AUTH:
    case CULVERT_SSH_ERROR_COMMAND_NOT_ALLOWED:
    case CULVERT_SSH_ERROR_NEXT_PROHIBITED:
    default:
      return FALSE;
    }
}

gboolean
culvert_error_is_transient (const GError *error)
{
  g_return_val_if_fail (error != NULL, FALSE);

  return error->domain == CULVERT_SSH_ERROR && is_transient_ssh ((CulvertSshError)error->code);
}

gboolean
culvert_error_is_of_network_rule (const GError *error)
{
  return g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NETWORK_NOT_LISTED) ||
         g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NETWORK_EXCLUDED);
}
