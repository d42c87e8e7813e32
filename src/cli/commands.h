/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The commands of culvertctl.  Each gets the words after its name and returns what the program
 * ends with (cli/message.h). */

#include <glib.h>

G_BEGIN_DECLS

int culvert_command_run (char **argv);
int culvert_command_check (char **argv);
int culvert_command_list (char **argv);
int culvert_command_status (char **argv);
int culvert_command_watch (char **argv);
int culvert_command_log (char **argv);
int culvert_command_start (char **argv);
int culvert_command_stop (char **argv);
int culvert_command_toggle (char **argv);
int culvert_command_add (char **argv);
int culvert_command_import (char **argv);
int culvert_command_export (char **argv);
int culvert_command_remove (char **argv);
int culvert_command_help (char **argv);

/* Prints how @command is used on standard output; NULL: the whole program.  Returns: FALSE when
 * there is no such command */
gboolean culvert_help_print (const char *command);

G_END_DECLS
