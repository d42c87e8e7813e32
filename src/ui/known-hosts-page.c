/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/known-hosts-page.h"

#include "engine/known-host.h"
#include "ui/known-host-row.h"
#include "words/failure.h"

#include <glib/gi18n.h>

struct _CulvertKnownHostsPage
{
  AdwWindow           parent_instance;
  GListStore         *hosts; /* of CulvertKnownHost, file by file, line by line */
  GtkFilter          *filter;
  GtkFilterListModel *found;
  GCancellable       *reading;
  gboolean            has_read;
  AdwToastOverlay    *toasts;
  GtkEditable        *search;
  GtkLabel           *trouble;
  GtkStack           *stack;
  GtkListView        *list;
};

/* One that was removed and can be put back while its toast is shown. */
typedef struct
{
  CulvertKnownHostsPage *page;
  CulvertKnownHost      *host;
  guint                  place; /* in the store */
} Removal;

G_DEFINE_FINAL_TYPE (CulvertKnownHostsPage, culvert_known_hosts_page, ADW_TYPE_WINDOW)

static void
update (CulvertKnownHostsPage *self)
{
  const char *name = "list";

  if (!self->has_read)
    name = "reading";
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->hosts)) == 0)
    name = "empty";
  else if (g_list_model_get_n_items (G_LIST_MODEL (self->found)) == 0)
    name = "nothing-found";
  gtk_stack_set_visible_child_name (self->stack, name);
}

static gboolean
is_found (gpointer item, gpointer user_data)
{
  CulvertKnownHostsPage *self = user_data;

  return culvert_known_host_matches (item, gtk_editable_get_text (self->search));
}

static void
search_changed_cb (CulvertKnownHostsPage *self)
{
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
  update (self);
}

/* Escape: the words first, then the window.  The entry keeps that key from the window's shortcuts. */
static void
stop_search_cb (CulvertKnownHostsPage *self, GtkSearchEntry *entry)
{
  if (*gtk_editable_get_text (GTK_EDITABLE (entry)) != '\0')
    gtk_editable_set_text (GTK_EDITABLE (entry), "");
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
show_trouble (CulvertKnownHostsPage *self, const GError *error)
{
  g_autoptr (CulvertFailureWords) words =
    error != NULL ? culvert_failure_words_for_other (error) : NULL;

  gtk_widget_set_visible (GTK_WIDGET (self->trouble), words != NULL);
  if (words != NULL)
    gtk_label_set_label (self->trouble, words->what);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError)     error = NULL;
  g_autoptr (GPtrArray)  hosts = culvert_known_host_read_finish (result, &error);
  CulvertKnownHostsPage *self = user_data;

  /* Cancelled: the page is gone. */
  if (hosts == NULL)
    return;
  g_list_store_splice (self->hosts, 0, g_list_model_get_n_items (G_LIST_MODEL (self->hosts)),
                       hosts->pdata, hosts->len);
  self->has_read = TRUE;
  show_trouble (self, error);
  update (self);
}

static void
shift (CulvertKnownHostsPage *self, CulvertKnownHost *host, int by)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (self->hosts));

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CulvertKnownHost) other = g_list_model_get_item (G_LIST_MODEL (self->hosts), i);

      if (other != host)
        culvert_known_host_shift (other, culvert_known_host_get_file (host),
                                  culvert_known_host_get_line_number (host), by);
    }
}

static void
removal_free (Removal *removal)
{
  g_object_unref (removal->page);
  g_object_unref (removal->host);
  g_free (removal);
}

static void
removal_free_cb (gpointer data, GClosure *closure)
{
  removal_free (data);
}

static Removal *
removal_new (CulvertKnownHostsPage *self, CulvertKnownHost *host, guint place)
{
  Removal *removal = g_new0 (Removal, 1);

  removal->page = g_object_ref (self);
  removal->host = g_object_ref (host);
  removal->place = place;
  return removal;
}

static void
put_back_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Removal               *removal = user_data;
  CulvertKnownHostsPage *self = removal->page;
  g_autoptr (GError)     error = NULL;

  if (culvert_known_host_change_finish (result, &error))
    {
      guint n = g_list_model_get_n_items (G_LIST_MODEL (self->hosts));

      shift (self, removal->host, 1);
      g_list_store_insert (self->hosts, MIN (removal->place, n), removal->host);
    }
  show_trouble (self, error);
  update (self);
  removal_free (removal);
}

static void
undo_cb (AdwToast *toast, Removal *removal)
{
  culvert_known_host_put_back_async (removal->host, put_back_cb,
                                     removal_new (removal->page, removal->host, removal->place));
}

static void
offer_undo (CulvertKnownHostsPage *self, CulvertKnownHost *host, guint place)
{
  g_autofree char *whose = culvert_known_host_describe (host);
  /* Translators: %s is whose key it was */
  g_autofree char *title = g_strdup_printf (_ ("“%s” forgotten"), whose);
  g_autofree char *escaped = g_markup_escape_text (title, -1);
  AdwToast        *toast = adw_toast_new (escaped);

  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_signal_connect_data (toast, "button-clicked", G_CALLBACK (undo_cb),
                         removal_new (self, host, place), removal_free_cb, 0);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
removed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CulvertKnownHostsPage) self = user_data;
  CulvertKnownHost                 *host = CULVERT_KNOWN_HOST (source);
  g_autoptr (GError)                error = NULL;
  guint                             place;

  if (culvert_known_host_change_finish (result, &error) &&
      g_list_store_find (self->hosts, host, &place))
    {
      g_list_store_remove (self->hosts, place);
      shift (self, host, -1);
      offer_undo (self, host, place);
    }
  show_trouble (self, error);
  update (self);
}

static void
remove_cb (CulvertKnownHostRow *row, CulvertKnownHostsPage *self)
{
  CulvertKnownHost *host = culvert_known_host_row_get_host (row);

  if (host != NULL)
    culvert_known_host_remove_async (host, removed_cb, g_object_ref (self));
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item, CulvertKnownHostsPage *self)
{
  GtkWidget *row = culvert_known_host_row_new ();

  g_signal_connect_object (row, "remove", G_CALLBACK (remove_cb), self, 0);
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, row);
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  culvert_known_host_row_set_host (CULVERT_KNOWN_HOST_ROW (gtk_list_item_get_child (item)),
                                   gtk_list_item_get_item (item));
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  culvert_known_host_row_set_host (CULVERT_KNOWN_HOST_ROW (gtk_list_item_get_child (item)), NULL);
}

static void
culvert_known_hosts_page_dispose (GObject *object)
{
  CulvertKnownHostsPage *self = CULVERT_KNOWN_HOSTS_PAGE (object);

  if (self->reading != NULL)
    g_cancellable_cancel (self->reading);
  g_clear_object (&self->reading);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_KNOWN_HOSTS_PAGE);
  g_clear_object (&self->found);
  g_clear_object (&self->hosts);
  G_OBJECT_CLASS (culvert_known_hosts_page_parent_class)->dispose (object);
}

static void
culvert_known_hosts_page_class_init (CulvertKnownHostsPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_known_hosts_page_dispose;
  gtk_widget_class_set_template_from_resource (
    widget_class, "/io/github/culvert_app/Culvert/known-hosts-page.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertKnownHostsPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, CulvertKnownHostsPage, search);
  gtk_widget_class_bind_template_child (widget_class, CulvertKnownHostsPage, trouble);
  gtk_widget_class_bind_template_child (widget_class, CulvertKnownHostsPage, stack);
  gtk_widget_class_bind_template_child (widget_class, CulvertKnownHostsPage, list);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, stop_search_cb);
}

static void
culvert_known_hosts_page_init (CulvertKnownHostsPage *self)
{
  GtkListItemFactory        *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkNoSelection) selection = NULL;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->hosts = g_list_store_new (CULVERT_TYPE_KNOWN_HOST);
  self->filter = GTK_FILTER (gtk_custom_filter_new (is_found, self, NULL));
  self->found = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (self->hosts)), self->filter);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), self);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  gtk_list_view_set_factory (self->list, factory);
  g_object_unref (factory);
  selection = gtk_no_selection_new (G_LIST_MODEL (g_object_ref (self->found)));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  gtk_search_entry_set_key_capture_widget (GTK_SEARCH_ENTRY (self->search), GTK_WIDGET (self));
  update (self);
}

static GStrv
find_files (CulvertTunnelManager *manager)
{
  guint                 n = g_list_model_get_n_items (G_LIST_MODEL (manager));
  g_autoptr (GPtrArray) profiles = g_ptr_array_new ();

  for (guint i = 0; i < n; i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (G_LIST_MODEL (manager), i);

      g_ptr_array_add (profiles, culvert_tunnel_get_profile (tunnel));
    }
  return culvert_known_host_files ((CulvertProfile *const *)profiles->pdata, profiles->len);
}

GtkWidget *
culvert_known_hosts_page_new (GtkWindow *parent, CulvertTunnelManager *manager, const char *search)
{
  CulvertKnownHostsPage *self =
    g_object_new (CULVERT_TYPE_KNOWN_HOSTS_PAGE, "transient-for", parent, NULL);
  g_auto (GStrv) files = find_files (manager);

  gtk_editable_set_text (self->search, search);
  self->reading = g_cancellable_new ();
  culvert_known_host_read_async ((const char *const *)files, self->reading, read_cb, self);
  return GTK_WIDGET (self);
}
