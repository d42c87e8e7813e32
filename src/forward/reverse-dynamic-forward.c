/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/reverse-dynamic-forward.h"

#include "base/source.h"
#include "forward/early-stream.h"
#include "forward/forward-private.h"
#include "forward/proxy-asking.h"
#include "forward/relay.h"
#include "forward/target-dial.h"

/* How long a client that was refused may take to read why. */
#define LEAVING_MS 2000

struct _CulvertReverseDynamicForward
{
  CulvertFarForward parent_instance;

  guint  asking_limit_ms;
  GQueue clients;   /* from start to stop; of Client, which embed their links; oldest first */
  guint  n_dropped; /* since there was none */
};

G_DEFINE_FINAL_TYPE (CulvertReverseDynamicForward,
                     culvert_reverse_dynamic_forward,
                     CULVERT_TYPE_FAR_FORWARD)

/*   ASKING ──target named──▶ DIALLING ──answered──▶ a relay
 *      └──refused, a page──▶ LEAVING ◀──not──┘
 */
typedef enum
{
  STATE_ASKING,
  STATE_DIALLING,
  STATE_LEAVING, /* has its answer, which it may take its time to read */
} State;

/* Somebody at the server who has no relay. */
typedef struct
{
  GList                         link;
  CulvertReverseDynamicForward *forward;
  State                         state;
  CulvertEarlyStream           *early;
  CulvertProxyAsking           *asking;
  CulvertTargetDial            *dial;  /* nullable */
  GSource                      *limit; /* nullable */
  char                         *name;
} Client;

/* The stream is the caller's from now on. */
static CulvertEarlyStream *
client_free (Client *client)
{
  CulvertEarlyStream *early = client->early;

  g_queue_unlink (&client->forward->clients, &client->link);
  if (client->forward->clients.length == 0)
    client->forward->n_dropped = 0;
  culvert_source_clear (&client->limit);
  culvert_target_dial_free (client->dial);
  culvert_proxy_asking_free (client->asking);
  g_free (client->name);
  g_free (client);
  return early;
}

static void
drop (Client *client)
{
  culvert_early_stream_close (client_free (client));
}

static gboolean
limit_cb (gpointer user_data)
{
  Client          *client = user_data;
  CulvertForward  *forward = CULVERT_FORWARD (client->forward);
  gboolean         is_silent = client->state == STATE_ASKING;
  g_autofree char *name = g_strdup (client->name);

  drop (client);
  if (is_silent)
    culvert_forward_log (forward, CULVERT_LOG_INFO,
                         "connection from %s closed: it did not say where it wants to go", name);
  return G_SOURCE_REMOVE;
}

static void
set_limit (Client *client, guint limit_ms)
{
  culvert_source_clear (&client->limit);
  client->limit = g_timeout_source_new (limit_ms);
  g_source_set_static_name (client->limit, "culvert reverse dynamic");
  g_source_set_callback (client->limit, limit_cb, client, NULL);
  g_source_attach (client->limit, g_main_context_get_thread_default ());
}

/* @answer: nullable */
static void
leave (Client *client, GBytes *answer)
{
  client->state = STATE_LEAVING;
  culvert_early_stream_say (client->early, answer);
  culvert_early_stream_finish (client->early);
  set_limit (client, LEAVING_MS);
}

static void
count_unserved (Client *client)
{
  culvert_relay_group_count_unserved (
    culvert_far_forward_get_relays (CULVERT_FAR_FORWARD (client->forward)));
}

static void
fail (Client *client, const GError *error)
{
  CulvertFarForward *far = CULVERT_FAR_FORWARD (client->forward);
  g_autofree char   *target =
    culvert_endpoint_to_string (culvert_proxy_asking_get_target (client->asking));
  g_autofree char   *name = g_strdup (client->name);
  g_autoptr (GBytes) answer = culvert_proxy_asking_failed (client->asking, error);

  count_unserved (client);
  leave (client, answer);
  culvert_far_forward_note_refused (far, name, target, error);
}

static void
serve (Client *client, CulvertSocket socket)
{
  CulvertFarForward     *far = CULVERT_FAR_FORWARD (client->forward);
  const CulvertEndpoint *target = culvert_proxy_asking_get_target (client->asking);
  g_autofree char       *target_text = culvert_endpoint_to_string (target);
  g_autofree char       *name = g_strdup (client->name);
  guint64                n_more;
  g_autoptr (GBytes)     early = culvert_proxy_asking_take_early (client->asking, &n_more);
  g_autoptr (GBytes)     answer = culvert_proxy_asking_opened (client->asking);
  CulvertRelay          *relay = culvert_relay_new (culvert_far_forward_get_relays (far), socket);

  culvert_relay_set_target (relay, target);
  culvert_early_stream_say (client->early, answer);
  culvert_early_stream_put (client->early, early, n_more);
  culvert_relay_join (relay, culvert_early_stream_offer (client_free (client)), name);
  culvert_far_forward_note_answered (far, name, target_text);
}

static void
dialled_cb (CulvertSocket socket, const GError *error, gpointer user_data)
{
  Client *client = user_data;

  g_clear_pointer (&client->dial, culvert_target_dial_free);
  if (error != NULL)
    fail (client, error);
  else
    serve (client, socket);
}

static void
dial (Client *client)
{
  CulvertForward *forward = CULVERT_FORWARD (client->forward);

  client->state = STATE_DIALLING;
  culvert_source_clear (&client->limit);
  client->dial =
    culvert_target_dial_new (culvert_forward_get_io (forward), G_OBJECT (forward),
                             culvert_proxy_asking_get_target (client->asking), dialled_cb, client);
}

static void
refuse (Client *client)
{
  CulvertForward  *forward = CULVERT_FORWARD (client->forward);
  g_autofree char *name = g_strdup (client->name);
  g_autofree char *reason = g_strdup (culvert_proxy_asking_get_reason (client->asking));

  count_unserved (client);
  leave (client, NULL);
  culvert_forward_log (forward, CULVERT_LOG_WARNING, "connection from %s refused: %s", name,
                       reason);
}

static void
send_page (Client *client)
{
  CulvertForward  *forward = CULVERT_FORWARD (client->forward);
  g_autofree char *name = g_strdup (client->name);

  leave (client, NULL);
  culvert_forward_log (forward, CULVERT_LOG_DEBUG, "%s fetched /proxy.pac", name);
}

static void
hear (Client *client)
{
  gsize                   n_held;
  const guint8           *held = culvert_early_stream_get_held (client->early, &n_held);
  CulvertProxyAskingState state = culvert_proxy_asking_received (client->asking, held, n_held);
  g_autoptr (GBytes)      output = culvert_proxy_asking_take_output (client->asking);

  culvert_early_stream_take (client->early, n_held);
  culvert_early_stream_say (client->early, output);
  switch (state)
    {
    case CULVERT_PROXY_ASKING_TARGET:
      dial (client);
      break;
    case CULVERT_PROXY_ASKING_PAGE:
      send_page (client);
      break;
    case CULVERT_PROXY_ASKING_REFUSED:
      refuse (client);
      break;
    case CULVERT_PROXY_ASKING_MORE:
    default:
      /* It has left without a word, or in the middle of one. */
      if (culvert_early_stream_is_finished (client->early))
        drop (client);
      break;
    }
}

static void
changed_cb (CulvertEarlyStream *early, gpointer user_data)
{
  Client *client = user_data;
  gsize   n_held;

  switch (client->state)
    {
    case STATE_ASKING:
      hear (client);
      break;
    case STATE_LEAVING:
      culvert_early_stream_get_held (early, &n_held);
      culvert_early_stream_take (early, n_held);
      if (culvert_early_stream_is_finished (early))
        drop (client);
      break;
    case STATE_DIALLING:
    default:
      /* It is the target's. */
      break;
    }
}

static void
gone_cb (CulvertEarlyStream *early, gpointer user_data)
{
  client_free (user_data);
}

static const CulvertEarlyEvents early_events = { .changed = changed_cb, .gone = gone_cb };

/* What /proxy.pac names for a client that does not say how it has come. */
static CulvertEndpoint *
dup_here (CulvertForward *forward)
{
  g_autoptr (CulvertEndpoint) bound = culvert_forward_dup_bound (forward);
  const char                 *host = bound != NULL ? culvert_endpoint_get_host (bound) : NULL;

  if (host == NULL)
    return NULL;
  if (*host == '\0' || culvert_host_is_any (host))
    host = "localhost";
  return culvert_endpoint_new_tcp (host, culvert_endpoint_get_port (bound));
}

/* Once for each flood: who floods us would flood the log. */
static void
note_flood (CulvertReverseDynamicForward *self)
{
  if (self->n_dropped++ > 0)
    return;
  culvert_forward_log (
    CULVERT_FORWARD (self), CULVERT_LOG_WARNING,
    "%d clients at the server do not say where they want to go: from now on each "
    "that comes makes the one that has waited longest be closed",
    CULVERT_REVERSE_DYNAMIC_MAX_ASKING);
}

/* The one that has waited longest without saying anything makes room.  Returns: whether there is some */
static gboolean
make_room (CulvertReverseDynamicForward *self)
{
  if (self->clients.length < CULVERT_REVERSE_DYNAMIC_MAX_ASKING)
    return TRUE;
  for (GList *l = self->clients.head; l != NULL; l = l->next)
    {
      Client *client = l->data;

      if (client->state != STATE_DIALLING)
        {
          drop (client);
          return TRUE;
        }
    }
  return FALSE;
}

static void
culvert_reverse_dynamic_forward_offered (CulvertFarForward     *far,
                                         CulvertStream         *stream,
                                         const CulvertEndpoint *originator)
{
  CulvertReverseDynamicForward *self = CULVERT_REVERSE_DYNAMIC_FORWARD (far);
  g_autoptr (CulvertEndpoint)   here = dup_here (CULVERT_FORWARD (far));
  gboolean                      is_flood;
  Client                       *client;

  is_flood = self->clients.length >= CULVERT_REVERSE_DYNAMIC_MAX_ASKING;
  if (!make_room (self))
    {
      culvert_stream_refuse (stream, CULVERT_REFUSAL_SHORTAGE);
      culvert_relay_group_count_unserved (culvert_far_forward_get_relays (far));
      return;
    }
  client = g_new0 (Client, 1);
  client->link.data = client;
  client->forward = self;
  client->asking = culvert_proxy_asking_new (here);
  client->name = culvert_far_forward_name_client (originator);
  g_queue_push_tail_link (&self->clients, &client->link);
  set_limit (client, self->asking_limit_ms);
  client->early = culvert_early_stream_new (stream, &early_events, client);
  if (is_flood)
    note_flood (self);
}

static void
culvert_reverse_dynamic_forward_prepare (CulvertFarForward *far)
{
  g_queue_init (&CULVERT_REVERSE_DYNAMIC_FORWARD (far)->clients);
}

static void
culvert_reverse_dynamic_forward_clear (CulvertFarForward *far)
{
  CulvertReverseDynamicForward *self = CULVERT_REVERSE_DYNAMIC_FORWARD (far);

  while (self->clients.head != NULL)
    drop (self->clients.head->data);
}

static void
culvert_reverse_dynamic_forward_class_init (CulvertReverseDynamicForwardClass *klass)
{
  CulvertFarForwardClass *far_class = CULVERT_FAR_FORWARD_CLASS (klass);

  far_class->prepare = culvert_reverse_dynamic_forward_prepare;
  far_class->clear = culvert_reverse_dynamic_forward_clear;
  far_class->offered = culvert_reverse_dynamic_forward_offered;
}

static void
culvert_reverse_dynamic_forward_init (CulvertReverseDynamicForward *self)
{
  self->asking_limit_ms = CULVERT_REVERSE_DYNAMIC_ASKING_S * 1000;
}

void
culvert_reverse_dynamic_forward_set_asking_limit_ms (CulvertReverseDynamicForward *self,
                                                     guint                         limit_ms)
{
  g_return_if_fail (CULVERT_IS_REVERSE_DYNAMIC_FORWARD (self));

  self->asking_limit_ms = limit_ms;
}
