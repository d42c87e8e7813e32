/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One line of ssh_config(5), taken apart as ssh does it: a keyword, an optional `=`, values with
 * quotation marks and backslashes, a comment.  Pure. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  char *keyword; /* in lower case; NULL for an empty line or a comment */
  GStrv values;  /* never NULL when there is a keyword */
  char *rest;    /* what stands behind the keyword, as it is: for commands */
} CulvertSshLine;

typedef enum
{
  CULVERT_SSH_LINE_GOOD,
  CULVERT_SSH_LINE_NO_VALUE,   /* a keyword and nothing behind it */
  CULVERT_SSH_LINE_OPEN_QUOTE, /* a quotation is not closed */
} CulvertSshLineResult;

/**
 * culvert_ssh_line_parse:
 * @text: without the end of the line, or with it
 * @line: (out caller-allocates): to be cleared, whatever the result is; has the keyword in any case
 */
CulvertSshLineResult culvert_ssh_line_parse (const char *text, CulvertSshLine *line);
void                 culvert_ssh_line_clear (CulvertSshLine *line);

/* (transfer full) (nullable): the values of @text, up to a comment; NULL when a quotation is not
 * closed.  The rules of ssh's argv_split(). */
GStrv culvert_ssh_values_split (const char *text);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CulvertSshLine, culvert_ssh_line_clear)

G_END_DECLS
