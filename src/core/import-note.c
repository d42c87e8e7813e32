/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/import-note.h"

#include "base/log.h"

#include <string.h>

#define TEXT_SHOWN_MAX 200 /* bytes */

/* (transfer full) */
static char *
shown (const char *text)
{
  g_autofree char *printable = culvert_log_printable (text != NULL ? text : "", -1);

  if (strlen (printable) > TEXT_SHOWN_MAX)
    {
      const char *end = g_utf8_find_prev_char (printable, printable + TEXT_SHOWN_MAX);

      return g_strdup_printf ("%.*s…", (int)(end - printable), printable);
    }
  return g_steal_pointer (&printable);
}

CulvertImportNote *
culvert_import_note_new (CulvertImportNoteCode code,
                         const char           *file,
                         guint                 line,
                         const char           *text,
                         const char           *reason)
{
  CulvertImportNote *self = g_new0 (CulvertImportNote, 1);

  self->code = code;
  self->file = culvert_log_printable (file != NULL ? file : "", -1);
  self->line = line;
  self->text = shown (text);
  self->reason = shown (reason);
  return self;
}

CulvertImportNote *
culvert_import_note_copy (const CulvertImportNote *self)
{
  return culvert_import_note_new (self->code, self->file, self->line, self->text, self->reason);
}

void
culvert_import_note_free (CulvertImportNote *self)
{
  g_free (self->file);
  g_free (self->text);
  g_free (self->reason);
  g_free (self);
}

gboolean
culvert_import_note_equal (const CulvertImportNote *a, const CulvertImportNote *b)
{
  return a->code == b->code && a->line == b->line && strcmp (a->file, b->file) == 0 &&
         strcmp (a->text, b->text) == 0 && strcmp (a->reason, b->reason) == 0;
}

GPtrArray *
culvert_import_notes_new (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_import_note_free);
}

gboolean
culvert_import_note_is_minor (const CulvertImportNote *self)
{
  return self->code >= CULVERT_IMPORT_COMPRESSION;
}

char *
culvert_import_note_dup_place (const CulvertImportNote *self)
{
  return self->line > 0 ? g_strdup_printf ("%s:%u", self->file, self->line) : g_strdup (self->file);
}
