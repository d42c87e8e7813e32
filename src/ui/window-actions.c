/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/window-private.h"

#include "ui/check-page.h"
#include "ui/known-hosts-page.h"
#include "ui/paste-dialog.h"
#include "ui/profile-editor.h"
#include "words/failure.h"

#include <glib/gi18n.h>

/* A tunnel that was removed and can be taken back while its toast is shown. */
typedef struct
{
  CulvertWindow  *window;
  CulvertProfile *profile;
  gboolean        was_wanted;
  AdwToast       *toast;
} CulvertRemoval;

static void
removal_free (CulvertRemoval *removal)
{
  culvert_profile_unref (removal->profile);
  g_object_unref (removal->toast);
  g_free (removal);
}

void
culvert_window_show_failure (CulvertWindow *self, const char *heading, const GError *error)
{
  g_autoptr (CulvertFailureWords) words = culvert_failure_words_for_other (error);
  g_autofree char                *body = NULL;
  GtkWidget                      *dialog;

  body = words->next != NULL ? g_strdup_printf ("%s\n\n%s", words->what, words->next)
                             : g_strdup (words->what);
  dialog = adw_message_dialog_new (GTK_WINDOW (self), heading, NULL);
  adw_message_dialog_set_body (ADW_MESSAGE_DIALOG (dialog), body);
  adw_message_dialog_add_response (ADW_MESSAGE_DIALOG (dialog), "close", _ ("_Close"));
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
saved_cb (CulvertProfileEditor *editor, const char *tunnel_id, gpointer user_data)
{
  culvert_window_show_tunnel (CULVERT_WINDOW (user_data), tunnel_id);
}

/* (transfer none): the form, not yet presented */
static CulvertProfileEditor *
open_editor (CulvertWindow *self, CulvertProfile *draft)
{
  GtkWidget *editor = culvert_profile_editor_new (self->manager, draft);

  gtk_window_set_transient_for (GTK_WINDOW (editor), GTK_WINDOW (self));
  gtk_window_set_modal (GTK_WINDOW (editor), TRUE);
  g_signal_connect_object (editor, "saved", G_CALLBACK (saved_cb), self, 0);
  return CULVERT_PROFILE_EDITOR (editor);
}

static void
edit_draft (CulvertWindow *self, CulvertProfile *draft)
{
  gtk_window_present (GTK_WINDOW (open_editor (self, draft)));
}

static void
new_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  g_autoptr (CulvertProfile) draft = culvert_profile_new ();

  edit_draft (CULVERT_WINDOW (widget), draft);
}

static void
parsed_cb (CulvertPasteDialog *dialog, CulvertProfile *draft, gpointer user_data)
{
  edit_draft (CULVERT_WINDOW (user_data), draft);
}

static void
paste_command_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkWidget *dialog = culvert_paste_dialog_new (GTK_WINDOW (widget));

  g_signal_connect_object (dialog, "parsed", G_CALLBACK (parsed_cb), widget, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertWindow *self = CULVERT_WINDOW (widget);

  if (adw_leaflet_get_folded (self->leaflet))
    adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
}

static void
search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertWindow *self = CULVERT_WINDOW (widget);

  back_action (widget, NULL, NULL);
  culvert_tunnel_list_search (self->list);
}

/* The page may be behind the list. */
static void
show_view_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertWindow *self = CULVERT_WINDOW (widget);

  if (self->tunnel == NULL)
    return;
  culvert_window_show_tunnel (self, culvert_tunnel_get_id (self->tunnel));
  culvert_tunnel_page_show_view (self->page, g_variant_get_string (parameter, NULL));
}

static void
search_log_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertWindow *self = CULVERT_WINDOW (widget);

  if (self->tunnel == NULL)
    return;
  culvert_window_show_tunnel (self, culvert_tunnel_get_id (self->tunnel));
  culvert_tunnel_page_search_log (self->page);
}

static void
edit_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertWindow *self = CULVERT_WINDOW (widget);

  edit_draft (self, culvert_tunnel_get_profile (self->tunnel));
}

static void
edit_forward_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertWindow        *self = CULVERT_WINDOW (widget);
  const char           *forward_id = g_variant_get_string (parameter, NULL);
  CulvertProfileEditor *editor;

  if (self->tunnel == NULL)
    return;
  editor = open_editor (self, culvert_tunnel_get_profile (self->tunnel));
  gtk_window_present (GTK_WINDOW (editor));
  culvert_profile_editor_show_forward (editor, *forward_id != '\0' ? forward_id : NULL);
}

static void
duplicate_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertWindow             *self = CULVERT_WINDOW (widget);
  g_autoptr (CulvertProfile) copy =
    culvert_profile_duplicate (culvert_tunnel_get_profile (self->tunnel));

  edit_draft (self, copy);
}

static void
toggle_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertWindow *self = CULVERT_WINDOW (widget);

  if (culvert_tunnel_is_wanted (self->tunnel))
    culvert_tunnel_stop (self->tunnel);
  else
    culvert_tunnel_start (self->tunnel);
}

static void
restart_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  culvert_tunnel_restart (CULVERT_WINDOW (widget)->tunnel);
}

static void
answer_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertWindow *self = CULVERT_WINDOW (widget);
  CulvertPrompt *prompt = culvert_tunnel_get_prompt (self->tunnel);

  if (prompt != NULL && self->prompter != NULL)
    culvert_dialog_prompter_present (self->prompter, prompt);
}

static void
check_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertWindow *self = CULVERT_WINDOW (widget);
  GtkWidget     *page =
    culvert_check_page_new (GTK_WINDOW (self), culvert_tunnel_get_profile (self->tunnel),
                            self->secrets, G_LIST_MODEL (self->manager));

  gtk_window_present (GTK_WINDOW (page));
  culvert_check_start (culvert_check_page_get_check (CULVERT_CHECK_PAGE (page)));
}

static void
known_hosts_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  GtkWidget *page = culvert_known_hosts_page_new (
    GTK_WINDOW (widget), CULVERT_WINDOW (widget)->manager, g_variant_get_string (parameter, NULL));

  gtk_window_present (GTK_WINDOW (page));
}

static void
show_message_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  culvert_window_show_message (CULVERT_WINDOW (widget), g_variant_get_string (parameter, NULL));
}

static void
undo_cb (AdwToast *toast, CulvertRemoval *removal)
{
  CulvertWindow     *self = removal->window;
  g_autoptr (GError) error = NULL;

  if (!culvert_tunnel_manager_save (self->manager, removal->profile, &error))
    {
      culvert_window_show_failure (self, _ ("The Tunnel Could Not Be Put Back"), error);
      return;
    }
  if (removal->was_wanted)
    culvert_tunnel_start (culvert_tunnel_manager_find (self->manager, removal->profile->id));
  culvert_window_show_tunnel (self, removal->profile->id);
}

/* Comes after undo_cb() too: what is saved again keeps its secrets. */
static void
settle (CulvertWindow *self, CulvertRemoval *removal)
{
  if (culvert_tunnel_manager_find (self->manager, removal->profile->id) == NULL)
    culvert_tunnel_manager_forget_secrets (self->manager, removal->profile->id);
  removal_free (removal);
}

static void
dismissed_cb (AdwToast *toast, CulvertRemoval *removal)
{
  CulvertWindow *self = removal->window;

  if (g_ptr_array_remove (self->removals, removal))
    settle (self, removal);
}

void
culvert_window_settle_removals (CulvertWindow *self)
{
  while (self->removals->len > 0)
    {
      CulvertRemoval *removal = g_ptr_array_steal_index (self->removals, 0);

      g_signal_handlers_disconnect_by_data (removal->toast, removal);
      adw_toast_dismiss (removal->toast);
      settle (self, removal);
    }
}

static void
remove_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertWindow     *self = CULVERT_WINDOW (widget);
  CulvertRemoval    *removal;
  g_autoptr (GError) error = NULL;
  g_autofree char   *title =
    g_strdup_printf (_ ("“%s” removed"), culvert_tunnel_get_title (self->tunnel));
  g_autofree char *escaped = g_markup_escape_text (title, -1);

  removal = g_new0 (CulvertRemoval, 1);
  removal->window = self;
  removal->profile = culvert_profile_ref (culvert_tunnel_get_profile (self->tunnel));
  removal->was_wanted = culvert_tunnel_is_wanted (self->tunnel);
  removal->toast = adw_toast_new (escaped);
  if (!culvert_tunnel_manager_remove (self->manager, removal->profile->id, &error))
    {
      culvert_window_show_failure (self, _ ("The Tunnel Could Not Be Removed"), error);
      removal_free (removal);
      return;
    }
  g_ptr_array_add (self->removals, removal);
  adw_toast_set_button_label (removal->toast, _ ("_Undo"));
  g_signal_connect (removal->toast, "button-clicked", G_CALLBACK (undo_cb), removal);
  g_signal_connect (removal->toast, "dismissed", G_CALLBACK (dismissed_cb), removal);
  back_action (widget, NULL, NULL);
  culvert_tunnel_list_focus_selected (self->list);
  adw_toast_overlay_add_toast (self->toasts, g_object_ref (removal->toast));
}

void
culvert_window_update_actions (CulvertWindow *self)
{
  static const char *const for_a_tunnel[] = {
    "win.edit",         "win.edit-forward",    "win.duplicate",
    "win.copy-command", "win.copy-ssh-config", "win.copy-systemd-unit",
    "win.server-kit",   "win.export",          "win.export-all",
    "win.remove",       "win.toggle",          "win.check",
    "win.move-up",      "win.move-down",       "win.move-to-group",
  };
  GtkWidget *widget = GTK_WIDGET (self);
  gboolean   has_tunnel = self->tunnel != NULL;

  for (guint i = 0; i < G_N_ELEMENTS (for_a_tunnel); i++)
    gtk_widget_action_set_enabled (widget, for_a_tunnel[i], has_tunnel);
  gtk_widget_action_set_enabled (
    widget, "win.restart",
    has_tunnel && culvert_tunnel_state_is_on (culvert_tunnel_get_state (self->tunnel)));
  gtk_widget_action_set_enabled (widget, "win.answer",
                                 has_tunnel && culvert_tunnel_get_state (self->tunnel) ==
                                                 CULVERT_TUNNEL_NEEDS_YOU);
}

void
culvert_window_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "win.new", NULL, new_action);
  gtk_widget_class_install_action (widget_class, "win.paste-command", NULL, paste_command_action);
  gtk_widget_class_install_action (widget_class, "win.search", NULL, search_action);
  gtk_widget_class_install_action (widget_class, "win.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "win.show-view", "s", show_view_action);
  gtk_widget_class_install_action (widget_class, "win.search-log", NULL, search_log_action);
  gtk_widget_class_install_action (widget_class, "win.edit", NULL, edit_action);
  gtk_widget_class_install_action (widget_class, "win.edit-forward", "s", edit_forward_action);
  gtk_widget_class_install_action (widget_class, "win.duplicate", NULL, duplicate_action);
  culvert_window_install_export_actions (widget_class);
  culvert_window_install_group_actions (widget_class);
  culvert_window_install_import_actions (widget_class);
  gtk_widget_class_install_action (widget_class, "win.remove", NULL, remove_action);
  gtk_widget_class_install_action (widget_class, "win.toggle", NULL, toggle_action);
  gtk_widget_class_install_action (widget_class, "win.restart", NULL, restart_action);
  gtk_widget_class_install_action (widget_class, "win.answer", NULL, answer_action);
  gtk_widget_class_install_action (widget_class, "win.check", NULL, check_action);
  gtk_widget_class_install_action (widget_class, "win.known-hosts", "s", known_hosts_action);
  gtk_widget_class_install_action (widget_class, "win.show-message", "s", show_message_action);
}
