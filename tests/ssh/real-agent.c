/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/real-agent.h"

struct _RealAgent
{
  SessionFixture      *fixture;
  CulvertChildProcess *process;
  guint                n_made;
};

RealAgent *
real_agent_new (SessionFixture *fixture)
{
  RealAgent       *self = g_new0 (RealAgent, 1);
  g_autofree char *path = culvert_temp_dir_build (fixture->dir, "agent");
  g_autofree char *log = culvert_temp_dir_build (fixture->dir, "agent.log");
  const char      *argv[] = { "ssh-agent", "-D", "-a", path, NULL };

  self->fixture = fixture;
  self->process = culvert_child_process_start (argv, NULL, log);
  culvert_test_wait_until (g_file_test (path, G_FILE_TEST_EXISTS), 5000);
  culvert_profile_set_string (&fixture->profile->agent_socket, path);
  session_fixture_use_methods (fixture, CULVERT_AUTH_AGENT, 0);
  return self;
}

void
real_agent_free (RealAgent *self)
{
  culvert_child_process_free (self->process);
  g_free (self);
}

void
real_agent_add (RealAgent *self, const char *key_file)
{
  g_autofree char *socket =
    g_strconcat ("SSH_AUTH_SOCK=", self->fixture->profile->agent_socket, NULL);

  g_free (culvert_child_process_run ("env", socket, "ssh-add", "-q", key_file, NULL));
}

void
real_agent_fill (RealAgent *self, guint n_keys)
{
  for (guint i = 0; i < n_keys; i++)
    {
      g_autofree char *name = g_strdup_printf ("id_%u", self->n_made++);
      g_autofree char *key = culvert_temp_dir_build (self->fixture->dir, name);

      culvert_test_make_key (key, CULVERT_KEY_ED25519, NULL, NULL);
      real_agent_add (self, key);
    }
}
