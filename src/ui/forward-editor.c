/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/forward-editor.h"

#include "base/peer-user.h"
#include "ui/entry.h"
#include "ui/forward-picture.h"
#include "ui/kind-card.h"
#include "ui/no-break.h"
#include "ui/problem-row.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>
#include <string.h>

#define N_KINDS 4

/* In the order of the combo row. */
typedef enum
{
  WHERE_LOOPBACK,
  WHERE_ALL,
  WHERE_ADDRESS,
  WHERE_SOCKET,
} Where;

struct _CulvertForwardEditor
{
  AdwBin               parent_instance;
  CulvertProfileDraft *draft;
  char                *forward_id; /* nullable */
  CulvertForwardKind   kind;
  char                *loopback_host; /* "" or "localhost", as it was written */
  gboolean             is_filling;
  gboolean             can_see_users; /* the system tells who connects */
  gsize                n_target;      /* bytes of the target's field at its last change */

  GtkGrid               *cards;
  GtkWidget             *kinds[N_KINDS];
  CulvertForwardPicture *picture;
  GtkLabel              *sentence;
  AdwPreferencesGroup   *listen_group;
  AdwEntryRow           *listen_port;
  AdwExpanderRow        *where_expander;
  AdwComboRow           *where;
  AdwEntryRow           *address;
  AdwActionRow          *my_user_row;
  GtkSwitch             *my_user;
  AdwPreferencesGroup   *target_group;
  AdwEntryRow           *target_host;
  AdwEntryRow           *target_port;
  AdwEntryRow           *name;
  GtkSwitch             *toggle;
  GtkWidget             *ftp_row;
  GtkSwitch             *ftp;

  CulvertProblemRow *kind_problem;
  CulvertProblemRow *port_problem;
  CulvertProblemRow *where_problem;
  CulvertProblemRow *address_problem;
  CulvertProblemRow *target_problem;
  CulvertProblemRow *target_port_problem;
};

G_DEFINE_FINAL_TYPE (CulvertForwardEditor, culvert_forward_editor, ADW_TYPE_BIN)

enum
{
  SIGNAL_REMOVE_CLICKED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
set_port (AdwEntryRow *row, guint16 port)
{
  g_autofree char *text = port != 0 ? g_strdup_printf ("%u", port) : g_strdup ("");

  culvert_entry_set_text (row, text);
}

static guint16
get_port (AdwEntryRow *row)
{
  guint16 port = 0;

  return culvert_port_parse (culvert_entry_get_text (row), &port) ? port : 0;
}

static Where
get_where (CulvertForwardEditor *self)
{
  return (Where)adw_combo_row_get_selected (self->where);
}

static gboolean
is_path (const char *text)
{
  return g_str_has_prefix (text, "/") || g_str_has_prefix (text, "~/");
}

static gboolean
has_target (CulvertForwardKind kind)
{
  return kind == CULVERT_FORWARD_LOCAL || kind == CULVERT_FORWARD_REMOTE;
}

/* (transfer full) */
static CulvertEndpoint *
build_listen (CulvertForwardEditor *self)
{
  guint16 port = get_port (self->listen_port);

  switch (get_where (self))
    {
    case WHERE_ALL:
      return culvert_endpoint_new_tcp ("*", port);
    case WHERE_ADDRESS:
      return culvert_endpoint_new_tcp (culvert_entry_get_text (self->address), port);
    case WHERE_SOCKET:
      return culvert_endpoint_new_unix (culvert_entry_get_text (self->address));
    case WHERE_LOOPBACK:
    default:
      return culvert_endpoint_new_tcp (self->loopback_host, port);
    }
}

/* Is there a user to look up?  A socket's file is for its owner anyway. */
static gboolean
has_user (CulvertForwardKind kind, const CulvertEndpoint *listen)
{
  return culvert_endpoint_get_kind (listen) == CULVERT_ENDPOINT_TCP &&
         culvert_forward_listens_for_a_user (kind, listen);
}

/* (transfer full) */
static CulvertEndpoint *
build_target (CulvertForwardEditor *self)
{
  if (is_path (culvert_entry_get_text (self->target_host)))
    return culvert_endpoint_new_unix (culvert_entry_get_text (self->target_host));
  return culvert_endpoint_new_tcp (culvert_entry_get_text (self->target_host),
                                   get_port (self->target_port));
}

static CulvertForwardSpec *
find_spec (CulvertForwardEditor *self)
{
  return self->forward_id != NULL ? culvert_profile_find_forward (
                                      culvert_profile_draft_peek (self->draft), self->forward_id)
                                  : NULL;
}

static void
show_words (CulvertForwardEditor *self)
{
  CulvertProfile     *profile = culvert_profile_draft_peek (self->draft);
  CulvertForwardSpec *spec = find_spec (self);
  g_autofree char    *sentence = NULL;
  g_autofree char    *unbroken = NULL;

  if (spec == NULL)
    return;
  sentence = culvert_words_for_forward (spec, profile);
  unbroken = culvert_no_break (sentence);
  gtk_label_set_label (self->sentence, unbroken);
  culvert_forward_picture_set_forward (self->picture, spec, profile, NULL);
}

static const char *
get_where_words (gboolean is_remote, Where where)
{
  switch (where)
    {
    case WHERE_ALL:
      return is_remote ? _ ("Programs on every computer that reaches the server")
                       : _ ("Programs on every computer that reaches this one");
    case WHERE_ADDRESS:
      return is_remote ? _ ("Programs that reach one address of the server")
                       : _ ("Programs that reach one address of this computer");
    case WHERE_SOCKET:
      return _ ("Programs that may open a Unix socket");
    case WHERE_LOOPBACK:
    default:
      return is_remote ? _ ("Only programs on the server") : _ ("Only programs on this computer");
    }
}

static void
update_my_user (CulvertForwardEditor *self)
{
  g_autoptr (CulvertEndpoint) listen = build_listen (self);
  const char                 *words;

  if (!self->can_see_users)
    words = _ ("This system doesn’t tell whose a connection is: every user of this computer can "
               "connect");
  else if (gtk_switch_get_active (self->my_user))
    words = _ ("Connections of other users of this computer are refused and counted");
  else
    words = _ ("Every user of this computer can connect");
  adw_action_row_set_subtitle (self->my_user_row, words);
  gtk_widget_set_sensitive (GTK_WIDGET (self->my_user_row), self->can_see_users);
  gtk_widget_set_visible (GTK_WIDGET (self->my_user_row), has_user (self->kind, listen));
}

/* What there is to fill in depends on the kind and on what was chosen. */
static void
update_shape (CulvertForwardEditor *self)
{
  gboolean is_remote = culvert_forward_kind_is_remote (self->kind);
  Where    where = get_where (self);

  adw_preferences_group_set_title (self->listen_group, is_remote ? _ ("Listens at the Server")
                                                                 : _ ("Listens on This Computer"));
  adw_preferences_group_set_title (self->target_group, is_remote
                                                         ? _ ("Leads To, as Seen from Here")
                                                         : _ ("Leads To, as Seen from the Server"));
  gtk_widget_set_visible (GTK_WIDGET (self->target_group), has_target (self->kind));
  gtk_widget_set_visible (GTK_WIDGET (self->listen_port), where != WHERE_SOCKET);
  gtk_widget_set_visible (GTK_WIDGET (self->address),
                          where == WHERE_ADDRESS || where == WHERE_SOCKET);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (self->address),
                                 where == WHERE_SOCKET ? _ ("Path of the socket") : _ ("Address"));
  adw_expander_row_set_subtitle (self->where_expander, get_where_words (is_remote, where));
  gtk_widget_set_visible (GTK_WIDGET (self->target_port),
                          !is_path (culvert_entry_get_text (self->target_host)));
  update_my_user (self);
}

/* The same, short enough for a menu. */
static const char *
get_where_name (gboolean is_remote, Where where)
{
  switch (where)
    {
    case WHERE_ALL:
      return _ ("Any computer");
    case WHERE_ADDRESS:
      return _ ("One address");
    case WHERE_SOCKET:
      return _ ("A Unix socket");
    case WHERE_LOOPBACK:
    default:
      return is_remote ? _ ("The server only") : _ ("This computer only");
    }
}

static void
set_where_model (CulvertForwardEditor *self)
{
  gboolean                  is_remote = culvert_forward_kind_is_remote (self->kind);
  guint                     selected = adw_combo_row_get_selected (self->where);
  g_autoptr (GtkStringList) model = gtk_string_list_new (NULL);

  for (Where where = WHERE_LOOPBACK; where <= WHERE_SOCKET; where++)
    gtk_string_list_append (model, get_where_name (is_remote, where));
  adw_combo_row_set_model (self->where, G_LIST_MODEL (model));
  if (selected != GTK_INVALID_LIST_POSITION)
    adw_combo_row_set_selected (self->where, selected);
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
  listen = build_listen (self);
  target = build_target (self);
  fields = culvert_forward_spec_get_fields (old);
  fields.name = culvert_entry_get_text (self->name);
  fields.kind = self->kind;
  fields.listen = listen;
  fields.target = target;
  fields.is_enabled = gtk_switch_get_active (self->toggle);
  if (self->can_see_users && has_user (self->kind, listen))
    fields.any_user = !gtk_switch_get_active (self->my_user);
  fields.is_ftp = gtk_switch_get_active (self->ftp);
  spec = culvert_forward_spec_new (&fields);
  culvert_profile_put_forward (culvert_profile_draft_peek (self->draft), spec);
  update_shape (self);
  culvert_profile_draft_touch (self->draft);
}

static void
where_changed_cb (CulvertForwardEditor *self)
{
  if (self->is_filling)
    return;
  changed_cb (self);
}

/* `host:port` in the field of the host belongs into both. */
static void
split_target (CulvertForwardEditor *self)
{
  const char                 *text = culvert_entry_get_text (self->target_host);
  const char                 *colon = strrchr (text, ':');
  g_autoptr (CulvertEndpoint) end = NULL;

  if (colon == NULL || is_path (text) || (*text != '[' && strchr (text, ':') != colon))
    return;
  end = culvert_endpoint_parse (text, NULL);
  if (end == NULL || culvert_endpoint_get_kind (end) != CULVERT_ENDPOINT_TCP || colon == text ||
      culvert_endpoint_get_port (end) == 0)
    return;
  self->is_filling = TRUE;
  culvert_entry_set_text (self->target_host, culvert_endpoint_get_host (end));
  set_port (self->target_port, culvert_endpoint_get_port (end));
  self->n_target = strlen (culvert_entry_get_text (self->target_host));
  self->is_filling = FALSE;
  changed_cb (self);
}

static void
target_changed_cb (CulvertForwardEditor *self)
{
  gsize    n_bytes = strlen (culvert_entry_get_text (self->target_host));
  gboolean is_pasted = n_bytes > self->n_target + 1;

  if (self->is_filling)
    return;
  self->n_target = n_bytes;
  changed_cb (self);
  if (is_pasted)
    split_target (self);
}

static void
kind_toggled_cb (CulvertForwardEditor *self, GtkToggleButton *card)
{
  if (self->is_filling || !gtk_toggle_button_get_active (card))
    return;
  for (guint i = 0; i < N_KINDS; i++)
    if (self->kinds[i] == GTK_WIDGET (card))
      self->kind = (CulvertForwardKind)i;
  self->is_filling = TRUE;
  set_where_model (self);
  self->is_filling = FALSE;
  changed_cb (self);
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
fill_listen (CulvertForwardEditor *self, const CulvertEndpoint *listen)
{
  const char *host = culvert_endpoint_get_host (listen);
  const char *path = culvert_endpoint_get_path (listen);
  Where       where = WHERE_ADDRESS;

  g_clear_pointer (&self->loopback_host, g_free);
  if (path != NULL)
    where = WHERE_SOCKET;
  else if (*host == '\0' || g_str_equal (host, "localhost"))
    where = WHERE_LOOPBACK;
  else if (g_str_equal (host, "*"))
    where = WHERE_ALL;
  self->loopback_host = g_strdup (where == WHERE_LOOPBACK ? host : "");
  set_where_model (self);
  adw_combo_row_set_selected (self->where, where);
  culvert_entry_set_text (self->address, path != NULL ? path : where == WHERE_ADDRESS ? host : "");
  set_port (self->listen_port, culvert_endpoint_get_port (listen));
  adw_expander_row_set_expanded (self->where_expander, where != WHERE_LOOPBACK);
}

/* Off where it means nothing yet would be off where it does, once it listens on loopback. */
static void
fill_my_user (CulvertForwardEditor *self, const CulvertForwardFields *fields)
{
  gboolean lets_others = fields->any_user && has_user (fields->kind, fields->listen);

  gtk_switch_set_active (self->my_user, self->can_see_users && !lets_others);
  if (lets_others)
    adw_expander_row_set_expanded (self->where_expander, TRUE);
}

static void
fill_target (CulvertForwardEditor *self, const CulvertEndpoint *target)
{
  const char *path = target != NULL ? culvert_endpoint_get_path (target) : NULL;
  const char *host = target != NULL ? culvert_endpoint_get_host (target) : NULL;

  culvert_entry_set_text (self->target_host, path != NULL ? path : host != NULL ? host : "");
  set_port (self->target_port, target != NULL ? culvert_endpoint_get_port (target) : 0);
  self->n_target = strlen (culvert_entry_get_text (self->target_host));
}

#define CODE(name) (1u << CULVERT_PROBLEM_##name)

static void
watch_problems (CulvertForwardEditor *self)
{
  const struct
  {
    CulvertProblemRow *row;
    AdwEntryRow       *entry;
    CulvertField       field;
    guint              codes;
  } table[] = {
    { self->kind_problem, NULL, CULVERT_FIELD_FORWARD_KIND, 0 },
    { self->port_problem, self->listen_port, CULVERT_FIELD_FORWARD_LISTEN,
      CODE (PORT_ZERO) | CODE (PORT_PRIVILEGED) | CODE (LISTEN_TWICE) | CODE (INVALID_PORT) },
    { self->address_problem, self->address, CULVERT_FIELD_FORWARD_LISTEN,
      CODE (MISSING) | CODE (INVALID_HOST) | CODE (INVALID_PATH) },
    { self->where_problem, NULL, CULVERT_FIELD_FORWARD_LISTEN,
      CODE (EXPOSED) | CODE (REMOTE_UNIX_LISTEN) },
    { self->target_problem, self->target_host, CULVERT_FIELD_FORWARD_TARGET,
      CODE (MISSING) | CODE (INVALID_HOST) | CODE (INVALID_PATH) },
    { self->target_port_problem, self->target_port, CULVERT_FIELD_FORWARD_TARGET,
      CODE (INVALID_PORT) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    culvert_problem_row_watch (table[i].row, self->draft,
                               &(CulvertProblemFilter){ .field = table[i].field,
                                                        .codes = table[i].codes,
                                                        .forward_id = self->forward_id },
                               GTK_WIDGET (table[i].entry));
}

static void
culvert_forward_editor_dispose (GObject *object)
{
  CulvertForwardEditor *self = CULVERT_FORWARD_EDITOR (object);

  g_clear_object (&self->draft);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_FORWARD_EDITOR);
  G_OBJECT_CLASS (culvert_forward_editor_parent_class)->dispose (object);
}

static void
culvert_forward_editor_finalize (GObject *object)
{
  CulvertForwardEditor *self = CULVERT_FORWARD_EDITOR (object);

  g_free (self->forward_id);
  g_free (self->loopback_host);
  G_OBJECT_CLASS (culvert_forward_editor_parent_class)->finalize (object);
}

static void
bind_template (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, cards);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, picture);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, sentence);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, listen_group);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, listen_port);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, where_expander);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, where);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, address);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, my_user_row);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, my_user);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, target_group);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, target_host);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, target_port);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, name);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, toggle);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, ftp_row);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, ftp);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, kind_problem);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, port_problem);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, where_problem);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, address_problem);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, target_problem);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardEditor, target_port_problem);
  gtk_widget_class_bind_template_callback (widget_class, changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, where_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, target_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, split_target);
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
  g_type_ensure (CULVERT_TYPE_FORWARD_PICTURE);
  g_type_ensure (CULVERT_TYPE_PROBLEM_ROW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/forward-editor.ui");
  bind_template (widget_class);
}

static void
culvert_forward_editor_init (CulvertForwardEditor *self)
{
  g_autoptr (CulvertPeerLookup) lookup = culvert_peer_lookup_new ();

  self->can_see_users = culvert_peer_lookup_works (lookup);
  self->is_filling = TRUE;
  self->loopback_host = g_strdup ("");
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
culvert_forward_editor_set_forward (CulvertForwardEditor *self, const char *forward_id)
{
  CulvertForwardSpec  *spec;
  CulvertForwardFields fields;
  g_autofree char     *id = g_strdup (forward_id);

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
  fields = culvert_forward_spec_get_fields (spec);
  self->is_filling = TRUE;
  self->kind = fields.kind;
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (self->kinds[fields.kind]), TRUE);
  fill_listen (self, fields.listen);
  fill_my_user (self, &fields);
  fill_target (self, fields.target);
  culvert_entry_set_text (self->name, fields.name);
  gtk_switch_set_active (self->toggle, fields.is_enabled);
  gtk_switch_set_active (self->ftp, fields.is_ftp);
  /* Only to take it back from what came that way: this version does not carry it. */
  gtk_widget_set_visible (self->ftp_row, fields.is_ftp);
  self->is_filling = FALSE;
  update_shape (self);
  culvert_profile_draft_set_focus (self->draft, self->forward_id);
  watch_problems (self);
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

  if (gtk_widget_get_visible (GTK_WIDGET (self->listen_port)))
    gtk_widget_grab_focus (GTK_WIDGET (self->listen_port));
  else
    gtk_widget_grab_focus (GTK_WIDGET (self->target_host));
}
