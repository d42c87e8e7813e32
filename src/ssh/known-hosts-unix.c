/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/known-hosts-private.h"

#include "core/errors.h"

#include <glib/gstdio.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOCK_TIMEOUT_MS 10000

/* Closes the file behind it, which also unlocks it. */
typedef int Descriptor;

static void
close_descriptor (Descriptor *self)
{
  int saved_errno = errno;

  if (*self >= 0)
    close (*self);
  errno = saved_errno;
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Descriptor, close_descriptor)

static gboolean
fail (GError **error, const char *path, const char *what)
{
  g_set_error (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_STORE, "%s: %s", path, what);
  culvert_error_set_fact (error, CULVERT_FACT_FILE, path);
  culvert_error_set_fact (error, CULVERT_FACT_REASON, what);
  return FALSE;
}

static gboolean
fail_errno (GError **error, const char *path)
{
  return fail (error, path, g_strerror (errno));
}

static GBytes *
read_all (int fd, const char *path, GError **error)
{
  g_autoptr (GByteArray) content = g_byte_array_new ();
  guint8                 block[16 * 1024];
  gssize                 n_read;

  while ((n_read = read (fd, block, sizeof block)) != 0)
    {
      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read < 0)
        {
          fail_errno (error, path);
          return NULL;
        }
      if (content->len + (gsize)n_read > CULVERT_KNOWN_HOSTS_FILE_MAX)
        {
          fail (error, path, "too large for a list of host keys");
          return NULL;
        }
      g_byte_array_append (content, block, (guint)n_read);
    }
  return g_byte_array_free_to_bytes (g_steal_pointer (&content));
}

GBytes *
culvert_known_hosts_read_file (const char *path, GError **error)
{
  /* Not to wait for the other end of a FIFO. */
  g_auto (Descriptor) fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

  if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
    return g_bytes_new_static ("", 0);
  if (fd < 0)
    {
      fail_errno (error, path);
      return NULL;
    }
  return read_all (fd, path, error);
}

/* Whether @path still leads to the file that was opened: another may have taken its place while we
 * waited for the lock. */
static gboolean
is_current (int fd, const char *path)
{
  struct stat opened;
  struct stat named;

  return fstat (fd, &opened) == 0 && stat (path, &named) == 0 && opened.st_dev == named.st_dev &&
         opened.st_ino == named.st_ino;
}

/* Locks are held for one write; who holds one longer is not waited for for ever.  Some network file
 * systems cannot lock: then one write is all the protection there is. */
static gboolean
lock (int fd)
{
  gint64 end_us = g_get_monotonic_time () + LOCK_TIMEOUT_MS * G_TIME_SPAN_MILLISECOND;

  while (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      if (errno == ENOLCK || errno == EOPNOTSUPP || errno == EINVAL)
        return TRUE;
      if (errno != EINTR && errno != EWOULDBLOCK)
        return FALSE;
      if (g_get_monotonic_time () > end_us)
        {
          errno = EBUSY;
          return FALSE;
        }
      g_usleep ((gulong)g_random_int_range (200, 2000));
    }
  return TRUE;
}

/* Returns: an open and locked file, or -1 with errno. */
static int
open_locked (const char *path, int flags)
{
  for (;;)
    {
      g_auto (Descriptor) fd = open (path, flags | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0600);

      if (fd < 0 || !lock (fd))
        return -1;

      if (is_current (fd, path))
        {
          int result = fd;

          fd = -1;
          return result;
        }
    }
}

/* Devices such as /dev/null have nothing to flush. */
static gboolean
flush (int fd)
{
  return fsync (fd) == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP;
}

/* Appends all or nothing; errno says why nothing. */
static gboolean
write_once (int fd, const char *bytes, gsize n_bytes, off_t size_before)
{
  struct stat status;
  gssize      n_written;

  do
    n_written = write (fd, bytes, n_bytes);
  while (n_written < 0 && errno == EINTR);

  if (n_written == (gssize)n_bytes)
    return TRUE;

  /* Half a line would spoil the next one.  It is taken back unless somebody wrote behind it. */
  if (n_written > 0)
    {
      if (fstat (fd, &status) == 0 && status.st_size == size_before + (off_t)n_written &&
          ftruncate (fd, size_before) != 0)
        return FALSE;
      errno = ENOSPC;
    }
  return FALSE;
}

static gboolean
lacks_line_end (int fd, off_t size)
{
  char last = '\n';

  return size > 0 && pread (fd, &last, 1, size - 1) == 1 && last != '\n';
}

gboolean
culvert_known_hosts_append_text (const char *path, const char *text, gsize n_bytes, GError **error)
{
  g_autofree char    *folder = g_path_get_dirname (path);
  g_auto (Descriptor) fd = -1;
  struct stat         status;
  g_autoptr (GString) whole = g_string_new_len (text, (gssize)n_bytes);

  if (g_mkdir_with_parents (folder, 0700) != 0)
    return fail_errno (error, folder);

  fd = open_locked (path, O_RDWR | O_APPEND | O_CREAT);
  if (fd < 0 || fstat (fd, &status) != 0)
    return fail_errno (error, path);

  if (S_ISREG (status.st_mode) && lacks_line_end (fd, status.st_size))
    g_string_prepend_c (whole, '\n');
  if (!write_once (fd, whole->str, whole->len, status.st_size) || !flush (fd))
    return fail_errno (error, path);
  return TRUE;
}

static gboolean
write_all (int fd, GBytes *content)
{
  gsize       n_bytes;
  const char *bytes = g_bytes_get_data (content, &n_bytes);

  while (n_bytes > 0)
    {
      gssize n_written = write (fd, bytes, n_bytes);

      if (n_written < 0 && errno != EINTR)
        return FALSE;
      if (n_written > 0)
        {
          bytes += n_written;
          n_bytes -= (gsize)n_written;
        }
    }
  return TRUE;
}

/* The new name in the folder is to survive a power cut as well; where folders cannot be flushed, so be
 * it. */
static void
flush_folder (const char *path)
{
  g_autofree char    *folder = g_path_get_dirname (path);
  g_auto (Descriptor) fd = open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

  if (fd >= 0)
    fsync (fd);
}

static gboolean
put_in_place (const char *path, const struct stat *status, GBytes *content, GError **error)
{
  g_autofree char    *temporary = g_strconcat (path, ".XXXXXX", NULL);
  g_auto (Descriptor) fd = g_mkstemp_full (temporary, O_RDWR | O_CLOEXEC, 0600);

  if (fd < 0)
    return fail_errno (error, path);

  /* Only root can give a file away, and only then is there something to give. */
  if (status->st_uid != geteuid () && fchown (fd, status->st_uid, status->st_gid) != 0)
    g_debug ("%s: the owner is not kept", path);

  if (fchmod (fd, status->st_mode & 07777) != 0 || !write_all (fd, content) || fsync (fd) != 0 ||
      g_rename (temporary, path) != 0)
    {
      fail_errno (error, path);
      g_unlink (temporary);
      return FALSE;
    }
  flush_folder (path);
  return TRUE;
}

gboolean
culvert_known_hosts_edit_file (const char               *path,
                               CulvertKnownHostsEditFunc edit,
                               gpointer                  user_data,
                               GError                  **error)
{
  /* The file itself, where links lead to it: a rename would replace the link. */
  char               *resolved = realpath (path, NULL);
  g_auto (Descriptor) fd = -1;
  struct stat         status;
  gboolean            ok = FALSE;
  g_autoptr (GBytes)  content = NULL;
  g_autoptr (GBytes)  edited = NULL;

  if (resolved == NULL && errno == ENOENT)
    return TRUE;
  if (resolved == NULL)
    return fail_errno (error, path);

  fd = open_locked (resolved, O_RDWR);
  if (fd < 0 || fstat (fd, &status) != 0)
    fail_errno (error, path);
  else if (!S_ISREG (status.st_mode))
    fail (error, path, "not a regular file");
  else if ((content = read_all (fd, path, error)) != NULL)
    {
      edited = edit (content, user_data);
      ok = edited == NULL || put_in_place (resolved, &status, edited, error);
    }

  free (resolved);
  return ok;
}
