/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a program is told so that it uses a forward.  Pure; all results are (transfer full), and NULL where
 * there is no such thing, or not yet.
 *
 * @bound: (nullable): where it listens in fact
 * @server: the server's name, as this computer knows it */

#include "core/forward-spec.h"

G_BEGIN_DECLS

/* Where programs connect to: a host and a port, or a path. */
CulvertEndpoint *culvert_forward_place (const CulvertForwardSpec *spec,
                                        const CulvertEndpoint    *bound,
                                        const char               *server);

/* "localhost:5433", a path, or "socks5h://localhost:1080": names are resolved at the other end of the
 * tunnel.  Of what listens at the server it is what programs there use, and what others do where all can
 * connect. */
char *culvert_forward_address (const CulvertForwardSpec *spec,
                               const CulvertEndpoint    *bound,
                               const char               *server);

/* "http://localhost:1080/proxy.pac", of proxies alone */
char *culvert_forward_address_of_pac (const CulvertForwardSpec *spec,
                                      const CulvertEndpoint    *bound,
                                      const char               *server);

/* "http://localhost:8080/admin/": only where what listens here may lead to a page */
char *culvert_forward_address_of_page (const CulvertForwardSpec *spec,
                                       const CulvertEndpoint    *bound);

G_END_DECLS
