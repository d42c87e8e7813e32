/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/key-format.h"

#include "core/errors.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static CulvertScratch *
fail (int fd, GError **error, CulvertSshError code, const char *path, const char *what)
{
  g_set_error (error, CULVERT_SSH_ERROR, (int)code, "%s: %s", path, what);
  culvert_error_set_fact (error, CULVERT_FACT_FILE, path);
  culvert_error_set_fact (error, CULVERT_FACT_REASON, what);
  if (fd >= 0)
    close (fd);
  return NULL;
}

static gboolean
is_open_to_others (const struct stat *status)
{
  return status->st_uid == getuid () && (status->st_mode & 077) != 0;
}

CulvertScratch *
culvert_key_file_read (const char *path, gboolean is_secret, GError **error)
{
  /* Not to wait for the other end of a FIFO, if that is what somebody chose. */
  int         fd = open (path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  struct stat status;
  gsize       n_read = 0;
  gssize      n_more = 1;

  if (fd < 0)
    return fail (fd, error,
                 errno == ENOENT || errno == ENOTDIR ? CULVERT_SSH_ERROR_KEY_NOT_FOUND
                                                     : CULVERT_SSH_ERROR_KEY_UNREADABLE,
                 path, g_strerror (errno));

  if (fstat (fd, &status) != 0)
    return fail (fd, error, CULVERT_SSH_ERROR_KEY_UNREADABLE, path, g_strerror (errno));
  if (S_ISDIR (status.st_mode))
    return fail (fd, error, CULVERT_SSH_ERROR_KEY_UNREADABLE, path, "this is a folder");
  if (!S_ISREG (status.st_mode))
    return fail (fd, error, CULVERT_SSH_ERROR_KEY_UNREADABLE, path, "not a regular file");
  if (status.st_size > CULVERT_KEY_FILE_MAX)
    return fail (fd, error, CULVERT_SSH_ERROR_KEY_UNREADABLE, path, "too large for a key");
  if (is_secret && is_open_to_others (&status))
    {
      g_autofree char *quoted = g_shell_quote (path);
      g_autofree char *advice = g_strdup_printf (
        "others may read it (mode %04o); run: chmod 600 %s", (guint)status.st_mode & 07777, quoted);

      return fail (fd, error, CULVERT_SSH_ERROR_KEY_PERMISSIONS, path, advice);
    }

  g_autoptr (CulvertScratch) file = culvert_scratch_new ((gsize)status.st_size);

  while (n_more != 0 && n_read < file->n_bytes)
    {
      n_more = read (fd, file->bytes + n_read, file->n_bytes - n_read);
      if (n_more < 0 && errno != EINTR)
        return fail (fd, error, CULVERT_SSH_ERROR_KEY_UNREADABLE, path, g_strerror (errno));
      n_read += n_more > 0 ? (gsize)n_more : 0;
    }

  file->n_bytes = n_read;
  file->bytes[n_read] = 0;
  close (fd);
  return g_steal_pointer (&file);
}
