/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-command.h"

#include "core/errors.h"

#include <gio/gio.h>
#include <string.h>

/* (transfer full): what a command line set that is not as usual, in one line */
static char *
describe (const CulvertProfile *profile)
{
  g_autoptr (CulvertProfile) usual = culvert_profile_new ();
  GString                   *text = g_string_new (NULL);

  if (profile->name[0] != '\0')
    g_string_append_printf (text, "name=%s ", profile->name);
  if (profile->user[0] != '\0')
    g_string_append_printf (text, "%s@", profile->user);
  g_string_append (text, profile->host);
  if (profile->port != 22)
    g_string_append_printf (text, " port=%u", profile->port);
  if (profile->address_family != CULVERT_ADDRESS_FAMILY_ANY)
    g_string_append_printf (text, " %s", culvert_address_family_to_nick (profile->address_family));
  for (guint i = 0; profile->hops[i] != NULL; i++)
    g_string_append_printf (text, " hop=%s", profile->hops[i]);
  if (profile->proxy_command[0] != '\0')
    g_string_append_printf (text, " command=(%s)%s", profile->proxy_command,
                            profile->proxy_command_allowed ? "!" : "");
  for (guint i = 0; profile->key_files[i] != NULL; i++)
    g_string_append_printf (text, " key=%s", profile->key_files[i]);
  for (guint i = 0; profile->certificate_files[i] != NULL; i++)
    g_string_append_printf (text, " certificate=%s", profile->certificate_files[i]);
  for (guint i = 0; profile->known_hosts_files[i] != NULL; i++)
    g_string_append_printf (text, " known=%s", profile->known_hosts_files[i]);
  if (profile->host_key_alias[0] != '\0')
    g_string_append_printf (text, " alias=%s", profile->host_key_alias);
  if (profile->host_key_policy != CULVERT_HOST_KEY_ASK)
    g_string_append_printf (text, " keys=%s",
                            culvert_host_key_policy_to_nick (profile->host_key_policy));
  if (profile->agent_socket[0] != '\0')
    g_string_append_printf (text, " agent=%s", profile->agent_socket);
  if (profile->only_listed_keys)
    g_string_append (text, " only-listed");
  if (profile->legacy_algorithms)
    g_string_append (text, " legacy");
  if (profile->never_ask)
    g_string_append (text, " never-ask");
  if (profile->methods->len != usual->methods->len ||
      memcmp (profile->methods->data, usual->methods->data,
              usual->methods->len * sizeof (CulvertAuthMethod)) != 0)
    {
      g_string_append (text, " methods=");
      for (guint i = 0; i < profile->methods->len; i++)
        g_string_append_printf (
          text, "%s%s", i > 0 ? "," : "",
          culvert_auth_method_to_nick (g_array_index (profile->methods, CulvertAuthMethod, i)));
    }
  if (profile->connect_timeout_s != usual->connect_timeout_s)
    g_string_append_printf (text, " timeout=%u", profile->connect_timeout_s);
  if (profile->keepalive_interval_s != usual->keepalive_interval_s)
    g_string_append_printf (text, " keepalive=%u", profile->keepalive_interval_s);
  for (guint i = 0; i < profile->forwards->len; i++)
    {
      const CulvertForwardSpec *spec = g_ptr_array_index (profile->forwards, i);
      g_autofree char          *argument = culvert_forward_spec_to_argument (spec);

      g_string_append_printf (
        text, " %s:%s%s", culvert_forward_kind_to_nick (culvert_forward_spec_get_kind (spec)),
        argument, culvert_forward_spec_get_fields (spec).any_user ? "(any)" : "");
    }
  return g_string_free (text, FALSE);
}

typedef struct
{
  const char *line;
  const char *expected; /* as describe() says it; of a refusal the whole message */
} Row;

#define NO_METHOD_LEFT                                                                             \
  "ssh: the options leave no way to sign in: allow a key, a password or keyboard-interactive"

static const Row good_rows[] = {
  /* words */
  { "ssh host", "host" },
  { "host", "host" },
  { "/usr/bin/ssh host", "host" },
  { "C:\\\\x\\\\ssh.exe host", "host" },
  { "ssh alice@host", "alice@host" },
  { "ssh -l alice host", "alice@host" },
  { "ssh -lalice host", "alice@host" },
  { "ssh alice@corp@host", "alice@corp@host" },
  { "ssh 'DOMAIN\\alice@host'", "DOMAIN\\alice@host" },
  { "ssh 10.1.2.3", "10.1.2.3" },
  { "ssh ::1", "::1" },
  { "ssh '[::1]'", "::1" },
  { "ssh alice@fe80::1%eth0", "alice@fe80::1%eth0" },
  { "ssh ssh://host", "host" },
  { "ssh ssh://alice@host:2222", "alice@host port=2222" },
  { "ssh ssh://alice@host:2222/", "alice@host port=2222" },
  { "ssh 'ssh://a%40b;x=y@host'", "a@b@host" },
  { "ssh 'ssh://[::1]:2222'", "::1 port=2222" },
  /* old algorithms: one of them allows them all */
  { "ssh -o HostKeyAlgorithms=+ssh-rsa host", "host legacy" },
  { "ssh -oPubkeyAcceptedAlgorithms=+ssh-rsa host", "host legacy" },
  { "ssh -o PubkeyAcceptedKeyTypes=ssh-rsa host", "host legacy" },
  { "ssh -o KexAlgorithms=^diffie-hellman-group14-sha1,diffie-hellman-group1-sha1 host",
    "host legacy" },
  { "ssh -c aes128-cbc -m hmac-sha1 host", "host legacy" },
  { "ssh -o Ciphers=+aes256-cbc -o MACs=+hmac-sha1 host", "host legacy" },
  /* letters */
  { "ssh -p 2222 host", "host port=2222" },
  { "ssh -p2222 host", "host port=2222" },
  { "ssh -p http host", "host port=80" },
  { "ssh host -p 2222", "host port=2222" },
  { "ssh host -p 2222 -N -L 1:h:2", "host port=2222 local:1:h:2" },
  { "ssh -fNL 8080:h:80 host", "host local:8080:h:80" },
  { "ssh -fNL8080:h:80 host", "host local:8080:h:80" },
  { "ssh -NTnqvvvCxaAktty2XY host", "host" },
  { "ssh -e none host", "host" },
  { "ssh -e~ host", "host" },
  { "ssh -F none host", "host" },
  { "ssh -F /dev/null host", "host" },
  { "ssh -S none -J none host", "host" },
  { "ssh -J jump host", "host hop=jump" },
  { "ssh -J me@a:2222,b,you@[::1]:22 host", "host hop=me@a:2222 hop=b hop=you@[::1]" },
  { "ssh -J ssh://me@a:2222 host", "host hop=me@a:2222" },
  { "ssh -o ProxyJump=a,b -o ProxyCommand=x host", "host hop=a hop=b" },
  { "ssh -o 'ProxyCommand=nc -X 5 \"%h\" %p' -o ProxyJump=a host",
    "host command=(nc -X 5 \"%h\" %p)" },
  { "ssh -o 'ProxyCommand = nc %h # %p ' host", "host command=(nc %h # %p)" },
  { "ssh -o ProxyCommand=none -o ProxyJump=a host", "host" },
  { "ssh -o HostName=h.example -o 'ProxyCommand=nc %n %h %% %r' short",
    "name=short h.example command=(nc short %h %% %r)" },
  { "ssh -4 host", "host ipv4" },
  { "ssh -6 host", "host ipv6" },
  { "ssh -46 host", "host ipv6" },
  { "ssh -4 -o AddressFamily=inet6 host", "host ipv4" },
  { "ssh -o AddressFamily=inet6 -4 host", "host ipv4" },
  { "ssh -N -- host", "host" },
  { "ssh host --", "host" },
  { "ssh -i ~/.ssh/id -i /tmp/x -i ~/.ssh/id host", "host key=~/.ssh/id key=/tmp/x" },
  { "ssh -i '~/my key' host", "host key=~/my key" },
  { "ssh -i %d/.ssh/id -i /a%%b host", "host key=~/.ssh/id key=/a%b" },
  { "ssh -i \"$HOME/.ssh/id\" host", "host key=~/.ssh/id" },
  { "ssh -o CertificateFile=%d/.ssh/one -o CertificateFile=/b host",
    "host certificate=~/.ssh/one certificate=/b" },
  { "ssh -o 'CertificateFile=\"/b c\"' host", "host certificate=/b c" },
  /* the first wins */
  { "ssh -p 1 -p 2 host", "host port=1" },
  { "ssh -p 1 -o Port=2 host", "host port=1" },
  { "ssh -o Port=2 -p 1 host", "host port=2" },
  { "ssh -p 1 ssh://host:2", "host port=1" },
  { "ssh -l a b@host", "a@host" },
  { "ssh -o User=a -l b c@host", "a@host" },
  { "ssh host -l a", "a@host" },
  { "ssh b@host -l a", "b@host" },
  /* forwards */
  { "ssh -L 8080:h:80 -R 0:h:81 -D 1080 -R 1081 host",
    "host local:8080:h:80 remote:0:h:81 dynamic:1080 reverse-dynamic:1081" },
  { "ssh -L *:8080:h:80 host", "host local:*:8080:h:80(any)" },
  { "ssh -L :8080:h:80 host", "host local:*:8080:h:80(any)" },
  { "ssh -L '[::1]:8080:[::2]:80' host", "host local:[::1]:8080:[::2]:80" },
  { "ssh -L ftp/2121:h:21 host", "host local:ftp/2121:h:21" },
  { "ssh -g -L 8080:h:80 -D 1080 -R 1:h:2 -L localhost:3:h:4 host",
    "host local:*:8080:h:80(any) dynamic:*:1080(any) remote:1:h:2 local:localhost:3:h:4(any)" },
  { "ssh -L 8080:h:80 -g host", "host local:*:8080:h:80(any)" },
  { "ssh -g -L /tmp/x:h:80 host", "host local:/tmp/x:h:80(any)" },
  { "ssh -o GatewayPorts=yes -L 8080:h:80 host", "host local:*:8080:h:80(any)" },
  { "ssh -o GatewayPorts=no -L 8080:h:80 host", "host local:8080:h:80" },
  { "ssh -o 'LocalForward 8080 h:80' host", "host local:8080:h:80" },
  { "ssh -o 'LocalForward=localhost:8080 h:80' host", "host local:localhost:8080:h:80" },
  { "ssh -o 'LocalForward=8080 /run/x' host", "host local:8080:/run/x" },
  { "ssh -o 'RemoteForward 8080 h:80' host", "host remote:8080:h:80" },
  { "ssh -o RemoteForward=8080 host", "host reverse-dynamic:8080" },
  { "ssh -o DynamicForward=1080 host", "host dynamic:1080" },
  /* how -o is written */
  { "ssh -oPort=2222 host", "host port=2222" },
  { "ssh -o Port=2222 host", "host port=2222" },
  { "ssh -o 'Port 2222' host", "host port=2222" },
  { "ssh -o 'Port = 2222' host", "host port=2222" },
  { "ssh -o '  port\t2222 # x' host", "host port=2222" },
  { "ssh -o 'PORT=\"2222\"' host", "host port=2222" },
  { "ssh -No Port=2222 host", "host port=2222" },
  { "ssh -o 'IdentityFile=\"/my key\"' host", "host key=/my key" },
  { "ssh -o 'IdentityFile=/my\\ key' host", "host key=/my key" },
  { "ssh -o \"IdentityFile='/a\\\"b'\" host", "host key=/a\"b" },
  /* keys of -o */
  { "ssh -o User=alice host", "alice@host" },
  { "ssh -o HostName=10.0.0.1 alias", "name=alias 10.0.0.1" },
  { "ssh -o HostName=%h.example.com alias", "name=alias alias.example.com" },
  { "ssh -o HostName=host host", "host" },
  { "ssh -o HostName=a -o HostName=b host", "name=host a" },
  { "ssh -o IdentitiesOnly=yes host", "host only-listed" },
  { "ssh -o IdentitiesOnly=no host", "host" },
  { "ssh -o IdentityAgent=/run/agent host", "host agent=/run/agent" },
  { "ssh -o IdentityAgent=SSH_AUTH_SOCK host", "host" },
  { "ssh -o IdentityAgent=none host", "host methods=key,password,interactive" },
  { "ssh -o IdentityFile=none host", "host methods=agent,password,interactive" },
  { "ssh -o ConnectTimeout=5 host", "host timeout=5" },
  { "ssh -o ConnectTimeout=1m30s host", "host timeout=90" },
  { "ssh -o ConnectTimeout=none host", "host" },
  { "ssh -o ConnectTimeout=0 host", "host" },
  { "ssh -o ServerAliveInterval=30 host", "host keepalive=30" },
  { "ssh -o ServerAliveInterval=1h host", "host keepalive=3600" },
  { "ssh -o ServerAliveInterval=0 host", "host keepalive=0" },
  { "ssh -o ServerAliveInterval=none host", "host keepalive=0" },
  { "ssh -o AddressFamily=inet host", "host ipv4" },
  { "ssh -o AddressFamily=any host", "host" },
  { "ssh -o PreferredAuthentications=password host", "host methods=password" },
  { "ssh -o PreferredAuthentications=keyboard-interactive,publickey host",
    "host methods=interactive,agent,key" },
  { "ssh -o PreferredAuthentications=gssapi-with-mic,hostbased,publickey host",
    "host methods=agent,key" },
  { "ssh -o PubkeyAuthentication=no host", "host methods=password,interactive" },
  { "ssh -o PubkeyAuthentication=host-bound host", "host" },
  { "ssh -o PasswordAuthentication=no host", "host methods=agent,key,interactive" },
  { "ssh -o KbdInteractiveAuthentication=no host", "host methods=agent,key,password" },
  { "ssh -o ChallengeResponseAuthentication=no host", "host methods=agent,key,password" },
  { "ssh -o PreferredAuthentications=password,publickey -o PasswordAuthentication=no host",
    "host methods=agent,key" },
  { "ssh -o BatchMode=yes host", "host never-ask methods=agent,key" },
  { "ssh -o BatchMode=no host", "host" },
  { "ssh -o StrictHostKeyChecking=ask -o StrictHostKeyChecking=yes host", "host" },
  { "ssh -o StrictHostKeyChecking=yes -o StrictHostKeyChecking=ask host", "host keys=strict" },
  { "ssh -o StrictHostKeyChecking=accept-new host", "host keys=accept-new" },
  { "ssh -o HostKeyAlias=Other -o HostKeyAlias=third host", "host alias=Other" },
  { "ssh -o UserKnownHostsFile=/a host", "host known=/a" },
  { "ssh -o 'UserKnownHostsFile=/a \"/b c\" ~/d' host", "host known=/a known=/b c known=~/d" },
  { "ssh -o UserKnownHostsFile=none host", "host known=/dev/null" },
  { "ssh -o UserKnownHostsFile=/a -o GlobalKnownHostsFile=/b host", "host known=/a known=/b" },
  { "ssh -o GlobalKnownHostsFile=/dev/null host",
    "host known=~/.ssh/known_hosts known=~/.ssh/known_hosts2 known=/dev/null" },
  { "ssh -o ExitOnForwardFailure=yes -o LogLevel=ERROR -o Compression=yes -o TCPKeepAlive=yes "
    "-o ServerAliveCountMax=3 -o RequestTTY=no -o ControlMaster=no -o ControlPath=none "
    "-o ProxyCommand=none -o ProxyJump=none -o Tunnel=no -o SessionType=none "
    "-o ForkAfterAuthentication=yes -o StdinNull=yes -o UpdateHostKeys=no host",
    "host" },
  { "autossh-like.example.com", "autossh-like.example.com" },
};

static void
test_good (gconstpointer data)
{
  const Row                 *row = data;
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = culvert_ssh_command_parse_line (row->line, &error);
  g_autofree char           *found = NULL;

  g_assert_no_error (error);
  found = describe (profile);
  g_assert_cmpstr (found, ==, row->expected);
  g_assert_true (culvert_profile_id_is_valid (profile->id));
}

/* What was read is written as a command that reads the same, and that ssh takes. */
static void
test_round_trip (gconstpointer data)
{
  const Row                 *row = data;
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = culvert_ssh_command_parse_line (row->line, &error);
  g_autoptr (CulvertProfile) again = NULL;
  g_autofree char           *line = NULL;
  g_autofree char           *found = NULL;
  g_autofree char           *script = NULL;
  const char                *shell[] = { "sh", "-c", NULL, NULL };
  int                        wait_status = -1;
  g_autoptr (GString)        expected = g_string_new (row->expected);

  g_assert_no_error (error);
  line = culvert_ssh_command_from_profile (profile);
  g_test_message ("%s", line);
  again = culvert_ssh_command_parse_line (line, &error);
  g_assert_no_error (error);
  found = describe (again);
  /* A name has no place in a command, nor has who may connect to a listener that is not open. */
  if (g_str_has_prefix (expected->str, "name="))
    g_string_erase (expected, 0, strchr (expected->str, ' ') - expected->str + 1);
  g_string_replace (expected, "local:localhost:3:h:4(any)", "local:localhost:3:h:4", 0);
  g_string_replace (expected, "local:/tmp/x:h:80(any)", "local:/tmp/x:h:80", 0);
  g_assert_cmpstr (found, ==, expected->str);

  if (strstr (line, "ftp/") != NULL)
    return;
  script = g_strdup_printf ("ssh -F none -G %s > /dev/null", line + strlen ("ssh "));
  shell[2] = script;
  g_spawn_sync (NULL, (char **)shell, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, NULL,
                &wait_status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (wait_status, &error);
  g_assert_no_error (error);
}

/* (transfer full) (nullable): what ssh -G says about @key */
static char *
find_in_output (const char *output, const char *key)
{
  g_auto (GStrv)   lines = g_strsplit (output, "\n", -1);
  g_autofree char *start = g_strconcat (key, " ", NULL);

  for (guint i = 0; lines[i] != NULL; i++)
    if (g_str_has_prefix (lines[i], start))
      return g_strdup (lines[i] + strlen (start));
  return NULL;
}

/* Where it goes and as whom is what ssh itself makes of the same line. */
static void
test_as_ssh (gconstpointer data)
{
  const Row                 *row = data;
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = culvert_ssh_command_parse_line (row->line, &error);
  g_autofree char  *script = g_strdup_printf ("ssh -F none -G %s", row->line + strlen ("ssh "));
  const char *const shell[] = { "sh", "-c", script, NULL };
  g_autofree char  *output = NULL;
  g_autofree char  *host = NULL;
  g_autofree char  *port = NULL;
  g_autofree char  *user = NULL;
  g_autofree char  *family = NULL;
  g_autofree char  *own_host = NULL;
  g_autofree char  *own_user = NULL;
  static const char *const families[] = { "any", "inet", "inet6" };
  int                      wait_status = -1;

  g_assert_no_error (error);
  g_spawn_sync (NULL, (char **)shell, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL,
                &wait_status, &error);
  g_assert_no_error (error);
  g_spawn_check_wait_status (wait_status, &error);
  g_assert_no_error (error);

  host = find_in_output (output, "hostname");
  port = find_in_output (output, "port");
  user = find_in_output (output, "user");
  family = find_in_output (output, "addressfamily");
  own_host = strchr (row->line, '[') != NULL && host[0] == '['
               ? g_strdup_printf ("[%s]", profile->host)
               : g_strdup (profile->host);
  own_user = culvert_profile_dup_user (profile);
  g_assert_cmpstr (own_host, ==, host);
  g_assert_cmpuint (profile->port, ==, g_ascii_strtoull (port, NULL, 10));
  g_assert_cmpstr (own_user, ==, user);
  g_assert_cmpstr (families[profile->address_family], ==, family);
}

static const Row bad_rows[] = {
  { "", "ssh: no server is named: add user@host" },
  { "ssh", "ssh: no server is named: add user@host" },
  { "ssh -N", "ssh: no server is named: add user@host" },
  { "ssh --", "ssh: no server is named: add user@host" },
  { "ssh alice@", "ssh: no server is named: add user@host" },
  { "ssh @host", "@host: the user is missing" },
  { "ssh host ls -l", "ls: a tunnel runs no command at the server: leave it out" },
  { "ssh host -- ls", "ls: a tunnel runs no command at the server: leave it out" },
  { "ssh -- host -p 1", "-p: a tunnel runs no command at the server: leave it out" },
  { "ssh host -N ls", "ls: a tunnel runs no command at the server: leave it out" },
  { "ssh host:2222", "host:2222: the port does not belong there: write -p 2222" },
  { "ssh 'a b'", "a b: neither a name nor an address of a server" },
  { "ssh -", "-: neither a name nor an address of a server" },
  { "ssh ssh://host/path", "ssh://host/path: an address of a server has no path: leave it out" },
  { "ssh ssh://host:x", "ssh://host:x: the port is not a number from 1 to 65535" },
  { "ssh ssh://", "ssh: no server is named: add user@host" },
  { "ssh ssh://a%zz@host", "ssh://a%zz@host: the user is not written as it is in addresses" },
  { "ssh ssh://a%ee@host", "ssh://a%ee@host: the user is not written as it is in addresses" },
  { "ssh ssh://a%0ab@host", "ssh://a%0ab@host: the user has a control character" },
  { "ssh \u2013L 1:h:2 host", "\u2013L: begins with a typographic dash: type a plain -" },
  { "ssh host \u2212N", "\u2212N: begins with a typographic dash: type a plain -" },
  { "ssh -z host", "-z: ssh has no option that is understood here by this name" },
  { "ssh -NZ host", "-NZ: ssh has no option that is understood here by this name" },
  { "ssh --help", "--help: ssh has no option that is understood here by this name" },
  { "ssh host -L", "-L: what belongs to it is missing" },
  { "ssh -Np", "-p: what belongs to it is missing" },
  { "ssh -p 0 host", "-p 0: the port is not a number from 1 to 65535" },
  { "ssh -p x host", "-p x: the port is not a number from 1 to 65535" },
  { "ssh -p 65536 host", "-p 65536: the port is not a number from 1 to 65535" },
  { "ssh -l '' host", "-l : the user is missing" },
  { "ssh -i '' host", "-i : the path of the key is missing" },
  { "ssh -o CertificateFile=/x/%u host",
    "-o CertificateFile=/x/%u: tokens are not replaced here: write the path" },
  { "ssh -i /x/%u host", "-i /x/%u: tokens are not replaced here: write the path" },
  { "ssh -i '${HOME}/x' host", "-i ${HOME}/x: variables are not replaced here: write the path" },
  { "ssh -L 8080:80 host", "-L 8080:80: a target is missing: write [address:]port:host:port" },
  { "ssh -D 1:h:2 host", "-D 1:h:2: a proxy takes [address:]port and no target" },
  { "ssh -R x host", "-R x: listening port: \"x\" is not a port" },
  { "ssh -J 'a b' host", "-J a b: no jump host: that is neither a name nor an address" },
  { "ssh -J a:0 host", "-J a:0: no jump host: the port is not a number from 1 to 65535" },
  { "ssh -J a,,b host", "-J a,,b: no jump host: the name or address is missing" },
  { "ssh -w 0:0 host", "-w 0:0: network interfaces are not forwarded: use -L, -R or -D" },
  { "ssh -W h:80 host",
    "-W h:80: standard input is not forwarded yet by this version: use -L with a port" },
  { "ssh -F cfg host",
    "-F cfg: files of ssh_config are not read here: write the options themselves" },
  { "ssh -M host", "-M: connections are not shared with ssh: leave it out" },
  { "ssh -S /x host", "-S /x: connections are not shared with ssh: leave it out" },
  { "ssh -O exit host", "-O exit: connections are not shared with ssh: leave it out" },
  { "ssh -E /x host", "-E /x: Culvert keeps a log of its own: leave it out" },
  { "ssh -b 1.2.3.4 host",
    "-b 1.2.3.4: the own address cannot be chosen yet by this version: leave it out" },
  { "ssh -B eth0 host",
    "-B eth0: the interface cannot be chosen yet by this version: leave it out" },
  { "ssh -o HostKeyAlgorithms=+ssh-rsa,ssh-dss host",
    "-o HostKeyAlgorithms=+ssh-rsa,ssh-dss: \"ssh-dss\" cannot be allowed: leave it out" },
  { "ssh -o Ciphers=-aes128-cbc host",
    "-o Ciphers=-aes128-cbc: the algorithms are chosen by Culvert: leave it out" },
  { "ssh -o MACs=+ host", "-o MACs=+: the algorithms are chosen by Culvert: leave it out" },
  { "ssh -c aes128-ctr host", "-c aes128-ctr: the algorithms are chosen by Culvert: leave it out" },
  { "ssh -m hmac-sha2-256 host",
    "-m hmac-sha2-256: the algorithms are chosen by Culvert: leave it out" },
  { "ssh -I /x.so host", "-I /x.so: tokens are reached through the agent: add it there" },
  { "ssh -K host", "-K: this way to sign in is not supported: leave it out" },
  { "ssh -s host sftp", "-s: a tunnel starts no subsystem: leave it out" },
  { "ssh -1 host", "-1: version 1 of the protocol is not supported: leave it out" },
  { "ssh -G host", "-G: asks about ssh itself: leave it out" },
  { "ssh -V", "-V: asks about ssh itself: leave it out" },
  { "ssh -Q cipher", "-Q cipher: asks about ssh itself: leave it out" },
  /* -o */
  { "ssh -o Frobnicate=yes host",
    "-o Frobnicate=yes: \"Frobnicate\" is not an option that is understood here: leave it out" },
  { "ssh -o '' host", "-o : \"\" is not an option that is understood here: leave it out" },
  { "ssh -o =x host", "-o =x: \"\" is not an option that is understood here: leave it out" },
  { "ssh -o Port host", "-o Port: \"Port\" needs a value" },
  { "ssh -o Port= host", "-o Port=: \"Port\" needs a value" },
  { "ssh -o 'Port=\"22' host", "-o Port=\"22: the quotation is not closed" },
  { "ssh -o Port=1=2 host", "-o Port=1=2: the port is not a number from 1 to 65535" },
  { "ssh -o ProxyJump=@jump host",
    "-o ProxyJump=@jump: no jump host: the user in front of the @ is missing" },
  { "ssh -o 'ProxyCommand=nc %h %k' host",
    "-o ProxyCommand=nc %h %k: %k is not replaced here: write what it stands for" },
  { "ssh -o ProxyUseFdpass=yes host",
    "-o ProxyUseFdpass=yes: a command passes no descriptors on here: leave it out" },
  { "ssh -o StrictHostKeyChecking=no host",
    "-o StrictHostKeyChecking=no: the check of the host key cannot be switched off: leave the "
    "option out, or use ask" },
  { "ssh -o StrictHostKeyChecking=off host",
    "-o StrictHostKeyChecking=off: the check of the host key cannot be switched off: leave the "
    "option out, or use ask" },
  { "ssh -o 'HostKeyAlias=a,b' host", "-o HostKeyAlias=a,b: this can be no name of a server" },
  { "ssh -o NoHostAuthenticationForLocalhost=yes host",
    "-o NoHostAuthenticationForLocalhost=yes: the check of the host key cannot be switched off: "
    "leave it out" },
  { "ssh -o Ciphers=aes128-ctr host",
    "-o Ciphers=aes128-ctr: the algorithms are chosen by Culvert: leave it out" },
  { "ssh -o ControlMaster=auto host",
    "-o ControlMaster=auto: connections are not shared with ssh: leave it out" },
  { "ssh -o RemoteCommand=ls host", "-o RemoteCommand=ls: no command is run: leave it out" },
  { "ssh -o SessionType=subsystem host",
    "-o SessionType=subsystem: a tunnel starts no subsystem: leave it out" },
  { "ssh -o Tunnel=yes host",
    "-o Tunnel=yes: network interfaces are not forwarded: use -L, -R or -D" },
  { "ssh -o BatchMode=maybe host", "-o BatchMode=maybe: the value is neither yes nor no" },
  { "ssh -o AddressFamily=ipx host",
    "-o AddressFamily=ipx: the value is none of any, inet and inet6" },
  { "ssh -o ConnectTimeout=x host", "-o ConnectTimeout=x: not a time that can be kept" },
  { "ssh -o ConnectTimeout=5x host", "-o ConnectTimeout=5x: not a time" },
  { "ssh -o ConnectTimeout=2d host", "-o ConnectTimeout=2d: longer than 86400 seconds" },
  { "ssh -o ConnectTimeout=99999999999999999999 host",
    "-o ConnectTimeout=99999999999999999999: not a time that can be kept" },
  { "ssh -o LocalForward=8080 host",
    "-o LocalForward=8080: a target is missing: write [address:]port:host:port" },
  { "ssh -o 'LocalForward=8080 h:80 x' host", "-o LocalForward=8080 h:80 x: more than two values" },
  { "ssh -o 'DynamicForward=1080 h:80' host",
    "-o DynamicForward=1080 h:80: a proxy has no target: leave it out" },
  { "ssh -o 'IdentityAgent=$SOCK' host",
    "-o IdentityAgent=$SOCK: variables are not replaced here: write the path of the socket" },
  { "ssh -o UserKnownHostsFile=%d/x host",
    "-o UserKnownHostsFile=%d/x: tokens and variables are not replaced here: write the path" },
  { "ssh -o PreferredAuthentications=telepathy host",
    "-o PreferredAuthentications=telepathy: \"telepathy\" is no way to sign in: publickey, "
    "password and keyboard-interactive are" },
  { "ssh -o PreferredAuthentications=hostbased host", NO_METHOD_LEFT },
  { "ssh -o BatchMode=yes -o PubkeyAuthentication=no host", NO_METHOD_LEFT },
  { "ssh -o PreferredAuthentications=password -o PasswordAuthentication=no host", NO_METHOD_LEFT },
  { "ssh -o 'UserKnownHostsFile=/a \"\" /b' host",
    "-o UserKnownHostsFile=/a \"\" /b: one of the paths is empty" },
  { "ssh -i '/a\vb' host", "/a\\x0bb: has a control character: leave it out" },
  { "ssh -l 'a\nb' host", "a\\nb: has a control character: leave it out" },
  /* around it */
  { "ssh host | cat",
    "\"|\": one ssh command is understood, without what a shell does around it: leave it out" },
  { "ssh -p $PORT host", "\"$PORT\": no shell reads this here: write what it stands for" },
};

static void
test_bad (gconstpointer data)
{
  const Row                 *row = data;
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = culvert_ssh_command_parse_line (row->line, &error);

  g_assert_null (profile);
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_COMMAND);
  g_assert_cmpstr (error->message, ==, row->expected);
}

/* "true" is a command, too. */
static void
test_no_command (void)
{
  g_autoptr (CulvertProfile) plain = culvert_ssh_command_parse_line ("ssh -L 1:h:2 host", NULL);
  g_autoptr (CulvertProfile) none = culvert_ssh_command_parse_line ("ssh -NL 1:h:2 host", NULL);

  g_assert_true (plain->quick_replies);
  g_assert_false (none->quick_replies);
}

static void
test_words (void)
{
  const char *const  argv[] = { "ssh", "-L", "8080:h:80", "-i", "/my key", "alice@host", NULL };
  const char *const  ssh_only[] = { "-N", "ssh", NULL };
  const char *const  empty[] = { NULL };
  const char *const  not_utf8[] = { "ssh", "h\xff", NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (CulvertProfile) profile = culvert_ssh_command_parse (argv, &error);
  g_autoptr (CulvertProfile) named_ssh = NULL;
  g_autofree char           *found = NULL;

  g_assert_no_error (error);
  found = describe (profile);
  g_assert_cmpstr (found, ==, "alice@host key=/my key local:8080:h:80");
  /* Only in front is it the program. */
  named_ssh = culvert_ssh_command_parse (ssh_only, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (named_ssh->host, ==, "ssh");

  g_assert_null (culvert_ssh_command_parse (empty, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_COMMAND);
  g_clear_error (&error);
  g_assert_null (culvert_ssh_command_parse (not_utf8, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_COMMAND);
  g_assert_cmpstr (error->message, ==, "h\\xff: too long, or not UTF-8 text");
}

static void
test_many_words (void)
{
  g_autoptr (GPtrArray)      argv = g_ptr_array_new ();
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = NULL;

  for (guint i = 0; i < 5000; i++)
    g_ptr_array_add (argv, (gpointer) "-v");
  g_ptr_array_add (argv, NULL);
  profile = culvert_ssh_command_parse ((const char *const *)argv->pdata, &error);
  g_assert_null (profile);
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_COMMAND);
}

/* A message is one short line, whatever was pasted. */
static void
test_messages_are_short (void)
{
  g_autofree char           *filling = g_strnfill (3000, 'x');
  g_autofree char           *line = g_strdup_printf ("ssh -L '1\n\x1b[2J:%s' host", filling);
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = culvert_ssh_command_parse_line (line, &error);

  g_assert_null (profile);
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_COMMAND);
  g_assert_null (strpbrk (error->message, "\n\x1b"));
  g_assert_cmpuint (strlen (error->message), <, 1000);
}

typedef struct
{
  const char *line;
  const char *written;
} WriteRow;

static const WriteRow write_rows[] = {
  { "host", "ssh -N host" },
  { "alice@host -p 2222 -L 8080:h:80", "ssh -N -p 2222 -L 8080:h:80 alice@host" },
  { "-L *:8080:h:80 host", "ssh -N -L '*:8080:h:80' host" },
  { "-L '[::1]:1:[::2]:2' ::1", "ssh -N -L '[::1]:1:[::2]:2' ::1" },
  { "-R 0 -D localhost:1 -R 2:h:3 host", "ssh -N -R 0 -D localhost:1 -R 2:h:3 host" },
  { "-i ~/.ssh/id -i '~/my key' -i /a%%b host", "ssh -N -i ~/.ssh/id -i ~/'my key' -i /a%%b host" },
  { "-o CertificateFile=/a%%b-cert.pub -o 'CertificateFile=\"/b c\"' host",
    "ssh -N -o CertificateFile=/a%%b-cert.pub -o 'CertificateFile=\"/b c\"' host" },
  { "'DOM\\alice@host'", "ssh -N -l 'DOM\\alice' host" },
  { "-l -x host", "ssh -N -l -x host" },
  { "-6 -o IdentitiesOnly=yes -o ConnectTimeout=5 -o ServerAliveInterval=0 host",
    "ssh -N -6 -o IdentitiesOnly=yes -o ConnectTimeout=5 -o ServerAliveInterval=0 host" },
  { "-o 'UserKnownHostsFile=/a \"/b c\"' host", "ssh -N -o 'UserKnownHostsFile=/a \"/b c\"' host" },
  { "-J me@a:2222,[::1]:22 host", "ssh -N -J 'me@a:2222,[::1]' host" },
  { "-o 'ProxyCommand=nc %h %p' host", "ssh -N -o 'ProxyCommand=nc %h %p' host" },
  { "-o BatchMode=yes host", "ssh -N -o BatchMode=yes host" },
  { "-o PreferredAuthentications=password host",
    "ssh -N -o PreferredAuthentications=password host" },
  { "-o IdentityAgent=none host",
    "ssh -N -o PreferredAuthentications=publickey,password,keyboard-interactive "
    "-o IdentityAgent=none host" },
};

static void
test_write (gconstpointer data)
{
  const WriteRow            *row = data;
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = culvert_ssh_command_parse_line (row->line, &error);
  g_autofree char           *written = NULL;

  g_assert_no_error (error);
  written = culvert_ssh_command_from_profile (profile);
  g_assert_cmpstr (written, ==, row->written);
}

static void
test_write_leaves_out (void)
{
  g_autoptr (CulvertProfile) profile =
    culvert_ssh_command_parse_line ("-L 1:h:1 -L 2:h:2 host", NULL);
  g_autoptr (CulvertForwardSpec) off =
    culvert_forward_spec_with_enabled (g_ptr_array_index (profile->forwards, 0), FALSE);
  g_autoptr (CulvertProfile) draft = culvert_profile_new ();
  g_autofree char           *written = NULL;
  g_autofree char           *draft_written = culvert_ssh_command_from_profile (draft);

  culvert_profile_put_forward (profile, off);
  written = culvert_ssh_command_from_profile (profile);
  g_assert_cmpstr (written, ==, "ssh -N -L 2:h:2 host");
  g_assert_cmpstr (draft_written, ==, "ssh -N");
}

static void
add_rows (const char *name, const Row *rows, guint n_rows, GTestDataFunc test)
{
  for (guint i = 0; i < n_rows; i++)
    {
      g_autofree char *path = g_strdup_printf ("/core/ssh-command/%s/%03u", name, i);

      g_test_add_data_func (path, &rows[i], test);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  add_rows ("parse", good_rows, G_N_ELEMENTS (good_rows), test_good);
  add_rows ("round-trip", good_rows, G_N_ELEMENTS (good_rows), test_round_trip);
  for (guint i = 0; i < G_N_ELEMENTS (good_rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/core/ssh-command/as-ssh/%03u", i);

      /* FTP is ours alone, and this ssh reads no IPv6 address in a URI. */
      if (g_str_has_prefix (good_rows[i].line, "ssh ") &&
          strstr (good_rows[i].line, "ftp/") == NULL && strstr (good_rows[i].line, "//[") == NULL)
        g_test_add_data_func (path, &good_rows[i], test_as_ssh);
    }
  add_rows ("refuse", bad_rows, G_N_ELEMENTS (bad_rows), test_bad);
  for (guint i = 0; i < G_N_ELEMENTS (write_rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/core/ssh-command/write/%02u", i);

      g_test_add_data_func (path, &write_rows[i], test_write);
    }
  g_test_add_func ("/core/ssh-command/write-leaves-out", test_write_leaves_out);
  g_test_add_func ("/core/ssh-command/no-command", test_no_command);
  g_test_add_func ("/core/ssh-command/words", test_words);
  g_test_add_func ("/core/ssh-command/many-words", test_many_words);
  g_test_add_func ("/core/ssh-command/messages-are-short", test_messages_are_short);

  return g_test_run ();
}
