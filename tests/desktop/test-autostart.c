/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/autostart.h"

#include "desktop/autostart-file.h"
#include "support/culvert-test.h"
#include "support/fake-portal.h"
#include "support/private-bus.h"

#include <glib/gstdio.h>
#include <string.h>

#define PATIENCE_MS 10000
#define FILE_NAME   CULVERT_APP_ID ".desktop"

static char *system_path; /* of the file for every user */

static const char *const command[] = { "/opt/my programs/100% $HOME/culvert", "--background",
                                       NULL };

/* (transfer full) */
static char *
read_own (void)
{
  g_autofree char *path = culvert_autostart_file_dup_path ();
  char            *text = NULL;

  g_file_get_contents (path, &text, NULL, NULL);
  return text;
}

static void
write_file (const char *path, const char *text)
{
  g_autofree char   *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
write_own (const char *text)
{
  g_autofree char *path = culvert_autostart_file_dup_path ();

  write_file (path, text);
}

static void
set (gboolean is_on)
{
  g_autoptr (GError) error = NULL;

  culvert_autostart_file_set (is_on, command, &error);
  g_assert_no_error (error);
  g_assert_cmpint (culvert_autostart_file_is_on (), ==, is_on);
}

/* The desktop has to start just what was asked for. */
static void
assert_starts (const char *text, const char *program)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError)   error = NULL;
  g_autofree char     *exec = NULL;
  g_auto (GStrv)       words = NULL;
  g_autoptr (GString)  first = NULL;

  g_key_file_load_from_data (file, text, -1, G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  exec = g_key_file_get_string (file, "Desktop Entry", "Exec", NULL);
  g_shell_parse_argv (exec, NULL, &words, &error);
  g_assert_no_error (error);
  first = g_string_new (words[0]);
  g_string_replace (first, "%%", "%", 0);
  g_assert_cmpstr (first->str, ==, program);
  g_assert_cmpstr (words[1], ==, "--background");
  g_assert_null (words[2]);
}

static void
test_file (void)
{
  g_autofree char *text = NULL;
  g_autofree char *none = NULL;

  g_assert_false (culvert_autostart_file_is_on ());
  set (FALSE);
  set (TRUE);
  text = read_own ();
  assert_starts (text, command[0]);
  set (TRUE);
  set (FALSE);
  none = read_own ();
  g_assert_null (none);
}

/* The person, or the desktop's own settings, may have edited it. */
static void
test_edited (void)
{
  static const struct
  {
    const char *text;
    gboolean    is_on;
  } table[] = {
    { "[Desktop Entry]\nExec=culvert\n", TRUE },
    { "[Desktop Entry]\nExec=culvert\nHidden=false\nX-GNOME-Autostart-enabled=true\n", TRUE },
    { "[Desktop Entry]\nExec=culvert\nHidden=true\n", FALSE },
    { "[Desktop Entry]\nExec=culvert\nX-GNOME-Autostart-enabled=false\n", FALSE },
    { "[Desktop Entry]\n", FALSE },
    { "", FALSE },
    { "\xff\xfe not a file of keys [", FALSE },
  };
  g_autofree char *text = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    {
      write_own (table[i].text);
      g_assert_cmpint (culvert_autostart_file_is_on (), ==, table[i].is_on);
      set (TRUE);
      set (FALSE);
    }

  /* What is somebody else's in there stays. */
  write_own ("[Desktop Entry]\nExec=old\nHidden=true\nX-Delay=7\nComment[de]=Tunnel\n");
  set (TRUE);
  text = read_own ();
  assert_starts (text, command[0]);
  g_assert_nonnull (strstr (text, "X-Delay=7"));
  g_assert_nonnull (strstr (text, "Comment[de]=Tunnel"));
  set (FALSE);
}

/* An administrator's is hidden, never touched. */
static void
test_system (void)
{
  g_autofree char *text = NULL;

  write_file (system_path, "[Desktop Entry]\nExec=culvert --background\n");
  g_assert_true (culvert_autostart_file_is_on ());
  set (FALSE);
  text = culvert_test_read_text (system_path);
  g_assert_cmpstr (text, ==, "[Desktop Entry]\nExec=culvert --background\n");
  set (TRUE);
  set (FALSE);
  g_assert_cmpint (g_remove (system_path), ==, 0);
  set (FALSE);
}

static void
test_unwritable (void)
{
  g_autofree char   *path = culvert_autostart_file_dup_path ();
  g_autofree char   *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  /* A file where the folder should be, so that root fails, too. */
  g_assert_cmpint (g_remove (folder), ==, 0);
  write_file (folder, "");
  g_assert_false (culvert_autostart_file_set (TRUE, command, &error));
  g_assert_nonnull (error);
  g_assert_nonnull (strstr (error->message, folder));
  g_assert_false (culvert_autostart_file_is_on ());
  g_assert_cmpint (g_remove (folder), ==, 0);
}

static void
ready_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  *(GAsyncResult **)user_data = g_object_ref (result);
}

static gboolean
probe (CulvertAutostart *autostart, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  culvert_autostart_probe_async (autostart, NULL, ready_cb, &result);
  culvert_test_wait_until (result != NULL, PATIENCE_MS);
  return culvert_autostart_probe_finish (autostart, result, error);
}

static gboolean
ask (CulvertAutostart *autostart, gboolean is_on, GError **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  culvert_autostart_set_async (autostart, is_on, "A reason", NULL, ready_cb, &result);
  culvert_test_wait_until (result != NULL, PATIENCE_MS);
  return culvert_autostart_set_finish (autostart, result, error);
}

static void
test_outside (void)
{
  g_autoptr (CulvertAutostart) autostart = culvert_autostart_new (NULL, FALSE, TRUE);
  g_autoptr (GError)           error = NULL;

  g_assert_true (culvert_autostart_may_run (autostart));
  g_assert_false (culvert_autostart_is_on (autostart));
  g_assert_true (probe (autostart, &error));
  g_assert_true (ask (autostart, TRUE, &error));
  g_assert_true (culvert_autostart_is_on (autostart));
  g_assert_true (culvert_autostart_file_is_on ());
  g_assert_true (ask (autostart, FALSE, &error));
  g_assert_false (culvert_autostart_file_is_on ());
  g_assert_no_error (error);
}

static void
test_granted (void)
{
  g_autoptr (GDBusConnection)   bus = culvert_private_bus_new (G_BUS_TYPE_SESSION);
  g_autoptr (CulvertFakePortal) portal = culvert_fake_portal_new (TRUE);
  g_autoptr (CulvertAutostart)  autostart = culvert_autostart_new (bus, TRUE, FALSE);
  g_autoptr (GError)            error = NULL;

  g_assert_true (probe (autostart, &error));
  g_assert_false (culvert_autostart_may_run (autostart));
  g_assert_true (ask (autostart, TRUE, &error));
  g_assert_true (portal->asked_autostart);
  g_assert_cmpstr (portal->command, ==, "culvert --background");
  g_assert_true (culvert_autostart_may_run (autostart));
  g_assert_true (culvert_autostart_is_on (autostart));
  /* A sandbox does not see the folder, and writes none. */
  g_assert_false (culvert_autostart_file_is_on ());
  g_assert_true (ask (autostart, FALSE, &error));
  g_assert_false (culvert_autostart_is_on (autostart));
  g_assert_no_error (error);
  g_assert_cmpuint (portal->n_asked, ==, 2);
}

static void
test_refused (void)
{
  g_autoptr (GDBusConnection)   bus = culvert_private_bus_new (G_BUS_TYPE_SESSION);
  g_autoptr (CulvertFakePortal) portal = culvert_fake_portal_new (TRUE);
  g_autoptr (CulvertAutostart)  autostart = culvert_autostart_new (bus, TRUE, FALSE);
  g_autoptr (GError)            error = NULL;

  portal->response = 1;
  g_assert_false (ask (autostart, TRUE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_false (culvert_autostart_is_on (autostart));
  g_assert_false (culvert_autostart_may_run (autostart));

  /* The one, and not the other. */
  g_clear_error (&error);
  portal->response = 0;
  portal->autostarts = FALSE;
  g_assert_false (ask (autostart, TRUE, &error));
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
  g_assert_true (culvert_autostart_may_run (autostart));
  g_assert_false (culvert_autostart_is_on (autostart));
}

/* No bus, no portal, and one that has no such interface, as that of many desktops. */
static void
test_nobody (void)
{
  g_autoptr (GDBusConnection)   bus = culvert_private_bus_new (G_BUS_TYPE_SESSION);
  g_autoptr (CulvertAutostart)  alone = culvert_autostart_new (NULL, TRUE, TRUE);
  g_autoptr (CulvertAutostart)  autostart = culvert_autostart_new (bus, TRUE, FALSE);
  g_autoptr (CulvertFakePortal) portal = NULL;

  g_assert_true (culvert_autostart_is_on (alone));
  for (guint i = 0; i < 3; i++)
    {
      g_autoptr (GError) unfound = NULL;
      g_autoptr (GError) unasked = NULL;

      if (i == 2)
        portal = culvert_fake_portal_new (FALSE);
      g_assert_false (probe (i == 0 ? alone : autostart, &unfound));
      g_assert_error (unfound, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
      g_assert_false (ask (i == 0 ? alone : autostart, TRUE, &unasked));
      g_assert_error (unasked, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED);
    }
}

int
main (int argc, char **argv)
{
  g_autoptr (CulvertTempDir) home = culvert_temp_dir_new ();
  g_autofree char           *own = culvert_temp_dir_build (home, "own");
  g_autofree char           *everyone = culvert_temp_dir_build (home, "everyone");
  g_autoptr (GTestDBus)      daemon = NULL;
  int                        status;

  g_setenv ("XDG_CONFIG_HOME", own, TRUE);
  g_setenv ("XDG_CONFIG_DIRS", everyone, TRUE);
  system_path = g_build_filename (everyone, "autostart", FILE_NAME, NULL);
  g_test_init (&argc, &argv, NULL);
  daemon = g_test_dbus_new (G_TEST_DBUS_NONE);
  g_test_dbus_up (daemon);
  /* It cleans up what it finds. */
  g_setenv ("XDG_CONFIG_HOME", own, TRUE);

  g_test_add_func ("/desktop/autostart/file", test_file);
  g_test_add_func ("/desktop/autostart/edited", test_edited);
  g_test_add_func ("/desktop/autostart/system", test_system);
  g_test_add_func ("/desktop/autostart/unwritable", test_unwritable);
  g_test_add_func ("/desktop/autostart/outside", test_outside);
  g_test_add_func ("/desktop/autostart/granted", test_granted);
  g_test_add_func ("/desktop/autostart/refused", test_refused);
  g_test_add_func ("/desktop/autostart/nobody", test_nobody);
  status = g_test_run ();
  g_test_dbus_stop (daemon);
  g_free (system_path);
  return status;
}
