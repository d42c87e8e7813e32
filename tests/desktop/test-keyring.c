/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/keyring.h"

#include "desktop/keyring-private.h"
#include "keyring-support.h"
#include "support/child-process.h"
#include "support/culvert-test.h"
#include "support/private-bus.h"

#include <signal.h>

/* A real gnome-keyring-daemon on a bus of its own, without a display: a locked keyring then has
 * nobody to ask, which looks like a question that was closed. */

#define DEADLINE_MS 20000
#define PASSWORD    "keyring password"

static CulvertTempDir  *folder;
static GDBusConnection *bus;

typedef struct
{
  CulvertChildProcess *daemon; /* nullable */
  char                *data_home;
} Fixture;

static gboolean
keyring_is_there (gpointer data)
{
  g_autofree char *owner = culvert_test_find_keyring (bus);

  return owner != NULL;
}

static void
start_daemon (Fixture *fixture)
{
  g_autofree char *log_file = culvert_temp_dir_build (folder, "keyring.log");
  g_autofree char *data_home = g_strconcat ("XDG_DATA_HOME=", fixture->data_home, NULL);
  const char      *environment[] = { data_home, "G_DEBUG=", NULL };
  const char      *argv[] = {
         "sh", "-c",
         "printf %s \"$0\" | exec gnome-keyring-daemon --foreground --unlock --components=secrets",
         PASSWORD, NULL
  };

  g_assert_null (fixture->daemon);
  fixture->daemon = culvert_child_process_start (argv, environment, log_file);
  culvert_test_wait (keyring_is_there, NULL, DEADLINE_MS);
}

static void
stop_daemon (Fixture *fixture)
{
  g_clear_pointer (&fixture->daemon, culvert_child_process_free);
  culvert_test_wait_until (!keyring_is_there (NULL), DEADLINE_MS);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  static guint n_set_up = 0;

  fixture->data_home =
    g_strdup_printf ("%s/data-%u", culvert_temp_dir_get_path (folder), n_set_up++);
  g_assert_cmpint (g_mkdir_with_parents (fixture->data_home, 0700), ==, 0);
  if (data != NULL)
    start_daemon (fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  if (fixture->daemon != NULL)
    stop_daemon (fixture);
  g_free (fixture->data_home);
}

static void
count_cb (CulvertSecretStore *store, guint *count)
{
  (*count)++;
}

static void
test_round_trip (Fixture *fixture, gconstpointer data)
{
  CulvertSecretStore *store = culvert_keyring_new ();
  g_autofree char    *long_text = g_strnfill (4000, 'x');
  g_autofree char    *attributes = NULL;
  g_autoptr (GError)  error = NULL;
  guint               n_changes = 0;

  g_signal_connect (store, "kind-changed", G_CALLBACK (count_cb), &n_changes);
  g_assert_cmpint (culvert_secret_store_get_kind (store), ==, CULVERT_SECRET_STORE_UNKNOWN);
  culvert_test_assert_secret (store, "one", "password", NULL);
  g_assert_cmpint (culvert_secret_store_get_kind (store), ==, CULVERT_SECRET_STORE_KEYRING);
  g_assert_cmpuint (n_changes, ==, 1);

  culvert_test_put_secret (store, "one", "password", "sësam, öffne dich");
  culvert_test_put_secret (store, "one", "passphrase:/home/alice/.ssh/id_a", "first");
  culvert_test_put_secret (store, "one", "passphrase:/home/alice/.ssh/id_b", long_text);
  culvert_test_put_secret (store, "two", "password", "");
  culvert_test_assert_secret (store, "one", "password", "sësam, öffne dich");
  culvert_test_assert_secret (store, "one", "passphrase:/home/alice/.ssh/id_a", "first");
  culvert_test_assert_secret (store, "one", "passphrase:/home/alice/.ssh/id_b", long_text);
  culvert_test_assert_secret (store, "one", "passphrase:/home/alice/.ssh/id_c", NULL);
  culvert_test_assert_secret (store, "two", "password", "");

  /* A second store takes the place of the first. */
  culvert_test_put_secret (store, "one", "password", "changed");
  culvert_test_assert_secret (store, "one", "password", "changed");
  g_assert_cmpuint (culvert_test_count_items (bus, "one"), ==, 3);

  /* What can be read without unlocking says neither who nor where. */
  attributes = culvert_test_read_attributes (bus, "one");
  g_assert_nonnull (strstr (attributes, "passphrase:"));
  g_assert_null (strstr (attributes, "alice"));
  g_assert_null (strstr (attributes, ".ssh"));

  g_assert_true (culvert_test_forget (store, "one", "password", &error));
  culvert_test_assert_secret (store, "one", "password", NULL);
  culvert_test_assert_secret (store, "one", "passphrase:/home/alice/.ssh/id_a", "first");
  g_assert_true (culvert_test_forget (store, "one", NULL, &error));
  g_assert_true (culvert_test_forget (store, "one", NULL, &error));
  g_assert_no_error (error);
  culvert_test_assert_secret (store, "one", "passphrase:/home/alice/.ssh/id_a", NULL);
  g_assert_cmpuint (culvert_test_count_items (bus, "one"), ==, 0);
  g_assert_cmpuint (culvert_test_count_items (bus, "two"), ==, 1);
  g_assert_cmpuint (n_changes, ==, 1);

  culvert_test_drop_store (store);
}

/* Another process, as after a restart of the program. */
static void
test_restart_subprocess (void)
{
  CulvertSecretStore *store = culvert_keyring_new ();

  culvert_test_assert_secret (store, "one", "password", "kept");
  culvert_test_assert_secret (store, "other", "password", NULL);
  culvert_test_drop_store (store);
}

static void
test_restart (Fixture *fixture, gconstpointer data)
{
  CulvertSecretStore *store = culvert_keyring_new ();

  culvert_test_put_secret (store, "one", "password", "kept");
  culvert_test_drop_store (store);

  stop_daemon (fixture);
  start_daemon (fixture);
  g_test_trap_subprocess ("/desktop/keyring/open/restart/subprocess", DEADLINE_MS * 1000, 0);
  g_test_trap_assert_passed ();
}

static void
assert_locked (CulvertSecretStore *store, const char *tunnel_id, const char *purpose)
{
  g_autoptr (GError)        error = NULL;
  g_autoptr (CulvertSecret) secret = culvert_test_lookup (store, tunnel_id, purpose, &error);

  g_assert_null (secret);
  g_assert_error (error, CULVERT_SECRET_STORE_ERROR, CULVERT_SECRET_STORE_ERROR_LOCKED);
}

/* "There but locked" and "not there" are told apart, with and without asking. */
static void
test_locked (Fixture *fixture, gconstpointer data)
{
  CulvertSecretStore *store = culvert_keyring_new ();
  g_autoptr (GError)  error = NULL;

  culvert_test_put_secret (store, "one", "password", "locked away");
  culvert_test_lock_keyring (bus);

  assert_locked (store, "one", "password");
  assert_locked (store, "one", "password");
  culvert_test_assert_secret (store, "one", "passphrase:x", NULL);
  culvert_keyring_set_quiet_ms (store, 0);
  culvert_test_assert_secret (store, "two", "password", NULL);
  assert_locked (store, "one", "password");
  g_assert_false (culvert_test_store (store, "one", "passphrase:x", "more", &error));
  g_assert_error (error, CULVERT_SECRET_STORE_ERROR, CULVERT_SECRET_STORE_ERROR_LOCKED);
  g_assert_cmpint (culvert_secret_store_get_kind (store), ==, CULVERT_SECRET_STORE_KEYRING);

  stop_daemon (fixture);
  start_daemon (fixture);
  culvert_test_assert_secret (store, "one", "password", "locked away");
  culvert_test_drop_store (store);
}

/* What is forgotten while locked is not given out again, and goes once the keyring is open. */
static void
test_forget_while_locked (Fixture *fixture, gconstpointer data)
{
  CulvertSecretStore *store = culvert_keyring_new ();
  g_autoptr (GError)  error = NULL;
  g_autoptr (GError)  again = NULL;

  culvert_test_put_secret (store, "one", "password", "old");
  culvert_test_put_secret (store, "one", "passphrase:x", "old");
  culvert_test_put_secret (store, "two", "password", "of two");
  culvert_test_put_secret (store, "three", "password", "of three");
  culvert_test_lock_keyring (bus);
  g_assert_false (culvert_test_forget (store, "one", NULL, &error));
  g_assert_error (error, CULVERT_SECRET_STORE_ERROR, CULVERT_SECRET_STORE_ERROR_LOCKED);
  g_assert_false (culvert_test_forget (store, "three", "password", &again));
  g_assert_error (again, CULVERT_SECRET_STORE_ERROR, CULVERT_SECRET_STORE_ERROR_LOCKED);
  culvert_test_assert_secret (store, "one", "password", NULL);
  culvert_test_assert_secret (store, "one", "passphrase:x", NULL);
  culvert_test_assert_secret (store, "three", "password", NULL);
  g_assert_cmpuint (culvert_test_count_items (bus, "one"), ==, 2);

  stop_daemon (fixture);
  start_daemon (fixture);
  /* The removal of this one is undone before the keyring is seen open. */
  culvert_test_put_secret (store, "three", "password", "new");
  culvert_test_assert_secret (store, "two", "password", "of two");
  culvert_test_wait_until (culvert_test_count_items (bus, "one") == 0, DEADLINE_MS);
  culvert_test_assert_secret (store, "three", "password", "new");
  culvert_test_drop_store (store);
}

static void
test_daemon_restarted (Fixture *fixture, gconstpointer data)
{
  CulvertSecretStore *store = culvert_keyring_new ();
  guint               n_changes = 0;

  culvert_test_put_secret (store, "one", "password", "kept");
  g_signal_connect (store, "kind-changed", G_CALLBACK (count_cb), &n_changes);
  stop_daemon (fixture);
  start_daemon (fixture);
  culvert_test_assert_secret (store, "one", "password", "kept");

  stop_daemon (fixture);
  start_daemon (fixture);
  culvert_test_put_secret (store, "one", "password", "changed");
  culvert_test_assert_secret (store, "one", "password", "changed");

  stop_daemon (fixture);
  start_daemon (fixture);
  g_assert_true (culvert_test_forget (store, "one", NULL, NULL));
  g_assert_cmpuint (culvert_test_count_items (bus, "one"), ==, 0);
  g_assert_cmpuint (n_changes, ==, 0);
  culvert_test_drop_store (store);
}

/* Nothing on the bus keeps secrets: memory, and it says so; one that comes is used from then on. */
static void
test_absent (Fixture *fixture, gconstpointer data)
{
  CulvertSecretStore *store = culvert_keyring_new ();
  guint               n_changes = 0;

  g_signal_connect (store, "kind-changed", G_CALLBACK (count_cb), &n_changes);
  g_assert_cmpint (culvert_secret_store_get_kind (store), ==, CULVERT_SECRET_STORE_UNKNOWN);
  culvert_test_put_secret (store, "one", "password", "in memory");
  g_assert_cmpint (culvert_secret_store_get_kind (store), ==, CULVERT_SECRET_STORE_MEMORY);
  g_assert_cmpuint (n_changes, ==, 1);
  culvert_test_put_secret (store, "two", "password", "in memory too");
  culvert_test_assert_secret (store, "one", "password", "in memory");
  g_assert_true (culvert_test_forget (store, "two", NULL, NULL));
  culvert_test_assert_secret (store, "two", "password", NULL);

  start_daemon (fixture);
  culvert_test_wait_for_kind (store, CULVERT_SECRET_STORE_KEYRING);
  g_assert_cmpuint (n_changes, ==, 2);
  culvert_test_assert_secret (store, "one", "password", "in memory");
  culvert_test_put_secret (store, "one", "password", "in the keyring");
  g_assert_cmpuint (culvert_test_count_items (bus, "one"), ==, 1);
  culvert_test_assert_secret (store, "one", "password", "in the keyring");

  /* It goes: what it kept is not to be had, new secrets stay here. */
  stop_daemon (fixture);
  culvert_test_assert_secret (store, "one", "password", NULL);
  g_assert_cmpint (culvert_secret_store_get_kind (store), ==, CULVERT_SECRET_STORE_MEMORY);
  g_assert_cmpuint (n_changes, ==, 3);
  culvert_test_put_secret (store, "one", "password", "in memory again");
  culvert_test_assert_secret (store, "one", "password", "in memory again");
  culvert_test_drop_store (store);
}

static GDBusMessage *
deny_cb (GDBusConnection *connection,
         GDBusMessage    *message,
         gboolean         is_incoming,
         gpointer         user_data)
{
  GDBusMessage *reply;

  if (!is_incoming || g_dbus_message_get_message_type (message) != G_DBUS_MESSAGE_TYPE_METHOD_CALL)
    return message;
  g_atomic_int_inc ((int *)user_data);
  reply =
    g_dbus_message_new_method_error (message, "org.freedesktop.DBus.Error.AccessDenied", "planned");
  g_dbus_connection_send_message (connection, reply, G_DBUS_SEND_MESSAGE_FLAGS_NONE, NULL, NULL);
  g_object_unref (reply);
  g_object_unref (message);
  return NULL;
}

/* One that does not let this program in: memory, and it says why. */
static void
test_denied (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GDBusConnection) keyring = culvert_private_bus_new (G_BUS_TYPE_SESSION);
  int                         n_denied = 0;
  guint filter_id = g_dbus_connection_add_filter (keyring, deny_cb, &n_denied, NULL);
  guint name_id = g_bus_own_name_on_connection (
    keyring, "org.freedesktop.secrets", G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL, NULL);
  CulvertSecretStore *store;

  culvert_test_wait (keyring_is_there, NULL, DEADLINE_MS);
  store = culvert_keyring_new ();
  culvert_test_put_secret (store, "one", "password", "in memory");
  g_assert_cmpint (culvert_secret_store_get_kind (store), ==, CULVERT_SECRET_STORE_DENIED);
  g_assert_cmpint (g_atomic_int_get (&n_denied), >, 0);
  culvert_test_assert_secret (store, "one", "password", "in memory");
  g_assert_true (culvert_test_forget (store, "one", NULL, NULL));
  culvert_test_assert_secret (store, "one", "password", NULL);
  culvert_test_drop_store (store);

  g_bus_unown_name (name_id);
  g_dbus_connection_remove_filter (keyring, filter_id);
  g_assert_true (g_dbus_connection_close_sync (keyring, NULL, NULL));
  culvert_test_wait_until (!keyring_is_there (NULL), DEADLINE_MS);
}

/* Another program of the session changes what is kept, and removes it. */
static void
test_changed_elsewhere (Fixture *fixture, gconstpointer data)
{
  CulvertSecretStore *store = culvert_keyring_new ();

  culvert_test_put_secret (store, "one", "password", "ours");
  culvert_test_assert_secret (store, "one", "password", "ours");
  g_free (culvert_child_process_run ("sh", "-c",
                                     "printf theirs | secret-tool store --label=L xdg:schema "
                                     "\"$0\" tunnel one purpose password",
                                     CULVERT_APP_ID, NULL));
  g_assert_cmpuint (culvert_test_count_items (bus, "one"), ==, 1);
  culvert_test_assert_secret (store, "one", "password", "theirs");
  g_free (culvert_child_process_run ("secret-tool", "clear", "tunnel", "one", NULL));
  culvert_test_assert_secret (store, "one", "password", NULL);
  g_assert_true (culvert_test_forget (store, "one", NULL, NULL));
  culvert_test_put_secret (store, "one", "password", "ours again");
  culvert_test_assert_secret (store, "one", "password", "ours again");
  culvert_test_drop_store (store);
}

/* A keyring that cannot make its first collection, for want of somebody to choose a password. */
static void
test_no_collection (Fixture *fixture, gconstpointer data)
{
  CulvertSecretStore *store;
  g_autofree char    *log_file = culvert_temp_dir_build (folder, "keyring.log");
  g_autofree char    *data_home = g_strconcat ("XDG_DATA_HOME=", fixture->data_home, NULL);
  const char         *environment[] = { data_home, "G_DEBUG=", NULL };
  const char *argv[] = { "gnome-keyring-daemon", "--foreground", "--components=secrets", NULL };

  fixture->daemon = culvert_child_process_start (argv, environment, log_file);
  culvert_test_wait (keyring_is_there, NULL, DEADLINE_MS);
  store = culvert_keyring_new ();
  culvert_test_assert_secret (store, "one", "password", NULL);
  culvert_test_put_secret (store, "one", "password", "in memory");
  g_assert_cmpint (culvert_secret_store_get_kind (store), ==, CULVERT_SECRET_STORE_MEMORY);
  culvert_test_assert_secret (store, "one", "password", "in memory");
  culvert_test_drop_store (store);
}

static void
test_no_bus_subprocess (void)
{
  CulvertSecretStore *store = culvert_keyring_new ();

  g_assert_cmpint (culvert_secret_store_get_kind (store), ==, CULVERT_SECRET_STORE_MEMORY);
  culvert_test_put_secret (store, "one", "password", "in memory");
  culvert_test_assert_secret (store, "one", "password", "in memory");
  culvert_test_drop_store (store);
}

static void
test_dead_bus_subprocess (void)
{
  CulvertSecretStore *store = culvert_keyring_new ();

  g_assert_cmpint (culvert_secret_store_get_kind (store), ==, CULVERT_SECRET_STORE_UNKNOWN);
  culvert_test_put_secret (store, "one", "password", "in memory");
  g_assert_cmpint (culvert_secret_store_get_kind (store), ==, CULVERT_SECRET_STORE_MEMORY);
  culvert_test_assert_secret (store, "one", "password", "in memory");
  culvert_test_drop_store (store);
}

/* @data: what DBUS_SESSION_BUS_ADDRESS is, and the test to run with it */
static void
test_without_bus (gconstpointer data)
{
  const char *const *row = data;
  g_autofree char   *address = g_strdup (g_getenv ("DBUS_SESSION_BUS_ADDRESS"));
  g_autofree char   *runtime = g_strdup (g_getenv ("XDG_RUNTIME_DIR"));

  g_setenv ("DBUS_SESSION_BUS_ADDRESS", row[0], TRUE);
  g_setenv ("XDG_RUNTIME_DIR", "/nowhere", TRUE);
  g_test_trap_subprocess (row[1], DEADLINE_MS * 1000, 0);
  g_test_trap_assert_passed ();
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", address, TRUE);
  g_setenv ("XDG_RUNTIME_DIR", runtime, TRUE);
}

/* What libsecret does in a sandbox: a file of its own, whose items are of another type. */
static void
test_file_backend_subprocess (void)
{
  CulvertSecretStore *store = culvert_keyring_new ();

  culvert_test_assert_secret (store, "one", "password", NULL);
  g_assert_cmpint (culvert_secret_store_get_kind (store), ==, CULVERT_SECRET_STORE_KEYRING);
  culvert_test_put_secret (store, "one", "password", "in a file");
  culvert_test_put_secret (store, "one", "passphrase:/x", "too");
  culvert_test_assert_secret (store, "one", "password", "in a file");
  culvert_test_assert_secret (store, "one", "passphrase:/x", "too");
  culvert_test_assert_secret (store, "one", "passphrase:/y", NULL);
  g_assert_true (culvert_test_forget (store, "one", "password", NULL));
  culvert_test_assert_secret (store, "one", "password", NULL);
  g_assert_true (culvert_test_forget (store, "one", NULL, NULL));
  culvert_test_assert_secret (store, "one", "passphrase:/x", NULL);
  g_assert_true (g_file_test (g_getenv ("SECRET_FILE_TEST_PATH"), G_FILE_TEST_EXISTS));
  culvert_test_drop_store (store);
}

static void
test_file_backend (void)
{
  g_autofree char *path = culvert_temp_dir_build (folder, "file.keyring");
  g_autofree char *options = g_strdup (g_getenv ("ASAN_OPTIONS"));

  g_setenv ("SECRET_BACKEND", "file", TRUE);
  g_setenv ("SECRET_FILE_TEST_PATH", path, TRUE);
  g_setenv ("SECRET_FILE_TEST_PASSWORD", PASSWORD, TRUE);
  /* Another loss of libsecret's. */
  g_setenv ("ASAN_OPTIONS", "detect_leaks=0", TRUE);
  g_test_trap_subprocess ("/desktop/keyring/open/file-backend/subprocess", DEADLINE_MS * 1000, 0);
  g_unsetenv ("SECRET_BACKEND");
  if (options != NULL)
    g_setenv ("ASAN_OPTIONS", options, TRUE);
  else
    g_unsetenv ("ASAN_OPTIONS");
  g_test_trap_assert_passed ();
}

/* The end of the bus ends the keyring, not the program. */
static void
test_bus_ends_subprocess (void)
{
  CulvertSecretStore *store = culvert_keyring_new ();

  culvert_test_assert_secret (store, "one", "password", NULL);
  g_assert_cmpint (kill (atoi (g_getenv ("CULVERT_TEST_BUS_PID")), SIGKILL), ==, 0);
  culvert_test_spend (300);
  culvert_test_put_secret (store, "one", "password", "in memory");
  g_assert_cmpint (culvert_secret_store_get_kind (store), ==, CULVERT_SECRET_STORE_MEMORY);
  culvert_test_assert_secret (store, "one", "password", "in memory");
}

static gboolean
bus_answers (gpointer address)
{
  g_autoptr (GDBusConnection) connection = g_dbus_connection_new_for_address_sync (
    address,
    G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT | G_DBUS_CONNECTION_FLAGS_MESSAGE_BUS_CONNECTION,
    NULL, NULL, NULL);

  return connection != NULL;
}

static CulvertChildProcess *
start_bus (const char *name, char **address)
{
  static const char config[] =
    "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\"\n"
    " \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n"
    "<busconfig><type>session</type><auth>EXTERNAL</auth><listen>%s</listen>"
    "<policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>"
    "<allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>\n";
  g_autofree char     *socket = culvert_temp_dir_build (folder, name);
  g_autofree char     *log_file = g_strconcat (socket, ".log", NULL);
  g_autofree char     *config_name = g_strconcat (name, ".conf", NULL);
  g_autoptr (GString)  text = g_string_new (config);
  g_autofree char     *config_file = NULL;
  CulvertChildProcess *process;

  *address = g_strconcat ("unix:path=", socket, NULL);
  g_string_replace (text, "%s", *address, 0);
  config_file = culvert_temp_dir_write (folder, config_name, text->str);
  {
    const char *argv[] = { "dbus-daemon",   "--nofork",  "--nopidfile",
                           "--config-file", config_file, NULL };

    process = culvert_child_process_start (argv, NULL, log_file);
  }
  culvert_test_wait (bus_answers, *address, DEADLINE_MS);
  return process;
}

static void
test_bus_ends (void)
{
  g_autofree char                *own = g_strdup (g_getenv ("DBUS_SESSION_BUS_ADDRESS"));
  g_autofree char                *address = NULL;
  g_autofree char                *pid = NULL;
  g_autoptr (CulvertChildProcess) other_bus = start_bus ("mortal", &address);

  pid = g_strdup_printf ("%d", culvert_child_process_get_pid (other_bus));
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", address, TRUE);
  g_setenv ("CULVERT_TEST_BUS_PID", pid, TRUE);
  g_test_trap_subprocess ("/desktop/keyring/open/bus-ends/subprocess", DEADLINE_MS * 1000, 0);
  g_test_trap_assert_passed ();
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", own, TRUE);
}

#define N_MANY 60

typedef struct
{
  guint n_stored;
  guint n_found;
} Many;

static void
many_stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Many              *many = user_data;
  g_autoptr (GError) error = NULL;

  g_assert_true (culvert_secret_store_store_finish (CULVERT_SECRET_STORE (source), result, &error));
  g_assert_no_error (error);
  many->n_stored++;
}

static void
many_found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Many                     *many = user_data;
  g_autoptr (GError)        error = NULL;
  g_autoptr (CulvertSecret) secret =
    culvert_secret_store_lookup_finish (CULVERT_SECRET_STORE (source), result, &error);
  g_autofree char *expected = g_strdup_printf ("secret %u", many->n_found);

  g_assert_no_error (error);
  g_assert_nonnull (secret);
  g_assert_cmpstr (culvert_secret_peek (secret), ==, expected);
  many->n_found++;
}

/* In the order in which they were asked for, and all of them. */
static void
test_many (Fixture *fixture, gconstpointer data)
{
  CulvertSecretStore *store = culvert_keyring_new ();
  Many                many = { 0 };

  for (guint i = 0; i < N_MANY; i++)
    {
      g_autofree char          *id = g_strdup_printf ("many-%u", i);
      g_autofree char          *text = g_strdup_printf ("secret %u", i);
      g_autoptr (CulvertSecret) secret = culvert_secret_new (text, -1);

      culvert_secret_store_store_async (store, id, "password", id, secret, NULL, many_stored_cb,
                                        &many);
      culvert_secret_store_lookup_async (store, id, "password", NULL, many_found_cb, &many);
    }
  culvert_test_wait_until (many.n_found == N_MANY, DEADLINE_MS);
  g_assert_cmpuint (many.n_stored, ==, N_MANY);
  culvert_test_drop_store (store);
}

static void
cancelled_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  guint                    *n_cancelled = user_data;
  g_autoptr (GError)        error = NULL;
  g_autoptr (CulvertSecret) secret =
    culvert_secret_store_lookup_finish (CULVERT_SECRET_STORE (source), result, &error);

  g_assert_null (secret);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
  (*n_cancelled)++;
}

/* Giving up ends the waiting, not what the others wait for; a store is done all the same. */
static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  CulvertSecretStore       *store = culvert_keyring_new ();
  g_autoptr (GCancellable)  cancellable = g_cancellable_new ();
  g_autoptr (CulvertSecret) secret = culvert_secret_new ("stored anyway", -1);
  guint                     n_cancelled = 0;

  culvert_test_put_secret (store, "one", "password", "kept");
  for (guint i = 0; i < 5; i++)
    culvert_secret_store_lookup_async (store, "one", "password", cancellable, cancelled_cb,
                                       &n_cancelled);
  culvert_secret_store_store_async (store, "two", "password", "two", secret, cancellable, NULL,
                                    NULL);
  g_cancellable_cancel (cancellable);
  culvert_test_assert_secret (store, "one", "password", "kept");
  g_assert_cmpuint (n_cancelled, ==, 5);
  culvert_test_assert_secret (store, "two", "password", "stored anyway");
  culvert_test_drop_store (store);
}

static void
test_memory (void)
{
  CulvertSecretStore *store = culvert_keyring_new_memory ();

  g_assert_cmpint (culvert_secret_store_get_kind (store), ==, CULVERT_SECRET_STORE_MEMORY);
  culvert_test_put_secret (store, "one", "password", "a");
  culvert_test_put_secret (store, "one", "passphrase:x", "b");
  culvert_test_put_secret (store, "two", "password", "c");
  culvert_test_put_secret (store, "one", "password", "d");
  culvert_test_assert_secret (store, "one", "password", "d");
  g_assert_true (culvert_test_forget (store, "one", "password", NULL));
  culvert_test_assert_secret (store, "one", "password", NULL);
  culvert_test_assert_secret (store, "one", "passphrase:x", "b");
  g_assert_true (culvert_test_forget (store, "one", NULL, NULL));
  culvert_test_assert_secret (store, "one", "passphrase:x", NULL);
  culvert_test_assert_secret (store, "two", "password", "c");
  culvert_test_drop_store (store);
}

static int
run_with_bus (void)
{
  static const char *const no_bus[] = { "", "/desktop/keyring/open/no-bus/subprocess" };
  static const char *const dead_bus[] = { "unix:path=/nowhere/bus",
                                          "/desktop/keyring/open/dead-bus/subprocess" };
#define WITH_DAEMON(name, func)                                                                    \
  g_test_add ("/desktop/keyring/" name, Fixture, "daemon", set_up, func, tear_down)
#define WITHOUT_DAEMON(name, func)                                                                 \
  g_test_add ("/desktop/keyring/" name, Fixture, NULL, set_up, func, tear_down)

  g_test_add_func ("/desktop/keyring/open/memory", test_memory);
  WITH_DAEMON ("open/round-trip", test_round_trip);
  WITH_DAEMON ("open/restart", test_restart);
  g_test_add_func ("/desktop/keyring/open/restart/subprocess", test_restart_subprocess);
  /* By these libsecret 0.20 loses memory of its own: see meson.build. */
  WITH_DAEMON ("shut/locked", test_locked);
  WITHOUT_DAEMON ("shut/no-collection", test_no_collection);
  WITH_DAEMON ("open/forget-while-locked", test_forget_while_locked);
  WITH_DAEMON ("open/daemon-restarted", test_daemon_restarted);
  WITH_DAEMON ("open/changed-elsewhere", test_changed_elsewhere);
  WITHOUT_DAEMON ("open/absent", test_absent);
  WITHOUT_DAEMON ("open/denied", test_denied);
  WITH_DAEMON ("open/many", test_many);
  WITH_DAEMON ("open/cancel", test_cancel);
  g_test_add_data_func ("/desktop/keyring/open/no-bus", no_bus, test_without_bus);
  g_test_add_func ("/desktop/keyring/open/no-bus/subprocess", test_no_bus_subprocess);
  g_test_add_data_func ("/desktop/keyring/open/dead-bus", dead_bus, test_without_bus);
  g_test_add_func ("/desktop/keyring/open/dead-bus/subprocess", test_dead_bus_subprocess);
  g_test_add_func ("/desktop/keyring/open/file-backend", test_file_backend);
  g_test_add_func ("/desktop/keyring/open/file-backend/subprocess", test_file_backend_subprocess);
  g_test_add_func ("/desktop/keyring/open/bus-ends", test_bus_ends);
  g_test_add_func ("/desktop/keyring/open/bus-ends/subprocess", test_bus_ends_subprocess);
  return g_test_run ();
}

int
main (int argc, char **argv)
{
  CulvertChildProcess *process = NULL;
  g_autofree char     *address = NULL;
  int                  status;

  g_test_init (&argc, &argv, NULL);
  if (g_test_subprocess ())
    return run_with_bus ();

  folder = culvert_temp_dir_new ();
  g_unsetenv ("DISPLAY");
  g_unsetenv ("WAYLAND_DISPLAY");
  g_unsetenv ("GNOME_KEYRING_CONTROL");
  g_setenv ("HOME", culvert_temp_dir_get_path (folder), TRUE);
  g_setenv ("XDG_RUNTIME_DIR", culvert_temp_dir_get_path (folder), TRUE);
  process = start_bus ("session", &address);
  g_setenv ("DBUS_SESSION_BUS_ADDRESS", address, TRUE);
  bus = culvert_private_bus_new (G_BUS_TYPE_SESSION);

  status = run_with_bus ();
  g_clear_object (&bus);
  culvert_child_process_free (process);
  culvert_temp_dir_free (folder);
  return status;
}
