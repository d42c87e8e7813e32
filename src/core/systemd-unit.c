/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/systemd-unit.h"

#include "core/text-lines.h"

#include <string.h>

char *
culvert_systemd_unit_name (const CulvertProfile *profile)
{
  g_return_val_if_fail (profile != NULL, NULL);

  return g_strdup_printf ("culvert-%s.service", profile->id);
}

/* Adds @word as one quoted word in which nothing is replaced.  @has_variables: a dollar would begin one
 * there: in a command behind the program. */
static void
append_word (GString *text, const char *word, gboolean has_variables)
{
  g_string_append_c (text, '"');
  for (const char *p = word; *p != '\0'; p++)
    {
      if (*p == '"' || *p == '\\')
        g_string_append_printf (text, "\\%c", *p);
      else if (*p == '%' || (*p == '$' && has_variables))
        g_string_append_printf (text, "%c%c", *p, *p);
      else if (g_ascii_iscntrl (*p) || (guchar)*p >= 0x80)
        g_string_append_printf (text, "\\x%02x", (guchar)*p);
      else
        g_string_append_c (text, *p);
    }
  g_string_append_c (text, '"');
}

static gboolean
is_plain (const char *word)
{
  for (const char *p = word; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("/._-=:,+", *p) == NULL)
      return FALSE;
  return word[0] != '\0';
}

/* (transfer full): the value of ExecStart */
static char *
format_command (const CulvertProfile *profile, const char *const *program)
{
  GString *command = g_string_new (NULL);

  for (guint i = 0; program[i] != NULL; i++)
    {
      if (i > 0)
        g_string_append_c (command, ' ');
      if (is_plain (program[i]))
        g_string_append (command, program[i]);
      else
        append_word (command, program[i], i > 0);
    }
  g_string_append_printf (command, " run %s", profile->id);
  return g_string_free (command, FALSE);
}

char *
culvert_systemd_unit_from_profile (const CulvertProfile *profile,
                                   const char *const    *program,
                                   const char           *folder)
{
  g_autofree char    *unit = NULL;
  g_autofree char    *title = NULL;
  g_autofree char    *command = NULL;
  g_autoptr (GString) description = NULL;
  GString            *text;

  g_return_val_if_fail (profile != NULL && program != NULL && program[0] != NULL, NULL);

  unit = culvert_systemd_unit_name (profile);
  title = culvert_profile_dup_title (profile);
  command = format_command (profile, program);
  description = g_string_new (title);
  g_string_replace (description, "%", "%%", 0);
  text = g_string_new (NULL);
  culvert_text_lines_add (text, "# ~/.config/systemd/user/%s, from Culvert", unit);
  culvert_text_lines_add (text, "#");
  culvert_text_lines_add (text, "#   systemctl --user daemon-reload");
  culvert_text_lines_add (text, "#   systemctl --user enable --now %s", unit);
  culvert_text_lines_add (text, "#");
  culvert_text_lines_add (text, "# To have it while you are not signed in: loginctl enable-linger");
  culvert_text_lines_add (
    text, "# Nobody can be asked in there: the server's key has to be known, and a key");
  culvert_text_lines_add (
    text, "# without a passphrase, an agent or a password in the keyring has to be enough.");
  culvert_text_lines_add (text, "[Unit]");
  /* A backslash at the end of the line would join it with the next. */
  culvert_text_lines_add (text, "Description=SSH tunnel “%s”", description->str);
  culvert_text_lines_add (text, "Documentation=man:culvertctl(1)");
  culvert_text_lines_add (text, "StartLimitIntervalSec=0");
  culvert_text_lines_add (text, "%s", "");
  culvert_text_lines_add (text, "[Service]");
  if (folder != NULL)
    {
      g_autofree char    *assignment = g_strconcat ("CULVERT_CONFIG_DIR=", folder, NULL);
      g_autoptr (GString) word = g_string_new (NULL);

      append_word (word, assignment, FALSE);
      culvert_text_lines_add (text, "Environment=%s", word->str);
    }
  culvert_text_lines_add (text, "ExecStart=%s", command);
  culvert_text_lines_add (text, "Restart=on-failure");
  culvert_text_lines_add (text, "RestartSec=10");
  culvert_text_lines_add (text, "# No use: wrong usage, the host key or the sign-in refused");
  culvert_text_lines_add (text, "RestartPreventExitStatus=2 4 5");
  culvert_text_lines_add (text, "# It was asked to end");
  culvert_text_lines_add (text, "SuccessExitStatus=130 143");
  culvert_text_lines_add (text, "%s", "");
  culvert_text_lines_add (text, "[Install]");
  culvert_text_lines_add (text, "WantedBy=default.target");
  return g_string_free (text, FALSE);
}
