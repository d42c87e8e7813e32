/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The port at the server that a forward listens on: each session is asked for it anew.
 *
 * The port that the server picked is asked for again.  A port that it had before a drop, and is
 * refused after it, is most likely held by the server for the lost connection: it is asked for again
 * and again, for minutes, while the forward is FAILED with a time of the next try.  Any other refusal
 * counts until the next session.  All of that ends in states of the forward.
 *
 * Spec: RFC 4254 section 7.1; PRODUCT 1.2, 1.7, 3.4. */

#include "forward/forward.h"

G_BEGIN_DECLS

/* As offered() of core/transport.h. */
typedef void (*CulvertFarPortOffered) (CulvertForward        *forward,
                                       CulvertStream         *stream,
                                       const CulvertEndpoint *originator);

/* Embedded in a forward, for as long as that lives: what the server picked outlasts a stop. */
typedef struct
{
  CulvertForward       *forward; /* borrowed */
  CulvertFarPortOffered offered;
  CulvertFarListener   *listener;      /* nullable: not asked, or refused */
  guint16               picked;        /* that the server picked last; 0: none */
  guint16               number;        /* where it listens, while LISTENING … */
  gboolean              is_everywhere; /* … on all addresses, whatever was asked for */
  gboolean              has_listened;  /* in this session or an earlier one */
  guint                 n_retries;     /* since the session came up */
  GSource              *retry;         /* nullable */
} CulvertFarPort;

void culvert_far_port_init (CulvertFarPort       *self,
                            CulvertForward       *forward,
                            CulvertFarPortOffered offered);

/* Asks the forward's transport, if there is one.  Errors: CULVERT_FORWARD_ERROR_FAR_SOCKET for a listening
 * endpoint that no server can be asked for. */
gboolean culvert_far_port_start (CulvertFarPort *self, GError **error);
void     culvert_far_port_stop (CulvertFarPort *self);

/* The forward's transport is another.  The owner of the forward may stop it in answer: call it last. */
void culvert_far_port_transport_changed (CulvertFarPort *self);

/* (transfer full): for dup_bound() of a forward that is LISTENING */
CulvertEndpoint *culvert_far_port_dup_bound (CulvertFarPort *self);

G_END_DECLS
