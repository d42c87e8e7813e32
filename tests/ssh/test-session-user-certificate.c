/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/fido-agent.h"
#include "ssh/lib.h"
#include "ssh/session-fixture.h"

#include <string.h>

/* Certificates of users, made by ssh-keygen, at a server that trusts nothing but their authority; and
 * keys in security keys. */

typedef struct
{
  CulvertTempDir *dir;
  CulvertSshd    *sshd;
  SessionFixture *session;
  char           *authority;
  char           *key; /* of the person; no server knows it */
  char           *public_key;
  char           *certificate; /* where ssh-keygen puts it */
} Fixture;

static void
fixture_init (Fixture *self, CulvertKeyKind kind)
{
  g_autofree char *trusted = NULL;
  const char      *config[] = { NULL, "MaxAuthTries 3", NULL };

  self->dir = culvert_temp_dir_new ();
  self->authority = culvert_temp_dir_build (self->dir, "authority");
  self->key = culvert_temp_dir_build (self->dir, "id");
  self->public_key = culvert_temp_dir_build (self->dir, "id.pub");
  self->certificate = culvert_temp_dir_build (self->dir, "id-cert.pub");
  culvert_test_make_key (self->authority, CULVERT_KEY_ED25519, NULL, NULL);
  culvert_test_make_key (self->key, kind, NULL, NULL);
  trusted = g_strdup_printf ("TrustedUserCAKeys \"%s.pub\"", self->authority);
  config[0] = trusted;
  self->sshd = culvert_sshd_new (&(CulvertSshdOptions){ .config = config });
  self->session = session_fixture_new_for_sshd (self->sshd);
  session_fixture_use_key (self->session, self->key);
}

static void
fixture_clear (Fixture *self)
{
  session_fixture_free (self->session);
  culvert_sshd_free (self->sshd);
  culvert_temp_dir_free (self->dir);
  g_free (self->authority);
  g_free (self->key);
  g_free (self->public_key);
  g_free (self->certificate);
}

static void
wait_for_log (CulvertSshd *sshd, const char *text)
{
  culvert_test_wait_until (culvert_sshd_count_in_log (sshd, text) > 0, 5000);
}

/* @validity: as for -V */
static void
certify (Fixture *self, const char *user, const char *validity, gboolean is_host)
{
  /* A host's takes one argument more, which must stand in front. */
  g_free (culvert_child_process_run ("ssh-keygen", is_host ? "-qh" : "-q", "-s", self->authority,
                                     "-I", "me", "-n", user, "-V", validity, self->public_key,
                                     NULL));
}

static void
move (const char *from, const char *to)
{
  g_free (culvert_child_process_run ("mv", from, to, NULL));
}

/* Out of the way of whoever looks beside the key. Returns: (transfer full) */
static char *
move_certificate (Fixture *self)
{
  char *elsewhere = culvert_temp_dir_build (self->dir, "elsewhere.pub");

  move (self->certificate, elsewhere);
  return elsewhere;
}

static void
name_certificate (Fixture *self, const char *path)
{
  g_strfreev (self->session->profile->certificate_files);
  self->session->profile->certificate_files = g_new0 (char *, 2);
  self->session->profile->certificate_files[0] = g_strdup (path);
}

typedef enum
{
  FROM_BESIDE,          /* the key, which is in a file */
  FROM_NAMED,           /* by the tunnel; the key is in a file */
  FROM_AGENT,           /* which has the key, too */
  FROM_NAMED_FOR_AGENT, /* by the tunnel; the agent has the key alone */
} Source;

typedef struct
{
  const char    *name;
  const char    *type_name;
  CulvertKeyKind kind;
  Source         source;
} Row;

#define CERT "-cert-v01@openssh.com"

static const Row rows[] = {
  { "ed25519-beside", "ssh-ed25519" CERT, CULVERT_KEY_ED25519, FROM_BESIDE },
  { "ed25519-agent", "ssh-ed25519" CERT, CULVERT_KEY_ED25519, FROM_AGENT },
  { "ecdsa-beside", "ecdsa-sha2-nistp256" CERT, CULVERT_KEY_ECDSA, FROM_BESIDE },
  { "ecdsa-named", "ecdsa-sha2-nistp256" CERT, CULVERT_KEY_ECDSA, FROM_NAMED },
  { "ecdsa-agent", "ecdsa-sha2-nistp256" CERT, CULVERT_KEY_ECDSA, FROM_AGENT },
  { "ecdsa-named-for-agent", "ecdsa-sha2-nistp256" CERT, CULVERT_KEY_ECDSA, FROM_NAMED_FOR_AGENT },
  { "rsa-beside", "ssh-rsa" CERT, CULVERT_KEY_RSA, FROM_BESIDE },
  { "rsa-agent", "ssh-rsa" CERT, CULVERT_KEY_RSA, FROM_AGENT },
};

/* It signs in wherever it comes from, before its key is even tried; where this libssh2 cannot, it is
 * said. */
static void
test_source (gconstpointer data)
{
  const Row            *row = data;
  Fixture               self;
  g_autoptr (RealAgent) agent = NULL;
  g_autofree char      *elsewhere = NULL;

  fixture_init (&self, row->kind);
  certify (&self, culvert_sshd_get_user_name (self.sshd), "-1d:+1d", FALSE);
  if (row->source == FROM_AGENT)
    {
      agent = session_fixture_start_agent (self.session);
      real_agent_fill (agent, 3);
      real_agent_add (agent, self.key);
      /* The agent's certificate of the named key is listed with it. */
      self.session->profile->only_listed_keys = TRUE;
    }
  if (row->source != FROM_BESIDE)
    elsewhere = move_certificate (&self);
  if (row->source == FROM_NAMED_FOR_AGENT)
    {
      agent = session_fixture_start_agent (self.session);
      real_agent_fill (agent, 3);
      real_agent_add (agent, self.key);
      g_clear_pointer (&self.session->profile->key_files[0], g_free);
    }
  if (row->source == FROM_NAMED || row->source == FROM_NAMED_FOR_AGENT)
    name_certificate (&self, elsewhere);
  if (!culvert_lib_can_use_key_type (row->type_name))
    {
      session_fixture_fail (self.session, CULVERT_SSH_ERROR_CERTIFICATE_NEEDS_NEWER);
      fixture_clear (&self);
      return;
    }
  session_fixture_up (self.session);
  wait_for_log (self.sshd, "Accepted certificate ID \"me\"");
  g_assert_cmpuint (culvert_sshd_count_in_log (self.sshd, "Failed publickey"), ==, 0);
  session_fixture_stop (self.session);
  fixture_clear (&self);
}

/* The plain key beside it is tried when the server does not take the certificate. */
static void
test_key_after_certificate (void)
{
  Fixture self;

  fixture_init (&self, CULVERT_KEY_ECDSA);
  certify (&self, "somebody-else", "-1d:+1d", FALSE);
  culvert_sshd_authorize (self.sshd, self.public_key, NULL);
  session_fixture_up (self.session);
  wait_for_log (self.sshd, "Accepted publickey");
  g_assert_cmpuint (culvert_sshd_count_in_log (self.sshd, "Failed publickey"), ==, 1);
  session_fixture_stop (self.session);
  fixture_clear (&self);
}

typedef struct
{
  const char     *name;
  const char     *user; /* NULL: the right one */
  const char     *validity;
  const char     *text; /* of the certificate's file, instead; NULL: a real one */
  gboolean        is_host;
  gboolean        is_foreign; /* by an authority that the server does not trust */
  gboolean        has_no_key;
  CulvertSshError code;
} FlawRow;

static const FlawRow flaws[] = {
  { .name = "expired",
    .validity = "20200101:20200102",
    .code = CULVERT_SSH_ERROR_CERTIFICATE_TOO_LATE },
  { .name = "too-early",
    .validity = "20400101:20500101",
    .code = CULVERT_SSH_ERROR_CERTIFICATE_TOO_EARLY },
  { .name = "other-users",
    .user = "alice,bo\xe2\x80\xae"
            "b",
    .validity = "-1d:+1d",
    .code = CULVERT_SSH_ERROR_CERTIFICATE_OTHER_USERS },
  { .name = "host",
    .validity = "-1d:+1d",
    .is_host = TRUE,
    .code = CULVERT_SSH_ERROR_CERTIFICATE_FOR_HOSTS },
  { .name = "foreign",
    .validity = "-1d:+1d",
    .is_foreign = TRUE,
    .code = CULVERT_SSH_ERROR_CERTIFICATE_REFUSED },
  { .name = "no-key",
    .validity = "-1d:+1d",
    .has_no_key = TRUE,
    .code = CULVERT_SSH_ERROR_CERTIFICATE_NO_KEY },
  { .name = "malformed",
    .text = "ecdsa-sha2-nistp256-cert-v01@openssh.com AAAA\n",
    .code = CULVERT_SSH_ERROR_CERTIFICATE_MALFORMED },
  { .name = "missing", .text = "", .code = CULVERT_SSH_ERROR_KEY_NOT_FOUND },
};

/* What is wrong with it is said, with what is known about it. */
static void
test_flaw (gconstpointer data)
{
  const FlawRow   *row = data;
  Fixture          self;
  g_autofree char *other = NULL;
  g_autofree char *path = NULL;
  GError          *error;

  fixture_init (&self, CULVERT_KEY_ECDSA);
  if (row->is_foreign)
    {
      g_free (self.authority);
      self.authority = culvert_temp_dir_build (self.dir, "foreign");
      culvert_test_make_key (self.authority, CULVERT_KEY_ED25519, NULL, NULL);
    }
  if (row->text == NULL)
    {
      certify (&self, row->user != NULL ? row->user : culvert_sshd_get_user_name (self.sshd),
               row->validity, row->is_host);
      path = move_certificate (&self);
    }
  else
    {
      path = culvert_temp_dir_build (self.dir, "elsewhere.pub");
      if (row->text[0] != '\0')
        g_assert_true (g_file_set_contents (path, row->text, -1, NULL));
    }
  if (row->has_no_key || row->text != NULL || row->is_host)
    g_clear_pointer (&self.session->profile->key_files[0], g_free);
  name_certificate (&self, path);
  session_fixture_fail (self.session, row->code);
  error = self.session->error;
  g_assert_cmpstr (culvert_error_get_fact (error, CULVERT_FACT_FILE), ==, path);
  if (row->code == CULVERT_SSH_ERROR_CERTIFICATE_TOO_LATE ||
      row->code == CULVERT_SSH_ERROR_CERTIFICATE_TOO_EARLY)
    g_assert_nonnull (culvert_error_get_fact (error, CULVERT_FACT_TIME));
  if (row->code == CULVERT_SSH_ERROR_CERTIFICATE_OTHER_USERS)
    g_assert_cmpstr (culvert_error_get_fact (error, CULVERT_FACT_NAMES), ==, "alice, bo\\u202eb");
  fixture_clear (&self);
}

/* A key in a security key, through the agent. */
static void
test_fido (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autoptr (FidoAgent)      agent = fido_agent_new (fixture);

  culvert_sshd_authorize (sshd, fido_agent_get_public_file (agent), NULL);
  if (!culvert_lib_can_use_key_type ("sk-ssh-ed25519@openssh.com"))
    {
      session_fixture_fail (fixture, CULVERT_SSH_ERROR_KEY_NEEDS_NEWER);
      return;
    }
  session_fixture_up (fixture);
  wait_for_log (sshd, "Accepted key ED25519-SK");
  session_fixture_stop (fixture);
}

/* And a certificate for it, which the agent knows nothing of. */
static void
test_fido_certificate (void)
{
  Fixture               self;
  g_autoptr (FidoAgent) agent = NULL;
  g_autofree char      *path = NULL;

  fixture_init (&self, CULVERT_KEY_ECDSA);
  agent = fido_agent_new (self.session);
  g_free (self.public_key);
  self.public_key = g_strdup (fido_agent_get_public_file (agent));
  certify (&self, culvert_sshd_get_user_name (self.sshd), "-1d:+1d", FALSE);
  path = culvert_temp_dir_build (self.session->dir, "id_sk-cert.pub");
  name_certificate (&self, path);
  if (!culvert_lib_can_use_key_type ("sk-ssh-ed25519-cert-v01@openssh.com"))
    session_fixture_fail (self.session, CULVERT_SSH_ERROR_CERTIFICATE_NEEDS_NEWER);
  else
    {
      session_fixture_up (self.session);
      wait_for_log (self.sshd, "Accepted certificate ID \"me\"");
      session_fixture_stop (self.session);
    }
  g_clear_pointer (&agent, fido_agent_free);
  fixture_clear (&self);
}

int
main (int argc, char **argv)
{
  /* Nothing of the person's own, such as certificates beside the usual keys. */
  g_setenv ("HOME", "/nonexistent", TRUE);
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/session/user-certificate/", rows[i].name, NULL);
      g_test_add_data_func (path, &rows[i], test_source);
    }
  g_test_add_func ("/ssh/session/user-certificate/key-after-certificate",
                   test_key_after_certificate);
  for (gsize i = 0; i < G_N_ELEMENTS (flaws); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/session/user-certificate/", flaws[i].name, NULL);
      g_test_add_data_func (path, &flaws[i], test_flaw);
    }
  g_test_add_func ("/ssh/session/fido/key", test_fido);
  g_test_add_func ("/ssh/session/fido/certificate", test_fido_certificate);
  return g_test_run ();
}
