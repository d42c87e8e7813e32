/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "key-support.h"
#include "known-hosts-support.h"
#include "ssh/known-hosts.h"

#include <glib/gstdio.h>

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct
{
  CulvertTempDir *dir;
  char           *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = culvert_temp_dir_new ();
  fixture->path = culvert_temp_dir_build (fixture->dir, "known_hosts");
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_free (fixture->path);
  culvert_temp_dir_free (fixture->dir);
}

static void
write_file (Fixture *fixture, const char *text)
{
  g_autofree char *expanded = known_hosts_expand (text);

  g_free (culvert_temp_dir_write (fixture->dir, "known_hosts", expanded));
}

static void
assert_file (Fixture *fixture, const char *text)
{
  g_autofree char   *expected = known_hosts_expand (text);
  g_autofree char   *found = NULL;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (fixture->path, &found, NULL, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (found, ==, expected);
}

static mode_t
get_mode (const char *path)
{
  struct stat status;

  g_assert_cmpint (stat (path, &status), ==, 0);
  return status.st_mode & 07777;
}

static void
append (Fixture *fixture, const char *host, guint16 port, KeyName key)
{
  g_autoptr (GError) error = NULL;

  g_assert_true (
    culvert_known_hosts_append (fixture->path, host, port, known_hosts_get_blob (key), &error));
  g_assert_no_error (error);
}

static void
test_read_file (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertKnownHosts) hosts = culvert_known_hosts_new ();
  g_autofree char              *missing = culvert_temp_dir_build (fixture->dir, "missing/file");
  g_autoptr (GError)            error = NULL;
  CulvertKnownHostsResult       result;

  write_file (fixture, "host $A\n");
  g_assert_true (culvert_known_hosts_add_file (hosts, missing, &error));
  g_assert_no_error (error);
  g_assert_true (culvert_known_hosts_add_file (hosts, "/dev/null", &error));
  g_assert_no_error (error);
  g_assert_true (culvert_known_hosts_add_file (hosts, fixture->path, &error));
  g_assert_no_error (error);
  culvert_known_hosts_check (hosts, "host", 22, known_hosts_get_blob (KEY_A), &result);
  g_assert_cmpint (result.verdict, ==, CULVERT_KNOWN_HOSTS_MATCH);
  g_assert_cmpstr (result.entry->file_name, ==, fixture->path);

  g_assert_false (
    culvert_known_hosts_add_file (hosts, culvert_temp_dir_get_path (fixture->dir), &error));
  g_assert_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_STORE);
  g_clear_error (&error);
  g_assert_false (culvert_known_hosts_add_file (hosts, "/dev/zero", &error));
  g_assert_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_STORE);
  g_assert_nonnull (strstr (error->message, "too large"));
}

static void
test_append (Fixture *fixture, gconstpointer data)
{
  append (fixture, "Host.Example.COM", 22, KEY_A);
  g_assert_cmpuint (get_mode (fixture->path), ==, 0600);
  append (fixture, "host", 2222, KEY_E);
  append (fixture, "::1", 2222, KEY_R);
  assert_file (fixture, "host.example.com $A\n[host]:2222 $E\n[::1]:2222 $R\n");
  g_assert_true (known_hosts_ssh_keygen_finds (fixture->path, "host.example.com", 22));
  g_assert_true (known_hosts_ssh_keygen_finds (fixture->path, "::1", 2222));
}

static void
test_append_makes_folder (Fixture *fixture, gconstpointer data)
{
  g_autofree char *folder = culvert_temp_dir_build (fixture->dir, ".ssh");

  g_free (fixture->path);
  fixture->path = g_build_filename (folder, "known_hosts", NULL);
  append (fixture, "host", 22, KEY_A);
  g_assert_cmpuint (get_mode (folder), ==, 0700);
  g_assert_cmpuint (get_mode (fixture->path), ==, 0600);
  assert_file (fixture, "host $A\n");
}

static void
test_append_without_line_end (Fixture *fixture, gconstpointer data)
{
  write_file (fixture, "other $B");
  append (fixture, "host", 22, KEY_A);
  append (fixture, "more", 22, KEY_A);
  assert_file (fixture, "other $B\nhost $A\nmore $A\n");
}

static void
test_append_keeps_mode (Fixture *fixture, gconstpointer data)
{
  write_file (fixture, "# mine\n");
  g_assert_cmpint (g_chmod (fixture->path, 0644), ==, 0);
  append (fixture, "host", 22, KEY_A);
  g_assert_cmpuint (get_mode (fixture->path), ==, 0644);
  assert_file (fixture, "# mine\nhost $A\n");
}

static void
test_append_hashed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (CulvertKnownHosts) hosts = culvert_known_hosts_new ();
  g_autofree char              *text = NULL;
  CulvertKnownHostsResult       result;

  write_file (fixture, "first $B\n");
  g_assert_true (key_support_run (
    (const char *const[]){ "ssh-keygen", "-q", "-H", "-f", fixture->path, NULL }, NULL));
  append (fixture, "Secret.example.com", 22, KEY_A);
  append (fixture, "secret.example.com", 2222, KEY_E);
  g_file_get_contents (fixture->path, &text, NULL, NULL);
  g_assert_null (strstr (text, "secret"));

  g_assert_true (known_hosts_ssh_keygen_finds (fixture->path, "secret.example.com", 22));
  g_assert_true (known_hosts_ssh_keygen_finds (fixture->path, "secret.example.com", 2222));
  g_assert_true (culvert_known_hosts_add_file (hosts, fixture->path, NULL));
  g_assert_cmpint (culvert_known_hosts_check (hosts, "secret.example.com", 2222,
                                              known_hosts_get_blob (KEY_E), &result),
                   ==, CULVERT_KNOWN_HOSTS_MATCH);
}

/* Names that would read back as something else. */
static void
test_append_refuses (Fixture *fixture, gconstpointer data)
{
  static const char *const names[] = {
    "",     "a b",   "a\tb",     "a\nhost", "a,b",    "*",
    "h?st", "!host", "@revoked", "#host",   "|1|a|b", "a\177b",
  };
  g_autofree char   *long_name = g_strnfill (600, 'x');
  g_autoptr (GBytes) nonsense = g_bytes_new_static ("abc", 3);
  g_autoptr (GError) error = NULL;

  write_file (fixture, "host $A\n");
  for (gsize i = 0; i <= G_N_ELEMENTS (names); i++)
    {
      const char *name = i < G_N_ELEMENTS (names) ? names[i] : long_name;

      g_assert_false (
        culvert_known_hosts_append (fixture->path, name, 22, known_hosts_get_blob (KEY_B), &error));
      g_assert_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_STORE);
      g_clear_error (&error);
    }
  g_assert_false (culvert_known_hosts_append (fixture->path, "other", 22, nonsense, &error));
  g_assert_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_STORE);
  assert_file (fixture, "host $A\n");
}

static void
test_not_writable (Fixture *fixture, gconstpointer data)
{
  g_autofree char   *below_a_file = g_build_filename (fixture->path, "known_hosts", NULL);
  g_autoptr (GError) error = NULL;

  write_file (fixture, "host $A\n");
  g_assert_false (
    culvert_known_hosts_append (below_a_file, "host", 22, known_hosts_get_blob (KEY_A), &error));
  g_assert_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_STORE);
  g_clear_error (&error);

  g_assert_true (
    culvert_known_hosts_append ("/dev/null", "host", 22, known_hosts_get_blob (KEY_A), &error));
  g_assert_no_error (error);
}

static void
test_forget (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *before;
    const char *host;
    guint16     port;
    int         key; /* -1: any */
    const char *after;
    guint       n_changed;
  } cases[] = {
    { "host $A\n", "host", 22, -1, "", 1 },
    { "a $A\nhost $A\nb $B", "host", 22, -1, "a $A\nb $B", 1 },
    { "# mine\r\n\nhost $A\n junk\n", "HOST", 22, -1, "# mine\r\n\n junk\n", 1 },
    { "host $A\nhost $E\n", "host", 22, KEY_A, "host $E\n", 1 },
    { "host $A\nhost $E\n", "host", 22, -1, "", 2 },
    { "a,host,b $A note\n", "host", 22, -1, "a,b $A note\n", 1 },
    { "host,b $A\n", "host", 22, -1, "b $A\n", 1 },
    { "a,Host $A\r\n", "host", 22, -1, "a $A\r\n", 1 },
    { "host,!bad $A\n", "host", 22, -1, "", 1 },
    { "host,host $A\n", "host", 22, -1, "", 1 },
    { "[host]:2222 $A\nhost $A\n", "host", 2222, -1, "host $A\n", 1 },
    { "[host]:2222 $A\nhost $A\n", "host", 22, -1, "[host]:2222 $A\n", 1 },
    /* Neither patterns nor marked lines. */
    { "h* $A\n@revoked host $A\n@cert-authority host $B\n", "host", 22, -1,
      "h* $A\n@revoked host $A\n@cert-authority host $B\n", 0 },
    { "other $A\n", "host", 22, -1, "other $A\n", 0 },
    { "host $A\n", "host", 22, KEY_B, "host $A\n", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (GError) error = NULL;
      guint              n_changed = 99;

      write_file (fixture, cases[i].before);
      g_assert_true (culvert_known_hosts_forget (
        fixture->path, cases[i].host, cases[i].port,
        cases[i].key < 0 ? NULL : known_hosts_get_blob (cases[i].key), &n_changed, &error));
      g_assert_no_error (error);
      assert_file (fixture, cases[i].after);
      g_assert_cmpuint (n_changed, ==, cases[i].n_changed);
    }
}

static void
test_forget_hashed (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  guint              n_changed;

  write_file (fixture, "keep $A\nhost $A\n[host]:2222 $A\n");
  g_assert_true (key_support_run (
    (const char *const[]){ "ssh-keygen", "-q", "-H", "-f", fixture->path, NULL }, NULL));
  g_assert_true (culvert_known_hosts_forget (fixture->path, "Host", 22, NULL, &n_changed, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (n_changed, ==, 1);
  g_assert_true (known_hosts_ssh_keygen_finds (fixture->path, "keep", 22));
  g_assert_true (known_hosts_ssh_keygen_finds (fixture->path, "host", 2222));
  g_assert_false (known_hosts_ssh_keygen_finds (fixture->path, "host", 22));
}

static void
test_replace (Fixture *fixture, gconstpointer data)
{
  static const struct
  {
    const char *before;
    const char *after;
  } cases[] = {
    { "host $A\nother $B", "other $B\nhost $B\n" }, { "host,other $A\n", "other $A\nhost $B\n" },
    { "host $A\nhost $B\n", "host $B\n" }, /* it is there already */
    { "other $A\n", "other $A\nhost $B\n" },        { "", "host $B\n" },
  };
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      write_file (fixture, cases[i].before);
      g_assert_true (culvert_known_hosts_replace (fixture->path, "host", 22,
                                                  known_hosts_get_blob (KEY_A),
                                                  known_hosts_get_blob (KEY_B), &error));
      g_assert_no_error (error);
      assert_file (fixture, cases[i].after);
    }

  g_remove (fixture->path);
  g_assert_true (culvert_known_hosts_replace (
    fixture->path, "host", 22, known_hosts_get_blob (KEY_A), known_hosts_get_blob (KEY_B), &error));
  g_assert_no_error (error);
  assert_file (fixture, "host $B\n");

  /* A name that cannot be written down leaves everything as it was. */
  write_file (fixture, "host $A\n");
  g_assert_false (culvert_known_hosts_replace (
    fixture->path, "h*st", 22, known_hosts_get_blob (KEY_A), known_hosts_get_blob (KEY_B), &error));
  g_assert_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_STORE);
  assert_file (fixture, "host $A\n");
}

static guint
count_files (Fixture *fixture)
{
  g_autoptr (GDir) listing = g_dir_open (culvert_temp_dir_get_path (fixture->dir), 0, NULL);
  guint            n_files = 0;

  while (g_dir_read_name (listing) != NULL)
    n_files++;
  return n_files;
}

static void
test_rewrite_keeps_place (Fixture *fixture, gconstpointer data)
{
  g_autofree char   *folder = culvert_temp_dir_build (fixture->dir, "real");
  g_autofree char   *target = g_build_filename (folder, "hosts", NULL);
  g_autofree char   *text = known_hosts_expand ("host $A\nother $B\n");
  g_autofree char   *missing = culvert_temp_dir_build (fixture->dir, "missing");
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  g_assert_true (g_file_set_contents (target, text, -1, NULL));
  g_assert_cmpint (g_chmod (target, 0640), ==, 0);
  g_assert_cmpint (symlink (target, fixture->path), ==, 0);

  g_assert_true (culvert_known_hosts_forget (fixture->path, "host", 22, NULL, NULL, &error));
  g_assert_no_error (error);
  assert_file (fixture, "other $B\n");
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_IS_SYMLINK));
  g_assert_false (g_file_test (target, G_FILE_TEST_IS_SYMLINK));
  g_assert_cmpuint (get_mode (target), ==, 0640);

  /* Appending goes through the link as well, even to a file that is not there yet. */
  append (fixture, "host", 22, KEY_A);
  assert_file (fixture, "other $B\nhost $A\n");
  g_assert_cmpint (g_remove (target), ==, 0);
  append (fixture, "host", 22, KEY_A);
  g_assert_true (g_file_test (fixture->path, G_FILE_TEST_IS_SYMLINK));

  g_assert_true (culvert_known_hosts_forget (missing, "host", 22, NULL, NULL, &error));
  g_assert_no_error (error);
  g_assert_false (g_file_test (missing, G_FILE_TEST_EXISTS));
  g_assert_cmpuint (count_files (fixture), ==, 2);
}

static void
test_rewrite_fails (Fixture *fixture, gconstpointer data)
{
  gboolean           is_root = geteuid () == 0;
  g_autoptr (GError) error = NULL;

  write_file (fixture, "host $A\n");
  g_assert_cmpint (g_chmod (fixture->path, 0400), ==, 0);
  if (is_root)
    {
      g_assert_cmpint (g_chmod (culvert_temp_dir_get_path (fixture->dir), 0755), ==, 0);
      g_assert_cmpint (g_chmod (fixture->path, 0444), ==, 0);
      g_assert_cmpint (seteuid (65534), ==, 0);
    }
  g_assert_false (culvert_known_hosts_forget (fixture->path, "host", 22, NULL, NULL, &error));
  g_assert_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_STORE);
  g_clear_error (&error);
  g_assert_false (
    culvert_known_hosts_append (fixture->path, "host", 22, known_hosts_get_blob (KEY_A), &error));
  g_assert_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_STORE);
  if (is_root)
    g_assert_cmpint (seteuid (0), ==, 0);
  assert_file (fixture, "host $A\n");
  g_assert_cmpuint (count_files (fixture), ==, 1);
}

/* T27 and what goes with it: several processes write at once.  This program is started again for that. */

#define N_LINES 500

/* Appends with room for a few more bytes only, as on a disk that is full in the middle of a line. */
static int
run_limited (const char *path, GBytes *blob)
{
  struct stat        status;
  struct rlimit      limit;
  g_autoptr (GError) error = NULL;

  signal (SIGXFSZ, SIG_IGN);
  if (stat (path, &status) != 0)
    return 2;
  limit.rlim_cur = (rlim_t)status.st_size + 30;
  limit.rlim_max = limit.rlim_cur;
  if (setrlimit (RLIMIT_FSIZE, &limit) != 0)
    return 3;
  if (culvert_known_hosts_append (path, "host", 22, blob, &error))
    return 4;
  return g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_STORE) ? 0 : 5;
}

static int
run_writer (char **arguments)
{
  const char        *path = arguments[0];
  const char        *what = arguments[1];
  g_autofree char   *base64 = g_strdup (arguments[2]);
  gsize              n_blob;
  g_autofree guchar *blob_bytes = g_base64_decode (base64, &n_blob);
  g_autoptr (GBytes) blob = g_bytes_new (blob_bytes, n_blob);
  g_autoptr (GError) error = NULL;

  if (strcmp (what, "limited") == 0)
    return run_limited (path, blob);

  for (guint i = 0; i < N_LINES; i++)
    {
      g_autofree char *host = g_strdup_printf ("%s-%u", what, i);

      if (!culvert_known_hosts_append (path, host, 22, blob, &error) ||
          (strcmp (what, "rewriter") == 0 && i % 10 == 9 &&
           !culvert_known_hosts_forget (path, "rewriter-0", 22, NULL, NULL, &error)))
        {
          g_printerr ("%s\n", error->message);
          return 1;
        }
    }
  return 0;
}

static CulvertChildProcess *
start_writer (Fixture *fixture, const char *what)
{
  g_autofree char *log = culvert_temp_dir_build (fixture->dir, what);
  g_autofree char *program = g_file_read_link ("/proc/self/exe", NULL);
  g_auto (GStrv)   words = g_strsplit (known_hosts_get_text (KEY_A), " ", 2);

  return culvert_child_process_start (
    (const char *const[]){ program, "--write", fixture->path, what, words[1], NULL }, NULL, log);
}

static void
finish_writer (CulvertChildProcess *writer)
{
  g_autofree char *log = NULL;

  culvert_test_wait_until (!culvert_child_process_is_running (writer), 60000);
  log = culvert_child_process_read_log (writer);
  g_assert_cmpstr (log, ==, "");
  g_assert_cmpint (culvert_child_process_get_status (writer), ==, 0);
  culvert_child_process_free (writer);
}

/* Every line of @writers is there once, whole, and nothing else but @n_others. */
static void
assert_lines (Fixture *fixture, const char *const *writers, guint n_missing_each, guint n_others)
{
  g_autofree char *text = NULL;
  g_auto (GStrv)   lines = NULL;
  guint            n_found = 0;

  g_file_get_contents (fixture->path, &text, NULL, NULL);
  g_assert_true (g_str_has_suffix (text, "\n"));
  lines = g_strsplit (text, "\n", -1);
  for (gsize i = 0; writers[i] != NULL; i++)
    for (guint j = n_missing_each; j < N_LINES; j++)
      {
        g_autofree char *line =
          g_strdup_printf ("%s-%u %s", writers[i], j, known_hosts_get_text (KEY_A));

        g_assert_true (g_strv_contains ((const char *const *)lines, line));
        n_found++;
      }
  /* The last piece is the nothing behind the last line end. */
  g_assert_cmpuint (g_strv_length (lines) - 1, ==, n_found + n_others);
}

static void
test_race (Fixture *fixture, gconstpointer data)
{
  CulvertChildProcess *one;
  CulvertChildProcess *two;

  /* A file without a final line end, for whoever comes first. */
  write_file (fixture, "before $B");
  one = start_writer (fixture, "one");
  two = start_writer (fixture, "two");
  finish_writer (one);
  finish_writer (two);
  assert_lines (fixture, (const char *const[]){ "one", "two", NULL }, 0, 1);
}

/* While one appends, another replaces the file again and again: no line may go with the old file. */
static void
test_race_with_rewrite (Fixture *fixture, gconstpointer data)
{
  CulvertChildProcess *one = start_writer (fixture, "one");
  CulvertChildProcess *rewriter = start_writer (fixture, "rewriter");

  finish_writer (one);
  finish_writer (rewriter);
  assert_lines (fixture, (const char *const[]){ "one", NULL }, 0, N_LINES - 1);
}

static void
test_lock_held (Fixture *fixture, gconstpointer data)
{
  CulvertChildProcess *writer;
  int                  fd;

  write_file (fixture, "before $B\n");
  fd = g_open (fixture->path, O_RDWR | O_CLOEXEC, 0);
  g_assert_cmpint (fd, >=, 0);
  g_assert_cmpint (flock (fd, LOCK_EX), ==, 0);

  writer = start_writer (fixture, "one");
  culvert_test_spend (300);
  assert_file (fixture, "before $B\n");
  close (fd);
  finish_writer (writer);
  assert_lines (fixture, (const char *const[]){ "one", NULL }, 0, 1);
}

static void
test_full_disk (Fixture *fixture, gconstpointer data)
{
  write_file (fixture, "before $B\n");
  finish_writer (start_writer (fixture, "limited"));
  assert_file (fixture, "before $B\n");
  append (fixture, "host", 22, KEY_A);
  assert_file (fixture, "before $B\nhost $A\n");
}

static void
add (const char *name, void (*test) (Fixture *, gconstpointer))
{
  g_autofree char *path = g_strconcat ("/ssh/known-hosts-file/", name, NULL);

  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

/* What was removed by line comes back byte for byte, also when others have written meanwhile. */
static void
test_lines (void)
{
  static const char before[] = "# mine\r\none two AAAA\n\n|1|x|y ssh-ed25519 zz\none two AAAA";
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();
  g_autofree char           *path = culvert_temp_dir_write (dir, "known_hosts", before);
  g_autofree char           *link = culvert_temp_dir_build (dir, "link");
  g_autofree char           *text = NULL;
  g_autoptr (GError)         error = NULL;
  guint                      n_removed;

  g_assert_cmpint (symlink ("known_hosts", link), ==, 0);
  g_assert_cmpint (g_chmod (path, 0640), ==, 0);
  for (guint line_number = 2; line_number <= 5; line_number += 3)
    {
      g_assert_true (
        culvert_known_hosts_remove_line (link, line_number, "one two AAAA", &n_removed, &error));
      g_assert_no_error (error);
      g_assert_cmpuint (n_removed, ==, 1);
      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      g_assert_cmpstr (text, ==,
                       line_number == 2 ? "# mine\r\n\n|1|x|y ssh-ed25519 zz\none two AAAA"
                                        : "# mine\r\none two AAAA\n\n|1|x|y ssh-ed25519 zz\n");
      g_clear_pointer (&text, g_free);
      g_assert_true (culvert_known_hosts_insert_line (link, line_number, "one two AAAA", &error));
      g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
      /* The last line has an end now. */
      g_assert_true (g_str_has_prefix (text, before));
      g_clear_pointer (&text, g_free);
      g_assert_true (g_file_set_contents (path, before, -1, NULL));
      g_assert_cmpint (g_chmod (path, 0640), ==, 0);
    }

  /* Moved, gone, and a place that the file does not reach any more. */
  g_assert_true (
    culvert_known_hosts_remove_line (path, 9, "|1|x|y ssh-ed25519 zz", &n_removed, &error));
  g_assert_cmpuint (n_removed, ==, 1);
  g_assert_true (
    culvert_known_hosts_remove_line (path, 4, "|1|x|y ssh-ed25519 zz", &n_removed, &error));
  g_assert_cmpuint (n_removed, ==, 0);
  g_assert_true (culvert_known_hosts_insert_line (path, 9, "last", &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_true (g_str_has_suffix (text, "one two AAAA\nlast\n"));
  g_assert_true (g_file_test (link, G_FILE_TEST_IS_SYMLINK));

  g_assert_cmpint (g_unlink (path), ==, 0);
  g_assert_true (culvert_known_hosts_insert_line (path, 3, "alone", &error));
  g_clear_pointer (&text, g_free);
  g_assert_true (g_file_get_contents (path, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, "alone\n");
}

int
main (int argc, char **argv)
{
  if (argc == 5 && strcmp (argv[1], "--write") == 0)
    return run_writer (argv + 2);

  g_test_init (&argc, &argv, NULL);
  known_hosts_make_keys ();

  add ("read", test_read_file);
  add ("append", test_append);
  add ("append-makes-folder", test_append_makes_folder);
  add ("append-without-line-end", test_append_without_line_end);
  add ("append-keeps-mode", test_append_keeps_mode);
  add ("append-hashed", test_append_hashed);
  add ("append-refuses", test_append_refuses);
  add ("not-writable", test_not_writable);
  add ("forget", test_forget);
  add ("forget-hashed", test_forget_hashed);
  add ("replace", test_replace);
  add ("rewrite-keeps-place", test_rewrite_keeps_place);
  add ("rewrite-fails", test_rewrite_fails);
  add ("race", test_race);
  add ("race-with-rewrite", test_race_with_rewrite);
  add ("lock-held", test_lock_held);
  add ("full-disk", test_full_disk);
  g_test_add_func ("/ssh/known-hosts-file/lines", test_lines);

  return g_test_run ();
}
