/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/group-row.h"

#include "core/profile-groups.h"
#include "words/failure.h"

#include <glib/gi18n.h>

struct _CulvertGroupRow
{
  GtkListBoxRow          parent_instance;
  CulvertTunnelGroup    *group;
  CulvertTunnelManager  *manager;
  CulvertGroupedTunnels *shown;
  GtkImage              *arrow;
  GtkLabel              *title;
  GtkLabel              *words;
  GtkSwitch             *toggle;
};

G_DEFINE_FINAL_TYPE (CulvertGroupRow, culvert_group_row, GTK_TYPE_LIST_BOX_ROW)

enum
{
  PROP_0,
  PROP_ONE_AT_A_TIME,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static const char *
get_name (CulvertGroupRow *self)
{
  return culvert_tunnel_group_get_name (self->group);
}

static void
say_error (CulvertGroupRow *self, const GError *error)
{
  g_autoptr (CulvertFailureWords) words = culvert_failure_words_for_other (error);

  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-message", "s", words->what);
}

static gboolean
toggle_state_set_cb (GtkSwitch *toggle, gboolean is_on, CulvertGroupRow *self)
{
  culvert_tunnel_group_set_wanted (self->group, is_on);
  return FALSE;
}

/* A switch has no place between on and off: a part that is on looks off and tinted, and is told as mixed. */
static void
update_state (CulvertGroupRow *self)
{
  CulvertGroupState state = culvert_tunnel_group_get_state (self->group);
  g_autofree char  *words = culvert_group_row_dup_words (self->group);

  g_signal_handlers_block_by_func (self->toggle, toggle_state_set_cb, self);
  gtk_switch_set_active (self->toggle, state == CULVERT_GROUP_ON);
  g_signal_handlers_unblock_by_func (self->toggle, toggle_state_set_cb, self);
  if (state == CULVERT_GROUP_MIXED)
    gtk_widget_add_css_class (GTK_WIDGET (self->toggle), "mixed");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->toggle), "mixed");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self->toggle), GTK_ACCESSIBLE_STATE_CHECKED,
                               state == CULVERT_GROUP_ON      ? GTK_ACCESSIBLE_TRISTATE_TRUE
                               : state == CULVERT_GROUP_MIXED ? GTK_ACCESSIBLE_TRISTATE_MIXED
                                                              : GTK_ACCESSIBLE_TRISTATE_FALSE,
                               -1);
  gtk_label_set_label (self->words, words);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->toggle),
                               culvert_tunnel_group_is_exclusive (self->group)
                                 ? _ ("Switch the First Tunnel of the Group On, or the Group Off")
                                 : _ ("Switch the Whole Group On or Off"));
}

static gboolean
is_collapsed (CulvertGroupRow *self)
{
  return culvert_grouped_tunnels_is_collapsed (self->shown, get_name (self));
}

static void
update_arrow (CulvertGroupRow *self)
{
  gtk_image_set_from_icon_name (self->arrow,
                                is_collapsed (self) ? "pan-end-symbolic" : "pan-down-symbolic");
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_EXPANDED,
                               !is_collapsed (self), -1);
}

static void
exclusive_changed_cb (CulvertGroupRow *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_ONE_AT_A_TIME]);
}

static void
rename_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_activate_action (widget, "win.rename-group", "s",
                              get_name (CULVERT_GROUP_ROW (widget)));
}

static void
move_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_activate_action (
    widget, g_str_equal (name, "group.move-up") ? "win.move-group-up" : "win.move-group-down", "s",
    get_name (CULVERT_GROUP_ROW (widget)));
}

/* Towards the end of a line closes nothing, whichever way lines run. */
static gboolean
arrow_key_cb (GtkWidget *widget, GVariant *arguments, gpointer user_data)
{
  CulvertGroupRow *self = CULVERT_GROUP_ROW (widget);
  gboolean         is_left = g_variant_get_boolean (arguments);
  gboolean         is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;

  culvert_grouped_tunnels_set_collapsed (self->shown, get_name (self), is_left != is_rtl);
  return GDK_EVENT_STOP;
}

static void
culvert_group_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CulvertGroupRow *self = CULVERT_GROUP_ROW (object);

  switch (prop_id)
    {
    case PROP_ONE_AT_A_TIME:
      g_value_set_boolean (value,
                           self->group != NULL && culvert_tunnel_group_is_exclusive (self->group));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
set_exclusive (CulvertGroupRow *self, gboolean is_exclusive)
{
  g_autoptr (GError) error = NULL;

  if (!culvert_profile_store_set_exclusive (culvert_tunnel_manager_get_store (self->manager),
                                            get_name (self), is_exclusive, &error))
    say_error (self, error);
}

static void
culvert_group_row_set_property (GObject      *object,
                                guint         prop_id,
                                const GValue *value,
                                GParamSpec   *pspec)
{
  switch (prop_id)
    {
    case PROP_ONE_AT_A_TIME:
      set_exclusive (CULVERT_GROUP_ROW (object), g_value_get_boolean (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_group_row_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CULVERT_TYPE_GROUP_ROW);
  G_OBJECT_CLASS (culvert_group_row_parent_class)->dispose (object);
}

static void
culvert_group_row_finalize (GObject *object)
{
  CulvertGroupRow *self = CULVERT_GROUP_ROW (object);

  g_clear_object (&self->group);
  g_clear_object (&self->manager);
  g_clear_object (&self->shown);
  G_OBJECT_CLASS (culvert_group_row_parent_class)->finalize (object);
}

static void
culvert_group_row_class_init (CulvertGroupRowClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->get_property = culvert_group_row_get_property;
  object_class->set_property = culvert_group_row_set_property;
  object_class->dispose = culvert_group_row_dispose;
  object_class->finalize = culvert_group_row_finalize;
  properties[PROP_ONE_AT_A_TIME] =
    g_param_spec_boolean ("one-at-a-time", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/group-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertGroupRow, arrow);
  gtk_widget_class_bind_template_child (widget_class, CulvertGroupRow, title);
  gtk_widget_class_bind_template_child (widget_class, CulvertGroupRow, words);
  gtk_widget_class_bind_template_child (widget_class, CulvertGroupRow, toggle);
  gtk_widget_class_bind_template_callback (widget_class, toggle_state_set_cb);
  gtk_widget_class_install_action (widget_class, "group.rename", NULL, rename_action);
  gtk_widget_class_install_action (widget_class, "group.move-up", NULL, move_action);
  gtk_widget_class_install_action (widget_class, "group.move-down", NULL, move_action);
  gtk_widget_class_install_property_action (widget_class, "group.one-at-a-time", "one-at-a-time");
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Left, 0, arrow_key_cb, "b", TRUE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Left, 0, arrow_key_cb, "b", TRUE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_Right, 0, arrow_key_cb, "b", FALSE);
  gtk_widget_class_add_binding (widget_class, GDK_KEY_KP_Right, 0, arrow_key_cb, "b", FALSE);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_F2, 0, "group.rename", NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Up, GDK_ALT_MASK, "group.move-up",
                                       NULL);
  gtk_widget_class_add_binding_action (widget_class, GDK_KEY_Down, GDK_ALT_MASK, "group.move-down",
                                       NULL);
}

static void
culvert_group_row_init (CulvertGroupRow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
culvert_group_row_new (CulvertTunnelGroup    *group,
                       CulvertTunnelManager  *manager,
                       CulvertGroupedTunnels *shown)
{
  CulvertGroupRow *self = g_object_new (CULVERT_TYPE_GROUP_ROW, NULL);

  self->group = g_object_ref (group);
  self->manager = g_object_ref (manager);
  self->shown = g_object_ref (shown);
  gtk_label_set_label (self->title, get_name (self));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->title), get_name (self));
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY,
                                  self->words, NULL, -1);
  g_signal_connect_object (group, "notify::n-wanted", G_CALLBACK (update_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (group, "notify::state", G_CALLBACK (update_state), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (group, "notify::is-exclusive", G_CALLBACK (exclusive_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (shown, "notify::collapsed", G_CALLBACK (update_arrow), self,
                           G_CONNECT_SWAPPED);
  update_state (self);
  update_arrow (self);
  return GTK_WIDGET (self);
}

CulvertTunnelGroup *
culvert_group_row_get_group (CulvertGroupRow *self)
{
  g_return_val_if_fail (CULVERT_IS_GROUP_ROW (self), NULL);
  return self->group;
}

void
culvert_group_row_toggle (CulvertGroupRow *self)
{
  g_return_if_fail (CULVERT_IS_GROUP_ROW (self));
  culvert_grouped_tunnels_set_collapsed (self->shown, get_name (self), !is_collapsed (self));
}

char *
culvert_group_row_dup_words (CulvertTunnelGroup *group)
{
  guint n_wanted = culvert_tunnel_group_get_n_wanted (group);
  guint n_tunnels = g_list_model_get_n_items (G_LIST_MODEL (group));

  /* More than one are on when they were before there was the rule. */
  if (culvert_tunnel_group_is_exclusive (group) && n_wanted <= 1)
    return g_strdup (n_wanted > 0 ? C_ ("one tunnel of a group", "One on")
                                  : C_ ("all tunnels of a group", "Off"));
  if (n_wanted == 0)
    return g_strdup (C_ ("all tunnels of a group", "Off"));
  if (n_wanted == n_tunnels)
    return g_strdup (C_ ("all tunnels of a group", "All on"));
  /* Translators: of a group's tunnels, the first %u is how many are switched on, the second how many
   * there are */
  return g_strdup_printf (ngettext ("%u of %u on", "%u of %u on", n_tunnels), n_wanted, n_tunnels);
}
