/* SPDX-License-Identifier: GPL-3.0-or-later */

/* pass-on PORT: joins standard input and output with a port of this computer; what a test gives to
 * ProxyCommand, in place of one of the many kinds of netcat. */

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns 0 at the end of what comes from @from. */
static int
move (int from, int to)
{
  char    buffer[16384];
  ssize_t n = read (from, buffer, sizeof buffer);

  for (ssize_t sent = 0; sent < n;)
    {
      ssize_t now = write (to, buffer + sent, (size_t)(n - sent));

      if (now <= 0)
        return 0;
      sent += now;
    }
  return n > 0;
}

int
main (int argc, char **argv)
{
  struct sockaddr_in address = { .sin_family = AF_INET };
  int                other = socket (AF_INET, SOCK_STREAM, 0);

  address.sin_port = htons ((unsigned short)atoi (argc > 1 ? argv[1] : "0"));
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  if (connect (other, (struct sockaddr *)&address, sizeof address) != 0)
    {
      fprintf (stderr, "pass-on: nobody is at home\n");
      return 1;
    }
  fprintf (stderr, "pass-on: here we go\n");
  while (1)
    {
      struct pollfd ready[2] = { { 0, POLLIN, 0 }, { other, POLLIN, 0 } };

      if (poll (ready, 2, -1) < 0 || (ready[0].revents != 0 && !move (0, other)) ||
          (ready[1].revents != 0 && !move (other, 1)))
        return 0;
    }
}
