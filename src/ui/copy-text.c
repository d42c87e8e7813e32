/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/copy-text.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define SECONDS 2

void
culvert_copy_text (GtkWidget *widget, const char *text)
{
  GtkWidget *overlay;
  AdwToast  *toast;

  g_return_if_fail (GTK_IS_WIDGET (widget) && text != NULL);

  gdk_clipboard_set_text (gtk_widget_get_clipboard (widget), text);
  overlay = gtk_widget_get_ancestor (widget, ADW_TYPE_TOAST_OVERLAY);
  if (overlay == NULL)
    return;
  toast = adw_toast_new (_ ("Copied"));
  adw_toast_set_timeout (toast, SECONDS);
  adw_toast_overlay_add_toast (ADW_TOAST_OVERLAY (overlay), toast);
}
