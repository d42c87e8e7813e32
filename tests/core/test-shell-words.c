/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/shell-words.h"

#include "core/errors.h"

#include <string.h>

typedef struct
{
  const char *line;
  const char *words; /* joined by "|"; NULL: refused */
  const char *part;  /* of the message */
} Row;

static const Row rows[] = {
  { "", "", NULL },
  { "   \t\n ", "", NULL },
  { "ssh -N host", "ssh|-N|host", NULL },
  { "  ssh\t-N \n host \r\n", "ssh|-N|host", NULL },
  { "$ ssh host", "ssh|host", NULL },
  { "  $ ssh host", "ssh|host", NULL },
  { "% ssh host", "ssh|host", NULL },
  { "# ssh host", "ssh|host", NULL },
  { "> ssh host", "ssh|host", NULL },
  { "ssh host # a comment | with ; things", "ssh|host", NULL },
  { "ssh host#1", "ssh|host#1", NULL },
  { "ssh -N \\\n  -L 1:h:2 \\\r\n host", "ssh|-N|-L|1:h:2|host", NULL },
  { "ss\\\nh ho\\\nst", "ssh|host", NULL },
  { "a 'b c' d", "a|b c|d", NULL },
  { "a \"b c\" d", "a|b c|d", NULL },
  { "a b' 'c\" \"d", "a|b c d", NULL },
  { "'' \"\"", "|", NULL },
  { "'a\\b$c`d'", "a\\b$c`d", NULL },
  { "\"a\\\"b\\\\c\\$d\\`e\\f\"", "a\"b\\c$d`e\\f", NULL },
  { "\"a\\\nb\"", "ab", NULL },
  { "a\\ b \\'c\\'", "a b|'c'", NULL },
  { "*:80 [::1]:22 ~/x ~x", "*:80|[::1]:22|~/x|~x", NULL },
  { "$HOME/x ${HOME}/y \"$HOME/z\" $HOME", "~/x|~/y|~/z|~", NULL },
  { "5$ $ \"$\"", "5$|$|$", NULL },
  { "ssh host &", "ssh|host", NULL },
  { "ssh host&  \n", "ssh|host", NULL },
  { "ssh\u00a0-N\u00a0host", "ssh|-N|host", NULL },
  { "bücher 日本", "bücher|日本", NULL },
  { "a|b", NULL, "\"|\"" },
  { "a && b", NULL, "\"&\"" },
  { "a; b", NULL, "\";\"" },
  { "a > b", NULL, "\">\"" },
  { "a < b", NULL, "\"<\"" },
  { "(a)", NULL, "\"(\"" },
  { "a $USER@h", NULL, "$USER" },
  { "a x$HOME", NULL, "$HOME" },
  { "a $HOMEX", NULL, "$HOMEX" },
  { "a $(id)", NULL, "$(id)" },
  { "a ${X}", NULL, "${X}" },
  { "a \"$X\"", NULL, "$X" },
  { "a $1", NULL, "$1" },
  { "a `id`", NULL, "\"`\"" },
  { "a \"`id`\"", NULL, "\"`\"" },
  { "a 'b", NULL, "not closed" },
  { "a \"b", NULL, "not closed" },
  { "a \"b\\", NULL, "not closed" },
  { "a b\\", NULL, "backslash" },
  { "a \u201cb\u201d", NULL, "typographic" },
  { "a \u2018b\u2019", NULL, "typographic" },
  { "a \xff", NULL, "UTF-8" },
};

static void
test_split (gconstpointer data)
{
  const Row         *row = data;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv)     words = culvert_shell_words_split (row->line, &error);
  g_autofree char   *joined = NULL;

  if (row->words == NULL)
    {
      g_assert_null (words);
      g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_COMMAND);
      g_test_message ("%s", error->message);
      g_assert_nonnull (strstr (error->message, row->part));
      return;
    }
  g_assert_no_error (error);
  joined = g_strjoinv ("|", words);
  g_assert_cmpstr (joined, ==, row->words);
}

static void
test_too_long (void)
{
  g_autofree char   *line = g_strnfill (CULVERT_SHELL_LINE_MAX + 1, 'a');
  g_autoptr (GError) error = NULL;

  g_assert_null (culvert_shell_words_split (line, &error));
  g_assert_error (error, CULVERT_PROFILE_ERROR, CULVERT_PROFILE_ERROR_COMMAND);
  g_assert_cmpuint (strlen (error->message), <, 200);
}

typedef struct
{
  const char *word;
  const char *quoted;
} QuoteRow;

static const QuoteRow quote_rows[] = {
  { "plain", "plain" },
  { "user@host.example.com", "user@host.example.com" },
  { "8080:/run/x,y=z%+-_", "8080:/run/x,y=z%+-_" },
  { "", "''" },
  { "a b", "'a b'" },
  { "*:80", "'*:80'" },
  { "[::1]:80", "'[::1]:80'" },
  { "it's", "'it'\\''s'" },
  { "$x", "'$x'" },
  { "a\nb", "'a\nb'" },
  { "~/x", "~/x" },
  { "~/my key", "~/'my key'" },
  { "~x", "'~x'" },
  { "~", "'~'" },
  { "é", "'é'" },
};

/* What is quoted reads back, here and in a shell. */
static void
test_quote (gconstpointer data)
{
  const QuoteRow    *row = data;
  g_autoptr (GError) error = NULL;
  g_autofree char   *quoted = culvert_shell_words_quote (row->word);
  g_auto (GStrv)     words = culvert_shell_words_split (quoted, &error);
  g_autofree char   *script = g_strdup_printf ("HOME='~'; printf %%s %s", quoted);
  const char *const  argv[] = { "sh", "-c", script, NULL };
  g_autofree char   *output = NULL;

  g_assert_cmpstr (quoted, ==, row->quoted);
  g_assert_no_error (error);
  g_assert_cmpuint (g_strv_length (words), ==, 1);
  g_assert_cmpstr (words[0], ==, row->word);

  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output, NULL, NULL,
                &error);
  g_assert_no_error (error);
  g_assert_cmpstr (output, ==, row->word);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/core/shell-words/split/%02u", i);

      g_test_add_data_func (path, &rows[i], test_split);
    }
  g_test_add_func ("/core/shell-words/too-long", test_too_long);
  for (guint i = 0; i < G_N_ELEMENTS (quote_rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/core/shell-words/quote/%02u", i);

      g_test_add_data_func (path, &quote_rows[i], test_quote);
    }

  return g_test_run ();
}
