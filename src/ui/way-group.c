/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/way-group.h"

#include "ui/entry.h"
#include "ui/path-list.h"
#include "ui/problem-row.h"

#include <glib/gi18n.h>
#include <string.h>

/* In the order of the combo row. */
typedef enum
{
  CHOICE_NONE,
  CHOICE_SYSTEM,
  CHOICE_HTTP,
  CHOICE_SOCKS5,
  CHOICE_SOCKS4A,
  CHOICE_SOCKS4,
  CHOICE_COMMAND,
} Choice;

struct _CulvertWayGroup
{
  AdwPreferencesGroup  parent_instance;
  CulvertProfileDraft *draft;
  gboolean             is_filling;

  CulvertPathList   *hops;
  AdwComboRow       *choice;
  AdwEntryRow       *address;
  CulvertProblemRow *proxy_problem;
  AdwEntryRow       *command;
  CulvertProblemRow *command_problem;
  GtkWidget         *allowed_row;
  GtkSwitch         *allowed;
};

G_DEFINE_FINAL_TYPE (CulvertWayGroup, culvert_way_group, ADW_TYPE_PREFERENCES_GROUP)

static const char *const schemes[] = {
  [CHOICE_HTTP] = "http://",
  [CHOICE_SOCKS5] = "socks5://",
  [CHOICE_SOCKS4A] = "socks4a://",
  [CHOICE_SOCKS4] = "socks4://",
};

static gboolean
has_address (Choice choice)
{
  return choice < G_N_ELEMENTS (schemes) && schemes[choice] != NULL;
}

static Choice
get_choice (const CulvertProfile *profile)
{
  if (profile->proxy_command[0] != '\0')
    return CHOICE_COMMAND;
  if (profile->proxy[0] == '\0')
    return CHOICE_NONE;
  if (g_str_equal (profile->proxy, "system"))
    return CHOICE_SYSTEM;
  for (Choice choice = 0; choice < G_N_ELEMENTS (schemes); choice++)
    if (has_address (choice) && g_str_has_prefix (profile->proxy, schemes[choice]))
      return choice;
  /* Something else, which the row under it complains about. */
  return CHOICE_HTTP;
}

static const char *
get_address (const CulvertProfile *profile)
{
  const char *end = strstr (profile->proxy, "://");

  if (end != NULL)
    return end + strlen ("://");
  return g_str_equal (profile->proxy, "system") ? "" : profile->proxy;
}

static const char *
describe_choice (Choice choice)
{
  switch (choice)
    {
    case CHOICE_NONE:
      return "";
    case CHOICE_SYSTEM:
      return _ ("What the desktop’s network settings have for such connections");
    case CHOICE_COMMAND:
      return _ ("A program whose input and output lead to the server");
    case CHOICE_HTTP:
    case CHOICE_SOCKS5:
    case CHOICE_SOCKS4A:
    case CHOICE_SOCKS4:
    default:
      return _ ("host:port, or user@host:port where it wants to know who asks");
    }
}

static void
describe_hops (CulvertWayGroup *self)
{
  CulvertProfile  *profile = culvert_profile_draft_peek (self->draft);
  g_autofree char *way = g_strjoinv (" → ", profile->hops);
  g_autofree char *note = NULL;

  if (profile->hops[0] == NULL)
    note = g_strdup (_ ("SSH servers to go through, the nearest first"));
  else
    /* Translators: %s is a list of servers */
    note = g_strdup_printf (_ ("%s. You sign in to each in the same ways as to the server."), way);
  adw_expander_row_set_subtitle (ADW_EXPANDER_ROW (self->hops), note);
}

static void
update_visibility (CulvertWayGroup *self)
{
  Choice choice = (Choice)adw_combo_row_get_selected (self->choice);

  adw_action_row_set_subtitle (ADW_ACTION_ROW (self->choice), describe_choice (choice));
  gtk_widget_set_visible (GTK_WIDGET (self->address), has_address (choice));
  gtk_widget_set_visible (GTK_WIDGET (self->command), choice == CHOICE_COMMAND);
  gtk_widget_set_visible (self->allowed_row, choice == CHOICE_COMMAND);
  describe_hops (self);
}

static void
refill (CulvertWayGroup *self)
{
  CulvertProfile *profile = culvert_profile_draft_peek (self->draft);

  self->is_filling = TRUE;
  culvert_path_list_set_paths (self->hops, (const char *const *)profile->hops);
  adw_combo_row_set_selected (self->choice, get_choice (profile));
  culvert_entry_set_text (self->address, get_address (profile));
  culvert_entry_set_text (self->command, profile->proxy_command);
  gtk_switch_set_active (self->allowed, profile->proxy_command_allowed);
  self->is_filling = FALSE;
  update_visibility (self);
}

/* What the rows say goes into the draft; what is not shown counts as empty. */
static void
store (CulvertWayGroup *self)
{
  CulvertProfile  *profile;
  Choice           choice = (Choice)adw_combo_row_get_selected (self->choice);
  g_autofree char *proxy = NULL;

  if (self->is_filling || self->draft == NULL)
    return;
  profile = culvert_profile_draft_peek (self->draft);
  if (choice == CHOICE_SYSTEM)
    proxy = g_strdup ("system");
  else if (has_address (choice))
    proxy = g_strconcat (schemes[choice], culvert_entry_get_text (self->address), NULL);
  culvert_profile_set_string (&profile->proxy, proxy != NULL ? proxy : "");
  culvert_profile_set_string (&profile->proxy_command, choice == CHOICE_COMMAND
                                                         ? culvert_entry_get_text (self->command)
                                                         : "");
  profile->proxy_command_allowed =
    choice == CHOICE_COMMAND && gtk_switch_get_active (self->allowed);
  update_visibility (self);
  culvert_profile_draft_touch (self->draft);
}

static void
hops_changed_cb (CulvertWayGroup *self)
{
  CulvertProfile *profile;

  if (self->is_filling || self->draft == NULL)
    return;
  profile = culvert_profile_draft_peek (self->draft);
  g_strfreev (profile->hops);
  profile->hops = culvert_path_list_dup_paths (self->hops);
  describe_hops (self);
  culvert_profile_draft_touch (self->draft);
}

static void
choice_changed_cb (CulvertWayGroup *self)
{
  store (self);
}

/* The kind may be pasted with the address. */
static void
address_changed_cb (CulvertWayGroup *self)
{
  const char *text = culvert_entry_get_text (self->address);

  for (Choice choice = 0; choice < G_N_ELEMENTS (schemes) && !self->is_filling; choice++)
    if (has_address (choice) && g_str_has_prefix (text, schemes[choice]))
      {
        g_autofree char *rest = g_strdup (text + strlen (schemes[choice]));

        self->is_filling = TRUE;
        adw_combo_row_set_selected (self->choice, choice);
        gtk_editable_set_text (GTK_EDITABLE (self->address), rest);
        self->is_filling = FALSE;
        break;
      }
  store (self);
}

/* The permission was given to what stood there before. */
static void
command_changed_cb (CulvertWayGroup *self)
{
  gboolean was_filling = self->is_filling;

  if (!was_filling)
    {
      self->is_filling = TRUE;
      gtk_switch_set_active (self->allowed, FALSE);
      self->is_filling = FALSE;
    }
  store (self);
}

static void
allowed_changed_cb (CulvertWayGroup *self)
{
  store (self);
}

static void
culvert_way_group_dispose (GObject *object)
{
  CulvertWayGroup *self = CULVERT_WAY_GROUP (object);

  g_clear_object (&self->draft);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_WAY_GROUP);
  G_OBJECT_CLASS (culvert_way_group_parent_class)->dispose (object);
}

static void
culvert_way_group_class_init (CulvertWayGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_way_group_dispose;
  g_type_ensure (CULVERT_TYPE_PATH_LIST);
  g_type_ensure (CULVERT_TYPE_PROBLEM_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/way-group.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertWayGroup, hops);
  gtk_widget_class_bind_template_child (widget_class, CulvertWayGroup, choice);
  gtk_widget_class_bind_template_child (widget_class, CulvertWayGroup, address);
  gtk_widget_class_bind_template_child (widget_class, CulvertWayGroup, proxy_problem);
  gtk_widget_class_bind_template_child (widget_class, CulvertWayGroup, command);
  gtk_widget_class_bind_template_child (widget_class, CulvertWayGroup, command_problem);
  gtk_widget_class_bind_template_child (widget_class, CulvertWayGroup, allowed_row);
  gtk_widget_class_bind_template_child (widget_class, CulvertWayGroup, allowed);
  gtk_widget_class_bind_template_callback (widget_class, hops_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, choice_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, address_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, command_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, allowed_changed_cb);
}

static void
culvert_way_group_init (CulvertWayGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

void
culvert_way_group_set_draft (CulvertWayGroup *self, CulvertProfileDraft *draft)
{
  g_return_if_fail (CULVERT_IS_WAY_GROUP (self));
  g_return_if_fail (self->draft == NULL);

  culvert_path_list_set_up (self->hops, _ ("Jump host, as user@host:port"), NULL, draft,
                            CULVERT_FIELD_HOPS);
  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "replaced", G_CALLBACK (refill), self, G_CONNECT_SWAPPED);
  culvert_problem_row_watch (self->proxy_problem, draft,
                             &(CulvertProblemFilter){ .field = CULVERT_FIELD_PROXY },
                             GTK_WIDGET (self->address));
  culvert_problem_row_watch (self->command_problem, draft,
                             &(CulvertProblemFilter){ .field = CULVERT_FIELD_PROXY_COMMAND },
                             GTK_WIDGET (self->command));
  refill (self);
}
