/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/peer-user.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* What it costs to look up whose a connection is, beside making, accepting and closing one.
 *
 *   owner N     N of both; {"connections_s": …, "lookups_s": …}, in processor time */

static void
fail (const char *what, const GError *error)
{
  fprintf (stderr, "owner: %s: %s\n", what, error != NULL ? error->message : "");
  exit (1);
}

/* Of this process alone: whatever else the machine does is in neither figure. */
static double
get_seconds (void)
{
  struct timespec now;

  clock_gettime (CLOCK_PROCESS_CPUTIME_ID, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

/* Connects, accepts, asks, and closes both ends.  Returns: how long the asking took, in seconds */
static double
serve_one (CulvertSocket listener, CulvertPeerLookup *lookup)
{
  double                     began, took;
  g_autoptr (GSocketAddress) address = culvert_socket_get_local_address (listener);
  g_autoptr (GError)         error = NULL;
  gboolean                   in_progress;
  CulvertIoStatus            status;
  CulvertSocket              client = culvert_socket_connect (address, &in_progress, &error);
  CulvertSocket              accepted = CULVERT_SOCKET_NONE;

  if (client == CULVERT_SOCKET_NONE)
    fail ("connect", error);
  while (accepted == CULVERT_SOCKET_NONE)
    {
      accepted = culvert_socket_accept (listener, &status, NULL, &error);
      if (status == CULVERT_IO_FAILED)
        fail ("accept", error);
    }
  began = get_seconds ();
  if (culvert_peer_lookup_ask (lookup, accepted).verdict != CULVERT_PEER_MINE)
    fail ("it is not mine", NULL);
  took = get_seconds () - began;
  culvert_socket_reset (&client);
  culvert_socket_close (&accepted);

  return took;
}

int
main (int argc, char **argv)
{
  int                           n = argc == 2 ? atoi (argv[1]) : 0;
  g_autoptr (CulvertPeerLookup) lookup = culvert_peer_lookup_new ();
  g_autoptr (GSocketAddress)    address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GError)            error = NULL;
  CulvertSocket                 listener = culvert_socket_listen (address, 128, &error);
  double                        lookups = 0, all;

  if (n <= 0 || listener == CULVERT_SOCKET_NONE)
    fail ("needs a number", error);
  if (!culvert_peer_lookup_works (lookup))
    fail ("this system does not tell whose a connection is", NULL);

  all = get_seconds ();
  for (int i = 0; i < n; i++)
    lookups += serve_one (listener, lookup);
  all = get_seconds () - all;
  printf ("{\"connections_s\": %.6f, \"lookups_s\": %.6f}\n", all - lookups, lookups);
  culvert_socket_close (&listener);

  return 0;
}
