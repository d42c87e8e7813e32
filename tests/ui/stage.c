/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/stage.h"

#include "core/ssh-command.h"
#include "engine/connection-item-private.h"
#include "engine/forward-item-private.h"
#include "engine/tunnel-private.h"
#include "support/culvert-test.h"
#include "support/fake-secret-store.h"
#include "support/scripted-prompter.h"

struct _CulvertStage
{
  CulvertTempDir          *dir;
  CulvertProfileStore     *store;
  CulvertFakeSecretStore  *secrets;
  CulvertScriptedPrompter *prompter;
  CulvertTunnelManager    *manager;
};

CulvertStage *
culvert_stage_new (void)
{
  CulvertStage *self = g_new0 (CulvertStage, 1);

  self->dir = culvert_temp_dir_new ();
  self->store = culvert_profile_store_new (culvert_temp_dir_get_path (self->dir));
  self->secrets = culvert_fake_secret_store_new (CULVERT_FAKE_SECRETS_EMPTY);
  self->prompter = culvert_scripted_prompter_new ();
  self->manager = culvert_tunnel_manager_new (self->store, CULVERT_PROMPTER (self->prompter),
                                              CULVERT_SECRET_STORE (self->secrets));
  return self;
}

void
culvert_stage_free (CulvertStage *self)
{
  g_clear_object (&self->manager);
  g_clear_object (&self->store);
  g_clear_object (&self->secrets);
  g_clear_object (&self->prompter);
  culvert_temp_dir_free (self->dir);
  g_free (self);
}

CulvertTunnelManager *
culvert_stage_get_manager (CulvertStage *self)
{
  return self->manager;
}

CulvertProfileStore *
culvert_stage_get_store (CulvertStage *self)
{
  return self->store;
}

CulvertSecretStore *
culvert_stage_get_secrets (CulvertStage *self)
{
  return CULVERT_SECRET_STORE (self->secrets);
}

const char *
culvert_stage_get_dir (CulvertStage *self)
{
  return culvert_temp_dir_get_path (self->dir);
}

CulvertFakeSecretStore *
culvert_stage_get_fake_secrets (CulvertStage *self)
{
  return self->secrets;
}

static CulvertTunnel *
save (CulvertStage *self, CulvertProfile *profile)
{
  g_autoptr (GError) error = NULL;
  CulvertTunnel     *tunnel;

  culvert_tunnel_manager_save (self->manager, profile, &error);
  g_assert_no_error (error);
  tunnel = culvert_tunnel_manager_find (self->manager, profile->id);
  g_assert_nonnull (tunnel);
  return tunnel;
}

CulvertTunnel *
culvert_stage_add (CulvertStage *self, const char *name, const char *command)
{
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = culvert_ssh_command_parse_line (command, &error);

  g_assert_no_error (error);
  culvert_profile_set_string (&profile->name, name);
  return save (self, profile);
}

void
culvert_stage_add_many (CulvertStage *self, guint n, guint n_per_group)
{
  for (guint i = 0; i < n; i++)
    {
      g_autofree char *name = g_strdup_printf ("many-%03u.culvert", i);
      g_autofree char *path = g_build_filename (culvert_stage_get_dir (self), name, NULL);
      g_autofree char *text =
        g_strdup_printf ("[Tunnel]\nVersion=1\nName=Server %03u\nGroup=Group %u\n"
                         "Host=host-%u.example.com\n"
                         "[Forward f]\nKind=local\nListen=%u\nTarget=web:80\n",
                         i + 1, i / n_per_group + 1, i + 1, 10000 + i);
      g_autoptr (GError) error = NULL;

      g_file_set_contents (path, text, -1, &error);
      g_assert_no_error (error);
    }
  culvert_profile_store_refresh (culvert_stage_get_store (self));
}

void
culvert_stage_name_forward (CulvertStage  *self,
                            CulvertTunnel *tunnel,
                            guint          index,
                            const char    *name)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_edit (culvert_tunnel_get_profile (tunnel));
  CulvertForwardFields fields = culvert_forward_spec_get_fields (profile->forwards->pdata[index]);
  g_autoptr (CulvertForwardSpec) spec = NULL;

  fields.name = name;
  spec = culvert_forward_spec_new (&fields);
  culvert_profile_put_forward (profile, spec);
  save (self, profile);
}

void
culvert_stage_set_state (CulvertTunnel *tunnel, CulvertTunnelState state, GError *error)
{
  g_object_freeze_notify (G_OBJECT (tunnel));
  g_clear_error (&tunnel->error);
  tunnel->error = error;
  tunnel->state = state;
  tunnel->link_state = state;
  tunnel->is_wanted = culvert_tunnel_state_is_on (state) || state == CULVERT_TUNNEL_FAILED;
  tunnel->retry_at_us = 0;
  tunnel->up_since_us = 0;
  culvert_drop_history_take_state (tunnel->drops, state, error);
  for (guint i = 1; i < CULVERT_TUNNEL_N_PROPS; i++)
    culvert_tunnel_notify (tunnel, i);
  g_object_thaw_notify (G_OBJECT (tunnel));
}

void
culvert_stage_set_waiting (CulvertTunnel *tunnel, int wait_s, GError *error)
{
  g_object_freeze_notify (G_OBJECT (tunnel));
  culvert_stage_set_state (tunnel, CULVERT_TUNNEL_WAITING, error);
  tunnel->retry_at_us = g_get_monotonic_time () + (gint64)wait_s * G_USEC_PER_SEC;
  g_object_thaw_notify (G_OBJECT (tunnel));
}

static guint
get_n_forwards (CulvertTunnel *tunnel)
{
  return g_list_model_get_n_items (culvert_tunnel_get_forwards (tunnel));
}

void
culvert_stage_set_up (CulvertTunnel *tunnel, gint64 up_s)
{
  CulvertTunnelFacts facts = {
    .server_address = (char *)"203.0.113.17:22",
    .server_version = (char *)"OpenSSH_9.2p1 Debian-2+deb12u3",
    .host_key_type = (char *)"ssh-ed25519",
    .host_key_fingerprint = (char *)"SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDsuIGVe4HAvIgGpr0",
    .algorithms = (char *)"curve25519-sha256, aes128-gcm@openssh.com",
    .auth_method = (char *)"publickey",
  };

  g_object_freeze_notify (G_OBJECT (tunnel));
  culvert_stage_set_state (tunnel, CULVERT_TUNNEL_UP, NULL);
  tunnel->up_since_us = g_get_monotonic_time () - up_s * G_USEC_PER_SEC;
  tunnel->round_trip_us = 24300;
  culvert_tunnel_facts_copy (&tunnel->facts, &facts);
  if (tunnel->counters == NULL)
    tunnel->counters = culvert_counters_new ();
  g_object_thaw_notify (G_OBJECT (tunnel));
  for (guint i = 0; i < get_n_forwards (tunnel); i++)
    culvert_stage_set_forward (tunnel, i, CULVERT_FORWARD_LISTENING, NULL, CULVERT_TARGET_UNKNOWN,
                               NULL);
}

void
culvert_stage_set_banner (CulvertTunnel *tunnel, const char *banner)
{
  g_free (tunnel->facts.banner);
  tunnel->facts.banner = g_strdup (banner);
  culvert_tunnel_notify (tunnel, CULVERT_TUNNEL_PROP_STATE);
}

void
culvert_stage_ask (CulvertStage *self, CulvertTunnel *tunnel, const CulvertPromptFields *fields)
{
  g_autoptr (CulvertPrompt) prompt = culvert_prompt_new (fields);
  CulvertScriptLine         line = { .kind = fields->kind, .decision = CULVERT_DECISION_NONE };

  culvert_scripted_prompter_add (self->prompter, &line);
  tunnel->is_wanted = TRUE;
  tunnel->state = tunnel->link_state = CULVERT_TUNNEL_SIGNING_IN;
  culvert_prompt_set_tunnel (prompt, culvert_tunnel_get_id (tunnel),
                             culvert_tunnel_get_title (tunnel));
  culvert_prompt_broker_ask (tunnel->broker, tunnel->profile, prompt);
  culvert_test_wait_until (culvert_tunnel_get_prompt (tunnel) != NULL, 5000);
  culvert_stage_set_state (tunnel, CULVERT_TUNNEL_NEEDS_YOU, NULL);
}

void
culvert_stage_set_traffic (CulvertTunnel *tunnel, CulvertStageRate received, CulvertStageRate sent)
{
  const double interval_s = 1.0 / CULVERT_RATE_SAMPLES_PER_S;
  gint64       now_us = g_get_monotonic_time ();
  double       n_received = 0;
  double       n_sent = 0;

  for (int age = CULVERT_RATE_MAX_SAMPLES; age > 0; age--)
    {
      n_received += received (age * interval_s) * interval_s;
      n_sent += sent (age * interval_s) * interval_s;
      culvert_rate_history_add (tunnel->history, (guint64)n_received, (guint64)n_sent,
                                now_us - (gint64)(age * interval_s * G_USEC_PER_SEC));
    }
  tunnel->counters->n_received = (guint64)(n_received + received (0) * interval_s);
  tunnel->counters->n_sent = (guint64)(n_sent + sent (0) * interval_s);
  culvert_tunnel_sample (tunnel);
}

void
culvert_stage_add_sample (CulvertTunnel *tunnel, guint64 received, guint64 sent)
{
  gint64 last_us = g_get_monotonic_time ();

  /* Two samples at one moment have no rate. */
  while (g_get_monotonic_time () == last_us)
    ;
  tunnel->counters->n_received += received;
  tunnel->counters->n_sent += sent;
  culvert_tunnel_sample (tunnel);
}

static void
report (CulvertTunnel *tunnel, guint index, CulvertForwardReport *now)
{
  g_autoptr (CulvertForwardItem) item =
    g_list_model_get_item (culvert_tunnel_get_forwards (tunnel), index);
  g_autoptr (CulvertCounters) counters = culvert_counters_new ();

  now->id = culvert_forward_item_get_id (item);
  now->counters = counters;
  culvert_forward_item_set_report (item, now);
}

void
culvert_stage_set_picked (CulvertTunnel *tunnel, guint index, const char *host, guint16 port)
{
  g_autoptr (CulvertEndpoint) bound = culvert_endpoint_new_tcp (host, port);
  CulvertForwardReport        now = { .state = CULVERT_FORWARD_LISTENING, .bound = bound };

  report (tunnel, index, &now);
}

void
culvert_stage_set_retrying (CulvertTunnel *tunnel, guint index, int wait_s, GError *error)
{
  CulvertForwardReport now = {
    .state = CULVERT_FORWARD_FAILED,
    .error = error,
    .retry_at_us = g_get_monotonic_time () + wait_s * G_USEC_PER_SEC,
  };

  report (tunnel, index, &now);
  g_error_free (error);
}

void
culvert_stage_set_forward (CulvertTunnel      *tunnel,
                           guint               index,
                           CulvertForwardState state,
                           GError             *error,
                           CulvertTargetState  target_state,
                           GError             *target_error)
{
  g_autoptr (CulvertForwardItem) item =
    g_list_model_get_item (culvert_tunnel_get_forwards (tunnel), index);
  g_autoptr (CulvertCounters) counters = culvert_counters_new ();
  CulvertForwardReport        report = {
           .id = culvert_forward_item_get_id (item),
           .state = state,
           .error = error,
           .target_state = target_state,
           .target_error = target_error,
           .counters = counters,
  };

  culvert_forward_item_set_report (item, &report);
  g_clear_error (&error);
  g_clear_error (&target_error);
}

void
culvert_stage_set_test (CulvertTunnel *tunnel, guint index, CulvertTestState state, GError *error)
{
  g_autoptr (CulvertForwardItem) item =
    g_list_model_get_item (culvert_tunnel_get_forwards (tunnel), index);
  CulvertForwardReport now = {
    .state = CULVERT_FORWARD_LISTENING,
    .bound = culvert_forward_item_get_bound (item),
    .test_state = state,
    .test_error = error,
  };

  report (tunnel, index, &now);
  g_clear_error (&error);
}

void
culvert_stage_set_sent_away (CulvertTunnel *tunnel, guint index, guint n_foreign, guint n_unseen)
{
  g_autoptr (CulvertForwardItem) item =
    g_list_model_get_item (culvert_tunnel_get_forwards (tunnel), index);
  g_autoptr (CulvertCounters) counters = culvert_counters_new ();
  CulvertForwardReport        now = {
           .id = culvert_forward_item_get_id (item),
           .state = culvert_forward_item_get_state (item),
           .target_state = culvert_forward_item_get_target_state (item),
           .counters = counters,
  };

  counters->n_foreign = n_foreign;
  counters->n_unseen = n_unseen;
  culvert_forward_item_set_report (item, &now);
}

void
culvert_stage_set_open (CulvertTunnel *tunnel, guint index, guint n_open)
{
  g_autoptr (CulvertForwardItem) item =
    g_list_model_get_item (culvert_tunnel_get_forwards (tunnel), index);
  g_autoptr (CulvertCounters) counters = culvert_counters_new ();
  CulvertForwardReport        report = {
           .id = culvert_forward_item_get_id (item),
           .state = culvert_forward_item_get_state (item),
           .target_state = n_open > 0 ? CULVERT_TARGET_ANSWERED : CULVERT_TARGET_UNKNOWN,
           .counters = counters,
  };
  gint64 now_us;

  culvert_forward_item_set_report (item, &report);
  now_us = g_get_monotonic_time ();
  /* Some traffic through each, for the row's rate; ahead of the clock, because the report has just
   * begun the history. */
  for (int i = 1; i <= 8; i++)
    {
      counters->n_received += n_open * 20000;
      counters->n_sent += n_open * 2000;
      culvert_forward_item_sample (item, now_us + i * G_USEC_PER_SEC / 4);
    }
  counters->n_open = n_open;
  culvert_forward_item_sample (item, now_us + 9 * G_USEC_PER_SEC / 4);
  tunnel->counters->n_open += n_open;
}

void
culvert_stage_set_held (CulvertTunnel *tunnel, guint index, guint n_held)
{
  g_autoptr (CulvertForwardItem) item =
    g_list_model_get_item (culvert_tunnel_get_forwards (tunnel), index);
  g_autoptr (CulvertCounters) counters = culvert_counters_new ();
  CulvertForwardReport        report = {
           .id = culvert_forward_item_get_id (item),
           .state = CULVERT_FORWARD_LISTENING,
           .counters = counters,
  };

  culvert_forward_item_set_report (item, &report);
  counters->n_open = counters->n_held = n_held;
  culvert_forward_item_sample (item, g_get_monotonic_time () + G_USEC_PER_SEC);
}

static void
add_connection (CulvertConnectionList        *list,
                CulvertTunnel                *tunnel,
                const CulvertStageConnection *from,
                gint64                        before_us)
{
  g_autoptr (CulvertForwardItem) forward =
    g_list_model_get_item (culvert_tunnel_get_forwards (tunnel), from->forward);
  /* Half of a rate before is in the rate now. */
  const double             before_s = 2.0 * (double)before_us / G_USEC_PER_SEC;
  CulvertConnectionFigures figures = {
    .id = from->id,
    .state = from->state,
    .is_hidden_ftp = from->is_hidden_ftp,
    .n_received = from->n_received - (guint64)(from->received_rate * before_s),
    .n_sent = from->n_sent - (guint64)(from->sent_rate * before_s),
  };
  CulvertConnectionNews news = {
    .parent_id = from->parent_id,
    .started_us = g_get_monotonic_time () - from->age_s * G_USEC_PER_SEC,
    .forward_id = g_strdup (culvert_forward_item_get_id (forward)),
    .is_here = !from->is_there,
    .client = g_strdup (from->client),
    .target = g_strdup (from->target),
  };

  culvert_connection_list_add (list, figures, &news);
}

static void
set_list (CulvertTunnel                *tunnel,
          const CulvertStageConnection *connections,
          guint                         n_connections,
          gint64                        before_us)
{
  g_autoptr (CulvertConnectionList) list =
    culvert_connection_list_new (g_get_monotonic_time () - before_us);

  for (guint i = 0; i < n_connections; i++)
    add_connection (list, tunnel, &connections[i], before_us);
  culvert_connections_set_list (tunnel->connections, list);
}

void
culvert_stage_set_connections (CulvertTunnel                *tunnel,
                               const CulvertStageConnection *connections,
                               guint                         n_connections)
{
  /* Twice, for what moves. */
  set_list (tunnel, connections, n_connections, G_USEC_PER_SEC / 2);
  set_list (tunnel, connections, n_connections, 0);
  for (guint i = 0; i < n_connections; i++)
    {
      CulvertPeerProgram program = { connections[i].pid, (char *)connections[i].program };

      culvert_connection_item_set_program (
        culvert_connections_find (tunnel->connections, connections[i].id), &program);
    }
  if (tunnel->counters == NULL)
    return;
  tunnel->counters->n_open = n_connections;
  culvert_tunnel_sample (tunnel);
}

void
culvert_stage_move_connections (CulvertTunnel *tunnel, guint64 n_bytes)
{
  GListModel                       *model = G_LIST_MODEL (tunnel->connections);
  g_autoptr (CulvertConnectionList) list = culvert_connection_list_new (g_get_monotonic_time ());

  for (guint i = 0; i < g_list_model_get_n_items (model); i++)
    {
      g_autoptr (CulvertConnectionItem) item = g_list_model_get_item (model, i);
      CulvertConnectionFigures          figures = {
                 .id = culvert_connection_item_get_id (item),
                 .n_received = culvert_connection_item_get_n_received (item) + i % 10 * n_bytes,
                 .n_sent = culvert_connection_item_get_n_sent (item) + i % 10 * n_bytes,
                 .state = culvert_connection_item_get_state (item),
      };

      culvert_connection_list_add (list, figures, NULL);
    }
  culvert_connections_set_list (tunnel->connections, list);
}
