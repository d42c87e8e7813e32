/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/import-private.h"

#include "core/errors.h"
#include "core/import-id.h"
#include "core/profile-file.h"
#include "core/putty.h"
#include "core/shell-words.h"
#include "core/ssh-command.h"
#include "core/systemd-unit-read.h"

#include <string.h>

#define SSH_PREFIX       "ssh-"
#define DEFAULT_SETTINGS "Default Settings" /* of PuTTY: what a new session begins with */
#define COMMANDS_MAX     4096               /* lines of one file */

/* (transfer full): of an error that a file of ours or of ssh's is not what it should be */
static CulvertImportNote *
note_from_error (CulvertImportNoteCode code, const char *path, const GError *error)
{
  const char *line = culvert_error_get_fact (error, CULVERT_FACT_LINE);

  if (g_error_matches (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_VERSION))
    code = CULVERT_IMPORT_NEWER;
  return culvert_import_note_new (
    code, path, line != NULL ? (guint)g_ascii_strtoull (line, NULL, 10) : 0, NULL, error->message);
}

void
culvert_import_read_culvert (CulvertImportReader *self,
                             const char          *path,
                             const char          *data,
                             gsize                n_bytes)
{
  g_autofree char        *id = culvert_import_id_of_file (path);
  g_autoptr (GError)      error = NULL;
  CulvertImportCandidate *candidate =
    culvert_import_add (self, CULVERT_IMPORT_KIND_CULVERT, path, NULL);

  if (candidate == NULL)
    return;
  candidate->profile = culvert_profile_parse (id, data, n_bytes, &error);
  if (candidate->profile == NULL)
    culvert_import_candidate_refuse (candidate,
                                     note_from_error (CULVERT_IMPORT_MALFORMED, path, error));
}

/* "FILE:LINE", as ssh's files are named. */
static CulvertImportNote *
note_from_notice (const CulvertSshNotice *notice)
{
  const char      *colon = strrchr (notice->place, ':');
  g_autofree char *file =
    colon != NULL ? g_strndup (notice->place, colon - notice->place) : g_strdup (notice->place);

  return culvert_import_note_new (
    notice->is_minor ? CULVERT_IMPORT_MINOR_LINE : CULVERT_IMPORT_LINE, file,
    colon != NULL ? (guint)g_ascii_strtoull (colon + 1, NULL, 10) : 0, notice->what,
    notice->reason);
}

/* Gives the candidate the tunnel of an ssh command, or says why there is none. @place: (nullable): the line */
static void
take_command (CulvertImportReader    *self,
              CulvertImportCandidate *candidate,
              const char *const      *words,
              guint                   line)
{
  g_autoptr (GPtrArray) notices =
    g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_ssh_notice_free);
  g_autoptr (GError) error = NULL;
  CulvertProfile    *profile =
    culvert_ssh_command_parse_with (words, self->ssh_files, notices, &error);

  if (profile == NULL)
    {
      culvert_import_candidate_refuse (
        candidate, culvert_import_note_new (CULVERT_IMPORT_NOT_USABLE, candidate->file, line,
                                            candidate->name, error->message));
      return;
    }
  culvert_import_number_forwards (profile);
  candidate->profile = profile;
  for (guint i = 0; i < notices->len; i++)
    g_ptr_array_add (candidate->notes, note_from_notice (g_ptr_array_index (notices, i)));
  if (profile->proxy_command[0] != '\0')
    g_ptr_array_add (candidate->notes,
                     culvert_import_note_new (CULVERT_IMPORT_COMMAND, candidate->file, line,
                                              profile->proxy_command, NULL));
}

void
culvert_import_read_ssh_config (CulvertImportReader *self, const char *path)
{
  g_autoptr (GError)    error = NULL;
  g_autoptr (GPtrArray) aliases = culvert_ssh_config_list_aliases (self->ssh_files, path, &error);

  if (aliases == NULL)
    {
      CulvertImportCandidate *candidate =
        culvert_import_add (self, CULVERT_IMPORT_KIND_SSH_CONFIG, path, NULL);

      if (candidate != NULL)
        culvert_import_candidate_refuse (candidate,
                                         note_from_error (CULVERT_IMPORT_NOT_USABLE, path, error));
      return;
    }
  for (guint i = 0; i < aliases->len && !culvert_import_reader_is_over (self); i++)
    {
      const CulvertSshAlias  *alias = g_ptr_array_index (aliases, i);
      const char *const       words[] = { "ssh", "-F", path, "--", alias->name, NULL };
      g_autofree char        *id = culvert_import_id (SSH_PREFIX, alias->name);
      CulvertImportCandidate *candidate =
        culvert_import_add (self, CULVERT_IMPORT_KIND_SSH_CONFIG, path, alias->name);

      if (candidate == NULL)
        return;
      take_command (self, candidate, words, 0);
      if (candidate->profile == NULL)
        continue;
      culvert_profile_set_string (&candidate->profile->id, id);
      culvert_profile_set_string (&candidate->profile->name, alias->name);
    }
}

void
culvert_import_read_sessions (CulvertImportReader *self, GPtrArray *sessions)
{
  for (guint i = 0; i < sessions->len && !culvert_import_reader_is_over (self); i++)
    {
      const CulvertPuttySession *session = g_ptr_array_index (sessions, i);
      CulvertImportCandidate    *candidate;
      CulvertImportNote         *why = NULL;
      g_autoptr (GPtrArray)      notes = culvert_import_notes_new ();
      CulvertProfile *profile = culvert_putty_session_to_profile (session, sessions, notes, &why);

      if (profile == NULL && why->code == CULVERT_IMPORT_NO_SERVER &&
          strcmp (session->name, DEFAULT_SETTINGS) == 0)
        {
          culvert_import_note_free (why);
          continue;
        }
      candidate =
        culvert_import_add (self, CULVERT_IMPORT_KIND_PUTTY, session->file, session->name);
      if (candidate == NULL)
        {
          g_clear_pointer (&why, culvert_import_note_free);
          g_clear_pointer (&profile, culvert_profile_unref);
          return;
        }
      candidate->profile = profile;
      g_ptr_array_extend_and_steal (candidate->notes, g_steal_pointer (&notes));
      if (profile == NULL)
        culvert_import_candidate_refuse (candidate, why);
    }
}

void
culvert_import_read_registry (CulvertImportReader *self,
                              const char          *path,
                              const char          *data,
                              gsize                n_bytes)
{
  g_autoptr (GPtrArray) sessions = culvert_putty_read_registry (path, data, n_bytes);

  culvert_import_read_sessions (self, sessions);
}

static void
read_command_line (CulvertImportReader *self, const char *path, const char *line, guint number)
{
  CulvertImportCandidate *candidate =
    culvert_import_add (self, CULVERT_IMPORT_KIND_COMMANDS, path, NULL);
  g_autoptr (GError) error = NULL;
  g_auto (GStrv)     words = NULL;

  if (candidate == NULL)
    return;
  if (g_str_has_prefix (line, "exec "))
    line += strlen ("exec ");
  words = culvert_shell_words_split (line, &error);
  if (words != NULL && g_strcmp0 (words[0], "ssh") == 0)
    take_command (self, candidate, (const char *const *)words, number);
  else
    culvert_import_candidate_refuse (
      candidate,
      culvert_import_note_new (CULVERT_IMPORT_NOT_USABLE, path, number, NULL,
                               error != NULL ? error->message : "it is not an ssh command"));
}

void
culvert_import_read_commands (CulvertImportReader *self, const char *path, const char *text)
{
  guint number = 1;

  for (const char *p = text; *p != '\0' && number < COMMANDS_MAX;)
    {
      g_autoptr (GString) line = g_string_new (NULL);
      guint               first = number;
      const char         *start;

      do
        {
          gsize length = strcspn (p, "\n");

          g_string_append_len (line, p, length);
          g_string_append_c (line, '\n');
          p += length + (p[length] != '\0');
          number++;
        }
      while (line->len > 1 && line->str[line->len - 2] == '\\' && *p != '\0');
      for (start = line->str; g_ascii_isspace (*start);)
        start++;
      if (*start != '\0' && *start != '#' && !culvert_import_reader_is_over (self))
        read_command_line (self, path, start, first);
    }
}

void
culvert_import_read_unit (CulvertImportReader *self, const char *path, const char *text)
{
  g_autoptr (GPtrArray) commands = culvert_systemd_unit_read (text);

  for (guint i = 0; i < commands->len && !culvert_import_reader_is_over (self); i++)
    {
      const CulvertUnitCommand *command = g_ptr_array_index (commands, i);
      CulvertImportCandidate   *candidate =
        culvert_import_add (self, CULVERT_IMPORT_KIND_UNIT, path, NULL);

      if (candidate == NULL)
        return;
      if (command->ssh != NULL)
        take_command (self, candidate, (const char *const *)command->ssh, command->line);
      else if (command->tunnel != NULL)
        culvert_import_candidate_refuse (
          candidate, culvert_import_note_new (CULVERT_IMPORT_REFERENCE, path, command->line,
                                              command->tunnel, NULL));
      else
        culvert_import_candidate_refuse (
          candidate, culvert_import_note_new (CULVERT_IMPORT_NOT_USABLE, path, command->line, NULL,
                                              command->reason));
    }
}
