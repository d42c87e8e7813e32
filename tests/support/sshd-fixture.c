/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/sshd-fixture.h"

#include "support/culvert-test.h"

#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>

#define N_KINDS       3
#define START_MS      20000
#define N_PORTS_TRIED 5

static const char *const kind_names[N_KINDS] = { "ed25519", "ecdsa", "rsa" };

struct _CulvertSshd
{
  CulvertTempDir      *dir;
  CulvertChildProcess *process; /* NULL while stopped */
  guint16              port;
  guint                host_kinds;
  char                *password;
  char                *host_keys[N_KINDS];
  char                *user_keys[N_KINDS]; /* NULL until asked for */
  char                *config_file;
  char                *pam_file;
  char                *authorized_file;
  char                *log_file;
  GStrv                config;
};

static guint
kind_index (CulvertKeyKind kind)
{
  guint index = (guint)g_bit_nth_lsf (kind, -1);

  g_assert_cmpuint (index, <, N_KINDS);
  g_assert_cmpuint (kind, ==, 1u << index);
  return index;
}

/* Keys */

void
culvert_test_make_key (const char *path, CulvertKeyKind kind, const char *passphrase, ...)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  const char *const     first[] = {
        "ssh-keygen", "-q", "-t", kind_names[kind_index (kind)],       "-C", "culvert test",
        "-f",         path, "-N", passphrase != NULL ? passphrase : ""
  };
  g_autofree char   *output = NULL;
  g_autofree char   *complaints = NULL;
  g_autoptr (GError) error = NULL;
  int                status;
  va_list            rest;

  for (gsize i = 0; i < G_N_ELEMENTS (first); i++)
    g_ptr_array_add (argv, g_strdup (first[i]));
  if (kind == CULVERT_KEY_RSA)
    {
      g_ptr_array_add (argv, g_strdup ("-b"));
      g_ptr_array_add (argv, g_strdup ("2048"));
    }
  va_start (rest, passphrase);
  for (const char *more; (more = va_arg (rest, const char *)) != NULL;)
    g_ptr_array_add (argv, g_strdup (more));
  va_end (rest);
  g_ptr_array_add (argv, NULL);

  g_spawn_sync (NULL, (char **)argv->pdata, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output,
                &complaints, &status, &error);
  g_assert_no_error (error);
  if (!g_spawn_check_wait_status (status, &error))
    g_error ("ssh-keygen: %s: %s%s", error->message, output, complaints);
}

const char *
culvert_sshd_get_host_key_file (CulvertSshd *self, CulvertKeyKind kind)
{
  guint index = kind_index (kind);

  if (self->host_keys[index] == NULL)
    {
      g_autofree char *name = g_strdup_printf ("host_%s", kind_names[index]);

      self->host_keys[index] = culvert_temp_dir_build (self->dir, name);
      culvert_test_make_key (self->host_keys[index], kind, NULL, NULL);
    }
  return self->host_keys[index];
}

const char *
culvert_sshd_get_user_key (CulvertSshd *self, CulvertKeyKind kind)
{
  guint index = kind_index (kind);

  if (self->user_keys[index] == NULL)
    {
      g_autofree char *name = g_strdup_printf ("user_%s", kind_names[index]);
      g_autofree char *public_name = g_strdup_printf ("user_%s.pub", kind_names[index]);
      g_autofree char *public_file = culvert_temp_dir_build (self->dir, public_name);

      self->user_keys[index] = culvert_temp_dir_build (self->dir, name);
      culvert_test_make_key (self->user_keys[index], kind, NULL, NULL);
      culvert_sshd_authorize (self, public_file, NULL);
    }
  return self->user_keys[index];
}

char *
culvert_sshd_get_host_fingerprint (CulvertSshd *self, CulvertKeyKind kind)
{
  g_autofree char *output = culvert_child_process_run (
    "ssh-keygen", "-l", "-E", "sha256", "-f", culvert_sshd_get_host_key_file (self, kind), NULL);
  g_auto (GStrv) words = g_strsplit (output, " ", 3);

  g_assert_cmpuint (g_strv_length (words), ==, 3);
  return g_strdup (words[1]);
}

/* (transfer full): "TYPE BASE64" of a .pub file, without the comment. */
static char *
read_public_key (const char *path)
{
  g_autofree char   *text = NULL;
  g_auto (GStrv)     words = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, NULL, &error);
  g_assert_no_error (error);
  words = g_strsplit (g_strchomp (text), " ", 3);
  g_assert_cmpuint (g_strv_length (words), >=, 2);
  return g_strconcat (words[0], " ", words[1], NULL);
}

void
culvert_sshd_authorize (CulvertSshd *self, const char *public_key_file, const char *key_options)
{
  g_autofree char   *before = NULL;
  g_autofree char   *after = NULL;
  g_autofree char   *key = read_public_key (public_key_file);
  g_autoptr (GError) error = NULL;

  g_file_get_contents (self->authorized_file, &before, NULL, &error);
  g_assert_no_error (error);
  after = g_strconcat (before, key_options != NULL ? key_options : "",
                       key_options != NULL ? " " : "", key, "\n", NULL);
  g_file_set_contents (self->authorized_file, after, -1, &error);
  g_assert_no_error (error);
}

void
culvert_sshd_write_known_hosts (CulvertSshd *self, const char *path, guint kinds)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GError)  error = NULL;

  for (guint i = 0; i < N_KINDS; i++)
    {
      g_autofree char *public_file = NULL;
      g_autofree char *key = NULL;

      if (((kinds != 0 ? kinds : self->host_kinds) & (1u << i)) == 0)
        continue;
      public_file =
        g_strconcat (culvert_sshd_get_host_key_file (self, (CulvertKeyKind)(1 << i)), ".pub", NULL);
      key = read_public_key (public_file);
      g_string_append_printf (text, "[127.0.0.1]:%u,[localhost]:%u,[::1]:%u %s\n", self->port,
                              self->port, self->port, key);
    }
  g_file_set_contents (path, text->str, -1, &error);
  g_assert_no_error (error);
}

/* Files */

static void
write_pam_file (CulvertSshd *self, const CulvertSshdOptions *options)
{
  g_autoptr (GString) text = g_string_new (NULL);

  g_string_append_printf (text, "delay\t%u\npassword\t%s\n", options->auth_delay_ms,
                          self->password);
  if (options->has_expired)
    g_string_append (text, "expired\n");
  if (options->prompts == NULL)
    g_string_append_printf (text, "prompt\toff\tPassword: \t%s\n", self->password);
  for (const CulvertSshdPrompt *prompt = options->prompts; prompt != NULL && prompt->text != NULL;
       prompt++)
    {
      g_assert_null (strpbrk (prompt->text, "\t\n"));
      g_assert_null (strpbrk (prompt->answer, "\t\n"));
      g_string_append_printf (text, "prompt\t%s\t%s\t%s\n", prompt->echo ? "on" : "off",
                              prompt->text, prompt->answer);
    }
  self->pam_file = culvert_temp_dir_write (self->dir, "pam", text->str);
}

/* OpenSSH 9.8 and newer punish an address that fails too often; here all clients share one, and
 * failing is what they are for.  Older ones do not know the word and would not start. */
static gboolean
knows_penalties (const char *host_key)
{
  static int known = -1;

  if (known < 0)
    {
      g_autofree char   *sshd = culvert_child_process_find ("sshd");
      const char *const  argv[] = { sshd, "-t",     "-f", "/dev/null",
                                    "-h", host_key, "-o", "PerSourcePenalties=no",
                                    NULL };
      g_autofree char   *complaints = NULL;
      g_autoptr (GError) error = NULL;

      g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                    &complaints, NULL, &error);
      g_assert_no_error (error);
      known = strstr (complaints, "Bad configuration option") == NULL;
    }
  return known;
}

/* The first value of a keyword counts in sshd_config, so the test's lines come first; but a Match
 * block reaches to the end of the file, so it comes last. */
static void
write_config (CulvertSshd *self)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GString) blocks = g_string_new (NULL);
  g_autoptr (GError)  error = NULL;
  int                 first = g_bit_nth_lsf (self->host_kinds, -1);
  const char         *any_key = culvert_sshd_get_host_key_file (self, (CulvertKeyKind)(1 << first));
  GString            *part = text;

  /* sshd begins with the last address, so ours is the last it listens on (count_starts()). */
  g_string_append (text, "ListenAddress 127.0.0.1\nListenAddress ::1\n");
  for (gsize i = 0; self->config != NULL && self->config[i] != NULL; i++)
    {
      if (g_ascii_strncasecmp (self->config[i], "Match ", 6) == 0)
        part = blocks;
      g_string_append_printf (part, "%s\n", self->config[i]);
    }
  g_string_append_printf (text,
                          "Port %u\nAuthorizedKeysFile \"%s\"\nPidFile none\nStrictModes no\n"
                          "UsePAM yes\n"
                          "PermitRootLogin yes\nPasswordAuthentication yes\n"
                          "KbdInteractiveAuthentication yes\nLogLevel DEBUG2\nUseDNS no\n"
                          "MaxStartups 1000\nMaxSessions 1000\nPrintMotd no\n",
                          self->port, self->authorized_file);
  for (guint i = 0; i < N_KINDS; i++)
    {
      CulvertKeyKind kind = (CulvertKeyKind)(1 << i);

      if ((self->host_kinds & kind) != 0)
        g_string_append_printf (text, "HostKey \"%s\"\n",
                                culvert_sshd_get_host_key_file (self, kind));
    }
  if (knows_penalties (any_key))
    g_string_append (text, "PerSourcePenalties no\n");
  g_string_append (text, blocks->str);
  g_file_set_contents (self->config_file, text->str, -1, &error);
  g_assert_no_error (error);
}

/* Life */

/* The last thing it says before it accepts. */
static guint
count_starts (CulvertSshd *self)
{
  return culvert_sshd_count_in_log (self, "Server listening on 127.0.0.1 port ");
}

/* Root's sshd wants an empty folder of its own (where, depends on the distribution), which a
 * container that never ran one does not have. */
static gboolean
make_missing_folder (const char *log)
{
  g_autoptr (GRegex) pattern =
    g_regex_new ("Missing privilege separation directory: ([^\\s]+)", 0, 0, NULL);
  g_autoptr (GMatchInfo) match = NULL;
  g_autofree char       *path = NULL;

  if (!g_regex_match (pattern, log, 0, &match))
    return FALSE;
  path = g_match_info_fetch (match, 1);
  return !g_file_test (path, G_FILE_TEST_IS_DIR) && g_mkdir_with_parents (path, 0755) == 0;
}

static gboolean
try_start (CulvertSshd *self)
{
  g_autofree char  *pam = g_strconcat ("CULVERT_FAKE_PAM=", self->pam_file, NULL);
  const char *const argv[] = { "sshd", "-f", self->config_file, "-D", "-e", NULL };
  const char *const environment[] = { "LD_PRELOAD=" CULVERT_FAKE_PAM_LIBRARY, pam, NULL };
  gint64            end_us = culvert_test_deadline_us (START_MS);
  guint             n_before = count_starts (self);

  self->process = culvert_child_process_start (argv, environment, self->log_file);
  while (count_starts (self) == n_before && culvert_child_process_is_running (self->process) &&
         g_get_monotonic_time () < end_us)
    g_usleep (2000);
  if (count_starts (self) > n_before && culvert_child_process_is_running (self->process))
    return TRUE;
  g_clear_pointer (&self->process, culvert_child_process_free);
  return FALSE;
}

void
culvert_sshd_start (CulvertSshd *self)
{
  gint64 end_us = culvert_test_deadline_us (START_MS);

  if (self->process != NULL && !culvert_child_process_is_running (self->process))
    culvert_sshd_stop (self);
  g_assert_null (self->process);
  while (!try_start (self))
    {
      g_autofree char *log = culvert_sshd_read_log (self);

      if (!make_missing_folder (log) &&
          (strstr (log, "Address already in use") == NULL || g_get_monotonic_time () > end_us))
        g_error ("sshd does not start:\n%s", log);
      g_usleep (20000);
    }
}

CulvertSshd *
culvert_sshd_new (const CulvertSshdOptions *options)
{
  static const CulvertSshdOptions defaults = { 0 };
  CulvertSshd                    *self = g_new0 (CulvertSshd, 1);
  gboolean                        started = FALSE;

  g_assert_true (g_file_test (CULVERT_FAKE_PAM_LIBRARY, G_FILE_TEST_EXISTS));
  if (options == NULL)
    options = &defaults;
  self->dir = culvert_temp_dir_new ();
  self->host_kinds =
    options->host_keys != 0 ? options->host_keys : CULVERT_KEY_ED25519 | CULVERT_KEY_ECDSA;
  self->password = g_strdup (options->password != NULL ? options->password : CULVERT_SSHD_PASSWORD);
  self->config = g_strdupv ((char **)options->config);
  self->config_file = culvert_temp_dir_build (self->dir, "sshd_config");
  self->authorized_file = culvert_temp_dir_write (self->dir, "authorized_keys", NULL);
  self->log_file = culvert_temp_dir_write (self->dir, "sshd.log", NULL);
  write_pam_file (self, options);

  /* Between our look at the port and sshd's bind somebody else may take it. */
  for (int i = 0; i < N_PORTS_TRIED && !started; i++)
    {
      self->port = culvert_test_free_port ();
      write_config (self);
      started = try_start (self);
      if (!started)
        {
          g_autofree char *log = culvert_sshd_read_log (self);

          if (!make_missing_folder (log) && strstr (log, "Address already in use") == NULL)
            g_error ("sshd does not start:\n%s", log);
        }
    }
  g_assert_true (started);
  return self;
}

void
culvert_sshd_free (CulvertSshd *self)
{
  culvert_sshd_stop (self);
  for (guint i = 0; i < N_KINDS; i++)
    {
      g_free (self->host_keys[i]);
      g_free (self->user_keys[i]);
    }
  g_free (self->password);
  g_free (self->config_file);
  g_free (self->pam_file);
  g_free (self->authorized_file);
  g_free (self->log_file);
  g_strfreev (self->config);
  culvert_temp_dir_free (self->dir);
  g_free (self);
}

void
culvert_sshd_stop (CulvertSshd *self)
{
  g_clear_pointer (&self->process, culvert_child_process_free);
}

void
culvert_sshd_stop_listening (CulvertSshd *self)
{
  culvert_child_process_signal (self->process, SIGKILL);
}

void
culvert_sshd_restart (CulvertSshd *self)
{
  culvert_sshd_stop (self);
  culvert_sshd_start (self);
}

void
culvert_sshd_replace_host_keys (CulvertSshd *self)
{
  culvert_sshd_stop (self);
  for (guint i = 0; i < N_KINDS; i++)
    {
      g_autofree char *public_file = NULL;

      if (self->host_keys[i] == NULL)
        continue;
      public_file = g_strconcat (self->host_keys[i], ".pub", NULL);
      g_assert_cmpint (g_unlink (self->host_keys[i]), ==, 0);
      g_assert_cmpint (g_unlink (public_file), ==, 0);
      culvert_test_make_key (self->host_keys[i], (CulvertKeyKind)(1 << i), NULL, NULL);
    }
  culvert_sshd_start (self);
}

void
culvert_sshd_freeze (CulvertSshd *self)
{
  culvert_child_process_signal_tree (self->process, SIGSTOP);
}

void
culvert_sshd_thaw (CulvertSshd *self)
{
  culvert_child_process_signal_tree (self->process, SIGCONT);
}

void
culvert_sshd_kill_sessions (CulvertSshd *self)
{
  culvert_child_process_kill_descendants (self->process);
}

CulvertChildProcess *
culvert_sshd_get_process (CulvertSshd *self)
{
  return self->process;
}

guint
culvert_sshd_count_session_processes (CulvertSshd *self)
{
  return culvert_child_process_count_descendants (self->process);
}

/* Facts */

guint16
culvert_sshd_get_port (CulvertSshd *self)
{
  return self->port;
}

const char *
culvert_sshd_get_user_name (CulvertSshd *self)
{
  return g_get_user_name ();
}

const char *
culvert_sshd_get_password (CulvertSshd *self)
{
  return self->password;
}

guint
culvert_sshd_count_in_log (CulvertSshd *self, const char *text)
{
  g_autofree char *log = culvert_sshd_read_log (self);

  return culvert_test_count_text (log, text);
}

char *
culvert_sshd_read_log (CulvertSshd *self)
{
  return culvert_test_read_text (self->log_file);
}
