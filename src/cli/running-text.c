/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/running-text.h"

#include "cli/json-line.h"
#include "cli/profile-text.h"
#include "words/quantity.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

const char *
culvert_running_text_state (CulvertRunningTunnel *tunnel)
{
  g_autoptr (GEnumClass) states = g_type_class_ref (CULVERT_TYPE_TUNNEL_STATE);
  const char            *nick = culvert_running_tunnel_get_string (tunnel, "State");
  const GEnumValue      *value = g_enum_get_value_by_nick (states, nick);

  return value != NULL ? culvert_words_for_state ((CulvertTunnelState)value->value) : nick;
}

char *
culvert_running_text_figures (CulvertRunningTunnel *tunnel)
{
  guint64          n_received = (guint64)culvert_running_tunnel_get_int (tunnel, "Received");
  guint64          n_sent = (guint64)culvert_running_tunnel_get_int (tunnel, "Sent");
  guint            n_open = (guint)culvert_running_tunnel_get_int (tunnel, "Connections");
  g_autofree char *latency =
    culvert_words_for_latency (culvert_running_tunnel_get_int (tunnel, "RoundTrip"));
  g_autofree char *received = culvert_words_for_size (n_received);
  g_autofree char *sent = culvert_words_for_size (n_sent);
  g_autofree char *received_rate =
    culvert_words_for_rate (culvert_running_tunnel_get_double (tunnel, "ReceivedRate"));
  g_autofree char *sent_rate =
    culvert_words_for_rate (culvert_running_tunnel_get_double (tunnel, "SentRate"));

  if (!g_str_equal (culvert_running_tunnel_get_string (tunnel, "State"), "up"))
    return NULL;
  /* Translators: what a tunnel carries: 1 is how long an answer from the server takes, 2 how much was
   * received and 3 how fast just now, 4 and 5 the same of what was sent, 6 a number of connections */
  return g_strdup_printf (
    ngettext ("%1$s, received %2$s (%3$s), sent %4$s (%5$s), %6$u connection",
              "%1$s, received %2$s (%3$s), sent %4$s (%5$s), %6$u connections", n_open),
    latency, received, received_rate, sent, sent_rate, n_open);
}

char *
culvert_running_text_next_try (CulvertRunningTunnel *tunnel)
{
  gint64           next_try_us = culvert_running_tunnel_get_int (tunnel, "NextTry");
  gint64           delay_us = next_try_us - g_get_real_time ();
  g_autofree char *delay = NULL;

  if (next_try_us == 0)
    return NULL;
  /* Up, so that "in 0 s" is not said. */
  delay = culvert_words_for_duration (MAX (delay_us, 1) + G_USEC_PER_SEC - 1);
  return g_strdup_printf (_ ("Trying again in %s."), delay);
}

/* (nullable) */
static const char *
look_up (GVariant *forward, const char *key)
{
  const char *value = NULL;

  return g_variant_lookup (forward, key, "&s", &value) ? value : NULL;
}

char *
culvert_running_text_forward (GVariant *forward)
{
  const char *kind = look_up (forward, "kind");
  const char *listen = look_up (forward, "listen");
  const char *target = look_up (forward, "target");
  gboolean is_remote = g_strcmp0 (kind, "remote") == 0 || g_strcmp0 (kind, "reverse-dynamic") == 0;

  return culvert_profile_text_join (is_remote, listen != NULL ? listen : "", target);
}

static void
add_string (JsonBuilder *builder, const char *name, const char *value)
{
  culvert_json_line_add_string (builder, name, value != NULL && value[0] != '\0' ? value : NULL);
}

static void
add_forward (JsonBuilder *builder, GVariant *forward)
{
  static const char *const keys[] = { "id",     "name",         "kind",         "listen",
                                      "target", "state",        "reason",       "reason-kind",
                                      "advice", "target-state", "target-reason" };
  gboolean                 is_enabled = FALSE;

  json_builder_begin_object (builder);
  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      g_autofree char *name = g_strdelimit (g_strdup (keys[i]), "-", '_');

      add_string (builder, name, look_up (forward, keys[i]));
    }
  g_variant_lookup (forward, "enabled", "b", &is_enabled);
  culvert_json_line_add_boolean (builder, "enabled", is_enabled);
  json_builder_end_object (builder);
}

static void
add_figures (CulvertRunningTunnel *tunnel, JsonBuilder *builder)
{
  gint64 round_trip_us = culvert_running_tunnel_get_int (tunnel, "RoundTrip");

  json_builder_set_member_name (builder, "round_trip_ms");
  if (round_trip_us >= 0)
    json_builder_add_double_value (builder, (double)round_trip_us / 1000.0);
  else
    json_builder_add_null_value (builder);
  culvert_json_line_add_int (builder, "received",
                             culvert_running_tunnel_get_int (tunnel, "Received"));
  culvert_json_line_add_int (builder, "sent", culvert_running_tunnel_get_int (tunnel, "Sent"));
  culvert_json_line_add_int (builder, "received_rate",
                             (gint64)culvert_running_tunnel_get_double (tunnel, "ReceivedRate"));
  culvert_json_line_add_int (builder, "sent_rate",
                             (gint64)culvert_running_tunnel_get_double (tunnel, "SentRate"));
  culvert_json_line_add_int (builder, "connections",
                             culvert_running_tunnel_get_int (tunnel, "Connections"));
  culvert_json_line_add_int (builder, "held", culvert_running_tunnel_get_int (tunnel, "Held"));
}

void
culvert_running_text_add_json (CulvertRunningTunnel *tunnel, JsonBuilder *builder)
{
  g_autoptr (GVariantIter) forwards = culvert_running_tunnel_iterate_forwards (tunnel);
  GVariant                *forward;

  add_string (builder, "tunnel", culvert_running_tunnel_get_string (tunnel, "Id"));
  add_string (builder, "name", culvert_running_tunnel_get_string (tunnel, "Name"));
  add_string (builder, "group", culvert_running_tunnel_get_string (tunnel, "Group"));
  add_string (builder, "server", culvert_running_tunnel_get_string (tunnel, "Server"));
  add_string (builder, "state", culvert_running_tunnel_get_string (tunnel, "State"));
  culvert_json_line_add_boolean (builder, "wanted",
                                 culvert_running_tunnel_get_boolean (tunnel, "Wanted"));
  culvert_json_line_add_boolean (builder, "ready",
                                 culvert_running_tunnel_get_boolean (tunnel, "Ready"));
  culvert_json_line_add_time (builder, "since", culvert_running_tunnel_get_int (tunnel, "Since"));
  culvert_json_line_add_time (builder, "next_try",
                              culvert_running_tunnel_get_int (tunnel, "NextTry"));
  add_string (builder, "reason", culvert_running_tunnel_get_string (tunnel, "Reason"));
  add_string (builder, "reason_kind", culvert_running_tunnel_get_string (tunnel, "ReasonKind"));
  add_string (builder, "advice", culvert_running_tunnel_get_string (tunnel, "Advice"));
  add_figures (tunnel, builder);
  json_builder_set_member_name (builder, "forwards");
  json_builder_begin_array (builder);
  while (g_variant_iter_loop (forwards, "@a{sv}", &forward))
    add_forward (builder, forward);
  json_builder_end_array (builder);
}
