/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bus/tunnel-values.h"

#include "bus/forward-values.h"
#include "core/error-kind.h"
#include "words/failure.h"
#include "words/tunnel-words.h"

const char *const culvert_bus_figures[] = { "RoundTrip", "Received",    "Sent", "ReceivedRate",
                                            "SentRate",  "Connections", "Held", NULL };
const char *const culvert_bus_states[] = { "Name",    "Group",    "Server", "State",      "Wanted",
                                           "Ready",   "Since",    "Reason", "ReasonKind", "Advice",
                                           "NextTry", "Forwards", NULL };

/* (nullable): why it is not up, as far as that is the case */
static const GError *
get_trouble (CulvertTunnel *tunnel)
{
  CulvertTunnelState state = culvert_tunnel_get_state (tunnel);

  return state == CULVERT_TUNNEL_WAITING || state == CULVERT_TUNNEL_FAILED
           ? culvert_tunnel_get_error (tunnel)
           : NULL;
}

static GVariant *
get_reason (CulvertTunnel *tunnel)
{
  const GError                   *error = get_trouble (tunnel);
  g_autoptr (CulvertFailureWords) words = NULL;

  if (error == NULL)
    return g_variant_new_string ("");
  words = culvert_failure_words_for_tunnel (error, culvert_tunnel_get_profile (tunnel));
  return culvert_bus_get_reason (words);
}

static GVariant *
get_advice (CulvertTunnel *tunnel)
{
  const GError                   *error = get_trouble (tunnel);
  g_autoptr (CulvertFailureWords) words = NULL;

  if (error == NULL)
    return g_variant_new_string ("");
  words = culvert_failure_words_for_tunnel (error, culvert_tunnel_get_profile (tunnel));
  return g_variant_new_string (words->next != NULL ? words->next : "");
}

static GVariant *
get_figure (CulvertTunnel *tunnel, const char *property)
{
  CulvertRate rate = culvert_rate_history_get_current (culvert_tunnel_get_history (tunnel));

  if (g_str_equal (property, "RoundTrip"))
    return g_variant_new_int64 (culvert_tunnel_get_round_trip_us (tunnel));
  if (g_str_equal (property, "Received"))
    return g_variant_new_uint64 (culvert_tunnel_get_n_received (tunnel));
  if (g_str_equal (property, "Sent"))
    return g_variant_new_uint64 (culvert_tunnel_get_n_sent (tunnel));
  if (g_str_equal (property, "ReceivedRate"))
    return g_variant_new_double (rate.received);
  if (g_str_equal (property, "SentRate"))
    return g_variant_new_double (rate.sent);
  if (g_str_equal (property, "Connections"))
    return g_variant_new_uint32 (culvert_tunnel_get_n_open (tunnel));
  return g_variant_new_uint32 (culvert_tunnel_get_n_held (tunnel));
}

static GVariant *
get_identity (CulvertTunnel *tunnel, const char *property)
{
  if (g_str_equal (property, "Id"))
    return g_variant_new_string (culvert_tunnel_get_id (tunnel));
  if (g_str_equal (property, "Name"))
    return g_variant_new_string (culvert_tunnel_get_title (tunnel));
  if (g_str_equal (property, "Group"))
    return g_variant_new_string (culvert_tunnel_get_profile (tunnel)->group);
  if (g_str_equal (property, "Server"))
    return g_variant_new_take_string (
      culvert_words_for_server (culvert_tunnel_get_profile (tunnel)));
  return NULL;
}

static GVariant *
get_trouble_value (CulvertTunnel *tunnel, const char *property)
{
  if (g_str_equal (property, "Reason"))
    return get_reason (tunnel);
  if (g_str_equal (property, "Advice"))
    return get_advice (tunnel);
  if (g_str_equal (property, "ReasonKind"))
    return g_variant_new_string (
      culvert_error_kind_to_nick (culvert_error_get_kind (get_trouble (tunnel))));
  return NULL;
}

GVariant *
culvert_bus_get_tunnel_value (CulvertTunnel         *tunnel,
                              const CulvertBusTimes *times,
                              const char            *property)
{
  GVariant *value = get_identity (tunnel, property);

  if (value == NULL)
    value = get_trouble_value (tunnel, property);
  if (value != NULL)
    return value;
  if (g_str_equal (property, "State"))
    return g_variant_new_string (culvert_tunnel_state_to_nick (culvert_tunnel_get_state (tunnel)));
  if (g_str_equal (property, "Wanted"))
    return g_variant_new_boolean (culvert_tunnel_is_wanted (tunnel));
  if (g_str_equal (property, "Ready"))
    return g_variant_new_boolean (culvert_tunnel_is_ready (tunnel));
  if (g_str_equal (property, "Since"))
    return g_variant_new_int64 (times->since_us);
  if (g_str_equal (property, "NextTry"))
    return g_variant_new_int64 (times->next_try_us);
  if (g_str_equal (property, "Forwards"))
    return culvert_bus_get_forwards (tunnel);
  return get_figure (tunnel, property);
}

GVariant *
culvert_bus_get_log (CulvertLog *log, guint64 after)
{
  static const char *const levels[] = { "debug", "info", "warning", "error" };
  g_autoptr (GPtrArray)    lines = culvert_log_get_lines (log, after);
  GVariantBuilder          builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(txss)"));
  for (guint i = 0; i < lines->len; i++)
    {
      const CulvertLogLine *line = g_ptr_array_index (lines, i);

      g_variant_builder_add (&builder, "(txss)", line->serial, line->real_us, levels[line->level],
                             line->text);
    }
  return g_variant_new ("(a(txss))", &builder);
}
