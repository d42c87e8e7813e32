/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/safe-file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NULL_DEVICE  "/dev/null"
#define GROUP_BUFFER (16 * 1024)

static gboolean
fail (GError **error, GFileError code, const char *reason)
{
  g_set_error_literal (error, G_FILE_ERROR, code, reason);
  return FALSE;
}

static gboolean
fail_with_errno (GError **error, int error_number)
{
  return fail (error, g_file_error_from_errno (error_number), g_strerror (error_number));
}

/* Many systems give each person a group of their own, and make files that it may write. */
static gboolean
is_own_group (gid_t id)
{
  char          buffer[GROUP_BUFFER];
  struct group  group;
  struct group *found = NULL;
  const char   *name = g_get_user_name ();

  if (id != getgid () || getgrgid_r (id, &group, buffer, sizeof buffer, &found) != 0 ||
      found == NULL || strcmp (found->gr_name, name) != 0)
    return FALSE;
  return found->gr_mem[0] == NULL ||
         (strcmp (found->gr_mem[0], name) == 0 && found->gr_mem[1] == NULL);
}

static gboolean
is_safe (const struct stat *status)
{
  if (status->st_uid != 0 && status->st_uid != getuid ())
    return FALSE;
  if ((status->st_mode & S_IWGRP) != 0 && !is_own_group (status->st_gid))
    return FALSE;
  return (status->st_mode & S_IWOTH) == 0;
}

static gboolean
check (const struct stat *status, gsize n_max, gboolean must_be_safe, GError **error)
{
  if (S_ISDIR (status->st_mode))
    return fail (error, G_FILE_ERROR_ISDIR, "is a folder");
  if (!S_ISREG (status->st_mode))
    return fail (error, G_FILE_ERROR_INVAL, "is no ordinary file: copy it into one");
  if (must_be_safe && !is_safe (status))
    return fail (error, G_FILE_ERROR_PERM,
                 "others could have written it: own it, and take their permission to write away");
  return (guint64)status->st_size <= n_max ||
         fail (error, G_FILE_ERROR_INVAL, "is too long to be read");
}

static gboolean
read_all (int fd, gsize n_max, GString *text, GError **error)
{
  char block[4096];

  while (TRUE)
    {
      ssize_t n_read = read (fd, block, sizeof block);

      if (n_read < 0 && errno == EINTR)
        continue;
      if (n_read < 0)
        return fail_with_errno (error, errno);
      if (n_read == 0)
        return TRUE;
      /* It may grow while it is read. */
      if (text->len + (gsize)n_read > n_max)
        return fail (error, G_FILE_ERROR_INVAL, "is too long to be read");
      g_string_append_len (text, block, n_read);
    }
}

char *
culvert_safe_file_read (const char *path, gsize n_max, gboolean must_be_safe, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  struct stat         status;
  gboolean            is_good;
  int                 fd;

  if (strcmp (path, NULL_DEVICE) == 0)
    return g_strdup ("");
  /* Opening a pipe waits for somebody at its other end. */
  fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0)
    {
      fail_with_errno (error, errno);
      return NULL;
    }
  if (fstat (fd, &status) != 0)
    is_good = fail_with_errno (error, errno);
  else
    is_good = check (&status, n_max, must_be_safe, error) && read_all (fd, n_max, text, error);
  close (fd);
  /* The text up to a NUL, whatever stands behind it. */
  return is_good ? g_strdup (text->str) : NULL;
}

guint
culvert_safe_file_get_user_id (void)
{
  return (guint)getuid ();
}
