/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the readers of PuTTY's sessions share: putty-registry.c and putty-session.c read files, putty-tunnel.c
 * makes the tunnel, putty-forwards.c and putty-way.c parts of it. */

#include "core/putty.h"

G_BEGIN_DECLS

#define CULVERT_PUTTY_VALUE_MAX (16 * 1024) /* bytes */

typedef struct
{
  char *text; /* UTF-8; a number in decimal digits */
  guint line;
} CulvertPuttyValue;

CulvertPuttySession *culvert_putty_session_new (const char *name, const char *file, guint line);

/* (transfer full): @encoded as PuTTY writes the name of a session where some characters may not stand */
char *culvert_putty_decode_name (const char *encoded);

/* (transfer full): text of an old Windows, if it is not UTF-8 */
char *culvert_putty_to_utf8 (const char *data, gsize n_bytes);

/* Is this one of the keys that a tunnel can use? */
gboolean culvert_putty_key_is_used (const char *key);

/* Of the others nothing is kept. */
void culvert_putty_session_set (CulvertPuttySession *self,
                                const char          *key,
                                const char          *text,
                                guint                line);
/* Notes the first line of it that makes no sense. */
void culvert_putty_session_set_trouble (CulvertPuttySession *self, guint line, const char *reason);

/* "" where there is none */
const char *culvert_putty_get (const CulvertPuttySession *self, const char *key);
guint       culvert_putty_get_line (const CulvertPuttySession *self, const char *key);

/* FALSE with @why where it is no number, or one beyond @max. */
gboolean culvert_putty_get_number (const CulvertPuttySession *self,
                                   const char                *key,
                                   guint                      max,
                                   guint                      usual,
                                   guint                     *number,
                                   CulvertImportNote        **why);
/* The same for what is on or off. */
gboolean culvert_putty_is_on (const CulvertPuttySession *self, const char *key, gboolean usual);

/* FALSE; @why becomes a note about the line of @key. */
gboolean culvert_putty_refuse (const CulvertPuttySession *self,
                               const char                *key,
                               CulvertImportNoteCode      code,
                               const char                *text,
                               const char                *reason,
                               CulvertImportNote        **why);

/* Server and user as PuTTY takes them: `user@host`, brackets, a port behind the name that is left out. */
gboolean culvert_putty_read_server (const CulvertPuttySession *self,
                                    char                     **user,
                                    char                     **host,
                                    guint16                   *port,
                                    CulvertImportNote        **why);

/* Adds the forwards; what makes no sense is noted. */
void culvert_putty_read_forwards (const CulvertPuttySession *self,
                                  CulvertProfile            *profile,
                                  GPtrArray                 *notes);

/* Adds the proxy, the command or the jump servers. */
gboolean culvert_putty_read_way (const CulvertPuttySession *self,
                                 GPtrArray                 *sessions,
                                 CulvertProfile            *profile,
                                 GPtrArray                 *notes,
                                 CulvertImportNote        **why);

G_END_DECLS
