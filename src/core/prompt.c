/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/prompt.h"

#include "base/log.h"

/* More than a server may ask at once; RFC 4256 sets no limit. */
#define MAX_SECRETS 256

typedef struct
{
  GMainContext     *context; /* NULL when nobody wants to be called */
  CulvertPromptFunc func;
  gpointer          user_data;
  GDestroyNotify    destroy;
} Listener;

typedef enum
{
  PROMPT_OPEN,
  PROMPT_ANSWERED,
  PROMPT_WITHDRAWN,
} PromptState;

struct _CulvertPrompt
{
  GObject parent_instance;

  CulvertPromptFields fields; /* own copies; fixed at construction */
  CulvertHostKeyInfo  host_key;
  GCancellable       *withdrawn;

  GMutex          mutex; /* guards what follows */
  GCond           changed;
  PromptState     state;
  CulvertDecision decision;
  GPtrArray      *secrets; /* nullable elements */
  char           *tunnel_id;
  char           *tunnel_title;
  GError         *store_error; /* nullable */
  Listener        listener;
};

G_DEFINE_FINAL_TYPE (CulvertPrompt, culvert_prompt, G_TYPE_OBJECT)

typedef struct
{
  CulvertPrompt *prompt;
  Listener       listener;
} Call;

static void
listener_clear (Listener *self)
{
  if (self->destroy != NULL)
    self->destroy (self->user_data);
  g_clear_pointer (&self->context, g_main_context_unref);
}

static gboolean
call_cb (gpointer user_data)
{
  Call *call = user_data;

  call->listener.func (call->prompt, call->listener.user_data);
  return G_SOURCE_REMOVE;
}

static void
call_free (gpointer data)
{
  Call *call = data;

  listener_clear (&call->listener);
  g_object_unref (call->prompt);
  g_free (call);
}

/* Passes @listener on to a source in its context.  Never called with the mutex held. */
static void
dispatch (CulvertPrompt *self, Listener *listener)
{
  g_autoptr (GSource) source = NULL;
  Call               *call;

  if (listener->context == NULL)
    return;
  call = g_new (Call, 1);
  call->prompt = g_object_ref (self);
  call->listener = *listener;
  *listener = (Listener){ 0 };

  source = g_idle_source_new ();
  g_source_set_priority (source, G_PRIORITY_DEFAULT);
  g_source_set_static_name (source, "[culvert] prompt answered");
  g_source_set_callback (source, call_cb, call, call_free);
  g_source_attach (source, call->listener.context);
}

/* Leaves the open state, once; returns whether this call did. */
static gboolean
settle (CulvertPrompt        *self,
        PromptState           state,
        CulvertDecision       decision,
        CulvertSecret *const *secrets,
        guint                 n_secrets)
{
  Listener listener = { 0 };

  g_mutex_lock (&self->mutex);
  if (self->state != PROMPT_OPEN)
    {
      g_mutex_unlock (&self->mutex);
      return FALSE;
    }
  self->state = state;
  self->decision = decision;
  for (guint i = 0; i < n_secrets; i++)
    g_ptr_array_add (self->secrets, secrets[i] != NULL ? culvert_secret_ref (secrets[i]) : NULL);
  listener = self->listener;
  self->listener = (Listener){ 0 };
  g_cond_broadcast (&self->changed);
  g_mutex_unlock (&self->mutex);

  dispatch (self, &listener);
  return TRUE;
}

static void
clear_secret (gpointer data)
{
  if (data != NULL)
    culvert_secret_unref (data);
}

static void
culvert_prompt_finalize (GObject *object)
{
  CulvertPrompt *self = CULVERT_PROMPT (object);

  for (guint i = 0; i < self->fields.n_fields; i++)
    g_free (self->fields.fields[i].text);
  g_free ((gpointer)self->fields.fields);
  g_free ((gpointer)self->fields.user);
  g_free ((gpointer)self->fields.host);
  g_free ((gpointer)self->fields.key_file);
  g_free ((gpointer)self->fields.title);
  g_free ((gpointer)self->fields.instruction);
  g_free ((gpointer)self->fields.secret_purpose);
  g_free (self->host_key.host);
  g_free (self->host_key.type_name);
  g_free (self->host_key.fingerprint);
  g_free (self->host_key.random_art);
  g_free (self->host_key.other_known);
  g_clear_pointer (&self->host_key.blob, g_bytes_unref);
  listener_clear (&self->listener);
  g_ptr_array_unref (self->secrets);
  g_free (self->tunnel_id);
  g_free (self->tunnel_title);
  g_clear_error (&self->store_error);
  g_object_unref (self->withdrawn);
  g_cond_clear (&self->changed);
  g_mutex_clear (&self->mutex);

  G_OBJECT_CLASS (culvert_prompt_parent_class)->finalize (object);
}

static void
culvert_prompt_class_init (CulvertPromptClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = culvert_prompt_finalize;
}

static void
culvert_prompt_init (CulvertPrompt *self)
{
  g_mutex_init (&self->mutex);
  g_cond_init (&self->changed);
  self->secrets = g_ptr_array_new_with_free_func (clear_secret);
  self->withdrawn = g_cancellable_new ();
}

/* Some of it comes from servers and files of strangers, and all of it is for people: what could
 * deceive them is made visible in this one place. */
static char *
dup_line (const char *text)
{
  return text != NULL ? culvert_log_printable (text, -1) : NULL;
}

static char *
dup_lines (const char *text)
{
  return text != NULL ? culvert_log_printable_lines (text, -1) : NULL;
}

static CulvertPromptField *
copy_fields (const CulvertPromptField *fields, guint n_fields)
{
  CulvertPromptField *copy = g_new0 (CulvertPromptField, MAX (n_fields, 1));

  for (guint i = 0; i < n_fields; i++)
    {
      copy[i].text = dup_lines (fields[i].text != NULL ? fields[i].text : "");
      copy[i].is_hidden = fields[i].is_hidden;
    }
  return copy;
}

CulvertPrompt *
culvert_prompt_new (const CulvertPromptFields *fields)
{
  CulvertPrompt *self;

  g_return_val_if_fail (fields != NULL, NULL);
  g_return_val_if_fail (fields->n_fields <= MAX_SECRETS, NULL);

  self = g_object_new (CULVERT_TYPE_PROMPT, NULL);
  self->fields = *fields;
  self->fields.user = dup_line (fields->user);
  self->fields.host = dup_line (fields->host != NULL ? fields->host : "");
  self->fields.key_file = dup_line (fields->key_file);
  self->fields.title = dup_line (fields->title);
  self->fields.instruction = dup_lines (fields->instruction);
  self->fields.secret_purpose = g_strdup (fields->secret_purpose);
  self->fields.fields = copy_fields (fields->fields, fields->n_fields);
  if (fields->host_key != NULL)
    {
      self->host_key.host = g_strdup (fields->host_key->host);
      self->host_key.port = fields->host_key->port;
      self->host_key.type_name = g_strdup (fields->host_key->type_name);
      self->host_key.fingerprint = g_strdup (fields->host_key->fingerprint);
      self->host_key.random_art = g_strdup (fields->host_key->random_art);
      self->host_key.other_known = g_strdup (fields->host_key->other_known);
      self->host_key.certificate = fields->host_key->certificate;
      self->host_key.blob =
        fields->host_key->blob != NULL ? g_bytes_ref (fields->host_key->blob) : NULL;
      self->fields.host_key = &self->host_key;
    }
  return self;
}

const CulvertPromptFields *
culvert_prompt_get_fields (CulvertPrompt *self)
{
  g_return_val_if_fail (CULVERT_IS_PROMPT (self), NULL);

  return &self->fields;
}

void
culvert_prompt_set_tunnel (CulvertPrompt *self, const char *id, const char *title)
{
  g_return_if_fail (CULVERT_IS_PROMPT (self));
  g_return_if_fail (id != NULL && title != NULL);

  g_mutex_lock (&self->mutex);
  /* Only the first counts, since the getters lend these strings without a lock. */
  if (self->tunnel_id == NULL)
    {
      self->tunnel_id = g_strdup (id);
      self->tunnel_title = g_strdup (title);
    }
  g_mutex_unlock (&self->mutex);
}

void
culvert_prompt_set_store_error (CulvertPrompt *self, const GError *error)
{
  g_return_if_fail (CULVERT_IS_PROMPT (self));

  g_mutex_lock (&self->mutex);
  if (self->store_error == NULL && error != NULL)
    self->store_error = g_error_copy (error);
  g_mutex_unlock (&self->mutex);
}

const GError *
culvert_prompt_get_store_error (CulvertPrompt *self)
{
  const GError *error;

  g_return_val_if_fail (CULVERT_IS_PROMPT (self), NULL);

  g_mutex_lock (&self->mutex);
  error = self->store_error;
  g_mutex_unlock (&self->mutex);
  return error;
}

const char *
culvert_prompt_get_tunnel_id (CulvertPrompt *self)
{
  const char *id;

  g_return_val_if_fail (CULVERT_IS_PROMPT (self), NULL);

  g_mutex_lock (&self->mutex);
  id = self->tunnel_id;
  g_mutex_unlock (&self->mutex);
  return id;
}

const char *
culvert_prompt_get_tunnel_title (CulvertPrompt *self)
{
  const char *title;

  g_return_val_if_fail (CULVERT_IS_PROMPT (self), NULL);

  g_mutex_lock (&self->mutex);
  title = self->tunnel_title;
  g_mutex_unlock (&self->mutex);
  return title;
}

void
culvert_prompt_answer (CulvertPrompt        *self,
                       CulvertDecision       decision,
                       CulvertSecret *const *secrets,
                       guint                 n_secrets)
{
  g_return_if_fail (CULVERT_IS_PROMPT (self));
  g_return_if_fail (decision != CULVERT_DECISION_NONE);
  g_return_if_fail (secrets != NULL || n_secrets == 0);

  if (decision == CULVERT_DECISION_REFUSE)
    n_secrets = 0;
  settle (self, PROMPT_ANSWERED, decision, secrets, MIN (n_secrets, self->fields.n_fields));
}

void
culvert_prompt_withdraw (CulvertPrompt *self)
{
  g_return_if_fail (CULVERT_IS_PROMPT (self));

  /* Outside the lock: the handlers of the cancellable run in this call. */
  if (settle (self, PROMPT_WITHDRAWN, CULVERT_DECISION_NONE, NULL, 0))
    g_cancellable_cancel (self->withdrawn);
}

GCancellable *
culvert_prompt_get_withdrawn (CulvertPrompt *self)
{
  g_return_val_if_fail (CULVERT_IS_PROMPT (self), NULL);

  return self->withdrawn;
}

CulvertDecision
culvert_prompt_get_decision (CulvertPrompt *self)
{
  CulvertDecision decision;

  g_return_val_if_fail (CULVERT_IS_PROMPT (self), CULVERT_DECISION_NONE);

  g_mutex_lock (&self->mutex);
  decision = self->decision;
  g_mutex_unlock (&self->mutex);
  return decision;
}

CulvertSecret *
culvert_prompt_get_secret (CulvertPrompt *self, guint index)
{
  CulvertSecret *secret;

  g_return_val_if_fail (CULVERT_IS_PROMPT (self), NULL);

  g_mutex_lock (&self->mutex);
  secret = index < self->secrets->len ? g_ptr_array_index (self->secrets, index) : NULL;
  g_mutex_unlock (&self->mutex);
  return secret;
}

void
culvert_prompt_set_answered_func (CulvertPrompt    *self,
                                  GMainContext     *context,
                                  CulvertPromptFunc func,
                                  gpointer          user_data,
                                  GDestroyNotify    destroy)
{
  Listener listener = { .func = func, .user_data = user_data, .destroy = destroy };

  g_return_if_fail (CULVERT_IS_PROMPT (self));
  g_return_if_fail (func != NULL);
  g_return_if_fail (self->listener.func == NULL);

  listener.context = g_main_context_ref (context != NULL ? context : g_main_context_default ());
  g_mutex_lock (&self->mutex);
  if (self->state == PROMPT_OPEN)
    {
      self->listener = listener;
      listener = (Listener){ 0 };
    }
  g_mutex_unlock (&self->mutex);

  dispatch (self, &listener);
}

CulvertDecision
culvert_prompt_wait (CulvertPrompt *self,
                     guint          slice_ms,
                     gboolean (*keep_waiting) (gpointer user_data),
                     gpointer user_data)
{
  gint64 slice_end_us;

  g_return_val_if_fail (CULVERT_IS_PROMPT (self), CULVERT_DECISION_NONE);
  g_return_val_if_fail (slice_ms > 0 && keep_waiting != NULL, CULVERT_DECISION_NONE);

  slice_end_us = g_get_monotonic_time () + slice_ms * G_TIME_SPAN_MILLISECOND;
  g_mutex_lock (&self->mutex);
  while (self->state == PROMPT_OPEN)
    {
      if (g_cond_wait_until (&self->changed, &self->mutex, slice_end_us))
        continue;
      /* Unlocked, because it may well answer or withdraw. */
      g_mutex_unlock (&self->mutex);
      if (!keep_waiting (user_data))
        culvert_prompt_withdraw (self);
      slice_end_us = g_get_monotonic_time () + slice_ms * G_TIME_SPAN_MILLISECOND;
      g_mutex_lock (&self->mutex);
    }
  g_mutex_unlock (&self->mutex);
  return culvert_prompt_get_decision (self);
}
