/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "keyring-support.h"

#include "support/culvert-test.h"

#include <string.h>

#define SERVICE     "org.freedesktop.secrets"
#define SERVICE_IF  "org.freedesktop.Secret.Service"
#define ITEM_IF     "org.freedesktop.Secret.Item"
#define PATH        "/org/freedesktop/secrets"
#define DEADLINE_MS 20000

static GVariant *
call (GDBusConnection *bus,
      const char      *name,
      const char      *path,
      const char      *interface,
      const char      *method,
      GVariant        *arguments)
{
  g_autoptr (GError) error = NULL;
  GVariant          *reply =
    g_dbus_connection_call_sync (bus, name, path, interface, method, arguments, NULL,
                                 G_DBUS_CALL_FLAGS_NO_AUTO_START, 10000, NULL, &error);

  g_assert_no_error (error);
  return reply;
}

char *
culvert_test_find_keyring (GDBusConnection *bus)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
    bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "GetNameOwner",
    g_variant_new ("(s)", SERVICE), NULL, G_DBUS_CALL_FLAGS_NONE, 10000, NULL, NULL);
  char *owner = NULL;

  if (reply != NULL)
    g_variant_get (reply, "(s)", &owner);
  return owner;
}

void
culvert_test_lock_keyring (GDBusConnection *bus)
{
  g_autoptr (GVariant) alias =
    call (bus, SERVICE, PATH, SERVICE_IF, "ReadAlias", g_variant_new ("(s)", "default"));
  g_autoptr (GVariant)     locked = NULL;
  g_autoptr (GVariantIter) iter = NULL;
  const char              *path;
  const char              *collection;
  const char              *prompt;

  g_variant_get (alias, "(&o)", &path);
  g_assert_cmpstr (path, !=, "/");
  locked = call (bus, SERVICE, PATH, SERVICE_IF, "Lock",
                 g_variant_new ("(@ao)", g_variant_new_objv (&path, 1)));
  g_variant_get (locked, "(ao&o)", &iter, &prompt);
  g_assert_true (g_variant_iter_next (iter, "&o", &collection));
  g_assert_cmpstr (collection, ==, path);
}

/* (transfer full) (element-type utf8): paths of items */
static GPtrArray *
find_items (GDBusConnection *bus, const char *tunnel_id)
{
  GVariantBuilder      attributes;
  g_autoptr (GVariant) reply = NULL;
  GPtrArray           *paths = g_ptr_array_new_with_free_func (g_free);

  g_variant_builder_init (&attributes, G_VARIANT_TYPE ("a{ss}"));
  g_variant_builder_add (&attributes, "{ss}", "tunnel", tunnel_id);
  reply =
    call (bus, SERVICE, PATH, SERVICE_IF, "SearchItems", g_variant_new ("(a{ss})", &attributes));
  for (gsize i = 0; i < 2; i++)
    {
      g_autoptr (GVariant) list = g_variant_get_child_value (reply, i);
      GVariantIter         iter;
      char                *path;

      g_variant_iter_init (&iter, list);
      while (g_variant_iter_next (&iter, "o", &path))
        g_ptr_array_add (paths, path);
    }
  return paths;
}

guint
culvert_test_count_items (GDBusConnection *bus, const char *tunnel_id)
{
  g_autoptr (GPtrArray) paths = find_items (bus, tunnel_id);

  return paths->len;
}

char *
culvert_test_read_attributes (GDBusConnection *bus, const char *tunnel_id)
{
  g_autoptr (GPtrArray) paths = find_items (bus, tunnel_id);
  g_autoptr (GString)   text = g_string_new (NULL);

  for (guint i = 0; i < paths->len; i++)
    {
      g_autoptr (GVariant) reply =
        call (bus, SERVICE, paths->pdata[i], "org.freedesktop.DBus.Properties", "Get",
              g_variant_new ("(ss)", ITEM_IF, "Attributes"));
      g_autofree char *printed = g_variant_print (reply, FALSE);

      g_string_append (text, printed);
    }
  return g_string_free (g_steal_pointer (&text), FALSE);
}

void
culvert_test_wait_for_kind (CulvertSecretStore *store, CulvertSecretStoreKind kind)
{
  culvert_test_wait_until (culvert_secret_store_get_kind (store) == kind, DEADLINE_MS);
}

static void
ready_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GAsyncResult **slot = user_data;

  g_assert_null (*slot);
  *slot = g_object_ref (result);
}

CulvertSecret *
culvert_test_lookup (CulvertSecretStore *store,
                     const char         *tunnel_id,
                     const char         *purpose,
                     GError            **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  culvert_secret_store_lookup_async (store, tunnel_id, purpose, NULL, ready_cb, &result);
  g_assert_null (result);
  culvert_test_wait_until (result != NULL, DEADLINE_MS);
  return culvert_secret_store_lookup_finish (store, result, error);
}

gboolean
culvert_test_store (CulvertSecretStore *store,
                    const char         *tunnel_id,
                    const char         *purpose,
                    const char         *text,
                    GError            **error)
{
  g_autoptr (GAsyncResult)  result = NULL;
  g_autoptr (CulvertSecret) secret = culvert_secret_new (text, -1);

  culvert_secret_store_store_async (store, tunnel_id, purpose, "A label", secret, NULL, ready_cb,
                                    &result);
  g_assert_null (result);
  culvert_test_wait_until (result != NULL, DEADLINE_MS);
  return culvert_secret_store_store_finish (store, result, error);
}

gboolean
culvert_test_forget (CulvertSecretStore *store,
                     const char         *tunnel_id,
                     const char         *purpose,
                     GError            **error)
{
  g_autoptr (GAsyncResult) result = NULL;

  culvert_secret_store_forget_async (store, tunnel_id, purpose, NULL, ready_cb, &result);
  g_assert_null (result);
  culvert_test_wait_until (result != NULL, DEADLINE_MS);
  return culvert_secret_store_forget_finish (store, result, error);
}

void
culvert_test_assert_secret (CulvertSecretStore *store,
                            const char         *tunnel_id,
                            const char         *purpose,
                            const char         *text)
{
  g_autoptr (GError)        error = NULL;
  g_autoptr (CulvertSecret) secret = culvert_test_lookup (store, tunnel_id, purpose, &error);

  g_assert_no_error (error);
  if (text == NULL)
    {
      g_assert_null (secret);
      return;
    }
  g_assert_nonnull (secret);
  g_assert_cmpmem (culvert_secret_peek (secret), culvert_secret_get_length (secret), text,
                   strlen (text));
}

void
culvert_test_put_secret (CulvertSecretStore *store,
                         const char         *tunnel_id,
                         const char         *purpose,
                         const char         *text)
{
  g_autoptr (GError) error = NULL;

  culvert_test_store (store, tunnel_id, purpose, text, &error);
  g_assert_no_error (error);
}

void
culvert_test_drop_store (CulvertSecretStore *store)
{
  gpointer weak = store;

  g_object_add_weak_pointer (G_OBJECT (store), &weak);
  g_object_unref (store);
  culvert_test_wait_until (weak == NULL, DEADLINE_MS);
}
