/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/quit-dialog.h"

#include <glib/gi18n.h>

/* Why the window cannot just be closed. */
static const char *
get_body (guint n_on, CulvertClosing closing)
{
  if (closing == CULVERT_CLOSING_NO_TRAY)
    return ngettext (
      "This desktop shows no tray from which a closed window could be opened again, so closing it quits "
      "Culvert. Quitting stops the tunnel, and closes the connections that go through it.",
      "This desktop shows no tray from which a closed window could be opened again, so closing it quits "
      "Culvert. Quitting stops the tunnels, and closes the connections that go through them.",
      n_on);
  if (closing == CULVERT_CLOSING_DENIED)
    return ngettext (
      "The desktop does not let Culvert run without its window, so closing it quits Culvert. "
      "Quitting stops the tunnel, and closes the connections that go through it.",
      "The desktop does not let Culvert run without its window, so closing it quits Culvert. "
      "Quitting stops the tunnels, and closes the connections that go through them.",
      n_on);
  return ngettext ("Quitting stops it, and closes the connections that go through it.",
                   "Quitting stops them, and closes the connections that go through them.", n_on);
}

GtkWidget *
culvert_quit_dialog_new (GtkWindow *parent, guint n_on, CulvertClosing closing)
{
  g_autofree char *heading =
    g_strdup_printf (ngettext ("%u Tunnel Is On", "%u Tunnels Are On", n_on), n_on);
  GtkWidget        *dialog = adw_message_dialog_new (parent, heading, NULL);
  AdwMessageDialog *self = ADW_MESSAGE_DIALOG (dialog);

  adw_message_dialog_set_body (self, get_body (n_on, closing));
  adw_message_dialog_add_response (self, "cancel", _ ("_Cancel"));
  if (closing != CULVERT_CLOSING_QUITS)
    adw_message_dialog_add_response (self, CULVERT_MINIMIZE_RESPONSE, _ ("_Minimize"));
  adw_message_dialog_add_response (self, CULVERT_QUIT_RESPONSE, _ ("_Quit"));
  adw_message_dialog_set_response_appearance (self, CULVERT_QUIT_RESPONSE,
                                              ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_default_response (self, "cancel");
  adw_message_dialog_set_close_response (self, "cancel");
  return dialog;
}
