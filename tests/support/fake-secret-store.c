/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/fake-secret-store.h"

typedef enum
{
  CALL_LOOKUP,
  CALL_STORE,
  CALL_FORGET,
  N_CALLS,
} CallKind;

typedef struct
{
  CallKind       kind;
  char          *tunnel_id;
  char          *purpose; /* NULL forgets all of the tunnel */
  CulvertSecret *secret;  /* to store */
  GTask         *task;    /* NULL once answered */
  GSource       *cancelled_source;
} Call;

struct _CulvertFakeSecretStore
{
  GObject parent_instance;

  CulvertFakeSecretsSituation situation;
  GHashTable                 *secrets; /* "id\npurpose" to CulvertSecret */
  GQueue                      waiting; /* of Call */
  guint                       n_calls[N_CALLS];
  char                       *label;
};

static void
call_free (gpointer data)
{
  Call *call = data;

  g_free (call->tunnel_id);
  g_free (call->purpose);
  g_clear_pointer (&call->secret, culvert_secret_unref);
  g_clear_object (&call->task);
  if (call->cancelled_source != NULL)
    g_source_destroy (call->cancelled_source);
  g_clear_pointer (&call->cancelled_source, g_source_unref);
  g_free (call);
}

static char *
make_key (const char *tunnel_id, const char *purpose)
{
  return g_strconcat (tunnel_id, "\n", purpose, NULL);
}

static void
forget (CulvertFakeSecretStore *self, const char *tunnel_id, const char *purpose)
{
  g_autofree char *key = make_key (tunnel_id, purpose != NULL ? purpose : "");
  GHashTableIter   iter;
  gpointer         other;

  g_hash_table_iter_init (&iter, self->secrets);
  while (g_hash_table_iter_next (&iter, &other, NULL))
    if (purpose != NULL ? g_str_equal (other, key) : g_str_has_prefix (other, key))
      g_hash_table_iter_remove (&iter);
}

/* Does what was asked for, and answers it unless that was done already. */
static void
perform (CulvertFakeSecretStore *self, Call *call)
{
  g_autofree char *key = make_key (call->tunnel_id, call->purpose != NULL ? call->purpose : "");
  CulvertSecret   *found = NULL;

  switch (call->kind)
    {
    case CALL_STORE:
      g_hash_table_insert (self->secrets, g_strdup (key), culvert_secret_ref (call->secret));
      break;
    case CALL_FORGET:
      forget (self, call->tunnel_id, call->purpose);
      break;
    case CALL_LOOKUP:
      found = g_hash_table_lookup (self->secrets, key);
      break;
    case N_CALLS:
    default:
      g_assert_not_reached ();
    }
  if (call->task == NULL)
    return;
  if (call->kind == CALL_LOOKUP)
    g_task_return_pointer (call->task, found != NULL ? culvert_secret_ref (found) : NULL,
                           (GDestroyNotify)culvert_secret_unref);
  else
    g_task_return_boolean (call->task, TRUE);
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Call *call = user_data;

  if (call->task != NULL)
    g_task_return_error_if_cancelled (call->task);
  g_clear_object (&call->task);
  return G_SOURCE_REMOVE;
}

static void
keep_waiting (CulvertFakeSecretStore *self, Call *call, GCancellable *cancellable)
{
  g_queue_push_tail (&self->waiting, call);
  if (cancellable == NULL)
    return;
  call->cancelled_source = g_cancellable_source_new (cancellable);
  g_source_set_callback (call->cancelled_source, G_SOURCE_FUNC (cancelled_cb), call, NULL);
  g_source_attach (call->cancelled_source, g_main_context_get_thread_default ());
}

static void
run (CulvertFakeSecretStore *self, Call *call, GCancellable *cancellable)
{
  self->n_calls[call->kind]++;
  if (g_task_return_error_if_cancelled (call->task))
    {
      call_free (call);
      return;
    }
  switch (self->situation)
    {
    case CULVERT_FAKE_SECRETS_SLOW:
      keep_waiting (self, call, cancellable);
      return;
    case CULVERT_FAKE_SECRETS_LOCKED:
      g_task_return_new_error (call->task, CULVERT_SECRET_STORE_ERROR,
                               CULVERT_SECRET_STORE_ERROR_LOCKED, "the keyring stays locked");
      break;
    case CULVERT_FAKE_SECRETS_ABSENT:
      g_task_return_new_error (call->task, CULVERT_SECRET_STORE_ERROR,
                               CULVERT_SECRET_STORE_ERROR_ABSENT, "there is no keyring");
      break;
    case CULVERT_FAKE_SECRETS_EMPTY:
    default:
      perform (self, call);
      break;
    }
  call_free (call);
}

static Call *
call_new (CulvertFakeSecretStore *self,
          CallKind                kind,
          const char             *tunnel_id,
          const char             *purpose,
          GCancellable           *cancellable,
          GAsyncReadyCallback     callback,
          gpointer                user_data)
{
  Call *call = g_new0 (Call, 1);

  call->kind = kind;
  call->tunnel_id = g_strdup (tunnel_id);
  call->purpose = g_strdup (purpose);
  call->task = g_task_new (self, cancellable, callback, user_data);
  /* What was found is handed over even when the cancelling came too late. */
  g_task_set_check_cancellable (call->task, FALSE);
  return call;
}

static CulvertSecretStoreKind
get_kind (CulvertSecretStore *store)
{
  return CULVERT_FAKE_SECRET_STORE (store)->situation == CULVERT_FAKE_SECRETS_ABSENT
           ? CULVERT_SECRET_STORE_MEMORY
           : CULVERT_SECRET_STORE_KEYRING;
}

static void
lookup_async (CulvertSecretStore *store,
              const char         *tunnel_id,
              const char         *purpose,
              GCancellable       *cancellable,
              GAsyncReadyCallback callback,
              gpointer            user_data)
{
  CulvertFakeSecretStore *self = CULVERT_FAKE_SECRET_STORE (store);

  run (self, call_new (self, CALL_LOOKUP, tunnel_id, purpose, cancellable, callback, user_data),
       cancellable);
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
  CulvertFakeSecretStore *self = CULVERT_FAKE_SECRET_STORE (store);
  Call *call = call_new (self, CALL_STORE, tunnel_id, purpose, cancellable, callback, user_data);

  call->secret = culvert_secret_ref (secret);
  g_free (self->label);
  self->label = g_strdup (label);
  run (self, call, cancellable);
}

static void
forget_async (CulvertSecretStore *store,
              const char         *tunnel_id,
              const char         *purpose,
              GCancellable       *cancellable,
              GAsyncReadyCallback callback,
              gpointer            user_data)
{
  CulvertFakeSecretStore *self = CULVERT_FAKE_SECRET_STORE (store);

  run (self, call_new (self, CALL_FORGET, tunnel_id, purpose, cancellable, callback, user_data),
       cancellable);
}

static gboolean
boolean_finish (CulvertSecretStore *store, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
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

G_DEFINE_FINAL_TYPE_WITH_CODE (CulvertFakeSecretStore,
                               culvert_fake_secret_store,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CULVERT_TYPE_SECRET_STORE, secret_store_init))

static void
culvert_fake_secret_store_finalize (GObject *object)
{
  CulvertFakeSecretStore *self = CULVERT_FAKE_SECRET_STORE (object);

  g_queue_clear_full (&self->waiting, call_free);
  g_hash_table_unref (self->secrets);
  g_free (self->label);

  G_OBJECT_CLASS (culvert_fake_secret_store_parent_class)->finalize (object);
}

static void
culvert_fake_secret_store_class_init (CulvertFakeSecretStoreClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = culvert_fake_secret_store_finalize;
}

static void
culvert_fake_secret_store_init (CulvertFakeSecretStore *self)
{
  self->secrets =
    g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)culvert_secret_unref);
}

CulvertFakeSecretStore *
culvert_fake_secret_store_new (CulvertFakeSecretsSituation situation)
{
  CulvertFakeSecretStore *self = g_object_new (CULVERT_TYPE_FAKE_SECRET_STORE, NULL);

  self->situation = situation;
  return self;
}

void
culvert_fake_secret_store_set_situation (CulvertFakeSecretStore     *self,
                                         CulvertFakeSecretsSituation situation)
{
  CulvertSecretStoreKind before = culvert_secret_store_get_kind (CULVERT_SECRET_STORE (self));

  self->situation = situation;
  if (culvert_secret_store_get_kind (CULVERT_SECRET_STORE (self)) != before)
    g_signal_emit_by_name (self, "kind-changed");
}

void
culvert_fake_secret_store_put (CulvertFakeSecretStore *self,
                               const char             *tunnel_id,
                               const char             *purpose,
                               const char             *text)
{
  g_autofree char *key = make_key (tunnel_id, purpose);

  if (text == NULL)
    g_hash_table_remove (self->secrets, key);
  else
    g_hash_table_insert (self->secrets, g_steal_pointer (&key), culvert_secret_new (text, -1));
}

char *
culvert_fake_secret_store_dup_text (CulvertFakeSecretStore *self,
                                    const char             *tunnel_id,
                                    const char             *purpose)
{
  g_autofree char     *key = make_key (tunnel_id, purpose);
  const CulvertSecret *secret = g_hash_table_lookup (self->secrets, key);

  return secret != NULL ? g_strdup (culvert_secret_peek (secret)) : NULL;
}

guint
culvert_fake_secret_store_get_n_secrets (CulvertFakeSecretStore *self)
{
  return g_hash_table_size (self->secrets);
}

guint
culvert_fake_secret_store_get_n_lookups (CulvertFakeSecretStore *self)
{
  return self->n_calls[CALL_LOOKUP];
}

guint
culvert_fake_secret_store_get_n_stores (CulvertFakeSecretStore *self)
{
  return self->n_calls[CALL_STORE];
}

guint
culvert_fake_secret_store_get_n_forgets (CulvertFakeSecretStore *self)
{
  return self->n_calls[CALL_FORGET];
}

guint
culvert_fake_secret_store_get_n_waiting (CulvertFakeSecretStore *self)
{
  return self->waiting.length;
}

void
culvert_fake_secret_store_release (CulvertFakeSecretStore *self)
{
  Call *call;

  while ((call = g_queue_pop_head (&self->waiting)) != NULL)
    {
      perform (self, call);
      call_free (call);
    }
}

const char *
culvert_fake_secret_store_get_label (CulvertFakeSecretStore *self)
{
  g_return_val_if_fail (CULVERT_IS_FAKE_SECRET_STORE (self), NULL);

  return self->label;
}
