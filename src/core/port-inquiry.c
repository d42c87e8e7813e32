/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/port-inquiry.h"

#include "base/free-port.h"
#include "base/port-holder.h"
#include "base/source.h"
#include "core/errors.h"
#include "core/port-choice.h"

/* The name of a user may have to come over the network. */
#define LIMIT_MS 2500

struct _CulvertPortInquiry
{
  GError                *error; /* nullable */
  CulvertPortInquiryFunc func;
  gpointer               user_data;
  GSource               *limit;       /* set until the answer was given */
  GCancellable          *cancellable; /* cancelled: nobody waits for the worker any more */
};

/* What the worker reads and writes; no other thread looks at it meanwhile. */
typedef struct
{
  CulvertEndpoint  *listen;
  gboolean          asks_whether; /* it could listen */
  gboolean          is_free;
  CulvertPortHolder holder;
  CulvertEndpoint  *free_port;    /* nullable */
  CulvertEndpoint  *free_address; /* nullable */
} Work;

static void
work_free (gpointer data)
{
  Work *work = data;

  culvert_endpoint_unref (work->listen);
  culvert_port_holder_clear (&work->holder);
  g_clear_pointer (&work->free_port, culvert_endpoint_unref);
  g_clear_pointer (&work->free_address, culvert_endpoint_unref);
  g_free (work);
}

static void
ask_system (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  Work            *work = data;
  const char      *addresses[CULVERT_LISTEN_ADDRESSES_MAX + 1];
  guint16          port = culvert_endpoint_get_port (work->listen);
  g_autofree char *path = culvert_endpoint_dup_local_path (work->listen);

  culvert_listen_get_addresses (work->listen, addresses);
  if (path != NULL)
    culvert_port_holder_find_path (path, &work->holder);
  else if (work->asks_whether && (addresses[0] == NULL || culvert_port_is_free (addresses, port)))
    work->is_free = TRUE;
  else
    {
      culvert_port_holder_find (addresses, port, &work->holder);
      work->free_port = culvert_port_choice_next (work->listen, NULL, NULL);
      work->free_address = culvert_port_choice_other_address (work->listen, NULL, NULL);
    }
  g_task_return_boolean (task, TRUE);
}

static const char *
get_holder_nick (CulvertPortHolderKind kind)
{
  switch (kind)
    {
    case CULVERT_PORT_HOLDER_SELF:
      return "self";
    case CULVERT_PORT_HOLDER_PROCESS:
      return "process";
    case CULVERT_PORT_HOLDER_USER:
      return "user";
    case CULVERT_PORT_HOLDER_OUTSIDE:
      return "outside";
    case CULVERT_PORT_HOLDER_NOBODY:
    case CULVERT_PORT_HOLDER_UNKNOWN:
    default:
      return NULL;
    }
}

/* For the log. (transfer full) (nullable) */
static char *
describe (const CulvertPortHolder *holder)
{
  switch (holder->kind)
    {
    case CULVERT_PORT_HOLDER_SELF:
      return g_strdup ("this process has it");
    case CULVERT_PORT_HOLDER_PROCESS:
      return g_strdup_printf ("process %" G_GUINT64_FORMAT " has it: %s", holder->pid,
                              holder->program != NULL ? holder->program : "unknown");
    case CULVERT_PORT_HOLDER_USER:
      return g_strdup_printf ("a process of %s has it",
                              holder->user != NULL ? holder->user : "another user");
    case CULVERT_PORT_HOLDER_OUTSIDE:
      return g_strdup ("a process outside the sandbox has it");
    case CULVERT_PORT_HOLDER_NOBODY:
    case CULVERT_PORT_HOLDER_UNKNOWN:
    default:
      return NULL;
    }
}

static void
add_facts (GError **error, const Work *work)
{
  const CulvertPortHolder *holder = &work->holder;
  g_autofree char         *text = describe (holder);

  if (*error != NULL && text != NULL)
    {
      g_autofree char *message = g_steal_pointer (&(*error)->message);

      (*error)->message = g_strdup_printf ("%s; %s", message, text);
    }
  culvert_error_set_fact (error, CULVERT_FACT_HOLDER, get_holder_nick (holder->kind));
  culvert_error_set_fact (error, CULVERT_FACT_PROGRAM, holder->program);
  culvert_error_set_fact (error, CULVERT_FACT_USER, holder->user);
  if (holder->pid != 0)
    {
      g_autofree char *pid = g_strdup_printf ("%" G_GUINT64_FORMAT, holder->pid);

      culvert_error_set_fact (error, CULVERT_FACT_PID, pid);
    }
  if (work->free_port != NULL)
    {
      g_autofree char *port = g_strdup_printf ("%u", culvert_endpoint_get_port (work->free_port));

      culvert_error_set_fact (error, CULVERT_FACT_FREE_PORT, port);
    }
  if (work->free_address != NULL)
    culvert_error_set_fact (error, CULVERT_FACT_FREE_ADDRESS,
                            culvert_endpoint_get_host (work->free_address));
}

static void
stop_waiting (CulvertPortInquiry *self)
{
  if (self->limit == NULL)
    return;
  g_cancellable_cancel (self->cancellable);
  culvert_source_clear (&self->limit);
}

static void
answer (CulvertPortInquiry *self)
{
  stop_waiting (self);
  self->func (g_steal_pointer (&self->error), self->user_data);
}

static gboolean
limit_cb (gpointer user_data)
{
  answer (user_data);
  return G_SOURCE_REMOVE;
}

static void
work_done_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask              *task = G_TASK (result);
  CulvertPortInquiry *self = user_data;
  const Work         *work;

  /* Then @self may be gone, and the worker may still be at it. */
  if (g_cancellable_is_cancelled (g_task_get_cancellable (task)))
    return;
  work = g_task_get_task_data (task);
  if (work->asks_whether && !work->is_free)
    {
      g_autofree char *where = culvert_endpoint_to_string (work->listen);

      g_set_error (&self->error, CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_PORT_IN_USE,
                   "%s is in use", where);
    }
  add_facts (&self->error, work);
  answer (self);
}

gboolean
culvert_port_inquiry_helps (const GError *error)
{
  return g_error_matches (error, CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_PORT_IN_USE) ||
         g_error_matches (error, CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_SOCKET_PATH);
}

CulvertPortInquiry *
culvert_port_inquiry_new (const CulvertEndpoint *listen,
                          GError                *error,
                          CulvertPortInquiryFunc func,
                          gpointer               user_data)
{
  CulvertPortInquiry *self = g_new0 (CulvertPortInquiry, 1);
  Work               *work = g_new0 (Work, 1);
  g_autoptr (GTask)   task = NULL;

  g_return_val_if_fail (listen != NULL && func != NULL, NULL);

  self->error = error;
  self->func = func;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->limit = g_timeout_source_new (LIMIT_MS);
  g_source_set_callback (self->limit, limit_cb, self, NULL);
  g_source_attach (self->limit, g_main_context_get_thread_default ());

  work->listen = culvert_endpoint_ref ((CulvertEndpoint *)listen);
  work->asks_whether = error == NULL;
  task = g_task_new (NULL, self->cancellable, work_done_cb, self);
  g_task_set_task_data (task, work, work_free);
  g_task_run_in_thread (task, ask_system);
  return self;
}

void
culvert_port_inquiry_free (CulvertPortInquiry *self)
{
  if (self == NULL)
    return;
  stop_waiting (self);
  g_object_unref (self->cancellable);
  g_clear_error (&self->error);
  g_free (self);
}
