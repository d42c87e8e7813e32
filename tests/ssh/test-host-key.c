/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/host-key.h"

#include "base/sandbox-private.h"
#include "support/culvert-test.h"

#include <string.h>

#define INFO "[Context]\nfilesystems=~/.ssh:ro;\n"

static GBytes *
make_blob (void)
{
  static const char begin[] = "\0\0\0\013ssh-ed25519\0\0\0\040";
  char              blob[sizeof begin - 1 + 32];

  memset (blob, 7, sizeof blob);
  memcpy (blob, begin, sizeof begin - 1);
  return g_bytes_new (blob, sizeof blob);
}

static void
test_usual_files (void)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_new ();
  g_autofree char           *own = culvert_path_expand ("~/.ssh/known_hosts");
  g_auto (GStrv)             files = NULL;

  culvert_sandbox_pretend (NULL);
  files = culvert_host_key_files (profile);
  g_assert_cmpstr (files[0], ==, own);
}

/* What is written to the home folder of a sandbox is gone with it, or refused. */
static void
test_in_a_sandbox (void)
{
  g_autoptr (CulvertProfile)    profile = culvert_profile_new ();
  g_autofree char              *usual = culvert_path_expand ("~/.ssh/known_hosts");
  g_autoptr (CulvertKnownHosts) known = NULL;
  g_autoptr (GBytes)            blob = make_blob ();
  g_autoptr (GError)            error = NULL;
  g_auto (GStrv)                files = NULL;
  CulvertKnownHostsResult       result;

  culvert_sandbox_pretend (INFO);
  g_free (profile->host);
  profile->host = g_strdup ("bastion.example.com");
  files = culvert_host_key_files (profile);
  g_assert_true (g_str_has_prefix (files[0], g_get_user_data_dir ()));
  g_assert_true (g_strv_contains ((const char *const *)files, usual));

  g_assert_true (culvert_host_key_save (profile, blob, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_test (files[0], G_FILE_TEST_IS_REGULAR));
  known = culvert_host_key_read_files (profile, &error);
  g_assert_no_error (error);
  g_assert_cmpint (
    culvert_known_hosts_check (known, "bastion.example.com", profile->port, blob, &result), ==,
    CULVERT_KNOWN_HOSTS_MATCH);
}

/* The person's own choice stays. */
static void
test_chosen_files (void)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_new ();
  g_auto (GStrv)             files = NULL;

  culvert_sandbox_pretend (INFO);
  g_strfreev (profile->known_hosts_files);
  profile->known_hosts_files = g_strdupv ((char *[]){ (char *)"/srv/hosts", NULL });
  files = culvert_host_key_files (profile);
  g_assert_cmpstr (files[0], ==, "/srv/hosts");
  g_assert_null (files[1]);
}

int
main (int argc, char **argv)
{
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();

  g_setenv ("HOME", culvert_temp_dir_get_path (dir), TRUE);
  g_setenv ("XDG_DATA_HOME", culvert_temp_dir_get_path (dir), TRUE);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host-key/usual-files", test_usual_files);
  g_test_add_func ("/host-key/in-a-sandbox", test_in_a_sandbox);
  g_test_add_func ("/host-key/chosen-files", test_chosen_files);
  return g_test_run ();
}
