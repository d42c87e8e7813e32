/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/dynamic-forward.h"

#include "forward/forward-private.h"
#include "forward/proxy-client.h"

struct _CulvertDynamicForward
{
  CulvertListeningForward parent_instance;

  guint  asking_limit_ms;
  GQueue clients;   /* of CulvertProxyClient, oldest first; empty unless started */
  guint  n_dropped; /* since there was none */
};

G_DEFINE_FINAL_TYPE (CulvertDynamicForward, culvert_dynamic_forward, CULVERT_TYPE_LISTENING_FORWARD)

static void
drop_client (CulvertDynamicForward *self, CulvertProxyClient *client)
{
  g_queue_remove (&self->clients, client);
  culvert_proxy_client_free (client);
  if (self->clients.length == 0)
    self->n_dropped = 0;
}

static void
serve (CulvertDynamicForward *self, CulvertRelay *relay, CulvertProxyAsking *asking)
{
  guint64            n_more;
  g_autoptr (GBytes) early = culvert_proxy_asking_take_early (asking, &n_more);

  culvert_relay_set_target (relay, culvert_proxy_asking_get_target (asking));
  culvert_relay_set_early (relay, early, n_more);
  culvert_relay_set_data (relay, asking, (GDestroyNotify)culvert_proxy_asking_free);
  culvert_listening_forward_serve (CULVERT_LISTENING_FORWARD (self), relay);
}

/* Sends what it is told, and closes. */
static void
dismiss (CulvertRelay *relay, GBytes *answer)
{
  gsize         n_bytes = 0;
  const guint8 *bytes = answer != NULL ? g_bytes_get_data (answer, &n_bytes) : NULL;

  culvert_relay_refuse (relay, bytes, n_bytes);
}

static void
take_request (CulvertDynamicForward *self, CulvertProxyClient *client)
{
  CulvertForward    *forward = CULVERT_FORWARD (self);
  CulvertRelayGroup *relays =
    culvert_listening_forward_get_relays (CULVERT_LISTENING_FORWARD (self));
  CulvertProxyAskingState state = culvert_proxy_client_get_state (client);
  g_autofree char        *name = culvert_proxy_client_dup_name (client);
  CulvertRelay *relay = culvert_relay_new (relays, culvert_proxy_client_take_socket (client));
  g_autoptr (CulvertProxyAsking) asking = culvert_proxy_client_take_asking (client);
  g_autoptr (GBytes)             answer = NULL;

  drop_client (self, client);
  if (state == CULVERT_PROXY_ASKING_TARGET)
    {
      serve (self, relay, g_steal_pointer (&asking));
      return;
    }
  answer = culvert_proxy_asking_take_output (asking);
  dismiss (relay, answer);
  if (state == CULVERT_PROXY_ASKING_PAGE)
    {
      culvert_forward_log (forward, CULVERT_LOG_DEBUG, "%s fetched /proxy.pac", name);
      return;
    }
  culvert_relay_group_count_refused (relays);
  culvert_forward_log (forward, CULVERT_LOG_WARNING, "connection from %s refused: %s", name,
                       culvert_proxy_asking_get_reason (asking));
}

static void
client_cb (CulvertProxyClient *client, CulvertProxyClientEnd end, gpointer user_data)
{
  CulvertDynamicForward *self = user_data;
  g_autofree char       *name = NULL;

  switch (end)
    {
    case CULVERT_PROXY_CLIENT_ASKED:
      take_request (self, client);
      break;
    case CULVERT_PROXY_CLIENT_SILENT:
      name = culvert_proxy_client_dup_name (client);
      drop_client (self, client);
      culvert_forward_log (CULVERT_FORWARD (self), CULVERT_LOG_INFO,
                           "connection from %s reset: it did not say where it wants to go", name);
      break;
    case CULVERT_PROXY_CLIENT_LEFT:
    default:
      drop_client (self, client);
      break;
    }
}

/* Once for each flood: who floods us would flood the log. */
static void
keep_bounded (CulvertDynamicForward *self)
{
  if (self->clients.length <= CULVERT_DYNAMIC_ASKING_MAX)
    return;
  drop_client (self, g_queue_peek_head (&self->clients));
  if (self->n_dropped++ > 0)
    return;
  culvert_forward_log (CULVERT_FORWARD (self), CULVERT_LOG_WARNING,
                       "more than %d clients do not say where they want to go: from now on each "
                       "that comes makes the one that has waited longest be reset",
                       CULVERT_DYNAMIC_ASKING_MAX);
}

static void
culvert_dynamic_forward_accepted (CulvertListeningForward *listening, CulvertSocket socket)
{
  CulvertDynamicForward *self = CULVERT_DYNAMIC_FORWARD (listening);
  CulvertForward        *forward = CULVERT_FORWARD (self);

  g_queue_push_tail (&self->clients,
                     culvert_proxy_client_new (culvert_forward_get_io (forward), socket,
                                               self->asking_limit_ms, client_cb, self));
  keep_bounded (self);
}

static void
culvert_dynamic_forward_answered (CulvertListeningForward *listening, CulvertRelay *relay)
{
  g_autoptr (GBytes) answer = culvert_proxy_asking_opened (culvert_relay_get_data (relay));
  gsize              n_bytes;
  const guint8      *bytes;

  culvert_relay_set_data (relay, NULL, NULL);
  if (answer == NULL)
    return;
  bytes = g_bytes_get_data (answer, &n_bytes);
  culvert_relay_say (relay, bytes, n_bytes);
}

static void
culvert_dynamic_forward_refused (CulvertListeningForward *listening,
                                 CulvertRelay            *relay,
                                 const GError            *error)
{
  g_autoptr (GBytes) answer = culvert_proxy_asking_failed (culvert_relay_get_data (relay), error);

  dismiss (relay, answer);
}

static void
culvert_dynamic_forward_stop (CulvertForward *forward)
{
  CulvertDynamicForward *self = CULVERT_DYNAMIC_FORWARD (forward);

  while (self->clients.head != NULL)
    drop_client (self, self->clients.head->data);
  CULVERT_FORWARD_CLASS (culvert_dynamic_forward_parent_class)->stop (forward);
}

static void
culvert_dynamic_forward_class_init (CulvertDynamicForwardClass *klass)
{
  CulvertForwardClass          *forward_class = CULVERT_FORWARD_CLASS (klass);
  CulvertListeningForwardClass *listening_class = CULVERT_LISTENING_FORWARD_CLASS (klass);

  forward_class->stop = culvert_dynamic_forward_stop;
  listening_class->accepted = culvert_dynamic_forward_accepted;
  listening_class->answered = culvert_dynamic_forward_answered;
  listening_class->refused = culvert_dynamic_forward_refused;
}

static void
culvert_dynamic_forward_init (CulvertDynamicForward *self)
{
  g_queue_init (&self->clients);
  self->asking_limit_ms = CULVERT_PROXY_CLIENT_LIMIT_MS;
}

void
culvert_dynamic_forward_set_asking_limit_ms (CulvertDynamicForward *self, guint limit_ms)
{
  g_return_if_fail (CULVERT_IS_DYNAMIC_FORWARD (self));

  self->asking_limit_ms = limit_ms;
}
