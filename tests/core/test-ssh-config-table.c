/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-files.h"
#include "core/ssh-says.h"
#include "support/culvert-test.h"

#include "core/endpoint.h"
#include "core/errors.h"
#include "core/forward-spec.h"
#include "core/ssh-config-keys.h"

#include <glib/gstdio.h>
#include <pwd.h>
#include <string.h>
#include <unistd.h>

/* What a file says about a server, beside what `ssh -G` says about it. */

typedef struct
{
  const char *config; /* @DIR@ is the folder of the files */
  const char *alias;
  const char *included; /* nullable: what @DIR@/included says */
  const char *user;     /* nullable: of -l */
  guint16     port;     /* of -p, 0 without */
} Row;

#define HOST_A "Host a\n"

static const Row rows[] = {
  /* words of a line */
  { "Port 2200\n", "a", NULL, NULL, 0 },
  { "port=2200\n", "a", NULL, NULL, 0 },
  { "PORT = 2200\n", "a", NULL, NULL, 0 },
  { "  \tPort\t=\t2200  \n", "a", NULL, NULL, 0 },
  { "Port 2200", "a", NULL, NULL, 0 },
  { "Port 2200\r\nUser bob\r\n", "a", NULL, NULL, 0 },
  { "Port \"2200\"\n", "a", NULL, NULL, 0 },
  { "\"Port\" 2200\n", "a", NULL, NULL, 0 },
  { "\"Port 2200\n", "a", NULL, NULL, 0 },
  { "User \"bob smith\"\n", "a", NULL, NULL, 0 },
  { "User 'bob smith'\n", "a", NULL, NULL, 0 },
  { "User bob\\ smith\n", "a", NULL, NULL, 0 },
  { "User a\\\"b\n", "a", NULL, NULL, 0 },
  { "User bob # who\n", "a", NULL, NULL, 0 },
  { "# User bob\n  # more\n\n\t\nUser tom\n", "a", NULL, NULL, 0 },
  { "User bob#tom\n", "a", NULL, NULL, 0 },
  { "ServerAliveInterval 1m30s\nConnectTimeout 1h\n", "a", NULL, NULL, 0 },
  { "Port ssh\n", "a", NULL, NULL, 0 },
  { "Compression YES\nIdentitiesOnly True\n", "a", NULL, NULL, 0 },
  /* the first value wins */
  { "Port 1\nPort 2\n", "a", NULL, NULL, 0 },
  { "Host b\n Port 1\nHost *\n Port 2\n", "a", NULL, NULL, 0 },
  { "Host *\n Port 2\nHost a\n Port 1\n", "a", NULL, NULL, 0 },
  { "Host a\n User x\nHost a\n User y\n Port 7\n", "a", NULL, NULL, 0 },
  { "Port 1\nUser bob\n", "a", NULL, "tom", 5 },
  /* patterns */
  { "Host a?c\n Port 1\n", "abc", NULL, NULL, 0 },
  { "Host a?c\n Port 1\n", "ac", NULL, NULL, 0 },
  { "Host *.example.com\n Port 1\n", "x.example.com", NULL, NULL, 0 },
  { "Host *.example.com\n Port 1\n", "example.com", NULL, NULL, 0 },
  { "Host * !a\n Port 1\n", "a", NULL, NULL, 0 },
  { "Host !a *\n Port 1\n", "b", NULL, NULL, 0 },
  { "Host !a\n Port 1\n", "b", NULL, NULL, 0 },
  { "Host x y a z\n Port 1\n", "a", NULL, NULL, 0 },
  { "Host \"a\" b\n Port 1\n", "a", NULL, NULL, 0 },
  { "Host=a\n Port=1\n", "a", NULL, NULL, 0 },
  { "Host A\n Port 1\n", "a", NULL, NULL, 0 },
  { "Host a\n Port 1\n", "A", NULL, NULL, 0 },
  { "Host 10.0.0.*\n User root\n", "10.0.0.7", NULL, NULL, 0 },
  { "Host a*b*c\n Port 1\n", "aXbXbXc", NULL, NULL, 0 },
  { "Host a,b\n Port 1\n", "a", NULL, NULL, 0 },
  /* the server's name */
  { HOST_A " HostName db.example.com\n", "a", NULL, NULL, 0 },
  { "Host *\n HostName %h.example.com\n", "a", NULL, NULL, 0 },
  { "HostName x%%y%h\n", "a", NULL, NULL, 0 },
  { "HostName ::1\n", "a", NULL, NULL, 0 },
  { "HostName DB.Example.COM\n", "a", NULL, NULL, 0 },
  /* Match */
  { "Match all\n Port 1\n", "a", NULL, NULL, 0 },
  { "Match host a\n Port 1\n", "a", NULL, NULL, 0 },
  { "Match host A,B\n Port 1\n", "a", NULL, NULL, 0 },
  { "Match host b,c\n Port 1\n", "a", NULL, NULL, 0 },
  { "Match !host b\n Port 1\n", "a", NULL, NULL, 0 },
  { "Match host *,!a\n Port 1\n", "a", NULL, NULL, 0 },
  { "HostName db\nMatch host db\n Port 1\n", "a", NULL, NULL, 0 },
  { "HostName db\nMatch originalhost a\n Port 1\n", "a", NULL, NULL, 0 },
  { "HostName db\nMatch host a\n Port 1\n", "a", NULL, NULL, 0 },
  { "User bob\nMatch user bob\n Port 1\n", "a", NULL, NULL, 0 },
  { "Match user bob\n Port 1\n", "a", NULL, "bob", 0 },
  { "Match user bob host a\n Port 1\n", "a", NULL, "tom", 0 },
  { "Match localuser nobody-of-that-name\n Port 1\n", "a", NULL, NULL, 0 },
  { "Match localuser * user *\n Port 1\n", "a", NULL, NULL, 0 },
  { "Match final\n Port 1\nMatch all\n Port 2\n", "a", NULL, NULL, 0 },
  { "Match final host db\n Port 1\nHost a\n HostName db\n", "a", NULL, NULL, 0 },
  { "Match final all\n Port 1\n", "a", NULL, NULL, 0 },
  { "Match !final\n Port 1\n", "a", NULL, NULL, 0 },
  { "Match canonical\n Port 1\n", "a", NULL, NULL, 0 },
  { "Host a\n HostName db\nHost db\n Port 1\nMatch final\n User u\n", "a", NULL, NULL, 0 },
  { "Match final\n LocalForward 1 h:1\nMatch all\n LocalForward 1 h:1\n IdentityFile x\n", "a",
    NULL, NULL, 0 },
  { "Match host a # why\n Port 1\n", "a", NULL, NULL, 0 },
  /* Include */
  { "Include @DIR@/included\n", "a", "Port 1\n", NULL, 0 },
  { "Include @DIR@/nothing\nPort 2\n", "a", NULL, NULL, 0 },
  { "Include @DIR@/incl*\nPort 2\n", "a", "Port 1\n", NULL, 0 },
  { "Include @DIR@/inc[k-m]ude?\nPort 2\n", "a", "Port 1\n", NULL, 0 },
  { "Include @DIR@/*nothing*\nPort 2\n", "a", "Port 1\n", NULL, 0 },
  { "Include @DIR@/nothing @DIR@/included\n", "a", "Port 1\n", NULL, 0 },
  { "Include @DIR@\nPort 2\n", "a", NULL, NULL, 0 },
  { "Host b\n Include @DIR@/included\n", "a", "Port 1\nHost a\n User u\n", NULL, 0 },
  { "Host a\n Include @DIR@/included\n User v\n", "a", "Host b\n Port 1\n", NULL, 0 },
  { "Host a\n Include @DIR@/included\n", "a", "Host b\n Port 1\nMatch all\n User u\n", NULL, 0 },
  { "Include @DIR@/included\nPort 2\n", "a", "Host b\n User u\n", NULL, 0 },
  { "Include no-such-file-of-culvert/*\nPort 2\n", "a", NULL, NULL, 0 },
  { "Include ~/no-such-file-of-culvert\nPort 2\n", "a", NULL, NULL, 0 },
  /* what is not known */
  { "IgnoreUnknown UseKeychain,Foo*\nUseKeychain yes\nFooBar x y z\nPort 2\n", "a", NULL, NULL, 0 },
  { "IgnoreUnknown usekeychain\nHost b\nUseKeychain yes\nHost a\nPort 2\n", "a", NULL, NULL, 0 },
  { "Protocol 2\nCipher blowfish\nRhostsAuthentication yes\nPort 2\n", "a", NULL, NULL, 0 },
  /* forwards */
  { "LocalForward 8080 web:80\nLocalForward 8080 web:80\nLocalForward 8081 web:80\n", "a", NULL,
    NULL, 0 },
  { "LocalForward localhost:8080 [::1]:80\nLocalForward [::1]:81 web:80\n", "a", NULL, NULL, 0 },
  { "LocalForward *:8080 web:80\nLocalForward :8081 web:80\n", "a", NULL, NULL, 0 },
  { "LocalForward /tmp/x web:80\nLocalForward 8080 /run/y\nLocalForward /tmp/x /run/z\n", "a", NULL,
    NULL, 0 },
  { "RemoteForward 9000 localhost:80\nRemoteForward *:9001 h:80\nRemoteForward 0 h:1\n", "a", NULL,
    NULL, 0 },
  { "DynamicForward 1080\nDynamicForward localhost:1081\nDynamicForward [::1]:1082\n", "a", NULL,
    NULL, 0 },
  { "Host *\n LocalForward 1 h:1\nHost a\n LocalForward 2 h:2\n", "a", NULL, NULL, 0 },
  { "GatewayPorts yes\nExitOnForwardFailure yes\nLocalForward 1 h:1\n", "a", NULL, NULL, 0 },
  /* keys and the like */
  { "IdentityFile ~/.ssh/one\nIdentityFile %d/two\nIdentityFile ~/.ssh/one\n", "a", NULL, NULL, 0 },
  { "Host a\n IdentityFile one\nHost *\n IdentityFile two\n CertificateFile c\n", "a", NULL, NULL,
    0 },
  { "IdentitiesOnly yes\nIdentityAgent none\nCertificateFile ~/c\n", "a", NULL, NULL, 0 },
  { "IdentityAgent SSH_AUTH_SOCK\nPreferredAuthentications publickey\n", "a", NULL, NULL, 0 },
  { "PubkeyAuthentication no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n", "a",
    NULL, NULL, 0 },
  { "ChallengeResponseAuthentication no\nDSAAuthentication no\nKeepAlive no\n", "a", NULL, NULL,
    0 },
  { "UserKnownHostsFile ~/k1 /x/%n_%h_%p_%r\nHostName db\nPort 9\nUser u\n", "a", NULL, NULL, 0 },
  { "UserKnownHostsFile /x/${CULVERT_TEST_VARIABLE}/%%/%u/%i/%L/%l/%d/%k\n", "a", NULL, NULL, 0 },
  { "UserKnownHostsFile /x/%C\nHostName db\nPort 9\n", "a", NULL, "u", 0 },
  { "GlobalKnownHostsFile /g1 /g2\nHostKeyAlias Alias\nStrictHostKeyChecking accept-new\n", "a",
    NULL, NULL, 0 },
  { "StrictHostKeyChecking off\nUserKnownHostsFile /dev/null\n", "a", NULL, NULL, 0 },
  /* the way there */
  { "ProxyJump j\n", "a", NULL, NULL, 0 },
  { "ProxyJump u@j:22,v@[::1]:23,k # two\n", "a", NULL, NULL, 0 },
  { "ProxyJump none\n", "a", NULL, NULL, 0 },
  { "Host a\n ProxyJump none\nHost *\n ProxyJump j\n", "a", NULL, NULL, 0 },
  { "ProxyJump j\nProxyCommand nc x\n", "a", NULL, NULL, 0 },
  { "ProxyCommand nc x\nProxyJump j\n", "a", NULL, NULL, 0 },
  { "ProxyCommand=ssh -W %h:%p \"gate way\"\n", "a", NULL, NULL, 0 },
  { "ProxyCommand none\nProxyJump j\n", "a", NULL, NULL, 0 },
  { "ProxyJump ssh://u@j:23\n", "a", NULL, NULL, 0 },
  /* life */
  { "ServerAliveInterval 30\nServerAliveCountMax 5\nConnectTimeout none\nTCPKeepAlive no\n", "a",
    NULL, NULL, 0 },
  { "AddressFamily inet6\nBindAddress ::1\nConnectionAttempts 3\nBatchMode no\n", "a", NULL, NULL,
    0 },
  { "SessionType none\nRequestTTY force\nForwardAgent yes\nSendEnv LANG LC_*\nSetEnv A=b\n", "a",
    NULL, NULL, 0 },
  { "ControlMaster auto\nControlPath ~/.ssh/%C\nControlPersist 10m\nAddKeysToAgent yes\n", "a",
    NULL, NULL, 0 },
  { "Ciphers aes128-ctr\nMACs hmac-sha2-256\nRekeyLimit 1G 1h\nLogLevel VERBOSE\n", "a", NULL, NULL,
    0 },
  { "CanonicalizeHostname yes\nCanonicalDomains invalid\nMatch canonical\n Port 1\n", "127.0.0.1",
    NULL, NULL, 0 },
};

/* Files that ssh ends for, with the line that it names. */
static const struct
{
  Row   row;
  guint line;
} bad_rows[] = {
  { { "Frobnicate yes\n", "a", NULL, NULL, 0 }, 1 },
  { { "Host b\n\nFrobnicate yes\n", "a", NULL, NULL, 0 }, 3 },
  { { "Port\n", "a", NULL, NULL, 0 }, 1 },
  { { "Port 0\n", "a", NULL, NULL, 0 }, 1 },
  { { "Host b\nPort 70000\n", "a", NULL, NULL, 0 }, 2 },
  { { "Port 22 23\n", "a", NULL, NULL, 0 }, 1 },
  { { "User \"\"\n", "a", NULL, NULL, 0 }, 1 },
  { { "User \"open\n", "a", NULL, NULL, 0 }, 1 },
  { { "Compression maybe\n", "a", NULL, NULL, 0 }, 1 },
  { { "Compression true\n", "a", NULL, NULL, 0 }, 1 },
  { { "AddressFamily ipv4\n", "a", NULL, NULL, 0 }, 1 },
  { { "ServerAliveInterval 1x\n", "a", NULL, NULL, 0 }, 1 },
  { { "ServerAliveCountMax many\n", "a", NULL, NULL, 0 }, 1 },
  { { "LocalForward 8080\n", "a", NULL, NULL, 0 }, 1 },
  { { "Host b\n LocalForward 8080 web\n", "a", NULL, NULL, 0 }, 2 },
  { { "LocalForward 8080 web:80 more\n", "a", NULL, NULL, 0 }, 1 },
  { { "DynamicForward a:b:c\n", "a", NULL, NULL, 0 }, 1 },
  { { "ProxyJump @j\n", "a", NULL, NULL, 0 }, 1 },
  { { "ProxyJump j,,k\n", "a", NULL, NULL, 0 }, 1 },
  { { "UserKnownHostsFile none /x\n", "a", NULL, NULL, 0 }, 1 },
  { { "Match\n", "a", NULL, NULL, 0 }, 1 },
  { { "Match host\n", "a", NULL, NULL, 0 }, 1 },
  { { "Match weather fine\n", "a", NULL, NULL, 0 }, 1 },
  { { "Match all host a\n", "a", NULL, NULL, 0 }, 1 },
  { { "Host \"\"\n", "a", NULL, NULL, 0 }, 1 },
  { { "Include @DIR@/included\n", "a", "\n\nFrobnicate 1\n", NULL, 0 }, 3 },
  { { "Include @DIR@/included\n", "a", "Include @DIR@/included\n", NULL, 0 }, 1 },
  { { "IgnoreUnknown Foo\nFroo 1\n", "a", NULL, NULL, 0 }, 2 },
};

typedef struct
{
  CulvertTempDir  *folder;
  char            *path;
  CulvertSshFiles *files;
  CulvertSshQuery  query;
} Fixture;

static void
write_file (Fixture *fixture, const char *name, const char *text)
{
  g_autoptr (GString) whole = g_string_new (text);
  g_autofree char    *path = culvert_temp_dir_build (fixture->folder, name);
  g_autoptr (GError)  error = NULL;

  g_string_replace (whole, "@DIR@", culvert_temp_dir_get_path (fixture->folder), 0);
  g_file_set_contents_full (path, whole->str, -1, G_FILE_SET_CONTENTS_NONE, 0600, &error);
  g_assert_no_error (error);
}

static void
prepare (Fixture *fixture, const Row *row)
{
  fixture->folder = culvert_temp_dir_new ();
  fixture->path = culvert_temp_dir_build (fixture->folder, "config");
  write_file (fixture, "config", row->config);
  if (row->included != NULL)
    write_file (fixture, "included", row->included);
  fixture->files = culvert_ssh_files_new ();
  /* ssh looks there, whatever $HOME says. */
  fixture->files->home = getpwuid (getuid ())->pw_dir;
  fixture->query = (CulvertSshQuery){
    .alias = row->alias, .file = fixture->path, .user = row->user, .port = row->port
  };
}

static void
clear (Fixture *fixture)
{
  culvert_ssh_files_free (fixture->files);
  g_free (fixture->path);
  culvert_temp_dir_free (fixture->folder);
}

/* As ssh_says(). */
static char *
run_ssh (Fixture *fixture, const Row *row, char **messages)
{
  g_autoptr (GString) words = g_string_new (NULL);
  g_autofree char    *path = g_shell_quote (fixture->path);
  g_autofree char    *alias = g_shell_quote (row->alias);
  g_autofree char    *user = row->user != NULL ? g_shell_quote (row->user) : NULL;

  g_string_append_printf (words, "-F %s", path);
  if (user != NULL)
    g_string_append_printf (words, " -l %s", user);
  if (row->port != 0)
    g_string_append_printf (words, " -p %u", row->port);
  g_string_append_printf (words, " %s", alias);
  return ssh_says (words->str, messages);
}

typedef enum
{
  KIND_TEXT,
  KIND_SWITCH, /* ssh prints some as yes, some as true */
  KIND_TIME,
  KIND_PORT,
  KIND_WORDS, /* several values in a line */
  KIND_PATHS, /* the same, with tokens */
} Kind;

static const struct
{
  const char *key;
  Kind        kind;
  const char *usual; /* nullable: ssh then prints nothing */
} singles[] = {
  { "port", KIND_PORT, "22" },
  { "addressfamily", KIND_TEXT, "any" },
  { "batchmode", KIND_SWITCH, "no" },
  { "compression", KIND_SWITCH, "no" },
  { "controlmaster", KIND_SWITCH, "no" },
  { "exitonforwardfailure", KIND_SWITCH, "no" },
  { "gatewayports", KIND_SWITCH, "no" },
  { "identitiesonly", KIND_SWITCH, "no" },
  { "passwordauthentication", KIND_SWITCH, "yes" },
  { "kbdinteractiveauthentication", KIND_SWITCH, "yes" },
  { "pubkeyauthentication", KIND_SWITCH, "yes" },
  { "tcpkeepalive", KIND_SWITCH, "yes" },
  { "requesttty", KIND_SWITCH, "auto" },
  { "sessiontype", KIND_TEXT, "default" },
  { "stricthostkeychecking", KIND_SWITCH, "ask" },
  { "canonicalizehostname", KIND_SWITCH, "no" },
  { "serveraliveinterval", KIND_TIME, "0" },
  { "serveralivecountmax", KIND_TEXT, "3" },
  { "connecttimeout", KIND_TIME, "none" },
  { "connectionattempts", KIND_TEXT, "1" },
  { "forwardagent", KIND_SWITCH, "no" },
  { "hostkeyalias", KIND_TEXT, NULL },
  { "identityagent", KIND_TEXT, NULL },
  { "preferredauthentications", KIND_TEXT, NULL },
  { "bindaddress", KIND_TEXT, NULL },
  { "proxycommand", KIND_TEXT, NULL },
  { "proxyjump", KIND_TEXT, NULL },
  { "globalknownhostsfile", KIND_WORDS, "/etc/ssh/ssh_known_hosts /etc/ssh/ssh_known_hosts2" },
  { "userknownhostsfile", KIND_PATHS, "@HOME@/.ssh/known_hosts @HOME@/.ssh/known_hosts2" },
};

/* (transfer full): yes and no as we say it */
static char *
plain_switch (const char *value)
{
  if (strcmp (value, "true") == 0)
    return g_strdup ("yes");
  return g_strdup (strcmp (value, "false") == 0 || strcmp (value, "off") == 0 ? "no" : value);
}

static char *
plain_time (const char *value)
{
  guint64 total = 0;

  if (strcmp (value, "none") == 0)
    return g_strdup (value);
  while (*value != '\0')
    {
      char   *end;
      guint64 number = g_ascii_strtoull (value, &end, 10);

      total += number * (*end == 'm' ? 60 : *end == 'h' ? 3600 : 1);
      value = end + (*end != '\0' ? 1 : 0);
    }
  return g_strdup_printf ("%" G_GUINT64_FORMAT, total);
}

/* (transfer full): as ssh replaces "~" and tokens */
static char *
expand (Fixture *fixture, const CulvertSshConfig *config, const char *value)
{
  const CulvertSshSetting *user = culvert_ssh_config_get (config, "user");
  const CulvertSshSetting *port = culvert_ssh_config_get (config, "port");
  g_autofree char         *port_text = fixture->query.port != 0
                                         ? g_strdup_printf ("%u", fixture->query.port)
                                         : g_strdup (port != NULL ? port->values[0] : "22");
  const CulvertSshFiles   *files = fixture->files;
  CulvertSshTokens         tokens = {
            .alias = fixture->query.alias,
            .host = config->host,
            .port = port_text,
            .user = fixture->query.user != NULL ? fixture->query.user
                    : user != NULL              ? user->values[0]
                                                : files->local_user,
            .local_user = files->local_user,
            .local_uid = files->local_uid,
            .local_host = files->local_host,
            .home = files->home,
            .get_variable = files->get_variable,
            .data = files->data,
  };
  g_autoptr (GError) error = NULL;
  g_autofree char   *text =
    culvert_ssh_tokens_expand (value, &tokens, CULVERT_SSH_TOKENS_ALL, TRUE, &error);

  g_assert_no_error (error);
  if (g_str_has_prefix (text, "~/"))
    return g_build_filename (files->home, text + 2, NULL);
  return g_steal_pointer (&text);
}

/* (transfer full): our value as ssh prints it */
static char *
show (Fixture *fixture, const CulvertSshConfig *config, GStrv values, Kind kind)
{
  g_autoptr (GString) text = g_string_new (NULL);
  guint16             port;

  switch (kind)
    {
    case KIND_SWITCH:
      return plain_switch (values[0]);
    case KIND_TIME:
      return plain_time (values[0]);
    case KIND_PORT:
      g_assert_true (culvert_port_parse_service (values[0], &port));
      return g_strdup_printf ("%u", port);
    case KIND_WORDS:
      return g_strjoinv (" ", values);
    case KIND_PATHS:
      for (guint i = 0; values[i] != NULL; i++)
        {
          g_autofree char *path = expand (fixture, config, values[i]);

          g_string_append_printf (text, "%s%s", i > 0 ? " " : "", path);
        }
      return g_string_free (g_steal_pointer (&text), FALSE);
    case KIND_TEXT:
    default:
      return g_strdup (values[0]);
    }
}

/* What ssh makes of "none", or prints in its place. */
static gboolean
is_nothing (const char *key, const char *value)
{
  return g_ascii_strcasecmp (value, "none") == 0 &&
         (g_str_has_prefix (key, "proxy") || strcmp (key, "serveraliveinterval") == 0);
}

/* (transfer full): hops without what they may be written with */
static char *
plain_jumps (const char *value)
{
  g_autoptr (GPtrArray) jumps = culvert_ssh_jumps_parse (value);
  GString              *text = g_string_new (NULL);

  g_assert_nonnull (jumps);
  for (guint i = 0; i < jumps->len; i++)
    {
      const CulvertSshJump *jump = g_ptr_array_index (jumps, i);

      g_string_append_printf (text, "%s %s %u, ", jump->user != NULL ? jump->user : "", jump->host,
                              jump->port);
    }
  return g_string_free (text, FALSE);
}

static void
compare_single (Fixture *fixture, const CulvertSshConfig *config, const char *output, guint index)
{
  const char              *key = singles[index].key;
  const CulvertSshSetting *setting = culvert_ssh_config_get (config, key);
  g_autoptr (GPtrArray)    printed = ssh_says_values (output, key);
  g_autofree char         *shown = NULL;
  g_autofree char         *expected = NULL;

  if (strcmp (key, "port") == 0 && fixture->query.port != 0)
    setting = NULL, shown = g_strdup_printf ("%u", fixture->query.port);
  else if (setting != NULL && !is_nothing (key, setting->values[0]))
    shown = show (fixture, config, setting->values, singles[index].kind);
  else if (singles[index].usual != NULL)
    {
      g_autoptr (GString) usual = g_string_new (singles[index].usual);

      g_string_replace (usual, "@HOME@", fixture->files->home, 0);
      shown = g_string_free (g_steal_pointer (&usual), FALSE);
    }
  if (printed->len > 0 && singles[index].kind == KIND_SWITCH)
    expected = plain_switch (g_ptr_array_index (printed, 0));
  else if (printed->len > 0)
    expected = g_strdup (g_ptr_array_index (printed, 0));
  if (g_strcmp0 (shown, expected) != 0)
    g_test_message ("%s", key);
  if (strcmp (key, "hostkeyalias") == 0 && shown != NULL)
    {
      /* In small letters. */
      g_autofree char *lower = g_ascii_strdown (shown, -1);

      g_assert_cmpstr (lower, ==, expected);
    }
  else if (strcmp (key, "proxyjump") == 0 && shown != NULL)
    {
      g_autofree char *ours = plain_jumps (shown);
      g_autofree char *theirs = plain_jumps (expected);

      g_assert_cmpstr (ours, ==, theirs);
    }
  else
    g_assert_cmpstr (shown, ==, expected);
}

/* (transfer full): "8080 [web]:80", "9000 [socks]:0" and our two values in one form */
static char *
plain_forward (CulvertForwardKind kind, const char *listen, const char *target)
{
  g_autofree char               *text = NULL;
  g_autoptr (GError)             error = NULL;
  g_autoptr (CulvertForwardSpec) spec = NULL;

  if (target != NULL && strcmp (target, "[socks]:0") == 0)
    target = NULL;
  text = target != NULL ? g_strconcat (listen, ":", target, NULL) : g_strdup (listen);
  spec = culvert_forward_spec_parse (kind, text, &error);
  g_assert_no_error (error);
  return culvert_forward_spec_to_argument (spec);
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

static void
compare_forwards (const CulvertSshConfig *config,
                  const char             *output,
                  const char             *key,
                  CulvertForwardKind      kind)
{
  g_autoptr (GPtrArray) printed = ssh_says_values (output, key);
  guint                 n_ours = 0;

  if (kind == CULVERT_FORWARD_DYNAMIC)
    drop_false_proxies (printed, output);
  for (guint i = 0; i < config->settings->len; i++)
    {
      const CulvertSshSetting *setting = g_ptr_array_index (config->settings, i);
      g_autofree char         *ours = NULL;
      g_autofree char         *theirs = NULL;
      g_auto (GStrv)           parts = NULL;

      if (strcmp (setting->key, key) != 0)
        continue;
      g_assert_cmpuint (n_ours, <, printed->len);
      parts = g_strsplit (g_ptr_array_index (printed, n_ours), " ", 2);
      ours = plain_forward (kind, setting->values[0], setting->values[1]);
      theirs = plain_forward (kind, parts[0], parts[1]);
      g_assert_cmpstr (ours, ==, theirs);
      n_ours++;
    }
  g_assert_cmpuint (n_ours, ==, printed->len);
}

static void
compare_list (const CulvertSshConfig *config, const char *output, const char *key)
{
  g_autoptr (GPtrArray) printed = ssh_says_values (output, key);
  guint                 n_ours = 0;

  for (guint i = 0; i < config->settings->len; i++)
    {
      const CulvertSshSetting *setting = g_ptr_array_index (config->settings, i);

      if (strcmp (setting->key, key) != 0)
        continue;
      g_assert_cmpuint (n_ours, <, printed->len);
      g_assert_cmpstr (setting->values[0], ==, g_ptr_array_index (printed, n_ours));
      n_ours++;
    }
  /* Without any, ssh prints the usual ones. */
  if (n_ours > 0 || strcmp (key, "identityfile") != 0)
    g_assert_cmpuint (n_ours, ==, printed->len);
  else
    g_assert_cmpstr (g_ptr_array_index (printed, 0), ==, "~/.ssh/id_rsa");
}

static void
test_row (gconstpointer data)
{
  const Row                   *row = data;
  Fixture                      fixture;
  g_autoptr (CulvertSshConfig) config = NULL;
  g_autoptr (GError)           error = NULL;
  g_autofree char             *messages = NULL;
  g_autofree char             *output = NULL;
  g_autoptr (GPtrArray)        hosts = NULL;
  g_autoptr (GPtrArray)        users = NULL;
  const CulvertSshSetting     *user;

  prepare (&fixture, row);
  g_test_message ("%s", row->config);
  output = run_ssh (&fixture, row, &messages);
  g_assert_cmpstr (output != NULL ? "" : messages, ==, "");
  config = culvert_ssh_config_resolve (fixture.files, &fixture.query, &error);
  g_assert_no_error (error);

  hosts = ssh_says_values (output, "hostname");
  g_assert_cmpstr (config->host, ==, g_ptr_array_index (hosts, 0));
  users = ssh_says_values (output, "user");
  user = culvert_ssh_config_get (config, "user");
  g_assert_cmpstr (row->user != NULL ? row->user
                   : user != NULL    ? user->values[0]
                                     : fixture.files->local_user,
                   ==, g_ptr_array_index (users, 0));
  for (guint i = 0; i < G_N_ELEMENTS (singles); i++)
    compare_single (&fixture, config, output, i);
  compare_forwards (config, output, "localforward", CULVERT_FORWARD_LOCAL);
  compare_forwards (config, output, "remoteforward", CULVERT_FORWARD_REMOTE);
  compare_forwards (config, output, "dynamicforward", CULVERT_FORWARD_DYNAMIC);
  compare_list (config, output, "identityfile");
  compare_list (config, output, "certificatefile");
  clear (&fixture);
}

/* (transfer full): "FILE:LINE" where ssh says "FILE: line LINE:" or "FILE line LINE:" */
static char *
get_line (const char *messages)
{
  g_autoptr (GRegex)     regex = g_regex_new ("line (\\d+)", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;

  return g_regex_match (regex, messages, 0, &match) ? g_match_info_fetch (match, 1) : NULL;
}

static void
test_bad_row (gconstpointer data)
{
  guint                        index = GPOINTER_TO_UINT (data);
  const Row                   *row = &bad_rows[index].row;
  Fixture                      fixture;
  g_autoptr (CulvertSshConfig) config = NULL;
  g_autoptr (GError)           error = NULL;
  g_autofree char             *messages = NULL;
  g_autofree char             *output = NULL;
  g_autofree char             *line = NULL;
  g_autofree char             *place = NULL;

  prepare (&fixture, row);
  g_test_message ("%s", row->config);
  output = run_ssh (&fixture, row, &messages);
  g_assert_null (output);
  line = get_line (messages);
  config = culvert_ssh_config_resolve (fixture.files, &fixture.query, &error);
  g_assert_null (config);
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_COMMAND);
  g_test_message ("%s", error->message);
  place = g_strdup_printf (":%u: ", bad_rows[index].line);
  g_assert_nonnull (strstr (error->message, place));
  /* Of Match and of too many files ssh does not always say which line it is. */
  if (line != NULL)
    g_assert_cmpuint (g_ascii_strtoull (line, NULL, 10), ==, bad_rows[index].line);
  clear (&fixture);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_setenv ("CULVERT_TEST_VARIABLE", "some value", TRUE);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/ssh-config-table/good/%02u", i);

      g_test_add_data_func (name, &rows[i], test_row);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_autofree char *name = g_strdup_printf ("/core/ssh-config-table/bad/%02u", i);

      g_test_add_data_func (name, GUINT_TO_POINTER (i), test_bad_row);
    }
  return g_test_run ();
}
