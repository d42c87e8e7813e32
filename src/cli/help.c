/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/message.h"

#include <glib/gi18n.h>
#include <string.h>

typedef struct
{
  const char *name;
  const char *synopsis; /* not translated */
  const char *summary;
  const char *details; /* nullable */
} Help;

static const Help helps[] = {
  { "run",
    "run [--once] [--for SECONDS] [--json] [--traffic] [--any-user] [--allow-command] [-v] "
    "(NAME… | FILE.culvert… | -- ssh ARGS…)",
    N_ ("Run tunnels in this program until it is interrupted."),
    N_ (
      "NAME is the name or id of a saved tunnel, FILE a tunnel’s file. Behind “--” stands an "
      "ordinary ssh command line, such as: -- ssh -N -L 8080:localhost:80 me@example.com; servers "
      "and forwards of ssh_config files are found as ssh finds them, jump hosts (-J) included.\n"
      "\n"
      "  --once           do not connect again: end at the first failure\n"
      "  --for SECONDS    end after that time\n"
      "  --json           print one JSON object per line for each event\n"
      "  --traffic        print what is carried, once a second while it changes\n"
      "  --any-user       let other users of this computer connect to its forwards, as -g does\n"
      "  --allow-command  run the ProxyCommand that leads to a server; without it such a tunnel is "
      "refused\n"
      "  -v, --verbose    print the log too; twice for its details\n"
      "\n"
      "Prints “up: …” when every forward listens. Questions go to the terminal, or to the program "
      "in SSH_ASKPASS as ssh does it.") },
  { "check", "check [--json] [--allow-command] [-v] (NAME… | FILE.culvert… | -- ssh ARGS…)",
    N_ ("Find out, step by step, whether tunnels would work."),
    N_ (
      "Reaches, proves and signs in to the server as “run” does, asking what it would ask, and "
      "then tries each forward that is on, without leaving anything open. Prints a line for each "
      "step: how it went, how long it took, and what was found; what to do about the first that "
      "failed stands on standard error. Ends with 0 when all passed.\n"
      "\n"
      "  --json           print one JSON object per line for each step that is over\n"
      "  --allow-command  run the ProxyCommand that leads to a server; without it such a tunnel is "
      "refused\n"
      "  -v, --verbose    print the log too") },
  { "list", "list [--json] [--aliases] [--names]", N_ ("List the saved tunnels."),
    N_ (
      "Prints id, name, server and forwards, and while Culvert runs also the state; what is switched "
      "off stands in parentheses. Below stands a sentence about what each forward does.\n"
      "\n"
      "  --aliases  list the servers that ssh_config files name instead, with the ids that they "
      "get when they are imported") },
  { "status", "status [--json] [NAME…]", N_ ("Say what the running Culvert’s tunnels do."),
    N_ (
      "Prints id, name, state and what each carries; below that why it is not up, and its forwards; "
      "what is switched off stands in parentheses. Starts Culvert, without a window, if it does "
      "not run.") },
  { "watch", "watch [--json]", N_ ("Print what changes, until it is interrupted or Culvert ends."),
    N_ ("  --json  print one JSON object per line for each change") },
  { "log", "log [--json] [-v] NAME", N_ ("Print what a tunnel wrote down."),
    N_ ("  --json         print one JSON object per line\n"
        "  -v, --verbose  with its details") },
  { "start", "start [--no-wait] (NAME… | --group GROUP)",
    N_ ("Switch tunnels on in the running Culvert."),
    N_ (
      "Starts Culvert, without a window, if it does not run. Waits until every tunnel is up, and "
      "prints “up: …” for each, or until it fails; the running Culvert then goes on trying where that "
      "helps. Questions are asked in Culvert’s window.\n"
      "\n"
      "  --no-wait  end at once") },
  { "stop", "stop [--no-wait] (NAME… | --group GROUP)",
    N_ ("Switch tunnels off in the running Culvert."),
    N_ ("  --no-wait      end at once\n"
        "  --group GROUP  switch off the tunnels of a group") },
  { "toggle", "toggle [--no-wait] NAME…",
    N_ ("Switch tunnels on that are off, and off that are on."), N_ ("  --no-wait  end at once") },
  { "add", "add [--name NAME] [--any-user] -- ssh ARGS…",
    N_ ("Save a tunnel from an ssh command line."),
    N_ ("  --any-user  let other users of this computer connect to its forwards, as -g does") },
  { "import", "import [--dry-run] [--replace | --keep-both] [--all] FILE…",
    N_ ("Save tunnels from files."),
    N_ (
      "FILE is a tunnel’s file; one of ssh_config, such as ~/.ssh/config: then each Host without "
      "patterns that has forwards becomes a tunnel; what PuTTY has saved: an export of the "
      "registry, a file of ~/.putty/sessions, or that folder; a file of ssh commands; or a unit "
      "of systemd. What it is, its content says. Nothing is started, no command is run, and no "
      "password comes along.\n"
      "\n"
      "  --dry-run    only say what would be done, in what it differs from what is saved, and what "
      "is not honoured\n"
      "  --replace    take the file’s state where a saved tunnel has its id or name, and differs\n"
      "  --keep-both  save it under another name there\n"
      "  --all        take servers without forwards, too") },
  { "export", "export NAME… [--as FORM] [-o DIR|FILE]",
    N_ ("Write saved tunnels into files, without secrets."),
    N_ (
      "  --as FORM  what to write: culvert, the tunnel’s own file; ssh, a command line; ssh-config, a "
      "block for ~/.ssh/config; systemd, a unit of the user manager; server-kit, what allows "
      "this tunnel and no more in authorized_keys and sshd_config\n"
      "  -o DIR     one file for each tunnel, named by its id\n"
      "  -o FILE    for a single tunnel; without -o it goes to standard output") },
  { "remove", "remove NAME…", N_ ("Remove saved tunnels and forget their secrets."), NULL },
  { "help", "help [COMMAND]", N_ ("Say how a command is used."), NULL },
};

static void
print_overview (void)
{
  g_print ("%s\n\n", _ ("Usage: culvertctl COMMAND …"));
  for (gsize i = 0; i < G_N_ELEMENTS (helps); i++)
    g_print ("  %s\n      %s\n", helps[i].synopsis, _ (helps[i].summary));
  g_print ("\n  --version\n      %s\n\n", _ ("Say which version this is."));
  g_print ("%s\n",
           _ ("Ends with 0 when done, 1 trouble with files, 2 wrong usage, 3 server not reachable, "
              "4 host key\nunknown, changed or refused, 5 sign-in refused, 6 a forward refused or "
              "its port taken, 7 connection\nlost (--once), 130 or 143 after a signal."));
}

gboolean
culvert_help_print (const char *command)
{
  if (command == NULL)
    {
      print_overview ();
      return TRUE;
    }
  for (gsize i = 0; i < G_N_ELEMENTS (helps); i++)
    if (strcmp (helps[i].name, command) == 0)
      {
        /* Translators: %s is how a command is written, not translated */
        g_print (_ ("Usage: culvertctl %s"), helps[i].synopsis);
        g_print ("\n\n%s\n", _ (helps[i].summary));
        if (helps[i].details != NULL)
          g_print ("\n%s\n", _ (helps[i].details));
        return TRUE;
      }
  return FALSE;
}

int
culvert_command_help (char **argv)
{
  if (g_strcmp0 (argv[0], "--help") == 0 || g_strcmp0 (argv[0], "-h") == 0)
    return culvert_help_print ("help") ? CULVERT_EXIT_DONE : CULVERT_EXIT_TROUBLE;
  if (argv[0] != NULL && argv[1] != NULL)
    return culvert_message_print_usage ("help", _ ("one command at a time"));
  if (culvert_help_print (argv[0]))
    return CULVERT_EXIT_DONE;
  /* Translators: in place of what is wrong with a word of the command line */
  culvert_message_print (argv[0], _ ("there is no such command"),
                         _ ("“culvertctl help” lists them"));
  return CULVERT_EXIT_USAGE;
}
