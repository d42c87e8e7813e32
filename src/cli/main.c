/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/process.h"
#include "cli/commands.h"
#include "cli/message.h"
#include "engine/describe-libraries.h"
#include "words/language.h"

#include <glib/gi18n.h>
#include <string.h>

/* The composition root of culvertctl: no display needed, and a session bus only by what talks to the running
 * Culvert. */

static const struct
{
  const char *name;
  int (*run) (char **argv);
} commands[] = {
  { "run", culvert_command_run },       { "check", culvert_command_check },
  { "list", culvert_command_list },     { "status", culvert_command_status },
  { "watch", culvert_command_watch },   { "log", culvert_command_log },
  { "start", culvert_command_start },   { "stop", culvert_command_stop },
  { "toggle", culvert_command_toggle }, { "add", culvert_command_add },
  { "import", culvert_command_import }, { "export", culvert_command_export },
  { "remove", culvert_command_remove }, { "help", culvert_command_help },
};

static int
print_version (void)
{
  g_print ("culvertctl %s\n%s\n", CULVERT_VERSION, culvert_describe_libraries ());
  return CULVERT_EXIT_DONE;
}

static int
refuse (const char *word)
{
  culvert_message_print (word, _ ("there is no such command"), _ ("“culvertctl help” lists them"));
  return CULVERT_EXIT_USAGE;
}

int
main (int argc, char **argv)
{
  culvert_process_harden ();
  culvert_language_init ();
  g_set_prgname ("culvertctl");
  culvert_message_set_up ();

  if (argc < 2)
    {
      culvert_message_print ("culvertctl", _ ("a command is missing"),
                             _ ("“culvertctl help” lists them"));
      return CULVERT_EXIT_USAGE;
    }
  if (strcmp (argv[1], "--version") == 0)
    return culvert_message_end (print_version ());
  if (strcmp (argv[1], "--help") == 0 || strcmp (argv[1], "-h") == 0)
    return culvert_message_end (culvert_command_help (argv + 2));
  for (gsize i = 0; i < G_N_ELEMENTS (commands); i++)
    if (strcmp (argv[1], commands[i].name) == 0)
      return culvert_message_end (commands[i].run (argv + 2));
  return refuse (argv[1]);
}
