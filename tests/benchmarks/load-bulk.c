/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "load.h"

#include <endian.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BLOCK (1024 * 1024)

typedef struct
{
  LoadAddress address;
  uint64_t    n_bytes;
  uint64_t    rate; /* 0: as fast as it goes */
} Stream;

static int
begin (const Stream *self)
{
  int      fd = load_connect (&self->address, 0);
  uint64_t count = htobe64 (self->n_bytes);

  if (send (fd, &count, sizeof count, 0) != sizeof count)
    load_fail ("send");
  return fd;
}

static void *
down_thread (void *data)
{
  Stream  *self = data;
  int      fd = begin (self);
  char    *block = malloc (BLOCK);
  uint64_t n_left = self->n_bytes;

  while (n_left > 0)
    {
      ssize_t n = recv (fd, block, BLOCK, MSG_TRUNC);

      if (n <= 0)
        load_fail ("the download ended early");
      n_left -= (uint64_t)n;
    }
  free (block);
  close (fd);
  return NULL;
}

static void *
up_thread (void *data)
{
  Stream  *self = data;
  int      fd = begin (self);
  char    *block = calloc (1, BLOCK);
  uint64_t n_left = self->n_bytes;

  while (n_left > 0)
    {
      ssize_t n = send (fd, block, n_left < BLOCK ? n_left : BLOCK, MSG_NOSIGNAL);

      if (n <= 0)
        load_fail ("the upload ended early");
      n_left -= (uint64_t)n;
    }
  if (recv (fd, block, 1, 0) != 1)
    load_fail ("the sink did not get all");
  free (block);
  close (fd);
  return NULL;
}

static int
run (int argc, char **argv, void *(*transfer) (void *data))
{
  Stream    stream;
  pthread_t threads[64];
  int       n_streams;
  double    began = load_now ();

  if (argc != 4)
    return 2;
  stream = (Stream){ { argv[0], (uint16_t)atoi (argv[1]) }, strtoull (argv[2], NULL, 10), 0 };
  n_streams = atoi (argv[3]);
  stream.n_bytes /= (uint64_t)n_streams;
  for (int i = 0; i < n_streams; i++)
    if (pthread_create (&threads[i], NULL, transfer, &stream) != 0)
      load_fail ("thread");
  for (int i = 0; i < n_streams; i++)
    pthread_join (threads[i], NULL);
  printf ("{\"bytes\": %llu, \"seconds\": %.6f}\n",
          (unsigned long long)stream.n_bytes * (unsigned)n_streams, load_now () - began);
  return 0;
}

int
load_down (int argc, char **argv)
{
  return run (argc, argv, down_thread);
}

int
load_up (int argc, char **argv)
{
  return run (argc, argv, up_thread);
}

static void *
slow_thread (void *data)
{
  Stream         *self = data;
  int             fd = begin (self);
  char           *block = malloc (self->rate);
  struct timespec pause = { 0, 100000000 };

  while (recv (fd, block, self->rate / 10, MSG_WAITALL) > 0)
    nanosleep (&pause, NULL);
  free (block);
  close (fd);
  return NULL;
}

int
load_slow (int argc, char **argv)
{
  static Stream stream;
  pthread_t     thread;
  char          nothing[64];

  if (argc != 4)
    return 2;
  stream = (Stream){ { argv[0], (uint16_t)atoi (argv[1]) },
                     UINT64_C (1) << 40,
                     strtoull (argv[3], NULL, 10) };
  for (int i = 0; i < atoi (argv[2]); i++)
    if (pthread_create (&thread, NULL, slow_thread, &stream) != 0)
      load_fail ("thread");
  printf ("{\"n\": %d}\n", atoi (argv[2]));
  fflush (stdout);
  while (read (0, nothing, sizeof nothing) > 0)
    continue;
  return 0;
}
