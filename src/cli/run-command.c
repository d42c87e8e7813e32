/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/process.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/run-options.h"
#include "cli/tty-prompter.h"
#include "cli/tty.h"
#include "core/errors.h"
#include "desktop/keyring.h"
#include "desktop/network-watch.h"
#include "desktop/surroundings.h"
#include "engine/link-thread.h"
#include "engine/port-neighbours.h"

#include <glib/gi18n.h>
#include <stdlib.h>

/* A tunnel has stopped within 3 s; what has not by then is left to the end of the process. */
#define END_LIMIT_MS 3000

#define LINGER_POLL_MS 5

typedef enum
{
  RUN_RUNNING,
  RUN_ENDING, /* every tunnel is told to stop */
  RUN_OVER,   /* every tunnel is off; their threads may still be ending */
} RunState;

typedef struct
{
  const CulvertRunOptions *options;
  GMainLoop               *loop;
  GPtrArray               *entries; /* of RunEntry */
  RunState                 state;
  int                      exit_status;
  GPtrArray               *sources; /* of GSource: clocks */
} Run;

/* One tunnel. */
typedef struct
{
  Run               *run;
  CulvertTunnel     *tunnel;
  char              *id;
  char              *title; /* for the log, which other threads write */
  GPtrArray         *items; /* of CulvertForwardItem */
  GHashTable        *told;  /* of those items: a client was sent away, and that was said */
  gboolean           is_ready;
  gboolean           was_ready;
  gboolean           was_up;
  CulvertTunnelState state;         /* that was reported last */
  char              *wait_reason;   /* nullable: that was reported last, for the log … */
  gint64             wait_until_us; /* … and the time of the next try with it */
  CulvertExit        last_trouble;  /* what it would end with now */
  guint64            n_carried;     /* what the last traffic report was about … */
  guint              n_open;
  guint              n_held;
} RunEntry;

static void
entry_free (gpointer data)
{
  RunEntry *entry = data;

  g_signal_handlers_disconnect_by_data (entry->tunnel, entry);
  for (guint i = 0; i < entry->items->len; i++)
    g_signal_handlers_disconnect_by_data (entry->items->pdata[i], entry);
  g_ptr_array_unref (entry->items);
  g_hash_table_unref (entry->told);
  g_object_unref (entry->tunnel);
  g_free (entry->id);
  g_free (entry->title);
  g_free (entry->wait_reason);
  g_free (entry);
}

/* @first_us: from now; a later one of @interval_ms only if @func wants it */
static void
add_clock (Run *self, gint64 first_us, guint interval_ms, GSourceFunc func)
{
  GSource *source = g_timeout_source_new (interval_ms);

  g_source_set_ready_time (source, g_get_monotonic_time () + first_us);
  g_source_set_callback (source, func, self, NULL);
  g_source_attach (source, NULL);
  g_ptr_array_add (self->sources, source);
}

static gboolean
all_are_off (Run *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      RunEntry          *entry = g_ptr_array_index (self->entries, i);
      CulvertTunnelState state = culvert_tunnel_get_state (entry->tunnel);

      if (culvert_tunnel_state_is_on (state) || state == CULVERT_TUNNEL_STOPPING)
        return FALSE;
    }
  return TRUE;
}

/* A session's thread may have a moment's work left. */
static gboolean
linger_cb (gpointer user_data)
{
  Run *self = user_data;

  if (culvert_link_thread_count () > 0)
    return G_SOURCE_CONTINUE;
  g_main_loop_quit (self->loop);
  return G_SOURCE_REMOVE;
}

static void
end_if_all_are_off (Run *self)
{
  if (self->state != RUN_ENDING || !all_are_off (self))
    return;
  self->state = RUN_OVER;
  add_clock (self, 0, LINGER_POLL_MS, linger_cb);
}

/* Threads are left that know of our entries, and that exit() would pull libraries away from. */
static void
end_now (Run *self, int exit_status)
{
  culvert_run_report_end (&self->options->report, exit_status);
  culvert_tty_show ();
  _Exit (exit_status);
}

static gboolean
end_limit_cb (gpointer user_data)
{
  Run *self = user_data;

  end_now (self, self->exit_status);
  return G_SOURCE_REMOVE;
}

static void
begin_end (Run *self, int exit_status)
{
  if (self->state != RUN_RUNNING)
    return;
  self->state = RUN_ENDING;
  self->exit_status = exit_status;
  add_clock (self, END_LIMIT_MS * (G_USEC_PER_SEC / 1000), END_LIMIT_MS, end_limit_cb);
  for (guint i = 0; i < self->entries->len; i++)
    culvert_tunnel_stop (((RunEntry *)g_ptr_array_index (self->entries, i))->tunnel);
  end_if_all_are_off (self);
}

/* (transfer full): the same error, with the tunnel of this run that has the port */
static GError *
name_neighbour (RunEntry *entry, const CulvertForwardSpec *spec, const GError *error)
{
  CulvertForwardPlace    place = { entry->id, culvert_forward_spec_get_id (spec) };
  g_autoptr (GListStore) tunnels = g_list_store_new (CULVERT_TYPE_TUNNEL);

  for (guint i = 0; i < entry->run->entries->len; i++)
    g_list_store_append (tunnels, ((RunEntry *)g_ptr_array_index (entry->run->entries, i))->tunnel);
  return culvert_port_neighbours_complete (G_LIST_MODEL (tunnels), &place,
                                           culvert_forward_spec_get_listen (spec), error);
}

/* Whoever waits for "up: …" must not wait for ever: what does not listen at the start ends it all. */
static void
forward_failed (RunEntry *entry, CulvertForwardItem *item)
{
  Run              *self = entry->run;
  CulvertRunFailure failure = {
    .tunnel = entry->tunnel,
    .forward = culvert_forward_item_get_spec (item),
    .event = "forward-failed",
    .retry_in_us = -1,
  };
  gint64             retry_at_us = culvert_forward_item_get_retry_at_us (item);
  const GError      *its = culvert_forward_item_get_error (item);
  g_autoptr (GError) error = NULL;

  if (its == NULL)
    return;
  error = name_neighbour (entry, failure.forward, its);
  failure.error = error;
  if (retry_at_us != 0)
    failure.retry_in_us = MAX (retry_at_us - g_get_monotonic_time (), 0);
  culvert_run_report_failure (&self->options->report, &failure);
  if (!entry->was_ready)
    begin_end (self, CULVERT_EXIT_FORWARD);
}

static void
check_ready (RunEntry *entry)
{
  gboolean is_ready = culvert_tunnel_is_ready (entry->tunnel);

  if (is_ready && !entry->is_ready)
    {
      entry->was_ready = TRUE;
      entry->last_trouble = CULVERT_EXIT_DONE;
      culvert_run_report_up (&entry->run->options->report, entry->tunnel);
    }
  entry->is_ready = is_ready;
}

static void
forward_changed_cb (CulvertForwardItem *item, GParamSpec *pspec, RunEntry *entry)
{
  if (entry->run->state != RUN_RUNNING)
    return;
  /* In a tunnel that ends at its first failure, the tunnel reports it. */
  if (culvert_forward_item_get_state (item) == CULVERT_FORWARD_FAILED && !entry->run->options->once)
    forward_failed (entry, item);
  check_ready (entry);
}

static void
target_changed_cb (CulvertForwardItem *item, GParamSpec *pspec, RunEntry *entry)
{
  CulvertRunFailure failure = {
    .tunnel = entry->tunnel,
    .forward = culvert_forward_item_get_spec (item),
    .event = "target-failed",
    .error = culvert_forward_item_get_target_error (item),
    .retry_in_us = -1,
  };

  if (entry->run->state == RUN_RUNNING && failure.error != NULL)
    culvert_run_report_failure (&entry->run->options->report, &failure);
}

static void
sent_away_cb (CulvertForwardItem *item, GParamSpec *pspec, RunEntry *entry)
{
  if (entry->run->state == RUN_RUNNING &&
      culvert_forward_item_get_n_foreign (item) + culvert_forward_item_get_n_unseen (item) > 0)
    culvert_run_report_sent_away (&entry->run->options->report, entry->tunnel, item,
                                  g_hash_table_add (entry->told, item));
}

/* The forward whose failure is @error. */
static const CulvertForwardSpec *
find_failed_forward (RunEntry *entry, const GError *error)
{
  for (guint i = 0; i < entry->items->len; i++)
    {
      const GError *its = culvert_forward_item_get_error (entry->items->pdata[i]);

      if (its != NULL && g_error_matches (its, error->domain, error->code))
        return culvert_forward_item_get_spec (entry->items->pdata[i]);
    }
  return NULL;
}

static void
report_trouble (RunEntry *entry, const char *event, gint64 retry_in_us)
{
  const GError     *error = culvert_tunnel_get_error (entry->tunnel);
  CulvertRunFailure failure = {
    .tunnel = entry->tunnel,
    .event = event,
    .error = error,
    .retry_in_us = retry_in_us,
  };
  g_autoptr (GError) complete = NULL;

  if (error == NULL)
    return;
  failure.forward = find_failed_forward (entry, error);
  if (failure.forward != NULL)
    failure.error = complete = name_neighbour (entry, failure.forward, error);
  entry->last_trouble = culvert_exit_from_error (error, entry->was_up);
  culvert_run_report_failure (&entry->run->options->report, &failure);
}

static gboolean
all_have_failed (Run *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    if (culvert_tunnel_get_state (((RunEntry *)g_ptr_array_index (self->entries, i))->tunnel) !=
        CULVERT_TUNNEL_FAILED)
      return FALSE;
  return TRUE;
}

static void
tunnel_failed (RunEntry *entry)
{
  Run *self = entry->run;

  report_trouble (entry, "failed", -1);
  if (self->options->once || all_have_failed (self))
    begin_end (self, entry->last_trouble != CULVERT_EXIT_DONE ? (int)entry->last_trouble
                                                              : CULVERT_EXIT_TROUBLE);
}

static void
report_waiting (RunEntry *entry)
{
  gint64        retry_at_us = culvert_tunnel_get_retry_at_us (entry->tunnel);
  const GError *error = culvert_tunnel_get_error (entry->tunnel);

  g_free (entry->wait_reason);
  entry->wait_reason = g_strdup (error != NULL ? error->message : NULL);
  entry->wait_until_us = retry_at_us;
  report_trouble (entry, "retry",
                  retry_at_us != 0 ? MAX (retry_at_us - g_get_monotonic_time (), 0) : -1);
}

/* It goes on waiting, for another reason.  The reason of a new state comes with that, be it told before
 * or after this. */
static void
error_changed_cb (CulvertTunnel *tunnel, GParamSpec *pspec, RunEntry *entry)
{
  const GError *error = culvert_tunnel_get_error (tunnel);

  if (entry->run->state != RUN_RUNNING || entry->state != CULVERT_TUNNEL_WAITING ||
      culvert_tunnel_get_state (tunnel) != CULVERT_TUNNEL_WAITING || error == NULL)
    return;
  if (g_strcmp0 (entry->wait_reason, error->message) != 0 ||
      entry->wait_until_us != culvert_tunnel_get_retry_at_us (tunnel))
    report_waiting (entry);
}

static void
state_changed_cb (CulvertTunnel *tunnel, GParamSpec *pspec, RunEntry *entry)
{
  Run *self = entry->run;

  entry->state = culvert_tunnel_get_state (tunnel);
  culvert_run_report_state (&self->options->report, tunnel);
  if (self->state != RUN_RUNNING)
    {
      end_if_all_are_off (self);
      return;
    }
  check_ready (entry);
  switch (culvert_tunnel_get_state (tunnel))
    {
    case CULVERT_TUNNEL_UP:
      entry->was_up = TRUE;
      break;
    case CULVERT_TUNNEL_WAITING:
      report_waiting (entry);
      break;
    case CULVERT_TUNNEL_FAILED:
      tunnel_failed (entry);
      break;
    case CULVERT_TUNNEL_STOPPED:
    case CULVERT_TUNNEL_CONNECTING:
    case CULVERT_TUNNEL_SIGNING_IN:
    case CULVERT_TUNNEL_NEEDS_YOU:
    case CULVERT_TUNNEL_IDLE:
    case CULVERT_TUNNEL_STOPPING:
    default:
      break;
    }
}

/* Called in the tunnel's thread as well. */
static void
log_cb (const CulvertLogLine *line, gpointer user_data)
{
  RunEntry *entry = user_data;

  culvert_run_report_log (&entry->run->options->report, entry->id, entry->title, line);
}

static void
add_tunnel (Run                    *self,
            const CulvertRunSource *source,
            CulvertPrompter        *prompter,
            CulvertSecretStore     *secrets)
{
  RunEntry        *entry = g_new0 (RunEntry, 1);
  g_autofree char *title = culvert_profile_dup_title (source->profile);
  GListModel      *forwards;

  entry->run = self;
  entry->tunnel = culvert_tunnel_new (source->profile, prompter, source->is_saved ? secrets : NULL);
  entry->id = g_strdup (source->profile->id);
  entry->title = culvert_log_printable (title, -1);
  entry->items = g_ptr_array_new_with_free_func (g_object_unref);
  entry->told = g_hash_table_new (NULL, NULL);
  forwards = culvert_tunnel_get_forwards (entry->tunnel);
  for (guint i = 0; i < g_list_model_get_n_items (forwards); i++)
    {
      CulvertForwardItem *item = g_list_model_get_item (forwards, i);

      g_ptr_array_add (entry->items, item);
      g_signal_connect (item, "notify::state", G_CALLBACK (forward_changed_cb), entry);
      g_signal_connect (item, "notify::target-error", G_CALLBACK (target_changed_cb), entry);
      g_signal_connect (item, "notify::n-foreign", G_CALLBACK (sent_away_cb), entry);
      g_signal_connect (item, "notify::n-unseen", G_CALLBACK (sent_away_cb), entry);
    }
  g_signal_connect (entry->tunnel, "notify::state", G_CALLBACK (state_changed_cb), entry);
  g_signal_connect (entry->tunnel, "notify::error", G_CALLBACK (error_changed_cb), entry);
  culvert_log_set_func (culvert_tunnel_get_log (entry->tunnel), log_cb, entry);
  culvert_tunnel_set_single_try (entry->tunnel, self->options->once);
  culvert_tunnel_set_unwatched (entry->tunnel, !self->options->report.with_traffic);
  g_ptr_array_add (self->entries, entry);
}

static void
add_tunnels (Run *self)
{
  g_autoptr (CulvertPrompter)    prompter = culvert_tty_prompter_new ();
  g_autoptr (CulvertSecretStore) secrets = NULL;

  for (guint i = 0; i < self->options->sources->len; i++)
    {
      const CulvertRunSource *source = g_ptr_array_index (self->options->sources, i);

      if (source->is_saved && secrets == NULL)
        secrets = culvert_keyring_new ();
      add_tunnel (self, source, prompter, secrets);
    }
}

static void
network_cb (CulvertNetworkEvent event, gpointer user_data)
{
  Run *self = user_data;

  for (guint i = 0; i < self->entries->len; i++)
    culvert_tunnel_network_changed (((RunEntry *)g_ptr_array_index (self->entries, i))->tunnel,
                                    event);
}

static void
network_names_cb (CulvertNetworkNames *names, gpointer user_data)
{
  Run *self = user_data;

  for (guint i = 0; i < self->entries->len; i++)
    culvert_tunnel_set_network_names (((RunEntry *)g_ptr_array_index (self->entries, i))->tunnel,
                                      names);
}

/* (transfer full) (nullable): only if it matters to a tunnel */
static CulvertNetworkWatch *
watch_network_names (Run *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      RunEntry *entry = g_ptr_array_index (self->entries, i);

      if (culvert_tunnel_get_profile (entry->tunnel)->network_rule != CULVERT_NETWORK_RULE_ANY)
        return culvert_network_watch_new (network_names_cb, self);
    }
  return NULL;
}

static void
quit_cb (int exit_status, gpointer user_data)
{
  Run *self = user_data;

  /* Asked for the second time, or while it ends anyway: at once. */
  if (self->state != RUN_RUNNING)
    end_now (self, exit_status);
  begin_end (self, exit_status);
}

/* --for is over.  A tunnel that was never ready was of no use to anybody. */
static gboolean
duration_cb (gpointer user_data)
{
  Run        *self = user_data;
  CulvertExit exit_status = CULVERT_EXIT_DONE;

  for (guint i = 0; i < self->entries->len && exit_status == CULVERT_EXIT_DONE; i++)
    {
      RunEntry *entry = g_ptr_array_index (self->entries, i);

      if (entry->was_ready)
        continue;
      exit_status =
        entry->last_trouble != CULVERT_EXIT_DONE ? entry->last_trouble : CULVERT_EXIT_UNREACHABLE;
      culvert_message_print (entry->title, _ ("the time is over before it was connected"),
                             _ ("allow it more time, or leave out --for"));
    }
  begin_end (self, (int)exit_status);
  return G_SOURCE_REMOVE;
}

static gboolean
traffic_cb (gpointer user_data)
{
  Run *self = user_data;

  for (guint i = 0; i < self->entries->len && self->state == RUN_RUNNING; i++)
    {
      RunEntry *entry = g_ptr_array_index (self->entries, i);
      guint64   n_carried =
        culvert_tunnel_get_n_received (entry->tunnel) + culvert_tunnel_get_n_sent (entry->tunnel);
      guint n_open = culvert_tunnel_get_n_open (entry->tunnel);
      guint n_held = culvert_tunnel_get_n_held (entry->tunnel);

      if (n_carried == entry->n_carried && n_open == entry->n_open && n_held == entry->n_held)
        continue;
      entry->n_carried = n_carried;
      entry->n_open = n_open;
      entry->n_held = n_held;
      culvert_run_report_traffic (&self->options->report, entry->tunnel);
    }
  return G_SOURCE_CONTINUE;
}

static void
destroy_source (gpointer data)
{
  g_source_destroy (data);
  g_source_unref (data);
}

int
culvert_command_run (char **argv)
{
  Run                           self = { .state = RUN_RUNNING };
  int                           exit_status;
  g_autoptr (CulvertRunOptions) options = culvert_run_options_parse (argv, &exit_status);
  g_autoptr (CulvertQuitWatch)  quit_watch = NULL;
  CulvertSurroundings          *surroundings;
  CulvertNetworkWatch          *network_watch;

  if (options == NULL)
    return exit_status;

  self.options = options;
  self.loop = g_main_loop_new (NULL, FALSE);
  self.entries = g_ptr_array_new_with_free_func (entry_free);
  self.sources = g_ptr_array_new_with_free_func (destroy_source);
  quit_watch = culvert_quit_watch_new (quit_cb, &self);
  if (options->duration_s > 0)
    add_clock (&self, (gint64)options->duration_s * G_USEC_PER_SEC, 0, duration_cb);
  if (options->report.with_traffic)
    add_clock (&self, G_USEC_PER_SEC, 1000, traffic_cb);
  add_tunnels (&self);
  surroundings = culvert_surroundings_new (network_cb, &self);
  network_watch = watch_network_names (&self);
  for (guint i = 0; i < self.entries->len; i++)
    culvert_tunnel_start (((RunEntry *)g_ptr_array_index (self.entries, i))->tunnel);
  g_main_loop_run (self.loop);
  culvert_network_watch_free (network_watch);
  culvert_surroundings_free (surroundings);

  culvert_run_report_end (&options->report, self.exit_status);
  g_ptr_array_unref (self.sources);
  g_ptr_array_unref (self.entries);
  g_main_loop_unref (self.loop);
  return self.exit_status;
}
