/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Servers that are proven by an authority: real ones, with certificates by ssh-keygen.  A library that
 * cannot check certificates takes the plain key each time, and says why. */

#include "ssh/lib.h"
#include "ssh/session-fixture.h"

#include <glib/gstdio.h>
#include <string.h>

/* One server for all tests, with a key of each kind and a certificate for each. */
typedef struct
{
  CulvertTempDir *dir;
  char           *authority; /* key files */
  char           *stranger;
  char           *certificates[3];
  CulvertSshd    *sshd;
} Place;

static Place place;

static const CulvertKeyKind kinds[] = { CULVERT_KEY_ED25519, CULVERT_KEY_ECDSA, CULVERT_KEY_RSA };

static void
place_set_up (void)
{
  place.dir = culvert_temp_dir_new ();
  place.authority = culvert_temp_dir_build (place.dir, "authority");
  place.stranger = culvert_temp_dir_build (place.dir, "stranger");
  culvert_test_make_key (place.authority, CULVERT_KEY_ED25519, NULL, NULL);
  culvert_test_make_key (place.stranger, CULVERT_KEY_ED25519, NULL, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *name = g_strdup_printf ("host%zu-cert.pub", i);

      place.certificates[i] = culvert_temp_dir_build (place.dir, name);
    }
}

static void
place_start (void)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();
  g_auto (GStrv)           config = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char *line = g_strconcat ("HostCertificate ", place.certificates[i], NULL);

      g_strv_builder_add (builder, line);
    }
  config = g_strv_builder_end (builder);
  place.sshd = culvert_sshd_new (&(CulvertSshdOptions){
    .config = (const char *const *)config,
    .host_keys = CULVERT_KEY_ED25519 | CULVERT_KEY_ECDSA | CULVERT_KEY_RSA });
}

static void
place_tear_down (void)
{
  culvert_sshd_free (place.sshd);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_free (place.certificates[i]);
  g_free (place.authority);
  g_free (place.stranger);
  culvert_temp_dir_free (place.dir);
}

/* Certifies the server's key of that kind alone with these arguments of ssh-keygen, and restarts. */
static void
certify (CulvertKeyKind kind, const char *const *arguments)
{
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autofree char      *copy = culvert_temp_dir_build (place.dir, "copy.pub");
      g_autofree char      *made = culvert_temp_dir_build (place.dir, "copy-cert.pub");
      g_autofree char      *text = NULL;
      g_autofree char      *source = NULL;
      g_autoptr (GPtrArray) argv = g_ptr_array_new ();
      g_autoptr (GError)    error = NULL;
      int                   status;

      g_remove (place.certificates[i]);
      if (kinds[i] != kind)
        continue;
      source = g_strconcat (culvert_sshd_get_host_key_file (place.sshd, kind), ".pub", NULL);
      g_assert_true (g_file_get_contents (source, &text, NULL, NULL));
      g_assert_true (g_file_set_contents (copy, text, -1, NULL));
      for (const char *const *word =
             (const char *const[]){ "ssh-keygen", "-q", "-I", "the id", NULL };
           *word != NULL; word++)
        g_ptr_array_add (argv, (gpointer)*word);
      for (const char *const *word = arguments; *word != NULL; word++)
        g_ptr_array_add (argv, (gpointer)*word);
      g_ptr_array_add (argv, copy);
      g_ptr_array_add (argv, NULL);
      g_assert_true (g_spawn_sync (NULL, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL,
                                   NULL, NULL, NULL, &status, &error));
      g_assert_no_error (error);
      g_assert_cmpint (status, ==, 0);
      g_assert_cmpint (g_rename (made, place.certificates[i]), ==, 0);
    }
  culvert_sshd_restart (place.sshd);
}

/* The type and the base64 of a .pub file. */
static char *
read_key (const char *key_file)
{
  g_autofree char *path = g_strconcat (key_file, ".pub", NULL);
  g_autofree char *text = NULL;
  g_auto (GStrv)   words = NULL;

  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  words = g_strsplit_set (text, " \n", 3);
  return g_strconcat (words[0], " ", words[1], NULL);
}

/* One line for each: marker and names, and whose key. Ended by NULL. */
static void
know (SessionFixture *fixture, const char *names, const char *key_file, ...)
{
  g_autoptr (GString) text = g_string_new (NULL);
  va_list             rest;

  va_start (rest, key_file);
  while (names != NULL)
    {
      g_autofree char *key = read_key (key_file);

      g_string_append_printf (text, "%s %s\n", names, key);
      names = va_arg (rest, const char *);
      if (names != NULL)
        key_file = va_arg (rest, const char *);
    }
  va_end (rest);
  g_assert_true (g_file_set_contents (fixture->known_hosts, text->str, -1, NULL));
}

/* The one question that is asked, which is about the plain key. */
static CulvertHostCertificate
asked_about (SessionFixture *fixture, CulvertKeyKind kind)
{
  g_autofree char           *expected = culvert_sshd_get_host_fingerprint (place.sshd, kind);
  const CulvertPromptFields *fields;

  g_assert_cmpuint (fixture->prompts->len, ==, 1);
  fields = culvert_prompt_get_fields (g_ptr_array_index (fixture->prompts, 0));
  g_assert_cmpint (fields->kind, ==, CULVERT_PROMPT_HOST_KEY);
  g_assert_cmpstr (fields->host_key->fingerprint, ==, expected);
  g_assert_null (strstr (fields->host_key->type_name, "cert"));
  return fields->host_key->certificate;
}

static SessionFixture *
new_fixture (void)
{
  SessionFixture *fixture = session_fixture_new_for_sshd (place.sshd);

  fixture->host_key_decision = CULVERT_DECISION_ONCE;
  return fixture;
}

/* Nobody is asked: the authority's word is enough, for each kind of key and from then on. */
static void
test_good (gconstpointer data)
{
  CulvertKeyKind             kind = GPOINTER_TO_UINT (data);
  g_autoptr (SessionFixture) fixture = new_fixture ();

  certify (kind,
           (const char *const[]){ "-s", place.authority, "-h", "-n", "127.0.0.1,other", NULL });
  know (fixture, "@cert-authority 127.0.0.*", place.authority, NULL);
  if (!culvert_lib_has_host_certificates ())
    {
      session_fixture_up (fixture);
      g_assert_cmpint (asked_about (fixture, CULVERT_KEY_ED25519), ==,
                       CULVERT_HOST_CERTIFICATE_NOT_CHECKED);
      g_assert_true (session_fixture_has_logged (fixture, "this build, with the system's libssh2"));
      return;
    }
  session_fixture_up (fixture);
  g_assert_cmpuint (fixture->prompts->len, ==, 0);
  g_assert_true (session_fixture_has_logged (fixture, "certificate “the id” by SHA256:"));
}

/* The port counts as for plain keys. */
static void
test_port (void)
{
  g_autoptr (SessionFixture) fixture = new_fixture ();
  g_autofree char           *names =
    g_strdup_printf ("@cert-authority [127.0.0.1]:%u", culvert_sshd_get_port (place.sshd));

  certify (CULVERT_KEY_ED25519,
           (const char *const[]){ "-s", place.authority, "-h", "-n", "127.0.0.1", NULL });
  know (fixture, names, place.authority, NULL);
  session_fixture_up (fixture);
  g_assert_cmpuint (fixture->prompts->len, ==, culvert_lib_has_host_certificates () ? 0 : 1);
}

typedef struct
{
  const char            *name;
  const char            *arguments[8]; /* of ssh-keygen, behind -s and a key */
  gboolean               is_strangers;
  CulvertHostCertificate expected;
} Row;

static const Row rows[] = {
  { "wrong-principal",
    { "-h", "-n", "other,*.example" },
    FALSE,
    CULVERT_HOST_CERTIFICATE_OTHER_HOSTS },
  { "no-principal", { "-h" }, FALSE, CULVERT_HOST_CERTIFICATE_OTHER_HOSTS },
  { "expired",
    { "-h", "-n", "127.0.0.1", "-V", "20200101:20210101" },
    FALSE,
    CULVERT_HOST_CERTIFICATE_TOO_LATE },
  { "not-yet",
    { "-h", "-n", "127.0.0.1", "-V", "+52w:+104w" },
    FALSE,
    CULVERT_HOST_CERTIFICATE_TOO_EARLY },
  { "critical-option",
    { "-h", "-n", "127.0.0.1", "-O", "critical:odd@example.com" },
    FALSE,
    CULVERT_HOST_CERTIFICATE_CONDITIONS },
  { "other-authority",
    { "-h", "-n", "127.0.0.1" },
    TRUE,
    CULVERT_HOST_CERTIFICATE_OTHER_AUTHORITY },
};

/* What does not hold proves nothing: the plain key must be known, or somebody is asked, who is told. */
static void
test_bad (gconstpointer data)
{
  const Row                 *row = data;
  g_autoptr (SessionFixture) asked = new_fixture ();
  g_autoptr (SessionFixture) known = new_fixture ();
  g_autoptr (SessionFixture) never = new_fixture ();
  const char *arguments[10] = { "-s", row->is_strangers ? place.stranger : place.authority };

  memcpy (arguments + 2, row->arguments, sizeof row->arguments);
  certify (CULVERT_KEY_ED25519, arguments);
  know (asked, "@cert-authority 127.0.0.1", place.authority, NULL);
  session_fixture_up (asked);
  g_assert_cmpint (asked_about (asked, CULVERT_KEY_ED25519), ==,
                   culvert_lib_has_host_certificates () ? row->expected
                                                        : CULVERT_HOST_CERTIFICATE_NOT_CHECKED);

  know (never, "@cert-authority 127.0.0.1", place.authority, NULL);
  never->profile->never_ask = TRUE;
  session_fixture_fail (never, CULVERT_SSH_ERROR_HOST_KEY_UNKNOWN);
  g_assert_cmpuint (never->prompts->len, ==, 0);

  know (known, "@cert-authority 127.0.0.1", place.authority, "127.0.0.1",
        culvert_sshd_get_host_key_file (place.sshd, CULVERT_KEY_ED25519), NULL);
  session_fixture_up (known);
  g_assert_cmpuint (known->prompts->len, ==, 0);
}

/* The server's plain key is recorded and another one than that in its bad certificate. */
static void
test_bad_and_changed (void)
{
  g_autoptr (SessionFixture) fixture = new_fixture ();
  g_autofree char *names = g_strdup_printf ("[127.0.0.1]:%u", culvert_sshd_get_port (place.sshd));

  certify (CULVERT_KEY_ED25519,
           (const char *const[]){ "-s", place.authority, "-h", "-n", "other", NULL });
  know (fixture, "@cert-authority 127.0.0.1", place.authority, names, place.stranger, NULL);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_HOST_KEY_CHANGED);
}

/* An authority of another domain is none here: the plain key is asked for and asked about. */
static void
test_other_domain (void)
{
  g_autoptr (SessionFixture) fixture = new_fixture ();

  certify (CULVERT_KEY_ED25519,
           (const char *const[]){ "-s", place.authority, "-h", "-n", "127.0.0.1", NULL });
  know (fixture, "@cert-authority *.example.com,!127.0.0.1,10.*", place.authority, NULL);
  session_fixture_up (fixture);
  g_assert_cmpint (asked_about (fixture, CULVERT_KEY_ED25519), ==, CULVERT_HOST_CERTIFICATE_FINE);
}

static void
test_none (void)
{
  g_autoptr (SessionFixture) fixture = new_fixture ();

  certify (0, (const char *const[]){ NULL });
  know (fixture, "@cert-authority 127.0.0.1", place.authority, NULL);
  session_fixture_up (fixture);
  g_assert_cmpint (asked_about (fixture, CULVERT_KEY_ED25519), ==,
                   culvert_lib_has_host_certificates () ? CULVERT_HOST_CERTIFICATE_MISSING
                                                        : CULVERT_HOST_CERTIFICATE_NOT_CHECKED);
}

static void
test_revoked_authority (void)
{
  g_autoptr (SessionFixture) fixture = new_fixture ();

  certify (CULVERT_KEY_ED25519,
           (const char *const[]){ "-s", place.authority, "-h", "-n", "127.0.0.1", NULL });
  know (fixture, "@cert-authority *", place.authority, "@revoked *", place.authority, NULL);
  if (!culvert_lib_has_host_certificates ())
    {
      session_fixture_up (fixture);
      g_assert_cmpuint (fixture->prompts->len, ==, 1);
      return;
    }
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_HOST_KEY_REVOKED);
  g_assert_cmpuint (fixture->prompts->len, ==, 0);
  g_assert_cmpstr (culvert_error_get_fact (fixture->error, CULVERT_FACT_LINE), ==, "2");
}

static void
test_revoked_key (void)
{
  g_autoptr (SessionFixture) fixture = new_fixture ();

  certify (CULVERT_KEY_ED25519,
           (const char *const[]){ "-s", place.authority, "-h", "-n", "127.0.0.1", NULL });
  know (fixture, "@cert-authority *", place.authority, "@revoked *",
        culvert_sshd_get_host_key_file (place.sshd, CULVERT_KEY_ED25519), NULL);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_HOST_KEY_REVOKED);
  g_assert_cmpuint (fixture->prompts->len, ==, 0);
}

/* What is saved is the plain key, which ssh knows the server by, too. */
static void
test_save (void)
{
  g_autoptr (SessionFixture) fixture = new_fixture ();
  g_autofree char           *key =
    read_key (culvert_sshd_get_host_key_file (place.sshd, CULVERT_KEY_ED25519));
  g_autofree char *saved = NULL;

  certify (CULVERT_KEY_ED25519,
           (const char *const[]){ "-s", place.authority, "-h", "-n", "other", NULL });
  know (fixture, "@cert-authority 127.0.0.1", place.authority, NULL);
  fixture->host_key_decision = CULVERT_DECISION_SAVE;
  session_fixture_up (fixture);
  g_assert_true (g_file_get_contents (fixture->known_hosts, &saved, NULL, NULL));
  g_assert_nonnull (strstr (saved, key));
}

int
main (int argc, char **argv)
{
  int result;

  g_test_init (&argc, &argv, NULL);
  place_set_up ();
  place_start ();

  g_test_add_data_func ("/ssh/session/certificate/good/ed25519",
                        GUINT_TO_POINTER (CULVERT_KEY_ED25519), test_good);
  g_test_add_data_func ("/ssh/session/certificate/good/ecdsa", GUINT_TO_POINTER (CULVERT_KEY_ECDSA),
                        test_good);
  g_test_add_data_func ("/ssh/session/certificate/good/rsa", GUINT_TO_POINTER (CULVERT_KEY_RSA),
                        test_good);
  g_test_add_func ("/ssh/session/certificate/port", test_port);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/ssh/session/certificate/bad/", rows[i].name, NULL);

      g_test_add_data_func (path, &rows[i], test_bad);
    }
  g_test_add_func ("/ssh/session/certificate/bad-and-changed", test_bad_and_changed);
  g_test_add_func ("/ssh/session/certificate/other-domain", test_other_domain);
  g_test_add_func ("/ssh/session/certificate/none", test_none);
  g_test_add_func ("/ssh/session/certificate/revoked-authority", test_revoked_authority);
  g_test_add_func ("/ssh/session/certificate/revoked-key", test_revoked_key);
  g_test_add_func ("/ssh/session/certificate/save", test_save);

  result = g_test_run ();
  place_tear_down ();
  return result;
}
