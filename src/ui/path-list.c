/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/path-list.h"

#include "ui/accessible-name.h"
#include "ui/problem-row.h"

#include <glib/gi18n.h>

struct _CulvertPathList
{
  AdwExpanderRow       parent_instance;
  char                *entry_title;
  char                *chooser_title;
  CulvertProfileDraft *draft;
  CulvertField         field;
  GPtrArray           *entries;  /* of AdwEntryRow */
  GPtrArray           *problems; /* of CulvertProblemRow: of the entry in the same place */
  GtkWidget           *add_row;
};

G_DEFINE_FINAL_TYPE (CulvertPathList, culvert_path_list, ADW_TYPE_EXPANDER_ROW)

enum
{
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void rebuild (CulvertPathList *self, const char *const *paths);

static const char *
get_text (CulvertPathList *self, guint index)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->entries->pdata[index]));
}

static void
watch_problem (CulvertPathList *self, guint index)
{
  CulvertProblemFilter filter = { .field = self->field, .subject = get_text (self, index) };

  culvert_problem_row_watch (self->problems->pdata[index], self->draft, &filter,
                             self->entries->pdata[index]);
}

/* Another one makes sense when each field is used. */
static void
update_add_row (CulvertPathList *self)
{
  gboolean is_full = TRUE;

  for (guint i = 0; i < self->entries->len; i++)
    is_full = is_full && *get_text (self, i) != '\0';
  gtk_widget_set_visible (self->add_row, is_full);
}

static void
entry_changed_cb (CulvertPathList *self, AdwEntryRow *entry)
{
  guint index;

  if (!g_ptr_array_find (self->entries, entry, &index))
    return;
  watch_problem (self, index);
  update_add_row (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
remove_cb (GtkButton *button, CulvertPathList *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv)           paths = NULL;
  gpointer                 entry = g_object_get_data (G_OBJECT (button), "entry");

  for (guint i = 0; i < self->entries->len; i++)
    if (self->entries->pdata[i] != entry)
      g_strv_builder_add (builder, get_text (self, i));
  paths = g_strv_builder_end (builder);
  rebuild (self, (const char *const *)paths);
  gtk_widget_grab_focus (self->entries->pdata[0]);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

static void
chosen_cb (GtkNativeDialog *dialog, int response, gpointer user_data)
{
  g_autoptr (GtkEditable) entry = user_data;
  g_autoptr (GFile)       file = NULL;
  g_autofree char        *path = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (dialog));
  if (file != NULL)
    path = g_file_get_path (file);
  if (path != NULL)
    gtk_editable_set_text (entry, path);
  g_object_unref (dialog);
}

static void
browse_cb (GtkButton *button, CulvertPathList *self)
{
  GtkRoot              *root = gtk_widget_get_root (GTK_WIDGET (self));
  gpointer              entry = g_object_get_data (G_OBJECT (button), "entry");
  GtkFileChooserNative *dialog = gtk_file_chooser_native_new (
    self->chooser_title, GTK_IS_WINDOW (root) ? GTK_WINDOW (root) : NULL,
    GTK_FILE_CHOOSER_ACTION_OPEN, NULL, NULL);
  g_autofree char  *typed = culvert_path_expand (gtk_editable_get_text (GTK_EDITABLE (entry)));
  g_autofree char  *ssh_dir = g_build_filename (g_get_home_dir (), ".ssh", NULL);
  g_autofree char  *dir = NULL;
  g_autoptr (GFile) folder = NULL;

  /* Where such files usually lie. */
  dir = g_path_is_absolute (typed) ? g_path_get_dirname (typed) : g_strdup (ssh_dir);
  folder = g_file_new_for_path (dir);
  if (g_file_test (dir, G_FILE_TEST_IS_DIR))
    gtk_file_chooser_set_current_folder (GTK_FILE_CHOOSER (dialog), folder, NULL);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (dialog), TRUE);
  g_signal_connect (dialog, "response", G_CALLBACK (chosen_cb), g_object_ref (entry));
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (dialog));
}

static GtkWidget *
add_button (AdwEntryRow     *entry,
            const char      *icon_name,
            const char      *label,
            GCallback        callback,
            CulvertPathList *self)
{
  GtkWidget *button = gtk_button_new_from_icon_name (icon_name);

  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_add_css_class (button, "flat");
  gtk_widget_set_tooltip_text (button, label);
  gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_object_set_data (G_OBJECT (button), "entry", entry);
  g_signal_connect_object (button, "clicked", callback, self, 0);
  adw_entry_row_add_suffix (entry, button);
  return button;
}

static void
add_entry (CulvertPathList *self, const char *path, gboolean can_remove)
{
  AdwExpanderRow *expander = ADW_EXPANDER_ROW (self);
  GtkWidget      *entry = adw_entry_row_new ();
  GtkWidget      *problem = culvert_problem_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (entry), self->entry_title);
  gtk_editable_set_text (GTK_EDITABLE (entry), path);
  gtk_editable_set_position (GTK_EDITABLE (entry), -1);
  adw_entry_row_set_activates_default (ADW_ENTRY_ROW (entry), TRUE);
  if (self->chooser_title != NULL)
    add_button (ADW_ENTRY_ROW (entry), "document-open-symbolic", _ ("Choose a File"),
                G_CALLBACK (browse_cb), self);
  if (can_remove)
    add_button (ADW_ENTRY_ROW (entry), "user-trash-symbolic", _ ("Take Off the List"),
                G_CALLBACK (remove_cb), self);
  adw_expander_row_add_row (expander, entry);
  adw_expander_row_add_row (expander, problem);
  g_ptr_array_add (self->entries, entry);
  g_ptr_array_add (self->problems, problem);
  watch_problem (self, self->entries->len - 1);
  g_signal_connect_object (entry, "changed", G_CALLBACK (entry_changed_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
add_cb (CulvertPathList *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv)           paths = culvert_path_list_dup_paths (self);
  g_auto (GStrv)           more = NULL;

  for (guint i = 0; paths[i] != NULL; i++)
    g_strv_builder_add (builder, paths[i]);
  g_strv_builder_add (builder, "");
  more = g_strv_builder_end (builder);
  rebuild (self, (const char *const *)more);
  gtk_widget_grab_focus (self->entries->pdata[self->entries->len - 1]);
}

static void
add_adder (CulvertPathList *self)
{
  GtkWidget *icon = gtk_image_new_from_icon_name ("list-add-symbolic");

  self->add_row = adw_action_row_new ();
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->add_row), _ ("Add Another"));
  adw_action_row_add_prefix (ADW_ACTION_ROW (self->add_row), icon);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (self->add_row), TRUE);
  g_signal_connect_object (self->add_row, "activated", G_CALLBACK (add_cb), self,
                           G_CONNECT_SWAPPED);
  adw_expander_row_add_row (ADW_EXPANDER_ROW (self), self->add_row);
  update_add_row (self);
}

static void
rebuild (CulvertPathList *self, const char *const *paths)
{
  AdwExpanderRow *expander = ADW_EXPANDER_ROW (self);
  guint           n_paths = g_strv_length ((char **)paths);

  for (guint i = 0; i < self->entries->len; i++)
    {
      adw_expander_row_remove (expander, self->entries->pdata[i]);
      adw_expander_row_remove (expander, self->problems->pdata[i]);
    }
  if (self->add_row != NULL)
    adw_expander_row_remove (expander, self->add_row);
  g_ptr_array_set_size (self->entries, 0);
  g_ptr_array_set_size (self->problems, 0);
  for (guint i = 0; i < MAX (n_paths, 1); i++)
    add_entry (self, i < n_paths ? paths[i] : "", n_paths > 1);
  add_adder (self);
}

static void
culvert_path_list_dispose (GObject *object)
{
  g_clear_object (&CULVERT_PATH_LIST (object)->draft);
  G_OBJECT_CLASS (culvert_path_list_parent_class)->dispose (object);
}

static void
culvert_path_list_finalize (GObject *object)
{
  CulvertPathList *self = CULVERT_PATH_LIST (object);

  g_free (self->entry_title);
  g_free (self->chooser_title);
  g_ptr_array_unref (self->entries);
  g_ptr_array_unref (self->problems);
  G_OBJECT_CLASS (culvert_path_list_parent_class)->finalize (object);
}

static void
culvert_path_list_class_init (CulvertPathListClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = culvert_path_list_dispose;
  G_OBJECT_CLASS (klass)->finalize = culvert_path_list_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST,
                                          0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
culvert_path_list_init (CulvertPathList *self)
{
  self->entries = g_ptr_array_new ();
  self->problems = g_ptr_array_new ();
  culvert_accessible_name_expander (ADW_EXPANDER_ROW (self));
}

void
culvert_path_list_set_up (CulvertPathList     *self,
                          const char          *entry_title,
                          const char          *chooser_title,
                          CulvertProfileDraft *draft,
                          CulvertField         field)
{
  g_return_if_fail (CULVERT_IS_PATH_LIST (self));
  g_return_if_fail (self->draft == NULL);

  self->entry_title = g_strdup (entry_title);
  self->chooser_title = g_strdup (chooser_title);
  self->draft = g_object_ref (draft);
  self->field = field;
  rebuild (self, (const char *const[]){ NULL });
}

void
culvert_path_list_set_paths (CulvertPathList *self, const char *const *paths)
{
  g_auto (GStrv) present = NULL;

  g_return_if_fail (CULVERT_IS_PATH_LIST (self));

  present = culvert_path_list_dup_paths (self);
  if (!g_strv_equal ((const char *const *)present, paths))
    rebuild (self, paths);
}

GStrv
culvert_path_list_dup_paths (CulvertPathList *self)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  g_return_val_if_fail (CULVERT_IS_PATH_LIST (self), NULL);

  for (guint i = 0; i < self->entries->len; i++)
    if (*get_text (self, i) != '\0')
      g_strv_builder_add (builder, get_text (self, i));
  return g_strv_builder_end (builder);
}
