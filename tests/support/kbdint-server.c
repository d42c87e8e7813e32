/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/kbdint-server.h"

#include "support/child-process.h"
#include "support/culvert-test.h"

#include <string.h>

#define PROGRAM  CULVERT_TEST_SOURCE_DIR "/support/kbdint-server"
#define START_MS 30000

struct _CulvertKbdintServer
{
  CulvertTempDir      *dir;
  CulvertChildProcess *process;
  char                *public_key_file;
  guint16              port;
};

/* Returns: 0 as long as it has not said so. */
static guint16
find_port (CulvertKbdintServer *self)
{
  static const char words[] = "listening on port ";
  g_autofree char  *log = culvert_child_process_read_log (self->process);
  const char       *at = strstr (log, words);

  return at != NULL && strchr (at, '\n') != NULL
           ? (guint16)g_ascii_strtoull (at + strlen (words), NULL, 10)
           : 0;
}

CulvertKbdintServer *
culvert_kbdint_server_new (const char *const *arguments)
{
  CulvertKbdintServer  *self = g_new0 (CulvertKbdintServer, 1);
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();
  g_autofree char      *log_file = NULL;
  g_autofree char      *public_key = NULL;
  gint64                end_us = culvert_test_deadline_us (START_MS);

  self->dir = culvert_temp_dir_new ();
  self->public_key_file = culvert_temp_dir_build (self->dir, "host.pub");
  log_file = culvert_temp_dir_build (self->dir, "log");
  public_key = g_strconcat ("--public-key=", self->public_key_file, NULL);
  g_ptr_array_add (argv, (char *)PROGRAM);
  g_ptr_array_add (argv, public_key);
  for (gsize i = 0; arguments != NULL && arguments[i] != NULL; i++)
    g_ptr_array_add (argv, (char *)arguments[i]);
  g_ptr_array_add (argv, NULL);
  self->process = culvert_child_process_start ((const char *const *)argv->pdata, NULL, log_file);

  while ((self->port = find_port (self)) == 0)
    {
      if (!culvert_child_process_is_running (self->process) || g_get_monotonic_time () > end_us)
        {
          g_autofree char *log = culvert_kbdint_server_read_log (self);

          g_error ("kbdint-server does not start:\n%s", log);
        }
      g_usleep (5000);
    }
  return self;
}

void
culvert_kbdint_server_free (CulvertKbdintServer *self)
{
  culvert_child_process_free (self->process);
  culvert_temp_dir_free (self->dir);
  g_free (self->public_key_file);
  g_free (self);
}

guint16
culvert_kbdint_server_get_port (CulvertKbdintServer *self)
{
  return self->port;
}

char *
culvert_kbdint_server_read_log (CulvertKbdintServer *self)
{
  return culvert_child_process_read_log (self->process);
}

void
culvert_kbdint_server_write_known_hosts (CulvertKbdintServer *self, const char *path)
{
  g_autofree char   *key = culvert_test_read_text (self->public_key_file);
  g_autofree char   *line = g_strdup_printf ("[127.0.0.1]:%u,[localhost]:%u %s\n", self->port,
                                             self->port, g_strchomp (key));
  g_autoptr (GError) error = NULL;

  g_file_set_contents (path, line, -1, &error);
  g_assert_no_error (error);
}
