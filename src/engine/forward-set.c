/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/forward-set.h"

#include "engine/reconcile.h"

struct _CulvertForwardSet
{
  CulvertIoSource         *io;
  CulvertCounters         *counters;
  CulvertLog              *log;
  CulvertTransport        *transport; /* nullable */
  GPtrArray               *running;   /* of CulvertForward */
  CulvertForwardReportFunc report;
  CulvertForwardClientFunc client_waits;
  gpointer                 user_data;
};

static void
report (CulvertForwardSet *self, CulvertForward *forward)
{
  g_autoptr (CulvertEndpoint) bound = culvert_forward_dup_bound (forward);
  CulvertForwardReport        now = {
           .id = culvert_forward_spec_get_id (culvert_forward_get_spec (forward)),
           .state = culvert_forward_get_state (forward),
           .error = culvert_forward_get_error (forward),
           .retry_at_us = culvert_forward_get_retry_at_us (forward),
           .target_state = culvert_forward_get_target_state (forward),
           .target_error = culvert_forward_get_target_error (forward),
           .test_state = culvert_forward_get_test_state (forward),
           .test_error = culvert_forward_get_test_error (forward),
           .bound = bound,
           .counters = culvert_forward_get_counters (forward),
  };

  self->report (&now, self->user_data);
}

static void
report_off (CulvertForwardSet *self, CulvertForwardSpec *spec)
{
  CulvertForwardReport now = {
    .id = culvert_forward_spec_get_id (spec),
    .state = CULVERT_FORWARD_OFF,
    .target_state = CULVERT_TARGET_UNKNOWN,
  };

  self->report (&now, self->user_data);
}

static void
changed_cb (CulvertForward *forward, gpointer user_data)
{
  report (user_data, forward);
}

static void
log_cb (CulvertForward *forward, CulvertLogLevel level, const char *text, gpointer user_data)
{
  CulvertForwardSet *self = user_data;

  culvert_log_write (self->log, level, "%s", text);
}

static void
client_waits_cb (CulvertForward *forward, gpointer user_data)
{
  CulvertForwardSet *self = user_data;

  self->client_waits (self->user_data);
}

static const CulvertForwardEvents forward_events = {
  .state_changed = changed_cb,
  .target_changed = changed_cb,
  .test_changed = changed_cb,
  .client_waits = client_waits_cb,
  .counts_changed = changed_cb,
  .log = log_cb,
};

CulvertForwardSet *
culvert_forward_set_new (CulvertIoSource         *io,
                         CulvertCounters         *counters,
                         CulvertLog              *log,
                         CulvertForwardReportFunc report_func,
                         CulvertForwardClientFunc client_waits,
                         gpointer                 user_data)
{
  CulvertForwardSet *self = g_new0 (CulvertForwardSet, 1);

  self->io = io;
  self->counters = culvert_counters_ref (counters);
  self->log = g_object_ref (log);
  self->running = g_ptr_array_new_with_free_func (g_object_unref);
  self->report = report_func;
  self->client_waits = client_waits;
  self->user_data = user_data;

  return self;
}

void
culvert_forward_set_free (CulvertForwardSet *self)
{
  if (self == NULL)
    return;

  culvert_forward_set_stop_all (self);
  g_ptr_array_unref (self->running);
  g_object_unref (self->log);
  culvert_counters_unref (self->counters);
  g_free (self);
}

static CulvertForward *
find (CulvertForwardSet *self, const char *id, guint *position)
{
  for (guint i = 0; i < self->running->len; i++)
    {
      CulvertForward *forward = g_ptr_array_index (self->running, i);

      if (g_str_equal (culvert_forward_spec_get_id (culvert_forward_get_spec (forward)), id))
        {
          if (position != NULL)
            *position = i;
          return forward;
        }
    }

  return NULL;
}

static void
create (CulvertForwardSet *self, CulvertForwardSpec *spec)
{
  CulvertForward *forward =
    culvert_forward_new (spec, self->io, self->counters, &forward_events, self);

  g_ptr_array_add (self->running, forward);
  culvert_forward_set_transport (forward, self->transport);
  culvert_forward_start (forward);
}

static void
destroy (CulvertForwardSet *self, CulvertForwardSpec *spec)
{
  g_autoptr (CulvertForward) forward = NULL;
  guint                      position = 0;

  if (find (self, culvert_forward_spec_get_id (spec), &position) == NULL)
    return;

  forward = g_ptr_array_steal_index (self->running, position);
  culvert_forward_stop (forward);
  report_off (self, spec);
}

void
culvert_forward_set_apply (CulvertForwardSet *self, GPtrArray *wanted)
{
  g_autoptr (GPtrArray) specs = g_ptr_array_new ();
  g_autoptr (GPtrArray) steps = NULL;

  for (guint i = 0; i < self->running->len; i++)
    g_ptr_array_add (specs, culvert_forward_get_spec (g_ptr_array_index (self->running, i)));
  steps = culvert_reconcile (wanted, specs);

  for (guint i = 0; i < steps->len; i++)
    {
      CulvertReconcileStep *step = g_ptr_array_index (steps, i);

      switch (step->action)
        {
        case CULVERT_RECONCILE_KEEP:
          break;
        case CULVERT_RECONCILE_DESTROY:
          destroy (self, step->spec);
          break;
        case CULVERT_RECONCILE_CREATE:
          create (self, step->spec);
          break;
        default:
          g_assert_not_reached ();
        }
    }
}

void
culvert_forward_set_set_transport (CulvertForwardSet *self, CulvertTransport *transport)
{
  self->transport = transport;
  for (guint i = 0; i < self->running->len; i++)
    culvert_forward_set_transport (g_ptr_array_index (self->running, i), transport);
}

void
culvert_forward_set_retry (CulvertForwardSet *self, const char *id)
{
  CulvertForward *forward = find (self, id, NULL);

  if (forward != NULL && culvert_forward_get_state (forward) == CULVERT_FORWARD_FAILED)
    culvert_forward_start (forward);
}

void
culvert_forward_set_test (CulvertForwardSet *self, const char *id, const char *server_address)
{
  CulvertForward *forward = find (self, id, NULL);

  if (forward != NULL)
    culvert_forward_test (forward, server_address);
}

void
culvert_forward_set_stop_all (CulvertForwardSet *self)
{
  while (self->running->len > 0)
    {
      CulvertForward *last = g_ptr_array_index (self->running, self->running->len - 1);
      g_autoptr (CulvertForwardSpec) spec =
        culvert_forward_spec_ref (culvert_forward_get_spec (last));

      destroy (self, spec);
    }
}

typedef struct
{
  const char                  *forward_id;
  CulvertForwardConnectionFunc func;
  gpointer                     user_data;
} Visit;

static void
visit_cb (const CulvertConnection *connection, gpointer user_data)
{
  Visit *visit = user_data;

  visit->func (visit->forward_id, connection, visit->user_data);
}

void
culvert_forward_set_visit_connections (CulvertForwardSet           *self,
                                       CulvertForwardConnectionFunc func,
                                       gpointer                     user_data)
{
  Visit visit = { .func = func, .user_data = user_data };

  for (guint i = 0; i < self->running->len; i++)
    {
      CulvertForward *forward = g_ptr_array_index (self->running, i);

      visit.forward_id = culvert_forward_spec_get_id (culvert_forward_get_spec (forward));
      culvert_forward_visit_connections (forward, visit_cb, &visit);
    }
}

void
culvert_forward_set_close_connection (CulvertForwardSet *self, guint64 connection_id)
{
  for (guint i = 0; i < self->running->len; i++)
    {
      if (culvert_forward_close_connection (g_ptr_array_index (self->running, i), connection_id))
        return;
    }
}

const GError *
culvert_forward_set_get_failure (CulvertForwardSet *self)
{
  for (guint i = 0; i < self->running->len; i++)
    {
      CulvertForward *forward = g_ptr_array_index (self->running, i);

      if (culvert_forward_get_state (forward) == CULVERT_FORWARD_FAILED)
        return culvert_forward_get_error (forward);
    }

  return NULL;
}
