/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Culvert in the tray: follows the tunnels, switches them, and passes on what concerns the window. */

#include "engine/tunnel-manager.h"

G_BEGIN_DECLS

typedef struct
{
  /* @tunnel_id: (nullable): whose open question is meant; @token: (nullable): see desktop/tray.h */
  void (*open) (const char *tunnel_id, const char *token, gpointer user_data);
  void (*quit) (gpointer user_data);
  void (*host_changed) (gboolean has_host, gpointer user_data);
} CulvertTrayIconFuncs;

typedef struct _CulvertTrayIcon CulvertTrayIcon;

/**
 * culvert_tray_icon_new:
 * @funcs: has to outlive the icon
 *
 * Returns: (transfer full) (nullable): NULL, with @error set, when @bus has one already
 */
CulvertTrayIcon *culvert_tray_icon_new (GDBusConnection            *bus,
                                        CulvertTunnelManager       *manager,
                                        const CulvertTrayIconFuncs *funcs,
                                        gpointer                    user_data,
                                        GError                    **error);
void             culvert_tray_icon_free (CulvertTrayIcon *self);

/* Does the person see it? */
gboolean culvert_tray_icon_has_host (CulvertTrayIcon *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertTrayIcon, culvert_tray_icon_free)

G_END_DECLS
