/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One relayed connection: a client's socket on one side, a stream of the transport on the other.
 *
 * Moves bytes both ways, passes half-closes and ends through, and slows each sender down to its
 * reader.  The client is not read before the target has answered, so what it says early is not lost
 * with a refusal.  A client that resets, or that leaves without a word while the target is still
 * asked, ends the relay; a target that refuses or breaks ends in a reset that the client can see.
 *
 * An idle relay owns no buffer.  It is in its group from new to drop or to the end of ended().
 *
 * Spec: RFC 4254 sections 5.2 and 5.3. */

#include "core/transport.h"
#include "forward/relay-group.h"

G_BEGIN_DECLS

/**
 * culvert_relay_new:
 * @socket: (transfer full): the client
 *
 * Counts it as accepted and open.  Moves nothing until [func@culvert_relay_open].
 */
CulvertRelay *culvert_relay_new (CulvertRelayGroup *group, CulvertSocket socket);

/* Where it leads: to be set once, before culvert_relay_open(); copied.  One that is joined may do
 * without. */
void culvert_relay_set_target (CulvertRelay *self, const CulvertEndpoint *target);

/**
 * culvert_relay_set_early:
 * @early: (nullable): what was read of the client already; the target gets it first
 * @n_more: how many bytes of the client may follow it, CULVERT_RELAY_UP_ALL for no limit; what comes
 *   beyond is thrown away
 *
 * For a relay that has not asked.  It does not make a client that then leaves one that has said its
 * piece: it waits for an answer before it says more.
 */
void culvert_relay_set_early (CulvertRelay *self, GBytes *early, guint64 n_more);
#define CULVERT_RELAY_UP_ALL G_MAXUINT64

/* Something of the forward's own, until the relay goes or it is replaced. */
void     culvert_relay_set_data (CulvertRelay *self, gpointer data, GDestroyNotify data_free);
gpointer culvert_relay_get_data (CulvertRelay *self);

/**
 * culvert_relay_open:
 *
 * Asks for the target, on behalf of the client.  Only for a relay that has not asked yet or whose
 * asking was answered by refused().
 */
void culvert_relay_open (CulvertRelay *self, CulvertTransport *transport);

/* The client reads @bytes, which count as nobody's, before anything of the target.  Only during
 * answered(). */
void culvert_relay_say (CulvertRelay *self, const guint8 *bytes, gsize n_bytes);

/* For a relay that waits: it does so no more; the client reads @bytes and an orderly end.  ended()
 * follows, later. */
void culvert_relay_refuse (CulvertRelay *self, const guint8 *bytes, gsize n_bytes);

/**
 * culvert_relay_join:
 * @stream: (transfer full): one that was offered (core/transport.h), and is accepted here
 * @client: who is at its far end, in the place of the socket's own address
 *
 * For a relay that has not asked: there is nothing to ask, because its socket leads to the target and
 * the client has come by @stream.  Data flows at once.  What a target said before it reset still goes
 * out; a client's would not.
 */
void culvert_relay_join (CulvertRelay *self, CulvertStream *stream, const char *client);

/* Resets the client, drops the stream, frees the relay.  No event follows. */
void culvert_relay_drop (CulvertRelay *self);

/* Waits for culvert_relay_open()? */
gboolean culvert_relay_is_waiting (CulvertRelay *self);

guint64 culvert_relay_get_id (CulvertRelay *self);
/* Borrowed: for what the system knows of it. */
CulvertSocket culvert_relay_get_socket (CulvertRelay *self);
/* (nullable) */
const CulvertEndpoint *culvert_relay_get_target (CulvertRelay *self);
/* The client's address as text, "a local program" when it has none. */
const char *culvert_relay_get_client (CulvertRelay *self);
guint64     culvert_relay_get_n_received (CulvertRelay *self);
guint64     culvert_relay_get_n_sent (CulvertRelay *self);
gint64      culvert_relay_get_started_us (CulvertRelay *self);

/**
 * culvert_relay_show:
 * @target: (nullable): where it leads when it has no target of its own
 * @connection: (out): what is to be seen of it, which is borrowed
 *
 * Returns: FALSE when it has no target at all
 */
gboolean culvert_relay_show (CulvertRelay *self, const char *target, CulvertConnection *connection);

/* A client that closes its side without a word, while the target is still asked, may want to listen
 * only; if the answer takes longer than this it is taken to have left. */
#define CULVERT_RELAY_SILENT_GRACE_MS 2000

G_END_DECLS
