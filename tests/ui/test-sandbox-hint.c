/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sandbox-private.h"
#include "support/culvert-test.h"
#include "ui/auth-group.h"
#include "ui/find-widget.h"
#include "ui/paste-dialog.h"
#include "ui/sandbox-hint.h"
#include "ui/welcome-page.h"

#include <string.h>

#define SHUT "[Context]\nsockets=wayland;\n"
#define OPEN "[Context]\nsockets=wayland;ssh-auth;\nfilesystems=~/.ssh:ro;\n"

static void
text_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(char **)user_data = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

/* The page with a toast overlay around it, in a window that is shown. */
static GtkWindow *
show (GtkWidget *page)
{
  GtkWindow *window = GTK_WINDOW (gtk_window_new ());
  GtkWidget *overlay = adw_toast_overlay_new ();

  adw_toast_overlay_set_child (ADW_TOAST_OVERLAY (overlay), page);
  gtk_window_set_child (window, overlay);
  gtk_window_present (window);
  culvert_test_wait_until (gtk_widget_get_mapped (page), 5000);
  return window;
}

static void
test_first_page (void)
{
  GtkWidget       *page;
  GtkWindow       *window;
  GtkWidget       *row;
  GtkWidget       *button;
  g_autofree char *copied = NULL;
  g_autofree char *words = NULL;

  culvert_sandbox_pretend (SHUT);
  page = g_object_new (CULVERT_TYPE_WELCOME_PAGE, NULL);
  window = show (page);
  row = find_widget (page, CULVERT_TYPE_HINT_ROW, NULL);
  g_assert_true (gtk_widget_get_mapped (row));
  g_object_get (row, "words", &words, NULL);
  g_assert_nonnull (strstr (words, "sandbox"));
  g_assert_nonnull (strstr (words, "--socket=ssh-auth --filesystem=~/.ssh:ro"));

  button = find_widget (row, GTK_TYPE_BUTTON, NULL);
  g_signal_emit_by_name (button, "clicked");
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (page), NULL, text_read_cb, &copied);
  culvert_test_wait_until (copied != NULL, 5000);
  g_assert_cmpstr (
    copied, ==, "flatpak override --user --socket=ssh-auth --filesystem=~/.ssh:ro " CULVERT_APP_ID);
  gtk_window_destroy (window);
}

static void
test_nothing_to_say (void)
{
  static const char *const infos[] = { NULL, OPEN };

  for (gsize i = 0; i < G_N_ELEMENTS (infos); i++)
    {
      GtkWidget *page;
      GtkWindow *window;

      culvert_sandbox_pretend (infos[i]);
      page = g_object_new (CULVERT_TYPE_WELCOME_PAGE, NULL);
      window = show (page);
      g_assert_false (gtk_widget_get_mapped (find_widget (page, CULVERT_TYPE_HINT_ROW, NULL)));
      gtk_window_destroy (window);
    }
}

/* There the aliases are missed, and no agent. */
static void
test_pasting (void)
{
  GtkWindow       *parent = GTK_WINDOW (gtk_window_new ());
  GtkWidget       *dialog;
  g_autofree char *words = NULL;

  culvert_sandbox_pretend (SHUT);
  gtk_window_present (parent);
  dialog = culvert_paste_dialog_new (parent);
  gtk_window_present (GTK_WINDOW (dialog));
  culvert_test_wait_until (gtk_widget_get_mapped (dialog), 5000);
  g_object_get (find_widget (dialog, CULVERT_TYPE_HINT_ROW, NULL), "words", &words, NULL);
  g_assert_nonnull (strstr (words, "--filesystem=~/.ssh:ro"));
  g_assert_null (strstr (words, "ssh-auth"));
  gtk_window_destroy (parent);
}

/* In the form it is said as long as the tunnel would use what is missing. */
static void
test_form (void)
{
  g_autoptr (CulvertProfile)      profile = culvert_profile_new ();
  g_autoptr (CulvertProfileDraft) draft = NULL;
  CulvertAuthMethod               password = CULVERT_AUTH_PASSWORD;
  GtkWidget                      *group;
  GtkWindow                      *window;
  GtkWidget                      *row;

  culvert_sandbox_pretend (SHUT);
  draft = culvert_profile_draft_new (profile);
  group = g_object_new (CULVERT_TYPE_AUTH_GROUP, NULL);
  culvert_auth_group_set_draft (CULVERT_AUTH_GROUP (group), draft);
  window = show (group);
  row = find_widget (group, CULVERT_TYPE_HINT_ROW, NULL);
  g_assert_true (gtk_widget_get_mapped (row));

  g_array_set_size (culvert_profile_draft_peek (draft)->methods, 0);
  g_array_append_val (culvert_profile_draft_peek (draft)->methods, password);
  culvert_profile_draft_touch (draft);
  culvert_test_wait_until (!gtk_widget_get_mapped (row), 5000);
  gtk_window_destroy (window);
}

int
main (int argc, char **argv)
{
  g_unsetenv ("SSH_AUTH_SOCK");
  gtk_test_init (&argc, &argv);
  adw_init ();
  g_test_add_func ("/sandbox-hint/first-page", test_first_page);
  g_test_add_func ("/sandbox-hint/nothing-to-say", test_nothing_to_say);
  g_test_add_func ("/sandbox-hint/pasting", test_pasting);
  g_test_add_func ("/sandbox-hint/form", test_form);
  return g_test_run ();
}
