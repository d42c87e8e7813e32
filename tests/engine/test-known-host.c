/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/known-host.h"

#include "core/errors.h"
#include "support/culvert-test.h"

#include <string.h>

#define KEY  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"
#define KEY2 "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8uj2Iz+MpN0dWw7h4/GmUVCKU1+0rX5kc1k3WcqVRj"
/* "[hidden]:2222", as ssh-keygen -H has it */
#define SALT "c2FsdHNhbHRzYWx0c2FsdHNhbHQ="

typedef struct
{
  gboolean   is_done;
  GPtrArray *hosts;
  gboolean   ok;
  GError    *error;
} Answer;

static void
read_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->hosts = culvert_known_host_read_finish (result, &answer->error);
  answer->is_done = TRUE;
}

static void
changed_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Answer *answer = user_data;

  answer->ok = culvert_known_host_change_finish (result, &answer->error);
  answer->is_done = TRUE;
}

static GPtrArray *
read_files (const char *const *files, GError **error)
{
  Answer answer = { FALSE };

  culvert_known_host_read_async (files, NULL, read_cb, &answer);
  culvert_test_wait_until (answer.is_done, 10000);
  if (answer.error != NULL)
    g_propagate_error (error, answer.error);
  return answer.hosts;
}

static void
change (CulvertKnownHost *host, void (*func) (CulvertKnownHost *, GAsyncReadyCallback, gpointer))
{
  Answer answer = { FALSE };

  func (host, changed_cb, &answer);
  culvert_test_wait_until (answer.is_done, 10000);
  g_assert_no_error (answer.error);
  g_assert_true (answer.ok);
}

static void
test_read_and_change (void)
{
  static const char before[] =
    "# mine\none,[two]:2222 " KEY "\n@cert-authority *.example " KEY2 " CA\n@revoked * " KEY2 "\n";
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autofree char           *path = culvert_temp_dir_write (dir, "known_hosts", before);
  g_autofree char           *missing = culvert_temp_dir_build (dir, "missing");
  g_autofree char           *place = g_strdup_printf ("%s:3", path);
  const char *const          files[] = { missing, path, culvert_temp_dir_get_path (dir), NULL };
  g_autoptr (GError)         error = NULL;
  g_autoptr (GPtrArray)      hosts = read_files (files, &error);
  g_autofree char           *text = NULL;
  CulvertKnownHost          *one;
  CulvertKnownHost          *authority;

  /* A folder is no such file; the others are there nevertheless. */
  g_assert_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_STORE);
  g_assert_nonnull (hosts);
  g_assert_cmpuint (hosts->len, ==, 3);
  one = g_ptr_array_index (hosts, 0);
  authority = g_ptr_array_index (hosts, 1);
  g_assert_cmpint (culvert_known_host_get_kind (one), ==, CULVERT_KNOWN_HOST_KEY);
  g_assert_cmpint (culvert_known_host_get_kind (authority), ==, CULVERT_KNOWN_HOST_AUTHORITY);
  g_assert_cmpint (culvert_known_host_get_kind (g_ptr_array_index (hosts, 2)), ==,
                   CULVERT_KNOWN_HOST_REVOKED);
  g_assert_cmpstr (culvert_known_host_get_names (one), ==, "one,[two]:2222");
  g_assert_cmpstr (culvert_known_host_get_type_name (one), ==, "ssh-ed25519");
  g_assert_cmpstr (culvert_known_host_get_fingerprint (one), ==,
                   "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU");
  g_assert_cmpstr (culvert_known_host_get_file (one), ==, path);
  g_assert_cmpuint (culvert_known_host_get_line_number (one), ==, 2);

  g_assert_true (culvert_known_host_matches (one, ""));
  g_assert_true (culvert_known_host_matches (one, "TWO"));
  g_assert_true (culvert_known_host_matches (one, "ed25519"));
  g_assert_true (culvert_known_host_matches (one, "SHA256:+DiY3"));
  g_assert_false (culvert_known_host_matches (one, "three"));
  g_assert_true (culvert_known_host_matches (authority, "server.example"));
  g_assert_true (culvert_known_host_matches (authority, place));
  g_assert_false (culvert_known_host_matches (one, place));

  change (one, culvert_known_host_remove_async);
  culvert_known_host_shift (authority, path, 2, -1);
  g_assert_cmpuint (culvert_known_host_get_line_number (authority), ==, 2);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_null (strstr (text, "one,"));
  g_clear_pointer (&text, g_free);

  /* What is gone already is no trouble. */
  change (one, culvert_known_host_remove_async);
  change (one, culvert_known_host_put_back_async);
  culvert_known_host_shift (authority, path, 2, 1);
  g_assert_cmpuint (culvert_known_host_get_line_number (authority), ==, 3);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, before);
}

static void
test_hashed (void)
{
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autofree char           *path = NULL;
  g_autofree char           *line = NULL;
  g_autofree guchar         *salt = NULL;
  gsize                      n_salt;
  guint8                     digest[20];
  gsize                      n_digest = sizeof digest;
  g_autoptr (GHmac)          hmac = NULL;
  g_autofree char           *hash = NULL;
  g_autoptr (GPtrArray)      hosts = NULL;
  CulvertKnownHost          *host;

  salt = g_base64_decode (SALT, &n_salt);
  hmac = g_hmac_new (G_CHECKSUM_SHA1, salt, n_salt);
  g_hmac_update (hmac, (const guchar *)"[hidden]:2222", -1);
  g_hmac_get_digest (hmac, digest, &n_digest);
  hash = g_base64_encode (digest, n_digest);
  line = g_strdup_printf ("|1|%s|%s %s\n", SALT, hash, KEY);
  path = culvert_temp_dir_write (dir, "known_hosts", line);

  hosts = read_files ((const char *const[]){ path, NULL }, NULL);
  g_assert_cmpuint (hosts->len, ==, 1);
  host = g_ptr_array_index (hosts, 0);
  g_assert_null (culvert_known_host_get_names (host));
  g_assert_true (culvert_known_host_matches (host, "[Hidden]:2222"));
  g_assert_false (culvert_known_host_matches (host, "hidden"));
  g_assert_false (culvert_known_host_matches (host, hash));
}

static void
test_files (void)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_new ();
  CulvertProfile            *profiles[] = { profile, profile };
  g_auto (GStrv)             usual = culvert_known_host_files (NULL, 0);
  g_auto (GStrv)             files = NULL;

  g_assert_cmpuint (g_strv_length (usual), ==, 4);
  g_assert_true (g_str_has_suffix (usual[0], "/.ssh/known_hosts"));
  g_strfreev (profile->known_hosts_files);
  profile->known_hosts_files = g_strsplit ("~/.ssh/known_hosts /own", " ", -1);
  files = culvert_known_host_files (profiles, 2);
  g_assert_cmpuint (g_strv_length (files), ==, 5);
  g_assert_cmpstr (files[4], ==, "/own");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/known-host/read-and-change", test_read_and_change);
  g_test_add_func ("/engine/known-host/hashed", test_hashed);
  g_test_add_func ("/engine/known-host/files", test_files);
  return g_test_run ();
}
