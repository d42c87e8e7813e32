/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

void
load_fail (const char *what)
{
  fprintf (stderr, "load: %s: %s\n", what, strerror (errno));
  exit (1);
}

double
load_now (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

int
load_connect (const LoadAddress *address, int flags)
{
  struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons (address->port) };
  int                one = 1;
  int                fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);

  if (fd < 0)
    load_fail ("socket");
  if (inet_pton (AF_INET, address->host, &name.sin_addr) != 1)
    load_fail (address->host);
  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  if (connect (fd, (struct sockaddr *)&name, sizeof name) != 0 && errno != EINPROGRESS)
    load_fail ("connect");
  return fd;
}

static int
compare (const void *a, const void *b)
{
  double x = *(const double *)a, y = *(const double *)b;

  return x < y ? -1 : x > y;
}

static double
at (const LoadTimes *times, double quantile)
{
  if (times->n == 0)
    return 0;
  return times->values[(size_t)((double)(times->n - 1) * quantile)] * 1000;
}

void
load_times_add (LoadTimes *self, double seconds)
{
  if (self->n == self->room)
    {
      self->room = self->room * 2 + 1024;
      self->values = realloc (self->values, self->room * sizeof *self->values);
      if (self->values == NULL)
        load_fail ("memory");
    }
  self->values[self->n++] = seconds;
}

void
load_times_print (LoadTimes *self, double seconds)
{
  if (self->n > 0)
    qsort (self->values, self->n, sizeof *self->values, compare);
  printf ("{\"n\": %zu, \"seconds\": %.6f, \"p50_ms\": %.4f, \"p99_ms\": %.4f, \"max_ms\": %.4f}\n",
          self->n, seconds, at (self, 0.5), at (self, 0.99), at (self, 1));
  fflush (stdout);
  free (self->values);
  *self = (LoadTimes){ 0 };
}

static const struct
{
  const char *name;
  int (*run) (int argc, char **argv);
} commands[] = {
  { "serve", load_serve }, { "down", load_down },   { "up", load_up },     { "ask", load_ask },
  { "new", load_new },     { "opens", load_opens }, { "hold", load_hold }, { "slow", load_slow },
};

int
main (int argc, char **argv)
{
  struct rlimit files = { 65536, 65536 };

  if (setrlimit (RLIMIT_NOFILE, &files) != 0 && getrlimit (RLIMIT_NOFILE, &files) == 0)
    {
      files.rlim_cur = files.rlim_max;
      setrlimit (RLIMIT_NOFILE, &files);
    }
  for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof commands[0]; i++)
    if (strcmp (argv[1], commands[i].name) == 0)
      return commands[i].run (argc - 2, argv + 2);
  fprintf (stderr, "load: see load.h for what it takes\n");
  return 2;
}
