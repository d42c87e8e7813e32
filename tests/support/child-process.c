/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/child-process.h"

#include "support/culvert-test.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

/* A process is known by its number and the moment it started: numbers come back. */
typedef struct
{
  pid_t   pid;
  pid_t   parent;
  guint64 started;
  char    state;
} ProcessRow;

struct _CulvertChildProcess
{
  pid_t    pid;
  gboolean reaped;
  int      status;
  char    *log_file;
  GArray  *orphans; /* ProcessRow: what was below it when it was killed alone */
  pid_t    guard;   /* 0, or the process that ends the stopped ones should the test die */
};

/* Starting */

char *
culvert_child_process_find (const char *name)
{
  static const char *const folders[] = { "/usr/sbin", "/sbin", "/usr/local/sbin" };
  char                    *path = g_find_program_in_path (name);

  for (gsize i = 0; path == NULL && i < G_N_ELEMENTS (folders); i++)
    {
      g_autofree char *candidate = g_build_filename (folders[i], name, NULL);

      if (g_file_test (candidate, G_FILE_TEST_IS_EXECUTABLE))
        path = g_steal_pointer (&candidate);
    }
  if (path == NULL)
    g_error ("%s is not installed: run tests/setup", name);
  return path;
}

/* Between fork and exec: only what a signal handler could call as well. */
static void
become_child (const char *path, char **argv, char **environment, int null, int output, pid_t parent)
{
  sigset_t none;

  sigemptyset (&none);
  sigprocmask (SIG_SETMASK, &none, NULL);
  signal (SIGPIPE, SIG_DFL);
  prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != parent)
    _exit (127);
  if (dup2 (null, 0) < 0 || dup2 (output, 1) < 0 || dup2 (output, 2) < 0)
    _exit (127);
  execve (path, argv, environment);
  _exit (127);
}

CulvertChildProcess *
culvert_child_process_start (const char *const *argv,
                             const char *const *environment,
                             const char        *log_file)
{
  CulvertChildProcess *self = g_new0 (CulvertChildProcess, 1);
  g_autofree char     *path = culvert_child_process_find (argv[0]);
  g_auto (GStrv)       values = g_get_environ ();
  g_auto (GStrv)       arguments = g_strdupv ((char **)argv);
  int                  null = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  int                  output = open (log_file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  pid_t                parent = getpid ();

  g_assert_cmpint (null, >=, 0);
  g_assert_cmpint (output, >=, 0);
  for (gsize i = 0; environment != NULL && environment[i] != NULL; i++)
    {
      g_auto (GStrv) pair = g_strsplit (environment[i], "=", 2);

      values = g_environ_setenv (values, pair[0], pair[1], TRUE);
    }
  /* sshd starts itself again by its full path. */
  g_free (arguments[0]);
  arguments[0] = g_strdup (path);

  self->log_file = g_strdup (log_file);
  self->orphans = g_array_new (FALSE, FALSE, sizeof (ProcessRow));
  self->pid = fork ();
  g_assert_cmpint (self->pid, >=, 0);
  if (self->pid == 0)
    become_child (path, arguments, values, null, output, parent);
  close (null);
  close (output);
  return self;
}

/* Looking */

/* "PID (NAME) STATE PPID …": NAME may hold anything, so the fields start after the last bracket. */
static gboolean
read_process (const char *name, ProcessRow *row)
{
  g_autofree char *path = g_build_filename ("/proc", name, "stat", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv)   fields = NULL;
  char            *end;

  if (!g_ascii_isdigit (name[0]) || !g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  end = strrchr (text, ')');
  if (end == NULL || strlen (end) < 3)
    return FALSE;
  fields = g_strsplit (end + 2, " ", 21);
  if (g_strv_length (fields) < 21)
    return FALSE;
  row->pid = (pid_t)g_ascii_strtoll (name, NULL, 10);
  row->state = fields[0][0];
  row->parent = (pid_t)g_ascii_strtoll (fields[1], NULL, 10);
  row->started = g_ascii_strtoull (fields[19], NULL, 10);
  return TRUE;
}

static gboolean
contains (GArray *rows, pid_t pid)
{
  for (guint i = 0; i < rows->len; i++)
    {
      if (g_array_index (rows, ProcessRow, i).pid == pid)
        return TRUE;
    }
  return FALSE;
}

/* Everything below the process, and what it left behind when it was killed alone; without itself. */
static GArray *
list_descendants (CulvertChildProcess *self)
{
  GArray            *found = g_array_new (FALSE, FALSE, sizeof (ProcessRow));
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (ProcessRow));
  g_autoptr (GDir)   listing = g_dir_open ("/proc", 0, NULL);
  const char        *name;
  ProcessRow         row;
  guint              n_before;

  g_assert_nonnull (listing);
  while ((name = g_dir_read_name (listing)) != NULL)
    {
      if (read_process (name, &row) && row.state != 'Z')
        g_array_append_val (all, row);
    }
  for (guint i = 0; i < all->len; i++)
    {
      ProcessRow *one = &g_array_index (all, ProcessRow, i);

      for (guint j = 0; j < self->orphans->len; j++)
        {
          ProcessRow *orphan = &g_array_index (self->orphans, ProcessRow, j);

          if (orphan->pid == one->pid && orphan->started == one->started)
            g_array_append_val (found, *one);
        }
    }
  do
    {
      n_before = found->len;
      for (guint i = 0; i < all->len; i++)
        {
          ProcessRow *one = &g_array_index (all, ProcessRow, i);

          if (((!self->reaped && one->parent == self->pid) || contains (found, one->parent)) &&
              !contains (found, one->pid))
            g_array_append_val (found, *one);
        }
    }
  while (found->len > n_before);
  return found;
}

int
culvert_child_process_get_pid (CulvertChildProcess *self)
{
  return self->pid;
}

gboolean
culvert_child_process_is_running (CulvertChildProcess *self)
{
  if (!self->reaped && waitpid (self->pid, &self->status, WNOHANG) == self->pid)
    self->reaped = TRUE;
  return !self->reaped;
}

int
culvert_child_process_get_status (CulvertChildProcess *self)
{
  g_assert_false (culvert_child_process_is_running (self));
  return self->status;
}

guint
culvert_child_process_count_descendants (CulvertChildProcess *self)
{
  g_autoptr (GArray) below = list_descendants (self);

  return below->len;
}

char *
culvert_child_process_describe (CulvertChildProcess *self)
{
  g_autoptr (GArray) below = list_descendants (self);
  GString           *text = g_string_new (NULL);

  g_string_append_printf (text, "%d", self->pid);
  for (guint i = 0; i < below->len; i++)
    g_string_append_printf (text, " %d", g_array_index (below, ProcessRow, i).pid);
  return g_string_free (text, FALSE);
}

/* Signals */

static void
dismiss_guard (CulvertChildProcess *self)
{
  if (self->guard == 0)
    return;
  kill (self->guard, SIGKILL);
  waitpid (self->guard, NULL, 0);
  self->guard = 0;
}

/* A stopped process outlives the test that stopped it: nothing tells it that its client has gone.
 * So a small process waits for the death of the test and then ends the stopped ones. */
static void
post_guard (CulvertChildProcess *self, GArray *rows)
{
  pid_t    parent = getpid ();
  sigset_t wanted, before;
  int      received;

  dismiss_guard (self);
  sigemptyset (&wanted);
  sigaddset (&wanted, SIGUSR1);
  g_assert_cmpint (pthread_sigmask (SIG_BLOCK, &wanted, &before), ==, 0);
  self->guard = fork ();
  g_assert_cmpint (self->guard, >=, 0);
  if (self->guard == 0)
    {
      /* Or a socket that the test closes would stay open. */
      closefrom (3);
      prctl (PR_SET_PDEATHSIG, SIGUSR1);
      if (getppid () == parent)
        sigwait (&wanted, &received);
      for (guint i = 0; i < rows->len; i++)
        kill (g_array_index (rows, ProcessRow, i).pid, SIGKILL);
      _exit (0);
    }
  g_assert_cmpint (pthread_sigmask (SIG_SETMASK, &before, NULL), ==, 0);
}

void
culvert_child_process_signal (CulvertChildProcess *self, int signal_number)
{
  if (!culvert_child_process_is_running (self))
    return;
  if (signal_number == SIGKILL)
    {
      g_autoptr (GArray) below = NULL;

      /* Stopped, it starts no more of them while they are counted. */
      kill (self->pid, SIGSTOP);
      below = list_descendants (self);
      g_array_append_vals (self->orphans, below->data, below->len);
    }
  kill (self->pid, signal_number);
  if (signal_number == SIGKILL)
    {
      g_assert_cmpint (waitpid (self->pid, &self->status, 0), ==, self->pid);
      self->reaped = TRUE;
    }
}

/* Repeats until nothing new appears: while one is signalled, another may still start a third. */
static void
signal_descendants (CulvertChildProcess *self, int signal_number)
{
  g_autoptr (GArray) done = g_array_new (FALSE, FALSE, sizeof (ProcessRow));
  guint              n_new;

  do
    {
      g_autoptr (GArray) below = list_descendants (self);

      n_new = 0;
      for (guint i = 0; i < below->len; i++)
        {
          ProcessRow *row = &g_array_index (below, ProcessRow, i);

          if (contains (done, row->pid))
            continue;
          kill (row->pid, signal_number);
          g_array_append_val (done, *row);
          n_new++;
        }
    }
  while (n_new > 0);
  if (signal_number == SIGSTOP)
    post_guard (self, done);
  if (signal_number == SIGCONT)
    dismiss_guard (self);
}

/* Not culvert_test_wait(): freeing a fixture must not run the sources of the test. */
static void
await_no_descendants (CulvertChildProcess *self)
{
  gint64 end_us = culvert_test_deadline_us (5000);

  while (culvert_child_process_count_descendants (self) > 0 && g_get_monotonic_time () < end_us)
    g_usleep (1000);
  g_assert_cmpuint (culvert_child_process_count_descendants (self), ==, 0);
}

void
culvert_child_process_kill_descendants (CulvertChildProcess *self)
{
  signal_descendants (self, SIGKILL);
  await_no_descendants (self);
}

void
culvert_child_process_signal_tree (CulvertChildProcess *self, int signal_number)
{
  if (signal_number == SIGSTOP || signal_number == SIGKILL)
    culvert_child_process_signal (self, signal_number);
  signal_descendants (self, signal_number);
  if (signal_number != SIGSTOP && signal_number != SIGKILL)
    culvert_child_process_signal (self, signal_number);
  if (signal_number == SIGKILL)
    {
      await_no_descendants (self);
      dismiss_guard (self);
    }
}

void
culvert_child_process_free (CulvertChildProcess *self)
{
  culvert_child_process_signal_tree (self, SIGKILL);
  g_array_unref (self->orphans);
  g_free (self->log_file);
  g_free (self);
}

/* Output */

char *
culvert_child_process_read_log (CulvertChildProcess *self)
{
  return culvert_test_read_text (self->log_file);
}

guint
culvert_child_process_count_in_log (CulvertChildProcess *self, const char *text)
{
  g_autofree char *log = culvert_child_process_read_log (self);

  return culvert_test_count_text (log, text);
}

char *
culvert_child_process_run (const char *first_argument, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char      *program = culvert_child_process_find (first_argument);
  g_autofree char      *complaints = NULL;
  g_autoptr (GError)    error = NULL;
  char                 *output = NULL;
  int                   status;
  va_list               rest;

  g_ptr_array_add (argv, program);
  va_start (rest, first_argument);
  for (char *argument; (argument = va_arg (rest, char *)) != NULL;)
    g_ptr_array_add (argv, argument);
  va_end (rest);
  g_ptr_array_add (argv, NULL);

  g_spawn_sync (NULL, (char **)argv->pdata, NULL, G_SPAWN_DEFAULT, NULL, NULL, &output, &complaints,
                &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("%s: %s: %s%s", first_argument, error->message, output, complaints);
  return output;
}
