/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/dial.h"

#include "base/source.h"
#include "core/errors.h"

struct _CulvertDial
{
  guint                    ref_count; /* the owner's and the lookup's; one thread */
  CulvertIoSource         *io;
  char                    *host;
  guint16                  port;
  CulvertAddressFamily     family;
  const CulvertDialEvents *events; /* NULL once freed by its owner */
  gpointer                 user_data;
  GMainContext            *context;
  GCancellable            *cancellable;

  GPtrArray *addresses; /* of GSocketAddress; NULL until the name is known */
  guint      n_tried;
  GPtrArray *attempts; /* of Attempt */
  GSource   *next;     /* nullable: when the next address is due */
  GError    *error;    /* the one worth telling */
  int        rank;     /* of error */
};

/* One address that was asked and has not answered. */
typedef struct
{
  CulvertDial    *dial;
  CulvertSocket   socket;
  CulvertIoWatch *watch;
} Attempt;

/* A lookup that is out. */
typedef struct
{
  CulvertDial *dial;
  GObject     *owner;
  gboolean     is_second; /* for any address, after none of the wanted family was found */
} Lookup;

static void
attempt_free (gpointer data)
{
  Attempt *self = data;

  culvert_io_watch_clear (&self->watch);
  culvert_socket_close (&self->socket);
  g_free (self);
}

static void
dial_unref (CulvertDial *self)
{
  if (--self->ref_count > 0)
    return;
  g_main_context_unref (self->context);
  g_object_unref (self->cancellable);
  g_free (self->host);
  g_free (self);
}

static void
let_go (CulvertDial *self)
{
  culvert_source_clear (&self->next);
  g_cancellable_cancel (self->cancellable);
  g_clear_pointer (&self->attempts, g_ptr_array_unref);
  g_clear_pointer (&self->addresses, g_ptr_array_unref);
  g_clear_error (&self->error);
}

void
culvert_dial_free (CulvertDial *self)
{
  if (self == NULL)
    return;
  self->events = NULL;
  let_go (self);
  dial_unref (self);
}

/* @socket: taken */
static void
end (CulvertDial *self, CulvertSocket socket)
{
  const CulvertDialEvents *events = self->events;
  g_autoptr (GError)       error = g_steal_pointer (&self->error);

  let_go (self);
  if (socket != CULVERT_SOCKET_NONE)
    g_clear_error (&error);
  events->done (socket, error, self->user_data);
}

static int
code_for (const GError *error)
{
  if (g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_TEMPORARY_FAILURE))
    return CULVERT_SSH_ERROR_NO_NAME_SERVICE;
  if (error->domain == G_RESOLVER_ERROR)
    return CULVERT_SSH_ERROR_NAME_UNKNOWN;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    return CULVERT_SSH_ERROR_REFUSED;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return CULVERT_SSH_ERROR_TIMED_OUT;
  return CULVERT_SSH_ERROR_UNREACHABLE;
}

/* Of several addresses' reasons the one that says most about the host: a refusal came from it, a
 * missing route is often no more than a family that this network does not have. */
static int
rank_of (int code)
{
  switch (code)
    {
    case CULVERT_SSH_ERROR_REFUSED:
      return 3;
    case CULVERT_SSH_ERROR_TIMED_OUT:
      return 2;
    default:
      return 1;
    }
}

static void
note_code (CulvertDial *self, int code, const GError *error)
{
  if (rank_of (code) <= self->rank)
    return;
  self->rank = rank_of (code);
  g_clear_error (&self->error);
  self->error =
    g_error_new (CULVERT_SSH_ERROR, code, "%s:%u: %s", self->host, self->port, error->message);
  culvert_error_set_fact (&self->error, CULVERT_FACT_REASON, error->message);
}

static void
note_error (CulvertDial *self, const GError *error)
{
  note_code (self, code_for (error), error);
}

static void try_next (CulvertDial *self);
static void look_up (CulvertDial *self, GObject *owner, CulvertAddressFamily family);

static gboolean
next_cb (gpointer user_data)
{
  CulvertDial *self = user_data;

  culvert_source_clear (&self->next);
  try_next (self);
  return G_SOURCE_REMOVE;
}

static void
try_next_after (CulvertDial *self, guint ms)
{
  culvert_source_clear (&self->next);
  self->next = g_timeout_source_new (ms);
  g_source_set_static_name (self->next, "culvert dial");
  g_source_set_callback (self->next, next_cb, self, NULL);
  g_source_attach (self->next, self->context);
}

static void
attempt_ready_cb (CulvertIoCondition ready, gpointer user_data)
{
  Attempt           *attempt = user_data;
  CulvertDial       *self = attempt->dial;
  g_autoptr (GError) error = NULL;
  CulvertSocket      socket = attempt->socket;

  if (!culvert_socket_take_error (socket, &error))
    {
      note_error (self, error);
      g_ptr_array_remove (self->attempts, attempt);
      try_next (self);
      return;
    }
  culvert_io_watch_clear (&attempt->watch);
  attempt->socket = CULVERT_SOCKET_NONE;
  end (self, socket);
}

/* Asks the next address that can be asked; ends the dial when none is left, asked or not. */
static void
try_next (CulvertDial *self)
{
  while (self->n_tried < self->addresses->len)
    {
      GSocketAddress    *address = g_ptr_array_index (self->addresses, self->n_tried++);
      g_autoptr (GError) error = NULL;
      gboolean           in_progress = FALSE;
      CulvertSocket      socket = culvert_socket_connect (address, &in_progress, &error);
      Attempt           *attempt;

      if (socket == CULVERT_SOCKET_NONE)
        {
          note_error (self, error);
          continue;
        }
      /* One that is connected already is writable at once. */
      attempt = g_new0 (Attempt, 1);
      attempt->dial = self;
      attempt->socket = socket;
      attempt->watch =
        culvert_io_source_add (self->io, socket, CULVERT_IO_OUT, attempt_ready_cb, attempt);
      g_ptr_array_add (self->attempts, attempt);
      break;
    }
  if (self->n_tried < self->addresses->len)
    try_next_after (self, CULVERT_DIAL_DELAY_MS);
  else if (self->attempts->len == 0)
    end (self, CULVERT_SOCKET_NONE);
}

GPtrArray *
culvert_dial_interleave (GList *addresses)
{
  GPtrArray        *mixed = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GList) first = NULL;
  g_autoptr (GList) other = NULL;
  GList            *a, *b;

  for (GList *item = addresses; item != NULL; item = item->next)
    if (g_inet_address_get_family (item->data) == g_inet_address_get_family (addresses->data))
      first = g_list_prepend (first, item->data);
    else
      other = g_list_prepend (other, item->data);
  first = g_list_reverse (first);
  other = g_list_reverse (other);
  for (a = first, b = other; a != NULL || b != NULL;)
    {
      if (a != NULL)
        g_ptr_array_add (mixed, g_object_ref (a->data));
      if (b != NULL)
        g_ptr_array_add (mixed, g_object_ref (b->data));
      a = a != NULL ? a->next : NULL;
      b = b != NULL ? b->next : NULL;
    }
  if (mixed->len > CULVERT_DIAL_ADDRESSES_MAX)
    g_ptr_array_set_size (mixed, CULVERT_DIAL_ADDRESSES_MAX);
  return mixed;
}

static void
begin (CulvertDial *self)
{
  const CulvertDialEvents *events = self->events;

  self->ref_count++;
  events->resolved (self->user_data);
  if (self->events != NULL)
    try_next (self);
  dial_unref (self);
}

/* Asked for one family alone, "unknown" may be all that there is to say about a name that has addresses
 * of the other, and about any name where nobody answers: the second lookup, for both, tells. */
static void
take_no_address (CulvertDial *self, const Lookup *lookup, gboolean has_other, const GError *error)
{
  g_autoptr (GError) none = NULL;

  if (!lookup->is_second && self->family != CULVERT_ADDRESS_FAMILY_ANY &&
      g_error_matches (error, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND))
    {
      look_up (self, lookup->owner, CULVERT_ADDRESS_FAMILY_ANY);
      return;
    }
  if (has_other)
    {
      none = g_error_new_literal (G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND,
                                  "the name has addresses of the other family alone");
      note_code (self, CULVERT_SSH_ERROR_NO_ADDRESS, none);
    }
  else
    {
      note_error (self, error);
    }
  end (self, CULVERT_SOCKET_NONE);
}

static void
looked_up_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autofree Lookup    *lookup = user_data;
  g_autoptr (GObject)   owner = lookup->owner;
  CulvertDial          *self = lookup->dial;
  g_autoptr (GError)    error = NULL;
  g_autoptr (GPtrArray) mixed = NULL;
  GList *found = g_resolver_lookup_by_name_with_flags_finish (G_RESOLVER (source), result, &error);

  if (self->events == NULL)
    {
      g_resolver_free_addresses (found);
      dial_unref (self);
      return;
    }
  if (lookup->is_second || found == NULL)
    {
      take_no_address (self, lookup, found != NULL, error);
      g_resolver_free_addresses (found);
      dial_unref (self);
      return;
    }
  mixed = culvert_dial_interleave (found);
  g_resolver_free_addresses (found);
  for (guint i = 0; i < mixed->len; i++)
    g_ptr_array_add (self->addresses, g_inet_socket_address_new (mixed->pdata[i], self->port));
  begin (self);
  dial_unref (self);
}

static gboolean
is_wanted (const CulvertDial *self, GSocketAddress *address)
{
  GSocketFamily family = g_socket_address_get_family (address);

  return self->family == CULVERT_ADDRESS_FAMILY_ANY ||
         (family == G_SOCKET_FAMILY_IPV4) == (self->family == CULVERT_ADDRESS_FAMILY_IPV4);
}

/* The host is an address: nothing to look up. */
static gboolean
begin_cb (gpointer user_data)
{
  CulvertDial       *self = user_data;
  g_autoptr (GError) error = NULL;

  culvert_source_clear (&self->next);
  if (!is_wanted (self, g_ptr_array_index (self->addresses, 0)))
    {
      error = g_error_new (G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "this is no IPv%d address",
                           self->family == CULVERT_ADDRESS_FAMILY_IPV4 ? 4 : 6);
      note_code (self, CULVERT_SSH_ERROR_NO_ADDRESS, error);
      end (self, CULVERT_SOCKET_NONE);
    }
  else
    {
      begin (self);
    }
  return G_SOURCE_REMOVE;
}

static GResolverNameLookupFlags
lookup_flags (CulvertAddressFamily family)
{
  switch (family)
    {
    case CULVERT_ADDRESS_FAMILY_IPV4:
      return G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY;
    case CULVERT_ADDRESS_FAMILY_IPV6:
      return G_RESOLVER_NAME_LOOKUP_FLAGS_IPV6_ONLY;
    case CULVERT_ADDRESS_FAMILY_ANY:
    default:
      return G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT;
    }
}

static void
look_up (CulvertDial *self, GObject *owner, CulvertAddressFamily family)
{
  g_autoptr (GResolver) resolver = g_resolver_get_default ();
  Lookup               *lookup = g_new (Lookup, 1);

  self->ref_count++;
  lookup->dial = self;
  lookup->owner = g_object_ref (owner);
  lookup->is_second = family != self->family;
  g_resolver_lookup_by_name_with_flags_async (resolver, self->host, lookup_flags (family),
                                              self->cancellable, looked_up_cb, lookup);
}

CulvertDial *
culvert_dial_new (CulvertIoSource         *io,
                  GObject                 *owner,
                  const char              *host,
                  guint16                  port,
                  CulvertAddressFamily     family,
                  const CulvertDialEvents *events,
                  gpointer                 user_data)
{
  CulvertDial    *self = g_new0 (CulvertDial, 1);
  GSocketAddress *address = g_inet_socket_address_new_from_string (host, port);

  self->ref_count = 1;
  self->io = io;
  self->host = g_strdup (host);
  self->port = port;
  self->family = family;
  self->events = events;
  self->user_data = user_data;
  self->context = g_main_context_ref_thread_default ();
  self->cancellable = g_cancellable_new ();
  self->addresses = g_ptr_array_new_with_free_func (g_object_unref);
  self->attempts = g_ptr_array_new_with_free_func (attempt_free);
  if (address == NULL)
    {
      look_up (self, owner, family);
      return self;
    }
  g_ptr_array_add (self->addresses, address);
  self->next = g_idle_source_new ();
  g_source_set_priority (self->next, G_PRIORITY_DEFAULT);
  g_source_set_callback (self->next, begin_cb, self, NULL);
  g_source_attach (self->next, self->context);
  return self;
}
