/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* A stranger's tunnel file, written as what other programs read: none of it becomes a line of its own. */

#include "core/profile-file.h"
#include "core/recipes.h"
#include "core/server-kit.h"
#include "core/ssh-command.h"
#include "core/ssh-config-write.h"
#include "core/systemd-unit.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

/* Does every line begin with one of @starts, or is it empty? */
static void
check_lines (const char *text, const char *const *starts)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  g_assert_true (g_utf8_validate (text, -1, NULL));
  for (guint i = 0; lines[i] != NULL; i++)
    {
      gboolean is_known = lines[i][0] == '\0';

      for (guint j = 0; starts[j] != NULL; j++)
        is_known |= g_str_has_prefix (lines[i], starts[j]);
      if (!is_known)
        g_error ("a line of its own: %s", lines[i]);
      for (const char *p = lines[i]; *p != '\0'; p++)
        g_assert_false (g_ascii_iscntrl (*p));
    }
}

static void
check_forward (const CulvertForwardSpec *spec)
{
  g_autoptr (GPtrArray) recipes =
    culvert_recipes_new (spec, culvert_forward_spec_get_listen (spec));

  for (guint i = 0; i < recipes->len; i++)
    g_assert_cmpstr (((CulvertRecipe *)g_ptr_array_index (recipes, i))->text, !=, "");
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  static const char *const   block[] = { "# ", "Host ", "    ", NULL };
  static const char *const   kit[] = { "# ", "restrict,command=\"true\"", "Match ", "    ", NULL };
  static const char *const   unit_lines[] = { "#",        "[",        "Description=SSH tunnel ",
                                              "Document", "StartLim", "ExecStart=culvertctl run x",
                                              "Restart",  "Success",  "WantedBy=",
                                              NULL };
  static const char *const   program[] = { "culvertctl", NULL };
  g_autoptr (CulvertProfile) profile =
    culvert_profile_parse ("x", (const char *)data, n_bytes, NULL);
  g_autofree char      *config = NULL;
  g_autofree char      *unit = NULL;
  g_autofree char      *command = NULL;
  g_autofree char      *text = NULL;
  g_autoptr (GPtrArray) kits = NULL;

  if (profile == NULL)
    return 0;
  config = culvert_ssh_config_from_profile (profile, NULL);
  check_lines (config, block);
  g_assert_null (strstr (config, "\n    ProxyCommand"));
  unit = culvert_systemd_unit_from_profile (profile, program, NULL);
  check_lines (unit, unit_lines);
  kits = culvert_server_kits_new (profile, NULL);
  text = culvert_server_kits_to_text (kits);
  check_lines (text, kit);
  command = culvert_ssh_command_from_profile (profile);
  for (guint i = 0; i < profile->forwards->len; i++)
    check_forward (g_ptr_array_index (profile->forwards, i));
  return 0;
}
