/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/dropbear-fixture.h"

#include "support/child-process.h"
#include "support/culvert-test.h"

#include <glib/gstdio.h>
#include <string.h>

#define START_MS 20000

struct _CulvertDropbear
{
  CulvertTempDir      *dir;
  CulvertChildProcess *process;
  char                *host_key;
  char                *authorized;
  guint16              port;
};

CulvertDropbear *
culvert_dropbear_new (void)
{
  CulvertDropbear *self = g_new0 (CulvertDropbear, 1);
  g_autofree char *log = NULL;
  g_autofree char *ssh_dir = NULL;
  g_autofree char *address = NULL;
  g_autofree char *home = NULL;
  g_autofree char *hash = NULL;
  g_autofree char *hash_variable = NULL;
  const char      *argv[] = { "dropbear", "-F", "-E", "-r", NULL, "-p", NULL, NULL };
  const char      *environment[] = { "LD_PRELOAD=" CULVERT_FAKE_ACCOUNT_LIBRARY, NULL, NULL, NULL };
  CulvertTempDir  *dir = culvert_temp_dir_new ();

  self->dir = dir;
  self->host_key = culvert_temp_dir_build (dir, "host_key");
  self->port = culvert_test_free_port ();
  ssh_dir = culvert_temp_dir_build (dir, ".ssh");
  self->authorized = g_build_filename (ssh_dir, "authorized_keys", NULL);
  log = culvert_temp_dir_build (dir, "log");
  address = g_strdup_printf ("127.0.0.1:%u", self->port);
  home = g_strconcat ("CULVERT_FAKE_HOME=", culvert_temp_dir_get_path (dir), NULL);
  g_assert_cmpint (g_mkdir (ssh_dir, 0700), ==, 0);
  g_assert_true (g_file_set_contents (self->authorized, "", -1, NULL));
  g_free (culvert_child_process_run ("dropbearkey", "-t", "ed25519", "-f", self->host_key, NULL));
  hash = culvert_child_process_run ("openssl", "passwd", "-6", CULVERT_DROPBEAR_PASSWORD, NULL);
  hash_variable = g_strconcat ("CULVERT_FAKE_HASH=", g_strchomp (hash), NULL);
  argv[4] = self->host_key;
  argv[6] = address;
  environment[1] = home;
  environment[2] = hash_variable;
  self->process = culvert_child_process_start (argv, environment, log);
  culvert_test_wait_until (
    culvert_child_process_count_in_log (self->process, "Not backgrounding") > 0, START_MS);
  return self;
}

void
culvert_dropbear_free (CulvertDropbear *self)
{
  culvert_child_process_free (self->process);
  culvert_temp_dir_free (self->dir);
  g_free (self->host_key);
  g_free (self->authorized);
  g_free (self);
}

guint16
culvert_dropbear_get_port (CulvertDropbear *self)
{
  return self->port;
}

void
culvert_dropbear_authorize (CulvertDropbear *self, const char *public_key_file)
{
  g_autofree char *before = culvert_test_read_text (self->authorized);
  g_autofree char *line = culvert_test_read_text (public_key_file);
  g_autofree char *after = g_strconcat (before, line, NULL);

  g_assert_true (g_file_set_contents (self->authorized, after, -1, NULL));
}

void
culvert_dropbear_write_known_hosts (CulvertDropbear *self, const char *path)
{
  g_autofree char *output =
    culvert_child_process_run ("dropbearkey", "-y", "-f", self->host_key, NULL);
  const char      *key = strstr (output, "ssh-ed25519 ");
  g_autofree char *line = NULL;

  g_assert_nonnull (key);
  line = g_strdup_printf ("[127.0.0.1]:%u %.*s\n", self->port, (int)strcspn (key, "\n"), key);
  g_assert_true (g_file_set_contents (path, line, -1, NULL));
}
