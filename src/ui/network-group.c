/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/network-group.h"

#include "base/log.h"
#include "ui/path-list.h"
#include "ui/problem-row.h"

#include <glib/gi18n.h>

struct _CulvertNetworkGroup
{
  AdwPreferencesGroup   parent_instance;
  CulvertProfileDraft  *draft;
  CulvertTunnelManager *manager;
  gboolean              is_filling;
  AdwComboRow          *rule; /* in the order of CulvertNetworkRule */
  CulvertPathList      *networks;
  AdwActionRow         *present;
  GtkWidget            *add;
  CulvertProblemRow    *problem;
};

G_DEFINE_FINAL_TYPE (CulvertNetworkGroup, culvert_network_group, ADW_TYPE_PREFERENCES_GROUP)

static const char *
describe_rule (CulvertNetworkRule rule)
{
  switch (rule)
    {
    case CULVERT_NETWORK_RULE_ONLY:
      return _ ("Elsewhere the tunnel waits, and connects by itself on one of them");
    case CULVERT_NETWORK_RULE_EXCEPT:
      return _ ("There the tunnel waits, and connects by itself on any other network");
    case CULVERT_NETWORK_RULE_ANY:
    default:
      return "";
    }
}

/* What may be added to the list, and that there are names at all. */
static void
show_present (CulvertNetworkGroup *self)
{
  CulvertProfile      *profile = culvert_profile_draft_peek (self->draft);
  CulvertNetworkNames *names = culvert_tunnel_manager_get_network_names (self->manager);
  const char          *name = names != NULL ? culvert_network_names_get_first (names) : NULL;
  gboolean             is_known = names != NULL && culvert_network_names_are_known (names);
  gboolean             is_listed = name != NULL && culvert_network_names_find (
                                                     names, (const char *const *)profile->networks) != NULL;
  g_autofree char *shown = name != NULL ? culvert_log_printable (name, -1) : NULL;
  g_autofree char *title = NULL;

  if (name != NULL)
    /* Translators: %s is the name of a network */
    title = g_strdup_printf (_ ("Now on “%s”"), shown);
  else if (is_known)
    title = g_strdup (_ ("Now on no network"));
  else
    title = g_strdup (_ ("Nobody can tell the present network’s name"));
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->present), title);
  adw_action_row_set_subtitle (
    self->present, names == NULL || is_known
                     ? ""
                     : _ ("NetworkManager does not answer. Until it does, this counts as a network "
                          "that is not on the list."));
  gtk_widget_set_visible (self->add, name != NULL && !is_listed);
  gtk_widget_set_visible (GTK_WIDGET (self->present),
                          names != NULL && profile->network_rule != CULVERT_NETWORK_RULE_ANY);
}

static void
show_rule (CulvertNetworkGroup *self)
{
  CulvertProfile *profile = culvert_profile_draft_peek (self->draft);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->rule), describe_rule (profile->network_rule));
  gtk_widget_set_visible (GTK_WIDGET (self->networks),
                          profile->network_rule != CULVERT_NETWORK_RULE_ANY);
  show_present (self);
}

static void
refill (CulvertNetworkGroup *self)
{
  CulvertProfile *profile = culvert_profile_draft_peek (self->draft);

  self->is_filling = TRUE;
  adw_combo_row_set_selected (self->rule, profile->network_rule);
  culvert_path_list_set_paths (self->networks, (const char *const *)profile->networks);
  adw_expander_row_set_expanded (ADW_EXPANDER_ROW (self->networks), TRUE);
  self->is_filling = FALSE;
  show_rule (self);
}

static void
changed_cb (CulvertNetworkGroup *self)
{
  CulvertProfile *profile;

  if (self->is_filling || self->draft == NULL)
    return;
  profile = culvert_profile_draft_peek (self->draft);
  profile->network_rule = (CulvertNetworkRule)adw_combo_row_get_selected (self->rule);
  g_strfreev (profile->networks);
  profile->networks = culvert_path_list_dup_paths (self->networks);
  show_rule (self);
  culvert_profile_draft_touch (self->draft);
}

static void
add_cb (CulvertNetworkGroup *self)
{
  CulvertNetworkNames     *names = culvert_tunnel_manager_get_network_names (self->manager);
  const char              *name = names != NULL ? culvert_network_names_get_first (names) : NULL;
  g_auto (GStrv)           listed = culvert_path_list_dup_paths (self->networks);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv)           more = NULL;

  if (name == NULL)
    return;
  g_strv_builder_addv (builder, (const char **)listed);
  g_strv_builder_add (builder, name);
  more = g_strv_builder_end (builder);
  culvert_path_list_set_paths (self->networks, (const char *const *)more);
  changed_cb (self);
}

static void
culvert_network_group_dispose (GObject *object)
{
  CulvertNetworkGroup *self = CULVERT_NETWORK_GROUP (object);

  g_clear_object (&self->draft);
  g_clear_object (&self->manager);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_NETWORK_GROUP);
  G_OBJECT_CLASS (culvert_network_group_parent_class)->dispose (object);
}

static void
culvert_network_group_class_init (CulvertNetworkGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_network_group_dispose;
  g_type_ensure (CULVERT_TYPE_PATH_LIST);
  g_type_ensure (CULVERT_TYPE_PROBLEM_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/network-group.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertNetworkGroup, rule);
  gtk_widget_class_bind_template_child (widget_class, CulvertNetworkGroup, networks);
  gtk_widget_class_bind_template_child (widget_class, CulvertNetworkGroup, present);
  gtk_widget_class_bind_template_child (widget_class, CulvertNetworkGroup, add);
  gtk_widget_class_bind_template_child (widget_class, CulvertNetworkGroup, problem);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, add_cb);
}

static void
culvert_network_group_init (CulvertNetworkGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
culvert_network_group_set_draft (CulvertNetworkGroup  *self,
                                 CulvertProfileDraft  *draft,
                                 CulvertTunnelManager *manager)
{
  g_return_if_fail (CULVERT_IS_NETWORK_GROUP (self));
  g_return_if_fail (self->draft == NULL);

  culvert_path_list_set_up (self->networks, _ ("Connection or Wi-Fi network"), NULL, draft,
                            CULVERT_FIELD_NETWORKS);
  self->draft = g_object_ref (draft);
  self->manager = g_object_ref (manager);
  g_signal_connect_object (draft, "replaced", G_CALLBACK (refill), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::network-names", G_CALLBACK (show_present), self,
                           G_CONNECT_SWAPPED);
  culvert_problem_row_watch (self->problem, draft,
                             &(CulvertProblemFilter){ .field = CULVERT_FIELD_NETWORKS,
                                                      .codes = 1 << CULVERT_PROBLEM_MISSING },
                             NULL);
  refill (self);
}
