/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/public-keys.h"
#include "support/culvert-test.h"

#include <string.h>

/* "\0\0\0\13ssh-ed25519" and nothing that matters behind it */
#define BLOB "AAAAC3NzaC1lZDI1NTE5AAAAIJzU1DIn/5TBXJnVeJdgAkLT8fBmmfMRpa4QjSOOW+f5"
#define GOOD "ssh-ed25519 " BLOB

static void
test_lines (void)
{
  static const struct
  {
    const char *text;
    const char *line; /* nullable */
  } rows[] = {
    { GOOD " me@desk\n", GOOD " me@desk" },
    { GOOD, GOOD },
    { "  " GOOD " a b c \r\n", GOOD " a b c" },
    { GOOD " me\n" GOOD " other\n", GOOD " me" },
    { "", NULL },
    { "ssh-ed25519", NULL },
    { "ssh-ed25519 ", NULL },
    { "ssh-rsa " BLOB, NULL }, /* of another kind than it says */
    { "command=\"x\" " GOOD, NULL },
    { "ssh-ed25519-cert-v01@openssh.com " BLOB, NULL },
    { "ssh-ed25519 AAAA\"", NULL },
    { "-----BEGIN OPENSSH PRIVATE KEY-----\n", NULL },
    { "ssh-ed25519 " BLOB " \xff", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *line = culvert_public_key_line (rows[i].text, strlen (rows[i].text));

      g_assert_cmpstr (line, ==, rows[i].line);
    }
}

static void
test_too_long (void)
{
  g_autofree char *comment = g_strnfill (CULVERT_PUBLIC_KEY_MAX, 'x');
  g_autofree char *text = g_strconcat (GOOD " ", comment, NULL);
  g_autofree char *line = culvert_public_key_line (text, strlen (text));
  g_autofree char *with_nul = culvert_public_key_line (GOOD "\0x", strlen (GOOD) + 2);

  g_assert_null (line);
  g_assert_null (with_nul);
}

static void
test_files (void)
{
  g_autoptr (CulvertTempDir)     dir = culvert_temp_dir_new ();
  g_autoptr (CulvertProfile)     profile = culvert_profile_new ();
  g_autofree char               *a = culvert_temp_dir_build (dir, "a");
  g_autofree char               *b = culvert_temp_dir_build (dir, "b");
  g_autofree char               *c = culvert_temp_dir_build (dir, "c");
  G_GNUC_UNUSED g_autofree char *a_pub = culvert_temp_dir_write (dir, "a.pub", GOOD " a\n");
  G_GNUC_UNUSED g_autofree char *c_pub = culvert_temp_dir_write (dir, "c.pub", GOOD " c\n");
  g_auto (GStrv)                 found = NULL;

  g_clear_pointer (&profile->key_files, g_strfreev);
  profile->key_files = g_strdupv ((char *[]){ a, b, c, NULL });
  found = culvert_public_keys_find (profile);
  g_assert_cmpuint (g_strv_length (found), ==, 2);
  g_assert_cmpstr (found[0], ==, GOOD " a");
  g_assert_cmpstr (found[1], ==, GOOD " c");
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/public-keys/lines", test_lines);
  g_test_add_func ("/core/public-keys/too-long", test_too_long);
  g_test_add_func ("/core/public-keys/files", test_files);
  return g_test_run ();
}
