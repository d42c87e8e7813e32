/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "words/tunnel-words.h"

#include "core/errors.h"

static CulvertForwardSpec *
make_spec (CulvertForwardKind kind, CulvertEndpoint *listen, CulvertEndpoint *target)
{
  CulvertForwardFields fields = { .kind = kind, .listen = listen, .target = target };
  CulvertForwardSpec  *spec = culvert_forward_spec_new (&fields);

  culvert_endpoint_unref (listen);
  g_clear_pointer (&target, culvert_endpoint_unref);
  return spec;
}

static CulvertEndpoint *
tcp (const char *host, guint16 port)
{
  return culvert_endpoint_new_tcp (host, port);
}

static void
assert_forward (CulvertForwardSpec *spec, const char *host, const char *words, const char *brief)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_new ();
  g_autofree char           *sentence = NULL;
  g_autofree char           *short_form = NULL;

  culvert_profile_set_string (&profile->host, host);
  sentence = culvert_words_for_forward (spec, profile);
  short_form = culvert_words_for_forward_short (spec);
  g_assert_cmpstr (sentence, ==, words);
  g_assert_cmpstr (short_form, ==, brief);
  culvert_forward_spec_unref (spec);
}

static void
test_forward (void)
{
  assert_forward (make_spec (CULVERT_FORWARD_LOCAL, tcp ("", 5433), tcp ("db.internal", 5432)),
                  "bastion",
                  "Programs on this computer that connect to localhost:5433 reach "
                  "db.internal:5432, as seen from bastion.",
                  "localhost:5433 → db.internal:5432");
  assert_forward (make_spec (CULVERT_FORWARD_REMOTE, tcp ("", 8080), tcp ("localhost", 3000)),
                  "bastion",
                  "Programs on bastion that connect to localhost:8080 reach localhost:3000, as "
                  "seen from this computer.",
                  "localhost:8080 at the server → localhost:3000");
  assert_forward (make_spec (CULVERT_FORWARD_DYNAMIC, tcp ("", 1080), NULL), "bastion",
                  "Programs on this computer that use the proxy at localhost:1080 go out through "
                  "bastion.",
                  "Proxy on localhost:1080");
  assert_forward (make_spec (CULVERT_FORWARD_REVERSE_DYNAMIC, tcp ("", 1080), NULL), "bastion",
                  "Programs on bastion that use the proxy at localhost:1080 go out through this "
                  "computer.",
                  "Proxy on localhost:1080 at the server");
}

static const struct
{
  CulvertForwardKind kind;
  const char        *listen; /* as in a file */
  const char        *target; /* nullable */
  gboolean           any_user;
  gboolean           is_ftp;
  const char        *words;
} combinations[] = {
  { CULVERT_FORWARD_LOCAL, "localhost:80", "db:5432", TRUE, FALSE,
    "Programs of every user of this computer that connect to localhost:80 reach db:5432, as seen "
    "from bastion." },
  { CULVERT_FORWARD_LOCAL, "localhost:80", "/run/docker.sock", FALSE, FALSE,
    "Programs on this computer that connect to localhost:80 reach the socket /run/docker.sock on "
    "bastion." },
  { CULVERT_FORWARD_LOCAL, "localhost:80", "/run/docker.sock", TRUE, FALSE,
    "Programs of every user of this computer that connect to localhost:80 reach the socket "
    "/run/docker.sock on bastion." },
  { CULVERT_FORWARD_LOCAL, "127.0.0.9:80", "[::1]:80", FALSE, FALSE,
    "Programs on this computer that connect to 127.0.0.9:80 reach [::1]:80, as seen from "
    "bastion." },
  { CULVERT_FORWARD_LOCAL, "10.0.0.5:80", "db:5432", TRUE, FALSE,
    "Programs on this computer, and on others that reach it, that connect to 10.0.0.5:80 reach "
    "db:5432, as seen from bastion." },
  { CULVERT_FORWARD_LOCAL, "10.0.0.5:80", "/s", TRUE, FALSE,
    "Programs on this computer, and on others that reach it, that connect to 10.0.0.5:80 reach the "
    "socket /s on bastion." },
  { CULVERT_FORWARD_LOCAL, "*:80", "db:5432", TRUE, FALSE,
    "Programs on this computer, and on others that reach it, that connect to its port 80 reach "
    "db:5432, as seen from bastion." },
  { CULVERT_FORWARD_LOCAL, "[::]:80", "/s", FALSE, FALSE,
    "Programs on this computer, and on others that reach it, that connect to its port 80 reach the "
    "socket /s on bastion." },
  { CULVERT_FORWARD_LOCAL, "/run/me/s", "db:5432", FALSE, FALSE,
    "Your programs that open the socket /run/me/s reach db:5432, as seen from bastion." },
  { CULVERT_FORWARD_LOCAL, "/run/me/s", "/run/docker.sock", FALSE, FALSE,
    "Your programs that open the socket /run/me/s reach the socket /run/docker.sock on bastion." },
  { CULVERT_FORWARD_LOCAL, "localhost:2121", "files:21", FALSE, TRUE,
    "Programs on this computer that connect to localhost:2121 reach files:21, as seen from "
    "bastion. FTP’s data connections take the same way." },
  { CULVERT_FORWARD_REMOTE, "localhost:80", "/run/docker.sock", FALSE, FALSE,
    "Programs on bastion that connect to localhost:80 reach the socket /run/docker.sock on this "
    "computer." },
  { CULVERT_FORWARD_REMOTE, "localhost:0", "web:80", FALSE, FALSE,
    "Programs on bastion that connect to a port of its choice reach web:80, as seen from this "
    "computer." },
  { CULVERT_FORWARD_REMOTE, "localhost:0", "/s", FALSE, FALSE,
    "Programs on bastion that connect to a port of its choice reach the socket /s on this "
    "computer." },
  { CULVERT_FORWARD_REMOTE, "*:0", "web:80", FALSE, FALSE,
    "Programs on bastion, and on other computers if its GatewayPorts lets them, that connect to a "
    "port of its choice reach web:80, as seen from this computer." },
  { CULVERT_FORWARD_REMOTE, "10.0.0.5:0", "/s", FALSE, FALSE,
    "Programs on bastion, and on other computers if its GatewayPorts lets them, that connect to a "
    "port of its choice reach the socket /s on this computer." },
  { CULVERT_FORWARD_REMOTE, "*:8080", "web:80", FALSE, FALSE,
    "Programs on bastion, and on other computers if its GatewayPorts lets them, that connect to "
    "its port 8080 reach web:80, as seen from this computer." },
  { CULVERT_FORWARD_REMOTE, "*:8080", "/s", FALSE, FALSE,
    "Programs on bastion, and on other computers if its GatewayPorts lets them, that connect to "
    "its port 8080 reach the socket /s on this computer." },
  { CULVERT_FORWARD_REMOTE, "10.0.0.5:8080", "web:80", FALSE, FALSE,
    "Programs on bastion, and on other computers if its GatewayPorts lets them, that connect to "
    "10.0.0.5:8080 reach web:80, as seen from this computer." },
  { CULVERT_FORWARD_REMOTE, "10.0.0.5:8080", "/s", FALSE, FALSE,
    "Programs on bastion, and on other computers if its GatewayPorts lets them, that connect to "
    "10.0.0.5:8080 reach the socket /s on this computer." },
  { CULVERT_FORWARD_REMOTE, "/run/there", "web:80", FALSE, FALSE,
    "Programs on bastion that open the socket /run/there reach web:80, as seen from this "
    "computer." },
  { CULVERT_FORWARD_REMOTE, "/run/there", "/s", FALSE, FALSE,
    "Programs on bastion that open the socket /run/there reach the socket /s on this computer." },
  { CULVERT_FORWARD_REMOTE, "localhost:2121", "files:21", FALSE, TRUE,
    "Programs on bastion that connect to localhost:2121 reach files:21, as seen from this "
    "computer. FTP’s data connections take the same way." },
  { CULVERT_FORWARD_DYNAMIC, "localhost:1080", NULL, TRUE, FALSE,
    "Programs of every user of this computer that use the proxy at localhost:1080 go out through "
    "bastion." },
  { CULVERT_FORWARD_DYNAMIC, "10.0.0.5:1080", NULL, TRUE, FALSE,
    "Programs on this computer, and on others that reach it, that use the proxy at 10.0.0.5:1080 "
    "go out through bastion." },
  { CULVERT_FORWARD_DYNAMIC, "0.0.0.0:1080", NULL, TRUE, FALSE,
    "Programs on this computer, and on others that reach it, that use the proxy at its port 1080 "
    "go out through bastion." },
  { CULVERT_FORWARD_DYNAMIC, "/run/me/s", NULL, FALSE, FALSE,
    "Your programs that use the proxy at the socket /run/me/s go out through bastion." },
  { CULVERT_FORWARD_REVERSE_DYNAMIC, "localhost:0", NULL, FALSE, FALSE,
    "Programs on bastion that use the proxy at a port of its choice go out through this "
    "computer." },
  { CULVERT_FORWARD_REVERSE_DYNAMIC, "*:0", NULL, FALSE, FALSE,
    "Programs on bastion, and on other computers if its GatewayPorts lets them, that use the proxy "
    "at a port of its choice go out through this computer." },
  { CULVERT_FORWARD_REVERSE_DYNAMIC, "*:1080", NULL, FALSE, FALSE,
    "Programs on bastion, and on other computers if its GatewayPorts lets them, that use the proxy "
    "at its port 1080 go out through this computer." },
  { CULVERT_FORWARD_REVERSE_DYNAMIC, "10.0.0.5:1080", NULL, FALSE, FALSE,
    "Programs on bastion, and on other computers if its GatewayPorts lets them, that use the proxy "
    "at 10.0.0.5:1080 go out through this computer." },
  { CULVERT_FORWARD_REVERSE_DYNAMIC, "/run/there", NULL, FALSE, FALSE,
    "Programs on bastion that use the proxy at the socket /run/there go out through this "
    "computer." },
};

static CulvertForwardSpec *
make_combination (gsize i)
{
  g_autoptr (CulvertEndpoint) listen = culvert_endpoint_parse (combinations[i].listen, NULL);
  g_autoptr (CulvertEndpoint) target =
    combinations[i].target != NULL ? culvert_endpoint_parse (combinations[i].target, NULL) : NULL;
  CulvertForwardFields fields = { .kind = combinations[i].kind,
                                  .listen = listen,
                                  .target = target,
                                  .any_user = combinations[i].any_user,
                                  .is_ftp = combinations[i].is_ftp };

  return culvert_forward_spec_new (&fields);
}

/* One sentence each, that no other combination has. */
static void
test_combinations (void)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_new ();
  g_autoptr (GHashTable)     seen = g_hash_table_new (g_str_hash, g_str_equal);

  culvert_profile_set_string (&profile->host, "bastion");
  for (gsize i = 0; i < G_N_ELEMENTS (combinations); i++)
    {
      g_autoptr (CulvertForwardSpec) spec = make_combination (i);
      g_autofree char               *words = culvert_words_for_forward (spec, profile);

      g_assert_cmpstr (words, ==, combinations[i].words);
      g_assert_true (g_hash_table_add (seen, (gpointer)combinations[i].words));
    }
}

/* What the sentence says about others is what the badge says. */
static void
test_exposure (void)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_new ();
  guint                      n_here = 0;
  guint                      n_there = 0;

  culvert_profile_set_string (&profile->host, "bastion");
  for (gsize i = 0; i < G_N_ELEMENTS (combinations); i++)
    {
      g_autoptr (CulvertForwardSpec) spec = make_combination (i);
      g_autofree char               *words = culvert_words_for_exposure (spec, profile);
      gboolean is_remote = strstr (combinations[i].words, "GatewayPorts") != NULL;

      if (is_remote)
        g_assert_cmpstr (
          words, ==,
          "Other computers that reach bastion can connect too, if its GatewayPorts lets them.");
      else if (strstr (combinations[i].words, "on others that reach it") != NULL)
        g_assert_cmpstr (words, ==, "Other computers that reach this one can connect too.");
      else
        g_assert_null (words);
      n_there += is_remote;
      n_here += words != NULL && !is_remote;
    }
  g_assert_cmpuint (n_here, ==, 6);
  g_assert_cmpuint (n_there, ==, 9);
}

/* While a form is filled in, each missing part is an ellipsis. */
static void
test_draft (void)
{
  assert_forward (make_spec (CULVERT_FORWARD_LOCAL, tcp ("", 0), NULL), "",
                  "Programs on this computer that connect to localhost:… reach …, as seen from ….",
                  "localhost:… → …");
  assert_forward (make_spec (CULVERT_FORWARD_LOCAL, tcp ("", 5433), tcp ("", 5432)), "bastion",
                  "Programs on this computer that connect to localhost:5433 reach …:5432, as seen "
                  "from bastion.",
                  "localhost:5433 → …:5432");
  assert_forward (
    make_spec (CULVERT_FORWARD_LOCAL, culvert_endpoint_new_unix (""), tcp ("db.internal", 0)),
    "bastion", "Your programs that open the socket … reach db.internal:…, as seen from bastion.",
    "… → db.internal:…");
}

static void
test_server (void)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_new ();
  g_autofree char           *plain = NULL;
  g_autofree char           *other_port = NULL;
  g_autofree char           *address = NULL;
  g_autofree char           *own_user = NULL;
  g_autofree char           *draft = NULL;
  g_autofree char           *expected = NULL;

  culvert_profile_set_string (&profile->user, "alice");
  draft = culvert_words_for_server (profile);
  g_assert_cmpstr (draft, ==, "alice@…");
  culvert_profile_set_string (&profile->host, "bastion.example.com");
  plain = culvert_words_for_server (profile);
  g_assert_cmpstr (plain, ==, "alice@bastion.example.com");
  profile->port = 2222;
  other_port = culvert_words_for_server (profile);
  g_assert_cmpstr (other_port, ==, "alice@bastion.example.com:2222");
  culvert_profile_set_string (&profile->host, "2001:db8::1");
  address = culvert_words_for_server (profile);
  g_assert_cmpstr (address, ==, "alice@[2001:db8::1]:2222");
  culvert_profile_set_string (&profile->user, "");
  own_user = culvert_words_for_server (profile);
  expected = g_strdup_printf ("%s@[2001:db8::1]:2222", g_get_user_name ());
  g_assert_cmpstr (own_user, ==, expected);
}

/* Each value has a word of its own. */
static void
test_names_differ (void)
{
  g_autoptr (GHashTable) states = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) kinds = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) methods = g_hash_table_new (g_str_hash, g_str_equal);

  for (int i = CULVERT_TUNNEL_STOPPED; i <= CULVERT_TUNNEL_IDLE; i++)
    g_assert_true (g_hash_table_add (states, (gpointer)culvert_words_for_state (i)));
  for (int i = CULVERT_FORWARD_LOCAL; i <= CULVERT_FORWARD_REVERSE_DYNAMIC; i++)
    {
      g_assert_true (g_hash_table_add (kinds, (gpointer)culvert_words_for_kind (i)));
      g_assert_true (g_hash_table_add (kinds, (gpointer)culvert_words_for_kind_purpose (i)));
    }
  for (int i = 0; i < CULVERT_N_AUTH_METHODS; i++)
    g_assert_true (g_hash_table_add (methods, (gpointer)culvert_words_for_method (i)));
}

/* Every code at every field that has it gives one sentence with a full stop and its subject. */
static void
test_problems (void)
{
  for (int field = CULVERT_FIELD_NAME; field <= CULVERT_FIELD_FORWARD_BROWSER; field++)
    for (int code = CULVERT_PROBLEM_MISSING; code <= CULVERT_PROBLEM_INVALID_GROUP; code++)
      {
        CulvertProblem   bare = { .field = field, .code = code };
        CulvertProblem   named = { .field = field, .code = code, .subject = (char *)"443" };
        g_autofree char *without = culvert_words_for_problem (&bare);
        g_autofree char *with = culvert_words_for_problem (&named);

        g_assert_true (g_str_has_suffix (without, "."));
        g_assert_true (g_str_has_suffix (with, "."));
        g_assert_null (strstr (without, "(null)"));
        g_assert_null (strstr (with, "(null)"));
      }
}

static void
test_problem_sentences (void)
{
  static const struct
  {
    CulvertProblem problem;
    const char    *words;
  } rows[] = {
    { { CULVERT_FIELD_HOST, CULVERT_PROBLEM_MISSING, FALSE, NULL, NULL },
      "Type the name or address of the server." },
    { { CULVERT_FIELD_FORWARD_LISTEN, CULVERT_PROBLEM_PORT_PRIVILEGED, TRUE, NULL, (char *)"80" },
      "Listening on port 80 needs a privilege that Culvert does not have: a port such as 8080 "
      "needs none." },
    { { CULVERT_FIELD_FORWARD_LISTEN, CULVERT_PROBLEM_EXPOSED, TRUE, NULL, (char *)"*:80" },
      "Other computers can connect to *:80 too: listen on localhost to keep it to yourself." },
    { { CULVERT_FIELD_FORWARD_LISTEN, CULVERT_PROBLEM_EXPOSED_THERE, TRUE, NULL, (char *)"*:80" },
      "Other computers may connect to *:80 at the server too: listen on localhost there to keep "
      "them out." },
    { { CULVERT_FIELD_FORWARD_LISTEN, CULVERT_PROBLEM_EXPOSED_THERE, TRUE, NULL, (char *)"*:0" },
      "Other computers may connect to the port that the server picks, too: listen on localhost "
      "there to keep them out." },
    { { CULVERT_FIELD_PROXY_COMMAND, CULVERT_PROBLEM_INVALID_COMMAND, FALSE, NULL, (char *)"%k" },
      "“%k” stands for nothing here: %h is the server, %p its port, %r the user, and %% a percent "
      "sign." },
    { { CULVERT_FIELD_KEY_FILES, CULVERT_PROBLEM_FILE_MISSING, FALSE, NULL, (char *)"~/.ssh/gone" },
      "There is no file “~/.ssh/gone”: choose another key file." },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *words = culvert_words_for_problem (&rows[i].problem);

      g_assert_cmpstr (words, ==, rows[i].words);
    }
}

static void
test_loss_and_return (void)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_new ();
  g_autoptr (GError)         error =
    g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_NO_NETWORK, "log");
  g_autofree char *plain = NULL;
  g_autofree char *because = NULL;
  g_autofree char *back = NULL;

  culvert_profile_set_string (&profile->host, "bastion");
  plain = culvert_words_for_loss (NULL, profile);
  g_assert_cmpstr (plain, ==, "The connection to bastion was lost.");
  because = culvert_words_for_loss (error, profile);
  g_assert_cmpstr (because, ==, "Can’t reach bastion: this computer has no network.");
  back = culvert_words_for_return (profile, 95 * (gint64)G_USEC_PER_SEC);
  g_assert_cmpstr (back, ==, "Connected to bastion again after 1 min 35 s.");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/words/tunnel-words/forward", test_forward);
  g_test_add_func ("/words/tunnel-words/combinations", test_combinations);
  g_test_add_func ("/words/tunnel-words/exposure", test_exposure);
  g_test_add_func ("/words/tunnel-words/draft", test_draft);
  g_test_add_func ("/words/tunnel-words/server", test_server);
  g_test_add_func ("/words/tunnel-words/names-differ", test_names_differ);
  g_test_add_func ("/words/tunnel-words/loss-and-return", test_loss_and_return);
  g_test_add_func ("/words/tunnel-words/problems", test_problems);
  g_test_add_func ("/words/tunnel-words/problem-sentences", test_problem_sentences);

  return g_test_run ();
}
