/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The gate between libssh2 and the socket: what makes libssh2 safe with many channels.
 *
 * Sending: libssh2 never sees a short write.  It hands over whole packets, the gate queues them and
 * writes when the socket takes them.  So a half-sent packet, which libssh2 can only finish by the
 * same call with the same pointers, never exists.
 *
 * Receiving: one turn takes at most a budget of bytes, so that one busy session cannot hold its
 * thread; once the kernel has said "nothing now", further reads of the turn cost no system call;
 * and the end of the stream is kept back until what came before it was delivered, because libssh2
 * throws queued data away when it sees the end.
 *
 * What waits in the queue is encrypted and in order: whoever writes next waits behind it.  So the
 * queue is as long as the way to the server is fast, about 10 ms of it, and bulk data waits where it
 * came from.
 *
 * While listening for the server's first words the gate also keeps a copy of them: they are in
 * clear and say what answered and which algorithms it has (ssh/kexinit.h). */

#include "base/byte-queue.h"
#include "base/io-watch.h"

G_BEGIN_DECLS

#define CULVERT_GATE_BUDGET       (256 * 1024)
#define CULVERT_GATE_QUEUE_HIGH   (192 * 1024)
#define CULVERT_GATE_QUEUE_NARROW (16 * 1024)
#define CULVERT_GATE_QUEUE_MAX    (8 * 1024 * 1024)
#define CULVERT_GATE_QUEUE_KEPT   (512 * 1024)
#define CULVERT_GATE_GREETING_MAX (64 * 1024)

typedef struct
{
  CulvertIoWatch  *watch;
  CulvertSocket    socket;
  CulvertByteQueue queue;        /* to be written */
  gsize            budget;       /* bytes that may still be read in this turn */
  gboolean         is_dry;       /* the kernel had nothing more; until the watch says otherwise */
  gsize            high;         /* the mark over which the queue is congested */
  guint64          paced_from;   /* n_sent when the pace was last looked at, … */
  gint64           paced_us;     /* … at that time */
  gboolean         is_congested; /* over the high mark, and not yet under a third of it */
  gboolean         is_dead;      /* every call fails: libssh2 tears down without waiting */
  gboolean         owes_ack;     /* a quick acknowledgement, at the end of the turn */
  gboolean    sends_at_once; /* the server does not wait for acknowledgements (ssh/no-delay.h) */
  gboolean    saw_end;       /* the peer finished, or the socket broke: see error */
  GError     *error;         /* G_IO_ERROR; what broke the socket */
  GByteArray *greeting;      /* the server's first bytes, or NULL */
  gint64      last_received_us;
  guint64     n_received;
  guint64     n_sent;
} CulvertGate;

/* @func: called with @user_data when the socket is ready; the gate is by then prepared for it */
void culvert_gate_init (CulvertGate     *self,
                        CulvertIoSource *io,
                        CulvertSocket    socket,
                        CulvertIoFunc    func,
                        gpointer         user_data);
/* Forgets the socket, which stays the caller's. */
void culvert_gate_clear (CulvertGate *self);

/* For the watch's function: notes what became ready. */
void culvert_gate_ready (CulvertGate *self, CulvertIoCondition ready);

/* Writes what waits, as far as the socket takes it. */
void culvert_gate_flush (CulvertGate *self);

/* A new turn: the budget is whole again, and the right conditions are waited for.
 * @is_reading: FALSE while nothing may be read, as when a person thinks about a host key */
void culvert_gate_rearm (CulvertGate *self, gboolean is_reading);

/* Is there more to read that the budget kept back? */
gboolean culvert_gate_has_more (CulvertGate *self);

/* No more copy of the first bytes. */
void culvert_gate_end_greeting (CulvertGate *self);

/* libssh2's two callbacks, in its own convention: bytes, or -errno. */
gssize culvert_gate_send (CulvertGate *self, const void *bytes, gsize n_bytes);
gssize culvert_gate_receive (CulvertGate *self, void *buffer, gsize size);

G_END_DECLS
