/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* From the system's socket addresses to endpoints and to text. */

#include "core/endpoint.h"

#include <gio/gio.h>

G_BEGIN_DECLS

/* (transfer full) (nullable): NULL for an address that has neither port nor path, such as that of a
 * Unix socket's client */
CulvertEndpoint *culvert_address_to_endpoint (GSocketAddress *address);

/* (transfer full): "127.0.0.1:5432", "[::1]:5432", "/run/db.sock", or "" when there is nothing */
char *culvert_address_to_string (GSocketAddress *address);

G_END_DECLS
