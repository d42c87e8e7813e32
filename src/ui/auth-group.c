/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/auth-group.h"

#include "ui/auth-order.h"
#include "ui/path-list.h"
#include "ui/problem-row.h"
#include "ui/sandbox-hint.h"

#include <glib/gi18n.h>
#include <string.h>

/* In the order of the combo row. */
typedef enum
{
  CHOICE_AUTOMATIC,
  CHOICE_KEY,
  CHOICE_PASSWORD,
  CHOICE_QUESTIONS,
  CHOICE_OWN,
} Choice;

struct _CulvertAuthGroup
{
  AdwPreferencesGroup  parent_instance;
  CulvertProfileDraft *draft;
  AdwComboRow         *choice;
  CulvertProblemRow   *methods_problem;
  CulvertPathList     *key_files;
  CulvertPathList     *certificates;
  CulvertAuthOrder    *order;
  CulvertHintRow      *sandbox_hint;
  gboolean             is_filling;
};

G_DEFINE_FINAL_TYPE (CulvertAuthGroup, culvert_auth_group, ADW_TYPE_PREFERENCES_GROUP)

#define MAX_METHODS CULVERT_N_AUTH_METHODS

/* The ways behind each choice.  Many servers ask for the password by a question of their own, so
 * that choice takes both. */
static const struct
{
  CulvertAuthMethod methods[MAX_METHODS];
  guint             n_methods;
} ways[] = {
  [CHOICE_AUTOMATIC] = { { CULVERT_AUTH_AGENT, CULVERT_AUTH_KEY, CULVERT_AUTH_PASSWORD,
                           CULVERT_AUTH_INTERACTIVE },
                         4 },
  [CHOICE_KEY] = { { CULVERT_AUTH_KEY }, 1 },
  [CHOICE_PASSWORD] = { { CULVERT_AUTH_PASSWORD, CULVERT_AUTH_INTERACTIVE }, 2 },
  [CHOICE_QUESTIONS] = { { CULVERT_AUTH_INTERACTIVE }, 1 },
};

static gboolean
uses_ways_of (const CulvertProfile *profile, Choice choice)
{
  return profile->methods->len == ways[choice].n_methods &&
         memcmp (profile->methods->data, ways[choice].methods,
                 ways[choice].n_methods * sizeof (CulvertAuthMethod)) == 0;
}

static Choice
get_choice (const CulvertProfile *profile)
{
  gboolean has_keys = profile->key_files[0] != NULL;

  if (uses_ways_of (profile, CHOICE_KEY) || (uses_ways_of (profile, CHOICE_AUTOMATIC) && has_keys))
    return CHOICE_KEY;
  if (uses_ways_of (profile, CHOICE_AUTOMATIC))
    return CHOICE_AUTOMATIC;
  if (uses_ways_of (profile, CHOICE_PASSWORD))
    return CHOICE_PASSWORD;
  if (uses_ways_of (profile, CHOICE_QUESTIONS))
    return CHOICE_QUESTIONS;
  return CHOICE_OWN;
}

static const char *
describe_choice (Choice choice)
{
  switch (choice)
    {
    case CHOICE_KEY:
      return _ ("With a private key that lies in a file");
    case CHOICE_PASSWORD:
      return _ ("You are asked when it connects, and may have it remembered");
    case CHOICE_QUESTIONS:
      return _ ("Codes and whatever else the server wants to know");
    case CHOICE_OWN:
      return _ ("The ways below, one after the other");
    case CHOICE_AUTOMATIC:
    default:
      return _ ("Keys of your SSH agent and in ~/.ssh; else you are asked");
    }
}

static void
describe_key_files (CulvertAuthGroup *self)
{
  CulvertProfile *profile = culvert_profile_draft_peek (self->draft);

  adw_expander_row_set_subtitle (
    ADW_EXPANDER_ROW (self->key_files),
    profile->key_files[0] != NULL ? "" : _ ("Without one, the usual ones in ~/.ssh are tried"));
}

/* Would this tunnel use what the sandbox keeps from us? */
static gboolean
misses_something (const CulvertProfile *profile)
{
  CulvertSandboxLack lacks = culvert_sandbox_get_lacks ();

  return ((lacks & CULVERT_SANDBOX_AGENT) != 0 &&
          culvert_profile_has_method (profile, CULVERT_AUTH_AGENT)) ||
         ((lacks & CULVERT_SANDBOX_SSH_FOLDER) != 0 && profile->key_files[0] == NULL &&
          culvert_profile_has_method (profile, CULVERT_AUTH_KEY));
}

static void
update_visibility (CulvertAuthGroup *self)
{
  CulvertProfile *profile = culvert_profile_draft_peek (self->draft);
  Choice          choice = (Choice)adw_combo_row_get_selected (self->choice);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->choice), describe_choice (choice));
  gtk_widget_set_visible (
    GTK_WIDGET (self->key_files),
    choice == CHOICE_KEY || profile->only_listed_keys ||
      (choice == CHOICE_OWN && culvert_profile_has_method (profile, CULVERT_AUTH_KEY)));
  describe_key_files (self);
  gtk_widget_set_visible (GTK_WIDGET (self->sandbox_hint), misses_something (profile));
  gtk_widget_set_visible (GTK_WIDGET (self->certificates),
                          culvert_profile_has_method (profile, CULVERT_AUTH_KEY) ||
                            culvert_profile_has_method (profile, CULVERT_AUTH_AGENT));
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self->certificates),
                                 profile->certificate_files[0] != NULL
                                   ? ""
                                   : _ ("One beside its key (“-cert.pub”) is found by itself"));
}

static void
refill (CulvertAuthGroup *self)
{
  CulvertProfile *profile = culvert_profile_draft_peek (self->draft);

  self->is_filling = TRUE;
  adw_combo_row_set_selected (self->choice, get_choice (profile));
  culvert_path_list_set_paths (self->key_files, (const char *const *)profile->key_files);
  culvert_path_list_set_paths (self->certificates, (const char *const *)profile->certificate_files);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self->certificates),
                                 profile->certificate_files[0] != NULL);
  culvert_auth_order_set_methods (self->order, profile->methods);
  self->is_filling = FALSE;
  update_visibility (self);
}

static void
set_methods (CulvertProfile *profile, const CulvertAuthMethod *methods, guint n_methods)
{
  g_array_set_size (profile->methods, 0);
  g_array_append_vals (profile->methods, methods, n_methods);
}

static void
choice_changed_cb (CulvertAuthGroup *self)
{
  CulvertProfile *profile;
  Choice          choice = (Choice)adw_combo_row_get_selected (self->choice);

  if (self->is_filling || self->draft == NULL)
    return;
  profile = culvert_profile_draft_peek (self->draft);
  if (choice == CHOICE_OWN)
    adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self->order), TRUE);
  else
    set_methods (profile, ways[choice].methods, ways[choice].n_methods);
  /* They would turn the choice back into that of a key file. */
  if (choice == CHOICE_AUTOMATIC && !profile->only_listed_keys)
    g_clear_pointer (&profile->key_files[0], g_free);
  self->is_filling = TRUE;
  culvert_path_list_set_paths (self->key_files, (const char *const *)profile->key_files);
  culvert_auth_order_set_methods (self->order, profile->methods);
  self->is_filling = FALSE;
  update_visibility (self);
  culvert_profile_draft_touch (self->draft);
}

static void
key_files_changed_cb (CulvertAuthGroup *self)
{
  CulvertProfile *profile;

  if (self->is_filling || self->draft == NULL)
    return;
  profile = culvert_profile_draft_peek (self->draft);
  g_strfreev (profile->key_files);
  profile->key_files = culvert_path_list_dup_paths (self->key_files);
  describe_key_files (self);
  culvert_profile_draft_touch (self->draft);
}

static void
certificates_changed_cb (CulvertAuthGroup *self)
{
  CulvertProfile *profile;

  if (self->is_filling || self->draft == NULL)
    return;
  profile = culvert_profile_draft_peek (self->draft);
  g_strfreev (profile->certificate_files);
  profile->certificate_files = culvert_path_list_dup_paths (self->certificates);
  update_visibility (self);
  culvert_profile_draft_touch (self->draft);
}

static void
order_changed_cb (CulvertAuthGroup *self)
{
  CulvertProfile    *profile;
  g_autoptr (GArray) methods = culvert_auth_order_dup_methods (self->order);

  if (self->is_filling || self->draft == NULL)
    return;
  profile = culvert_profile_draft_peek (self->draft);
  set_methods (profile, (const CulvertAuthMethod *)(gpointer)methods->data, methods->len);
  self->is_filling = TRUE;
  adw_combo_row_set_selected (self->choice, get_choice (profile));
  self->is_filling = FALSE;
  update_visibility (self);
  culvert_profile_draft_touch (self->draft);
}

static void
culvert_auth_group_dispose (GObject *object)
{
  CulvertAuthGroup *self = CULVERT_AUTH_GROUP (object);

  g_clear_object (&self->draft);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_AUTH_GROUP);
  G_OBJECT_CLASS (culvert_auth_group_parent_class)->dispose (object);
}

static void
culvert_auth_group_class_init (CulvertAuthGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_auth_group_dispose;
  g_type_ensure (CULVERT_TYPE_AUTH_ORDER);
  g_type_ensure (CULVERT_TYPE_HINT_ROW);
  g_type_ensure (CULVERT_TYPE_PATH_LIST);
  g_type_ensure (CULVERT_TYPE_PROBLEM_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/auth-group.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertAuthGroup, choice);
  gtk_widget_class_bind_template_child (widget_class, CulvertAuthGroup, methods_problem);
  gtk_widget_class_bind_template_child (widget_class, CulvertAuthGroup, key_files);
  gtk_widget_class_bind_template_child (widget_class, CulvertAuthGroup, certificates);
  gtk_widget_class_bind_template_child (widget_class, CulvertAuthGroup, order);
  gtk_widget_class_bind_template_child (widget_class, CulvertAuthGroup, sandbox_hint);
  gtk_widget_class_bind_template_callback (widget_class, choice_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, key_files_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, certificates_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, order_changed_cb);
}

static void
culvert_auth_group_init (CulvertAuthGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
culvert_auth_group_set_draft (CulvertAuthGroup *self, CulvertProfileDraft *draft)
{
  g_return_if_fail (CULVERT_IS_AUTH_GROUP (self));
  g_return_if_fail (self->draft == NULL);

  culvert_sandbox_hint_set (self->sandbox_hint, CULVERT_SANDBOX_AGENT | CULVERT_SANDBOX_SSH_FOLDER);
  culvert_path_list_set_up (self->key_files, _ ("Key file"), _ ("Choose a Private Key"), draft,
                            CULVERT_FIELD_KEY_FILES);
  culvert_path_list_set_up (self->certificates, _ ("Certificate"), _ ("Choose a Certificate"),
                            draft, CULVERT_FIELD_CERTIFICATE_FILES);
  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "replaced", G_CALLBACK (refill), self, G_CONNECT_SWAPPED);
  /* Other parts of the form decide about the key files too. */
  g_signal_connect_object (draft, "changed", G_CALLBACK (update_visibility), self,
                           G_CONNECT_SWAPPED);
  culvert_problem_row_watch (self->methods_problem, draft,
                             &(CulvertProblemFilter){ .field = CULVERT_FIELD_METHODS }, NULL);
  refill (self);
}
