/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/sandbox-private.h"

#include <string.h>

#define INFO_MAX (64 * 1024)

typedef struct
{
  gboolean           is_around;
  CulvertSandboxLack lacks;
} Sandbox;

static Sandbox here;

static gboolean
has_item (GKeyFile *info, const char *key, const char *const *wanted)
{
  g_auto (GStrv) items = g_key_file_get_string_list (info, "Context", key, NULL, NULL);

  for (gsize i = 0; items != NULL && items[i] != NULL; i++)
    {
      /* "~/.ssh:ro" */
      items[i][strcspn (items[i], ":")] = '\0';
      if (g_strv_contains (wanted, items[i]))
        return TRUE;
    }
  return FALSE;
}

/* Spec: flatpak-metadata(5), which is also the form of /.flatpak-info: what was really granted. */
static void
read_info (const char *text, gsize length, Sandbox *sandbox)
{
  static const char *const agents[] = { "ssh-auth", NULL };
  static const char *const folders[] = { "~/.ssh", "~", "home", "host", NULL };
  const char              *agent = g_getenv ("SSH_AUTH_SOCK");
  g_autoptr (GKeyFile)     info = g_key_file_new ();

  *sandbox = (Sandbox){ .is_around = TRUE };
  /* What cannot be understood names nothing that a person should open. */
  if (!g_key_file_load_from_data (info, text, length, G_KEY_FILE_NONE, NULL))
    return;
  /* It may also have been let in as a file. */
  if (!has_item (info, "sockets", agents) &&
      (agent == NULL || !g_file_test (agent, G_FILE_TEST_EXISTS)))
    sandbox->lacks |= CULVERT_SANDBOX_AGENT;
  if (!has_item (info, "filesystems", folders))
    sandbox->lacks |= CULVERT_SANDBOX_SSH_FOLDER;
}

static const Sandbox *
look (void)
{
  static gsize has_looked = 0;

  if (g_once_init_enter (&has_looked))
    {
      g_autofree char *text = NULL;
      gsize            length = 0;

      if (g_file_get_contents (CULVERT_SANDBOX_MARK, &text, &length, NULL))
        read_info (text, MIN (length, INFO_MAX), &here);
      g_once_init_leave (&has_looked, 1);
    }
  return &here;
}

void
culvert_sandbox_pretend (const char *info)
{
  look ();
  here = (Sandbox){ .is_around = FALSE };
  if (info != NULL)
    read_info (info, strlen (info), &here);
}

gboolean
culvert_sandbox_is_around (void)
{
  return look ()->is_around;
}

CulvertSandboxLack
culvert_sandbox_get_lacks (void)
{
  return look ()->lacks;
}

char *
culvert_sandbox_dup_override (CulvertSandboxLack lacks)
{
  if (lacks == CULVERT_SANDBOX_NOTHING)
    return NULL;
  return g_strdup_printf ("flatpak override --user%s%s " CULVERT_APP_ID,
                          (lacks & CULVERT_SANDBOX_AGENT) != 0 ? " --socket=ssh-auth" : "",
                          (lacks & CULVERT_SANDBOX_SSH_FOLDER) != 0 ? " --filesystem=~/.ssh:ro"
                                                                    : "");
}

gboolean
culvert_sandbox_is_in_ssh_folder (const char *path)
{
  g_autofree char *folder = g_build_filename (g_get_home_dir (), ".ssh", G_DIR_SEPARATOR_S, NULL);

  return g_str_has_prefix (path, folder) || g_str_has_prefix (path, "~/.ssh/");
}
