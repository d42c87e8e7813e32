/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* The page of known hosts: found, forgotten and put back.  With CULVERT_PICTURES_DIR set, leaves
 * pictures there. */

#include "support/culvert-test.h"
#include "ui/find-widget.h"
#include "ui/known-host-row.h"
#include "ui/known-hosts-page.h"
#include "ui/picture.h"
#include "ui/stage.h"

#include <glib/gstdio.h>
#include <string.h>

#define KEY "AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"

static const char content[] =
  "# mine\n"
  "bastion.example.com,[bastion.example.com]:2222 ssh-ed25519 " KEY "\n"
  "vault.example ssh-ed25519 " KEY "\n"
  "@cert-authority *.prod.example ssh-ed25519 " KEY " the authority\n"
  "|1|c2FsdHNhbHRzYWx0c2FsdHNhbHQ=|1nCtJZxXzhYNmYLVxEgPbEJ7nHU= ssh-ed25519 " KEY "\n"
  "@revoked * ssh-ed25519 " KEY "\n";

typedef struct
{
  CulvertTempDir *dir;
  char           *path;
  CulvertStage   *stage;
  GtkWidget      *parent;
  GtkWidget      *page;
} Fixture;

static void
open_page (Fixture *fixture, const char *search)
{
  fixture->page = culvert_known_hosts_page_new (GTK_WINDOW (fixture->parent),
                                                culvert_stage_get_manager (fixture->stage), search);
  g_object_add_weak_pointer (G_OBJECT (fixture->page), (gpointer *)&fixture->page);
  gtk_window_present (GTK_WINDOW (fixture->page));
  culvert_test_wait_until (gtk_widget_get_mapped (fixture->page), 5000);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  g_autofree char *command = NULL;

  fixture->dir = culvert_temp_dir_new ();
  fixture->path = culvert_temp_dir_write (fixture->dir, "known_hosts", data != NULL ? data : "");
  fixture->stage = culvert_stage_new ();
  command = g_strdup_printf ("ssh -o UserKnownHostsFile=%s host", fixture->path);
  culvert_stage_add (fixture->stage, "One", command);
  fixture->parent = gtk_window_new ();
  gtk_window_present (GTK_WINDOW (fixture->parent));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->page != NULL)
    gtk_window_close (GTK_WINDOW (fixture->page));
  culvert_test_wait_until (fixture->page == NULL, 10000);
  gtk_window_destroy (GTK_WINDOW (fixture->parent));
  culvert_stage_free (fixture->stage);
  g_free (fixture->path);
  culvert_temp_dir_free (fixture->dir);
}

static guint
count_rows (Fixture *fixture)
{
  GtkListView *list = find_widget (fixture->page, GTK_TYPE_LIST_VIEW, NULL);

  return list == NULL ? 0
                      : g_list_model_get_n_items (G_LIST_MODEL (gtk_list_view_get_model (list)));
}

static const char *
get_view (Fixture *fixture)
{
  return gtk_stack_get_visible_child_name (find_widget (fixture->page, GTK_TYPE_STACK, NULL));
}

static void
search (Fixture *fixture, const char *text)
{
  gtk_editable_set_text (find_widget (fixture->page, GTK_TYPE_SEARCH_ENTRY, NULL), text);
}

static gboolean
file_has (Fixture *fixture, const char *text)
{
  g_autofree char *found = NULL;

  g_assert_true (g_file_get_contents (fixture->path, &found, NULL, NULL));
  return strstr (found, text) != NULL;
}

static gboolean
shows (Fixture *fixture, const char *text)
{
  return find_widget (fixture->page, GTK_TYPE_LABEL, text) != NULL;
}

static void
take_picture (Fixture *fixture, const char *name)
{
  const char      *dir = g_getenv ("CULVERT_PICTURES_DIR");
  g_autofree char *path = NULL;

  if (dir == NULL)
    return;
  /* What slides in has arrived. */
  culvert_test_spend (300);
  path = g_strdup_printf ("%s/known-hosts-%s.png", dir, name);
  culvert_picture_take (fixture->page, path);
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  int minimum;

  open_page (fixture, "");
  culvert_test_wait_until (count_rows (fixture) == 5, 10000);
  culvert_test_wait_until (shows (fixture, "Authority for *.prod.example"), 5000);
  g_assert_true (shows (fixture, "A hidden name"));
  gtk_widget_measure (fixture->page, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  take_picture (fixture, "list");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_DARK);
  take_picture (fixture, "list-dark");
  gtk_window_set_default_size (GTK_WINDOW (fixture->page), 360, 560);
  take_picture (fixture, "list-narrow");
  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      ADW_COLOR_SCHEME_FORCE_LIGHT);

  /* What is revoked everywhere is about every name. */
  search (fixture, "prod");
  culvert_test_wait_until (count_rows (fixture) == 2, 5000);
  search (fixture, "zebra.example.net");
  culvert_test_wait_until (count_rows (fixture) == 1, 5000);
}

/* From the page about a changed key: that very line. */
static void
test_forget_and_undo (Fixture *fixture, gconstpointer data)
{
  g_autofree char *place = g_strdup_printf ("%s:2", fixture->path);
  g_autofree char *where = NULL;
  g_autofree char *now = NULL;
  GtkWidget       *button;

  open_page (fixture, place);
  culvert_test_wait_until (count_rows (fixture) == 1, 10000);
  culvert_test_wait_until (
    (button = find_widget (fixture->page, GTK_TYPE_BUTTON, "Forget This Key")) != NULL, 5000);
  g_signal_emit_by_name (button, "clicked");
  culvert_test_wait_until (!file_has (fixture, "bastion.example.com"), 10000);
  culvert_test_wait_until (find_widget (fixture->page, GTK_TYPE_BUTTON, "_Undo") != NULL, 5000);
  take_picture (fixture, "forgotten");
  /* The line below has moved up. */
  search (fixture, "vault");
  culvert_test_wait_until (count_rows (fixture) == 2, 5000);
  where = g_strdup_printf ("%s, line 2", fixture->path);
  culvert_test_wait_until (shows (fixture, where), 5000);

  search (fixture, "");
  g_signal_emit_by_name (find_widget (fixture->page, GTK_TYPE_BUTTON, "_Undo"), "clicked");
  culvert_test_wait_until (count_rows (fixture) == 5, 10000);
  g_assert_true (g_file_get_contents (fixture->path, &now, NULL, NULL));
  g_assert_cmpstr (now, ==, data);
}

/* Nothing is taken off the list that is still in the file. */
static void
test_unwritable (Fixture *fixture, gconstpointer data)
{
  GtkWidget       *button;
  g_autofree char *what = NULL;

  open_page (fixture, "vault");
  culvert_test_wait_until (count_rows (fixture) == 2, 10000);
  culvert_test_wait_until (
    (button = find_widget (fixture->page, GTK_TYPE_BUTTON, "Forget This Key")) != NULL, 5000);
  /* A folder where the file was: nobody can write that, not even root. */
  g_assert_cmpint (g_unlink (fixture->path), ==, 0);
  g_assert_cmpint (g_mkdir (fixture->path, 0700), ==, 0);
  g_signal_emit_by_name (button, "clicked");
  what = g_strdup_printf ("The known host keys in %s can’t be read or written: Is a directory.",
                          fixture->path);
  culvert_test_wait_until (shows (fixture, what), 5000);
  g_assert_cmpuint (count_rows (fixture), ==, 2);
  g_assert_cmpint (g_rmdir (fixture->path), ==, 0);
}

static void
test_empty (Fixture *fixture, gconstpointer data)
{
  open_page (fixture, "");
  culvert_test_wait_until (g_str_equal (get_view (fixture), "empty"), 10000);
  take_picture (fixture, "empty");
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv, NULL);
  adw_init ();
  g_test_add ("/ui/known-hosts-page/list", Fixture, content, set_up, test_list, tear_down);
  g_test_add ("/ui/known-hosts-page/forget-and-undo", Fixture, content, set_up,
              test_forget_and_undo, tear_down);
  g_test_add ("/ui/known-hosts-page/unwritable", Fixture, content, set_up, test_unwritable,
              tear_down);
  g_test_add ("/ui/known-hosts-page/empty", Fixture, NULL, set_up, test_empty, tear_down);
  return g_test_run ();
}
