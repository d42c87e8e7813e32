/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "forward/listener.h"

#include "base/low-ports.h"
#include "base/source.h"
#include "core/errors.h"
#include "core/port-choice.h"
#include "forward/address.h"

#include <glib/gstdio.h>

/* The system cuts it down to what it allows.  A browser opens dozens at once, and all of them wait
 * here while there is no session. */
#define BACKLOG 4096

/* After the system ran out of descriptors. */
#define REST_MS 1000

/* The system picks a port that is free in one family; how often to try for one free in both. */
#define PORT_CHOICES 16

#define MAX_SOCKETS 2

typedef struct
{
  CulvertListener *listener;
  CulvertSocket    socket;
  CulvertIoWatch  *watch;
} Entrance;

struct _CulvertListener
{
  grefcount                    ref_count; /* the owner's, and one while an event is told */
  CulvertIoSource             *io;        /* borrowed */
  const CulvertListenerEvents *events;
  gpointer                     user_data;
  CulvertGuard                *guard; /* borrowed; nullable */

  Entrance entrances[MAX_SOCKETS];
  guint    n_entrances;
  char    *path;      /* of a Unix socket, else NULL */
  GStatBuf path_info; /* of the file that we made there */

  gboolean is_accepting; /* what the owner wants */
  GSource *rest;         /* set while accepting nobody for want of descriptors */
  gboolean has_warned;   /* of the want that goes on */
};

static void
listener_unref (CulvertListener *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;

  g_free (self->path);
  g_free (self);
}

static CulvertForwardError
get_error_code (GSocketAddress *address, const GError *cause)
{
  if (G_IS_UNIX_SOCKET_ADDRESS (address))
    return CULVERT_FORWARD_ERROR_SOCKET_PATH;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_ADDRESS_IN_USE))
    return CULVERT_FORWARD_ERROR_PORT_IN_USE;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_FOUND) ||
      g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED))
    return CULVERT_FORWARD_ERROR_ADDRESS_UNKNOWN;

  if (g_error_matches (cause, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED) &&
      g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address)) <
        culvert_socket_get_unprivileged_port_start ())
    return CULVERT_FORWARD_ERROR_PORT_PRIVILEGED;

  return CULVERT_FORWARD_ERROR_LISTEN;
}

/* What the words about a privilege that is missing need. */
static void
add_privilege_facts (GSocketAddress *address, GError **error)
{
  g_autoptr (CulvertEndpoint) where = culvert_address_to_endpoint (address);
  guint16                     port = culvert_endpoint_get_port (where);
  g_autoptr (CulvertEndpoint) free_port = culvert_port_choice_next (where, NULL, NULL);
  g_autofree char            *allow = culvert_low_ports_dup_command (port);
  g_autofree char            *allow_own = culvert_low_ports_dup_own_command ();
  g_autofree char *first = g_strdup_printf ("%u", culvert_socket_get_unprivileged_port_start ());

  culvert_error_set_fact (error, CULVERT_FACT_FIRST_PORT, first);
  culvert_error_set_fact (error, CULVERT_FACT_ALLOW, allow);
  culvert_error_set_fact (error, CULVERT_FACT_ALLOW_OWN, allow_own);
  if (free_port != NULL)
    {
      g_autofree char *text = g_strdup_printf ("%u", culvert_endpoint_get_port (free_port));

      culvert_error_set_fact (error, CULVERT_FACT_FREE_PORT, text);
    }
}

static gboolean
add_entrance (CulvertListener *self, GSocketAddress *address, GError **error)
{
  g_autoptr (GError)  cause = NULL;
  g_autofree char    *text = NULL;
  CulvertSocket       socket = culvert_socket_listen (address, BACKLOG, &cause);
  CulvertForwardError code;

  if (socket != CULVERT_SOCKET_NONE)
    {
      self->entrances[self->n_entrances++] = (Entrance){ self, socket, NULL };
      return TRUE;
    }

  text = culvert_address_to_string (address);
  code = get_error_code (address, cause);
  g_set_error (error, CULVERT_FORWARD_ERROR, (int)code, "cannot listen on %s: %s", text,
               cause->message);
  culvert_error_set_fact (error, CULVERT_FACT_REASON, cause->message);
  if (code == CULVERT_FORWARD_ERROR_PORT_PRIVILEGED)
    add_privilege_facts (address, error);

  return FALSE;
}

static void
close_entrances (CulvertListener *self)
{
  for (guint i = 0; i < self->n_entrances; i++)
    {
      culvert_io_watch_clear (&self->entrances[i].watch);
      culvert_socket_close (&self->entrances[i].socket);
    }
  self->n_entrances = 0;
}

static guint16
get_bound_port (CulvertListener *self)
{
  g_autoptr (GSocketAddress) address = culvert_socket_get_local_address (self->entrances[0].socket);

  return g_inet_socket_address_get_port (G_INET_SOCKET_ADDRESS (address));
}

/* Listens on the same port of every address that this machine has; @hosts ends with NULL. */
static gboolean
listen_on_each (CulvertListener *self, const char *const *hosts, guint16 port, GError **error)
{
  g_autoptr (GError) missing = NULL;

  for (guint i = 0; hosts[i] != NULL; i++)
    {
      guint16                    this_port = self->n_entrances > 0 ? get_bound_port (self) : port;
      g_autoptr (GSocketAddress) address =
        g_inet_socket_address_new_from_string (hosts[i], this_port);
      g_autoptr (GError) problem = NULL;

      if (add_entrance (self, address, &problem))
        continue;

      if (!g_error_matches (problem, CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_ADDRESS_UNKNOWN))
        {
          close_entrances (self);
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }

      if (missing == NULL)
        missing = g_steal_pointer (&problem);
    }

  if (self->n_entrances > 0)
    return TRUE;

  g_propagate_error (error, g_steal_pointer (&missing));

  return FALSE;
}

static gboolean
listen_on_port (CulvertListener *self, const char *const *hosts, guint16 port, GError **error)
{
  for (guint i = 1;; i++)
    {
      g_autoptr (GError) problem = NULL;

      if (listen_on_each (self, hosts, port, &problem))
        return TRUE;

      if (port != 0 || i == PORT_CHOICES ||
          !g_error_matches (problem, CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_PORT_IN_USE))
        {
          g_propagate_error (error, g_steal_pointer (&problem));
          return FALSE;
        }
    }
}

static gboolean
listen_on_host (CulvertListener *self, const CulvertEndpoint *where, GError **error)
{
  const char *addresses[CULVERT_LISTEN_ADDRESSES_MAX + 1];

  culvert_listen_get_addresses (where, addresses);
  if (addresses[0] != NULL)
    return listen_on_port (self, addresses, culvert_endpoint_get_port (where), error);

  g_set_error (error, CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_ADDRESS_UNKNOWN,
               "cannot listen on %s: neither localhost nor an address",
               culvert_endpoint_get_host (where));

  return FALSE;
}

static gboolean
listen_on_path (CulvertListener *self, const char *path, GError **error)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);

  if (!add_entrance (self, address, error))
    return FALSE;

  if (g_lstat (path, &self->path_info) == 0)
    self->path = g_strdup (path);

  return TRUE;
}

/* While our socket is open its file's number is not given to another, so a file that somebody else
   has put there since is known by it. */
static void
remove_path (CulvertListener *self)
{
  GStatBuf now;

  if (self->path != NULL && g_lstat (self->path, &now) == 0 &&
      now.st_ino == self->path_info.st_ino && now.st_dev == self->path_info.st_dev)
    (void)g_unlink (self->path);
}

static void
update_watches (CulvertListener *self)
{
  gboolean is_open = self->is_accepting && self->rest == NULL;

  for (guint i = 0; i < self->n_entrances; i++)
    culvert_io_watch_want (self->entrances[i].watch, is_open ? CULVERT_IO_IN : 0);
}

static gboolean
rest_over_cb (gpointer user_data)
{
  CulvertListener *self = user_data;

  g_clear_pointer (&self->rest, g_source_unref);
  update_watches (self);

  return G_SOURCE_REMOVE;
}

static void
take_rest (CulvertListener *self, const char *why)
{
  g_autofree char *text = NULL;

  self->rest = g_timeout_source_new (REST_MS);
  g_source_set_callback (self->rest, rest_over_cb, self, NULL);
  g_source_attach (self->rest, g_main_context_get_thread_default ());
  update_watches (self);

  if (self->has_warned)
    return;

  self->has_warned = TRUE;
  text = g_strdup_printf ("cannot accept clients, who wait: %s", why);
  self->events->warned (self, text, self->user_data);
}

static gboolean
is_admitted (CulvertListener *self, CulvertSocket *client)
{
  if (self->guard == NULL)
    return TRUE;
  if (!culvert_guard_admits (self->guard, client))
    return FALSE;
  if (self->is_accepting)
    return TRUE;

  /* The listener was freed in answer to what the guard had to say. */
  culvert_socket_reset (client);

  return FALSE;
}

/* Returns: whether there may be another to accept now. */
static gboolean
accept_one (CulvertListener *self, Entrance *entrance)
{
  g_autoptr (GError) error = NULL;
  CulvertIoStatus    status;
  CulvertSocket      client = culvert_socket_accept (entrance->socket, &status, NULL, &error);

  if (client != CULVERT_SOCKET_NONE)
    {
      self->has_warned = FALSE;
      if (is_admitted (self, &client))
        self->events->accepted (self, client, self->user_data);
      return TRUE;
    }

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES))
    {
      take_rest (self, error->message);
      return FALSE;
    }

  /* Nobody waits any more, or one left before its turn, which concerns nobody else. */
  return FALSE;
}

static void
entrance_ready_cb (CulvertIoCondition ready, gpointer user_data)
{
  Entrance        *entrance = user_data;
  CulvertListener *self = entrance->listener;

  g_ref_count_inc (&self->ref_count);

  if ((ready & CULVERT_IO_IN) == 0)
    {
      take_rest (self, "the system does not watch the socket");
    }
  else
    {
      for (guint i = 0; i < CULVERT_LISTENER_ACCEPTS_PER_TURN; i++)
        {
          if (!accept_one (self, entrance) || !self->is_accepting)
            break;
        }
    }

  listener_unref (self);
}

CulvertListener *
culvert_listener_new (const CulvertEndpoint       *where,
                      CulvertIoSource             *io,
                      const CulvertListenerEvents *events,
                      gpointer                     user_data,
                      GError                     **error)
{
  CulvertListener *self;
  gboolean         is_listening;

  g_return_val_if_fail (where != NULL, NULL);
  g_return_val_if_fail (io != NULL, NULL);
  g_return_val_if_fail (events != NULL, NULL);

  self = g_new0 (CulvertListener, 1);
  g_ref_count_init (&self->ref_count);
  self->io = io;
  self->events = events;
  self->user_data = user_data;

  if (culvert_endpoint_get_kind (where) == CULVERT_ENDPOINT_UNIX)
    {
      g_autofree char *path = culvert_endpoint_dup_local_path (where);

      is_listening = listen_on_path (self, path, error);
    }
  else
    is_listening = listen_on_host (self, where, error);

  if (!is_listening)
    {
      listener_unref (self);
      return NULL;
    }

  for (guint i = 0; i < self->n_entrances; i++)
    self->entrances[i].watch = culvert_io_source_add (io, self->entrances[i].socket, 0,
                                                      entrance_ready_cb, &self->entrances[i]);

  return self;
}

void
culvert_listener_free (CulvertListener *self)
{
  g_return_if_fail (self != NULL);

  self->is_accepting = FALSE;
  culvert_source_clear (&self->rest);
  remove_path (self);
  close_entrances (self);
  listener_unref (self);
}

void
culvert_listener_set_guard (CulvertListener *self, CulvertGuard *guard)
{
  g_return_if_fail (self != NULL);

  self->guard = guard;
}

void
culvert_listener_set_accepting (CulvertListener *self, gboolean accepting)
{
  g_return_if_fail (self != NULL);

  self->is_accepting = accepting;
  update_watches (self);
}

CulvertEndpoint *
culvert_listener_dup_bound (CulvertListener *self)
{
  g_autoptr (GSocketAddress) address = NULL;

  g_return_val_if_fail (self != NULL, NULL);

  if (self->path != NULL)
    return culvert_endpoint_new_unix (self->path);

  address = culvert_socket_get_local_address (self->entrances[0].socket);

  return culvert_address_to_endpoint (address);
}
