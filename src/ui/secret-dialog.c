/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/secret-dialog.h"

#include "ui/entry.h"
#include "words/failure.h"

#include <glib/gi18n.h>

/* A longer question of the server's stands above its field, since a row's title is one line. */
#define TITLE_CHARACTERS_MAX 24

struct _CulvertSecretDialog
{
  AdwMessageDialog parent_instance;
  CulvertPrompt   *prompt;
  GPtrArray       *entries; /* of AdwEntryRow: one for each field of the prompt */
  AdwEntryRow     *repeat;  /* of a new password; NULL otherwise */
  GtkWidget       *refused;
  GtkLabel        *refused_words;
  GtkWidget       *quote;
  GtkLabel        *said_by;
  GtkLabel        *said;
  GtkListBox      *rows;
  GtkWidget       *remember_list;
  AdwActionRow    *remember_row;
  GtkSwitch       *remember;
};

G_DEFINE_FINAL_TYPE (CulvertSecretDialog, culvert_secret_dialog, ADW_TYPE_MESSAGE_DIALOG)

static const CulvertPromptFields *
get_fields (CulvertSecretDialog *self)
{
  return culvert_prompt_get_fields (self->prompt);
}

/* The server decides whether an empty answer to its own question is one. */
static gboolean
can_answer (CulvertSecretDialog *self)
{
  if (get_fields (self)->kind == CULVERT_PROMPT_QUESTIONS)
    return TRUE;
  for (guint i = 0; i < self->entries->len; i++)
    if (*culvert_entry_get_text (self->entries->pdata[i]) == '\0')
      return FALSE;
  return self->repeat == NULL ||
         g_str_equal (culvert_entry_get_text (self->repeat),
                      culvert_entry_get_text (self->entries->pdata[self->entries->len - 1]));
}

static void
text_changed_cb (CulvertSecretDialog *self)
{
  gboolean differs;

  if (self->prompt == NULL)
    return;
  differs =
    self->repeat != NULL && *culvert_entry_get_text (self->repeat) != '\0' && !can_answer (self);
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (self), "answer", can_answer (self));
  if (self->repeat == NULL)
    return;
  if (differs)
    gtk_widget_add_css_class (GTK_WIDGET (self->repeat), "error");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (self->repeat), "error");
}

/* Their buffers overwrite what they held.  Forgets them, too: the dialog says once more that it is
 * closing when its fields are gone. */
static void
clear_entries (CulvertSecretDialog *self)
{
  for (guint i = 0; i < self->entries->len; i++)
    gtk_editable_set_text (GTK_EDITABLE (self->entries->pdata[i]), "");
  g_ptr_array_set_size (self->entries, 0);
  if (self->repeat != NULL)
    gtk_editable_set_text (GTK_EDITABLE (g_steal_pointer (&self->repeat)), "");
}

static void
answer (CulvertSecretDialog *self)
{
  g_autoptr (GPtrArray) secrets =
    g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_secret_unref);
  CulvertDecision decision = CULVERT_DECISION_ONCE;

  for (guint i = 0; i < self->entries->len; i++)
    g_ptr_array_add (secrets,
                     culvert_secret_new (culvert_entry_get_text (self->entries->pdata[i]), -1));
  if (gtk_widget_get_visible (self->remember_list) && gtk_switch_get_active (self->remember))
    decision = CULVERT_DECISION_SAVE;
  culvert_prompt_answer (self->prompt, decision, (CulvertSecret *const *)secrets->pdata,
                         secrets->len);
}

static void
culvert_secret_dialog_response (AdwMessageDialog *dialog, const char *response)
{
  CulvertSecretDialog *self = CULVERT_SECRET_DIALOG (dialog);

  /* Also said on the way out, when the fields are gone. */
  if (self->prompt == NULL)
    return;
  if (g_str_equal (response, "answer"))
    answer (self);
  else if (g_str_equal (response, "cancel"))
    culvert_prompt_answer (self->prompt, CULVERT_DECISION_REFUSE, NULL, 0);
  clear_entries (self);
}

static void
entry_activated_cb (AdwEntryRow *row, CulvertSecretDialog *self)
{
  guint index;

  if (g_ptr_array_find (self->entries, row, &index) && index + 1 < self->entries->len)
    gtk_widget_grab_focus (self->entries->pdata[index + 1]);
  else if (self->repeat != NULL && row != self->repeat)
    gtk_widget_grab_focus (GTK_WIDGET (self->repeat));
  else if (can_answer (self))
    gtk_widget_activate_default (GTK_WIDGET (self));
}

static AdwEntryRow *
add_row (CulvertSecretDialog *self, const char *title, const char *full_title, gboolean is_hidden)
{
  GtkWidget *row = is_hidden ? adw_password_entry_row_new () : adw_entry_row_new ();
  GtkText   *text = GTK_TEXT (gtk_editable_get_delegate (GTK_EDITABLE (row)));

  /* A visible answer may be a code all the same: a buffer that wipes itself, and no undo list that
   * would keep copies. */
  if (!is_hidden)
    {
      g_autoptr (GtkEntryBuffer) buffer = gtk_password_entry_buffer_new ();

      gtk_text_set_buffer (text, buffer);
    }
  gtk_editable_set_enable_undo (GTK_EDITABLE (row), FALSE);
  adw_preferences_row_set_use_markup (ADW_PREFERENCES_ROW (row), FALSE);
  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, full_title,
                                  -1);
  g_signal_connect_object (row, "changed", G_CALLBACK (text_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (row, "entry-activated", G_CALLBACK (entry_activated_cb), self, 0);
  gtk_list_box_append (self->rows, row);
  return ADW_ENTRY_ROW (row);
}

/* Above its field, in full; the row itself is then titled "Answer". */
static void
add_long_question (CulvertSecretDialog *self, const char *question)
{
  GtkWidget *label = gtk_label_new (question);
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_label_set_wrap (GTK_LABEL (label), TRUE);
  gtk_label_set_wrap_mode (GTK_LABEL (label), PANGO_WRAP_WORD_CHAR);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), label);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row), FALSE);
  gtk_widget_set_focusable (row, FALSE);
  gtk_widget_add_css_class (row, "question");
  gtk_list_box_append (self->rows, row);
}

static const char *
get_own_title (CulvertPromptKind kind)
{
  switch (kind)
    {
    case CULVERT_PROMPT_PASSPHRASE:
      return _ ("Passphrase");
    case CULVERT_PROMPT_NEW_PASSWORD:
      return _ ("New password");
    case CULVERT_PROMPT_PASSWORD:
    case CULVERT_PROMPT_QUESTIONS:
    case CULVERT_PROMPT_HOST_KEY:
    default:
      return _ ("Password");
    }
}

static void
add_field (CulvertSecretDialog *self, const CulvertPromptField *field)
{
  g_autofree char *text = g_strdup (field->text != NULL ? field->text : "");
  const char      *title = g_strstrip (text);
  const char      *full_title;

  if (*title == '\0')
    title = get_fields (self)->kind == CULVERT_PROMPT_QUESTIONS
              ? _ ("Answer")
              : get_own_title (get_fields (self)->kind);
  full_title = title;
  if (g_utf8_strlen (title, -1) > TITLE_CHARACTERS_MAX || strchr (title, '\n') != NULL)
    {
      add_long_question (self, title);
      title = _ ("Answer");
    }
  g_ptr_array_add (self->entries, add_row (self, title, full_title, field->is_hidden));
}

static void
fill_fields (CulvertSecretDialog *self)
{
  const CulvertPromptFields *fields = get_fields (self);

  for (guint i = 0; i < fields->n_fields; i++)
    add_field (self, &fields->fields[i]);
  if (fields->kind == CULVERT_PROMPT_NEW_PASSWORD && fields->n_fields > 0)
    self->repeat = add_row (self, _ ("Repeat it"), _ ("Repeat the new password"), TRUE);
  gtk_widget_set_visible (GTK_WIDGET (self->rows), fields->n_fields > 0);
}

/* What the server says besides its questions. */
static void
fill_quote (CulvertSecretDialog *self)
{
  const CulvertPromptFields *fields = get_fields (self);
  const char                *title = fields->title != NULL ? fields->title : "";
  const char                *instruction = fields->instruction != NULL ? fields->instruction : "";
  g_autofree char           *text =
    g_strconcat (title, *title != '\0' && *instruction != '\0' ? "\n" : "", instruction, NULL);
  /* Translators: %s is the name of a server, whose own words follow */
  g_autofree char *said_by = g_strdup_printf (_ ("%s says:"), fields->host);

  g_strstrip (text);
  gtk_label_set_label (self->said_by, said_by);
  gtk_label_set_label (self->said, text);
  gtk_widget_set_visible (self->quote, *text != '\0');
}

/* (transfer full): why the person is asked although the keyring may know the answer */
static char *
describe_store_error (CulvertSecretDialog *self)
{
  const GError                   *error = culvert_prompt_get_store_error (self->prompt);
  g_autoptr (CulvertFailureWords) words = NULL;

  if (error == NULL)
    return g_strdup ("");
  words = culvert_failure_words_for_other (error);
  return g_markup_escape_text (words->what, -1);
}

static void
fill_remember (CulvertSecretDialog *self, CulvertSecretStoreKind kept_in)
{
  AdwPreferencesRow *row = ADW_PREFERENCES_ROW (self->remember_row);
  g_autofree char   *why = describe_store_error (self);

  gtk_widget_set_visible (self->remember_list, get_fields (self)->secret_purpose != NULL);
  if (kept_in == CULVERT_SECRET_STORE_MEMORY || kept_in == CULVERT_SECRET_STORE_DENIED)
    {
      adw_preferences_row_set_title (row, _ ("Remember Until You Quit"));
      adw_action_row_set_subtitle (
        self->remember_row, kept_in == CULVERT_SECRET_STORE_MEMORY
                              ? _ ("There is no keyring here: kept in memory only")
                              : _ ("The keyring does not let Culvert in: kept in memory only"));
    }
  else
    {
      adw_preferences_row_set_title (row, _ ("Remember in the Keyring"));
      adw_action_row_set_subtitle (self->remember_row, why);
    }
}

static char *
describe_account (const CulvertPromptFields *fields)
{
  const char *user = fields->user != NULL ? fields->user : g_get_user_name ();

  if (fields->port == 22 || fields->port == 0)
    return g_strdup_printf ("%s@%s", user, fields->host);
  return strchr (fields->host, ':') != NULL
           ? g_strdup_printf ("%s@[%s]:%u", user, fields->host, fields->port)
           : g_strdup_printf ("%s@%s:%u", user, fields->host, fields->port);
}

/* "~/…" for what lies in the home folder */
static char *
shorten_path (const char *path)
{
  const char *home = g_get_home_dir ();
  gsize       n = strlen (home);

  if (g_str_has_prefix (path, home) && G_IS_DIR_SEPARATOR (path[n]))
    return g_strconcat ("~", path + n, NULL);
  return g_strdup (path);
}

static char *
describe_heading (CulvertPromptKind kind, const char *title)
{
  switch (kind)
    {
    case CULVERT_PROMPT_PASSPHRASE:
      /* Translators: %s is the name of a tunnel */
      return g_strdup_printf (_ ("Passphrase for “%s”"), title);
    case CULVERT_PROMPT_NEW_PASSWORD:
      /* Translators: %s is the name of a tunnel */
      return g_strdup_printf (_ ("New Password for “%s”"), title);
    case CULVERT_PROMPT_QUESTIONS:
      /* Translators: %s is the name of a tunnel */
      return g_strdup_printf (_ ("Signing In to “%s”"), title);
    case CULVERT_PROMPT_PASSWORD:
    case CULVERT_PROMPT_HOST_KEY:
    default:
      /* Translators: %s is the name of a tunnel */
      return g_strdup_printf (_ ("Password for “%s”"), title);
    }
}

static char *
describe_body (const CulvertPromptFields *fields)
{
  g_autofree char *account = describe_account (fields);
  g_autofree char *key = fields->key_file != NULL ? shorten_path (fields->key_file) : NULL;

  switch (fields->kind)
    {
    case CULVERT_PROMPT_PASSPHRASE:
      if (key == NULL)
        /* Translators: %s is user@host */
        return g_strdup_printf (_ ("The key for %s is locked by a passphrase."), account);
      /* Translators: 1 is a path, 2 is user@host */
      return g_strdup_printf (_ ("The key %1$s, for %2$s, is locked by a passphrase. It is used on "
                                 "this computer and not sent to the server."),
                              key, account);
    case CULVERT_PROMPT_NEW_PASSWORD:
      if (fields->asked_by == CULVERT_ASKED_BY_HOP)
        /* Translators: %s is user@host */
        return g_strdup_printf (
          _ ("The password of %s has expired. This jump host on the way asks for a new one."),
          account);
      /* Translators: %s is user@host */
      return g_strdup_printf (_ ("The password of %s has expired. The server asks for a new one."),
                              account);
    case CULVERT_PROMPT_QUESTIONS:
      if (fields->asked_by == CULVERT_ASKED_BY_HOP)
        /* Translators: %s is user@host */
        return g_strdup_printf (_ ("A jump host on the way asks this before it lets %s in."),
                                account);
      /* Translators: %s is user@host */
      return g_strdup_printf (_ ("The server asks this before it lets %s in."), account);
    case CULVERT_PROMPT_PASSWORD:
    case CULVERT_PROMPT_HOST_KEY:
    default:
      if (fields->asked_by == CULVERT_ASKED_BY_HOP)
        /* Translators: %s is user@host */
        return g_strdup_printf (_ ("Type the password of %s, a jump host on the way."), account);
      if (fields->asked_by == CULVERT_ASKED_BY_PROXY)
        /* Translators: %s is user@host */
        return g_strdup_printf (_ ("Type the password of %s, the proxy on the way."), account);
      /* Translators: %s is user@host */
      return g_strdup_printf (_ ("Type the password of %s."), account);
    }
}

static void
fill_words (CulvertSecretDialog *self)
{
  AdwMessageDialog          *dialog = ADW_MESSAGE_DIALOG (self);
  const CulvertPromptFields *fields = get_fields (self);
  const char                *title = culvert_prompt_get_tunnel_title (self->prompt);
  g_autofree char           *body = describe_body (fields);
  g_autofree char           *heading = NULL;

  if (title == NULL || *title == '\0')
    title = fields->host;
  heading = describe_heading (fields->kind, title);
  adw_message_dialog_set_heading (dialog, heading);
  adw_message_dialog_set_body (dialog, body);
  if (fields->kind == CULVERT_PROMPT_NEW_PASSWORD)
    gtk_label_set_label (self->refused_words,
                         _ ("The server did not take the new password. Choose another one."));
  gtk_widget_set_visible (self->refused, fields->attempt > 0);
}

static void
culvert_secret_dialog_dispose (GObject *object)
{
  CulvertSecretDialog *self = CULVERT_SECRET_DIALOG (object);

  /* libadwaita 1.2 lets a password row listen to its text for the focus, and never stops: the text
   * must lose the focus while the row is still there. */
  gtk_window_set_focus (GTK_WINDOW (self), NULL);
  /* Fields say once more that they changed when they go. */
  g_clear_object (&self->prompt);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_SECRET_DIALOG);
  G_OBJECT_CLASS (culvert_secret_dialog_parent_class)->dispose (object);
}

static void
culvert_secret_dialog_finalize (GObject *object)
{
  g_ptr_array_unref (CULVERT_SECRET_DIALOG (object)->entries);
  G_OBJECT_CLASS (culvert_secret_dialog_parent_class)->finalize (object);
}

static void
culvert_secret_dialog_class_init (CulvertSecretDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_secret_dialog_dispose;
  G_OBJECT_CLASS (klass)->finalize = culvert_secret_dialog_finalize;
  ADW_MESSAGE_DIALOG_CLASS (klass)->response = culvert_secret_dialog_response;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/secret-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertSecretDialog, refused);
  gtk_widget_class_bind_template_child (widget_class, CulvertSecretDialog, refused_words);
  gtk_widget_class_bind_template_child (widget_class, CulvertSecretDialog, quote);
  gtk_widget_class_bind_template_child (widget_class, CulvertSecretDialog, said_by);
  gtk_widget_class_bind_template_child (widget_class, CulvertSecretDialog, said);
  gtk_widget_class_bind_template_child (widget_class, CulvertSecretDialog, rows);
  gtk_widget_class_bind_template_child (widget_class, CulvertSecretDialog, remember_list);
  gtk_widget_class_bind_template_child (widget_class, CulvertSecretDialog, remember_row);
  gtk_widget_class_bind_template_child (widget_class, CulvertSecretDialog, remember);
}

static void
culvert_secret_dialog_init (CulvertSecretDialog *self)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (self);

  self->entries = g_ptr_array_new ();
  gtk_widget_init_template (GTK_WIDGET (self));
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "answer", _ ("_Sign In"),
                                    NULL);
  adw_message_dialog_set_response_appearance (dialog, "answer", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "answer");
  adw_message_dialog_set_close_response (dialog, "close");
}

GtkWidget *
culvert_secret_dialog_new (CulvertPrompt *prompt, CulvertSecretStoreKind kept_in)
{
  CulvertSecretDialog *self;

  g_return_val_if_fail (CULVERT_IS_PROMPT (prompt), NULL);

  self =
    g_object_new (CULVERT_TYPE_SECRET_DIALOG, "accessible-role", GTK_ACCESSIBLE_ROLE_DIALOG, NULL);
  self->prompt = g_object_ref (prompt);
  fill_words (self);
  fill_quote (self);
  fill_fields (self);
  fill_remember (self, kept_in);
  text_changed_cb (self);
  if (self->entries->len > 0)
    gtk_window_set_focus (GTK_WINDOW (self), self->entries->pdata[0]);
  return GTK_WIDGET (self);
}
