/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

/* Connections with one request on its way each: a closed loop. */
typedef struct
{
  int    fd;
  size_t n_missing; /* of the reply */
  double asked_at;  /* or when connecting began */
} Client;

typedef struct
{
  LoadAddress address;
  size_t      reply_size;
  int         poller;
  Client     *clients;
  int         n_clients;
  LoadTimes   times;
} Crowd;

static const char request[LOAD_REQUEST_SIZE] = "GET / HTTP/1.1\r\nHost: a.example\r\n";

static void
ask (Crowd *self, Client *client)
{
  if (send (client->fd, request, sizeof request, MSG_NOSIGNAL) != sizeof request)
    load_fail ("request");
  client->n_missing = self->reply_size;
}

static void
watch (Crowd *self, Client *client, uint32_t events, int operation)
{
  struct epoll_event event = { .events = events, .data.ptr = client };

  if (epoll_ctl (self->poller, operation, client->fd, &event) != 0)
    load_fail ("epoll");
}

static void
begin (Crowd *self, Client *client)
{
  client->asked_at = load_now ();
  client->fd = load_connect (&self->address, SOCK_NONBLOCK);
  client->n_missing = 0;
  watch (self, client, EPOLLOUT, EPOLL_CTL_ADD);
}

/* Returns 1 when the reply is complete. */
static int
serve (Crowd *self, Client *client, uint32_t events)
{
  char    bytes[65536];
  ssize_t n;

  if (events & EPOLLOUT)
    {
      ask (self, client);
      watch (self, client, EPOLLIN, EPOLL_CTL_MOD);
      return 0;
    }
  n = recv (client->fd, bytes, sizeof bytes, MSG_DONTWAIT);
  if (n < 0 && errno == EAGAIN)
    return 0;
  if (n <= 0)
    load_fail ("a connection ended early");
  client->n_missing -= (size_t)n < client->n_missing ? (size_t)n : client->n_missing;
  if (client->n_missing > 0)
    return 0;
  load_times_add (&self->times, load_now () - client->asked_at);
  return 1;
}

typedef enum
{
  AGAIN, /* ask again on the same connection */
  NEW,   /* close, and ask on a new one */
  ONCE,  /* that was it */
} After;

/* Until @seconds are over, or, with ONCE, until everybody had one reply. */
static double
run (Crowd *self, double seconds, After after)
{
  struct epoll_event events[256];
  double             began = self->clients[0].asked_at, until = began + seconds;
  int                n_waiting = self->n_clients;

  while (n_waiting > 0)
    {
      int n = epoll_wait (self->poller, events, 256, after == ONCE ? 30000 : 1000);

      if (n == 0 && after == ONCE)
        {
          errno = ETIMEDOUT;
          load_fail ("no answer");
        }
      for (int i = 0; i < n; i++)
        {
          Client *client = events[i].data.ptr;

          if (!serve (self, client, events[i].events))
            continue;
          if (after == NEW)
            close (client->fd);
          if (after == ONCE || load_now () >= until)
            n_waiting--;
          else if (after == NEW)
            begin (self, client);
          else
            {
              client->asked_at = load_now ();
              ask (self, client);
            }
        }
      if (after != ONCE && load_now () > until + 20)
        {
          errno = ETIMEDOUT;
          load_fail ("no answer");
        }
    }
  return load_now () - began;
}

static Crowd *
new_crowd (const char *host, const char *port, size_t reply_size, int n_clients)
{
  Crowd *self = calloc (1, sizeof *self);

  if (self == NULL || (self->clients = calloc ((size_t)n_clients, sizeof *self->clients)) == NULL)
    load_fail ("memory");
  self->address = (LoadAddress){ host, (uint16_t)atoi (port) };
  self->reply_size = reply_size;
  self->n_clients = n_clients;
  self->poller = epoll_create1 (EPOLL_CLOEXEC);
  return self;
}

static void
begin_all (Crowd *self)
{
  for (int i = 0; i < self->n_clients; i++)
    begin (self, &self->clients[i]);
}

static int
run_for (int argc, char **argv, After after)
{
  Crowd *crowd;

  if (argc != 5)
    return 2;
  crowd = new_crowd (argv[0], argv[1], (size_t)atoi (argv[2]), atoi (argv[3]));
  begin_all (crowd);
  load_times_print (&crowd->times, run (crowd, atof (argv[4]), after));
  return 0;
}

int
load_ask (int argc, char **argv)
{
  return run_for (argc, argv, AGAIN);
}

int
load_new (int argc, char **argv)
{
  return run_for (argc, argv, NEW);
}

int
load_opens (int argc, char **argv)
{
  Crowd *crowd;

  if (argc != 3)
    return 2;
  crowd = new_crowd (argv[0], argv[1], LOAD_ECHO_SIZE, atoi (argv[2]));
  begin_all (crowd);
  load_times_print (&crowd->times, run (crowd, 0, ONCE));
  return 0;
}

static void
ask_all (Crowd *self, double seconds)
{
  for (int i = 0; i < self->n_clients; i++)
    {
      self->clients[i].asked_at = load_now ();
      ask (self, &self->clients[i]);
    }
  load_times_print (&self->times, run (self, seconds, AGAIN));
}

int
load_hold (int argc, char **argv)
{
  Crowd *crowd, *one;
  char   line[64];
  double seconds;

  if (argc != 3)
    return 2;
  crowd = new_crowd (argv[0], argv[1], LOAD_ECHO_SIZE, atoi (argv[2]));
  begin_all (crowd);
  load_times_print (&crowd->times, run (crowd, 0, ONCE));
  while (fgets (line, sizeof line, stdin) != NULL)
    {
      if (sscanf (line, "ping %lf", &seconds) == 1)
        {
          one = new_crowd (argv[0], argv[1], LOAD_ECHO_SIZE, 1);
          begin_all (one);
          load_times_print (&one->times, run (one, seconds, AGAIN));
          close (one->clients[0].fd);
        }
      else if (sscanf (line, "ask %lf", &seconds) == 1)
        ask_all (crowd, seconds);
    }
  return 0;
}
