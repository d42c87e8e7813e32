/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What may happen to the way out of this computer: the seam between desktop/, which notices it, and
 * engine/, which acts on it.
 *
 * None of it says whether a certain server can be reached.  A server in this house needs no way out,
 * and a way out may lead nowhere; so what is up is asked whether it still is, and never dropped for
 * an event alone. */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CULVERT_NETWORK_GONE,    /* no route leads out of this computer any more */
  CULVERT_NETWORK_BACK,    /* one does again */
  CULVERT_NETWORK_CHANGED, /* there are other routes or addresses than before */
  CULVERT_NETWORK_WOKE,    /* the computer slept, and nobody knows what has become of its network */
} CulvertNetworkEvent;

G_END_DECLS
