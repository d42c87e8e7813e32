/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/tunnel-list.h"

#include "ui/group-row.h"
#include "ui/grouped-tunnels.h"
#include "ui/notices.h"
#include "ui/rows-in-sight.h"
#include "ui/tunnel-drag.h"
#include "ui/tunnel-row.h"

struct _CulvertTunnelList
{
  AdwBin                 parent_instance;
  GListModel            *model; /* of CulvertTunnel: the manager */
  CulvertGroupedTunnels *shown; /* what the search leaves, under the headings of groups */
  CulvertTunnel         *selected;
  gboolean               is_folded;
  GtkListBox            *rows;
  GtkSearchBar          *search_bar;
  GtkSearchEntry        *search_entry;
  CulvertNotices        *notices;
};

G_DEFINE_FINAL_TYPE (CulvertTunnelList, culvert_tunnel_list, ADW_TYPE_BIN)

enum
{
  PROP_0,
  PROP_SELECTED,
  PROP_IS_FOLDED,
  N_PROPS
};

enum
{
  SIGNAL_ACTIVATED,
  N_SIGNALS
};

static GParamSpec *properties[N_PROPS];
static guint       signals[N_SIGNALS];

static GtkWidget *
create_row_cb (gpointer item, gpointer user_data)
{
  CulvertTunnelList *self = CULVERT_TUNNEL_LIST (user_data);
  GtkWidget         *row;

  if (CULVERT_IS_TUNNEL_GROUP (item))
    return culvert_group_row_new (item, CULVERT_TUNNEL_MANAGER (self->model), self->shown);
  row = culvert_tunnel_row_new (item);
  culvert_tunnel_drag_add_source (CULVERT_TUNNEL_ROW (row));
  return row;
}

static void
search_changed_cb (CulvertTunnelList *self)
{
  if (self->shown != NULL)
    culvert_grouped_tunnels_set_query (self->shown,
                                       gtk_editable_get_text (GTK_EDITABLE (self->search_entry)));
}

/* (transfer none) (nullable) */
static GtkListBoxRow *
find_row (CulvertTunnelList *self, CulvertTunnel *tunnel)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->rows, i)) != NULL; i++)
    if (CULVERT_IS_TUNNEL_ROW (row) &&
        culvert_tunnel_row_get_tunnel (CULVERT_TUNNEL_ROW (row)) == tunnel)
      return row;
  return NULL;
}

/* (transfer none) (nullable) */
static GtkListBoxRow *
find_group_row (CulvertTunnelList *self, const char *group)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (self->rows, i)) != NULL; i++)
    if (CULVERT_IS_GROUP_ROW (row) &&
        g_str_equal (
          culvert_tunnel_group_get_name (culvert_group_row_get_group (CULVERT_GROUP_ROW (row))),
          group))
      return row;
  return NULL;
}

/* The rows show what is selected, unless the list stands alone. */
static void
mark_selected (CulvertTunnelList *self)
{
  gtk_list_box_set_selection_mode (self->rows,
                                   self->is_folded ? GTK_SELECTION_NONE : GTK_SELECTION_SINGLE);
  if (!self->is_folded)
    gtk_list_box_select_row (self->rows,
                             self->selected != NULL ? find_row (self, self->selected) : NULL);
}

static void
row_selected_cb (CulvertTunnelList *self, GtkListBoxRow *row)
{
  /* NULL comes when the selection is lost with its row, or with the mode: not a wish. */
  if (row != NULL && CULVERT_IS_TUNNEL_ROW (row))
    culvert_tunnel_list_select (self, culvert_tunnel_row_get_tunnel (CULVERT_TUNNEL_ROW (row)));
}

static void
row_activated_cb (CulvertTunnelList *self, GtkListBoxRow *row)
{
  if (CULVERT_IS_GROUP_ROW (row))
    {
      culvert_group_row_toggle (CULVERT_GROUP_ROW (row));
      return;
    }
  culvert_tunnel_list_select (self, culvert_tunnel_row_get_tunnel (CULVERT_TUNNEL_ROW (row)));
  g_signal_emit (self, signals[SIGNAL_ACTIVATED], 0);
}

static gboolean
is_in_model (CulvertTunnelList *self, CulvertTunnel *tunnel)
{
  for (guint i = 0; i < g_list_model_get_n_items (self->model); i++)
    {
      g_autoptr (CulvertTunnel) item = g_list_model_get_item (self->model, i);

      if (item == tunnel)
        return TRUE;
    }
  return FALSE;
}

/* When the selected tunnel went, the one that took its place is selected. */
static void
items_changed_cb (CulvertTunnelList *self, guint position, guint n_removed, guint n_added)
{
  guint                     n_items = g_list_model_get_n_items (self->model);
  g_autoptr (CulvertTunnel) next = NULL;

  if (self->selected != NULL && is_in_model (self, self->selected))
    {
      mark_selected (self);
      return;
    }
  if (n_items > 0)
    next = g_list_model_get_item (self->model, MIN (position, n_items - 1));
  culvert_tunnel_list_select (self, next);
}

static void
culvert_tunnel_list_dispose (GObject *object)
{
  CulvertTunnelList *self = CULVERT_TUNNEL_LIST (object);

  if (self->model != NULL)
    g_signal_handlers_disconnect_by_func (self->model, items_changed_cb, self);
  if (self->shown != NULL)
    g_signal_handlers_disconnect_by_func (self->shown, mark_selected, self);
  if (self->rows != NULL)
    gtk_list_box_bind_model (self->rows, NULL, NULL, NULL, NULL);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_TUNNEL_LIST);
  g_clear_object (&self->selected);
  g_clear_object (&self->shown);
  g_clear_object (&self->model);
  G_OBJECT_CLASS (culvert_tunnel_list_parent_class)->dispose (object);
}

static void
culvert_tunnel_list_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CulvertTunnelList *self = CULVERT_TUNNEL_LIST (object);

  switch (prop_id)
    {
    case PROP_SELECTED:
      g_value_set_object (value, self->selected);
      break;
    case PROP_IS_FOLDED:
      g_value_set_boolean (value, self->is_folded);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_tunnel_list_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  CulvertTunnelList *self = CULVERT_TUNNEL_LIST (object);

  switch (prop_id)
    {
    case PROP_SELECTED:
      culvert_tunnel_list_select (self, g_value_get_object (value));
      break;
    case PROP_IS_FOLDED:
      if (self->is_folded == g_value_get_boolean (value))
        break;
      self->is_folded = g_value_get_boolean (value);
      mark_selected (self);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_tunnel_list_class_init (CulvertTunnelListClass *klass)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass   *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = culvert_tunnel_list_dispose;
  object_class->get_property = culvert_tunnel_list_get_property;
  object_class->set_property = culvert_tunnel_list_set_property;
  properties[PROP_SELECTED] =
    g_param_spec_object ("selected", NULL, NULL, CULVERT_TYPE_TUNNEL, flags);
  properties[PROP_IS_FOLDED] = g_param_spec_boolean ("is-folded", NULL, NULL, FALSE, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  signals[SIGNAL_ACTIVATED] = g_signal_new ("activated", G_TYPE_FROM_CLASS (klass),
                                            G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);

  g_type_ensure (CULVERT_TYPE_NOTICES);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/tunnel-list.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertTunnelList, rows);
  gtk_widget_class_bind_template_child (widget_class, CulvertTunnelList, search_bar);
  gtk_widget_class_bind_template_child (widget_class, CulvertTunnelList, search_entry);
  gtk_widget_class_bind_template_child (widget_class, CulvertTunnelList, notices);
  gtk_widget_class_bind_template_callback (widget_class, row_selected_cb);
  gtk_widget_class_bind_template_callback (widget_class, row_activated_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
}

static void
culvert_tunnel_list_init (CulvertTunnelList *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_search_bar_connect_entry (self->search_bar, GTK_EDITABLE (self->search_entry));
}

void
culvert_tunnel_list_set_sources (CulvertTunnelList    *self,
                                 CulvertTunnelManager *manager,
                                 CulvertSecretStore   *secrets)
{
  g_return_if_fail (CULVERT_IS_TUNNEL_LIST (self));
  g_return_if_fail (self->model == NULL);

  self->model = g_object_ref (G_LIST_MODEL (manager));
  self->shown = culvert_grouped_tunnels_new (manager);
  gtk_list_box_bind_model (self->rows, G_LIST_MODEL (self->shown), create_row_cb, self, NULL);
  culvert_rows_in_sight_follow (self->rows, G_LIST_MODEL (self->shown));
  culvert_tunnel_drag_add_target (self->rows, culvert_tunnel_manager_get_store (manager));
  /* After the list box has made its rows. */
  g_signal_connect_object (self->shown, "items-changed", G_CALLBACK (mark_selected), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  g_signal_connect_object (self->model, "items-changed", G_CALLBACK (items_changed_cb), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  culvert_notices_set_sources (self->notices, culvert_tunnel_manager_get_store (manager), secrets);
  items_changed_cb (self, 0, 0, 0);
}

CulvertTunnel *
culvert_tunnel_list_get_selected (CulvertTunnelList *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_LIST (self), NULL);
  return self->selected;
}

void
culvert_tunnel_list_select (CulvertTunnelList *self, CulvertTunnel *tunnel)
{
  g_return_if_fail (CULVERT_IS_TUNNEL_LIST (self));

  if (!g_set_object (&self->selected, tunnel))
    return;
  mark_selected (self);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_SELECTED]);
}

void
culvert_tunnel_list_focus_selected (CulvertTunnelList *self)
{
  GtkListBoxRow *row;

  g_return_if_fail (CULVERT_IS_TUNNEL_LIST (self));
  row = self->selected != NULL ? find_row (self, self->selected) : NULL;
  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

void
culvert_tunnel_list_search (CulvertTunnelList *self)
{
  g_return_if_fail (CULVERT_IS_TUNNEL_LIST (self));
  gtk_search_bar_set_search_mode (self->search_bar, TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->search_entry));
}

void
culvert_tunnel_list_focus_group (CulvertTunnelList *self, const char *group)
{
  GtkListBoxRow *row;

  g_return_if_fail (CULVERT_IS_TUNNEL_LIST (self));
  row = find_group_row (self, group);
  if (row != NULL)
    gtk_widget_grab_focus (GTK_WIDGET (row));
}

gboolean
culvert_tunnel_list_has_focus (CulvertTunnelList *self)
{
  GtkRoot   *root;
  GtkWidget *focus;

  g_return_val_if_fail (CULVERT_IS_TUNNEL_LIST (self), FALSE);
  root = gtk_widget_get_root (GTK_WIDGET (self));
  focus = root != NULL ? gtk_root_get_focus (root) : NULL;
  return focus != NULL && gtk_widget_is_ancestor (focus, GTK_WIDGET (self->rows));
}

void
culvert_tunnel_list_reveal_selected (CulvertTunnelList *self)
{
  g_return_if_fail (CULVERT_IS_TUNNEL_LIST (self));
  if (self->selected != NULL)
    culvert_grouped_tunnels_set_collapsed (
      self->shown, culvert_tunnel_get_profile (self->selected)->group, FALSE);
}

gboolean
culvert_tunnel_list_is_collapsed (CulvertTunnelList *self, const char *group)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_LIST (self), FALSE);
  return culvert_grouped_tunnels_is_collapsed (self->shown, group);
}

void
culvert_tunnel_list_set_collapsed (CulvertTunnelList *self,
                                   const char        *group,
                                   gboolean           is_collapsed)
{
  g_return_if_fail (CULVERT_IS_TUNNEL_LIST (self));
  culvert_grouped_tunnels_set_collapsed (self->shown, group, is_collapsed);
}

void
culvert_tunnel_list_bind_collapsed (CulvertTunnelList *self, GSettings *settings)
{
  g_return_if_fail (CULVERT_IS_TUNNEL_LIST (self));
  g_settings_bind (settings, "collapsed-groups", self->shown, "collapsed", G_SETTINGS_BIND_DEFAULT);
}

guint
culvert_tunnel_list_get_n_shown (CulvertTunnelList *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_LIST (self), 0);
  return culvert_grouped_tunnels_get_n_tunnels (self->shown);
}
