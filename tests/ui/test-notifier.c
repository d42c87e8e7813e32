/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/notifier.h"

#include "support/culvert-test.h"
#include "ui/stage.h"

#include <gtk/gtk.h>

typedef struct
{
  CulvertStage    *stage;
  CulvertTunnel   *office;
  CulvertTunnel   *home;
  CulvertNotifier *notifier;
  gboolean         has_attention;
  GHashTable      *shown; /* a set of ids */
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
    }
  else
    {
      g_assert_true (g_hash_table_remove (self->shown, id));
    }
}

static void
set_up (Fixture *self, gconstpointer data)
{
  self->stage = culvert_stage_new ();
  self->office = culvert_stage_add (self->stage, "Office", "ssh -L 5433:db:5432 alice@one.example");
  self->home = culvert_stage_add (self->stage, "Home", "ssh -L 5434:db:5432 alice@two.example");
  self->shown = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->notifier = culvert_notifier_new (culvert_stage_get_manager (self->stage), has_attention_cb,
                                         notify_cb, self);
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->notifier, culvert_notifier_free);
  g_assert_cmpuint (g_hash_table_size (self->shown), ==, 0);
  g_hash_table_unref (self->shown);
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

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  g_test_add ("/ui/notifier/unattended", Fixture, NULL, set_up, test_unattended, tear_down);
  g_test_add ("/ui/notifier/attended", Fixture, NULL, set_up, test_attended, tear_down);
  g_test_add ("/ui/notifier/removed", Fixture, NULL, set_up, test_removed, tear_down);
  return g_test_run ();
}
