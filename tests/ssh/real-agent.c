/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/real-agent.h"

#include "support/culvert-test.h"
#include "support/loopback.h"
#include "support/sshd-fixture.h"

#include <unistd.h>

#define START_MS 10000

struct _RealAgent
{
  char                *path;
  CulvertChildProcess *process;
  guint                n_made;
};

/* The file is there before anybody listens on it. */
static gboolean
answers (RealAgent *self)
{
  int client = culvert_loopback_connect (self->path, 0, 0);

  if (client < 0)
    return FALSE;
  close (client);
  return TRUE;
}

RealAgent *
real_agent_new (const char *path)
{
  RealAgent       *self = g_new0 (RealAgent, 1);
  g_autofree char *log = g_strconcat (path, ".log", NULL);
  const char      *argv[] = { "ssh-agent", "-D", "-a", path, NULL };

  self->path = g_strdup (path);
  self->process = culvert_child_process_start (argv, NULL, log);
  culvert_test_wait_until (answers (self), START_MS);
  return self;
}

void
real_agent_free (RealAgent *self)
{
  culvert_child_process_free (self->process);
  g_free (self->path);
  g_free (self);
}

void
real_agent_add (RealAgent *self, const char *key_file)
{
  g_autofree char *socket = g_strconcat ("SSH_AUTH_SOCK=", self->path, NULL);

  g_free (culvert_child_process_run ("env", socket, "ssh-add", "-q", key_file, NULL));
}

void
real_agent_fill (RealAgent *self, guint n_keys)
{
  g_autofree char *folder = g_path_get_dirname (self->path);

  for (guint i = 0; i < n_keys; i++)
    {
      g_autofree char *key = g_strdup_printf ("%s/id_%u", folder, self->n_made++);

      culvert_test_make_key (key, CULVERT_KEY_ED25519, NULL, NULL);
      real_agent_add (self, key);
    }
}
