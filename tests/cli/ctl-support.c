/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ctl-support.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define DEADLINE_MS 30000

/* Nothing of the session that the tests run in. */
static const char *const foreign_names[] = {
  "DISPLAY",       "WAYLAND_DISPLAY",       "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR",
  "SSH_AUTH_SOCK", "SSH_ASKPASS",           "SSH_ASKPASS_REQUIRE",      "XDG_CONFIG_HOME",
  "XDG_DATA_HOME", "GNOME_KEYRING_CONTROL", "CULVERT_CONFIG_DIR",
};

struct _CulvertCtl
{
  pid_t       pid;
  gboolean    is_over;
  int         status;
  int         terminal; /* -1: none */
  char       *files[2]; /* NULL on a terminal */
  char       *texts[2]; /* what was read from them last */
  GByteArray *shown;    /* on the terminal */
};

CulvertCtlHome *
culvert_ctl_home_new (void)
{
  CulvertCtlHome *self = g_new0 (CulvertCtlHome, 1);

  self->folder = culvert_temp_dir_new ();
  self->environment = g_get_environ ();
  for (gsize i = 0; i < G_N_ELEMENTS (foreign_names); i++)
    culvert_ctl_set_env (self, foreign_names[i], NULL);
  culvert_ctl_set_env (self, "HOME", culvert_temp_dir_get_path (self->folder));
  /* What a library of the system warns about is not what is tested here. */
  culvert_ctl_set_env (self, "G_DEBUG", "gc-friendly");
  return self;
}

void
culvert_ctl_home_free (CulvertCtlHome *self)
{
  culvert_temp_dir_free (self->folder);
  g_strfreev (self->environment);
  g_free (self);
}

void
culvert_ctl_set_env (CulvertCtlHome *self, const char *name, const char *value)
{
  if (value != NULL)
    self->environment = g_environ_setenv (self->environment, name, value, TRUE);
  else
    self->environment = g_environ_unsetenv (self->environment, name);
}

char *
culvert_ctl_home_build (CulvertCtlHome *self, const char *name)
{
  return culvert_temp_dir_build (self->folder, name);
}

char *
culvert_ctl_home_write (CulvertCtlHome *self, const char *name, const char *text, int mode)
{
  char            *path = culvert_ctl_home_build (self, name);
  g_autofree char *dir = g_path_get_dirname (path);

  g_assert_cmpint (g_mkdir_with_parents (dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_cmpint (g_chmod (path, mode), ==, 0);
  return path;
}

/* Starting */

static char **
build_argv (const char *shell, const char *const *argv)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  const char              *program = g_getenv ("CULVERT_TEST_CTL");

  g_assert_nonnull (program);
  if (shell != NULL)
    g_strv_builder_add_many (builder, "bash", "-c", shell, "bash", NULL);
  g_strv_builder_add (builder, program);
  g_strv_builder_addv (builder, (const char **)argv);
  return g_strv_builder_end (builder);
}

static const int usual_signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGPIPE, SIGTERM, SIGTSTP };

/* After fork: only what a signal handler could call. */
static void
become_ctl (char **argv, char **environment, int input, const int outputs[2], pid_t parent)
{
  sigset_t none;

  (void)sigemptyset (&none);
  (void)sigprocmask (SIG_SETMASK, &none, NULL);
  /* As a person's shell would start it: what runs the tests in the background ignores some of these,
   * and that is inherited. */
  for (gsize i = 0; i < G_N_ELEMENTS (usual_signals); i++)
    (void)signal (usual_signals[i], SIG_DFL);
  (void)prctl (PR_SET_PDEATHSIG, SIGKILL);
  if (getppid () != parent)
    _exit (126);
  /* Without a terminal of the test's own. */
  (void)setsid ();
  if (isatty (input))
    (void)ioctl (input, TIOCSCTTY, 0);
  if (dup2 (input, 0) < 0 || dup2 (outputs[0], 1) < 0 || dup2 (outputs[1], 2) < 0)
    _exit (126);
  execvpe (argv[0], argv, environment);
  _exit (127);
}

static CulvertCtl *
start (CulvertCtlHome *home, char **argv, int input, const int outputs[2])
{
  CulvertCtl *self = g_new0 (CulvertCtl, 1);
  pid_t       parent = getpid ();

  self->terminal = -1;
  self->shown = g_byte_array_new ();
  self->pid = fork ();
  g_assert_cmpint (self->pid, >=, 0);
  if (self->pid == 0)
    become_ctl (argv, home->environment, input, outputs, parent);
  return self;
}

CulvertCtl *
culvert_ctl_start (CulvertCtlHome *home, const char *const *argv)
{
  static guint     n_started = 0;
  g_auto (GStrv)   full_argv = build_argv (NULL, argv);
  g_autofree char *output = g_strdup_printf ("output-%u", n_started);
  g_autofree char *messages = g_strdup_printf ("messages-%u", n_started++);
  char            *files[] = { culvert_temp_dir_build (home->folder, output),
                               culvert_temp_dir_build (home->folder, messages) };
  int              input = open ("/dev/null", O_RDONLY | O_CLOEXEC);
  int              outputs[2];
  CulvertCtl      *self;

  for (int i = 0; i < 2; i++)
    {
      outputs[i] = open (files[i], O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
      g_assert_cmpint (outputs[i], >=, 0);
    }
  self = start (home, full_argv, input, outputs);
  memcpy (self->files, files, sizeof files);
  close (input);
  close (outputs[0]);
  close (outputs[1]);
  return self;
}

CulvertCtl *
culvert_ctl_start_on_terminal (CulvertCtlHome *home, const char *shell, const char *const *argv)
{
  g_auto (GStrv) full_argv = build_argv (shell, argv);
  int            terminal = posix_openpt (O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  int            other;
  CulvertCtl    *self;

  g_assert_cmpint (terminal, >=, 0);
  g_assert_cmpint (grantpt (terminal), ==, 0);
  g_assert_cmpint (unlockpt (terminal), ==, 0);
  other = open (ptsname (terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
  g_assert_cmpint (other, >=, 0);
  self = start (home, full_argv, other, (const int[]){ other, other });
  self->terminal = terminal;
  close (other);
  return self;
}

void
culvert_ctl_free (CulvertCtl *self)
{
  if (culvert_ctl_is_running (self))
    {
      (void)kill (self->pid, SIGKILL);
      (void)waitpid (self->pid, NULL, 0);
    }
  if (self->terminal >= 0)
    close (self->terminal);
  for (int i = 0; i < 2; i++)
    {
      g_free (self->files[i]);
      g_free (self->texts[i]);
    }
  g_byte_array_unref (self->shown);
  g_free (self);
}

void
culvert_ctl_signal (CulvertCtl *self, int signal_number)
{
  g_assert_cmpint (kill (self->pid, signal_number), ==, 0);
}

gboolean
culvert_ctl_is_running (CulvertCtl *self)
{
  if (!self->is_over && waitpid (self->pid, &self->status, WNOHANG) == self->pid)
    self->is_over = TRUE;
  return !self->is_over;
}

int
culvert_ctl_get_pid (CulvertCtl *self)
{
  return self->pid;
}

/* What it says */

static const char *
read_terminal (CulvertCtl *self)
{
  guint8 block[4096];
  gssize n_read;

  while ((n_read = read (self->terminal, block, sizeof block)) > 0)
    g_byte_array_append (self->shown, block, (guint)n_read);
  g_free (self->texts[0]);
  self->texts[0] = self->shown->len == 0 ? g_strdup ("")
                                         : g_utf8_make_valid ((const char *)self->shown->data,
                                                              (gssize)self->shown->len);
  return self->texts[0];
}

static const char *
read_text (CulvertCtl *self, int which)
{
  if (self->terminal >= 0)
    return read_terminal (self);
  g_free (self->texts[which]);
  self->texts[which] = culvert_test_read_text (self->files[which]);
  return self->texts[which];
}

const char *
culvert_ctl_get_output (CulvertCtl *self)
{
  return read_text (self, 0);
}

const char *
culvert_ctl_get_messages (CulvertCtl *self)
{
  return read_text (self, 1);
}

static void
show_all (CulvertCtl *self)
{
  g_test_message ("output: %s", culvert_ctl_get_output (self));
  if (self->terminal < 0)
    g_test_message ("messages: %s", culvert_ctl_get_messages (self));
}

typedef struct
{
  CulvertCtl *self;
  int         which;
  const char *text;
} Wanted;

static gboolean
has_said (gpointer data)
{
  Wanted  *wanted = data;
  gboolean was_running = culvert_ctl_is_running (wanted->self);

  if (strstr (read_text (wanted->self, wanted->which), wanted->text) != NULL)
    return TRUE;
  if (!was_running)
    {
      show_all (wanted->self);
      g_test_message ("it has ended without saying: %s", wanted->text);
      g_assert_true (was_running);
    }
  return FALSE;
}

static void
wait_for_text (CulvertCtl *self, int which, const char *text)
{
  Wanted wanted = { self, which, text };
  gint64 end_us = culvert_test_deadline_us (DEADLINE_MS);

  while (!has_said (&wanted))
    {
      if (g_get_monotonic_time () >= end_us)
        show_all (self);
      culvert_test_turn (end_us, text, __FILE__, __LINE__, G_STRFUNC);
    }
}

void
culvert_ctl_wait_for_output (CulvertCtl *self, const char *text)
{
  wait_for_text (self, 0, text);
}

void
culvert_ctl_wait_for_message (CulvertCtl *self, const char *text)
{
  wait_for_text (self, 1, text);
}

int
culvert_ctl_wait (CulvertCtl *self)
{
  gint64 end_us = culvert_test_deadline_us (DEADLINE_MS);

  while (culvert_ctl_is_running (self))
    {
      if (g_get_monotonic_time () >= end_us)
        show_all (self);
      /* A terminal that nobody reads would hold it up. */
      if (self->terminal >= 0)
        (void)read_terminal (self);
      culvert_test_turn (end_us, "its end", __FILE__, __LINE__, G_STRFUNC);
    }
  if (!WIFEXITED (self->status))
    show_all (self);
  g_assert_true (WIFEXITED (self->status));
  return WEXITSTATUS (self->status);
}

void
culvert_ctl_type (CulvertCtl *self, const char *text)
{
  gsize n_bytes = strlen (text);

  g_assert_cmpint (write (self->terminal, text, n_bytes), ==, (gssize)n_bytes);
}

gboolean
culvert_ctl_terminal_echoes (CulvertCtl *self)
{
  struct termios mode;

  g_assert_cmpint (tcgetattr (self->terminal, &mode), ==, 0);
  return (mode.c_lflag & ECHO) != 0;
}

CulvertCtl *
culvert_ctl_run (CulvertCtlHome *home, int exit_status, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  const char           *word;
  CulvertCtl           *self;
  int                   status;
  va_list               words;

  va_start (words, exit_status);
  while ((word = va_arg (words, const char *)) != NULL)
    g_ptr_array_add (argv, (gpointer)word);
  va_end (words);
  g_ptr_array_add (argv, NULL);
  self = culvert_ctl_start (home, (const char *const *)argv->pdata);
  status = culvert_ctl_wait (self);
  if (status != exit_status)
    show_all (self);
  g_assert_cmpint (status, ==, exit_status);
  return self;
}

void
culvert_ctl_assert_output (CulvertCtl *self, const char *part)
{
  if (strstr (culvert_ctl_get_output (self), part) == NULL)
    {
      show_all (self);
      g_assert_cmpstr (culvert_ctl_get_output (self), ==, part);
    }
}

void
culvert_ctl_assert_message (CulvertCtl *self, const char *part)
{
  if (strstr (culvert_ctl_get_messages (self), part) == NULL)
    {
      show_all (self);
      g_assert_cmpstr (culvert_ctl_get_messages (self), ==, part);
    }
}

void
culvert_ctl_assert_messages_are_lines (CulvertCtl *self, guint n_lines)
{
  g_auto (GStrv) lines = g_strsplit (culvert_ctl_get_messages (self), "\n", -1);

  show_all (self);
  g_assert_cmpuint (culvert_test_count_text (culvert_ctl_get_messages (self), "\n"), ==, n_lines);
  for (guint i = 0; i < n_lines; i++)
    g_assert_true (g_str_has_prefix (lines[i], "culvertctl: "));
  g_assert_true (lines[n_lines] == NULL || lines[n_lines][0] == '\0');
}
