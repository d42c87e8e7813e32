/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/export-form.h"

#include "core/profile-file.h"
#include "core/public-keys.h"
#include "core/server-kit.h"
#include "core/ssh-command.h"
#include "core/ssh-config-write.h"
#include "core/systemd-unit.h"
#include "desktop/own-command.h"

static const char *const nicks[] = {
  [CULVERT_EXPORT_CULVERT] = "culvert",       [CULVERT_EXPORT_SSH] = "ssh",
  [CULVERT_EXPORT_SSH_CONFIG] = "ssh-config", [CULVERT_EXPORT_SYSTEMD] = "systemd",
  [CULVERT_EXPORT_SERVER_KIT] = "server-kit",
};

void
culvert_export_clear (CulvertExport *self)
{
  g_clear_pointer (&self->aliases, g_hash_table_unref);
}

gboolean
culvert_export_form_from_nick (const char *nick, CulvertExportForm *form)
{
  for (guint i = 0; i < G_N_ELEMENTS (nicks); i++)
    if (g_str_equal (nick, nicks[i]))
      {
        *form = (CulvertExportForm)i;
        return TRUE;
      }
  return FALSE;
}

gboolean
culvert_export_can_join (const CulvertExport *self)
{
  return self->form != CULVERT_EXPORT_CULVERT && self->form != CULVERT_EXPORT_SYSTEMD;
}

static char *
write_ssh (const CulvertProfile *profile)
{
  g_autofree char *command = culvert_ssh_command_from_profile (profile);

  return g_strconcat (command, "\n", NULL);
}

/* Of two blocks with one name ssh sees the first alone. */
static char *
write_ssh_config (CulvertExport *self, const CulvertProfile *profile)
{
  g_autofree char *alias = culvert_ssh_config_alias (profile);

  if (self->aliases == NULL)
    self->aliases = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  if (!g_hash_table_add (self->aliases, g_strdup (alias)))
    return culvert_ssh_config_from_profile (profile, profile->id);
  return culvert_ssh_config_from_profile (profile, alias);
}

static char *
write_systemd (const CulvertProfile *profile)
{
  g_auto (GStrv) program = culvert_own_command ();

  return culvert_systemd_unit_from_profile (profile, (const char *const *)program,
                                            g_getenv ("CULVERT_CONFIG_DIR"));
}

static char *
write_server_kit (const CulvertProfile *profile)
{
  g_auto (GStrv)        keys = culvert_public_keys_find (profile);
  g_autoptr (GPtrArray) kits = culvert_server_kits_new (profile, (const char *const *)keys);

  return culvert_server_kits_to_text (kits);
}

char *
culvert_export_write (CulvertExport *self, const CulvertProfile *profile)
{
  switch (self->form)
    {
    case CULVERT_EXPORT_SSH:
      return write_ssh (profile);
    case CULVERT_EXPORT_SSH_CONFIG:
      return write_ssh_config (self, profile);
    case CULVERT_EXPORT_SYSTEMD:
      return write_systemd (profile);
    case CULVERT_EXPORT_SERVER_KIT:
      return write_server_kit (profile);
    case CULVERT_EXPORT_CULVERT:
    default:
      return culvert_profile_to_shared_text (profile);
    }
}

char *
culvert_export_file_name (const CulvertExport *self, const CulvertProfile *profile)
{
  switch (self->form)
    {
    case CULVERT_EXPORT_SSH:
      return g_strconcat (profile->id, ".sh", NULL);
    case CULVERT_EXPORT_SSH_CONFIG:
      return g_strconcat (profile->id, ".conf", NULL);
    case CULVERT_EXPORT_SYSTEMD:
      return culvert_systemd_unit_name (profile);
    case CULVERT_EXPORT_SERVER_KIT:
      return g_strconcat (profile->id, ".txt", NULL);
    case CULVERT_EXPORT_CULVERT:
    default:
      return g_strconcat (profile->id, CULVERT_PROFILE_SUFFIX, NULL);
    }
}
