/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-command.h"

#include "core/shell-words.h"
#include "core/ssh-command-private.h"

#include <string.h>

#define MAX_WORDS  2000
#define URI_PREFIX "ssh://"

/* What the letters mean; the letters and which of them take an argument are those of ssh(1). */
typedef enum
{
  LETTER_ACCEPT,
  LETTER_REFUSE,
  LETTER_ACCEPT_OFF, /* takes "none" and /dev/null, refuses the rest */
  LETTER_SET,        /* in apply_letter() */
} LetterMeaning;

typedef struct
{
  char          letter;
  gboolean      has_argument;
  LetterMeaning meaning;
  const char   *reason; /* of a refusal: why, and what to do */
} Letter;

#define NO_SHARING "connections are not shared with ssh: leave it out"
#define NO_QUERY   "asks about ssh itself: leave it out"

static const Letter letters[] = {
  { '1', FALSE, LETTER_REFUSE, "version 1 of the protocol is not supported: leave it out" },
  { '2', FALSE, LETTER_ACCEPT, NULL },
  { '4', FALSE, LETTER_SET, NULL },
  { '6', FALSE, LETTER_SET, NULL },
  { 'a', FALSE, LETTER_ACCEPT, NULL },
  { 'A', FALSE, LETTER_ACCEPT, NULL },
  { 'b', TRUE, LETTER_REFUSE,
    "the own address cannot be chosen yet by this version: leave it out" },
  { 'B', TRUE, LETTER_REFUSE, "the interface cannot be chosen yet by this version: leave it out" },
  { 'c', TRUE, LETTER_SET, NULL },
  { 'C', FALSE, LETTER_ACCEPT, NULL },
  { 'D', TRUE, LETTER_SET, NULL },
  { 'e', TRUE, LETTER_ACCEPT, NULL },
  { 'E', TRUE, LETTER_REFUSE, "Culvert keeps a log of its own: leave it out" },
  { 'f', FALSE, LETTER_ACCEPT, NULL },
  { 'F', TRUE, LETTER_SET, NULL },
  { 'g', FALSE, LETTER_SET, NULL },
  { 'G', FALSE, LETTER_REFUSE, NO_QUERY },
  { 'i', TRUE, LETTER_SET, NULL },
  { 'I', TRUE, LETTER_REFUSE, "tokens are reached through the agent: add it there" },
  { 'J', TRUE, LETTER_SET, NULL },
  { 'k', FALSE, LETTER_ACCEPT, NULL },
  { 'K', FALSE, LETTER_REFUSE, "this way to sign in is not supported: leave it out" },
  { 'l', TRUE, LETTER_SET, NULL },
  { 'L', TRUE, LETTER_SET, NULL },
  { 'm', TRUE, LETTER_SET, NULL },
  { 'M', FALSE, LETTER_REFUSE, NO_SHARING },
  { 'n', FALSE, LETTER_ACCEPT, NULL },
  { 'N', FALSE, LETTER_SET, NULL },
  { 'o', TRUE, LETTER_SET, NULL },
  { 'O', TRUE, LETTER_REFUSE, NO_SHARING },
  { 'p', TRUE, LETTER_SET, NULL },
  { 'P', TRUE, LETTER_SET, NULL },
  { 'q', FALSE, LETTER_ACCEPT, NULL },
  { 'Q', TRUE, LETTER_REFUSE, NO_QUERY },
  { 'R', TRUE, LETTER_SET, NULL },
  { 's', FALSE, LETTER_REFUSE, "a tunnel starts no subsystem: leave it out" },
  { 'S', TRUE, LETTER_ACCEPT_OFF, NO_SHARING },
  { 't', FALSE, LETTER_ACCEPT, NULL },
  { 'T', FALSE, LETTER_ACCEPT, NULL },
  { 'v', FALSE, LETTER_ACCEPT, NULL },
  { 'V', FALSE, LETTER_REFUSE, NO_QUERY },
  { 'w', TRUE, LETTER_REFUSE, "network interfaces are not forwarded: use -L, -R or -D" },
  { 'W', TRUE, LETTER_REFUSE,
    "standard input is not forwarded yet by this version: use -L with a port" },
  { 'x', FALSE, LETTER_ACCEPT, NULL },
  { 'X', FALSE, LETTER_ACCEPT, NULL },
  { 'y', FALSE, LETTER_ACCEPT, NULL },
  { 'Y', FALSE, LETTER_ACCEPT, NULL },
};

static const Letter *
find_letter (char letter)
{
  for (guint i = 0; i < G_N_ELEMENTS (letters); i++)
    if (letters[i].letter == letter)
      return &letters[i];
  return NULL;
}

/* Of several the last wins. */
static gboolean
set_config_file (CulvertSshDraft *draft, const char *word, const char *path, GError **error)
{
  if (draft->files == NULL && strcmp (path, "none") != 0 && strcmp (path, "/dev/null") != 0)
    return culvert_ssh_refuse (error, word,
                               "files of ssh_config are not read here: write the options "
                               "themselves");
  g_free (draft->config_file);
  draft->config_file = g_strdup (path);
  return TRUE;
}

static gboolean
set_letter (CulvertSshDraft *draft,
            char             letter,
            const char      *word,
            const char      *argument,
            GError         **error)
{
  switch (letter)
    {
    case '4':
    case '6':
      /* Of these the last wins, also over AddressFamily. */
      draft->is_set |= CULVERT_SSH_SETS_FAMILY;
      draft->profile->address_family =
        letter == '4' ? CULVERT_ADDRESS_FAMILY_IPV4 : CULVERT_ADDRESS_FAMILY_IPV6;
      return TRUE;
    case 'g':
      draft->is_set |= CULVERT_SSH_SETS_GATEWAY;
      draft->is_gateway = TRUE;
      return TRUE;
    case 'N':
      /* No command at the server; "true" is one. */
      draft->profile->quick_replies = FALSE;
      return TRUE;
    case 'c':
      return culvert_ssh_draft_set_algorithms (draft, word, CULVERT_ALGORITHM_CIPHER, argument,
                                               error);
    case 'm':
      return culvert_ssh_draft_set_algorithms (draft, word, CULVERT_ALGORITHM_MAC, argument, error);
    case 'F':
      return set_config_file (draft, word, argument, error);
    case 'P':
      draft->tag = draft->tag != NULL ? draft->tag : g_strdup (argument);
      return TRUE;
    case 'D':
      return culvert_ssh_draft_add_forward (draft, word, CULVERT_FORWARD_DYNAMIC, argument, error);
    case 'L':
      return culvert_ssh_draft_add_forward (draft, word, CULVERT_FORWARD_LOCAL, argument, error);
    case 'R':
      return culvert_ssh_draft_add_forward (draft, word, CULVERT_FORWARD_REMOTE, argument, error);
    case 'i':
      return culvert_ssh_draft_add_key_file (draft, word, argument, error);
    case 'J':
      return culvert_ssh_draft_set_hops (draft, word, argument, error);
    case 'l':
      return culvert_ssh_draft_set_user (draft, word, argument, error);
    case 'p':
      return culvert_ssh_draft_set_port (draft, word, argument, error);
    case 'o':
      return culvert_ssh_draft_apply_option (draft, argument, error);
    default:
      g_return_val_if_reached (FALSE);
    }
}

static gboolean
apply_letter (CulvertSshDraft *draft, const Letter *letter, const char *argument, GError **error)
{
  g_autofree char *word = letter->has_argument
                            ? g_strdup_printf ("-%c %s", letter->letter, argument)
                            : g_strdup_printf ("-%c", letter->letter);

  switch (letter->meaning)
    {
    case LETTER_ACCEPT:
      return TRUE;
    case LETTER_ACCEPT_OFF:
      return strcmp (argument, "none") == 0 || strcmp (argument, "/dev/null") == 0 ||
             culvert_ssh_refuse (error, word, "%s", letter->reason);
    case LETTER_SET:
      return set_letter (draft, letter->letter, word, argument, error);
    case LETTER_REFUSE:
    default:
      return culvert_ssh_refuse (error, word, "%s", letter->reason);
    }
}

/* Reads clustered letters ("-fNL", "-p2222") and moves @cursor behind what it used. */
static gboolean
read_letters (CulvertSshDraft *draft, const char *const **cursor, GError **error)
{
  const char *const *word = *cursor;

  for (const char *p = *word + 1; *p != '\0'; p++)
    {
      const Letter *letter = find_letter (*p);
      const char   *argument = NULL;

      if (letter == NULL)
        return culvert_ssh_refuse (error, *word,
                                   "ssh has no option that is understood here by this name");
      if (letter->has_argument)
        {
          argument = p[1] != '\0' ? p + 1 : *++word;
          if (argument == NULL)
            {
              g_autofree char *name = g_strdup_printf ("-%c", letter->letter);

              return culvert_ssh_refuse (error, name, "what belongs to it is missing");
            }
        }
      if (!apply_letter (draft, letter, argument, error))
        return FALSE;
      if (letter->has_argument)
        break;
    }
  *cursor = word + 1;
  return TRUE;
}

static gboolean
looks_like_typographic_dash (const char *word)
{
  gunichar c = g_utf8_get_char (word);

  return c != '-' && (g_unichar_type (c) == G_UNICODE_DASH_PUNCTUATION || c == 0x2212);
}

/* Reads options up to the first word that is none; `--` ends them and sets @is_ended. */
static gboolean
read_options (CulvertSshDraft    *draft,
              const char *const **cursor,
              gboolean           *is_ended,
              GError            **error)
{
  while (**cursor != NULL)
    {
      const char *word = **cursor;

      if (looks_like_typographic_dash (word))
        return culvert_ssh_refuse (error, word, "begins with a typographic dash: type a plain -");
      if (strcmp (word, "--") == 0)
        {
          *is_ended = TRUE;
          (*cursor)++;
          return TRUE;
        }
      if (word[0] != '-' || word[1] == '\0')
        return TRUE;
      if (!read_letters (draft, cursor, error))
        return FALSE;
    }
  return TRUE;
}

/* `ssh://[user@]host[:port]` */
static gboolean
read_uri (CulvertSshDraft *draft, const char *word, GError **error)
{
  g_autofree char *authority = g_strdup (word + strlen (URI_PREFIX));
  char            *host = strrchr (authority, '@');
  char            *slash = strchr (authority, '/');
  char            *port = NULL;

  if (slash != NULL && slash[1] != '\0')
    return culvert_ssh_refuse (error, word, "an address of a server has no path: leave it out");
  if (slash != NULL)
    *slash = '\0';
  if (host != NULL)
    {
      g_autofree char *user = NULL;

      *host++ = '\0';
      authority[strcspn (authority, ";")] = '\0';
      user = g_uri_unescape_string (authority, NULL);
      if (user == NULL || !g_utf8_validate (user, -1, NULL))
        return culvert_ssh_refuse (error, word, "the user is not written as it is in addresses");
      if (!culvert_ssh_draft_set_user (draft, word, user, error))
        return FALSE;
    }
  else
    host = authority;

  if (host[0] == '[')
    port = strchr (host, ']') != NULL ? strchr (strchr (host, ']'), ':') : NULL;
  else
    port = strrchr (host, ':');
  if (port != NULL)
    {
      *port++ = '\0';
      if (!culvert_ssh_draft_set_port (draft, word, port, error))
        return FALSE;
    }
  draft->alias = g_strdup (host);
  return TRUE;
}

/* `[user@]host` */
static gboolean
read_destination (CulvertSshDraft *draft, const char *word, GError **error)
{
  const char *at = strrchr (word, '@');

  if (g_str_has_prefix (word, URI_PREFIX))
    return read_uri (draft, word, error);
  if (at != NULL)
    {
      g_autofree char *user = g_strndup (word, at - word);

      if (!culvert_ssh_draft_set_user (draft, word, user, error))
        return FALSE;
    }
  draft->alias = g_strdup (at != NULL ? at + 1 : word);
  return TRUE;
}

static gboolean
read_words (CulvertSshDraft *draft, const char *const *words, GError **error)
{
  const char *const *cursor = words;
  gboolean           is_ended = FALSE;

  if (!read_options (draft, &cursor, &is_ended, error))
    return FALSE;
  if (*cursor == NULL)
    return culvert_ssh_refuse (error, "ssh", "no server is named: add user@host");
  if (!read_destination (draft, *cursor++, error))
    return FALSE;
  /* ssh takes more options behind the server, unless `--` ended them. */
  if (!is_ended && !read_options (draft, &cursor, &is_ended, error))
    return FALSE;
  if (*cursor != NULL)
    return culvert_ssh_refuse (error, *cursor,
                               "a tunnel runs no command at the server: leave it out");
  return TRUE;
}

static gboolean
has_control_character (const char *word)
{
  for (const char *p = word; *p != '\0'; p++)
    if (g_ascii_iscntrl (*p) && *p != '\t')
      return TRUE;
  return FALSE;
}

static gboolean
check_words (const char *const *words, GError **error)
{
  for (guint i = 0; words[i] != NULL; i++)
    {
      if (i == MAX_WORDS)
        return culvert_ssh_refuse (error, words[i], "more than %d words", MAX_WORDS);
      if (strlen (words[i]) > CULVERT_SHELL_LINE_MAX || !g_utf8_validate (words[i], -1, NULL))
        return culvert_ssh_refuse (error, words[i], "too long, or not UTF-8 text");
      if (has_control_character (words[i]))
        return culvert_ssh_refuse (error, words[i], "has a control character: leave it out");
    }
  return TRUE;
}

static gboolean
is_ssh_program (const char *word)
{
  static const char *const names[] = { "ssh", "ssh.exe" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      gsize n_before = strlen (word) - strlen (names[i]);

      if (strcmp (word, names[i]) == 0)
        return TRUE;
      if (g_str_has_suffix (word, names[i]) &&
          (word[n_before - 1] == '/' || word[n_before - 1] == '\\'))
        return TRUE;
    }
  return FALSE;
}

CulvertProfile *
culvert_ssh_command_parse_with (const char *const     *argv,
                                const CulvertSshFiles *files,
                                GPtrArray             *notices,
                                GError               **error)
{
  g_autoptr (CulvertSshDraft) draft = culvert_ssh_draft_new (files);

  g_return_val_if_fail (argv != NULL, NULL);

  if (argv[0] != NULL && is_ssh_program (argv[0]))
    argv++;
  if (!check_words (argv, error) || !read_words (draft, argv, error) ||
      !culvert_ssh_draft_read_config (draft, error) || !culvert_ssh_draft_finish (draft, error))
    return NULL;
  if (notices != NULL)
    g_ptr_array_extend_and_steal (notices, g_steal_pointer (&draft->notices));
  return culvert_profile_ref (draft->profile);
}

CulvertProfile *
culvert_ssh_command_parse (const char *const *argv, GError **error)
{
  return culvert_ssh_command_parse_with (argv, NULL, NULL, error);
}

CulvertProfile *
culvert_ssh_command_parse_line_with (const char            *line,
                                     const CulvertSshFiles *files,
                                     GPtrArray             *notices,
                                     GError               **error)
{
  g_auto (GStrv) words = NULL;

  g_return_val_if_fail (line != NULL, NULL);

  words = culvert_shell_words_split (line, error);
  if (words == NULL)
    return NULL;
  return culvert_ssh_command_parse_with ((const char *const *)words, files, notices, error);
}

CulvertProfile *
culvert_ssh_command_parse_line (const char *line, GError **error)
{
  return culvert_ssh_command_parse_line_with (line, NULL, NULL, error);
}
