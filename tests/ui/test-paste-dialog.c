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

static GtkLabel *
get_message (Fixture *fixture)
{
  GtkWidget *text = find_widget (fixture->dialog, GTK_TYPE_TEXT_VIEW, NULL);
  GtkWidget *below = gtk_widget_get_next_sibling (gtk_widget_get_parent (text));

  return GTK_LABEL (gtk_widget_get_last_child (below));
}

static void
test_says_what_it_makes (Fixture *fixture, gconstpointer data)
{
  open_dialog (fixture);
  g_assert_false (can_continue (fixture));
  type (fixture, "ssh -L 8080:intranet:80 \\\n  -D 1080 alice@bastion");
  culvert_test_wait_until (can_continue (fixture), 5000);
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
  message = get_message (fixture);
  culvert_test_wait_until (strstr (gtk_label_get_label (message), "-w") != NULL, 5000);
  g_assert_false (can_continue (fixture));

  /* Another try is not held back by the first. */
  type (fixture, "ssh -L 1:b:2 bastion");
  culvert_test_wait_until (can_continue (fixture), 5000);
  type (fixture, "");
  g_assert_false (can_continue (fixture));
}

/* What is read for an earlier text says nothing about a later one. */
static void
test_overtakes_itself (Fixture *fixture, gconstpointer data)
{
  open_dialog (fixture);
  type (fixture, "ssh -L 1:b:2 bastion");
  type (fixture, "ssh -w 0:0 bastion");
  culvert_test_wait_until (strstr (gtk_label_get_label (get_message (fixture)), "-w") != NULL,
                           5000);
  g_assert_false (can_continue (fixture));
  type (fixture, "ssh -L 1:b:2 bastion");
  type (fixture, "");
  culvert_test_spend (200);
  g_assert_false (can_continue (fixture));
}

/* Closing it while it reads leaves nothing behind. */
static void
test_closes_while_it_reads (Fixture *fixture, gconstpointer data)
{
  open_dialog (fixture);
  type (fixture, "ssh -L 1:b:2 bastion");
  gtk_window_destroy (GTK_WINDOW (fixture->dialog));
  culvert_test_wait_until (fixture->dialog == NULL, 5000);
}

static void
write_config (const char *name, const char *text)
{
  g_autofree char   *folder = g_build_filename (g_get_home_dir (), ".ssh", NULL);
  g_autofree char   *path = g_build_filename (folder, name, NULL);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, &error);
  g_assert_no_error (error);
}

static void
test_takes_an_alias (Fixture *fixture, gconstpointer data)
{
  write_config ("config", "Include more\nHost *\n  Ciphers aes128-ctr\n  ControlMaster auto\n");
  write_config ("more", "Host work\n  HostName bastion.example.com\n  User alice\n"
                        "  LocalForward 8080 intranet:80\n");
  open_dialog (fixture);
  type (fixture, "ssh work");
  culvert_test_wait_until (can_continue (fixture), 5000);
  g_assert_cmpstr (gtk_label_get_label (get_message (fixture)), ==,
                   "alice@bastion.example.com\nlocalhost:8080 → intranet:80\n"
                   "Left out: “ciphers aes128-ctr” (~/.ssh/\u2060"
                   "config:\u2060"
                   "3)");
  gtk_widget_activate_action (fixture->dialog, "paste.continue", NULL);
  culvert_test_wait_until (fixture->dialog == NULL, 5000);
  g_assert_cmpstr (fixture->draft->name, ==, "work");

  write_config ("config", "Host work\n  Frob 1\n");
  open_dialog (fixture);
  type (fixture, "ssh work");
  culvert_test_wait_until (
    strstr (gtk_label_get_label (get_message (fixture)), "~/.ssh/config:2: ") != NULL, 5000);
  g_assert_false (can_continue (fixture));
  write_config ("config", "");
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
  CulvertTempDir *home = culvert_temp_dir_new ();
  int             status;

  /* Before anything asks for it. */
  g_setenv ("HOME", culvert_temp_dir_get_path (home), TRUE);
  gtk_test_init (&argc, &argv);
  adw_init ();
  ADD ("says-what-it-makes", test_says_what_it_makes);
  ADD ("names-what-it-cannot-honour", test_names_what_it_cannot_honour);
  ADD ("overtakes-itself", test_overtakes_itself);
  ADD ("closes-while-it-reads", test_closes_while_it_reads);
  ADD ("takes-an-alias", test_takes_an_alias);
  ADD ("takes-a-command-from-the-clipboard", test_takes_a_command_from_the_clipboard);
  ADD ("leaves-other-texts-on-the-clipboard", test_leaves_other_texts_on_the_clipboard);
  status = g_test_run ();
  culvert_temp_dir_free (home);
  return status;
}
