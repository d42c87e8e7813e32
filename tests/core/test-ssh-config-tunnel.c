/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "core/ssh-command.h"
#include "ssh-files-fixture.h"

#include <string.h>

/* What tunnel a command line and a file make together. */

typedef struct
{
  CulvertSshFiles *files;
  GPtrArray       *notices;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->files = ssh_files_fixture_new ();
  fixture->notices = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_ssh_notice_free);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_ptr_array_unref (fixture->notices);
  ssh_files_fixture_free (fixture->files);
}

static CulvertProfile *
parse (Fixture *fixture, const char *config, const char *line)
{
  g_autoptr (GError) error = NULL;
  CulvertProfile    *profile;

  ssh_files_fixture_add (fixture->files, "/home/me/.ssh/config", config);
  profile = culvert_ssh_command_parse_line_with (line, fixture->files, fixture->notices, &error);
  g_assert_no_error (error);
  return profile;
}

static void
assert_forward (const CulvertProfile *profile, guint index, const char *argument)
{
  g_autofree char *text = NULL;

  g_assert_cmpuint (index, <, profile->forwards->len);
  text = culvert_forward_spec_to_argument (g_ptr_array_index (profile->forwards, index));
  g_assert_cmpstr (text, ==, argument);
}

static void
assert_notice (Fixture    *fixture,
               guint       index,
               const char *place,
               const char *what,
               gboolean    is_minor)
{
  const CulvertSshNotice *notice;

  g_assert_cmpuint (index, <, fixture->notices->len);
  notice = g_ptr_array_index (fixture->notices, index);
  g_assert_cmpstr (notice->place, ==, place);
  g_assert_cmpstr (notice->what, ==, what);
  g_assert_cmpint (notice->is_minor, ==, is_minor);
  g_assert_cmpstr (notice->reason, !=, "");
}

static void
test_all (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile =
    parse (fixture,
           "Host db\n"
           " HostName %h.Example.org\n Port 2200\n User bob\n AddressFamily inet6\n"
           " IdentityFile ~/.ssh/%n_%r\n IdentityFile %d/two\n IdentitiesOnly yes\n"
           " IdentityAgent ~/agent-%r\n UserKnownHostsFile ~/hosts_%h ${COLOUR}\n"
           " LocalForward 5433 db:5432\n RemoteForward *:9000 localhost:80\n DynamicForward 1080\n"
           " LocalForward /tmp/%r.sock /run/%n\n LocalForward 81 [fe80::1%eth0]:80\n"
           " CertificateFile ~/%n-cert.pub\n KexAlgorithms +diffie-hellman-group1-sha1\n"
           " StrictHostKeyChecking accept-new\n ServerAliveInterval 1m\n ConnectTimeout 5\n"
           " PasswordAuthentication no\n"
           " SessionType none\n BatchMode no\n Compression yes\n",
           "ssh db");

  g_assert_cmpstr (profile->name, ==, "db");
  g_assert_cmpstr (profile->host, ==, "db.example.org");
  g_assert_cmpuint (profile->port, ==, 2200);
  g_assert_cmpstr (profile->user, ==, "bob");
  g_assert_cmpint (profile->address_family, ==, CULVERT_ADDRESS_FAMILY_IPV6);
  g_assert_cmpstr (profile->key_files[0], ==, "~/.ssh/db_bob");
  g_assert_cmpstr (profile->key_files[1], ==, "~/two");
  g_assert_null (profile->key_files[2]);
  g_assert_true (profile->only_listed_keys);
  g_assert_cmpstr (profile->agent_socket, ==, "~/agent-bob");
  g_assert_cmpstr (profile->known_hosts_files[0], ==, "~/hosts_db.example.org");
  g_assert_cmpstr (profile->known_hosts_files[1], ==, "blue");
  g_assert_cmpstr (profile->certificate_files[0], ==, "~/db-cert.pub");
  g_assert_true (profile->legacy_algorithms);
  g_assert_cmpint (profile->host_key_policy, ==, CULVERT_HOST_KEY_ACCEPT_NEW);
  g_assert_cmpuint (profile->keepalive_interval_s, ==, 60);
  g_assert_cmpuint (profile->connect_timeout_s, ==, 5);
  g_assert_false (culvert_profile_has_method (profile, CULVERT_AUTH_PASSWORD));
  g_assert_false (profile->quick_replies);
  g_assert_cmpuint (profile->forwards->len, ==, 5);
  assert_forward (profile, 0, "5433:db:5432");
  assert_forward (profile, 1, "*:9000:localhost:80");
  assert_forward (profile, 2, "1080");
  assert_forward (profile, 3, "/tmp/bob.sock:/run/db");
  assert_forward (profile, 4, "81:[fe80::1%eth0]:80");
  g_assert_cmpuint (fixture->notices->len, ==, 0);
}

/* The command line comes first, and forwards add up. */
static void
test_command_line_wins (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile =
    parse (fixture,
           "Host db\n HostName other\n Port 1\n User bob\n ServerAliveInterval 5\n"
           " LocalForward 2 h:2\n IdentityFile two\n"
           "Match user tom\n ConnectTimeout 9\n",
           "ssh -p 7 -i '%d/one_%h' -L 1:h:1 -o HostName=%h.net -o ServerAliveInterval=6 tom@db");

  g_assert_cmpstr (profile->host, ==, "db.net");
  g_assert_cmpuint (profile->port, ==, 7);
  g_assert_cmpstr (profile->user, ==, "tom");
  g_assert_cmpuint (profile->keepalive_interval_s, ==, 6);
  g_assert_cmpuint (profile->connect_timeout_s, ==, 9);
  assert_forward (profile, 0, "1:h:1");
  assert_forward (profile, 1, "2:h:2");
  g_assert_cmpstr (profile->key_files[0], ==, "~/one_db.net");
  g_assert_cmpstr (profile->key_files[1], ==, "two");
}

/* Without a file everything is as it was, but for the case of the name. */
static void
test_no_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = NULL;
  const char *const          argv[] = { "ssh", "-F", "none", "DB", NULL };

  ssh_files_fixture_add (fixture->files, "/home/me/.ssh/config", "Frob\n");
  profile = culvert_ssh_command_parse_with (argv, fixture->files, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (profile->host, ==, "db");
  g_assert_cmpstr (profile->name, ==, "");
  g_assert_cmpstr (profile->user, ==, "");
}

static void
test_named_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile = NULL;

  ssh_files_fixture_add (fixture->files, "mine", "Port 5\n");
  profile = parse (fixture, "Port 6\n", "ssh -F nowhere -F mine db");
  g_assert_cmpuint (profile->port, ==, 5);
}

static void
test_notices (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile =
    parse (fixture,
           "Host db\n Ciphers aes128-ctr\n StrictHostKeyChecking no\n ControlMaster auto\n"
           " ControlPath ~/x\n GSSAPIAuthentication yes\n HostKeyAlias other\n"
           " RemoteCommand tail -f x\n SendEnv LANG\n ForwardX11 yes\n HashKnownHosts yes\n"
           " Match exec true\n  Port 1\n",
           "ssh db");

  g_assert_cmpuint (profile->port, ==, 22);
  g_assert_cmpstr (profile->host_key_alias, ==, "other");
  g_assert_cmpuint (fixture->notices->len, ==, 8);
  assert_notice (fixture, 0, "~/.ssh/config:12", "Match exec", FALSE);
  assert_notice (fixture, 1, "~/.ssh/config:2", "ciphers aes128-ctr", FALSE);
  assert_notice (fixture, 2, "~/.ssh/config:3", "stricthostkeychecking no", FALSE);
  assert_notice (fixture, 3, "~/.ssh/config:4", "controlmaster auto", TRUE);
  assert_notice (fixture, 4, "~/.ssh/config:5", "controlpath ~/x", TRUE);
  assert_notice (fixture, 5, "~/.ssh/config:6", "gssapiauthentication yes", TRUE);
  assert_notice (fixture, 6, "~/.ssh/config:8", "remotecommand tail -f x", FALSE);
  assert_notice (fixture, 7, "~/.ssh/config:11", "hashknownhosts yes", TRUE);
}

/* What may not be left out. */
static void
test_refused (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *config;
    const char *message;
  } rows[] = {
    { "RevokedHostKeys /x\n", "~/.ssh/config:1: revokedhostkeys /x: lists of revoked keys" },
    { "PermitRemoteOpen h:80\n", "~/.ssh/config:1: permitremoteopen h:80: " },
    { "RefuseConnection \"no more\"\n", "~/.ssh/config:1: refuseconnection no more: " },
    { "User %r\n", "~/.ssh/config:1: \"%r\" has no meaning here" },
    { "IdentityFile ${NOTHING}\n", "${NOTHING}: the variable NOTHING is not set" },
    { "LocalForward ${NOTHING} h:1\n", "the variable NOTHING is not set" },
    { "HostName 'a b'\n", "a b: neither a name nor an address" },
    { "Frob 1\n", "~/.ssh/config:1: \"frob\" is not an option" },
    { "ConnectTimeout 2d\n", "~/.ssh/config:1: connecttimeout 2d: longer than 86400 seconds" },
    { "Host other\nPort x\n", "~/.ssh/config:2: port: \"x\"" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError)         error = NULL;
      g_autoptr (CulvertProfile) profile = NULL;

      ssh_files_fixture_add (fixture->files, "/home/me/.ssh/config", rows[i].config);
      profile =
        culvert_ssh_command_parse_line_with ("ssh db", fixture->files, fixture->notices, &error);
      g_assert_null (profile);
      g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_COMMAND);
      if (strstr (error->message, rows[i].message) == NULL)
        g_assert_cmpstr (error->message, ==, rows[i].message);
    }
}

static void
test_agent (Fixture *fixture, gconstpointer data)
{
  CulvertProfile *profile = parse (fixture, "IdentityAgent $COLOUR\n", "ssh db");

  g_assert_cmpstr (profile->agent_socket, ==, "blue");
  culvert_profile_unref (profile);
  profile = parse (fixture, "IdentityAgent ${COLOUR}/x\n", "ssh db");
  g_assert_cmpstr (profile->agent_socket, ==, "blue/x");
  culvert_profile_unref (profile);
  /* As for ssh: there is none. */
  profile = parse (fixture, "IdentityAgent $NOTHING\n", "ssh db");
  g_assert_false (culvert_profile_has_method (profile, CULVERT_AUTH_AGENT));
  culvert_profile_unref (profile);
}

static void
test_clear (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile =
    parse (fixture, "LocalForward 1 h:1\nClearAllForwardings yes\n", "ssh -L 2:h:2 db");

  g_assert_cmpuint (profile->forwards->len, ==, 0);
}

static void
test_gateway (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertProfile) profile =
    parse (fixture, "GatewayPorts yes\nLocalForward 1 h:1\n", "ssh db");

  assert_forward (profile, 0, "*:1:h:1");
}

#define HOPS                                                                                       \
  "Host b\n HostName %h.example.org\n Port 2200\n User ben\n"                                      \
  "Host c\n ProxyJump b\n User carl\n"                                                             \
  "Host d\n ProxyJump %h-gate\n"                                                                   \
  "Host loop\n ProxyJump pool\nHost pool\n ProxyJump loop\n"                                       \
  "Host cmd\n ProxyCommand nc %n %h %p\n HostName cmd.example.org\n"                               \
  "Host bad\n User %r\n"

/* Each is looked up as ssh looks it up: it runs another ssh for it. */
static void
test_hops (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *line;
    const char *hops;
  } rows[] = {
    { "ssh -J b db", "ben@b.example.org:2200" },
    { "ssh -J x@b:22 db", "x@b.example.org" },
    { "ssh -J B db", "b" },
    { "ssh -J c db", "ben@b.example.org:2200 carl@c" },
    /* The others are reached through the first. */
    { "ssh -J b,c db", "ben@b.example.org:2200 carl@c" },
    { "ssh -J x,c db", "x carl@c" },
    { "ssh -J '[::1]:23' db", "[::1]:23" },
    { "ssh -J none c", "" },
    { "ssh -o ProxyJump=x c", "x" },
    { "ssh -o ProxyCommand=none c", "" },
    { "ssh c", "ben@b.example.org:2200" },
    { "ssh d", "d-gate" },
    { "ssh -F none -J b db", "b" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CulvertProfile) profile = parse (fixture, HOPS, rows[i].line);
      g_autofree char           *hops = g_strjoinv (" ", profile->hops);

      g_test_message ("%s", rows[i].line);
      g_assert_cmpstr (hops, ==, rows[i].hops);
      g_assert_cmpstr (profile->proxy_command, ==, "");
    }
}

static void
test_bad_hops (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *line;
    const char *message;
  } rows[] = {
    { "ssh loop", "~/.ssh/config:" },
    { "ssh loop", "jump hosts lead back to themselves, or are more than 32" },
    { "ssh -J bad db", "~/.ssh/config:18: \"%r\" has no meaning here" },
  };

  ssh_files_fixture_add (fixture->files, "/home/me/.ssh/config", HOPS);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError)         error = NULL;
      g_autoptr (CulvertProfile) profile = culvert_ssh_command_parse_line_with (
        rows[i].line, fixture->files, fixture->notices, &error);

      g_assert_null (profile);
      g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_COMMAND);
      if (strstr (error->message, rows[i].message) == NULL)
        g_assert_cmpstr (error->message, ==, rows[i].message);
    }
}

/* A command from a file is kept, and nobody has allowed it. */
static void
test_proxy_command (Fixture *fixture, gconstpointer data)
{
  CulvertProfile *profile = parse (fixture, HOPS, "ssh cmd");

  g_assert_cmpstr (profile->proxy_command, ==, "nc cmd %h %p");
  g_assert_false (profile->proxy_command_allowed);
  culvert_profile_unref (profile);
  profile = parse (fixture, HOPS, "ssh -J x@cmd db");
  g_assert_cmpstr (profile->proxy_command, ==, "nc cmd %h %p");
  g_assert_false (profile->proxy_command_allowed);
  g_assert_cmpstr (profile->hops[0], ==, "x@cmd.example.org");
  culvert_profile_unref (profile);
}

static void
test_hop_keys (Fixture *fixture, gconstpointer data)
{
  static const char config[] = "Host b\n IdentityFile ~/of-%n\n IdentityFile ~/both\n"
                               "Host db\n IdentityFile ~/both\n ProxyJump b\n"
                               "Host plain\n ProxyJump b\n";
  CulvertProfile   *profile = parse (fixture, config, "ssh db");

  g_assert_cmpstr (profile->key_files[0], ==, "~/both");
  g_assert_cmpstr (profile->key_files[1], ==, "~/of-b");
  g_assert_null (profile->key_files[2]);
  g_assert_cmpuint (fixture->notices->len, ==, 0);
  culvert_profile_unref (profile);

  /* The usual keys cannot be named beside one. */
  profile = parse (fixture, config, "ssh plain");
  g_assert_null (profile->key_files[0]);
  assert_notice (fixture, 0, "~/.ssh/config:2", "identityfile ~/of-%n", FALSE);
  culvert_profile_unref (profile);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, func)                                                                            \
  g_test_add ("/core/ssh-config-tunnel/" name, Fixture, NULL, set_up, func, tear_down)
  ADD ("all", test_all);
  ADD ("command-line-wins", test_command_line_wins);
  ADD ("no-file", test_no_file);
  ADD ("named-file", test_named_file);
  ADD ("notices", test_notices);
  ADD ("refused", test_refused);
  ADD ("agent", test_agent);
  ADD ("clear", test_clear);
  ADD ("gateway", test_gateway);
  ADD ("hops", test_hops);
  ADD ("bad-hops", test_bad_hops);
  ADD ("proxy-command", test_proxy_command);
  ADD ("hop-keys", test_hop_keys);

  return g_test_run ();
}
