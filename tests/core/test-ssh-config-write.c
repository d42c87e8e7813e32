/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-command.h"
#include "core/ssh-config-write.h"
#include "core/ssh-says.h"
#include "ssh-files-fixture.h"
#include "support/culvert-test.h"

#include <string.h>

static CulvertProfile *
parse (const char *line)
{
  g_autoptr (GError) error = NULL;
  CulvertProfile    *profile = culvert_ssh_command_parse_line (line, &error);

  g_assert_no_error (error);
  profile->proxy_command_allowed = TRUE;
  return profile;
}

/* Every one as a block is the same tunnel for ssh, and for us. */
static const char *const lines[] = {
  "ssh host",
  "ssh -p 2222 alice@host",
  "ssh -4 -L 5433:db:5432 host",
  "ssh -6 -L '*:80:[::1]:8080' -L '[::1]:81:h:82' -L localhost:3:h:4 2001:db8::1",
  "ssh -R 0:localhost:3000 -R '*:8080:localhost:80' -R 1081 host",
  "ssh -D 1080 -D '[::1]:1081' host",
  "ssh -L 2375:/var/run/docker.sock -L '/tmp/a b:/x y' host",
  "ssh -L '/tmp/x\\:y:h:80' -R '0:/tmp/it'\\''s' host",
  "ssh -i '~/.ssh/my key' -i '/a%%b' -o IdentitiesOnly=yes host",
  "ssh -i '/a\"b\\\\c' host",
  "ssh -o CertificateFile=/x-cert.pub -o 'IdentityAgent=\"/run/my agent\"' host",
  "ssh -J me@gate,inner:2222,[::1]:23 host",
  "ssh -o 'ProxyCommand=nc -x \"a b\" %h %p # x' host",
  "ssh -o HostKeyAlias=cluster -o StrictHostKeyChecking=accept-new host",
  "ssh -o StrictHostKeyChecking=yes -o 'UserKnownHostsFile=/a \"/b c\"' host",
  "ssh -o BatchMode=yes -o ConnectTimeout=7 -o ServerAliveInterval=0 host",
  "ssh -o PreferredAuthentications=password,keyboard-interactive host",
  "ssh -o IdentityAgent=none -o PreferredAuthentications=publickey host",
  "ssh -o KexAlgorithms=+diffie-hellman-group14-sha1 -o Ciphers=+aes128-cbc host",
  "ssh -l 'a b' host",
  "ssh -l 'a#b' host",
};

/* (transfer full): what `ssh -G` says, but for what a block says of itself */
static char *
ask_ssh (const char *words)
{
  g_autofree char    *messages = NULL;
  g_autofree char    *output = ssh_says (words, &messages);
  g_auto (GStrv)      found = NULL;
  g_autoptr (GString) text = g_string_new (NULL);

  if (output == NULL)
    g_error ("%s: %s", words, messages);
  found = g_strsplit (output, "\n", -1);
  for (guint i = 0; found[i] != NULL; i++)
    if (!g_str_has_prefix (found[i], "host ") && !g_str_has_prefix (found[i], "identityfile ") &&
        !g_str_has_prefix (found[i], "exitonforward") &&
        !g_str_has_prefix (found[i], "sessiontype ") &&
        !g_str_has_prefix (found[i], "connecttimeout ") &&
        !g_str_has_prefix (found[i], "serveraliveinterval "))
      g_string_append_printf (text, "%s\n", found[i]);
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
assert_lines (const char *found, const char *expected)
{
  g_auto (GStrv) found_lines = g_strsplit (found, "\n", -1);
  g_auto (GStrv) expected_lines = g_strsplit (expected, "\n", -1);

  for (guint i = 0; found_lines[i] != NULL && expected_lines[i] != NULL; i++)
    g_assert_cmpstr (found_lines[i], ==, expected_lines[i]);
  g_assert_cmpuint (g_strv_length (found_lines), ==, g_strv_length (expected_lines));
}

/* What is named behind -i and does not exist is forgotten by ssh, what a file names is not. */
static void
test_identity_files (void)
{
  g_autoptr (CulvertProfile) profile = parse ("ssh -i '~/.ssh/my key' -i '/a%%b' host");
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autofree char           *block = culvert_ssh_config_from_profile (profile, "alias");
  g_autofree char           *path = culvert_temp_dir_write (dir, "config", block);
  g_autofree char           *words = g_strdup_printf ("-F %s alias", path);
  g_autofree char           *messages = NULL;
  g_autofree char           *output = ssh_says (words, &messages);

  g_assert_nonnull (output);
  g_assert_nonnull (strstr (output, "\nidentityfile ~/.ssh/my key\n"));
  g_assert_nonnull (strstr (output, "\nidentityfile /a%%b\n"));
}

/* The command's numbers that are as usual with us are ssh's own there. */
static void
test_as_ssh_reads_it (gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = parse (data);
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autofree char           *block = culvert_ssh_config_from_profile (profile, "alias");
  g_autofree char           *path = culvert_temp_dir_write (dir, "config", block);
  g_autofree char           *command = culvert_ssh_command_from_profile (profile);
  g_autofree char           *with_file = g_strdup_printf ("-N -F %s alias", path);
  g_autofree char           *with_words = g_strdup_printf ("-F none %s", command + strlen ("ssh "));
  g_autofree char           *found = ask_ssh (with_file);
  g_autofree char           *expected = ask_ssh (with_words);

  g_test_message ("%s", block);
  assert_lines (found, expected);
}

static void
test_as_we_read_it (gconstpointer data)
{
  g_autoptr (CulvertProfile)  profile = parse (data);
  g_autoptr (CulvertSshFiles) files = ssh_files_fixture_new ();
  g_autoptr (GPtrArray)       notices =
    g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_ssh_notice_free);
  g_autofree char           *block = culvert_ssh_config_from_profile (profile, "alias");
  g_autofree char           *expected = culvert_ssh_command_from_profile (profile);
  g_autofree char           *found = NULL;
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) again = NULL;

  ssh_files_fixture_add (files, "/home/me/.ssh/config", block);
  again = culvert_ssh_command_parse_line_with ("ssh alias", files, notices, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (notices->len, ==, 0);
  found = culvert_ssh_command_from_profile (again);
  g_assert_cmpstr (found, ==, expected);
}

static void
test_whole (void)
{
  g_autoptr (CulvertProfile) profile =
    parse ("ssh -p 2222 -J gate -L 5433:db:5432 -D 1080 me@host");
  g_autofree char *block = NULL;

  culvert_profile_set_string (&profile->name, "Production database");
  block = culvert_ssh_config_from_profile (profile, NULL);
  g_assert_cmpstr (
    block, ==,
    "# Production database, from Culvert. To open it: ssh -N production-database\n"
    "Host production-database\n"
    "    HostName host\n"
    "    Port 2222\n"
    "    User me\n"
    "    ProxyJump gate\n"
    "    ConnectTimeout 15\n"
    "    ServerAliveInterval 15\n"
    "    ExitOnForwardFailure yes\n"
    "    LocalForward 5433 db:5432\n"
    "    DynamicForward 1080\n"
    "    # Left out: only my user may connect; ssh lets every user of this computer\n");
}

/* What ssh cannot do is said, and not done. */
static void
test_left_out (void)
{
  g_autoptr (CulvertProfile)     profile = parse ("ssh -J gate -L ftp/2121:ftp:21 -L 1:h:1 host");
  g_autoptr (CulvertProfile)     command = parse ("ssh -o 'ProxyCommand=evil' host");
  g_autoptr (CulvertForwardSpec) off =
    culvert_forward_spec_with_enabled (g_ptr_array_index (profile->forwards, 1), FALSE);
  g_autofree char *block = NULL;
  g_autofree char *command_block = NULL;

  culvert_profile_put_forward (profile, off);
  culvert_profile_set_string (&profile->proxy, "socks5://proxy:1080");
  culvert_profile_set_string (&profile->proxy_command, "nc gate 22");
  profile->network_rule = CULVERT_NETWORK_RULE_ONLY;
  profile->on_demand = TRUE;
  block = culvert_ssh_config_from_profile (profile, NULL);
  g_assert_nonnull (strstr (block, "# Left out: FTP-aware"));
  g_assert_nonnull (strstr (block, "\n    LocalForward 2121 ftp:21\n"));
  g_assert_nonnull (strstr (block, "# Switched off: LocalForward 1 h:1\n"));
  g_assert_nonnull (strstr (block, "# Left out: only my user may connect"));
  g_assert_nonnull (strstr (block, "# Left out: the proxy socks5://proxy:1080"));
  g_assert_nonnull (
    strstr (block, "# Left out: the command that leads to the first jump server: nc gate"));
  g_assert_nonnull (strstr (block, "# Left out: the networks"));
  g_assert_nonnull (strstr (block, "# Left out: on demand"));

  command->proxy_command_allowed = FALSE;
  command_block = culvert_ssh_config_from_profile (command, NULL);
  g_assert_nonnull (strstr (command_block, "\n    # Not allowed yet: ProxyCommand evil\n"));
  g_assert_null (strstr (command_block, "\n    ProxyCommand"));
}

/* Tokens are replaced in there, and nobody replaces a tilde. */
static void
test_socket (void)
{
  g_autoptr (CulvertProfile) profile = parse ("ssh -L '~/100%:h:80' host");
  g_autofree char           *home = culvert_path_expand ("~/100%%");
  g_autofree char           *expected = g_strdup_printf ("\n    LocalForward %s h:80\n", home);
  g_autofree char           *block = culvert_ssh_config_from_profile (profile, NULL);

  g_assert_nonnull (strstr (block, expected));
}

/* A name from a stranger makes no line of its own. */
static void
test_line_breaks (void)
{
  g_autoptr (CulvertProfile) profile = parse ("ssh -L 1:h:1 host");
  g_autofree char           *block = NULL;
  g_auto (GStrv)             found = NULL;

  culvert_profile_set_string (&profile->name, "a\nProxyCommand evil\xe2\x80\xa8\r\xff");
  culvert_profile_set_string (&profile->user, "b\nProxyCommand evil");
  block = culvert_ssh_config_from_profile (profile, NULL);
  g_assert_true (g_utf8_validate (block, -1, NULL));
  found = g_strsplit (block, "\n", -1);
  for (guint i = 0; found[i] != NULL; i++)
    g_assert_false (g_str_has_prefix (g_strstrip (found[i]), "ProxyCommand"));
  g_assert_true (g_str_has_prefix (found[0], "# a?ProxyCommand evil??"));
}

static void
test_alias (void)
{
  static const struct
  {
    const char *name;
    const char *alias;
  } rows[] = {
    { "Production database", "production-database" },
    { "  a  *b*! ", "a-b" },
    { "Büro", "buro" },
    { "db.internal", "db.internal" },
    { "-oProxyCommand=x", "oproxycommand-x" },
    { "..x", "x" },
    { "Host", "host-tunnel" }, /* not the server's own name */
    { "", "host-h-1" },
    { "数据库", NULL }, /* nothing is left */
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CulvertProfile) profile = parse ("ssh -L 1:h:1 host");
      g_autofree char           *alias = NULL;

      culvert_profile_set_string (&profile->name, rows[i].name);
      alias = culvert_ssh_config_alias (profile);
      g_test_message ("%s: %s", rows[i].name, alias);
      if (rows[i].alias != NULL)
        g_assert_cmpstr (alias, ==, rows[i].alias);
      g_assert_cmpint (alias[0], !=, '\0');
      for (const char *p = alias; *p != '\0'; p++)
        g_assert_true (g_ascii_isalnum (*p) || strchr ("._-", *p) != NULL);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/ssh-config-write/whole", test_whole);
  g_test_add_func ("/core/ssh-config-write/left-out", test_left_out);
  g_test_add_func ("/core/ssh-config-write/identity-files", test_identity_files);
  g_test_add_func ("/core/ssh-config-write/socket", test_socket);
  g_test_add_func ("/core/ssh-config-write/line-breaks", test_line_breaks);
  g_test_add_func ("/core/ssh-config-write/alias", test_alias);
  for (guint i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      g_autofree char *ssh = g_strdup_printf ("/core/ssh-config-write/ssh/%02u", i);
      g_autofree char *own = g_strdup_printf ("/core/ssh-config-write/own/%02u", i);

      g_test_add_data_func (ssh, lines[i], test_as_ssh_reads_it);
      g_test_add_data_func (own, lines[i], test_as_we_read_it);
    }
  return g_test_run ();
}
