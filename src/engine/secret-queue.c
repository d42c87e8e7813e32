/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/secret-queue.h"

#define QUEUE_KEY "culvert-secret-queue"

struct _CulvertSecretQueue
{
  CulvertSecretStore *store;   /* not counted: it owns the queue */
  GQueue              waiting; /* of Call */
  gboolean            is_busy; /* one is under way */
};

typedef enum
{
  CALL_LOOKUP,
  CALL_STORE,
  CALL_FORGET,
} CallKind;

typedef struct
{
  CulvertSecretQueue *queue;
  CulvertSecretStore *store; /* counted, so that store and queue outlive their calls */
  CallKind            kind;
  char               *tunnel_id;
  char               *purpose; /* nullable */
  char               *label;
  CulvertSecret      *secret;
  GCancellable       *cancellable; /* nullable */
  CulvertSecretFunc   func;        /* nullable */
  gpointer            user_data;
  GDestroyNotify      destroy;
} Call;

static void start_next (CulvertSecretQueue *self);

static void
call_free (Call *self)
{
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_clear_pointer (&self->secret, culvert_secret_unref);
  g_clear_object (&self->cancellable);
  g_free (self->tunnel_id);
  g_free (self->purpose);
  g_free (self->label);
  g_object_unref (self->store);
  g_free (self);
}

static gboolean
is_cancelled (Call *self)
{
  return self->cancellable != NULL && g_cancellable_is_cancelled (self->cancellable);
}

static void
finish_call (Call *call, CulvertSecret *secret, const GError *error)
{
  CulvertSecretQueue *self = call->queue;
  CulvertSecretStore *store = g_object_ref (call->store); /* and so the queue */

  self->is_busy = FALSE;
  if (call->func != NULL && !is_cancelled (call))
    call->func (secret, error, call->user_data);
  call_free (call);
  start_next (self);
  g_object_unref (store);
}

static void
looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError)        error = NULL;
  g_autoptr (CulvertSecret) secret =
    culvert_secret_store_lookup_finish (CULVERT_SECRET_STORE (source), result, &error);

  finish_call (user_data, secret, error);
}

static void
stored_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  culvert_secret_store_store_finish (CULVERT_SECRET_STORE (source), result, &error);
  finish_call (user_data, NULL, error);
}

static void
forgotten_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  culvert_secret_store_forget_finish (CULVERT_SECRET_STORE (source), result, &error);
  finish_call (user_data, NULL, error);
}

static void
start_next (CulvertSecretQueue *self)
{
  Call *call;

  if (self->is_busy)
    return;

  while ((call = g_queue_pop_head (&self->waiting)) != NULL && is_cancelled (call))
    call_free (call);
  if (call == NULL)
    return;

  self->is_busy = TRUE;
  switch (call->kind)
    {
    case CALL_LOOKUP:
      culvert_secret_store_lookup_async (call->store, call->tunnel_id, call->purpose,
                                         call->cancellable, looked_up_cb, call);
      break;
    case CALL_STORE:
      culvert_secret_store_store_async (call->store, call->tunnel_id, call->purpose, call->label,
                                        call->secret, NULL, stored_cb, call);
      break;
    case CALL_FORGET:
      culvert_secret_store_forget_async (call->store, call->tunnel_id, call->purpose, NULL,
                                         forgotten_cb, call);
      break;
    default:
      g_assert_not_reached ();
    }
}

static Call *
call_new (CulvertSecretQueue *self,
          CallKind            kind,
          const char         *tunnel_id,
          const char         *purpose,
          CulvertSecretFunc   func,
          gpointer            user_data,
          GDestroyNotify      destroy)
{
  Call *call = g_new0 (Call, 1);

  call->queue = self;
  call->store = g_object_ref (self->store);
  call->kind = kind;
  call->tunnel_id = g_strdup (tunnel_id);
  call->purpose = g_strdup (purpose);
  call->func = func;
  call->user_data = user_data;
  call->destroy = destroy;

  return call;
}

static void
push (CulvertSecretQueue *self, Call *call)
{
  g_queue_push_tail (&self->waiting, call);
  start_next (self);
}

/* The store's end: no call can be left, each holds the store. */
static void
free_cb (gpointer data)
{
  g_free (data);
}

CulvertSecretQueue *
culvert_secret_queue_get (CulvertSecretStore *store)
{
  CulvertSecretQueue *self = g_object_get_data (G_OBJECT (store), QUEUE_KEY);

  if (self == NULL)
    {
      self = g_new0 (CulvertSecretQueue, 1);
      self->store = store;
      g_queue_init (&self->waiting);
      g_object_set_data_full (G_OBJECT (store), QUEUE_KEY, self, free_cb);
    }

  return self;
}

void
culvert_secret_queue_lookup (CulvertSecretQueue *self,
                             const char         *tunnel_id,
                             const char         *purpose,
                             GCancellable       *cancellable,
                             CulvertSecretFunc   func,
                             gpointer            user_data,
                             GDestroyNotify      destroy)
{
  Call *call = call_new (self, CALL_LOOKUP, tunnel_id, purpose, func, user_data, destroy);

  call->cancellable = cancellable != NULL ? g_object_ref (cancellable) : NULL;
  push (self, call);
}

void
culvert_secret_queue_store (CulvertSecretQueue *self,
                            const char         *tunnel_id,
                            const char         *purpose,
                            const char         *label,
                            CulvertSecret      *secret,
                            CulvertSecretFunc   func,
                            gpointer            user_data,
                            GDestroyNotify      destroy)
{
  Call *call = call_new (self, CALL_STORE, tunnel_id, purpose, func, user_data, destroy);

  call->label = g_strdup (label);
  call->secret = culvert_secret_ref (secret);
  push (self, call);
}

void
culvert_secret_queue_forget (CulvertSecretQueue *self,
                             const char         *tunnel_id,
                             const char         *purpose,
                             CulvertSecretFunc   func,
                             gpointer            user_data,
                             GDestroyNotify      destroy)
{
  push (self, call_new (self, CALL_FORGET, tunnel_id, purpose, func, user_data, destroy));
}
