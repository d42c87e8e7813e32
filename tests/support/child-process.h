/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A program that runs beside a test: a server, an agent.  Dies with the test, whatever happens to
 * the test; what it writes goes to a file that can be read and searched while it runs. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct _CulvertChildProcess CulvertChildProcess;

/**
 * culvert_child_process_start:
 * @argv: program and arguments; the program is looked up in PATH and in the sbin folders
 * @environment: (nullable) (array zero-terminated=1): NAME=value pairs added to our own
 * @log_file: where its standard output and error are appended
 *
 * Must be called from a thread that outlives the child, such as the main one: the kernel ends the
 * child together with that thread.  A program that cannot be started fails the test.
 */
CulvertChildProcess *culvert_child_process_start (const char *const *argv,
                                                  const char *const *environment,
                                                  const char        *log_file);

/* Ends it and everything it has started (SIGKILL, also when stopped), and waits for it. */
void culvert_child_process_free (CulvertChildProcess *self);

int      culvert_child_process_get_pid (CulvertChildProcess *self);
gboolean culvert_child_process_is_running (CulvertChildProcess *self);

/* Its exit status as waitpid() has it; only once it is no longer running. */
int culvert_child_process_get_status (CulvertChildProcess *self);

/* Sends @signal_number to it alone, or to it and all that it has started (children first). */
void culvert_child_process_signal (CulvertChildProcess *self, int signal_number);
void culvert_child_process_signal_tree (CulvertChildProcess *self, int signal_number);

/* Kills all that it has started, but not itself, and waits until they are gone. */
void culvert_child_process_kill_descendants (CulvertChildProcess *self);

/* (transfer full): its number and those of all that it has started, separated by spaces. */
char *culvert_child_process_describe (CulvertChildProcess *self);

/* How many processes there are below it. */
guint culvert_child_process_count_descendants (CulvertChildProcess *self);

/* (transfer full): all that it has written, made valid UTF-8; how often @text occurs in that. */
char *culvert_child_process_read_log (CulvertChildProcess *self);
guint culvert_child_process_count_in_log (CulvertChildProcess *self, const char *text);

/* (transfer full): the full path of a program, looked up as above; fails the test if there is none. */
char *culvert_child_process_find (const char *name);

/* Runs a program to its end and fails the test when it fails.  (transfer full): its output. */
char *culvert_child_process_run (const char *first_argument, ...) G_GNUC_NULL_TERMINATED;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertChildProcess, culvert_child_process_free)

G_END_DECLS
