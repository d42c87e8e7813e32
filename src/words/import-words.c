/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "words/import-words.h"

#include <glib/gi18n.h>

char *
culvert_words_for_import_note (const CulvertImportNote *note)
{
  g_return_val_if_fail (note != NULL, NULL);

  switch (note->code)
    {
    case CULVERT_IMPORT_MALFORMED:
      /* Translators: %s is a technical reason in English */
      return g_strdup_printf (_ ("This can’t be read: %s."), note->reason);
    case CULVERT_IMPORT_UNREADABLE:
      /* Translators: %s are the system’s own words */
      return g_strdup_printf (_ ("The file can’t be read: %s."), note->reason);
    case CULVERT_IMPORT_TOO_LARGE:
      return g_strdup (_ ("The file is too large for tunnels."));
    case CULVERT_IMPORT_NEWER:
      return g_strdup (_ ("The file was made by a newer Culvert. Update Culvert to use it."));
    case CULVERT_IMPORT_NOTHING:
      return g_strdup (_ ("No server or tunnel is named in it: no Host names a server without "
                          "patterns, no session was saved."));
    case CULVERT_IMPORT_NOT_USABLE:
      /* Translators: %s is a technical reason in English, naming the word */
      return g_strdup_printf (_ ("It can’t be used for a tunnel: %s."), note->reason);
    case CULVERT_IMPORT_NO_SERVER:
      return g_strdup (_ ("The session names no server."));
    case CULVERT_IMPORT_OTHER_PROTOCOL:
      /* Translators: %s is the name of a protocol: "telnet" */
      return g_strdup_printf (_ ("Not an SSH session, but one of %s."), note->text);
    case CULVERT_IMPORT_OTHER_PROXY:
      /* Translators: %s is what PuTTY calls a kind of proxy: "Telnet" */
      return g_strdup_printf (
        _ ("Its proxy is of a kind that Culvert can’t use: “%s”. Choose another in PuTTY."),
        note->text);
    case CULVERT_IMPORT_COMMAND_SECRET:
      return g_strdup (_ ("A password is written into the way to the server. Passwords are not "
                          "imported: take it out of there."));
    case CULVERT_IMPORT_REFERENCE:
      /* Translators: %s is the id of a tunnel */
      return g_strdup_printf (_ ("It starts the saved tunnel “%s”, which is not here. Import that "
                                 "tunnel’s own file."),
                              note->text);
    case CULVERT_IMPORT_LINE:
    case CULVERT_IMPORT_MINOR_LINE:
      /* Translators: 1 is a line of a file: "ciphers aes128-ctr", 2 a technical reason in English */
      return g_strdup_printf (_ ("“%1$s” is left out: %2$s"), note->text, note->reason);
    case CULVERT_IMPORT_FORWARD:
      /* Translators: 1 is a forward as PuTTY writes it: "L8080=web", 2 a technical reason in English */
      return g_strdup_printf (_ ("The forward “%1$s” is left out: %2$s"), note->text, note->reason);
    case CULVERT_IMPORT_KEY:
      /* Translators: %s is a path; "puttygen … -O private-openssh" is typed as it is */
      return g_strdup_printf (_ ("PuTTY’s key “%s” is left out: Culvert can’t read it. Convert it "
                                 "with “puttygen KEY -O private-openssh -o NEW”, and choose the "
                                 "new file in the tunnel."),
                              note->text);
    case CULVERT_IMPORT_PROXY_PASSWORD:
      return g_strdup (_ ("The proxy’s password is not imported. You are asked for it when the "
                          "proxy wants it."));
    case CULVERT_IMPORT_USER:
      return g_strdup (_ ("No user name is saved, for which PuTTY asks each time. Your own login "
                          "name is used until you fill one in."));
    case CULVERT_IMPORT_COMMAND:
      /* Translators: %s is a command */
      return g_strdup_printf (_ ("A command leads to the server: “%s”. It is not run until you "
                                 "have allowed it in the tunnel."),
                              note->text);
    case CULVERT_IMPORT_COMPRESSION:
      return g_strdup (_ ("Compression is left out: Culvert does not compress."));
    case CULVERT_IMPORT_AGENT_FORWARDING:
      return g_strdup (_ ("Agent forwarding is left out: no program runs at the server."));
    case CULVERT_IMPORT_REMOTE_COMMAND:
      return g_strdup (_ ("The remote command is left out: a tunnel runs none."));
    case CULVERT_IMPORT_UNKNOWN_KIND:
    default:
      return g_strdup (_ ("It is no kind of file that can be imported: a tunnel of Culvert, "
                          "ssh_config, PuTTY’s sessions, ssh commands."));
    }
}

char *
culvert_words_for_import_note_and_place (const CulvertImportNote *note)
{
  g_autofree char *text = culvert_words_for_import_note (note);
  g_autofree char *name = g_path_get_basename (note->file);

  if (note->line == 0)
    return g_steal_pointer (&text);
  /* Translators: 1 is a whole sentence, 2 the name of a file, 3 a number */
  return g_strdup_printf (_ ("%1$s (%2$s, line %3$u)"), text, name, note->line);
}
