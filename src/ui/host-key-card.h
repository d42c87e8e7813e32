/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What there is to know when a server shows another key than the recorded one, or a revoked one: both
 * fingerprints, where the recorded one stands and since when, and how it is removed.  There is no button
 * that trusts the new one; the only way on is the known hosts.
 *
 * Property "error": of the tunnel.  Shown only where it is of that kind. */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_HOST_KEY_CARD (culvert_host_key_card_get_type ())
G_DECLARE_FINAL_TYPE (CulvertHostKeyCard, culvert_host_key_card, CULVERT, HOST_KEY_CARD, GtkBox)

G_END_DECLS
