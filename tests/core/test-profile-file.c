/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/profile-file.h"

#include "core/errors.h"
#include "core/key-file-extras.h"
#include "support/culvert-test.h"

#include <string.h>

static CulvertProfile *
parse (const char *text, GError **error)
{
  return culvert_profile_parse ("an-id", text, strlen (text), error);
}

static CulvertProfile *
parse_good (const char *text)
{
  g_autoptr (GError) error = NULL;
  CulvertProfile    *profile = parse (text, &error);

  g_assert_no_error (error);
  g_assert_nonnull (profile);
  return profile;
}

static char *
read_golden (void)
{
  g_autofree char   *path = g_test_build_filename (G_TEST_DIST, "data", "profile-v1.culvert", NULL);
  g_autoptr (GError) error = NULL;
  char              *text = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  return text;
}

static const CulvertForwardSpec *
nth (const CulvertProfile *profile, guint index)
{
  g_assert_cmpuint (index, <, profile->forwards->len);
  return g_ptr_array_index (profile->forwards, index);
}

static void
check_forward (const CulvertForwardSpec *spec,
               const char               *id,
               const char               *name,
               CulvertForwardKind        kind,
               const char               *listen,
               const char               *target,
               gboolean                  is_enabled,
               gboolean                  any_user,
               gboolean                  is_ftp)
{
  CulvertForwardFields fields = culvert_forward_spec_get_fields (spec);
  g_autofree char     *listen_text = culvert_endpoint_to_string (fields.listen);
  g_autofree char     *target_text =
    fields.target != NULL ? culvert_endpoint_to_string (fields.target) : NULL;

  g_assert_cmpstr (fields.id, ==, id);
  g_assert_cmpstr (fields.name, ==, name);
  g_assert_cmpint (fields.kind, ==, kind);
  g_assert_cmpstr (listen_text, ==, listen);
  g_assert_cmpstr (target_text, ==, target);
  g_assert_true (fields.is_enabled == is_enabled);
  g_assert_true (fields.any_user == any_user);
  g_assert_true (fields.is_ftp == is_ftp);
}

/* A key that is read but not known as one of ours counts as foreign when it is read back, and the
 * tunnel cannot be saved. */
static void
test_every_key_is_ours (void)
{
  g_autofree char     *text = read_golden ();
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv)       keys = NULL;
  g_autoptr (GError)   error = NULL;

  g_key_file_load_from_data (file, text, strlen (text), G_KEY_FILE_NONE, &error);
  g_assert_no_error (error);
  keys = g_key_file_get_keys (file, "Tunnel", NULL, &error);
  g_assert_no_error (error);
  for (guint i = 0; keys[i] != NULL; i++)
    {
      g_test_message ("%s", keys[i]);
      g_assert_true (g_strv_contains (culvert_tunnel_keys, keys[i]));
    }
}

/* The file of version 1 reads the same for ever. */
static void
test_golden (void)
{
  static const CulvertAuthMethod methods[] = { CULVERT_AUTH_KEY, CULVERT_AUTH_INTERACTIVE,
                                               CULVERT_AUTH_AGENT, CULVERT_AUTH_PASSWORD };
  g_autofree char               *text = read_golden ();
  g_autoptr (CulvertProfile)     profile = parse_good (text);

  g_assert_cmpstr (profile->id, ==, "an-id");
  g_assert_cmpstr (profile->name, ==, "Büro; \"quoted\" \\ and\nmore");
  g_assert_cmpstr (profile->group, ==, "Büro & Lager");
  g_assert_cmpstr (profile->host, ==, "bastion.example.com");
  g_assert_cmpuint (profile->port, ==, 2222);
  g_assert_cmpstr (profile->user, ==, "alice");
  g_assert_cmpint (profile->address_family, ==, CULVERT_ADDRESS_FAMILY_IPV6);
  g_assert_cmpuint (g_strv_length (profile->hops), ==, 2);
  g_assert_cmpstr (profile->hops[0], ==, "me@gate.example.com:2200");
  g_assert_cmpstr (profile->hops[1], ==, "[2001:db8::1]");
  g_assert_cmpstr (profile->proxy, ==, "socks5://me@proxy.lan:1081");
  g_assert_cmpstr (profile->proxy_command, ==, "nc -X connect %h %p; true");
  g_assert_false (profile->proxy_command_allowed);
  g_assert_cmpuint (g_strv_length (profile->known_hosts_files), ==, 2);
  g_assert_cmpstr (profile->known_hosts_files[0], ==, "~/.ssh/known_hosts");
  g_assert_cmpstr (profile->known_hosts_files[1], ==, "/etc/with;semicolon");
  g_assert_cmpstr (profile->host_key_alias, ==, "bastion");
  g_assert_cmpint (profile->host_key_policy, ==, CULVERT_HOST_KEY_ACCEPT_NEW);
  g_assert_cmpmem (profile->methods->data, profile->methods->len * sizeof (CulvertAuthMethod),
                   methods, sizeof methods);
  g_assert_cmpuint (g_strv_length (profile->key_files), ==, 2);
  g_assert_cmpstr (profile->key_files[0], ==, "~/.ssh/id_ed25519");
  g_assert_cmpstr (profile->key_files[1], ==, "/home/alice/my keys/id");
  g_assert_cmpuint (g_strv_length (profile->certificate_files), ==, 1);
  g_assert_cmpstr (profile->certificate_files[0], ==, "/etc/ssh/me-cert.pub");
  g_assert_cmpstr (profile->agent_socket, ==, "/run/user/1000/agent");
  g_assert_true (profile->only_listed_keys);
  g_assert_true (profile->never_ask);
  g_assert_cmpuint (profile->connect_timeout_s, ==, 7);
  g_assert_cmpuint (profile->keepalive_interval_s, ==, 0);
  g_assert_true (profile->legacy_algorithms);
  g_assert_false (profile->reconnect);
  g_assert_false (profile->quick_replies);
  g_assert_true (profile->start_with_program);
  g_assert_true (profile->on_demand);
  g_assert_cmpuint (profile->idle_timeout_s, ==, 90);
  g_assert_cmpint (profile->network_rule, ==, CULVERT_NETWORK_RULE_EXCEPT);
  g_assert_cmpuint (g_strv_length (profile->networks), ==, 2);
  g_assert_cmpstr (profile->networks[0], ==, "Café");
  g_assert_cmpstr (profile->networks[1], ==, "semi;colon");
  g_assert_false (profile->notify);

  g_assert_cmpuint (profile->forwards->len, ==, 5);
  check_forward (nth (profile, 0), "web", "Web", CULVERT_FORWARD_LOCAL, "8080", "intranet:80", TRUE,
                 FALSE, FALSE);
  g_assert_true (culvert_forward_spec_get_fields (nth (profile, 0)).is_https);
  g_assert_cmpstr (culvert_forward_spec_get_fields (nth (profile, 0)).browser_path, ==, "/wiki/");
  check_forward (nth (profile, 1), "db_1", "", CULVERT_FORWARD_LOCAL, "~/db.sock",
                 "/run/postgresql/.s.PGSQL.5432", FALSE, FALSE, FALSE);
  check_forward (nth (profile, 2), "back", "", CULVERT_FORWARD_REMOTE, "*:0", "[::1]:3000", TRUE,
                 FALSE, TRUE);
  check_forward (nth (profile, 3), "proxy", "", CULVERT_FORWARD_DYNAMIC, "0.0.0.0:1080", NULL, TRUE,
                 TRUE, FALSE);
  check_forward (nth (profile, 4), "Z9", "", CULVERT_FORWARD_REVERSE_DYNAMIC, "localhost:1081",
                 NULL, TRUE, FALSE, FALSE);
}

/* Writing what was read changes not one byte, comment included. */
static void
test_golden_is_written_back (void)
{
  g_autofree char           *text = read_golden ();
  g_autoptr (CulvertProfile) profile = parse_good (text);
  g_autofree char           *written = culvert_profile_to_text (profile);

  g_assert_cmpstr (written, ==, text);
}

/* The permission to run a command is worth nothing in a file from anywhere but the own folder. */
static void
test_permission (void)
{
  static const char  text[] = "[Tunnel]\nHost=h\nProxyCommand=nc %h %p\nProxyCommandAllowed=true\n";
  g_autoptr (GError) error = NULL;
  g_autoptr (CulvertProfile) foreign = culvert_profile_parse ("an-id", text, strlen (text), &error);
  g_autoptr (CulvertProfile) own = culvert_profile_parse_own ("an-id", text, strlen (text), &error);
  g_autoptr (CulvertProfile) again = NULL;
  g_autofree char           *written = culvert_profile_to_text (foreign);
  g_autofree char           *own_written = culvert_profile_to_text (own);

  g_assert_no_error (error);
  g_assert_false (foreign->proxy_command_allowed);
  g_assert_true (own->proxy_command_allowed);
  g_assert_false (culvert_profile_equal (foreign, own));
  /* Nor does it come back once it was saved. */
  again = culvert_profile_parse_own ("an-id", written, strlen (written), &error);
  g_assert_no_error (error);
  g_assert_false (again->proxy_command_allowed);
  culvert_profile_unref (again);
  again = culvert_profile_parse_own ("an-id", own_written, strlen (own_written), &error);
  g_assert_true (again->proxy_command_allowed);
}

static void
test_secret_in_proxy (void)
{
  static const char          text[] = "[Tunnel]\nHost=h\nProxy=http://me:secret@proxy:3128\n";
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = culvert_profile_parse ("an-id", text, strlen (text), &error);

  g_assert_null (profile);
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "line 3: [Tunnel] Proxy: "));
  g_assert_null (strstr (error->message, "secret"));
}

static void
test_new_profile_is_short (void)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_new ();
  g_autoptr (CulvertProfile) again = NULL;
  g_autofree char           *text = NULL;

  culvert_profile_set_string (&profile->id, "an-id");
  culvert_profile_set_string (&profile->host, "h");
  text = culvert_profile_to_text (profile);
  g_assert_cmpstr (text, ==,
                   "[Tunnel]\nVersion=1\nName=\nHost=h\nPort=22\nUser=\n"
                   "Methods=agent;key;password;interactive;\n");
  again = parse_good (text);
  g_assert_true (culvert_profile_equal (profile, again));
}

static void
test_least (void)
{
  g_autoptr (CulvertProfile) profile = parse_good ("[Tunnel]\n");
  g_autoptr (CulvertProfile) usual = culvert_profile_new ();

  culvert_profile_set_string (&usual->id, "an-id");
  g_assert_true (culvert_profile_equal (profile, usual));
}

/* Every string that a profile can hold comes back as it was. */
static void
test_strings (void)
{
  static const char *const strings[] = {
    "",       " ",           "  leading", "trailing  ",   "a;b;c",      ";",        "\\",
    "\\;",    "back\\slash", "\n",        "line\nline\n", "\t\r\n",     "[Tunnel]", "# comment",
    "Name=x", "“quotes”",    "日本語",    "\\s\\n\\t",    "\x01\x1b[m", "x\u202ey",
  };

  for (guint i = 0; i < G_N_ELEMENTS (strings); i++)
    {
      g_autoptr (CulvertProfile)     profile = culvert_profile_new ();
      g_autoptr (CulvertProfile)     again = NULL;
      g_autoptr (CulvertForwardSpec) spec = NULL;
      g_autoptr (CulvertEndpoint)    listen = culvert_endpoint_new_tcp ("", 1);
      g_autofree char               *text = NULL;
      const char *const              list[] = { "first", strings[i], "last", NULL };

      culvert_profile_set_string (&profile->id, "an-id");
      culvert_profile_set_string (&profile->name, strings[i]);
      culvert_profile_set_string (&profile->host, strings[i]);
      culvert_profile_set_string (&profile->user, strings[i]);
      culvert_profile_set_string (&profile->agent_socket, strings[i]);
      if (strings[i][0] != '\0')
        {
          g_strfreev (profile->key_files);
          profile->key_files = g_strdupv ((char **)list);
          g_strfreev (profile->known_hosts_files);
          profile->known_hosts_files = g_strdupv ((char **)list + 1);
        }
      spec = culvert_forward_spec_new (&(CulvertForwardFields){
        .kind = CULVERT_FORWARD_DYNAMIC, .name = strings[i], .listen = listen });
      culvert_profile_put_forward (profile, spec);

      text = culvert_profile_to_text (profile);
      g_test_message ("%s", text);
      again = parse_good (text);
      g_assert_true (culvert_profile_equal (profile, again));
    }
}

static const char from_later[] = "# above all\n"
                                 "\n"
                                 "[Tunnel]\n"
                                 "Version=1\n"
                                 "# why this name\n"
                                 "Name=One\n"
                                 "Host=h\n"
                                 "Glow=42\n"
                                 "Name[de]=Eins\n"
                                 "\n"
                                 "# about the future\n"
                                 "[Hops]\n"
                                 "First=jump\n"
                                 "\n"
                                 "# about a\n"
                                 "[Forward a]\n"
                                 "Kind=local\n"
                                 "Listen=1\n"
                                 "Target=h:1\n"
                                 "Colour=red\n"
                                 "\n"
                                 "# about b\n"
                                 "[Forward b]\n"
                                 "Kind=local\n"
                                 "Listen=2\n"
                                 "Target=h:2\n"
                                 "# why blue\n"
                                 "Colour=blue\n"
                                 "\n"
                                 "[Tail]\n"
                                 "# last\n"
                                 "X=y\n";

static void
test_unknown_survives (void)
{
  g_autoptr (CulvertProfile) profile = parse_good (from_later);
  g_autoptr (CulvertProfile) edited = culvert_profile_edit (profile);
  g_autoptr (CulvertProfile) again = NULL;
  g_autofree char           *text = NULL;
  g_autofree char           *twice = NULL;
  static const char *const   kept[] = {
      "# above all\n\n[Tunnel]\n",
      "# why this name\nName=Two\n",
      "Glow=42\n",
      "Name[de]=Eins\n",
      "# about the future\n[Hops]\nFirst=jump\n",
      "# about a\n[Forward a]\n",
      "Colour=red\nEnabled=true\n",
      "# about b\n[Forward b]\n",
      "# why blue\nColour=blue\nEnabled=true\n",
      "[Tail]\n# last\nX=y\n",
  };

  culvert_profile_set_string (&edited->name, "Two");
  text = culvert_profile_to_text (edited);
  for (guint i = 0; i < G_N_ELEMENTS (kept); i++)
    {
      g_test_message ("looking for %s in %s", kept[i], text);
      g_assert_nonnull (strstr (text, kept[i]));
    }
  again = parse_good (text);
  g_assert_true (culvert_profile_equal (edited, again));
  twice = culvert_profile_to_text (again);
  g_assert_cmpstr (twice, ==, text);
}

static guint
position (const char *text, const char *part)
{
  const char *at = strstr (text, part);

  g_test_message ("looking for %s in %s", part, text);
  g_assert_nonnull (at);
  return (guint)(at - text);
}

static void
test_order_of_forwards (void)
{
  g_autoptr (CulvertProfile) profile = parse_good (from_later);
  g_autoptr (CulvertProfile) edited = culvert_profile_edit (profile);
  g_autoptr (CulvertProfile) again = NULL;
  g_autofree char           *text = NULL;
  gpointer                   first = g_ptr_array_index (edited->forwards, 0);

  g_ptr_array_index (edited->forwards, 0) = g_ptr_array_index (edited->forwards, 1);
  g_ptr_array_index (edited->forwards, 1) = first;
  text = culvert_profile_to_text (edited);
  /* Each takes its comment along; what is none keeps its place. */
  g_assert_cmpuint (position (text, "[Hops]"), <, position (text, "# about b\n[Forward b]\n"));
  g_assert_cmpuint (position (text, "[Forward b]"), <, position (text, "# about a\n[Forward a]\n"));
  g_assert_cmpuint (position (text, "[Forward a]"), <, position (text, "[Tail]"));
  again = parse_good (text);
  g_assert_true (culvert_profile_equal (edited, again));
}

static void
test_forwards_come_and_go (void)
{
  g_autoptr (CulvertProfile)     profile = parse_good (from_later);
  g_autoptr (CulvertProfile)     edited = culvert_profile_edit (profile);
  g_autoptr (CulvertProfile)     again = NULL;
  g_autoptr (CulvertForwardSpec) added =
    culvert_forward_spec_parse (CULVERT_FORWARD_LOCAL, "9:h:9", NULL);
  g_autofree char *text = NULL;

  g_ptr_array_remove_index (edited->forwards, 0);
  culvert_profile_put_forward (edited, added);
  text = culvert_profile_to_text (edited);
  g_assert_null (strstr (text, "[Forward a]"));
  g_assert_null (strstr (text, "# about a"));
  g_assert_null (strstr (text, "Colour=red"));
  g_assert_nonnull (strstr (text, "# about b\n[Forward b]\n"));
  g_assert_nonnull (strstr (text, "[Tail]"));
  again = parse_good (text);
  g_assert_true (culvert_profile_equal (edited, again));
}

/* A forward that becomes a proxy keeps no target behind. */
static void
test_kind_changes (void)
{
  g_autoptr (CulvertProfile)     profile = parse_good (from_later);
  g_autoptr (CulvertProfile)     edited = culvert_profile_edit (profile);
  g_autoptr (CulvertProfile)     again = NULL;
  g_autoptr (CulvertForwardSpec) proxy = NULL;
  g_autofree char               *text = NULL;
  CulvertForwardFields           fields = culvert_forward_spec_get_fields (nth (edited, 0));

  fields.kind = CULVERT_FORWARD_DYNAMIC;
  proxy = culvert_forward_spec_new (&fields);
  culvert_profile_put_forward (edited, proxy);
  text = culvert_profile_to_text (edited);
  g_assert_null (strstr (text, "Target=h:1"));
  again = parse_good (text);
  g_assert_true (culvert_profile_equal (edited, again));
}

static void
test_back_to_usual (void)
{
  g_autoptr (CulvertProfile) profile = parse_good ("[Tunnel]\nReconnect=false\nNeverAsk=true\n"
                                                   "KeyFiles=/a;\nAgentSocket=/b\n");
  g_autoptr (CulvertProfile) edited = culvert_profile_edit (profile);
  g_autoptr (CulvertProfile) again = NULL;
  g_autofree char           *text = NULL;

  edited->reconnect = TRUE;
  edited->never_ask = FALSE;
  g_strfreev (edited->key_files);
  edited->key_files = g_new0 (char *, 1);
  culvert_profile_set_string (&edited->agent_socket, "");
  text = culvert_profile_to_text (edited);
  again = parse_good (text);
  g_assert_true (culvert_profile_equal (edited, again));
}

static void
test_line_ends (void)
{
  g_autoptr (CulvertProfile) profile =
    parse_good ("\xef\xbb\xbf[Tunnel]\r\nName=One\r\nPort=23\r\nReconnect=false\r\n"
                "[Forward a]\r\nKind=dynamic \r\nListen=1080\r\nEnabled= true\r\n");

  g_assert_cmpstr (profile->name, ==, "One");
  g_assert_cmpuint (profile->port, ==, 23);
  g_assert_false (profile->reconnect);
  g_assert_cmpuint (profile->forwards->len, ==, 1);
}

/* Odd line ends do not wear down from save to save. */
static void
test_odd_line_ends (void)
{
  g_autoptr (CulvertProfile) profile = parse_good ("[Tunnel]\n\r\r\nGlow=a\rb\r\r\r\nHost=h\r");
  g_autofree char           *text = culvert_profile_to_text (profile);
  g_autoptr (CulvertProfile) again = parse_good (text);
  g_autofree char           *twice = culvert_profile_to_text (again);

  g_assert_cmpstr (profile->host, ==, "h");
  g_assert_nonnull (strstr (text, "Glow=a\rb\n"));
  g_assert_true (culvert_profile_equal (profile, again));
  g_assert_cmpstr (twice, ==, text);
}

/* The last of several counts, and an earlier one does not come back when it goes. */
static void
test_repeated_keys (void)
{
  g_autoptr (CulvertProfile) profile =
    parse_good ("[Tunnel]\nName=A\n# b\nName=B\nGlow=1\n\nGlow=2\n[Forward a]\nKind=local\n"
                "Listen=1\nTarget=not an endpoint\n# t\nTarget=h:1\n[Tunnel]\nName=C\n");
  g_autoptr (CulvertProfile)     edited = culvert_profile_edit (profile);
  g_autoptr (CulvertProfile)     again = NULL;
  g_autoptr (CulvertForwardSpec) proxy = NULL;
  g_autofree char               *text = culvert_profile_to_text (profile);
  g_autofree char               *edited_text = NULL;
  CulvertForwardFields           fields = culvert_forward_spec_get_fields (nth (profile, 0));

  g_assert_cmpstr (profile->name, ==, "C");
  g_assert_cmpuint (culvert_test_count_text (text, "Name="), ==, 1);
  g_assert_cmpuint (culvert_test_count_text (text, "Glow=2\n"), ==, 1);
  g_assert_cmpuint (culvert_test_count_text (text, "Glow=1\n"), ==, 0);
  g_assert_cmpuint (culvert_test_count_text (text, "# b\n"), ==, 1);
  g_assert_cmpuint (culvert_test_count_text (text, "# t\nTarget=h:1\n"), ==, 1);

  fields.kind = CULVERT_FORWARD_DYNAMIC;
  proxy = culvert_forward_spec_new (&fields);
  culvert_profile_put_forward (edited, proxy);
  edited_text = culvert_profile_to_text (edited);
  g_assert_cmpuint (culvert_test_count_text (edited_text, "Target="), ==, 0);
  again = parse_good (edited_text);
  g_assert_true (culvert_profile_equal (edited, again));
}

static void
test_repeats (void)
{
  g_autoptr (CulvertProfile) profile = parse_good ("[Tunnel]\nMethods=key;key;agent;key;\n");

  g_assert_cmpuint (profile->methods->len, ==, 2);
  g_assert_cmpint (g_array_index (profile->methods, CulvertAuthMethod, 0), ==, CULVERT_AUTH_KEY);
  g_assert_cmpint (g_array_index (profile->methods, CulvertAuthMethod, 1), ==, CULVERT_AUTH_AGENT);
}

typedef struct
{
  const char *text;
  int         code;
  const char *message; /* the whole of it */
} BadRow;

#define SYNTAX  CULVERT_PROFILE_ERROR_SYNTAX
#define INVALID CULVERT_PROFILE_ERROR_INVALID

static const BadRow bad_rows[] = {
  { "", SYNTAX, "not a tunnel: the group [Tunnel] is missing" },
  { "# nothing\n", SYNTAX, "not a tunnel: the group [Tunnel] is missing" },
  { "[Other]\nVersion=1\n", SYNTAX, "not a tunnel: the group [Tunnel] is missing" },
  { "rubbish", SYNTAX, "line 1: \"rubbish\" is neither a group, a key with a value nor a comment" },
  { "[Tunnel]\n\n# x\nHost=h\noops\nPort=22\n", SYNTAX,
    "line 5: \"oops\" is neither a group, a key with a value nor a comment" },
  { "Host=h\n[Tunnel]\n", SYNTAX,
    "line 1: \"Host=h\" is neither a group, a key with a value nor a comment" },
  { "[Tunnel\nHost=h\n", SYNTAX,
    "line 1: \"[Tunnel\" is neither a group, a key with a value nor a comment" },
  { "[Tunnel]\n=x\n", SYNTAX,
    "line 2: \"=x\" is neither a group, a key with a value nor a comment" },
  { "[Tunnel]\nHost=\xff\n", SYNTAX, "line 2: not UTF-8 text" },
  { "\x7f"
    "ELF\x02\x01\x01",
    SYNTAX,
    "line 1: \"\\x7fELF\\x02\\x01\\x01\" is neither a group, a key with a value nor a comment" },
  { "[Tunnel]\nVersion=2\n", CULVERT_PROFILE_ERROR_VERSION,
    "made by a newer version: the format is 2, this version reads up to 1" },
  { "[Tunnel]\nVersion=2\nPort=new\n", CULVERT_PROFILE_ERROR_VERSION,
    "made by a newer version: the format is 2, this version reads up to 1" },
  { "[Tunnel]\nVersion=0\n", INVALID,
    "line 2: [Tunnel] Version: \"0\" is not a number from 1 to 2147483647" },
  { "[Tunnel]\nVersion=one\n", INVALID,
    "line 2: [Tunnel] Version: \"one\" is not a number from 1 to 2147483647" },
  { "[Tunnel]\nPort=0\n", INVALID, "line 2: [Tunnel] Port: \"0\" is not a number from 1 to 65535" },
  { "[Tunnel]\nHost=h\n\nPort = 65536\n", INVALID,
    "line 4: [Tunnel] Port: \"65536\" is not a number from 1 to 65535" },
  { "[Tunnel]\nPort=\n", INVALID, "line 2: [Tunnel] Port: \"\" is not a number from 1 to 65535" },
  { "[Tunnel]\nPort=-22\n", INVALID,
    "line 2: [Tunnel] Port: \"-22\" is not a number from 1 to 65535" },
  { "[Tunnel]\nPort=22\nPort=x\n", INVALID,
    "line 3: [Tunnel] Port: \"x\" is not a number from 1 to 65535" },
  { "[Tunnel]\nAddressFamily=ipx\n", INVALID,
    "line 2: [Tunnel] AddressFamily: \"ipx\" is none of any, ipv4 and ipv6" },
  { "[Tunnel]\nMethods=\n", INVALID, "line 2: [Tunnel] Methods: no way to sign in is left" },
  { "[Tunnel]\nMethods=key;telepathy;\n", INVALID,
    "line 2: [Tunnel] Methods: \"telepathy\" is no way to sign in" },
  { "[Tunnel]\nReconnect=maybe\n", INVALID,
    "line 2: [Tunnel] Reconnect: \"maybe\" is neither true nor false" },
  { "[Tunnel]\nHostKeyPolicy=no\n", INVALID,
    "line 2: [Tunnel] HostKeyPolicy: \"no\" is none of ask, accept-new and strict" },
  { "[Tunnel]\nOnlyListedKeys=1\n", INVALID,
    "line 2: [Tunnel] OnlyListedKeys: \"1\" is neither true nor false" },
  { "[Tunnel]\nConnectTimeout=0\n", INVALID,
    "line 2: [Tunnel] ConnectTimeout: \"0\" is not a number from 1 to 86400" },
  { "[Tunnel]\nKeepaliveInterval=86401\n", INVALID,
    "line 2: [Tunnel] KeepaliveInterval: \"86401\" is not a number from 0 to 86400" },
  { "[Tunnel]\nName=a\\qb\n", INVALID, "line 2: [Tunnel] Name: an escape sequence is not valid" },
  { "[Tunnel]\nKeyFiles=a\\qb;\n", INVALID,
    "line 2: [Tunnel] KeyFiles: an escape sequence is not valid" },
  { "[Tunnel]\n[Forward a]\nListen=1\n", INVALID, "[Forward a] Kind: missing" },
  { "[Tunnel]\n[Forward a]\nKind=sideways\nListen=1\n", INVALID,
    "line 3: [Forward a] Kind: \"sideways\" is no kind of forward" },
  { "[Tunnel]\n[Forward a]\nKind=dynamic\n", INVALID, "[Forward a] Listen: missing" },
  { "[Tunnel]\n[Forward a]\nKind=dynamic\nListen=x\n", INVALID,
    "line 4: [Forward a] Listen: a port is missing: write host:port" },
  { "[Tunnel]\n[Forward a]\nKind=local\nListen=1\nTarget=::1:2\n", INVALID,
    "line 5: [Forward a] Target: an IPv6 address needs brackets: [address]:port" },
  { "[Tunnel]\n[Forward a]\nKind=local\nListen=1\n[Forward b]\nKind=local\nListen=y\n", INVALID,
    "line 7: [Forward b] Listen: a port is missing: write host:port" },
  { "[Tunnel]\n[Forward a]\nKind=dynamic\nListen=1\nEnabled=x\n", INVALID,
    "line 5: [Forward a] Enabled: \"x\" is neither true nor false" },
  { "[Tunnel]\n[Forward a b]\nKind=dynamic\nListen=1\n", INVALID,
    "[Forward a b]: the forward's id may have letters, digits, - and _ alone" },
  { "[Tunnel]\n[Forward ]\nKind=dynamic\nListen=1\n", INVALID,
    "[Forward ]: the forward's id may have letters, digits, - and _ alone" },
};

static void
test_bad (gconstpointer data)
{
  const BadRow              *row = data;
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = parse (row->text, &error);

  g_assert_null (profile);
  g_assert_error (error, CULVERT_PROFILE_ERROR, row->code);
  g_assert_cmpstr (error->message, ==, row->message);
  if (g_str_has_prefix (row->message, "line "))
    {
      g_autofree char *start =
        g_strdup_printf ("line %s:", culvert_error_get_fact (error, CULVERT_FACT_LINE));

      g_assert_true (g_str_has_prefix (row->message, start));
    }
}

/* A draft's gaps are the form's business, not the file's. */
static void
test_draft (void)
{
  g_autoptr (CulvertProfile) profile =
    parse_good ("[Tunnel]\nHost=\n[Forward a]\nKind=local\nListen=0\n");
  g_autofree char           *text = culvert_profile_to_text (profile);
  g_autoptr (CulvertProfile) again = parse_good (text);

  g_assert_null (culvert_forward_spec_get_target (nth (profile, 0)));
  g_assert_true (culvert_profile_equal (profile, again));
}

static void
test_too_large (void)
{
  gsize                      n_bytes = CULVERT_PROFILE_MAX_BYTES + 1;
  g_autofree char           *text = g_strnfill (n_bytes, '#');
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = NULL;

  profile = culvert_profile_parse ("an-id", text, n_bytes, &error);
  g_assert_null (profile);
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_TOO_LARGE);

  g_clear_error (&error);
  memcpy (text, "[Tunnel]\nName=x\n", strlen ("[Tunnel]\nName=x\n"));
  profile = culvert_profile_parse ("an-id", text, n_bytes - 1, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (profile->name, ==, "x");
}

static void
test_nul (void)
{
  static const char          text[] = "[Tunnel]\nName=a\0b\nHost=h\n";
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile =
    culvert_profile_parse ("an-id", text, sizeof text - 1, &error);

  g_assert_null (profile);
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_SYNTAX);
  g_assert_cmpstr (error->message, ==, "line 2: not UTF-8 text");
}

/* An error stays one short line, whatever the file holds. */
static void
test_long_rubbish (void)
{
  g_autofree char           *line = g_strnfill (500000, 'x');
  g_autofree char           *text = g_strconcat ("[Tunnel]\n", line, "\n", NULL);
  g_autofree char           *value = g_strconcat ("[Tunnel]\nPort=", line, "\n", NULL);
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = parse (text, &error);

  g_assert_null (profile);
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_SYNTAX);
  g_assert_cmpuint (strlen (error->message), <, 200);
  g_clear_error (&error);
  profile = parse (value, &error);
  g_assert_null (profile);
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_INVALID);
  g_assert_cmpuint (strlen (error->message), <, 200);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/profile-file/every-key-is-ours", test_every_key_is_ours);
  g_test_add_func ("/core/profile-file/golden", test_golden);
  g_test_add_func ("/core/profile-file/golden-is-written-back", test_golden_is_written_back);
  g_test_add_func ("/core/profile-file/new-profile-is-short", test_new_profile_is_short);
  g_test_add_func ("/core/profile-file/permission", test_permission);
  g_test_add_func ("/core/profile-file/secret-in-proxy", test_secret_in_proxy);
  g_test_add_func ("/core/profile-file/least", test_least);
  g_test_add_func ("/core/profile-file/strings", test_strings);
  g_test_add_func ("/core/profile-file/unknown-survives", test_unknown_survives);
  g_test_add_func ("/core/profile-file/order-of-forwards", test_order_of_forwards);
  g_test_add_func ("/core/profile-file/forwards-come-and-go", test_forwards_come_and_go);
  g_test_add_func ("/core/profile-file/kind-changes", test_kind_changes);
  g_test_add_func ("/core/profile-file/back-to-usual", test_back_to_usual);
  g_test_add_func ("/core/profile-file/line-ends", test_line_ends);
  g_test_add_func ("/core/profile-file/odd-line-ends", test_odd_line_ends);
  g_test_add_func ("/core/profile-file/repeated-keys", test_repeated_keys);
  g_test_add_func ("/core/profile-file/repeats", test_repeats);
  for (guint i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/core/profile-file/refuse/%02u", i);

      g_test_add_data_func (path, &bad_rows[i], test_bad);
    }
  g_test_add_func ("/core/profile-file/draft", test_draft);
  g_test_add_func ("/core/profile-file/too-large", test_too_large);
  g_test_add_func ("/core/profile-file/nul", test_nul);
  g_test_add_func ("/core/profile-file/long-rubbish", test_long_rubbish);

  return g_test_run ();
}
