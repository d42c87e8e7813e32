/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/lib.h"
#include "ssh/session-fixture.h"
#include "ssh/session-private.h"
#include "ssh/wire.h"
#include "support/child-process.h"
#include "support/kbdint-server.h"
#include "support/loopback.h"
#include "support/targets.h"
#include "words/failure.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* Each way to fail, from a real cause, with the sentence that people read about it.  Servers that
 * cannot be had for real are bytes. */

/* Every one of @parts must be in the sentences. */
static void
assert_words (const GError *error, const CulvertProfile *profile, const char *const *parts)
{
  g_autoptr (CulvertFailureWords) words = culvert_failure_words_for_tunnel (error, profile);
  g_autofree char                *text = culvert_failure_words_join (words);

  g_test_message ("%s | %s", error->message, text);
  g_assert_nonnull (words->next);
  for (; *parts != NULL; parts++)
    if (strstr (text, *parts) == NULL)
      g_error ("“%s” is not in: %s", *parts, text);
}

static void
assert_fails (SessionFixture *fixture, CulvertSshError code, const char *const *parts)
{
  session_fixture_fail (fixture, code);
  assert_words (fixture->error, fixture->profile, parts);
}

/* Algorithms (T35) */

typedef struct
{
  const char *name;
  const char *config;
  guint       host_keys;
  int         code;     /* -1: it works */
  int         old_code; /* the same with a library that is older than 1.11 */
  gboolean    helps;    /* would the switch "Legacy server" help? */
  const char *line;     /* the line of sshd_config that is asked for; with @old_code another */
} AlgorithmRow;

#define SNTRUP "sntrup761x25519-sha512@openssh.com"

static const AlgorithmRow algorithm_rows[] = {
  { "gcm-only", "Ciphers aes256-gcm@openssh.com", CULVERT_KEY_ED25519, -1,
    CULVERT_SSH_ERROR_NO_COMMON_CIPHER, FALSE, "“Ciphers aes256-gcm@openssh.com,aes128-ctr”" },
  { "chacha-only", "Ciphers chacha20-poly1305@openssh.com", CULVERT_KEY_ED25519, -1,
    CULVERT_SSH_ERROR_NO_COMMON_CIPHER, FALSE,
    "“Ciphers chacha20-poly1305@openssh.com,aes128-ctr”" },
  { "etm-only", "MACs hmac-sha2-256-etm@openssh.com", CULVERT_KEY_ED25519, -1,
    CULVERT_SSH_ERROR_NO_COMMON_MAC, FALSE, "“MACs hmac-sha2-256-etm@openssh.com,hmac-sha2-256”" },
  { "rsa-only", "HostKeyAlgorithms rsa-sha2-512,rsa-sha2-256", CULVERT_KEY_RSA, -1,
    CULVERT_SSH_ERROR_NO_COMMON_HOST_KEY, FALSE, "“HostKey /etc/ssh/ssh_host_ed25519_key”" },
  { "sntrup-only", "KexAlgorithms " SNTRUP, CULVERT_KEY_ED25519, CULVERT_SSH_ERROR_NO_COMMON_KEX,
    CULVERT_SSH_ERROR_NO_COMMON_KEX, FALSE, "“KexAlgorithms " SNTRUP "," },
  { "umac-only", "MACs umac-128@openssh.com", CULVERT_KEY_ED25519, CULVERT_SSH_ERROR_NO_COMMON_MAC,
    CULVERT_SSH_ERROR_NO_COMMON_MAC, FALSE, "“MACs umac-128@openssh.com,hmac-sha2-256" },
  { "3des-only", "Ciphers 3des-cbc", CULVERT_KEY_ED25519, CULVERT_SSH_ERROR_NO_COMMON_CIPHER,
    CULVERT_SSH_ERROR_NO_COMMON_CIPHER, FALSE, "“Ciphers 3des-cbc,aes128-" },
  { "old-kex", "KexAlgorithms diffie-hellman-group14-sha1", CULVERT_KEY_ED25519,
    CULVERT_SSH_ERROR_NO_COMMON_KEX, CULVERT_SSH_ERROR_NO_COMMON_KEX, TRUE,
    "“KexAlgorithms diffie-hellman-group14-sha1,ecdh-sha2-nistp256”" },
  { "old-cipher", "Ciphers aes128-cbc,3des-cbc", CULVERT_KEY_ED25519,
    CULVERT_SSH_ERROR_NO_COMMON_CIPHER, CULVERT_SSH_ERROR_NO_COMMON_CIPHER, TRUE,
    "“Ciphers aes128-cbc,3des-cbc,aes128-ctr”" },
  { "old-mac", "MACs hmac-sha1", CULVERT_KEY_ED25519, CULVERT_SSH_ERROR_NO_COMMON_MAC,
    CULVERT_SSH_ERROR_NO_COMMON_MAC, TRUE, "“MACs hmac-sha1,hmac-sha2-256”" },
  { "old-host-key", "HostKeyAlgorithms ssh-rsa", CULVERT_KEY_RSA,
    CULVERT_SSH_ERROR_NO_COMMON_HOST_KEY, CULVERT_SSH_ERROR_NO_COMMON_HOST_KEY, TRUE, NULL },
};

/* The key that is recorded must not bring ssh-rsa back in, so the server is a new one. */
static SessionFixture *
new_fixture (CulvertSshd *sshd)
{
  SessionFixture *fixture = session_fixture_new_for_sshd (sshd);

  g_assert_true (g_file_set_contents (fixture->known_hosts, "", 0, NULL));
  fixture->host_key_decision = CULVERT_DECISION_ONCE;
  return fixture;
}

static void
test_algorithms (gconstpointer data)
{
  const AlgorithmRow *row = data;
  /* The first of two lines about the same wins; a cipher like GCM would need no MAC. */
  const char *const       config[] = { row->config, "Ciphers aes128-ctr,aes128-cbc", NULL };
  int                     code = culvert_lib_has_rsa_sha2 () ? row->code : row->old_code;
  g_autoptr (CulvertSshd) sshd =
    culvert_sshd_new (&(CulvertSshdOptions){ .config = config, .host_keys = row->host_keys });
  g_autoptr (SessionFixture)      fixture = new_fixture (sshd);
  g_autoptr (CulvertFailureWords) words = NULL;

  if (code < 0)
    {
      session_fixture_up (fixture);
      session_fixture_stop (fixture);
      return;
    }
  session_fixture_fail (fixture, (CulvertSshError)code);
  words = culvert_failure_words_for_tunnel (fixture->error, fixture->profile);
  g_test_message ("%s | %s %s %s", fixture->error->message, words->what, words->why, words->next);
  g_assert_nonnull (strstr (words->why, strchr (row->config, ' ') + 1) != NULL
                      ? words->why
                      : strstr (words->why, "The server offers only "));
  g_assert_nonnull (strstr (words->why, "Culvert offers "));
  g_assert_true ((strstr (words->next, "“Legacy server”") != NULL) == row->helps);
  if (row->line != NULL)
    g_assert_nonnull (strstr (words->next, row->line));
  if (!row->helps)
    return;

  {
    g_autoptr (SessionFixture) again = new_fixture (sshd);

    again->profile->legacy_algorithms = TRUE;
    session_fixture_up (again);
    session_fixture_stop (again);
  }
}

/* Servers that are bytes */

typedef struct
{
  const char *name;
  const char *says;
  gsize       n_bytes; /* 0: up to the NUL */
  gboolean    closes;
  int         code;
  const char *parts[4];
} ByteRow;

#define SAYS(text) text, sizeof text - 1

static const ByteRow byte_rows[] = {
  { "silent", "", 0, FALSE, CULVERT_SSH_ERROR_SILENT, { "says nothing", "Check the port" } },
  { "closes-at-once",
    "",
    0,
    TRUE,
    CULVERT_SSH_ERROR_TURNED_AWAY,
    { "closed the connection before it said a word", "hosts.deny" } },
  { "penalty",
    SAYS ("Not allowed at this time\r\n"),
    TRUE,
    CULVERT_SSH_ERROR_TURNED_AWAY,
    { "from this address for a while", "PerSourcePenaltyExemptList" } },
  { "tls",
    SAYS ("\x15\x03\x01\x00\x02\x02\x46"),
    TRUE,
    CULVERT_SSH_ERROR_NOT_SSH,
    { "expects TLS", "Check the port" } },
  { "smtp",
    SAYS ("220 mx.example.com ESMTP Postfix\r\n"),
    FALSE,
    CULVERT_SSH_ERROR_NOT_SSH,
    { "is a mail server (SMTP)", "Check the port" } },
  { "ftp",
    SAYS ("220 (vsFTPd 3.0.3)\r\n"),
    FALSE,
    CULVERT_SSH_ERROR_NOT_SSH,
    { "is an FTP server" } },
  { "mysql",
    SAYS ("\x4a\x00\x00\x00\x0a"
          "8.0.36\0\x08\x00"),
    FALSE,
    CULVERT_SSH_ERROR_NOT_SSH,
    { "is a database (MySQL)" } },
  { "vnc", SAYS ("RFB 003.008\n"), FALSE, CULVERT_SSH_ERROR_NOT_SSH, { "is a remote desktop" } },
  { "telnet",
    SAYS ("\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23"),
    FALSE,
    CULVERT_SSH_ERROR_NOT_SSH,
    { "is a Telnet server" } },
  { "ssh-1",
    SAYS ("SSH-1.5-Cisco-1.25\n"),
    FALSE,
    CULVERT_SSH_ERROR_NOT_SSH,
    { "the first version of SSH", "update" } },
  { "no-known-kind",
    SAYS ("hello there\r\nwho are you?\r\n"),
    FALSE,
    CULVERT_SSH_ERROR_NOT_SSH,
    { "it said “hello there”", "Check the port" } },
  { "key-exchange-hangs",
    SAYS ("SSH-2.0-odd\r\n"),
    FALSE,
    CULVERT_SSH_ERROR_HANDSHAKE_TIMED_OUT,
    { "began to exchange keys", "MTU" } },
  { "key-exchange-is-nonsense",
    SAYS ("SSH-2.0-odd\r\n\x7f\xff\xff\xff\x00garbage that is no packet at all, to be sure"),
    FALSE,
    CULVERT_SSH_ERROR_HANDSHAKE,
    { "No secure connection", "log" } },
  { "closes-after-version",
    SAYS ("SSH-2.0-odd\r\n"),
    TRUE,
    CULVERT_SSH_ERROR_CLOSED,
    { "closed the connection", "log" } },
};

static void
test_bytes (gconstpointer data)
{
  const ByteRow     *row = data;
  g_autoptr (GBytes) says =
    g_bytes_new_static (row->says, row->n_bytes != 0 ? row->n_bytes : strlen (row->says));
  g_autoptr (CulvertTarget) target = culvert_target_new (
    &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SAYS, .says = says, .closes = row->closes });
  g_autoptr (SessionFixture) fixture = session_fixture_new (culvert_target_get_port (target));

  fixture->profile->connect_timeout_s = 1;
  assert_fails (fixture, (CulvertSshError)row->code, row->parts);
}

/* A server that takes nothing but compressed packets. */
static void
test_compression (void)
{
  static const char *const lists[] = {
    "curve25519-sha256,ecdh-sha2-nistp256,ext-info-s",
    "ssh-ed25519,ecdsa-sha2-nistp256",
    "aes128-ctr",
    "aes128-ctr",
    "hmac-sha2-256",
    "hmac-sha2-256",
    "zlib@openssh.com",
    "zlib@openssh.com",
    "",
    "",
  };
  static const guint8        zeros[16] = { 0 };
  static const char *const   parts[] = { "insists on compressing", "zlib@openssh.com",
                                         "without compression", NULL };
  g_autoptr (GByteArray)     payload = g_byte_array_new ();
  g_autoptr (GByteArray)     greeting = g_byte_array_new ();
  g_autoptr (GBytes)         says = NULL;
  g_autoptr (CulvertTarget)  target = NULL;
  g_autoptr (SessionFixture) fixture = NULL;
  guint8                     padding;

  culvert_wire_write_byte (payload, 20);
  g_byte_array_append (payload, zeros, 16);
  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    culvert_wire_write_text (payload, lists[i]);
  culvert_wire_write_byte (payload, 0);
  culvert_wire_write_u32 (payload, 0);
  padding = (guint8)(8 - (payload->len + 5) % 8 + 8);
  g_byte_array_append (greeting, (const guint8 *)"SSH-2.0-odd\r\n", 13);
  culvert_wire_write_u32 (greeting, payload->len + 1 + padding);
  culvert_wire_write_byte (greeting, padding);
  g_byte_array_append (greeting, payload->data, payload->len);
  g_byte_array_append (greeting, zeros, padding);
  says = g_bytes_new (greeting->data, greeting->len);
  target = culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_SAYS, .says = says });
  fixture = session_fixture_new (culvert_target_get_port (target));
  assert_fails (fixture, CULVERT_SSH_ERROR_NO_COMMON_COMPRESSION, parts);
}

/* Servers that are something else */

static void
assert_not_ssh (const char *const *argv, guint16 port, const char *log_text, const char *part)
{
  const char *const               parts[] = { part, "Check the port", NULL };
  g_autoptr (CulvertTempDir)      dir = culvert_temp_dir_new ();
  g_autofree char                *log = culvert_temp_dir_build (dir, "log");
  g_autoptr (CulvertChildProcess) process = culvert_child_process_start (argv, NULL, log);
  g_autoptr (SessionFixture)      fixture = session_fixture_new (port);

  culvert_test_wait_until (culvert_child_process_count_in_log (process, log_text) > 0, 10000);
  assert_fails (fixture, CULVERT_SSH_ERROR_NOT_SSH, parts);
}

static void
test_http (void)
{
  guint16           port = culvert_test_free_port ();
  g_autofree char  *number = g_strdup_printf ("%u", port);
  const char *const argv[] = { "python3", "-u",        "-m",   "http.server",
                               "--bind",  "127.0.0.1", number, NULL };

  assert_not_ssh (argv, port, "Serving HTTP", "is a web server");
}

/* Of two connections that have not signed in one is too many.  (Of two MaxStartups lines the last one
 * wins, and the fixture has one.) */
static void
test_max_startups (void)
{
  static const char *const   config[] = { "PerSourceMaxStartups 1", NULL };
  static const char *const   parts[] = { "takes no more connections at the moment",
                                         "“MaxStartups 100:30:200”", NULL };
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  int first = culvert_loopback_connect ("127.0.0.1", culvert_sshd_get_port (sshd), 0);

  g_assert_cmpint (first, >=, 0);
  culvert_test_wait_until (culvert_sshd_count_session_processes (sshd) > 0, 10000);
  assert_fails (fixture, CULVERT_SSH_ERROR_TURNED_AWAY, parts);
  close (first);
}

/* Signing in */

static void
test_login_grace (void)
{
  static const char *const config[] = { "LoginGraceTime 1", NULL };
  static const char *const parts[] = { "while it waited for your answer", "“LoginGraceTime 300”", NULL };
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  session_fixture_use_methods (fixture, CULVERT_AUTH_PASSWORD, 1);
  fixture->leaves_open = TRUE;
  assert_fails (fixture, CULVERT_SSH_ERROR_AUTH_UNANSWERED, parts);
  g_assert_cmpuint (fixture->prompts->len, ==, 1);
}

/* The server takes what it is given and does not come back with a verdict.  The limit for that is
 * made shorter here. */
static void
test_no_verdict (void)
{
  static const char *const   parts[] = { "did not say in time whether it lets you in", NULL };
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  session_fixture_start (fixture);
  culvert_test_wait_until (
    culvert_session_get_state (fixture->session) == CULVERT_SESSION_SIGNING_IN, 10000);
  culvert_sshd_freeze (sshd);
  culvert_session_set_deadline (fixture->session, 1);
  session_fixture_wait_end (fixture, 10000);
  g_assert_error (fixture->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_TIMED_OUT);
  assert_words (fixture->error, fixture->profile, parts);
  culvert_sshd_thaw (sshd);
}

/* Connections through a forward */

typedef struct
{
  gboolean is_done;
  gboolean is_open;
  GError  *error;
} Opening;

static void
opened_cb (CulvertStream *stream, gpointer user_data)
{
  Opening *opening = user_data;

  opening->is_done = opening->is_open = TRUE;
}

static void
refused_cb (CulvertStream *stream, const GError *error, gpointer user_data)
{
  Opening *opening = user_data;

  opening->is_done = TRUE;
  opening->error = g_error_copy (error);
}

static void
ignore_cb (CulvertStream *stream, gpointer user_data)
{
}

static void
ignore_bytes_cb (CulvertStream *stream, const guint8 *bytes, gsize n_bytes, gpointer user_data)
{
}

static void
ignore_end_cb (CulvertStream *stream, const GError *error, gpointer user_data)
{
}

static const CulvertStreamEvents stream_events = {
  .opened = opened_cb,
  .refused = refused_cb,
  .received = ignore_bytes_cb,
  .finished = ignore_cb,
  .writable = ignore_cb,
  .closed = ignore_end_cb,
};

/* Asks the session for @target, "host:port" or a path, and compares what is said about the refusal. */
static void
assert_refused (SessionFixture    *fixture,
                const char        *target,
                CulvertSshError    code,
                const char *const *parts)
{
  g_autoptr (CulvertEndpoint)     listen = culvert_endpoint_new_tcp ("", 5433);
  g_autoptr (CulvertEndpoint)     endpoint = culvert_endpoint_parse (target, NULL);
  g_autoptr (CulvertForwardSpec)  spec = culvert_forward_spec_new (&(CulvertForwardFields){
     .kind = CULVERT_FORWARD_LOCAL, .listen = listen, .target = endpoint, .is_enabled = TRUE });
  g_autoptr (CulvertFailureWords) words = NULL;
  g_autofree char                *text = NULL;
  Opening                         opening = { 0 };

  culvert_transport_open (culvert_session_get_transport (fixture->session), endpoint, NULL,
                          &stream_events, &opening);
  culvert_test_wait_until (opening.is_done, 20000);
  g_assert_false (opening.is_open);
  words = culvert_failure_words_for_forward (opening.error, spec, fixture->profile);
  text = culvert_failure_words_join (words);
  g_test_message ("%s | %s", opening.error->message, text);
  g_assert_error (opening.error, CULVERT_SSH_ERROR, (int)code);
  for (; *parts != NULL; parts++)
    if (strstr (text, *parts) == NULL)
      g_error ("“%s” is not in: %s", *parts, text);
  g_error_free (opening.error);
}

typedef struct
{
  const char *name;
  const char *config;      /* nullable */
  const char *key_options; /* nullable */
  const char *target;
  int         code;
  const char *parts[4];
} OpenRow;

static const OpenRow open_rows[] = {
  { "no-forwards",
    "AllowTcpForwarding no",
    NULL,
    "db.example.com:5432",
    CULVERT_SSH_ERROR_OPEN_PROHIBITED,
    { "does not allow connections to db.example.com:5432",
      "Your key allows it, so a setting of the server forbids it", "“AllowTcpForwarding local”" } },
  { "remote-only",
    "AllowTcpForwarding remote",
    NULL,
    "127.0.0.1:5432",
    CULVERT_SSH_ERROR_OPEN_PROHIBITED,
    { "“AllowTcpForwarding local”" } },
  { "other-targets",
    "PermitOpen 127.0.0.1:1",
    NULL,
    "127.0.0.1:5432",
    CULVERT_SSH_ERROR_OPEN_PROHIBITED,
    { "does not allow connections to 127.0.0.1:5432", "“PermitOpen 127.0.0.1:5432”" } },
  { "disabled",
    "DisableForwarding yes",
    NULL,
    "127.0.0.1:5432",
    CULVERT_SSH_ERROR_OPEN_PROHIBITED,
    { "no “DisableForwarding yes”" } },
  { "no-sockets",
    "AllowStreamLocalForwarding no",
    NULL,
    "/run/db.sock",
    CULVERT_SSH_ERROR_OPEN_FAILED,
    { "can’t connect to the socket /run/db.sock", "“AllowStreamLocalForwarding local”" } },
  { "key-restrict",
    NULL,
    "restrict",
    "127.0.0.1:5432",
    CULVERT_SSH_ERROR_OPEN_PROHIBITED,
    { "The entry of your key there, in ", "line 2, does not allow forwards",
      "add “port-forwarding”" } },
  { "key-forced-command",
    NULL,
    "command=\"true\",no-port-forwarding",
    "127.0.0.1:5432",
    CULVERT_SSH_ERROR_OPEN_PROHIBITED,
    { "is for one command only and does not allow forwards", "“no-port-forwarding” out" } },
  { "key-permitopen",
    NULL,
    "permitopen=\"127.0.0.1:1\"",
    "127.0.0.1:5432",
    CULVERT_SSH_ERROR_OPEN_PROHIBITED,
    { "allows only certain targets", "“permitopen=\"127.0.0.1:5432\"”" } },
  { "nothing-listens",
    NULL,
    NULL,
    "127.0.0.1:1",
    CULVERT_SSH_ERROR_OPEN_FAILED,
    { "can’t reach 127.0.0.1:1: nothing ", "whether the program there is running" } },
  { "no-socket",
    NULL,
    NULL,
    "/nowhere/db.sock",
    CULVERT_SSH_ERROR_OPEN_FAILED,
    { "can’t connect to the socket /nowhere/db.sock" } },
};

static void
test_open (gconstpointer data)
{
  const OpenRow          *row = data;
  const char *const       config[] = { row->config, NULL };
  g_autoptr (CulvertSshd) sshd =
    culvert_sshd_new (&(CulvertSshdOptions){ .config = row->config != NULL ? config : NULL });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  if (row->key_options != NULL)
    {
      g_autofree char *key = culvert_temp_dir_build (fixture->dir, "restricted");
      g_autofree char *public_key = g_strconcat (key, ".pub", NULL);

      culvert_test_make_key (key, CULVERT_KEY_ED25519, NULL, NULL);
      culvert_sshd_authorize (sshd, public_key, row->key_options);
      session_fixture_use_key (fixture, key);
    }
  session_fixture_up (fixture);
  assert_refused (fixture, row->target, (CulvertSshError)row->code, row->parts);
  session_fixture_stop (fixture);
}

/* Only what the server says tells these apart, which libssh2 1.10 keeps for itself. */
static void
test_unknown_target_name (void)
{
  static const char *const   parts[] = { "db.invalid", "Write the target’s name", NULL };
  static const char *const   old_parts[] = { "db.invalid", NULL };
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  session_fixture_up (fixture);
  assert_refused (fixture, "db.invalid:5432", CULVERT_SSH_ERROR_OPEN_FAILED,
                  culvert_lib_has_rsa_sha2 () ? parts : old_parts);
  session_fixture_stop (fixture);
}

/* A server in another language, which refuses as it is told. */

typedef struct
{
  const char *refusal;
  int         code;
  const char *parts[4];
  gboolean    needs_text; /* of the server, which libssh2 1.10 keeps for itself */
} RefusalRow;

static const RefusalRow refusal_rows[] = {
  { "1:by order",
    CULVERT_SSH_ERROR_OPEN_PROHIBITED,
    { "does not allow connections to db:5432", "allow this account to forward ports" },
    FALSE },
  { "2:No route to host",
    CULVERT_SSH_ERROR_OPEN_FAILED,
    { "no way leads there from its network" },
    TRUE },
  { "2:Connection timed out",
    CULVERT_SSH_ERROR_OPEN_FAILED,
    { "got no answer from db:5432" },
    TRUE },
  { "2:the moon is full", CULVERT_SSH_ERROR_OPEN_FAILED, { "it says “the moon is full”" }, TRUE },
  { "3:never heard of it",
    CULVERT_SSH_ERROR_OPEN_UNKNOWN,
    { "it says “never heard of it”" },
    TRUE },
  { "4:out of everything", CULVERT_SSH_ERROR_OPEN_SHORTAGE, { "has no room for another" }, FALSE },
};

static void
test_refusal (gconstpointer data)
{
  const RefusalRow               *row = data;
  static const char *const        nothing[] = { NULL };
  g_autofree char                *refuse = g_strconcat ("--refuse-open=", row->refusal, NULL);
  const char *const               arguments[] = { "--prompt=Code: =7", refuse, NULL };
  g_autoptr (CulvertKbdintServer) server = culvert_kbdint_server_new (arguments);
  g_autoptr (SessionFixture)      fixture =
    session_fixture_new (culvert_kbdint_server_get_port (server));

  culvert_kbdint_server_write_known_hosts (server, fixture->known_hosts);
  session_fixture_use_methods (fixture, CULVERT_AUTH_INTERACTIVE, 1);
  session_fixture_answer (fixture, "7", NULL);
  session_fixture_up (fixture);
  assert_refused (fixture, "db:5432", (CulvertSshError)row->code,
                  row->needs_text && !culvert_lib_has_rsa_sha2 () ? nothing : row->parts);
  session_fixture_stop (fixture);
}

#ifdef CULVERT_HAVE_PRIVATE_LIBSSH2
/* A server that does not keep to the windows.  (libssh2 1.10 drops what is too much.) */
static void
test_overrun (void)
{
  static const char *const        arguments[] = { "--prompt=Code: =7", "--overrun", NULL };
  static const char *const        parts[] = { "that the SSH protocol does not allow", "log", NULL };
  g_autoptr (CulvertKbdintServer) server = culvert_kbdint_server_new (arguments);
  g_autoptr (SessionFixture)      fixture =
    session_fixture_new (culvert_kbdint_server_get_port (server));
  g_autoptr (CulvertEndpoint) endpoint = culvert_endpoint_new_tcp ("db", 5432);
  Opening                     opening = { 0 };

  culvert_kbdint_server_write_known_hosts (server, fixture->known_hosts);
  session_fixture_use_methods (fixture, CULVERT_AUTH_INTERACTIVE, 1);
  session_fixture_answer (fixture, "7", NULL);
  session_fixture_up (fixture);
  culvert_transport_open (culvert_session_get_transport (fixture->session), endpoint, NULL,
                          &stream_events, &opening);
  session_fixture_wait_end (fixture, 20000);
  g_assert_error (fixture->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_PROTOCOL);
  assert_words (fixture->error, fixture->profile, parts);
}
#endif

/* Dropbear, whose only authorized_keys is the one of the account: in a folder that is put in the place
 * of root's, for that process alone. */
static void
test_dropbear (gconstpointer data)
{
  static const char *const   no_forwards[] = { "does not allow connections to 127.0.0.1:5432",
                                               "start dropbear without “-j”", NULL };
  static const char *const   no_sockets[] = { "opened no connection to the socket /run/db.sock",
                                              "Use a port as the target", NULL };
  static const char *const   script = "mount --bind \"$1\" /root && shift && exec \"$@\"";
  gboolean                   is_allowed = data != NULL;
  guint16                    port = culvert_test_free_port ();
  g_autofree char           *address = g_strdup_printf ("127.0.0.1:%u", port);
  g_autoptr (SessionFixture) fixture = session_fixture_new (port);
  g_autofree char           *folder = culvert_temp_dir_build (fixture->dir, "root");
  g_autofree char           *ssh_folder = g_build_filename (folder, ".ssh", NULL);
  g_autofree char           *authorized = g_build_filename (ssh_folder, "authorized_keys", NULL);
  g_autofree char           *host_key = culvert_temp_dir_build (fixture->dir, "host-key");
  g_autofree char           *key = culvert_temp_dir_build (fixture->dir, "key");
  g_autofree char           *public_key = culvert_temp_dir_build (fixture->dir, "key.pub");
  g_autofree char           *log = culvert_temp_dir_build (fixture->dir, "dropbear.log");
  g_autofree char           *text = NULL;
  const char *const          argv[] = { "unshare",
                               getuid () == 0 ? "-m" : "-rm",
                                        "sh",
                                        "-c",
                                        script,
                                        "sh",
                                        folder,
                                        "dropbear",
                                        "-F",
                                        "-E",
                                        "-r",
                                        host_key,
                                        "-p",
                                        address,
                               is_allowed ? NULL : "-j",
                                        NULL };
  g_autoptr (CulvertChildProcess) process = NULL;

  g_free (culvert_child_process_run ("dropbearkey", "-t", "ed25519", "-f", host_key, NULL));
  culvert_test_make_key (key, CULVERT_KEY_ED25519, NULL, NULL);
  g_assert_true (g_file_get_contents (public_key, &text, NULL, NULL));
  g_assert_cmpint (g_mkdir_with_parents (ssh_folder, 0700), ==, 0);
  g_assert_true (
    g_file_set_contents_full (authorized, text, -1, G_FILE_SET_CONTENTS_NONE, 0600, NULL));
  process = culvert_child_process_start (argv, NULL, log);
  culvert_test_wait_until (culvert_child_process_count_in_log (process, "Not backgrounding") > 0,
                           10000);
  culvert_profile_set_string (&fixture->profile->user, "root");
  session_fixture_use_key (fixture, key);
  fixture->host_key_decision = CULVERT_DECISION_ONCE;
  session_fixture_up (fixture);
  if (is_allowed)
    assert_refused (fixture, "/run/db.sock", CULVERT_SSH_ERROR_OPEN_UNKNOWN, no_sockets);
  else
    assert_refused (fixture, "127.0.0.1:5432", CULVERT_SSH_ERROR_OPEN_PROHIBITED, no_forwards);
  session_fixture_stop (fixture);
}

/* Accounts */

static void
test_expired_account (void)
{
  static const char *const   parts[] = { "closed the connection during the sign-in",
                                         "the account is locked or expired", NULL };
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (&(CulvertSshdOptions){ .has_expired = TRUE });
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  session_fixture_use_methods (fixture, CULVERT_AUTH_PASSWORD, 1);
  session_fixture_answer (fixture, culvert_sshd_get_password (sshd), NULL);
  assert_fails (fixture, CULVERT_SSH_ERROR_AUTH_CLOSED, parts);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_assert_true (culvert_lib_init ());
  for (gsize i = 0; i < G_N_ELEMENTS (algorithm_rows); i++)
    {
      g_autofree char *path =
        g_strconcat ("/ssh/session/failures/algorithms/", algorithm_rows[i].name, NULL);

      g_test_add_data_func (path, &algorithm_rows[i], test_algorithms);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (byte_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/session/failures/bytes/", byte_rows[i].name, NULL);

      g_test_add_data_func (path, &byte_rows[i], test_bytes);
    }
  g_test_add_func ("/ssh/session/failures/compression", test_compression);
  g_test_add_func ("/ssh/session/failures/http", test_http);
  g_test_add_func ("/ssh/session/failures/max-startups", test_max_startups);
  g_test_add_func ("/ssh/session/failures/login-grace", test_login_grace);
  g_test_add_func ("/ssh/session/failures/no-verdict", test_no_verdict);
  for (gsize i = 0; i < G_N_ELEMENTS (open_rows); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/session/failures/open/", open_rows[i].name, NULL);

      g_test_add_data_func (path, &open_rows[i], test_open);
    }
  for (gsize i = 0; i < G_N_ELEMENTS (refusal_rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ssh/session/failures/refusal/%zu", i);

      g_test_add_data_func (path, &refusal_rows[i], test_refusal);
    }
#ifdef CULVERT_HAVE_PRIVATE_LIBSSH2
  g_test_add_func ("/ssh/session/failures/overrun", test_overrun);
#endif
  g_test_add_func ("/ssh/session/failures/unknown-target-name", test_unknown_target_name);
  g_test_add_data_func ("/ssh/session/failures/dropbear-no-forwards", NULL, test_dropbear);
  g_test_add_data_func ("/ssh/session/failures/dropbear-no-sockets", "", test_dropbear);
  g_test_add_func ("/ssh/session/failures/expired-account", test_expired_account);
  return g_test_run ();
}
