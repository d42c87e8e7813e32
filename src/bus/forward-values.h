/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The forwards of a tunnel as the bus sees them: see "Forwards" of the interface. */

#include "engine/tunnel.h"
#include "words/failure.h"

G_BEGIN_DECLS

/* aa{sv} (transfer floating) */
GVariant *culvert_bus_get_forwards (CulvertTunnel *tunnel);

/* What happened and why, without what to do: a string. (transfer floating) */
GVariant *culvert_bus_get_reason (const CulvertFailureWords *words);

G_END_DECLS
