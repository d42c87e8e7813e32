/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A program of the person's whose standard input and output lead to the server, as ssh's
 * ProxyCommand.
 *
 * It is run by the person's shell with "exec" in front, in a session of its own, so without a
 * terminal.  What it says on its standard error goes to the tunnel's log as its own words.  Lives in
 * one thread, on that thread's CulvertIoSource. */

#include "base/io-watch.h"
#include "base/log.h"

G_BEGIN_DECLS

typedef struct _CulvertProxyCommand CulvertProxyCommand;

/**
 * culvert_proxy_command_start:
 * @line: for the shell, tokens replaced (culvert_proxy_command_expand())
 * @socket: (out) (transfer full): to its standard input and output
 *
 * Errors: `CULVERT_SSH_ERROR_COMMAND_FAILED` when there is no shell, process or descriptor to be had.
 *
 * Returns: (transfer full) (nullable)
 */
CulvertProxyCommand *culvert_proxy_command_start (CulvertIoSource *io,
                                                  CulvertLog      *log,
                                                  const char      *line,
                                                  CulvertSocket   *socket,
                                                  GError         **error);

/* Asks it and all that it started to end, at once, and kills what has not ended two seconds later; waits
 * for neither. */
void culvert_proxy_command_free (CulvertProxyCommand *self);

/**
 * culvert_proxy_command_explain:
 * @error: (transfer full): why the session failed before the server had said a word
 *
 * Returns: (transfer full): `CULVERT_SSH_ERROR_COMMAND_FAILED` with the last of its words as
 *   CULVERT_FACT_SAID
 */
GError *culvert_proxy_command_explain (CulvertProxyCommand *self, GError *error);

G_END_DECLS
