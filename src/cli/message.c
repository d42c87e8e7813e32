/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/message.h"

#include "base/log.h"
#include "core/errors.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

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

  (void)fputs (converted, stdout);
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

static CulvertExit
exit_from_ssh_error (int code, gboolean was_up)
{
  switch ((CulvertSshError)code)
    {
    case CULVERT_SSH_ERROR_HOST_KEY_UNKNOWN:
    case CULVERT_SSH_ERROR_HOST_KEY_UNANSWERED:
    case CULVERT_SSH_ERROR_HOST_KEY_REFUSED:
    case CULVERT_SSH_ERROR_HOST_KEY_CHANGED:
    case CULVERT_SSH_ERROR_HOST_KEY_REVOKED:
    case CULVERT_SSH_ERROR_HOST_KEY_STORE:
    case CULVERT_SSH_ERROR_HOST_KEY_CERTIFICATE:
      return CULVERT_EXIT_HOST_KEY;
    case CULVERT_SSH_ERROR_AUTH_REFUSED:
    case CULVERT_SSH_ERROR_AUTH_NO_METHOD:
    case CULVERT_SSH_ERROR_AUTH_CANCELLED:
    case CULVERT_SSH_ERROR_AUTH_UNANSWERED:
    case CULVERT_SSH_ERROR_AUTH_TIMED_OUT:
    case CULVERT_SSH_ERROR_AUTH_CLOSED:
    case CULVERT_SSH_ERROR_AUTH_TOO_MANY:
    case CULVERT_SSH_ERROR_AUTH_TOO_MANY_KEYS:
    case CULVERT_SSH_ERROR_AUTH_NO_PROMPTER:
    case CULVERT_SSH_ERROR_PASSWORD_EXPIRED:
    case CULVERT_SSH_ERROR_KEY_NOT_FOUND:
    case CULVERT_SSH_ERROR_KEY_UNREADABLE:
    case CULVERT_SSH_ERROR_KEY_PERMISSIONS:
    case CULVERT_SSH_ERROR_KEY_MALFORMED:
    case CULVERT_SSH_ERROR_KEY_UNSUPPORTED:
    case CULVERT_SSH_ERROR_KEY_IS_PUBLIC:
    case CULVERT_SSH_ERROR_KEY_PASSPHRASE_NEEDED:
    case CULVERT_SSH_ERROR_KEY_PASSPHRASE_WRONG:
    case CULVERT_SSH_ERROR_KEY_NEEDS_NEWER:
    case CULVERT_SSH_ERROR_CERTIFICATE_MALFORMED:
    case CULVERT_SSH_ERROR_CERTIFICATE_NO_KEY:
    case CULVERT_SSH_ERROR_CERTIFICATE_FOR_HOSTS:
    case CULVERT_SSH_ERROR_CERTIFICATE_TOO_EARLY:
    case CULVERT_SSH_ERROR_CERTIFICATE_TOO_LATE:
    case CULVERT_SSH_ERROR_CERTIFICATE_OTHER_USERS:
    case CULVERT_SSH_ERROR_CERTIFICATE_REFUSED:
    case CULVERT_SSH_ERROR_CERTIFICATE_NEEDS_NEWER:
    case CULVERT_SSH_ERROR_KEY_NEEDS_AGENT:
    case CULVERT_SSH_ERROR_AGENT_UNREACHABLE:
    case CULVERT_SSH_ERROR_AGENT_FAILED:
    case CULVERT_SSH_ERROR_AGENT_TIMED_OUT:
    case CULVERT_SSH_ERROR_PROXY_AUTH:
      return CULVERT_EXIT_SIGN_IN;
    case CULVERT_SSH_ERROR_COMMAND_NOT_ALLOWED:
      return CULVERT_EXIT_USAGE;
    case CULVERT_SSH_ERROR_OPEN_PROHIBITED:
    case CULVERT_SSH_ERROR_OPEN_FAILED:
    case CULVERT_SSH_ERROR_OPEN_SHORTAGE:
    case CULVERT_SSH_ERROR_OPEN_UNKNOWN:
    case CULVERT_SSH_ERROR_OPEN_TIMED_OUT:
      return CULVERT_EXIT_FORWARD;
    case CULVERT_SSH_ERROR_NAME_UNKNOWN:
    case CULVERT_SSH_ERROR_NO_NAME_SERVICE:
    case CULVERT_SSH_ERROR_NO_ADDRESS:
    case CULVERT_SSH_ERROR_REFUSED:
    case CULVERT_SSH_ERROR_UNREACHABLE:
    case CULVERT_SSH_ERROR_NO_NETWORK:
    case CULVERT_SSH_ERROR_NETWORK_NOT_LISTED:
    case CULVERT_SSH_ERROR_NETWORK_EXCLUDED:
    case CULVERT_SSH_ERROR_TIMED_OUT:
    case CULVERT_SSH_ERROR_SILENT:
    case CULVERT_SSH_ERROR_TURNED_AWAY:
    case CULVERT_SSH_ERROR_NOT_SSH:
    case CULVERT_SSH_ERROR_HANDSHAKE:
    case CULVERT_SSH_ERROR_HANDSHAKE_TIMED_OUT:
    case CULVERT_SSH_ERROR_NO_COMMON_KEX:
    case CULVERT_SSH_ERROR_NO_COMMON_HOST_KEY:
    case CULVERT_SSH_ERROR_NO_COMMON_CIPHER:
    case CULVERT_SSH_ERROR_NO_COMMON_MAC:
    case CULVERT_SSH_ERROR_NO_COMMON_COMPRESSION:
    case CULVERT_SSH_ERROR_CLOSED:
    case CULVERT_SSH_ERROR_LOST:
    case CULVERT_SSH_ERROR_PROTOCOL:
    case CULVERT_SSH_ERROR_PROXY_REFUSED:
    case CULVERT_SSH_ERROR_PROXY_PROTOCOL:
    case CULVERT_SSH_ERROR_COMMAND_FAILED:
    case CULVERT_SSH_ERROR_NEXT_PROHIBITED:
    case CULVERT_SSH_ERROR_NEXT_UNREACHABLE:
    default:
      return was_up ? CULVERT_EXIT_LOST : CULVERT_EXIT_UNREACHABLE;
    }
}

CulvertExit
culvert_exit_from_error (const GError *error, gboolean was_up)
{
  if (error == NULL)
    return CULVERT_EXIT_DONE;
  if (error->domain == CULVERT_SSH_ERROR)
    return exit_from_ssh_error (error->code, was_up);
  if (error->domain == CULVERT_FORWARD_ERROR)
    return CULVERT_EXIT_FORWARD;
  if (g_error_matches (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_COMMAND))
    return CULVERT_EXIT_USAGE;
  return CULVERT_EXIT_TROUBLE;
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
  (void)fflush (stdout);
}
