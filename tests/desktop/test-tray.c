/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/tray.h"

#include "support/culvert-test.h"
#include "support/fake-tray.h"
#include "support/private-bus.h"

#define PATIENCE_MS 10000
#define N_MANY      200

/* What the tray is described with: a test changes it and says so. */
typedef struct
{
  GDBusConnection *bus;
  CulvertFakeTray *host;
  CulvertTray     *tray;

  char    *icon_name;
  char    *text;
  gboolean needs_attention;
  gboolean has_group;
  gboolean is_checked[N_MANY];
  guint    n_tunnels;

  guint    n_described;
  GString *heard; /* what the person did, by "|" */
} Fixture;

static void
add_check (Fixture *self, CulvertMenuItem *menu, guint i)
{
  g_autofree char *key = g_strdup_printf ("tunnel:%u", i);
  g_autofree char *label =
    g_strdup_printf ("db_%u: %s", i, self->is_checked[i] ? "Connected" : "Stopped");

  culvert_menu_item_add (menu, CULVERT_MENU_CHECK, key, label)->is_checked = self->is_checked[i];
}

static CulvertTrayLook *
describe_cb (gpointer user_data)
{
  Fixture         *self = user_data;
  CulvertTrayLook *look = culvert_tray_look_new ();
  CulvertMenuItem *group;

  self->n_described++;
  look->icon_name = g_strdup (self->icon_name);
  look->pixels = g_variant_ref_sink (
    g_variant_new_parsed ("[(1, 1, [byte 0xff, 0x10, 0x20, 0x30])]")); /* a(iiay) */
  look->icon_text = g_strdup ("Culvert: Connected");
  look->heading = g_strdup ("Culvert");
  look->text = g_strdup (self->text);
  look->needs_attention = self->needs_attention;
  look->menu = culvert_menu_item_new (CULVERT_MENU_SUBMENU, "", NULL);
  for (guint i = 0; i < self->n_tunnels; i++)
    add_check (self, look->menu, i);
  culvert_menu_item_add (look->menu, CULVERT_MENU_SEPARATOR, "line", NULL);
  if (self->has_group)
    {
      group = culvert_menu_item_add (look->menu, CULVERT_MENU_SUBMENU, "group:Work", "Work");
      add_check (self, group, N_MANY - 1);
    }
  culvert_menu_item_add (look->menu, CULVERT_MENU_ACTION, "open", "Open Culvert");
  culvert_menu_item_add (look->menu, CULVERT_MENU_ACTION, "no", "Not Now")->is_enabled = FALSE;
  return look;
}

static void
chosen_cb (const char *key, const char *token, gpointer user_data)
{
  g_string_append_printf (((Fixture *)user_data)->heard, "%s%s%s|", key, token != NULL ? " " : "",
                          token != NULL ? token : "");
}

static void
activated_cb (const char *token, gpointer user_data)
{
  g_string_append_printf (((Fixture *)user_data)->heard, "icon(%s)|", token != NULL ? token : "");
}

static void
host_changed_cb (gboolean has_host, gpointer user_data)
{
  g_string_append (((Fixture *)user_data)->heard, has_host ? "host|" : "no host|");
}

static const CulvertTrayFuncs funcs = { describe_cb, chosen_cb, activated_cb, host_changed_cb };

static void
set_up (Fixture *self, gconstpointer data)
{
  self->bus = culvert_private_bus_new (G_BUS_TYPE_SESSION);
  self->host = culvert_fake_tray_new ();
  self->icon_name = g_strdup ("one");
  self->text = g_strdup ("No tunnel is on");
  self->n_tunnels = 2;
  self->heard = g_string_new (NULL);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->tray, culvert_tray_free);
  culvert_fake_tray_free (self->host);
  culvert_private_bus_free (self->bus);
  g_free (self->icon_name);
  g_free (self->text);
  g_string_free (self->heard, TRUE);
}

static void
make (Fixture *self)
{
  g_autoptr (GError) error = NULL;

  self->tray = culvert_tray_new (self->bus, "Culvert", FALSE, &funcs, self, &error);
  g_assert_no_error (error);
}

static void
wait_heard (Fixture *self, const char *heard)
{
  culvert_test_wait_until (g_str_equal (self->heard->str, heard), PATIENCE_MS);
  g_string_truncate (self->heard, 0);
}

static void
assert_menu (Fixture *self, const char *expected)
{
  g_autofree char *menu = culvert_fake_tray_read_menu (self->host);

  g_assert_cmpstr (menu, ==, expected);
}

static void
assert_string (Fixture *self, const char *property, const char *expected)
{
  g_autofree char *value = culvert_fake_tray_get_string (self->host, property);

  g_assert_cmpstr (value, ==, expected);
}

/* With a tray that is there already, and one that is told as it comes. */
static void
start (Fixture *self)
{
  culvert_fake_tray_start (self->host, TRUE);
  make (self);
  wait_heard (self, "host|");
  g_assert_nonnull (self->host->item);
}

static void
test_looks (Fixture *self, gconstpointer data)
{
  g_autoptr (GVariant) tip = NULL;
  const char          *text;
  gint32               size;

  start (self);
  g_free (self->text);
  self->text = g_strdup ("R&D: Connected");
  culvert_tray_changed (self->tray);
  assert_string (self, "Id", CULVERT_APP_ID);
  assert_string (self, "Title", "Culvert");
  assert_string (self, "Category", "Communications");
  assert_string (self, "Status", "Active");
  assert_string (self, "IconName", "one");
  assert_string (self, "IconAccessibleDesc", "Culvert: Connected");
  for (guint i = 0; i < 5; i++)
    {
      g_autoptr (GVariant) pixels = culvert_fake_tray_get (self->host, "IconPixmap");

      g_variant_get_child (pixels, 0, "(ii@ay)", &size, NULL, NULL);
      g_assert_cmpint (size, ==, 1);
    }
  tip = culvert_fake_tray_get (self->host, "ToolTip");
  g_variant_get (tip, "(&s@a(iiay)&s&s)", NULL, NULL, NULL, &text);
  g_assert_cmpstr (text, ==, "R&amp;D: Connected");
  self->is_checked[1] = TRUE;
  self->has_group = TRUE;
  culvert_tray_changed (self->tray);
  assert_menu (self, "[ ] db_0: Stopped\n[x] db_1: Connected\n---\n"
                     "Work >\n  [ ] db_199: Stopped\nOpen Culvert\n(Not Now)\n");
}

static void
provide_token (Fixture *self)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) reply = culvert_fake_tray_call_item (
    self->host, "ProvideXdgActivationToken", g_variant_new ("(s)", "ticket"), &error);

  g_assert_no_error (error);
}

static void
test_clicks (Fixture *self, gconstpointer data)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) list = NULL;
  GVariantBuilder      events;

  self->has_group = TRUE;
  start (self);
  culvert_fake_tray_click (self->host, "db_1: Stopped");
  culvert_fake_tray_click (self->host, "db_199: Stopped");
  culvert_fake_tray_click (self->host, "Open Culvert");
  /* Neither can be chosen. */
  culvert_fake_tray_click (self->host, "Not Now");
  culvert_fake_tray_click (self->host, "Work");
  wait_heard (self, "tunnel:1|tunnel:199|open|");

  /* The way of some panels, one of whose numbers is wrong. */
  g_variant_builder_init (&events, G_VARIANT_TYPE ("a(isvu)"));
  g_variant_builder_add (&events, "(isvu)", 4711, "clicked", g_variant_new_int32 (0), 0);
  g_variant_builder_add (&events, "(isvu)", culvert_fake_tray_find (self->host, "db_0: Stopped"),
                         "clicked", g_variant_new_int32 (0), 0);
  reply = culvert_fake_tray_call_menu (self->host, "EventGroup",
                                       g_variant_new ("(a(isvu))", &events), &error);
  g_assert_no_error (error);
  list = g_variant_get_child_value (reply, 0);
  g_assert_cmpuint (g_variant_n_children (list), ==, 1);
  wait_heard (self, "tunnel:0|");

  /* The menu and the icon itself, with a token and without. */
  for (int i = 0; i < 2; i++)
    {
      if (i == 0)
        provide_token (self);
      culvert_fake_tray_click (self->host, "Open Culvert");
    }
  wait_heard (self, "open ticket|open|");
  provide_token (self);
  for (int i = 0; i < 2; i++)
    {
      g_clear_pointer (&reply, g_variant_unref);
      reply =
        culvert_fake_tray_call_item (self->host, "Activate", g_variant_new ("(ii)", 3, 4), &error);
      g_assert_no_error (error);
    }
  wait_heard (self, "icon(ticket)|icon()|");
}

static void
assert_refused (Fixture *self, const char *method, GVariant *parameters)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) reply = culvert_fake_tray_call_menu (self->host, method, parameters, &error);

  g_assert_error (error, G_DBUS_ERROR, G_DBUS_ERROR_INVALID_ARGS);
}

/* Parts of the menu, and what is not there. */
static void
test_questions (Fixture *self, gconstpointer data)
{
  g_autoptr (GError)   error = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) list = NULL;
  g_autoptr (GVariant) layout = NULL;
  g_autofree char     *printed = NULL;
  const char *const    label[] = { "label", NULL };
  GVariantBuilder      ids;
  gint32               work;

  self->has_group = TRUE;
  start (self);
  work = culvert_fake_tray_find (self->host, "Work");

  /* One level, of a submenu, with one property. */
  reply = culvert_fake_tray_call_menu (self->host, "GetLayout",
                                       g_variant_new ("(ii^as)", work, 0, label), &error);
  g_assert_no_error (error);
  layout = g_variant_get_child_value (reply, 1);
  printed = g_variant_print (layout, FALSE);
  g_assert_true (g_str_has_suffix (printed, ", {'label': <'Work'>}, [])"));

  /* No numbers are all numbers, the menu itself included. */
  g_clear_pointer (&reply, g_variant_unref);
  reply = culvert_fake_tray_call_menu (self->host, "GetGroupProperties",
                                       g_variant_new ("(aias)", NULL, NULL), &error);
  g_assert_no_error (error);
  list = g_variant_get_child_value (reply, 0);
  g_assert_cmpuint (g_variant_n_children (list), ==, 8);

  /* One, however often it is asked for. */
  g_variant_builder_init (&ids, G_VARIANT_TYPE ("ai"));
  for (guint i = 0; i < 1000; i++)
    g_variant_builder_add (&ids, "i", i % 2 == 0 ? work : 4711);
  g_clear_pointer (&reply, g_variant_unref);
  g_clear_pointer (&list, g_variant_unref);
  reply = culvert_fake_tray_call_menu (self->host, "GetGroupProperties",
                                       g_variant_new ("(aias)", &ids, NULL), &error);
  g_assert_no_error (error);
  list = g_variant_get_child_value (reply, 0);
  g_assert_cmpuint (g_variant_n_children (list), ==, 1);

  g_clear_pointer (&reply, g_variant_unref);
  reply = culvert_fake_tray_call_menu (self->host, "GetProperty",
                                       g_variant_new ("(is)", work, "children-display"), &error);
  g_assert_no_error (error);

  assert_refused (self, "GetLayout", g_variant_new ("(iias)", 4711, -1, NULL));
  assert_refused (self, "GetProperty", g_variant_new ("(is)", 4711, "label"));
  assert_refused (self, "GetProperty", g_variant_new ("(is)", work, "toggle-state"));
  assert_refused (self, "AboutToShow", g_variant_new ("(i)", -1));
  assert_refused (self, "Event",
                  g_variant_new ("(isvu)", G_MININT32, "clicked", g_variant_new_int32 (0), 0));
}

/* A change of one item tells of that item; what stays the same is not told. */
static void
test_changes (Fixture *self, gconstpointer data)
{
  start (self);
  assert_menu (self, "[ ] db_0: Stopped\n[ ] db_1: Stopped\n---\nOpen Culvert\n(Not Now)\n");
  culvert_fake_tray_forget_signals (self->host);

  self->is_checked[0] = TRUE;
  culvert_tray_changed (self->tray);
  culvert_test_wait_until (self->host->n_updates == 1, PATIENCE_MS);
  g_assert_cmpuint (self->host->n_updated_items, ==, 1);
  g_assert_cmpuint (self->host->n_layouts + self->host->n_icons + self->host->n_tool_tips, ==, 0);

  g_free (self->icon_name);
  self->icon_name = g_strdup ("two");
  self->needs_attention = TRUE;
  culvert_tray_changed (self->tray);
  culvert_test_wait_until (self->host->n_statuses == 1, PATIENCE_MS);
  g_assert_cmpuint (self->host->n_icons, ==, 1);
  g_assert_cmpuint (self->host->n_updates + self->host->n_layouts, ==, 1);
  assert_string (self, "Status", "NeedsAttention");
  assert_string (self, "AttentionIconName", "two");

  /* Another shape. */
  self->n_tunnels = 1;
  culvert_tray_changed (self->tray);
  culvert_test_wait_until (self->host->n_layouts == 1, PATIENCE_MS);
  assert_menu (self, "[x] db_0: Connected\n---\nOpen Culvert\n(Not Now)\n");
}

/* However often two hundred tunnels change, the tray hears of it twice a second at most. */
static void
test_many (Fixture *self, gconstpointer data)
{
  gint64 start_us;
  gint64 took_us;
  gint32 id;

  self->n_tunnels = N_MANY - 1;
  start (self);
  id = culvert_fake_tray_find (self->host, "db_150: Stopped");
  culvert_fake_tray_forget_signals (self->host);
  self->n_described = 0;
  start_us = g_get_monotonic_time ();
  for (guint i = 0; g_get_monotonic_time () < start_us + 1200 * 1000; i++)
    {
      self->is_checked[i % 150] = !self->is_checked[i % 150];
      culvert_tray_changed (self->tray);
      g_main_context_iteration (NULL, FALSE);
    }
  took_us = g_get_monotonic_time () - start_us;
  g_assert_cmpuint (self->n_described, >=, 1);
  g_assert_cmpuint (self->n_described, <=, 1 + took_us / (G_USEC_PER_SEC / 2));
  culvert_test_wait_until (self->host->n_updates > 0, PATIENCE_MS);
  g_assert_cmpuint (self->host->n_layouts, ==, 0);

  /* An item keeps its number when others go. */
  self->has_group = TRUE;
  culvert_tray_changed (self->tray);
  g_assert_cmpint (culvert_fake_tray_find (self->host, "db_150: Stopped"), ==, id);
  culvert_fake_tray_click (self->host, "db_150: Stopped");
  wait_heard (self, "tunnel:150|");
}

/* A watcher that comes late, goes and comes again; a host that does. */
static void
test_comes_and_goes (Fixture *self, gconstpointer data)
{
  make (self);
  culvert_tray_changed (self->tray);
  culvert_test_spend (50);
  g_assert_false (culvert_tray_has_host (self->tray));
  /* Nobody looks. */
  g_assert_cmpuint (self->n_described, ==, 0);

  /* It is too busy at first. */
  self->host->n_to_refuse = 1;
  culvert_fake_tray_start (self->host, FALSE);
  culvert_test_wait_until (self->host->item != NULL, PATIENCE_MS);
  g_assert_cmpuint (self->host->n_to_refuse, ==, 0);
  g_assert_cmpstr (self->host->item, ==, g_dbus_connection_get_unique_name (self->bus));
  culvert_fake_tray_set_host (self->host, TRUE);
  wait_heard (self, "host|");
  assert_string (self, "IconName", "one");

  culvert_fake_tray_set_host (self->host, FALSE);
  wait_heard (self, "no host|");
  culvert_fake_tray_set_host (self->host, TRUE);
  wait_heard (self, "host|");

  for (guint i = 0; i < 3; i++)
    {
      culvert_fake_tray_stop (self->host);
      wait_heard (self, "no host|");
      self->is_checked[0] = !self->is_checked[0];
      culvert_tray_changed (self->tray);
      culvert_fake_tray_start (self->host, TRUE);
      wait_heard (self, "host|");
      g_assert_cmpuint (self->host->n_registered, ==, 2 + i);
      assert_menu (self,
                   self->is_checked[0]
                     ? "[x] db_0: Connected\n[ ] db_1: Stopped\n---\nOpen Culvert\n(Not Now)\n"
                     : "[ ] db_0: Stopped\n[ ] db_1: Stopped\n---\nOpen Culvert\n(Not Now)\n");
    }
}

/* Whoever leaves is told nothing more, whatever was on its way. */
static void
test_left (Fixture *self, gconstpointer data)
{
  g_autoptr (GError)      error = NULL;
  g_autoptr (CulvertTray) second = NULL;

  culvert_fake_tray_start (self->host, TRUE);
  make (self);
  second = culvert_tray_new (self->bus, "Culvert", FALSE, &funcs, self, &error);
  g_assert_null (second);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_EXISTS);
  g_clear_pointer (&self->tray, culvert_tray_free);
  culvert_test_spend (50);
  g_assert_cmpstr (self->heard->str, ==, "");
}

int
main (int argc, char **argv)
{
  g_autoptr (GTestDBus) daemon = NULL;
  int                   status;

  g_test_init (&argc, &argv, NULL);
  daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (daemon);

  g_test_add ("/desktop/tray/looks", Fixture, NULL, set_up, test_looks, tear_down);
  g_test_add ("/desktop/tray/clicks", Fixture, NULL, set_up, test_clicks, tear_down);
  g_test_add ("/desktop/tray/questions", Fixture, NULL, set_up, test_questions, tear_down);
  g_test_add ("/desktop/tray/changes", Fixture, NULL, set_up, test_changes, tear_down);
  g_test_add ("/desktop/tray/many", Fixture, NULL, set_up, test_many, tear_down);
  g_test_add ("/desktop/tray/comes-and-goes", Fixture, NULL, set_up, test_comes_and_goes,
              tear_down);
  g_test_add ("/desktop/tray/left", Fixture, NULL, set_up, test_left, tear_down);
  status = g_test_run ();
  g_test_dbus_down (daemon);
  return status;
}
