/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/keyring.h"

#include "desktop/keyring-private.h"
#include "keyring-support.h"
#include "support/child-process.h"
#include "support/culvert-test.h"
#include "support/private-bus.h"

#include <signal.h>

/* The keyring's own question on a screen, answered, closed and left open as a person does.  Run by
 * tests/support/display-run, which brings screen, bus, keyring and the program that asks. */

#define DEADLINE_MS 20000
#define N_MANY      6

static GDBusConnection *bus;

/* (transfer full): the windows of the program that asks, one a line; "" for none */
static char *
find_question (void)
{
  const char *argv[] = { "xdotool", "search", "--onlyvisible", "--class", "gcr-prompter", NULL };
  g_autofree char *output = NULL;

  g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL,
                               G_SPAWN_SEARCH_PATH | G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
                               &output, NULL, NULL, NULL));
  return g_steal_pointer (&output);
}

static gboolean
question_is_open (void)
{
  g_autofree char *windows = find_question ();

  return windows[0] != '\0';
}

/* A window that has just come does not have the keyboard yet. */
static void
wait_for_question (void)
{
  g_autofree char *window = NULL;

  culvert_test_wait_until (question_is_open (), DEADLINE_MS);
  window = find_question ();
  g_strdelimit (window, "\n", '\0');
  g_free (culvert_child_process_run ("xdotool", "windowfocus", "--sync", window, NULL));
}

static void
press (const char *key)
{
  g_free (culvert_child_process_run ("xdotool", "key", key, NULL));
}

typedef struct
{
  guint n_found;
  guint n_locked;
  guint n_cancelled;
} Answers;

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answers                  *answers = user_data;
  g_autoptr (GError)        error = NULL;
  g_autoptr (CulvertSecret) secret =
    culvert_secret_store_lookup_finish (CULVERT_SECRET_STORE (source), result, &error);

  if (secret != NULL)
    answers->n_found++;
  else if (g_error_matches (error, CULVERT_SECRET_STORE_ERROR, CULVERT_SECRET_STORE_ERROR_LOCKED))
    answers->n_locked++;
  else
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_CANCELLED);
      answers->n_cancelled++;
    }
}

static void
ask_many (CulvertSecretStore *store, Answers *answers)
{
  for (guint i = 0; i < N_MANY; i++)
    culvert_secret_store_lookup_async (store, "one", "password", NULL, found_cb, answers);
}

static CulvertSecretStore *
new_locked_store (void)
{
  CulvertSecretStore *store = culvert_keyring_new ();

  culvert_test_put_secret (store, "one", "password", "behind the lock");
  culvert_test_lock_keyring (bus);
  return store;
}

static void
type_password (void)
{
  const char *password = g_getenv ("CULVERT_TEST_KEYRING_PASSWORD");

  g_free (culvert_child_process_run ("xdotool", "type", "--delay", "20", password, NULL));
  press ("Return");
}

/* One question for all, and the right password opens it for all. */
static void
test_unlock (void)
{
  CulvertSecretStore *store = new_locked_store ();
  Answers             answers = { 0 };

  ask_many (store, &answers);
  wait_for_question ();
  g_assert_cmpuint (answers.n_found + answers.n_locked, ==, 0);
  type_password ();
  culvert_test_wait_until (answers.n_found == N_MANY, DEADLINE_MS);
  culvert_test_wait_until (!question_is_open (), DEADLINE_MS);
  culvert_test_drop_store (store);
}

/* The person closes the question once, and nobody asks again at once; later one may. */
static void
test_dismiss (void)
{
  CulvertSecretStore *store = new_locked_store ();
  Answers             answers = { 0 };

  ask_many (store, &answers);
  wait_for_question ();
  press ("Escape");
  culvert_test_wait_until (answers.n_locked == N_MANY, DEADLINE_MS);
  g_assert_cmpuint (answers.n_found, ==, 0);
  culvert_test_wait_until (!question_is_open (), DEADLINE_MS);
  culvert_test_assert_secret (store, "one", "passphrase:x", NULL);
  ask_many (store, &answers);
  culvert_test_wait_until (answers.n_locked == 2 * N_MANY, DEADLINE_MS);
  g_assert_false (question_is_open ());
  culvert_test_drop_store (store);

  store = culvert_keyring_new ();
  answers = (Answers){ 0 };
  ask_many (store, &answers);
  wait_for_question ();
  type_password ();
  culvert_test_wait_until (answers.n_found == N_MANY, DEADLINE_MS);
  culvert_test_drop_store (store);
}

/* Who gives up while the question is open is answered, and the keyring lives. */
static void
test_cancel (void)
{
  CulvertSecretStore      *store = new_locked_store ();
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autofree char         *before = culvert_test_find_keyring (bus);
  g_autofree char         *after = NULL;
  Answers                  answers = { 0 };

  culvert_secret_store_lookup_async (store, "one", "password", cancellable, found_cb, &answers);
  wait_for_question ();
  g_cancellable_cancel (cancellable);
  culvert_test_wait_until (answers.n_cancelled == 1, DEADLINE_MS);
  g_assert_true (question_is_open ());
  culvert_secret_store_lookup_async (store, "one", "password", NULL, found_cb, &answers);
  type_password ();
  culvert_test_wait_until (answers.n_found == 1, DEADLINE_MS);
  after = culvert_test_find_keyring (bus);
  g_assert_cmpstr (before, ==, after);
  culvert_test_drop_store (store);
}

/* Storing asks too, and says when it was of no use. */
static void
test_store (void)
{
  CulvertSecretStore       *store = new_locked_store ();
  g_autoptr (CulvertSecret) secret = culvert_secret_new ("new", -1);

  culvert_secret_store_store_async (store, "two", "password", "Two", secret, NULL, NULL, NULL);
  wait_for_question ();
  press ("Escape");
  culvert_test_wait_until (!question_is_open (), DEADLINE_MS);
  g_assert_cmpuint (culvert_test_count_items (bus, "two"), ==, 0);

  culvert_secret_store_store_async (store, "two", "password", "Two", secret, NULL, NULL, NULL);
  wait_for_question ();
  type_password ();
  culvert_test_assert_secret (store, "two", "password", "new");
  culvert_test_drop_store (store);
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  gboolean          *is_stored = user_data;
  g_autoptr (GError) error = NULL;

  *is_stored = culvert_secret_store_store_finish (CULVERT_SECRET_STORE (source), result, &error);
  g_assert_no_error (error);
}

static void
kill_keyring (void)
{
  g_autofree char     *owner = culvert_test_find_keyring (bus);
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
    bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
    "GetConnectionUnixProcessID", g_variant_new ("(s)", owner), G_VARIANT_TYPE ("(u)"),
    G_DBUS_CALL_FLAGS_NONE, DEADLINE_MS, NULL, NULL);
  guint32 pid;

  g_assert_nonnull (reply);
  g_variant_get (reply, "(u)", &pid);
  g_assert_cmpint (kill ((pid_t)pid, SIGKILL), ==, 0);
}

/* The keyring goes while its question is open: what was to be stored is kept in memory, and what was looked
 * for is not waited for.  The last test: there is no keyring any more. */
static void
test_lost (void)
{
  CulvertSecretStore       *store = new_locked_store ();
  g_autoptr (CulvertSecret) secret = culvert_secret_new ("new", -1);
  gboolean                  is_stored = FALSE;

  culvert_secret_store_store_async (store, "three", "password", "Three", secret, NULL, stored_cb,
                                    &is_stored);
  wait_for_question ();
  kill_keyring ();
  culvert_test_wait_until (is_stored, DEADLINE_MS);
  culvert_test_wait_for_kind (store, CULVERT_SECRET_STORE_MEMORY);
  culvert_test_assert_secret (store, "three", "password", "new");
  culvert_test_assert_secret (store, "one", "password", NULL);
  culvert_test_drop_store (store);
}

int
main (int argc, char **argv)
{
  int status;

  g_test_init (&argc, &argv, NULL);
  bus = culvert_private_bus_new (G_BUS_TYPE_SESSION);

  g_test_add_func ("/desktop/keyring-prompt/unlock", test_unlock);
  g_test_add_func ("/desktop/keyring-prompt/dismiss", test_dismiss);
  g_test_add_func ("/desktop/keyring-prompt/cancel", test_cancel);
  g_test_add_func ("/desktop/keyring-prompt/store", test_store);
  g_test_add_func ("/desktop/keyring-prompt/lost", test_lost);

  status = g_test_run ();
  g_clear_object (&bus);
  return status;
}
