/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-config.h"

#include "core/errors.h"
#include "core/ssh-config-keys.h"
#include "core/ssh-pattern.h"
#include "ssh-files-fixture.h"

#include <string.h>

/* What the table beside `ssh -G` cannot show: where files are looked for, limits, notices, tokens. */

static CulvertSshConfig *
resolve (CulvertSshFiles *files, const char *alias)
{
  const CulvertSshQuery query = { .alias = alias };
  g_autoptr (GError)    error = NULL;
  CulvertSshConfig     *config = culvert_ssh_config_resolve (files, &query, &error);

  g_assert_no_error (error);
  return config;
}

static const char *
get (const CulvertSshConfig *config, const char *key)
{
  const CulvertSshSetting *setting = culvert_ssh_config_get (config, key);

  return setting != NULL ? setting->values[0] : NULL;
}

static void
assert_fails (CulvertSshFiles *files, const char *file, const char *message)
{
  const CulvertSshQuery        query = { .alias = "a", .file = file };
  g_autoptr (GError)           error = NULL;
  g_autoptr (CulvertSshConfig) config = culvert_ssh_config_resolve (files, &query, &error);

  g_assert_null (config);
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_COMMAND);
  if (strstr (error->message, message) == NULL)
    g_assert_cmpstr (error->message, ==, message);
}

static void
test_usual_files (void)
{
  g_autoptr (CulvertSshFiles) files = ssh_files_fixture_new ();
  CulvertSshConfig           *config = resolve (files, "a");

  /* None of them has to be there. */
  g_assert_cmpuint (config->settings->len, ==, 0);
  g_assert_cmpstr (config->host, ==, "a");
  culvert_ssh_config_free (config);

  ssh_files_fixture_add (files, "/sys/ssh_config", "Port 1\nUser system\nInclude more ~/x\n");
  assert_fails (files, NULL, "/sys/ssh_config:3: \"~/x\" has no place in the system's file");
  ssh_files_fixture_add (files, "/sys/ssh_config", "Port 1\nUser system\nInclude more\n");
  ssh_files_fixture_add (files, "/sys/more", "Compression yes\n");
  ssh_files_fixture_add (files, "/home/me/.ssh/config", "Port 2\nInclude mine/*.conf ~/other\n");
  ssh_files_fixture_add (files, "/home/me/.ssh/mine/b.conf", "BindAddress second\n");
  ssh_files_fixture_add (files, "/home/me/.ssh/mine/a.conf", "BindAddress first\n");
  ssh_files_fixture_add (files, "/home/me/.ssh/mine/.c.conf", "HostKeyAlias hidden\n");
  ssh_files_fixture_add (files, "/home/me/other", "HostName other\n");
  config = resolve (files, "a");
  g_assert_cmpstr (get (config, "port"), ==, "2");
  g_assert_cmpstr (get (config, "user"), ==, "system");
  g_assert_cmpstr (get (config, "compression"), ==, "yes");
  g_assert_cmpstr (get (config, "bindaddress"), ==, "first");
  g_assert_null (get (config, "hostkeyalias"));
  g_assert_cmpstr (config->host, ==, "other");
  g_assert_cmpstr (culvert_ssh_config_get (config, "port")->place, ==, "~/.ssh/config:1");
  g_assert_cmpstr (culvert_ssh_config_get (config, "bindaddress")->place, ==,
                   "~/.ssh/mine/a.conf:1");
  culvert_ssh_config_free (config);
}

static void
test_named_file (void)
{
  g_autoptr (CulvertSshFiles) files = ssh_files_fixture_new ();
  CulvertSshQuery             query = { .alias = "a", .file = "none" };
  CulvertSshConfig           *config;

  ssh_files_fixture_add (files, "/sys/ssh_config", "Port 1\n");
  ssh_files_fixture_add (files, "mine", "User bob\n");
  config = culvert_ssh_config_resolve (files, &query, NULL);
  g_assert_cmpuint (config->settings->len, ==, 0);
  g_assert_cmpuint (ssh_files_fixture_count_reads (files), ==, 0);
  culvert_ssh_config_free (config);

  query.file = "mine";
  config = culvert_ssh_config_resolve (files, &query, NULL);
  g_assert_cmpstr (get (config, "user"), ==, "bob");
  g_assert_null (get (config, "port"));
  culvert_ssh_config_free (config);

  assert_fails (files, "nowhere", "nowhere: is not there");
}

static void
test_include_loop (void)
{
  g_autoptr (CulvertSshFiles) files = ssh_files_fixture_new ();

  ssh_files_fixture_add (files, "/home/me/.ssh/config", "Include x\n");
  ssh_files_fixture_add (files, "/home/me/.ssh/x", "\nInclude y\n");
  ssh_files_fixture_add (files, "/home/me/.ssh/y", "Include x\n");
  assert_fails (files, NULL, "~/.ssh/y:1: files include each other more than 16 deep");
  g_assert_cmpuint (ssh_files_fixture_count_reads (files), ==, 17);

  /* Each level includes twice: as many readings as there are paths, were it not for a limit. */
  for (guint i = 0; i < 14; i++)
    {
      g_autofree char *path = g_strdup_printf ("/home/me/.ssh/w%u", i);
      g_autofree char *text = g_strdup_printf ("Include w%u\nInclude w%u\n", i + 1, i + 1);

      ssh_files_fixture_add (files, path, text);
    }
  ssh_files_fixture_add (files, "/home/me/.ssh/config", "Include w0\n");
  assert_fails (files, NULL, "more than 1000 files are included");
}

static void
test_include_unreadable (void)
{
  g_autoptr (CulvertSshFiles) files = ssh_files_fixture_new ();

  ssh_files_fixture_add (files, "/home/me/.ssh/config", "Include x\n");
  ssh_files_fixture_add (files, "/home/me/.ssh/x", NULL);
  assert_fails (files, NULL, "~/.ssh/config:1: may not be read");
}

/* No path can be had, and nothing else is wrong: a notice, and on it goes. */
static void
test_include_tokens (void)
{
  g_autoptr (CulvertSshFiles)  files = ssh_files_fixture_new ();
  g_autoptr (CulvertSshConfig) config = NULL;

  ssh_files_fixture_add (files, "/home/me/.ssh/config",
                         "Include ${COLOUR}/%n\nInclude ${NOTHING}/x ~you/x\nPort 2\n");
  ssh_files_fixture_add (files, "/home/me/.ssh/blue/a", "User u\n");
  config = resolve (files, "a");
  g_assert_cmpstr (get (config, "user"), ==, "u");
  g_assert_cmpstr (get (config, "port"), ==, "2");
  g_assert_cmpuint (config->notices->len, ==, 2);
  g_assert_cmpstr (((CulvertSshNotice *)config->notices->pdata[0])->place, ==, "~/.ssh/config:2");
  g_assert_cmpstr (((CulvertSshNotice *)config->notices->pdata[0])->reason, ==,
                   "the variable NOTHING is not set: set it, or write the value");
  g_assert_cmpstr (((CulvertSshNotice *)config->notices->pdata[1])->what, ==, "~you/x");
}

static void
test_match_exec (void)
{
  g_autoptr (CulvertSshFiles) files = ssh_files_fixture_new ();
  g_autofree char            *witness = g_build_filename (g_get_tmp_dir (), "culvert-XXXXXX", NULL);
  g_autofree char            *text = NULL;
  g_autoptr (CulvertSshConfig) config = NULL;
  const CulvertSshNotice      *notice;

  text = g_strdup_printf ("Match host b exec \"touch %s\"\n Port 1\n"
                          "Match host a exec \"touch %s\"\n Port 2\n"
                          "Match !exec \"touch %s\"\n Port 3\n"
                          "Match all\n Port 4\n"
                          "Match final\n User u\n",
                          witness, witness, witness);
  ssh_files_fixture_add (files, "/home/me/.ssh/config", text);
  config = resolve (files, "a");
  g_assert_cmpstr (get (config, "port"), ==, "4");
  g_assert_cmpstr (get (config, "user"), ==, "u");
  /* Once for each, although the file is read twice; not for the one that is for another server. */
  g_assert_cmpuint (config->notices->len, ==, 2);
  notice = config->notices->pdata[0];
  g_assert_cmpstr (notice->place, ==, "~/.ssh/config:3");
  g_assert_cmpstr (notice->what, ==, "Match exec");
  g_assert_nonnull (strstr (notice->reason, "no command is run"));
  g_assert_false (notice->is_minor);
  g_assert_false (g_file_test (witness, G_FILE_TEST_EXISTS));
}

static void
test_match_others (void)
{
  static const struct
  {
    const char     *line;
    CulvertSshQuery query;
    gboolean        matches;
  } rows[] = {
    { "Match tagged work", { .alias = "a", .tag = "work" }, TRUE },
    { "Match tagged=work", { .alias = "a", .tag = "home" }, FALSE },
    { "Match tagged \"\"", { .alias = "a" }, TRUE },
    { "Match sessiontype none", { .alias = "a", .no_session = TRUE }, TRUE },
    { "Match sessiontype shell", { .alias = "a" }, TRUE },
    { "Match command ls", { .alias = "a" }, FALSE },
    { "Match host=db", { .alias = "a", .host_name = "DB" }, TRUE },
    { "Match host db", { .alias = "a", .host_name = "%h" }, FALSE },
    { "Match user tom", { .alias = "a", .user = "tom" }, TRUE },
    { "Match localuser me", { .alias = "a" }, TRUE },
    { "Match localnetwork 10.0.0.0/8", { .alias = "a" }, FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CulvertSshFiles)  files = ssh_files_fixture_new ();
      g_autofree char             *text = g_strconcat (rows[i].line, "\n Port 1\n", NULL);
      g_autoptr (GError)           error = NULL;
      g_autoptr (CulvertSshConfig) config = NULL;

      g_test_message ("%s", rows[i].line);
      ssh_files_fixture_add (files, "/home/me/.ssh/config", text);
      config = culvert_ssh_config_resolve (files, &rows[i].query, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (get (config, "port"), ==, rows[i].matches ? "1" : NULL);
    }
}

/* What the command line has set is seen by the file, and rules out the file's. */
static void
test_command_line (void)
{
  g_autoptr (CulvertSshFiles) files = ssh_files_fixture_new ();
  CulvertSshQuery             query = { .alias = "a", .file = "f", .has_way = TRUE };
  CulvertSshConfig           *config;

  ssh_files_fixture_add (files, "f", "ProxyJump j\nProxyCommand nc\nFrobnicate 1\n");
  query.ignore_unknown = "frob*";
  config = culvert_ssh_config_resolve (files, &query, NULL);
  g_assert_cmpuint (config->settings->len, ==, 0);
  culvert_ssh_config_free (config);

  query.has_way = FALSE;
  config = culvert_ssh_config_resolve (files, &query, NULL);
  g_assert_cmpuint (config->settings->len, ==, 1);
  g_assert_cmpstr (get (config, "proxyjump"), ==, "j");
  culvert_ssh_config_free (config);
}

static void
test_bad_lines (void)
{
  static const struct
  {
    const char *text;
    const char *message;
  } rows[] = {
    { "Port 22\nPort\n", "f:2: \"port\" needs a value" },
    { "User a\x01\n", "f:1: has a control character, or is not UTF-8 text" },
    { "User a\rb\n", "f:1: has a control character, or is not UTF-8 text" },
    { "User \xff\n", "f:1: has a control character, or is not UTF-8 text" },
    { "HostName %n\n", "f:1: \"%n\" has no meaning here: write %% for a percent sign" },
    { "Frob 1\n",
      "f:1: \"frob\" is not an option that is understood here: leave it out, or name it "
      "with IgnoreUnknown" },
    { "Port x\n", "f:1: port: \"x\" is not a port from 1 to 65535" },
    { "Tunnel maybe\n",
      "f:1: tunnel: \"maybe\" is none of yes|no|true|false|ethernet|point-to-point" },
    { "SendEnv A=b\n", "f:1: sendenv: \"A=b\" is not the name of a variable" },
    { "SetEnv A\n", "f:1: setenv: \"A\" is not the NAME=VALUE of a variable" },
    { "RekeyLimit big\n",
      "f:1: rekeylimit: \"big\" is not a number of bytes: write 1G or default" },
    { "IdentityAgent $1\n", "f:1: identityagent: \"$1\" is not the name of a variable" },
    { "ProxyJump j:0\n",
      "f:1: proxyjump: \"j:0\" is no jump host: write user@host:port, several by "
      "commas" },
    { "Match bogus x\n", "f:1: Match has no \"bogus\" that is understood here" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CulvertSshFiles) files = ssh_files_fixture_new ();

      ssh_files_fixture_add (files, "f", rows[i].text);
      assert_fails (files, "f", rows[i].message);
    }
}

/* A comment may have any bytes. */
static void
test_comments (void)
{
  g_autoptr (CulvertSshFiles)  files = ssh_files_fixture_new ();
  g_autoptr (CulvertSshConfig) config = NULL;

  ssh_files_fixture_add (files, "/home/me/.ssh/config", "# caf\xe9\nPort 2\n");
  config = resolve (files, "a");
  g_assert_cmpstr (get (config, "port"), ==, "2");
}

static void
test_aliases (void)
{
  g_autoptr (CulvertSshFiles) files = ssh_files_fixture_new ();
  g_autoptr (GPtrArray)       aliases = NULL;
  g_autoptr (GError)          error = NULL;
  static const char *const    names[] = { "one", "two", "three", "four" };
  static const char *const    places[] = { "f:1", "f:1", "~/.ssh/more:2", "f:5" };

  ssh_files_fixture_add (files, "f",
                         "Host one two *.example.com !x\n Port 1\nMatch originalhost m\n"
                         "Include more\nHost one four ?\n");
  ssh_files_fixture_add (files, "/home/me/.ssh/more", "\nHost three one\n");
  aliases = culvert_ssh_config_list_aliases (files, "f", &error);
  g_assert_no_error (error);
  g_assert_cmpuint (aliases->len, ==, G_N_ELEMENTS (names));
  for (guint i = 0; i < aliases->len; i++)
    {
      const CulvertSshAlias *alias = g_ptr_array_index (aliases, i);

      g_assert_cmpstr (alias->name, ==, names[i]);
      g_assert_cmpstr (alias->place, ==, places[i]);
    }

  ssh_files_fixture_add (files, "f", "Host one\nFrob 1\n");
  g_assert_null (culvert_ssh_config_list_aliases (files, "f", &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_COMMAND);
}

static void
test_patterns (void)
{
  static const struct
  {
    const char     *list;
    const char     *text;
    CulvertSshMatch match;
  } rows[] = {
    { "a", "a", CULVERT_SSH_MATCH_YES },          { "", "", CULVERT_SSH_MATCH_NO },
    { "*", "", CULVERT_SSH_MATCH_YES },           { "a,b", "b", CULVERT_SSH_MATCH_YES },
    { "a,!b,*", "b", CULVERT_SSH_MATCH_NEGATED }, { "!b", "c", CULVERT_SSH_MATCH_NO },
    { "*a*b", "xaxxb", CULVERT_SSH_MATCH_YES },   { "*a*b", "xaxxbc", CULVERT_SSH_MATCH_NO },
    { "a?", "a", CULVERT_SSH_MATCH_NO },          { "a,", "", CULVERT_SSH_MATCH_NO },
    { "[a]", "a", CULVERT_SSH_MATCH_NO },
  };
  static const struct
  {
    const char *pattern;
    const char *name;
    gboolean    matches;
  } files[] = {
    { "*.conf", "a.conf", TRUE },
    { "*.conf", ".a.conf", FALSE },
    { ".*", ".a", TRUE },
    { "[a-c]x", "bx", TRUE },
    { "[a-c]x", "dx", FALSE },
    { "[!a-c]x", "dx", TRUE },
    { "[]a]x", "]x", TRUE },
    { "[a", "[a", TRUE },
    { "\\*", "*", TRUE },
    { "\\*", "a", FALSE },
    { "[a-]", "-", TRUE },
    { "?", "\xc3", TRUE },
    { "\xc3[\x80-\xbf]", "\xc3\xa9", TRUE },
  };
  g_autofree char *stars = g_strnfill (2000, '*');
  g_autofree char *text = g_strnfill (20000, 'a');
  g_autofree char *hard = g_strconcat (stars, "b", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (culvert_ssh_pattern_list_match (rows[i].list, rows[i].text, FALSE), ==,
                     rows[i].match);
  g_assert_cmpint (culvert_ssh_pattern_list_match ("AB", "ab", TRUE), ==, CULVERT_SSH_MATCH_YES);
  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    g_assert_true (culvert_ssh_file_pattern_match (files[i].pattern, files[i].name) ==
                   files[i].matches);
  g_assert_false (culvert_ssh_pattern_match (hard, text));
}

static void
test_tokens (void)
{
  static const struct
  {
    const char *text;
    const char *allowed;
    const char *expected; /* NULL: refused */
  } rows[] = {
    { "%h-%n-%p-%r", CULVERT_SSH_TOKENS_PROXY, "db.example-db-22-bob" },
    { "%%h%%", "", "%h%" },
    { "%L %l %u %i %d", CULVERT_SSH_TOKENS_ALL, "desk desk.example.org me 1000 /home/me" },
    { "[%j] %k", CULVERT_SSH_TOKENS_ALL, "[] db" },
    /* printf 'desk.example.orgdb.example22bob' | sha1sum */
    { "%C", CULVERT_SSH_TOKENS_ALL, "@HASH@" },
    { "${COLOUR}${COLOUR}", "", "blueblue" },
    { "$COLOUR", "", "$COLOUR" },
    { "${NOTHING}", "", NULL },
    { "${}", "", NULL },
    { "${COLOUR", "", NULL },
    { "%", CULVERT_SSH_TOKENS_ALL, NULL },
    { "%T", CULVERT_SSH_TOKENS_ALL, NULL },
    { "%d", CULVERT_SSH_TOKENS_PROXY, NULL },
    { "%r", CULVERT_SSH_TOKENS_USER, NULL },
  };
  g_autoptr (CulvertSshFiles) files = ssh_files_fixture_new ();
  const CulvertSshTokens      tokens = {
         .alias = "db",
         .host = "db.example",
         .port = "22",
         .user = "bob",
         .local_user = files->local_user,
         .local_uid = files->local_uid,
         .local_host = files->local_host,
         .home = files->home,
         .get_variable = files->get_variable,
  };
  g_autofree char *hash =
    g_compute_checksum_for_string (G_CHECKSUM_SHA1, "desk.example.orgdb.example22bob", -1);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = NULL;
      g_autofree char   *text =
        culvert_ssh_tokens_expand (rows[i].text, &tokens, rows[i].allowed, TRUE, &error);

      g_test_message ("%s", rows[i].text);
      g_assert_cmpstr (text, ==,
                       g_strcmp0 (rows[i].expected, "@HASH@") == 0 ? hash : rows[i].expected);
      g_assert_true ((text == NULL) == (error != NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/ssh-config/usual-files", test_usual_files);
  g_test_add_func ("/core/ssh-config/named-file", test_named_file);
  g_test_add_func ("/core/ssh-config/include-loop", test_include_loop);
  g_test_add_func ("/core/ssh-config/include-unreadable", test_include_unreadable);
  g_test_add_func ("/core/ssh-config/include-tokens", test_include_tokens);
  g_test_add_func ("/core/ssh-config/match-exec", test_match_exec);
  g_test_add_func ("/core/ssh-config/match-others", test_match_others);
  g_test_add_func ("/core/ssh-config/command-line", test_command_line);
  g_test_add_func ("/core/ssh-config/bad-lines", test_bad_lines);
  g_test_add_func ("/core/ssh-config/comments", test_comments);
  g_test_add_func ("/core/ssh-config/aliases", test_aliases);
  g_test_add_func ("/core/ssh-config/patterns", test_patterns);
  g_test_add_func ("/core/ssh-config/tokens", test_tokens);

  return g_test_run ();
}
