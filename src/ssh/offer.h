/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a server says when it offers a channel, after its type.
 *
 * Spec: RFC 4254 section 7.2 (forwarded-tcpip). */

#include "core/endpoint.h"
#include "ssh/wire.h"

G_BEGIN_DECLS

#define CULVERT_OFFER_FORWARDED_TCPIP "forwarded-tcpip"

typedef struct
{
  guint32          sender; /* the server's number of the channel */
  guint32          window;
  guint32          packet_max;
  char            *address; /* where somebody connected */
  guint32          port;
  CulvertEndpoint *originator; /* nullable: what was said makes no sense */
} CulvertOffer;

/**
 * culvert_offer_parse:
 * @reader: at the number of the channel
 * @offer: (out caller-allocates): to be cleared in any case
 *
 * Returns: FALSE when it is cut short or not text
 */
gboolean culvert_offer_parse (CulvertWireReader *reader, CulvertOffer *offer);
void     culvert_offer_clear (CulvertOffer *offer);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CulvertOffer, culvert_offer_clear)

G_END_DECLS
