/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/message.h"

#include "base/log.h"

#include <errno.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

/* Why something was not written to standard output: the first time; 0: all was. */
static int output_errno;

/* (transfer full) (nullable): quotation marks and arrows become quotes and "->" where the system knows
 * how.  g_convert() would call that a failure. */
static char *
transliterate (const char *text, const char *charset)
{
  g_autofree char *wanted = g_strconcat (charset, "//TRANSLIT", NULL);
  GIConv           converter = g_iconv_open (wanted, "UTF-8");
  char            *input = (char *)text;
  gsize            n_input = strlen (text);
  gsize            n_output = n_input * 4 + 1;
  g_autofree char *result = g_malloc0 (n_output);
  char            *output = result;
  gsize            failed;

  if (converter == (GIConv)-1)
    return NULL;
  n_output--;
  failed = g_iconv (converter, &input, &n_input, &output, &n_output);
  g_iconv_close (converter);
  return failed != (gsize)-1 ? g_steal_pointer (&result) : NULL;
}

char *
culvert_message_to_locale (const char *text)
{
  const char *charset;
  char       *converted;

  if (g_get_charset (&charset))
    return g_strdup (text);
  converted = transliterate (text, charset);
  if (converted == NULL)
    converted = g_convert_with_fallback (text, -1, charset, "UTF-8", "?", NULL, NULL, NULL);
  return converted != NULL ? converted : g_strdup ("");
}

static void
print_cb (const char *text)
{
  g_autofree char *converted = culvert_message_to_locale (text);

  if (fputs (converted, stdout) == EOF && output_errno == 0)
    output_errno = errno;
}

static void
printerr_cb (const char *text)
{
  g_autofree char *converted = culvert_message_to_locale (text);

  (void)fputs (converted, stderr);
  (void)fflush (stderr);
}

void
culvert_message_set_up (void)
{
  g_set_print_handler (print_cb);
  g_set_printerr_handler (printerr_cb);
}

CulvertExit
culvert_exit_from_kind (CulvertErrorKind kind, gboolean was_up)
{
  switch (kind)
    {
    case CULVERT_ERROR_KIND_NONE:
      return CULVERT_EXIT_DONE;
    case CULVERT_ERROR_KIND_UNREACHABLE:
      return was_up ? CULVERT_EXIT_LOST : CULVERT_EXIT_UNREACHABLE;
    case CULVERT_ERROR_KIND_HOST_KEY:
      return CULVERT_EXIT_HOST_KEY;
    case CULVERT_ERROR_KIND_SIGN_IN:
      return CULVERT_EXIT_SIGN_IN;
    case CULVERT_ERROR_KIND_FORWARD:
      return CULVERT_EXIT_FORWARD;
    case CULVERT_ERROR_KIND_COMMAND:
      return CULVERT_EXIT_USAGE;
    case CULVERT_ERROR_KIND_OTHER:
    default:
      return CULVERT_EXIT_TROUBLE;
    }
}

CulvertExit
culvert_exit_from_error (const GError *error, gboolean was_up)
{
  return culvert_exit_from_kind (culvert_error_get_kind (error), was_up);
}

/* (transfer full): without the full stop of the person's language */
static char *
cut_full_stop (const char *sentence)
{
  /* Translators: what a sentence of your language ends with */
  const char *full_stop = C_ ("full stop", ".");

  if (g_str_has_suffix (sentence, full_stop))
    return g_strndup (sentence, strlen (sentence) - strlen (full_stop));
  return g_strdup (sentence);
}

void
culvert_message_print (const char *subject, const char *what, const char *next)
{
  g_autofree char *shown_subject = culvert_log_printable (subject, -1);
  g_autofree char *shown_what = culvert_log_printable (what, -1);
  g_autofree char *shown_next = next != NULL ? culvert_log_printable (next, -1) : NULL;
  g_autofree char *cut = cut_full_stop (shown_what);

  if (shown_next != NULL)
    g_printerr ("culvertctl: %s: %s: %s\n", shown_subject, cut, shown_next);
  else
    g_printerr ("culvertctl: %s: %s\n", shown_subject, shown_what);
}

void
culvert_message_print_error (const char *subject, const GError *error)
{
  g_autoptr (CulvertFailureWords) words = culvert_failure_words_for_other (error);

  culvert_message_print (subject, words->what, words->next);
}

CulvertExit
culvert_message_print_usage (const char *command, const char *what)
{
  /* Translators: %s is the name of a command, which is not translated */
  g_autofree char *next = g_strdup_printf (_ ("see “culvertctl help %s”"), command);

  culvert_message_print (command, what, next);
  return CULVERT_EXIT_USAGE;
}

void
culvert_message_print_line (const char *line)
{
  g_autofree char *shown = culvert_log_printable (line, -1);

  g_print ("%s\n", shown);
  culvert_message_flush ();
}

gboolean
culvert_message_flush (void)
{
  if (fflush (stdout) != 0 && output_errno == 0)
    output_errno = errno;
  if (ferror (stdout) && output_errno == 0)
    output_errno = EIO;
  return output_errno == 0;
}

/* A reader that has seen enough, such as `head`, is no failure. */
int
culvert_message_end (int exit_status)
{
  if (culvert_message_flush () || output_errno == EPIPE)
    return exit_status;
  culvert_message_print (_ ("standard output"), g_strerror (output_errno),
                         _ ("write it elsewhere; what is there is incomplete"));
  return exit_status == CULVERT_EXIT_DONE ? CULVERT_EXIT_TROUBLE : exit_status;
}
