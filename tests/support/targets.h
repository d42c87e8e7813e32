/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a tunnel leads to: small servers on loopback, each in a thread of its own, so that they go
 * on whatever the context under test does.  All counters may be read from any thread. */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CULVERT_TARGET_ECHO,   /* sends back what comes, EOF included */
  CULVERT_TARGET_SOURCE, /* sends n_bytes of the stream `seed`, ends; goes on reading */
  CULVERT_TARGET_SINK,   /* reads until EOF, then answers "COUNT DIGEST\n" (stream-pattern.h) */
  CULVERT_TARGET_NAMER,  /* sends name and a line end at once, then echoes */
  CULVERT_TARGET_NEVER_ACCEPT, /* its accept queue is full: connecting hangs */
  CULVERT_TARGET_NEVER_READ,   /* accepts, reads nothing */
  CULVERT_TARGET_SAYS,         /* sends `says` at once, then reads on, or closes if `closes` */
  CULVERT_TARGET_HTTP,         /* HTTP/1.1: "/" a page, "/bytes/N" N bytes of the stream `seed` */
} CulvertTargetKind;

typedef struct
{
  CulvertTargetKind kind;
  guint64           seed;
  guint64           n_bytes;  /* SOURCE */
  const char       *name;     /* NAMER: without line end; HTTP: the page's title */
  guint             delay_ms; /* ECHO, NAMER: echo each byte only so much later */
  /* SOURCE: end with a reset instead of EOF, once the peer's kernel has all bytes. */
  gboolean reset;
  GBytes  *says;   /* SAYS: nullable, for nothing; kept */
  gboolean closes; /* SAYS */
  /* Where to listen: NULL is 127.0.0.1; "::1" or another address; or a path starting with '/'. */
  const char *address;
} CulvertTargetConfig;

typedef struct _CulvertTarget CulvertTarget;

/**
 * culvert_target_new:
 * @config: copied; use as `culvert_target_new (&(CulvertTargetConfig) { .kind = … })`
 *
 * Listens on a port of the system's choice when this returns.
 */
CulvertTarget *culvert_target_new (const CulvertTargetConfig *config);
void           culvert_target_free (CulvertTarget *self);
guint16        culvert_target_get_port (CulvertTarget *self);

guint   culvert_target_get_n_connections (CulvertTarget *self); /* ever accepted */
guint   culvert_target_get_n_open (CulvertTarget *self);
guint   culvert_target_get_n_ended (CulvertTarget *self); /* that sent us an orderly EOF */
guint   culvert_target_get_n_reset (CulvertTarget *self); /* that broke */
guint64 culvert_target_get_n_received (CulvertTarget *self);
guint64 culvert_target_get_n_sent (CulvertTarget *self);

/* NEVER_ACCEPT: from now on accepts (and ends) whoever waits. */
void culvert_target_relent (CulvertTarget *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertTarget, culvert_target_free)

G_END_DECLS
