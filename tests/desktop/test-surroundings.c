/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/surroundings.h"
#include "desktop/wake-watch.h"
#include "support/culvert-test.h"
#include "support/private-bus.h"

#include <gio/gio.h>
#include <sched.h>
#include <sys/wait.h>

/* The network is one of this test's own, in a namespace; logind stands in for itself on a bus of this
 * test's own. */

#define PATIENCE_MS 10000

typedef struct
{
  GDBusConnection *bus; /* logind's */
  guint            name_id;
  guint            n_woken;
  GString         *events;
} Fixture;

static gint64 slept_us = 0;

static gint64
read_slept (void)
{
  return slept_us;
}

static void
woke_cb (gpointer user_data)
{
  ((Fixture *)user_data)->n_woken++;
}

static void
event_cb (CulvertNetworkEvent event, gpointer user_data)
{
  static const char *const names[] = { "gone ", "back ", "changed ", "woke " };

  g_string_append (((Fixture *)user_data)->events, names[event]);
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->bus = culvert_private_bus_new (G_BUS_TYPE_SYSTEM);
  self->events = g_string_new (NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  if (self->name_id != 0)
    g_bus_unown_name (self->name_id);
  culvert_private_bus_free (self->bus);
  g_string_free (self->events, TRUE);
}

static void
start_logind (Fixture *self)
{
  self->name_id = culvert_private_bus_own_name (self->bus, "org.freedesktop.login1");
}

static void
say (Fixture *self, GVariant *parameters)
{
  g_autoptr (GError) error = NULL;

  g_dbus_connection_emit_signal (self->bus, NULL, "/org/freedesktop/login1",
                                 "org.freedesktop.login1.Manager", "PrepareForSleep", parameters,
                                 &error);
  g_assert_no_error (error);
}

/* What was said before may come before the watch hears anything, so it is said until it does. */
static void
wake_until (Fixture *self, guint n_woken)
{
  gint64 next_us = 0;

  culvert_test_wait_until (({
                             if (self->n_woken < n_woken && g_get_monotonic_time () >= next_us)
                               {
                                 say (self, g_variant_new ("(b)", FALSE));
                                 next_us = g_get_monotonic_time () + 100 * 1000;
                               }
                             self->n_woken >= n_woken;
                           }),
                           PATIENCE_MS);
}

static void
test_logind (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertWakeWatch) watch = NULL;
  guint                        n_woken;

  slept_us = 0;
  start_logind (self);
  watch = culvert_wake_watch_new (read_slept, woke_cb, self);
  wake_until (self, 1);
  culvert_test_spend (200);

  /* Going to sleep is not waking, and a signal of another shape means nothing. */
  n_woken = self->n_woken;
  say (self, g_variant_new ("(b)", TRUE));
  say (self, g_variant_new ("(s)", "false"));
  say (self, NULL);
  culvert_test_spend (200);
  g_assert_cmpuint (self->n_woken, ==, n_woken);
  say (self, g_variant_new ("(b)", FALSE));
  culvert_test_wait_until (self->n_woken == n_woken + 1, PATIENCE_MS);
}

/* Without logind, from the clocks; and never for a step of the wall clock, which they do not know. */
static void
test_clock (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertWakeWatch) watch = NULL;

  slept_us = 7 * G_USEC_PER_SEC;
  watch = culvert_wake_watch_new (read_slept, woke_cb, self);
  culvert_test_spend (CULVERT_WAKE_WATCH_POLL_MS + 500);
  g_assert_cmpuint (self->n_woken, ==, 0);
  slept_us += 3600 * (gint64)G_USEC_PER_SEC;
  culvert_test_wait_until (self->n_woken == 1, CULVERT_WAKE_WATCH_POLL_MS + PATIENCE_MS);
}

/* A bus that ends would end a program that did not say otherwise. */
static void
test_bus_may_end (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertWakeWatch) watch = NULL;
  g_autoptr (GDBusConnection)  shared = NULL;
  g_autoptr (GError)           error = NULL;

  slept_us = 0;
  start_logind (self);
  watch = culvert_wake_watch_new (read_slept, woke_cb, self);
  wake_until (self, 1);
  shared = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &error);
  g_assert_no_error (error);
  g_assert_false (g_dbus_connection_get_exit_on_close (shared));
}

static void
ip (const char *arguments)
{
  g_autofree char   *line = g_strconcat ("ip ", arguments, NULL);
  g_autoptr (GError) error = NULL;
  int                status;

  g_assert_true (g_spawn_command_line_sync (line, NULL, NULL, &status, &error));
  g_assert_no_error (error);
  g_assert_cmpint (status, ==, 0);
}

static void
wait_for_event (Fixture *self, const char *event)
{
  culvert_test_wait_until (strstr (self->events->str, event) != NULL, PATIENCE_MS);
  g_string_truncate (self->events, 0);
}

static void
test_network (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertSurroundings) surroundings = culvert_surroundings_new (event_cb, self);

  start_logind (self);
  /* A namespace begins without a way out. */
  wait_for_event (self, "gone ");
  ip ("link set out0 up");
  ip ("link set out1 up");
  ip ("route add default dev out0");
  wait_for_event (self, "back ");
  ip ("address add 192.0.2.1/24 dev out0");
  wait_for_event (self, "changed ");
  g_assert_null (strstr (self->events->str, "gone"));

  while (strstr (self->events->str, "woke") == NULL)
    {
      say (self, g_variant_new ("(b)", FALSE));
      culvert_test_spend (100);
    }
  g_assert_null (strstr (self->events->str, "gone"));
  culvert_test_spend (500);
  g_string_truncate (self->events, 0);

  ip ("link set out0 down");
  wait_for_event (self, "gone ");
  /* Waking makes all that was known old: what is still so is said again. */
  say (self, g_variant_new ("(b)", FALSE));
  wait_for_event (self, "woke gone ");
}

static void
make_network (void)
{
  if (unshare (CLONE_NEWNET) != 0)
    g_error ("this test needs root, to make a network of its own");
  ip ("link set lo up");
  ip ("link add out0 type veth peer name out1");
}

int
main (int argc, char **argv)
{
  g_autoptr (GTestDBus) daemon = NULL;
  int                   status;

  g_test_init (&argc, &argv, NULL);
  /* Before there is any thread, each of which would keep the network it was born in; and the watch
     on that network, not one that asks services. */
  make_network ();
  g_setenv ("GIO_USE_NETWORK_MONITOR", "netlink", TRUE);
  daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (daemon);
  g_setenv ("DBUS_SYSTEM_BUS_ADDRESS", g_test_dbus_get_bus_address (daemon), TRUE);

  g_test_add ("/desktop/surroundings/logind", Fixture, NULL, set_up, test_logind, tear_down);
  g_test_add ("/desktop/surroundings/clock", Fixture, NULL, set_up, test_clock, tear_down);
  g_test_add ("/desktop/surroundings/bus-may-end", Fixture, NULL, set_up, test_bus_may_end,
              tear_down);
  g_test_add ("/desktop/surroundings/network", Fixture, NULL, set_up, test_network, tear_down);
  status = g_test_run ();
  /* The program's own connection stays; nothing in it may mind that the bus ends. */
  g_test_dbus_stop (daemon);
  return status;
}
