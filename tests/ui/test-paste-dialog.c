/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/paste-dialog.h"

#include "support/culvert-test.h"
#include "ui/find-widget.h"

typedef struct
{
  GtkWidget      *parent;
  GtkWidget      *dialog;
  CulvertProfile *draft; /* what "parsed" brought */
} Fixture;

static void
parsed_cb (CulvertPasteDialog *dialog, CulvertProfile *draft, gpointer user_data)
{
  Fixture *fixture = user_data;

  fixture->draft = culvert_profile_ref (draft);
}

static void
open_dialog (Fixture *fixture)
{
  fixture->dialog = culvert_paste_dialog_new (GTK_WINDOW (fixture->parent));
  g_object_add_weak_pointer (G_OBJECT (fixture->dialog), (gpointer *)&fixture->dialog);
  g_signal_connect (fixture->dialog, "parsed", G_CALLBACK (parsed_cb), fixture);
  gtk_window_present (GTK_WINDOW (fixture->dialog));
  culvert_test_wait_until (gtk_widget_get_mapped (fixture->dialog), 5000);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->parent = gtk_window_new ();
  gtk_window_present (GTK_WINDOW (fixture->parent));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gtk_window_destroy (GTK_WINDOW (fixture->parent));
  culvert_test_wait_until (fixture->dialog == NULL, 5000);
  g_clear_pointer (&fixture->draft, culvert_profile_unref);
}

static GtkTextBuffer *
get_buffer (Fixture *fixture)
{
  return gtk_text_view_get_buffer (find_widget (fixture->dialog, GTK_TYPE_TEXT_VIEW, NULL));
}

static void
type (Fixture *fixture, const char *text)
{
  gtk_text_buffer_set_text (get_buffer (fixture), text, -1);
}

static gboolean
can_continue (Fixture *fixture)
{
  return gtk_widget_get_sensitive (find_widget (fixture->dialog, GTK_TYPE_BUTTON, "C_ontinue"));
}

static void
test_says_what_it_makes (Fixture *fixture, gconstpointer data)
{
  open_dialog (fixture);
  g_assert_false (can_continue (fixture));
  type (fixture, "ssh -L 8080:intranet:80 \\\n  -D 1080 alice@bastion");
  g_assert_true (can_continue (fixture));
  g_assert_nonnull (
    find_widget (fixture->dialog, GTK_TYPE_LABEL,
                 "alice@bastion\nlocalhost:8080 → intranet:80\nProxy on localhost:1080"));

  gtk_widget_activate_action (fixture->dialog, "paste.continue", NULL);
  culvert_test_wait_until (fixture->dialog == NULL, 5000);
  g_assert_cmpstr (fixture->draft->host, ==, "bastion");
  g_assert_cmpuint (fixture->draft->forwards->len, ==, 2);
}

static void
test_names_what_it_cannot_honour (Fixture *fixture, gconstpointer data)
{
  GtkLabel *message;

  open_dialog (fixture);
  type (fixture, "ssh -w 0:0 bastion");
  g_assert_false (can_continue (fixture));
  message = GTK_LABEL (gtk_widget_get_last_child (gtk_widget_get_last_child (gtk_widget_get_parent (
    gtk_widget_get_parent (find_widget (fixture->dialog, GTK_TYPE_TEXT_VIEW, NULL))))));
  g_assert_nonnull (strstr (gtk_label_get_label (message), "-w"));

  /* Another try is not held back by the first. */
  type (fixture, "ssh -L 1:b:2 bastion");
  g_assert_true (can_continue (fixture));
  type (fixture, "");
  g_assert_false (can_continue (fixture));
}

static void
test_takes_a_command_from_the_clipboard (Fixture *fixture, gconstpointer data)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (fixture->parent),
                          "  $ ssh -N -L 5433:db:5432 alice@bastion\n");
  open_dialog (fixture);
  culvert_test_wait_until (can_continue (fixture), 5000);
}

/* Anything else that was copied, a password perhaps, is left alone. */
static void
test_leaves_other_texts_on_the_clipboard (Fixture *fixture, gconstpointer data)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (fixture->parent), "correct horse battery");
  open_dialog (fixture);
  culvert_test_spend (200);
  g_assert_cmpint (gtk_text_buffer_get_char_count (get_buffer (fixture)), ==, 0);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/ui/paste-dialog/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv);
  adw_init ();
  ADD ("says-what-it-makes", test_says_what_it_makes);
  ADD ("names-what-it-cannot-honour", test_names_what_it_cannot_honour);
  ADD ("takes-a-command-from-the-clipboard", test_takes_a_command_from_the_clipboard);
  ADD ("leaves-other-texts-on-the-clipboard", test_leaves_other_texts_on_the_clipboard);
  return g_test_run ();
}
