/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The tunnels that a command was given: names, files, or an ssh command line behind “--”. */

#include "cli/arguments.h"
#include "core/profile.h"

G_BEGIN_DECLS

typedef struct
{
  CulvertProfile *profile;
  gboolean        is_saved;     /* one of the store's, so its secrets may be in the keyring */
  gboolean        is_exclusive; /* of a group of which one is on at a time */
} CulvertRunSource;

/* (transfer full): of CulvertRunSource */
GPtrArray *culvert_run_sources_new (void);

/**
 * culvert_run_sources_read:
 * @command: whose arguments they are
 * @with_minor: whether small things that are not honoured in an ssh command line are printed, too
 *
 * Returns: CULVERT_EXIT_DONE, or what to end with: messages were printed
 */
int culvert_run_sources_read (GPtrArray              *sources,
                              const char             *command,
                              const CulvertArguments *arguments,
                              gboolean                with_minor);

/* Can they work, each once, and may their proxy commands be run?  Allows these. */
int culvert_run_sources_check (GPtrArray *sources, gboolean allow_command);

/* Of a group of which one tunnel is on at a time, is there no more than one? */
int culvert_run_sources_check_turns (GPtrArray *sources);

/* Their forwards are open to every user of this computer. */
void culvert_run_sources_let_any_user (GPtrArray *sources);

G_END_DECLS
