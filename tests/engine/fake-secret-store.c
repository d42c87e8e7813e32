/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/fake-secret-store.h"

#define DELAY_MS 2

struct _FakeSecretStore
{
  GObject parent_instance;

  GHashTable *secrets; /* "id/purpose" → CulvertSecret */
  GString    *calls;
  char       *label;
  GPtrArray  *held; /* of GTask */
  gboolean    is_locked;
  gboolean    is_held;
  guint       n_lookups;
  guint       n_now;
  guint       most_at_once;
};

typedef enum
{
  LOOKUP,
  STORE,
  FORGET,
} Kind;

typedef struct
{
  Kind           kind;
  char          *tunnel_id;
  char          *purpose;
  CulvertSecret *secret;
} Call;

static void secret_store_init (CulvertSecretStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (FakeSecretStore,
                               fake_secret_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CULVERT_TYPE_SECRET_STORE, secret_store_init))

static void
call_free (gpointer data)
{
  Call *self = data;

  g_clear_pointer (&self->secret, culvert_secret_unref);
  g_free (self->tunnel_id);
  g_free (self->purpose);
  g_free (self);
}

static char *
make_key (const char *tunnel_id, const char *purpose)
{
  return g_strdup_printf ("%s/%s", tunnel_id, purpose);
}

static gboolean
has_prefix_cb (gpointer key, gpointer value, gpointer prefix)
{
  return g_str_has_prefix (key, prefix);
}

static void
forget (FakeSecretStore *self, Call *call)
{
  g_autofree char *key = make_key (call->tunnel_id, call->purpose != NULL ? call->purpose : "");

  if (call->purpose != NULL)
    g_hash_table_remove (self->secrets, key);
  else
    g_hash_table_foreach_remove (self->secrets, has_prefix_cb, key);
}

static void
answer (FakeSecretStore *self, GTask *task)
{
  Call            *call = g_task_get_task_data (task);
  g_autofree char *key = make_key (call->tunnel_id, call->purpose);
  CulvertSecret   *found;

  self->n_now--;
  if (g_task_return_error_if_cancelled (task))
    return;
  if (self->is_locked)
    {
      g_task_return_new_error (task, CULVERT_SECRET_STORE_ERROR, CULVERT_SECRET_STORE_ERROR_LOCKED,
                               "locked by a test");
      return;
    }

  switch (call->kind)
    {
    case LOOKUP:
      found = g_hash_table_lookup (self->secrets, key);
      g_task_return_pointer (task, found != NULL ? culvert_secret_ref (found) : NULL,
                             (GDestroyNotify)culvert_secret_unref);
      break;
    case STORE:
      g_hash_table_replace (self->secrets, g_steal_pointer (&key),
                            culvert_secret_ref (call->secret));
      g_task_return_boolean (task, TRUE);
      break;
    case FORGET:
      forget (self, call);
      g_task_return_boolean (task, TRUE);
      break;
    default:
      g_assert_not_reached ();
    }
}

static gboolean
answer_cb (gpointer user_data)
{
  GTask           *task = user_data;
  FakeSecretStore *self = g_task_get_source_object (task);

  if (self->is_held && !g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    g_ptr_array_add (self->held, g_object_ref (task));
  else
    answer (self, task);

  return G_SOURCE_REMOVE;
}

static void
cancelled_cb (GCancellable *cancellable, GTask *task)
{
  FakeSecretStore *self = g_task_get_source_object (task);

  if (g_ptr_array_find (self->held, task, NULL))
    {
      g_object_ref (task);
      g_ptr_array_remove (self->held, task);
      answer (self, task);
      g_object_unref (task);
    }
}

static void
start (FakeSecretStore    *self,
       Kind                kind,
       const char         *name,
       const char         *tunnel_id,
       const char         *purpose,
       CulvertSecret      *secret,
       GCancellable       *cancellable,
       GAsyncReadyCallback callback,
       gpointer            user_data)
{
  GTask              *task = g_task_new (self, cancellable, callback, user_data);
  g_autoptr (GSource) source = g_timeout_source_new (DELAY_MS);
  Call               *call = g_new0 (Call, 1);

  call->kind = kind;
  call->tunnel_id = g_strdup (tunnel_id);
  call->purpose = g_strdup (purpose);
  call->secret = secret != NULL ? culvert_secret_ref (secret) : NULL;
  g_task_set_task_data (task, call, call_free);
  if (cancellable != NULL)
    g_signal_connect_object (cancellable, "cancelled", G_CALLBACK (cancelled_cb), task, 0);

  g_string_append_printf (self->calls, "%s%s", self->calls->len > 0 ? " " : "", name);
  self->n_now++;
  self->most_at_once = MAX (self->most_at_once, self->n_now);

  g_source_set_callback (source, answer_cb, task, g_object_unref);
  g_source_attach (source, g_task_get_context (task));
}

static CulvertSecretStoreKind
get_kind (CulvertSecretStore *store)
{
  return CULVERT_SECRET_STORE_KEYRING;
}

static void
lookup_async (CulvertSecretStore *store,
              const char         *tunnel_id,
              const char         *purpose,
              GCancellable       *cancellable,
              GAsyncReadyCallback callback,
              gpointer            user_data)
{
  FakeSecretStore *self = FAKE_SECRET_STORE (store);

  self->n_lookups++;
  start (self, LOOKUP, "lookup", tunnel_id, purpose, NULL, cancellable, callback, user_data);
}

static CulvertSecret *
lookup_finish (CulvertSecretStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
store_async (CulvertSecretStore *store,
             const char         *tunnel_id,
             const char         *purpose,
             const char         *label,
             CulvertSecret      *secret,
             GCancellable       *cancellable,
             GAsyncReadyCallback callback,
             gpointer            user_data)
{
  FakeSecretStore *self = FAKE_SECRET_STORE (store);

  g_free (self->label);
  self->label = g_strdup (label);
  start (self, STORE, "store", tunnel_id, purpose, secret, cancellable, callback, user_data);
}

static gboolean
boolean_finish (CulvertSecretStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
forget_async (CulvertSecretStore *store,
              const char         *tunnel_id,
              const char         *purpose,
              GCancellable       *cancellable,
              GAsyncReadyCallback callback,
              gpointer            user_data)
{
  start (FAKE_SECRET_STORE (store), FORGET, "forget", tunnel_id, purpose, NULL, cancellable,
         callback, user_data);
}

static void
secret_store_init (CulvertSecretStoreInterface *iface)
{
  iface->get_kind = get_kind;
  iface->lookup_async = lookup_async;
  iface->lookup_finish = lookup_finish;
  iface->store_async = store_async;
  iface->store_finish = boolean_finish;
  iface->forget_async = forget_async;
  iface->forget_finish = boolean_finish;
}

static void
fake_secret_store_finalize (GObject *object)
{
  FakeSecretStore *self = FAKE_SECRET_STORE (object);

  g_hash_table_unref (self->secrets);
  g_ptr_array_unref (self->held);
  g_string_free (self->calls, TRUE);
  g_free (self->label);

  G_OBJECT_CLASS (fake_secret_store_parent_class)->finalize (object);
}

static void
fake_secret_store_class_init (FakeSecretStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_secret_store_finalize;
}

static void
fake_secret_store_init (FakeSecretStore *self)
{
  self->secrets =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)culvert_secret_unref);
  self->held = g_ptr_array_new_with_free_func (g_object_unref);
  self->calls = g_string_new (NULL);
}

FakeSecretStore *
fake_secret_store_new (void)
{
  return g_object_new (FAKE_TYPE_SECRET_STORE, NULL);
}

void
fake_secret_store_put (FakeSecretStore *self,
                       const char      *tunnel_id,
                       const char      *purpose,
                       const char      *secret)
{
  g_hash_table_replace (self->secrets, make_key (tunnel_id, purpose),
                        culvert_secret_new (secret, -1));
}

const char *
fake_secret_store_peek (FakeSecretStore *self, const char *tunnel_id, const char *purpose)
{
  g_autofree char *key = make_key (tunnel_id, purpose);
  CulvertSecret   *secret = g_hash_table_lookup (self->secrets, key);

  return secret != NULL ? culvert_secret_peek (secret) : NULL;
}

const char *
fake_secret_store_get_label (FakeSecretStore *self)
{
  return self->label;
}

void
fake_secret_store_lock (FakeSecretStore *self)
{
  self->is_locked = TRUE;
}

void
fake_secret_store_hold (FakeSecretStore *self)
{
  self->is_held = TRUE;
}

void
fake_secret_store_unhold (FakeSecretStore *self)
{
  self->is_held = FALSE;
  while (self->held->len > 0)
    {
      g_autoptr (GTask) task = g_ptr_array_steal_index (self->held, 0);

      answer (self, task);
    }
}

guint
fake_secret_store_get_n_lookups (FakeSecretStore *self)
{
  return self->n_lookups;
}

guint
fake_secret_store_get_most_at_once (FakeSecretStore *self)
{
  return self->most_at_once;
}

const char *
fake_secret_store_get_calls (FakeSecretStore *self)
{
  return self->calls->str;
}
