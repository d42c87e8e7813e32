/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-files.h"

#include "base/safe-file.h"

#define FILE_MAX      (1024 * 1024) /* bytes */
#define NAMES_MAX     10000         /* in one folder */
#define SYSTEM_FOLDER "/etc/ssh"

typedef struct
{
  CulvertSshFiles files; /* first: what others see */
  char           *uid;
} SystemFiles;

static char *
read_cb (const char *path, gboolean must_be_safe, gpointer data, GError **error)
{
  return culvert_safe_file_read (path, FILE_MAX, must_be_safe, error);
}

static GStrv
list_cb (const char *folder, gpointer data)
{
  g_autoptr (GStrvBuilder) names = g_strv_builder_new ();
  g_autoptr (GDir)         listing = g_dir_open (folder, 0, NULL);
  const char              *name;

  for (guint i = 0; listing != NULL && i < NAMES_MAX; i++)
    {
      name = g_dir_read_name (listing);
      if (name == NULL)
        break;
      g_strv_builder_add (names, name);
    }
  return g_strv_builder_end (names);
}

static char *
get_variable_cb (const char *name, gpointer data)
{
  return g_strdup (g_getenv (name));
}

CulvertSshFiles *
culvert_ssh_files_new (void)
{
  SystemFiles *self = g_new0 (SystemFiles, 1);

  self->uid = g_strdup_printf ("%u", culvert_safe_file_get_user_id ());
  self->files = (CulvertSshFiles){
    .home = g_get_home_dir (),
    .system_folder = SYSTEM_FOLDER,
    .local_user = g_get_user_name (),
    .local_uid = self->uid,
    .local_host = g_get_host_name (),
    .read = read_cb,
    .list = list_cb,
    .get_variable = get_variable_cb,
  };
  return &self->files;
}

void
culvert_ssh_files_free (CulvertSshFiles *self)
{
  SystemFiles *system = (SystemFiles *)self;

  g_free (system->uid);
  g_free (system);
}
