/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/peer-user.h"

#include <stdio.h>
#include <stdlib.h>

/* What it costs to look up whose a connection is, beside making, accepting and closing one.
 *
 *   owner N     N of both; {"connections_s": …, "lookups_s": …} */

static void
fail (const char *what, const GError *error)
{
  fprintf (stderr, "owner: %s: %s\n", what, error != NULL ? error->message : "");
  exit (1);
}

/* Connects, accepts, and asks or does not; closes both ends. */
static void
serve_one (CulvertSocket listener, CulvertPeerLookup *lookup)
{
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
  if (lookup != NULL && culvert_peer_lookup_ask (lookup, accepted).verdict != CULVERT_PEER_MINE)
    fail ("it is not mine", NULL);
  culvert_socket_reset (&client);
  culvert_socket_close (&accepted);
}

static double
measure (CulvertSocket listener, CulvertPeerLookup *lookup, int n)
{
  gint64 began_us = g_get_monotonic_time ();

  for (int i = 0; i < n; i++)
    serve_one (listener, lookup);

  return (double)(g_get_monotonic_time () - began_us) / G_USEC_PER_SEC;
}

int
main (int argc, char **argv)
{
  int                           n = argc == 2 ? atoi (argv[1]) : 0;
  g_autoptr (CulvertPeerLookup) lookup = culvert_peer_lookup_new ();
  g_autoptr (GSocketAddress)    address = g_inet_socket_address_new_from_string ("127.0.0.1", 0);
  g_autoptr (GError)            error = NULL;
  CulvertSocket                 listener = culvert_socket_listen (address, 128, &error);
  double                        without, with;

  if (n <= 0 || listener == CULVERT_SOCKET_NONE)
    fail ("needs a number", error);
  if (!culvert_peer_lookup_works (lookup))
    fail ("this system does not tell whose a connection is", NULL);

  (void)measure (listener, lookup, n / 10);
  without = measure (listener, NULL, n);
  with = measure (listener, lookup, n);
  printf ("{\"connections_s\": %.6f, \"lookups_s\": %.6f}\n", without, MAX (with - without, 0));
  culvert_socket_close (&listener);

  return 0;
}
