/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Asks the desktop, from within a sandbox, to run without a window and to start with the session.
 * Spec: org.freedesktop.portal.Background, org.freedesktop.portal.Request. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct
{
  gboolean may_run;    /* without a window */
  gboolean autostarts; /* with the session */
} CulvertBackgroundGrant;

/* Is there anybody to ask?  The finish returns FALSE with G_IO_ERROR_NOT_SUPPORTED where there is not. */
void     culvert_background_portal_find_async (GDBusConnection    *bus,
                                               GCancellable       *cancellable,
                                               GAsyncReadyCallback callback,
                                               gpointer            user_data);
gboolean culvert_background_portal_find_finish (GAsyncResult *result, GError **error);

/**
 * culvert_background_portal_ask_async:
 * @reason: shown to the person
 * @autostart: start with the session from now on; FALSE ends that
 * @command: what is started then
 *
 * The desktop may ask the person; who does not answer within a minute has refused.  The finish returns FALSE with
 * G_IO_ERROR_NOT_SUPPORTED where nobody is there to ask, G_IO_ERROR_PERMISSION_DENIED when it was
 * refused, or G_IO_ERROR_TIMED_OUT.
 */
void     culvert_background_portal_ask_async (GDBusConnection    *bus,
                                              const char         *reason,
                                              gboolean            autostart,
                                              const char *const  *command,
                                              GCancellable       *cancellable,
                                              GAsyncReadyCallback callback,
                                              gpointer            user_data);
gboolean culvert_background_portal_ask_finish (GAsyncResult           *result,
                                               CulvertBackgroundGrant *grant,
                                               GError                **error);

G_END_DECLS
