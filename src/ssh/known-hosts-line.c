/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* Single lines of a file of known hosts, taken out and put back. */

#include "ssh/known-hosts-private.h"

#include <string.h>

typedef struct
{
  guint       line_number;
  const char *text;
  guint       n_changed;
} LineEdit;

/* Where the line is: its first byte, and how many there are with its end; FALSE when it is not there. */
static gboolean
find_line (const LineEdit *edit, GBytes *content, gsize *place, gsize *n_whole)
{
  gsize       n_bytes;
  const char *text = g_bytes_get_data (content, &n_bytes);
  gsize       n_wanted = strlen (edit->text);
  gboolean    found = FALSE;
  guint       line_number = 0;
  gsize       start = 0;
  gsize       length;
  const char *line;

  while ((line = culvert_known_hosts_next_line (text, n_bytes, &start, &length)) != NULL)
    {
      line_number++;
      if (length != n_wanted || memcmp (line, edit->text, length) != 0 ||
          (found && line_number != edit->line_number))
        continue;
      found = TRUE;
      *place = (gsize)(line - text);
      *n_whole = MIN (length + 1, n_bytes - *place);
    }
  return found;
}

static GBytes *
remove_cb (GBytes *content, gpointer user_data)
{
  LineEdit           *edit = user_data;
  gsize               n_bytes;
  const char         *text = g_bytes_get_data (content, &n_bytes);
  g_autoptr (GString) output = NULL;
  gsize               place;
  gsize               n_whole;

  if (!find_line (edit, content, &place, &n_whole))
    return NULL;
  output = g_string_new_len (text, (gssize)n_bytes);
  g_string_erase (output, (gssize)place, (gssize)n_whole);
  edit->n_changed = 1;
  return g_string_free_to_bytes (g_steal_pointer (&output));
}

static GBytes *
insert_cb (GBytes *content, gpointer user_data)
{
  LineEdit           *edit = user_data;
  gsize               n_bytes;
  const char         *text = g_bytes_get_data (content, &n_bytes);
  g_autoptr (GString) output = g_string_new_len (text, (gssize)n_bytes);
  g_autofree char    *whole = g_strconcat (edit->text, "\n", NULL);
  gsize               start = 0;
  gsize               length;

  for (guint i = 1; i < edit->line_number; i++)
    if (culvert_known_hosts_next_line (text, n_bytes, &start, &length) == NULL)
      break;
  if (start >= n_bytes)
    {
      if (output->len > 0 && output->str[output->len - 1] != '\n')
        g_string_append_c (output, '\n');
      g_string_append (output, whole);
    }
  else
    g_string_insert (output, (gssize)start, whole);
  edit->n_changed = 1;
  return g_string_free_to_bytes (g_steal_pointer (&output));
}

gboolean
culvert_known_hosts_remove_line (const char *path,
                                 guint       line_number,
                                 const char *text,
                                 guint      *n_removed,
                                 GError    **error)
{
  LineEdit edit = { .line_number = line_number, .text = text };
  gboolean ok = culvert_known_hosts_edit_file (path, remove_cb, &edit, error);

  *n_removed = ok ? edit.n_changed : 0;
  return ok;
}

gboolean
culvert_known_hosts_insert_line (const char *path,
                                 guint       line_number,
                                 const char *text,
                                 GError    **error)
{
  LineEdit         edit = { .line_number = line_number, .text = text };
  g_autofree char *whole = g_strconcat (text, "\n", NULL);

  if (!culvert_known_hosts_edit_file (path, insert_cb, &edit, error))
    return FALSE;
  /* The file itself is gone. */
  return edit.n_changed > 0 || culvert_known_hosts_append_text (path, whole, strlen (whole), error);
}
