/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What `culvertctl run` was told on its command line: options, and the tunnels to run. */

#include "cli/run-report.h"
#include "cli/run-sources.h"

G_BEGIN_DECLS

typedef struct
{
  gboolean         once;
  gboolean         allow_command; /* their proxy commands may be run */
  gboolean         any_user;      /* other users of this computer may connect */
  guint            duration_s;    /* 0: until it is interrupted */
  CulvertRunReport report;
  GPtrArray       *sources; /* of CulvertRunSource; never empty */
} CulvertRunOptions;

/**
 * culvert_run_options_parse:
 * @exit_status: (out): what to end with when this returns NULL; messages, or the help that was
 *   asked for, were printed
 *
 * Returns: (transfer full) (nullable)
 */
CulvertRunOptions *culvert_run_options_parse (char **argv, int *exit_status);
void               culvert_run_options_free (CulvertRunOptions *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertRunOptions, culvert_run_options_free)

G_END_DECLS
