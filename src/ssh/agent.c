/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/agent-private.h"

#include "base/source.h"
#include "core/errors.h"
#include "ssh/agent-message.h"

#include <string.h>

#define LENGTH_SIZE 4

/* One request, from the call to the answer. */
typedef struct
{
  CulvertAgent *agent; /* kept alive by the task */
  GTask        *task;
  GBytes       *message;
  char         *algorithm; /* NULL for a list */
  guint         timeout_ms;
  GSource      *deadline;      /* its time limit; NULL until its turn */
  GSource      *cancel_source; /* its cancellable */
} Request;

/* The current request on its way through the connection.
 *
 * Exactly one I/O operation runs for it at any time, and holds its buffers.  When the request is to
 * end early (cancelled, out of time), `verdict` says why and the cancellable stops the operation, whose
 * callback then ends the request: so nothing of a request is left in the loop once it has ended. */
typedef struct
{
  CulvertAgent *agent;
  GCancellable *cancellable;
  GError       *verdict;   /* NULL: goes on */
  gboolean      is_reused; /* the connection has served a request before */
  guint8        length[LENGTH_SIZE];
  guint8       *answer;
  gsize         n_answer;
} Exchange;

struct _CulvertAgent
{
  GObject parent_instance;

  char                     *name;
  const CulvertAgentOpener *opener;
  gpointer                  opener_data;

  GIOStream *stream; /* idle or in use; NULL when there is none */
  gboolean   stream_is_reused;

  GQueue    waiting;  /* of Request */
  Request  *current;  /* the one whose turn it is */
  Exchange *exchange; /* its way through the connection */
};

G_DEFINE_FINAL_TYPE (CulvertAgent, culvert_agent, G_TYPE_OBJECT)

static void start_exchange (CulvertAgent *self);
static void start_next (CulvertAgent *self);

static void
request_free (Request *request)
{
  culvert_source_clear (&request->deadline);
  culvert_source_clear (&request->cancel_source);
  g_clear_object (&request->task);
  g_bytes_unref (request->message);
  g_free (request->algorithm);
  g_free (request);
}

static void
exchange_free (Exchange *exchange)
{
  g_clear_object (&exchange->cancellable);
  g_clear_error (&exchange->verdict);
  g_free (exchange->answer);
  g_free (exchange);
}

/* Ends the current request with @error (taken), and the connection, which may be in any state. */
static void
fail_current (CulvertAgent *self, GError *error)
{
  Request *request = g_steal_pointer (&self->current);

  g_clear_pointer (&self->exchange, exchange_free);
  g_clear_object (&self->stream);
  g_task_return_error (request->task, error);
  start_next (self);
  /* Last, as it may take the last reference to the agent with it. */
  request_free (request);
}

static GError *
new_error (CulvertAgent *self, CulvertSshError code, const char *what)
{
  GError *error = g_error_new (CULVERT_SSH_ERROR, (int)code, "ssh-agent %s: %s", self->name, what);

  culvert_error_set_fact (&error, CULVERT_FACT_FILE, self->name);
  culvert_error_set_fact (&error, CULVERT_FACT_REASON, what);
  return error;
}

/* Has the current request fail with @error (taken) as soon as its operation has stopped. */
static void
stop_current (CulvertAgent *self, GError *error)
{
  Exchange *exchange = self->exchange;

  if (exchange->verdict != NULL)
    {
      g_error_free (error);
      return;
    }
  exchange->verdict = error;
  g_cancellable_cancel (exchange->cancellable);
}

static gboolean
deadline_cb (gpointer user_data)
{
  Request         *request = user_data;
  CulvertAgent    *self = request->agent;
  g_autofree char *what = g_strdup_printf ("no answer within %u ms", request->timeout_ms);

  stop_current (self, new_error (self, CULVERT_SSH_ERROR_AGENT_TIMED_OUT, what));
  return G_SOURCE_REMOVE;
}

static gboolean
cancelled_cb (GCancellable *cancellable, gpointer user_data)
{
  Request      *request = user_data;
  CulvertAgent *self = request->agent;
  GError       *error = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "cancelled");

  if (request == self->current)
    {
      stop_current (self, error);
      return G_SOURCE_REMOVE;
    }

  g_queue_remove (&self->waiting, request);
  g_task_return_error (request->task, error);
  request_free (request);
  return G_SOURCE_REMOVE;
}

/* To be asked first when an operation ends: FALSE when the request was to stop, and now has. */
static gboolean
goes_on (Exchange *exchange)
{
  if (exchange->verdict == NULL)
    return TRUE;

  fail_current (exchange->agent, g_steal_pointer (&exchange->verdict));
  return FALSE;
}

/* The connection broke.  One that was idle may have died long ago (an agent restarted): that is worth
 * a second try, as no answer can have been given. */
static void
handle_broken (Exchange *exchange, const char *what)
{
  CulvertAgent *self = exchange->agent;

  if (exchange->is_reused && self->opener != NULL)
    {
      g_clear_pointer (&self->exchange, exchange_free);
      g_clear_object (&self->stream);
      start_exchange (self);
      return;
    }
  fail_current (self, new_error (self, CULVERT_SSH_ERROR_AGENT_FAILED, what));
}

static void
finish_exchange (Exchange *exchange)
{
  CulvertAgent *self = exchange->agent;
  Request      *request = g_steal_pointer (&self->current);
  GError       *error = NULL;
  gpointer      value;

  self->stream_is_reused = TRUE;
  if (request->algorithm == NULL)
    value = culvert_agent_message_read_list (exchange->answer, exchange->n_answer, &error);
  else
    value = culvert_agent_message_read_signature (exchange->answer, exchange->n_answer,
                                                  request->algorithm, &error);
  g_clear_pointer (&self->exchange, exchange_free);

  if (value == NULL)
    {
      g_prefix_error (&error, "ssh-agent %s: ", self->name);
      g_task_return_error (request->task, error);
    }
  else if (request->algorithm == NULL)
    g_task_return_pointer (request->task, value, (GDestroyNotify)g_ptr_array_unref);
  else
    g_task_return_pointer (request->task, value, (GDestroyNotify)g_bytes_unref);

  start_next (self);
  request_free (request);
}

static void
answer_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Exchange          *exchange = user_data;
  gsize              n_read = 0;
  g_autoptr (GError) error = NULL;

  g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &n_read, &error);
  if (!goes_on (exchange))
    return;

  if (error != NULL || n_read < exchange->n_answer)
    {
      exchange->is_reused = FALSE;
      handle_broken (exchange,
                     error != NULL ? error->message : "closed in the middle of its answer");
      return;
    }
  finish_exchange (exchange);
}

static void
length_read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Exchange          *exchange = user_data;
  gsize              n_read = 0;
  guint32            length;
  g_autoptr (GError) error = NULL;

  g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &n_read, &error);
  if (!goes_on (exchange))
    return;

  if (error != NULL || n_read < LENGTH_SIZE)
    {
      handle_broken (exchange, error != NULL ? error->message : "closed without an answer");
      return;
    }

  memcpy (&length, exchange->length, LENGTH_SIZE);
  length = GUINT32_FROM_BE (length);
  if (length == 0 || length > CULVERT_AGENT_ANSWER_MAX)
    {
      g_autofree char *what = g_strdup_printf ("its answer claims to have %u bytes", length);

      exchange->is_reused = FALSE;
      handle_broken (exchange, what);
      return;
    }

  exchange->n_answer = length;
  exchange->answer = g_malloc (length);
  g_input_stream_read_all_async (G_INPUT_STREAM (source), exchange->answer, length,
                                 G_PRIORITY_DEFAULT, exchange->cancellable, answer_read_cb,
                                 exchange);
}

static void
written_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Exchange          *exchange = user_data;
  g_autoptr (GError) error = NULL;

  g_output_stream_write_all_finish (G_OUTPUT_STREAM (source), result, NULL, &error);
  if (!goes_on (exchange))
    return;

  if (error != NULL)
    {
      handle_broken (exchange, error->message);
      return;
    }
  g_input_stream_read_all_async (g_io_stream_get_input_stream (exchange->agent->stream),
                                 exchange->length, LENGTH_SIZE, G_PRIORITY_DEFAULT,
                                 exchange->cancellable, length_read_cb, exchange);
}

static void
write_request (Exchange *exchange)
{
  CulvertAgent *self = exchange->agent;
  gsize         n_bytes;
  const void   *bytes = g_bytes_get_data (self->current->message, &n_bytes);

  exchange->is_reused = self->stream_is_reused;
  g_output_stream_write_all_async (g_io_stream_get_output_stream (self->stream), bytes, n_bytes,
                                   G_PRIORITY_DEFAULT, exchange->cancellable, written_cb, exchange);
}

static void
opened_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Exchange             *exchange = user_data;
  CulvertAgent         *self = exchange->agent;
  g_autoptr (GError)    error = NULL;
  g_autoptr (GIOStream) stream = self->opener->open_finish (result, &error);

  if (!goes_on (exchange))
    return;

  if (stream == NULL)
    {
      fail_current (self, new_error (self, CULVERT_SSH_ERROR_AGENT_UNREACHABLE, error->message));
      return;
    }
  self->stream = g_steal_pointer (&stream);
  self->stream_is_reused = FALSE;
  write_request (exchange);
}

static void
start_exchange (CulvertAgent *self)
{
  if (self->stream == NULL && self->opener == NULL)
    {
      fail_current (self, new_error (self, CULVERT_SSH_ERROR_AGENT_UNREACHABLE,
                                     "the connection has ended earlier"));
      return;
    }

  self->exchange = g_new0 (Exchange, 1);
  self->exchange->agent = self;
  self->exchange->cancellable = g_cancellable_new ();
  if (self->stream != NULL)
    write_request (self->exchange);
  else
    self->opener->open_async (self->opener_data, self->exchange->cancellable, opened_cb,
                              self->exchange);
}

static void
start_next (CulvertAgent *self)
{
  Request *request = self->current == NULL ? g_queue_pop_head (&self->waiting) : NULL;

  if (request == NULL)
    return;

  self->current = request;
  if (request->timeout_ms > 0)
    {
      request->deadline = g_timeout_source_new (request->timeout_ms);
      g_source_set_callback (request->deadline, deadline_cb, request, NULL);
      g_source_attach (request->deadline, g_task_get_context (request->task));
    }
  start_exchange (self);
}

/* @task and @message are taken. */
static void
enqueue (CulvertAgent *self, GTask *task, GBytes *message, const char *algorithm, guint timeout_ms)
{
  Request      *request = g_new0 (Request, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  request->agent = self;
  request->task = task;
  request->message = message;
  request->algorithm = g_strdup (algorithm);
  request->timeout_ms = timeout_ms;
  if (cancellable != NULL)
    {
      request->cancel_source = g_cancellable_source_new (cancellable);
      g_source_set_callback (request->cancel_source, G_SOURCE_FUNC (cancelled_cb), request, NULL);
      g_source_attach (request->cancel_source, g_task_get_context (task));
    }
  g_queue_push_tail (&self->waiting, request);
  start_next (self);
}

static void
culvert_agent_finalize (GObject *object)
{
  CulvertAgent *self = CULVERT_AGENT (object);

  g_assert (self->current == NULL && g_queue_is_empty (&self->waiting));
  g_clear_object (&self->stream);
  if (self->opener != NULL)
    self->opener->free_data (self->opener_data);
  g_free (self->name);

  G_OBJECT_CLASS (culvert_agent_parent_class)->finalize (object);
}

static void
culvert_agent_class_init (CulvertAgentClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = culvert_agent_finalize;
}

static void
culvert_agent_init (CulvertAgent *self)
{
  g_queue_init (&self->waiting);
}

CulvertAgent *
culvert_agent_new (const char               *name,
                   const CulvertAgentOpener *opener,
                   gpointer                  opener_data,
                   GIOStream                *stream)
{
  CulvertAgent *self = g_object_new (CULVERT_TYPE_AGENT, NULL);

  self->name = g_strdup (name);
  self->opener = opener;
  self->opener_data = opener_data;
  self->stream = stream != NULL ? g_object_ref (stream) : NULL;
  return self;
}

CulvertAgent *
culvert_agent_new_for_stream (GIOStream *stream)
{
  return culvert_agent_new ("(a stream)", NULL, NULL, stream);
}

void
culvert_agent_list_async (CulvertAgent       *self,
                          guint               timeout_ms,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, culvert_agent_list_async);
  enqueue (self, task, culvert_agent_message_new_list (), NULL, timeout_ms);
}

GPtrArray *
culvert_agent_list_finish (CulvertAgent *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}

void
culvert_agent_sign_async (CulvertAgent       *self,
                          GBytes             *public_blob,
                          const char         *algorithm,
                          GBytes             *data,
                          guint               timeout_ms,
                          GCancellable       *cancellable,
                          GAsyncReadyCallback callback,
                          gpointer            user_data)
{
  GTask *task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, culvert_agent_sign_async);
  enqueue (self, task, culvert_agent_message_new_sign (public_blob, algorithm, data), algorithm,
           timeout_ms);
}

GBytes *
culvert_agent_sign_finish (CulvertAgent *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), NULL);

  return g_task_propagate_pointer (G_TASK (result), error);
}
