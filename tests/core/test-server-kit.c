/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/server-kit.h"
#include "core/ssh-command.h"
#include "support/culvert-test.h"

#include <string.h>

#define KEY  "ssh-ed25519 AAAA me"
#define ONLY "restrict,command=\"true\",port-forwarding,"
#define NO   "none.invalid:1"

/* What cli/test-server-kit shows to a real server, and the rest. */
typedef struct
{
  const char *line;    /* of ssh */
  const char *options; /* of the key */
  const char *config[6];
} Row;

static const Row rows[] = {
  { "ssh -L 1:db:5432 alice@h",
    ONLY "permitopen=\"db:5432\",permitlisten=\"" NO "\"",
    { "Match User alice", "    AllowTcpForwarding local", "    PermitOpen db:5432",
      "    PermitListen none", "    GatewayPorts no", "    AllowStreamLocalForwarding no" } },
  { "ssh -L 1:a:1 -L 2:[::1]:2 -L 3:a:1 alice@h",
    ONLY "permitopen=\"a:1\",permitopen=\"[::1]:2\",permitlisten=\"" NO "\"",
    { "    PermitOpen a:1 [::1]:2" } },
  { "ssh -R 8080:here:80 -R 127.0.0.1:81:x:1 -R [::1]:82:x:1 alice@h",
    ONLY "permitopen=\"" NO "\",permitlisten=\"localhost:8080\",permitlisten=\"127.0.0.1:81\","
         "permitlisten=\"[::1]:82\"",
    { "    AllowTcpForwarding remote", "    PermitOpen none",
      "    PermitListen localhost:8080 127.0.0.1:81 [::1]:82", "    GatewayPorts no" } },
  { "ssh -R 0:here:80 -R '*:8080:here:80' alice@h",
    ONLY "permitopen=\"" NO "\",permitlisten=\"localhost:*\",permitlisten=\"*:8080\"",
    { "    PermitListen localhost:* *:8080", "    GatewayPorts clientspecified" } },
  { "ssh -R 10.0.0.1:8080:here:80 alice@h",
    ONLY "permitopen=\"" NO "\",permitlisten=\"10.0.0.1:8080\"",
    { "    GatewayPorts clientspecified" } },
  { "ssh -D 1080 -R 1081 alice@h",
    ONLY "permitlisten=\"localhost:1081\"",
    { "    AllowTcpForwarding yes", "    PermitOpen any", "    PermitListen localhost:1081" } },
  { "ssh -L 1:/run/docker.sock alice@h",
    ONLY "permitopen=\"[/run/docker.sock]:*\",permitlisten=\"" NO "\"",
    { "    AllowTcpForwarding local", "    PermitOpen [/run/docker.sock]:*",
      "    AllowStreamLocalForwarding local" } },
  { "ssh -L ftp/2121:ftp:21 alice@h",
    ONLY "permitopen=\"ftp:21\",permitopen=\"ftp:*\",permitlisten=\"127.0.0.1:*\","
         "permitlisten=\"[::1]:*\"",
    { "    AllowTcpForwarding yes", "    PermitOpen ftp:21 ftp:*",
      "    PermitListen 127.0.0.1:* [::1]:*" } },
  { "ssh -R ftp/2121:ftp:21 alice@h",
    ONLY "permitopen=\"" NO "\",permitlisten=\"localhost:2121\",permitlisten=\"127.0.0.1:*\","
         "permitlisten=\"[::1]:*\"",
    { "    AllowTcpForwarding remote" } },
  /* Nothing but signing in. */
  { "ssh alice@h",
    "restrict,command=\"true\"",
    { "    AllowTcpForwarding no", "    PermitOpen none", "    PermitListen none" } },
  /* A name that is more than a name is a pattern that matches it. */
  { "ssh -l 'a b*,!' h", "restrict,command=\"true\"", { "Match User a?b???" } },
};

static CulvertProfile *
parse (const char *line)
{
  g_autoptr (GError) error = NULL;
  CulvertProfile    *profile = culvert_ssh_command_parse_line (line, &error);

  g_assert_no_error (error);
  return profile;
}

static void
assert_line (const char *text, const char *line)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  if (!g_strv_contains ((const char *const *)lines, line))
    g_error ("no line “%s” in:\n%s", line, text);
}

static void
test_row (gconstpointer data)
{
  const Row                 *row = data;
  g_autoptr (CulvertProfile) profile = parse (row->line);
  const char *const          keys[] = { KEY, NULL };
  g_autoptr (GPtrArray)      kits = culvert_server_kits_new (profile, keys);
  g_autofree char           *line = g_strconcat (row->options, " " KEY, NULL);
  const CulvertServerKit    *kit;

  g_assert_cmpuint (kits->len, ==, 1);
  kit = g_ptr_array_index (kits, 0);
  assert_line (kit->authorized_keys, line);
  for (guint i = 0; i < G_N_ELEMENTS (row->config) && row->config[i] != NULL; i++)
    assert_line (kit->sshd_config, row->config[i]);
  assert_line (kit->sshd_config, "    ForceCommand true");
  assert_line (kit->sshd_config, "    PermitTTY no");
  assert_line (kit->sshd_config, "    X11Forwarding no");
}

/* Each jump server allows the next one. */
static void
test_jumps (void)
{
  g_autoptr (CulvertProfile) profile =
    parse ("ssh -J me@gate,[::1]:2222 -p 23 -L 1:db:1 alice@app");
  g_autoptr (GPtrArray)   kits = culvert_server_kits_new (profile, NULL);
  g_autofree char        *text = culvert_server_kits_to_text (kits);
  const CulvertServerKit *first = g_ptr_array_index (kits, 0);
  const CulvertServerKit *second = g_ptr_array_index (kits, 1);
  const CulvertServerKit *last = g_ptr_array_index (kits, 2);

  g_assert_cmpuint (kits->len, ==, 3);
  g_assert_cmpstr (first->server, ==, "gate");
  g_assert_cmpstr (first->user, ==, "me");
  g_assert_true (first->is_jump);
  assert_line (first->sshd_config, "    PermitOpen [::1]:2222");
  g_assert_cmpstr (second->server, ==, "::1");
  assert_line (second->sshd_config, "    PermitOpen app:23");
  g_assert_cmpstr (last->server, ==, "app");
  g_assert_false (last->is_jump);
  assert_line (last->sshd_config, "    PermitOpen db:1");
  /* Whose key is not known: there is a place for it. */
  assert_line (last->authorized_keys,
               ONLY "permitopen=\"db:1\",permitlisten=\"" NO "\" PUT-THE-PUBLIC-KEY-HERE");
  assert_line (text, "# ~me/.ssh/authorized_keys at gate:");
  assert_line (text, "# /etc/ssh/sshd_config at app:");
}

/* What is switched off is not allowed; what cannot be written is named, and not allowed. */
static void
test_not_allowed (void)
{
  g_autoptr (CulvertProfile)     profile = parse ("ssh -L 1:a:1 -L 2:b:2 alice@h");
  g_autoptr (CulvertForwardSpec) off =
    culvert_forward_spec_with_enabled (g_ptr_array_index (profile->forwards, 0), FALSE);
  g_autoptr (CulvertEndpoint) listen = culvert_endpoint_new_tcp ("", 3);
  g_autoptr (CulvertEndpoint) target = culvert_endpoint_new_tcp ("x\",command=\"evil\n", 4);
  g_autoptr (CulvertEndpoint) socket = culvert_endpoint_new_unix ("/a\"]:*\nb");
  CulvertForwardFields        fields = {
           .kind = CULVERT_FORWARD_LOCAL, .listen = listen, .target = target, .is_enabled = TRUE
  };
  g_autoptr (CulvertForwardSpec) odd = culvert_forward_spec_new (&fields);
  g_autoptr (CulvertForwardSpec) odd_socket = NULL;
  g_autoptr (GPtrArray)          kits = NULL;
  const CulvertServerKit        *kit;

  fields.target = socket;
  odd_socket = culvert_forward_spec_new (&fields);
  culvert_profile_put_forward (profile, off);
  culvert_profile_put_forward (profile, odd);
  culvert_profile_put_forward (profile, odd_socket);
  kits = culvert_server_kits_new (profile, NULL);
  kit = g_ptr_array_index (kits, 0);
  assert_line (kit->authorized_keys,
               ONLY "permitopen=\"b:2\",permitlisten=\"" NO "\" PUT-THE-PUBLIC-KEY-HERE");
  assert_line (kit->sshd_config, "    PermitOpen b:2");
  g_assert_nonnull (strstr (kit->authorized_keys, "# Left out: x\",command=\"evil?:4"));
  g_assert_nonnull (strstr (kit->sshd_config, "    # Left out: /a\"]:*?b"));
  g_assert_null (strstr (kit->authorized_keys, "\nb"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/core/server-kit/rows/%02u", i);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  g_test_add_func ("/core/server-kit/jumps", test_jumps);
  g_test_add_func ("/core/server-kit/not-allowed", test_not_allowed);
  return g_test_run ();
}
