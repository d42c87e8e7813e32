/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a server says while somebody signs in and libssh2 does not pass on; see sign-in-heard.c.
 *
 * Spec: RFC 4252 sections 5.1 and 8. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char    *methods; /* nullable: the ways that can continue after the last refusal */
  gboolean was_partial;
  char    *words; /* nullable: about an expired password, made printable; may have several lines */
} CulvertHeard;

/**
 * culvert_heard_take:
 * @bytes: any piece of memory, perhaps a message with something behind it
 * @expects_change: may it be a request to change the password?  Elsewhere its number means other things
 *
 * Keeps what the message says; does nothing when it is none, or says nothing of that kind.
 */
void culvert_heard_take (CulvertHeard *self,
                         const guint8 *bytes,
                         gsize         n_bytes,
                         gboolean      expects_change);
void culvert_heard_clear (CulvertHeard *self);

G_END_DECLS
