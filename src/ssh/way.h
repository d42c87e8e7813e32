/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The way from here to the server's socket: straight, through a proxy, by a command of the person's.
 * A part of its session, which owns it, and which goes on in culvert_session_reached() or ends.
 *
 * A proxy's password is asked for once the proxy wants one, as a question of the session's. */

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _CulvertSession CulvertSession;
typedef struct _CulvertWay     CulvertWay;

CulvertWay *culvert_way_new (CulvertSession *session);

/* Once the session knows it. */
void culvert_way_begin (CulvertWay *self);

/* No socket is wanted any more; a command that has led to one goes on until culvert_way_free(). */
void culvert_way_cancel (CulvertWay *self);
void culvert_way_free (CulvertWay *self);

/**
 * culvert_way_explain:
 * @error: (transfer full): why the session fails, before the server has said a word
 *
 * Returns: (transfer full): the same, or a better reason
 */
GError *culvert_way_explain (CulvertWay *self, GError *error);

G_END_DECLS
