/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/connections-private.h"
#include "engine/engine-support.h"
#include "engine/tunnel-fixture.h"
#include "support/loopback.h"
#include "support/traffic.h"

#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

/* Writes down what a model tells. */
typedef struct
{
  GString *changes;
  guint    n_samples;
} Notes;

static void
items_changed_cb (GListModel *model, guint position, guint n_removed, guint n_added, Notes *notes)
{
  g_string_append_printf (notes->changes, "%u-%u+%u ", position, n_removed, n_added);
}

static void
sampled_cb (CulvertConnections *model, Notes *notes)
{
  notes->n_samples++;
}

static void
notes_init (Notes *notes, CulvertConnections *model)
{
  notes->changes = g_string_new (NULL);
  notes->n_samples = 0;
  g_signal_connect (model, "items-changed", G_CALLBACK (items_changed_cb), notes);
  g_signal_connect (model, "sampled", G_CALLBACK (sampled_cb), notes);
}

static void
notes_clear (Notes *notes, CulvertConnections *model)
{
  g_signal_handlers_disconnect_by_data (model, notes);
  g_string_free (notes->changes, TRUE);
}

static void
notes_expect (Notes *notes, const char *changes)
{
  g_assert_cmpstr (notes->changes->str, ==, changes);
  g_string_truncate (notes->changes, 0);
}

static guint
count (CulvertConnections *model)
{
  return g_list_model_get_n_items (G_LIST_MODEL (model));
}

/* (transfer none): the model holds it */
static CulvertConnectionItem *
get (CulvertConnections *model, guint position)
{
  g_autoptr (CulvertConnectionItem) item = g_list_model_get_item (G_LIST_MODEL (model), position);

  g_assert_nonnull (item);
  return item;
}

/* Lists that no link made */

static void
add (CulvertConnectionList *list, guint64 id, guint64 parent_id, guint64 n_received)
{
  CulvertConnectionFigures figures = {
    .id = id, .n_received = n_received, .n_sent = id, .state = CULVERT_CONNECTION_OPEN
  };
  CulvertConnectionNews news = {
    .parent_id = parent_id,
    .started_us = (gint64)id,
    .forward_id = g_strdup ("a"),
    .client = g_strdup_printf ("127.0.0.1:%u", (guint)id),
    .target = g_strdup ("db\nx:5432"),
  };

  culvert_connection_list_add (list, figures, &news);
}

static void
add_known (CulvertConnectionList *list, guint64 id, guint64 n_received)
{
  CulvertConnectionFigures figures = {
    .id = id, .n_received = n_received, .n_sent = id, .state = CULVERT_CONNECTION_OPEN
  };

  culvert_connection_list_add (list, figures, NULL);
}

static void
set_list (CulvertConnections *model, CulvertConnectionList *list)
{
  culvert_connections_set_list (model, list);
  culvert_connection_list_free (list);
}

static void
test_diff (void)
{
  g_autoptr (CulvertConnections) model = culvert_connections_new (NULL, NULL);
  CulvertConnectionList         *list = culvert_connection_list_new (G_USEC_PER_SEC);
  CulvertConnectionItem         *kept;
  Notes                          notes;

  notes_init (&notes, model);
  for (guint64 id = 1; id <= 6; id++)
    add (list, id, 0, 100);
  set_list (model, list);
  notes_expect (&notes, "0-0+6 ");
  kept = get (model, 3);
  g_assert_cmpuint (culvert_connection_item_get_id (kept), ==, 4);
  g_assert_cmpstr (culvert_connection_item_get_client (kept), ==, "127.0.0.1:4");
  /* Others have named it. */
  g_assert_null (strchr (culvert_connection_item_get_target (kept), '\n'));
  g_assert_cmpfloat (culvert_connection_item_get_rate (kept).received, ==, 0);

  /* A second later: two went at one place, one at another, one came; one that nobody has told of is left
   * out. */
  list = culvert_connection_list_new (2 * G_USEC_PER_SEC);
  add_known (list, 3, 100);
  add_known (list, 4, 1100);
  add_known (list, 6, 100);
  add_known (list, 99, 0);
  add (list, 7, 0, 5);
  set_list (model, list);
  notes_expect (&notes, "0-2+0 2-1+0 3-0+1 ");
  g_assert_true (get (model, 1) == kept);
  g_assert_cmpuint (culvert_connection_item_get_n_received (kept), ==, 1100);
  g_assert_cmpfloat (culvert_connection_item_get_rate (kept).received, >, 0);
  g_assert_cmpfloat (culvert_connection_item_get_rate (kept).received, <=, 1000);
  g_assert_cmpfloat (culvert_connection_item_get_rate (get (model, 0)).received, ==, 0);
  g_assert_null (culvert_connections_find (model, 1));
  g_assert_true (culvert_connections_find (model, 4) == kept);

  /* What is told anew changes nothing. */
  list = culvert_connection_list_new (3 * G_USEC_PER_SEC);
  for (guint i = 0; i < 4; i++)
    add (list, culvert_connection_item_get_id (get (model, i)), 0, 2000);
  set_list (model, list);
  notes_expect (&notes, "");
  g_assert_true (get (model, 1) == kept);
  g_assert_cmpuint (notes.n_samples, ==, 3);
  notes_clear (&notes, model);
}

/* Every second of thousands goes at once: told of once, and the others are the same objects. */
static void
test_many_gaps (void)
{
  g_autoptr (CulvertConnections)    model = culvert_connections_new (NULL, NULL);
  CulvertConnectionList            *list = culvert_connection_list_new (1);
  g_autoptr (CulvertConnectionItem) kept = NULL;
  Notes                             notes;

  for (guint64 id = 1; id <= 5000; id++)
    add (list, id, 0, 0);
  set_list (model, list);
  kept = g_object_ref (get (model, 2499));
  notes_init (&notes, model);

  list = culvert_connection_list_new (2);
  for (guint64 id = 2; id <= 5000; id += 2)
    add_known (list, id, 0);
  set_list (model, list);
  notes_expect (&notes, "0-4999+2499 ");
  g_assert_cmpuint (count (model), ==, 2500);
  g_assert_true (get (model, 1249) == kept);
  for (guint i = 0; i < 2500; i++)
    {
      g_assert_cmpuint (culvert_connection_item_get_id (get (model, i)), ==, 2 * (i + 1));
      g_assert_true (culvert_connections_find (model, 2 * (i + 1)) == get (model, i));
    }
  notes_clear (&notes, model);
}

static void
count_cb (CulvertConnectionItem *item, guint *n)
{
  ++*n;
}

static void
test_children (void)
{
  g_autoptr (CulvertConnections) model = culvert_connections_new (NULL, NULL);
  CulvertConnectionList         *list = culvert_connection_list_new (1);
  guint                          n_changes = 0;

  /* A child may come before its parent. */
  add (list, 1, 2, 0);
  add (list, 2, 0, 0);
  add (list, 3, 77, 0);
  set_list (model, list);
  g_assert_true (culvert_connection_item_get_parent (get (model, 0)) == get (model, 1));
  g_assert_null (culvert_connection_item_get_parent (get (model, 1)));
  g_assert_null (culvert_connection_item_get_parent (get (model, 2)));
  g_assert_true (culvert_connection_item_is_child (get (model, 2)));

  g_signal_connect (get (model, 0), "named", G_CALLBACK (count_cb), &n_changes);
  list = culvert_connection_list_new (2);
  add_known (list, 1, 0);
  set_list (model, list);
  g_assert_cmpuint (count (model), ==, 1);
  g_assert_null (culvert_connection_item_get_parent (get (model, 0)));
  g_assert_cmpuint (n_changes, ==, 1);
}

/* Real ones */

static void
start (TunnelFixture *self, const char *forwards)
{
  fake_maker_plan (self->maker, FAKE_COMES_UP, 0);
  tunnel_fixture_make (self, forwards);
  culvert_tunnel_start (self->tunnel);
  tunnel_fixture_wait_for (self, UP);
}

static int
connect_and_talk (TunnelFixture *self, const char *id)
{
  int client = culvert_client_connect (tunnel_fixture_get_port (self, id));

  engine_client_assert_echo (client);
  return client;
}

static void
test_watch (TunnelFixture *self, gconstpointer data)
{
  CulvertConnections    *model;
  CulvertConnectionItem *first;
  g_autofree char       *target = NULL;
  g_autofree char       *program = g_file_read_link ("/proc/self/exe", NULL);
  g_autofree char       *name = g_path_get_basename (program);
  gboolean               is_held = FALSE;
  int                    clients[3];
  guint64                second_id;

  start (self, "a=0:echo b=0:echo");
  model = culvert_tunnel_get_connections (self->tunnel);
  target = g_strdup_printf ("127.0.0.1:%u", culvert_target_get_port (self->echo));
  clients[0] = connect_and_talk (self, "a");
  clients[1] = connect_and_talk (self, "b");
  culvert_connections_set_watched (model, &is_held, TRUE);
  culvert_test_wait_until (count (model) == 2, PATIENCE_MS);
  first = get (model, 0);
  g_assert_cmpstr (culvert_connection_item_get_forward_id (first), ==, "a");
  g_assert_cmpstr (culvert_connection_item_get_forward_id (get (model, 1)), ==, "b");
  g_assert_cmpstr (culvert_connection_item_get_target (first), ==, target);
  g_assert_true (g_str_has_prefix (culvert_connection_item_get_client (first), "127.0.0.1:"));
  g_assert_cmpint (culvert_connection_item_get_state (first), ==, CULVERT_CONNECTION_OPEN);
  g_assert_cmpuint (culvert_connection_item_get_n_received (first), ==, 7);
  g_assert_false (culvert_connection_item_is_child (first));
  g_assert_cmpint (g_get_monotonic_time () - culvert_connection_item_get_started_us (first), <,
                   60 * G_USEC_PER_SEC);
  culvert_test_wait_until (culvert_connection_item_get_program (first) != NULL, PATIENCE_MS);
  g_assert_cmpstr (culvert_connection_item_get_program (first), ==, name);
  g_assert_cmpuint (culvert_connection_item_get_pid (first), ==, getpid ());

  /* The same object moves on; what comes later is found out about, too. */
  engine_client_assert_echo (clients[0]);
  clients[2] = connect_and_talk (self, "a");
  culvert_test_wait_until (count (model) == 3, PATIENCE_MS);
  culvert_test_wait_until (culvert_connection_item_get_n_sent (first) == 14, PATIENCE_MS);
  g_assert_cmpfloat (culvert_connection_item_get_rate (first).sent, >, 0);
  culvert_test_wait_until (culvert_connection_item_get_program (get (model, 2)) != NULL,
                           PATIENCE_MS);

  second_id = culvert_connection_item_get_id (get (model, 1));
  culvert_tunnel_close_connection (self->tunnel, second_id);
  culvert_tunnel_close_connection (self->tunnel, 123456789);
  culvert_test_wait_until (count (model) == 2, PATIENCE_MS);
  g_assert_null (culvert_connections_find (model, second_id));
  g_assert_true (get (model, 0) == first);
  engine_client_assert_closed (clients[1]);
  engine_client_assert_echo (clients[0]);

  culvert_tunnel_stop (self->tunnel);
  tunnel_fixture_wait_for (self, STOPPED);
  g_assert_cmpuint (count (model), ==, 0);
  culvert_connections_set_watched (model, &is_held, FALSE);
  for (guint i = 0; i < 3; i++)
    close (clients[i]);
}

/* Several samples of the tunnel go by. */
static void
test_nobody_looks (TunnelFixture *self, gconstpointer data)
{
  CulvertConnections *model;
  gboolean            is_held = FALSE;
  gboolean            is_held_too = FALSE;
  Notes               notes;
  guint               n_tunnel_samples = 0;
  guint64             old_id;
  int                 client;

  start (self, "a=0:echo");
  model = culvert_tunnel_get_connections (self->tunnel);
  notes_init (&notes, model);
  client = connect_and_talk (self, "a");
  g_signal_connect (self->tunnel, "sampled", G_CALLBACK (count_cb), &n_tunnel_samples);
  culvert_test_wait_until (n_tunnel_samples >= 4, PATIENCE_MS);
  g_assert_cmpuint (notes.n_samples, ==, 0);
  g_assert_cmpuint (count (model), ==, 0);

  /* Two look, then one, then nobody. */
  culvert_connections_set_watched (model, &is_held, TRUE);
  culvert_connections_set_watched (model, &is_held_too, TRUE);
  culvert_test_wait_until (notes.n_samples >= 2, PATIENCE_MS);
  culvert_connections_set_watched (model, &is_held, FALSE);
  notes.n_samples = 0;
  culvert_test_wait_until (notes.n_samples >= 1, PATIENCE_MS);
  culvert_connections_set_watched (model, &is_held_too, FALSE);
  notes.n_samples = 0;
  n_tunnel_samples = 0;
  culvert_test_wait_until (n_tunnel_samples >= 4, PATIENCE_MS);
  g_assert_cmpuint (notes.n_samples, ==, 0);
  g_assert_cmpuint (count (model), ==, 1);

  /* Whoever looks again is told all. */
  old_id = culvert_connection_item_get_id (get (model, 0));
  culvert_connections_set_watched (model, &is_held, TRUE);
  close (client);
  client = connect_and_talk (self, "a");
  culvert_test_wait_until (
    count (model) == 1 && culvert_connection_item_get_id (get (model, 0)) != old_id, PATIENCE_MS);
  culvert_connections_set_watched (model, &is_held, FALSE);
  g_signal_handlers_disconnect_by_data (self->tunnel, &n_tunnel_samples);
  notes_clear (&notes, model);
  close (client);
}

static void
test_held (TunnelFixture *self, gconstpointer data)
{
  CulvertConnections *model;
  gboolean            is_held = FALSE;
  int                 client;

  start (self, "a=0:echo");
  model = culvert_tunnel_get_connections (self->tunnel);
  culvert_connections_set_watched (model, &is_held, TRUE);
  fake_maker_plan (self->maker, FAKE_STAYS_CONNECTING, 0);
  fake_maker_end_session (self->maker, CULVERT_SSH_ERROR_LOST);
  culvert_test_wait_until (culvert_tunnel_get_state (self->tunnel) != CULVERT_TUNNEL_UP,
                           PATIENCE_MS);
  client = culvert_client_connect (tunnel_fixture_get_port (self, "a"));
  culvert_test_wait_until (count (model) == 1, PATIENCE_MS);
  g_assert_cmpint (culvert_connection_item_get_state (get (model, 0)), ==, CULVERT_CONNECTION_HELD);
  culvert_connections_set_watched (model, &is_held, FALSE);
  close (client);
}

static void
say (int from, int to, const char *text, char *heard, gsize size)
{
  gsize n = 0;

  g_assert_cmpint (send (from, text, strlen (text), MSG_NOSIGNAL), ==, (gssize)strlen (text));
  do
    {
      gssize n_read = -1;

      culvert_test_wait_until ((n_read = recv (to, heard + n, size - 1 - n, MSG_DONTWAIT)) != -1,
                               PATIENCE_MS);
      g_assert_cmpint (n_read, >, 0);
      n += (gsize)n_read;
      heard[n] = '\0';
    }
  while (heard[n - 1] != '\n');
}

static void
make_ftp_aware (TunnelFixture *self)
{
  CulvertForwardSpec            *spec = self->profile->forwards->pdata[0];
  CulvertForwardFields           fields = culvert_forward_spec_get_fields (spec);
  g_autoptr (CulvertForwardSpec) aware = NULL;

  fields.is_ftp = TRUE;
  aware = culvert_forward_spec_new (&fields);
  culvert_profile_put_forward (self->profile, aware);
}

static void
test_ftp (TunnelFixture *self, gconstpointer data)
{
  int              control_listener = culvert_loopback_listen (NULL, 0, 4, 0);
  int              data_listener = culvert_loopback_listen (NULL, 0, 4, 0);
  guint16          control_port = culvert_loopback_get_port (control_listener);
  guint16          data_port = culvert_loopback_get_port (data_listener);
  guint16          here;
  g_autofree char *forwards = g_strdup_printf ("a=0:127.0.0.1:%u", control_port);
  g_autofree char *reply =
    g_strdup_printf ("227 Here (127,0,0,1,%u,%u)\r\n", data_port >> 8, data_port & 255);
  CulvertConnections *model;
  gboolean            is_held = FALSE;
  int                 client, server = -1, data_client, data_server = -1;
  guint               high, low;
  char                heard[128];

  engine_profile_set_forwards (self->profile, forwards);
  make_ftp_aware (self);
  start (self, NULL);
  model = culvert_tunnel_get_connections (self->tunnel);
  culvert_connections_set_watched (model, &is_held, TRUE);
  client = culvert_client_connect (tunnel_fixture_get_port (self, "a"));
  culvert_test_wait_until ((server = culvert_loopback_accept (control_listener)) != -1,
                           PATIENCE_MS);
  say (server, client, "220 Hello\r\n", heard, sizeof heard);
  say (client, server, "PASV\r\n", heard, sizeof heard);
  say (server, client, reply, heard, sizeof heard);
  g_assert_nonnull (strchr (heard, '('));
  g_assert_cmpint (sscanf (strchr (heard, '('), "(127,0,0,1,%u,%u)", &high, &low), ==, 2);
  here = (guint16)(high << 8 | low);
  g_assert_cmpuint (here, !=, data_port);
  data_client = culvert_client_connect (here);
  culvert_test_wait_until ((data_server = culvert_loopback_accept (data_listener)) != -1,
                           PATIENCE_MS);
  say (data_server, data_client, "a file\n", heard, sizeof heard);

  culvert_test_wait_until (count (model) == 2, PATIENCE_MS);
  g_assert_false (culvert_connection_item_is_child (get (model, 0)));
  g_assert_true (culvert_connection_item_get_parent (get (model, 1)) == get (model, 0));
  culvert_test_wait_until (culvert_connection_item_get_n_received (get (model, 1)) == 7,
                           PATIENCE_MS);

  /* One transfer alone is closed. */
  culvert_tunnel_close_connection (self->tunnel, culvert_connection_item_get_id (get (model, 1)));
  culvert_test_wait_until (count (model) == 1, PATIENCE_MS);
  engine_client_assert_closed (data_client);
  say (client, server, "NOOP\r\n", heard, sizeof heard);

  culvert_connections_set_watched (model, &is_held, FALSE);
  close (client);
  close (server);
  close (data_client);
  close (data_server);
  close (control_listener);
  close (data_listener);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/connections/diff", test_diff);
  g_test_add_func ("/engine/connections/many-gaps", test_many_gaps);
  g_test_add_func ("/engine/connections/children", test_children);
  tunnel_fixture_add ("/engine/connections/watch", NULL, test_watch);
  tunnel_fixture_add ("/engine/connections/nobody-looks", NULL, test_nobody_looks);
  tunnel_fixture_add ("/engine/connections/held", NULL, test_held);
  tunnel_fixture_add ("/engine/connections/ftp", NULL, test_ftp);

  return g_test_run ();
}
