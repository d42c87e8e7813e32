/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/host-key-dialog.h"

#include "words/host-certificate-words.h"

#include <glib/gi18n.h>

struct _CulvertHostKeyDialog
{
  AdwMessageDialog parent_instance;
  CulvertPrompt   *prompt;
  GtkLabel        *type_name;
  GtkLabel        *fingerprint;
  GtkWidget       *copy;
  GtkWidget       *certificate_box;
  GtkLabel        *certificate;
  GtkWidget       *other_box;
  GtkLabel        *other_known;
  GtkWidget       *art_expander;
  GtkLabel        *random_art;
};

G_DEFINE_FINAL_TYPE (CulvertHostKeyDialog, culvert_host_key_dialog, ADW_TYPE_MESSAGE_DIALOG)

static void
copy_cb (CulvertHostKeyDialog *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          gtk_label_get_label (self->fingerprint));
  gtk_button_set_icon_name (GTK_BUTTON (self->copy), "object-select-symbolic");
  gtk_widget_set_tooltip_text (self->copy, _ ("Copied"));
}

static void
culvert_host_key_dialog_response (AdwMessageDialog *dialog, const char *response)
{
  CulvertHostKeyDialog *self = CULVERT_HOST_KEY_DIALOG (dialog);
  static const struct
  {
    const char     *response;
    CulvertDecision decision;
  } table[] = {
    { "save", CULVERT_DECISION_SAVE },
    { "once", CULVERT_DECISION_ONCE },
    { "refuse", CULVERT_DECISION_REFUSE },
  };

  /* Also said on the way out. */
  for (guint i = 0; i < G_N_ELEMENTS (table) && self->prompt != NULL; i++)
    if (g_str_equal (response, table[i].response))
      culvert_prompt_answer (self->prompt, table[i].decision, NULL, 0);
}

static void
culvert_host_key_dialog_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CULVERT_TYPE_HOST_KEY_DIALOG);
  g_clear_object (&CULVERT_HOST_KEY_DIALOG (object)->prompt);
  G_OBJECT_CLASS (culvert_host_key_dialog_parent_class)->dispose (object);
}

static void
culvert_host_key_dialog_class_init (CulvertHostKeyDialogClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_host_key_dialog_dispose;
  ADW_MESSAGE_DIALOG_CLASS (klass)->response = culvert_host_key_dialog_response;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/host-key-dialog.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertHostKeyDialog, type_name);
  gtk_widget_class_bind_template_child (widget_class, CulvertHostKeyDialog, fingerprint);
  gtk_widget_class_bind_template_child (widget_class, CulvertHostKeyDialog, copy);
  gtk_widget_class_bind_template_child (widget_class, CulvertHostKeyDialog, certificate_box);
  gtk_widget_class_bind_template_child (widget_class, CulvertHostKeyDialog, certificate);
  gtk_widget_class_bind_template_child (widget_class, CulvertHostKeyDialog, other_box);
  gtk_widget_class_bind_template_child (widget_class, CulvertHostKeyDialog, other_known);
  gtk_widget_class_bind_template_child (widget_class, CulvertHostKeyDialog, art_expander);
  gtk_widget_class_bind_template_child (widget_class, CulvertHostKeyDialog, random_art);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
}

static void
culvert_host_key_dialog_init (CulvertHostKeyDialog *self)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (self);

  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  /* A hyphen where the line is broken would read as part of the fingerprint. */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (self->fingerprint, attributes);
  gtk_label_set_attributes (self->other_known, attributes);
  gtk_widget_set_direction (GTK_WIDGET (self->random_art), GTK_TEXT_DIR_LTR);
  adw_message_dialog_add_responses (dialog, "refuse", _ ("_Refuse"), "once", _ ("Only _This Time"),
                                    "save", _ ("_Trust and Save"), NULL);
  adw_message_dialog_set_default_response (dialog, NULL);
  adw_message_dialog_set_close_response (dialog, "close");
}

static char *
describe_server (const CulvertHostKeyInfo *info)
{
  if (info->port == 22)
    return g_strdup (info->host);
  return strchr (info->host, ':') != NULL ? g_strdup_printf ("[%s]:%u", info->host, info->port)
                                          : g_strdup_printf ("%s:%u", info->host, info->port);
}

static void
fill (CulvertHostKeyDialog *self, const CulvertHostKeyInfo *info)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (self);
  const char       *title = culvert_prompt_get_tunnel_title (self->prompt);
  g_autofree char  *server = describe_server (info);
  g_autofree char  *body = NULL;

  adw_message_dialog_set_heading (dialog, _ ("Is This the Right Server?"));
  if (culvert_prompt_get_fields (self->prompt)->asked_by == CULVERT_ASKED_BY_HOP)
    /* Translators: 1 is the tunnel's name, 2 the jump host's */
    body = g_strdup_printf (_ ("“%1$s” goes through the jump host %2$s for the first time. Before "
                               "anything secret is sent, compare this fingerprint with what the "
                               "administrator of the jump host tells you."),
                            title != NULL ? title : server, server);
  else if (title != NULL && *title != '\0' && !g_str_equal (title, server))
    /* Translators: 1 is the tunnel's name, 2 the server's */
    body = g_strdup_printf (_ ("“%1$s” connects to %2$s for the first time. Before anything secret "
                               "is sent, compare this fingerprint with what the administrator of "
                               "the server tells you."),
                            title, server);
  else
    /* Translators: %s is the server's name */
    body = g_strdup_printf (_ ("This is the first connection to %s. Before anything secret is "
                               "sent, compare this fingerprint with what the administrator of the "
                               "server tells you."),
                            server);
  adw_message_dialog_set_body (dialog, body);
  gtk_label_set_label (self->type_name, info->type_name != NULL ? info->type_name : "");
  gtk_label_set_label (self->fingerprint, info->fingerprint != NULL ? info->fingerprint : "");
  gtk_label_set_label (self->random_art, info->random_art != NULL ? info->random_art : "");
  gtk_widget_set_visible (self->art_expander,
                          info->random_art != NULL && *info->random_art != '\0');
  gtk_widget_set_visible (self->certificate_box,
                          info->certificate != CULVERT_HOST_CERTIFICATE_FINE);
  if (info->certificate != CULVERT_HOST_CERTIFICATE_FINE)
    gtk_label_set_label (self->certificate, culvert_words_for_host_certificate (info->certificate));
  gtk_widget_set_visible (self->other_box, info->other_known != NULL);
  if (info->other_known != NULL)
    {
      /* Translators: %s is a fingerprint */
      g_autofree char *other = g_strdup_printf (
        _ ("This server is already known by another key, %s. It may have got a second one; ask "
           "before you trust it."),
        info->other_known);

      gtk_label_set_label (self->other_known, other);
    }
}

GtkWidget *
culvert_host_key_dialog_new (CulvertPrompt *prompt)
{
  CulvertHostKeyDialog *self;

  g_return_val_if_fail (CULVERT_IS_PROMPT (prompt), NULL);
  g_return_val_if_fail (culvert_prompt_get_fields (prompt)->host_key != NULL, NULL);

  self = g_object_new (CULVERT_TYPE_HOST_KEY_DIALOG, "accessible-role", GTK_ACCESSIBLE_ROLE_DIALOG,
                       NULL);
  self->prompt = g_object_ref (prompt);
  fill (self, culvert_prompt_get_fields (prompt)->host_key);
  /* Enter in a button would press it, so the focus begins where nothing can be pressed. */
  gtk_window_set_focus (GTK_WINDOW (self), GTK_WIDGET (self->fingerprint));
  gtk_label_select_region (self->fingerprint, 0, 0);
  return GTK_WIDGET (self);
}
