/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What all forwards that listen at the server share: the port there (forward/far-port.h), and the
 * relays of the connections that came by it.  A kind says what becomes of a client that comes.
 *
 * Spec: RFC 4254 section 7.1; PRODUCT 1.2, 1.4, 1.6. */

#include "forward/forward.h"
#include "forward/relay-group.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_FAR_FORWARD (culvert_far_forward_get_type ())
G_DECLARE_DERIVABLE_TYPE (CulvertFarForward,
                          culvert_far_forward,
                          CULVERT,
                          FAR_FORWARD,
                          CulvertForward)

struct _CulvertFarForwardClass
{
  CulvertForwardClass parent_class;

  /* Makes ready what a kind keeps between start and stop.  The relays are there already. */
  void (*prepare) (CulvertFarForward *self);
  /* Frees that, and refuses or closes every stream that no relay has.  The relays are still there. */
  void (*clear) (CulvertFarForward *self);
  /* A client has come to the server's port: to be accepted or refused, now or later, as offered() of
   * core/transport.h says.  @originator: (nullable) */
  void (*offered) (CulvertFarForward     *self,
                   CulvertStream         *stream,
                   const CulvertEndpoint *originator);
};

/* (transfer none): from prepare() to clear().  Whoever makes a relay gives it its target. */
CulvertRelayGroup *culvert_far_forward_get_relays (CulvertFarForward *self);

/* The forward's own target, "" for a kind that has none. */
const char *culvert_far_forward_get_target_text (CulvertFarForward *self);

/* The target, as text, answered a client, or did not: a line for the log and the light of the forward.  The owner may
 * stop it in answer: call it last. */
void
culvert_far_forward_note_answered (CulvertFarForward *self, const char *client, const char *target);
void culvert_far_forward_note_refused (CulvertFarForward *self,
                                       const char        *client,
                                       const char        *target,
                                       const GError      *error);

/* For tests: other limits of time of a test (forward/far-test.h). */
void culvert_far_forward_set_test_limits_ms (CulvertFarForward *self,
                                             guint              open_limit_ms,
                                             guint              back_limit_ms);

/* (transfer full): how a client at the server is named */
char *culvert_far_forward_name_client (const CulvertEndpoint *originator);

G_END_DECLS
