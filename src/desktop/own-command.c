/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/own-command.h"

#include "base/sandbox.h"

GStrv
culvert_own_command (void)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_autofree char         *path = NULL;

  if (g_file_test (CULVERT_SANDBOX_MARK, G_FILE_TEST_EXISTS))
    {
      g_strv_builder_add_many (words, "/usr/bin/flatpak", "run", "--command=culvertctl",
                               CULVERT_APP_ID, NULL);
      return g_strv_builder_end (words);
    }
  path = g_find_program_in_path ("culvertctl");
  g_strv_builder_add (words, path != NULL ? path : "culvertctl");
  return g_strv_builder_end (words);
}

GStrv
culvert_own_window_command (void)
{
  g_autoptr (GStrvBuilder) words = g_strv_builder_new ();
  g_autofree char         *path = g_find_program_in_path ("culvert");

  if (path == NULL)
    path = g_file_read_link ("/proc/self/exe", NULL);
  g_strv_builder_add (words, path != NULL ? path : "culvert");
  return g_strv_builder_end (words);
}
