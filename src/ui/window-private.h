/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the files of the main window share: window.c is what it is, window-actions.c what one can
 * tell it to do. */

#include "ui/tunnel-list.h"
#include "ui/tunnel-page.h"
#include "ui/window.h"

G_BEGIN_DECLS

struct _CulvertWindow
{
  AdwApplicationWindow   parent_instance;
  CulvertTunnelManager  *manager;
  CulvertSecretStore    *secrets;
  CulvertDialogPrompter *prompter;
  GSettings             *settings; /* NULL where the schema is not installed */
  CulvertTunnel         *tunnel;   /* whose page is shown; NULL while none is saved */
  GSignalGroup          *tunnel_signals;
  GPtrArray             *removals;   /* of CulvertRemoval: can still be undone */
  AdwToast              *turn_toast; /* not held; NULL unless it is shown */

  AdwToastOverlay   *toasts;
  GtkStack          *stack;
  AdwLeaflet        *leaflet;
  CulvertTunnelList *list;
  CulvertTunnelPage *page;
  GtkWidget         *welcome_notices;
};

void culvert_window_install_actions (GtkWidgetClass *widget_class);

/* The actions of window-export.c: copies of a tunnel for elsewhere. */
void culvert_window_install_export_actions (GtkWidgetClass *widget_class);

/* The actions of window-groups.c: places in the list, and groups. */
void culvert_window_install_group_actions (GtkWidgetClass *widget_class);

/* Tells, with a way back, when one is switched off because another one of its group is switched on. */
void culvert_window_watch_turns (CulvertWindow *self);

/* The actions of window-import.c. */
void culvert_window_install_import_actions (GtkWidgetClass *widget_class);

/* What could not be done, in a dialog. */
void culvert_window_show_failure (CulvertWindow *self, const char *heading, const GError *error);

/* All tunnels as files of @folder; says how it went. */
void culvert_window_export_into (CulvertWindow *self, GFile *folder);

/* Enables what makes sense for the tunnel that is shown. */
void culvert_window_update_actions (CulvertWindow *self);

/* What was removed and not taken back is forgotten for good. */
void culvert_window_settle_removals (CulvertWindow *self);

G_END_DECLS
