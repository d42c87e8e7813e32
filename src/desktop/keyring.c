/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/keyring.h"

#include "base/source.h"
#include "desktop/keyring-private.h"

/* After the person closed the keyring's question, lookups that come within this time find what is
 * locked to be locked, instead of asking again: those of the other tunnels, and of retries. */
#define QUIET_MS 10000

typedef enum
{
  OPERATION_PROBE,
  OPERATION_LOOKUP,
  OPERATION_STORE,
  OPERATION_FORGET,
  OPERATION_FORGET_LATER, /* once more, for a tunnel that was forgotten while locked */
} OperationKind;

#define CULVERT_TYPE_KEYRING (culvert_keyring_get_type ())
G_DECLARE_FINAL_TYPE (CulvertKeyring, culvert_keyring, CULVERT, KEYRING, GObject)

typedef struct _Operation Operation;

struct _CulvertKeyring
{
  GObject parent_instance;

  CulvertSecretStoreKind kind;
  CulvertKeyringMemory  *memory;
  CulvertKeyringService *watch;       /* NULL when there never can be a keyring */
  GQueue                 waiting;     /* of Operation */
  Operation             *current;     /* nullable: the one that is at the keyring */
  GSource               *next;        /* nullable: takes the next one in a moment */
  GHashTable            *unforgotten; /* of "TUNNEL" or "TUNNEL PURPOSE": locked when forgotten */
  gint64                 quiet_until_us; /* monotonic */
  guint                  quiet_ms;
};

/* One call to this store.  Those that their caller gave up have no task any more. */
struct _Operation
{
  CulvertKeyring *self;
  OperationKind   kind;
  char           *tunnel_id;
  char           *purpose; /* nullable */
  char           *label;
  CulvertSecret  *secret;
  gboolean        may_ask;    /* of a lookup: a question may come */
  GTask          *task;       /* nullable */
  GSource        *abandoning; /* nullable */
};

static void culvert_keyring_iface_init (CulvertSecretStoreInterface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CulvertKeyring,
                               culvert_keyring,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CULVERT_TYPE_SECRET_STORE,
                                                      culvert_keyring_iface_init))

static gboolean next_cb (gpointer user_data);

static void
operation_free (Operation *operation)
{
  culvert_source_clear (&operation->abandoning);
  g_clear_object (&operation->task);
  g_clear_pointer (&operation->secret, culvert_secret_unref);
  g_free (operation->tunnel_id);
  g_free (operation->purpose);
  g_free (operation->label);
  g_object_unref (operation->self);
  g_free (operation);
}

static char *
name_unforgotten (const char *tunnel_id, const char *purpose)
{
  return purpose != NULL ? g_strdup_printf ("%s %s", tunnel_id, purpose) : g_strdup (tunnel_id);
}

static Operation *
operation_new (CulvertKeyring *self, OperationKind kind, const char *tunnel_id, const char *purpose)
{
  Operation *operation = g_new0 (Operation, 1);

  operation->self = g_object_ref (self);
  operation->kind = kind;
  operation->tunnel_id = g_strdup (tunnel_id);
  operation->purpose = g_strdup (purpose);
  return operation;
}

/* In a turn of its own, so that any number of operations that need no waiting do not nest. */
static void
schedule_next (CulvertKeyring *self)
{
  if (self->next != NULL)
    return;
  self->next = g_idle_source_new ();
  g_source_set_priority (self->next, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->next, next_cb, g_object_ref (self), g_object_unref);
  g_source_attach (self->next, g_main_context_get_thread_default ());
}

/* Ends the operation for its caller, if there still is one, and takes the next. */
static void
finish (Operation *operation, CulvertSecret *secret, GError *error)
{
  g_autoptr (CulvertKeyring) self = g_object_ref (operation->self);

  self->current = NULL;
  culvert_source_clear (&operation->abandoning);
  if (operation->task != NULL && error != NULL)
    g_task_return_error (operation->task, g_steal_pointer (&error));
  else if (operation->task != NULL && operation->kind == OPERATION_LOOKUP)
    g_task_return_pointer (operation->task, g_steal_pointer (&secret),
                           (GDestroyNotify)culvert_secret_unref);
  else if (operation->task != NULL)
    g_task_return_boolean (operation->task, TRUE);
  g_clear_pointer (&secret, culvert_secret_unref);
  g_clear_error (&error);
  operation_free (operation);
  schedule_next (self);
}

static void
set_kind (CulvertKeyring *self, CulvertSecretStoreKind kind)
{
  if (self->kind == kind)
    return;
  g_debug ("keyring: kind %d -> %d", self->kind, kind);
  self->kind = kind;
  g_signal_emit_by_name (self, "kind-changed");
}

/* There is no keyring, or it has gone: the memory of this program takes its place. */
static void
do_in_memory (Operation *operation)
{
  CulvertKeyringMemory *memory = operation->self->memory;
  CulvertSecret        *secret = NULL;

  switch (operation->kind)
    {
    case OPERATION_LOOKUP:
      secret = culvert_keyring_memory_lookup (memory, operation->tunnel_id, operation->purpose);
      break;
    case OPERATION_STORE:
      culvert_keyring_memory_store (memory, operation->tunnel_id, operation->purpose,
                                    operation->secret);
      break;
    case OPERATION_FORGET:
      culvert_keyring_memory_forget (memory, operation->tunnel_id, operation->purpose);
      break;
    case OPERATION_PROBE:
    case OPERATION_FORGET_LATER:
    default:
      break;
    }
  finish (operation, secret, NULL);
}

/* Must the memory of this program do instead of the keyring that said @error, and as which kind? */
static gboolean
takes_place (const GError *error, CulvertSecretStoreKind *kind)
{
  *kind = g_error_matches (error, CULVERT_SECRET_STORE_ERROR, CULVERT_SECRET_STORE_ERROR_DENIED)
            ? CULVERT_SECRET_STORE_DENIED
            : CULVERT_SECRET_STORE_MEMORY;
  return *kind == CULVERT_SECRET_STORE_DENIED ||
         g_error_matches (error, CULVERT_SECRET_STORE_ERROR, CULVERT_SECRET_STORE_ERROR_ABSENT);
}

static gboolean
is_in_memory (CulvertKeyring *self)
{
  return self->kind == CULVERT_SECRET_STORE_MEMORY || self->kind == CULVERT_SECRET_STORE_DENIED;
}

/* What is said after the keyring failed an operation. */
static void
fail (Operation *operation, GError *error)
{
  CulvertKeyring        *self = operation->self;
  CulvertSecretStoreKind kind;

  g_debug ("%s", error->message);
  if (takes_place (error, &kind))
    {
      g_error_free (error);
      set_kind (self, kind);
      do_in_memory (operation);
      return;
    }
  if (operation->may_ask &&
      g_error_matches (error, CULVERT_SECRET_STORE_ERROR, CULVERT_SECRET_STORE_ERROR_LOCKED))
    self->quiet_until_us =
      g_get_monotonic_time () + (gint64)self->quiet_ms * (G_USEC_PER_SEC / 1000);
  finish (operation, NULL, error);
}

/* The keyring was just seen to be unlocked: what could not be forgotten before can be now. */
static void
forget_later (CulvertKeyring *self)
{
  GHashTableIter iter;
  const char    *name;

  self->quiet_until_us = 0;
  g_hash_table_iter_init (&iter, self->unforgotten);
  while (g_hash_table_iter_next (&iter, (gpointer *)&name, NULL))
    {
      g_auto (GStrv) parts = g_strsplit (name, " ", 2);

      g_queue_push_tail (&self->waiting,
                         operation_new (self, OPERATION_FORGET_LATER, parts[0], parts[1]));
    }
  g_hash_table_remove_all (self->unforgotten);
}

static gboolean
is_unforgotten (CulvertKeyring *self, const char *tunnel_id, const char *purpose)
{
  g_autofree char *name = name_unforgotten (tunnel_id, purpose);

  return g_hash_table_contains (self->unforgotten, tunnel_id) ||
         g_hash_table_contains (self->unforgotten, name);
}

static void
probed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Operation             *operation = user_data;
  g_autoptr (GError)     error = NULL;
  CulvertSecretStoreKind kind;

  if (culvert_keyring_service_probe_finish (result, &error))
    set_kind (operation->self, CULVERT_SECRET_STORE_KEYRING);
  else
    {
      g_debug ("%s", error->message);
      takes_place (error, &kind);
      set_kind (operation->self, kind);
    }
  finish (operation, NULL, NULL);
}

static void
looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Operation     *operation = user_data;
  GError        *error = NULL;
  CulvertSecret *secret = culvert_keyring_service_lookup_finish (result, &error);

  if (error != NULL)
    {
      fail (operation, error);
      return;
    }
  if (secret != NULL)
    forget_later (operation->self);
  else
    /* From a time without a keyring. */
    secret = culvert_keyring_memory_lookup (operation->self->memory, operation->tunnel_id,
                                            operation->purpose);
  finish (operation, secret, NULL);
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Operation *operation = user_data;
  GError    *error = NULL;

  if (!culvert_keyring_service_store_finish (result, &error))
    {
      fail (operation, error);
      return;
    }
  culvert_keyring_memory_forget (operation->self->memory, operation->tunnel_id, operation->purpose);
  forget_later (operation->self);
  finish (operation, NULL, NULL);
}

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Operation *operation = user_data;
  GError    *error = NULL;

  if (culvert_keyring_service_forget_finish (result, &error))
    {
      finish (operation, NULL, NULL);
      return;
    }
  if (g_error_matches (error, CULVERT_SECRET_STORE_ERROR, CULVERT_SECRET_STORE_ERROR_LOCKED))
    g_hash_table_add (operation->self->unforgotten,
                      name_unforgotten (operation->tunnel_id, operation->purpose));
  fail (operation, error);
}

static void
begin_lookup (Operation *operation)
{
  CulvertKeyring *self = operation->self;

  if (is_unforgotten (self, operation->tunnel_id, operation->purpose))
    {
      finish (operation, NULL, NULL);
      return;
    }
  operation->may_ask = g_get_monotonic_time () >= self->quiet_until_us;
  culvert_keyring_service_lookup_async (operation->tunnel_id, operation->purpose,
                                        operation->may_ask, looked_up_cb, operation);
}

static void
begin_store (Operation *operation)
{
  CulvertKeyring  *self = operation->self;
  g_autofree char *name = name_unforgotten (operation->tunnel_id, operation->purpose);

  /* What was forgotten is wanted again: the removal of the tunnel was undone. */
  g_hash_table_remove (self->unforgotten, operation->tunnel_id);
  g_hash_table_remove (self->unforgotten, name);
  culvert_keyring_service_store_async (operation->tunnel_id, operation->purpose, operation->label,
                                       operation->secret, stored_cb, operation);
}

static void
begin (Operation *operation)
{
  CulvertKeyring *self = operation->self;

  if (operation->kind != OPERATION_PROBE && is_in_memory (self))
    {
      do_in_memory (operation);
      return;
    }
  switch (operation->kind)
    {
    case OPERATION_PROBE:
      culvert_keyring_service_probe_async (probed_cb, operation);
      break;
    case OPERATION_LOOKUP:
      begin_lookup (operation);
      break;
    case OPERATION_STORE:
      begin_store (operation);
      break;
    case OPERATION_FORGET:
    case OPERATION_FORGET_LATER:
    default:
      culvert_keyring_memory_forget (self->memory, operation->tunnel_id, operation->purpose);
      culvert_keyring_service_forget_async (operation->tunnel_id, operation->purpose, forgotten_cb,
                                            operation);
      break;
    }
}

static gboolean
next_cb (gpointer user_data)
{
  CulvertKeyring *self = CULVERT_KEYRING (user_data);

  g_clear_pointer (&self->next, g_source_unref);
  if (self->current != NULL)
    return G_SOURCE_REMOVE;
  /* A lookup that nobody waits for any more does not come to the keyring. */
  while ((self->current = g_queue_pop_head (&self->waiting)) != NULL &&
         self->current->kind == OPERATION_LOOKUP && self->current->task == NULL)
    operation_free (self->current);
  if (self->current != NULL)
    begin (self->current);
  return G_SOURCE_REMOVE;
}

/* The caller gave up: it gets its answer now; the operation goes on alone. */
static gboolean
abandoned_cb (GCancellable *cancellable, gpointer user_data)
{
  Operation        *operation = user_data;
  g_autoptr (GTask) task = g_steal_pointer (&operation->task);

  g_task_return_new_error (task, G_IO_ERROR, G_IO_ERROR_CANCELLED, "nobody waits any more");
  g_clear_pointer (&operation->abandoning, g_source_unref);
  return G_SOURCE_REMOVE;
}

static void
submit (Operation          *operation,
        gpointer            source_tag,
        GCancellable       *cancellable,
        GAsyncReadyCallback callback,
        gpointer            user_data)
{
  CulvertKeyring *self = operation->self;

  operation->task = g_task_new (self, NULL, callback, user_data);
  g_task_set_source_tag (operation->task, source_tag);
  if (cancellable != NULL)
    {
      operation->abandoning = g_cancellable_source_new (cancellable);
      g_source_set_callback (operation->abandoning, G_SOURCE_FUNC (abandoned_cb), operation, NULL);
      g_source_attach (operation->abandoning, g_main_context_get_thread_default ());
    }
  g_queue_push_tail (&self->waiting, operation);
  schedule_next (self);
}

static CulvertSecretStoreKind
culvert_keyring_get_kind (CulvertSecretStore *store)
{
  return CULVERT_KEYRING (store)->kind;
}

static void
culvert_keyring_lookup_async (CulvertSecretStore *store,
                              const char         *tunnel_id,
                              const char         *purpose,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  submit (operation_new (CULVERT_KEYRING (store), OPERATION_LOOKUP, tunnel_id, purpose),
          culvert_keyring_lookup_async, cancellable, callback, user_data);
}

static CulvertSecret *
culvert_keyring_lookup_finish (CulvertSecretStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
culvert_keyring_store_async (CulvertSecretStore *store,
                             const char         *tunnel_id,
                             const char         *purpose,
                             const char         *label,
                             CulvertSecret      *secret,
                             GCancellable       *cancellable,
                             GAsyncReadyCallback callback,
                             gpointer            user_data)
{
  Operation *operation =
    operation_new (CULVERT_KEYRING (store), OPERATION_STORE, tunnel_id, purpose);

  operation->label = g_strdup (label);
  operation->secret = culvert_secret_ref (secret);
  submit (operation, culvert_keyring_store_async, cancellable, callback, user_data);
}

static void
culvert_keyring_forget_async (CulvertSecretStore *store,
                              const char         *tunnel_id,
                              const char         *purpose,
                              GCancellable       *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer            user_data)
{
  submit (operation_new (CULVERT_KEYRING (store), OPERATION_FORGET, tunnel_id, purpose),
          culvert_keyring_forget_async, cancellable, callback, user_data);
}

static gboolean
culvert_keyring_finish (CulvertSecretStore *store, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, store), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}

static void
culvert_keyring_iface_init (CulvertSecretStoreInterface *iface)
{
  iface->get_kind = culvert_keyring_get_kind;
  iface->lookup_async = culvert_keyring_lookup_async;
  iface->lookup_finish = culvert_keyring_lookup_finish;
  iface->store_async = culvert_keyring_store_async;
  iface->store_finish = culvert_keyring_finish;
  iface->forget_async = culvert_keyring_forget_async;
  iface->forget_finish = culvert_keyring_finish;
}

static void
probe (CulvertKeyring *self)
{
  g_queue_push_tail (&self->waiting, operation_new (self, OPERATION_PROBE, "", NULL));
  schedule_next (self);
}

static void
keyring_came_cb (gpointer user_data)
{
  CulvertKeyring *self = CULVERT_KEYRING (user_data);

  if (is_in_memory (self))
    probe (self);
}

static void
culvert_keyring_finalize (GObject *object)
{
  CulvertKeyring *self = CULVERT_KEYRING (object);

  /* Every operation holds the store, so none is left. */
  g_clear_pointer (&self->watch, culvert_keyring_service_unwatch);
  g_clear_pointer (&self->memory, culvert_keyring_memory_free);
  g_clear_pointer (&self->unforgotten, g_hash_table_unref);
  G_OBJECT_CLASS (culvert_keyring_parent_class)->finalize (object);
}

static void
culvert_keyring_class_init (CulvertKeyringClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = culvert_keyring_finalize;
}

static void
culvert_keyring_init (CulvertKeyring *self)
{
  self->kind = CULVERT_SECRET_STORE_MEMORY;
  self->memory = culvert_keyring_memory_new ();
  self->unforgotten = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->quiet_ms = QUIET_MS;
  g_queue_init (&self->waiting);
}

void
culvert_keyring_set_quiet_ms (CulvertSecretStore *store, guint quiet_ms)
{
  g_return_if_fail (CULVERT_IS_KEYRING (store));

  CULVERT_KEYRING (store)->quiet_ms = quiet_ms;
}

CulvertSecretStore *
culvert_keyring_new (void)
{
  CulvertKeyring    *self = g_object_new (CULVERT_TYPE_KEYRING, NULL);
  g_autoptr (GError) absence = culvert_keyring_service_explain_absence ();

  if (absence != NULL)
    {
      g_debug ("%s", absence->message);
      return CULVERT_SECRET_STORE (self);
    }
  self->kind = CULVERT_SECRET_STORE_UNKNOWN;
  self->watch = culvert_keyring_service_watch (keyring_came_cb, self);
  probe (self);
  return CULVERT_SECRET_STORE (self);
}

CulvertSecretStore *
culvert_keyring_new_memory (void)
{
  return g_object_new (CULVERT_TYPE_KEYRING, NULL);
}
