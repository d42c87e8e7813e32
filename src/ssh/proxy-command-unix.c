/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/proxy-command.h"

#include "core/errors.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS   2000 /* between being asked to end and being killed */
#define LOOK_EVERY_US 10000
#define LINE_MAX_SAID 1000 /* bytes of a line of its */
#define LINES_MAX     200  /* of its words that are kept; a chatty one must not push out the rest */

struct _CulvertProxyCommand
{
  CulvertLog     *log;
  GPid            pid;
  CulvertSocket   words; /* its standard error */
  CulvertIoWatch *watch;
  GString        *line; /* of its words, so far */
  guint           n_lines;
  char           *last_line; /* nullable */
};

/* Between fork and exec: nothing but what may be called there. */
static void
child_setup (gpointer user_data)
{
  (void)setsid ();
  (void)signal (SIGPIPE, SIG_DFL);
}

static void
end_line (CulvertProxyCommand *self)
{
  g_autofree char *printable = NULL;

  if (self->line->len == 0)
    return;
  printable = culvert_log_printable (self->line->str, (gssize)self->line->len);
  g_string_truncate (self->line, 0);
  if (self->n_lines++ < LINES_MAX)
    culvert_log_write (self->log, CULVERT_LOG_INFO, "the proxy command says: %s", printable);
  g_free (self->last_line);
  self->last_line = g_steal_pointer (&printable);
}

/* Returns FALSE when nothing more can be read now. */
static gboolean
read_words (CulvertProxyCommand *self)
{
  char            buffer[1024];
  gsize           n_received = 0;
  CulvertIoStatus status =
    culvert_socket_receive (self->words, buffer, sizeof buffer, &n_received, NULL);

  for (gsize i = 0; i < n_received; i++)
    if (buffer[i] == '\n' || buffer[i] == '\r')
      end_line (self);
    else if (self->line->len < LINE_MAX_SAID)
      g_string_append_c (self->line, buffer[i]);
  if (status == CULVERT_IO_OK)
    return TRUE;
  if (status != CULVERT_IO_AGAIN)
    {
      end_line (self);
      culvert_io_watch_clear (&self->watch);
    }
  return FALSE;
}

static void
ready_cb (CulvertIoCondition ready, gpointer user_data)
{
  /* Once: the source calls again while there is more, and serves others in between. */
  (void)read_words (user_data);
}

static const char *
find_shell (void)
{
  const char *shell = g_getenv ("SHELL");

  return shell != NULL && g_path_is_absolute (shell) ? shell : "/bin/sh";
}

static gboolean
spawn (const char *line, int both, int words, GPid *pid, GError **error)
{
  g_autofree char   *command = g_strconcat ("exec ", line, NULL);
  const char        *argv[] = { find_shell (), "-c", command, NULL };
  g_autoptr (GError) own = NULL;

  if (g_spawn_async_with_pipes_and_fds (NULL, argv, NULL, G_SPAWN_DO_NOT_REAP_CHILD, child_setup,
                                        NULL, both, both, words, NULL, NULL, 0, pid, NULL, NULL,
                                        NULL, &own))
    return TRUE;
  g_set_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_COMMAND_FAILED,
               "the proxy command cannot be started: %s", own->message);
  culvert_error_set_fact (error, CULVERT_FACT_REASON, own->message);
  return FALSE;
}

CulvertProxyCommand *
culvert_proxy_command_start (CulvertIoSource *io,
                             CulvertLog      *log,
                             const char      *line,
                             CulvertSocket   *socket,
                             GError         **error)
{
  CulvertSocket        both[2] = { CULVERT_SOCKET_NONE, CULVERT_SOCKET_NONE };
  CulvertSocket        words[2] = { CULVERT_SOCKET_NONE, CULVERT_SOCKET_NONE };
  CulvertProxyCommand *self = NULL;
  g_autoptr (GError)   own = NULL;
  GPid                 pid;

  if (!culvert_socket_pair (both, &own) || !culvert_socket_pair (words, &own))
    {
      g_set_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_COMMAND_FAILED,
                   "the proxy command cannot be started: %s", own->message);
      culvert_error_set_fact (error, CULVERT_FACT_REASON, own->message);
    }
  else
    {
      /* Programs do not expect to be told to come again later. */
      (void)fcntl (both[1], F_SETFL, fcntl (both[1], F_GETFL) & ~O_NONBLOCK);
      (void)fcntl (words[1], F_SETFL, fcntl (words[1], F_GETFL) & ~O_NONBLOCK);
      if (spawn (line, both[1], words[1], &pid, error))
        {
          self = g_new0 (CulvertProxyCommand, 1);
          self->log = g_object_ref (log);
          self->pid = pid;
          self->words = words[0];
          self->line = g_string_new (NULL);
          self->watch = culvert_io_source_add (io, self->words, CULVERT_IO_IN, ready_cb, self);
          words[0] = CULVERT_SOCKET_NONE;
          *socket = both[0];
          both[0] = CULVERT_SOCKET_NONE;
        }
    }
  for (guint i = 0; i < 2; i++)
    {
      culvert_socket_close (&both[i]);
      culvert_socket_close (&words[i]);
    }
  return self;
}

/* The program's thread, and that of the tunnel, do not wait for somebody else's program. */
static gpointer
reap (gpointer data)
{
  GPid   pid = GPOINTER_TO_INT (data);
  gint64 end_us = g_get_monotonic_time () + PATIENCE_MS * G_TIME_SPAN_MILLISECOND;

  while (waitpid (pid, NULL, WNOHANG) == 0)
    {
      if (g_get_monotonic_time () >= end_us)
        {
          (void)kill (-pid, SIGKILL);
          (void)waitpid (pid, NULL, 0);
          break;
        }
      g_usleep (LOOK_EVERY_US);
    }
  return NULL;
}

void
culvert_proxy_command_free (CulvertProxyCommand *self)
{
  g_autoptr (GThread) thread = NULL;

  if (self == NULL)
    return;
  culvert_io_watch_clear (&self->watch);
  culvert_socket_close (&self->words);
  (void)kill (-self->pid, SIGTERM);
  thread = g_thread_try_new ("culvert-reaper", reap, GINT_TO_POINTER (self->pid), NULL);
  if (thread == NULL)
    {
      (void)kill (-self->pid, SIGKILL);
      (void)waitpid (self->pid, NULL, 0);
    }
  g_string_free (self->line, TRUE);
  g_free (self->last_line);
  g_object_unref (self->log);
  g_free (self);
}

GError *
culvert_proxy_command_explain (CulvertProxyCommand *self, GError *error)
{
  GError *explained;

  while (self->watch != NULL && read_words (self))
    ;
  end_line (self);
  explained = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_COMMAND_FAILED,
                           "the proxy command did not lead to a server: %s",
                           self->last_line != NULL ? self->last_line : error->message);
  culvert_error_set_fact (&explained, CULVERT_FACT_SAID, self->last_line);
  g_error_free (error);
  return explained;
}
