/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "words/failure.h"

#include "core/errors.h"
#include "core/secret-store.h"
#include "words/host-certificate-words.h"

#include <string.h>

#define GENERIC "This did not work"

typedef struct
{
  const char *header; /* in src/ */
  const char *prefix; /* of its codes */
  GQuark (*quark) (void);
} Domain;

static const Domain domains[] = {
  { "core/errors.h", "CULVERT_SSH_ERROR_", culvert_ssh_error_quark },
  { "core/errors.h", "CULVERT_FORWARD_ERROR_", culvert_forward_error_quark },
  { "core/errors.h", "CULVERT_PROFILE_ERROR_", culvert_profile_error_quark },
  { "core/secret-store.h", "CULVERT_SECRET_STORE_ERROR_", culvert_secret_store_error_quark },
};

/* How many codes the header has: a code without words must not go unnoticed. */
static guint
count_codes (const Domain *domain)
{
  g_autofree char   *path = g_test_build_filename (G_TEST_DIST, "..", "src", domain->header, NULL);
  g_autofree char   *text = NULL;
  g_autofree char   *pattern = g_strdup_printf ("^  %s[A-Z0-9_]+,", domain->prefix);
  g_autoptr (GRegex) regex = g_regex_new (pattern, G_REGEX_MULTILINE, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autoptr (GError)     error = NULL;
  guint                  n_codes = 0;

  g_assert_true (g_file_get_contents (path, &text, NULL, &error));
  g_assert_no_error (error);
  for (g_regex_match (regex, text, 0, &match); g_match_info_matches (match);
       g_match_info_next (match, NULL))
    n_codes++;
  g_assert_cmpuint (n_codes, >=, 3);
  return n_codes;
}

static CulvertProfile *
make_profile (guint16 port)
{
  CulvertProfile *profile = culvert_profile_new ();

  culvert_profile_set_string (&profile->host, "bastion.example.com");
  culvert_profile_set_string (&profile->user, "alice");
  profile->port = port;
  return profile;
}

static CulvertForwardSpec *
make_spec (guint16 port)
{
  g_autoptr (CulvertEndpoint) listen = culvert_endpoint_new_tcp ("", port);
  g_autoptr (CulvertEndpoint) target = culvert_endpoint_new_tcp ("db.internal", 5432);
  CulvertForwardFields        fields = {
           .kind = CULVERT_FORWARD_LOCAL, .listen = listen, .target = target, .is_enabled = TRUE
  };

  return culvert_forward_spec_new (&fields);
}

static void
assert_sentence (const char *text, const GError *error)
{
  g_test_message ("%s: %s", error->message, text != NULL ? text : "nothing");
  g_assert_nonnull (text);
  g_assert_true (g_str_has_suffix (text, "."));
  g_assert_true (g_utf8_validate (text, -1, NULL));
  g_assert_null (strstr (text, "(null)"));
  g_assert_null (strstr (text, ".."));
  g_assert_null (strchr (text, '%'));
}

static void
assert_words (CulvertFailureWords *words, const GError *error)
{
  assert_sentence (words->what, error);
  if (words->why != NULL)
    assert_sentence (words->why, error);
  /* The message about a command line brings its own next step. */
  if (g_error_matches (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_COMMAND))
    g_assert_null (words->next);
  else
    assert_sentence (words->next, error);
  g_assert_false (g_str_has_prefix (words->what, GENERIC));
  culvert_failure_words_free (words);
}

static void
add_all_facts (GError **error)
{
  for (int fact = 0; fact < CULVERT_N_FACTS; fact++)
    culvert_error_set_fact (error, (CulvertFact)fact, fact == CULVERT_FACT_LINE ? "12" : "x: 1");
  culvert_error_set_fact (error, CULVERT_FACT_REASON, "It is so. ");
}

/* Every code, with and without facts, with and without a tunnel and a forward. */
static void
test_every_code (gconstpointer data)
{
  const Domain                  *domain = data;
  g_autoptr (CulvertProfile)     profile = make_profile (22);
  g_autoptr (CulvertForwardSpec) spec = make_spec (5433);
  guint                          n_codes = count_codes (domain);

  for (guint code = 0; code < n_codes; code++)
    {
      g_autofree char   *message = g_strdup_printf ("%s code %u.", domain->prefix, code);
      g_autoptr (GError) error = g_error_new_literal (domain->quark (), (int)code, message);

      for (int i = 0; i < 2; i++)
        {
          assert_words (culvert_failure_words_for_tunnel (error, profile), error);
          assert_words (culvert_failure_words_for_forward (error, spec, profile), error);
          assert_words (culvert_failure_words_for_other (error), error);
          profile->legacy_algorithms = !profile->legacy_algorithms;
          add_all_facts (&error);
        }
    }

  /* The count is right: there is nothing behind the last. */
  {
    g_autoptr (GError) error = g_error_new_literal (domain->quark (), (int)n_codes, "beyond");
    g_autoptr (CulvertFailureWords) words = culvert_failure_words_for_other (error);

    if (domain->quark () != CULVERT_FORWARD_ERROR)
      g_assert_cmpstr (words->what, ==, GENERIC ": beyond.");
  }
}

typedef struct
{
  int         code;
  const char *what;
  const char *next; /* nullable: not compared */
} Row;

static void
assert_rows (const Row *rows, gsize n_rows, guint16 port)
{
  g_autoptr (CulvertProfile) profile = make_profile (port);

  for (gsize i = 0; i < n_rows; i++)
    {
      g_autoptr (GError) error =
        g_error_new (CULVERT_SSH_ERROR, rows[i].code, "for the log: and: more");
      g_autoptr (CulvertFailureWords) words = NULL;

      culvert_error_set_fact (&error, CULVERT_FACT_FILE, "/home/al: ice/it's/id");
      culvert_error_set_fact (&error, CULVERT_FACT_LINE, "12");
      culvert_error_set_fact (&error, CULVERT_FACT_SHOWN, "SHA256:new");
      culvert_error_set_fact (&error, CULVERT_FACT_RECORDED, "SHA256:old");
      culvert_error_set_fact (&error, CULVERT_FACT_OFFERED, "publickey, password");
      culvert_error_set_fact (&error, CULVERT_FACT_SAID, "go away");
      culvert_error_set_fact (&error, CULVERT_FACT_OURS, "aes128-ctr, aes256-ctr");
      culvert_error_set_fact (&error, CULVERT_FACT_REASON, "Is a directory.");
      culvert_error_set_fact (&error, CULVERT_FACT_TRIED, "5");
      culvert_error_set_fact (&error, CULVERT_FACT_LEFT, "6");
      culvert_error_set_fact (&error, CULVERT_FACT_NAMES, "carol, dave");
      culvert_error_set_fact (&error, CULVERT_FACT_TIME, "1578798245");
      words = culvert_failure_words_for_tunnel (error, profile);
      g_assert_cmpstr (words->what, ==, rows[i].what);
      if (rows[i].next != NULL)
        g_assert_cmpstr (words->next, ==, rows[i].next);
    }
}

static void
test_sentences (void)
{
  static const Row rows[] = {
    { CULVERT_SSH_ERROR_NAME_UNKNOWN,
      "Can’t reach bastion.example.com: the name is unknown to this network.",
      "Check the spelling, or whether you need a VPN." },
    { CULVERT_SSH_ERROR_NOT_SSH,
      "What answers at bastion.example.com is not an SSH server; it said “go away”.", NULL },
    { CULVERT_SSH_ERROR_CLOSED, "bastion.example.com closed the connection and said “go away”.",
      NULL },
    { CULVERT_SSH_ERROR_AUTH_NO_METHOD,
      "bastion.example.com allows only these ways to sign in, and this tunnel has none of them to "
      "offer: publickey, password.",
      NULL },
    { CULVERT_SSH_ERROR_AUTH_REFUSED,
      "bastion.example.com did not let alice in; what it accepts is: publickey, password.", NULL },
    { CULVERT_SSH_ERROR_AUTH_TOO_MANY_KEYS,
      "bastion.example.com accepted none of the first 5 of your 11 keys.", NULL },
    { CULVERT_SSH_ERROR_CERTIFICATE_OTHER_USERS,
      "bastion.example.com did not accept the certificate /home/al: ice/it's/id, which is for these "
      "users: carol, dave.",
      NULL },
    { CULVERT_SSH_ERROR_CERTIFICATE_TOO_LATE,
      "The certificate /home/al: ice/it's/id has expired: it was valid until Sun Jan 12 03:04:05 2020.",
      NULL },
    { CULVERT_SSH_ERROR_KEY_NEEDS_AGENT,
      "The key /home/al: ice/it's/id is in a security key (FIDO), which the SSH agent alone can ask to "
      "sign.",
      "Give it to the agent with “ssh-add '/home/al: ice/it'\\''s/id'”, and let this tunnel use keys of "
      "the agent." },
    { CULVERT_SSH_ERROR_KEY_PERMISSIONS,
      "Other users of this computer may read the key file /home/al: ice/it's/id, so it was not "
      "used.",
      "Keep it to yourself with “chmod 600 '/home/al: ice/it'\\''s/id'”, then connect again." },
    { CULVERT_SSH_ERROR_KEY_UNREADABLE,
      "The key file /home/al: ice/it's/id can’t be read: Is a directory.", NULL },
    { CULVERT_SSH_ERROR_HOST_KEY_CHANGED,
      "The host key of bastion.example.com has changed: it is not the one recorded in /home/al: "
      "ice/it's/id, line 12.",
      "Somebody may be pretending to be the server. Ask its administrator whether its key is "
      "SHA256:new now, instead of SHA256:old, which you have known since Sun Jan 12 03:04:05 2020 or "
      "longer; only if so, forget the old one with “ssh-keygen -R 'carol, dave' -f '/home/al: "
      "ice/it'\\''s/id'” and connect again." },
  };
  static const Row with_port[] = {
    { CULVERT_SSH_ERROR_REFUSED, "Can’t reach bastion.example.com:2222: nothing listens there.",
      NULL },
  };

  assert_rows (rows, G_N_ELEMENTS (rows), 22);
  assert_rows (with_port, G_N_ELEMENTS (with_port), 2222);
}

static void
test_way (void)
{
  static const struct
  {
    int         code;
    CulvertFact fact;
    const char *text;
    const char *what;
  } rows[] = {
    { CULVERT_SSH_ERROR_REFUSED, CULVERT_FACT_PROXY, "proxy.lan:3128",
      "Can’t reach the proxy proxy.lan:3128: nothing listens there." },
    { CULVERT_SSH_ERROR_PROXY_REFUSED, CULVERT_FACT_SAID, "403 Forbidden",
      "The proxy made no connection to bastion.example.com and said “403 Forbidden”." },
    { CULVERT_SSH_ERROR_COMMAND_FAILED, CULVERT_FACT_SAID, "nc: no",
      "The command did not lead to bastion.example.com and said “nc: no”." },
    { CULVERT_SSH_ERROR_LOST, CULVERT_FACT_HOP, "app-gw",
      "The connection to the jump host app-gw was lost." },
    { CULVERT_SSH_ERROR_CLOSED, CULVERT_FACT_HOP, "app-gw",
      "The jump host app-gw closed the connection." },
    { CULVERT_SSH_ERROR_REFUSED, CULVERT_FACT_HOP, "app-gw:2222",
      "Can’t reach the jump host app-gw:2222: nothing listens there." },
    { CULVERT_SSH_ERROR_HOST_KEY_REFUSED, CULVERT_FACT_HOP, "app-gw", NULL },
  };
  g_autoptr (CulvertProfile) profile = make_profile (22);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (CULVERT_SSH_ERROR, rows[i].code, "log");
      g_autoptr (CulvertFailureWords) words = NULL;

      culvert_error_set_fact (&error, rows[i].fact, rows[i].text);
      words = culvert_failure_words_for_tunnel (error, profile);
      if (rows[i].what != NULL)
        g_assert_cmpstr (words->what, ==, rows[i].what);
      /* Whatever it is, it names the jump host. */
      if (rows[i].fact == CULVERT_FACT_HOP)
        g_assert_nonnull (strstr (words->what, "jump host app-gw"));
    }
}

/* On which network it is matters. */
static void
test_networks_rule (void)
{
  static const struct
  {
    int         code;
    const char *network;
    const char *what;
  } rows[] = {
    { CULVERT_SSH_ERROR_NETWORK_NOT_LISTED, "Cafe",
      "This tunnel waits for one of its networks: now on “Cafe”." },
    { CULVERT_SSH_ERROR_NETWORK_NOT_LISTED, "",
      "This tunnel waits for one of its networks: now on none." },
    { CULVERT_SSH_ERROR_NETWORK_NOT_LISTED, NULL,
      "This tunnel waits for one of its networks, but nobody can tell on which network this "
      "computer is." },
    { CULVERT_SSH_ERROR_NETWORK_EXCLUDED, "Office",
      "This tunnel is not used on the network “Office”." },
  };
  g_autoptr (CulvertProfile) profile = make_profile (22);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (CULVERT_SSH_ERROR, rows[i].code, "log");
      g_autoptr (CulvertFailureWords) words = NULL;

      culvert_error_set_fact (&error, CULVERT_FACT_NETWORK, rows[i].network);
      words = culvert_failure_words_for_tunnel (error, profile);
      g_assert_cmpstr (words->what, ==, rows[i].what);
    }
}

/* Who has the port, as far as is known, and what to do then. */
static void
test_port_in_use (void)
{
  const struct
  {
    const char *facts; /* FACT=TEXT, by "|" */
    const char *what;
    const char *next;
  } rows[] = {
    { "", "Can’t listen on localhost:5433: another program has this port.",
      "Choose another port for the forward, or end the program that has it." },
    { "holder=process|program=postgres|pid=1234|port=5434",
      "Port 5433 is in use by postgres (process 1234).",
      "Use port 5434 for the forward, or end the program that has it." },
    { "holder=process|program=postgres|pid=1234|user=bob|port=5434|address=127.0.0.2",
      "Port 5433 is in use by postgres (process 1234) of the user “bob”.",
      "Use port 5434 or the address 127.0.0.2 for the forward, or end the program that has it." },
    { "holder=process|pid=1234", "Port 5433 is in use by process 1234.", NULL },
    { "holder=user|user=bob", "Port 5433 is in use by a program of the user “bob”.", NULL },
    { "holder=outside", "Port 5433 is held by a program outside the sandbox that Culvert runs in.",
      NULL },
    { "holder=self|pid=9", "Port 5433 is in use by Culvert itself.", NULL },
    { "holder=self|pid=9|tunnel=Staging", "Port 5433 is in use by the tunnel “Staging”.",
      "Choose another port for this forward, or switch that tunnel off." },
    { "holder=self|tunnel=Staging|port=5434|address=127.0.0.2",
      "Port 5433 is in use by the tunnel “Staging”.",
      "Use port 5434 or the address 127.0.0.2 for this forward, or switch that tunnel off." },
  };
  static const struct
  {
    const char *name;
    CulvertFact fact;
  } facts[] = {
    { "holder", CULVERT_FACT_HOLDER },
    { "program", CULVERT_FACT_PROGRAM },
    { "pid", CULVERT_FACT_PID },
    { "user", CULVERT_FACT_USER },
    { "tunnel", CULVERT_FACT_TUNNEL },
    { "port", CULVERT_FACT_FREE_PORT },
    { "address", CULVERT_FACT_FREE_ADDRESS },
  };
  g_autoptr (CulvertProfile)     profile = make_profile (22);
  g_autoptr (CulvertForwardSpec) spec = make_spec (5433);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GError) error =
        g_error_new_literal (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_PORT_IN_USE, "log");
      g_auto (GStrv)                  given = g_strsplit (rows[i].facts, "|", -1);
      g_autoptr (CulvertFailureWords) words = NULL;

      for (guint j = 0; given[j] != NULL; j++)
        for (guint k = 0; k < G_N_ELEMENTS (facts); k++)
          if (g_str_has_prefix (given[j], facts[k].name) && given[j][strlen (facts[k].name)] == '=')
            culvert_error_set_fact (&error, facts[k].fact, strchr (given[j], '=') + 1);
      words = culvert_failure_words_for_forward (error, spec, profile);
      g_assert_cmpstr (words->what, ==, rows[i].what);
      if (rows[i].next != NULL)
        g_assert_cmpstr (words->next, ==, rows[i].next);
    }
}

static void
test_port_privileged (void)
{
  g_autoptr (CulvertProfile)     profile = make_profile (22);
  g_autoptr (CulvertForwardSpec) spec = make_spec (443);
  g_autoptr (GError)             error =
    g_error_new_literal (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_PORT_PRIVILEGED, "low");
  CulvertFailureWords *words;

  culvert_error_set_fact (&error, CULVERT_FACT_FIRST_PORT, "1024");
  culvert_error_set_fact (&error, CULVERT_FACT_FREE_PORT, "8444");
  culvert_error_set_fact (&error, CULVERT_FACT_ALLOW, "sudo sysctl start=443");
  words = culvert_failure_words_for_forward (error, spec, profile);
  g_assert_cmpstr (words->what, ==,
                   "Listening on port 443 needs a privilege that Culvert does not have.");
  g_assert_cmpstr (words->why, ==, "This computer allows it to every program from port 1024 on.");
  g_assert_cmpstr (words->next, ==,
                   "Use port 8444, or let an administrator type “sudo sysctl start=443”, which "
                   "allows every program to listen on port 443 and above until the computer is "
                   "started anew.");
  culvert_failure_words_free (words);

  culvert_error_set_fact (&error, CULVERT_FACT_ALLOW_OWN, "sudo setcap x culvert");
  words = culvert_failure_words_for_forward (error, spec, profile);
  g_assert_nonnull (strstr (words->next, "“sudo sysctl start=443” allows every program"));
  g_assert_nonnull (strstr (words->next, "“sudo setcap x culvert” allows it to Culvert alone"));
  culvert_failure_words_free (words);
}

static void
test_socket_in_use (void)
{
  g_autoptr (CulvertProfile)  profile = make_profile (22);
  g_autoptr (CulvertEndpoint) listen = culvert_endpoint_new_unix ("/run/db.sock");
  g_autoptr (CulvertEndpoint) target = culvert_endpoint_new_tcp ("db", 5432);
  CulvertForwardFields        fields = { .listen = listen, .target = target, .is_enabled = TRUE };
  g_autoptr (CulvertForwardSpec) spec = culvert_forward_spec_new (&fields);
  g_autoptr (GError)             error =
    g_error_new_literal (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_SOCKET_PATH, "taken");
  CulvertFailureWords *words;

  culvert_error_set_fact (&error, CULVERT_FACT_HOLDER, "process");
  culvert_error_set_fact (&error, CULVERT_FACT_PROGRAM, "postgres");
  culvert_error_set_fact (&error, CULVERT_FACT_PID, "12");
  words = culvert_failure_words_for_forward (error, spec, profile);
  g_assert_cmpstr (words->what, ==, "The socket /run/db.sock is in use by postgres (process 12).");
  culvert_failure_words_free (words);
  culvert_error_set_fact (&error, CULVERT_FACT_TUNNEL, "Staging");
  words = culvert_failure_words_for_forward (error, spec, profile);
  g_assert_cmpstr (words->what, ==, "The socket /run/db.sock is in use by the tunnel “Staging”.");
  culvert_failure_words_free (words);
}

static void
test_forward (void)
{
  g_autoptr (CulvertProfile)     profile = make_profile (22);
  g_autoptr (CulvertForwardSpec) spec = make_spec (5433);
  g_autoptr (CulvertForwardSpec) low = make_spec (443);
  g_autoptr (GError)             prohibited =
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_PROHIBITED, "denied");
  g_autoptr (GError) in_use =
    g_error_new_literal (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_PORT_IN_USE, "in use");
  g_autoptr (GError) privileged =
    g_error_new_literal (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_PORT_PRIVILEGED, "low");
  g_autoptr (GError) failed =
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_FAILED, "connect failed");
  g_autoptr (CulvertForwardSpec) proxy =
    culvert_forward_spec_parse (CULVERT_FORWARD_DYNAMIC, "1080", NULL);
  CulvertFailureWords *words = culvert_failure_words_for_forward (prohibited, spec, profile);

  g_assert_cmpstr (words->what, ==,
                   "bastion.example.com does not allow connections to db.internal:5432.");
  g_assert_nonnull (strstr (words->next, "AllowTcpForwarding"));
  g_assert_nonnull (strstr (words->next, "PermitOpen db.internal:5432"));
  culvert_failure_words_free (words);

  /* A certificate has no line in a file. */
  culvert_error_set_fact (&prohibited, CULVERT_FACT_KEY_OPTIONS, "pty");
  words = culvert_failure_words_for_forward (prohibited, spec, profile);
  g_assert_cmpstr (words->why, ==, "Your certificate does not allow forwards.");
  g_assert_nonnull (strstr (words->next, "permit-port-forwarding"));
  culvert_failure_words_free (words);

  words = culvert_failure_words_for_forward (in_use, spec, profile);
  g_assert_cmpstr (words->what, ==,
                   "Can’t listen on localhost:5433: another program has this port.");
  culvert_failure_words_free (words);

  words = culvert_failure_words_for_forward (privileged, low, profile);
  g_assert_nonnull (strstr (words->what, "port 443"));
  g_assert_null (words->why);
  g_assert_cmpstr (words->next, ==, "Use port 8443 instead.");
  culvert_failure_words_free (words);

  /* A proxy has no target of its own, but a connection has. */
  culvert_error_set_fact (&failed, CULVERT_FACT_TARGET, "[2001:db8::1]:443");
  culvert_error_set_fact (&failed, CULVERT_FACT_SAID, "Connection refused");
  words = culvert_failure_words_for_forward (failed, proxy, profile);
  g_assert_cmpstr (words->what, ==,
                   "bastion.example.com can’t reach [2001:db8::1]:443: nothing listens there.");
  culvert_failure_words_free (words);
  culvert_error_set_fact (&failed, CULVERT_FACT_TARGET, "wiki.internal:80");
  culvert_error_set_fact (&failed, CULVERT_FACT_SAID, "Name or service not known");
  words = culvert_failure_words_for_forward (failed, proxy, profile);
  g_assert_cmpstr (words->what, ==, "bastion.example.com does not know the name wiki.internal.");
  culvert_failure_words_free (words);

  /* A forward that ended its tunnel is named when it can be no other. */
  culvert_profile_put_forward (profile, spec);
  words = culvert_failure_words_for_tunnel (in_use, profile);
  g_assert_cmpstr (words->what, ==,
                   "Can’t listen on localhost:5433: another program has this port.");
  culvert_failure_words_free (words);

  culvert_profile_put_forward (profile, low);
  words = culvert_failure_words_for_tunnel (in_use, profile);
  g_assert_cmpstr (words->what, ==,
                   "A port that the tunnel listens on is taken by another program.");
  culvert_failure_words_free (words);
}

/* Where a name or a path is missing, the sentence is still one, and no command is made up. */
static void
test_without_facts (void)
{
  g_autoptr (CulvertProfile) profile = make_profile (22);
  g_autoptr (GError) closed = g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_CLOSED, "");
  g_autoptr (GError) permissions =
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_KEY_PERMISSIONS, "");
  CulvertFailureWords *words = culvert_failure_words_for_other (closed);

  g_assert_cmpstr (words->what, ==, "The server closed the connection.");
  culvert_failure_words_free (words);

  words = culvert_failure_words_for_tunnel (permissions, profile);
  g_assert_cmpstr (words->next, ==, "Keep the file to yourself (mode 600), then connect again.");
  culvert_failure_words_free (words);
}

/* What is in no domain of ours is quoted, on one line with one full stop. */
static void
test_foreign (void)
{
  g_autoptr (GError) error =
    g_error_new_literal (G_IO_ERROR, G_IO_ERROR_NO_SPACE, "No space left on device.\n");
  g_autoptr (GError) cancelled =
    g_error_new_literal (G_IO_ERROR, G_IO_ERROR_CANCELLED, "Operation was cancelled");
  g_autoptr (CulvertFailureWords) words = culvert_failure_words_for_other (error);
  g_autoptr (CulvertFailureWords) stopped = culvert_failure_words_for_other (cancelled);

  g_assert_cmpstr (words->what, ==, GENERIC ": No space left on device.");
  g_assert_null (words->next);
  g_assert_null (strstr (stopped->what, "Operation was cancelled"));
}

/* Facts go where the error goes. */
static void
test_facts (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GError) copy = NULL;
  g_autoptr (GError) foreign = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "no");

  culvert_error_set_fact (&error, CULVERT_FACT_FILE, "/nowhere");
  culvert_error_set_fact (NULL, CULVERT_FACT_FILE, "/nowhere");
  g_set_error (&error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_SYNTAX, "line 3");
  g_assert_null (culvert_error_get_fact (error, CULVERT_FACT_FILE));
  culvert_error_set_fact (&error, CULVERT_FACT_FILE, "/a");
  culvert_error_set_fact (&error, CULVERT_FACT_FILE, "/b");
  culvert_error_set_fact (&error, CULVERT_FACT_LINE, "3");
  culvert_error_set_fact (&error, CULVERT_FACT_LINE, NULL);
  copy = g_error_copy (error);
  g_prefix_error (&copy, "again: ");
  g_clear_error (&error);
  g_assert_cmpstr (culvert_error_get_fact (copy, CULVERT_FACT_FILE), ==, "/b");
  g_assert_cmpstr (culvert_error_get_fact (copy, CULVERT_FACT_LINE), ==, "3");
  g_assert_null (culvert_error_get_fact (copy, CULVERT_FACT_SAID));
  g_assert_cmpstr (copy->message, ==, "again: line 3");

  culvert_error_set_fact (&foreign, CULVERT_FACT_FILE, "/a");
  g_assert_null (culvert_error_get_fact (foreign, CULVERT_FACT_FILE));
}

/* Each says something of its own. */
/* What is known of who can connect at the server. */
static void
test_exposure (void)
{
  static const struct
  {
    CulvertForwardKind kind;
    const char        *asked;
    const char        *bound;
    const char        *words; /* NULL: none */
  } rows[] = {
    { CULVERT_FORWARD_REMOTE, "localhost", "localhost", NULL },
    { CULVERT_FORWARD_REMOTE, "", "*", "not of localhost alone" },
    { CULVERT_FORWARD_REMOTE, "192.0.2.7", "*", "not of 192.0.2.7 alone" },
    { CULVERT_FORWARD_REMOTE, "*", "*", NULL },
    { CULVERT_FORWARD_REMOTE, "0.0.0.0", "0.0.0.0", NULL },
    { CULVERT_FORWARD_LOCAL, "*", "0.0.0.0", NULL },
  };
  g_autoptr (CulvertProfile) profile = make_profile (22);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CulvertEndpoint)    listen = culvert_endpoint_new_tcp (rows[i].asked, 8080);
      g_autoptr (CulvertEndpoint)    bound = culvert_endpoint_new_tcp (rows[i].bound, 8080);
      g_autoptr (CulvertEndpoint)    target = culvert_endpoint_new_tcp ("localhost", 3000);
      g_autoptr (CulvertForwardSpec) spec = culvert_forward_spec_new (
        &(CulvertForwardFields){ .kind = rows[i].kind, .listen = listen, .target = target });
      g_autoptr (CulvertFailureWords) words =
        culvert_failure_words_for_exposure (spec, bound, profile);

      g_assert_null (culvert_failure_words_for_exposure (spec, NULL, profile));
      g_assert_cmpint (words != NULL, ==, rows[i].words != NULL);
      if (words == NULL)
        continue;
      g_assert_nonnull (strstr (words->what, rows[i].words));
      g_assert_true (g_str_has_prefix (words->what, "bastion.example.com listens on port 8080 "));
    }
}

static void
test_host_certificates (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (int problem = CULVERT_HOST_CERTIFICATE_FINE + 1; problem < CULVERT_N_HOST_CERTIFICATES;
       problem++)
    {
      const char *text = culvert_words_for_host_certificate (problem);

      g_assert_nonnull (text);
      g_assert_true (g_str_has_suffix (text, "."));
      g_assert_true (g_hash_table_add (seen, (gpointer)text));
    }
}

int
main (int argc, char **argv)
{
  /* Times are told in the person's own zone. */
  g_setenv ("TZ", "UTC", TRUE);
  g_test_init (&argc, &argv, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (domains); i++)
    {
      g_autofree char *path = g_strdup_printf ("/words/failure/every-code/%s", domains[i].prefix);

      g_test_add_data_func (path, &domains[i], test_every_code);
    }
  g_test_add_func ("/words/failure/sentences", test_sentences);
  g_test_add_func ("/words/failure/way", test_way);
  g_test_add_func ("/words/failure/networks-rule", test_networks_rule);
  g_test_add_func ("/words/failure/forward", test_forward);
  g_test_add_func ("/words/failure/port-in-use", test_port_in_use);
  g_test_add_func ("/words/failure/port-privileged", test_port_privileged);
  g_test_add_func ("/words/failure/socket-in-use", test_socket_in_use);
  g_test_add_func ("/words/failure/exposure", test_exposure);
  g_test_add_func ("/words/failure/without-facts", test_without_facts);
  g_test_add_func ("/words/failure/foreign", test_foreign);
  g_test_add_func ("/words/failure/facts", test_facts);

  g_test_add_func ("/words/host-certificates", test_host_certificates);
  return g_test_run ();
}
