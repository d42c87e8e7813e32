/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The load tool of tests/bench: what a tunnel leads to, and the clients that use it.  Each call of a
 * client prints one line of JSON.  HOST is an IPv4 address; every request is 64 bytes.
 *
 *   load serve HOST                         prints the ports "source sink echo page", serves until
 *                                           its standard input ends
 *   load down HOST PORT BYTES STREAMS       reads from a source, without looking
 *   load up HOST PORT BYTES STREAMS         writes to a sink, which says when it has all
 *   load ask HOST PORT REPLY N SECONDS      N connections, each with one request on its way, REPLY
 *                                           bytes each
 *   load new HOST PORT REPLY N SECONDS      the same, each request on a new connection
 *   load opens HOST PORT N                  N connections at the same moment, one round trip each
 *   load hold HOST PORT N                   N connections; then for each line of its input "ping S"
 *                                           (one more connection asks for S seconds), "ask S" (all
 *                                           of them do); ends with its input
 *   load slow HOST PORT N RATE              N readers of a source, RATE bytes a second each, until
 *                                           the input ends */

#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define LOAD_REQUEST_SIZE 64
#define LOAD_ECHO_SIZE    64
#define LOAD_PAGE_SIZE    1152 /* a head of HTTP and 1 KiB */

typedef struct
{
  const char *host;
  uint16_t    port;
} LoadAddress;

typedef struct
{
  double *values; /* seconds */
  size_t  n;
  size_t  room;
} LoadTimes;

_Noreturn void load_fail (const char *what);
double         load_now (void);

/* @flags: of the socket, such as SOCK_NONBLOCK */
int load_connect (const LoadAddress *address, int flags);

void load_times_add (LoadTimes *self, double seconds);
/* And empties it. */
void load_times_print (LoadTimes *self, double seconds);

int load_serve (int argc, char **argv);
int load_down (int argc, char **argv);
int load_up (int argc, char **argv);
int load_ask (int argc, char **argv);
int load_new (int argc, char **argv);
int load_opens (int argc, char **argv);
int load_hold (int argc, char **argv);
int load_slow (int argc, char **argv);
