/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/little-proxy.h"
#include "ssh/session-fixture.h"
#include "support/targets.h"

#include <string.h>

/* A real server behind proxies and commands. */

static void
use_proxy (SessionFixture *fixture, const char *scheme, LittleProxy *proxy)
{
  g_free (fixture->profile->proxy);
  fixture->profile->proxy =
    g_strdup_printf ("%s127.0.0.1:%u", scheme, little_proxy_get_port (proxy));
}

static void
assert_asked (LittleProxy *proxy, const char *host, CulvertSshd *sshd)
{
  g_autofree char *expected = g_strdup_printf ("%s:%u", host, culvert_sshd_get_port (sshd));
  g_autofree char *asked = little_proxy_dup_asked (proxy);

  g_assert_cmpstr (asked, ==, expected);
}

typedef struct
{
  const char     *name;
  LittleProxyKind kind;
  const char     *scheme;
  const char     *asked; /* of "localhost": who resolves it? */
} Way;

static const Way ways[] = {
  { "http", LITTLE_PROXY_HTTP, "http://", "localhost" },
  { "socks4", LITTLE_PROXY_SOCKS4, "socks4://", "127.0.0.1" },
  { "socks4a", LITTLE_PROXY_SOCKS4, "socks4a://me@", "localhost" },
  { "socks5", LITTLE_PROXY_SOCKS5, "socks5://", "localhost" },
};

static void
test_up (gconstpointer data)
{
  const Way                 *way = data;
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (LittleProxy)    proxy = little_proxy_new (way->kind, NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  culvert_profile_set_string (&fixture->profile->host, "localhost");
  use_proxy (fixture, way->scheme, proxy);
  session_fixture_up (fixture);
  assert_asked (proxy, way->asked, sshd);
  /* What it is connected to is the proxy, which is not the server's address. */
  g_assert_null (culvert_session_get_info (fixture->session)->server_address);
  session_fixture_stop (fixture);
  g_assert_no_error (fixture->error);
  g_assert_cmpuint (fixture->prompts->len, ==, 0);
}

/* A wrong password, then the right one, and each is reported. */
static void
test_password (gconstpointer data)
{
  const Way                 *way = data;
  g_autofree char           *scheme = g_strconcat (way->scheme, "me@", NULL);
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (LittleProxy)    proxy = little_proxy_new (way->kind, "open sesame");
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  const CulvertPromptFields *fields;

  use_proxy (fixture, scheme, proxy);
  session_fixture_answer (fixture, "wrong", NULL);
  session_fixture_answer (fixture, "open sesame", NULL);
  session_fixture_up (fixture);
  g_assert_cmpuint (fixture->prompts->len, ==, 2);
  g_assert_cmpuint (fixture->n_rejected, ==, 1);
  g_assert_cmpuint (fixture->n_accepted, ==, 1);
  fields = culvert_prompt_get_fields (g_ptr_array_index (fixture->prompts, 1));
  g_assert_cmpint ((int)fields->asked_by, ==, CULVERT_ASKED_BY_PROXY);
  g_assert_cmpstr (fields->user, ==, "me");
  g_assert_cmpuint (fields->port, ==, little_proxy_get_port (proxy));
  g_assert_cmpuint (fields->attempt, ==, 1);
  g_assert_true (g_str_has_prefix (fields->secret_purpose, "proxy:me@127.0.0.1:"));
  session_fixture_stop (fixture);
}

static void
test_password_refused (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (LittleProxy)    proxy = little_proxy_new (LITTLE_PROXY_SOCKS5, "open sesame");
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  use_proxy (fixture, "socks5://me@", proxy);
  for (guint i = 0; i < 5; i++)
    session_fixture_answer (fixture, "wrong", NULL);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_PROXY_AUTH);
  g_assert_cmpuint (fixture->prompts->len, ==, 3);
  g_assert_cmpuint (fixture->n_rejected, ==, 3);
  g_assert_cmpuint (little_proxy_get_n_led (proxy), ==, 0);
}

static void
test_password_cancelled (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (LittleProxy)    proxy = little_proxy_new (LITTLE_PROXY_HTTP, "open sesame");
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  use_proxy (fixture, "http://me@", proxy);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_AUTH_CANCELLED);
}

static void
test_user_needed (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (LittleProxy)    proxy = little_proxy_new (LITTLE_PROXY_HTTP, "open sesame");
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  use_proxy (fixture, "http://", proxy);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_PROXY_AUTH);
  g_assert_cmpstr (culvert_error_get_fact (fixture->error, CULVERT_FACT_SAID), ==, "407 Sign in");
}

/* Nothing is sent past a proxy that is not there. */
static void
test_proxy_gone (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  guint16                    port = culvert_test_free_port ();
  g_autofree char           *name = g_strdup_printf ("127.0.0.1:%u", port);

  g_free (fixture->profile->proxy);
  fixture->profile->proxy = g_strdup_printf ("http://%s", name);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_REFUSED);
  g_assert_cmpstr (culvert_error_get_fact (fixture->error, CULVERT_FACT_PROXY), ==, name);
}

static void
test_server_gone (gconstpointer data)
{
  const Way                 *way = data;
  g_autoptr (LittleProxy)    proxy = little_proxy_new (way->kind, NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new (culvert_test_free_port ());

  use_proxy (fixture, way->scheme, proxy);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_PROXY_REFUSED);
}

static void
test_not_a_proxy (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  g_free (fixture->profile->proxy);
  fixture->profile->proxy = g_strdup_printf ("http://127.0.0.1:%u", culvert_sshd_get_port (sshd));
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_PROXY_PROTOCOL);
}

/* A proxy that says nothing does not hold the session longer than the connect time-out. */
static void
test_silent_proxy (void)
{
  g_autoptr (CulvertTarget) target =
    culvert_target_new (&(CulvertTargetConfig){ .kind = CULVERT_TARGET_NEVER_READ });
  g_autoptr (SessionFixture) fixture = session_fixture_new (22);

  g_free (fixture->profile->proxy);
  fixture->profile->proxy =
    g_strdup_printf ("socks5://127.0.0.1:%u", culvert_target_get_port (target));
  fixture->profile->connect_timeout_s = 1;
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_TIMED_OUT);
}

/* The system's choice */

static char *system_says; /* proxies, by spaces */
static char *system_asked;

typedef struct
{
  GObject parent_instance;
} FakeSystem;

typedef struct
{
  GObjectClass parent_class;
} FakeSystemClass;

GType fake_system_get_type (void);

static gboolean
is_supported (GProxyResolver *resolver)
{
  return TRUE;
}

static void
lookup_async (GProxyResolver     *resolver,
              const char         *uri,
              GCancellable       *cancellable,
              GAsyncReadyCallback callback,
              gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (resolver, cancellable, callback, user_data);

  g_free (system_asked);
  system_asked = g_strdup (uri);
  g_task_return_pointer (task, g_strsplit (system_says, " ", -1), (GDestroyNotify)g_strfreev);
}

static char **
lookup_finish (GProxyResolver *resolver, GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
fake_system_iface_init (GProxyResolverInterface *iface)
{
  iface->is_supported = is_supported;
  iface->lookup_async = lookup_async;
  iface->lookup_finish = lookup_finish;
}

G_DEFINE_TYPE_WITH_CODE (FakeSystem,
                         fake_system,
                         G_TYPE_OBJECT,
                         G_IMPLEMENT_INTERFACE (G_TYPE_PROXY_RESOLVER, fake_system_iface_init))

static void
fake_system_class_init (FakeSystemClass *klass)
{
}

static void
fake_system_init (FakeSystem *self)
{
}

static void
set_system (const char *first, LittleProxy *proxy)
{
  g_free (system_says);
  system_says =
    g_strdup_printf ("%s socks://127.0.0.1:%u direct://", first, little_proxy_get_port (proxy));
}

/* What is not understood is passed over, and what cannot be reached is followed by the next. */
static void
test_system (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (LittleProxy)    proxy = little_proxy_new (LITTLE_PROXY_SOCKS5, NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autofree char           *gone =
    g_strdup_printf ("quic://x http://127.0.0.1:%u", culvert_test_free_port ());
  g_autofree char *uri = g_strdup_printf ("ssh://127.0.0.1:%u", culvert_sshd_get_port (sshd));

  set_system (gone, proxy);
  culvert_profile_set_string (&fixture->profile->proxy, "system");
  session_fixture_up (fixture);
  g_assert_cmpuint (little_proxy_get_n_led (proxy), ==, 1);
  g_assert_cmpstr (system_asked, ==, uri);
  session_fixture_stop (fixture);
}

static void
test_system_direct (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (LittleProxy)    proxy = little_proxy_new (LITTLE_PROXY_SOCKS5, NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);

  set_system ("direct://", proxy);
  culvert_profile_set_string (&fixture->profile->proxy, "system");
  session_fixture_up (fixture);
  g_assert_cmpuint (little_proxy_get_n_led (proxy), ==, 0);
  session_fixture_stop (fixture);
}

/* Commands */

static void
use_command (SessionFixture *fixture, const char *command)
{
  culvert_profile_set_string (&fixture->profile->proxy_command, command);
  fixture->profile->proxy_command_allowed = TRUE;
}

/* It leads there, is a process of ours meanwhile, and is gone with the session. */
static void
test_command (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autofree char           *pid_file = culvert_temp_dir_build (fixture->dir, "pid");
  g_autofree char *command = g_strdup_printf ("sh -c 'echo $$ >%s; exec %s %%p'", pid_file,
                                              g_getenv ("CULVERT_TEST_PASS_ON"));
  g_autofree char *pid = NULL;
  g_autofree char *process = NULL;

  use_command (fixture, command);
  session_fixture_up (fixture);
  culvert_test_wait_until (
    session_fixture_has_logged (fixture, "the proxy command says: pass-on: here we go"), 5000);
  g_assert_true (g_file_get_contents (pid_file, &pid, NULL, NULL));
  process = g_strdup_printf ("/proc/%s", g_strstrip (pid));
  g_assert_true (g_file_test (process, G_FILE_TEST_EXISTS));
  session_fixture_stop (fixture);
  g_assert_no_error (fixture->error);
  /* Not even a zombie is left. */
  culvert_test_wait_until (!g_file_test (process, G_FILE_TEST_EXISTS), 10000);
}

static void
test_command_unasked (void)
{
  g_autoptr (CulvertSshd)    sshd = culvert_sshd_new (NULL);
  g_autoptr (SessionFixture) fixture = session_fixture_new_for_sshd (sshd);
  g_autofree char           *file = culvert_temp_dir_build (fixture->dir, "was-run");
  g_autofree char           *command = g_strdup_printf ("sh -c 'echo >%s'", file);

  use_command (fixture, command);
  fixture->profile->proxy_command_allowed = FALSE;
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_COMMAND_NOT_ALLOWED);
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
}

static void
test_command_fails (void)
{
  g_autoptr (SessionFixture) fixture = session_fixture_new (culvert_test_free_port ());
  g_autofree char *command = g_strdup_printf ("%s %%p", g_getenv ("CULVERT_TEST_PASS_ON"));

  use_command (fixture, command);
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_COMMAND_FAILED);
  g_assert_cmpstr (culvert_error_get_fact (fixture->error, CULVERT_FACT_SAID), ==,
                   "pass-on: nobody is at home");
}

/* One that ignores being asked to end is killed, and holds nobody up. */
static void
test_command_hangs (void)
{
  g_autoptr (SessionFixture) fixture = session_fixture_new (22);
  g_autofree char           *pid_file = culvert_temp_dir_build (fixture->dir, "pid");
  g_autofree char           *command = g_strdup_printf (
              "sh -c 'trap \"\" TERM; echo $$ >%s.new; mv %s.new %s; while :; do sleep 1; done'", pid_file,
              pid_file, pid_file);
  g_autofree char *pid = NULL;
  g_autofree char *process = NULL;

  use_command (fixture, command);
  session_fixture_start (fixture);
  culvert_test_wait_until (g_file_test (pid_file, G_FILE_TEST_EXISTS), 10000);
  g_assert_true (g_file_get_contents (pid_file, &pid, NULL, NULL));
  process = g_strdup_printf ("/proc/%s", g_strstrip (pid));
  session_fixture_stop (fixture);
  culvert_test_wait_until (!g_file_test (process, G_FILE_TEST_EXISTS), 10000);
}

/* Names that are more than names to a shell never get to one. */
static void
test_command_injection (void)
{
  g_autoptr (SessionFixture) fixture = session_fixture_new (22);
  g_autofree char           *file = culvert_temp_dir_build (fixture->dir, "was-run");
  g_autofree char           *user = g_strdup_printf ("$(echo >%s)", file);

  culvert_profile_set_string (&fixture->profile->user, user);
  use_command (fixture, "sh -c 'exit 1' %r");
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_COMMAND_NOT_ALLOWED);
  g_assert_false (g_file_test (file, G_FILE_TEST_EXISTS));
}

static void
add_ways (const char *name, GTestDataFunc test, gboolean with_socks4)
{
  for (gsize i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autofree char *path = g_strdup_printf ("/ssh/session/proxy/%s/%s", name, ways[i].name);

      if (with_socks4 || ways[i].kind != LITTLE_PROXY_SOCKS4)
        g_test_add_data_func (path, &ways[i], test);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  /* Once more, if GIO has done it already. */
  (void)g_io_extension_point_register (G_PROXY_RESOLVER_EXTENSION_POINT_NAME);
  g_io_extension_point_implement (G_PROXY_RESOLVER_EXTENSION_POINT_NAME, fake_system_get_type (),
                                  "culvert-test", 1000);
  g_setenv ("GIO_USE_PROXY_RESOLVER", "culvert-test", TRUE);

  add_ways ("up", test_up, TRUE);
  add_ways ("password", test_password, FALSE);
  add_ways ("server-gone", test_server_gone, TRUE);
#define ADD(name, function) g_test_add_func ("/ssh/session/proxy/" name, function)
  ADD ("password-refused", test_password_refused);
  ADD ("password-cancelled", test_password_cancelled);
  ADD ("user-needed", test_user_needed);
  ADD ("proxy-gone", test_proxy_gone);
  ADD ("not-a-proxy", test_not_a_proxy);
  ADD ("silent-proxy", test_silent_proxy);
  ADD ("system", test_system);
  ADD ("system-direct", test_system_direct);
  ADD ("command", test_command);
  ADD ("command-unasked", test_command_unasked);
  ADD ("command-fails", test_command_fails);
  ADD ("command-hangs", test_command_hangs);
  ADD ("command-injection", test_command_injection);
  return g_test_run ();
}
