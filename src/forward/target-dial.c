/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/target-dial.h"

#include "base/source.h"
#include "core/dial.h"
#include "core/errors.h"

struct _CulvertTargetDial
{
  CulvertTargetDialFunc func;
  gpointer              user_data;
  char                 *name;
  GSource              *timer; /* the limit, or when an error that is known already is told */

  CulvertDial *dial; /* a host */

  CulvertSocket   socket; /* a path */
  CulvertIoWatch *watch;
  GError         *error;
};

static int
code_for_dial (const GError *error)
{
  if (error->domain != CULVERT_SSH_ERROR)
    return CULVERT_FORWARD_ERROR_TARGET_UNREACHABLE;
  switch (error->code)
    {
    case CULVERT_SSH_ERROR_REFUSED:
      return CULVERT_FORWARD_ERROR_TARGET_REFUSED;
    case CULVERT_SSH_ERROR_NAME_UNKNOWN:
    case CULVERT_SSH_ERROR_NO_NAME_SERVICE:
      return CULVERT_FORWARD_ERROR_TARGET_NAME;
    case CULVERT_SSH_ERROR_TIMED_OUT:
      return CULVERT_FORWARD_ERROR_TARGET_TIMED_OUT;
    default:
      return CULVERT_FORWARD_ERROR_TARGET_UNREACHABLE;
    }
}

static int
code_for_path (const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED) ||
      g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return CULVERT_FORWARD_ERROR_TARGET_REFUSED;
  return CULVERT_FORWARD_ERROR_TARGET_UNREACHABLE;
}

static void
fail (CulvertTargetDial *self, int code, const char *reason)
{
  g_autoptr (GError) error =
    g_error_new (CULVERT_FORWARD_ERROR, code, "connecting to %s: %s", self->name, reason);

  culvert_error_set_fact (&error, CULVERT_FACT_REASON, reason);
  culvert_error_set_fact (&error, CULVERT_FACT_TARGET, self->name);
  self->func (CULVERT_SOCKET_NONE, error, self->user_data);
}

static void
resolved_cb (gpointer user_data)
{
}

static void
dialled_cb (CulvertSocket socket, const GError *error, gpointer user_data)
{
  CulvertTargetDial *self = user_data;
  const char        *reason;

  if (error == NULL)
    {
      self->func (socket, NULL, self->user_data);
      return;
    }
  reason = culvert_error_get_fact (error, CULVERT_FACT_REASON);
  fail (self, code_for_dial (error), reason != NULL ? reason : error->message);
}

static const CulvertDialEvents dial_events = {
  .resolved = resolved_cb,
  .done = dialled_cb,
};

static gboolean
timer_cb (gpointer user_data)
{
  CulvertTargetDial *self = user_data;

  if (self->error != NULL)
    fail (self, code_for_path (self->error), self->error->message);
  else
    fail (self, CULVERT_FORWARD_ERROR_TARGET_TIMED_OUT, "no answer in time");
  return G_SOURCE_REMOVE;
}

static void
path_ready_cb (CulvertIoCondition ready, gpointer user_data)
{
  CulvertTargetDial *self = user_data;
  g_autoptr (GError) error = NULL;
  CulvertSocket      socket = self->socket;

  if (!culvert_socket_take_error (socket, &error))
    {
      fail (self, code_for_path (error), error->message);
      return;
    }
  culvert_io_watch_clear (&self->watch);
  self->socket = CULVERT_SOCKET_NONE;
  self->func (socket, NULL, self->user_data);
}

static void
begin_path (CulvertTargetDial *self, CulvertIoSource *io, const CulvertEndpoint *target)
{
  g_autofree char           *path = culvert_endpoint_dup_local_path (target);
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  gboolean                   in_progress;

  self->socket = culvert_socket_connect (address, &in_progress, &self->error);
  /* One that is connected already is writable at once. */
  if (self->socket != CULVERT_SOCKET_NONE)
    self->watch = culvert_io_source_add (io, self->socket, CULVERT_IO_OUT, path_ready_cb, self);
}

CulvertTargetDial *
culvert_target_dial_new (CulvertIoSource       *io,
                         GObject               *owner,
                         const CulvertEndpoint *target,
                         CulvertTargetDialFunc  func,
                         gpointer               user_data)
{
  CulvertTargetDial *self = g_new0 (CulvertTargetDial, 1);
  const char        *host = culvert_endpoint_get_host (target);

  self->func = func;
  self->user_data = user_data;
  self->name = culvert_endpoint_to_string (target);
  self->socket = CULVERT_SOCKET_NONE;
  if (host == NULL)
    begin_path (self, io, target);
  else
    self->dial = culvert_dial_new (io, owner, *host != '\0' ? host : "localhost",
                                   culvert_endpoint_get_port (target), CULVERT_ADDRESS_FAMILY_ANY,
                                   &dial_events, self);
  self->timer =
    g_timeout_source_new (self->error != NULL ? 0 : CULVERT_TARGET_DIAL_TIMEOUT_S * 1000);
  g_source_set_static_name (self->timer, "culvert target dial");
  g_source_set_callback (self->timer, timer_cb, self, NULL);
  g_source_attach (self->timer, g_main_context_get_thread_default ());
  return self;
}

void
culvert_target_dial_free (CulvertTargetDial *self)
{
  if (self == NULL)
    return;
  culvert_source_clear (&self->timer);
  culvert_dial_free (self->dial);
  culvert_io_watch_clear (&self->watch);
  culvert_socket_close (&self->socket);
  g_clear_error (&self->error);
  g_free (self->name);
  g_free (self);
}
