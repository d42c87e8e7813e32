/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Who keeps us from listening somewhere: the process that has a port, or the path of a Unix socket.
 *
 * The system is asked as it is now; nothing is kept.  Asking may take as long as a second and a half on a
 * busy machine, and the name of a user longer than that, so it belongs into a worker thread.
 * Any thread may ask.
 *
 * Names come from other programs: they are made printable and short. */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CULVERT_PORT_HOLDER_UNKNOWN, /* the system does not tell */
  CULVERT_PORT_HOLDER_NOBODY,  /* no process has it, as far as can be seen */
  CULVERT_PORT_HOLDER_SELF,    /* this process */
  CULVERT_PORT_HOLDER_PROCESS, /* pid; the names as far as they are known */
  CULVERT_PORT_HOLDER_USER,    /* a process of another user, that may not be looked at */
  CULVERT_PORT_HOLDER_OUTSIDE, /* a process outside the sandbox that this one is in */
} CulvertPortHolderKind;

typedef struct
{
  CulvertPortHolderKind kind;
  guint64               pid;     /* 0 unless SELF or PROCESS */
  char                 *program; /* nullable: "postgres" */
  char                 *command; /* nullable: the first word of its command line */
  char *user; /* nullable: PROCESS and USER: whose it is, unless it is our own user */
} CulvertPortHolder;

void culvert_port_holder_clear (CulvertPortHolder *self);

/**
 * culvert_port_holder_find:
 * @addresses: literal addresses, ends with NULL: who keeps us from listening on any of them?
 * @holder: (out): to be cleared
 *
 * A listener counts before a connection that only has the port for itself, and what has the very address
 * before what has every address.
 */
void
culvert_port_holder_find (const char *const *addresses, guint16 port, CulvertPortHolder *holder);

/* Who listens on the Unix socket @path?  Connects to it for a moment. */
void culvert_port_holder_find_path (const char *path, CulvertPortHolder *holder);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CulvertPortHolder, culvert_port_holder_clear)

G_END_DECLS
