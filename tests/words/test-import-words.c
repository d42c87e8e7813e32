/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-command.h"
#include "words/import-words.h"

#include <gio/gio.h>
#include <string.h>

/* Every code has words of its own, with what the note knows in them. */
static void
test_notes (void)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint code = 0; code < CULVERT_N_IMPORT_NOTE_CODES; code++)
    {
      g_autoptr (CulvertImportNote) note = culvert_import_note_new (
        (CulvertImportNoteCode)code, "/a/file", 7, "its text", "its reason");
      g_autofree char *words = culvert_words_for_import_note (note);
      g_autofree char *placed = culvert_words_for_import_note_and_place (note);

      g_test_message ("%s", placed);
      g_assert_true (g_utf8_validate (words, -1, NULL));
      g_assert_cmpuint (strlen (words), >, 10);
      g_assert_nonnull (strstr (placed, "(file, line 7)"));
      if (code != CULVERT_IMPORT_MINOR_LINE)
        g_assert_true (g_hash_table_add (seen, g_strdup (words)));
    }
}

/* What a file says becomes no line of its own, nor a terminal's command. */
static void
test_hostile (void)
{
  g_autoptr (CulvertImportNote) note =
    culvert_import_note_new (CULVERT_IMPORT_FORWARD, "/a\nb", 1, "L1\n\x1b[2J=\xff", "x\ry");
  g_autofree char *words = culvert_words_for_import_note_and_place (note);

  g_assert_true (g_utf8_validate (words, -1, NULL));
  g_assert_null (strpbrk (words, "\n\r\x1b"));
}

static void
test_differences (void)
{
  static const struct
  {
    const char *before;
    const char *after;
    const char *words; /* by lines */
  } rows[] = {
    { "ssh host", "ssh -p 2222 host", "Port: 2222 instead of 22" },
    { "ssh -l bob host", "ssh host", "User name: your login name instead of bob" },
    { "ssh host", "ssh -J a,b host", "Jump hosts: a, b instead of nothing" },
    { "ssh -4 host", "ssh -6 host", "Addresses of the server: IPv6 only instead of IPv4 only" },
    { "ssh host", "ssh -o StrictHostKeyChecking=yes host",
      "Servers that are not known yet: Refuse instead of Ask me" },
    { "ssh host", "ssh -o IdentityAgent=none -o PreferredAuthentications=publickey host",
      "Sign in with: Key file instead of SSH agent, Key file, Password, The server’s questions" },
    { "ssh host", "ssh -o ServerAliveInterval=0 host",
      "Check the connection: never instead of 15 s" },
    { "ssh host", "ssh -N host", "Ask for quick replies: off instead of on" },
    { "ssh host", "ssh -D 1080 host", "New forward: Proxy on localhost:1080" },
    { "ssh -L 1:h:2 host", "ssh host", "Without the forward: localhost:1 → h:2" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CulvertProfile) before = culvert_ssh_command_parse_line (rows[i].before, NULL);
      g_autoptr (CulvertProfile) after = culvert_ssh_command_parse_line (rows[i].after, NULL);
      g_autoptr (GPtrArray)      differences = culvert_profile_differences (before, after);
      g_autofree char           *words = NULL;

      g_assert_cmpuint (differences->len, ==, 1);
      words = culvert_words_for_difference (differences->pdata[0], before, after);
      g_assert_cmpstr (words, ==, rows[i].words);
    }
}

/* No field is without words. */
static void
test_all_fields (void)
{
  g_autoptr (CulvertProfile) profile = culvert_ssh_command_parse_line ("ssh -D 1 host", NULL);

  for (guint field = 0; field < CULVERT_N_DIFFERENCE_FIELDS; field++)
    {
      CulvertDifference difference = { (CulvertDifferenceField)field, profile->forwards->pdata[0],
                                       profile->forwards->pdata[0] };
      g_autofree char  *words = culvert_words_for_difference (&difference, profile, profile);

      g_test_message ("%s", words);
      g_assert_cmpuint (strlen (words), >, 5);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/words/import-words/notes", test_notes);
  g_test_add_func ("/words/import-words/hostile", test_hostile);
  g_test_add_func ("/words/import-words/differences", test_differences);
  g_test_add_func ("/words/import-words/all-fields", test_all_fields);
  return g_test_run ();
}
