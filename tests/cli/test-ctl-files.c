/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/low-ports.h"
#include "ctl-support.h"

#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <string.h>

/* The commands about saved tunnels, and wrong usage. */

#define TUNNELS ".config/culvert/tunnels"

static const char good_file[] = "# made by hand\n"
                                "[Tunnel]\n"
                                "Version=1\n"
                                "Name=Shared\n"
                                "Host=shared.example.com\n"
                                "StartWithProgram=true\n"
                                "X-Future=kept\n"
                                "\n"
                                "[Forward one]\n"
                                "Kind=local\n"
                                "Listen=15432\n"
                                "Target=db:5432\n"
                                "Enabled=true\n";

/* (transfer full): the id that was given to it */
static char *
add (CulvertCtlHome *home, const char *name, const char *forward, const char *server)
{
  g_autoptr (CulvertCtl) ctl = culvert_ctl_run (home, 0, "add", "--name", name, "--", "ssh", "-N",
                                                "-L", forward, server, NULL);
  g_auto (GStrv)         parts = g_strsplit (culvert_ctl_get_output (ctl), ": ", -1);

  g_assert_cmpstr (parts[0], ==, "added");
  g_assert_cmpuint (g_strv_length (parts), >=, 4);
  return g_strdup (parts[1]);
}

static void
test_usage (void)
{
  static const struct
  {
    const char *argv[6];
    const char *message;
  } rows[] = {
    { { NULL }, "a command is missing" },
    { { "frobnicate", NULL }, "culvertctl: frobnicate: there is no such command" },
    { { "help", "frobnicate", NULL }, "there is no such command" },
    { { "help", "run", "list", NULL }, "one command at a time" },
    { { "list", "--frobnicate", NULL }, "--frobnicate" },
    { { "list", "name", NULL }, "takes no names" },
    { { "add", NULL }, "needs “--”" },
    { { "add", "--", NULL }, "needs “--”" },
    { { "add", "--", "ssh", "-w", "0", NULL }, "culvertctl: add: " },
    { { "add", "--", "ssh", "-L", "nonsense", NULL }, "culvertctl: add: " },
    { { "import", NULL }, "needs a tunnel’s file, or one of ssh_config" },
    { { "export", NULL }, "needs the name" },
    { { "remove", NULL }, "needs the name" },
    { { "run", NULL }, "needs either names" },
    { { "run", "name", "--", "ssh", "host", NULL }, "needs either names" },
    { { "run", "--", NULL }, "needs an ssh command line" },
    { { "run", "--", "ssh", "host", "rm", NULL }, "culvertctl: run: " },
    { { "run", "--for", "0", "name", NULL }, "--for needs a number of seconds" },
    { { "run", "--for", "-5", "name", NULL }, "--for needs a number of seconds" },
    { { "run", "--for", "soon", "name", NULL }, "--for" },
    { { "run", "nowhere", NULL }, "culvertctl: nowhere: there is no saved tunnel" },
    { { "run", "./nowhere.culvert", NULL },
      "culvertctl: ./nowhere.culvert: The file can’t be read" },
  };
  g_autoptr (CulvertCtlHome) home = culvert_ctl_home_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CulvertCtl) ctl = culvert_ctl_start (home, rows[i].argv);

      g_assert_cmpint (culvert_ctl_wait (ctl), ==, 2);
      culvert_ctl_assert_message (ctl, rows[i].message);
      culvert_ctl_assert_messages_are_lines (ctl, 1);
      g_assert_cmpstr (culvert_ctl_get_output (ctl), ==, "");
    }
}

/* What talks to the running Culvert says so where there is no session bus, and waits for nothing. */
static void
test_no_bus (void)
{
  static const char *const   names[] = { "status", "watch", "log", "start", "stop", "toggle" };
  g_autoptr (CulvertCtlHome) home = culvert_ctl_home_new ();
  g_autoptr (CulvertCtl)     help = culvert_ctl_run (home, 0, "help", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const char            *name = g_str_equal (names[i], "watch") ? NULL : "name";
      g_autoptr (CulvertCtl) ctl = culvert_ctl_run (home, 1, names[i], name, NULL);

      culvert_ctl_assert_messages_are_lines (ctl, 1);
      culvert_ctl_assert_message (ctl, "culvertctl: session bus: ");
      culvert_ctl_assert_message (ctl, "culvertctl run");
      culvert_ctl_assert_output (help, names[i]);
    }
}

static void
test_help (void)
{
  static const char *const names[] = { "run", "list", "add", "import", "export", "remove", "help" };
  g_autoptr (CulvertCtlHome) home = culvert_ctl_home_new ();
  g_autoptr (CulvertCtl)     all = culvert_ctl_run (home, 0, "--help", NULL);
  g_autoptr (CulvertCtl)     version = culvert_ctl_run (home, 0, "--version", NULL);

  culvert_ctl_assert_output (version, "culvertctl " CULVERT_VERSION "\n");
  culvert_ctl_assert_output (version, "libssh2 ");
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autoptr (CulvertCtl) help = culvert_ctl_run (home, 0, "help", names[i], NULL);
      g_autoptr (CulvertCtl) option = culvert_ctl_run (home, 0, names[i], "--help", NULL);
      g_autofree char       *usage = g_strdup_printf ("Usage: culvertctl %s", names[i]);

      culvert_ctl_assert_output (help, usage);
      culvert_ctl_assert_output (all, names[i]);
      g_assert_cmpstr (culvert_ctl_get_output (option), ==, culvert_ctl_get_output (help));
    }
}

/* The manual has every command and option that the help has. */
static void
test_manual (void)
{
  g_autoptr (CulvertCtlHome) home = culvert_ctl_home_new ();
  g_autoptr (CulvertCtl)     help = culvert_ctl_run (home, 0, "help", NULL);
  g_autofree char   *path = g_test_build_filename (G_TEST_DIST, "..", "data", "culvertctl.1", NULL);
  g_autofree char   *manual = culvert_test_read_text (path);
  g_autoptr (GRegex) regex = g_regex_new ("(?m)^  ([a-z]+) |(?<=[ [])(-[-a-z]+)", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  guint                  n_words = 0;

  for (g_regex_match (regex, culvert_ctl_get_output (help), 0, &match);
       g_match_info_matches (match); g_match_info_next (match, NULL))
    {
      g_autofree char *command = g_match_info_fetch (match, 1);
      g_autofree char *option = g_match_info_fetch (match, 2);
      g_autofree char *entry = command[0] != '\0' ? g_strdup_printf (".Cm %s\n", command)
                                                  : g_strdup_printf ("Fl %s", option + 1);

      g_test_message ("%s", entry);
      g_assert_nonnull (strstr (manual, entry));
      n_words++;
    }
  g_assert_cmpuint (n_words, >, 15);
}

static void
test_add_and_list (void)
{
  g_autoptr (CulvertCtlHome) home = culvert_ctl_home_new ();
  g_autofree char           *dir = culvert_ctl_home_build (home, "elsewhere");
  g_autofree char           *path = NULL;
  g_autofree char           *file_name = NULL;
  g_autofree char           *one = NULL;
  g_autofree char           *two = NULL;
  CulvertCtl                *ctl;

  culvert_ctl_set_env (home, "CULVERT_CONFIG_DIR", dir);
  ctl = culvert_ctl_run (home, 0, "list", NULL);
  g_assert_cmpstr (culvert_ctl_get_output (ctl), ==, "");
  culvert_ctl_free (ctl);
  g_assert_false (g_file_test (dir, G_FILE_TEST_EXISTS));

  one = add (home, "Größe 中", "5433:db:5432", "alice@bastion.example.com");
  two = add (home, "", "8080:[::1]:80", "bob@example.org");
  file_name = g_strconcat (one, ".culvert", NULL);
  path = g_build_filename (dir, file_name, NULL);
  g_assert_true (g_file_test (path, G_FILE_TEST_IS_REGULAR));

  ctl = culvert_ctl_run (home, 0, "list", NULL);
  culvert_ctl_assert_output (ctl, one);
  culvert_ctl_assert_output (
    ctl, "  Größe 中                alice@bastion.example.com  localhost:5433 -> db:5432\n");
  culvert_ctl_assert_output (ctl,
                             "  localhost:8080 -> [::1]:80\n"
                             "    Programs on this computer that connect to localhost:8080 reach "
                             "[::1]:80, as seen from example.org.\n");
  culvert_ctl_free (ctl);

  /* A name says which tunnel is meant. */
  ctl = culvert_ctl_run (home, 2, "add", "--name", "GRÖSSE 中", "--", "host", NULL);
  culvert_ctl_free (ctl);
  ctl = culvert_ctl_run (home, 2, "add", "--name", "gröSSe 中", "--", "-L", "1:b:2", "host", NULL);
  /* … and who may not listen on so low a port hears of that, too. */
  culvert_ctl_assert_messages_are_lines (ctl, culvert_low_ports_get_first () > 1 ? 2 : 1);
  culvert_ctl_assert_message (ctl, "has this name already");
  culvert_ctl_free (ctl);

  /* What would not work is refused at once, what may surprise is said. */
  ctl = culvert_ctl_run (home, 0, "add", "--", "-L", "*:9999:c:1", "host", NULL);
  culvert_ctl_assert_messages_are_lines (ctl, 1);
  culvert_ctl_assert_message (ctl, "Other computers can connect");
  culvert_ctl_free (ctl);
}

static JsonNode *
parse_json (const char *text)
{
  g_autoptr (JsonParser) parser = json_parser_new ();
  g_autoptr (GError)     error = NULL;

  json_parser_load_from_data (parser, text, -1, &error);
  g_assert_no_error (error);
  return json_parser_steal_root (parser);
}

static void
test_list_json (void)
{
  g_autoptr (CulvertCtlHome) home = culvert_ctl_home_new ();
  g_autofree char           *id = add (home, "One \"quoted\"", "5433:db:5432", "alice@bastion");
  g_autofree char *bad = culvert_ctl_home_write (home, TUNNELS "/bad.culvert", "no tunnel\n", 0600);
  g_autoptr (CulvertCtl) ctl = culvert_ctl_run (home, 1, "list", "--json", NULL);
  g_autoptr (JsonNode)   root = parse_json (culvert_ctl_get_output (ctl));
  JsonObject            *object = json_node_get_object (root);
  JsonArray             *tunnels = json_object_get_array_member (object, "tunnels");
  JsonArray             *bad_files = json_object_get_array_member (object, "bad_files");
  JsonObject            *tunnel;
  JsonObject            *forward;

  g_assert_cmpuint (json_array_get_length (tunnels), ==, 1);
  tunnel = json_array_get_object_element (tunnels, 0);
  g_assert_cmpstr (json_object_get_string_member (tunnel, "id"), ==, id);
  g_assert_cmpstr (json_object_get_string_member (tunnel, "name"), ==, "One \"quoted\"");
  g_assert_cmpstr (json_object_get_string_member (tunnel, "host"), ==, "bastion");
  g_assert_cmpint (json_object_get_int_member (tunnel, "port"), ==, 22);
  forward = json_array_get_object_element (json_object_get_array_member (tunnel, "forwards"), 0);
  g_assert_cmpstr (json_object_get_string_member (forward, "kind"), ==, "local");
  g_assert_cmpstr (json_object_get_string_member (forward, "listen"), ==, "localhost:5433");
  g_assert_cmpstr (json_object_get_string_member (forward, "target"), ==, "db:5432");
  g_assert_true (json_object_get_boolean_member (forward, "enabled"));
  g_assert_false (json_object_get_boolean_member (forward, "any_user"));
  g_assert_false (json_object_get_boolean_member (forward, "ftp"));
  g_assert_cmpstr (json_object_get_string_member (forward, "sentence"), ==,
                   "Programs on this computer that connect to localhost:5433 reach db:5432, as "
                   "seen from bastion.");
  g_assert_cmpuint (json_array_get_length (bad_files), ==, 1);
  g_assert_cmpstr (
    json_object_get_string_member (json_array_get_object_element (bad_files, 0), "path"), ==, bad);
}

/* Every kind says what it does, and what is switched off says so. */
static void
test_list_sentences (void)
{
  g_autoptr (CulvertCtlHome)     home = culvert_ctl_home_new ();
  G_GNUC_UNUSED g_autofree char *file = culvert_ctl_home_write (
    home, TUNNELS "/a.culvert",
    "[Tunnel]\nVersion=1\nName=All\nHost=bastion\n"
    "[Forward a]\nKind=remote\nListen=*:0\nTarget=localhost:3000\n"
    "[Forward b]\nKind=dynamic\nListen=1080\nEnabled=false\n"
    "[Forward c]\nKind=local\nListen=/run/me/s\nTarget=files:21\nFtp=true\n",
    0600);
  g_autoptr (CulvertCtl) ctl = culvert_ctl_run (home, 0, "list", NULL);

  culvert_ctl_assert_output (
    ctl,
    "\n    Programs on bastion, and on other computers if its GatewayPorts lets them, that connect to "
    "a port of its choice reach localhost:3000, as seen from this computer.\n"
    "    Switched off: Programs on this computer that use the proxy at localhost:1080 go out "
    "through bastion.\n"
    "    Your programs that open the socket /run/me/s reach files:21, as seen from bastion. "
    "FTP’s data connections take the same way.\n");
}

/* Groups stand in one piece under their names, behind what has none. */
static void
test_list_groups (void)
{
  static const char *const tunnels[][2] = {
    { "a", "Group=Work\n" }, { "b", "" }, { "c", "Group=Home\n" }, { "d", "Group=Work\n" }
  };
  g_autoptr (CulvertCtlHome) home = culvert_ctl_home_new ();
  g_autoptr (CulvertCtl)     ctl = NULL;
  g_autoptr (CulvertCtl)     json = NULL;
  g_autoptr (CulvertCtl)     run = NULL;
  const char                *output;
  const char                *place = NULL;
  static const char *const   expected[] = { "b ",        "\nWork (one at a time):\n",
                                            "a ",        "\nd ",
                                            "\nHome:\n", "c " };

  for (guint i = 0; i < G_N_ELEMENTS (tunnels); i++)
    {
      g_autofree char *path = g_strdup_printf (TUNNELS "/%s.culvert", tunnels[i][0]);
      g_autofree char *text =
        g_strdup_printf ("[Tunnel]\nVersion=1\nName=%s\n%sHost=bastion\n"
                         "[Forward f]\nKind=local\nListen=5433\nTarget=db:5432\n",
                         tunnels[i][0], tunnels[i][1]);

      g_free (culvert_ctl_home_write (home, path, text, 0600));
    }
  g_free (culvert_ctl_home_write (home, TUNNELS "/one-at-a-time", "Work\n", 0600));

  ctl = culvert_ctl_run (home, 0, "list", NULL);
  output = place = culvert_ctl_get_output (ctl);
  for (guint i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      place = strstr (place, expected[i]);
      if (place == NULL)
        g_test_message ("no %s in %s", expected[i], output);
      g_assert_nonnull (place);
    }

  json = culvert_ctl_run (home, 0, "list", "--json", NULL);
  output = culvert_ctl_get_output (json);
  g_assert_nonnull (strstr (output, "\"group\" : \"Work\""));
  g_assert_nonnull (strstr (output, "\"name\" : \"Home\",\n      \"one_at_a_time\" : false"));
  g_assert_nonnull (strstr (output, "\"name\" : \"Work\",\n      \"one_at_a_time\" : true"));

  run = culvert_ctl_run (home, 2, "run", "a", "c", "d", NULL);
  g_assert_nonnull (strstr (culvert_ctl_get_messages (run), "only one tunnel of the group “Work”"));
}

static gboolean
lists_any_user (CulvertCtlHome *home)
{
  g_autoptr (CulvertCtl) ctl = culvert_ctl_run (home, 0, "list", "--json", NULL);

  return strstr (culvert_ctl_get_output (ctl), "\"any_user\" : true") != NULL;
}

static void
test_any_user (void)
{
  g_autoptr (CulvertCtlHome) home = culvert_ctl_home_new ();
  g_autofree char           *mine = add (home, "Mine", "5433:db:5432", "bastion");

  g_assert_false (lists_any_user (home));
  culvert_ctl_free (culvert_ctl_run (home, 0, "add", "--any-user", "--name", "Shared", "--", "-L",
                                     "5434:db:5432", "bastion", NULL));
  g_assert_true (lists_any_user (home));
}

/* A file that is no tunnel is named and kept; the others are not touched by it. */
static void
test_bad_file (void)
{
  g_autoptr (CulvertCtlHome)     home = culvert_ctl_home_new ();
  G_GNUC_UNUSED g_autofree char *id = add (home, "Good", "5433:db:5432", "alice@bastion");
  g_autofree char               *bad =
    culvert_ctl_home_write (home, TUNNELS "/broken.culvert", "[Tunnel\nHost=x\n", 0600);
  g_autofree char *newer =
    culvert_ctl_home_write (home, TUNNELS "/newer.culvert", "[Tunnel]\nVersion=99\n", 0600);
  g_autoptr (CulvertCtl) list = culvert_ctl_run (home, 1, "list", NULL);
  g_autoptr (CulvertCtl) run = culvert_ctl_run (home, 2, "run", "broken", NULL);
  g_autoptr (CulvertCtl) export = culvert_ctl_run (home, 0, "export", "good", NULL);
  g_autoptr (CulvertCtl) file = culvert_ctl_run (home, 2, "run", bad, NULL);
  g_autofree char       *text = culvert_test_read_text (bad);

  culvert_ctl_assert_output (list, "Good  alice@bastion");
  culvert_ctl_assert_messages_are_lines (list, 2);
  culvert_ctl_assert_message (list, bad);
  culvert_ctl_assert_message (list, newer);
  culvert_ctl_assert_message (list, "line 1");
  culvert_ctl_assert_message (list, "newer Culvert: Update Culvert");
  culvert_ctl_assert_messages_are_lines (run, 1);
  culvert_ctl_assert_message (run, bad);
  culvert_ctl_assert_messages_are_lines (file, 1);
  culvert_ctl_assert_output (export, "Host=bastion");
  g_assert_cmpstr (text, ==, "[Tunnel\nHost=x\n");
}

static void
test_export (void)
{
  g_autoptr (CulvertCtlHome) home = culvert_ctl_home_new ();
  g_autofree char           *one = add (home, "One", "5433:db:5432", "alice@bastion");
  g_autofree char           *two = add (home, "Two", "5434:db:5432", "alice@bastion");
  g_autofree char           *dir = culvert_ctl_home_build (home, "out");
  g_autofree char           *file = culvert_ctl_home_build (home, "single.culvert");
  g_autofree char           *expected = g_strdup_printf ("%s/%s.culvert", dir, two);
  g_autofree char           *text = NULL;
  CulvertCtl                *ctl;

  g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
  ctl = culvert_ctl_run (home, 0, "export", "One", "-o", file, NULL);
  culvert_ctl_free (ctl);
  text = culvert_test_read_text (file);
  ctl = culvert_ctl_run (home, 0, "export", one, NULL);
  g_assert_cmpstr (culvert_ctl_get_output (ctl), ==, text);
  culvert_ctl_free (ctl);

  /* Nothing is overwritten. */
  ctl = culvert_ctl_run (home, 1, "export", "Two", "-o", file, NULL);
  culvert_ctl_assert_messages_are_lines (ctl, 1);
  culvert_ctl_assert_message (ctl, "there is a file of this name already");
  culvert_ctl_free (ctl);
  ctl = culvert_ctl_run (home, 0, "export", one, NULL);
  g_assert_cmpstr (culvert_ctl_get_output (ctl), ==, text);
  culvert_ctl_free (ctl);

  ctl = culvert_ctl_run (home, 2, "export", "One", "Two", NULL);
  culvert_ctl_free (ctl);
  ctl = culvert_ctl_run (home, 2, "export", "One", "Three", "-o", dir, NULL);
  culvert_ctl_assert_message (ctl, "culvertctl: Three: ");
  culvert_ctl_free (ctl);
  g_assert_false (g_file_test (expected, G_FILE_TEST_EXISTS));
  ctl = culvert_ctl_run (home, 0, "export", "One", "Two", one, "-o", dir, NULL);
  g_assert_cmpuint (culvert_test_count_text (culvert_ctl_get_output (ctl), "exported: "), ==, 2);
  culvert_ctl_free (ctl);
  g_assert_true (g_file_test (expected, G_FILE_TEST_EXISTS));

  ctl = culvert_ctl_run (home, 1, "export", "One", "-o", "/nowhere/at/all", NULL);
  culvert_ctl_assert_messages_are_lines (ctl, 1);
  culvert_ctl_free (ctl);
}

/* The other forms; what they are made of is tested in core/. */
static void
test_export_as (void)
{
  g_autoptr (CulvertCtlHome) home = culvert_ctl_home_new ();
  g_autofree char           *one = add (home, "My db", "5433:db:5432", "alice@bastion");
  g_autofree char           *two = add (home, "my-db", "5434:db:5432", "alice@bastion");
  g_autofree char           *dir = culvert_ctl_home_build (home, "out");
  g_autofree char           *unit = g_strdup_printf ("%s/culvert-%s.service", dir, one);
  g_autofree char           *command = g_strdup_printf (" run %s\n", one);
  g_autofree char *second = g_strdup_printf ("\n\n# my-db, from Culvert. To open it: ssh -N %s\n"
                                             "Host %s\n",
                                             two, two);
  g_autofree char *tunnels = NULL;
  g_autofree char *environment = NULL;
  g_autofree char *text = NULL;
  CulvertCtl      *ctl;

  g_assert_cmpint (g_mkdir (dir, 0700), ==, 0);
  ctl = culvert_ctl_run (home, 0, "export", one, two, "--as", "ssh", NULL);
  g_assert_cmpstr (culvert_ctl_get_output (ctl), ==,
                   "ssh -N -L 5433:db:5432 alice@bastion\nssh -N -L 5434:db:5432 alice@bastion\n");
  culvert_ctl_free (ctl);

  /* Both would be my-db. */
  ctl = culvert_ctl_run (home, 0, "export", "--as", "ssh-config", one, two, NULL);
  g_assert_true (g_str_has_prefix (culvert_ctl_get_output (ctl), "# My db, from Culvert."));
  culvert_ctl_assert_output (ctl, "\nHost my-db\n");
  culvert_ctl_assert_output (ctl, second);
  culvert_ctl_free (ctl);

  ctl = culvert_ctl_run (home, 0, "export", "--as", "systemd", "-o", dir, one, two, NULL);
  culvert_ctl_assert_output (ctl, unit);
  culvert_ctl_free (ctl);
  text = culvert_test_read_text (unit);
  g_assert_nonnull (strstr (text, command));
  g_assert_null (strstr (text, "CULVERT_CONFIG_DIR="));

  /* The service is to find it, too. */
  tunnels = culvert_ctl_home_build (home, TUNNELS);
  environment = g_strdup_printf ("\nEnvironment=\"CULVERT_CONFIG_DIR=%s\"\n", tunnels);
  culvert_ctl_set_env (home, "CULVERT_CONFIG_DIR", tunnels);
  ctl = culvert_ctl_run (home, 0, "export", "--as", "systemd", one, NULL);
  culvert_ctl_assert_output (ctl, environment);
  culvert_ctl_free (ctl);

  ctl = culvert_ctl_run (home, 0, "export", "--as=server-kit", one, NULL);
  culvert_ctl_assert_output (ctl, "permitopen=\"db:5432\"");
  culvert_ctl_assert_output (ctl, "\nMatch User alice\n");
  culvert_ctl_free (ctl);

  ctl = culvert_ctl_run (home, 0, "export", "--as", "culvert", one, NULL);
  culvert_ctl_assert_output (ctl, "[Tunnel]\n");
  culvert_ctl_free (ctl);

  ctl = culvert_ctl_run (home, 2, "export", "--as", "putty", one, NULL);
  culvert_ctl_assert_message (ctl, "--as needs culvert, ssh, ssh-config, systemd or server-kit");
  culvert_ctl_free (ctl);
  ctl = culvert_ctl_run (home, 2, "export", "--as", "systemd", one, two, NULL);
  culvert_ctl_assert_message (ctl, "several tunnels need -o with a folder");
  culvert_ctl_free (ctl);
}

static void
test_import (void)
{
  g_autoptr (CulvertCtlHome) home = culvert_ctl_home_new ();
  g_autofree char *file = culvert_ctl_home_write (home, "in/shared.culvert", good_file, 0600);
  g_autofree char *bad = culvert_ctl_home_write (home, "in/bad.culvert", "Kind=local\n", 0600);
  g_autofree char *saved = culvert_ctl_home_build (home, TUNNELS "/shared.culvert");
  g_autofree char *text = NULL;
  g_autofree char *replaced = NULL;
  CulvertCtl      *ctl;

  ctl = culvert_ctl_run (home, 0, "import", "--dry-run", file, NULL);
  culvert_ctl_assert_output (ctl, "would be new: shared: Shared: localhost:15432 -> db:5432\n");
  culvert_ctl_free (ctl);
  g_assert_false (g_file_test (saved, G_FILE_TEST_EXISTS));

  /* A bad one among them stops only itself. */
  ctl = culvert_ctl_run (home, 1, "import", bad, file, "/nowhere.culvert", NULL);
  culvert_ctl_assert_output (ctl, "new: shared: Shared: ");
  culvert_ctl_assert_messages_are_lines (ctl, 2);
  culvert_ctl_assert_message (ctl, bad);
  culvert_ctl_assert_message (ctl, "/nowhere.culvert");
  culvert_ctl_free (ctl);

  /* What this version does not know is kept; nothing is started by somebody else's file. */
  text = culvert_test_read_text (saved);
  g_assert_nonnull (strstr (text, "X-Future=kept"));
  g_assert_nonnull (strstr (text, "# made by hand"));
  g_assert_null (strstr (text, "StartWithProgram=true"));

  g_assert_true (g_file_set_contents (file, text, -1, NULL));
  ctl = culvert_ctl_run (home, 0, "import", file, NULL);
  culvert_ctl_assert_output (ctl, "same: shared: ");
  culvert_ctl_free (ctl);

  /* A different one takes its place only when told. */
  {
    g_autoptr (GString) changed = g_string_new (text);

    g_string_replace (changed, "15432", "15433", 0);
    g_assert_true (g_file_set_contents (file, changed->str, -1, NULL));
  }
  ctl = culvert_ctl_run (home, 1, "import", file, NULL);
  culvert_ctl_assert_message (ctl, "--replace");
  culvert_ctl_free (ctl);
  ctl = culvert_ctl_run (home, 0, "import", "--replace", "--dry-run", file, NULL);
  culvert_ctl_assert_output (ctl, "would be replaced: shared: ");
  culvert_ctl_free (ctl);
  g_free (g_steal_pointer (&replaced));
  replaced = culvert_test_read_text (saved);
  g_assert_cmpstr (replaced, ==, text);
  ctl = culvert_ctl_run (home, 0, "import", "--replace", file, NULL);
  culvert_ctl_assert_output (ctl, "replaced: shared: ");
  culvert_ctl_free (ctl);
  g_free (g_steal_pointer (&replaced));
  replaced = culvert_test_read_text (saved);
  g_assert_nonnull (strstr (replaced, "15433"));
}

/* Neither a huge file nor an endless one is read to its end. */
static void
test_import_endless (void)
{
  g_autoptr (CulvertCtlHome) home = culvert_ctl_home_new ();
  g_autoptr (CulvertCtl)     ctl = culvert_ctl_run (home, 1, "import", "/dev/zero", NULL);
  g_autofree char           *empty = culvert_ctl_home_build (home, "empty");
  g_autoptr (CulvertCtl)     folder = NULL;

  g_assert_cmpint (g_mkdir_with_parents (empty, 0700), ==, 0);
  folder = culvert_ctl_run (home, 1, "import", empty, NULL);

  culvert_ctl_assert_messages_are_lines (ctl, 1);
  culvert_ctl_assert_message (ctl, "not a regular file");
  culvert_ctl_assert_messages_are_lines (folder, 1);
}

static const char ssh_config[] = "Include conf.d/*\n"
                                 "Host web Web.Two *.example.com\n"
                                 "  HostName %h.example.com\n"
                                 "  LocalForward 8080 localhost:80\n"
                                 "Host git\n"
                                 "  User git\n"
                                 "Host *\n"
                                 "  Port 2200\n"
                                 "  Ciphers aes128-ctr\n"
                                 "  ControlMaster auto\n";

static void
test_import_ssh_config (void)
{
  g_autoptr (CulvertCtlHome) home = culvert_ctl_home_new ();
  g_autofree char           *file = culvert_ctl_home_write (home, ".ssh/config", ssh_config, 0600);
  g_autofree char           *more = culvert_ctl_home_write (
              home, ".ssh/conf.d/db", "Host db\n  LocalForward 5433 db:5432\n  User alice\n", 0600);
  g_autofree char *saved = culvert_ctl_home_build (home, TUNNELS "/ssh-db.culvert");
  g_autofree char *text = NULL;
  CulvertCtl      *ctl;

  /* Each line that is left out is named once, whatever it makes no difference to only in a preview. */
  ctl = culvert_ctl_run (home, 0, "import", "--dry-run", file, NULL);
  g_assert_cmpstr (culvert_ctl_get_output (ctl), ==,
                   "would be new: ssh-db: db: localhost:5433 -> db:5432\n"
                   "would be new: ssh-web: web: localhost:8080 -> localhost:80\n"
                   "would be new: ssh-web-two-77046e82: Web.Two: localhost:8080 -> localhost:80\n"
                   "left out: git: no forwards\n");
  culvert_ctl_assert_messages_are_lines (ctl, 2);
  culvert_ctl_assert_message (ctl, "/.ssh/config:9: “ciphers aes128-ctr” is left out: ");
  culvert_ctl_assert_message (ctl, "/.ssh/config:10: “controlmaster auto” is left out: ");
  culvert_ctl_free (ctl);
  g_assert_false (g_file_test (saved, G_FILE_TEST_EXISTS));

  ctl = culvert_ctl_run (home, 0, "import", file, NULL);
  g_assert_cmpuint (culvert_test_count_text (culvert_ctl_get_output (ctl), "\nnew: "), ==, 2);
  culvert_ctl_assert_messages_are_lines (ctl, 1);
  culvert_ctl_free (ctl);
  text = culvert_test_read_text (saved);
  g_assert_nonnull (strstr (text, "Name=db\n"));
  g_assert_nonnull (strstr (text, "Host=db\n"));
  g_assert_nonnull (strstr (text, "Port=2200\n"));
  g_assert_nonnull (strstr (text, "User=alice\n"));
  g_assert_null (strstr (text, "StartWithProgram=true"));

  /* Again, it is the same; changed, only when told. */
  ctl = culvert_ctl_run (home, 0, "import", file, NULL);
  g_assert_cmpuint (culvert_test_count_text (culvert_ctl_get_output (ctl), "same: "), ==, 3);
  culvert_ctl_free (ctl);
  g_assert_true (g_file_set_contents (more, "Host db\n  LocalForward 5434 db:5432\n", -1, NULL));
  ctl = culvert_ctl_run (home, 1, "import", file, NULL);
  culvert_ctl_assert_message (ctl, "culvertctl: db: ");
  culvert_ctl_assert_message (ctl, "--replace");
  culvert_ctl_free (ctl);
  ctl = culvert_ctl_run (home, 0, "import", "--all", "--replace", file, NULL);
  culvert_ctl_assert_output (ctl, "replaced: ssh-db: db: localhost:5434 -> db:5432\n");
  culvert_ctl_assert_output (ctl, "new: ssh-git: git: -\n");
  culvert_ctl_free (ctl);
}

static void
test_import_ssh_config_bad (void)
{
  g_autoptr (CulvertCtlHome)     home = culvert_ctl_home_new ();
  G_GNUC_UNUSED g_autofree char *taken = add (home, "db", "5433:db:5432", "alice@bastion");
  g_autofree char *file = culvert_ctl_home_write (home, "config", "\nHost a\n Frob 1\n", 0600);
  g_autofree char *none = culvert_ctl_home_write (home, "none", "Host *\n Port 2\n", 0600);
  g_autofree char *two = culvert_ctl_home_write (
    home, "two", "Host db ok\n LocalForward 1234 h:1\nHost late\n ConnectTimeout 9w\n", 0600);
  CulvertCtl *ctl = culvert_ctl_run (home, 1, "import", file, NULL);

  culvert_ctl_assert_messages_are_lines (ctl, 1);
  culvert_ctl_assert_message (ctl, "config:3: \"frob\" is not an option");
  culvert_ctl_free (ctl);
  ctl = culvert_ctl_run (home, 1, "import", none, NULL);
  culvert_ctl_assert_messages_are_lines (ctl, 1);
  culvert_ctl_assert_message (ctl, "no Host names a server");
  culvert_ctl_free (ctl);

  /* One that cannot be had stops only itself. */
  ctl = culvert_ctl_run (home, 1, "import", two, NULL);
  culvert_ctl_assert_messages_are_lines (ctl, 2);
  culvert_ctl_assert_message (ctl, "culvertctl: db: a saved tunnel has this name already");
  culvert_ctl_assert_message (ctl, "culvertctl: late: ");
  culvert_ctl_assert_output (ctl, "\nnew: ssh-ok: ok: localhost:1234 -> h:1\n");
  culvert_ctl_assert_output (ctl, "    Server: db instead of bastion\n");
  g_assert_cmpuint (culvert_test_count_text (culvert_ctl_get_output (ctl), "new: "), ==, 1);
  culvert_ctl_free (ctl);
}

/* A folder of PuTTY's, and an export of the registry: preview, import, and what differs. */
static void
test_import_putty (void)
{
  g_autoptr (CulvertCtlHome) home = culvert_ctl_home_new ();
  g_autofree char           *folder = culvert_ctl_home_build (home, ".putty");
  g_autofree char           *db = culvert_ctl_home_write (
              home, ".putty/sessions/Office%20db",
              "Present=1\nHostName=alice@bastion\nProtocol=ssh\nPortForwardings=L5433=db:5432,\n"
                        "PublicKeyFile=/keys/a.ppk\nProxyPassword=hunter2\n",
              0600);
  G_GNUC_UNUSED g_autofree char *serial = culvert_ctl_home_write (
    home, ".putty/sessions/console", "Present=1\nHostName=\nProtocol=serial\n", 0600);
  G_GNUC_UNUSED g_autofree char *broken = culvert_ctl_home_write (
    home, ".putty/sessions/broken", "Present=1\nHostName=h\nPortNumber=many\n", 0600);
  g_autofree char *registry = culvert_ctl_home_write (
    home, "putty.reg",
    "REGEDIT4\n\n[HKEY_CURRENT_USER\\Software\\SimonTatham\\PuTTY\\Sessions\\Office%20db]\n"
    "\"HostName\"=\"bastion\"\n\"UserName\"=\"alice\"\n\"PortNumber\"=dword:000008ae\n"
    "\"Protocol\"=\"ssh\"\n\"PortForwardings\"=\"L5433=db:5432,D1080=\"\n",
    0600);
  CulvertCtl *ctl = culvert_ctl_run (home, 1, "import", "--dry-run", folder, NULL);

  g_assert_cmpstr (culvert_ctl_get_output (ctl), ==,
                   "would be new: putty-office-db-99507883: Office db: localhost:5433 -> db:5432\n"
                   "left out: console: not ssh but serial\n");
  culvert_ctl_assert_messages_are_lines (ctl, 2);
  culvert_ctl_assert_message (ctl, "sessions/broken:3: This can’t be read: portnumber is not a");
  culvert_ctl_assert_message (ctl, "sessions/Office%20db:5: PuTTY’s key “/keys/a.ppk” is left out");
  culvert_ctl_free (ctl);

  ctl = culvert_ctl_run (home, 0, "import", db, NULL);
  culvert_ctl_assert_output (ctl, "new: putty-office-db-99507883: Office db: ");
  culvert_ctl_free (ctl);
  ctl = culvert_ctl_run (home, 1, "import", "--dry-run", registry, NULL);
  g_assert_cmpstr (culvert_ctl_get_output (ctl), ==,
                   "differs: putty-office-db-99507883: Office db: localhost:5433 -> db:5432, "
                   "localhost:1080 proxy\n"
                   "    Port: 2222 instead of 22\n"
                   "    New forward: Proxy on localhost:1080\n");
  culvert_ctl_assert_message (ctl, "use --replace");
  culvert_ctl_free (ctl);
  ctl = culvert_ctl_run (home, 0, "import", "--keep-both", registry, NULL);
  culvert_ctl_assert_output (ctl, ": Office db 2: localhost:5433 -> db:5432");
  culvert_ctl_free (ctl);
  ctl = culvert_ctl_run (home, 0, "import", "--replace", registry, NULL);
  culvert_ctl_assert_output (ctl, "replaced: putty-office-db-99507883: Office db: ");
  culvert_ctl_free (ctl);
  ctl = culvert_ctl_run (home, 0, "import", registry, NULL);
  culvert_ctl_assert_output (ctl, "same: putty-office-db-99507883: ");
  culvert_ctl_free (ctl);
  ctl = culvert_ctl_run (home, 2, "import", "--replace", "--keep-both", registry, NULL);
  culvert_ctl_free (ctl);
  ctl = culvert_ctl_run (home, 0, "export", "putty-office-db-99507883", NULL);
  g_assert_null (strstr (culvert_ctl_get_output (ctl), "hunter2"));
  culvert_ctl_free (ctl);
}

static void
test_aliases (void)
{
  g_autoptr (CulvertCtlHome) home = culvert_ctl_home_new ();
  CulvertCtl                *ctl = culvert_ctl_run (home, 0, "list", "--aliases", NULL);
  g_autofree char           *file = NULL;

  g_assert_cmpstr (culvert_ctl_get_output (ctl), ==, "");
  culvert_ctl_free (ctl);
  file = culvert_ctl_home_write (
    home, ".ssh/config",
    "Host web\n User bob\n HostName h.example.com\n LocalForward 8080 localhost:80\n", 0600);
  ctl = culvert_ctl_run (home, 0, "list", "--aliases", NULL);
  g_assert_cmpstr (culvert_ctl_get_output (ctl), ==,
                   "ssh-web  web  bob@h.example.com  localhost:8080 -> localhost:80\n"
                   "    Programs on this computer that connect to localhost:8080 reach "
                   "localhost:80, as seen from h.example.com.\n");
  culvert_ctl_free (ctl);
  ctl = culvert_ctl_run (home, 0, "list", "--aliases", "--json", NULL);
  culvert_ctl_assert_output (ctl, "\"h.example.com\"");
  culvert_ctl_free (ctl);

  ctl = culvert_ctl_run (home, 0, "add", "--", "ssh", "web", NULL);
  culvert_ctl_assert_output (ctl, ": web: localhost:8080 -> localhost:80\n");
  culvert_ctl_free (ctl);

  /* As ssh: others could have written it. */
  g_assert_cmpint (g_chmod (file, 0666), ==, 0);
  ctl = culvert_ctl_run (home, 1, "list", "--aliases", NULL);
  culvert_ctl_assert_messages_are_lines (ctl, 1);
  culvert_ctl_assert_message (ctl, "~/.ssh/config: others could have written it");
  culvert_ctl_free (ctl);
}

static void
test_remove (void)
{
  g_autoptr (CulvertCtlHome)     home = culvert_ctl_home_new ();
  G_GNUC_UNUSED g_autofree char *one = add (home, "One", "5433:db:5432", "alice@bastion");
  g_autofree char               *two = add (home, "Two", "5434:db:5432", "alice@bastion");
  g_autofree char               *three = add (home, "Three", "5435:db:5432", "alice@bastion");
  CulvertCtl                    *ctl;

  /* One wrong name, and nothing is removed. */
  ctl = culvert_ctl_run (home, 2, "remove", "One", "Four", NULL);
  culvert_ctl_free (ctl);
  ctl = culvert_ctl_run (home, 0, "list", NULL);
  g_assert_cmpuint (culvert_test_count_text (culvert_ctl_get_output (ctl), " -> "), ==, 3);
  culvert_ctl_free (ctl);

  ctl = culvert_ctl_run (home, 0, "remove", "One", three, "one", NULL);
  g_assert_cmpuint (culvert_test_count_text (culvert_ctl_get_output (ctl), "removed: "), ==, 2);
  culvert_ctl_free (ctl);
  ctl = culvert_ctl_run (home, 0, "list", NULL);
  g_assert_cmpuint (culvert_test_count_text (culvert_ctl_get_output (ctl), " -> "), ==, 1);
  culvert_ctl_assert_output (ctl, two);
  culvert_ctl_free (ctl);
}

/* Two tunnels of one name: neither is meant by it. */
static void
test_same_name (void)
{
  g_autoptr (CulvertCtlHome)     home = culvert_ctl_home_new ();
  G_GNUC_UNUSED g_autofree char *a =
    culvert_ctl_home_write (home, TUNNELS "/a.culvert", good_file, 0600);
  G_GNUC_UNUSED g_autofree char *b =
    culvert_ctl_home_write (home, TUNNELS "/b.culvert", good_file, 0600);
  g_autoptr (CulvertCtl) by_name = culvert_ctl_run (home, 2, "export", "shared", NULL);
  g_autoptr (CulvertCtl) by_id = culvert_ctl_run (home, 0, "export", "b", NULL);
  g_autoptr (CulvertCtl) twice = culvert_ctl_run (home, 2, "run", "a", "a", NULL);

  culvert_ctl_assert_message (by_name, "several saved tunnels have this name");
  culvert_ctl_assert_output (by_id, "Name=Shared");
  culvert_ctl_assert_message (twice, "named twice");
}

/* A folder that cannot be written, as with a full or read-only disk. */
static void
test_unwritable (void)
{
  g_autoptr (CulvertCtlHome) home = culvert_ctl_home_new ();
  g_autofree char           *file = culvert_ctl_home_write (home, "file", "", 0600);
  g_autofree char           *dir = g_build_filename (file, "below", NULL);
  g_autoptr (CulvertCtl)     ctl = NULL;

  culvert_ctl_set_env (home, "CULVERT_CONFIG_DIR", dir);
  ctl = culvert_ctl_run (home, 1, "add", "--", "-L", "5433:db:5432", "host", NULL);
  culvert_ctl_assert_messages_are_lines (ctl, 1);
  culvert_ctl_assert_message (ctl, "nothing was changed");
}

/* What a name may hold of a terminal's commands stays text. */
static void
test_control_characters (void)
{
  g_autoptr (CulvertCtlHome)     home = culvert_ctl_home_new ();
  G_GNUC_UNUSED g_autofree char *id = add (home, "a\033[2Jb", "5433:db:5432", "alice@bastion");
  g_autoptr (CulvertCtl)         ctl = culvert_ctl_run (home, 0, "list", NULL);

  g_assert_null (strchr (culvert_ctl_get_output (ctl), '\033'));
}

/* As under a service manager, which sets no language: readable all the same. */
static void
test_plain_locale (void)
{
  g_autoptr (CulvertCtlHome) home = culvert_ctl_home_new ();
  g_autoptr (CulvertCtl)     ctl = NULL;
  g_autoptr (CulvertCtl)     help = NULL;

  culvert_ctl_set_env (home, "LC_ALL", "C");
  ctl = culvert_ctl_run (home, 1, "status", NULL);
  culvert_ctl_assert_message (ctl, "or use \"culvertctl run\", which needs none");
  help = culvert_ctl_run (home, 0, "help", "add", NULL);
  culvert_ctl_assert_output (help, "ssh ARGS...");
}

static void
test_no_toolkit (void)
{
  static const char *const foreign[] = { "libgtk",     "libgdk",      "libadwaita", "libX11",
                                         "libwayland", "libgraphene", "libpango" };
  const char              *argv[] = { "ldd", g_getenv ("CULVERT_TEST_CTL"), NULL };
  g_autofree char         *output = NULL;

  g_assert_true (g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output,
                               NULL, NULL, NULL));
  g_assert_nonnull (strstr (output, "libglib-2.0"));
  for (gsize i = 0; i < G_N_ELEMENTS (foreign); i++)
    g_assert_null (strstr (output, foreign[i]));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/cli/files/usage", test_usage);
  g_test_add_func ("/cli/files/no-bus", test_no_bus);
  g_test_add_func ("/cli/files/help", test_help);
  g_test_add_func ("/cli/files/manual", test_manual);
  g_test_add_func ("/cli/files/add-and-list", test_add_and_list);
  g_test_add_func ("/cli/files/list-json", test_list_json);
  g_test_add_func ("/cli/files/list-groups", test_list_groups);
  g_test_add_func ("/cli/files/any-user", test_any_user);
  g_test_add_func ("/cli/files/list-sentences", test_list_sentences);
  g_test_add_func ("/cli/files/bad-file", test_bad_file);
  g_test_add_func ("/cli/files/export", test_export);
  g_test_add_func ("/cli/files/export-as", test_export_as);
  g_test_add_func ("/cli/files/import", test_import);
  g_test_add_func ("/cli/files/import-endless", test_import_endless);
  g_test_add_func ("/cli/files/import-ssh-config", test_import_ssh_config);
  g_test_add_func ("/cli/files/import-ssh-config-bad", test_import_ssh_config_bad);
  g_test_add_func ("/cli/files/import-putty", test_import_putty);
  g_test_add_func ("/cli/files/aliases", test_aliases);
  g_test_add_func ("/cli/files/remove", test_remove);
  g_test_add_func ("/cli/files/same-name", test_same_name);
  g_test_add_func ("/cli/files/unwritable", test_unwritable);
  g_test_add_func ("/cli/files/control-characters", test_control_characters);
  g_test_add_func ("/cli/files/plain-locale", test_plain_locale);
  g_test_add_func ("/cli/files/no-toolkit", test_no_toolkit);

  return g_test_run ();
}
