/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A menu on the session bus, for whoever draws it.
 * Spec: com.canonical.dbusmenu, version 3 (libdbusmenu's dbus-menu.xml).
 *
 * What is asked by a number nobody was told of, or in another way makes no sense, gets an error.  Belongs to
 * the thread whose default context was current at construction. */

#include "desktop/menu-item.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CulvertMenuServer CulvertMenuServer;

typedef struct
{
  /* Somebody is about to look: the last chance for culvert_menu_server_set(). */
  void (*about_to_show) (gpointer user_data);
  /* The person has chosen an enabled action or check. */
  void (*chosen) (const char *key, gpointer user_data);
} CulvertMenuFuncs;

/**
 * culvert_menu_server_new:
 * @is_right_to_left: which way its words are read
 * @funcs: has to outlive the server
 *
 * Returns: (transfer full) (nullable): NULL, with @error set, when something else is at @path
 */
CulvertMenuServer *culvert_menu_server_new (GDBusConnection        *bus,
                                            const char             *path,
                                            gboolean                is_right_to_left,
                                            const CulvertMenuFuncs *funcs,
                                            gpointer                user_data,
                                            GError                **error);
void               culvert_menu_server_free (CulvertMenuServer *self);

/* Shows @menu, and tells those who look just what is another than before. */
void culvert_menu_server_set (CulvertMenuServer *self, CulvertMenuItem *menu);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertMenuServer, culvert_menu_server_free)

G_END_DECLS
