/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/profile-editor.h"

#include "core/errors.h"
#include "ui/auth-group.h"
#include "ui/behaviour-group.h"
#include "ui/forward-editor.h"
#include "ui/group-entry.h"
#include "ui/network-group.h"
#include "ui/draft-forward-list.h"
#include "ui/problem-row.h"
#include "ui/server-group.h"
#include "ui/way-group.h"
#include "words/failure.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

/* How closing was settled. */
typedef enum
{
  CLOSING_ASKS, /* when there is something to lose */
  CLOSING_IS_DECIDED,
} Closing;

struct _CulvertProfileEditor
{
  AdwWindow             parent_instance;
  CulvertTunnelManager *manager;
  CulvertProfileDraft  *draft;
  CulvertForwardSpec   *new_forward; /* as it was made; NULL while no new one is in its form */
  Closing               closing;
  gboolean              is_filling;

  AdwToastOverlay         *toasts;
  AdwWindowTitle          *title;
  GtkWidget               *cancel;
  GtkWidget               *back;
  GtkWidget               *save;
  GtkRevealer             *trouble;
  GtkLabel                *trouble_words;
  GtkWidget               *conflict_buttons;
  AdwLeaflet              *leaflet;
  GtkWidget               *form;
  AdwEntryRow             *name;
  CulvertProblemRow       *name_problem;
  CulvertGroupEntry       *group;
  CulvertProblemRow       *group_problem;
  CulvertServerGroup      *server;
  CulvertWayGroup         *way;
  CulvertAuthGroup        *auth;
  CulvertDraftForwardList *forwards;
  CulvertNetworkGroup     *network;
  CulvertBehaviourGroup   *behaviour;
  CulvertForwardEditor    *forward;
};

G_DEFINE_FINAL_TYPE (CulvertProfileEditor, culvert_profile_editor, ADW_TYPE_WINDOW)

enum
{
  SIGNAL_SAVED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static CulvertProfile *
peek (CulvertProfileEditor *self)
{
  return culvert_profile_draft_peek (self->draft);
}

static gboolean
is_new (CulvertProfileEditor *self)
{
  return culvert_profile_store_find (culvert_tunnel_manager_get_store (self->manager),
                                     peek (self)->id) == NULL;
}

static gboolean
shows_forward (CulvertProfileEditor *self)
{
  return adw_leaflet_get_visible_child (self->leaflet) == GTK_WIDGET (self->forward);
}

/* The name */

/* A tunnel without a name of its own is called by its title, which the field shows until something
 * is typed there. */
static void
suggest_name (CulvertProfileEditor *self)
{
  CulvertProfile  *profile = peek (self);
  g_autofree char *title = NULL;
  gboolean         is_suggested;

  /* While the host is being typed or is no host, it makes no name. */
  title = profile->name[0] != '\0' || culvert_host_is_valid (profile->host)
            ? culvert_profile_dup_title (profile)
            : g_strdup ("");
  is_suggested = profile->name[0] == '\0' && *title != '\0';

  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (self->name)), title))
    {
      self->is_filling = TRUE;
      gtk_editable_set_text (GTK_EDITABLE (self->name), title);
      self->is_filling = FALSE;
    }
  if (is_suggested)
    gtk_widget_add_css_class (GTK_WIDGET (self->name), "suggested");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->name), "suggested");
}

static void
name_changed_cb (CulvertProfileEditor *self)
{
  if (self->is_filling || self->draft == NULL)
    return;
  gtk_widget_remove_css_class (GTK_WIDGET (self->name), "suggested");
  culvert_profile_set_string (&peek (self)->name,
                              gtk_editable_get_text (GTK_EDITABLE (self->name)));
  culvert_profile_draft_touch (self->draft);
}

/* The group */

static void
show_group (CulvertProfileEditor *self)
{
  g_autofree char *shown = culvert_group_entry_dup_group (self->group);

  if (g_str_equal (shown, peek (self)->group))
    return;
  self->is_filling = TRUE;
  gtk_editable_set_text (GTK_EDITABLE (self->group), peek (self)->group);
  self->is_filling = FALSE;
}

static void
group_changed_cb (CulvertProfileEditor *self)
{
  g_autofree char *group = NULL;

  if (self->is_filling || self->draft == NULL)
    return;
  group = culvert_group_entry_dup_group (self->group);
  culvert_profile_set_string (&peek (self)->group, group);
  culvert_profile_draft_touch (self->draft);
}

static gboolean
has_focus_within (GtkWidget *widget)
{
  return (gtk_widget_get_state_flags (widget) & GTK_STATE_FLAG_FOCUS_WITHIN) != 0;
}

/* What is there */

static void
update_title (CulvertProfileEditor *self)
{
  g_autofree char *title = culvert_profile_dup_title (peek (self));

  if (shows_forward (self))
    {
      adw_window_title_set_title (self->title, self->new_forward != NULL ? _ ("New Forward")
                                                                         : _ ("Edit Forward"));
      adw_window_title_set_subtitle (self->title, title);
    }
  else
    {
      adw_window_title_set_title (self->title,
                                  is_new (self) ? _ ("New Tunnel") : _ ("Edit Tunnel"));
      adw_window_title_set_subtitle (self->title, "");
    }
  gtk_window_set_title (GTK_WINDOW (self), adw_window_title_get_title (self->title));
}

/* Why saving makes no sense yet: the first of the reasons. (transfer full) (nullable) */
static char *
describe_obstacle (CulvertProfileEditor *self)
{
  GPtrArray *problems = culvert_profile_draft_get_problems (self->draft);

  for (guint i = 0; i < problems->len; i++)
    {
      const CulvertProblem *problem = g_ptr_array_index (problems, i);

      if (!problem->is_warning)
        return culvert_words_for_problem (problem);
    }
  return NULL;
}

static void
draft_changed_cb (CulvertProfileEditor *self)
{
  g_autofree char *obstacle = describe_obstacle (self);

  gtk_widget_action_set_enabled (GTK_WIDGET (self), "editor.save", obstacle == NULL);
  gtk_widget_set_tooltip_text (self->save, obstacle);
  /* Under the hands of who empties the field nothing is put back. */
  if (!has_focus_within (GTK_WIDGET (self->name)) || peek (self)->name[0] != '\0')
    suggest_name (self);
  show_group (self);
  update_title (self);
}

/* Saving */

static void
hide_trouble (CulvertProfileEditor *self)
{
  gtk_revealer_set_reveal_child (self->trouble, FALSE);
}

static void
show_trouble (CulvertProfileEditor *self, const GError *error)
{
  g_autoptr (CulvertFailureWords) words = culvert_failure_words_for_other (error);
  g_autofree char                *text = NULL;
  /* A file that cannot be read any more offers nothing to load, and is not to be overwritten. */
  gboolean is_conflict =
    g_error_matches (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_CONFLICT) &&
    culvert_error_get_fact (error, CULVERT_FACT_REASON) == NULL;

  text = words->next != NULL && !is_conflict ? g_strdup_printf ("%s %s", words->what, words->next)
                                             : g_strdup (words->what);
  gtk_label_set_label (self->trouble_words, text);
  gtk_widget_set_visible (self->conflict_buttons, is_conflict);
  gtk_revealer_set_reveal_child (self->trouble, TRUE);
}

static void
close_for_good (CulvertProfileEditor *self)
{
  self->closing = CLOSING_IS_DECIDED;
  gtk_window_close (GTK_WINDOW (self));
}

static void
save (CulvertProfileEditor *self)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_draft_dup_profile (self->draft);
  g_autoptr (GError)         error = NULL;

  if (!culvert_tunnel_manager_save (self->manager, profile, &error))
    {
      show_trouble (self, error);
      return;
    }
  hide_trouble (self);
  g_object_ref (self);
  g_signal_emit (self, signals[SIGNAL_SAVED], 0, profile->id);
  close_for_good (self);
  g_object_unref (self);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertProfileEditor *self = CULVERT_PROFILE_EDITOR (widget);

  culvert_server_group_settle (self->server);
  if (culvert_profile_draft_can_save (self->draft))
    save (self);
}

/* (transfer none) (nullable): what another program made of the tunnel */
static CulvertProfile *
look_again (CulvertProfileEditor *self)
{
  CulvertProfileStore *store = culvert_tunnel_manager_get_store (self->manager);
  CulvertProfileEntry *entry;

  culvert_profile_store_refresh (store);
  entry = culvert_profile_store_find (store, peek (self)->id);
  return entry != NULL ? culvert_profile_entry_get_profile (entry) : NULL;
}

static void
reload_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertProfileEditor *self = CULVERT_PROFILE_EDITOR (widget);
  CulvertProfile       *theirs = look_again (self);

  hide_trouble (self);
  if (theirs == NULL)
    return;
  adw_leaflet_set_visible_child (self->leaflet, self->form);
  culvert_profile_draft_rebase (self->draft, theirs);
  culvert_profile_draft_replace (self->draft, theirs);
}

/* Based on what is there now, the draft is no longer in anybody's way. */
static void
overwrite_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertProfileEditor *self = CULVERT_PROFILE_EDITOR (widget);
  CulvertProfile       *theirs = look_again (self);
  CulvertProfile       *ours = peek (self);

  g_clear_pointer (&ours->revision, g_free);
  if (theirs != NULL)
    ours->revision = g_strdup (theirs->revision);
  save (self);
}

/* Forwards */

static CulvertForwardSpec *
new_spec (void)
{
  g_autoptr (CulvertEndpoint) listen = culvert_endpoint_new_tcp ("", 0);
  g_autoptr (CulvertEndpoint) target = culvert_endpoint_new_tcp ("", 0);
  CulvertForwardFields        fields = {
           .kind = CULVERT_FORWARD_LOCAL,
           .listen = listen,
           .target = target,
           .is_enabled = TRUE,
  };

  return culvert_forward_spec_new (&fields);
}

static void
open_forward (CulvertProfileEditor *self, const char *forward_id)
{
  culvert_forward_editor_set_forward (self->forward, forward_id);
  adw_leaflet_set_visible_child (self->leaflet, GTK_WIDGET (self->forward));
  culvert_forward_editor_focus (self->forward);
  update_title (self);
}

static void
add_forward (CulvertProfileEditor *self)
{
  g_clear_pointer (&self->new_forward, culvert_forward_spec_unref);
  self->new_forward = new_spec ();
  culvert_profile_put_forward (peek (self), self->new_forward);
  culvert_profile_draft_touch (self->draft);
  open_forward (self, culvert_forward_spec_get_id (self->new_forward));
}

static void
open_forward_cb (CulvertProfileEditor *self, const char *forward_id)
{
  if (forward_id != NULL)
    open_forward (self, forward_id);
  else
    add_forward (self);
}

static void
take_out (CulvertProfileEditor *self, const char *forward_id)
{
  GPtrArray          *forwards = peek (self)->forwards;
  CulvertForwardSpec *spec = culvert_profile_find_forward (peek (self), forward_id);

  if (spec == NULL)
    return;
  g_ptr_array_remove (forwards, spec);
  culvert_profile_draft_touch (self->draft);
}

/* A new forward in which nothing was filled in is none. */
static void
drop_untouched (CulvertProfileEditor *self)
{
  g_autoptr (CulvertForwardSpec) added = g_steal_pointer (&self->new_forward);
  CulvertForwardSpec            *present;

  if (added == NULL)
    return;
  present = culvert_profile_find_forward (peek (self), culvert_forward_spec_get_id (added));
  if (present != NULL && culvert_forward_spec_equal (present, added))
    take_out (self, culvert_forward_spec_get_id (added));
}

static void
page_changed_cb (CulvertProfileEditor *self)
{
  g_autofree char *id = NULL;

  gtk_widget_set_visible (self->cancel, !shows_forward (self));
  gtk_widget_set_visible (self->back, shows_forward (self));
  if (self->draft == NULL)
    return;
  if (!shows_forward (self))
    {
      id = g_strdup (culvert_forward_editor_get_forward (self->forward));
      culvert_forward_editor_set_forward (self->forward, NULL);
      drop_untouched (self);
      culvert_draft_forward_list_focus (self->forwards, id);
    }
  update_title (self);
}

static void
undo_removal_cb (AdwToast *toast, CulvertProfileEditor *self)
{
  CulvertForwardSpec *spec = g_object_get_data (G_OBJECT (toast), "forward");
  guint      position = GPOINTER_TO_UINT (g_object_get_data (G_OBJECT (toast), "position"));
  GPtrArray *forwards = peek (self)->forwards;

  if (culvert_profile_find_forward (peek (self), culvert_forward_spec_get_id (spec)) == NULL)
    g_ptr_array_insert (forwards, (int)MIN (position, forwards->len),
                        culvert_forward_spec_ref (spec));
  culvert_profile_draft_touch (self->draft);
}

static void
remove_forward_cb (CulvertProfileEditor *self)
{
  const char         *id = culvert_forward_editor_get_forward (self->forward);
  CulvertForwardSpec *spec = id != NULL ? culvert_profile_find_forward (peek (self), id) : NULL;
  AdwToast           *toast;
  guint               position = 0;

  if (spec == NULL)
    return;
  g_ptr_array_find (peek (self)->forwards, spec, &position);
  toast = adw_toast_new (_ ("Forward removed"));
  adw_toast_set_button_label (toast, _ ("_Undo"));
  g_object_set_data_full (G_OBJECT (toast), "forward", culvert_forward_spec_ref (spec),
                          (GDestroyNotify)culvert_forward_spec_unref);
  g_object_set_data (G_OBJECT (toast), "position", GUINT_TO_POINTER (position));
  g_signal_connect_object (toast, "button-clicked", G_CALLBACK (undo_removal_cb), self, 0);
  take_out (self, id);
  adw_leaflet_set_visible_child (self->leaflet, self->form);
  adw_toast_overlay_add_toast (self->toasts, toast);
}

/* Leaving */

static void
back_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertProfileEditor *self = CULVERT_PROFILE_EDITOR (widget);

  if (shows_forward (self))
    adw_leaflet_navigate (self->leaflet, ADW_NAVIGATION_DIRECTION_BACK);
  else
    gtk_window_close (GTK_WINDOW (self));
}

static void
discard_response_cb (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  if (g_str_equal (response, "discard"))
    close_for_good (CULVERT_PROFILE_EDITOR (user_data));
}

static void
ask_before_discarding (CulvertProfileEditor *self)
{
  GtkWidget        *widget = adw_message_dialog_new (GTK_WINDOW (self), _ ("Discard Changes?"),
                                                     _ ("What you changed is not saved yet."));
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (widget);

  adw_message_dialog_add_responses (dialog, "keep", _ ("_Keep Editing"), "discard", _ ("_Discard"),
                                    NULL);
  adw_message_dialog_set_response_appearance (dialog, "discard", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (dialog, "keep");
  adw_message_dialog_set_close_response (dialog, "keep");
  g_signal_connect_object (dialog, "response", G_CALLBACK (discard_response_cb), self, 0);
  /* GTK 4.8 looks at the window under a dialog once more when the dialog is finalized. */
  g_object_set_data_full (G_OBJECT (dialog), "editor", g_object_ref (self), g_object_unref);
  gtk_window_present (GTK_WINDOW (dialog));
}

static gboolean
culvert_profile_editor_close_request (GtkWindow *window)
{
  CulvertProfileEditor *self = CULVERT_PROFILE_EDITOR (window);

  if (self->closing == CLOSING_ASKS)
    {
      drop_untouched (self);
      if (culvert_profile_draft_is_changed (self->draft))
        {
          ask_before_discarding (self);
          return GDK_EVENT_STOP;
        }
    }
  return GTK_WINDOW_CLASS (culvert_profile_editor_parent_class)->close_request (window);
}

static void
culvert_profile_editor_dispose (GObject *object)
{
  CulvertProfileEditor *self = CULVERT_PROFILE_EDITOR (object);

  if (self->draft != NULL)
    g_signal_handlers_disconnect_by_data (self->draft, self);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_PROFILE_EDITOR);
  g_clear_object (&self->draft);
  g_clear_object (&self->manager);
  g_clear_pointer (&self->new_forward, culvert_forward_spec_unref);
  G_OBJECT_CLASS (culvert_profile_editor_parent_class)->dispose (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, toasts);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, title);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, cancel);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, back);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, save);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, trouble);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, trouble_words);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, conflict_buttons);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, leaflet);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, form);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, name);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, name_problem);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, group);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, group_problem);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, server);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, way);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, auth);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, forwards);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, network);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, behaviour);
  gtk_widget_class_bind_template_child (widget_class, CulvertProfileEditor, forward);
  gtk_widget_class_bind_template_callback (widget_class, name_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, group_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, suggest_name);
  gtk_widget_class_bind_template_callback (widget_class, open_forward_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_forward_cb);
  gtk_widget_class_bind_template_callback (widget_class, page_changed_cb);
}

static void
culvert_profile_editor_class_init (CulvertProfileEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_profile_editor_dispose;
  GTK_WINDOW_CLASS (klass)->close_request = culvert_profile_editor_close_request;
  signals[SIGNAL_SAVED] = g_signal_new ("saved", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0,
                                        NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);

  g_type_ensure (CULVERT_TYPE_AUTH_GROUP);
  g_type_ensure (CULVERT_TYPE_WAY_GROUP);
  g_type_ensure (CULVERT_TYPE_BEHAVIOUR_GROUP);
  g_type_ensure (CULVERT_TYPE_NETWORK_GROUP);
  g_type_ensure (CULVERT_TYPE_FORWARD_EDITOR);
  g_type_ensure (CULVERT_TYPE_GROUP_ENTRY);
  g_type_ensure (CULVERT_TYPE_DRAFT_FORWARD_LIST);
  g_type_ensure (CULVERT_TYPE_PROBLEM_ROW);
  g_type_ensure (CULVERT_TYPE_SERVER_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/profile-editor.ui");
  bind_template (widget_class);
  gtk_widget_class_install_action (widget_class, "editor.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "editor.back", NULL, back_action);
  gtk_widget_class_install_action (widget_class, "editor.reload", NULL, reload_action);
  gtk_widget_class_install_action (widget_class, "editor.overwrite", NULL, overwrite_action);
}

static void
culvert_profile_editor_init (CulvertProfileEditor *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
culvert_profile_editor_new (CulvertTunnelManager *manager, CulvertProfile *draft)
{
  CulvertProfileEditor *self;

  g_return_val_if_fail (CULVERT_IS_TUNNEL_MANAGER (manager), NULL);
  g_return_val_if_fail (draft != NULL, NULL);

  self =
    g_object_new (CULVERT_TYPE_PROFILE_EDITOR, "accessible-role", GTK_ACCESSIBLE_ROLE_DIALOG, NULL);
  self->manager = g_object_ref (manager);
  self->draft = culvert_profile_draft_new (draft);
  culvert_group_entry_set_groups (self->group, culvert_tunnel_manager_get_groups (manager));
  culvert_server_group_set_draft (self->server, self->draft);
  culvert_way_group_set_draft (self->way, self->draft);
  culvert_auth_group_set_draft (self->auth, self->draft);
  culvert_draft_forward_list_set_draft (self->forwards, self->draft);
  culvert_network_group_set_draft (self->network, self->draft, manager);
  culvert_behaviour_group_set_draft (self->behaviour, self->draft);
  culvert_forward_editor_set_draft (self->forward, self->draft);
  culvert_forward_editor_set_tunnels (self->forward, G_LIST_MODEL (manager));
  culvert_problem_row_watch (self->name_problem, self->draft,
                             &(CulvertProblemFilter){ .field = CULVERT_FIELD_NAME },
                             GTK_WIDGET (self->name));
  culvert_problem_row_watch (self->group_problem, self->draft,
                             &(CulvertProblemFilter){ .field = CULVERT_FIELD_GROUP },
                             GTK_WIDGET (self->group));
  g_signal_connect_object (self->draft, "changed", G_CALLBACK (draft_changed_cb), self,
                           G_CONNECT_SWAPPED);
  draft_changed_cb (self);
  if (is_new (self))
    culvert_server_group_focus (self->server);
  return GTK_WIDGET (self);
}

void
culvert_profile_editor_show_forward (CulvertProfileEditor *self, const char *forward_id)
{
  g_return_if_fail (CULVERT_IS_PROFILE_EDITOR (self));

  if (forward_id == NULL)
    add_forward (self);
  else if (culvert_profile_find_forward (peek (self), forward_id) != NULL)
    open_forward (self, forward_id);
}
