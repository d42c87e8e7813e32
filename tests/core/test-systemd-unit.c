/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/systemd-unit.h"
#include "support/culvert-test.h"

#include <string.h>

static CulvertProfile *
make_profile (const char *name)
{
  CulvertProfile *profile = culvert_profile_new ();

  culvert_profile_set_string (&profile->id, "office-db");
  culvert_profile_set_string (&profile->name, name);
  culvert_profile_set_string (&profile->host, "bastion");
  return profile;
}

static char *
write_unit (const char *name, const char *program, const char *folder)
{
  g_autoptr (CulvertProfile) profile = make_profile (name);
  const char *const          words[] = { program, NULL };

  return culvert_systemd_unit_from_profile (profile, words, folder);
}

/* Has @unit this line, whole? */
static void
assert_line (const char *unit, const char *line)
{
  g_auto (GStrv) lines = g_strsplit (unit, "\n", -1);

  if (!g_strv_contains ((const char *const *)lines, line))
    g_error ("no line “%s” in:\n%s", line, unit);
}

static void
test_whole (void)
{
  g_autofree char           *unit = write_unit ("Office", "/usr/bin/culvertctl", NULL);
  g_autoptr (CulvertProfile) profile = make_profile ("Office");
  g_autofree char           *name = culvert_systemd_unit_name (profile);
  g_autoptr (GKeyFile)       file = g_key_file_new ();
  g_autofree char           *command = NULL;
  g_autofree char           *success = NULL;

  g_assert_cmpstr (name, ==, "culvert-office-db.service");
  g_assert_nonnull (strstr (unit, "systemctl --user enable --now culvert-office-db.service\n"));
  g_assert_true (g_key_file_load_from_data (file, unit, -1, G_KEY_FILE_NONE, NULL));
  command = g_key_file_get_value (file, "Service", "ExecStart", NULL);
  success = g_key_file_get_value (file, "Service", "SuccessExitStatus", NULL);
  g_assert_cmpstr (command, ==, "/usr/bin/culvertctl run office-db");
  g_assert_cmpstr (success, ==, "130 143");
  assert_line (unit, "Description=SSH tunnel “Office”");
  assert_line (unit, "Restart=on-failure");
  assert_line (unit, "RestartPreventExitStatus=2 4 5");
  assert_line (unit, "WantedBy=default.target");
  g_assert_null (strstr (unit, "Environment="));
}

static void
test_quoting (void)
{
  static const struct
  {
    const char *program;
    const char *line;
  } programs[] = {
    { "culvertctl", "ExecStart=culvertctl run office-db" },
    { "/opt/my apps/culvertctl", "ExecStart=\"/opt/my apps/culvertctl\" run office-db" },
    { "/a%b/c\"d\\e", "ExecStart=\"/a%%b/c\\\"d\\\\e\" run office-db" },
    { "/a$b/c", "ExecStart=\"/a$b/c\" run office-db" },
    { "/a\nb", "ExecStart=\"/a\\x0ab\" run office-db" },
    { "/b\xc3\xbc", "ExecStart=\"/b\\xc3\\xbc\" run office-db" },
    { "@/a", "ExecStart=\"@/a\" run office-db" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (programs); i++)
    {
      g_autofree char *unit = write_unit ("x", programs[i].program, NULL);

      assert_line (unit, programs[i].line);
    }
}

static void
test_words_of_the_program (void)
{
  g_autoptr (CulvertProfile) profile = make_profile ("x");
  const char *const words[] = { "/usr/bin/flatpak", "run", "--command=culvertctl", "a$b c", NULL };
  g_autofree char  *unit = culvert_systemd_unit_from_profile (profile, words, "/my $place/100%");

  assert_line (unit,
               "ExecStart=/usr/bin/flatpak run --command=culvertctl \"a$$b c\" run office-db");
  assert_line (unit, "Environment=\"CULVERT_CONFIG_DIR=/my $place/100%%\"");
}

static void
test_names (void)
{
  static const struct
  {
    const char *name;
    const char *line;
  } rows[] = {
    { "100% mine", "Description=SSH tunnel “100%% mine”" },
    { "ends with \\", "Description=SSH tunnel “ends with \\”" },
    { "a\nExecStart=evil", "Description=SSH tunnel “a?ExecStart=evil”" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *unit = write_unit (rows[i].name, "culvertctl", NULL);

      assert_line (unit, rows[i].line);
      assert_line (unit, "ExecStart=culvertctl run office-db");
      g_assert_null (strstr (unit, "\nExecStart=evil"));
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/systemd-unit/whole", test_whole);
  g_test_add_func ("/core/systemd-unit/quoting", test_quoting);
  g_test_add_func ("/core/systemd-unit/words-of-the-program", test_words_of_the_program);
  g_test_add_func ("/core/systemd-unit/names", test_names);
  return g_test_run ();
}
