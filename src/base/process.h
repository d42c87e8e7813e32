/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What each program of ours does once to its own process.  Called by the composition roots, in the
 * main thread. */

#include <glib.h>

G_BEGIN_DECLS

/**
 * culvert_process_harden:
 *
 * Lets a peer that went away be an error instead of the end of the program (SIGPIPE), turns core
 * dumps off, and raises the number of files that may be open to what the system allows.  First thing
 * in `main`, before any thread.
 *
 * The process stays traceable by its owner: a debugger, and the desktop's portals that look into
 * `/proc` to learn who is asking, go on working.
 */
void culvert_process_harden (void);

typedef struct _CulvertQuitWatch CulvertQuitWatch;

/* @exit_status: what the program should end with: 130 after an interrupt, 143 after a request to
 * terminate.  Called again for every further signal. */
typedef void (*CulvertQuitFunc) (int exit_status, gpointer user_data);

/**
 * culvert_quit_watch_new:
 *
 * Returns: (transfer full): calls @func in the default main context whenever the person or the
 *   system asks the program to end (SIGINT, SIGTERM), instead of ending it there and then
 */
CulvertQuitWatch *culvert_quit_watch_new (CulvertQuitFunc func, gpointer user_data);

/* The signals end the program at once again. */
void culvert_quit_watch_free (CulvertQuitWatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertQuitWatch, culvert_quit_watch_free)

G_END_DECLS
