/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/engine-support.h"

#include "support/culvert-test.h"
#include "support/traffic.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 5000

static CulvertForwardSpec *
make_spec (const char *text)
{
  g_auto (GStrv)              parts = g_strsplit (text, "=", 2);
  g_auto (GStrv)              places = g_strsplit (parts[1], ":", 3);
  g_autoptr (CulvertEndpoint) listen = NULL;
  g_autoptr (CulvertEndpoint) target = NULL;
  gboolean                    is_off = parts[0][0] == '!';
  guint16                     listen_port;
  guint16                     target_port;

  g_assert_true (culvert_port_parse (places[0], &listen_port));
  g_assert_true (culvert_port_parse (places[2], &target_port));
  listen = culvert_endpoint_new_tcp ("127.0.0.1", listen_port);
  target = culvert_endpoint_new_tcp (places[1], target_port);

  return culvert_forward_spec_new (&(CulvertForwardFields){ .id = parts[0] + (is_off ? 1 : 0),
                                                            .kind = CULVERT_FORWARD_LOCAL,
                                                            .listen = listen,
                                                            .target = target,
                                                            .is_enabled = !is_off });
}

void
engine_profile_set_forwards (CulvertProfile *profile, const char *texts)
{
  g_auto (GStrv) split = g_strsplit (texts, " ", -1);

  g_ptr_array_set_size (profile->forwards, 0);
  for (guint i = 0; split[i] != NULL && split[i][0] != '\0'; i++)
    {
      g_autoptr (CulvertForwardSpec) spec = make_spec (split[i]);

      culvert_profile_put_forward (profile, spec);
    }
}

gboolean
engine_log_has_line (CulvertLog *log, const char *pattern)
{
  g_autoptr (GPtrArray) lines = culvert_log_get_lines (log, 0);

  for (guint i = 0; i < lines->len; i++)
    {
      CulvertLogLine *line = g_ptr_array_index (lines, i);

      if (g_pattern_match_simple (pattern, line->text))
        return TRUE;
    }

  return FALSE;
}

void
engine_client_assert_echo (int client)
{
  char   back[8] = "";
  gssize n = -1;

  g_assert_cmpint (write (client, "culvert", 7), ==, 7);
  culvert_test_wait_until ((n = recv (client, back, 7, MSG_DONTWAIT)) != -1 || errno != EAGAIN,
                           PATIENCE_MS);
  g_assert_cmpint (n, ==, 7);
  g_assert_cmpstr (back, ==, "culvert");
}

void
engine_client_assert_closed (int client)
{
  char   byte;
  gssize n = -1;

  culvert_test_wait_until ((n = recv (client, &byte, 1, MSG_DONTWAIT)) != -1 || errno != EAGAIN,
                           PATIENCE_MS);
  g_assert_cmpint (n, <=, 0);
}

void
engine_assert_refused (guint16 port)
{
  g_assert_cmpint (culvert_client_connect (port), ==, -1);
  g_assert_cmpint (errno, ==, ECONNREFUSED);
}

guint
engine_count_link_threads (void)
{
  g_autoptr (GDir) tasks = g_dir_open ("/proc/self/task", 0, NULL);
  const char      *id;
  guint            n = 0;

  g_assert_nonnull (tasks);
  while ((id = g_dir_read_name (tasks)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/task", id, "comm", NULL);
      g_autofree char *name = NULL;

      /* It may have ended meanwhile. */
      if (g_file_get_contents (path, &name, NULL, NULL) && g_str_has_prefix (name, "culvert-link"))
        n++;
    }

  return n;
}
