/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A desktop that shows notifications: org.freedesktop.Notifications on a connection of its own to the bus in
 * DBUS_SESSION_BUS_ADDRESS.  For GTest programs. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  GString *
    said; /* "NUMBER TITLE: TEXT [BUTTON] [BUTTON]|" and "close NUMBER|", as they came; the number that
                    it replaces, 0 for a new one */
  guint last; /* the number of the one that came last */
} CulvertFakeNotifications;

CulvertFakeNotifications *culvert_fake_notifications_new (void);
void                      culvert_fake_notifications_free (CulvertFakeNotifications *self);

/* The person presses the button that says @label on the last one; NULL: clicks the notification itself. */
void culvert_fake_notifications_press (CulvertFakeNotifications *self, const char *label);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertFakeNotifications, culvert_fake_notifications_free)

G_END_DECLS
