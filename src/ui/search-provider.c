/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/search-provider.h"

#include "bus/bus-interface.h"
#include "bus/interface-info.h"
#include "bus/names.h"
#include "ui/tunnel-search.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

#define OBJECT_PATH CULVERT_BUS_PATH "/SearchProvider"

struct _CulvertSearchProvider
{
  GtkApplication       *application;
  CulvertTunnelManager *manager; /* nullable at first */
  CulvertBusInterface  *interface;
};

/* @ids: (nullable): those to choose from; NULL: all.  (as) (transfer floating) */
static GVariant *
find (CulvertSearchProvider *self, const char *const *terms, const char *const *ids)
{
  g_autofree char *query = g_strjoinv (" ", (char **)terms);
  GListModel      *list = G_LIST_MODEL (self->manager);
  GVariantBuilder  builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < g_list_model_get_n_items (list); i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (list, i);
      const char               *id = culvert_tunnel_get_id (tunnel);

      if ((ids == NULL || g_strv_contains (ids, id)) &&
          culvert_tunnel_search_matches (culvert_tunnel_get_profile (tunnel), query))
        g_variant_builder_add (&builder, "s", id);
    }
  return g_variant_new ("(as)", &builder);
}

static void
add_meta (GVariantBuilder *builder, CulvertTunnel *tunnel)
{
  g_autofree char     *server = culvert_words_for_server (culvert_tunnel_get_profile (tunnel));
  g_autoptr (GIcon)    icon = g_themed_icon_new (CULVERT_APP_ID);
  g_autoptr (GVariant) serialized = g_icon_serialize (icon);
  g_autofree char     *description =
    /* Translators: below the name of a tunnel that was searched for: 1 is its state, such as "Connected",
     * 2 its server, such as me@example.com */
    g_strdup_printf (_ ("%1$s: %2$s"), culvert_words_for_state (culvert_tunnel_get_state (tunnel)),
                     server);

  g_variant_builder_open (builder, G_VARIANT_TYPE_VARDICT);
  g_variant_builder_add (builder, "{sv}", "id",
                         g_variant_new_string (culvert_tunnel_get_id (tunnel)));
  g_variant_builder_add (builder, "{sv}", "name",
                         g_variant_new_string (culvert_tunnel_get_title (tunnel)));
  g_variant_builder_add (builder, "{sv}", "description", g_variant_new_string (description));
  g_variant_builder_add (builder, "{sv}", "icon", serialized);
  g_variant_builder_close (builder);
}

/* Those that are gone meanwhile are left out. */
static GVariant *
get_metas (CulvertSearchProvider *self, const char *const *ids)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; ids[i] != NULL; i++)
    {
      CulvertTunnel *tunnel = culvert_tunnel_manager_find (self->manager, ids[i]);

      if (tunnel != NULL)
        add_meta (&builder, tunnel);
    }
  return g_variant_new ("(aa{sv})", &builder);
}

static GVariant *
answer (CulvertSearchProvider *self, const char *method, GVariant *arguments)
{
  g_autofree const char **ids = NULL;
  g_autofree const char **terms = NULL;
  const char             *id;

  if (g_str_equal (method, "GetInitialResultSet"))
    {
      g_variant_get (arguments, "(^a&s)", &terms);
      return find (self, terms, NULL);
    }
  if (g_str_equal (method, "GetSubsearchResultSet"))
    {
      g_variant_get (arguments, "(^a&s^a&s)", &ids, &terms);
      return find (self, terms, ids);
    }
  if (g_str_equal (method, "GetResultMetas"))
    {
      g_variant_get (arguments, "(^a&s)", &ids);
      return get_metas (self, ids);
    }
  if (g_str_equal (method, "ActivateResult"))
    {
      g_variant_get_child (arguments, 0, "&s", &id);
      g_action_group_activate_action (G_ACTION_GROUP (self->application), "show-tunnel",
                                      g_variant_new_string (id));
    }
  else
    {
      g_application_activate (G_APPLICATION (self->application));
    }
  return NULL;
}

static void
call (const char            *method,
      GVariant              *arguments,
      GDBusMethodInvocation *invocation,
      gpointer               user_data)
{
  CulvertSearchProvider *self = user_data;

  /* The idle minute begins anew. */
  g_application_hold (G_APPLICATION (self->application));
  g_dbus_method_invocation_return_value (invocation, answer (self, method, arguments));
  g_application_release (G_APPLICATION (self->application));
}

static const CulvertBusInterfaceFuncs funcs = { .call = call };

CulvertSearchProvider *
culvert_search_provider_new (GtkApplication  *application,
                             GDBusConnection *connection,
                             GError         **error)
{
  CulvertSearchProvider *self = g_new0 (CulvertSearchProvider, 1);

  self->application = application;
  self->interface = culvert_bus_interface_new (
    &culvert_bus_org_gnome_shell_search_provider2_interface, &funcs, self);
  if (!g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self->interface), connection,
                                         OBJECT_PATH, error))
    g_clear_pointer (&self, culvert_search_provider_free);
  return self;
}

void
culvert_search_provider_free (CulvertSearchProvider *self)
{
  if (self == NULL)
    return;
  culvert_bus_interface_detach (self->interface);
  g_object_unref (self->interface);
  g_clear_object (&self->manager);
  g_free (self);
}

void
culvert_search_provider_set_manager (CulvertSearchProvider *self, CulvertTunnelManager *manager)
{
  self->manager = g_object_ref (manager);
}
