/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/proxy-dial.h"

#include "core/errors.h"

struct _CulvertProxyDial
{
  guint                         ref_count; /* the owner's and the lookup's; one thread */
  CulvertIoSource              *io;
  GObject                      *owner;  /* borrowed */
  const CulvertProxyDialEvents *events; /* NULL once freed by its owner */
  gpointer                      user_data;
  GCancellable                 *cancellable;
  CulvertProxy                 *proxy;
  char                         *host; /* for SOCKS 4 an address, once it is known */
  guint16                       port;
  CulvertSecret                *password; /* nullable */

  CulvertDial      *dial; /* nullable */
  CulvertSocket     socket;
  CulvertIoWatch   *watch;
  CulvertProxyTalk *talk;   /* nullable */
  CulvertSecret    *output; /* nullable */
  gsize             n_sent; /* of it */
};

typedef struct
{
  CulvertProxyDial *dial;
  GObject          *owner;
} Lookup;

static void
proxy_dial_unref (CulvertProxyDial *self)
{
  if (--self->ref_count > 0)
    return;
  g_object_unref (self->cancellable);
  culvert_proxy_free (self->proxy);
  g_free (self->host);
  g_clear_pointer (&self->password, culvert_secret_unref);
  g_free (self);
}

static void
let_go (CulvertProxyDial *self)
{
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->dial, culvert_dial_free);
  culvert_io_watch_clear (&self->watch);
  culvert_socket_close (&self->socket);
  g_clear_pointer (&self->talk, culvert_proxy_talk_free);
  g_clear_pointer (&self->output, culvert_secret_unref);
}

void
culvert_proxy_dial_free (CulvertProxyDial *self)
{
  if (self == NULL)
    return;
  self->events = NULL;
  let_go (self);
  proxy_dial_unref (self);
}

/* (transfer full) @error */
static void
fail (CulvertProxyDial *self, GError *error)
{
  g_autoptr (GError) own = error;
  g_autofree char   *name =
    g_strdup_printf (strchr (self->proxy->host, ':') != NULL ? "[%s]:%u" : "%s:%u",
                     self->proxy->host, self->proxy->port);

  culvert_error_set_fact (&own, CULVERT_FACT_PROXY, name);
  let_go (self);
  self->events->done (CULVERT_SOCKET_NONE, own, self->user_data);
}

static void
fail_io (CulvertProxyDial *self, const char *what)
{
  fail (self, g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_CLOSED, "the proxy %s:%u %s",
                           self->proxy->host, self->proxy->port, what));
}

/* Returns FALSE when the dial is over. */
static gboolean
send_output (CulvertProxyDial *self)
{
  while (self->output != NULL)
    {
      g_autoptr (GError) error = NULL;
      gsize              n_sent = 0;

      switch (culvert_socket_send (self->socket, culvert_secret_peek (self->output) + self->n_sent,
                                   culvert_secret_get_length (self->output) - self->n_sent, &n_sent,
                                   &error))
        {
        case CULVERT_IO_OK:
          self->n_sent += n_sent;
          break;
        case CULVERT_IO_AGAIN:
          return TRUE;
        case CULVERT_IO_EOF:
        case CULVERT_IO_FAILED:
        default:
          fail_io (self, error != NULL ? error->message : "closed");
          return FALSE;
        }
      if (self->n_sent == culvert_secret_get_length (self->output))
        g_clear_pointer (&self->output, culvert_secret_unref);
    }
  return TRUE;
}

static void
take_output (CulvertProxyDial *self)
{
  self->output = culvert_proxy_talk_take_output (self->talk);
  self->n_sent = 0;
}

static void
end_well (CulvertProxyDial *self)
{
  CulvertSocket socket = self->socket;

  culvert_io_watch_clear (&self->watch);
  self->socket = CULVERT_SOCKET_NONE;
  let_go (self);
  self->events->done (socket, NULL, self->user_data);
}

/* Returns FALSE when nothing more can be read now, or the dial is over. */
static gboolean
receive_some (CulvertProxyDial *self)
{
  guint8             buffer[512];
  GError            *error = NULL;
  gsize              n_received = 0;
  g_autoptr (GError) broken = NULL;

  switch (culvert_socket_receive (self->socket, buffer,
                                  MIN (sizeof buffer, culvert_proxy_talk_wants (self->talk)),
                                  &n_received, &broken))
    {
    case CULVERT_IO_OK:
      break;
    case CULVERT_IO_AGAIN:
      return FALSE;
    case CULVERT_IO_EOF:
      fail_io (self, "closed the connection");
      return FALSE;
    case CULVERT_IO_FAILED:
    default:
      fail_io (self, broken->message);
      return FALSE;
    }
  switch (culvert_proxy_talk_received (self->talk, buffer, n_received, &error))
    {
    case CULVERT_PROXY_TALK_MORE:
      if (self->output == NULL)
        take_output (self);
      return TRUE;
    case CULVERT_PROXY_TALK_DONE:
      end_well (self);
      return FALSE;
    case CULVERT_PROXY_TALK_NEEDS_PASSWORD:
      let_go (self);
      self->events->needs_password (self->user_data);
      return FALSE;
    case CULVERT_PROXY_TALK_FAILED:
    default:
      fail (self, error);
      return FALSE;
    }
}

static void
ready_cb (CulvertIoCondition ready, gpointer user_data)
{
  CulvertProxyDial *self = user_data;
  gboolean          goes_on;

  self->ref_count++;
  do
    goes_on = send_output (self) && receive_some (self);
  while (goes_on);
  if (self->watch != NULL)
    culvert_io_watch_want (self->watch,
                           self->output != NULL ? CULVERT_IO_IN | CULVERT_IO_OUT : CULVERT_IO_IN);
  proxy_dial_unref (self);
}

static void
resolved_cb (gpointer user_data)
{
  CulvertProxyDial *self = user_data;

  self->events->resolved (self->user_data);
}

static void
connected_cb (CulvertSocket socket, const GError *error, gpointer user_data)
{
  CulvertProxyDial *self = user_data;

  g_clear_pointer (&self->dial, culvert_dial_free);
  if (error != NULL)
    {
      fail (self, g_error_copy (error));
      return;
    }
  self->socket = socket;
  culvert_socket_set_no_delay (socket);
  self->talk = culvert_proxy_talk_new (self->proxy, self->host, self->port, self->password);
  take_output (self);
  self->watch =
    culvert_io_source_add (self->io, socket, CULVERT_IO_IN | CULVERT_IO_OUT, ready_cb, self);
  self->events->connected (self->user_data);
}

static const CulvertDialEvents dial_events = {
  .resolved = resolved_cb,
  .done = connected_cb,
};

static void
begin (CulvertProxyDial *self)
{
  self->dial = culvert_dial_new (self->io, self->owner, self->proxy->host, self->proxy->port,
                                 CULVERT_ADDRESS_FAMILY_ANY, &dial_events, self);
}

static void
looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Lookup  *lookup = user_data;
  g_autoptr (GObject) owner = lookup->owner;
  CulvertProxyDial   *self = lookup->dial;
  g_autoptr (GError)  error = NULL;
  GList *found = g_resolver_lookup_by_name_with_flags_finish (G_RESOLVER (source), result, &error);

  if (self->events != NULL && found != NULL)
    {
      g_free (self->host);
      self->host = g_inet_address_to_string (found->data);
      begin (self);
    }
  else if (self->events != NULL)
    {
      g_autoptr (GError) unknown =
        g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NAME_UNKNOWN,
                     "%s: %s (SOCKS 4 needs an IPv4 address)", self->host, error->message);

      let_go (self);
      self->events->done (CULVERT_SOCKET_NONE, unknown, self->user_data);
    }
  g_resolver_free_addresses (found);
  proxy_dial_unref (self);
}

/* SOCKS 4 has no place for a name. */
static void
look_up (CulvertProxyDial *self)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  Lookup               *lookup = g_new (Lookup, 1);

  self->ref_count++;
  lookup->dial = self;
  lookup->owner = g_object_ref (self->owner);
  g_resolver_lookup_by_name_with_flags_async (resolver, self->host,
                                              G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY,
                                              self->cancellable, looked_up_cb, lookup);
}

CulvertProxyDial *
culvert_proxy_dial_new (CulvertIoSource              *io,
                        GObject                      *owner,
                        const CulvertProxy           *proxy,
                        const char                   *host,
                        guint16                       port,
                        CulvertSecret                *password,
                        const CulvertProxyDialEvents *events,
                        gpointer                      user_data)
{
  CulvertProxyDial *self = g_new0 (CulvertProxyDial, 1);

  self->ref_count = 1;
  self->io = io;
  self->owner = owner;
  self->events = events;
  self->user_data = user_data;
  self->cancellable = g_cancellable_new ();
  self->proxy = culvert_proxy_copy (proxy);
  self->host = g_strdup (host);
  self->port = port;
  self->password = password != NULL ? culvert_secret_ref (password) : NULL;
  self->socket = CULVERT_SOCKET_NONE;
  if (proxy->kind == CULVERT_PROXY_SOCKS4)
    look_up (self);
  else
    begin (self);
  return self;
}
