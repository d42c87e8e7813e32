/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/port-choice.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

static const char *
describe_missing (CulvertField field)
{
  switch (field)
    {
    case CULVERT_FIELD_HOST:
      return _ ("Type the name or address of the server.");
    case CULVERT_FIELD_METHODS:
      return _ ("Choose at least one way to sign in.");
    case CULVERT_FIELD_NETWORKS:
      return _ ("Name at least one network, or choose “Any network”.");
    case CULVERT_FIELD_FORWARD_LISTEN:
      return _ ("Say where the forward listens: a port, an address with a port, or a socket’s "
                "path.");
    case CULVERT_FIELD_FORWARD_TARGET:
      return _ ("Say what the forward leads to: a name or address with a port, or a socket’s "
                "path.");
    case CULVERT_FIELD_NAME:
    case CULVERT_FIELD_GROUP:
    case CULVERT_FIELD_PORT:
    case CULVERT_FIELD_USER:
    case CULVERT_FIELD_KEY_FILES:
    case CULVERT_FIELD_CERTIFICATE_FILES:
    case CULVERT_FIELD_AGENT_SOCKET:
    case CULVERT_FIELD_HOST_KEY_ALIAS:
    case CULVERT_FIELD_FORWARDS:
    case CULVERT_FIELD_FORWARD_BROWSER:
    case CULVERT_FIELD_HOPS:
    case CULVERT_FIELD_PROXY:
    case CULVERT_FIELD_PROXY_COMMAND:
    default:
      return _ ("Something is needed here.");
    }
}

static char *
describe_invalid_path (CulvertField field, const char *subject)
{
  switch (field)
    {
    case CULVERT_FIELD_KEY_FILES:
      /* Translators: %s is a path */
      return g_strdup_printf (
        _ ("“%s” can’t be a key file: choose a file by its whole path, beginning with / or ~/."),
        subject);
    case CULVERT_FIELD_CERTIFICATE_FILES:
      /* Translators: %s is a path */
      return g_strdup_printf (
        _ ("“%s” can’t be a certificate: choose a file by its whole path, beginning with / or ~/."),
        subject);
    case CULVERT_FIELD_AGENT_SOCKET:
      /* Translators: %s is a path */
      return g_strdup_printf (_ ("“%s” can’t be an agent’s socket: give its whole path, beginning "
                                 "with / or ~/."),
                              subject);
    case CULVERT_FIELD_FORWARD_BROWSER:
      return g_strdup (_ ("A page is what follows the address, beginning with /, as in "
                          "/admin/index.html."));
    case CULVERT_FIELD_NAME:
    case CULVERT_FIELD_GROUP:
    case CULVERT_FIELD_HOST:
    case CULVERT_FIELD_PORT:
    case CULVERT_FIELD_USER:
    case CULVERT_FIELD_METHODS:
    case CULVERT_FIELD_HOST_KEY_ALIAS:
    case CULVERT_FIELD_NETWORKS:
    case CULVERT_FIELD_FORWARDS:
    case CULVERT_FIELD_FORWARD_LISTEN:
    case CULVERT_FIELD_FORWARD_TARGET:
    case CULVERT_FIELD_HOPS:
    case CULVERT_FIELD_PROXY:
    case CULVERT_FIELD_PROXY_COMMAND:
    default:
      /* Translators: 1 is a path, 2 a number */
      return g_strdup_printf (_ ("“%1$s” can’t be a socket: give a whole path of at most %2$d "
                                 "characters, beginning with /."),
                              subject, CULVERT_UNIX_PATH_MAX);
    }
}

static char *
describe_privileged (const char *subject)
{
  guint16 port = 0;

  if (!culvert_port_parse (subject, &port))
    port = 0;
  /* Translators: 1 and 2 are port numbers */
  return g_strdup_printf (
    _ ("Listening on port %1$u needs a privilege that Culvert does not have: a port such as "
       "%2$u needs none."),
    (guint)port, (guint)culvert_port_choice_for_low (port));
}

static char *
describe_command (const char *subject)
{
  if (subject[0] == '\0')
    return g_strdup (_ ("The command has characters that can’t be typed: leave them out."));
  return g_strdup_printf (
    /* Translators: 1 is a mark like %k; 2 to 5 are such marks, too, and stay as they are */
    _ ("“%1$s” stands for nothing here: %2$s is the server, %3$s its port, %4$s the user, and "
       "%5$s a percent sign."),
    subject, "%h", "%p", "%r", "%%");
}

char *
culvert_words_for_problem (const CulvertProblem *problem)
{
  const char *subject;

  g_return_val_if_fail (problem != NULL, NULL);

  subject = problem->subject != NULL ? problem->subject : "";
  switch (problem->code)
    {
    case CULVERT_PROBLEM_INVALID_HOST:
      /* Translators: %s is what the person typed */
      return g_strdup_printf (
        _ ("“%s” can’t be a name or address: leave out spaces and other marks."), subject);
    case CULVERT_PROBLEM_INVALID_PORT:
      return g_strdup (_ ("A port is a number from 1 to 65535."));
    case CULVERT_PROBLEM_INVALID_USER:
      return g_strdup (
        _ ("This can’t be a user name: it is too long, or has characters that can’t be typed."));
    case CULVERT_PROBLEM_INVALID_PATH:
      return describe_invalid_path (problem->field, subject);
    case CULVERT_PROBLEM_FILE_MISSING:
      if (problem->field == CULVERT_FIELD_CERTIFICATE_FILES)
        /* Translators: %s is a path */
        return g_strdup_printf (_ ("There is no file “%s”: choose another certificate."), subject);
      /* Translators: %s is a path */
      return g_strdup_printf (_ ("There is no file “%s”: choose another key file."), subject);
    case CULVERT_PROBLEM_IS_PUBLIC_KEY:
      /* Translators: %s is a path */
      return g_strdup_printf (
        _ ("“%s” is the public half of a key: choose the private one, without “.pub”."), subject);
    case CULVERT_PROBLEM_PORT_PRIVILEGED:
      return describe_privileged (subject);
    case CULVERT_PROBLEM_PORT_ZERO:
      return g_strdup (_ ("Choose the port to listen on, from 1 to 65535."));
    case CULVERT_PROBLEM_LISTEN_TWICE:
      /* Translators: %s is host:port or a path */
      return g_strdup_printf (
        _ ("Another forward of this tunnel listens on %s too: choose another port."), subject);
    case CULVERT_PROBLEM_EXPOSED:
      /* Translators: %s is host:port */
      return g_strdup_printf (
        _ ("Other computers can connect to %s too: listen on localhost to keep it to yourself."),
        subject);
    case CULVERT_PROBLEM_EXPOSED_THERE:
      if (g_str_has_suffix (subject, ":0"))
        return g_strdup (_ ("Other computers may connect to the port that the server picks, too: "
                            "listen on localhost there to keep them out."));
      /* Translators: %s is host:port at the server */
      return g_strdup_printf (_ ("Other computers may connect to %s at the server too: listen on "
                                 "localhost there to keep them out."),
                              subject);
    case CULVERT_PROBLEM_NO_FORWARDS:
      return g_strdup (_ ("The tunnel carries nothing yet: add a forward."));
    case CULVERT_PROBLEM_REMOTE_UNIX_LISTEN:
      return g_strdup (
        _ ("Listening on a socket file at the server is not possible: choose a port there, and let "
           "programs at the server connect to localhost and that port."));
    case CULVERT_PROBLEM_INVALID_HOP:
      /* Translators: %s is what the person typed */
      return g_strdup_printf (
        _ ("“%s” can’t be a jump host: write it as user@host or user@host:port."), subject);
    case CULVERT_PROBLEM_TOO_MANY_HOPS:
      return g_strdup_printf (_ ("There can’t be more than %d jump hosts."), CULVERT_HOPS_MAX);
    case CULVERT_PROBLEM_INVALID_PROXY:
      /* Translators: %s is what the person typed */
      return g_strdup_printf (_ ("“%s” can’t be a proxy: write it as http://host:port or "
                                 "socks5://host:port."),
                              subject);
    case CULVERT_PROBLEM_SECRET_IN_PROXY:
      return g_strdup (_ ("Leave the password out: it is asked for when the proxy wants it, and "
                          "can be kept in the keyring."));
    case CULVERT_PROBLEM_TWO_PROXIES:
      return g_strdup (_ ("There is a proxy and a command: leave one of them out."));
    case CULVERT_PROBLEM_INVALID_COMMAND:
      return describe_command (subject);
    case CULVERT_PROBLEM_NOT_ALLOWED:
      return g_strdup (_ ("The tunnel can’t start before you allow this command."));
    case CULVERT_PROBLEM_INVALID_NETWORK:
      return g_strdup (_ ("This can’t be a network’s name: it is too long, or has characters that "
                          "can’t be typed."));
    case CULVERT_PROBLEM_INVALID_GROUP:
      return g_strdup (_ ("This can’t be a group’s name: it is too long, or has characters that "
                          "can’t be typed."));
    case CULVERT_PROBLEM_MISSING:
    default:
      return g_strdup (describe_missing (problem->field));
    }
}
