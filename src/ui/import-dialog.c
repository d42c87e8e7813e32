/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/import-dialog.h"

#include "core/errors.h"
#include "ui/accessible-name.h"
#include "ui/file-choosers.h"
#include "ui/import-item.h"
#include "ui/import-reading.h"
#include "ui/import-row.h"
#include "words/failure.h"
#include "words/import-words.h"

#include <glib/gi18n.h>

#define SEARCH_FROM 10 /* rows from which on searching helps */

struct _CulvertImportDialog
{
  AdwWindow             parent_instance;
  CulvertTunnelManager *manager;
  GStrv                 paths;   /* what is shown; NULL while it asks where from */
  GCancellable         *reading; /* of whatever is read */
  GListStore           *items;   /* of CulvertImportItem */
  GtkFilter            *filter;

  /* saving, one at a time so that the window stays alive */
  GPtrArray         *queue; /* of CulvertImportItem; NULL when nothing is under way */
  guint              n_done;
  guint              source_id;
  GPtrArray         *saved; /* of CulvertProfile: whose names are taken */
  CulvertImportUndo *undo;

  GtkStack       *stack;
  GtkListBox     *places;
  GtkLabel       *summary;
  GtkCheckButton *all;
  GtkWidget      *search_bar;
  GtkEditable    *search;
  GtkLabel       *trouble;
  GtkListView    *list;
  GtkButton      *import;
  GtkProgressBar *progress;
};

enum
{
  SIGNAL_IMPORTED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CulvertImportDialog, culvert_import_dialog, ADW_TYPE_WINDOW)

static void read_paths (CulvertImportDialog *self);

/* (transfer full) */
static CulvertImportItem *
get_item (CulvertImportDialog *self, guint index)
{
  return g_list_model_get_item (G_LIST_MODEL (self->items), index);
}

static guint
get_n_items (CulvertImportDialog *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->items));
}

static guint
count_chosen (CulvertImportDialog *self)
{
  guint n_chosen = 0;

  for (guint i = 0; i < get_n_items (self); i++)
    {
      g_autoptr (CulvertImportItem) item = get_item (self, i);

      n_chosen += culvert_import_item_is_chosen (item);
    }
  return n_chosen;
}

/* Is it one of those that "All" means: new ones? */
static gboolean
is_new (CulvertImportItem *item)
{
  const CulvertImportCandidate *candidate = culvert_import_item_get_candidate (item);

  return candidate != NULL && candidate->state == CULVERT_IMPORT_NEW;
}

static void all_toggled_cb (CulvertImportDialog *self);

static void
update_all (CulvertImportDialog *self)
{
  guint n_new = 0;
  guint n_chosen = 0;

  for (guint i = 0; i < get_n_items (self); i++)
    {
      g_autoptr (CulvertImportItem) item = get_item (self, i);

      n_new += is_new (item);
      n_chosen += is_new (item) && culvert_import_item_is_chosen (item);
    }
  gtk_widget_set_visible (GTK_WIDGET (self->all), n_new > 1);
  g_signal_handlers_block_by_func (self->all, all_toggled_cb, self);
  gtk_check_button_set_active (self->all, n_chosen == n_new && n_new > 0);
  gtk_check_button_set_inconsistent (self->all, n_chosen > 0 && n_chosen < n_new);
  g_signal_handlers_unblock_by_func (self->all, all_toggled_cb, self);
}

static void
update_buttons (CulvertImportDialog *self)
{
  guint            n_chosen = count_chosen (self);
  gboolean         is_list = g_str_equal (gtk_stack_get_visible_child_name (self->stack), "list");
  g_autofree char *label =
    n_chosen > 0
      ? g_strdup_printf (ngettext ("_Import %u Tunnel", "_Import %u Tunnels", n_chosen), n_chosen)
      : g_strdup (_ ("_Import"));

  gtk_button_set_label (self->import, label);
  gtk_widget_set_visible (GTK_WIDGET (self->import), is_list);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "import.save", is_list && n_chosen > 0);
  update_all (self);
}

static void
show (CulvertImportDialog *self, const char *name)
{
  gtk_stack_set_visible_child_name (self->stack, name);
  update_buttons (self);
}

static void
all_toggled_cb (CulvertImportDialog *self)
{
  gboolean is_active = gtk_check_button_get_active (self->all);

  for (guint i = 0; i < get_n_items (self); i++)
    {
      g_autoptr (CulvertImportItem) item = get_item (self, i);

      if (is_new (item))
        culvert_import_item_set_chosen (item, is_active);
    }
}

static gboolean
is_found (gpointer item, gpointer user_data)
{
  CulvertImportDialog *self = user_data;

  return culvert_import_item_matches (item, gtk_editable_get_text (self->search));
}

static void
search_changed_cb (CulvertImportDialog *self)
{
  gtk_filter_changed (self->filter, GTK_FILTER_CHANGE_DIFFERENT);
}

static int
compare_items (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return (int)culvert_import_item_get_rank ((CulvertImportItem *)a) -
         (int)culvert_import_item_get_rank ((CulvertImportItem *)b);
}

/* What several of them lack, as one row for all. */
static void
add_notes (CulvertImportDialog *self, GPtrArray *notes, gboolean is_minor)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < notes->len; i++)
    {
      const CulvertImportNote *note = g_ptr_array_index (notes, i);
      g_autofree char         *line = NULL;

      if (culvert_import_note_is_minor (note) != is_minor)
        continue;
      line = culvert_words_for_import_note_and_place (note);
      g_string_append_printf (text, "%s%s", text->len > 0 ? "\n" : "", line);
    }
  if (text->len > 0)
    {
      g_autoptr (CulvertImportItem) item = culvert_import_item_new_note (
        is_minor ? _ ("Makes No Difference to a Tunnel") : _ ("Concerns Several of Them"),
        text->str);

      g_list_store_append (self->items, item);
    }
}

/* Of one tunnel alone what makes no difference is said with the rest of its kind. */
static GPtrArray *
collect_notes (CulvertImport *import)
{
  GPtrArray *notes = g_ptr_array_new ();

  g_ptr_array_extend (notes, import->notes, NULL, NULL);
  for (guint i = 0; i < import->candidates->len; i++)
    {
      const CulvertImportCandidate *candidate = g_ptr_array_index (import->candidates, i);

      for (guint j = 0; j < candidate->notes->len; j++)
        {
          const CulvertImportNote *note = g_ptr_array_index (candidate->notes, j);

          if (note->code == CULVERT_IMPORT_MINOR_LINE)
            g_ptr_array_add (notes, (gpointer)note);
        }
    }
  return notes;
}

static void
count_states (CulvertImport *import, guint *n_usable, guint *n_same, guint *n_other)
{
  *n_usable = *n_same = *n_other = 0;
  for (guint i = 0; i < import->candidates->len; i++)
    {
      const CulvertImportCandidate *candidate = g_ptr_array_index (import->candidates, i);

      if (culvert_import_candidate_is_usable (candidate))
        ++*n_usable;
      else if (candidate->state == CULVERT_IMPORT_SAME)
        ++*n_same;
      else
        ++*n_other;
    }
}

static void
describe (CulvertImportDialog *self, CulvertImport *import)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint               n_usable, n_same, n_other;

  count_states (import, &n_usable, &n_same, &n_other);
  g_string_append_printf (
    text, ngettext ("%u tunnel can be imported.", "%u tunnels can be imported.", n_usable),
    n_usable);
  if (n_same > 0)
    {
      g_string_append_c (text, ' ');
      g_string_append_printf (
        text, ngettext ("%u is there already.", "%u are there already.", n_same), n_same);
    }
  if (n_other > 0)
    {
      g_string_append_c (text, ' ');
      g_string_append_printf (
        text, ngettext ("%u can’t be imported.", "%u can’t be imported.", n_other), n_other);
    }
  gtk_label_set_label (self->summary, text->str);
}

static void
take (CulvertImportDialog *self, CulvertImport *import)
{
  g_autoptr (GPtrArray) notes = collect_notes (import);

  g_list_store_remove_all (self->items);
  for (guint i = 0; i < import->candidates->len; i++)
    {
      g_autoptr (CulvertImportItem) item =
        culvert_import_item_new (import, g_ptr_array_index (import->candidates, i));

      g_signal_connect_object (item, "notify::is-chosen", G_CALLBACK (update_buttons), self,
                               G_CONNECT_SWAPPED);
      g_list_store_append (self->items, item);
    }
  g_list_store_sort (self->items, compare_items, NULL);
  add_notes (self, notes, FALSE);
  add_notes (self, notes, TRUE);
  gtk_widget_set_visible (self->search_bar, import->candidates->len >= SEARCH_FROM);
  describe (self, import);
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError)        error = NULL;
  g_autoptr (CulvertImport) import = culvert_import_reading_finish (result, &error);
  CulvertImportDialog      *self = user_data;

  /* Cancelled: the dialog is gone. */
  if (import == NULL)
    return;
  take (self, import);
  show (self, "list");
  gtk_widget_grab_focus (GTK_WIDGET (self->list));
}

static void
read_paths (CulvertImportDialog *self)
{
  GListModel           *store = G_LIST_MODEL (culvert_tunnel_manager_get_store (self->manager));
  g_autoptr (GPtrArray) saved = culvert_import_list_saved (store);

  show (self, "reading");
  culvert_import_reading_start ((const char *const *)self->paths, saved, self->reading, read_cb,
                                self);
}

static void
set_paths (CulvertImportDialog *self, const char *const *paths)
{
  g_strfreev (self->paths);
  self->paths = g_strdupv ((char **)paths);
  read_paths (self);
}

static void
files_chosen_cb (const char *const *paths, gpointer user_data)
{
  set_paths (CULVERT_IMPORT_DIALOG (user_data), paths);
}

static void
place_activated_cb (CulvertImportDialog *self, GtkListBoxRow *row)
{
  const char *path = g_object_get_data (G_OBJECT (row), "culvert-path");
  const char *paths[] = { path, NULL };

  if (path != NULL)
    set_paths (self, paths);
  else
    culvert_choose_import_files (GTK_WINDOW (self), files_chosen_cb, self);
}

static GtkWidget *
make_place_row (const CulvertImportPlace *place)
{
  GtkWidget       *row = adw_action_row_new ();
  g_autofree char *subtitle =
    place->kind == CULVERT_IMPORT_KIND_PUTTY
      ? g_strdup_printf (ngettext ("PuTTY: %u session", "PuTTY: %u sessions", place->n_found),
                         place->n_found)
      : g_strdup_printf (ngettext ("ssh: %u server", "ssh: %u servers", place->n_found),
                         place->n_found);

  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), place->shown);
  adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row),
                             gtk_image_new_from_icon_name ("go-next-symbolic"));
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), TRUE);
  g_object_set_data_full (G_OBJECT (row), "culvert-path", g_strdup (place->path), g_free);
  return row;
}

static void
places_found_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (GPtrArray) places = culvert_import_places_finish (result, &error);
  CulvertImportDialog  *self = user_data;

  for (guint i = 0; places != NULL && i < places->len; i++)
    gtk_list_box_insert (self->places, make_place_row (g_ptr_array_index (places, i)), (int)i);
}

/* What was saved so far can be taken back, however it ended. */
static void
stop_saving (CulvertImportDialog *self)
{
  g_autoptr (CulvertImportUndo) undo = g_steal_pointer (&self->undo);

  g_clear_handle_id (&self->source_id, g_source_remove);
  g_clear_pointer (&self->queue, g_ptr_array_unref);
  g_clear_pointer (&self->saved, g_ptr_array_unref);
  if (undo != NULL && culvert_import_undo_get_n (undo) > 0)
    g_signal_emit (self, signals[SIGNAL_IMPORTED], 0, undo);
}

static gboolean
save (CulvertImportDialog *self, CulvertImportItem *item, GError **error)
{
  const CulvertImportCandidate *candidate = culvert_import_item_get_candidate (item);
  CulvertImportChoice           choice = culvert_import_item_get_choice (item);
  g_autoptr (CulvertProfile)    profile =
    culvert_import_candidate_build (candidate, choice, self->saved);

  /* Somebody else may have made one of that id since the files were read. */
  if (choice == CULVERT_IMPORT_ADD &&
      culvert_tunnel_manager_find (self->manager, profile->id) != NULL)
    {
      g_set_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_CONFLICT,
                   "%s: is there by now", profile->id);
      return FALSE;
    }
  if (!culvert_tunnel_manager_save (self->manager, profile, error))
    return FALSE;
  culvert_import_undo_add (self->undo,
                           choice == CULVERT_IMPORT_REPLACE ? candidate->existing : NULL, profile);
  g_ptr_array_add (self->saved, culvert_profile_ref (profile));
  return TRUE;
}

static void
show_trouble (CulvertImportDialog *self, CulvertImportItem *item, const GError *error)
{
  g_autoptr (CulvertFailureWords) words = culvert_failure_words_for_other (error);
  g_autofree char                *said = culvert_failure_words_join (words);
  g_autofree char                *text = NULL;

  /* Translators: 1 is the name of a tunnel, 2 one or more whole sentences */
  text = g_strdup_printf (_ ("“%1$s” was not imported. %2$s"), culvert_import_item_get_title (item),
                          said);
  gtk_label_set_label (self->trouble, text);
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), TRUE);
}

static gboolean
save_next_cb (gpointer user_data)
{
  CulvertImportDialog *self = user_data;
  CulvertImportItem   *item = g_ptr_array_index (self->queue, self->n_done);
  g_autoptr (GError)   error = NULL;

  if (!save (self, item, &error))
    {
      show_trouble (self, item, error);
      self->source_id = 0;
      stop_saving (self);
      /* What is saved by now is there already. */
      read_paths (self);
      return G_SOURCE_REMOVE;
    }
  self->n_done++;
  gtk_progress_bar_set_fraction (self->progress, (double)self->n_done / self->queue->len);
  if (self->n_done < self->queue->len)
    return G_SOURCE_CONTINUE;
  self->source_id = 0;
  gtk_window_close (GTK_WINDOW (self));
  return G_SOURCE_REMOVE;
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertImportDialog *self = CULVERT_IMPORT_DIALOG (widget);
  GListModel          *store = G_LIST_MODEL (culvert_tunnel_manager_get_store (self->manager));

  g_return_if_fail (self->queue == NULL);
  self->queue = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < get_n_items (self); i++)
    {
      g_autoptr (CulvertImportItem) item = get_item (self, i);

      if (culvert_import_item_is_chosen (item))
        g_ptr_array_add (self->queue, g_steal_pointer (&item));
    }
  self->n_done = 0;
  self->saved = culvert_import_list_saved (store);
  self->undo = culvert_import_undo_new ();
  gtk_widget_set_visible (GTK_WIDGET (self->trouble), FALSE);
  gtk_progress_bar_set_fraction (self->progress, 0);
  show (self, "saving");
  self->source_id = g_idle_add (save_next_cb, self);
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  gtk_list_item_set_activatable (item, FALSE);
  gtk_list_item_set_child (item, culvert_import_row_new ());
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  CulvertImportItem *what = gtk_list_item_get_item (item);

  culvert_import_row_set_item (CULVERT_IMPORT_ROW (gtk_list_item_get_child (item)), what);
  culvert_accessible_name_row (gtk_list_item_get_child (item),
                               culvert_import_item_get_title (what));
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *item)
{
  culvert_import_row_set_item (CULVERT_IMPORT_ROW (gtk_list_item_get_child (item)), NULL);
}

static gboolean
culvert_import_dialog_close_request (GtkWindow *window)
{
  stop_saving (CULVERT_IMPORT_DIALOG (window));
  return GTK_WINDOW_CLASS (culvert_import_dialog_parent_class)->close_request (window);
}

static void
culvert_import_dialog_dispose (GObject *object)
{
  CulvertImportDialog *self = CULVERT_IMPORT_DIALOG (object);

  g_cancellable_cancel (self->reading);
  g_clear_handle_id (&self->source_id, g_source_remove);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_IMPORT_DIALOG);
  g_clear_pointer (&self->queue, g_ptr_array_unref);
  g_clear_pointer (&self->saved, g_ptr_array_unref);
  g_clear_object (&self->undo);
  g_clear_object (&self->items);
  g_clear_object (&self->manager);
  G_OBJECT_CLASS (culvert_import_dialog_parent_class)->dispose (object);
}

static void
culvert_import_dialog_finalize (GObject *object)
{
  CulvertImportDialog *self = CULVERT_IMPORT_DIALOG (object);

  g_clear_object (&self->reading);
  g_clear_pointer (&self->paths, g_strfreev);
  G_OBJECT_CLASS (culvert_import_dialog_parent_class)->finalize (object);
}

static void
culvert_import_dialog_class_init (CulvertImportDialogClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = culvert_import_dialog_dispose;
  object_class->finalize = culvert_import_dialog_finalize;
  GTK_WINDOW_CLASS (klass)->close_request = culvert_import_dialog_close_request;
  signals[SIGNAL_IMPORTED] =
    g_signal_new ("imported", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                  G_TYPE_NONE, 1, CULVERT_TYPE_IMPORT_UNDO);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/import-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertImportDialog, stack);
  gtk_widget_class_bind_template_child (widget_class, CulvertImportDialog, places);
  gtk_widget_class_bind_template_child (widget_class, CulvertImportDialog, summary);
  gtk_widget_class_bind_template_child (widget_class, CulvertImportDialog, all);
  gtk_widget_class_bind_template_child (widget_class, CulvertImportDialog, search_bar);
  gtk_widget_class_bind_template_child (widget_class, CulvertImportDialog, search);
  gtk_widget_class_bind_template_child (widget_class, CulvertImportDialog, trouble);
  gtk_widget_class_bind_template_child (widget_class, CulvertImportDialog, list);
  gtk_widget_class_bind_template_child (widget_class, CulvertImportDialog, import);
  gtk_widget_class_bind_template_child (widget_class, CulvertImportDialog, progress);
  gtk_widget_class_bind_template_callback (widget_class, all_toggled_cb);
  gtk_widget_class_bind_template_callback (widget_class, search_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, place_activated_cb);
  gtk_widget_class_install_action (widget_class, "import.save", NULL, save_action);
}

static void
culvert_import_dialog_init (CulvertImportDialog *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkNoSelection)     selection = NULL;
  GtkFilterListModel            *found;

  gtk_widget_init_template (GTK_WIDGET (self));
  self->reading = g_cancellable_new ();
  self->items = g_list_store_new (CULVERT_TYPE_IMPORT_ITEM);
  self->filter = GTK_FILTER (gtk_custom_filter_new (is_found, self, NULL));
  found = gtk_filter_list_model_new (G_LIST_MODEL (g_object_ref (self->items)), self->filter);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), NULL);
  gtk_list_view_set_factory (self->list, factory);
  selection = gtk_no_selection_new (G_LIST_MODEL (found));
  gtk_list_view_set_model (self->list, GTK_SELECTION_MODEL (selection));
  show (self, "places");
}

GtkWidget *
culvert_import_dialog_new (GtkWindow            *parent,
                           CulvertTunnelManager *manager,
                           const char *const    *paths)
{
  CulvertImportDialog *self = g_object_new (CULVERT_TYPE_IMPORT_DIALOG, "transient-for", parent,
                                            "accessible-role", GTK_ACCESSIBLE_ROLE_DIALOG, NULL);

  self->manager = g_object_ref (manager);
  if (paths != NULL)
    set_paths (self, paths);
  else
    culvert_import_places_find (self->reading, places_found_cb, self);
  return GTK_WIDGET (self);
}
