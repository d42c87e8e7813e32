/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A forward over a transport that dials directly, and clients to try it with: all in the test's own
 * thread, so that a test decides what happens between two turns of the source. */

#include "kept-connection.h"
#include "support/culvert-test.h"
#include "support/fake-transport.h"
#include "support/targets.h"

G_BEGIN_DECLS

#define DEADLINE_MS 10000

/* Long enough for anything that spins to be seen … */
#define QUIET_MS 200
/* … by the turns of the source that it takes then. */
#define QUIET_TURNS 20

typedef struct
{
  CulvertIoSource      *io;
  CulvertFakeTransport *transport;
  CulvertCounters      *tunnel_counters;
  CulvertForward       *forward;
  GPtrArray            *log; /* of char *: "1 text", the number being the level */
  guint                 n_state_changes;
  guint                 n_target_changes;
  guint                 n_counts_changes;
  guint                 n_descriptors; /* open before there was anything of this */
  /* Called, and forgotten, with the next event of any kind. */
  void (*on_event) (CulvertForward *forward);
} Fixture;

void fixture_set_up (Fixture *self, gconstpointer unused);
/* Stops and drops everything, and fails the test when a descriptor has leaked. */
void fixture_tear_down (Fixture *self, gconstpointer unused);

/* Replaces the transport, which must not be in use, by one that is difficult as @config says. */
void fixture_use_transport (Fixture *self, const CulvertFakeTransportConfig *config);

/* Makes a forward to @target without starting it. */
void fixture_make (Fixture *self, CulvertForwardKind kind, const char *listen, const char *target);

void fixture_make_spec (Fixture *self, CulvertForwardSpec *spec);

/* Starts a local forward from 127.0.0.1 to that port of 127.0.0.1 and gives it the transport.
 * Returns: the port on which it listens */
guint16 fixture_start (Fixture *self, guint16 target_port);

/* A target on loopback that sends, where it sends, the stream of seed 7; or the name "right". */
CulvertTarget *fixture_start_target (CulvertTargetKind kind, guint64 n_bytes);

/* How many connections the forward has. */
guint fixture_count_open (Fixture *self);

/* Waits until the transport has ever been asked for @n streams. */
void fixture_wait_for_asked (Fixture *self, guint n);

/* Waits until the forward has no connection left, and the transport no stream. */
void fixture_assert_dropped (Fixture *self, guint within_ms);

gboolean fixture_has_logged (Fixture *self, const char *pattern);
guint    fixture_count_logged (Fixture *self, const char *pattern);

/* Goes on for QUIET_MS and fails the test when the source did not rest meanwhile. */
void fixture_assert_rests (Fixture *self);

void fixture_assert_counts (Fixture *self,
                            guint64  n_accepted,
                            guint64  n_refused,
                            guint64  n_received,
                            guint64  n_sent);

typedef enum
{
  CLIENT_READS, /* no end so far */
  CLIENT_GOT_END,
  CLIENT_GOT_RESET,
} ClientEnd;

/* A client in the hands of the test. */
typedef struct
{
  int         descriptor;
  GByteArray *received;
  ClientEnd   end;
} Client;

/* @address: as for culvert_loopback_connect(); @receive_buffer: 0 leaves the system's */
Client *client_new (const char *address, guint16 port, guint receive_buffer);
void    client_free (Client *self);
void    client_reset (Client *self);
void    client_finish (Client *self);
/* As much of @n_bytes of the stream @seed from @offset on as the socket takes; returns how much. */
gsize client_send_stream (Client *self, guint64 seed, guint64 offset, gsize n_bytes);
void  client_send_text (Client *self, const char *text);
/* Takes what has come; returns @self->end. */
ClientEnd client_read (Client *self);
gboolean  client_has_read (Client *self, gsize n_bytes);
/* Fails the test unless just that has been read. */
void client_assert_stream (Client *self, guint64 seed, gsize n_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Client, client_free)

/* Lets this process open as many descriptors as it may. */
void raise_descriptor_limit (void);

G_END_DECLS
