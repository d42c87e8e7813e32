/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/dial.h"

#include "core/errors.h"
#include "support/culvert-test.h"
#include "support/loopback.h"
#include "support/targets.h"

#include <string.h>
#include <unistd.h>

/* Names with several addresses of which some lead nowhere. */

#define PATIENCE_MS 10000

/* A resolver that knows one name, whose addresses the test chooses. */
typedef struct
{
  GResolver                parent_instance;
  const char              *addresses; /* with spaces between; NULL: never answers */
  GResolverNameLookupFlags asked;     /* of the last lookup */
} FakeResolver;

typedef struct
{
  GResolverClass parent_class;
} FakeResolverClass;

GType fake_resolver_get_type (void);
G_DEFINE_TYPE (FakeResolver, fake_resolver, G_TYPE_RESOLVER)

static void
free_addresses (gpointer data)
{
  g_resolver_free_addresses (data);
}

static void
lookup_async (GResolver               *resolver,
              const char              *name,
              GResolverNameLookupFlags flags,
              GCancellable            *cancellable,
              GAsyncReadyCallback      callback,
              gpointer                 user_data)
{
  FakeResolver     *self = (FakeResolver *)resolver;
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);
  g_auto (GStrv)    texts = g_strsplit (self->addresses != NULL ? self->addresses : "", " ", -1);
  GList            *found = NULL;

  self->asked = flags;
  for (guint i = 0; texts[i] != NULL; i++)
    found = g_list_append (found, g_inet_address_new_from_string (texts[i]));
  if (strcmp (name, "two.test") != 0)
    {
      g_task_return_new_error (task, G_RESOLVER_ERROR, G_RESOLVER_ERROR_NOT_FOUND, "no %s", name);
      free_addresses (found);
      return;
    }
  g_task_return_pointer (task, found, free_addresses);
}

static void
lookup_plain_async (GResolver          *resolver,
                    const char         *name,
                    GCancellable       *cancellable,
                    GAsyncReadyCallback callback,
                    gpointer            user_data)
{
  lookup_async (resolver, name, G_RESOLVER_NAME_LOOKUP_FLAGS_DEFAULT, cancellable, callback,
                user_data);
}

static GList *
lookup_finish (GResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
fake_resolver_class_init (FakeResolverClass *klass)
{
  G_RESOLVER_CLASS (klass)->lookup_by_name_async = lookup_plain_async;
  G_RESOLVER_CLASS (klass)->lookup_by_name_finish = lookup_finish;
  G_RESOLVER_CLASS (klass)->lookup_by_name_with_flags_async = lookup_async;
  G_RESOLVER_CLASS (klass)->lookup_by_name_with_flags_finish = lookup_finish;
}

static void
fake_resolver_init (FakeResolver *self)
{
}

typedef struct
{
  FakeResolver    *resolver;
  CulvertIoSource *io;
  GObject         *owner;
  CulvertDial     *dial;
  guint            n_resolved;
  guint            n_done;
  CulvertSocket    socket;
  GError          *error;
} Fixture;

static void
resolved_cb (gpointer user_data)
{
  ((Fixture *)user_data)->n_resolved++;
}

static void
done_cb (CulvertSocket socket, const GError *error, gpointer user_data)
{
  Fixture *self = user_data;

  self->n_done++;
  self->socket = socket;
  self->error = error != NULL ? g_error_copy (error) : NULL;
  g_clear_pointer (&self->dial, culvert_dial_free);
}

static const CulvertDialEvents events = {
  .resolved = resolved_cb,
  .done = done_cb,
};

static void
set_up (Fixture *self, gconstpointer data)
{
  self->resolver = g_object_new (fake_resolver_get_type (), NULL);
  g_resolver_set_default (G_RESOLVER (self->resolver));
  self->io = culvert_io_source_new ();
  self->owner = g_object_new (G_TYPE_OBJECT, NULL);
  self->socket = CULVERT_SOCKET_NONE;
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  culvert_dial_free (self->dial);
  culvert_test_wait_until (self->owner->ref_count == 1, PATIENCE_MS);
  culvert_socket_close (&self->socket);
  culvert_io_source_free (self->io);
  g_clear_error (&self->error);
  g_object_unref (self->owner);
  g_object_unref (self->resolver);
}

static void
dial (Fixture *self, const char *host, guint16 port, CulvertAddressFamily family)
{
  self->dial = culvert_dial_new (self->io, self->owner, host, port, family, &events, self);
  g_assert_cmpuint (self->n_resolved + self->n_done, ==, 0);
}

/* (transfer full): the address that answered */
static char *
wait_for_address (Fixture *self)
{
  g_autoptr (GSocketAddress) address = NULL;

  culvert_test_wait_until (self->n_done > 0, PATIENCE_MS);
  g_assert_no_error (self->error);
  g_assert_cmpuint (self->n_resolved, ==, 1);
  g_assert_cmpuint (self->n_done, ==, 1);
  address = culvert_socket_get_remote_address (self->socket);
  return g_inet_address_to_string (
    g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)));
}

static void
wait_for_error (Fixture *self, CulvertSshError code)
{
  culvert_test_wait_until (self->n_done > 0, PATIENCE_MS);
  g_assert_error (self->error, CULVERT_SSH_ERROR, (int)code);
  g_assert_cmpint (self->socket, ==, CULVERT_SOCKET_NONE);
}

/* One family swallows every packet: the other is there a moment later, long before any time-out. */
static void
test_dead_family (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertTarget) dead = culvert_target_new (
    &(CulvertTargetConfig){ .kind = CULVERT_TARGET_NEVER_ACCEPT, .address = "::1" });
  guint16          port = culvert_target_get_port (dead);
  int              live = culvert_loopback_listen ("127.0.0.1", port, 5, 0);
  guint            n_descriptors;
  gint64           started_us = g_get_monotonic_time ();
  g_autofree char *address = NULL;

  g_assert_cmpint (live, >=, 0);
  self->resolver->addresses = "::1 127.0.0.1";
  dial (self, "two.test", port, CULVERT_ADDRESS_FAMILY_ANY);
  culvert_test_wait_until (self->n_resolved == 1, PATIENCE_MS);
  n_descriptors = culvert_test_get_n_descriptors ();
  address = wait_for_address (self);
  g_assert_cmpstr (address, ==, "127.0.0.1");
  g_assert_cmpint (g_get_monotonic_time () - started_us, >=,
                   CULVERT_DIAL_DELAY_MS * G_TIME_SPAN_MILLISECOND);
  /* The other one was closed. */
  g_assert_cmpuint (culvert_test_get_n_descriptors (), <=, n_descriptors);
  close (live);
}

/* A refusal is an answer: nobody waits for the quarter of a second. */
static void
test_refused_first (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertTarget) echo =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  g_autofree char *address = NULL;

  self->resolver->addresses = "127.0.0.2 127.0.0.3 127.0.0.1";
  dial (self, "two.test", culvert_target_get_port (echo), CULVERT_ADDRESS_FAMILY_ANY);
  address = wait_for_address (self);
  g_assert_cmpstr (address, ==, "127.0.0.1");
}

static void
test_all_refuse (Fixture *self, gconstpointer data)
{
  guint16 port = culvert_test_free_port ();

  self->resolver->addresses = "127.0.0.1 ::1";
  dial (self, "two.test", port, CULVERT_ADDRESS_FAMILY_ANY);
  wait_for_error (self, CULVERT_SSH_ERROR_REFUSED);
  g_assert_true (g_str_has_prefix (self->error->message, "two.test:"));
}

/* What the host itself said counts more than what this network lacks. */
static void
test_best_reason (Fixture *self, gconstpointer data)
{
  /* The broadcast address cannot be connected to. */
  self->resolver->addresses = "127.0.0.1 255.255.255.255";
  dial (self, "two.test", culvert_test_free_port (), CULVERT_ADDRESS_FAMILY_ANY);
  wait_for_error (self, CULVERT_SSH_ERROR_REFUSED);
}

static void
test_unknown (Fixture *self, gconstpointer data)
{
  dial (self, "nobody.test", 22, CULVERT_ADDRESS_FAMILY_ANY);
  wait_for_error (self, CULVERT_SSH_ERROR_NAME_UNKNOWN);
  g_assert_cmpuint (self->n_resolved, ==, 0);
}

static void
test_family (Fixture *self, gconstpointer data)
{
  self->resolver->addresses = "127.0.0.1";
  dial (self, "two.test", culvert_test_free_port (), CULVERT_ADDRESS_FAMILY_IPV4);
  g_assert_cmpint ((int)self->resolver->asked, ==, (int)G_RESOLVER_NAME_LOOKUP_FLAGS_IPV4_ONLY);
  wait_for_error (self, CULVERT_SSH_ERROR_REFUSED);
}

static void
test_family_of_address (Fixture *self, gconstpointer data)
{
  dial (self, "127.0.0.1", 22, CULVERT_ADDRESS_FAMILY_IPV6);
  wait_for_error (self, CULVERT_SSH_ERROR_NO_ADDRESS);
}

/* Freed at any time: nothing is left, nothing is called. */
static void
test_free (Fixture *self, gconstpointer data)
{
  g_autoptr (CulvertTarget) dead =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_NEVER_ACCEPT });
  guint n_descriptors = culvert_test_get_n_descriptors ();

  self->resolver->addresses = "127.0.0.1";
  dial (self, "two.test", culvert_target_get_port (dead), CULVERT_ADDRESS_FAMILY_ANY);
  g_clear_pointer (&self->dial, culvert_dial_free);
  culvert_test_wait_until (self->owner->ref_count == 1, PATIENCE_MS);

  dial (self, "two.test", culvert_target_get_port (dead), CULVERT_ADDRESS_FAMILY_ANY);
  culvert_test_wait_until (self->n_resolved == 1, PATIENCE_MS);
  g_clear_pointer (&self->dial, culvert_dial_free);
  g_assert_cmpuint (self->n_done, ==, 0);
  g_assert_cmpuint (culvert_test_get_n_descriptors (), ==, n_descriptors);
}

static void
test_interleave (void)
{
  static const char *const  sorted[] = { "2001:db8::1", "2001:db8::2", "2001:db8::3",
                                         "192.0.2.1",   "192.0.2.2",   "198.51.100.7" };
  static const char *const  expected[] = { "2001:db8::1", "192.0.2.1",   "2001:db8::2",
                                           "192.0.2.2",   "2001:db8::3", "198.51.100.7" };
  g_autolist (GInetAddress) addresses = NULL;
  g_autoptr (GPtrArray)     mixed = NULL;
  g_autoptr (GPtrArray)     many = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (sorted); i++)
    addresses = g_list_append (addresses, g_inet_address_new_from_string (sorted[i]));
  mixed = culvert_dial_interleave (addresses);
  g_assert_cmpuint (mixed->len, ==, G_N_ELEMENTS (expected));
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      g_autofree char *text = g_inet_address_to_string (mixed->pdata[i]);

      g_assert_cmpstr (text, ==, expected[i]);
    }
  for (guint i = 0; i < 100; i++)
    addresses = g_list_append (addresses, g_inet_address_new_from_string ("192.0.2.9"));
  many = culvert_dial_interleave (addresses);
  g_assert_cmpuint (many->len, ==, CULVERT_DIAL_ADDRESSES_MAX);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(name, function)                                                                        \
  g_test_add ("/ssh/dial/" name, Fixture, NULL, set_up, function, tear_down)
  ADD ("dead-family", test_dead_family);
  ADD ("refused-first", test_refused_first);
  ADD ("all-refuse", test_all_refuse);
  ADD ("best-reason", test_best_reason);
  ADD ("unknown", test_unknown);
  ADD ("family", test_family);
  ADD ("family-of-address", test_family_of_address);
  ADD ("free", test_free);
  g_test_add_func ("/ssh/dial/interleave", test_interleave);
  return g_test_run ();
}
