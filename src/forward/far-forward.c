/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/far-forward.h"

#include "forward/far-port.h"
#include "forward/far-test.h"
#include "forward/forward-private.h"
#include "forward/relay.h"

typedef struct
{
  CulvertFarPort port;
  guint          test_open_limit_ms;
  guint          test_back_limit_ms;

  /* Set from start to stop. */
  CulvertRelayGroup relays;
  char             *target_text;
  CulvertFarTest   *test; /* nullable: none is running */
} CulvertFarForwardPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (CulvertFarForward, culvert_far_forward, CULVERT_TYPE_FORWARD)

static CulvertFarForwardPrivate *
get_private (gpointer self)
{
  return culvert_far_forward_get_instance_private (CULVERT_FAR_FORWARD (self));
}

static void
relay_ended_cb (CulvertRelay *relay, gpointer user_data)
{
  g_autofree char *target = culvert_endpoint_to_string (culvert_relay_get_target (relay));

  culvert_forward_log (user_data, CULVERT_LOG_DEBUG,
                       "connection from %s to %s ended: %" G_GUINT64_FORMAT
                       " bytes received, %" G_GUINT64_FORMAT " sent",
                       culvert_relay_get_client (relay), target,
                       culvert_relay_get_n_received (relay), culvert_relay_get_n_sent (relay));
}

/* A relay that was joined is neither answered nor refused. */
static const CulvertRelayEvents relay_events = { .ended = relay_ended_cb };

static void
take_client (CulvertForward *forward, CulvertStream *stream, const CulvertEndpoint *originator)
{
  CULVERT_FAR_FORWARD_GET_CLASS (forward)->offered (CULVERT_FAR_FORWARD (forward), stream,
                                                    originator);
}

static void
offered_cb (CulvertForward *forward, CulvertStream *stream, const CulvertEndpoint *originator)
{
  CulvertFarForwardPrivate *private = get_private (forward);

  if (private->test != NULL)
    culvert_far_test_offered (private->test, stream, originator);
  else
    take_client (forward, stream, originator);
}

static void
drop_test (CulvertForward *forward)
{
  /* What it passes on must not come back to it. */
  culvert_far_test_free (g_steal_pointer (&get_private (forward)->test));
}

static const char *
describe_test (CulvertTestState state)
{
  switch (state)
    {
    case CULVERT_TEST_WORKS:
      return "works";
    case CULVERT_TEST_WORKS_INSIDE:
      return "works for clients at the server; others could not be told";
    case CULVERT_TEST_WORKS_OUTSIDE:
      return "works, for clients elsewhere too";
    case CULVERT_TEST_WORKS_EXPOSED:
      return "works, and clients elsewhere can connect, which was not asked for";
    case CULVERT_TEST_UNTOLD:
      return "cannot be told";
    case CULVERT_TEST_FAILED:
      return "does not work";
    case CULVERT_TEST_NONE:
    case CULVERT_TEST_RUNNING:
    default:
      return "not finished";
    }
}

static void
tested_cb (CulvertForward *forward, CulvertTestState state, const GError *error)
{
  g_autofree char *name = culvert_forward_spec_to_argument (culvert_forward_get_spec (forward));

  drop_test (forward);
  if (culvert_forward_get_state (forward) != CULVERT_FORWARD_LISTENING)
    return;
  g_object_ref (forward);
  culvert_forward_log (forward, CULVERT_LOG_INFO, "forward %s: test: %s%s%s", name,
                       describe_test (state), error != NULL ? ": " : "",
                       error != NULL ? error->message : "");
  if (culvert_forward_get_state (forward) == CULVERT_FORWARD_LISTENING)
    culvert_forward_note_test (forward, state, error);
  g_object_unref (forward);
}

static void
culvert_far_forward_test (CulvertForward *forward, const char *server_address)
{
  CulvertFarForwardPrivate *private = get_private (forward);

  private->test = culvert_far_test_new (forward, server_address, private->test_open_limit_ms,
                                        private->test_back_limit_ms, tested_cb, take_client);
}

static void
clear (CulvertForward *forward)
{
  CulvertFarForwardPrivate *private = get_private (forward);

  CULVERT_FAR_FORWARD_GET_CLASS (forward)->clear (CULVERT_FAR_FORWARD (forward));
  culvert_relay_group_clear (&private->relays);
  g_clear_pointer (&private->target_text, g_free);
}

static gboolean
culvert_far_forward_start (CulvertForward *forward, GError **error)
{
  CulvertFarForwardPrivate *private = get_private (forward);
  const CulvertEndpoint *target =
    culvert_forward_spec_get_target (culvert_forward_get_spec (forward));

  culvert_relay_group_init (&private->relays, culvert_forward_get_io (forward),
                            culvert_forward_get_counters (forward),
                            culvert_forward_get_tunnel_counters (forward), &relay_events, forward);
  private->target_text = target != NULL ? culvert_endpoint_to_string (target) : g_strdup ("");
  CULVERT_FAR_FORWARD_GET_CLASS (forward)->prepare (CULVERT_FAR_FORWARD (forward));
  if (culvert_far_port_start (&private->port, error))
    return TRUE;
  clear (forward);
  return FALSE;
}

static void
culvert_far_forward_stop (CulvertForward *forward)
{
  culvert_far_port_stop (&get_private (forward)->port);
  drop_test (forward);
  clear (forward);
}

static void
culvert_far_forward_transport_changed (CulvertForward *forward)
{
  drop_test (forward);
  culvert_far_port_transport_changed (&get_private (forward)->port);
}

static CulvertEndpoint *
culvert_far_forward_dup_bound (CulvertForward *forward)
{
  return culvert_far_port_dup_bound (&get_private (forward)->port);
}

static void
culvert_far_forward_visit_connections (CulvertForward       *forward,
                                       CulvertConnectionFunc func,
                                       gpointer              user_data)
{
  culvert_relay_group_visit (&get_private (forward)->relays, NULL, func, user_data);
}

static gboolean
culvert_far_forward_close_connection (CulvertForward *forward, guint64 id)
{
  return culvert_relay_group_drop (&get_private (forward)->relays, id);
}

static void
culvert_far_forward_class_init (CulvertFarForwardClass *klass)
{
  CulvertForwardClass *forward_class = CULVERT_FORWARD_CLASS (klass);

  forward_class->first_state = CULVERT_FORWARD_STARTING;
  forward_class->start = culvert_far_forward_start;
  forward_class->stop = culvert_far_forward_stop;
  forward_class->transport_changed = culvert_far_forward_transport_changed;
  forward_class->dup_bound = culvert_far_forward_dup_bound;
  forward_class->visit_connections = culvert_far_forward_visit_connections;
  forward_class->close_connection = culvert_far_forward_close_connection;
  forward_class->test = culvert_far_forward_test;
}

static void
culvert_far_forward_init (CulvertFarForward *self)
{
  culvert_far_port_init (&get_private (self)->port, CULVERT_FORWARD (self), offered_cb);
  culvert_far_forward_set_test_limits_ms (self, CULVERT_FAR_TEST_OPEN_MS, CULVERT_FAR_TEST_BACK_MS);
}

static void
set_target (CulvertForward *forward, CulvertTargetState state, const GError *error)
{
  /* Whoever got the line may have stopped it. */
  if (culvert_forward_get_state (forward) != CULVERT_FORWARD_OFF)
    culvert_forward_set_target (forward, state, error);
}

void
culvert_far_forward_note_answered (CulvertFarForward *self, const char *client, const char *target)
{
  CulvertForward *forward = CULVERT_FORWARD (self);

  g_object_ref (forward);
  culvert_forward_log (forward, CULVERT_LOG_DEBUG, "connection from %s to %s", client, target);
  set_target (forward, CULVERT_TARGET_ANSWERED, NULL);
  g_object_unref (forward);
}

void
culvert_far_forward_note_refused (CulvertFarForward *self,
                                  const char        *client,
                                  const char        *target,
                                  const GError      *error)
{
  CulvertForward *forward = CULVERT_FORWARD (self);

  g_object_ref (forward);
  culvert_forward_log (forward, CULVERT_LOG_WARNING, "connection from %s to %s refused: %s", client,
                       target, error->message);
  set_target (forward, CULVERT_TARGET_REFUSED, error);
  g_object_unref (forward);
}

void
culvert_far_forward_set_test_limits_ms (CulvertFarForward *self,
                                        guint              open_limit_ms,
                                        guint              back_limit_ms)
{
  get_private (self)->test_open_limit_ms = open_limit_ms;
  get_private (self)->test_back_limit_ms = back_limit_ms;
}

CulvertRelayGroup *
culvert_far_forward_get_relays (CulvertFarForward *self)
{
  return &get_private (self)->relays;
}

const char *
culvert_far_forward_get_target_text (CulvertFarForward *self)
{
  return get_private (self)->target_text;
}

char *
culvert_far_forward_name_client (const CulvertEndpoint *originator)
{
  return originator != NULL ? culvert_endpoint_to_string (originator)
                            : g_strdup (CULVERT_CLIENT_AT_SERVER);
}
