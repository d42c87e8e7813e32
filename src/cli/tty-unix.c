/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/tty.h"

#include "cli/message.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#define TTY_PATH       "/dev/tty"
#define LINE_MAX_BYTES 4096 /* more than a terminal delivers as one line */

struct _CulvertTty
{
  int            fd;
  guint          watch_id;
  gboolean       is_hidden;
  char           line[LINE_MAX_BYTES];
  gsize          n_bytes;
  CulvertTtyFunc func;
  gpointer       user_data;
};

/* Signals that stop or end the process without passing through the main loop: each must find the
 * terminal showing again.  SIGINT and SIGTERM belong to base/process.h. */
static const int ending_signals[] = { SIGHUP, SIGQUIT, SIGALRM, SIGTSTP };

/* What the signal handlers need: at most one terminal is hidden at a time. */
static volatile sig_atomic_t hidden_fd = -1;
static struct termios        shown_mode;
static struct termios        hidden_mode;
static struct sigaction      old_actions[G_N_ELEMENTS (ending_signals)];
static struct sigaction      old_continue;

gboolean
culvert_tty_is_there (void)
{
  CulvertTty *self = culvert_tty_open ();

  if (self == NULL)
    return FALSE;
  culvert_tty_free (self);
  return TRUE;
}

CulvertTty *
culvert_tty_open (void)
{
  int         fd = open (TTY_PATH, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
  CulvertTty *self;

  if (fd < 0)
    return NULL;
  self = g_new0 (CulvertTty, 1);
  self->fd = fd;
  return self;
}

static void end_signal_cb (int signal_number);

/* SA_NODEFER: what the handler raises takes effect there and then. */
static void
catch_ending_signal (int signal_number, struct sigaction *old_action)
{
  struct sigaction action = { .sa_handler = end_signal_cb, .sa_flags = SA_RESTART | SA_NODEFER };

  (void)sigemptyset (&action.sa_mask);
  (void)sigaction (signal_number, &action, old_action);
}

/* Only calls that POSIX allows in a signal handler.  Comes back when the process was stopped and
 * continued, or when the signal is of no effect (SIGTSTP without a shell, SIGHUP under nohup). */
static void
end_signal_cb (int signal_number)
{
  int saved_errno = errno;

  if (hidden_fd >= 0)
    (void)tcsetattr (hidden_fd, TCSANOW, &shown_mode);
  for (gsize i = 0; i < G_N_ELEMENTS (ending_signals); i++)
    if (ending_signals[i] == signal_number)
      (void)sigaction (signal_number, &old_actions[i], NULL);
  (void)raise (signal_number);
  if (hidden_fd >= 0)
    {
      catch_ending_signal (signal_number, NULL);
      (void)tcsetattr (hidden_fd, TCSAFLUSH, &hidden_mode);
    }
  errno = saved_errno;
}

/* After SIGSTOP, which nobody can catch: a shell may have set the terminal as it likes it. */
static void
continue_signal_cb (int signal_number)
{
  int saved_errno = errno;

  if (hidden_fd >= 0)
    (void)tcsetattr (hidden_fd, TCSAFLUSH, &hidden_mode);
  errno = saved_errno;
}

void
culvert_tty_show (void)
{
  if (hidden_fd < 0)
    return;
  (void)tcsetattr (hidden_fd, TCSANOW, &shown_mode);
  hidden_fd = -1;
  for (gsize i = 0; i < G_N_ELEMENTS (ending_signals); i++)
    (void)sigaction (ending_signals[i], &old_actions[i], NULL);
  (void)sigaction (SIGCONT, &old_continue, NULL);
}

static void
hide (CulvertTty *self)
{
  static gsize     is_registered = 0;
  struct sigaction on_continue = { .sa_handler = continue_signal_cb, .sa_flags = SA_RESTART };

  if (hidden_fd >= 0 || tcgetattr (self->fd, &shown_mode) != 0)
    return;
  if (g_once_init_enter (&is_registered))
    {
      (void)atexit (culvert_tty_show);
      g_once_init_leave (&is_registered, 1);
    }
  hidden_mode = shown_mode;
  hidden_mode.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
  for (gsize i = 0; i < G_N_ELEMENTS (ending_signals); i++)
    catch_ending_signal (ending_signals[i], &old_actions[i]);
  (void)sigemptyset (&on_continue.sa_mask);
  (void)sigaction (SIGCONT, &on_continue, &old_continue);
  hidden_fd = self->fd;
  (void)tcsetattr (self->fd, TCSAFLUSH, &hidden_mode);
}

static void
stop_reading (CulvertTty *self)
{
  if (self->watch_id != 0)
    g_source_remove (self->watch_id);
  self->watch_id = 0;
  if (self->is_hidden && hidden_fd == self->fd)
    culvert_tty_show ();
  self->is_hidden = FALSE;
  culvert_secret_wipe (self->line, sizeof self->line);
  self->n_bytes = 0;
}

void
culvert_tty_free (CulvertTty *self)
{
  if (self == NULL)
    return;
  stop_reading (self);
  close (self->fd);
  g_free (self);
}

void
culvert_tty_write (CulvertTty *self, const char *text)
{
  g_autofree char *converted = culvert_message_to_locale (text);
  gsize            n_bytes = strlen (converted);

  text = converted;
  while (n_bytes > 0)
    {
      gssize        n_written = write (self->fd, text, n_bytes);
      struct pollfd ready = { .fd = self->fd, .events = POLLOUT };

      if (n_written > 0)
        {
          text += n_written;
          n_bytes -= (gsize)n_written;
        }
      /* A terminal that takes nothing is not worth stopping the tunnels for. */
      else if (n_written == 0 || (errno != EINTR && errno != EAGAIN) || poll (&ready, 1, 1000) <= 0)
        return;
    }
}

static void
finish (CulvertTty *self, CulvertSecret *line)
{
  CulvertTtyFunc func = self->func;
  gpointer       user_data = self->user_data;
  gboolean       was_hidden = self->is_hidden;

  stop_reading (self);
  /* The line end that the person typed was not shown. */
  if (was_hidden)
    culvert_tty_write (self, "\n");
  func (line, user_data);
}

static gboolean
readable_cb (int fd, GIOCondition condition, gpointer user_data)
{
  CulvertTty               *self = user_data;
  g_autoptr (CulvertSecret) line = NULL;
  gssize      n_read = read (fd, self->line + self->n_bytes, sizeof self->line - self->n_bytes);
  const char *end;

  if (n_read < 0 && (errno == EINTR || errno == EAGAIN))
    return G_SOURCE_CONTINUE;
  if (n_read > 0)
    {
      self->n_bytes += (gsize)n_read;
      end = memchr (self->line, '\n', self->n_bytes);
      if (end == NULL && self->n_bytes < sizeof self->line)
        return G_SOURCE_CONTINUE;
      line = culvert_secret_new (self->line,
                                 end != NULL ? (gssize)(end - self->line) : (gssize)self->n_bytes);
    }
  /* finish() removes the source. */
  finish (self, line);
  return G_SOURCE_CONTINUE;
}

void
culvert_tty_read_line (CulvertTty    *self,
                       gboolean       is_hidden,
                       CulvertTtyFunc func,
                       gpointer       user_data)
{
  g_return_if_fail (self->watch_id == 0);

  self->func = func;
  self->user_data = user_data;
  self->is_hidden = is_hidden;
  if (is_hidden)
    hide (self);
  self->watch_id = g_unix_fd_add (self->fd, G_IO_IN | G_IO_HUP | G_IO_ERR, readable_cb, self);
}
