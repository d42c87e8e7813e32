/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The real culvertctl as a child: in a home of its own, without display, session bus, agent or
 * terminal unless the test gives it one.  POSIX. */

#include "support/culvert-test.h"

#include <glib.h>

G_BEGIN_DECLS

/* A home: config folder, ~/.ssh, environment.  One for each test. */
typedef struct
{
  CulvertTempDir *folder;
  GStrv           environment; /* changed with culvert_ctl_set_env() */
} CulvertCtlHome;

CulvertCtlHome *culvert_ctl_home_new (void);
void            culvert_ctl_home_free (CulvertCtlHome *self);
/* @value: NULL unsets */
void culvert_ctl_set_env (CulvertCtlHome *self, const char *name, const char *value);
/* (transfer full) */
char *culvert_ctl_home_build (CulvertCtlHome *self, const char *name);
/* (transfer full): the path, after writing @text there; folders are made */
char *culvert_ctl_home_write (CulvertCtlHome *self, const char *name, const char *text, int mode);

/* Standard output and error go to files that are read while it runs. */
typedef struct _CulvertCtl CulvertCtl;

/* @argv: what follows the program's name */
CulvertCtl *culvert_ctl_start (CulvertCtlHome *home, const char *const *argv);
/* The same on a pseudo-terminal of its own, which is then input, output and error; @shell: (nullable)
 * a script for bash, to which the program's path and arguments are "$@" */
CulvertCtl *
culvert_ctl_start_on_terminal (CulvertCtlHome *home, const char *shell, const char *const *argv);
/* Kills it when it runs. */
void culvert_ctl_free (CulvertCtl *self);

void     culvert_ctl_signal (CulvertCtl *self, int signal_number);
gboolean culvert_ctl_is_running (CulvertCtl *self);
int      culvert_ctl_get_pid (CulvertCtl *self);

/* (transfer none): all there is so far; on a terminal both are what it showed */
const char *culvert_ctl_get_output (CulvertCtl *self);
const char *culvert_ctl_get_messages (CulvertCtl *self);

/* Waits for @text; fails the test with all output when the program ends without it. */
void culvert_ctl_wait_for_output (CulvertCtl *self, const char *text);
void culvert_ctl_wait_for_message (CulvertCtl *self, const char *text);

/* Waits for its end. Returns: its exit status; one that a signal ended fails the test */
int culvert_ctl_wait (CulvertCtl *self);

/* Types on its terminal. */
void culvert_ctl_type (CulvertCtl *self, const char *text);
/* Does its terminal show what is typed? */
gboolean culvert_ctl_terminal_echoes (CulvertCtl *self);

/* Runs it to its end and checks how it ends. (transfer full): for what it said */
CulvertCtl *culvert_ctl_run (CulvertCtlHome *home, int exit_status, ...) G_GNUC_NULL_TERMINATED;

void culvert_ctl_assert_output (CulvertCtl *self, const char *part);
void culvert_ctl_assert_message (CulvertCtl *self, const char *part);
/* Standard error is nothing, or lines that all begin with "culvertctl: ", @n_lines of them. */
void culvert_ctl_assert_messages_are_lines (CulvertCtl *self, guint n_lines);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertCtlHome, culvert_ctl_home_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertCtl, culvert_ctl_free)

G_END_DECLS
