/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/profile-check.h"

#include "base/low-ports.h"
#include "support/culvert-test.h"

#include <string.h>

/* A command line is the shortest way to a profile, but it holds no draft: @change makes one of it. */
typedef struct
{
  const char *name;
  const char *forwards; /* "L 8080:h:80;D 1080" */
  void (*change) (CulvertProfile *profile);
  const char
    *expected; /* "field code subject[!]", one line each; ! for what keeps it from starting */
} Row;

static const char *const field_names[] = {
  [CULVERT_FIELD_NAME] = "name",
  [CULVERT_FIELD_GROUP] = "group",
  [CULVERT_FIELD_HOST] = "host",
  [CULVERT_FIELD_PORT] = "port",
  [CULVERT_FIELD_USER] = "user",
  [CULVERT_FIELD_HOPS] = "hops",
  [CULVERT_FIELD_PROXY] = "proxy",
  [CULVERT_FIELD_PROXY_COMMAND] = "command",
  [CULVERT_FIELD_METHODS] = "methods",
  [CULVERT_FIELD_KEY_FILES] = "keys",
  [CULVERT_FIELD_CERTIFICATE_FILES] = "certificates",
  [CULVERT_FIELD_AGENT_SOCKET] = "agent",
  [CULVERT_FIELD_NETWORKS] = "networks",
  [CULVERT_FIELD_FORWARDS] = "forwards",
  [CULVERT_FIELD_FORWARD_LISTEN] = "listen",
  [CULVERT_FIELD_FORWARD_TARGET] = "target",
  [CULVERT_FIELD_FORWARD_BROWSER] = "browser",
};

static const char *const code_names[] = {
  [CULVERT_PROBLEM_MISSING] = "missing",
  [CULVERT_PROBLEM_INVALID_HOST] = "invalid-host",
  [CULVERT_PROBLEM_INVALID_PORT] = "invalid-port",
  [CULVERT_PROBLEM_INVALID_USER] = "invalid-user",
  [CULVERT_PROBLEM_INVALID_PATH] = "invalid-path",
  [CULVERT_PROBLEM_FILE_MISSING] = "file-missing",
  [CULVERT_PROBLEM_IS_PUBLIC_KEY] = "is-public-key",
  [CULVERT_PROBLEM_PORT_PRIVILEGED] = "port-privileged",
  [CULVERT_PROBLEM_PORT_ZERO] = "port-zero",
  [CULVERT_PROBLEM_LISTEN_TWICE] = "listen-twice",
  [CULVERT_PROBLEM_EXPOSED] = "exposed",
  [CULVERT_PROBLEM_EXPOSED_THERE] = "exposed-there",
  [CULVERT_PROBLEM_NO_FORWARDS] = "no-forwards",
  [CULVERT_PROBLEM_REMOTE_UNIX_LISTEN] = "remote-unix-listen",
  [CULVERT_PROBLEM_INVALID_HOP] = "invalid-hop",
  [CULVERT_PROBLEM_TOO_MANY_HOPS] = "too-many-hops",
  [CULVERT_PROBLEM_INVALID_PROXY] = "invalid-proxy",
  [CULVERT_PROBLEM_SECRET_IN_PROXY] = "secret-in-proxy",
  [CULVERT_PROBLEM_TWO_PROXIES] = "two-proxies",
  [CULVERT_PROBLEM_INVALID_COMMAND] = "invalid-command",
  [CULVERT_PROBLEM_NOT_ALLOWED] = "not-allowed",
  [CULVERT_PROBLEM_INVALID_NETWORK] = "invalid-network",
  [CULVERT_PROBLEM_INVALID_GROUP] = "invalid-group",
};

static CulvertTempDir *temp;

static CulvertProfile *
make (const char *forwards)
{
  CulvertProfile *profile = culvert_profile_new ();
  g_auto (GStrv)  list = g_strsplit (forwards, ";", -1);

  culvert_profile_set_string (&profile->host, "server.example.com");
  for (guint i = 0; list[i] != NULL && list[i][0] != '\0'; i++)
    {
      CulvertForwardKind             kind = list[i][0] == 'L'   ? CULVERT_FORWARD_LOCAL
                                            : list[i][0] == 'R' ? CULVERT_FORWARD_REMOTE
                                                                : CULVERT_FORWARD_DYNAMIC;
      g_autoptr (GError)             error = NULL;
      g_autoptr (CulvertForwardSpec) parsed =
        culvert_forward_spec_parse (kind, list[i] + 2, &error);
      g_autofree char     *id = g_strdup_printf ("f%u", i);
      CulvertForwardFields fields;

      g_assert_no_error (error);
      fields = culvert_forward_spec_get_fields (parsed);
      fields.id = id;
      g_ptr_array_add (profile->forwards, culvert_forward_spec_new (&fields));
    }
  return profile;
}

/* Puts other ends into the first forward. */
static void
set_ends (CulvertProfile *profile, CulvertEndpoint *listen, CulvertEndpoint *target)
{
  CulvertForwardFields fields =
    culvert_forward_spec_get_fields (g_ptr_array_index (profile->forwards, 0));
  g_autoptr (CulvertForwardSpec) spec = NULL;

  if (listen != NULL)
    fields.listen = listen;
  fields.target = target;
  spec = culvert_forward_spec_new (&fields);
  culvert_profile_put_forward (profile, spec);
  g_clear_pointer (&listen, culvert_endpoint_unref);
  g_clear_pointer (&target, culvert_endpoint_unref);
}

static void
set_page (CulvertProfile *profile, const char *path)
{
  CulvertForwardFields fields =
    culvert_forward_spec_get_fields (g_ptr_array_index (profile->forwards, 0));
  g_autoptr (CulvertForwardSpec) spec = NULL;

  fields.browser_path = path;
  spec = culvert_forward_spec_new (&fields);
  culvert_profile_put_forward (profile, spec);
}

static void
page (CulvertProfile *profile)
{
  set_page (profile, "/admin/?x=1");
}

static void
bad_page (CulvertProfile *profile)
{
  set_page (profile, "https://evil.example/");
}

static CulvertEndpoint *
tcp (const char *host, guint16 port)
{
  return culvert_endpoint_new_tcp (host, port);
}

static void
set_keys (CulvertProfile *profile, const char *path)
{
  g_strfreev (profile->key_files);
  profile->key_files = g_new0 (char *, 2);
  profile->key_files[0] = g_strdup (path);
}

static void
certificates (CulvertProfile *profile)
{
  g_strfreev (profile->certificate_files);
  profile->certificate_files = g_strsplit ("/no/such/cert.pub id-cert.pub /usr", " ", -1);
}

static void
no_host (CulvertProfile *profile)
{
  culvert_profile_set_string (&profile->host, "");
}

static void
bad_host (CulvertProfile *profile)
{
  culvert_profile_set_string (&profile->host, "-oProxyCommand=x");
}

static void
no_port (CulvertProfile *profile)
{
  profile->port = 0;
}

static void
control_user (CulvertProfile *profile)
{
  culvert_profile_set_string (&profile->user, "a\nb");
}

static void
longest_user (CulvertProfile *profile)
{
  g_free (profile->user);
  profile->user = g_strnfill (255, 'u');
}

static void
long_user (CulvertProfile *profile)
{
  g_free (profile->user);
  profile->user = g_strnfill (256, 'u');
}

static void
odd_user (CulvertProfile *profile)
{
  culvert_profile_set_string (&profile->user, "DOMAIN\\ünal@corp $1");
}

static void
no_methods (CulvertProfile *profile)
{
  g_array_set_size (profile->methods, 0);
}

static void
good_key (CulvertProfile *profile)
{
  g_autofree char *path = culvert_temp_dir_write (temp, "id", "key");

  set_keys (profile, path);
}

static void
home_key (CulvertProfile *profile)
{
  set_keys (profile, "~/.ssh/no-such-key-at-all");
}

static void
relative_key (CulvertProfile *profile)
{
  set_keys (profile, "id_ed25519");
}

static void
other_home_key (CulvertProfile *profile)
{
  set_keys (profile, "~alice/id");
}

static void
folder_key (CulvertProfile *profile)
{
  set_keys (profile, "/usr");
}

static void
unused_key (CulvertProfile *profile)
{
  set_keys (profile, "/no/such/key");
  g_array_remove_index (profile->methods, 1);
}

static void
public_key (CulvertProfile *profile)
{
  g_autofree char *path = culvert_temp_dir_write (temp, "id.pub", "ssh-ed25519 AAAA");

  set_keys (profile, path);
}

static void
public_key_for_agent (CulvertProfile *profile)
{
  public_key (profile);
  profile->only_listed_keys = TRUE;
}

static void
public_key_without_agent (CulvertProfile *profile)
{
  public_key_for_agent (profile);
  g_array_remove_index (profile->methods, 0);
}

static void
set_hops (CulvertProfile *profile, const char *hops)
{
  g_strfreev (profile->hops);
  profile->hops = g_strsplit (hops, ",", -1);
}

static void
good_way (CulvertProfile *profile)
{
  set_hops (profile, "me@a:2222,b");
  culvert_profile_set_string (&profile->proxy, "socks5://me@proxy");
}

static void
bad_hop (CulvertProfile *profile)
{
  set_hops (profile, "a,b c,d");
}

static void
many_hops (CulvertProfile *profile)
{
  g_autoptr (GString) hops = g_string_new ("a");

  for (guint i = 0; i < CULVERT_HOPS_MAX + 5; i++)
    g_string_append (hops, ",a");
  set_hops (profile, hops->str);
}

static void
bad_proxy (CulvertProfile *profile)
{
  culvert_profile_set_string (&profile->proxy, "proxy:3128");
}

static void
secret_proxy (CulvertProfile *profile)
{
  culvert_profile_set_string (&profile->proxy, "http://me:secret@proxy");
}

static void
good_command (CulvertProfile *profile)
{
  culvert_profile_set_string (&profile->proxy_command, "nc %h %p");
  profile->proxy_command_allowed = TRUE;
}

static void
command_unasked (CulvertProfile *profile)
{
  good_command (profile);
  profile->proxy_command_allowed = FALSE;
}

static void
bad_command (CulvertProfile *profile)
{
  good_command (profile);
  culvert_profile_set_string (&profile->proxy_command, "nc %k");
}

static void
two_proxies (CulvertProfile *profile)
{
  good_command (profile);
  culvert_profile_set_string (&profile->proxy, "system");
}

static void
bad_agent (CulvertProfile *profile)
{
  culvert_profile_set_string (&profile->agent_socket, "agent.sock");
}

static void
good_agent (CulvertProfile *profile)
{
  culvert_profile_set_string (&profile->agent_socket, "~/agent.sock");
}

static void
listen_nowhere (CulvertProfile *profile)
{
  set_ends (profile, tcp ("", 0), tcp ("h", 80));
}

static void
listen_on_words (CulvertProfile *profile)
{
  set_ends (profile, tcp ("my computer", 8080), tcp ("h", 80));
}

static void
listen_on_no_path (CulvertProfile *profile)
{
  set_ends (profile, culvert_endpoint_new_unix (""), tcp ("h", 80));
}

static void
listen_on_relative_path (CulvertProfile *profile)
{
  set_ends (profile, culvert_endpoint_new_unix ("x.sock"), tcp ("h", 80));
}

static void
listen_on_folder (CulvertProfile *profile)
{
  set_ends (profile, culvert_endpoint_new_unix ("/tmp/"), tcp ("h", 80));
}

static void
listen_on_long_path (CulvertProfile *profile)
{
  g_autofree char *path = g_strnfill (CULVERT_UNIX_PATH_MAX + 1, '/');

  path[CULVERT_UNIX_PATH_MAX] = 'x';
  set_ends (profile, culvert_endpoint_new_unix (path), tcp ("h", 80));
}

static void
no_target (CulvertProfile *profile)
{
  set_ends (profile, NULL, NULL);
}

static void
only_nowhere (CulvertProfile *profile)
{
  profile->network_rule = CULVERT_NETWORK_RULE_ONLY;
}

static void
except_odd_names (CulvertProfile *profile)
{
  profile->network_rule = CULVERT_NETWORK_RULE_EXCEPT;
  g_strfreev (profile->networks);
  profile->networks = g_strsplit ("Caf\xc3\xa9;a\tb", ";", -1);
}

static void
any_network (CulvertProfile *profile)
{
  except_odd_names (profile);
  profile->network_rule = CULVERT_NETWORK_RULE_ANY;
}

static void
target_without_host (CulvertProfile *profile)
{
  set_ends (profile, NULL, tcp ("", 80));
}

static void
target_everywhere (CulvertProfile *profile)
{
  set_ends (profile, NULL, tcp ("*", 80));
}

static void
target_port_zero (CulvertProfile *profile)
{
  set_ends (profile, NULL, tcp ("h", 0));
}

static void
target_no_path (CulvertProfile *profile)
{
  set_ends (profile, NULL, culvert_endpoint_new_unix (""));
}

static void
target_in_home (CulvertProfile *profile)
{
  set_ends (profile, NULL, culvert_endpoint_new_unix ("~/x"));
}

static void
second_off (CulvertProfile *profile)
{
  g_autoptr (CulvertForwardSpec) off =
    culvert_forward_spec_with_enabled (g_ptr_array_index (profile->forwards, 1), FALSE);

  culvert_profile_put_forward (profile, off);
}

#define LONG_PATH                                                                                  \
  "////////////////////////////////////////////////////////////////////////////////"               \
  "///////////////////////x"
#define U255 "uuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuuu"

static void
odd_group (CulvertProfile *profile)
{
  culvert_profile_set_string (&profile->group, "a\tb");
}

static void
good_group (CulvertProfile *profile)
{
  culvert_profile_set_string (&profile->group, "Büro & Lager");
}

static const Row rows[] = {
  { "all-well", "L 8080:h:80", NULL, "" },
  { "all-well-path", "L 8080:/run/x", NULL, "" },
  { "nothing-to-carry", "", NULL, "forwards no-forwards -\n" },
  { "no-host", "L 8080:h:80", no_host, "host missing -!\n" },
  { "bad-host", "L 8080:h:80", bad_host, "host invalid-host -oProxyCommand=x!\n" },
  { "no-port", "L 8080:h:80", no_port, "port invalid-port 0!\n" },
  { "control-user", "L 8080:h:80", control_user, "user invalid-user a\nb!\n" },
  { "longest-user", "L 8080:h:80", longest_user, "" },
  { "long-user", "L 8080:h:80", long_user, "user invalid-user " U255 U255 U255 U255 U255 "u!\n" },
  { "odd-user", "L 8080:h:80", odd_user, "" },
  { "no-methods", "L 8080:h:80", no_methods, "methods missing -!\n" },
  { "good-key", "L 8080:h:80", good_key, "" },
  { "home-key", "L 8080:h:80", home_key, "keys file-missing ~/.ssh/no-such-key-at-all!\n" },
  { "certificates", "L 8080:h:80", certificates,
    "certificates file-missing /no/such/cert.pub!\ncertificates invalid-path id-cert.pub!\n"
    "certificates invalid-path /usr!\n" },
  { "relative-key", "L 8080:h:80", relative_key, "keys invalid-path id_ed25519!\n" },
  { "other-home-key", "L 8080:h:80", other_home_key, "keys invalid-path ~alice/id!\n" },
  { "folder-key", "L 8080:h:80", folder_key, "keys invalid-path /usr!\n" },
  { "unused-key", "L 8080:h:80", unused_key, "" },
  { "public-key", "L 8080:h:80", public_key, "keys is-public-key TEMP/id.pub!\n" },
  { "public-key-for-agent", "L 8080:h:80", public_key_for_agent, "" },
  { "public-key-without-agent", "L 8080:h:80", public_key_without_agent,
    "keys is-public-key TEMP/id.pub!\n" },
  { "good-way", "L 8080:h:80", good_way, "" },
  { "bad-hop", "L 8080:h:80", bad_hop, "hops invalid-hop b c!\n" },
  { "many-hops", "L 8080:h:80", many_hops, "hops too-many-hops a!\n" },
  { "bad-proxy", "L 8080:h:80", bad_proxy, "proxy invalid-proxy proxy:3128!\n" },
  { "secret-proxy", "L 8080:h:80", secret_proxy, "proxy secret-in-proxy -!\n" },
  { "good-command", "L 8080:h:80", good_command, "" },
  { "command-unasked", "L 8080:h:80", command_unasked, "command not-allowed nc %h %p\n" },
  { "bad-command", "L 8080:h:80", bad_command, "command invalid-command %k!\n" },
  { "two-proxies", "L 8080:h:80", two_proxies, "command two-proxies -!\n" },
  { "bad-agent", "L 8080:h:80", bad_agent, "agent invalid-path agent.sock!\n" },
  { "good-agent", "L 8080:h:80", good_agent, "" },
  { "only-nowhere", "L 8080:h:80", only_nowhere, "networks missing -!\n" },
  { "except-odd-names", "L 8080:h:80", except_odd_names, "networks invalid-network a\tb!\n" },
  { "odd-group", "L 8080:h:80", odd_group, "group invalid-group a\tb!\n" },
  { "good-group", "L 8080:h:80", good_group, "" },
  { "any-network", "L 8080:h:80", any_network, "" },
  /* where it listens */
  { "listen-nowhere", "L 8080:h:80", listen_nowhere, "f0 listen port-zero 0!\n" },
  { "listen-on-words", "L 8080:h:80", listen_on_words, "f0 listen invalid-host my computer!\n" },
  { "listen-on-no-path", "L 8080:h:80", listen_on_no_path, "f0 listen missing -!\n" },
  { "listen-on-relative-path", "L 8080:h:80", listen_on_relative_path,
    "f0 listen invalid-path x.sock!\n" },
  { "listen-on-folder", "L 8080:h:80", listen_on_folder, "f0 listen invalid-path /tmp/!\n" },
  { "listen-on-long-path", "L 8080:h:80", listen_on_long_path,
    "f0 listen invalid-path " LONG_PATH "!\n" },
  { "listen-in-home", "L ~/x:h:80", NULL, "" },
  { "low-port", "L 80:h:80", NULL, "f0 listen port-privileged 80\n" },
  { "lowest-free-port", "L 1024:h:80", NULL, "" },
  { "everywhere", "L *:8080:h:80", NULL, "f0 listen exposed *:8080\n" },
  { "everywhere-v4", "L 0.0.0.0:8080:h:80", NULL, "f0 listen exposed 0.0.0.0:8080\n" },
  { "everywhere-v6", "L [::]:8080:h:80", NULL, "f0 listen exposed [::]:8080\n" },
  { "loopback", "L 127.3.4.5:8080:h:80;L [::1]:8080:h:80;L localhost:1:h:80", NULL,
    "f2 listen port-privileged 1\n" },
  { "everywhere-and-low", "L *:80:h:80", NULL,
    "f0 listen exposed *:80\nf0 listen port-privileged 80\n" },
  /* twice */
  { "twice", "L 8080:h:80;L 8080:i:81", NULL, "f1 listen listen-twice 8080!\n" },
  { "twice-localhost", "L 8080:h:80;L localhost:8080:i:81", NULL,
    "f1 listen listen-twice localhost:8080!\n" },
  { "twice-127", "L 127.0.0.1:8080:h:80;L 8080:i:81", NULL, "f1 listen listen-twice 8080!\n" },
  { "twice-v6", "L 8080:h:80;L [::1]:8080:i:81", NULL, "f1 listen listen-twice [::1]:8080!\n" },
  { "twice-everywhere", "L *:8080:h:80;L 127.0.0.5:8080:i:81", NULL,
    "f0 listen exposed *:8080\nf1 listen listen-twice 127.0.0.5:8080!\n" },
  { "twice-path", "L /tmp/x:h:80;L /tmp/x:i:81", NULL, "f1 listen listen-twice /tmp/x!\n" },
  { "thrice", "L 8080:h:80;L 8080:i:81;L 8080:i:82", NULL,
    "f1 listen listen-twice 8080!\nf2 listen listen-twice 8080!\n" },
  { "apart", "L 8080:h:80;L 127.0.0.2:8080:i:81;L 8081:h:80;L /tmp/x:h:80;L /tmp/y:h:80", NULL,
    "" },
  { "twice-but-off", "L 8080:h:80;L 8080:i:81", second_off, "" },
  { "both-sides", "L 8080:h:80;R 8080:i:81", NULL, "" },
  { "twice-any-port", "R 0:h:80;R 0:i:81", NULL, "" },
  { "twice-at-the-server", "R 80:h:80;R 80", NULL, "f1 listen listen-twice 80!\n" },
  /* targets */
  { "no-target", "L 8080:h:80", no_target, "f0 target missing -!\n" },
  { "target-without-host", "L 8080:h:80", target_without_host, "f0 target missing -!\n" },
  { "target-everywhere", "L 8080:h:80", target_everywhere, "f0 target invalid-host *!\n" },
  { "target-port-zero", "L 8080:h:80", target_port_zero, "f0 target invalid-port 0!\n" },
  { "target-no-path", "L 8080:h:80", target_no_path, "f0 target missing -!\n" },
  { "target-in-home", "L 8080:h:80", target_in_home, "f0 target invalid-path ~/x!\n" },
  { "target-in-home-here", "R 8080:h:80", target_in_home, "" },
  /* kinds */
  { "dynamic", "D 1080", NULL, "" },
  { "reverse-dynamic", "R 1080", NULL, "" },
  { "ftp", "L ftp/2121:h:21;R ftp/2121:h:21", NULL, "" },
  { "remote-everywhere", "R *:8080:h:80", NULL, "f0 listen exposed-there *:8080\n" },
  { "page", "L 8080:h:80", page, "" },
  { "bad-page", "L 8080:h:80", bad_page, "f0 browser invalid-path https://evil.example/!\n" },
  { "remote-low-port", "R 80:h:80", NULL, "" },
  { "remote-path", "R /tmp/x:h:80", NULL, "f0 listen remote-unix-listen /tmp/x!\n" },
};

static void
test_row (gconstpointer data)
{
  const Row                 *row = data;
  g_autoptr (CulvertProfile) profile = make (row->forwards);
  g_autoptr (GPtrArray)      problems = NULL;
  g_autoptr (GString)        found = g_string_new (NULL);
  gboolean                   may_start = TRUE;

  if (row->change != NULL)
    row->change (profile);
  problems = culvert_profile_check (profile);
  for (guint i = 0; i < problems->len; i++)
    {
      const CulvertProblem *problem = g_ptr_array_index (problems, i);

      g_assert_cmpuint (problem->field, <, G_N_ELEMENTS (field_names));
      g_assert_cmpuint (problem->code, <, G_N_ELEMENTS (code_names));
      if (problem->forward_id != NULL)
        g_string_append_printf (found, "%s ", problem->forward_id);
      g_string_append_printf (
        found, "%s %s %s%s\n", field_names[problem->field], code_names[problem->code],
        problem->subject != NULL ? problem->subject : "-", problem->is_warning ? "" : "!");
      may_start = may_start && problem->is_warning;
    }
  g_string_replace (found, culvert_temp_dir_get_path (temp), "TEMP", 0);
  g_assert_cmpstr (found->str, ==, row->expected);
  g_assert_true (culvert_problems_allow_start (problems) == may_start);
}

/* Every code is found by some row, so that none is left without a meaning. */
static void
test_rows_cover_all (void)
{
  for (guint code = 0; code < G_N_ELEMENTS (code_names); code++)
    {
      g_autofree char *word = g_strdup_printf (" %s ", code_names[code]);
      guint            n_rows = 0;

      for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
        n_rows += strstr (rows[i].expected, word) != NULL;
      g_test_message ("%s", code_names[code]);
      g_assert_cmpuint (n_rows, >, 0);
    }
}

static void
test_order_of_the_form (void)
{
  g_autoptr (CulvertProfile) profile = make ("D 80;D 80");
  g_autoptr (GPtrArray)      problems = NULL;

  profile->port = 0;
  no_host (profile);
  control_user (profile);
  no_methods (profile);
  home_key (profile);
  profile->only_listed_keys = TRUE;
  bad_agent (profile);
  problems = culvert_profile_check (profile);
  for (guint i = 1; i < problems->len; i++)
    {
      const CulvertProblem *before = g_ptr_array_index (problems, i - 1);
      const CulvertProblem *after = g_ptr_array_index (problems, i);

      if (before->forward_id == NULL)
        g_assert_cmpint (before->field, <=, after->field);
      else
        g_assert_cmpstr (before->forward_id, <=, after->forward_id);
    }
  g_assert_cmpuint (problems->len, ==, 6 + 2 + 1);
}

/* Whether it is said depends on what this process may do. */
static void
test_privilege (void)
{
  g_autoptr (CulvertProfile) profile = make ("D 80;D 200");

  for (guint first = 1; first <= 1024; first += 99)
    {
      g_autoptr (GPtrArray) problems = NULL;
      guint                 n_found = 0;

      culvert_low_ports_set_first ((guint16)first);
      problems = culvert_profile_check (profile);
      for (guint i = 0; i < problems->len; i++)
        n_found += ((CulvertProblem *)problems->pdata[i])->code == CULVERT_PROBLEM_PORT_PRIVILEGED;
      g_assert_cmpuint (n_found, ==, (first > 80) + (first > 200));
    }
  culvert_low_ports_set_first (1024);
}

int
main (int argc, char *argv[])
{
  int status;

  g_test_init (&argc, &argv, NULL);

  /* As for an ordinary user, whoever runs the tests. */
  culvert_low_ports_set_first (1024);
  temp = culvert_temp_dir_new ();
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/core/profile-check/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/core/profile-check/rows-cover-all", test_rows_cover_all);
  g_test_add_func ("/core/profile-check/order-of-the-form", test_order_of_the_form);
  g_test_add_func ("/core/profile-check/privilege", test_privilege);

  status = g_test_run ();
  culvert_temp_dir_free (temp);
  return status;
}
