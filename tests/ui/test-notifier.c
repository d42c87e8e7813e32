/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/notifier.h"

#include "core/errors.h"
#include "support/culvert-test.h"
#include "support/fake-notifications.h"
#include "ui/application.h"
#include "ui/stage.h"

#include <gtk/gtk.h>

#define PATIENCE_MS 10000

/* It is told at once, and for as long as a test likes. */
static const CulvertOutageTimes quick = { .away_ms = 20, .pause_ms = 0, .shown_ms = 600000 };
/* It is never told. */
static const CulvertOutageTimes slow = { .away_ms = 600000, .pause_ms = 0, .shown_ms = 20 };
/* It is told once. */
static const CulvertOutageTimes rare = { .away_ms = 20, .pause_ms = 600000, .shown_ms = 20 };

/* What is done to tunnels, which on a stage have no threads, by "|". */
static GString *done;

void __wrap_culvert_tunnel_retry_now (CulvertTunnel *self);
void __wrap_culvert_tunnel_stop (CulvertTunnel *self);

void
__wrap_culvert_tunnel_retry_now (CulvertTunnel *self)
{
  g_string_append_printf (done, "retry %s|", culvert_tunnel_get_title (self));
}

void
__wrap_culvert_tunnel_stop (CulvertTunnel *self)
{
  g_string_append_printf (done, "stop %s|", culvert_tunnel_get_title (self));
}

typedef struct
{
  CulvertStage    *stage;
  CulvertTunnel   *office;
  CulvertTunnel   *home;
  CulvertNotifier *notifier;
  gboolean         has_attention;
  GHashTable      *shown; /* a set of ids */
  GString         *news;  /* what was sent about connections, by "|" */
  guint            n_sent;
} Fixture;

static gboolean
has_attention_cb (gpointer user_data)
{
  return ((Fixture *)user_data)->has_attention;
}

static void
notify_cb (const char *id, GNotification *notification, gpointer user_data)
{
  Fixture *self = user_data;

  if (notification != NULL)
    {
      self->n_sent++;
      g_hash_table_add (self->shown, g_strdup (id));
      if (g_str_has_prefix (id, "connection-"))
        g_string_append (self->news, "shown|");
    }
  else
    {
      g_assert_true (g_hash_table_remove (self->shown, id));
      if (g_str_has_prefix (id, "connection-"))
        g_string_append (self->news, "hidden|");
    }
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->stage = culvert_stage_new ();
  self->office = culvert_stage_add (self->stage, "Office", "ssh -L 5433:db:5432 alice@one.example");
  self->home = culvert_stage_add (self->stage, "Home", "ssh -L 5434:db:5432 alice@two.example");
  self->shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->news = g_string_new (NULL);
  self->notifier =
    culvert_notifier_new (culvert_stage_get_manager (self->stage), data != NULL ? data : &slow,
                          has_attention_cb, notify_cb, self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->notifier, culvert_notifier_free);
  g_assert_cmpuint (g_hash_table_size (self->shown), ==, 0);
  g_hash_table_unref (self->shown);
  g_string_free (self->news, TRUE);
  culvert_stage_free (self->stage);
}

static void
ask (Fixture *self, CulvertTunnel *tunnel)
{
  CulvertPromptField  field = { .text = (char *)"Code: " };
  CulvertPromptFields fields = { .kind = CULVERT_PROMPT_QUESTIONS,
                                 .user = "alice",
                                 .host = "one.example",
                                 .port = 22,
                                 .fields = &field,
                                 .n_fields = 1 };

  culvert_stage_ask (self->stage, tunnel, &fields);
  g_assert_cmpint (culvert_tunnel_get_state (tunnel), ==, CULVERT_TUNNEL_NEEDS_YOU);
}

static gboolean
is_shown (Fixture *self, CulvertTunnel *tunnel)
{
  g_autofree char *id = g_strconcat ("needs-you-", culvert_tunnel_get_id (tunnel), NULL);

  return g_hash_table_contains (self->shown, id);
}

static void
test_unattended (Fixture *self, gconstpointer data)
{
  culvert_stage_set_up (self->home, 5);
  g_assert_cmpuint (self->n_sent, ==, 0);
  ask (self, self->office);
  g_assert_true (is_shown (self, self->office));
  g_assert_false (is_shown (self, self->home));

  culvert_stage_set_up (self->office, 5);
  g_assert_false (is_shown (self, self->office));
}

/* Who looks at the window sees the question there. */
static void
test_attended (Fixture *self, gconstpointer data)
{
  self->has_attention = TRUE;
  ask (self, self->office);
  g_assert_cmpuint (self->n_sent, ==, 0);
  culvert_stage_set_up (self->office, 5);
}

/* A tunnel that goes takes its notification along, and so does the program. */
static void
test_removed (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  ask (self, self->office);
  ask (self, self->home);
  g_assert_cmpuint (g_hash_table_size (self->shown), ==, 2);
  culvert_tunnel_manager_remove (culvert_stage_get_manager (self->stage),
                                 culvert_tunnel_get_id (self->office), &error);
  g_assert_no_error (error);
  g_assert_cmpuint (g_hash_table_size (self->shown), ==, 1);
  g_assert_true (is_shown (self, self->home));
}

static void
lose (CulvertTunnel *tunnel, CulvertSshError code)
{
  culvert_stage_set_state (tunnel, CULVERT_TUNNEL_WAITING,
                           g_error_new_literal (CULVERT_SSH_ERROR, (int)code, "planned"));
}

static void
wait_news (Fixture *self, const char *news)
{
  culvert_test_wait_until (g_str_equal (self->news->str, news), PATIENCE_MS);
}

/* Nothing more is told in a while. */
static void
assert_news (Fixture *self, const char *news)
{
  culvert_test_spend (100);
  g_assert_cmpstr (self->news->str, ==, news);
}

static void
test_lost (Fixture *self, gconstpointer data)
{
  culvert_stage_set_up (self->office, 5);
  lose (self->office, CULVERT_SSH_ERROR_LOST);
  g_assert_cmpstr (self->news->str, ==, "");
  wait_news (self, "shown|");
  /* Each try in vain is no news. */
  culvert_stage_set_state (self->office, CULVERT_TUNNEL_CONNECTING, NULL);
  lose (self->office, CULVERT_SSH_ERROR_REFUSED);
  assert_news (self, "shown|");

  /* One takes the other's place. */
  culvert_stage_set_up (self->office, 0);
  assert_news (self, "shown|shown|");
  g_assert_cmpuint (g_hash_table_size (self->shown), ==, 1);
  /* Lost again: it is not true any more. */
  lose (self->office, CULVERT_SSH_ERROR_LOST);
  wait_news (self, "shown|shown|hidden|shown|");
  culvert_stage_set_state (self->office, CULVERT_TUNNEL_STOPPED, NULL);
  assert_news (self, "shown|shown|hidden|shown|hidden|");
}

static void
test_short (Fixture *self, gconstpointer data)
{
  culvert_stage_set_up (self->office, 5);
  for (int i = 0; i < 3; i++)
    {
      lose (self->office, CULVERT_SSH_ERROR_LOST);
      culvert_stage_set_state (self->office, CULVERT_TUNNEL_SIGNING_IN, NULL);
      culvert_stage_set_up (self->office, 0);
    }
  assert_news (self, "");
}

/* One that comes and goes all day is told once in a while, and for a while. */
static void
test_rare (Fixture *self, gconstpointer data)
{
  culvert_stage_set_up (self->office, 5);
  lose (self->office, CULVERT_SSH_ERROR_LOST);
  wait_news (self, "shown|");
  culvert_stage_set_up (self->office, 0);
  wait_news (self, "shown|shown|hidden|");
  lose (self->office, CULVERT_SSH_ERROR_LOST);
  assert_news (self, "shown|shown|hidden|");
  culvert_stage_set_up (self->office, 0);
  assert_news (self, "shown|shown|hidden|");

  /* Each tunnel for itself. */
  culvert_stage_set_up (self->home, 5);
  lose (self->home, CULVERT_SSH_ERROR_LOST);
  wait_news (self, "shown|shown|hidden|shown|");
}

static void
test_never_up (Fixture *self, gconstpointer data)
{
  culvert_stage_set_state (self->office, CULVERT_TUNNEL_CONNECTING, NULL);
  lose (self->office, CULVERT_SSH_ERROR_REFUSED);
  culvert_stage_set_state (
    self->office, CULVERT_TUNNEL_FAILED,
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_REFUSED, "planned"));
  assert_news (self, "");
}

static void
test_failed (Fixture *self, gconstpointer data)
{
  culvert_stage_set_up (self->office, 5);
  culvert_stage_set_state (self->office, CULVERT_TUNNEL_CONNECTING, NULL);
  culvert_stage_set_state (
    self->office, CULVERT_TUNNEL_FAILED,
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_CHANGED, "planned"));
  g_assert_cmpstr (self->news->str, ==, "shown|");
  /* The person tries again: they know. */
  culvert_stage_set_state (self->office, CULVERT_TUNNEL_CONNECTING, NULL);
  culvert_stage_set_up (self->office, 0);
  assert_news (self, "shown|hidden|");
}

/* What the person did, or wants, is no news. */
static void
test_own_doing (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertProfile) moved = NULL;
  g_autoptr (GError)         error = NULL;

  culvert_stage_set_up (self->office, 5);
  culvert_stage_set_state (self->office, CULVERT_TUNNEL_STOPPING, NULL);
  culvert_stage_set_state (self->office, CULVERT_TUNNEL_STOPPED, NULL);
  culvert_stage_set_state (self->office, CULVERT_TUNNEL_CONNECTING, NULL);
  culvert_stage_set_up (self->office, 0);
  culvert_stage_set_state (self->office, CULVERT_TUNNEL_IDLE, NULL);
  culvert_stage_set_state (self->office, CULVERT_TUNNEL_CONNECTING, NULL);
  assert_news (self, "");

  culvert_stage_set_up (self->office, 0);
  lose (self->office, CULVERT_SSH_ERROR_NETWORK_NOT_LISTED);
  assert_news (self, "");

  culvert_stage_set_up (self->office, 0);
  lose (self->office, CULVERT_SSH_ERROR_LOST);
  lose (self->office, CULVERT_SSH_ERROR_NETWORK_EXCLUDED);
  assert_news (self, "");

  culvert_stage_set_up (self->office, 0);
  culvert_stage_set_state (
    self->office, CULVERT_TUNNEL_FAILED,
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_CANCELLED, "planned"));
  assert_news (self, "");

  culvert_stage_set_up (self->home, 5);
  moved = culvert_profile_edit (culvert_tunnel_get_profile (self->home));
  culvert_profile_set_string (&moved->host, "three.example");
  culvert_tunnel_manager_save (culvert_stage_get_manager (self->stage), moved, &error);
  g_assert_no_error (error);
  culvert_stage_set_state (self->home, CULVERT_TUNNEL_CONNECTING, NULL);
  assert_news (self, "");
}

/* Who looks at it knows, and need not hear that it is back. */
static void
test_lost_in_sight (Fixture *self, gconstpointer data)
{
  culvert_stage_set_up (self->office, 5);
  self->has_attention = TRUE;
  lose (self->office, CULVERT_SSH_ERROR_LOST);
  culvert_test_spend (100);
  self->has_attention = FALSE;
  culvert_stage_set_up (self->office, 0);
  assert_news (self, "");

  lose (self->office, CULVERT_SSH_ERROR_LOST);
  wait_news (self, "shown|");
  self->has_attention = TRUE;
  culvert_stage_set_up (self->office, 0);
  assert_news (self, "shown|hidden|");
}

/* A question takes the place of the news that made it come. */
static void
test_lost_and_asks (Fixture *self, gconstpointer data)
{
  culvert_stage_set_up (self->office, 5);
  lose (self->office, CULVERT_SSH_ERROR_LOST);
  wait_news (self, "shown|");
  ask (self, self->office);
  wait_news (self, "shown|hidden|");
  g_assert_true (is_shown (self, self->office));
  assert_news (self, "shown|hidden|");
  culvert_stage_set_up (self->office, 0);
  assert_news (self, "shown|hidden|");
}

static void
test_unwanted (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertProfile) quiet =
    culvert_profile_edit (culvert_tunnel_get_profile (self->office));
  g_autoptr (GError) error = NULL;

  culvert_stage_set_up (self->office, 5);
  lose (self->office, CULVERT_SSH_ERROR_LOST);
  wait_news (self, "shown|");
  quiet->notify = FALSE;
  culvert_tunnel_manager_save (culvert_stage_get_manager (self->stage), quiet, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (self->news->str, ==, "shown|hidden|");
  culvert_stage_set_up (self->office, 0);
  lose (self->office, CULVERT_SSH_ERROR_LOST);
  assert_news (self, "shown|hidden|");
  ask (self, self->office);
  g_assert_false (is_shown (self, self->office));
  culvert_stage_set_up (self->office, 0);
}

static void
test_lost_and_removed (Fixture *self, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  culvert_stage_set_up (self->office, 5);
  culvert_stage_set_up (self->home, 5);
  lose (self->home, CULVERT_SSH_ERROR_LOST);
  wait_news (self, "shown|");
  /* The others' matters are not forgotten for it. */
  lose (self->office, CULVERT_SSH_ERROR_LOST);
  culvert_tunnel_manager_remove (culvert_stage_get_manager (self->stage),
                                 culvert_tunnel_get_id (self->home), &error);
  g_assert_no_error (error);
  g_assert_cmpstr (self->news->str, ==, "shown|hidden|");
  /* It has no thread that could be stopped. */
  culvert_stage_set_state (self->home, CULVERT_TUNNEL_STOPPED, NULL);
  wait_news (self, "shown|hidden|shown|");
}

/* Of many that are lost at once a few are told, and the number of the others. */
static void
test_crowd (Fixture *self, gconstpointer data)
{
  CulvertTunnel *tunnels[8];

  for (guint i = 0; i < G_N_ELEMENTS (tunnels); i++)
    {
      tunnels[i] = culvert_stage_add (self->stage, "One of many", "ssh -L 5433:db:5432 alice@x");
      culvert_stage_set_up (tunnels[i], 5);
    }
  for (guint i = 0; i < G_N_ELEMENTS (tunnels); i++)
    lose (tunnels[i], CULVERT_SSH_ERROR_LOST);
  culvert_test_wait_until (g_hash_table_contains (self->shown, "many-lost"), PATIENCE_MS);
  wait_news (self, "shown|shown|shown|");
  g_assert_cmpuint (g_hash_table_size (self->shown), ==, 4);
  g_assert_cmpuint (self->n_sent, ==, 4);

  for (guint i = 0; i < G_N_ELEMENTS (tunnels); i++)
    culvert_stage_set_state (tunnels[i], CULVERT_TUNNEL_STOPPED, NULL);
  culvert_test_wait_until (g_hash_table_size (self->shown) == 0, PATIENCE_MS);
  g_assert_cmpuint (self->n_sent, ==, 4);
}

static void
test_crowd_asks (Fixture *self, gconstpointer data)
{
  CulvertTunnel *tunnels[5];

  for (guint i = 0; i < G_N_ELEMENTS (tunnels); i++)
    {
      tunnels[i] = culvert_stage_add (self->stage, "One of many", "ssh -L 5433:db:5432 alice@x");
      ask (self, tunnels[i]);
    }
  culvert_test_wait_until (g_hash_table_contains (self->shown, "many-need-you"), PATIENCE_MS);
  g_assert_cmpuint (g_hash_table_size (self->shown), ==, 4);
  culvert_stage_set_up (tunnels[3], 0);
  culvert_stage_set_up (tunnels[4], 0);
  culvert_test_wait_until (!g_hash_table_contains (self->shown, "many-need-you"), PATIENCE_MS);
  g_assert_cmpuint (g_hash_table_size (self->shown), ==, 3);
  for (guint i = 0; i < G_N_ELEMENTS (tunnels); i++)
    culvert_stage_set_up (tunnels[i], 0);
}

/* A server that asks and hangs up, again and again. */
static void
test_asks_again (Fixture *self, gconstpointer data)
{
  for (guint i = 0; i < 5; i++)
    {
      ask (self, self->office);
      culvert_prompt_withdraw (culvert_tunnel_get_prompt (self->office));
      culvert_test_wait_until (culvert_tunnel_get_prompt (self->office) == NULL, PATIENCE_MS);
    }
  g_assert_cmpuint (self->n_sent, ==, 1);
  g_assert_cmpuint (g_hash_table_size (self->shown), ==, 0);
}

static void
wait_said (CulvertFakeNotifications *desktop, const char *said)
{
  culvert_test_wait_until (g_str_equal (desktop->said->str, said), PATIENCE_MS);
  g_string_truncate (desktop->said, 0);
}

static void
activate (CulvertApplication *application, const char *action, const char *tunnel_id)
{
  g_action_group_activate_action (G_ACTION_GROUP (application), action,
                                  g_variant_new_string (tunnel_id));
}

/* The application, the bus and what a desktop would show, and the person who presses its buttons. */
static void
test_desktop (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertFakeNotifications) desktop = culvert_fake_notifications_new ();
  g_autoptr (GError)                   error = NULL;
  g_autoptr (CulvertApplication)       application = culvert_application_new ();
  g_autoptr (CulvertDialogPrompter)    prompter =
    culvert_dialog_prompter_new (culvert_application_get_parent, application);

  culvert_application_set_parts (application, culvert_stage_get_manager (self->stage),
                                 culvert_stage_get_secrets (self->stage), prompter);
  g_application_register (G_APPLICATION (application), NULL, &error);
  g_assert_no_error (error);
  culvert_stage_set_up (self->office, 5);
  culvert_stage_set_state (
    self->office, CULVERT_TUNNEL_FAILED,
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_PROTOCOL, "planned"));
  wait_said (desktop, "0 Office: one.example sent something that the SSH protocol does not allow. "
                      "[Try Again Now] [Stop]|");
  culvert_test_spend (100);
  culvert_stage_set_state (self->office, CULVERT_TUNNEL_STOPPED, NULL);
  wait_said (desktop, "close 7|");

  /* What is pressed reaches the tunnel. */
  ask (self, self->office);
  culvert_test_wait_until (desktop->said->len > 0, PATIENCE_MS);
  g_assert_nonnull (strstr (desktop->said->str, "[Answer] [Stop]|"));
  culvert_test_spend (100);
  g_string_truncate (desktop->said, 0);
  culvert_fake_notifications_press (desktop, "Stop");
  culvert_test_wait_until (g_str_equal (done->str, "stop Office|"), PATIENCE_MS);
  culvert_stage_set_state (self->office, CULVERT_TUNNEL_STOPPED, NULL);
  g_string_truncate (done, 0);

  /* Trying again is for what waits. */
  culvert_stage_set_state (self->home, CULVERT_TUNNEL_WAITING, NULL);
  activate (application, "retry", culvert_tunnel_get_id (self->home));
  g_assert_cmpstr (done->str, ==, "retry Home|");
  culvert_stage_set_state (self->home, CULVERT_TUNNEL_STOPPED, NULL);
  activate (application, "retry", culvert_tunnel_get_id (self->home));
  activate (application, "retry", "gone");
  activate (application, "stop", "gone");
  g_assert_cmpstr (done->str, ==, "retry Home|");
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  done = g_string_new (NULL);
  g_test_add ("/ui/notifier/unattended", Fixture, NULL, set_up, test_unattended, tear_down);
  g_test_add ("/ui/notifier/attended", Fixture, NULL, set_up, test_attended, tear_down);
  g_test_add ("/ui/notifier/removed", Fixture, NULL, set_up, test_removed, tear_down);
  g_test_add ("/ui/notifier/lost", Fixture, &quick, set_up, test_lost, tear_down);
  g_test_add ("/ui/notifier/short", Fixture, &slow, set_up, test_short, tear_down);
  g_test_add ("/ui/notifier/rare", Fixture, &rare, set_up, test_rare, tear_down);
  g_test_add ("/ui/notifier/never-up", Fixture, &quick, set_up, test_never_up, tear_down);
  g_test_add ("/ui/notifier/failed", Fixture, &slow, set_up, test_failed, tear_down);
  g_test_add ("/ui/notifier/own-doing", Fixture, &quick, set_up, test_own_doing, tear_down);
  g_test_add ("/ui/notifier/lost-in-sight", Fixture, &quick, set_up, test_lost_in_sight, tear_down);
  g_test_add ("/ui/notifier/lost-and-asks", Fixture, &quick, set_up, test_lost_and_asks, tear_down);
  g_test_add ("/ui/notifier/unwanted", Fixture, &quick, set_up, test_unwanted, tear_down);
  g_test_add ("/ui/notifier/lost-and-removed", Fixture, &quick, set_up, test_lost_and_removed,
              tear_down);
  g_test_add ("/ui/notifier/crowd", Fixture, &quick, set_up, test_crowd, tear_down);
  g_test_add ("/ui/notifier/crowd-asks", Fixture, &quick, set_up, test_crowd_asks, tear_down);
  g_test_add ("/ui/notifier/asks-again", Fixture, &rare, set_up, test_asks_again, tear_down);
  g_test_add ("/ui/notifier/desktop", Fixture, &slow, set_up, test_desktop, tear_down);
  return g_test_run ();
}
