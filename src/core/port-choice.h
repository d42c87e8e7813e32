/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Where a forward of this computer really listens, whether two are in each other's way, and what to
 * choose in the place of a port that cannot be had. */

#include "core/endpoint.h"

G_BEGIN_DECLS

/* The lowest port that systems and servers leave to everybody unless they are told otherwise. */
#define CULVERT_PORT_FIRST_COMMON 1024

#define CULVERT_LISTEN_ADDRESSES_MAX 2

/* @addresses: (out): the literal addresses, borrowed from @listen, and NULL behind them; none for a path
 * and for a name that is neither localhost nor an address */
void culvert_listen_get_addresses (const CulvertEndpoint *listen,
                                   const char *addresses[CULVERT_LISTEN_ADDRESSES_MAX + 1]);

/* Would a second listener at @b be denied where one listens at @a? */
gboolean culvert_listen_overlap (const CulvertEndpoint *a, const CulvertEndpoint *b);

/* Where people look for what usually is at the port @port, which needs a privilege: 80 becomes 8080, 443
 * 8443, others are 10000 higher. */
guint16 culvert_port_choice_for_low (guint16 port);

/* Is @where meant for something else, though nothing may listen there now? */
typedef gboolean (*CulvertPortTakenFunc) (const CulvertEndpoint *where, gpointer user_data);

/**
 * culvert_port_choice_next:
 * @listen: where a forward cannot listen
 * @is_taken: (nullable)
 *
 * Tries ports one after another by listening for a moment (base/free-port.h).
 *
 * Returns: (transfer full) (nullable): the same address with a port that is free, the next one upwards;
 *   NULL for a path, and when none is near
 */
CulvertEndpoint *culvert_port_choice_next (const CulvertEndpoint *listen,
                                           CulvertPortTakenFunc   is_taken,
                                           gpointer               user_data);

/* The same, but @listen itself comes first. */
CulvertEndpoint *culvert_port_choice_from (const CulvertEndpoint *listen,
                                           CulvertPortTakenFunc   is_taken,
                                           gpointer               user_data);

/* Returns: (transfer full) (nullable): another address of 127.0.0.0/8 where the port of @listen is free;
 * NULL unless @listen is for this computer alone, and where the system knows no other (macOS knows
 * those that an administrator added) */
CulvertEndpoint *culvert_port_choice_other_address (const CulvertEndpoint *listen,
                                                    CulvertPortTakenFunc   is_taken,
                                                    gpointer               user_data);

G_END_DECLS
