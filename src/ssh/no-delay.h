/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Makes the server send small replies at once.
 *
 * OpenSSH's server turns Nagle's algorithm off only when a command is run; on a session that only
 * forwards, a small reply waits for the acknowledgement of the one before it.  So a command that
 * does nothing, "true", is run once (RFC 4254 section 6.5).  On a long link that nearly doubles the
 * speed of uploads.  It is asked for and not insisted on: a server that runs no commands loses
 * nothing, and the profile has a switch for accounts whose fixed command would be run instead. */

#include "ssh/session.h"

G_BEGIN_DECLS

/* When the session comes up; does nothing when the profile does not want it. */
void culvert_no_delay_ask (CulvertSession *session);

/* The server ran the command, or refused to. */
void culvert_no_delay_answered (CulvertSession *session, gboolean was_run);

G_END_DECLS
