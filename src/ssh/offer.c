/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/offer.h"

gboolean
culvert_offer_parse (CulvertWireReader *reader, CulvertOffer *offer)
{
  g_autofree char *host = NULL;
  guint32          port;

  *offer = (CulvertOffer){ 0 };
  if (!culvert_wire_read_u32 (reader, &offer->sender) ||
      !culvert_wire_read_u32 (reader, &offer->window) ||
      !culvert_wire_read_u32 (reader, &offer->packet_max))
    return FALSE;
  offer->address = culvert_wire_read_text (reader, CULVERT_HOST_MAX);
  if (offer->address == NULL || !culvert_wire_read_u32 (reader, &offer->port))
    return FALSE;
  host = culvert_wire_read_text (reader, CULVERT_HOST_MAX);
  if (host == NULL || !culvert_wire_read_u32 (reader, &port))
    return FALSE;
  if (culvert_host_is_valid (host) && port <= G_MAXUINT16)
    offer->originator = culvert_endpoint_new_tcp (host, (guint16)port);
  return TRUE;
}

void
culvert_offer_clear (CulvertOffer *offer)
{
  g_clear_pointer (&offer->address, g_free);
  g_clear_pointer (&offer->originator, culvert_endpoint_unref);
}
