/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "cli/profile-text.h"
#include "cli/saved-tunnels.h"
#include "core/import.h"
#include "core/ssh-files.h"
#include "words/import-words.h"

#include <glib/gi18n.h>

/* Importing tunnels from files of many kinds: what is in them, beside what is saved. */

typedef struct
{
  gboolean is_dry_run;
  gboolean may_replace;
  gboolean keeps_both;
  gboolean takes_all; /* what has no forwards, too */
} ImportOptions;

typedef struct
{
  const ImportOptions *options;
  CulvertProfileStore *store;
  GPtrArray           *saved;   /* of CulvertProfile */
  GHashTable          *printed; /* messages that were */
} Importing;

/* Once, however many tunnels it is about. */
static void
print_note (Importing *self, const char *subject, const CulvertImportNote *note)
{
  g_autofree char *place = culvert_import_note_dup_place (note);
  g_autofree char *words = NULL;

  if (culvert_import_note_is_minor (note) && !self->options->is_dry_run)
    return;
  words = culvert_words_for_import_note (note);
  if (g_hash_table_add (self->printed, g_strconcat (place, " ", words, NULL)))
    culvert_message_print (note->line > 0 ? place : subject, words, NULL);
}

static void
print_notes (Importing *self, const char *subject, GPtrArray *notes)
{
  for (guint i = 0; i < notes->len; i++)
    print_note (self, subject, g_ptr_array_index (notes, i));
}

/* Not translated, but for the title: programs read it. */
static void
print_line (Importing *self, const char *verb, const CulvertProfile *profile)
{
  g_autofree char *title = culvert_profile_dup_title (profile);
  g_autofree char *forwards = culvert_profile_text_forwards (profile);
  g_autofree char *line = g_strdup_printf ("%s: %s: %s: %s", verb, profile->id, title, forwards);

  culvert_message_print_line (line);
}

static void
print_differences (const CulvertImportCandidate *candidate)
{
  for (guint i = 0; i < candidate->differences->len; i++)
    {
      g_autofree char *words = culvert_words_for_difference (
        g_ptr_array_index (candidate->differences, i), candidate->existing, candidate->profile);
      g_autofree char *line = g_strconcat ("    ", words, NULL);

      culvert_message_print_line (line);
    }
}

/* Left out on purpose: no failure. Not translated: programs read this. */
static void
print_left_out (const char *name, const char *reason)
{
  g_autofree char *line = g_strdup_printf ("left out: %s: %s", name, reason);

  culvert_message_print_line (line);
}

static int
refuse (Importing *self, const CulvertImportCandidate *candidate)
{
  const CulvertImportNote *why = candidate->why;
  const char              *subject =
    candidate->kind == CULVERT_IMPORT_KIND_SSH_CONFIG ? candidate->name : candidate->file;
  g_autofree char *reason = NULL;

  if (candidate->state == CULVERT_IMPORT_IMPOSSIBLE)
    {
      g_autofree char *words = culvert_words_for_import_note (why);
      g_autofree char *place = culvert_import_note_dup_place (why);

      culvert_message_print (why->line > 0 ? place : subject, words, NULL);
      return CULVERT_EXIT_TROUBLE;
    }
  reason = why->code == CULVERT_IMPORT_OTHER_PROTOCOL
             ? g_strdup_printf ("not ssh but %s", why->text)
             : g_strdup ("no server");
  print_left_out (candidate->name, reason);
  return CULVERT_EXIT_DONE;
}

static int
save (Importing *self, CulvertProfile *profile, const char *subject)
{
  g_autoptr (GError) error = NULL;

  culvert_saved_tunnels_report_problems (profile, FALSE);
  if (self->options->is_dry_run)
    return CULVERT_EXIT_DONE;
  if (culvert_profile_store_save (self->store, profile, &error))
    {
      g_ptr_array_add (self->saved, culvert_profile_ref (profile));
      return CULVERT_EXIT_DONE;
    }
  culvert_message_print_error (subject, error);
  return CULVERT_EXIT_TROUBLE;
}

static int
carry_out (Importing *self, const CulvertImportCandidate *candidate, CulvertImportChoice choice)
{
  /* Not translated: programs read them. */
  static const char *const verbs[][2] = {
    [CULVERT_IMPORT_ADD] = { "new", "would be new" },
    [CULVERT_IMPORT_REPLACE] = { "replaced", "would be replaced" },
    [CULVERT_IMPORT_KEEP_BOTH] = { "new", "would be new" },
  };
  g_autoptr (CulvertProfile) profile =
    culvert_import_candidate_build (candidate, choice, self->saved);
  int status = save (self, profile, candidate->file);

  if (status != CULVERT_EXIT_DONE)
    return status;
  print_line (self, verbs[choice][self->options->is_dry_run ? 1 : 0], profile);
  if (choice == CULVERT_IMPORT_REPLACE)
    print_differences (candidate);
  return CULVERT_EXIT_DONE;
}

static int
import_different (Importing *self, const CulvertImportCandidate *candidate)
{
  if (self->options->may_replace)
    return carry_out (self, candidate, CULVERT_IMPORT_REPLACE);
  if (self->options->keeps_both)
    return carry_out (self, candidate, CULVERT_IMPORT_KEEP_BOTH);
  print_line (self, "differs", candidate->profile);
  print_differences (candidate);
  culvert_message_print (candidate->name,
                         candidate->by_name
                           ? _ ("a saved tunnel has this name already, and differs from this one")
                           : _ ("it is a saved tunnel, which differs from what this file says"),
                         _ ("use --replace to take the file’s state, or --keep-both to have both"));
  return CULVERT_EXIT_TROUBLE;
}

static int
import_candidate (Importing *self, const CulvertImportCandidate *candidate)
{
  if (candidate->why != NULL)
    return refuse (self, candidate);
  if (!culvert_import_candidate_carries (candidate) && !self->options->takes_all &&
      candidate->kind != CULVERT_IMPORT_KIND_CULVERT)
    {
      print_left_out (candidate->name, "no forwards");
      return CULVERT_EXIT_DONE;
    }
  print_notes (self, candidate->name, candidate->notes);
  if (candidate->state == CULVERT_IMPORT_NEW)
    return carry_out (self, candidate, CULVERT_IMPORT_ADD);
  if (candidate->state == CULVERT_IMPORT_DIFFERENT)
    return import_different (self, candidate);
  print_line (self, self->options->is_dry_run ? "would be same" : "same", candidate->profile);
  return CULVERT_EXIT_DONE;
}

static int
import_files (const ImportOptions *options, char **paths)
{
  g_autoptr (CulvertProfileStore) store = culvert_saved_tunnels_open ();
  g_autoptr (CulvertSshFiles)     files = culvert_ssh_files_new ();
  g_autoptr (GPtrArray)           saved = culvert_import_list_saved (G_LIST_MODEL (store));
  g_autoptr (CulvertImport)       import =
    culvert_import_read ((const char *const *)paths, files, saved, NULL);
  Importing self = { options, store, saved,
                     g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL) };
  int       status = CULVERT_EXIT_DONE;

  for (guint i = 0; i < import->candidates->len; i++)
    {
      int one = import_candidate (&self, g_ptr_array_index (import->candidates, i));

      status = MAX (status, one);
    }
  print_notes (&self, paths[0], import->notes);
  g_hash_table_unref (self.printed);
  return status;
}

int
culvert_command_import (char **argv)
{
  ImportOptions      options = { FALSE, FALSE, FALSE, FALSE };
  const GOptionEntry entries[] = {
    { "dry-run", 0, 0, G_OPTION_ARG_NONE, &options.is_dry_run, NULL, NULL },
    { "replace", 0, 0, G_OPTION_ARG_NONE, &options.may_replace, NULL, NULL },
    { "keep-both", 0, 0, G_OPTION_ARG_NONE, &options.keeps_both, NULL, NULL },
    { "all", 0, 0, G_OPTION_ARG_NONE, &options.takes_all, NULL, NULL },
    G_OPTION_ENTRY_NULL,
  };
  g_autoptr (GError)           error = NULL;
  g_autoptr (CulvertArguments) arguments = culvert_arguments_parse (argv, entries, &error);

  if (arguments == NULL)
    return culvert_message_print_usage ("import", error->message);
  if (arguments->with_help)
    return culvert_help_print ("import") ? CULVERT_EXIT_DONE : CULVERT_EXIT_TROUBLE;
  if (arguments->words[0] == NULL || arguments->after != NULL)
    return culvert_message_print_usage ("import",
                                        _ ("needs a tunnel’s file, or one of ssh_config"));
  if (options.may_replace && options.keeps_both)
    return culvert_message_print_usage ("import", _ ("either --replace or --keep-both"));
  return import_files (&options, arguments->words);
}
