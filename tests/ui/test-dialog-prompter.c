/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/form-stage.h"

#include "support/fake-secret-store.h"
#include "ui/dialog-prompter.h"
#include "ui/host-key-dialog.h"
#include "ui/secret-dialog.h"

#include <string.h>

#define DEADLINE_MS 5000

typedef struct
{
  FormStage              stage;
  GtkWindow             *parent; /* what the prompter is told */
  CulvertDialogPrompter *prompter;
} Fixture;

static GtkWindow *
get_parent (gpointer user_data)
{
  return ((Fixture *)user_data)->parent;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  form_stage_set_up (&fixture->stage, data);
  fixture->parent = GTK_WINDOW (fixture->stage.window);
  fixture->prompter = culvert_dialog_prompter_new (get_parent, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  gpointer prompter = fixture->prompter;

  g_object_add_weak_pointer (prompter, &prompter);
  g_object_unref (fixture->prompter);
  g_assert_null (prompter);
  form_stage_tear_down (&fixture->stage, data);
}

static CulvertPrompt *
new_prompt (const CulvertPromptFields *fields, const char *title)
{
  CulvertPrompt *prompt = culvert_prompt_new (fields);

  culvert_prompt_set_tunnel (prompt, "abc", title);
  return prompt;
}

static CulvertPrompt *
new_password (void)
{
  CulvertPromptField field = { (char *)"", TRUE };

  return new_prompt (&(CulvertPromptFields){ .kind = CULVERT_PROMPT_PASSWORD,
                                             .user = "alice",
                                             .host = "bastion.example.com",
                                             .port = 2222,
                                             .secret_purpose = "password",
                                             .fields = &field,
                                             .n_fields = 1 },
                     "Staging");
}

static CulvertPrompt *
new_host_key (const char *other_known)
{
  CulvertHostKeyInfo info = {
    .host = (char *)"bastion.example.com",
    .port = 2222,
    .type_name = (char *)"ssh-ed25519",
    .fingerprint = (char *)"SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDsuIGVe4HAvIgGpr0",
    .random_art = (char *)"+--[ED25519]--+\n|  picture  |",
    .other_known = (char *)other_known,
  };

  return new_prompt (&(CulvertPromptFields){ .kind = CULVERT_PROMPT_HOST_KEY,
                                             .host = "bastion.example.com",
                                             .port = 2222,
                                             .host_key = &info },
                     "Staging");
}

/* The dialog on the screen. (nullable) */
static GtkWidget *
find_dialog (Fixture *fixture)
{
  return form_stage_find_dialog (fixture->stage.window);
}

static GtkWidget *
ask (Fixture *fixture, CulvertPrompt *prompt)
{
  GtkWidget *dialog;

  culvert_prompter_ask (CULVERT_PROMPTER (fixture->prompter), prompt);
  dialog = find_dialog (fixture);
  g_assert_nonnull (dialog);
  form_stage_settle (dialog);
  return dialog;
}

static void
wait_for_none (Fixture *fixture)
{
  culvert_test_wait_until (find_dialog (fixture) == NULL, DEADLINE_MS);
}

static void
assert_secret (CulvertPrompt *prompt, guint index, const char *text)
{
  CulvertSecret *secret = culvert_prompt_get_secret (prompt, index);

  g_assert_nonnull (secret);
  g_assert_cmpstr (culvert_secret_peek (secret), ==, text);
}

static gboolean
can_answer (GtkWidget *dialog)
{
  return adw_message_dialog_get_response_enabled (ADW_MESSAGE_DIALOG (dialog), "answer");
}

static void
test_password (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertPrompt) prompt = new_password ();
  GtkWidget                *dialog = ask (fixture, prompt);

  g_assert_true (form_stage_shows (dialog, "Password for “Staging”"));
  g_assert_true (form_stage_shows (dialog, "alice@bastion.example.com:2222"));
  g_assert_false (form_stage_shows (dialog, "That was not accepted"));
  g_assert_false (form_stage_shows (dialog, "says:"));
  g_assert_true (
    ADW_IS_PASSWORD_ENTRY_ROW (form_stage_get (dialog, ADW_TYPE_ENTRY_ROW, "Password")));
  g_assert_false (can_answer (dialog));
  form_stage_fill (dialog, "Password", "open sesame");
  g_assert_true (can_answer (dialog));
  form_stage_press (dialog, "Sign In");
  wait_for_none (fixture);
  g_assert_cmpint (culvert_prompt_get_decision (prompt), ==, CULVERT_DECISION_ONCE);
  assert_secret (prompt, 0, "open sesame");
}

/* Who on the way wants to know is told, or its password would go to the wrong place. */
static void
test_on_the_way (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    CulvertAskedBy asked_by;
    const char    *words;
  } rows[] = {
    { CULVERT_ASKED_BY_HOP, "Type the password of me@gate, a jump host on the way." },
    { CULVERT_ASKED_BY_PROXY, "Type the password of me@gate, the proxy on the way." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CulvertPromptField        field = { (char *)"", TRUE };
      g_autoptr (CulvertPrompt) prompt =
        new_prompt (&(CulvertPromptFields){ .kind = CULVERT_PROMPT_PASSWORD,
                                            .asked_by = rows[i].asked_by,
                                            .user = "me",
                                            .host = "gate",
                                            .port = 22,
                                            .fields = &field,
                                            .n_fields = 1 },
                    "Staging");
      GtkWidget *dialog = ask (fixture, prompt);

      g_assert_true (form_stage_shows (dialog, rows[i].words));
      culvert_prompt_withdraw (prompt);
      wait_for_none (fixture);
    }
}

static void
test_enter (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertPrompt) prompt = new_password ();
  GtkWidget                *dialog = ask (fixture, prompt);
  GtkEditable              *entry = form_stage_get (dialog, ADW_TYPE_ENTRY_ROW, "Password");

  /* Nothing typed is no answer. */
  g_signal_emit_by_name (gtk_editable_get_delegate (entry), "activate");
  g_assert_cmpint (culvert_prompt_get_decision (prompt), ==, CULVERT_DECISION_NONE);
  g_assert_nonnull (find_dialog (fixture));
  form_stage_fill (dialog, "Password", "x");
  g_signal_emit_by_name (gtk_editable_get_delegate (entry), "activate");
  wait_for_none (fixture);
  assert_secret (prompt, 0, "x");
}

static void
test_remember (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertPrompt) prompt = new_password ();
  GtkWidget                *dialog = ask (fixture, prompt);
  GtkWidget *row = form_stage_get (dialog, ADW_TYPE_ACTION_ROW, "Remember in the Keyring");

  g_assert_false (gtk_switch_get_active (form_stage_get (row, GTK_TYPE_SWITCH, NULL)));
  gtk_switch_set_active (form_stage_get (row, GTK_TYPE_SWITCH, NULL), TRUE);
  form_stage_fill (dialog, "Password", "x");
  form_stage_press (dialog, "Sign In");
  wait_for_none (fixture);
  g_assert_cmpint (culvert_prompt_get_decision (prompt), ==, CULVERT_DECISION_SAVE);
}

static void
test_locked_keyring (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertPrompt) prompt = new_password ();
  g_autoptr (GError)        error =
    g_error_new_literal (CULVERT_SECRET_STORE_ERROR, CULVERT_SECRET_STORE_ERROR_LOCKED, "planned");
  GtkWidget *dialog;

  culvert_prompt_set_store_error (prompt, error);
  dialog = ask (fixture, prompt);
  g_assert_nonnull (form_stage_find (dialog, ADW_TYPE_ACTION_ROW, "Remember in the Keyring"));
  g_assert_true (form_stage_shows (dialog, "The keyring is locked."));
}

static void
test_denied_keyring (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertPrompt) prompt = new_password ();
  GtkWidget *dialog = culvert_secret_dialog_new (prompt, CULVERT_SECRET_STORE_DENIED);

  gtk_window_present (GTK_WINDOW (dialog));
  culvert_test_wait_until (gtk_widget_get_mapped (dialog), 10000);
  g_assert_nonnull (form_stage_find (dialog, ADW_TYPE_ACTION_ROW, "Remember Until You Quit"));
  g_assert_true (form_stage_shows (dialog, "The keyring does not let Culvert in"));
  gtk_window_destroy (GTK_WINDOW (dialog));
}

static void
test_without_keyring (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertFakeSecretStore) secrets =
    culvert_fake_secret_store_new (CULVERT_FAKE_SECRETS_ABSENT);
  g_autoptr (CulvertPrompt) prompt = new_password ();
  GtkWidget                *dialog;

  culvert_dialog_prompter_set_secret_store (fixture->prompter, CULVERT_SECRET_STORE (secrets));
  dialog = ask (fixture, prompt);
  g_assert_nonnull (form_stage_find (dialog, ADW_TYPE_ACTION_ROW, "Remember Until You Quit"));
  g_assert_true (form_stage_shows (dialog, "There is no keyring here"));
}

static void
test_cancel (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertPrompt) prompt = new_password ();
  GtkWidget                *dialog = ask (fixture, prompt);

  form_stage_fill (dialog, "Password", "x");
  form_stage_press (dialog, "Cancel");
  wait_for_none (fixture);
  g_assert_cmpint (culvert_prompt_get_decision (prompt), ==, CULVERT_DECISION_REFUSE);
  g_assert_null (culvert_prompt_get_secret (prompt, 0));
}

static void
test_put_aside (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertPrompt) prompt = new_password ();
  GtkWidget                *dialog = ask (fixture, prompt);

  gtk_window_close (GTK_WINDOW (dialog));
  wait_for_none (fixture);
  g_assert_cmpint (culvert_prompt_get_decision (prompt), ==, CULVERT_DECISION_NONE);
  /* It does not come back by itself. */
  culvert_test_spend (100);
  g_assert_null (find_dialog (fixture));

  culvert_dialog_prompter_present (fixture->prompter, prompt);
  dialog = find_dialog (fixture);
  g_assert_nonnull (dialog);
  form_stage_settle (dialog);
  form_stage_fill (dialog, "Password", "x");
  form_stage_press (dialog, "Sign In");
  wait_for_none (fixture);
  assert_secret (prompt, 0, "x");
  /* An answered one has nothing to show. */
  culvert_dialog_prompter_present (fixture->prompter, prompt);
  g_assert_null (find_dialog (fixture));
}

static void
test_withdrawn (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertPrompt) shown = new_password ();
  g_autoptr (CulvertPrompt) aside = new_password ();
  g_autoptr (CulvertPrompt) gone = new_password ();

  ask (fixture, shown);
  culvert_prompt_withdraw (shown);
  wait_for_none (fixture);

  gtk_window_close (GTK_WINDOW (ask (fixture, aside)));
  wait_for_none (fixture);
  culvert_prompt_withdraw (aside);
  culvert_dialog_prompter_present (fixture->prompter, aside);
  g_assert_null (find_dialog (fixture));

  culvert_prompt_withdraw (gone);
  culvert_prompter_ask (CULVERT_PROMPTER (fixture->prompter), gone);
  wait_for_none (fixture);
}

static void
test_wrong_before (Fixture *fixture, gconstpointer data)
{
  CulvertPromptField        field = { (char *)"", TRUE };
  g_autofree char          *key = g_build_filename (g_get_home_dir (), ".ssh", "id_ed25519", NULL);
  g_autoptr (CulvertPrompt) prompt =
    new_prompt (&(CulvertPromptFields){ .kind = CULVERT_PROMPT_PASSPHRASE,
                                        .user = "alice",
                                        .host = "bastion",
                                        .port = 22,
                                        .key_file = key,
                                        .attempt = 1,
                                        .fields = &field,
                                        .n_fields = 1 },
                "Staging");
  GtkWidget *dialog = ask (fixture, prompt);

  g_assert_true (form_stage_shows (dialog, "Passphrase for “Staging”"));
  g_assert_true (form_stage_shows (dialog, "The key ~/.ssh/id_ed25519, for alice@bastion,"));
  g_assert_true (form_stage_shows (dialog, "That was not accepted. Try again."));
  /* Without a purpose there is nowhere to remember it. */
  g_assert_null (form_stage_find (dialog, GTK_TYPE_SWITCH, NULL));
}

/* The server's words are text, whatever they look like. */
static void
test_questions (Fixture *fixture, gconstpointer data)
{
  CulvertPromptField fields[] = {
    { (char *)"<b>Pass_word</b>: ", TRUE },
    { (char *)"<i>Type the six digits</i> that the app on your _phone shows & press Enter", FALSE },
    { (char *)"", FALSE },
  };
  g_autoptr (CulvertPrompt) prompt =
    new_prompt (&(CulvertPromptFields){ .kind = CULVERT_PROMPT_QUESTIONS,
                                        .user = "alice",
                                        .host = "bastion",
                                        .port = 22,
                                        .title = "<big>Two</big> & a half",
                                        .instruction = "See <a href=\"http://x\">here</a>",
                                        .fields = fields,
                                        .n_fields = 3 },
                "<b>Staging</b>");
  GtkWidget   *dialog = ask (fixture, prompt);
  AdwEntryRow *first;
  AdwEntryRow *second;
  AdwEntryRow *third;
  GtkWidget   *rows;

  g_assert_true (form_stage_shows (dialog, "Signing In to “<b>Staging</b>”"));
  g_assert_true (form_stage_shows (dialog, "bastion says:"));
  g_assert_true (
    form_stage_shows (dialog, "<big>Two</big> & a half\nSee <a href=\"http://x\">here</a>"));
  g_assert_true (form_stage_shows (dialog, "<b>Pass_word</b>:"));
  g_assert_true (form_stage_shows (dialog, fields[1].text));

  first = form_stage_get (dialog, ADW_TYPE_PASSWORD_ENTRY_ROW, NULL);
  rows = gtk_widget_get_parent (GTK_WIDGET (first));
  third = ADW_ENTRY_ROW (gtk_widget_get_last_child (rows));
  second = ADW_ENTRY_ROW (gtk_widget_get_prev_sibling (GTK_WIDGET (third)));
  g_assert_false (ADW_IS_PASSWORD_ENTRY_ROW (second));
  /* An empty answer is the server's business. */
  g_assert_true (can_answer (dialog));
  gtk_editable_set_text (GTK_EDITABLE (first), "secret");
  gtk_editable_set_text (GTK_EDITABLE (second), "123456");
  /* Enter goes on to the next field, and answers in the last. */
  g_signal_emit_by_name (gtk_editable_get_delegate (GTK_EDITABLE (first)), "activate");
  g_assert_cmpint (culvert_prompt_get_decision (prompt), ==, CULVERT_DECISION_NONE);
  g_assert_true (
    gtk_widget_is_ancestor (gtk_window_get_focus (GTK_WINDOW (dialog)), GTK_WIDGET (second)));
  g_signal_emit_by_name (gtk_editable_get_delegate (GTK_EDITABLE (third)), "activate");
  wait_for_none (fixture);
  g_assert_cmpint (culvert_prompt_get_decision (prompt), ==, CULVERT_DECISION_ONCE);
  assert_secret (prompt, 0, "secret");
  assert_secret (prompt, 1, "123456");
  assert_secret (prompt, 2, "");
}

static void
test_statement (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertPrompt) prompt =
    new_prompt (&(CulvertPromptFields){ .kind = CULVERT_PROMPT_QUESTIONS,
                                        .host = "bastion",
                                        .port = 22,
                                        .instruction = "Your account ends in May." },
                "Staging");
  GtkWidget *dialog = ask (fixture, prompt);

  g_assert_true (form_stage_shows (dialog, "Your account ends in May."));
  g_assert_null (form_stage_find (dialog, ADW_TYPE_ENTRY_ROW, NULL));
  form_stage_press (dialog, "Sign In");
  wait_for_none (fixture);
  g_assert_cmpint (culvert_prompt_get_decision (prompt), ==, CULVERT_DECISION_ONCE);
}

static void
test_new_password (Fixture *fixture, gconstpointer data)
{
  CulvertPromptField        field = { (char *)"", TRUE };
  g_autoptr (CulvertPrompt) prompt =
    new_prompt (&(CulvertPromptFields){ .kind = CULVERT_PROMPT_NEW_PASSWORD,
                                        .user = "alice",
                                        .host = "bastion",
                                        .port = 22,
                                        .fields = &field,
                                        .n_fields = 1 },
                "Staging");
  GtkWidget *dialog = ask (fixture, prompt);
  GtkWidget *repeat = form_stage_get (dialog, ADW_TYPE_ENTRY_ROW, "Repeat it");

  form_stage_fill (dialog, "New password", "one");
  g_assert_false (can_answer (dialog));
  form_stage_fill (dialog, "Repeat it", "two");
  g_assert_false (can_answer (dialog));
  g_assert_true (gtk_widget_has_css_class (repeat, "error"));
  form_stage_fill (dialog, "Repeat it", "one");
  g_assert_true (can_answer (dialog));
  g_assert_false (gtk_widget_has_css_class (repeat, "error"));
  form_stage_press (dialog, "Sign In");
  wait_for_none (fixture);
  assert_secret (prompt, 0, "one");
}

/* No copy of an answer stays behind in the fields, nor in a list of steps to undo. */
static void
test_wiped (Fixture *fixture, gconstpointer data)
{
  CulvertPromptField        fields[] = { { (char *)"Password", TRUE }, { (char *)"Code", FALSE } };
  g_autoptr (CulvertPrompt) prompt =
    new_prompt (&(CulvertPromptFields){ .kind = CULVERT_PROMPT_QUESTIONS,
                                        .host = "bastion",
                                        .port = 22,
                                        .fields = fields,
                                        .n_fields = 2 },
                "Staging");
  GtkWidget              *dialog = ask (fixture, prompt);
  g_autoptr (GtkEditable) hidden =
    g_object_ref (form_stage_get (dialog, ADW_TYPE_ENTRY_ROW, "Password"));
  g_autoptr (GtkEditable) visible =
    g_object_ref (form_stage_get (dialog, ADW_TYPE_ENTRY_ROW, "Code"));
  GtkText *texts[] = { GTK_TEXT (gtk_editable_get_delegate (hidden)),
                       GTK_TEXT (gtk_editable_get_delegate (visible)) };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_assert_true (GTK_IS_PASSWORD_ENTRY_BUFFER (gtk_text_get_buffer (texts[i])));
      g_assert_false (gtk_editable_get_enable_undo (GTK_EDITABLE (texts[i])));
      g_object_ref (texts[i]);
    }
  form_stage_fill (dialog, "Password", "secret");
  form_stage_fill (dialog, "Code", "123456");
  form_stage_press (dialog, "Sign In");
  wait_for_none (fixture);
  assert_secret (prompt, 1, "123456");
  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    {
      g_assert_cmpstr (gtk_editable_get_text (GTK_EDITABLE (texts[i])), ==, "");
      g_object_unref (texts[i]);
    }
}

typedef struct
{
  const char     *button;
  CulvertDecision decision;
} HostKeyCase;

static const HostKeyCase host_key_cases[] = {
  { "Trust and Save", CULVERT_DECISION_SAVE },
  { "Only This Time", CULVERT_DECISION_ONCE },
  { "Refuse", CULVERT_DECISION_REFUSE },
};

static void
test_host_key (Fixture *fixture, gconstpointer data)
{
  const HostKeyCase        *choice = data;
  g_autoptr (CulvertPrompt) prompt = new_host_key (NULL);
  GtkWidget                *dialog = ask (fixture, prompt);

  g_assert_true (form_stage_shows (dialog, "“Staging” connects to bastion.example.com:2222"));
  g_assert_true (form_stage_shows (dialog, "the administrator of the server"));
  g_assert_true (form_stage_shows (dialog, "ssh-ed25519"));
  g_assert_true (form_stage_shows (dialog, "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDsuIGVe4HAvIgGpr0"));
  g_assert_false (form_stage_shows (dialog, "already known"));
  g_assert_false (form_stage_shows (dialog, "picture  |"));
  gtk_expander_set_expanded (form_stage_get (dialog, GTK_TYPE_EXPANDER, NULL), TRUE);
  form_stage_settle (dialog);
  g_assert_true (form_stage_shows (dialog, "picture  |"));
  form_stage_press (dialog, choice->button);
  wait_for_none (fixture);
  g_assert_cmpint (culvert_prompt_get_decision (prompt), ==, choice->decision);
}

/* Neither Enter nor Space trusts anybody when the dialog has just come up. */
static void
test_host_key_no_default (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertPrompt) prompt = new_host_key (NULL);
  GtkWidget                *dialog = ask (fixture, prompt);

  g_assert_null (gtk_window_get_default_widget (GTK_WINDOW (dialog)));
  g_assert_null (adw_message_dialog_get_default_response (ADW_MESSAGE_DIALOG (dialog)));
  g_assert_nonnull (gtk_window_get_focus (GTK_WINDOW (dialog)));
  g_assert_false (GTK_IS_BUTTON (gtk_window_get_focus (GTK_WINDOW (dialog))));
  g_signal_emit_by_name (dialog, "activate-focus");
  g_signal_emit_by_name (dialog, "activate-default");
  culvert_test_spend (50);
  g_assert_cmpint (culvert_prompt_get_decision (prompt), ==, CULVERT_DECISION_NONE);
  g_assert_nonnull (find_dialog (fixture));
}

static void
test_host_key_other_known (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertPrompt) prompt = new_host_key ("SHA256:other");
  GtkWidget                *dialog = ask (fixture, prompt);

  g_assert_true (form_stage_shows (dialog, "already known by another key, SHA256:other."));
}

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  char **text = user_data;

  *text = gdk_clipboard_read_text_finish (GDK_CLIPBOARD (source), result, NULL);
}

static void
test_host_key_copy (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertPrompt) prompt = new_host_key (NULL);
  GtkWidget                *dialog = ask (fixture, prompt);
  g_autofree char          *text = NULL;

  form_stage_press (dialog, "Copy the fingerprint");
  gdk_clipboard_read_text_async (gtk_widget_get_clipboard (dialog), NULL, read_cb, &text);
  culvert_test_wait_until (text != NULL, DEADLINE_MS);
  g_assert_cmpstr (text, ==, "SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDsuIGVe4HAvIgGpr0");
  g_assert_cmpint (culvert_prompt_get_decision (prompt), ==, CULVERT_DECISION_NONE);
}

/* One dialog at a time, in the order of the questions. */
static void
test_queue (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertPrompt) first = new_password ();
  g_autoptr (CulvertPrompt) second = new_host_key (NULL);
  g_autoptr (CulvertPrompt) third = new_password ();
  GtkWidget                *dialog = ask (fixture, first);

  culvert_prompter_ask (CULVERT_PROMPTER (fixture->prompter), second);
  culvert_prompter_ask (CULVERT_PROMPTER (fixture->prompter), third);
  g_assert_true (find_dialog (fixture) == dialog);
  form_stage_press (dialog, "Cancel");
  culvert_test_wait_until (CULVERT_IS_HOST_KEY_DIALOG (find_dialog (fixture)), DEADLINE_MS);
  /* The third one is wanted now: the second makes room and comes after it. */
  culvert_dialog_prompter_present (fixture->prompter, third);
  culvert_test_wait_until (CULVERT_IS_SECRET_DIALOG (find_dialog (fixture)), DEADLINE_MS);
  form_stage_settle (find_dialog (fixture));
  form_stage_press (find_dialog (fixture), "Cancel");
  culvert_test_wait_until (CULVERT_IS_HOST_KEY_DIALOG (find_dialog (fixture)), DEADLINE_MS);
  form_stage_settle (find_dialog (fixture));
  form_stage_press (find_dialog (fixture), "Refuse");
  wait_for_none (fixture);
  g_assert_cmpint (culvert_prompt_get_decision (first), ==, CULVERT_DECISION_REFUSE);
  g_assert_cmpint (culvert_prompt_get_decision (second), ==, CULVERT_DECISION_REFUSE);
  g_assert_cmpint (culvert_prompt_get_decision (third), ==, CULVERT_DECISION_REFUSE);
}

static void
test_next_after_withdrawn (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertPrompt) first = new_password ();
  g_autoptr (CulvertPrompt) second = new_host_key (NULL);

  ask (fixture, first);
  culvert_prompter_ask (CULVERT_PROMPTER (fixture->prompter), second);
  culvert_prompt_withdraw (first);
  culvert_test_wait_until (CULVERT_IS_HOST_KEY_DIALOG (find_dialog (fixture)), DEADLINE_MS);
}

static void
test_no_window (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertPrompt) prompt = new_password ();

  fixture->parent = NULL;
  culvert_prompter_ask (CULVERT_PROMPTER (fixture->prompter), prompt);
  culvert_test_spend (50);
  g_assert_null (find_dialog (fixture));
  fixture->parent = GTK_WINDOW (fixture->stage.window);
  culvert_dialog_prompter_present (fixture->prompter, prompt);
  g_assert_nonnull (find_dialog (fixture));
}

static void
test_hidden_window (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertPrompt) prompt = new_password ();

  gtk_widget_set_visible (fixture->stage.window, FALSE);
  culvert_prompter_ask (CULVERT_PROMPTER (fixture->prompter), prompt);
  culvert_test_spend (50);
  g_assert_null (find_dialog (fixture));
  gtk_widget_set_visible (fixture->stage.window, TRUE);
  culvert_test_wait_until (find_dialog (fixture) != NULL, DEADLINE_MS);
}

/* A question outlives the window that it was shown over. */
static void
test_window_goes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertPrompt) prompt = new_password ();
  GtkWidget                *other = adw_window_new ();

  gtk_window_present (GTK_WINDOW (other));
  form_stage_settle (other);
  fixture->parent = GTK_WINDOW (other);
  culvert_prompter_ask (CULVERT_PROMPTER (fixture->prompter), prompt);
  g_assert_nonnull (form_stage_find_dialog (other));
  fixture->parent = GTK_WINDOW (fixture->stage.window);
  gtk_window_destroy (GTK_WINDOW (other));
  culvert_test_wait_until (find_dialog (fixture) != NULL, DEADLINE_MS);
  g_assert_cmpint (culvert_prompt_get_decision (prompt), ==, CULVERT_DECISION_NONE);
  form_stage_settle (find_dialog (fixture));
  form_stage_press (find_dialog (fixture), "Cancel");
  wait_for_none (fixture);
}

/* The end of the program, with a question on the screen. */
static void
test_prompter_goes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertPrompt) prompt = new_password ();

  ask (fixture, prompt);
  g_object_run_dispose (G_OBJECT (fixture->prompter));
  wait_for_none (fixture);
  g_assert_cmpint (culvert_prompt_get_decision (prompt), ==, CULVERT_DECISION_NONE);
}

#define ADD_DATA(name, data, function)                                                             \
  g_test_add ("/ui/dialog-prompter/" name, Fixture, data, set_up, function, tear_down)
#define ADD(name, function) ADD_DATA (name, NULL, function)

int
main (int argc, char **argv)
{
  form_stage_init (&argc, &argv);
  ADD ("password", test_password);
  ADD ("on-the-way", test_on_the_way);
  ADD ("enter", test_enter);
  ADD ("remember", test_remember);
  ADD ("locked-keyring", test_locked_keyring);
  ADD ("denied-keyring", test_denied_keyring);
  ADD ("without-keyring", test_without_keyring);
  ADD ("cancel", test_cancel);
  ADD ("put-aside", test_put_aside);
  ADD ("withdrawn", test_withdrawn);
  ADD ("wrong-before", test_wrong_before);
  ADD ("questions", test_questions);
  ADD ("statement", test_statement);
  ADD ("new-password", test_new_password);
  ADD ("wiped", test_wiped);
  ADD_DATA ("host-key/save", &host_key_cases[0], test_host_key);
  ADD_DATA ("host-key/once", &host_key_cases[1], test_host_key);
  ADD_DATA ("host-key/refuse", &host_key_cases[2], test_host_key);
  ADD ("host-key/no-default", test_host_key_no_default);
  ADD ("host-key/other-known", test_host_key_other_known);
  ADD ("host-key/copy", test_host_key_copy);
  ADD ("queue", test_queue);
  ADD ("next-after-withdrawn", test_next_after_withdrawn);
  ADD ("no-window", test_no_window);
  ADD ("hidden-window", test_hidden_window);
  ADD ("window-goes", test_window_goes);
  ADD ("prompter-goes", test_prompter_goes);
  return g_test_run ();
}
