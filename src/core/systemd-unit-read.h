/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Reads what a unit of systemd starts, as far as it is an SSH tunnel.  Pure.
 *
 * Spec: systemd.service(5), systemd.syntax(7). */

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  guint line;
  GStrv ssh;    /* nullable: the words of an ssh command, "ssh" first */
  char *tunnel; /* nullable: the name or id of a saved tunnel, that culvertctl runs */
  char *reason; /* nullable: why it is neither, in English */
} CulvertUnitCommand;

void culvert_unit_command_free (CulvertUnitCommand *self);

/* Does this text have a [Service] or a [Unit] in front of everything else? */
gboolean culvert_systemd_unit_is_one (const char *text);

/* (transfer full) (element-type CulvertUnitCommand): one for each ExecStart of [Service] */
GPtrArray *culvert_systemd_unit_read (const char *text);

G_END_DECLS
