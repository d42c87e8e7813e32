/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Keeps the desktop from being flooded: of one kind of notification a few are shown each for itself, and the
 * tunnels beyond them are counted, to be told as one. */

#include <glib-object.h>

G_BEGIN_DECLS

typedef struct _CulvertNoticeLimit CulvertNoticeLimit;

/* There are @n_more tunnels now that are told as one; 0: none any more. */
typedef void (*CulvertNoticeLimitFunc) (guint n_more, gpointer user_data);

/**
 * culvert_notice_limit_new:
 * @max_single: how many are shown each for itself
 * @func: called some time after a change, so that many of them are told once
 */
CulvertNoticeLimit *
culvert_notice_limit_new (guint max_single, CulvertNoticeLimitFunc func, gpointer user_data);
/* Tells that there are none, if it told of some. */
void culvert_notice_limit_free (CulvertNoticeLimit *self);

/* May @subject be shown for itself?  If not, it is counted.  Asked again it says the same. */
gboolean culvert_notice_limit_enter (CulvertNoticeLimit *self, gpointer subject);
/* It has nothing to say any more. Returns: was it counted? */
gboolean culvert_notice_limit_leave (CulvertNoticeLimit *self, gpointer subject);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertNoticeLimit, culvert_notice_limit_free)

G_END_DECLS
