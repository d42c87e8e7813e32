/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/process.h"

#include <glib-unix.h>
#include <signal.h>
#include <sys/resource.h>

/* A shell's convention: 128 and the signal's number. */
#define EXIT_STATUS_OF_SIGNAL 128

struct _CulvertQuitWatch
{
  CulvertQuitFunc func;
  gpointer        user_data;
  guint           interrupt_id;
  guint           terminate_id;
};

static gboolean
interrupt_cb (gpointer user_data)
{
  CulvertQuitWatch *self = user_data;

  self->func (EXIT_STATUS_OF_SIGNAL + SIGINT, self->user_data);

  return G_SOURCE_CONTINUE;
}

static gboolean
terminate_cb (gpointer user_data)
{
  CulvertQuitWatch *self = user_data;

  self->func (EXIT_STATUS_OF_SIGNAL + SIGTERM, self->user_data);

  return G_SOURCE_CONTINUE;
}

void
culvert_process_harden (void)
{
  struct rlimit limit;

  (void)signal (SIGPIPE, SIG_IGN);

  limit = (struct rlimit){ 0, 0 };
  (void)setrlimit (RLIMIT_CORE, &limit);

  if (getrlimit (RLIMIT_NOFILE, &limit) == 0)
    {
      limit.rlim_cur = limit.rlim_max;
      (void)setrlimit (RLIMIT_NOFILE, &limit);
    }
}

CulvertQuitWatch *
culvert_quit_watch_new (CulvertQuitFunc func, gpointer user_data)
{
  CulvertQuitWatch *self;

  g_return_val_if_fail (func != NULL, NULL);

  self = g_new0 (CulvertQuitWatch, 1);
  self->func = func;
  self->user_data = user_data;
  self->interrupt_id = g_unix_signal_add (SIGINT, interrupt_cb, self);
  self->terminate_id = g_unix_signal_add (SIGTERM, terminate_cb, self);

  return self;
}

void
culvert_quit_watch_free (CulvertQuitWatch *self)
{
  if (self == NULL)
    return;

  g_source_remove (self->interrupt_id);
  g_source_remove (self->terminate_id);
  g_free (self);
}
