/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/connections-view.h"

#include "support/culvert-test.h"
#include "ui/find-widget.h"
#include "ui/stage.h"

#define N_MANY 5000

typedef struct
{
  CulvertStage           *stage;
  CulvertTunnel          *tunnel;
  GtkWidget              *window;
  CulvertConnectionsView *view;
} Fixture;

/* What the view asks of the engine: the linker sends it here first. */
static guint64 closed_id;
static guint   n_watchers;

void
__real_culvert_connections_set_watched (CulvertConnections *self, gboolean *is_held, gboolean hold);
void
__wrap_culvert_connections_set_watched (CulvertConnections *self, gboolean *is_held, gboolean hold);
void __wrap_culvert_tunnel_close_connection (CulvertTunnel *self, guint64 connection_id);

void
__wrap_culvert_connections_set_watched (CulvertConnections *self, gboolean *is_held, gboolean hold)
{
  if (*is_held != hold)
    n_watchers += hold ? 1 : -1u;
  __real_culvert_connections_set_watched (self, is_held, hold);
}

void
__wrap_culvert_tunnel_close_connection (CulvertTunnel *self, guint64 connection_id)
{
  closed_id = connection_id;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  closed_id = 0;
  fixture->stage = culvert_stage_new ();
  fixture->tunnel =
    culvert_stage_add (fixture->stage, "Database", "ssh -L 5433:db:5432 -D 1080 bastion");
  culvert_stage_name_forward (fixture->stage, fixture->tunnel, 0, "Orders");
  culvert_stage_set_up (fixture->tunnel, 60);
  fixture->view = g_object_new (CULVERT_TYPE_CONNECTIONS_VIEW, "tunnel", fixture->tunnel, NULL);
  fixture->window = gtk_window_new ();
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 800, 400);
  gtk_window_set_child (GTK_WINDOW (fixture->window), GTK_WIDGET (fixture->view));
}

static void
show (Fixture *fixture)
{
  gtk_window_present (GTK_WINDOW (fixture->window));
  culvert_test_wait_until (gtk_widget_get_mapped (GTK_WIDGET (fixture->view)), 5000);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_object_add_weak_pointer (G_OBJECT (fixture->view), (gpointer *)&fixture->view);
  gtk_window_destroy (GTK_WINDOW (fixture->window));
  culvert_test_wait_until (fixture->view == NULL, 5000);
  g_assert_cmpuint (n_watchers, ==, 0);
  culvert_stage_free (fixture->stage);
}

static GListModel *
get_shown (Fixture *fixture)
{
  return culvert_connections_view_get_shown (fixture->view);
}

/* The ids in the order of the rows. (transfer full) */
static char *
dup_ids (Fixture *fixture)
{
  GListModel *shown = get_shown (fixture);
  GString    *ids = g_string_new (NULL);

  for (guint i = 0; i < g_list_model_get_n_items (shown); i++)
    {
      g_autoptr (CulvertConnectionItem) item = g_list_model_get_item (shown, i);

      g_string_append_printf (ids, "%" G_GUINT64_FORMAT " ", culvert_connection_item_get_id (item));
    }
  return g_string_free (ids, FALSE);
}

static gboolean
has_ids (Fixture *fixture, const char *ids)
{
  g_autofree char *now = dup_ids (fixture);

  return g_str_equal (now, ids);
}

#define wait_for_ids(fixture, ids) culvert_test_wait_until (has_ids (fixture, ids), 5000)

static GtkColumnView *
get_table (Fixture *fixture)
{
  return find_widget (fixture->view, GTK_TYPE_COLUMN_VIEW, NULL);
}

/* @index: of the column, as written in the view */
static void
sort_by (Fixture *fixture, guint index, GtkSortType direction)
{
  g_autoptr (GtkColumnViewColumn) column =
    g_list_model_get_item (gtk_column_view_get_columns (get_table (fixture)), index);

  gtk_column_view_sort_by_column (get_table (fixture), NULL, GTK_SORT_ASCENDING);
  gtk_column_view_sort_by_column (get_table (fixture), column, direction);
}

enum
{
  FROM,
  TO,
  STATE,
  RECEIVED,
  SENT,
  RATE,
  AGE
};

static const CulvertStageConnection some[] = {
  { .id = 1,
    .client = "127.0.0.1:9000",
    .target = "ftp:21",
    .program = "lftp",
    .pid = 7,
    .state = CULVERT_CONNECTION_OPEN,
    .n_received = 500,
    .n_sent = 9,
    .age_s = 50 },
  { .id = 2,
    .parent_id = 1,
    .client = "127.0.0.1:9900",
    .target = "ftp:30001",
    .program = "lftp",
    .pid = 7,
    .state = CULVERT_CONNECTION_OPEN,
    .n_received = 9000000,
    .received_rate = 3e6,
    .age_s = 3 },
  { .id = 3,
    .forward = 1,
    .client = "127.0.0.1:10000",
    .target = "www:443",
    .state = CULVERT_CONNECTION_OPENING,
    .n_received = 700,
    .n_sent = 8,
    .age_s = 20 },
  { .id = 4,
    .parent_id = 1,
    .client = "127.0.0.1:9901",
    .target = "ftp:30002",
    .program = "lftp",
    .pid = 7,
    .state = CULVERT_CONNECTION_OPEN,
    .n_received = 20,
    .age_s = 2 },
  { .id = 5,
    .client = "127.0.0.1:9999",
    .target = "db:5432",
    .program = "Curl",
    .pid = 8,
    .state = CULVERT_CONNECTION_HELD,
    .n_received = 600,
    .n_sent = 7,
    .age_s = 10 },
};

static void
test_order (Fixture *fixture, gconstpointer data)
{
  culvert_stage_set_connections (fixture->tunnel, some, G_N_ELEMENTS (some));
  show (fixture);
  /* As they came, with the children below their parent. */
  wait_for_ids (fixture, "1 2 4 3 5 ");

  sort_by (fixture, RECEIVED, GTK_SORT_ASCENDING);
  wait_for_ids (fixture, "1 4 2 5 3 ");
  sort_by (fixture, RECEIVED, GTK_SORT_DESCENDING);
  wait_for_ids (fixture, "3 5 1 2 4 ");
  sort_by (fixture, SENT, GTK_SORT_ASCENDING);
  wait_for_ids (fixture, "5 3 1 2 4 ");
  sort_by (fixture, RATE, GTK_SORT_DESCENDING);
  wait_for_ids (fixture, "1 2 4 3 5 ");
  sort_by (fixture, AGE, GTK_SORT_ASCENDING);
  wait_for_ids (fixture, "5 3 1 4 2 ");
  sort_by (fixture, AGE, GTK_SORT_DESCENDING);
  wait_for_ids (fixture, "1 2 4 3 5 ");
  sort_by (fixture, STATE, GTK_SORT_ASCENDING);
  wait_for_ids (fixture, "3 1 2 4 5 ");
  /* Programs first, in the order of their names; ports as numbers. */
  sort_by (fixture, FROM, GTK_SORT_ASCENDING);
  wait_for_ids (fixture, "5 1 2 4 3 ");
  sort_by (fixture, TO, GTK_SORT_ASCENDING);
  wait_for_ids (fixture, "5 1 2 4 3 ");
}

/* The order follows what the next list says, and rows stay the same objects. */
static void
test_order_follows (Fixture *fixture, gconstpointer data)
{
  CulvertStageConnection            later[G_N_ELEMENTS (some)];
  g_autoptr (CulvertConnectionItem) first = NULL;
  g_autoptr (CulvertConnectionItem) same = NULL;

  culvert_stage_set_connections (fixture->tunnel, some, G_N_ELEMENTS (some));
  show (fixture);
  sort_by (fixture, RECEIVED, GTK_SORT_DESCENDING);
  wait_for_ids (fixture, "3 5 1 2 4 ");
  first = g_list_model_get_item (get_shown (fixture), 1);

  memcpy (later, some, sizeof some);
  later[4].n_received = 100000;
  culvert_stage_set_connections (fixture->tunnel, later, G_N_ELEMENTS (later));
  wait_for_ids (fixture, "5 3 1 2 4 ");
  same = g_list_model_get_item (get_shown (fixture), 0);
  g_assert_true (same == first);

  /* The control connection is over, and its transfers go on. */
  culvert_stage_set_connections (fixture->tunnel, later + 1, G_N_ELEMENTS (later) - 1);
  wait_for_ids (fixture, "2 5 3 4 ");
}

static guint
count_widgets (GtkWidget *widget, GType type)
{
  guint n = G_TYPE_CHECK_INSTANCE_TYPE (widget, type);

  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    n += count_widgets (child, type);
  return n;
}

static void
set_many (Fixture *fixture, guint n_received)
{
  CulvertStageConnection *many = g_new0 (CulvertStageConnection, N_MANY);

  for (guint i = 0; i < N_MANY; i++)
    many[i] = (CulvertStageConnection){
      .id = i + 1,
      .parent_id = i % 10 == 9 ? i : 0,
      .client = "127.0.0.1:5000",
      .target = "db:5432",
      .n_received = n_received + i * 31 % N_MANY,
      .n_sent = i,
    };
  culvert_stage_set_connections (fixture->tunnel, many, N_MANY);
  g_free (many);
}

/* All of them, the most received first, each child below its parent. */
static gboolean
is_in_order (Fixture *fixture)
{
  GListModel *shown = get_shown (fixture);
  guint64     last = G_MAXUINT64;

  g_assert_cmpuint (g_list_model_get_n_items (shown), ==, N_MANY);
  for (guint i = 0; i < N_MANY; i++)
    {
      g_autoptr (CulvertConnectionItem) item = g_list_model_get_item (shown, i);
      g_autoptr (CulvertConnectionItem) above = i > 0 ? g_list_model_get_item (shown, i - 1) : NULL;
      CulvertConnectionItem            *parent = culvert_connection_item_get_parent (item);

      if (parent != NULL && parent != above)
        return FALSE;
      if (parent != NULL)
        continue;
      if (culvert_connection_item_get_n_received (item) > last)
        return FALSE;
      last = culvert_connection_item_get_n_received (item);
    }
  return TRUE;
}

/* A row for what is in sight, and not for all of them. */
static void
test_thousands (Fixture *fixture, gconstpointer data)
{
  GtkWidget *table = GTK_WIDGET (get_table (fixture));
  guint      n_rows;

  set_many (fixture, 0);
  show (fixture);
  culvert_test_wait_until (count_widgets (table, GTK_TYPE_BUTTON) > 0, 5000);
  g_assert_false (is_in_order (fixture));
  sort_by (fixture, RECEIVED, GTK_SORT_DESCENDING);
  culvert_test_wait_until (is_in_order (fixture), 10000);
  set_many (fixture, 1000);
  culvert_test_wait_until (is_in_order (fixture), 10000);
  n_rows = count_widgets (table, GTK_TYPE_BUTTON);
  g_test_message ("%u rows for %u connections", n_rows, N_MANY);
  g_assert_cmpuint (n_rows, <, 300);
}

static void
search (Fixture *fixture, const char *text)
{
  gtk_editable_set_text (find_widget (fixture->view, GTK_TYPE_SEARCH_ENTRY, NULL), text);
}

static gboolean
says (Fixture *fixture, const char *title, const char *description)
{
  AdwStatusPage *page = find_widget (fixture->view, ADW_TYPE_STATUS_PAGE, NULL);

  return gtk_widget_get_mapped (GTK_WIDGET (page)) &&
         g_str_equal (adw_status_page_get_title (page), title) &&
         g_str_has_prefix (adw_status_page_get_description (page), description);
}

static void
test_search (Fixture *fixture, gconstpointer data)
{
  culvert_stage_set_connections (fixture->tunnel, some, G_N_ELEMENTS (some));
  show (fixture);
  search (fixture, "curl");
  wait_for_ids (fixture, "5 ");
  search (fixture, " orders  FTP ");
  wait_for_ids (fixture, "1 2 4 ");
  search (fixture, "10000");
  wait_for_ids (fixture, "3 ");
  search (fixture, "zebra");
  culvert_test_wait_until (says (fixture, "No Match", "No connection has"), 5000);
  search (fixture, "");
  wait_for_ids (fixture, "1 2 4 3 5 ");
  g_assert_true (gtk_widget_get_mapped (GTK_WIDGET (get_table (fixture))));
}

/* Clients without an address are called what they are. */
static void
test_nameless (Fixture *fixture, gconstpointer data)
{
  static const CulvertStageConnection nameless[] = {
    { .id = 1, .client = "", .target = "db:5432" },
    { .id = 2, .client = "", .target = "db:5432", .is_there = TRUE },
  };

  culvert_stage_set_connections (fixture->tunnel, nameless, G_N_ELEMENTS (nameless));
  show (fixture);
  search (fixture, "local program");
  wait_for_ids (fixture, "1 ");
  search (fixture, "client at the server");
  wait_for_ids (fixture, "2 ");
}

static void
test_empty_says_so (Fixture *fixture, gconstpointer data)
{
  show (fixture);
  culvert_test_wait_until (says (fixture, "No Connections", "Nobody has connected yet."), 5000);
  culvert_stage_set_connections (fixture->tunnel, some, G_N_ELEMENTS (some));
  culvert_test_wait_until (gtk_widget_get_mapped (GTK_WIDGET (get_table (fixture))), 5000);
  culvert_stage_set_connections (fixture->tunnel, NULL, 0);
  culvert_stage_add_sample (fixture->tunnel, 10, 10);
  culvert_stage_set_connections (fixture->tunnel, NULL, 0);
  culvert_test_wait_until (says (fixture, "No Connections", "Nobody is connected"), 5000);
  culvert_stage_set_state (fixture->tunnel, CULVERT_TUNNEL_STOPPED, NULL);
  culvert_test_wait_until (says (fixture, "No Connections", "The tunnel is off."), 5000);
}

static void
test_rests_out_of_sight (Fixture *fixture, gconstpointer data)
{
  CulvertTunnel *other = culvert_stage_add (fixture->stage, "Other", "ssh -L 1:b:2 other");

  g_assert_cmpuint (n_watchers, ==, 0);
  show (fixture);
  g_assert_cmpuint (n_watchers, ==, 1);
  g_object_set (fixture->view, "tunnel", other, NULL);
  g_assert_cmpuint (n_watchers, ==, 1);
  gtk_widget_set_visible (fixture->window, FALSE);
  g_assert_cmpuint (n_watchers, ==, 0);
  show (fixture);
  g_assert_cmpuint (n_watchers, ==, 1);
  g_object_set (fixture->view, "tunnel", NULL, NULL);
  g_assert_cmpuint (n_watchers, ==, 0);
}

/* By the key, the button below, and the one in the row. */
static void
test_close (Fixture *fixture, gconstpointer data)
{
  GtkWidget *below, *in_row;

  culvert_stage_set_connections (fixture->tunnel, some, G_N_ELEMENTS (some));
  show (fixture);
  wait_for_ids (fixture, "1 2 4 3 5 ");
  below = find_widget (fixture->view, GTK_TYPE_BUTTON, "_Close Connection");
  g_assert_false (gtk_widget_is_sensitive (below));
  gtk_single_selection_set_selected (GTK_SINGLE_SELECTION (get_shown (fixture)), 3);
  g_assert_true (gtk_widget_is_sensitive (below));
  g_signal_emit_by_name (below, "clicked");
  g_assert_cmpuint (closed_id, ==, 3);

  closed_id = 0;
  gtk_widget_activate_action (GTK_WIDGET (get_table (fixture)), "connections.close", NULL);
  g_assert_cmpuint (closed_id, ==, 3);

  culvert_test_wait_until (
    (in_row = find_widget (fixture->view, GTK_TYPE_BUTTON, "Close the Connection")) != NULL, 5000);
  gtk_test_accessible_assert_property (GTK_ACCESSIBLE (in_row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                       "Close the connection from lftp (7) to ftp:21");
  g_signal_emit_by_name (in_row, "clicked");
  g_assert_cmpuint (closed_id, ==, 1);

  /* What was selected is over. */
  culvert_stage_set_connections (fixture->tunnel, some, 2);
  culvert_test_wait_until (!gtk_widget_is_sensitive (below), 5000);
}

static guint
count_columns (Fixture *fixture)
{
  GListModel *columns = gtk_column_view_get_columns (get_table (fixture));
  guint       n = 0;

  for (guint i = 0; i < g_list_model_get_n_items (columns); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (columns, i);

      n += gtk_column_view_column_get_visible (column);
    }
  return n;
}

/* Who, where to, how fast, and the button are left; nothing has to be scrolled to. */
static void
test_narrow (Fixture *fixture, gconstpointer data)
{
  GtkAdjustment *across;

  culvert_stage_set_connections (fixture->tunnel, some, G_N_ELEMENTS (some));
  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 360, 400);
  show (fixture);
  culvert_test_wait_until (count_columns (fixture) == 4, 5000);
  across = gtk_scrolled_window_get_hadjustment (
    GTK_SCROLLED_WINDOW (gtk_widget_get_parent (GTK_WIDGET (get_table (fixture)))));
  culvert_test_wait_until (
    gtk_adjustment_get_upper (across) <= gtk_adjustment_get_page_size (across), 5000);
  g_assert_cmpfloat (gtk_adjustment_get_page_size (across), <=, 360);

  gtk_window_set_default_size (GTK_WINDOW (fixture->window), 800, 400);
  culvert_test_wait_until (count_columns (fixture) == 8, 5000);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/ui/connections-view/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv);
  adw_init ();
  ADD ("order", test_order);
  ADD ("order-follows", test_order_follows);
  ADD ("thousands", test_thousands);
  ADD ("search", test_search);
  ADD ("nameless", test_nameless);
  ADD ("empty-says-so", test_empty_says_so);
  ADD ("rests-out-of-sight", test_rests_out_of_sight);
  ADD ("close", test_close);
  ADD ("narrow", test_narrow);
  return g_test_run ();
}
