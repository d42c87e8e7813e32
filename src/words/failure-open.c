/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "core/open-cause.h"
#include "words/failure-private.h"

#include <glib/gi18n.h>
#include <string.h>

/* A connection through a forward that the server does not open. */

typedef struct
{
  const CulvertFailure *failure;
  const char           *target;     /* host:port, a path, or words for it; never NULL */
  const char           *host;       /* nullable: where the target is named by a host */
  gboolean              is_unix;    /* the target is a socket at the server */
  gboolean              is_one_tcp; /* the target is one host:port, and not what clients ask for */
} Open;

static gboolean
has_word (const char *list, const char *word)
{
  g_auto (GStrv) words = g_strsplit (list, " ", -1);

  return g_strv_contains ((const char *const *)words, word);
}

static const char *
get_fact (const Open *open, CulvertFact fact)
{
  return culvert_error_get_fact (open->failure->error, fact);
}

/* What the entry of the key, or the certificate, has to do with it. */
typedef enum
{
  GRANT_UNKNOWN, /* the server did not say, or no key was used */
  GRANT_ALLOWS,
  GRANT_FORBIDS,
  GRANT_ONE_COMMAND, /* forbids, and is for a forced command */
  GRANT_CERTIFICATE, /* forbids */
  GRANT_TARGETS,     /* allows only some */
} Grant;

static Grant
get_grant (const Open *open)
{
  const char *options = get_fact (open, CULVERT_FACT_KEY_OPTIONS);
  gboolean    has_place =
    get_fact (open, CULVERT_FACT_FILE) != NULL && get_fact (open, CULVERT_FACT_LINE) != NULL;

  if (options == NULL)
    return GRANT_UNKNOWN;
  if (!has_word (options, "port-forwarding"))
    {
      if (!has_place)
        return GRANT_CERTIFICATE;
      return has_word (options, "command") ? GRANT_ONE_COMMAND : GRANT_FORBIDS;
    }
  if (has_place && !open->is_unix && has_word (options, "permitopen"))
    return GRANT_TARGETS;
  return GRANT_ALLOWS;
}

/* (transfer full) (nullable) */
static char *
explain_prohibited (const Open *open)
{
  const char *file = get_fact (open, CULVERT_FACT_FILE);
  const char *line = get_fact (open, CULVERT_FACT_LINE);

  switch (get_grant (open))
    {
    case GRANT_FORBIDS:
      /* Translators: 1 is a path at the server, 2 a number */
      return g_strdup_printf (
        _ ("The entry of your key there, in %1$s, line %2$s, does not allow forwards."), file,
        line);
    case GRANT_ONE_COMMAND:
      return g_strdup_printf (
        /* Translators: 1 is a path at the server, 2 a number */
        _ ("The entry of your key there, in %1$s, line %2$s, is for one command only and does not "
           "allow forwards."),
        file, line);
    case GRANT_CERTIFICATE:
      return g_strdup (_ ("Your certificate does not allow forwards."));
    case GRANT_TARGETS:
      /* Translators: 1 is a path at the server, 2 a number */
      return g_strdup_printf (
        _ ("The entry of your key there, in %1$s, line %2$s, allows only certain targets."), file,
        line);
    case GRANT_ALLOWS:
      return g_strdup (_ ("Your key allows it, so a setting of the server forbids it."));
    case GRANT_UNKNOWN:
    default:
      return NULL;
    }
}

static gboolean
is_open_ssh (const Open *open)
{
  const char *software = get_fact (open, CULVERT_FACT_SOFTWARE);

  return software == NULL || strstr (software, "OpenSSH") != NULL;
}

/* (transfer full): for servers that do not read sshd_config(5) */
static char *
advise_other_software (const Open *open)
{
  if (strstr (get_fact (open, CULVERT_FACT_SOFTWARE), "dropbear") != NULL)
    return g_strdup (_ ("Ask its administrator to start dropbear without “-j”, and to take "
                        "“no-port-forwarding” and “permitopen” out of the line of your key in "
                        "authorized_keys."));
  return g_strdup (_ ("Ask its administrator to allow this account to forward ports."));
}

/* (transfer full): the lines of sshd_config(5) */
static char *
advise_server (const Open *open)
{
  if (open->is_unix)
    return g_strdup (_ ("Ask its administrator for “AllowStreamLocalForwarding local” in "
                        "sshd_config, and no “DisableForwarding yes”."));
  if (!open->is_one_tcp)
    return g_strdup (
      _ ("Ask its administrator for “AllowTcpForwarding local” in sshd_config, no "
         "“DisableForwarding yes”, and “PermitOpen any” or a line for each target."));
  return g_strdup_printf (
    /* Translators: %s is host:port */
    _ ("Ask its administrator for “AllowTcpForwarding local” in sshd_config, no “DisableForwarding "
       "yes”, and, if PermitOpen is set there, “PermitOpen %s”."),
    open->target);
}

/* (transfer full) */
static char *
advise_prohibited (const Open *open)
{
  g_autofree char *server = NULL;

  switch (get_grant (open))
    {
    case GRANT_FORBIDS:
    case GRANT_ONE_COMMAND:
      return g_strdup (_ ("Ask its administrator to add “port-forwarding” to the options in that "
                          "line, after “restrict”, or to take “no-port-forwarding” out."));
    case GRANT_CERTIFICATE:
      return g_strdup (_ ("Ask for a certificate with the permission: “ssh-keygen -O "
                          "permit-port-forwarding” gives it."));
    case GRANT_TARGETS:
      if (!open->is_one_tcp)
        return g_strdup (
          _ ("Ask its administrator to add “permitopen=\"host:port\"” for each target "
             "to the options in that line."));
      return g_strdup_printf (
        /* Translators: %s is host:port */
        _ ("Ask its administrator to add “permitopen=\"%s\"” to the options in that line."),
        open->target);
    case GRANT_UNKNOWN:
      if (!is_open_ssh (open))
        return advise_other_software (open);
      server = advise_server (open);
      return g_strdup_printf (
        /* Translators: %s is what to ask the administrator for, as one or two sentences */
        _ ("%s If you sign in with a key, its line in authorized_keys may forbid it, too: with "
           "“restrict”, “no-port-forwarding” or “permitopen”."),
        server);
    case GRANT_ALLOWS:
    default:
      return advise_server (open);
    }
}

static CulvertFailureWords *
describe_prohibited (const Open *open)
{
  return culvert_failure_words_take_all (
    /* Translators: 1 is the server's name, 2 host:port or a path */
    g_strdup_printf (_ ("%1$s does not allow connections to %2$s."), open->failure->server,
                     open->target),
    explain_prohibited (open), advise_prohibited (open));
}

/* OpenSSH says the same for a socket that is not there, that nobody listens on, and that it does not
 * allow. */
static CulvertFailureWords *
describe_failed_socket (const Open *open)
{
  return culvert_failure_words_take_all (
    /* Translators: 1 is the server's name, 2 a path */
    g_strdup_printf (_ ("%1$s can’t connect to the socket %2$s."), open->failure->server,
                     open->target),
    g_strdup (_ ("Nothing may listen there, or the server does not allow connections to sockets.")),
    g_strdup (
      _ ("Check the path, and whether the program there is running. An administrator allows "
         "sockets with “AllowStreamLocalForwarding local” in sshd_config.")));
}

static CulvertFailureWords *
describe_failed (const Open *open)
{
  const char *server = open->failure->server;
  const char *said = get_fact (open, CULVERT_FACT_SAID);

  switch (culvert_open_cause_find (said))
    {
    case CULVERT_OPEN_CAUSE_REFUSED:
      return culvert_failure_words_take (
        /* Translators: 1 is the server's name, 2 host:port or a path */
        g_strdup_printf (_ ("%1$s can’t reach %2$s: nothing listens there."), server, open->target),
        g_strdup (_ ("Check the port, and whether the program there is running.")));
    case CULVERT_OPEN_CAUSE_NAME:
      return culvert_failure_words_take (
        g_strdup_printf (
          /* Translators: 1 is the server's name, 2 the name of another computer */
          _ ("%1$s does not know the name %2$s."), server,
          open->host != NULL ? open->host : open->target),
        g_strdup (_ ("Write the target’s name as it is known there, or its address: names of "
                     "targets are looked up by the server.")));
    case CULVERT_OPEN_CAUSE_NO_NETWORK:
    case CULVERT_OPEN_CAUSE_NO_HOST:
      return culvert_failure_words_take (
        /* Translators: 1 is the server's name, 2 host:port or a path */
        g_strdup_printf (_ ("%1$s can’t reach %2$s: no way leads there from its network."), server,
                         open->target),
        g_strdup (
          _ ("Check the target’s address, and whether the server is in the right network.")));
    case CULVERT_OPEN_CAUSE_TIME:
      return culvert_failure_words_take (
        /* Translators: 1 is the server's name, 2 host:port or a path */
        g_strdup_printf (_ ("%1$s got no answer from %2$s in time."), server, open->target),
        g_strdup (
          _ ("Check the target’s address and port, and whether a firewall stands between it "
             "and the server.")));
    case CULVERT_OPEN_CAUSE_FORBIDDEN:
      return culvert_failure_words_take (
        /* Translators: 1 is the server's name, 2 host:port or a path */
        g_strdup_printf (_ ("%1$s may not connect to %2$s on your behalf."), server, open->target),
        g_strdup (_ ("Ask its administrator to give your account access to it.")));
    case CULVERT_OPEN_CAUSE_NO_FILE:
      return culvert_failure_words_take (
        /* Translators: 1 is the server's name, 2 a path */
        g_strdup_printf (_ ("There is no socket %2$s at %1$s."), server, open->target),
        g_strdup (_ ("Check the path, and whether the program there is running.")));
    case CULVERT_OPEN_CAUSE_OTHER:
      return culvert_failure_words_take (
        /* Translators: 1 is the server's name, 2 host:port or a path, 3 the server's own words */
        g_strdup_printf (_ ("%1$s can’t reach %2$s; it says “%3$s”."), server, open->target, said),
        g_strdup (_ ("Check the target’s name and port as the server sees them.")));
    case CULVERT_OPEN_CAUSE_NOT_SAID:
    default:
      if (open->is_unix)
        return describe_failed_socket (open);
      return culvert_failure_words_take (
        /* Translators: 1 is the server's name, 2 host:port or a path */
        g_strdup_printf (_ ("%1$s can’t reach %2$s: nothing answers there."), server, open->target),
        g_strdup (_ ("Check the target’s name and port as the server sees them, and whether the "
                     "program there is running.")));
    }
}

static CulvertFailureWords *
describe_unknown (const Open *open)
{
  const char *server = open->failure->server;
  const char *said = get_fact (open, CULVERT_FACT_SAID);

  if (open->is_unix)
    return culvert_failure_words_take_all (
      /* Translators: 1 is the server's name, 2 a path */
      g_strdup_printf (_ ("%1$s opened no connection to the socket %2$s."), server, open->target),
      g_strdup (_ ("Its SSH program may be one that can’t connect to sockets.")),
      g_strdup (_ ("Use a port as the target, if the program there has one.")));
  if (said != NULL && said[0] != '\0')
    return culvert_failure_words_take (
      /* Translators: 1 is the server's name, 2 host:port or a path, 3 the server's own words */
      g_strdup_printf (_ ("%1$s opened no connection to %2$s; it says “%3$s”."), server,
                       open->target, said),
      g_strdup (_ ("Check the target; the server’s own log may say more.")));
  return culvert_failure_words_take (
    /* Translators: 1 is the server's name, 2 host:port or a path */
    g_strdup_printf (_ ("%1$s opened no connection to %2$s."), server, open->target),
    g_strdup (_ ("Check the target; the server’s own log says why it was refused.")));
}

static CulvertFailureWords *
describe (const Open *open)
{
  const char *server = open->failure->server;

  switch (open->failure->error->code)
    {
    case CULVERT_SSH_ERROR_OPEN_PROHIBITED:
      return describe_prohibited (open);
    case CULVERT_SSH_ERROR_OPEN_FAILED:
      return describe_failed (open);
    case CULVERT_SSH_ERROR_OPEN_SHORTAGE:
      return culvert_failure_words_take (
        /* Translators: 1 is the server's name, 2 host:port or a path */
        g_strdup_printf (_ ("%1$s has no room for another connection to %2$s."), server,
                         open->target),
        g_strdup (_ ("Close connections that are no longer needed, or try again later.")));
    case CULVERT_SSH_ERROR_OPEN_TIMED_OUT:
      return culvert_failure_words_take (
        /* Translators: 1 is the server's name, 2 host:port or a path */
        g_strdup_printf (_ ("%1$s did not reach %2$s in time."), server, open->target),
        g_strdup (_ ("Check the target’s name and port, and whether a firewall stands between it "
                     "and the server.")));
    case CULVERT_SSH_ERROR_OPEN_UNKNOWN:
      return describe_unknown (open);
    default:
      return NULL;
    }
}

CulvertFailureWords *
culvert_failure_words_for_open (const CulvertFailure *failure, const CulvertForwardSpec *spec)
{
  CulvertForwardFields        fields = { 0 };
  const char                 *asked = culvert_error_get_fact (failure->error, CULVERT_FACT_TARGET);
  g_autoptr (CulvertEndpoint) endpoint =
    asked != NULL ? culvert_endpoint_parse (asked, NULL) : NULL;
  g_autofree char *target = NULL;
  /* Translators: stands for host:port where it is not known */
  Open open = { .failure = failure, .target = _ ("the target") };

  if (spec != NULL)
    fields = culvert_forward_spec_get_fields (spec);
  if (fields.target != NULL)
    {
      open.target = target = culvert_endpoint_to_string (fields.target);
      open.is_unix = culvert_endpoint_get_kind (fields.target) == CULVERT_ENDPOINT_UNIX;
      open.is_one_tcp = !open.is_unix;
      open.host = open.is_unix ? NULL : culvert_endpoint_get_host (fields.target);
    }
  /* What a client of a proxy asked for. */
  else if (endpoint != NULL && culvert_endpoint_get_kind (endpoint) == CULVERT_ENDPOINT_TCP)
    {
      open.target = asked;
      open.host = culvert_endpoint_get_host (endpoint);
    }
  return describe (&open);
}
