/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/culvert-test.h"
#include "support/sshd-fixture.h"
#include "support/targets.h"
#include "support/traffic.h"
#include "ui/application.h"
#include "ui/find-widget.h"
#include "ui/form-stage.h"
#include "ui/forward-row.h"
#include "ui/stage.h"
#include "ui/window.h"

/* One forward is switched by its row, edited and removed in the form, while the others of its tunnel move
 * data through a real server: no byte of theirs is lost (PRODUCT 1.11). */

#define PATIENCE_MS 20000
#define BYTES_PER_S (1024 * 1024)

enum
{
  KEPT,
  KEPT_BACK,
  OTHER,
};

static CulvertApplication *application;

typedef struct
{
  CulvertTempDir *dir;
  CulvertSshd    *sshd;
  CulvertTarget  *echo;
  CulvertTarget  *next_echo;
  CulvertStage   *stage;
  CulvertTunnel  *tunnel;
  GtkWidget      *window;
  CulvertTraffic *kept[2];
} Fixture;

static CulvertForwardItem *
get_item (Fixture *self, guint index)
{
  g_autoptr (CulvertForwardItem) item =
    g_list_model_get_item (culvert_tunnel_get_forwards (self->tunnel), index);

  return item;
}

static guint16
get_port (Fixture *self, guint index)
{
  return culvert_endpoint_get_port (culvert_forward_item_get_bound (get_item (self, index)));
}

static void
set_up (Fixture *self, gconstpointer data)
{
  g_autofree char *known_hosts = NULL;
  g_autofree char *command = NULL;
  guint16          echo_port;

  self->dir = culvert_temp_dir_new ();
  self->sshd = culvert_sshd_new (&(CulvertSshdOptions){ .host_keys = CULVERT_KEY_ED25519 });
  self->echo = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  self->next_echo = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  self->stage = culvert_stage_new ();
  echo_port = culvert_target_get_port (self->echo);
  known_hosts = culvert_temp_dir_build (self->dir, "known_hosts");
  culvert_sshd_write_known_hosts (self->sshd, known_hosts, 0);
  command = g_strdup_printf (
    "ssh -p %u -i %s -o UserKnownHostsFile=%s -o IdentitiesOnly=yes -L %u:127.0.0.1:%u "
    "-R 0:127.0.0.1:%u -L %u:127.0.0.1:%u %s@127.0.0.1",
    culvert_sshd_get_port (self->sshd), culvert_sshd_get_user_key (self->sshd, CULVERT_KEY_ED25519),
    known_hosts, culvert_test_free_port (), echo_port, echo_port, culvert_test_free_port (),
    echo_port, culvert_sshd_get_user_name (self->sshd));
  self->tunnel = culvert_stage_add (self->stage, "Busy", command);
  culvert_stage_name_forward (self->stage, self->tunnel, OTHER, "Other");
  self->window =
    culvert_window_new (GTK_APPLICATION (application), culvert_stage_get_manager (self->stage),
                        culvert_stage_get_secrets (self->stage), NULL);
  gtk_window_present (GTK_WINDOW (self->window));
  form_stage_settle (self->window);
  culvert_tunnel_start (self->tunnel);
  culvert_test_wait_until (culvert_tunnel_is_ready (self->tunnel), PATIENCE_MS);
  for (guint i = 0; i < G_N_ELEMENTS (self->kept); i++)
    self->kept[i] = culvert_traffic_start (&(CulvertTrafficConfig){
      .kind = CULVERT_TRAFFIC_ECHO,
      .port = get_port (self, i),
      .n_connections = 3,
      .n_bytes = CULVERT_TRAFFIC_ENDLESS,
      .seed = i * 10,
      .read_rate = BYTES_PER_S,
      .deadline_ms = 120000,
    });
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  culvert_tunnel_stop (self->tunnel);
  culvert_test_wait_until (culvert_tunnel_get_state (self->tunnel) == CULVERT_TUNNEL_STOPPED,
                           PATIENCE_MS);
  g_object_add_weak_pointer (G_OBJECT (self->window), (gpointer *)&self->window);
  gtk_window_destroy (GTK_WINDOW (self->window));
  culvert_test_wait_until (self->window == NULL, PATIENCE_MS);
  culvert_stage_free (self->stage);
  culvert_target_free (self->echo);
  culvert_target_free (self->next_echo);
  culvert_sshd_free (self->sshd);
  culvert_temp_dir_free (self->dir);
}

static void
assert_kept_move (Fixture *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->kept); i++)
    {
      guint64 before = culvert_traffic_get_n_received (self->kept[i]);

      culvert_test_wait_until (culvert_traffic_get_n_received (self->kept[i]) > before ||
                                 culvert_traffic_get_n_failed (self->kept[i]) > 0,
                               PATIENCE_MS);
      if (culvert_traffic_get_n_failed (self->kept[i]) > 0)
        culvert_traffic_finish (self->kept[i]); /* says what happened */
    }
}

static CulvertTraffic *
start_on_other (Fixture *self, guint64 n_bytes)
{
  return culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_ECHO, .port = get_port (self, OTHER), .n_bytes = n_bytes });
}

/* Its own connection ends with it. */
static CulvertTraffic *
keep_other_busy (Fixture *self)
{
  CulvertTraffic *traffic = start_on_other (self, CULVERT_TRAFFIC_ENDLESS);

  culvert_test_wait_until (culvert_traffic_get_n_received (traffic) > 100000, PATIENCE_MS);
  return traffic;
}

static void
assert_lost (CulvertTraffic *traffic)
{
  culvert_test_wait_until (culvert_traffic_is_done (traffic), PATIENCE_MS);
  g_assert_cmpuint (culvert_traffic_get_n_failed (traffic), ==, 1);
  culvert_traffic_free (traffic);
}

static void
assert_reaches (Fixture *self, CulvertTarget *target)
{
  guint           n_before = culvert_target_get_n_connections (target);
  CulvertTraffic *traffic = start_on_other (self, 100000);

  culvert_test_wait_until (culvert_traffic_is_done (traffic), PATIENCE_MS);
  culvert_traffic_finish (traffic);
  g_assert_cmpuint (culvert_target_get_n_connections (target), ==, n_before + 1);
}

static GtkWidget *
find_row (GtkWidget *root, const char *name)
{
  if (CULVERT_IS_FORWARD_ROW (root))
    return find_widget (root, GTK_TYPE_LABEL, name) != NULL ? root : NULL;
  for (GtkWidget *child = gtk_widget_get_first_child (root); child != NULL;
       child = gtk_widget_get_next_sibling (child))
    {
      GtkWidget *found = find_row (child, name);

      if (found != NULL)
        return found;
    }
  return NULL;
}

static void
press_switch (Fixture *self)
{
  GtkWidget *row = find_row (self->window, "Other");

  g_assert_nonnull (row);
  g_assert_true (gtk_widget_activate (find_widget (row, GTK_TYPE_SWITCH, NULL)));
}

/* The form of the one forward, opened from its row. */
static gpointer
open_form (Fixture *self)
{
  GtkWidget *row = find_row (self->window, "Other");
  GtkWidget *form = NULL;

  g_assert_true (gtk_widget_activate_action (row, "forward.edit", NULL));
  culvert_test_wait_until ((form = form_stage_find_dialog (self->window)) != NULL, PATIENCE_MS);
  form_stage_settle (form);
  culvert_test_wait_until (form_stage_find (form, GTK_TYPE_BUTTON, "Remove Forward") != NULL,
                           PATIENCE_MS);
  return form;
}

static void
save_form (Fixture *self, gpointer form)
{
  form_stage_press (form, "Save");
  culvert_test_wait_until (form_stage_find_dialog (self->window) == NULL, PATIENCE_MS);
}

static void
test_live (Fixture *self, gconstpointer data)
{
  gint64           up_since_us = culvert_tunnel_get_up_since_us (self->tunnel);
  g_autofree char *next_port = g_strdup_printf ("%u", culvert_target_get_port (self->next_echo));
  CulvertTraffic  *lost = keep_other_busy (self);
  gpointer         form;

  press_switch (self);
  culvert_test_wait_until (
    culvert_forward_item_get_state (get_item (self, OTHER)) == CULVERT_FORWARD_OFF, PATIENCE_MS);
  assert_lost (lost);
  assert_kept_move (self);

  press_switch (self);
  culvert_test_wait_until (culvert_tunnel_is_ready (self->tunnel), PATIENCE_MS);
  assert_reaches (self, self->echo);
  assert_kept_move (self);

  lost = keep_other_busy (self);
  form = open_form (self);
  form_stage_fill (form, "Target port", next_port);
  assert_kept_move (self);
  save_form (self, form);
  assert_lost (lost);
  culvert_test_wait_until (culvert_tunnel_is_ready (self->tunnel), PATIENCE_MS);
  assert_reaches (self, self->next_echo);
  assert_kept_move (self);

  lost = keep_other_busy (self);
  form = open_form (self);
  form_stage_press (form, "Remove Forward");
  assert_kept_move (self);
  culvert_test_wait_until (form_stage_find (form, GTK_TYPE_BUTTON, "Save") != NULL, PATIENCE_MS);
  save_form (self, form);
  assert_lost (lost);
  g_assert_cmpuint (g_list_model_get_n_items (culvert_tunnel_get_forwards (self->tunnel)), ==, 2);
  assert_kept_move (self);

  for (guint i = 0; i < G_N_ELEMENTS (self->kept); i++)
    {
      culvert_traffic_let_go (self->kept[i]);
      culvert_test_wait_until (culvert_traffic_is_done (self->kept[i]), 3 * PATIENCE_MS);
      culvert_traffic_finish (self->kept[i]);
    }
  g_assert_cmpint (culvert_tunnel_get_up_since_us (self->tunnel), ==, up_since_us);
}

int
main (int argc, char **argv)
{
  int status;

  g_setenv ("SSH_AUTH_SOCK", "", TRUE);
  gtk_test_init (&argc, &argv, NULL);
  application = culvert_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  g_test_add ("/ui/live-edit", Fixture, NULL, set_up, test_live, tear_down);
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
