/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A tray without a screen: the watcher and the host of StatusNotifierItem on a connection of its own to the bus
 * in DBUS_SESSION_BUS_ADDRESS.  It takes part in the main loop of the test, so what it asks may be
 * answered in the same process.  For GTest programs. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  char *item; /* the unique name that registered last; NULL: nobody did since the watcher came */
  guint n_registered;
  guint n_to_refuse; /* the next that register */

  /* signals of items, since they were last set to 0 */
  guint n_icons;
  guint n_statuses;
  guint n_tool_tips;
  guint n_layouts;
  guint n_updates;       /* of properties of the menu */
  guint n_updated_items; /* in all of these */
} CulvertFakeTray;

/* Nothing is on the bus yet. */
CulvertFakeTray *culvert_fake_tray_new (void);
void             culvert_fake_tray_free (CulvertFakeTray *self);

/* The watcher comes and goes; the host registers with it and leaves it. */
void culvert_fake_tray_start (CulvertFakeTray *self, gboolean has_host);
void culvert_fake_tray_stop (CulvertFakeTray *self);
void culvert_fake_tray_set_host (CulvertFakeTray *self, gboolean has_host);

void culvert_fake_tray_forget_signals (CulvertFakeTray *self);

/* (transfer full): a property of the item */
GVariant *culvert_fake_tray_get (CulvertFakeTray *self, const char *property);
char     *culvert_fake_tray_get_string (CulvertFakeTray *self, const char *property);

/* (transfer full) (nullable): the reply of a method of the item or of its menu */
GVariant *culvert_fake_tray_call_item (CulvertFakeTray *self,
                                       const char      *method,
                                       GVariant        *parameters,
                                       GError         **error);
GVariant *culvert_fake_tray_call_menu (CulvertFakeTray *self,
                                       const char      *method,
                                       GVariant        *parameters,
                                       GError         **error);

/* (transfer full): its menu as text, an item a line: "[x] label" and "[ ] label" for checks, "label >" for a
 * submenu, whose items follow indented, "---", and "(label)" for what cannot be chosen */
char *culvert_fake_tray_read_menu (CulvertFakeTray *self);

/* The number of the item that says @label, wherever it stands; fails the test when there is none. */
gint32 culvert_fake_tray_find (CulvertFakeTray *self, const char *label);

/* Chooses it, the way a panel does. */
void culvert_fake_tray_click (CulvertFakeTray *self, const char *label);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertFakeTray, culvert_fake_tray_free)

G_END_DECLS
