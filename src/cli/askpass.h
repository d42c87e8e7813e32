/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The program in SSH_ASKPASS, asked as ssh(1) asks it: with the question as its only argument; the
 * first line it prints is the answer.  Belongs to the main thread. */

#include "base/secret.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* When it is asked, in the words of ssh(1) about SSH_ASKPASS_REQUIRE. */
typedef enum
{
  CULVERT_ASKPASS_NEVER,    /* "never", or there is no display for it, or no program */
  CULVERT_ASKPASS_FALLBACK, /* without a terminal */
  CULVERT_ASKPASS_FIRST,    /* "prefer" or "force" */
} CulvertAskpassUse;

/* As the environment says. */
CulvertAskpassUse culvert_askpass_get_use (void);

/**
 * culvert_askpass_async:
 * @cancellable: (nullable): ends the program, and has done so when g_cancellable_cancel() returns
 */
void culvert_askpass_async (const char         *question,
                            GCancellable       *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer            user_data);

/* (transfer full) (nullable): NULL when the person closed it (@error unset), or with @error when it
 * did not run */
CulvertSecret *culvert_askpass_finish (GAsyncResult *result, GError **error);

G_END_DECLS
