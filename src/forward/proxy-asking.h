/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What one client of a proxy asks for, and what it is answered: SOCKS 4, 4a and 5, HTTP CONNECT, plain
 * HTTP requests, and the page /proxy.pac, told apart by the first byte.  Pure: no sockets, no clock.
 *
 * The one who has the connection feeds it what the client says, in any pieces, and sends what it has
 * to say.  Nothing is answered before the target is: the client learns whether there is a connection,
 * and if not, why.
 *
 * Choices:
 *
 * - SOCKS 5: no authentication where the client offers it.  One that offers only a name and password
 *   is let in with any: what protects the proxy is where it listens, and refusing would only shut out
 *   programs that cannot do without.  They are thrown away unread.  BIND and UDP ASSOCIATE are refused.
 * - HTTP: a plain request (`GET http://host/ …`), which is how programs use a proxy for http: URLs, is
 *   made one to its host, one a connection: `Connection: close` is said to it, and what the client
 *   says beyond that request is thrown away, so that it cannot reach the wrong host.  A request whose
 *   body comes in chunks gets 411.
 * - /proxy.pac: SOCKS 5 first, which browsers let look up names at the far end; then PROXY, for whoever
 *   does not know it.  Never SOCKS alone, which means version 4 and names looked up here.
 *
 * Bounded by CULVERT_PROXY_ASKING_MAX and what one call brings.  Belongs to one thread.
 *
 * Spec: RFC 1928, RFC 1929; "SOCKS: A protocol for TCP proxy across firewalls" (4) and "SOCKS 4A: A
 * simple extension to SOCKS 4 protocol"; RFC 9110 sections 7.6 and 9.3.6, RFC 9112 sections 3.2 and 6. */

#include "core/endpoint.h"

G_BEGIN_DECLS

/* The longest request that is read: a browser's header with all its cookies. */
#define CULVERT_PROXY_ASKING_MAX (32 * 1024)

/* In each of them take_output() is to be sent first. */
typedef enum
{
  CULVERT_PROXY_ASKING_MORE,    /* hear on */
  CULVERT_PROXY_ASKING_TARGET,  /* get_target() is asked for: answer by opened() or failed() */
  CULVERT_PROXY_ASKING_PAGE,    /* close: it was a page of our own */
  CULVERT_PROXY_ASKING_REFUSED, /* close; get_reason() says why */
} CulvertProxyAskingState;

typedef struct _CulvertProxyAsking CulvertProxyAsking;

/* @here: (nullable): where the client came in, for /proxy.pac when the client does not say it */
CulvertProxyAsking *culvert_proxy_asking_new (const CulvertEndpoint *here);
void                culvert_proxy_asking_free (CulvertProxyAsking *self);

/* Hears @bytes of the client.  Not to be called again once it returned another state than MORE. */
CulvertProxyAskingState
culvert_proxy_asking_received (CulvertProxyAsking *self, const guint8 *bytes, gsize n_bytes);

/* (transfer full) (nullable): what to send now; each is given once */
GBytes *culvert_proxy_asking_take_output (CulvertProxyAsking *self);

/* From TARGET on; TCP, the host a valid name or an address (culvert_host_is_valid()). */
const CulvertEndpoint *culvert_proxy_asking_get_target (CulvertProxyAsking *self);

/**
 * culvert_proxy_asking_take_early:
 * @n_more: (out): how many bytes that the client says after this are the target's, too; G_MAXUINT64:
 *   all.  What comes beyond is for nobody
 *
 * Returns: (transfer full) (nullable): what the target reads first: of what was received the part
 *   that was not for us, and for a plain request its header, made over
 */
GBytes *culvert_proxy_asking_take_early (CulvertProxyAsking *self, guint64 *n_more);

/* (transfer full) (nullable): what the client is told now that the target has answered */
GBytes *culvert_proxy_asking_opened (CulvertProxyAsking *self);

/**
 * culvert_proxy_asking_failed:
 * @error: CULVERT_SSH_ERROR or CULVERT_FORWARD_ERROR_TARGET_…
 *
 * Returns: (transfer full): what the client is told before it is closed
 */
GBytes *culvert_proxy_asking_failed (CulvertProxyAsking *self, const GError *error);

/* Why it was REFUSED, in English for the log; printable.  NULL otherwise. */
const char *culvert_proxy_asking_get_reason (CulvertProxyAsking *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertProxyAsking, culvert_proxy_asking_free)

G_END_DECLS
