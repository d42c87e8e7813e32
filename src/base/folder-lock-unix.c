/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/folder-lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#define RETRY_MS 5

struct _CulvertFolderLock
{
  int fd;
};

static void
set_error_from_errno (GError **error, int saved_errno)
{
  g_set_error_literal (error, G_IO_ERROR, (int)g_io_error_from_errno (saved_errno),
                       g_strerror (saved_errno));
}

/* Locks the folder itself, so no lock file is left lying in it. */
CulvertFolderLock *
culvert_folder_lock_new (const char *dir, guint timeout_ms, GError **error)
{
  gint64             give_up_us = g_get_monotonic_time () + timeout_ms * G_TIME_SPAN_MILLISECOND;
  CulvertFolderLock *self;
  int                fd;

  g_return_val_if_fail (dir != NULL, NULL);

  fd = open (dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0)
    {
      set_error_from_errno (error, errno);
      return NULL;
    }
  while (flock (fd, LOCK_EX | LOCK_NB) != 0)
    {
      int saved_errno = errno;

      if (saved_errno == EINTR)
        continue;
      if (saved_errno != EWOULDBLOCK)
        break;
      if (g_get_monotonic_time () >= give_up_us)
        {
          close (fd);
          g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_BUSY,
                               "another program is writing there");
          return NULL;
        }
      g_usleep (RETRY_MS * 1000);
    }
  self = g_new (CulvertFolderLock, 1);
  self->fd = fd;
  return self;
}

void
culvert_folder_lock_free (CulvertFolderLock *self)
{
  g_return_if_fail (self != NULL);

  close (self->fd);
  g_free (self);
}
