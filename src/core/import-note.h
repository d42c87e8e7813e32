/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What there is to say about something that is read from a foreign file: why it makes no tunnel, or what of
 * it the tunnel lacks.  The words for people are made from the code (words/import-words.h). */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  /* why there is no tunnel */
  CULVERT_IMPORT_MALFORMED,      /* place; REASON */
  CULVERT_IMPORT_UNREADABLE,     /* REASON: the system's words */
  CULVERT_IMPORT_TOO_LARGE,      /* the file, or what is in it */
  CULVERT_IMPORT_NEWER,          /* a tunnel file of a later version */
  CULVERT_IMPORT_UNKNOWN_KIND,   /* a file of no kind that is known */
  CULVERT_IMPORT_NOTHING,        /* a file without a tunnel */
  CULVERT_IMPORT_NOT_USABLE,     /* a command, or an alias of ssh_config; REASON */
  CULVERT_IMPORT_NO_SERVER,      /* a session that names no server */
  CULVERT_IMPORT_OTHER_PROTOCOL, /* TEXT: "telnet" */
  CULVERT_IMPORT_OTHER_PROXY, /* a kind of proxy that is not supported; TEXT: what PuTTY calls it */
  CULVERT_IMPORT_COMMAND_SECRET, /* a proxy command with a password in it */
  CULVERT_IMPORT_REFERENCE,      /* a unit that starts a saved tunnel; TEXT: its id */
  /* what a tunnel lacks, or has otherwise */
  CULVERT_IMPORT_LINE,             /* TEXT: a line of ssh_config; REASON */
  CULVERT_IMPORT_FORWARD,          /* TEXT: a forward that makes no sense; REASON */
  CULVERT_IMPORT_KEY,              /* TEXT: the path of a key that only PuTTY can read */
  CULVERT_IMPORT_PROXY_PASSWORD,   /* it is asked for when the proxy wants it */
  CULVERT_IMPORT_USER,             /* PuTTY asks for the user; the login name is taken */
  CULVERT_IMPORT_COMMAND,          /* TEXT: a command that is run once the person allowed it */
  CULVERT_IMPORT_COMPRESSION,      /* minor, as are those that follow */
  CULVERT_IMPORT_AGENT_FORWARDING, /* the agent is not lent to the server */
  CULVERT_IMPORT_REMOTE_COMMAND,   /* nothing is run at the server */
  CULVERT_IMPORT_MINOR_LINE,       /* TEXT: a line of ssh_config; REASON */
} CulvertImportNoteCode;
#define CULVERT_N_IMPORT_NOTE_CODES (CULVERT_IMPORT_MINOR_LINE + 1)

/* Every text is one printable line, bounded, and never a secret. */
typedef struct
{
  CulvertImportNoteCode code;
  char                 *file; /* as it was named; never NULL, "" when it is known from elsewhere */
  guint                 line; /* from 1; 0: the file as a whole */
  char                 *text; /* never NULL */
  char                 *reason; /* technical, in English; never NULL */
} CulvertImportNote;

/* @file, @text, @reason: (nullable): made printable and short */
CulvertImportNote *culvert_import_note_new (CulvertImportNoteCode code,
                                            const char           *file,
                                            guint                 line,
                                            const char           *text,
                                            const char           *reason);
CulvertImportNote *culvert_import_note_copy (const CulvertImportNote *self);
void               culvert_import_note_free (CulvertImportNote *self);

/* (transfer full) (element-type CulvertImportNote) */
GPtrArray *culvert_import_notes_new (void);

gboolean culvert_import_note_equal (const CulvertImportNote *a, const CulvertImportNote *b);

/* Does it make no difference to what a tunnel reaches, or whom it trusts? */
gboolean culvert_import_note_is_minor (const CulvertImportNote *self);

/* (transfer full): "FILE:LINE", "FILE" without a line, "" without a file */
char *culvert_import_note_dup_place (const CulvertImportNote *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertImportNote, culvert_import_note_free)

G_END_DECLS
