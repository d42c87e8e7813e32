/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load.h"

#include <arpa/inet.h>
#include <endian.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define BLOCK (1024 * 1024)

static int
listen_on (const char *host, uint16_t *port)
{
  struct sockaddr_in name = { .sin_family = AF_INET };
  socklen_t          size = sizeof name;
  int                fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

  if (inet_pton (AF_INET, host, &name.sin_addr) != 1 ||
      bind (fd, (struct sockaddr *)&name, size) != 0 || listen (fd, 4096) != 0 ||
      getsockname (fd, (struct sockaddr *)&name, &size) != 0)
    load_fail ("listen");
  *port = ntohs (name.sin_port);
  return fd;
}

static int
read_count (int fd, uint64_t *n_bytes)
{
  if (recv (fd, n_bytes, sizeof *n_bytes, MSG_WAITALL) != sizeof *n_bytes)
    return 0;
  *n_bytes = be64toh (*n_bytes);
  return 1;
}

static void *
source_thread (void *data)
{
  int      fd = (int)(intptr_t)data;
  char    *block = calloc (1, BLOCK);
  uint64_t n_left;

  if (block != NULL && read_count (fd, &n_left))
    while (n_left > 0)
      {
        ssize_t n = send (fd, block, n_left < BLOCK ? n_left : BLOCK, MSG_NOSIGNAL);

        if (n <= 0)
          break;
        n_left -= (uint64_t)n;
      }
  free (block);
  close (fd);
  return NULL;
}

static void *
sink_thread (void *data)
{
  int      fd = (int)(intptr_t)data;
  char    *block = malloc (BLOCK);
  uint64_t n_left;

  if (block != NULL && read_count (fd, &n_left))
    {
      while (n_left > 0)
        {
          ssize_t n = recv (fd, block, n_left < BLOCK ? n_left : BLOCK, MSG_TRUNC);

          if (n <= 0)
            break;
          n_left -= (uint64_t)n;
        }
      if (n_left == 0)
        send (fd, "!", 1, MSG_NOSIGNAL);
    }
  free (block);
  close (fd);
  return NULL;
}

typedef struct
{
  int fd;
  void *(*serve) (void *data);
} Listener;

static void *
accept_thread (void *data)
{
  Listener *self = data;

  for (;;)
    {
      int       fd = accept4 (self->fd, NULL, NULL, SOCK_CLOEXEC);
      pthread_t thread;

      if (fd < 0)
        continue;
      if (pthread_create (&thread, NULL, self->serve, (void *)(intptr_t)fd) != 0)
        load_fail ("thread");
      pthread_detach (thread);
    }
  return NULL;
}

/* Echo and page: one thread for however many connections. */
typedef struct
{
  int    listener;
  size_t head_size; /* sent by itself, as web servers do with files */
  size_t reply_size;
} Replier;

static void
answer (const Replier *self, int fd, const char *reply)
{
  ssize_t head_size = (ssize_t)self->head_size, body_size = (ssize_t)self->reply_size - head_size;

  char    request[LOAD_REQUEST_SIZE * 16];
  ssize_t n = recv (fd, request, sizeof request, MSG_DONTWAIT);

  if (n < 0 && errno == EAGAIN)
    return;
  if (n <= 0)
    {
      close (fd);
      return;
    }
  /* Requests are never cut: they are one small segment each. */
  for (; n >= LOAD_REQUEST_SIZE; n -= LOAD_REQUEST_SIZE)
    if ((head_size > 0 && send (fd, reply, self->head_size, MSG_NOSIGNAL) != head_size) ||
        send (fd, reply, (size_t)body_size, MSG_NOSIGNAL) != body_size)
      {
        close (fd);
        return;
      }
}

static void *
reply_thread (void *data)
{
  Replier           *self = data;
  char              *reply = calloc (1, self->reply_size);
  int                poller = epoll_create1 (EPOLL_CLOEXEC);
  struct epoll_event events[256];
  struct epoll_event event = { .events = EPOLLIN, .data.fd = self->listener };

  epoll_ctl (poller, EPOLL_CTL_ADD, self->listener, &event);
  for (;;)
    {
      int n = epoll_wait (poller, events, 256, -1);

      for (int i = 0; i < n; i++)
        {
          int fd = events[i].data.fd;

          if (fd != self->listener)
            {
              answer (self, fd, reply);
              continue;
            }
          fd = accept4 (self->listener, NULL, NULL, SOCK_CLOEXEC);
          if (fd < 0)
            continue;
          setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &(int){ 1 }, sizeof (int));
          event.data.fd = fd;
          epoll_ctl (poller, EPOLL_CTL_ADD, fd, &event);
        }
    }
  return NULL;
}

static void
start (void *(*run) (void *data), void *data)
{
  pthread_t thread;

  if (pthread_create (&thread, NULL, run, data) != 0)
    load_fail ("thread");
}

int
load_serve (int argc, char **argv)
{
  static Listener source = { .serve = source_thread }, sink = { .serve = sink_thread };
  static Replier  echo = { .reply_size = LOAD_ECHO_SIZE },
                 page = { .head_size = LOAD_PAGE_SIZE - 1024, .reply_size = LOAD_PAGE_SIZE };
  const char *host = argc > 0 ? argv[0] : "127.0.0.1";
  uint16_t    ports[4];
  char        nothing[64];

  source.fd = listen_on (host, &ports[0]);
  sink.fd = listen_on (host, &ports[1]);
  echo.listener = listen_on (host, &ports[2]);
  page.listener = listen_on (host, &ports[3]);
  start (accept_thread, &source);
  start (accept_thread, &sink);
  start (reply_thread, &echo);
  start (reply_thread, &page);
  printf ("{\"source\": %u, \"sink\": %u, \"echo\": %u, \"page\": %u}\n", ports[0], ports[1],
          ports[2], ports[3]);
  fflush (stdout);
  while (read (0, nothing, sizeof nothing) > 0)
    continue;
  return 0;
}
