/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/server-group.h"

#include "ui/command-fill.h"
#include "ui/entry.h"
#include "ui/no-break.h"
#include "ui/problem-row.h"

#include <glib/gi18n.h>
#include <string.h>

#define SSH_PORT 22

struct _CulvertServerGroup
{
  AdwPreferencesGroup  parent_instance;
  CulvertProfileDraft *draft;
  CulvertProfile      *before;   /* the last fill: what it can be taken back to */
  gsize                n_before; /* bytes of the host field at its last change */
  gboolean             is_filling;

  AdwEntryRow *host;
  AdwEntryRow *port;
  AdwEntryRow *user;
  GtkWidget   *own_user;
  GtkWidget   *filled_row;
  GtkLabel    *filled;

  CulvertProblemRow *host_problem;
  CulvertProblemRow *port_problem;
  CulvertProblemRow *user_problem;
};

G_DEFINE_FINAL_TYPE (CulvertServerGroup, culvert_server_group, ADW_TYPE_PREFERENCES_GROUP)

static void
refill (CulvertServerGroup *self)
{
  CulvertProfile  *profile = culvert_profile_draft_peek (self->draft);
  g_autofree char *port = g_strdup_printf ("%u", profile->port);

  self->is_filling = TRUE;
  culvert_entry_set_text (self->host, profile->host);
  culvert_entry_set_text (self->port, profile->port != 0 ? port : "");
  culvert_entry_set_text (self->user, profile->user);
  self->n_before = strlen (profile->host);
  gtk_widget_set_visible (self->own_user, profile->user[0] == '\0');
  self->is_filling = FALSE;
}

/* What was filled in and can be taken back; NULL: nothing. */
static void
say_filled (CulvertServerGroup *self, const char *words)
{
  g_autofree char *unbroken = words != NULL ? culvert_no_break (words) : NULL;

  gtk_widget_set_visible (self->filled_row, words != NULL);
  gtk_label_set_label (self->filled, words != NULL ? unbroken : "");
}

/* Whether the text was more than a name, and went where it belongs */
static gboolean
try_to_fill (CulvertServerGroup *self)
{
  g_autoptr (CulvertProfile) before = culvert_profile_draft_dup_profile (self->draft);
  g_autoptr (CulvertProfile) after = culvert_profile_edit (before);
  g_autofree char           *words = NULL;

  switch (culvert_fill_from_text (after, culvert_entry_get_text (self->host), &words))
    {
    case CULVERT_FILL_DONE:
      g_clear_pointer (&self->before, culvert_profile_unref);
      self->before = g_steal_pointer (&before);
      culvert_problem_row_set_words (self->host_problem, NULL);
      culvert_profile_draft_replace (self->draft, after);
      gtk_editable_set_position (GTK_EDITABLE (self->host), -1);
      say_filled (self, words);
      return TRUE;
    case CULVERT_FILL_REFUSED:
      culvert_problem_row_set_words (self->host_problem, words);
      return FALSE;
    case CULVERT_FILL_NOTHING:
    default:
      culvert_problem_row_set_words (self->host_problem, NULL);
      return FALSE;
    }
}

static void
host_changed_cb (CulvertServerGroup *self)
{
  const char     *text = culvert_entry_get_text (self->host);
  gsize           n_bytes = strlen (text);
  gboolean        is_pasted = n_bytes > self->n_before + 1;
  CulvertProfile *profile;

  if (self->is_filling || self->draft == NULL)
    return;
  profile = culvert_profile_draft_peek (self->draft);
  /* What undo goes back to has the host as it was before the paste. */
  self->n_before = n_bytes;
  say_filled (self, NULL);
  culvert_problem_row_set_words (self->host_problem, NULL);
  if (is_pasted && try_to_fill (self))
    return;
  culvert_profile_set_string (&profile->host, text);
  culvert_profile_draft_touch (self->draft);
}

void
culvert_server_group_settle (CulvertServerGroup *self)
{
  g_return_if_fail (CULVERT_IS_SERVER_GROUP (self));

  if (self->draft != NULL && !gtk_widget_get_visible (self->filled_row))
    try_to_fill (self);
}

static void
port_changed_cb (CulvertServerGroup *self)
{
  CulvertProfile *profile;

  if (self->is_filling || self->draft == NULL)
    return;
  profile = culvert_profile_draft_peek (self->draft);
  if (*culvert_entry_get_text (self->port) == '\0')
    profile->port = SSH_PORT;
  else if (!culvert_port_parse (culvert_entry_get_text (self->port), &profile->port))
    profile->port = 0;
  culvert_profile_draft_touch (self->draft);
}

static void
user_changed_cb (CulvertServerGroup *self)
{
  gtk_widget_set_visible (self->own_user, *culvert_entry_get_text (self->user) == '\0');
  if (self->is_filling || self->draft == NULL)
    return;
  culvert_profile_set_string (&culvert_profile_draft_peek (self->draft)->user,
                              culvert_entry_get_text (self->user));
  culvert_profile_draft_touch (self->draft);
}

static void
undo_cb (CulvertServerGroup *self)
{
  g_autoptr (CulvertProfile) before = g_steal_pointer (&self->before);

  say_filled (self, NULL);
  if (before != NULL)
    culvert_profile_draft_replace (self->draft, before);
  gtk_widget_grab_focus (GTK_WIDGET (self->host));
}

static void
culvert_server_group_dispose (GObject *object)
{
  CulvertServerGroup *self = CULVERT_SERVER_GROUP (object);

  g_clear_object (&self->draft);
  g_clear_pointer (&self->before, culvert_profile_unref);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_SERVER_GROUP);
  G_OBJECT_CLASS (culvert_server_group_parent_class)->dispose (object);
}

static void
culvert_server_group_class_init (CulvertServerGroupClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_server_group_dispose;
  g_type_ensure (CULVERT_TYPE_PROBLEM_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/server-group.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertServerGroup, host);
  gtk_widget_class_bind_template_child (widget_class, CulvertServerGroup, port);
  gtk_widget_class_bind_template_child (widget_class, CulvertServerGroup, user);
  gtk_widget_class_bind_template_child (widget_class, CulvertServerGroup, own_user);
  gtk_widget_class_bind_template_child (widget_class, CulvertServerGroup, filled_row);
  gtk_widget_class_bind_template_child (widget_class, CulvertServerGroup, filled);
  gtk_widget_class_bind_template_child (widget_class, CulvertServerGroup, host_problem);
  gtk_widget_class_bind_template_child (widget_class, CulvertServerGroup, port_problem);
  gtk_widget_class_bind_template_child (widget_class, CulvertServerGroup, user_problem);
  gtk_widget_class_bind_template_callback (widget_class, host_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, port_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, user_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, undo_cb);
  gtk_widget_class_bind_template_callback (widget_class, culvert_server_group_settle);
}

static void
culvert_server_group_init (CulvertServerGroup *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
  gtk_label_set_label (GTK_LABEL (self->own_user), g_get_user_name ());
  gtk_widget_set_tooltip_text (self->own_user, _ ("Your own login name, unless you type another"));
}

void
culvert_server_group_set_draft (CulvertServerGroup *self, CulvertProfileDraft *draft)
{
  g_return_if_fail (CULVERT_IS_SERVER_GROUP (self));
  g_return_if_fail (self->draft == NULL);

  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "replaced", G_CALLBACK (refill), self, G_CONNECT_SWAPPED);
  refill (self);
  culvert_problem_row_watch (self->host_problem, draft,
                             &(CulvertProblemFilter){ .field = CULVERT_FIELD_HOST },
                             GTK_WIDGET (self->host));
  culvert_problem_row_watch (self->port_problem, draft,
                             &(CulvertProblemFilter){ .field = CULVERT_FIELD_PORT },
                             GTK_WIDGET (self->port));
  culvert_problem_row_watch (self->user_problem, draft,
                             &(CulvertProblemFilter){ .field = CULVERT_FIELD_USER },
                             GTK_WIDGET (self->user));
}

void
culvert_server_group_focus (CulvertServerGroup *self)
{
  g_return_if_fail (CULVERT_IS_SERVER_GROUP (self));
  gtk_widget_grab_focus (GTK_WIDGET (self->host));
}
