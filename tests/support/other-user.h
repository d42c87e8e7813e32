/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Another user of this computer, who connects where he should not.  Only root can make one, and CI runs
 * as root. */

#include <glib.h>

G_BEGIN_DECLS

/* Nobody has it, so that it has no name either. */
#define CULVERT_OTHER_USER 64321

typedef struct _CulvertOtherUser CulvertOtherUser;

typedef enum
{
  CULVERT_OTHER_USER_WAITS, /* neither a byte nor an end has come */
  CULVERT_OTHER_USER_GOT_END,
  CULVERT_OTHER_USER_GOT_RESET,
  CULVERT_OTHER_USER_GOT_DATA,
  CULVERT_OTHER_USER_CANNOT_CONNECT,
} CulvertOtherUserEnd;

/**
 * culvert_other_user_start:
 * @address: (nullable): NULL is 127.0.0.1; an address; or the path of a socket
 * @n_times: how many connections, all at once
 *
 * A process of CULVERT_OTHER_USER connects, says one byte on each connection, and reads what comes.
 */
CulvertOtherUser *culvert_other_user_start (const char *address, guint16 port, guint n_times);

/* What has become of it so far; of several connections the last one. */
CulvertOtherUserEnd culvert_other_user_get_end (CulvertOtherUser *self);

/* Ends the process. */
void culvert_other_user_free (CulvertOtherUser *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertOtherUser, culvert_other_user_free)

/* From now on this process cannot open what sock_diag is asked by, as in a sandbox. */
void culvert_deny_netlink (void);

G_END_DECLS
