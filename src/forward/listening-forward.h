/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the kinds have in common that listen on this computer and reach their targets through the
 * server: the listener, the relays, and clients that are held while there is no session.
 *
 * A kind of its own says what becomes of a client: which target it gets, and what it is told. */

#include "forward/forward.h"
#include "forward/guard.h"
#include "forward/relay.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_LISTENING_FORWARD (culvert_listening_forward_get_type ())
G_DECLARE_DERIVABLE_TYPE (CulvertListeningForward,
                          culvert_listening_forward,
                          CULVERT,
                          LISTENING_FORWARD,
                          CulvertForward)

struct _CulvertListeningForwardClass
{
  CulvertForwardClass parent_class;

  /* A client has come.  @client is the receiver's, who sooner or later makes it a relay with a target
   * and calls culvert_listening_forward_serve(). */
  void (*accepted) (CulvertListeningForward *self, CulvertSocket client);
  /* (nullable): calls culvert_relay_open() with a transport of its own.  Without it the forward's is
   * used.  There is a session. */
  void (*open) (CulvertListeningForward *self, CulvertRelay *relay);
  /* (nullable): the target answered; culvert_relay_say() works. */
  void (*answered) (CulvertListeningForward *self, CulvertRelay *relay);
  /* (nullable): the target did not; the receiver calls culvert_relay_refuse() or
   * culvert_relay_drop().  Without it the client is reset. */
  void (*refused) (CulvertListeningForward *self, CulvertRelay *relay, const GError *error);
};

/* Of the forward, from start to stop. */
CulvertRelayGroup *culvert_listening_forward_get_relays (CulvertListeningForward *self);
/* (nullable): for whatever else of this forward listens here; from start to stop */
CulvertGuard *culvert_listening_forward_get_guard (CulvertListeningForward *self);

/**
 * culvert_listening_forward_serve:
 * @relay: new, of get_relays(), with its target
 *
 * Asks the server for the target, or holds the client until there is a session.  The owner of the
 * forward may stop it in answer: call it last.
 */
void culvert_listening_forward_serve (CulvertListeningForward *self, CulvertRelay *relay);

/* For tests: how long clients are held.  Counts from the next start on. */
void culvert_listening_forward_set_hold_limit_ms (CulvertListeningForward *self, guint limit_ms);

G_END_DECLS
