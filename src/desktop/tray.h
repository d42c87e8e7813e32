/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The program's icon in the tray of the desktop, and the menu behind it.
 * Spec: org.kde.StatusNotifierItem (freedesktop.org StatusNotifierItem), com.canonical.dbusmenu.
 *
 * It knows nothing of tunnels: its owner describes how it looks and is told what the person does.  It asks
 * for a description only where there is a tray, twice a second at most, and tells the tray only what
 * changed.  Belongs to the thread whose default context was current at construction. */

#include "desktop/menu-item.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* How it looks.  All strings and the menu belong to the look. */
typedef struct
{
  char     *icon_name; /* "" where the desktop knows none of the program's icons; never NULL */
  GVariant *pixels;    /* (nullable): the icon as pixels, a(iiay), as IconPixmap has them */
  char     *icon_text; /* what the icon says, for who does not see it; never NULL */
  char     *heading;   /* of the tooltip; never NULL */
  char     *text;      /* of the tooltip, as it is read: no markup; never NULL */
  gboolean  needs_attention;
  CulvertMenuItem *menu;
} CulvertTrayLook;

typedef struct
{
  /* (transfer full): with every field filled in */
  CulvertTrayLook *(*describe) (gpointer user_data);
  /* An item of the menu was chosen. @token: (nullable): lets a window come to the front */
  void (*chosen) (const char *key, const char *token, gpointer user_data);
  /* The icon was clicked; likewise. */
  void (*activated) (const char *token, gpointer user_data);
  /* (nullable): there is somebody who shows the icon now, or nobody any more */
  void (*host_changed) (gboolean has_host, gpointer user_data);
} CulvertTrayFuncs;

typedef struct _CulvertTray CulvertTray;

/**
 * culvert_tray_new:
 * @title: the program's name
 * @is_right_to_left: which way its words are read
 * @funcs: has to outlive the tray
 *
 * Returns: (transfer full) (nullable): NULL, with @error set, when @bus has one already
 */
CulvertTray *culvert_tray_new (GDBusConnection        *bus,
                               const char             *title,
                               gboolean                is_right_to_left,
                               const CulvertTrayFuncs *funcs,
                               gpointer                user_data,
                               GError                **error);
void         culvert_tray_free (CulvertTray *self);

/* It would be described otherwise now. */
void culvert_tray_changed (CulvertTray *self);

/* Is there somebody who shows it? */
gboolean culvert_tray_has_host (CulvertTray *self);

CulvertTrayLook *culvert_tray_look_new (void);
void             culvert_tray_look_free (CulvertTrayLook *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertTray, culvert_tray_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertTrayLook, culvert_tray_look_free)

G_END_DECLS
