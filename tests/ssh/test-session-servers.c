/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session-fixture.h"
#include "support/dropbear-fixture.h"
#include "support/kbdint-server.h"
#include "support/targets.h"
#include "support/traffic.h"

/* The same with every kind of server: OpenSSH, Dropbear (C, but another), AsyncSSH (Python). */

#define MIB ((guint64)1024 * 1024)

typedef enum
{
  SERVER_OPENSSH,
  SERVER_DROPBEAR,
  SERVER_ASYNCSSH,
} ServerKind;

typedef struct
{
  const char *name;
  ServerKind  server;
  gboolean    by_key;
  guint64     n_bytes; /* each way, for each connection */
} Row;

static const Row rows[] = {
  { "openssh-password", SERVER_OPENSSH, FALSE, 4 * MIB },
  { "openssh-key", SERVER_OPENSSH, TRUE, 4 * MIB },
  { "dropbear-password", SERVER_DROPBEAR, FALSE, 4 * MIB },
  { "dropbear-key", SERVER_DROPBEAR, TRUE, 4 * MIB },
  /* It is in Python. */
  { "asyncssh-password", SERVER_ASYNCSSH, FALSE, MIB / 2 },
  { "asyncssh-key", SERVER_ASYNCSSH, TRUE, MIB / 2 },
};

typedef struct
{
  CulvertTempDir      *dir;
  char                *key;
  char                *public_key;
  CulvertSshd         *openssh;
  CulvertDropbear     *dropbear;
  CulvertKbdintServer *asyncssh;
  SessionFixture      *session; /* ready to start; answers wait for its prompts */
} Fixture;

static void
use_openssh (Fixture *self)
{
  self->openssh = culvert_sshd_new (NULL);
  self->session = session_fixture_new (culvert_sshd_get_port (self->openssh));
  culvert_sshd_write_known_hosts (self->openssh, self->session->known_hosts, 0);
  culvert_sshd_authorize (self->openssh, self->public_key, NULL);
}

static void
use_dropbear (Fixture *self)
{
  self->dropbear = culvert_dropbear_new ();
  self->session = session_fixture_new (culvert_dropbear_get_port (self->dropbear));
  culvert_dropbear_write_known_hosts (self->dropbear, self->session->known_hosts);
  culvert_dropbear_authorize (self->dropbear, self->public_key);
}

static void
use_asyncssh (Fixture *self)
{
  g_autofree char *user_key = g_strconcat ("--user-key=", self->public_key, NULL);
  const char      *arguments[] = { "--password=" CULVERT_SSHD_PASSWORD, user_key, NULL };

  self->asyncssh = culvert_kbdint_server_new (arguments);
  self->session = session_fixture_new (culvert_kbdint_server_get_port (self->asyncssh));
  culvert_kbdint_server_write_known_hosts (self->asyncssh, self->session->known_hosts);
}

static void
fixture_init (Fixture *self, ServerKind server, gboolean by_key)
{
  *self = (Fixture){ .dir = culvert_temp_dir_new () };
  self->key = culvert_temp_dir_build (self->dir, "id");
  self->public_key = culvert_temp_dir_build (self->dir, "id.pub");
  culvert_test_make_key (self->key, CULVERT_KEY_ED25519, NULL, NULL);
  if (server == SERVER_OPENSSH)
    use_openssh (self);
  else if (server == SERVER_DROPBEAR)
    use_dropbear (self);
  else
    use_asyncssh (self);
  session_fixture_use_key (self->session, self->key);
  session_fixture_use_methods (self->session, by_key ? CULVERT_AUTH_KEY : CULVERT_AUTH_PASSWORD, 0);
  session_fixture_answer (self->session, CULVERT_SSHD_PASSWORD, NULL);
}

static void
fixture_clear (Fixture *self)
{
  session_fixture_free (self->session);
  g_clear_pointer (&self->openssh, culvert_sshd_free);
  g_clear_pointer (&self->dropbear, culvert_dropbear_free);
  g_clear_pointer (&self->asyncssh, culvert_kbdint_server_free);
  culvert_temp_dir_free (self->dir);
  g_free (self->key);
  g_free (self->public_key);
}

/* Signs in, and carries bytes both ways at once, on several connections. */
static void
test_server (gconstpointer data)
{
  const Row                *row = data;
  g_autoptr (CulvertTarget) echo =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  CulvertTraffic *traffic;
  Fixture         self;
  guint16         port;

  fixture_init (&self, row->server, row->by_key);
  session_fixture_up (self.session);
  g_assert_cmpuint (self.session->prompts->len, ==, row->by_key ? 0 : 1);
  port = session_fixture_forward (self.session, culvert_target_get_port (echo));
  traffic = culvert_traffic_start (&(CulvertTrafficConfig){
    .kind = CULVERT_TRAFFIC_ECHO,
    .port = port,
    .n_connections = 4,
    .n_bytes = row->n_bytes,
    .seed = 11,
  });
  culvert_test_wait_until (culvert_traffic_is_done (traffic), 60000);
  culvert_traffic_finish (traffic);
  session_fixture_stop (self.session);
  fixture_clear (&self);
}

/* T19, shortened: Dropbear stops reading while its own queue is full, so whoever does not read while he
 * writes stands still with it.  Uploads, downloads and both at once. */
static void
test_dropbear_both_ways (void)
{
  static const CulvertTrafficKind kinds[] = { CULVERT_TRAFFIC_UPLOAD, CULVERT_TRAFFIC_DOWNLOAD,
                                              CULVERT_TRAFFIC_ECHO };
  const guint64                   n_bytes = 16 * MIB;
  g_autoptr (CulvertTarget)       sink =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_SINK });
  g_autoptr (CulvertTarget) source = culvert_target_new (
    &(CulvertTargetConfig){ .kind = CULVERT_TARGET_SOURCE, .seed = 5, .n_bytes = n_bytes });
  g_autoptr (CulvertTarget) echo =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_ECHO });
  CulvertTarget  *targets[] = { sink, source, echo };
  CulvertTraffic *traffic[G_N_ELEMENTS (kinds)];
  Fixture         self;

  fixture_init (&self, SERVER_DROPBEAR, TRUE);
  session_fixture_up (self.session);
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    traffic[i] = culvert_traffic_start (&(CulvertTrafficConfig){
      .kind = kinds[i],
      .port = session_fixture_forward (self.session, culvert_target_get_port (targets[i])),
      .n_connections = 3,
      .n_bytes = n_bytes,
      .seed = 5,
    });
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      culvert_test_wait_until (culvert_traffic_is_done (traffic[i]), 60000);
      culvert_traffic_finish (traffic[i]);
    }
  session_fixture_stop (self.session);
  fixture_clear (&self);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/session/servers/", rows[i].name, NULL);
      g_test_add_data_func (path, &rows[i], test_server);
    }
  g_test_add_func ("/ssh/session/servers/dropbear-both-ways", test_dropbear_both_ways);
  return g_test_run ();
}
