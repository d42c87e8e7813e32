/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/connections-view.h"

#include "base/source.h"
#include "ui/clock.h"
#include "ui/connection-columns.h"
#include "ui/connection-order.h"
#include "ui/connection-text.h"

#include <glib/gi18n.h>

struct _CulvertConnectionsView
{
  CulvertTunnelPart   parent_instance;
  GSignalGroup       *tunnel_signals;
  CulvertConnections *connections; /* nullable: of the tunnel that is shown */
  gboolean            holds_connections;
  gboolean            holds_clock;
  char              **search;         /* nullable: case-folded words, all of which are wanted */
  GSource            *columns_source; /* NULL unless the columns are about to follow the width */
  int                 width;
  GtkFilterListModel *filtered;
  GtkSortListModel   *sorted;
  GtkSingleSelection *selection;
  GtkFilter          *filter;
  GtkSorter          *order;

  GtkScrolledWindow *scroller;
  GtkColumnView     *table;
  GtkStack          *stack;
  GtkWidget         *toolbar;
  AdwStatusPage     *empty;
  GtkSearchEntry    *search_entry;
};

G_DEFINE_FINAL_TYPE (CulvertConnectionsView, culvert_connections_view, CULVERT_TYPE_TUNNEL_PART)

static CulvertTunnel *
get_tunnel (CulvertConnectionsView *self)
{
  return culvert_tunnel_part_get_tunnel (CULVERT_TUNNEL_PART (self));
}

static CulvertConnectionItem *
get_selected (CulvertConnectionsView *self)
{
  return gtk_single_selection_get_selected_item (self->selection);
}

/* What is there instead of a table without rows */

static const char *
get_empty_text (CulvertConnectionsView *self)
{
  CulvertTunnel *tunnel = get_tunnel (self);

  if (!culvert_tunnel_state_is_on (culvert_tunnel_get_state (tunnel)))
    return _ ("The tunnel is off. Switch it on, and connections appear here as they come.");
  if (culvert_tunnel_get_n_received (tunnel) + culvert_tunnel_get_n_sent (tunnel) == 0)
    return _ ("Nobody has connected yet.");

  return _ ("Nobody is connected at the moment.");
}

static void
update_stack (CulvertConnectionsView *self)
{
  gboolean has_rows = g_list_model_get_n_items (G_LIST_MODEL (self->filtered)) > 0;
  gboolean has_any =
    self->connections != NULL && g_list_model_get_n_items (G_LIST_MODEL (self->connections)) > 0;

  if (get_tunnel (self) == NULL)
    return;

  /* Some are open, and the first list of them is under way. */
  if (!has_any && culvert_tunnel_get_n_open (get_tunnel (self)) > 0)
    has_rows = TRUE;
  if (!has_rows)
    {
      adw_status_page_set_title (self->empty, has_any ? _ ("No Match") : _ ("No Connections"));
      adw_status_page_set_description (
        self->empty, has_any ? _ ("No connection has these words in its program, its addresses or "
                                  "its forward.")
                             : get_empty_text (self));
    }
  gtk_widget_set_visible (self->toolbar, has_any);
  gtk_stack_set_visible_child_name (self->stack, has_rows ? "table" : "empty");
}

static void
update_actions (CulvertConnectionsView *self)
{
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "connections.close",
                                 get_selected (self) != NULL);
}

/* Sorting and searching */

static void
sampled_cb (CulvertConnectionsView *self)
{
  GtkSorter *columns = gtk_column_view_get_sorter (self->table);

  if (self->search != NULL)
    gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  /* What it sorts by has changed with the list, or with a parent that is over. */
  if (gtk_sorter_get_order (columns) != GTK_SORTER_ORDER_NONE)
    gtk_sorter_changed (self->order, GTK_SORTER_CHANGE_DIFFERENT);
  update_stack (self);
}

static gboolean
filter_cb (gpointer item, gpointer user_data)
{
  CulvertConnectionsView *self = user_data;

  return self->search == NULL || get_tunnel (self) == NULL ||
         culvert_connection_text_matches (item, get_tunnel (self),
                                          (const char *const *)self->search);
}

static void
search_changed_cb (CulvertConnectionsView *self)
{
  g_autofree char *folded =
    g_utf8_casefold (gtk_editable_get_text (GTK_EDITABLE (self->search_entry)), -1);
  g_autofree char *stripped = g_strdup (g_strstrip (folded));

  g_clear_pointer (&self->search, g_strfreev);
  if (stripped[0] != '\0')
    self->search = g_strsplit_set (stripped, " \t", -1);
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  update_stack (self);
}

static void
stop_search_cb (CulvertConnectionsView *self)
{
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  gtk_widget_grab_focus (GTK_WIDGET (self->table));
}

/* GTK's own way of Tab is from row to row, and there may be thousands: one row is a stop, the arrows lead
 * on from there. */
static gboolean
culvert_connections_view_focus (GtkWidget *widget, GtkDirectionType direction)
{
  CulvertConnectionsView *self = CULVERT_CONNECTIONS_VIEW (widget);
  GtkWidget              *rows = gtk_widget_get_last_child (GTK_WIDGET (self->table));
  GtkWidget              *focus = gtk_root_get_focus (gtk_widget_get_root (widget));

  if (focus != NULL && rows != NULL && gtk_widget_is_ancestor (focus, rows))
    {
      if (direction == GTK_DIR_TAB_FORWARD)
        return gtk_widget_child_focus (self->toolbar, direction);
      if (direction == GTK_DIR_TAB_BACKWARD)
        return FALSE;
    }

  return GTK_WIDGET_CLASS (culvert_connections_view_parent_class)->focus (widget, direction);
}

/* Closing */

static void
close_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertConnectionsView *self = CULVERT_CONNECTIONS_VIEW (widget);
  CulvertConnectionItem  *item = get_selected (self);

  if (item != NULL && get_tunnel (self) != NULL)
    culvert_tunnel_close_connection (get_tunnel (self), culvert_connection_item_get_id (item));
}

static void
close_one_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertTunnel *tunnel = get_tunnel (CULVERT_CONNECTIONS_VIEW (widget));

  if (tunnel != NULL)
    culvert_tunnel_close_connection (tunnel, g_variant_get_uint64 (parameter));
}

/* Looking, while it is on screen */

static void
update_watch (CulvertConnectionsView *self)
{
  gboolean is_mapped = gtk_widget_get_mapped (GTK_WIDGET (self));

  culvert_clock_set_held (culvert_clock_get_default (), &self->holds_clock, is_mapped);
  if (self->connections != NULL)
    culvert_connections_set_watched (self->connections, &self->holds_connections, is_mapped);
}

static void
culvert_connections_view_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (culvert_connections_view_parent_class)->map (widget);
  update_watch (CULVERT_CONNECTIONS_VIEW (widget));
  update_stack (CULVERT_CONNECTIONS_VIEW (widget));
}

static void
culvert_connections_view_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (culvert_connections_view_parent_class)->unmap (widget);
  update_watch (CULVERT_CONNECTIONS_VIEW (widget));
}

static void
drop_connections (CulvertConnectionsView *self)
{
  if (self->connections == NULL)
    return;

  culvert_connections_set_watched (self->connections, &self->holds_connections, FALSE);
  g_signal_handlers_disconnect_by_data (self->connections, self);
  g_clear_object (&self->connections);
}

static void
culvert_connections_view_tunnel_changed (CulvertTunnelPart *part)
{
  CulvertConnectionsView *self = CULVERT_CONNECTIONS_VIEW (part);

  drop_connections (self);
  g_signal_group_set_target (self->tunnel_signals, get_tunnel (self));
  gtk_editable_set_text (GTK_EDITABLE (self->search_entry), "");
  if (get_tunnel (self) != NULL)
    {
      self->connections = g_object_ref (culvert_tunnel_get_connections (get_tunnel (self)));
      g_signal_connect_swapped (self->connections, "sampled", G_CALLBACK (sampled_cb), self);
      g_signal_connect_swapped (self->connections, "items-changed", G_CALLBACK (update_stack),
                                self);
    }
  gtk_filter_list_model_set_model (self->filtered, G_LIST_MODEL (self->connections));
  update_watch (self);
  update_stack (self);
}

/* The columns follow the width */

static gboolean
show_columns_cb (gpointer user_data)
{
  CulvertConnectionsView *self = user_data;

  culvert_source_clear (&self->columns_source);
  culvert_connection_columns_show (self->table, culvert_connection_columns_for_width (self->width));
  return G_SOURCE_REMOVE;
}

/* What comes and goes with the width must wait until all have theirs. */
static void
width_changed_cb (CulvertConnectionsView *self, GParamSpec *pspec, GtkAdjustment *across)
{
  self->width = (int)gtk_adjustment_get_page_size (across);
  if (self->columns_source != NULL)
    return;

  self->columns_source = g_idle_source_new ();
  g_source_set_priority (self->columns_source, G_PRIORITY_HIGH_IDLE);
  g_source_set_callback (self->columns_source, show_columns_cb, self, NULL);
  g_source_attach (self->columns_source, NULL);
}

static void
culvert_connections_view_dispose (GObject *object)
{
  CulvertConnectionsView *self = CULVERT_CONNECTIONS_VIEW (object);

  drop_connections (self);
  culvert_clock_set_held (culvert_clock_get_default (), &self->holds_clock, FALSE);
  culvert_source_clear (&self->columns_source);
  g_clear_object (&self->tunnel_signals);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_CONNECTIONS_VIEW);
  g_clear_object (&self->selection);
  g_clear_object (&self->sorted);
  g_clear_object (&self->filtered);
  g_clear_object (&self->filter);
  g_clear_object (&self->order);
  g_clear_pointer (&self->search, g_strfreev);
  G_OBJECT_CLASS (culvert_connections_view_parent_class)->dispose (object);
}

static void
culvert_connections_view_class_init (CulvertConnectionsViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_connections_view_dispose;
  widget_class->focus = culvert_connections_view_focus;
  widget_class->map = culvert_connections_view_map;
  widget_class->unmap = culvert_connections_view_unmap;
  CULVERT_TUNNEL_PART_CLASS (klass)->tunnel_changed = culvert_connections_view_tunnel_changed;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/culvert_app/Culvert/connections-view.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertConnectionsView, scroller);
  gtk_widget_class_bind_template_child (widget_class, CulvertConnectionsView, table);
  gtk_widget_class_bind_template_child (widget_class, CulvertConnectionsView, stack);
  gtk_widget_class_bind_template_child (widget_class, CulvertConnectionsView, toolbar);
  gtk_widget_class_bind_template_child (widget_class, CulvertConnectionsView, empty);
  gtk_widget_class_bind_template_child (widget_class, CulvertConnectionsView, search_entry);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
  gtk_widget_class_install_action (widget_class, "connections.close", NULL, close_action);
  gtk_widget_class_install_action (widget_class, "connections.close-one", "t", close_one_action);
}

/* In the table alone: in the entry the key has its usual meaning. */
static void
add_delete_key (CulvertConnectionsView *self)
{
  GtkEventController *keys = gtk_shortcut_controller_new ();

  gtk_shortcut_controller_add_shortcut (
    GTK_SHORTCUT_CONTROLLER (keys), gtk_shortcut_new (gtk_keyval_trigger_new (GDK_KEY_Delete, 0),
                                                      gtk_named_action_new ("connections.close")));
  gtk_widget_add_controller (GTK_WIDGET (self->table), keys);
}

static void
culvert_connections_view_init (CulvertConnectionsView *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));

  self->tunnel_signals = g_signal_group_new (CULVERT_TYPE_TUNNEL);
  g_signal_group_connect_swapped (self->tunnel_signals, "notify::state", G_CALLBACK (update_stack),
                                  self);
  g_signal_group_connect_swapped (self->tunnel_signals, "notify::n-open", G_CALLBACK (update_stack),
                                  self);
  culvert_connection_columns_add (self->table, CULVERT_TUNNEL_PART (self));
  self->order = culvert_connection_order_new (gtk_column_view_get_sorter (self->table));
  self->filter = GTK_FILTER (gtk_custom_filter_new (filter_cb, self, NULL));
  self->filtered = gtk_filter_list_model_new (NULL, g_object_ref (self->filter));
  self->sorted = gtk_sort_list_model_new (g_object_ref (G_LIST_MODEL (self->filtered)),
                                          g_object_ref (self->order));
  gtk_sort_list_model_set_incremental (self->sorted, FALSE);
  self->selection = gtk_single_selection_new (g_object_ref (G_LIST_MODEL (self->sorted)));
  gtk_single_selection_set_autoselect (self->selection, FALSE);
  gtk_single_selection_set_can_unselect (self->selection, TRUE);
  gtk_single_selection_set_selected (self->selection, GTK_INVALID_LIST_POSITION);
  gtk_column_view_set_model (self->table, GTK_SELECTION_MODEL (self->selection));
  g_signal_connect_object (self->selection, "notify::selected-item", G_CALLBACK (update_actions),
                           self, G_CONNECT_SWAPPED);
  g_signal_connect_object (gtk_scrolled_window_get_hadjustment (self->scroller),
                           "notify::page-size", G_CALLBACK (width_changed_cb), self,
                           G_CONNECT_SWAPPED);
  add_delete_key (self);
  gtk_search_entry_set_key_capture_widget (self->search_entry, GTK_WIDGET (self->table));
  update_actions (self);
}

GListModel *
culvert_connections_view_get_shown (CulvertConnectionsView *self)
{
  g_return_val_if_fail (CULVERT_IS_CONNECTIONS_VIEW (self), NULL);

  return G_LIST_MODEL (self->selection);
}
