/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Clients at the server, of one forward with a target, whose target has not answered yet: it is
 * connected to from here, and only then is the offered stream accepted, or refused with the reason.
 *
 * So many wait at once; the rest is refused.  Lives in the forward's thread, between prepare() and
 * clear() of forward/far-forward.h.
 *
 * Spec: RFC 4254 section 5.1. */

#include "forward/far-forward.h"

G_BEGIN_DECLS

/**
 * CulvertArrivedFunc:
 * @socket: (transfer full): connected to the target
 * @stream: (transfer full): not accepted yet
 *
 * The target of a client answered.  When it does not, the client is refused, counted and logged.
 */
typedef void (*CulvertArrivedFunc) (CulvertFarForward *forward,
                                    CulvertSocket      socket,
                                    CulvertStream     *stream,
                                    const char        *client);

typedef struct
{
  CulvertFarForward *forward; /* borrowed */
  CulvertArrivedFunc arrived;
  GQueue             waiting; /* of Arrival, which embed their links */
} CulvertArrivals;

void culvert_arrivals_init (CulvertArrivals   *self,
                            CulvertFarForward *forward,
                            CulvertArrivedFunc arrived);
/* Refuses all that wait. */
void culvert_arrivals_clear (CulvertArrivals *self);

/* For offered() of the forward's class. */
void culvert_arrivals_add (CulvertArrivals       *self,
                           CulvertStream         *stream,
                           const CulvertEndpoint *originator);

G_END_DECLS
