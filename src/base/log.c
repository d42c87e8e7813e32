/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/log.h"

#include <string.h>

#define PRINTABLE_MAX 4096
#define ELLIPSIS      "…"
/* Further ones are shown like other control characters: nobody's screen is to be filled. */
#define LINE_ENDS_MAX 32

struct _CulvertLog
{
  GObject parent_instance;

  GMutex         lock;
  guint          max_lines; /* fixed */
  GQueue         lines;     /* of CulvertLogLine, oldest first */
  guint64        last_serial;
  CulvertLogFunc func;
  gpointer       func_data;
};

G_DEFINE_FINAL_TYPE (CulvertLog, culvert_log, G_TYPE_OBJECT)

static CulvertLogLine *
line_copy (const CulvertLogLine *line)
{
  CulvertLogLine *copy = g_new (CulvertLogLine, 1);

  *copy = *line;
  copy->text = g_strdup (line->text);

  return copy;
}

void
culvert_log_line_free (CulvertLogLine *line)
{
  if (line == NULL)
    return;

  g_free (line->text);
  g_free (line);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertLogLine, culvert_log_line_free)

static void
culvert_log_finalize (GObject *object)
{
  CulvertLog *self = CULVERT_LOG (object);

  g_queue_clear_full (&self->lines, (GDestroyNotify)culvert_log_line_free);
  g_mutex_clear (&self->lock);

  G_OBJECT_CLASS (culvert_log_parent_class)->finalize (object);
}

static void
culvert_log_class_init (CulvertLogClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = culvert_log_finalize;
}

static void
culvert_log_init (CulvertLog *self)
{
  g_mutex_init (&self->lock);
  g_queue_init (&self->lines);
}

CulvertLog *
culvert_log_new (guint max_lines)
{
  CulvertLog *self;

  g_return_val_if_fail (max_lines > 0, NULL);

  self = g_object_new (CULVERT_TYPE_LOG, NULL);
  self->max_lines = max_lines;

  return self;
}

void
culvert_log_write (CulvertLog *self, CulvertLogLevel level, const char *format, ...)
{
  g_autofree char           *text = NULL;
  g_autoptr (CulvertLogLine) shown = NULL;
  CulvertLogLine            *line;
  va_list                    arguments;

  g_return_if_fail (CULVERT_IS_LOG (self));
  g_return_if_fail (format != NULL);

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);

  line = g_new0 (CulvertLogLine, 1);
  line->level = level;
  line->text = culvert_log_printable (text, -1);

  g_mutex_lock (&self->lock);

  line->serial = ++self->last_serial;
  line->real_us = g_get_real_time ();
  g_queue_push_tail (&self->lines, line);
  if (self->lines.length > self->max_lines)
    culvert_log_line_free (g_queue_pop_head (&self->lines));

  /* The function is called without the lock, so that it may read the log; by then another thread
     may have pushed the line out. */
  if (self->func != NULL)
    shown = line_copy (line);

  g_mutex_unlock (&self->lock);

  if (shown != NULL)
    self->func (shown, self->func_data);
}

GPtrArray *
culvert_log_get_lines (CulvertLog *self, guint64 after_serial)
{
  GPtrArray *lines;
  GList     *first = NULL;

  g_return_val_if_fail (CULVERT_IS_LOG (self), NULL);

  lines = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_log_line_free);

  g_mutex_lock (&self->lock);

  /* From the newest backwards: whoever polls asks for the last few. */
  for (GList *l = self->lines.tail; l != NULL; l = l->prev)
    {
      if (((CulvertLogLine *)l->data)->serial <= after_serial)
        break;
      first = l;
    }
  for (GList *l = first; l != NULL; l = l->next)
    g_ptr_array_add (lines, line_copy (l->data));

  g_mutex_unlock (&self->lock);

  return lines;
}

void
culvert_log_set_func (CulvertLog *self, CulvertLogFunc func, gpointer user_data)
{
  g_return_if_fail (CULVERT_IS_LOG (self));

  self->func = func;
  self->func_data = user_data;
}

/* Characters that nobody sees, or that have no width, beyond those of category Cf (Unicode's
 * Default_Ignorable_Code_Point, and blanks that pass for letters).  The selectors of how an emoji is
 * drawn are none of them. */
static gboolean
is_invisible (gunichar character)
{
  return character == 0x034f ||                          /* combining grapheme joiner */
         character == 0x115f || character == 0x1160 ||   /* Hangul fillers */
         character == 0x17b4 || character == 0x17b5 ||   /* Khmer inherent vowels */
         (character >= 0x180b && character <= 0x180f) || /* Mongolian selectors */
         character == 0x2065 || character == 0x2800 ||   /* reserved; a Braille cell without dots */
         character == 0x3164 || character == 0xffa0 ||   /* Hangul fillers */
         (character >= 0xfe00 && character <= 0xfe0d) || /* variation selectors */
         (character >= 0xfff0 && character <= 0xfffb) || /* annotations */
         (character >= 0xe0000 && character <= 0xe0fff); /* tags, more selectors */
}

/* Characters that move the cursor, end a line, change the order in which others are shown, or are
 * not seen themselves. */
static gboolean
is_treacherous (gunichar character)
{
  GUnicodeType type = g_unichar_type (character);

  return type == G_UNICODE_CONTROL ||
         type == G_UNICODE_FORMAT || /* overrides, isolates, marks, joiners */
         type == G_UNICODE_LINE_SEPARATOR || type == G_UNICODE_PARAGRAPH_SEPARATOR ||
         is_invisible (character);
}

/* Writes the visible form of the character at @text, which has @n_bytes left, to @shown.
 * Returns: how many bytes of @text it took */
static gsize
show_character (const char *text, gsize n_bytes, char shown[16])
{
  guint8   byte = (guint8)*text;
  gunichar character;
  gsize    size;

  if (byte == '\n' || byte == '\r' || byte == '\t')
    {
      g_snprintf (shown, 16, "\\%c", byte == '\n' ? 'n' : byte == '\r' ? 'r' : 't');
      return 1;
    }

  if (byte < 0x20 || byte == 0x7f)
    {
      g_snprintf (shown, 16, "\\x%02x", byte);
      return 1;
    }

  character = g_utf8_get_char_validated (text, (gssize)n_bytes);
  if (character == (gunichar)-1 || character == (gunichar)-2)
    {
      g_snprintf (shown, 16, "\\x%02x", byte);
      return 1;
    }

  size = (gsize)g_unichar_to_utf8 (character, NULL);
  if (is_treacherous (character))
    {
      g_snprintf (shown, 16, character > 0xffff ? "\\U%08x" : "\\u%04x", character);
    }
  else
    {
      memcpy (shown, text, size);
      shown[size] = '\0';
    }

  return size;
}

static char *
make_printable (const char *text, gssize n_bytes, gboolean has_lines)
{
  GString *result;
  gsize    length;
  gsize    fitting = 0; /* length of the result that leaves room for the ellipsis */
  gsize    position = 0;
  guint    n_line_ends = has_lines ? 0 : LINE_ENDS_MAX;

  g_return_val_if_fail (text != NULL || n_bytes == 0, NULL);

  length = n_bytes < 0 ? strlen (text) : (gsize)n_bytes;
  result = g_string_sized_new (MIN (length, PRINTABLE_MAX) + 1);

  while (position < length)
    {
      char  shown[16];
      gsize n_end = 0;

      if (n_line_ends < LINE_ENDS_MAX && text[position] == '\n')
        n_end = 1;
      else if (n_line_ends < LINE_ENDS_MAX && length - position >= 2 &&
               memcmp (text + position, "\r\n", 2) == 0)
        n_end = 2;
      if (n_end > 0)
        {
          n_line_ends++;
          memcpy (shown, "\n", 2);
        }
      position += n_end > 0 ? n_end : show_character (text + position, length - position, shown);
      g_string_append (result, shown);

      if (result->len > PRINTABLE_MAX)
        {
          g_string_truncate (result, fitting);
          g_string_append (result, ELLIPSIS);
          break;
        }
      if (result->len <= PRINTABLE_MAX - strlen (ELLIPSIS))
        fitting = result->len;
    }

  return g_string_free (result, FALSE);
}

char *
culvert_log_printable (const char *text, gssize n_bytes)
{
  return make_printable (text, n_bytes, FALSE);
}

char *
culvert_log_printable_lines (const char *text, gssize n_bytes)
{
  return make_printable (text, n_bytes, TRUE);
}
