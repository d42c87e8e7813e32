/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/forward-editor.h"

#include "engine/port-neighbours.h"
#include "ui/entry.h"
#include "ui/forward-extras.h"
#include "ui/forward-picture.h"
#include "ui/kind-card.h"
#include "ui/listen-group.h"
#include "ui/no-break.h"
#include "ui/problem-row.h"
#include "ui/target-group.h"
#include "words/tunnel-words.h"

#define N_KINDS           4
#define USUAL_PROXY_PORT  1080 /* RFC 1928 3 */
#define USUAL_TARGET_HERE "localhost"
#define FTP_PORT          21

struct _CulvertForwardEditor
{
  AdwBin               parent_instance;
  CulvertProfileDraft *draft;
  GListModel          *tunnels;    /* nullable */
  char                *forward_id; /* nullable */
  CulvertForwardKind   kind;
  gboolean             is_filling;

  GtkGrid               *cards;
  GtkWidget             *kinds[N_KINDS];
  CulvertForwardPicture *picture;
  GtkLabel              *sentence;
  CulvertListenGroup    *listen;
  CulvertTargetGroup    *target;
  AdwEntryRow           *name;
  GtkSwitch             *toggle;
  CulvertForwardExtras  *extras;
};

G_DEFINE_FINAL_TYPE (CulvertForwardEditor, culvert_forward_editor, ADW_TYPE_BIN)

enum
{
  SIGNAL_REMOVE_CLICKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static CulvertProfile *
peek (CulvertForwardEditor *self)
{
  return culvert_profile_draft_peek (self->draft);
}

static CulvertForwardSpec *
find_spec (CulvertForwardEditor *self)
{
  return self->forward_id != NULL ? culvert_profile_find_forward (peek (self), self->forward_id)
                                  : NULL;
}

static void
show_words (CulvertForwardEditor *self)
{
  CulvertForwardSpec *spec = find_spec (self);
  g_autofree char    *sentence = NULL;
  g_autofree char    *unbroken = NULL;

  if (spec == NULL)
    return;
  sentence = culvert_words_for_forward (spec, peek (self));
  unbroken = culvert_no_break (sentence);
  gtk_label_set_label (self->sentence, unbroken);
  culvert_forward_picture_set_forward (self->picture, spec, peek (self), NULL);
}

/* What leads to the port of FTP carries nothing of use without its data connections. */
static void
update_ftp_offer (CulvertForwardEditor *self, const CulvertEndpoint *target)
{
  culvert_target_group_offer_ftp (self->target,
                                  culvert_endpoint_get_port (target) == FTP_PORT &&
                                    culvert_forward_extras_offers_ftp (self->extras) &&
                                    !culvert_forward_extras_has_ftp (self->extras));
}

static void
changed_cb (CulvertForwardEditor *self)
{
  CulvertForwardFields           fields;
  CulvertForwardSpec            *old;
  g_autoptr (CulvertEndpoint)    listen = NULL;
  g_autoptr (CulvertEndpoint)    target = NULL;
  g_autoptr (CulvertForwardSpec) spec = NULL;

  if (self->is_filling || self->draft == NULL)
    return;
  old = find_spec (self);
  if (old == NULL)
    return;
  listen = culvert_listen_group_dup_endpoint (self->listen);
  target = culvert_target_group_dup_endpoint (self->target);
  fields = culvert_forward_spec_get_fields (old);
  fields.name = culvert_entry_get_text (self->name);
  fields.kind = self->kind;
  fields.listen = listen;
  fields.target = target;
  fields.is_enabled = gtk_switch_get_active (self->toggle);
  culvert_listen_group_apply_user (self->listen, &fields);
  culvert_forward_extras_apply (self->extras, &fields);
  spec = culvert_forward_spec_new (&fields);
  culvert_profile_put_forward (peek (self), spec);
  update_ftp_offer (self, target);
  culvert_profile_draft_touch (self->draft);
}

/* Does another forward listen on @port at the same side? */
static gboolean
is_taken (CulvertForwardEditor *self, guint16 port)
{
  GPtrArray *forwards = peek (self)->forwards;

  for (guint i = 0; i < forwards->len; i++)
    {
      CulvertForwardFields fields = culvert_forward_spec_get_fields (forwards->pdata[i]);

      if (culvert_endpoint_get_port (fields.listen) == port &&
          culvert_forward_kind_is_remote (fields.kind) ==
            culvert_forward_kind_is_remote (self->kind) &&
          !g_str_equal (fields.id, self->forward_id))
        return TRUE;
    }
  return FALSE;
}

/* The first from @port on that no other forward has; of this computer's, one that is free, too. */
static guint16
find_port (CulvertForwardEditor *self, guint16 port)
{
  CulvertForwardPlace         place = { peek (self)->id, self->forward_id };
  g_autoptr (CulvertEndpoint) listen = NULL;
  g_autoptr (CulvertEndpoint) chosen = NULL;

  while (is_taken (self, port) && port < G_MAXUINT16)
    port++;
  if (culvert_forward_kind_is_remote (self->kind) || self->tunnels == NULL)
    return port;
  listen = culvert_endpoint_new_tcp ("", port);
  chosen = culvert_port_neighbours_choose (self->tunnels, &place, listen);
  return chosen != NULL ? culvert_endpoint_get_port (chosen) : port;
}

/* Programs here are used to the port that the target has. */
static guint16
get_usual_port (CulvertForwardEditor *self)
{
  g_autoptr (CulvertEndpoint) target = NULL;

  if (culvert_forward_kind_is_proxy (self->kind))
    return USUAL_PROXY_PORT;
  if (self->kind != CULVERT_FORWARD_LOCAL)
    return 0;
  target = culvert_target_group_dup_endpoint (self->target);
  return culvert_endpoint_get_port (target);
}

static void
suggest_port (CulvertForwardEditor *self)
{
  guint16 port = get_usual_port (self);

  culvert_listen_group_suggest_port (self->listen, port != 0 ? find_port (self, port) : 0);
}

/* What nobody typed yet gets what is usual for the kind. */
static void
suggest (CulvertForwardEditor *self)
{
  suggest_port (self);
  culvert_target_group_suggest_host (
    self->target, self->kind == CULVERT_FORWARD_REMOTE ? USUAL_TARGET_HERE : NULL);
}

static void
kind_toggled_cb (CulvertForwardEditor *self, GtkToggleButton *card)
{
  if (self->is_filling || !gtk_toggle_button_get_active (card))
    return;
  for (guint i = 0; i < N_KINDS; i++)
    if (self->kinds[i] == GTK_WIDGET (card))
      self->kind = (CulvertForwardKind)i;
  culvert_listen_group_set_kind (self->listen, self->kind);
  culvert_target_group_set_kind (self->target, self->kind, peek (self)->host);
  suggest (self);
  changed_cb (self);
}

static void
target_changed_cb (CulvertForwardEditor *self)
{
  if (self->is_filling || self->draft == NULL || self->forward_id == NULL)
    return;
  if (self->kind == CULVERT_FORWARD_LOCAL)
    suggest_port (self);
  changed_cb (self);
}

static void
ftp_wanted_cb (CulvertForwardEditor *self)
{
  culvert_forward_extras_set_ftp (self->extras);
}

static void
remove_cb (CulvertForwardEditor *self)
{
  g_signal_emit (self, signals[SIGNAL_REMOVE_CLICKED], 0);
}

static void
add_cards (CulvertForwardEditor *self)
{
  for (guint i = 0; i < N_KINDS; i++)
    {
      self->kinds[i] = culvert_kind_card_new ((CulvertForwardKind)i);
      if (i > 0)
        gtk_toggle_button_set_group (GTK_TOGGLE_BUTTON (self->kinds[i]),
                                     GTK_TOGGLE_BUTTON (self->kinds[0]));
      g_signal_connect_object (self->kinds[i], "toggled", G_CALLBACK (kind_toggled_cb), self,
                               G_CONNECT_SWAPPED);
      gtk_grid_attach (self->cards, self->kinds[i], (int)i % 2, (int)i / 2, 1, 1);
    }
}

static void
culvert_forward_editor_dispose (GObject *object)
{
  CulvertForwardEditor *self = CULVERT_FORWARD_EDITOR (object);

  g_clear_object (&self->draft);
  g_clear_object (&self->tunnels);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_FORWARD_EDITOR);
  G_OBJECT_CLASS (culvert_forward_editor_parent_class)->dispose (object);
}

static void
culvert_forward_editor_finalize (GObject *object)
{
  CulvertForwardEditor *self = CULVERT_FORWARD_EDITOR (object);

  g_free (self->forward_id);
  G_OBJECT_CLASS (culvert_forward_editor_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, cards);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, picture);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, sentence);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, listen);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, target);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, name);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, toggle);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, extras);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, target_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, ftp_wanted_cb);
  gtk_widget_class_bind_template_callback (widget_class, remove_cb);
}

static void
culvert_forward_editor_class_init (CulvertForwardEditorClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_forward_editor_dispose;
  G_OBJECT_CLASS (klass)->finalize = culvert_forward_editor_finalize;
  signals[SIGNAL_REMOVE_CLICKED] =
    g_signal_new ("remove-clicked", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                  NULL, G_TYPE_NONE, 0);
  g_type_ensure (CULVERT_TYPE_FORWARD_EXTRAS);
  g_type_ensure (CULVERT_TYPE_FORWARD_PICTURE);
  g_type_ensure (CULVERT_TYPE_LISTEN_GROUP);
  g_type_ensure (CULVERT_TYPE_PROBLEM_ROW);
  g_type_ensure (CULVERT_TYPE_TARGET_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/forward-editor.ui");
  bind_template (widget_class);
}

static void
culvert_forward_editor_init (CulvertForwardEditor *self)
{
  self->is_filling = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
  add_cards (self);
  self->is_filling = FALSE;
}

void
culvert_forward_editor_set_draft (CulvertForwardEditor *self, CulvertProfileDraft *draft)
{
  g_return_if_fail (CULVERT_IS_FORWARD_EDITOR (self));
  g_return_if_fail (self->draft == NULL);

  self->draft = g_object_ref (draft);
  g_signal_connect_object (draft, "changed", G_CALLBACK (show_words), self, G_CONNECT_SWAPPED);
}

void
culvert_forward_editor_set_tunnels (CulvertForwardEditor *self, GListModel *tunnels)
{
  g_return_if_fail (CULVERT_IS_FORWARD_EDITOR (self));
  g_return_if_fail (self->tunnels == NULL);

  self->tunnels = g_object_ref (tunnels);
  culvert_listen_group_set_tunnels (self->listen, tunnels);
}

static void
fill (CulvertForwardEditor *self, CulvertForwardSpec *spec)
{
  CulvertForwardFields fields = culvert_forward_spec_get_fields (spec);

  self->is_filling = TRUE;
  self->kind = fields.kind;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->kinds[fields.kind]), TRUE);
  culvert_listen_group_set_forward (self->listen, self->draft, spec);
  culvert_target_group_set_forward (self->target, self->draft, spec);
  culvert_target_group_set_kind (self->target, fields.kind, peek (self)->host);
  culvert_forward_extras_set_forward (self->extras, self->draft, spec);
  culvert_forward_extras_apply (self->extras, &fields);
  culvert_entry_set_text (self->name, fields.name);
  gtk_switch_set_active (self->toggle, fields.is_enabled);
  self->is_filling = FALSE;
}

void
culvert_forward_editor_set_forward (CulvertForwardEditor *self, const char *forward_id)
{
  CulvertForwardSpec         *spec;
  g_autofree char            *id = g_strdup (forward_id);
  g_autoptr (CulvertEndpoint) target = NULL;

  g_return_if_fail (CULVERT_IS_FORWARD_EDITOR (self));

  g_free (self->forward_id);
  self->forward_id = g_steal_pointer (&id);
  spec = find_spec (self);
  if (spec == NULL)
    {
      g_clear_pointer (&self->forward_id, g_free);
      culvert_profile_draft_set_focus (self->draft, NULL);
      return;
    }
  fill (self, spec);
  target = culvert_target_group_dup_endpoint (self->target);
  update_ftp_offer (self, target);
  culvert_profile_draft_set_focus (self->draft, self->forward_id);
}

const char *
culvert_forward_editor_get_forward (CulvertForwardEditor *self)
{
  g_return_val_if_fail (CULVERT_IS_FORWARD_EDITOR (self), NULL);
  return self->forward_id;
}

void
culvert_forward_editor_focus (CulvertForwardEditor *self)
{
  g_return_if_fail (CULVERT_IS_FORWARD_EDITOR (self));

  culvert_listen_group_focus (self->listen);
}
