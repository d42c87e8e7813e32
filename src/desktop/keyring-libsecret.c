/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/keyring-private.h"

#include <libsecret/secret.h>
#include <string.h>

/* Only the calls of the secret_password_ family are used: they alone switch between the session's
 * Secret Service and the file that libsecret keeps in a sandbox with the Secret portal.
 *
 * No call is given a GCancellable: gnome-keyring-daemon aborts when a call is cancelled while its
 * question is open, and takes the keyring of the whole session with it.
 *
 * The attributes of an item can be read without unlocking the keyring, so they hold neither hosts
 * nor paths: of a purpose such as "passphrase:/home/…/id" everything after the colon is hashed. */

#define SERVICE_NAME       "org.freedesktop.secrets"
#define ATTRIBUTE_TUNNEL   "tunnel"
#define ATTRIBUTE_PURPOSE  "purpose"
#define PURPOSE_HASH_CHARS 32
#define CONTENT_TYPE       "text/plain"

/* A tunnel's id is made of letters, digits and dashes, so nothing is ever stored under this one. */
#define PROBE_TUNNEL "?"

static const SecretSchema schema = {
  .name = CULVERT_APP_ID,
  .flags = SECRET_SCHEMA_NONE,
  .attributes = {
    { ATTRIBUTE_TUNNEL, SECRET_SCHEMA_ATTRIBUTE_STRING },
    { ATTRIBUTE_PURPOSE, SECRET_SCHEMA_ATTRIBUTE_STRING },
  },
};

typedef struct _Call Call;
struct _Call
{
  GHashTable  *attributes;
  char        *label;   /* nullable */
  SecretValue *value;   /* nullable: to store */
  gboolean     may_ask; /* for lookups */
  gboolean     is_retry;
  guint        n_lost; /* questions, before this one */
  void (*begin) (GTask *task);
};

static void
call_free (gpointer data)
{
  Call *call = data;

  g_hash_table_unref (call->attributes);
  g_free (call->label);
  g_clear_pointer (&call->value, secret_value_unref);
  g_free (call);
}

static char *
dup_purpose_attribute (const char *purpose)
{
  const char      *colon = strchr (purpose, ':');
  g_autofree char *hash = NULL;

  if (colon == NULL)
    return g_strdup (purpose);
  hash = g_compute_checksum_for_string (G_CHECKSUM_SHA256, colon + 1, -1);
  return g_strdup_printf ("%.*s:%.*s", (int)(colon - purpose), purpose, PURPOSE_HASH_CHARS, hash);
}

static GHashTable *
build_attributes (const char *tunnel_id, const char *purpose)
{
  GHashTable *attributes = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, g_free);

  g_hash_table_insert (attributes, (gpointer)ATTRIBUTE_TUNNEL, g_strdup (tunnel_id));
  if (purpose != NULL)
    g_hash_table_insert (attributes, (gpointer)ATTRIBUTE_PURPOSE, dup_purpose_attribute (purpose));
  return attributes;
}

static GTask *
start (const char *tunnel_id,
       const char *purpose,
       gpointer    source_tag,
       void (*begin) (GTask *task),
       GAsyncReadyCallback callback,
       gpointer            user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Call  *call = g_new0 (Call, 1);

  call->attributes = build_attributes (tunnel_id, purpose);
  call->begin = begin;
  g_task_set_source_tag (task, source_tag);
  g_task_set_task_data (task, call, call_free);
  return task;
}

static GError *
new_locked (void)
{
  return g_error_new_literal (CULVERT_SECRET_STORE_ERROR, CULVERT_SECRET_STORE_ERROR_LOCKED,
                              "the keyring is locked");
}

static GError *
translate (const GError *error)
{
  CulvertSecretStoreError code = CULVERT_SECRET_STORE_ERROR_FAILED;

  if (g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    return new_locked ();
  /* The bus, or a sandbox's filter of it, keeps us away from one that may well be there. */
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED) ||
      g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_AUTH_FAILED))
    return g_error_new (CULVERT_SECRET_STORE_ERROR, CULVERT_SECRET_STORE_ERROR_DENIED,
                        "keyring: %s", error->message);
  /* Nobody owns the name, there is no bus, no collection to store in, or no answer at all. */
  if (error->domain == G_DBUS_ERROR || error->domain == G_IO_ERROR)
    code = CULVERT_SECRET_STORE_ERROR_ABSENT;
  return g_error_new (CULVERT_SECRET_STORE_ERROR, (int)code, "keyring: %s", error->message);
}

/* Ends @task (taken) with @error (taken), or tries once more.  After its daemon was started anew
 * libsecret goes on talking to the old one until it is told to let go. */
static void
fail_or_retry (GTask *task, GError *error)
{
  Call *call = g_task_get_task_data (task);

  if (call->is_retry || g_error_matches (error, SECRET_ERROR, SECRET_ERROR_IS_LOCKED))
    {
      g_task_return_error (task, translate (error));
      g_object_unref (task);
    }
  else
    {
      call->is_retry = TRUE;
      secret_service_disconnect ();
      call->begin (task);
    }
  g_error_free (error);
}

/* One that has gone together with its keyring knows nothing, and secret_item_get_locked() complains. */
static gboolean
is_locked (gpointer item)
{
  g_autoptr (GVariant) locked = NULL;

  if (!SECRET_IS_ITEM (item))
    return FALSE;
  locked = g_dbus_proxy_get_cached_property (G_DBUS_PROXY (item), "Locked");
  return locked == NULL || !g_variant_is_of_type (locked, G_VARIANT_TYPE_BOOLEAN) ||
         g_variant_get_boolean (locked);
}

/* Is one of the items that a search found in a locked collection? */
static gboolean
any_is_locked (GList *items)
{
  for (GList *l = items; l != NULL; l = l->next)
    if (is_locked (l->data))
      return TRUE;
  return FALSE;
}

/* Every callback below takes over the task, which ends exactly once, and with it the attributes. */
static void
search (GTask *task, SecretSearchFlags flags, GAsyncReadyCallback callback)
{
  Call *call = g_task_get_task_data (task);

  secret_password_searchv (&schema, call->attributes, flags, NULL, callback, task);
}

/* Probing and looking up.  By a search, since a lookup that finds nothing does not say whether it is
 * not there or not unlocked; and secret_password_lookup() of libsecret 0.20 leaks each reply. */

static void
retrieved_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask       *task = user_data;
  GError      *error = NULL;
  SecretValue *value =
    secret_retrievable_retrieve_secret_finish (SECRET_RETRIEVABLE (source), result, &error);
  const char *bytes;
  gsize       n_bytes;

  if (error != NULL)
    {
      fail_or_retry (task, error);
      return;
    }
  if (value == NULL)
    {
      /* Locked or removed by another program in this very moment. */
      g_task_return_error (task, new_locked ());
    }
  else
    {
      bytes = secret_value_get (value, &n_bytes);
      g_task_return_pointer (task, culvert_secret_new (bytes, (gssize)n_bytes),
                             (GDestroyNotify)culvert_secret_unref);
      secret_value_unref (value);
    }
  g_object_unref (task);
}

static void
found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask  *task = user_data;
  Call   *call = g_task_get_task_data (task);
  GError *error = NULL;
  GList  *items = secret_password_search_finish (result, &error);

  if (error != NULL)
    {
      fail_or_retry (task, error);
      return;
    }
  if (any_is_locked (items) && call->n_lost != culvert_keyring_count_lost_questions ())
    /* It did not stay locked: it went, which the search does not say. */
    fail_or_retry (task, g_error_new_literal (G_DBUS_ERROR, G_DBUS_ERROR_NAME_HAS_NO_OWNER,
                                              "it went while its question was open"));
  else if (items != NULL && !any_is_locked (items))
    secret_retrievable_retrieve_secret (SECRET_RETRIEVABLE (items->data), NULL, retrieved_cb, task);
  else
    {
      if (items != NULL)
        g_task_return_error (task, new_locked ());
      else
        g_task_return_pointer (task, NULL, NULL);
      g_object_unref (task);
    }
  g_list_free_full (items, g_object_unref);
}

static void
begin_lookup (GTask *task)
{
  Call *call = g_task_get_task_data (task);

  call->n_lost = culvert_keyring_count_lost_questions ();
  search (task, call->may_ask ? SECRET_SEARCH_UNLOCK : SECRET_SEARCH_NONE, found_cb);
}

void
culvert_keyring_service_lookup_async (const char         *tunnel_id,
                                      const char         *purpose,
                                      gboolean            may_ask,
                                      GAsyncReadyCallback callback,
                                      gpointer            user_data)
{
  GTask *task = start (tunnel_id, purpose, culvert_keyring_service_lookup_async, begin_lookup,
                       callback, user_data);
  Call  *call = g_task_get_task_data (task);

  call->may_ask = may_ask;
  begin_lookup (task);
}

CulvertSecret *
culvert_keyring_service_lookup_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

void
culvert_keyring_service_probe_async (GAsyncReadyCallback callback, gpointer user_data)
{
  begin_lookup (start (PROBE_TUNNEL, NULL, culvert_keyring_service_probe_async, begin_lookup,
                       callback, user_data));
}

gboolean
culvert_keyring_service_probe_finish (GAsyncResult *result, GError **error)
{
  g_autoptr (CulvertSecret) secret = NULL;
  GError                   *own = NULL;

  secret = g_task_propagate_pointer (G_TASK (result), &own);
  if (own == NULL)
    return TRUE;
  g_propagate_error (error, own);
  return FALSE;
}

/* Storing */

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask  *task = user_data;
  GError *error = NULL;

  if (!secret_password_store_finish (result, &error))
    {
      /* A question that was closed can come without an error. */
      fail_or_retry (task, error != NULL ? error
                                         : g_error_new_literal (
                                             SECRET_ERROR, SECRET_ERROR_IS_LOCKED, "dismissed"));
      return;
    }
  g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
begin_store (GTask *task)
{
  Call *call = g_task_get_task_data (task);

  secret_password_storev_binary (&schema, call->attributes, SECRET_COLLECTION_DEFAULT, call->label,
                                 call->value, NULL, stored_cb, task);
}

void
culvert_keyring_service_store_async (const char         *tunnel_id,
                                     const char         *purpose,
                                     const char         *label,
                                     CulvertSecret      *secret,
                                     GAsyncReadyCallback callback,
                                     gpointer            user_data)
{
  GTask *task = start (tunnel_id, purpose, culvert_keyring_service_store_async, begin_store,
                       callback, user_data);
  Call  *call = g_task_get_task_data (task);

  call->label = g_strdup (label);
  call->value = secret_value_new (culvert_secret_peek (secret),
                                  (gssize)culvert_secret_get_length (secret), CONTENT_TYPE);
  begin_store (task);
}

gboolean
culvert_keyring_service_store_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Forgetting */

static void
searched_after_clear_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask  *task = user_data;
  GError *error = NULL;
  GList  *items = secret_password_search_finish (result, &error);

  if (error != NULL)
    {
      fail_or_retry (task, error);
      return;
    }
  if (any_is_locked (items))
    g_task_return_error (task, new_locked ());
  else
    g_task_return_boolean (task, TRUE);
  g_list_free_full (items, g_object_unref);
  g_object_unref (task);
}

static void
cleared_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask  *task = user_data;
  GError *error = NULL;

  secret_password_clear_finish (result, &error);
  if (error != NULL)
    fail_or_retry (task, error);
  else
    /* It does not say whether something locked was left. */
    search (task, SECRET_SEARCH_ALL, searched_after_clear_cb);
}

static void
begin_forget (GTask *task)
{
  Call *call = g_task_get_task_data (task);

  secret_password_clearv (&schema, call->attributes, NULL, cleared_cb, task);
}

void
culvert_keyring_service_forget_async (const char         *tunnel_id,
                                      const char         *purpose,
                                      GAsyncReadyCallback callback,
                                      gpointer            user_data)
{
  begin_forget (start (tunnel_id, purpose, culvert_keyring_service_forget_async, begin_forget,
                       callback, user_data));
}

gboolean
culvert_keyring_service_forget_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* Coming and going */

struct _CulvertKeyringService
{
  guint watch_id;
  void (*func) (gpointer user_data);
  gpointer user_data;
};

/* The tunnels of a program without a window go on when the session's bus ends; by default GDBus would
 * end the program with it. */
static void
outlive_bus (GDBusConnection *connection)
{
  g_dbus_connection_set_exit_on_close (connection, FALSE);
}

static void
appeared_cb (GDBusConnection *connection, const char *name, const char *owner, gpointer user_data)
{
  CulvertKeyringService *self = user_data;

  outlive_bus (connection);
  self->func (self->user_data);
}

static void
vanished_cb (GDBusConnection *connection, const char *name, gpointer user_data)
{
  if (connection != NULL)
    outlive_bus (connection);
}

GError *
culvert_keyring_service_explain_absence (void)
{
  const char      *address = g_getenv ("DBUS_SESSION_BUS_ADDRESS");
  g_autofree char *usual = g_build_filename (g_get_user_runtime_dir (), "bus", NULL);

  if (g_getenv ("SECRET_BACKEND") != NULL || (address != NULL && address[0] != '\0') ||
      g_file_test (usual, G_FILE_TEST_EXISTS))
    return NULL;
  return g_error_new_literal (CULVERT_SECRET_STORE_ERROR, CULVERT_SECRET_STORE_ERROR_ABSENT,
                              "keyring: there is no session bus");
}

CulvertKeyringService *
culvert_keyring_service_watch (void (*func) (gpointer user_data), gpointer user_data)
{
  CulvertKeyringService *self = g_new0 (CulvertKeyringService, 1);

  culvert_keyring_mend_questions ();
  self->func = func;
  self->user_data = user_data;
  self->watch_id =
    g_bus_watch_name (G_BUS_TYPE_SESSION, SERVICE_NAME, G_BUS_NAME_WATCHER_FLAGS_NONE, appeared_cb,
                      vanished_cb, self, NULL);
  return self;
}

void
culvert_keyring_service_unwatch (CulvertKeyringService *self)
{
  g_bus_unwatch_name (self->watch_id);
  g_free (self);
}
