/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Clients of a proxy, wherever it listens. */

#include "forward-fixture.h"

void proxy_say (Client *client, const void *bytes, gsize n_bytes);

/* SOCKS 5 for a port of 127.0.0.1, and @more behind it, all at once. (transfer full) */
Client *proxy_ask (guint16 proxy, guint16 port, const char *more);

#define PROXY_N_ANSWER 12 /* the method and the reply */

/* Waits for the answer with that code, and for @more behind it. */
void proxy_assert_answer (Client *client, guint8 reply, const char *more);
void proxy_assert_end (Client *client, ClientEnd end);
