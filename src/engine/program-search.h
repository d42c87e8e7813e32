/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Looks for the programs behind connections, in a worker thread: for all that have come together in one
 * look, and at most one look a second, because each goes through the processes of the computer.
 * Belongs to one thread, with a main context. */

#include "engine/connection-list.h"

G_BEGIN_DECLS

typedef struct _CulvertProgramSearch CulvertProgramSearch;

/* Called once for each that was found, in the owner's thread, never from inside a call made here. */
typedef void (*CulvertProgramSearchFunc) (guint64                   id,
                                          const CulvertPeerProgram *program,
                                          gpointer                  user_data);

CulvertProgramSearch *culvert_program_search_new (CulvertProgramSearchFunc found,
                                                  gpointer                 user_data);
/* The owner goes: nobody is told anything any more. */
void culvert_program_search_leave (CulvertProgramSearch *self);

void culvert_program_search_add (CulvertProgramSearch *self, const CulvertConnectionPeer *peer);

/* Begins a look if there is something to look for and none is under way or just over.  To be called
 * again and again. */
void culvert_program_search_run (CulvertProgramSearch *self);

G_END_DECLS
