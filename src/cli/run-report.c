/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/run-report.h"

#include "cli/json-line.h"
#include "cli/message.h"
#include "cli/profile-text.h"
#include "words/failure.h"
#include "words/quantity.h"

#include <glib/gi18n.h>

static JsonBuilder *
begin_tunnel_event (const char *event, CulvertTunnel *tunnel)
{
  JsonBuilder *builder = culvert_json_line_begin (event, g_get_real_time ());

  culvert_json_line_add_string (builder, "tunnel", culvert_tunnel_get_id (tunnel));
  culvert_json_line_add_string (builder, "name", culvert_tunnel_get_title (tunnel));
  return builder;
}

void
culvert_run_report_state (const CulvertRunReport *self, CulvertTunnel *tunnel)
{
  JsonBuilder *builder;

  if (!self->as_json)
    return;
  builder = begin_tunnel_event ("state", tunnel);
  culvert_json_line_add_string (builder, "state",
                                culvert_tunnel_state_to_nick (culvert_tunnel_get_state (tunnel)));
  culvert_json_line_end (builder);
}

static void
add_forward (JsonBuilder *builder, CulvertForwardItem *item)
{
  CulvertForwardFields fields =
    culvert_forward_spec_get_fields (culvert_forward_item_get_spec (item));
  g_autofree char *listen = culvert_forward_item_dup_listen (item);
  g_autofree char *target =
    fields.target != NULL ? culvert_endpoint_to_string (fields.target) : NULL;

  json_builder_begin_object (builder);
  culvert_json_line_add_string (builder, "id", fields.id);
  culvert_json_line_add_string (builder, "name", fields.name);
  culvert_json_line_add_string (builder, "kind", culvert_forward_kind_to_nick (fields.kind));
  culvert_json_line_add_string (builder, "listen", listen);
  culvert_json_line_add_string (builder, "target", target);
  json_builder_end_object (builder);
}

static void
report_up_as_json (CulvertTunnel *tunnel)
{
  GListModel  *forwards = culvert_tunnel_get_forwards (tunnel);
  JsonBuilder *builder = begin_tunnel_event ("up", tunnel);

  json_builder_set_member_name (builder, "forwards");
  json_builder_begin_array (builder);
  for (guint i = 0; i < g_list_model_get_n_items (forwards); i++)
    {
      g_autoptr (CulvertForwardItem) item = g_list_model_get_item (forwards, i);

      if (culvert_forward_item_is_enabled (item))
        add_forward (builder, item);
    }
  json_builder_end_array (builder);
  culvert_json_line_end (builder);
}

static void
report_exposure (CulvertTunnel *tunnel)
{
  GListModel *forwards = culvert_tunnel_get_forwards (tunnel);

  for (guint i = 0; i < g_list_model_get_n_items (forwards); i++)
    {
      g_autoptr (CulvertForwardItem)  item = g_list_model_get_item (forwards, i);
      g_autofree char                *what = NULL;
      g_autoptr (CulvertFailureWords) words = culvert_failure_words_for_exposure (
        culvert_forward_item_get_spec (item), culvert_forward_item_get_bound (item),
        culvert_tunnel_get_profile (tunnel));

      if (words == NULL)
        continue;
      what = g_strdup_printf ("%s %s", words->what, words->why);
      culvert_message_print (culvert_tunnel_get_title (tunnel), what, words->next);
    }
}

void
culvert_run_report_up (const CulvertRunReport *self, CulvertTunnel *tunnel)
{
  GListModel         *forwards = culvert_tunnel_get_forwards (tunnel);
  g_autoptr (GString) text = g_string_new (NULL);
  guint               n_shown = 0;

  report_exposure (tunnel);
  if (self->as_json)
    {
      report_up_as_json (tunnel);
      return;
    }
  /* Not translated: programs read this. */
  g_string_append_printf (text, "up: %s", culvert_tunnel_get_title (tunnel));
  for (guint i = 0; i < g_list_model_get_n_items (forwards); i++)
    {
      g_autoptr (CulvertForwardItem) item = g_list_model_get_item (forwards, i);
      g_autofree char               *listen = culvert_forward_item_dup_listen (item);
      g_autofree char               *forward =
        culvert_profile_text_forward (culvert_forward_item_get_spec (item), listen);

      if (culvert_forward_item_is_enabled (item))
        g_string_append_printf (text, "%s%s", n_shown++ == 0 ? ": " : ", ", forward);
    }
  culvert_message_print_line (text->str);
}

static CulvertFailureWords *
find_words (const CulvertRunFailure *failure)
{
  CulvertProfile *profile = culvert_tunnel_get_profile (failure->tunnel);

  if (failure->forward != NULL)
    return culvert_failure_words_for_forward (failure->error, failure->forward, profile);
  return culvert_failure_words_for_tunnel (failure->error, profile);
}

static void
report_failure_as_json (const CulvertRunFailure *failure, const CulvertFailureWords *words)
{
  JsonBuilder *builder = begin_tunnel_event (failure->event, failure->tunnel);

  if (failure->forward != NULL)
    culvert_json_line_add_string (builder, "forward",
                                  culvert_forward_spec_get_id (failure->forward));
  culvert_json_line_add_string (builder, "what", words->what);
  culvert_json_line_add_string (builder, "why", words->why);
  culvert_json_line_add_string (builder, "next", words->next);
  culvert_json_line_add_string (builder, "detail", failure->error->message);
  if (failure->retry_in_us >= 0)
    {
      json_builder_set_member_name (builder, "retry_in_s");
      json_builder_add_double_value (builder, (double)failure->retry_in_us / G_USEC_PER_SEC);
    }
  culvert_json_line_end (builder);
}

void
culvert_run_report_failure (const CulvertRunReport *self, const CulvertRunFailure *failure)
{
  g_autoptr (CulvertFailureWords) words = find_words (failure);
  g_autofree char                *next = g_strdup (words->next);
  g_autofree char *what = words->why != NULL ? g_strdup_printf ("%s %s", words->what, words->why)
                                             : g_strdup (words->what);

  if (failure->retry_in_us >= 0)
    {
      /* Up, so that "in 0 s" is not said. */
      g_autofree char *delay =
        culvert_words_for_duration (failure->retry_in_us + G_USEC_PER_SEC - 1);

      g_free (next);
      /* Translators: %s is a time such as "8 s" */
      next = g_strdup_printf (_ ("Trying again in %s."), delay);
    }
  culvert_message_print (culvert_tunnel_get_title (failure->tunnel), what, next);
  if (self->as_json)
    report_failure_as_json (failure, words);
}

void
culvert_run_report_sent_away (const CulvertRunReport *self,
                              CulvertTunnel          *tunnel,
                              CulvertForwardItem     *item,
                              gboolean                is_first)
{
  guint64          n_foreign = culvert_forward_item_get_n_foreign (item);
  g_autofree char *listen = culvert_forward_item_dup_listen (item);
  g_autofree char *what = NULL;

  if (is_first)
    {
      what = g_strdup_printf (
        n_foreign > 0
          /* Translators: %s is an address such as localhost:5433 */
          ? _ ("a connection of another user of this computer to %s was refused")
          /* Translators: %s is an address such as localhost:5433 */
          : _ ("a connection to %s was refused: it had closed before its user could be seen"),
        listen);
      culvert_message_print (culvert_tunnel_get_title (tunnel), what,
                             _ ("use --any-user if every user of this computer may connect"));
    }
  if (self->as_json)
    {
      JsonBuilder *builder = begin_tunnel_event ("sent-away", tunnel);

      culvert_json_line_add_string (builder, "forward", culvert_forward_item_get_id (item));
      culvert_json_line_add_int (builder, "foreign", (gint64)n_foreign);
      culvert_json_line_add_int (builder, "unseen",
                                 (gint64)culvert_forward_item_get_n_unseen (item));
      culvert_json_line_end (builder);
    }
}

void
culvert_run_report_traffic (const CulvertRunReport *self, CulvertTunnel *tunnel)
{
  CulvertRate      rate = culvert_rate_history_get_current (culvert_tunnel_get_history (tunnel));
  gint64           round_trip_us = culvert_tunnel_get_round_trip_us (tunnel);
  guint            n_open = culvert_tunnel_get_n_open (tunnel);
  g_autofree char *received = culvert_words_for_rate (rate.received);
  g_autofree char *sent = culvert_words_for_rate (rate.sent);
  g_autofree char *latency = culvert_words_for_latency (round_trip_us);
  g_autofree char *text = NULL;

  if (self->as_json)
    {
      JsonBuilder *builder = begin_tunnel_event ("traffic", tunnel);

      culvert_json_line_add_int (builder, "received",
                                 (gint64)culvert_tunnel_get_n_received (tunnel));
      culvert_json_line_add_int (builder, "sent", (gint64)culvert_tunnel_get_n_sent (tunnel));
      culvert_json_line_add_int (builder, "received_rate", (gint64)rate.received);
      culvert_json_line_add_int (builder, "sent_rate", (gint64)rate.sent);
      culvert_json_line_add_int (builder, "connections", n_open);
      culvert_json_line_add_int (builder, "held", culvert_tunnel_get_n_held (tunnel));
      json_builder_set_member_name (builder, "round_trip_ms");
      if (round_trip_us >= 0)
        json_builder_add_double_value (builder, (double)round_trip_us / 1000.0);
      else
        json_builder_add_null_value (builder);
      culvert_json_line_end (builder);
      return;
    }
  /* Translators: 1 is a tunnel's name, 2 the speed of what comes, 3 of what goes, 4 a number of
   * connections, 5 how long an answer from the server takes */
  text = g_strdup_printf (
    ngettext ("traffic: %1$s: received %2$s, sent %3$s, %4$u connection, %5$s",
              "traffic: %1$s: received %2$s, sent %3$s, %4$u connections, %5$s", n_open),
    culvert_tunnel_get_title (tunnel), received, sent, n_open, latency);
  culvert_message_print_line (text);
}

void
culvert_run_report_log (const CulvertRunReport *self,
                        const char             *tunnel_id,
                        const char             *title,
                        const CulvertLogLine   *line)
{
  static const char *const levels[] = { "debug", "info", "warning", "error" };
  JsonBuilder             *builder;

  if (!self->with_log || (line->level == CULVERT_LOG_DEBUG && !self->with_debug))
    return;
  if (!self->as_json)
    {
      g_printerr ("%s: %s\n", title, line->text);
      return;
    }
  builder = culvert_json_line_begin ("log", line->real_us);
  culvert_json_line_add_string (builder, "tunnel", tunnel_id);
  culvert_json_line_add_string (builder, "name", title);
  culvert_json_line_add_string (builder, "level", levels[line->level]);
  culvert_json_line_add_string (builder, "text", line->text);
  culvert_json_line_end (builder);
}

void
culvert_run_report_end (const CulvertRunReport *self, int exit_status)
{
  JsonBuilder *builder;

  if (!self->as_json)
    return;
  builder = culvert_json_line_begin ("end", g_get_real_time ());
  culvert_json_line_add_int (builder, "exit", exit_status);
  culvert_json_line_end (builder);
}
