/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The memory of one libssh2 session: counted, bounded, and wiped.
 *
 * A server that is not proven yet chooses many of the lengths that libssh2 asks for.  A request
 * larger than any honest packet needs, or more in total than any honest session needs, is refused;
 * libssh2 then fails in good order.  What libssh2 itself forgets (1.10 loses the old host key at each
 * rekey) is given back when the session ends.  What could hold a password or a key is overwritten before it
 * is given back: everything until the session is up, small pieces ever after. */

#include <glib.h>

G_BEGIN_DECLS

#define CULVERT_SESSION_MEMORY_REQUEST_MAX (160 * 1024)

typedef struct _CulvertMemoryBlock CulvertMemoryBlock;

/* @bytes: a piece that libssh2 gives back, as it was; only for the time of the call */
typedef void (*CulvertMemoryFunc) (const guint8 *bytes, gsize n_bytes, gpointer user_data);

typedef struct
{
  CulvertMemoryBlock *blocks;    /* all that are in use */
  gsize               n_bytes;   /* in use now */
  gsize               max_bytes; /* all together */
  guint               n_refused;
  gboolean            wipe_all;
  CulvertMemoryFunc   freed; /* nullable: sees what is given back; see sign-in-heard.c */
  gpointer            freed_data;
} CulvertSessionMemory;

void  culvert_session_memory_init (CulvertSessionMemory *self);
void *culvert_session_memory_alloc (CulvertSessionMemory *self, gsize n_bytes);
void *culvert_session_memory_realloc (CulvertSessionMemory *self, void *block, gsize n_bytes);
void  culvert_session_memory_free (CulvertSessionMemory *self, void *block);
/* Frees whatever is still in use. */
void culvert_session_memory_clear (CulvertSessionMemory *self);

G_END_DECLS
