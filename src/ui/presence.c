/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/presence.h"

#include "bus/bus-service.h"
#include "ui/application.h"
#include "ui/search-provider.h"

#define IDLE_LIMIT_MS 60000

struct _CulvertPresence
{
  GtkApplication        *application;
  CulvertTunnelManager  *manager; /* nullable at first */
  CulvertBusService     *service;
  CulvertSearchProvider *search_provider;
  gboolean               is_watched; /* over the bus */
  gboolean               is_held;
};

static void
set_held (CulvertPresence *self, gboolean hold)
{
  if (hold == self->is_held)
    return;
  self->is_held = hold;
  if (hold)
    g_application_hold (G_APPLICATION (self->application));
  else
    g_application_release (G_APPLICATION (self->application));
}

/* One that can be seen: closing hides it where the tray opens it again. */
static gboolean
has_shown_window (CulvertPresence *self)
{
  for (GList *l = gtk_application_get_windows (self->application); l != NULL; l = l->next)
    if (gtk_widget_get_visible (l->data))
      return TRUE;
  return FALSE;
}

static void
update (CulvertPresence *self)
{
  gboolean has_window = has_shown_window (self);

  if (self->manager == NULL)
    return;
  culvert_tunnel_manager_set_unwatched (self->manager, !has_window && !self->is_watched);
  set_held (self, self->is_watched || culvert_tunnel_manager_get_n_on (self->manager) > 0);
}

static void
window_added_cb (CulvertPresence *self, GtkWindow *window)
{
  g_signal_connect_swapped (window, "notify::visible", G_CALLBACK (update), self);
  update (self);
}

/* It may stay for a while: the rest of it is nobody's business here. */
static void
window_removed_cb (CulvertPresence *self, GtkWindow *window)
{
  g_signal_handlers_disconnect_by_func (window, update, self);
  update (self);
}

static void
quit_cb (gpointer user_data)
{
  CulvertPresence *self = user_data;

  culvert_application_stop_and_quit (CULVERT_APPLICATION (self->application), EXIT_SUCCESS);
}

static void
watched_cb (gboolean is_watched, gpointer user_data)
{
  CulvertPresence *self = user_data;

  self->is_watched = is_watched;
  update (self);
}

/* The idle minute begins anew. */
static void
used_cb (gpointer user_data)
{
  CulvertPresence *self = user_data;

  g_application_hold (G_APPLICATION (self->application));
  g_application_release (G_APPLICATION (self->application));
}

static const CulvertBusServiceFuncs service_funcs = {
  .quit = quit_cb,
  .watched = watched_cb,
  .used = used_cb,
};

CulvertPresence *
culvert_presence_new (GtkApplication *application, GDBusConnection *connection, GError **error)
{
  CulvertPresence *self = g_new0 (CulvertPresence, 1);

  self->application = application;
  self->service = culvert_bus_service_new (connection, &service_funcs, self, error);
  if (self->service != NULL)
    self->search_provider = culvert_search_provider_new (application, connection, error);
  if (self->search_provider == NULL)
    g_clear_pointer (&self, culvert_presence_free);
  return self;
}

void
culvert_presence_free (CulvertPresence *self)
{
  if (self == NULL)
    return;
  g_signal_handlers_disconnect_by_data (self->application, self);
  for (GList *l = gtk_application_get_windows (self->application); l != NULL; l = l->next)
    g_signal_handlers_disconnect_by_data (l->data, self);
  if (self->manager != NULL)
    g_signal_handlers_disconnect_by_data (self->manager, self);
  g_clear_pointer (&self->service, culvert_bus_service_free);
  g_clear_pointer (&self->search_provider, culvert_search_provider_free);
  g_clear_object (&self->manager);
  g_free (self);
}

void
culvert_presence_set_manager (CulvertPresence *self, CulvertTunnelManager *manager)
{
  GApplicationFlags flags = g_application_get_flags (G_APPLICATION (self->application));
  gboolean          is_service = (flags & G_APPLICATION_IS_SERVICE) != 0;

  g_return_if_fail (self->manager == NULL);

  self->manager = g_object_ref (manager);
  if (is_service && g_application_get_inactivity_timeout (G_APPLICATION (self->application)) == 0)
    g_application_set_inactivity_timeout (G_APPLICATION (self->application), IDLE_LIMIT_MS);
  g_signal_connect_swapped (self->application, "window-added", G_CALLBACK (window_added_cb), self);
  g_signal_connect_data (self->application, "window-removed", G_CALLBACK (window_removed_cb), self,
                         NULL, G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_swapped (manager, "notify::n-on", G_CALLBACK (update), self);
  culvert_bus_service_set_manager (self->service, manager);
  culvert_search_provider_set_manager (self->search_provider, manager);
  update (self);
}

void
culvert_presence_end (CulvertPresence *self)
{
  culvert_bus_service_end (self->service);
}
