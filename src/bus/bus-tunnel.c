/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bus/bus-tunnel.h"

#include "base/source.h"
#include "bus/interface-info.h"
#include "bus/names.h"
#include "bus/tunnel-values.h"
#include "core/profile-check.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

#define TELL_INTERVAL_US (G_USEC_PER_SEC / 4)

struct _CulvertBusTunnel
{
  CulvertTunnel         *tunnel;
  CulvertBusInterface   *interface;
  CulvertBusMayStartFunc may_start;
  gpointer               user_data;
  CulvertBusTimes        times;
  GPtrArray             *items;       /* of CulvertForwardItem: those that are listened to */
  GSource               *tell_source; /* nullable: nothing is to be told */
  gint64                 told_at_us;  /* monotonic: the last time */
  gulong                 sampled_id;  /* 0: nobody watches */
};

/* What of a tunnel and of a forward is seen on the bus and is no figure. */
static const char *const tunnel_changes[] = { "notify::profile", "notify::is-wanted",
                                              "notify::error", "notify::up-since-us" };
static const char *const item_changes[] = { "notify::spec",         "notify::is-enabled",
                                            "notify::state",        "notify::error",
                                            "notify::target-state", "notify::target-error",
                                            "notify::bound" };

/* Telling */

static gboolean
tell_cb (gpointer user_data)
{
  CulvertBusTunnel *self = user_data;

  g_clear_pointer (&self->tell_source, g_source_unref);
  self->told_at_us = g_get_monotonic_time ();
  culvert_bus_interface_tell_changes (self->interface, culvert_bus_states);
  return G_SOURCE_REMOVE;
}

/* What changes in one turn of the main loop is told together. */
static void
tell_at (CulvertBusTunnel *self, gint64 when_us)
{
  if (self->tell_source == NULL)
    {
      self->tell_source = g_timeout_source_new (0);
      g_source_set_callback (self->tell_source, tell_cb, self, NULL);
      g_source_set_ready_time (self->tell_source, when_us);
      g_source_attach (self->tell_source, g_main_context_get_thread_default ());
    }
  else if (when_us < g_source_get_ready_time (self->tell_source))
    {
      g_source_set_ready_time (self->tell_source, when_us);
    }
}

static void
changed_cb (CulvertBusTunnel *self)
{
  tell_at (self, self->told_at_us + TELL_INTERVAL_US);
}

static void
state_changed_cb (CulvertBusTunnel *self)
{
  self->times.since_us = g_get_real_time ();
  tell_at (self, 0);
}

static void
retry_at_changed_cb (CulvertBusTunnel *self)
{
  gint64 retry_at_us = culvert_tunnel_get_retry_at_us (self->tunnel);

  self->times.next_try_us =
    retry_at_us != 0 ? g_get_real_time () + retry_at_us - g_get_monotonic_time () : 0;
  changed_cb (self);
}

/* The tunnel samples four times a second. */
static void
sampled_cb (CulvertBusTunnel *self)
{
  culvert_bus_interface_tell_changes (self->interface, culvert_bus_figures);
}

static void
forget_items (CulvertBusTunnel *self)
{
  for (guint i = 0; i < self->items->len; i++)
    g_signal_handlers_disconnect_by_data (g_ptr_array_index (self->items, i), self);
  g_ptr_array_set_size (self->items, 0);
}

static void
items_changed_cb (CulvertBusTunnel *self)
{
  GListModel *forwards = culvert_tunnel_get_forwards (self->tunnel);

  forget_items (self);
  for (guint i = 0; i < g_list_model_get_n_items (forwards); i++)
    {
      GObject *item = g_list_model_get_item (forwards, i);

      for (guint j = 0; j < G_N_ELEMENTS (item_changes); j++)
        g_signal_connect_swapped (item, item_changes[j], G_CALLBACK (changed_cb), self);
      g_ptr_array_add (self->items, item);
    }
  changed_cb (self);
}

/* Being called */

static GVariant *
get (const char *property, gpointer user_data)
{
  CulvertBusTunnel *self = user_data;

  return culvert_bus_get_tunnel_value (self->tunnel, &self->times, property);
}

/* @problems: (element-type CulvertProblem) */
static const CulvertProblem *
find_worst (GPtrArray *problems)
{
  for (guint i = 0; i < problems->len; i++)
    {
      const CulvertProblem *problem = g_ptr_array_index (problems, i);

      if (!problem->is_warning)
        return problem;
    }
  return NULL;
}

gboolean
culvert_bus_tunnel_start (CulvertBusTunnel *self, GError **error)
{
  g_autoptr (GPtrArray) problems =
    culvert_profile_check (culvert_tunnel_get_profile (self->tunnel));
  const CulvertProblem *worst = find_worst (problems);
  g_autofree char      *words = NULL;

  if (worst == NULL)
    {
      culvert_tunnel_start (self->tunnel);
      return TRUE;
    }
  words = culvert_words_for_problem (worst);
  g_set_error_literal (error, CULVERT_BUS_ERROR, CULVERT_BUS_ERROR_NOT_STARTABLE, words);
  return FALSE;
}

static void
answer_start (CulvertBusTunnel *self, GDBusMethodInvocation *invocation, GVariant *answer)
{
  GError *error = NULL;

  if (self->may_start (self->user_data, &error) && culvert_bus_tunnel_start (self, &error))
    {
      g_dbus_method_invocation_return_value (invocation, answer);
      return;
    }
  if (answer != NULL)
    g_variant_unref (g_variant_ref_sink (answer));
  g_dbus_method_invocation_take_error (invocation, error);
}

static void
answer_toggle (CulvertBusTunnel *self, GDBusMethodInvocation *invocation)
{
  if (!culvert_tunnel_is_wanted (self->tunnel))
    {
      answer_start (self, invocation, g_variant_new ("(b)", TRUE));
      return;
    }
  culvert_tunnel_stop (self->tunnel);
  g_dbus_method_invocation_return_value (invocation, g_variant_new ("(b)", FALSE));
}

static void
answer_retry (CulvertBusTunnel *self, GDBusMethodInvocation *invocation)
{
  if (!culvert_tunnel_state_is_on (culvert_tunnel_get_state (self->tunnel)))
    {
      g_dbus_method_invocation_return_error_literal (
        invocation, CULVERT_BUS_ERROR, CULVERT_BUS_ERROR_NOT_ON, _ ("This tunnel is off."));
      return;
    }
  culvert_tunnel_retry_now (self->tunnel);
  g_dbus_method_invocation_return_value (invocation, NULL);
}

static void
answer_log (CulvertBusTunnel *self, GVariant *arguments, GDBusMethodInvocation *invocation)
{
  guint64 after;

  g_variant_get (arguments, "(t)", &after);
  g_dbus_method_invocation_return_value (
    invocation, culvert_bus_get_log (culvert_tunnel_get_log (self->tunnel), after));
}

static void
call (const char            *method,
      GVariant              *arguments,
      GDBusMethodInvocation *invocation,
      gpointer               user_data)
{
  CulvertBusTunnel *self = user_data;

  if (g_str_equal (method, "Start"))
    {
      answer_start (self, invocation, NULL);
    }
  else if (g_str_equal (method, "Stop"))
    {
      culvert_tunnel_stop (self->tunnel);
      g_dbus_method_invocation_return_value (invocation, NULL);
    }
  else if (g_str_equal (method, "Toggle"))
    {
      answer_toggle (self, invocation);
    }
  else if (g_str_equal (method, "Retry"))
    {
      answer_retry (self, invocation);
    }
  else
    {
      answer_log (self, arguments, invocation);
    }
}

static const CulvertBusInterfaceFuncs funcs = { .call = call, .get = get };

CulvertBusTunnel *
culvert_bus_tunnel_new (CulvertTunnel *tunnel, CulvertBusMayStartFunc may_start, gpointer user_data)
{
  CulvertBusTunnel *self = g_new0 (CulvertBusTunnel, 1);

  self->tunnel = g_object_ref (tunnel);
  self->may_start = may_start;
  self->user_data = user_data;
  self->items = g_ptr_array_new_with_free_func (g_object_unref);
  self->times.since_us = g_get_real_time ();
  self->told_at_us = -TELL_INTERVAL_US;
  self->interface = culvert_bus_interface_new (&culvert_bus_tunnel_interface, &funcs, self);
  for (guint i = 0; i < G_N_ELEMENTS (tunnel_changes); i++)
    g_signal_connect_swapped (tunnel, tunnel_changes[i], G_CALLBACK (changed_cb), self);
  g_signal_connect_swapped (tunnel, "notify::state", G_CALLBACK (state_changed_cb), self);
  g_signal_connect_swapped (tunnel, "notify::retry-at-us", G_CALLBACK (retry_at_changed_cb), self);
  g_signal_connect_swapped (culvert_tunnel_get_forwards (tunnel), "items-changed",
                            G_CALLBACK (items_changed_cb), self);
  items_changed_cb (self);
  culvert_source_clear (&self->tell_source);
  /* What it is now, whoever sees the object come gets. */
  culvert_bus_interface_tell_changes (self->interface, culvert_bus_states);
  return self;
}

void
culvert_bus_tunnel_free (CulvertBusTunnel *self)
{
  if (self == NULL)
    return;
  forget_items (self);
  g_signal_handlers_disconnect_by_data (culvert_tunnel_get_forwards (self->tunnel), self);
  g_signal_handlers_disconnect_by_data (self->tunnel, self);
  culvert_source_clear (&self->tell_source);
  culvert_bus_interface_detach (self->interface);
  g_object_unref (self->interface);
  g_object_unref (self->tunnel);
  g_ptr_array_unref (self->items);
  g_free (self);
}

CulvertTunnel *
culvert_bus_tunnel_get_tunnel (CulvertBusTunnel *self)
{
  return self->tunnel;
}

GDBusInterfaceSkeleton *
culvert_bus_tunnel_get_interface (CulvertBusTunnel *self)
{
  return G_DBUS_INTERFACE_SKELETON (self->interface);
}

void
culvert_bus_tunnel_set_watched (CulvertBusTunnel *self, gboolean is_watched)
{
  if (is_watched == (self->sampled_id != 0))
    return;
  if (is_watched)
    {
      culvert_bus_interface_tell_changes (self->interface, culvert_bus_figures);
      self->sampled_id =
        g_signal_connect_swapped (self->tunnel, "sampled", G_CALLBACK (sampled_cb), self);
    }
  else
    {
      g_clear_signal_handler (&self->sampled_id, self->tunnel);
    }
}
