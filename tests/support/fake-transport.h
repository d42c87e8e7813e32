/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A transport (core/transport.h) without a server: dials the target itself, on the same source as
 * the code under test, and can be as difficult as a real one.
 *
 * It checks what its user does: a write beyond what get_writable() said, bytes consumed that never
 * came, a call on a dead stream fail the test.  It never calls back from inside a call. */

#include "base/io-watch.h"
#include "core/errors.h"
#include "core/transport.h"

G_BEGIN_DECLS

typedef struct
{
  /* Moves everything in pieces of a random length, from one byte up, offers windows of a random
   * length, and lets random turns pass; 0: as much as there is. */
  guint64 seed;
  /* How far received() runs ahead of consumed(), and how much of what was written may wait; 0 is
   * 256 KiB. */
  gsize window;
  /* Answers an open only so much later. */
  guint delay_ms;
} CulvertFakeTransportConfig;

typedef struct _CulvertFakeTransport CulvertFakeTransport;

/* @config: (nullable): copied */
CulvertFakeTransport *culvert_fake_transport_new (CulvertIoSource                  *io,
                                                  const CulvertFakeTransportConfig *config);
/* Fails the test when a stream is still in use. */
void              culvert_fake_transport_free (CulvertFakeTransport *self);
CulvertTransport *culvert_fake_transport_get (CulvertFakeTransport *self);

/* From now on: opens are refused with this code of CULVERT_SSH_ERROR, and nothing is listened to. */
void culvert_fake_transport_set_refusing (CulvertFakeTransport *self, CulvertSshError code);
/* From now on: opens get no answer until this is set back. */
void culvert_fake_transport_set_silent (CulvertFakeTransport *self, gboolean is_silent);
/* From now on: the target takes nothing, get_writable() says 0. */
void culvert_fake_transport_set_stalled (CulvertFakeTransport *self, gboolean is_stalled);

/* It listens for real, on loopback or, for "*", everywhere; whoever connects there is offered.
 * From now on it listens at @address instead, whatever it is asked for; NULL: as asked. */
void culvert_fake_transport_set_bind (CulvertFakeTransport *self, const char *address);
/* From now on: whatever is opened leads to this port of 127.0.0.1; 0: where it shall. */
void culvert_fake_transport_divert (CulvertFakeTransport *self, guint16 port);

/* As when a session ends: every open stream is closed(), with @error or in good order, every
 * unanswered or offered one refused() with CULVERT_SSH_ERROR_CLOSED, every listener ended().  What was read from targets before is
 * lost, what was received is not. */
void culvert_fake_transport_end (CulvertFakeTransport *self, const GError *error);

guint culvert_fake_transport_get_n_asked (CulvertFakeTransport *self);   /* opens ever asked for */
guint culvert_fake_transport_get_n_streams (CulvertFakeTransport *self); /* alive now */
guint culvert_fake_transport_get_n_open (CulvertFakeTransport *self);    /* of those, answered */
/* The most that one stream has ever been handed without it being consumed. */
gsize culvert_fake_transport_get_most_unconsumed (CulvertFakeTransport *self);
/* Of the last open; "" when there was none. */
const char *culvert_fake_transport_get_originator (CulvertFakeTransport *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertFakeTransport, culvert_fake_transport_free)

G_END_DECLS
