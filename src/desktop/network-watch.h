/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Tells by what names the network goes that the computer uses: the connection through which it goes out
 * (not a VPN on top of it), and for Wi-Fi its SSID.
 *
 * On Linux NetworkManager says it over the system bus (Spec: its D-Bus API, `PrimaryConnection` and the
 * interfaces `Connection.Active` and `AccessPoint`).  Where there is none to be heard, be it that the
 * system has none or that a sandbox does not let us ask, nobody can tell, and that is told. */

#include "core/network-rule.h"

G_BEGIN_DECLS

typedef struct _CulvertNetworkWatch CulvertNetworkWatch;

/* How long it may take, at most, until something is told for the first time. */
#define CULVERT_NETWORK_WATCH_LIMIT_MS 3000

typedef void (*CulvertNetworkNamesFunc) (CulvertNetworkNames *names, gpointer user_data);

/**
 * culvert_network_watch_new:
 * @func: called in the default main context: once in any case, and when the names have changed
 *
 * Returns at once, and never waits for a service.
 */
CulvertNetworkWatch *culvert_network_watch_new (CulvertNetworkNamesFunc func, gpointer user_data);
void                 culvert_network_watch_free (CulvertNetworkWatch *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertNetworkWatch, culvert_network_watch_free)

G_END_DECLS
