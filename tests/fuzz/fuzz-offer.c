/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/offer.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  g_auto (CulvertOffer) offer = { 0 };
  CulvertWireReader     reader;

  culvert_wire_reader_init (&reader, data, n_bytes);
  if (!culvert_offer_parse (&reader, &offer))
    return 0;
  g_assert_cmpuint (strlen (offer.address), <=, CULVERT_HOST_MAX);
  if (offer.originator != NULL)
    g_assert_true (culvert_host_is_valid (culvert_endpoint_get_host (offer.originator)));
  return 0;
}
