/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Signing in: which ways, in which order, and when to stop.
 *
 * The server says which methods it allows; the profile says in which order to try them.  A server
 * that wants several in a row ("publickey,password") reports the first success as a failure; what
 * tells them apart is that the method is gone from the server's list afterwards, so that list is
 * asked for again, but only after a failure that may have been a success, because each asking costs
 * one of the server's tries (MaxAuthTries).
 *
 * A key is offered before its passphrase is asked for: the person is bothered only when the server
 * wants that key.
 *
 * Spec: RFC 4252 sections 5, 7 and 8; RFC 4256 section 3. */

#include "ssh/session.h"

G_BEGIN_DECLS

typedef struct _CulvertSignIn CulvertSignIn;

/* @session: proven; owns the result */
CulvertSignIn *culvert_sign_in_new (CulvertSession *session);
void           culvert_sign_in_free (CulvertSignIn *self);

/* Goes on as far as answers are there; ends in CULVERT_SESSION_UP or a failed session.  Returns
 * TRUE when there is more to do at once. */
gboolean culvert_sign_in_step (CulvertSignIn *self);

G_END_DECLS
