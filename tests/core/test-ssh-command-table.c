/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-command.h"
#include "core/ssh-files.h"
#include "core/ssh-says.h"
#include "support/culvert-test.h"

#include <pwd.h>
#include <string.h>
#include <unistd.h>

/* Command lines as people paste them, beside what `ssh -G` makes of the same words. */

/* @DIR@ is a folder with a key "key" and a file "config"; without -F no file is read. */
static const char *const rows[] = {
  /* server, user, port */
  "ssh host",
  "ssh alice@host",
  "ssh -l alice host",
  "ssh -lalice host",
  "ssh -l alice bob@host",
  "ssh alice@corp@host",
  "ssh 'DOMAIN\\alice@host'",
  "ssh -p 2222 host",
  "ssh -p2222 host",
  "ssh -p ssh host",
  "ssh host -p 2222",
  "ssh -p 1 -p 2 host",
  "ssh -p 1 -o Port=2 host",
  "ssh -o Port=2 -p 1 host",
  "ssh -oPort=2222 host",
  "ssh -o 'Port 2222' host",
  "ssh -o port=2222 -o user=alice host",
  "ssh ssh://alice@host:2222",
  "ssh 10.1.2.3",
  "ssh 2001:db8::1",
  "ssh HOST.Example.COM",
  "ssh -o HostName=db.example.com alias",
  "ssh -o HostName=%h.example.com alias",
  "ssh -4 host",
  "ssh -6 host",
  "ssh -4 -6 host",
  "ssh -o AddressFamily=inet6 -4 host",
  "ssh -- host",
  /* local forwards */
  "ssh -L 8080:web:80 host",
  "ssh -L8080:web:80 host",
  "ssh -NL 8080:web:80 host",
  "ssh -fNT -L 8080:web:80 host",
  "ssh host -N -L 8080:web:80",
  "ssh -L localhost:8080:web:80 host",
  "ssh -L 127.0.0.5:8080:web:80 -L '[::1]:8081:[2001:db8::2]:81' host",
  "ssh -L :8080:web:80 -L '*:8081:web:81' host",
  "ssh -g -L 8080:web:80 -L localhost:1:web:1 -D 1080 host",
  "ssh -o GatewayPorts=yes -L 8080:web:80 host",
  "ssh -L 8080:web:http host",
  "ssh -L 2375:/var/run/docker.sock host",
  "ssh -L /tmp/a:/b/c -L /tmp/d:web:80 host",
  "ssh -o 'LocalForward=8080 web:80' host",
  "ssh -o 'LocalForward 8080 web:80' -L 8081:web:81 host",
  "ssh -L 1:a:1 -L 2:b:2 -L 3:c:3 -R 4:d:4 -D 5 host",
  /* remote and dynamic forwards */
  "ssh -R 9000:localhost:3000 host",
  "ssh -R 0:localhost:3000 host",
  "ssh -R '*:9000:localhost:3000' -R :9001:h:1 host",
  "ssh -R 1080 host",
  "ssh -R localhost:1080 host",
  "ssh -R 9000:/run/it.sock host",
  "ssh -o 'RemoteForward=9000 localhost:3000' host",
  "ssh -D 1080 host",
  "ssh -D localhost:1080 -D '[::1]:1081' -D '*:1082' host",
  "ssh -CqTnN -D8080 alice@host",
  "ssh -o DynamicForward=1080 host",
  /* jump hosts and commands */
  "ssh -J gate host",
  "ssh -J alice@gate:2222 bob@host",
  "ssh -J me@gate,inner:2222,'[::1]:23' host",
  "ssh -J ssh://me@gate:2222 host",
  "ssh -o ProxyJump=gate host",
  "ssh -J gate -o ProxyCommand='nc x' host",
  "ssh -o ProxyJump=none host",
  "ssh -o 'ProxyCommand=nc -x proxy:1080 %h %p' host",
  "ssh -o 'ProxyCommand=ssh -W %h:%p \"gate way\"' host",
  "ssh -o ProxyCommand=none host",
  /* keys and signing in */
  "ssh -i @DIR@/key host",
  "ssh -i @DIR@/key -i '@DIR@/key two' host",
  "ssh -i@DIR@/key -o IdentitiesOnly=yes host",
  "ssh -o IdentityFile=~/.ssh/work host",
  "ssh -o IdentityFile=~/.ssh/work -o IdentityFile=%d/other host",
  "ssh -o CertificateFile=@DIR@/key host",
  "ssh -o IdentityAgent=/run/agent host",
  "ssh -o IdentityAgent=none host",
  "ssh -o PubkeyAuthentication=no host",
  "ssh -o PasswordAuthentication=no -o KbdInteractiveAuthentication=no host",
  "ssh -o PreferredAuthentications=password host",
  "ssh -o PreferredAuthentications=publickey,keyboard-interactive host",
  "ssh -o BatchMode=yes host",
  /* host keys */
  "ssh -o StrictHostKeyChecking=yes host",
  "ssh -o StrictHostKeyChecking=accept-new host",
  "ssh -o HostKeyAlias=cluster host",
  "ssh -o UserKnownHostsFile=~/.ssh/work_hosts host",
  "ssh -o 'UserKnownHostsFile=/a /b' host",
  /* life */
  "ssh -o ServerAliveInterval=30 host",
  "ssh -o ServerAliveInterval=2m -o ServerAliveCountMax=5 host",
  "ssh -o ServerAliveInterval=0 host",
  "ssh -o ConnectTimeout=7 host",
  "ssh -o ConnectTimeout=1m30s -N host",
  "ssh -N -o ExitOnForwardFailure=yes -o ServerAliveInterval=60 -L 5433:db.internal:5432 alice@h",
  "ssh -o SessionType=none host",
  /* together with a file */
  "ssh -F @DIR@/config work",
  "ssh -F @DIR@/config -p 1 bob@work",
  "ssh -F @DIR@/config -L 9:h:9 -J other work",
  "ssh -F @DIR@/config elsewhere",
};
G_STATIC_ASSERT (G_N_ELEMENTS (rows) >= 60);

/* Neither takes these. */
static const char *const bad_rows[] = {
  "ssh -p 0 host",
  "ssh -p 70000 host",
  "ssh -p many host",
  "ssh -L 8080 host",
  "ssh -L 8080:web host",
  "ssh -L nonsense host",
  "ssh -L 1:2:3:4:5 host",
  "ssh -D a:b:c host",
  "ssh -R 1:h:70000 host",
  "ssh -J @gate host",
  "ssh -J gate,,inner host",
  "ssh -o Frob=1 host",
  "ssh -o Port=0 host",
  "ssh -o BatchMode=maybe host",
  "ssh -o ServerAliveInterval=1x host",
  "ssh -o AddressFamily=ipv5 host",
  "ssh -Z host",
  "ssh -p",
};

static const char config[] = "Host work\n HostName bastion.example.com\n User alice\n Port 2200\n"
                             " ProxyJump gate\n LocalForward 8080 intranet:80\n"
                             " DynamicForward 1080\n IdentityFile ~/.ssh/work\n"
                             "Host *\n ServerAliveInterval 20\n";

static char *
fill_in (CulvertTempDir *folder, const char *row)
{
  GString *line = g_string_new (row);

  g_string_replace (line, "@DIR@", culvert_temp_dir_get_path (folder), 0);
  if (strstr (row, "-F ") == NULL)
    g_string_insert (line, strlen ("ssh"), " -F none");
  return g_string_free (line, FALSE);
}

/* (transfer full) (nullable): what ssh prints; NULL when it refuses */
static char *
ask_ssh (const char *line)
{
  g_autofree char *messages = NULL;
  char            *output = ssh_says (line + strlen ("ssh "), &messages);

  if (output == NULL)
    g_test_message ("%s", messages);
  return output;
}

static CulvertProfile *
read_ours (const char *line, GError **error)
{
  g_autoptr (CulvertSshFiles) files = culvert_ssh_files_new ();
  g_autoptr (GPtrArray)       notices =
    g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_ssh_notice_free);
  CulvertProfile *profile;

  files->home = getpwuid (getuid ())->pw_dir;
  profile = culvert_ssh_command_parse_line_with (line, files, notices, error);
  g_assert_true (profile == NULL || notices->len == 0);
  return profile;
}

/* (transfer full): its only value; @usual: where it prints nothing */
static char *
get_one (const char *output, const char *key, const char *usual)
{
  g_autoptr (GPtrArray) values = ssh_says_values (output, key);

  return g_strdup (values->len > 0 ? g_ptr_array_index (values, 0) : usual);
}

static gboolean
is_on (const char *output, const char *key)
{
  g_autofree char *value = get_one (output, key, "no");

  return strcmp (value, "yes") == 0 || strcmp (value, "true") == 0;
}

static void
compare_text (const char *output, const char *key, const char *usual, const char *ours)
{
  g_autofree char *theirs = get_one (output, key, usual);
  g_autofree char *theirs_plain = g_ascii_strdown (theirs, -1);
  g_autofree char *ours_plain = g_ascii_strdown (ours, -1);

  g_test_message ("%s: %s", key, theirs);
  g_assert_cmpstr (ours_plain, ==, theirs_plain);
}

static void
compare_number (const char *output, const char *key, const char *usual, guint ours)
{
  g_autofree char *text = g_strdup_printf ("%u", ours);

  compare_text (output, key, usual, text);
}

static void
compare_server (const CulvertProfile *profile, const char *output)
{
  g_autofree char *user = culvert_profile_dup_user (profile);
  const char      *policies[] = { "ask", "accept-new", "true" };
  const char      *families[] = { "any", "inet", "inet6" };

  compare_text (output, "hostname", "", profile->host);
  compare_text (output, "user", "", user);
  compare_number (output, "port", "22", profile->port);
  compare_text (output, "addressfamily", "any", families[profile->address_family]);
  compare_text (output, "hostkeyalias", "", profile->host_key_alias);
  compare_text (output, "stricthostkeychecking", "ask", policies[profile->host_key_policy]);
  g_assert_true (is_on (output, "batchmode") == profile->never_ask);
  g_assert_true (is_on (output, "identitiesonly") == profile->only_listed_keys);
}

/* Ours have usual numbers of their own, where ssh has none. */
static void
compare_life (const CulvertProfile *profile, const char *line, const char *output)
{
  g_autoptr (CulvertProfile) usual = culvert_profile_new ();
  g_autofree char           *timeout = get_one (output, "connecttimeout", "none");
  g_autofree char           *session = get_one (output, "sessiontype", "default");

  if (strstr (line, "ServerAliveInterval") != NULL || strstr (line, "config") != NULL)
    compare_number (output, "serveraliveinterval", "0", profile->keepalive_interval_s);
  else
    g_assert_cmpuint (profile->keepalive_interval_s, ==, usual->keepalive_interval_s);
  if (strcmp (timeout, "none") != 0)
    compare_number (output, "connecttimeout", "none", profile->connect_timeout_s);
  else
    g_assert_cmpuint (profile->connect_timeout_s, ==, usual->connect_timeout_s);
  g_assert_true ((strcmp (session, "none") == 0) == !profile->quick_replies);
}

static void
compare_way (const CulvertProfile *profile, const char *output)
{
  g_autofree char    *theirs = get_one (output, "proxyjump", "");
  g_auto (GStrv)      jumps = g_strsplit (theirs, ",", -1);
  g_autofree char    *ours = g_strjoinv (",", profile->hops);
  g_autoptr (GString) plain = g_string_new (NULL);

  for (guint i = 0; jumps[i] != NULL && *theirs != '\0'; i++)
    {
      g_autoptr (CulvertHop) hop = culvert_hop_parse (jumps[i], NULL);
      g_autofree char       *text = culvert_hop_to_string (hop);

      g_string_append_printf (plain, "%s%s", i > 0 ? "," : "", text);
    }
  g_assert_cmpstr (ours, ==, plain->str);
  compare_text (output, "proxycommand", "", profile->proxy_command);
}

static void
compare_paths (const char *output, const char *key, GStrv ours, const char *usual)
{
  g_autoptr (GPtrArray) theirs = ssh_says_values (output, key);

  if (ours[0] == NULL && usual != NULL)
    {
      g_assert_cmpstr (g_ptr_array_index (theirs, 0), ==, usual);
      return;
    }
  g_assert_cmpuint (g_strv_length (ours), ==, theirs->len);
  for (guint i = 0; i < theirs->len; i++)
    {
      g_autoptr (GString) text = g_string_new (g_ptr_array_index (theirs, i));
      g_autofree char    *expanded = culvert_path_expand (ours[i]);
      g_autofree char    *plain = NULL;

      /* It prints what it has not replaced yet. */
      g_string_replace (text, "%d", "~", 1);
      plain = culvert_path_expand (text->str);
      g_assert_cmpstr (expanded, ==, plain);
    }
}

static gboolean
allows (const char *output, const char *key, const char *name)
{
  g_autofree char *list =
    get_one (output, "preferredauthentications", "publickey,keyboard-interactive,password");
  g_auto (GStrv) names = g_strsplit (list, ",", -1);

  return is_on (output, key) && g_strv_contains ((const char *const *)names, name);
}

static void
compare_sign_in (const CulvertProfile *profile, const char *output)
{
  gboolean         asks = !is_on (output, "batchmode");
  gboolean         has_key = allows (output, "pubkeyauthentication", "publickey");
  g_autofree char *agent = get_one (output, "identityagent", "");

  g_assert_true (culvert_profile_has_method (profile, CULVERT_AUTH_KEY) == has_key);
  g_assert_true (culvert_profile_has_method (profile, CULVERT_AUTH_AGENT) ==
                 (has_key && strcmp (agent, "none") != 0));
  g_assert_true (culvert_profile_has_method (profile, CULVERT_AUTH_PASSWORD) ==
                 (asks && allows (output, "passwordauthentication", "password")));
  g_assert_true (culvert_profile_has_method (profile, CULVERT_AUTH_INTERACTIVE) ==
                 (asks && allows (output, "kbdinteractiveauthentication", "keyboard-interactive")));
  if (strcmp (agent, "none") != 0)
    g_assert_cmpstr (profile->agent_socket, ==, agent);
  compare_paths (output, "identityfile", profile->key_files, "~/.ssh/id_rsa");
  compare_paths (output, "certificatefile", profile->certificate_files, NULL);
}

static void
compare_known_hosts (const CulvertProfile *profile, const char *output)
{
  g_autofree char    *theirs = get_one (output, "userknownhostsfile", "");
  g_autoptr (GString) ours = g_string_new (NULL);

  for (guint i = 0; profile->known_hosts_files[i] != NULL; i++)
    {
      g_autofree char *path = culvert_path_expand (profile->known_hosts_files[i]);

      g_string_append_printf (ours, "%s%s", i > 0 ? " " : "", path);
    }
  if (ours->len > 0)
    g_assert_cmpstr (ours->str, ==, theirs);
  else
    g_assert_true (g_str_has_suffix (theirs, "/.ssh/known_hosts2"));
}

/* It prints what leads to a socket at the server as a proxy as well. */
static void
drop_false_proxies (GPtrArray *proxies, const char *output)
{
  g_autoptr (GPtrArray) forwards = ssh_says_values (output, "localforward");

  for (guint i = 0; i < forwards->len; i++)
    {
      g_auto (GStrv) parts = g_strsplit (g_ptr_array_index (forwards, i), " ", 2);
      guint          index;

      if (parts[1][0] == '/' &&
          g_ptr_array_find_with_equal_func (proxies, parts[0], g_str_equal, &index))
        g_ptr_array_remove_index (proxies, index);
    }
}

/* (transfer full): "8080 [web]:80" or "9000 [socks]:0" as we would write it */
static char *
plain_forward (CulvertForwardKind kind, const char *printed, gboolean is_gateway)
{
  g_auto (GStrv) parts = g_strsplit (printed, " ", 2);
  gboolean       is_open = is_gateway && strchr (parts[0], ':') == NULL && parts[0][0] != '/' &&
                     kind != CULVERT_FORWARD_REMOTE;
  gboolean                       has_target = parts[1] != NULL && strcmp (parts[1], "[socks]:0");
  g_autofree char               *text = NULL;
  g_autoptr (GError)             error = NULL;
  g_autoptr (CulvertForwardSpec) spec = NULL;

  text = g_strconcat (is_open ? "*:" : "", parts[0], has_target ? ":" : NULL,
                      has_target ? parts[1] : NULL, NULL);
  spec = culvert_forward_spec_parse (kind, text, &error);
  g_assert_no_error (error);
  return culvert_forward_spec_to_argument (spec);
}

static gboolean
is_of_kind (const CulvertForwardSpec *spec, CulvertForwardKind kind)
{
  CulvertForwardKind own = culvert_forward_spec_get_kind (spec);

  return own == kind || (kind == CULVERT_FORWARD_REMOTE && own == CULVERT_FORWARD_REVERSE_DYNAMIC);
}

static void
compare_forwards (const CulvertProfile *profile,
                  const char           *output,
                  const char           *key,
                  CulvertForwardKind    kind)
{
  g_autoptr (GPtrArray) printed = ssh_says_values (output, key);
  gboolean              is_gateway = is_on (output, "gatewayports");
  guint                 n_ours = 0;

  if (kind == CULVERT_FORWARD_DYNAMIC)
    drop_false_proxies (printed, output);
  for (guint i = 0; i < profile->forwards->len; i++)
    {
      const CulvertForwardSpec *spec = g_ptr_array_index (profile->forwards, i);
      g_autofree char          *ours = NULL;
      g_autofree char          *theirs = NULL;

      if (!is_of_kind (spec, kind))
        continue;
      g_assert_cmpuint (n_ours, <, printed->len);
      ours = culvert_forward_spec_to_argument (spec);
      theirs = plain_forward (kind, g_ptr_array_index (printed, n_ours), is_gateway);
      g_assert_cmpstr (ours, ==, theirs);
      n_ours++;
    }
  g_assert_cmpuint (n_ours, ==, printed->len);
}

static CulvertTempDir *
make_folder (void)
{
  CulvertTempDir *folder = culvert_temp_dir_new ();

  g_free (culvert_temp_dir_write (folder, "key", ""));
  g_free (culvert_temp_dir_write (folder, "key two", ""));
  g_free (culvert_temp_dir_write (folder, "config", config));
  return folder;
}

static void
test_row (gconstpointer data)
{
  g_autoptr (CulvertTempDir) folder = make_folder ();
  g_autofree char           *line = fill_in (folder, data);
  g_autofree char           *output = ask_ssh (line);
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = NULL;

  g_test_message ("%s", line);
  g_assert_nonnull (output);
  profile = read_ours (line, &error);
  g_assert_no_error (error);
  compare_server (profile, output);
  compare_life (profile, line, output);
  compare_way (profile, output);
  compare_sign_in (profile, output);
  compare_known_hosts (profile, output);
  compare_forwards (profile, output, "localforward", CULVERT_FORWARD_LOCAL);
  compare_forwards (profile, output, "remoteforward", CULVERT_FORWARD_REMOTE);
  compare_forwards (profile, output, "dynamicforward", CULVERT_FORWARD_DYNAMIC);
}

static void
test_bad_row (gconstpointer data)
{
  g_autoptr (CulvertTempDir) folder = make_folder ();
  g_autofree char           *line = fill_in (folder, data);
  g_autofree char           *output = ask_ssh (line);
  g_autoptr (GError)         error = NULL;

  g_test_message ("%s", line);
  g_assert_null (output);
  g_assert_null (read_ours (line, &error));
  g_assert_nonnull (error);
  g_test_message ("%s", error->message);
}

int
main (int argc, char **argv)
{
  /* ssh looks there, whatever $HOME says. */
  g_setenv ("HOME", getpwuid (getuid ())->pw_dir, TRUE);
  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/ssh-command-table/good/%02u", i);

      g_test_add_data_func (name, rows[i], test_row);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/ssh-command-table/bad/%02u", i);

      g_test_add_data_func (name, bad_rows[i], test_bad_row);
    }
  return g_test_run ();
}
