/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "core/port-choice.h"
#include "words/failure-private.h"

#include <glib/gi18n.h>

/* Ports that a forward cannot have: who has them, what they ask for, and what to use instead. */

typedef struct
{
  const char *kind; /* nullable: FACT_HOLDER */
  const char *program;
  const char *pid;
  const char *user;
  const char *tunnel;
} Holder;

static Holder
get_holder (const CulvertFailure *failure)
{
  return (Holder){
    .kind = culvert_error_get_fact (failure->error, CULVERT_FACT_HOLDER),
    .program = culvert_error_get_fact (failure->error, CULVERT_FACT_PROGRAM),
    .pid = culvert_error_get_fact (failure->error, CULVERT_FACT_PID),
    .user = culvert_error_get_fact (failure->error, CULVERT_FACT_USER),
    .tunnel = culvert_error_get_fact (failure->error, CULVERT_FACT_TUNNEL),
  };
}

/* (transfer full) */
static char *
describe_process (const Holder *holder, guint port)
{
  if (holder->program == NULL)
    /* Translators: 1 is a port number, 2 the number of a process */
    return g_strdup_printf (_ ("Port %1$u is in use by process %2$s."), port, holder->pid);
  if (holder->user == NULL)
    /* Translators: 1 is a port number, 2 the name of a program, 3 the number of its process */
    return g_strdup_printf (_ ("Port %1$u is in use by %2$s (process %3$s)."), port,
                            holder->program, holder->pid);
  return g_strdup_printf (
    /* Translators: 1 is a port number, 2 the name of a program, 3 the number of its process, 4 the
     * name of a user */
    _ ("Port %1$u is in use by %2$s (process %3$s) of the user “%4$s”."), port, holder->program,
    holder->pid, holder->user);
}

/* (transfer full): @place: host:port */
static char *
describe_holder (const Holder *holder, guint port, const char *place)
{
  if (holder->tunnel != NULL)
    /* Translators: 1 is a port number, 2 a tunnel's name */
    return g_strdup_printf (_ ("Port %1$u is in use by the tunnel “%2$s”."), port, holder->tunnel);
  if (g_strcmp0 (holder->kind, "self") == 0)
    /* Translators: %u is a port number */
    return g_strdup_printf (_ ("Port %u is in use by Culvert itself."), port);
  if (g_strcmp0 (holder->kind, "process") == 0 && holder->pid != NULL)
    return describe_process (holder, port);
  if (g_strcmp0 (holder->kind, "user") == 0 && holder->user != NULL)
    /* Translators: 1 is a port number, 2 the name of a user */
    return g_strdup_printf (_ ("Port %1$u is in use by a program of the user “%2$s”."), port,
                            holder->user);
  if (g_strcmp0 (holder->kind, "outside") == 0)
    /* Translators: %u is a port number */
    return g_strdup_printf (
      _ ("Port %u is held by a program outside the sandbox that Culvert runs in."), port);
  /* Translators: %s is host:port */
  return g_strdup_printf (_ ("Can’t listen on %s: another program has this port."), place);
}

/* (transfer full) */
static char *
propose_beside_tunnel (const char *port, const char *address)
{
  if (port != NULL && address != NULL)
    return g_strdup_printf (
      /* Translators: 1 is a port number, 2 an address */
      _ ("Use port %1$s or the address %2$s for this forward, or switch that tunnel off."), port,
      address);
  if (port != NULL)
    /* Translators: %s is a port number */
    return g_strdup_printf (_ ("Use port %s for this forward, or switch that tunnel off."), port);
  return g_strdup (_ ("Choose another port for this forward, or switch that tunnel off."));
}

/* (transfer full) */
static char *
propose_beside_program (const char *port, const char *address)
{
  if (port != NULL && address != NULL)
    return g_strdup_printf (
      /* Translators: 1 is a port number, 2 an address */
      _ ("Use port %1$s or the address %2$s for the forward, or end the program that has it."),
      port, address);
  if (port != NULL)
    /* Translators: %s is a port number */
    return g_strdup_printf (_ ("Use port %s for the forward, or end the program that has it."),
                            port);
  return g_strdup (_ ("Choose another port for the forward, or end the program that has it."));
}

static CulvertFailureWords *
describe_in_use (const CulvertFailure *failure, const CulvertForwardSpec *spec)
{
  const char *port = culvert_error_get_fact (failure->error, CULVERT_FACT_FREE_PORT);
  const char *address = culvert_error_get_fact (failure->error, CULVERT_FACT_FREE_ADDRESS);
  Holder      holder = get_holder (failure);
  const CulvertEndpoint *listen;
  g_autofree char       *place = NULL;

  if (spec == NULL)
    return culvert_failure_words_take (
      g_strdup (_ ("A port that the tunnel listens on is taken by another program.")),
      g_strdup (_ ("Choose another port for the forward, or end the program that has it.")));
  listen = culvert_forward_spec_get_listen (spec);
  place = culvert_failure_words_dup_place (listen);
  return culvert_failure_words_take (
    describe_holder (&holder, culvert_endpoint_get_port (listen), place),
    holder.tunnel != NULL ? propose_beside_tunnel (port, address)
                          : propose_beside_program (port, address));
}

/* (transfer full) */
static char *
propose_for_low (const CulvertFailure *failure, guint port)
{
  const char      *allow = culvert_error_get_fact (failure->error, CULVERT_FACT_ALLOW);
  const char      *allow_own = culvert_error_get_fact (failure->error, CULVERT_FACT_ALLOW_OWN);
  const char      *found = culvert_error_get_fact (failure->error, CULVERT_FACT_FREE_PORT);
  g_autofree char *free_port =
    found != NULL ? g_strdup (found)
                  : g_strdup_printf ("%u", culvert_port_choice_for_low ((guint16)port));

  if (allow != NULL && allow_own != NULL)
    return g_strdup_printf (
      /* Translators: 1 and 3 are port numbers, 2 and 4 commands */
      _ ("Use port %1$s, or let an administrator type one of two commands: “%2$s” allows every "
         "program to listen on port %3$u and above until the computer is started anew, “%4$s” "
         "allows it to Culvert alone, from its next start until its next update."),
      free_port, allow, port, allow_own);
  if (allow != NULL)
    return g_strdup_printf (
      /* Translators: 1 and 3 are port numbers, 2 a command */
      _ ("Use port %1$s, or let an administrator type “%2$s”, which allows every program to listen "
         "on port %3$u and above until the computer is started anew."),
      free_port, allow, port);
  /* Translators: %s is a port number */
  return g_strdup_printf (_ ("Use port %s instead."), free_port);
}

static CulvertFailureWords *
describe_privileged (const CulvertFailure *failure, const CulvertForwardSpec *spec)
{
  const char *first = culvert_error_get_fact (failure->error, CULVERT_FACT_FIRST_PORT);
  guint       port =
    spec != NULL ? culvert_endpoint_get_port (culvert_forward_spec_get_listen (spec)) : 0;

  if (port == 0)
    return culvert_failure_words_take (
      g_strdup (_ ("Listening on so low a port needs a privilege that Culvert does not have.")),
      first != NULL
        /* Translators: %s is a port number */
        ? g_strdup_printf (_ ("Choose a port from %s on."), first)
        : g_strdup (_ ("Choose a higher port.")));
  return culvert_failure_words_take_all (
    /* Translators: %u is a port number */
    g_strdup_printf (_ ("Listening on port %u needs a privilege that Culvert does not have."),
                     port),
    first != NULL
      /* Translators: %s is a port number */
      ? g_strdup_printf (_ ("This computer allows it to every program from port %s on."), first)
      : NULL,
    propose_for_low (failure, port));
}

CulvertFailureWords *
culvert_failure_words_for_port (const CulvertFailure *failure, const CulvertForwardSpec *spec)
{
  if (failure->error->code == CULVERT_FORWARD_ERROR_PORT_PRIVILEGED)
    return describe_privileged (failure, spec);
  return describe_in_use (failure, spec);
}

CulvertFailureWords *
culvert_failure_words_for_socket_in_use (const CulvertFailure *failure, const char *place)
{
  Holder holder = get_holder (failure);

  if (holder.tunnel != NULL)
    return culvert_failure_words_take (
      /* Translators: 1 is a path, 2 a tunnel's name */
      g_strdup_printf (_ ("The socket %1$s is in use by the tunnel “%2$s”."), place, holder.tunnel),
      g_strdup (_ ("Choose another path for this forward, or switch that tunnel off.")));
  if (holder.program != NULL && holder.pid != NULL)
    return culvert_failure_words_take (
      /* Translators: 1 is a path, 2 the name of a program, 3 the number of its process */
      g_strdup_printf (_ ("The socket %1$s is in use by %2$s (process %3$s)."), place,
                       holder.program, holder.pid),
      g_strdup (_ ("Choose another path for the forward, or end that program.")));
  return culvert_failure_words_take (
    /* Translators: %s is a path */
    g_strdup_printf (_ ("The socket %s is in use by another program."), place),
    g_strdup (_ ("Choose another path for the forward, or end that program.")));
}
