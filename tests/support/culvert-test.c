/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/culvert-test.h"

#include <dirent.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define TURN_MS 5

/* Ports that servers get which cannot be told to take any: above those that programs like to have,
 * below the kernel's own (net.ipv4.ip_local_port_range starts at 32768). */
#define PORT_FIRST 12000
#define PORT_LAST  31999

/* OpenSSL, in the programs that have it: its clean-up at exit forgets what threads that still live
 * (those of GLib's pool) hold, which then counts as leaked.  Without it everything stays reachable. */
#define OPENSSL_INIT_NO_ATEXIT 0x00080000
extern int OPENSSL_init_crypto (guint64 options, const void *settings) __attribute__ ((weak));

__attribute__ ((constructor)) static void
keep_openssl_until_the_end (void)
{
  if (OPENSSL_init_crypto != NULL)
    OPENSSL_init_crypto (OPENSSL_INIT_NO_ATEXIT, NULL);
}

/* Waiting */

double
culvert_test_get_patience (void)
{
  const char *text = g_getenv ("CULVERT_TEST_PATIENCE");

  return text != NULL ? CLAMP (g_ascii_strtod (text, NULL), 1.0, 100.0) : 1.0;
}

gint64
culvert_test_deadline_us (guint deadline_ms)
{
  return g_get_monotonic_time () + (gint64)(deadline_ms * 1000.0 * culvert_test_get_patience ());
}

static gboolean
end_turn_cb (gpointer data)
{
  return G_SOURCE_REMOVE;
}

/* One turn of the thread-default context that ends after TURN_MS at the latest. */
static void
turn_once (guint limit_ms)
{
  GMainContext *context = g_main_context_get_thread_default ();
  GSource      *limit = g_timeout_source_new (MIN (limit_ms, TURN_MS));

  g_source_set_callback (limit, end_turn_cb, NULL, NULL);
  g_source_set_priority (limit, G_PRIORITY_LOW);
  g_source_attach (limit, context);
  g_main_context_iteration (context, TRUE);
  g_source_destroy (limit);
  g_source_unref (limit);
}

void
culvert_test_turn (gint64      end_us,
                   const char *what,
                   const char *file,
                   int         line,
                   const char *function)
{
  if (g_get_monotonic_time () >= end_us)
    {
      g_autofree char *message = g_strdup_printf ("deadline passed while waiting for: %s", what);

      g_assertion_message (G_LOG_DOMAIN, file, line, function, message);
    }

  turn_once (TURN_MS);
}

void
culvert_test_wait_at (CulvertTestCondition condition,
                      gpointer             data,
                      guint                deadline_ms,
                      const char          *what,
                      const char          *file,
                      int                  line,
                      const char          *function)
{
  gint64 end_us = culvert_test_deadline_us (deadline_ms);

  while (!condition (data))
    culvert_test_turn (end_us, what, file, line, function);
}

void
culvert_test_spend (guint duration_ms)
{
  gint64 end_us = g_get_monotonic_time () + (gint64)duration_ms * 1000;
  gint64 left_us;

  while ((left_us = end_us - g_get_monotonic_time ()) > 0)
    turn_once ((guint)(left_us / 1000));
}

/* Temporary folder */

struct _CulvertTempDir
{
  char *path;
};

static void
remove_entry (int parent, const char *name)
{
  struct stat info;

  if (fstatat (parent, name, &info, AT_SYMLINK_NOFOLLOW) == 0 && S_ISDIR (info.st_mode))
    {
      int  folder = openat (parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      DIR *listing;
      struct dirent *entry;

      if (folder < 0 && fchmodat (parent, name, 0700, 0) == 0)
        folder = openat (parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      listing = folder >= 0 ? fdopendir (folder) : NULL;
      if (listing != NULL)
        {
          fchmod (folder, 0700);
          while ((entry = readdir (listing)) != NULL)
            {
              if (!g_str_equal (entry->d_name, ".") && !g_str_equal (entry->d_name, ".."))
                remove_entry (folder, entry->d_name);
            }
          closedir (listing);
        }
      unlinkat (parent, name, AT_REMOVEDIR);
    }
  else
    {
      unlinkat (parent, name, 0);
    }
}

CulvertTempDir *
culvert_temp_dir_new (void)
{
  CulvertTempDir    *self = g_new0 (CulvertTempDir, 1);
  g_autoptr (GError) error = NULL;

  self->path = g_dir_make_tmp ("cv-XXXXXX", &error);
  g_assert_no_error (error);
  g_assert_cmpint (g_chmod (self->path, 0700), ==, 0);
  return self;
}

void
culvert_temp_dir_free (CulvertTempDir *self)
{
  remove_entry (AT_FDCWD, self->path);
  g_free (self->path);
  g_free (self);
}

const char *
culvert_temp_dir_get_path (CulvertTempDir *self)
{
  return self->path;
}

char *
culvert_temp_dir_build (CulvertTempDir *self, const char *name)
{
  return g_build_filename (self->path, name, NULL);
}

/* Not g_file_set_contents_full(): without the slow G_FILE_SET_CONTENTS_CONSISTENT it leaves the end
 * of a longer file that was there before. */
char *
culvert_temp_dir_write (CulvertTempDir *self, const char *name, const char *text)
{
  char *path = culvert_temp_dir_build (self, name);
  int   descriptor = open (path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  gsize length = text != NULL ? strlen (text) : 0;

  g_assert_cmpint (descriptor, >=, 0);
  g_assert_cmpint (write (descriptor, text, length), ==, length);
  g_assert_cmpint (close (descriptor), ==, 0);
  return path;
}

/* Ports */

/* No SO_REUSEADDR here: a port that somebody used a moment ago is not free for our purpose.  A
 * machine without IPv6 has no ::1 to be taken. */
static gboolean
can_bind (int family, guint16 port)
{
  struct sockaddr_storage storage = { 0 };
  int                     descriptor = socket (family, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int                     one = 1;
  socklen_t               length;
  gboolean                bound;

  if (descriptor < 0)
    return family == AF_INET6;

  storage.ss_family = (sa_family_t)family;
  if (family == AF_INET)
    {
      struct sockaddr_in *address = (struct sockaddr_in *)&storage;

      address->sin_addr.s_addr = htonl (INADDR_LOOPBACK);
      address->sin_port = htons (port);
      length = sizeof *address;
    }
  else
    {
      struct sockaddr_in6 *address = (struct sockaddr_in6 *)&storage;

      setsockopt (descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof one);
      address->sin6_addr = in6addr_loopback;
      address->sin6_port = htons (port);
      length = sizeof *address;
    }

  bound = bind (descriptor, (struct sockaddr *)&storage, length) == 0;
  if (!bound && family == AF_INET6 && errno == EADDRNOTAVAIL)
    bound = TRUE;
  close (descriptor);
  return bound;
}

guint16
culvert_test_free_port (void)
{
  static GHashTable *given = NULL;
  static GMutex      lock;
  guint              port = 0;

  g_mutex_lock (&lock);
  if (given == NULL)
    given = g_hash_table_new (NULL, NULL);
  for (int i = 0; i < 1000 && port == 0; i++)
    {
      guint candidate = (guint)g_random_int_range (PORT_FIRST, PORT_LAST + 1);

      if (!g_hash_table_contains (given, GUINT_TO_POINTER (candidate)) &&
          can_bind (AF_INET, (guint16)candidate) && can_bind (AF_INET6, (guint16)candidate))
        port = candidate;
    }
  g_assert_cmpuint (port, !=, 0);
  g_hash_table_add (given, GUINT_TO_POINTER (port));
  g_mutex_unlock (&lock);
  return (guint16)port;
}

/* This process */

void
culvert_test_allow_descriptors (guint n_descriptors)
{
  struct rlimit limit;

  g_assert_cmpint (getrlimit (RLIMIT_NOFILE, &limit), ==, 0);
  if (limit.rlim_cur >= n_descriptors)
    return;
  g_assert_cmpuint (limit.rlim_max, >=, n_descriptors);
  limit.rlim_cur = n_descriptors;
  g_assert_cmpint (setrlimit (RLIMIT_NOFILE, &limit), ==, 0);
}

gint64
culvert_test_get_cpu_us (void)
{
  struct rusage usage;

  g_assert_cmpint (getrusage (RUSAGE_SELF, &usage), ==, 0);
  return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * G_USEC_PER_SEC + usage.ru_utime.tv_usec +
         usage.ru_stime.tv_usec;
}

/* One "Name:  NUMBER" line of /proc/self/status. */
static guint64
read_status_number (const char *name)
{
  g_autofree char   *text = NULL;
  g_autoptr (GError) error = NULL;
  const char        *line;

  g_file_get_contents ("/proc/self/status", &text, NULL, &error);
  g_assert_no_error (error);
  line = strstr (text, name);
  g_assert_nonnull (line);
  return g_ascii_strtoull (line + strlen (name), NULL, 10);
}

gsize
culvert_test_get_rss_bytes (void)
{
  return (gsize)read_status_number ("\nVmRSS:") * 1024;
}

guint
culvert_test_get_n_threads (void)
{
  return (guint)read_status_number ("\nThreads:");
}

static guint
list_descriptors (GString *lines)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GDir)   listing = g_dir_open ("/proc/self/fd", 0, &error);
  const char        *name;
  guint              n = 0;

  g_assert_no_error (error);
  while ((name = g_dir_read_name (listing)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc/self/fd", name, NULL);
      g_autofree char *target = g_file_read_link (path, NULL);

      /* The descriptor of this very listing is not the caller's. */
      if (target != NULL && g_str_has_prefix (target, "/proc/") && g_str_has_suffix (target, "/fd"))
        continue;
      n++;
      if (lines != NULL)
        g_string_append_printf (lines, "%s -> %s\n", name, target != NULL ? target : "?");
    }
  return n;
}

guint
culvert_test_get_n_descriptors (void)
{
  return list_descriptors (NULL);
}

char *
culvert_test_describe_descriptors (void)
{
  GString *lines = g_string_new (NULL);

  list_descriptors (lines);
  return g_string_free (lines, FALSE);
}

/* Text */

char *
culvert_test_read_text (const char *path)
{
  g_autofree char   *text = NULL;
  gsize              length;
  g_autoptr (GError) error = NULL;

  g_file_get_contents (path, &text, &length, &error);
  g_assert_no_error (error);
  return g_utf8_make_valid (text, (gssize)length);
}

guint
culvert_test_count_text (const char *text, const char *part)
{
  guint n = 0;

  for (const char *at = text; (at = strstr (at, part)) != NULL; at += strlen (part))
    n++;
  return n;
}

/* Tick meter */

struct _CulvertTickMeter
{
  GSource *source;
  gint64   last_us;
  gint64   longest_us;
  guint    n_ticks;
};

static void
note_gap (CulvertTickMeter *self)
{
  gint64 now_us = g_get_monotonic_time ();

  self->longest_us = MAX (self->longest_us, now_us - self->last_us);
  self->last_us = now_us;
}

static gboolean
tick_cb (gpointer data)
{
  CulvertTickMeter *self = data;

  note_gap (self);
  self->n_ticks++;
  return G_SOURCE_CONTINUE;
}

CulvertTickMeter *
culvert_tick_meter_new (GMainContext *context, guint interval_ms, int priority)
{
  CulvertTickMeter *self = g_new0 (CulvertTickMeter, 1);

  self->last_us = g_get_monotonic_time ();
  self->source = g_timeout_source_new (interval_ms);
  g_source_set_priority (self->source, priority);
  g_source_set_callback (self->source, tick_cb, self, NULL);
  g_source_attach (self->source, context != NULL ? context : g_main_context_get_thread_default ());
  return self;
}

void
culvert_tick_meter_free (CulvertTickMeter *self)
{
  g_source_destroy (self->source);
  g_source_unref (self->source);
  g_free (self);
}

void
culvert_tick_meter_reset (CulvertTickMeter *self)
{
  self->last_us = g_get_monotonic_time ();
  self->longest_us = 0;
  self->n_ticks = 0;
}

/* The gap that is still open counts: a loop that stopped for good has no next tick. */
double
culvert_tick_meter_get_longest_ms (CulvertTickMeter *self)
{
  gint64 open_us = g_get_monotonic_time () - self->last_us;

  return (double)MAX (self->longest_us, open_us) / 1000.0;
}

guint
culvert_tick_meter_get_n_ticks (CulvertTickMeter *self)
{
  return self->n_ticks;
}
