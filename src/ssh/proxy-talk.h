/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What is said to a proxy until it passes everything on.  Pure: bytes in, bytes out.
 *
 * It never asks for a byte more than the proxy's answer has, because what follows is the server's.
 * Answers are bounded; whatever a proxy says ends in one of the states.
 *
 * Spec: RFC 9110 9.3.6, 7617 (HTTP); RFC 1928, 1929 (SOCKS 5); the SOCKS 4 and 4a papers. */

#include "base/secret.h"
#include "core/hop.h"

G_BEGIN_DECLS

#define CULVERT_PROXY_ANSWER_MAX (16 * 1024)

typedef enum
{
  CULVERT_PROXY_TALK_MORE,           /* there is more to send or to receive */
  CULVERT_PROXY_TALK_DONE,           /* all that comes now is the server's */
  CULVERT_PROXY_TALK_NEEDS_PASSWORD, /* begin again with one, on a new connection */
  CULVERT_PROXY_TALK_FAILED,
} CulvertProxyTalkState;

typedef struct _CulvertProxyTalk CulvertProxyTalk;

/**
 * culvert_proxy_talk_new:
 * @proxy: copied; HTTP or SOCKS
 * @host: where to; for SOCKS 4 an IPv4 address
 * @password: (nullable): of the proxy's user, once it is known
 */
CulvertProxyTalk *culvert_proxy_talk_new (const CulvertProxy *proxy,
                                          const char         *host,
                                          guint16             port,
                                          CulvertSecret      *password);
void              culvert_proxy_talk_free (CulvertProxyTalk *self);

/* (transfer full) (nullable): what to send now; each is given once */
CulvertSecret *culvert_proxy_talk_take_output (CulvertProxyTalk *self);

/* How many bytes may be read at most; never 0 while there is MORE and all was sent. */
gsize culvert_proxy_talk_wants (const CulvertProxyTalk *self);

/**
 * culvert_proxy_talk_received:
 * @n_bytes: not more than culvert_proxy_talk_wants()
 *
 * Errors: `CULVERT_SSH_ERROR_PROXY_REFUSED`, `…_PROXY_AUTH`, `…_PROXY_PROTOCOL`, with
 * `CULVERT_FACT_SAID` where the proxy gave a reason.
 */
CulvertProxyTalkState culvert_proxy_talk_received (CulvertProxyTalk *self,
                                                   const guint8     *bytes,
                                                   gsize             n_bytes,
                                                   GError          **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertProxyTalk, culvert_proxy_talk_free)

G_END_DECLS
