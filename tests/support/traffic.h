/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The clients of a tunnel: many sockets at once that connect to a port, send, receive and check
 * every byte.  They run in a thread of their own and do not disturb the context under test, which
 * meanwhile waits with culvert_test_wait_until (culvert_traffic_is_done (traffic), …). */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CULVERT_TRAFFIC_ECHO,     /* send n_bytes of a stream, end, read the same back, then EOF */
  CULVERT_TRAFFIC_DOWNLOAD, /* read n_bytes of the stream `seed`, then EOF; then end */
  CULVERT_TRAFFIC_UPLOAD,   /* send n_bytes of a stream, end, read a sink's right answer */
  CULVERT_TRAFFIC_NAME,     /* read `name` and a line end, send 64 bytes, read them back, end */
  CULVERT_TRAFFIC_PING, /* send 32 bytes, read them back, n_pings times, one every interval_ms */
  CULVERT_TRAFFIC_HOLD, /* connect, send n_bytes once, read nothing, until freed */
} CulvertTrafficKind;

/* ECHO: goes on until culvert_traffic_let_go(), and wants back what it has sent until then. */
#define CULVERT_TRAFFIC_ENDLESS G_MAXUINT64

typedef struct
{
  CulvertTrafficKind kind;
  guint16            port;     /* on 127.0.0.1 … */
  const char        *address;  /* … or on this address, or a socket path starting with '/' */
  guint16            socks_to; /* that is a SOCKS proxy, asked for this port of its 127.0.0.1 */
  guint              n_connections; /* 0 is 1 */
  guint64            n_bytes;
  /* DOWNLOAD: the stream; ECHO, UPLOAD: connection i sends the stream seed + i. */
  guint64     seed;
  const char *name;        /* NAME */
  guint       n_pings;     /* PING */
  guint       interval_ms; /* PING */
  /* ECHO: ends its side only after culvert_traffic_let_go(), however soon all has come back. */
  gboolean stays;
  /* Begins no more connections than that, before others have got all they wait for (a listener of
   * OpenSSH has room for 128 that it has not accepted); 0 is no limit. */
  guint n_unserved_max;
  /* Reads at most so many bytes a second on each connection; 0 is no limit. */
  guint64 read_rate;
  /* The kernel's receive buffer of each socket in bytes; 0 leaves it. */
  guint receive_buffer;
  /* How long the whole may take before it is a problem; 0 is 60 s.  The patience is added. */
  guint deadline_ms;
} CulvertTrafficConfig;

typedef struct _CulvertTraffic CulvertTraffic;

/* @config is copied.  Starts at once. */
CulvertTraffic *culvert_traffic_start (const CulvertTrafficConfig *config);

/* Closes what is still open, without a check. */
void culvert_traffic_free (CulvertTraffic *self);

/* Those that stay, or have no end (see above), may end now, and as quickly as they can. */
void culvert_traffic_let_go (CulvertTraffic *self);

/* Every connection has ended, well or with a problem.  A HOLD is done when all are connected and
 * have sent what they had to send (or as much as the kernel took). */
gboolean culvert_traffic_is_done (CulvertTraffic *self);

/* Fails the test unless it is done and every connection went as it should.  Frees it. */
void culvert_traffic_finish (CulvertTraffic *self);

/* (transfer full) (nullable): what went wrong first, with the connection's number; NULL if nothing. */
char *culvert_traffic_get_problem (CulvertTraffic *self);

guint   culvert_traffic_get_n_connected (CulvertTraffic *self);
guint   culvert_traffic_get_n_good (CulvertTraffic *self);   /* ended as they should */
guint   culvert_traffic_get_n_failed (CulvertTraffic *self); /* ended otherwise */
guint64 culvert_traffic_get_n_sent (CulvertTraffic *self);
guint64 culvert_traffic_get_n_received (CulvertTraffic *self);

/* From start to the end of the last connection; so far, when not done. */
double culvert_traffic_get_seconds (CulvertTraffic *self);

/* PING: the round trip below which @quantile (0 … 1) of all so far stayed, in milliseconds. */
double culvert_traffic_get_round_trip_ms (CulvertTraffic *self, double quantile);

/* Ends every connection with a reset; they count as failed.  Returns when it has happened. */
void culvert_traffic_reset (CulvertTraffic *self);

/**
 * culvert_client_connect:
 *
 * A blocking socket to 127.0.0.1:@port for tests that speak by hand, with a time limit of 10 s for
 * each call on it.  Returns: a descriptor, or -1 with errno
 */
int culvert_client_connect (guint16 port);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertTraffic, culvert_traffic_free)

G_END_DECLS
