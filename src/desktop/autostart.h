/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Starting with the session, without a window: by a file (desktop/autostart-file.h), or in a sandbox by the
 * desktop, which also decides whether the program may run without a window
 * (desktop/background-portal.h).
 *
 * Belongs to the thread whose default context was current at construction. */

#include "desktop/background-portal.h"

G_BEGIN_DECLS

typedef struct _CulvertAutostart CulvertAutostart;

/**
 * culvert_autostart_new:
 * @bus: (nullable): the session's
 * @is_sandboxed: only the desktop can do it
 * @was_granted: in a sandbox: what was last granted, which nobody there can be asked
 */
CulvertAutostart *
culvert_autostart_new (GDBusConnection *bus, gboolean is_sandboxed, gboolean was_granted);
CulvertAutostart *culvert_autostart_ref (CulvertAutostart *self);
void              culvert_autostart_unref (CulvertAutostart *self);

gboolean culvert_autostart_is_sandboxed (CulvertAutostart *self);

/* Does the program start with the session, as far as is known now? */
gboolean culvert_autostart_is_on (CulvertAutostart *self);

/* May it run without a window?  Outside a sandbox nobody has to be asked. */
gboolean culvert_autostart_may_run (CulvertAutostart *self);

/* Can it be switched at all?  FALSE with G_IO_ERROR_NOT_SUPPORTED in a sandbox whose desktop cannot. */
void culvert_autostart_probe_async (CulvertAutostart   *self,
                                    GCancellable       *cancellable,
                                    GAsyncReadyCallback callback,
                                    gpointer            user_data);
gboolean
culvert_autostart_probe_finish (CulvertAutostart *self, GAsyncResult *result, GError **error);

/**
 * culvert_autostart_set_async:
 * @reason: shown to the person where the desktop asks
 *
 * Switches it, and in a sandbox asks to run without a window, too; the present value asks for that alone.
 * FALSE with an error as culvert_autostart_file_set() and culvert_background_portal_ask_finish() have
 * them; or with G_IO_ERROR_PERMISSION_DENIED, when it did not become what was asked for.
 */
void culvert_autostart_set_async (CulvertAutostart   *self,
                                  gboolean            is_on,
                                  const char         *reason,
                                  GCancellable       *cancellable,
                                  GAsyncReadyCallback callback,
                                  gpointer            user_data);
gboolean
culvert_autostart_set_finish (CulvertAutostart *self, GAsyncResult *result, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertAutostart, culvert_autostart_unref)

G_END_DECLS
