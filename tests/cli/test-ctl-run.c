/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ctl-run-fixture.h"
#include "support/loopback.h"
#include "support/other-user.h"
#include "support/traffic.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <json-glib/json-glib.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

/* `culvertctl run` against a real server, without display, session bus or terminal. */

static void
test_key (CtlRunFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = ctl_run_start (fixture, NULL, ctl_run_get_key (fixture), NULL);
  g_autofree char       *up = g_strdup_printf (": localhost:%u -> 127.0.0.1:%u\n", fixture->listen,
                                               culvert_target_get_port (fixture->target));

  culvert_ctl_wait_for_output (ctl, "\n");
  g_assert_true (g_str_has_prefix (culvert_ctl_get_output (ctl), "up: "));
  culvert_ctl_assert_output (ctl, up);
  ctl_run_carry (fixture);
  ctl_run_assert_obeys (ctl, SIGINT, 130);
  g_assert_cmpstr (culvert_ctl_get_messages (ctl), ==, "");
  g_assert_cmpuint (culvert_test_count_text (culvert_ctl_get_output (ctl), "\n"), ==, 1);
}

static void
test_terminate (CtlRunFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = ctl_run_start (fixture, NULL, ctl_run_get_key (fixture), NULL);

  culvert_ctl_wait_for_output (ctl, "up: ");
  ctl_run_assert_obeys (ctl, SIGTERM, 143);
  g_assert_cmpstr (culvert_ctl_get_messages (ctl), ==, "");
  /* The server has noticed, so it was told. */
  culvert_test_wait_until (culvert_sshd_count_session_processes (fixture->sshd) == 0, 10000);
}

/* While it tries in vain to reach somebody, and at once for who asks twice. */
static void
test_interrupt_early (CtlRunFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = NULL;

  culvert_sshd_freeze (fixture->sshd);
  ctl = ctl_run_start (fixture, NULL, ctl_run_get_key (fixture), NULL);
  culvert_test_spend (300);
  g_assert_true (culvert_ctl_is_running (ctl));
  ctl_run_assert_obeys (ctl, SIGINT, 130);
  culvert_sshd_thaw (fixture->sshd);
}

static void
test_interrupt_twice (CtlRunFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = ctl_run_start (fixture, NULL, ctl_run_get_key (fixture), NULL);
  gint64                 begin_us;

  culvert_ctl_wait_for_output (ctl, "up: ");
  culvert_sshd_freeze (fixture->sshd);
  culvert_ctl_signal (ctl, SIGINT);
  culvert_test_spend (100);
  begin_us = g_get_monotonic_time ();
  if (culvert_ctl_is_running (ctl))
    culvert_ctl_signal (ctl, SIGINT);
  g_assert_cmpint (culvert_ctl_wait (ctl), ==, 130);
  g_assert_cmpfloat ((double)(g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC, <,
                     0.5 * culvert_test_get_patience ());
  culvert_sshd_thaw (fixture->sshd);
}

static void
test_for (CtlRunFixture *fixture, gconstpointer data)
{
  const char *const      options[] = { "--for", "2", NULL };
  gint64                 begin_us = g_get_monotonic_time ();
  g_autoptr (CulvertCtl) ctl = ctl_run_start (fixture, options, ctl_run_get_key (fixture), NULL);

  culvert_ctl_wait_for_output (ctl, "up: ");
  ctl_run_carry (fixture);
  ctl_run_assert_ends (ctl, 0, NULL);
  g_assert_cmpfloat ((double)(g_get_monotonic_time () - begin_us) / G_USEC_PER_SEC, >=, 1.9);
}

static void
test_for_in_vain (CtlRunFixture *fixture, gconstpointer data)
{
  const char *const      options[] = { "--for", "1", NULL };
  g_autoptr (CulvertCtl) ctl = NULL;

  culvert_sshd_freeze (fixture->sshd);
  ctl = ctl_run_start (fixture, options, ctl_run_get_key (fixture), NULL);
  ctl_run_assert_ends (ctl, 3, "the time is over before it was connected");
  culvert_sshd_thaw (fixture->sshd);
}

/* Other users of this computer */

static void
wait_for_other_user (CtlRunFixture *fixture, CulvertOtherUserEnd end)
{
  g_autoptr (CulvertOtherUser) other = culvert_other_user_start (NULL, fixture->listen, 1);

  culvert_test_wait_until (culvert_other_user_get_end (other) != CULVERT_OTHER_USER_WAITS, 20000);
  g_assert_cmpint (culvert_other_user_get_end (other), ==, end);
}

static void
test_other_user (CtlRunFixture *fixture, gconstpointer data)
{
  const char *const      options[] = { "--json", NULL };
  g_autoptr (CulvertCtl) ctl = ctl_run_start (fixture, options, ctl_run_get_key (fixture), NULL);
  g_autofree char       *message = NULL;

  message = g_strdup_printf ("a connection of another user of this computer to localhost:%u was "
                             "refused: use --any-user if every user of this computer may connect",
                             fixture->listen);
  culvert_ctl_wait_for_output (ctl, "\"event\":\"up\"");
  wait_for_other_user (fixture, CULVERT_OTHER_USER_GOT_RESET);
  culvert_ctl_wait_for_output (ctl, "\"foreign\":1,\"unseen\":0");
  wait_for_other_user (fixture, CULVERT_OTHER_USER_GOT_RESET);
  culvert_ctl_wait_for_output (ctl, "\"foreign\":2,\"unseen\":0");
  ctl_run_carry (fixture);
  ctl_run_assert_obeys (ctl, SIGINT, 130);
  culvert_ctl_assert_message (ctl, message);
  culvert_ctl_assert_messages_are_lines (ctl, 1);
}

static void
run_for_any_user (CtlRunFixture *fixture, const char *const *options, const char *const *more)
{
  g_autoptr (CulvertCtl) ctl = ctl_run_start (fixture, options, ctl_run_get_key (fixture), more);

  culvert_ctl_wait_for_output (ctl, "up: ");
  wait_for_other_user (fixture, CULVERT_OTHER_USER_GOT_DATA);
  ctl_run_assert_obeys (ctl, SIGINT, 130);
}

static void
test_any_user (CtlRunFixture *fixture, gconstpointer data)
{
  const char *const any_user[] = { "--any-user", NULL };
  const char *const gateway[] = { "-g", NULL };

  run_for_any_user (fixture, any_user, NULL);
  run_for_any_user (fixture, NULL, gateway);
}

/* JSON */

/* (transfer full) (element-type JsonNode): every line, each of them an object with event and time */
static GPtrArray *
parse_events (CulvertCtl *ctl)
{
  g_auto (GStrv) lines = g_strsplit (culvert_ctl_get_output (ctl), "\n", -1);
  GPtrArray     *events = g_ptr_array_new_with_free_func ((GDestroyNotify)json_node_unref);

  for (guint i = 0; lines[i] != NULL && lines[i][0] != '\0'; i++)
    {
      g_autoptr (JsonParser) parser = json_parser_new ();
      g_autoptr (GError)     error = NULL;
      g_autoptr (GDateTime)  time = NULL;
      JsonObject            *object;

      json_parser_load_from_data (parser, lines[i], -1, &error);
      g_assert_no_error (error);
      object = json_node_get_object (json_parser_get_root (parser));
      time = g_date_time_new_from_iso8601 (json_object_get_string_member (object, "time"), NULL);
      g_assert_nonnull (time);
      g_ptr_array_add (events, json_parser_steal_root (parser));
    }
  return events;
}

static JsonObject *
find_event (GPtrArray *events, const char *name)
{
  for (guint i = 0; i < events->len; i++)
    {
      JsonObject *object = json_node_get_object (events->pdata[i]);

      if (strcmp (json_object_get_string_member (object, "event"), name) == 0)
        return object;
    }
  return NULL;
}

static void
test_json (CtlRunFixture *fixture, gconstpointer data)
{
  const char *const      options[] = { "--json", "--traffic", "-v", NULL };
  g_autoptr (CulvertCtl) ctl = ctl_run_start (fixture, options, ctl_run_get_key (fixture), NULL);
  g_autoptr (GPtrArray)  events = NULL;
  g_autofree char       *listen = g_strdup_printf ("localhost:%u", fixture->listen);
  JsonObject            *up;
  JsonObject            *forward;
  JsonObject            *traffic;

  culvert_ctl_wait_for_output (ctl, "\"event\":\"up\"");
  ctl_run_carry (fixture);
  culvert_ctl_wait_for_output (ctl, "\"event\":\"traffic\"");
  ctl_run_assert_obeys (ctl, SIGINT, 130);
  events = parse_events (ctl);

  up = find_event (events, "up");
  forward = json_array_get_object_element (json_object_get_array_member (up, "forwards"), 0);
  g_assert_cmpstr (json_object_get_string_member (forward, "listen"), ==, listen);
  g_assert_cmpstr (json_object_get_string_member (forward, "kind"), ==, "local");
  g_assert_cmpstr (json_object_get_string_member (find_event (events, "state"), "state"), ==,
                   "connecting");
  g_assert_cmpstr (json_object_get_string_member (find_event (events, "state"), "tunnel"), ==,
                   json_object_get_string_member (up, "tunnel"));
  g_assert_nonnull (strstr (culvert_ctl_get_output (ctl), "\"state\":\"up\""));
  g_assert_nonnull (strstr (culvert_ctl_get_output (ctl), "\"state\":\"stopped\""));
  traffic = find_event (events, "traffic");
  g_assert_cmpint (json_object_get_int_member (traffic, "received"), >, 0);
  g_assert_true (json_object_has_member (traffic, "round_trip_ms"));
  g_assert_nonnull (find_event (events, "log"));
  g_assert_cmpint (json_object_get_int_member (find_event (events, "end"), "exit"), ==, 130);
  g_assert_true (find_event (events, "end") ==
                 json_node_get_object (events->pdata[events->len - 1]));
}

static void
test_json_failure (CtlRunFixture *fixture, gconstpointer data)
{
  const char *const      options[] = { "--json", "--once", NULL };
  g_autoptr (CulvertCtl) ctl = NULL;
  g_autoptr (GPtrArray)  events = NULL;
  JsonObject            *failed;

  culvert_sshd_stop (fixture->sshd);
  ctl = ctl_run_start (fixture, options, ctl_run_get_key (fixture), NULL);
  ctl_run_assert_ends (ctl, 3, "nothing listens there");
  events = parse_events (ctl);
  failed = find_event (events, "failed");
  g_assert_nonnull (strstr (json_object_get_string_member (failed, "what"), "127.0.0.1"));
  g_assert_true (json_object_has_member (failed, "why"));
  g_assert_nonnull (json_object_get_string_member (failed, "next"));
  g_assert_nonnull (json_object_get_string_member (failed, "detail"));
  g_assert_cmpint (json_object_get_int_member (find_event (events, "end"), "exit"), ==, 3);
}

static void
test_text_extras (CtlRunFixture *fixture, gconstpointer data)
{
  const char *const      options[] = { "-v", "--traffic", NULL };
  g_autoptr (CulvertCtl) ctl = ctl_run_start (fixture, options, ctl_run_get_key (fixture), NULL);

  culvert_ctl_wait_for_output (ctl, "up: ");
  ctl_run_carry (fixture);
  culvert_ctl_wait_for_output (ctl, "traffic: ");
  culvert_ctl_wait_for_message (ctl, "host key ssh-ed25519 SHA256:");
  ctl_run_assert_obeys (ctl, SIGINT, 130);
  culvert_ctl_assert_output (ctl, " connections, ");
}

/* Losing and failing */

static void
test_lost_once (CtlRunFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = ctl_run_start_once (fixture, ctl_run_get_key (fixture));

  culvert_ctl_wait_for_output (ctl, "up: ");
  culvert_sshd_stop (fixture->sshd);
  ctl_run_assert_ends (ctl, 7, "127.0.0.1");
}

static void
test_comes_back (CtlRunFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = ctl_run_start (fixture, NULL, ctl_run_get_key (fixture), NULL);

  culvert_ctl_wait_for_output (ctl, "up: ");
  culvert_sshd_stop (fixture->sshd);
  culvert_ctl_wait_for_message (ctl, "Trying again in ");
  culvert_sshd_start (fixture->sshd);
  culvert_test_wait_until (culvert_test_count_text (culvert_ctl_get_output (ctl), "up: ") == 2,
                           30000);
  ctl_run_carry (fixture);
  ctl_run_assert_obeys (ctl, SIGINT, 130);
}

static void
test_refused (CtlRunFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = NULL;

  culvert_sshd_stop (fixture->sshd);
  ctl = ctl_run_start_once (fixture, ctl_run_get_key (fixture));
  ctl_run_assert_ends (ctl, 3, "nothing listens there: Check the address and the port");
}

static void
test_unknown_name (CtlRunFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = NULL;

  g_free (fixture->server);
  fixture->server = g_strdup ("me@no-such-host.invalid");
  ctl = ctl_run_start_once (fixture, ctl_run_get_key (fixture));
  ctl_run_assert_ends (ctl, 3, "Can’t reach no-such-host.invalid");
}

static void
test_changed_host_key (CtlRunFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = NULL;
  g_autofree char       *place = g_strdup_printf ("%s, line ", fixture->known_hosts);
  g_autofree char       *before = culvert_test_read_text (fixture->known_hosts);
  g_autofree char       *after = NULL;
  g_autofree char       *fingerprint = NULL;

  culvert_sshd_replace_host_keys (fixture->sshd);
  /* Without --once as well: this is nothing to try again. */
  ctl = ctl_run_start (fixture, NULL, ctl_run_get_key (fixture), NULL);
  ctl_run_assert_ends (ctl, 4, "has changed");
  culvert_ctl_assert_message (ctl, place);
  fingerprint = culvert_sshd_get_host_fingerprint (fixture->sshd, CULVERT_KEY_ED25519);
  culvert_ctl_assert_message (ctl, fingerprint);
  g_assert_cmpuint (culvert_sshd_count_in_log (fixture->sshd, "userauth-request"), ==, 0);
  after = culvert_test_read_text (fixture->known_hosts);
  g_assert_cmpstr (before, ==, after);
}

static void
test_unknown_host_key (CtlRunFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = NULL;

  g_assert_cmpint (g_unlink (fixture->known_hosts), ==, 0);
  ctl = ctl_run_start (fixture, NULL, ctl_run_get_key (fixture), NULL);
  ctl_run_assert_ends (
    ctl, 4, "is not known yet, so nothing was sent to it: Connect where you can be asked");
  g_assert_cmpuint (culvert_sshd_count_in_log (fixture->sshd, "userauth-request"), ==, 0);
  g_assert_false (g_file_test (fixture->known_hosts, G_FILE_TEST_EXISTS));
}

static void
test_wrong_key (CtlRunFixture *fixture, gconstpointer data)
{
  g_autofree char       *key = culvert_ctl_home_build (fixture->home, "stranger");
  const char *const      more[] = { "-o", "PreferredAuthentications=publickey", NULL };
  g_autoptr (CulvertCtl) ctl = NULL;

  culvert_test_make_key (key, CULVERT_KEY_ED25519, NULL, NULL);
  ctl = ctl_run_start (fixture, NULL, key, more);
  ctl_run_assert_ends (ctl, 5, "did not let ");
  culvert_ctl_assert_message (ctl, "Check the user name");
}

static void
test_key_for_all (CtlRunFixture *fixture, gconstpointer data)
{
  g_autofree char       *key = culvert_ctl_home_build (fixture->home, "it's open");
  const char *const      more[] = { "-o", "PreferredAuthentications=publickey", NULL };
  g_autoptr (CulvertCtl) ctl = NULL;

  culvert_test_make_key (key, CULVERT_KEY_ED25519, NULL, NULL);
  g_assert_cmpint (g_chmod (key, 0644), ==, 0);
  ctl = ctl_run_start (fixture, NULL, key, more);
  ctl_run_assert_ends (ctl, 5, "Other users of this computer may read the key file");
  culvert_ctl_assert_message (ctl, "chmod 600 '");
  culvert_ctl_assert_message (ctl, "it'\\''s open'");
}

static void
test_nobody_to_ask (CtlRunFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = ctl_run_start (fixture, NULL, NULL, NULL);

  ctl_run_assert_ends (ctl, 5, "there is no way to ask you here: ");
}

/* @data of these is a flag: with --once or without, it is the end. */
static void
test_port_in_use (CtlRunFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = NULL;
  g_autofree char       *message = g_strdup_printf (
          "Port %u is in use by test-ctl-run (process %d): Use port ", fixture->listen, (int)getpid ());
  int holder = culvert_loopback_listen (NULL, fixture->listen, 1, 0);

  g_assert_cmpint (holder, >=, 0);
  ctl = ctl_run_start (fixture, NULL, ctl_run_get_key (fixture), NULL);
  ctl_run_assert_ends (ctl, 6, message);
  culvert_ctl_free (g_steal_pointer (&ctl));
  ctl = ctl_run_start_once (fixture, ctl_run_get_key (fixture));
  ctl_run_assert_ends (ctl, 6, message);
  g_assert_cmpstr (culvert_ctl_get_output (ctl), ==, "");
  close (holder);
}

/* The server picks a port; whoever waits for the line learns which. */
static void
test_remote (CtlRunFixture *fixture, gconstpointer data)
{
  g_autofree char *remote =
    g_strdup_printf ("0:127.0.0.1:%u", culvert_target_get_port (fixture->target));
  const char *const      more[] = { "-R", remote, NULL };
  g_autoptr (CulvertCtl) ctl = ctl_run_start (fixture, NULL, ctl_run_get_key (fixture), more);
  g_autofree char       *pattern =
    g_strdup_printf ("server localhost:([1-9][0-9]*) -> 127\\.0\\.0\\.1:%u\n",
                     culvert_target_get_port (fixture->target));
  g_autoptr (GRegex)     regex = g_regex_new (pattern, 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char       *port = NULL;

  culvert_ctl_wait_for_output (ctl, "up: ");
  culvert_ctl_wait_for_output (ctl, "\n");
  g_test_message ("%s", culvert_ctl_get_output (ctl));
  g_assert_true (g_regex_match (regex, culvert_ctl_get_output (ctl), 0, &match));
  port = g_match_info_fetch (match, 1);
  fixture->listen = (guint16)g_ascii_strtoull (port, NULL, 10);
  ctl_run_carry (fixture);
  ctl_run_assert_obeys (ctl, SIGTERM, 143);
}

/* A server that does not listen ends it as a port that is taken here would. */
static void
test_remote_refused (CtlRunFixture *fixture, gconstpointer data)
{
  guint16                port = culvert_test_free_port ();
  int                    holder = culvert_loopback_listen ("127.0.0.1", port, 1, 0);
  g_autofree char       *remote = g_strdup_printf ("127.0.0.1:%u:127.0.0.1:9", port);
  const char *const      more[] = { "-R", remote, NULL };
  g_autoptr (CulvertCtl) ctl = ctl_run_start (fixture, NULL, ctl_run_get_key (fixture), more);

  ctl_run_assert_ends (ctl, 6, "can’t listen on 127.0.0.1:");
  close (holder);
}

/* The tunnel stays, and why nothing comes through is said. */
static void
test_target_refuses (CtlRunFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = NULL;
  guint16                nobody = culvert_test_free_port ();
  int                    client;

  g_free (fixture->forward);
  fixture->forward = g_strdup_printf ("%u:127.0.0.1:%u", fixture->listen, nobody);
  ctl = ctl_run_start (fixture, NULL, ctl_run_get_key (fixture), NULL);
  culvert_ctl_wait_for_output (ctl, "up: ");
  client = culvert_client_connect (fixture->listen);
  /* It may have been reset by now. */
  g_assert_true (client >= 0 || errno == ECONNRESET);
  /* What the server says about it gets lost in libssh2 1.10. */
#ifdef CULVERT_HAVE_PRIVATE_LIBSSH2
  culvert_ctl_wait_for_message (ctl, "nothing listens there: Check the port");
#else
  culvert_ctl_wait_for_message (ctl, "nothing answers there: Check the target");
#endif
  if (client >= 0)
    close (client);
  ctl_run_assert_obeys (ctl, SIGINT, 130);
}

/* Names, files, several at once */

static void
test_saved_and_file (CtlRunFixture *fixture, gconstpointer data)
{
  g_autofree char *text = g_strdup_printf (
    "[Tunnel]\nVersion=1\nName=Saved one\nHost=127.0.0.1\n"
    "Port=%s\nUser=%s\nKeyFiles=%s;\n\n[Forward a]\n"
    "Kind=local\nListen=%u\nTarget=127.0.0.1:%u\n",
    fixture->port, culvert_sshd_get_user_name (fixture->sshd), ctl_run_get_key (fixture),
    fixture->listen, culvert_target_get_port (fixture->target));
  guint16                        other_port = culvert_test_free_port ();
  g_autofree char               *listen = g_strdup_printf ("Listen=%u", fixture->listen);
  g_autofree char               *other_listen = g_strdup_printf ("Listen=%u", other_port);
  g_autofree char               *other_up = g_strdup_printf ("localhost:%u -> ", other_port);
  g_autoptr (GString)            other_text = g_string_new (text);
  G_GNUC_UNUSED g_autofree char *saved =
    culvert_ctl_home_write (fixture->home, ".config/culvert/tunnels/saved.culvert", text, 0600);
  g_autofree char       *file = NULL;
  g_autoptr (CulvertCtl) ctl = NULL;

  g_string_replace (other_text, listen, other_listen, 0);
  file = culvert_ctl_home_write (fixture->home, "other.culvert", other_text->str, 0600);
  ctl = culvert_ctl_start (fixture->home, (const char *[]){ "run", "saved ONE", file, NULL });
  culvert_test_wait_until (
    culvert_test_count_text (culvert_ctl_get_output (ctl), "up: Saved one: ") == 2, 30000);
  culvert_ctl_assert_output (ctl, other_up);
  ctl_run_carry (fixture);
  fixture->listen = other_port;
  ctl_run_carry (fixture);

  /* Both are lost, both come back. */
  culvert_sshd_kill_sessions (fixture->sshd);
  culvert_test_wait_until (
    culvert_test_count_text (culvert_ctl_get_output (ctl), "up: Saved one: ") == 4, 30000);
  ctl_run_assert_obeys (ctl, SIGTERM, 143);
}

/* Of a saved tunnel the networks rule counts; here nobody can tell what the network is called. */
static void
test_networks_rule (CtlRunFixture *fixture, gconstpointer data)
{
  static const char *const rules[] = { "only", "except" };
  CulvertCtl              *ctl;

  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    {
      g_autofree char *text =
        g_strdup_printf ("[Tunnel]\nVersion=1\nName=%s\nHost=127.0.0.1\nPort=%s\nUser=%s\n"
                         "KeyFiles=%s;\nNetworkRule=%s\nNetworks=Office;\n",
                         rules[i], fixture->port, culvert_sshd_get_user_name (fixture->sshd),
                         ctl_run_get_key (fixture), rules[i]);
      g_autofree char *name = g_strdup_printf (".config/culvert/tunnels/%s.culvert", rules[i]);

      g_free (culvert_ctl_home_write (fixture->home, name, text, 0600));
    }
  culvert_ctl_set_env (fixture->home, "DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nonexistent");

  ctl = culvert_ctl_start (fixture->home, (const char *[]){ "run", "only", "except", NULL });
  culvert_ctl_wait_for_output (ctl, "up: except");
  culvert_ctl_wait_for_message (ctl, "only: This tunnel waits for one of its networks, but nobody "
                                     "can tell on which network this computer is.");
  ctl_run_assert_obeys (ctl, SIGTERM, 143);
  culvert_ctl_free (ctl);

  ctl = culvert_ctl_run (fixture->home, 3, "run", "--once", "only", NULL);
  culvert_ctl_assert_message (ctl, "waits for one of its networks");
  culvert_ctl_free (ctl);
}

/* One of two fails for good: the other goes on, unless --once. */
static void
test_one_of_two (CtlRunFixture *fixture, gconstpointer data)
{
  static const char format[] = "[Tunnel]\nVersion=1\nName=%s\nHost=127.0.0.1\nPort=%s\nUser=%s\n"
                               "KeyFiles=%s;\nMethods=key;\n";
  const char       *user = culvert_sshd_get_user_name (fixture->sshd);
  g_autofree char  *stranger = culvert_ctl_home_build (fixture->home, "stranger");
  g_autofree char  *good =
    g_strdup_printf (format, "good", fixture->port, user, ctl_run_get_key (fixture));
  g_autofree char *bad = g_strdup_printf (format, "bad", fixture->port, user, stranger);
  g_autofree char *good_file = culvert_ctl_home_write (fixture->home, "good.culvert", good, 0600);
  g_autofree char *bad_file = culvert_ctl_home_write (fixture->home, "bad.culvert", bad, 0600);
  CulvertCtl      *ctl;

  culvert_test_make_key (stranger, CULVERT_KEY_ED25519, NULL, NULL);
  ctl = culvert_ctl_start (fixture->home, (const char *[]){ "run", good_file, bad_file, NULL });
  culvert_ctl_wait_for_output (ctl, "up: good\n");
  culvert_ctl_wait_for_message (ctl, "culvertctl: bad: ");
  culvert_test_spend (300);
  g_assert_true (culvert_ctl_is_running (ctl));
  ctl_run_assert_obeys (ctl, SIGINT, 130);
  culvert_ctl_free (ctl);

  ctl = culvert_ctl_start (fixture->home,
                           (const char *[]){ "run", "--once", good_file, bad_file, NULL });
  g_assert_cmpint (culvert_ctl_wait (ctl), ==, 5);
  culvert_ctl_assert_message (ctl, "culvertctl: bad: ");
  culvert_ctl_free (ctl);
}

/* SSH_ASKPASS */

/* Answers each question by its first matching line; writes down what it was asked. */
static void
use_askpass (CtlRunFixture *fixture, const char *password, const char *host_key_answer)
{
  g_autofree char *asked = culvert_ctl_home_build (fixture->home, "asked");
  g_autofree char *script = g_strdup_printf (
    "#!/bin/sh\nprintf '%%s\\n' \"$1\" >>%s\n"
    "case $1 in *Trust*) echo '%s' ;; *Password*) echo '%s' ;; *) exit 1 ;; esac\n",
    asked, host_key_answer, password);
  g_autofree char *path = culvert_ctl_home_write (fixture->home, "askpass", script, 0700);

  culvert_ctl_set_env (fixture->home, "SSH_ASKPASS", path);
  culvert_ctl_set_env (fixture->home, "SSH_ASKPASS_REQUIRE", "force");
}

static void
test_askpass (CtlRunFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = NULL;
  g_autofree char       *asked_file = culvert_ctl_home_build (fixture->home, "asked");
  g_autofree char       *asked = NULL;
  g_autofree char       *question = NULL;

  use_askpass (fixture, CULVERT_SSHD_PASSWORD, "no");
  ctl = ctl_run_start (fixture, NULL, NULL, NULL);
  culvert_ctl_wait_for_output (ctl, "up: ");
  ctl_run_carry (fixture);
  ctl_run_assert_obeys (ctl, SIGINT, 130);
  asked = culvert_test_read_text (asked_file);
  question = g_strdup_printf ("Password of %s: \n", fixture->server);
  g_assert_cmpstr (asked, ==, question);
}

static void
test_askpass_wrong (CtlRunFixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertCtl) ctl = NULL;
  g_autofree char       *asked_file = culvert_ctl_home_build (fixture->home, "asked");
  g_autofree char       *asked = NULL;

  use_askpass (fixture, "wrong", "no");
  ctl = ctl_run_start (fixture, NULL, NULL, NULL);
  ctl_run_assert_ends (ctl, 5, "did not let ");
  asked = culvert_test_read_text (asked_file);
  g_assert_nonnull (strstr (asked, "That was not right; once more."));
}

static void
test_askpass_host_key (CtlRunFixture *fixture, gconstpointer data)
{
  CulvertCtl      *ctl;
  g_autofree char *asked_file = culvert_ctl_home_build (fixture->home, "asked");
  g_autofree char *asked = NULL;
  g_autofree char *known = NULL;
  g_autofree char *fingerprint =
    culvert_sshd_get_host_fingerprint (fixture->sshd, CULVERT_KEY_ED25519);

  g_assert_cmpint (g_unlink (fixture->known_hosts), ==, 0);
  use_askpass (fixture, CULVERT_SSHD_PASSWORD, "no");
  ctl = ctl_run_start (fixture, NULL, NULL, NULL);
  ctl_run_assert_ends (ctl, 4, "was not accepted");
  culvert_ctl_free (ctl);
  g_assert_false (g_file_test (fixture->known_hosts, G_FILE_TEST_EXISTS));
  asked = culvert_test_read_text (asked_file);
  g_assert_nonnull (strstr (asked, fingerprint));
  g_assert_cmpuint (culvert_sshd_count_in_log (fixture->sshd, "userauth-request"), ==, 0);

  use_askpass (fixture, CULVERT_SSHD_PASSWORD, "yes");
  ctl = ctl_run_start (fixture, NULL, NULL, NULL);
  culvert_ctl_wait_for_output (ctl, "up: ");
  ctl_run_assert_obeys (ctl, SIGINT, 130);
  culvert_ctl_free (ctl);
  known = culvert_test_read_text (fixture->known_hosts);
  g_assert_nonnull (strstr (known, "ssh-ed25519 "));
}

/* By ssh's own rules it is not asked without a display, nor when that is forbidden. */
static void
test_askpass_not_wanted (CtlRunFixture *fixture, gconstpointer data)
{
  CulvertCtl *ctl;

  use_askpass (fixture, CULVERT_SSHD_PASSWORD, "no");
  culvert_ctl_set_env (fixture->home, "SSH_ASKPASS_REQUIRE", NULL);
  ctl = ctl_run_start (fixture, NULL, NULL, NULL);
  ctl_run_assert_ends (ctl, 5, "there is no way to ask you here: ");
  culvert_ctl_free (ctl);

  culvert_ctl_set_env (fixture->home, "DISPLAY", ":987");
  culvert_ctl_set_env (fixture->home, "SSH_ASKPASS_REQUIRE", "never");
  ctl = ctl_run_start (fixture, NULL, NULL, NULL);
  ctl_run_assert_ends (ctl, 5, "there is no way to ask you here: ");
  culvert_ctl_free (ctl);

  culvert_ctl_set_env (fixture->home, "SSH_ASKPASS_REQUIRE", NULL);
  ctl = ctl_run_start (fixture, NULL, NULL, NULL);
  culvert_ctl_wait_for_output (ctl, "up: ");
  ctl_run_assert_obeys (ctl, SIGINT, 130);
  culvert_ctl_free (ctl);
}

static gboolean
askpass_runs (gpointer data)
{
  return g_file_test (data, G_FILE_TEST_EXISTS);
}

/* A program that never answers is ended with us. */
static void
test_askpass_hangs (CtlRunFixture *fixture, gconstpointer data)
{
  g_autofree char *pid_file = culvert_ctl_home_build (fixture->home, "pid");
  g_autofree char *script = g_strdup_printf (
    "#!/bin/sh\necho $$ >%s.new; mv %s.new %s; exec sleep 1000\n", pid_file, pid_file, pid_file);
  g_autofree char       *path = culvert_ctl_home_write (fixture->home, "askpass", script, 0700);
  g_autofree char       *pid = NULL;
  g_autofree char       *process = NULL;
  g_autoptr (CulvertCtl) ctl = NULL;

  culvert_ctl_set_env (fixture->home, "SSH_ASKPASS", path);
  culvert_ctl_set_env (fixture->home, "SSH_ASKPASS_REQUIRE", "force");
  ctl = ctl_run_start (fixture, NULL, NULL, NULL);
  culvert_test_wait (askpass_runs, pid_file, 20000);
  pid = culvert_test_read_text (pid_file);
  ctl_run_assert_obeys (ctl, SIGTERM, 143);
  process = g_strdup_printf ("/proc/%s", g_strstrip (pid));
  culvert_test_wait_until (!g_file_test (process, G_FILE_TEST_EXISTS), 10000);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);

#define ADD(name, options, func)                                                                   \
  g_test_add ("/cli/run/" name, CtlRunFixture, options, ctl_run_set_up, func, ctl_run_tear_down)

  ADD ("key", NULL, test_key);
  ADD ("terminate", NULL, test_terminate);
  ADD ("interrupt-early", NULL, test_interrupt_early);
  ADD ("interrupt-twice", NULL, test_interrupt_twice);
  ADD ("for", NULL, test_for);
  ADD ("for-in-vain", NULL, test_for_in_vain);
  ADD ("other-user", NULL, test_other_user);
  ADD ("any-user", NULL, test_any_user);
  ADD ("json", NULL, test_json);
  ADD ("json-failure", NULL, test_json_failure);
  ADD ("text-extras", NULL, test_text_extras);
  ADD ("lost-once", NULL, test_lost_once);
  ADD ("comes-back", NULL, test_comes_back);
  ADD ("refused", NULL, test_refused);
  ADD ("unknown-name", NULL, test_unknown_name);
  ADD ("changed-host-key", NULL, test_changed_host_key);
  ADD ("unknown-host-key", NULL, test_unknown_host_key);
  ADD ("wrong-key", NULL, test_wrong_key);
  ADD ("key-for-all", NULL, test_key_for_all);
  ADD ("nobody-to-ask", &ctl_run_passwords_only, test_nobody_to_ask);
  ADD ("port-in-use", NULL, test_port_in_use);
  ADD ("remote", NULL, test_remote);
  ADD ("remote-refused", NULL, test_remote_refused);
  ADD ("target-refuses", NULL, test_target_refuses);
  ADD ("saved-and-file", NULL, test_saved_and_file);
  ADD ("networks-rule", NULL, test_networks_rule);
  ADD ("one-of-two", NULL, test_one_of_two);
  ADD ("askpass", &ctl_run_passwords_only, test_askpass);
  ADD ("askpass-wrong", &ctl_run_passwords_only, test_askpass_wrong);
  ADD ("askpass-host-key", &ctl_run_passwords_only, test_askpass_host_key);
  ADD ("askpass-not-wanted", &ctl_run_passwords_only, test_askpass_not_wanted);
  ADD ("askpass-hangs", &ctl_run_passwords_only, test_askpass_hangs);

  return g_test_run ();
}
