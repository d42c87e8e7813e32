/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/tunnel-manager.h"

#include "base/source.h"
#include "core/errors.h"
#include "core/profile-groups.h"
#include "engine/secret-queue.h"
#include "engine/tunnel-private.h"
#include "engine/tunnel-turns.h"

struct _CulvertTunnelManager
{
  GObject parent_instance;

  CulvertProfileStore *store;
  CulvertPrompter     *prompter; /* nullable */
  CulvertSecretStore  *secrets;  /* nullable */
  GMainContext        *context;
  GPtrArray           *tunnels; /* of CulvertTunnel, in the order of the store */
  GPtrArray           *orphans; /* of CulvertTunnel, gone from the store a moment ago */
  GSource             *orphan_source;
  GPtrArray           *leaving; /* of CulvertTunnel, gone for good and stopping */
  CulvertTunnelTurns  *turns;   /* who may be on in a group of which one is */
  CulvertTunnelGroups *groups;
  guint                n_on;
  gboolean             has_no_network; /* as far as is known */
  CulvertNetworkNames *network_names;  /* nullable: nobody has said yet */
  gboolean             is_unwatched;
};

enum
{
  PROP_0,
  PROP_N_ON,
  PROP_NETWORK_NAMES,
  N_PROPS
};

enum
{
  SIGNAL_TURN_TAKEN,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint       signals[N_SIGNALS];

/* The list */

static GType
get_item_type (GListModel *model)
{
  return CULVERT_TYPE_TUNNEL;
}

static guint
get_n_items (GListModel *model)
{
  return CULVERT_TUNNEL_MANAGER (model)->tunnels->len;
}

static gpointer
get_item (GListModel *model, guint position)
{
  CulvertTunnelManager *self = CULVERT_TUNNEL_MANAGER (model);

  return position < self->tunnels->len ? g_object_ref (g_ptr_array_index (self->tunnels, position))
                                       : NULL;
}

static void
list_model_init (GListModelInterface *iface)
{
  iface->get_item_type = get_item_type;
  iface->get_n_items = get_n_items;
  iface->get_item = get_item;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (CulvertTunnelManager,
                               culvert_tunnel_manager,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (G_TYPE_LIST_MODEL, list_model_init))

static void
count_on (CulvertTunnelManager *self)
{
  guint n_on = 0;

  for (guint i = 0; i < self->tunnels->len; i++)
    n_on +=
      culvert_tunnel_state_is_on (culvert_tunnel_get_state (g_ptr_array_index (self->tunnels, i)));

  if (self->n_on == n_on)
    return;

  self->n_on = n_on;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_N_ON]);
}

static void
tunnel_state_cb (CulvertTunnel *tunnel, GParamSpec *pspec, CulvertTunnelManager *self)
{
  CulvertTunnelState state = culvert_tunnel_get_state (tunnel);

  count_on (self);
  if (state != CULVERT_TUNNEL_STOPPED)
    return;
  g_ptr_array_remove (self->leaving, tunnel);
  culvert_tunnel_turns_stopped (self->turns);
}

static CulvertTunnel *
find_tunnel (GPtrArray *tunnels, const char *id, guint *position)
{
  for (guint i = 0; i < tunnels->len; i++)
    {
      CulvertTunnel *tunnel = g_ptr_array_index (tunnels, i);

      if (g_str_equal (culvert_tunnel_get_id (tunnel), id))
        {
          if (position != NULL)
            *position = i;
          return tunnel;
        }
    }

  return NULL;
}

/* Following the store */

static gboolean
stop_orphans_cb (gpointer user_data)
{
  CulvertTunnelManager *self = user_data;
  g_autoptr (GPtrArray) orphans = g_steal_pointer (&self->orphans);

  g_clear_pointer (&self->orphan_source, g_source_unref);
  self->orphans = g_ptr_array_new_with_free_func (g_object_unref);

  for (guint i = 0; i < orphans->len; i++)
    {
      CulvertTunnel *tunnel = g_ptr_array_index (orphans, i);

      if (culvert_tunnel_get_state (tunnel) == CULVERT_TUNNEL_STOPPED)
        continue;
      g_ptr_array_add (self->leaving, g_object_ref (tunnel));
      culvert_tunnel_stop (tunnel);
    }

  return G_SOURCE_REMOVE;
}

/* A store tells of a move by removing and adding, maybe in two steps.  So what is removed waits for
 * the end of this turn before it is stopped. */
static void
orphan (CulvertTunnelManager *self, CulvertTunnel *tunnel)
{
  g_ptr_array_add (self->orphans, g_object_ref (tunnel));
  if (self->orphan_source != NULL)
    return;

  self->orphan_source = g_idle_source_new ();
  g_source_set_priority (self->orphan_source, G_PRIORITY_HIGH);
  g_source_set_callback (self->orphan_source, stop_orphans_cb, self, NULL);
  g_source_attach (self->orphan_source, self->context);
}

static void
entry_profile_cb (CulvertProfileEntry *entry, GParamSpec *pspec, CulvertTunnelManager *self)
{
  CulvertTunnel *tunnel = find_tunnel (self->tunnels, culvert_profile_entry_get_id (entry), NULL);

  if (tunnel != NULL)
    culvert_tunnel_set_profile (tunnel, culvert_profile_entry_get_profile (entry));
}

/* (transfer full): the tunnel that this entry had a moment ago, or a new one */
static CulvertTunnel *
adopt_tunnel (CulvertTunnelManager *self, CulvertProfileEntry *entry)
{
  CulvertTunnel *tunnel;
  guint          position;

  if (find_tunnel (self->orphans, culvert_profile_entry_get_id (entry), &position) != NULL)
    {
      tunnel = g_ptr_array_steal_index (self->orphans, position);
      culvert_tunnel_set_profile (tunnel, culvert_profile_entry_get_profile (entry));
    }
  else
    {
      tunnel = culvert_tunnel_new (culvert_profile_entry_get_profile (entry), self->prompter,
                                   self->secrets);
      if (self->has_no_network)
        culvert_tunnel_network_changed (tunnel, CULVERT_NETWORK_GONE);
      if (self->network_names != NULL)
        culvert_tunnel_set_network_names (tunnel, self->network_names);
      culvert_tunnel_set_unwatched (tunnel, self->is_unwatched);
      g_signal_connect_object (tunnel, "notify::state", G_CALLBACK (tunnel_state_cb), self, 0);
      culvert_tunnel_set_start_guard (tunnel, culvert_tunnel_turns_may_start, self->turns);
    }

  /* At most once for each entry: it may be an old one that moved. */
  g_signal_handlers_disconnect_by_func (entry, entry_profile_cb, self);
  g_signal_connect_object (entry, "notify::profile", G_CALLBACK (entry_profile_cb), self, 0);

  return tunnel;
}

static void
store_changed_cb (GListModel           *store,
                  guint                 position,
                  guint                 n_removed,
                  guint                 n_added,
                  CulvertTunnelManager *self)
{
  g_return_if_fail (position + n_removed <= self->tunnels->len);

  for (guint i = 0; i < n_removed; i++)
    orphan (self, g_ptr_array_index (self->tunnels, position + i));
  if (n_removed > 0)
    g_ptr_array_remove_range (self->tunnels, position, n_removed);

  for (guint i = 0; i < n_added; i++)
    {
      g_autoptr (CulvertProfileEntry) entry = g_list_model_get_item (store, position + i);

      g_ptr_array_insert (self->tunnels, (int)(position + i), adopt_tunnel (self, entry));
    }

  g_list_model_items_changed (G_LIST_MODEL (self), position, n_removed, n_added);
  count_on (self);
}

static void
turn_taken_cb (CulvertTunnel *tunnel, GPtrArray *stopped, gpointer user_data)
{
  g_signal_emit (user_data, signals[SIGNAL_TURN_TAKEN], 0, tunnel, stopped);
}

static void
drop_guards (GPtrArray *tunnels)
{
  for (guint i = 0; i < tunnels->len; i++)
    culvert_tunnel_set_start_guard (g_ptr_array_index (tunnels, i), NULL, NULL);
}

static void
culvert_tunnel_manager_dispose (GObject *object)
{
  CulvertTunnelManager *self = CULVERT_TUNNEL_MANAGER (object);

  culvert_source_clear (&self->orphan_source);
  if (self->store != NULL)
    g_signal_handlers_disconnect_by_data (self->store, self);
  if (self->groups != NULL)
    g_object_run_dispose (G_OBJECT (self->groups));
  g_clear_object (&self->groups);
  /* A tunnel may be held by others for longer. */
  drop_guards (self->tunnels);
  drop_guards (self->orphans);
  drop_guards (self->leaving);
  g_clear_pointer (&self->turns, culvert_tunnel_turns_free);

  G_OBJECT_CLASS (culvert_tunnel_manager_parent_class)->dispose (object);
}

static void
culvert_tunnel_manager_finalize (GObject *object)
{
  CulvertTunnelManager *self = CULVERT_TUNNEL_MANAGER (object);

  g_ptr_array_unref (self->tunnels);
  g_ptr_array_unref (self->orphans);
  g_ptr_array_unref (self->leaving);
  g_clear_object (&self->store);
  g_clear_object (&self->prompter);
  g_clear_object (&self->secrets);
  g_clear_pointer (&self->network_names, culvert_network_names_unref);
  g_main_context_unref (self->context);

  G_OBJECT_CLASS (culvert_tunnel_manager_parent_class)->finalize (object);
}

static void
culvert_tunnel_manager_get_property (GObject    *object,
                                     guint       property,
                                     GValue     *value,
                                     GParamSpec *pspec)
{
  CulvertTunnelManager *self = CULVERT_TUNNEL_MANAGER (object);

  switch (property)
    {
    case PROP_N_ON:
      g_value_set_uint (value, self->n_on);
      break;
    case PROP_NETWORK_NAMES:
      g_value_set_boxed (value, self->network_names);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
    }
}

static void
culvert_tunnel_manager_class_init (CulvertTunnelManagerClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = culvert_tunnel_manager_dispose;
  object_class->finalize = culvert_tunnel_manager_finalize;
  object_class->get_property = culvert_tunnel_manager_get_property;

  properties[PROP_N_ON] =
    g_param_spec_uint ("n-on", NULL, NULL, 0, G_MAXUINT, 0,
                       G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  properties[PROP_NETWORK_NAMES] =
    g_param_spec_boxed ("network-names", NULL, NULL, CULVERT_TYPE_NETWORK_NAMES,
                        G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_TURN_TAKEN] =
    g_signal_new ("turn-taken", CULVERT_TYPE_TUNNEL_MANAGER, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 2, CULVERT_TYPE_TUNNEL, G_TYPE_PTR_ARRAY);
}

static void
culvert_tunnel_manager_init (CulvertTunnelManager *self)
{
  self->context = g_main_context_ref_thread_default ();
  self->tunnels = g_ptr_array_new_with_free_func (g_object_unref);
  self->orphans = g_ptr_array_new_with_free_func (g_object_unref);
  self->leaving = g_ptr_array_new_with_free_func (g_object_unref);
}

CulvertTunnelManager *
culvert_tunnel_manager_new (CulvertProfileStore *store,
                            CulvertPrompter     *prompter,
                            CulvertSecretStore  *secrets)
{
  CulvertTunnelManager *self;

  g_return_val_if_fail (CULVERT_IS_PROFILE_STORE (store), NULL);
  g_return_val_if_fail (prompter == NULL || CULVERT_IS_PROMPTER (prompter), NULL);
  g_return_val_if_fail (secrets == NULL || CULVERT_IS_SECRET_STORE (secrets), NULL);

  self = g_object_new (CULVERT_TYPE_TUNNEL_MANAGER, NULL);
  self->store = g_object_ref (store);
  self->prompter = prompter != NULL ? g_object_ref (prompter) : NULL;
  self->secrets = secrets != NULL ? g_object_ref (secrets) : NULL;
  self->turns = culvert_tunnel_turns_new (store, self->tunnels, turn_taken_cb, self);
  g_signal_connect_object (store, "items-changed", G_CALLBACK (store_changed_cb), self, 0);
  store_changed_cb (G_LIST_MODEL (store), 0, 0, g_list_model_get_n_items (G_LIST_MODEL (store)),
                    self);
  self->groups = culvert_tunnel_groups_new (G_LIST_MODEL (self), store);

  return self;
}

CulvertProfileStore *
culvert_tunnel_manager_get_store (CulvertTunnelManager *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_MANAGER (self), NULL);

  return self->store;
}

CulvertTunnelGroups *
culvert_tunnel_manager_get_groups (CulvertTunnelManager *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_MANAGER (self), NULL);

  return self->groups;
}

CulvertTunnel *
culvert_tunnel_manager_find (CulvertTunnelManager *self, const char *id)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_MANAGER (self), NULL);
  g_return_val_if_fail (id != NULL, NULL);

  return find_tunnel (self->tunnels, id, NULL);
}

/* The entry's notification takes it to the tunnel. */
gboolean
culvert_tunnel_manager_save (CulvertTunnelManager *self, CulvertProfile *profile, GError **error)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_MANAGER (self), FALSE);
  g_return_val_if_fail (profile != NULL, FALSE);

  return culvert_profile_store_save (self->store, profile, error);
}

/* (transfer none) (nullable): @profile: (out): of the tunnel that has it */
static CulvertForwardSpec *
find_saved_forward (CulvertTunnelManager *self,
                    const char           *tunnel_id,
                    const char           *forward_id,
                    CulvertProfile      **profile,
                    GError              **error)
{
  CulvertProfileEntry *entry = culvert_profile_store_find (self->store, tunnel_id);
  CulvertForwardSpec  *spec = NULL;

  if (entry != NULL)
    {
      *profile = culvert_profile_entry_get_profile (entry);
      spec = culvert_profile_find_forward (*profile, forward_id);
    }
  if (spec == NULL)
    g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_NOT_FOUND,
                 "there is no forward %s in a tunnel %s", forward_id, tunnel_id);
  return spec;
}

static gboolean
save_forward (CulvertTunnelManager *self,
              CulvertProfile       *profile,
              CulvertForwardSpec   *spec,
              GError              **error)
{
  g_autoptr (CulvertProfile) edited = culvert_profile_edit (profile);

  culvert_profile_put_forward (edited, spec);
  return culvert_profile_store_save (self->store, edited, error);
}

gboolean
culvert_tunnel_manager_set_forward_enabled (CulvertTunnelManager *self,
                                            const char           *tunnel_id,
                                            const char           *forward_id,
                                            gboolean              is_enabled,
                                            GError              **error)
{
  CulvertProfile                *profile = NULL;
  CulvertForwardSpec            *spec;
  g_autoptr (CulvertForwardSpec) switched = NULL;

  g_return_val_if_fail (CULVERT_IS_TUNNEL_MANAGER (self), FALSE);
  g_return_val_if_fail (tunnel_id != NULL && forward_id != NULL, FALSE);

  spec = find_saved_forward (self, tunnel_id, forward_id, &profile, error);
  if (spec == NULL)
    return FALSE;
  if (culvert_forward_spec_is_enabled (spec) == is_enabled)
    return TRUE;

  switched = culvert_forward_spec_with_enabled (spec, is_enabled);
  return save_forward (self, profile, switched, error);
}

gboolean
culvert_tunnel_manager_set_forward_listen (CulvertTunnelManager  *self,
                                           const char            *tunnel_id,
                                           const char            *forward_id,
                                           const CulvertEndpoint *listen,
                                           GError               **error)
{
  CulvertProfile                *profile = NULL;
  CulvertForwardSpec            *spec;
  CulvertForwardFields           fields;
  g_autoptr (CulvertForwardSpec) moved = NULL;

  g_return_val_if_fail (CULVERT_IS_TUNNEL_MANAGER (self), FALSE);
  g_return_val_if_fail (tunnel_id != NULL && forward_id != NULL && listen != NULL, FALSE);

  spec = find_saved_forward (self, tunnel_id, forward_id, &profile, error);
  if (spec == NULL)
    return FALSE;

  fields = culvert_forward_spec_get_fields (spec);
  fields.listen = listen;
  moved = culvert_forward_spec_new (&fields);
  return save_forward (self, profile, moved, error);
}

gboolean
culvert_tunnel_manager_remove (CulvertTunnelManager *self, const char *id, GError **error)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_MANAGER (self), FALSE);
  g_return_val_if_fail (id != NULL, FALSE);

  return culvert_profile_store_remove (self->store, id, error);
}

void
culvert_tunnel_manager_forget_secrets (CulvertTunnelManager *self, const char *id)
{
  g_return_if_fail (CULVERT_IS_TUNNEL_MANAGER (self));
  g_return_if_fail (id != NULL);

  if (self->secrets != NULL)
    culvert_secret_queue_forget (culvert_secret_queue_get (self->secrets), id, NULL, NULL, NULL,
                                 NULL);
}

void
culvert_tunnel_manager_network_changed (CulvertTunnelManager *self, CulvertNetworkEvent event)
{
  g_return_if_fail (CULVERT_IS_TUNNEL_MANAGER (self));

  self->has_no_network = event == CULVERT_NETWORK_GONE;
  for (guint i = 0; i < self->tunnels->len; i++)
    culvert_tunnel_network_changed (g_ptr_array_index (self->tunnels, i), event);
}

void
culvert_tunnel_manager_set_network_names (CulvertTunnelManager *self, CulvertNetworkNames *names)
{
  g_return_if_fail (CULVERT_IS_TUNNEL_MANAGER (self));
  g_return_if_fail (names != NULL);

  if (culvert_network_names_equal (self->network_names, names))
    return;

  g_clear_pointer (&self->network_names, culvert_network_names_unref);
  self->network_names = culvert_network_names_ref (names);
  for (guint i = 0; i < self->tunnels->len; i++)
    culvert_tunnel_set_network_names (g_ptr_array_index (self->tunnels, i), names);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_NETWORK_NAMES]);
}

void
culvert_tunnel_manager_set_unwatched (CulvertTunnelManager *self, gboolean is_unwatched)
{
  g_return_if_fail (CULVERT_IS_TUNNEL_MANAGER (self));

  self->is_unwatched = is_unwatched;
  for (guint i = 0; i < self->tunnels->len; i++)
    culvert_tunnel_set_unwatched (g_ptr_array_index (self->tunnels, i), is_unwatched);
}

CulvertNetworkNames *
culvert_tunnel_manager_get_network_names (CulvertTunnelManager *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_MANAGER (self), NULL);

  return self->network_names;
}

guint
culvert_tunnel_manager_get_n_on (CulvertTunnelManager *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_MANAGER (self), 0);

  return self->n_on;
}

void
culvert_tunnel_manager_start_marked (CulvertTunnelManager *self)
{
  g_return_if_fail (CULVERT_IS_TUNNEL_MANAGER (self));

  for (guint i = 0; i < self->tunnels->len; i++)
    {
      CulvertTunnel *tunnel = g_ptr_array_index (self->tunnels, i);

      if (culvert_tunnel_get_profile (tunnel)->start_with_program &&
          !culvert_tunnel_turns_is_taken (self->turns, tunnel))
        culvert_tunnel_start (tunnel);
    }
}

/* Stopping all */

typedef struct
{
  GPtrArray *tunnels; /* of CulvertTunnel: those that still run */
} StopAll;

static void
stop_all_free (gpointer data)
{
  StopAll *self = data;

  g_ptr_array_unref (self->tunnels);
  g_free (self);
}

static void
stop_all_state_cb (CulvertTunnel *tunnel, GParamSpec *pspec, GTask *task)
{
  StopAll *stop_all = g_task_get_task_data (task);

  if (culvert_tunnel_get_state (tunnel) != CULVERT_TUNNEL_STOPPED)
    return;

  /* The handler holds the task. */
  g_object_ref (task);
  g_signal_handlers_disconnect_by_func (tunnel, stop_all_state_cb, task);
  g_ptr_array_remove (stop_all->tunnels, tunnel);
  if (stop_all->tunnels->len == 0)
    g_task_return_boolean (task, TRUE);
  g_object_unref (task);
}

static void
unref_task (gpointer data, GClosure *closure)
{
  g_object_unref (data);
}

static void
collect_running (GPtrArray *running, GPtrArray *tunnels)
{
  for (guint i = 0; i < tunnels->len; i++)
    {
      CulvertTunnel *tunnel = g_ptr_array_index (tunnels, i);

      if (culvert_tunnel_get_state (tunnel) != CULVERT_TUNNEL_STOPPED &&
          !g_ptr_array_find (running, tunnel, NULL))
        g_ptr_array_add (running, g_object_ref (tunnel));
    }
}

void
culvert_tunnel_manager_stop_all_async (CulvertTunnelManager *self,
                                       GAsyncReadyCallback   callback,
                                       gpointer              user_data)
{
  g_autoptr (GTask)     task = g_task_new (self, NULL, callback, user_data);
  g_autoptr (GPtrArray) running = g_ptr_array_new_with_free_func (g_object_unref);
  StopAll              *stop_all;

  g_return_if_fail (CULVERT_IS_TUNNEL_MANAGER (self));

  g_task_set_source_tag (task, culvert_tunnel_manager_stop_all_async);
  stop_all = g_new0 (StopAll, 1);
  stop_all->tunnels = g_ptr_array_new_with_free_func (g_object_unref);
  g_task_set_task_data (task, stop_all, stop_all_free);

  culvert_tunnel_turns_forgo (self->turns);
  collect_running (running, self->tunnels);
  collect_running (running, self->orphans);
  collect_running (running, self->leaving);
  if (running->len == 0)
    {
      g_task_return_boolean (task, TRUE);
      return;
    }

  for (guint i = 0; i < running->len; i++)
    {
      CulvertTunnel *tunnel = g_ptr_array_index (running, i);

      g_ptr_array_add (stop_all->tunnels, g_object_ref (tunnel));
      g_signal_connect_data (tunnel, "notify::state", G_CALLBACK (stop_all_state_cb),
                             g_object_ref (task), unref_task, 0);
    }
  for (guint i = 0; i < running->len; i++)
    culvert_tunnel_stop (g_ptr_array_index (running, i));
}

gboolean
culvert_tunnel_manager_stop_all_finish (CulvertTunnelManager *self,
                                        GAsyncResult         *result,
                                        GError              **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);

  return g_task_propagate_boolean (G_TASK (result), error);
}
