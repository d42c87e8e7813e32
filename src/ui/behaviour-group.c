/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/behaviour-group.h"

#include "ui/path-list.h"
#include "ui/problem-row.h"

#include <glib/gi18n.h>

struct _CulvertBehaviourGroup
{
  AdwPreferencesGroup  parent_instance;
  CulvertProfileDraft *draft;
  gboolean             is_filling;
  AdwExpanderRow      *advanced;
  GtkSwitch           *reconnect;
  GtkSwitch           *start_with_program;
  GtkSwitch           *on_demand;
  AdwActionRow        *idle_row;
  GtkSpinButton       *idle; /* minutes */
  GtkSwitch           *notify;
  GtkSpinButton       *keepalive;
  GtkSpinButton       *timeout;
  GtkSwitch           *legacy;
  GtkSwitch           *quick_replies;
  AdwComboRow         *family; /* in the order of CulvertAddressFamily */
  AdwEntryRow         *agent_socket;
  CulvertProblemRow   *agent_problem;
  GtkSwitch           *only_listed;
  GtkSwitch           *never_ask;
  AdwComboRow         *host_key_policy; /* in the order of CulvertHostKeyPolicy */
  AdwEntryRow         *host_key_alias;
  CulvertProblemRow   *alias_problem;
  CulvertPathList     *known_hosts;
};

G_DEFINE_FINAL_TYPE (CulvertBehaviourGroup, culvert_behaviour_group, ADW_TYPE_PREFERENCES_GROUP)

static void
describe_known_hosts (CulvertBehaviourGroup *self)
{
  CulvertProfile *profile = culvert_profile_draft_peek (self->draft);

  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self->known_hosts),
                                 profile->known_hosts_files[0] != NULL
                                   ? ""
                                   : _ ("The usual ones, where the keys of servers are kept"));
}

static void
refill (CulvertBehaviourGroup *self)
{
  CulvertProfile *profile = culvert_profile_draft_peek (self->draft);

  self->is_filling = TRUE;
  gtk_switch_set_active (self->reconnect, profile->reconnect);
  gtk_switch_set_active (self->start_with_program, profile->start_with_program);
  gtk_switch_set_active (self->on_demand, profile->on_demand);
  gtk_spin_button_set_value (self->idle, (profile->idle_timeout_s + 59) / 60);
  gtk_widget_set_sensitive (GTK_WIDGET (self->idle_row), profile->on_demand);
  gtk_switch_set_active (self->notify, profile->notify);
  gtk_spin_button_set_value (self->keepalive, profile->keepalive_interval_s);
  gtk_spin_button_set_value (self->timeout, profile->connect_timeout_s);
  gtk_switch_set_active (self->legacy, profile->legacy_algorithms);
  gtk_switch_set_active (self->quick_replies, profile->quick_replies);
  adw_combo_row_set_selected (self->family, profile->address_family);
  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (self->agent_socket)),
                    profile->agent_socket))
    gtk_editable_set_text (GTK_EDITABLE (self->agent_socket), profile->agent_socket);
  gtk_switch_set_active (self->only_listed, profile->only_listed_keys);
  gtk_switch_set_active (self->never_ask, profile->never_ask);
  adw_combo_row_set_selected (self->host_key_policy, profile->host_key_policy);
  if (!g_str_equal (gtk_editable_get_text (GTK_EDITABLE (self->host_key_alias)),
                    profile->host_key_alias))
    gtk_editable_set_text (GTK_EDITABLE (self->host_key_alias), profile->host_key_alias);
  culvert_path_list_set_paths (self->known_hosts, (const char *const *)profile->known_hosts_files);
  self->is_filling = FALSE;
  describe_known_hosts (self);
}

/* A file may have seconds that are no whole minutes; they stay until somebody turns the button. */
static void
take_idle (CulvertBehaviourGroup *self, CulvertProfile *profile)
{
  guint minutes = (guint)gtk_spin_button_get_value_as_int (self->idle);

  if (minutes != (profile->idle_timeout_s + 59) / 60)
    profile->idle_timeout_s = minutes * 60;
}

static void
changed_cb (CulvertBehaviourGroup *self)
{
  CulvertProfile *profile;

  if (self->is_filling || self->draft == NULL)
    return;
  profile = culvert_profile_draft_peek (self->draft);
  profile->reconnect = gtk_switch_get_active (self->reconnect);
  profile->start_with_program = gtk_switch_get_active (self->start_with_program);
  profile->on_demand = gtk_switch_get_active (self->on_demand);
  take_idle (self, profile);
  gtk_widget_set_sensitive (GTK_WIDGET (self->idle_row), profile->on_demand);
  profile->notify = gtk_switch_get_active (self->notify);
  profile->keepalive_interval_s = (guint)gtk_spin_button_get_value_as_int (self->keepalive);
  profile->connect_timeout_s = (guint)gtk_spin_button_get_value_as_int (self->timeout);
  profile->legacy_algorithms = gtk_switch_get_active (self->legacy);
  profile->quick_replies = gtk_switch_get_active (self->quick_replies);
  profile->address_family = (CulvertAddressFamily)adw_combo_row_get_selected (self->family);
  culvert_profile_set_string (&profile->agent_socket,
                              gtk_editable_get_text (GTK_EDITABLE (self->agent_socket)));
  profile->only_listed_keys = gtk_switch_get_active (self->only_listed);
  profile->never_ask = gtk_switch_get_active (self->never_ask);
  profile->host_key_policy =
    (CulvertHostKeyPolicy)adw_combo_row_get_selected (self->host_key_policy);
  culvert_profile_set_string (&profile->host_key_alias,
                              gtk_editable_get_text (GTK_EDITABLE (self->host_key_alias)));
  g_strfreev (profile->known_hosts_files);
  profile->known_hosts_files = culvert_path_list_dup_paths (self->known_hosts);
  describe_known_hosts (self);
  culvert_profile_draft_touch (self->draft);
}

static void
culvert_behaviour_group_dispose (GObject *object)
{
  CulvertBehaviourGroup *self = CULVERT_BEHAVIOUR_GROUP (object);

  g_clear_object (&self->draft);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_BEHAVIOUR_GROUP);
  G_OBJECT_CLASS (culvert_behaviour_group_parent_class)->dispose (object);
}

static void
culvert_behaviour_group_class_init (CulvertBehaviourGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_behaviour_group_dispose;
  g_type_ensure (CULVERT_TYPE_PATH_LIST);
  g_type_ensure (CULVERT_TYPE_PROBLEM_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/behaviour-group.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, advanced);
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, reconnect);
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, start_with_program);
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, on_demand);
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, idle_row);
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, idle);
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, notify);
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, keepalive);
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, timeout);
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, legacy);
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, quick_replies);
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, family);
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, agent_socket);
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, agent_problem);
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, only_listed);
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, never_ask);
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, host_key_policy);
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, host_key_alias);
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, alias_problem);
  gtk_widget_class_bind_template_child (widget_class, CulvertBehaviourGroup, known_hosts);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
}

static void
culvert_behaviour_group_init (CulvertBehaviourGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_spin_button_set_range (self->idle, 1, CULVERT_SECONDS_MAX / 60.0);
  gtk_spin_button_set_increments (self->idle, 1, 10);
  gtk_spin_button_set_range (self->keepalive, 0, CULVERT_SECONDS_MAX);
  gtk_spin_button_set_increments (self->keepalive, 5, 60);
  gtk_spin_button_set_range (self->timeout, 1, CULVERT_SECONDS_MAX);
  gtk_spin_button_set_increments (self->timeout, 5, 60);
}

void
culvert_behaviour_group_set_draft (CulvertBehaviourGroup *self, CulvertProfileDraft *draft)
{
  g_return_if_fail (CULVERT_IS_BEHAVIOUR_GROUP (self));
  g_return_if_fail (self->draft == NULL);

  /* No problem has the field CULVERT_FIELD_NAME and a path as its subject. */
  culvert_path_list_set_up (self->known_hosts, _ ("Known-hosts file"),
                            _ ("Choose a Known-Hosts File"), draft, CULVERT_FIELD_NAME);
  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "replaced", G_CALLBACK (refill), self, G_CONNECT_SWAPPED);
  culvert_problem_row_watch (self->agent_problem, draft,
                             &(CulvertProblemFilter){ .field = CULVERT_FIELD_AGENT_SOCKET },
                             GTK_WIDGET (self->agent_socket));
  culvert_problem_row_watch (self->alias_problem, draft,
                             &(CulvertProblemFilter){ .field = CULVERT_FIELD_HOST_KEY_ALIAS },
                             GTK_WIDGET (self->host_key_alias));
  refill (self);
}
