/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Shows every state of the main window, wide and narrow, light and dark.  As a test it holds that
 * none of them makes GTK complain and that a window can be made and dropped again without a trace;
 * with CULVERT_TOUR_DIR set it also leaves a picture of each there, to be looked at. */

#include "core/errors.h"
#include "core/profile-groups.h"
#include "support/culvert-test.h"
#include "ui/application.h"
#include "ui/focus-walk.h"
#include "ui/picture.h"
#include "ui/stage.h"
#include "ui/tour-connections.h"
#include "ui/window-private.h"

#include <math.h>

typedef struct
{
  const char *name;
  void (*fill) (CulvertStage *stage);
  const char *shown;   /* title of the tunnel whose page is shown; NULL: the first one */
  const char *view;    /* NULL: the overview */
  const char *action;  /* activated once it stands; nullable */
  const char *search;  /* nullable */
  gboolean    is_page; /* only the page is new in it: fewer pictures */
} Scene;

static CulvertApplication *application;

static double
get_received (double age_s)
{
  double wave = 700e3 + 500e3 * sin (age_s / 9.0) + 90e3 * sin (age_s * 1.7);

  return age_s > 95 ? 0 : MAX (wave, 0) + (age_s > 30 && age_s < 36 ? 700e3 : 0);
}

static double
get_sent (double age_s)
{
  return age_s > 95 ? 0 : 160e3 + 120e3 * sin (age_s / 5.0 + 1);
}

static double
get_trickle (double age_s)
{
  return fmod (age_s, 15) < 1 ? 180 : 0;
}

static double
get_nothing (double age_s)
{
  return 0;
}

static GError *
new_error (int code)
{
  GError *error = g_error_new (CULVERT_SSH_ERROR, code, "staged failure %d", code);

  culvert_error_set_fact (&error, CULVERT_FACT_OFFERED, "publickey, password");
  culvert_error_set_fact (&error, CULVERT_FACT_FILE, "/home/alice/.ssh/known_hosts");
  culvert_error_set_fact (&error, CULVERT_FACT_LINE, "12");
  culvert_error_set_fact (&error, CULVERT_FACT_NAMES, "vault.example");
  return error;
}

static CulvertTunnel *
add_busy (CulvertStage *stage)
{
  CulvertTunnel *tunnel =
    culvert_stage_add (stage, "Production database",
                       "ssh -L 5433:db.internal:5432 -L 8080:wiki.internal:80 "
                       "-R 8081:localhost:3000 -D 1080 alice@bastion.example.com");

  culvert_stage_name_forward (stage, tunnel, 1, "Wiki");
  culvert_stage_set_up (tunnel, 3 * 3600 + 12 * 60);
  culvert_stage_set_open (tunnel, 0, 3);
  culvert_stage_set_sent_away (tunnel, 1, 3, 0);
  culvert_stage_set_open (tunnel, 3, 12);
  culvert_stage_set_forward (
    tunnel, 1, CULVERT_FORWARD_LISTENING, NULL, CULVERT_TARGET_REFUSED,
    g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_OPEN_FAILED, "Connection refused"));
  culvert_stage_set_traffic (tunnel, get_received, get_sent);
  for (guint i = 0; i < 40; i++)
    culvert_log_write (culvert_tunnel_get_log (tunnel),
                       i % 13 == 12 ? CULVERT_LOG_WARNING : CULVERT_LOG_INFO,
                       "localhost:5433: connection %u from 127.0.0.1:%u opened to "
                       "db.internal:5432",
                       i, 40000 + i);
  return tunnel;
}

static const CulvertHostKeyInfo host_key = {
  .host = (char *)"office.example.net",
  .port = 22,
  .type_name = (char *)"ssh-ed25519",
  .fingerprint = (char *)"SHA256:uNiVztksCsDhcc0u9e8BgrJXVGDsuIGVe4HAvIgGpr0",
  .random_art = (char *)"",
};

static void
fill_every_state (CulvertStage *stage)
{
  CulvertTunnel      *tunnel;
  CulvertPromptFields question = {
    .kind = CULVERT_PROMPT_HOST_KEY,
    .host = "office.example.net",
    .port = 22,
    .host_key = &host_key,
  };
  CulvertPromptFields password = {
    .kind = CULVERT_PROMPT_PASSWORD,
    .user = "carol",
    .host = "nas.home.arpa",
    .port = 22,
    .fields = &(CulvertPromptField){ (char *)"", TRUE },
    .n_fields = 1,
  };

  add_busy (stage);
  tunnel = culvert_stage_add (stage, "Staging", "ssh -L 8000:app:80 deploy@staging.example.com");
  culvert_stage_set_waiting (tunnel, 8, new_error (CULVERT_SSH_ERROR_UNREACHABLE));
  tunnel = culvert_stage_add (stage, "Office desktop", "ssh -L 3389:pc17:3389 office.example.net");
  culvert_stage_ask (stage, tunnel, &question);
  tunnel = culvert_stage_add (stage, "Home NAS", "ssh -L 5000:localhost:5000 carol@nas.home.arpa");
  culvert_stage_ask (stage, tunnel, &password);
  tunnel = culvert_stage_add (stage, "Old router", "ssh -L 8443:192.168.1.1:443 root@10.0.0.7");
  culvert_stage_set_state (tunnel, CULVERT_TUNNEL_FAILED,
                           new_error (CULVERT_SSH_ERROR_AUTH_REFUSED));
  tunnel = culvert_stage_add (stage, "Monitoring", "ssh -L 3000:grafana:3000 ops@mon.example.com");
  culvert_stage_set_state (tunnel, CULVERT_TUNNEL_CONNECTING, NULL);
  tunnel = culvert_stage_add (stage, "Build farm", "ssh -L 9000:farm:9000 bob@build.example.com");
  culvert_stage_set_state (tunnel, CULVERT_TUNNEL_SIGNING_IN, NULL);
  tunnel = culvert_stage_add (stage, "Cache", "ssh -L 6379:redis:6379 bob@cache.example.com");
  culvert_stage_set_up (tunnel, 42);
  culvert_stage_set_traffic (tunnel, get_nothing, get_trickle);
  tunnel = culvert_stage_add (stage, "Shop", "ssh -L 8009:shop:80 bob@shop.example.com");
  culvert_stage_set_state (tunnel, CULVERT_TUNNEL_STOPPING, NULL);
  culvert_stage_add (stage, "Mail", "ssh -L 1143:localhost:143 alice@mail.example.com");
}

/* Switched on, and not connected for good reasons. */
static void
fill_at_rest (CulvertStage *stage)
{
  CulvertTunnel *tunnel =
    culvert_stage_add (stage, "Archive", "ssh -L 8088:archive:80 alice@archive.example.com");
  GError *error;

  culvert_stage_set_state (tunnel, CULVERT_TUNNEL_IDLE, NULL);
  culvert_stage_set_forward (tunnel, 0, CULVERT_FORWARD_LISTENING, NULL, CULVERT_TARGET_UNKNOWN,
                             NULL);
  tunnel = culvert_stage_add (stage, "Printers", "ssh -L 6310:print:631 alice@office.example.com");
  error = new_error (CULVERT_SSH_ERROR_NETWORK_NOT_LISTED);
  culvert_error_set_fact (&error, CULVERT_FACT_NETWORK, "Café am Platz – Guests");
  culvert_stage_set_state (tunnel, CULVERT_TUNNEL_WAITING, error);
  tunnel = culvert_stage_add (stage, "Way home", "ssh -D 1080 alice@home.example.com");
  error = new_error (CULVERT_SSH_ERROR_NETWORK_EXCLUDED);
  culvert_error_set_fact (&error, CULVERT_FACT_NETWORK, "Home 5 GHz");
  culvert_stage_set_state (tunnel, CULVERT_TUNNEL_WAITING, error);
}

static void
fill_changed_key (CulvertStage *stage)
{
  CulvertTunnel *tunnel =
    culvert_stage_add (stage, "Vault", "ssh -L 8200:vault:8200 vault.example");

  GError *error = new_error (CULVERT_SSH_ERROR_HOST_KEY_CHANGED);

  culvert_error_set_fact (&error, CULVERT_FACT_SHOWN,
                          "SHA256:5yZ0kqQmYb8b3Z2mX1vWcD9dE7fG6hJ4kL3nP2qR1sT");
  culvert_error_set_fact (&error, CULVERT_FACT_RECORDED,
                          "SHA256:u2V9wX8yZ7aB6cD5eF4gH3iJ2kL1mN0oP9qR8sT7uVw");
  culvert_error_set_fact (&error, CULVERT_FACT_FILE, "/home/alice/.ssh/known_hosts");
  culvert_error_set_fact (&error, CULVERT_FACT_LINE, "12");
  culvert_error_set_fact (&error, CULVERT_FACT_TIME, "1772366400");
  culvert_stage_set_state (tunnel, CULVERT_TUNNEL_FAILED, error);
}

static void
fill_empty_tunnel (CulvertStage *stage)
{
  culvert_stage_add (stage, "Bare", "ssh bare.example.com");
}

static void
fill_port_taken (CulvertStage *stage)
{
  CulvertTunnel *tunnel =
    culvert_stage_add (stage, "Database", "ssh -L 5432:db:5432 -L 80:web:80 alice@bastion");
  GError *in_use = g_error_new (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_PORT_IN_USE,
                                "localhost:5432: address already in use");
  GError *privileged = g_error_new (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_PORT_PRIVILEGED,
                                    "localhost:80: permission denied");

  culvert_error_set_fact (&in_use, CULVERT_FACT_HOLDER, "process");
  culvert_error_set_fact (&in_use, CULVERT_FACT_PROGRAM, "postgres");
  culvert_error_set_fact (&in_use, CULVERT_FACT_PID, "1234");
  culvert_error_set_fact (&in_use, CULVERT_FACT_FREE_PORT, "5433");
  culvert_error_set_fact (&in_use, CULVERT_FACT_FREE_ADDRESS, "127.0.0.2");
  culvert_error_set_fact (&privileged, CULVERT_FACT_FIRST_PORT, "1024");
  culvert_error_set_fact (&privileged, CULVERT_FACT_FREE_PORT, "8080");
  culvert_error_set_fact (&privileged, CULVERT_FACT_ALLOW,
                          "sudo sysctl net.ipv4.ip_unprivileged_port_start=80");
  culvert_error_set_fact (&privileged, CULVERT_FACT_ALLOW_OWN,
                          "sudo setcap cap_net_bind_service=+ep /usr/bin/culvert");
  culvert_stage_set_up (tunnel, 5);
  culvert_stage_set_forward (tunnel, 0, CULVERT_FORWARD_FAILED, in_use, CULVERT_TARGET_UNKNOWN,
                             NULL);
  culvert_stage_set_forward (tunnel, 1, CULVERT_FORWARD_FAILED, privileged, CULVERT_TARGET_UNKNOWN,
                             NULL);
}

static void
fill_remote (CulvertStage *stage)
{
  CulvertTunnel *tunnel =
    culvert_stage_add (stage, "Preview",
                       "ssh -R 0:localhost:3000 -R 8081:localhost:3000 -R 8082:localhost:3000 "
                       "-R 8083:localhost:3000 alice@bastion.example.com");
  GError *forbidden = new_error (CULVERT_SSH_ERROR_LISTEN_NOT_PERMITTED);

  culvert_stage_set_up (tunnel, 60);
  culvert_stage_set_picked (tunnel, 0, "localhost", 41873);
  culvert_stage_set_retrying (tunnel, 1, 8, new_error (CULVERT_SSH_ERROR_LISTEN_HELD));
  culvert_stage_set_forward (tunnel, 2, CULVERT_FORWARD_FAILED, forbidden, CULVERT_TARGET_UNKNOWN,
                             NULL);
  culvert_stage_set_forward (tunnel, 3, CULVERT_FORWARD_STARTING, NULL, CULVERT_TARGET_UNKNOWN,
                             NULL);
}

/* One of each kind, and what others can connect to. */
static void
fill_kinds (CulvertStage *stage)
{
  CulvertTunnel *tunnel = culvert_stage_add (
    stage, "Every kind",
    "ssh -D 1080 -L *:8080:wiki.internal:80 -L ftp/2121:files.internal:21 -R *:0:localhost:3000 -R 0 "
    "-L /run/user/1000/docker.sock:/run/docker.sock alice@bastion.example.com");

  culvert_stage_set_up (tunnel, 60);
  culvert_stage_set_open (tunnel, 0, 12);
  culvert_stage_set_picked (tunnel, 3, "*", 41873);
  culvert_stage_set_picked (tunnel, 4, "localhost", 40080);
}

/* What tests of forwards at the server have found out. */
static void
fill_tested (CulvertStage *stage)
{
  CulvertTunnel *tunnel = culvert_stage_add (
    stage, "Preview",
    "ssh -R 8080:localhost:3000 -R 8081:localhost:3000 -R 8082:localhost:3000 -R 1080 alice@bastion.example.com");
  GError *inside = g_error_new (CULVERT_FORWARD_ERROR, CULVERT_FORWARD_ERROR_TEST_LOOPBACK_ONLY,
                                "the server listens for itself alone");
  GError *untold = new_error (CULVERT_SSH_ERROR_OPEN_PROHIBITED);

  culvert_error_set_fact (&inside, CULVERT_FACT_TARGET, "192.0.2.17:8081");
  culvert_error_set_fact (&untold, CULVERT_FACT_TARGET, "localhost:8082");
  culvert_stage_set_up (tunnel, 60);
  culvert_stage_set_test (tunnel, 0, CULVERT_TEST_WORKS, NULL);
  culvert_stage_set_test (tunnel, 1, CULVERT_TEST_FAILED, inside);
  culvert_stage_set_test (tunnel, 2, CULVERT_TEST_UNTOLD, untold);
  culvert_stage_set_test (tunnel, 3, CULVERT_TEST_RUNNING, NULL);
}

/* The two boxes with the most in them: a cause, and a line of a file. */
static void
fill_mismatch (CulvertStage *stage)
{
  CulvertTunnel *tunnel =
    culvert_stage_add (stage, "Old switch", "ssh -L 8080:localhost:80 switch");
  GError *error = new_error (CULVERT_SSH_ERROR_NO_COMMON_KEX);

  culvert_error_set_fact (&error, CULVERT_FACT_OFFERED,
                          "diffie-hellman-group14-sha1, diffie-hellman-group1-sha1");
  culvert_error_set_fact (&error, CULVERT_FACT_OURS,
                          "curve25519-sha256, curve25519-sha256@libssh.org, ecdh-sha2-nistp256, "
                          "ecdh-sha2-nistp384, ecdh-sha2-nistp521");
  culvert_error_set_fact (&error, CULVERT_FACT_LEGACY, "diffie-hellman-group14-sha1");
  culvert_stage_set_state (tunnel, CULVERT_TUNNEL_FAILED, error);
}

static void
fill_prohibited (CulvertStage *stage)
{
  CulvertTunnel *tunnel =
    culvert_stage_add (stage, "Database", "ssh -L 5433:db.internal:5432 bastion.example.com");
  GError *error = new_error (CULVERT_SSH_ERROR_OPEN_PROHIBITED);

  culvert_error_set_fact (&error, CULVERT_FACT_FILE, "/home/alice/.ssh/authorized_keys");
  culvert_error_set_fact (&error, CULVERT_FACT_KEY_OPTIONS, "command pty");
  culvert_stage_set_up (tunnel, 60);
  culvert_stage_set_forward (tunnel, 0, CULVERT_FORWARD_LISTENING, NULL, CULVERT_TARGET_REFUSED,
                             error);
}

static GError *
new_hop_error (int code, const char *hop, const char *next)
{
  GError *error = g_error_new (CULVERT_SSH_ERROR, code, "staged failure %d", code);

  culvert_error_set_fact (&error, CULVERT_FACT_HOP, hop);
  culvert_error_set_fact (&error, CULVERT_FACT_NEXT, next);
  return error;
}

/* What can be wrong on the way, and what waits. */
static void
fill_ways (CulvertStage *stage)
{
  static const char   three[] = "ssh -L 5433:db.internal:5432 -J gate.example.com,me@app-gw,"
                                "door.production.eu-central-1.example.com alice@bastion";
  GError             *error = g_error_new (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_AUTH_TOO_MANY_KEYS,
                                           "none of the first 5 keys");
  CulvertPromptFields password = {
    .kind = CULVERT_PROMPT_PASSWORD,
    .asked_by = CULVERT_ASKED_BY_HOP,
    .user = "me",
    .host = "app-gw",
    .port = 22,
    .fields = &(CulvertPromptField){ (char *)"", TRUE },
    .n_fields = 1,
  };
  CulvertTunnel *tunnel = culvert_stage_add (stage, "Through three", three);

  culvert_stage_set_up (tunnel, 300);
  culvert_stage_set_banner (tunnel, "Authorised staff of Example only.\n\nAll that you do here is "
                                    "watched and kept for a year.");
  tunnel = culvert_stage_add (stage, "Broken way", three);
  culvert_stage_set_waiting (tunnel, 8,
                             new_hop_error (CULVERT_SSH_ERROR_NEXT_UNREACHABLE, "app-gw",
                                            "door.production.eu-central-1.example.com"));
  tunnel = culvert_stage_add (stage, "Asked on the way", three);
  culvert_stage_ask (stage, tunnel, &password);
  tunnel = culvert_stage_add (stage, "No network", "ssh -L 5433:db:5432 alice@bastion.example.com");
  culvert_stage_set_state (tunnel, CULVERT_TUNNEL_WAITING,
                           new_error (CULVERT_SSH_ERROR_NO_NETWORK));
  culvert_stage_set_held (tunnel, 0, 3);
  tunnel = culvert_stage_add (stage, "Many keys", "ssh -L 5435:db:5432 alice@bastion.example.com");
  culvert_error_set_fact (&error, CULVERT_FACT_TRIED, "5");
  culvert_error_set_fact (&error, CULVERT_FACT_LEFT, "4");
  culvert_stage_set_state (tunnel, CULVERT_TUNNEL_FAILED, error);
  tunnel = culvert_stage_add (stage, "Old badge", "ssh -L 5436:db:5432 alice@bastion.example.com");
  error = new_error (CULVERT_SSH_ERROR_CERTIFICATE_TOO_LATE);
  culvert_error_set_fact (&error, CULVERT_FACT_FILE, "/home/alice/.ssh/id_ed25519-cert.pub");
  culvert_error_set_fact (&error, CULVERT_FACT_TIME, "1772366400");
  culvert_stage_set_state (tunnel, CULVERT_TUNNEL_FAILED, error);
}

static void
fill_long_names (CulvertStage *stage)
{
  static const char command[] =
    "ssh -L 15432:a-very-long-database-host-name-indeed.eu-central-1.rds.internal.example:5432 "
    "a.user.with.a.long.name@"
    "jump-host-with-a-rather-long-name-17.infrastructure.production.eu-central-1.example.com";
  CulvertTunnel *tunnel = culvert_stage_add (
    stage, "The production database of the eastern European warehouse, read only", command);

  culvert_stage_set_up (tunnel, 40 * 86400);
  culvert_stage_set_open (tunnel, 0, 512);
  culvert_stage_set_traffic (tunnel, get_received, get_sent);
  tunnel = culvert_stage_add (stage, "", command);
  culvert_stage_set_waiting (tunnel, 3599, new_error (CULVERT_SSH_ERROR_NAME_UNKNOWN));
}

static void
fill_many (CulvertStage *stage)
{
  for (int i = 1; i <= 40; i++)
    {
      g_autofree char *name = g_strdup_printf ("Server %02d", i);
      g_autofree char *command =
        g_strdup_printf ("ssh -L %d:app:80 ops@host%02d.example.com", 8000 + i, i);
      CulvertTunnel *tunnel = culvert_stage_add (stage, name, command);

      if (i % 3 == 1)
        {
          culvert_stage_set_up (tunnel, i * 600);
          culvert_stage_set_traffic (tunnel, i % 2 == 1 ? get_received : get_trickle, get_sent);
        }
      else if (i % 7 == 0)
        culvert_stage_set_waiting (tunnel, i, new_error (CULVERT_SSH_ERROR_TIMED_OUT));
    }
}

static void
fill_trouble_at_start (CulvertStage *stage)
{
  g_autofree char *bad = g_build_filename (culvert_stage_get_dir (stage), "staging.culvert", NULL);
  g_autofree char *newer = g_build_filename (culvert_stage_get_dir (stage), "next.culvert", NULL);

  culvert_fake_secret_store_set_situation (culvert_stage_get_fake_secrets (stage),
                                           CULVERT_FAKE_SECRETS_ABSENT);
  g_assert_true (g_file_set_contents (bad, "[Tunnel\nHost=", -1, NULL));
  g_assert_true (g_file_set_contents (newer, "[Tunnel]\nVersion=99\n", -1, NULL));
  culvert_profile_store_refresh (culvert_stage_get_store (stage));
}

static void
fill_trouble_in_list (CulvertStage *stage)
{
  add_busy (stage);
  fill_trouble_at_start (stage);
}

static void
fill_known_hosts (CulvertStage *stage)
{
  static const char key[] =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
  g_autoptr (GString) text = g_string_new ("# mine\n");
  g_autofree char    *folder = g_build_filename (g_get_home_dir (), ".ssh", NULL);
  g_autofree char    *path = g_build_filename (folder, "known_hosts", NULL);

  g_string_append_printf (text, "@cert-authority *.prod.example %s\n@revoked * %s\n", key, key);
  g_string_append_printf (text, "|1|c2FsdHNhbHRzYWx0c2FsdHNhbHQ=|1nCtJZxXzhYNmYLVxEgPbEJ7nHU= %s\n",
                          key);
  for (int i = 0; i < 200; i++)
    g_string_append_printf (text, "host-%d.example.com,[host-%d.example.com]:2222,192.0.2.%d %s\n",
                            i, i, i, key);
  fill_every_state (stage);
  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (path, text->str, -1, NULL));
}

/* Nobody is there, so that the check is soon over. */
static void
fill_check (CulvertStage *stage)
{
  culvert_stage_add (stage, "Production database",
                     "ssh -p 1 -L 5433:db.internal:5432 alice@127.0.0.1");
}

static void
fill_connections (CulvertStage *stage)
{
  tour_set_connections (add_busy (stage));
}

static void
fill_ftp_connections (CulvertStage *stage)
{
  CulvertTunnel *tunnel =
    culvert_stage_add (stage, "Files", "ssh -L 2121:ftp.internal:21 alice@files.example.com");

  culvert_stage_set_up (tunnel, 600);
  tour_set_ftp_connections (tunnel);
}

static void
fill_many_connections (CulvertStage *stage)
{
  tour_set_many_connections (add_busy (stage));
}

static CulvertTunnel *
add_in (CulvertStage *stage, const char *group, const char *name, const char *command)
{
  CulvertTunnel     *tunnel = culvert_stage_add (stage, name, command);
  g_autoptr (GError) error = NULL;

  culvert_profile_store_place (culvert_stage_get_store (stage), culvert_tunnel_get_id (tunnel),
                               group, NULL, &error);
  g_assert_no_error (error);
  return tunnel;
}

/* All on, some on, one at a time, one with the longest of names, and what has no group. */
static void
fill_groups (CulvertStage *stage)
{
  g_autoptr (GError) error = NULL;
  CulvertTunnel     *tunnel = add_busy (stage);

  culvert_stage_add (stage, "Mail", "ssh -L 1143:localhost:143 alice@mail.example.com");
  culvert_profile_store_place (culvert_stage_get_store (stage), culvert_tunnel_get_id (tunnel),
                               "Work", NULL, &error);
  g_assert_no_error (error);
  tunnel = add_in (stage, "Work", "Staging", "ssh -L 8000:app:80 deploy@staging.example.com");
  culvert_stage_set_waiting (tunnel, 8, new_error (CULVERT_SSH_ERROR_UNREACHABLE));
  add_in (stage, "Work", "Monitoring", "ssh -L 3000:grafana:3000 ops@mon.example.com");
  tunnel = add_in (stage, "Home", "NAS", "ssh -L 5000:localhost:5000 carol@nas.home.arpa");
  culvert_stage_set_up (tunnel, 300);
  tunnel = add_in (stage, "Way out", "Way out by Iceland", "ssh -D 1080 is.example.com");
  culvert_stage_set_up (tunnel, 42);
  add_in (stage, "Way out", "Way out by Chile", "ssh -D 1080 cl.example.com");
  add_in (stage, "A customer with a name that was never meant for a narrow window", "Shop",
          "ssh -L 8009:shop:80 bob@shop.example.com");
  culvert_profile_store_set_exclusive (culvert_stage_get_store (stage), "Way out", TRUE, &error);
  g_assert_no_error (error);
}

static void
fill_many_groups (CulvertStage *stage)
{
  GListModel *tunnels = G_LIST_MODEL (culvert_stage_get_manager (stage));

  culvert_stage_add_many (stage, 120, 12);
  for (guint i = 0; i < g_list_model_get_n_items (tunnels); i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (tunnels, i);

      if (i % 5 == 0 || i / 12 == 1)
        culvert_stage_set_up (tunnel, 60);
    }
}

static void
fill_drops (CulvertStage *stage)
{
  static const int codes[] = { CULVERT_SSH_ERROR_UNREACHABLE, CULVERT_SSH_ERROR_LOST,
                               CULVERT_SSH_ERROR_TIMED_OUT, CULVERT_SSH_ERROR_NAME_UNKNOWN };
  CulvertTunnel   *tunnel = add_busy (stage);

  for (guint i = 0; i < 120; i++)
    {
      culvert_stage_set_waiting (tunnel, 8, new_error (codes[i % G_N_ELEMENTS (codes)]));
      for (guint j = 0; j <= i % 3; j++)
        {
          culvert_stage_set_state (tunnel, CULVERT_TUNNEL_CONNECTING, NULL);
          culvert_stage_set_state (tunnel, CULVERT_TUNNEL_SIGNING_IN, NULL);
        }
      if (i % 7 == 3)
        culvert_stage_set_state (tunnel, CULVERT_TUNNEL_STOPPED, NULL);
      culvert_stage_set_up (tunnel, 60);
    }
  culvert_stage_set_waiting (tunnel, 8, new_error (CULVERT_SSH_ERROR_UNREACHABLE));
}

static void
fill_nothing (CulvertStage *stage)
{
}

static const Scene scenes[] = {
  { .name = "first-start", .fill = fill_nothing },
  { .name = "first-start-trouble", .fill = fill_trouble_at_start },
  { .name = "up", .fill = fill_every_state, .shown = "Production database" },
  { .name = "log", .fill = fill_every_state, .shown = "Production database", .view = "log" },
  { .name = "drops", .fill = fill_drops, .view = "drops", .is_page = TRUE },
  { .name = "drops-none",
    .fill = fill_every_state,
    .shown = "Mail",
    .view = "drops",
    .is_page = TRUE },
  { .name = "log-empty", .fill = fill_every_state, .shown = "Mail", .view = "log" },
  { .name = "connections", .fill = fill_connections, .view = "connections" },
  { .name = "connections-ftp",
    .fill = fill_ftp_connections,
    .view = "connections",
    .is_page = TRUE },
  { .name = "connections-many",
    .fill = fill_many_connections,
    .view = "connections",
    .is_page = TRUE },
  { .name = "connections-none",
    .fill = fill_every_state,
    .shown = "Cache",
    .view = "connections",
    .is_page = TRUE },
  { .name = "connections-off",
    .fill = fill_every_state,
    .shown = "Mail",
    .view = "connections",
    .is_page = TRUE },
  { .name = "waiting", .fill = fill_every_state, .shown = "Staging" },
  { .name = "host-key", .fill = fill_every_state, .shown = "Office desktop" },
  { .name = "password", .fill = fill_every_state, .shown = "Home NAS" },
  { .name = "failed", .fill = fill_every_state, .shown = "Old router" },
  { .name = "connecting", .fill = fill_every_state, .shown = "Monitoring" },
  { .name = "signing-in", .fill = fill_every_state, .shown = "Build farm" },
  { .name = "idle", .fill = fill_every_state, .shown = "Cache" },
  { .name = "on-demand", .fill = fill_at_rest, .shown = "Archive" },
  { .name = "other-network", .fill = fill_at_rest, .shown = "Printers" },
  { .name = "stopping", .fill = fill_every_state, .shown = "Shop" },
  { .name = "stopped", .fill = fill_every_state, .shown = "Mail" },
  { .name = "changed-key", .fill = fill_changed_key },
  { .name = "no-forwards", .fill = fill_empty_tunnel },
  { .name = "port-taken", .fill = fill_port_taken },
  { .name = "remote", .fill = fill_remote },
  { .name = "kinds", .fill = fill_kinds, .is_page = TRUE },
  { .name = "tested", .fill = fill_tested, .is_page = TRUE },
  { .name = "mismatch", .fill = fill_mismatch },
  { .name = "prohibited", .fill = fill_prohibited },
  { .name = "way", .fill = fill_ways, .shown = "Through three", .is_page = TRUE },
  { .name = "way-broken", .fill = fill_ways, .shown = "Broken way", .is_page = TRUE },
  { .name = "way-asks", .fill = fill_ways, .shown = "Asked on the way", .is_page = TRUE },
  { .name = "no-network", .fill = fill_ways, .shown = "No network", .is_page = TRUE },
  { .name = "many-keys", .fill = fill_ways, .shown = "Many keys", .is_page = TRUE },
  { .name = "certificate", .fill = fill_ways, .shown = "Old badge", .is_page = TRUE },
  { .name = "long-names", .fill = fill_long_names },
  { .name = "many", .fill = fill_many, .shown = "Server 01" },
  { .name = "groups", .fill = fill_groups, .shown = "Production database" },
  { .name = "groups-many", .fill = fill_many_groups },
  { .name = "groups-search", .fill = fill_groups, .search = "way chile" },
  { .name = "group-move", .fill = fill_groups, .action = "win.move-to-group" },
  { .name = "trouble", .fill = fill_trouble_in_list },
  { .name = "search", .fill = fill_every_state, .search = "example.com 80" },
  { .name = "search-nothing", .fill = fill_every_state, .search = "zebra" },
  { .name = "quit", .fill = fill_every_state, .action = "window.close" },
  { .name = "removed", .fill = fill_every_state, .shown = "Mail", .action = "win.remove" },
  { .name = "paste", .fill = fill_every_state, .action = "win.paste-command" },
  { .name = "check", .fill = fill_check, .action = "win.check" },
  { .name = "known-hosts", .fill = fill_known_hosts, .action = "win.known-hosts" },
  { .name = "shortcuts", .fill = fill_every_state, .action = "win.show-help-overlay" },
  { .name = "preferences", .fill = fill_every_state, .action = "app.preferences" },
  { .name = "about", .fill = fill_every_state, .action = "app.about" },
};

typedef struct
{
  const Scene *scene;
  int          width;
  int          height;
  gboolean     is_dark;
  gboolean     shows_page; /* in a narrow window: the page, not the list */
  gboolean     is_rtl;     /* as in Arabic or Hebrew */
} Shot;

/* The dialog on top of @window, or @window. */
static GtkWidget *
get_top (GtkWidget *window)
{
  GListModel *toplevels = gtk_window_get_toplevels ();

  for (guint i = 0; i < g_list_model_get_n_items (toplevels); i++)
    {
      g_autoptr (GtkWindow) other = g_list_model_get_item (toplevels, i);

      if (gtk_window_get_transient_for (other) == GTK_WINDOW (window) &&
          gtk_widget_get_mapped (GTK_WIDGET (other)))
        return GTK_WIDGET (other);
    }
  return window;
}

static void
show_scene (CulvertWindow *window, const Shot *shot, CulvertStage *stage)
{
  GListModel *tunnels = G_LIST_MODEL (culvert_stage_get_manager (stage));

  for (guint i = 0; i < g_list_model_get_n_items (tunnels) && shot->scene->shown != NULL; i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (tunnels, i);

      if (g_str_equal (culvert_tunnel_get_title (tunnel), shot->scene->shown))
        culvert_tunnel_list_select (window->list, tunnel);
    }
  if (shot->shows_page)
    adw_leaflet_set_visible_child (window->leaflet, GTK_WIDGET (window->page));
  if (shot->scene->view != NULL)
    culvert_tunnel_page_show_view (window->page, shot->scene->view);
  if (shot->scene->search != NULL)
    {
      culvert_tunnel_list_search (window->list);
      gtk_editable_set_text (GTK_EDITABLE (gtk_window_get_focus (GTK_WINDOW (window))),
                             shot->scene->search);
    }
}

static void
test_shot (gconstpointer data)
{
  const Shot      *shot = data;
  const char      *dir = g_getenv ("CULVERT_TOUR_DIR");
  CulvertStage    *stage = culvert_stage_new ();
  g_autofree char *name = NULL;
  g_autofree char *path = NULL;
  gpointer         window;
  int              minimum;

  adw_style_manager_set_color_scheme (adw_style_manager_get_default (),
                                      shot->is_dark ? ADW_COLOR_SCHEME_FORCE_DARK
                                                    : ADW_COLOR_SCHEME_FORCE_LIGHT);
  gtk_widget_set_default_direction (shot->is_rtl ? GTK_TEXT_DIR_RTL : GTK_TEXT_DIR_LTR);
  shot->scene->fill (stage);
  window = culvert_window_new (GTK_APPLICATION (application), culvert_stage_get_manager (stage),
                               culvert_stage_get_secrets (stage), NULL);
  gtk_window_set_default_size (window, shot->width, shot->height);
  gtk_window_present (window);
  show_scene (window, shot, stage);
  gtk_test_widget_wait_for_draw (window);
  /* A search waits for the end of typing; what slides and fades is waited for only by who looks. */
  culvert_test_spend ((shot->scene->search != NULL ? 200 : 0) + (dir == NULL ? 20 : 60));
  if (shot->scene->action != NULL)
    {
      if (g_str_equal (shot->scene->action, "win.known-hosts"))
        gtk_widget_activate_action (window, shot->scene->action, "s", "");
      else
        gtk_widget_activate_action (window, shot->scene->action, NULL);
      culvert_test_spend (dir == NULL ? 50 : 300);
    }

  /* Nothing needs more room than the narrowest window has. */
  gtk_widget_measure (window, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, NULL, NULL, NULL);
  g_assert_cmpint (minimum, <=, 360);
  /* Nor does the list want more than it needs beside the page. */
  if (!adw_leaflet_get_folded (((CulvertWindow *)window)->leaflet))
    g_assert_cmpint (gtk_widget_get_width (GTK_WIDGET (((CulvertWindow *)window)->list)), <, 400);
  if (dir != NULL)
    {
      name = g_strdup_printf (
        "%s-%s%s%s%s.png", shot->scene->name, shot->width < 600 ? "narrow" : "wide",
        shot->shows_page ? "-page" : "", shot->is_rtl ? "-rtl" : "", shot->is_dark ? "-dark" : "");
      path = g_build_filename (dir, name, NULL);
      culvert_picture_take (get_top (window), path);
    }

#ifndef __SANITIZE_ADDRESS__
  /* Colours change nothing for the keys, and who looks has seen the window as it was. */
  if (!shot->is_dark || shot->shows_page)
    focus_walk_check (GTK_WINDOW (get_top (window)), shot->scene->name);
#endif

  g_object_add_weak_pointer (window, &window);
  gtk_window_destroy (window);
  culvert_test_wait_until (window == NULL, 5000);
  culvert_stage_free (stage);
}

static void
add_shots (const Scene *scene)
{
  static const Shot kinds[] = {
    { NULL, 1000, 720, FALSE, FALSE, FALSE }, { NULL, 1000, 720, TRUE, FALSE, FALSE },
    { NULL, 1000, 720, FALSE, FALSE, TRUE },  { NULL, 360, 660, FALSE, FALSE, FALSE },
    { NULL, 360, 660, TRUE, TRUE, FALSE },
  };
  static const char *const names[] = { "wide", "wide-dark", "wide-rtl", "narrow",
                                       "narrow-page-dark" };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
#ifdef __SANITIZE_ADDRESS__
      /* Colours and mirrors are GTK's work; our code is the same in all of them, and nearly so in a narrow
       * window, of which the first scenes are enough. */
      if (kinds[i].is_dark || kinds[i].is_rtl || (kinds[i].width < 600 && scene >= scenes + 10))
        continue;
#endif
      Shot            *shot;
      g_autofree char *path = g_strdup_printf ("/ui/tour/%s/%s", scene->name, names[i]);

      if (scene->is_page && i > 0 && !kinds[i].shows_page)
        continue;
      /* Without somebody who looks one of them shows as well as all that the colours are there. */
      if (kinds[i].is_dark && !kinds[i].shows_page && scene != scenes &&
          g_getenv ("CULVERT_TOUR_DIR") == NULL)
        continue;
      shot = g_memdup2 (&kinds[i], sizeof (Shot));
      shot->scene = scene;
      g_test_add_data_func_full (path, shot, (GTestDataFunc)test_shot, g_free);
    }
}

int
main (int argc, char **argv)
{
  int status;

  gtk_test_init (&argc, &argv);
  application = culvert_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  g_assert_true (g_application_register (G_APPLICATION (application), NULL, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (scenes); i++)
    add_shots (&scenes[i]);
  status = g_test_run ();
  g_object_unref (application);
  return status;
}
