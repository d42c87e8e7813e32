/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A client of a proxy that listens here, from its first byte until it has said what it wants: the
 * codec (forward/proxy-asking.h) with a socket and a limit of time.
 *
 * Belongs to the thread of its source. */

#include "base/io-watch.h"
#include "forward/proxy-asking.h"

G_BEGIN_DECLS

/* From connecting to the end of the request: programs say it at once, people do not type it. */
#define CULVERT_PROXY_CLIENT_LIMIT_MS (30 * 1000)

typedef struct _CulvertProxyClient CulvertProxyClient;

typedef enum
{
  CULVERT_PROXY_CLIENT_ASKED,  /* any state of the codec but MORE */
  CULVERT_PROXY_CLIENT_LEFT,   /* it closed, or takes no answer */
  CULVERT_PROXY_CLIENT_SILENT, /* the limit is over */
} CulvertProxyClientEnd;

/* The one event; never called from inside new().  The client is to be freed in it. */
typedef void (*CulvertProxyClientFunc) (CulvertProxyClient   *self,
                                        CulvertProxyClientEnd end,
                                        gpointer              user_data);

/* @socket: (transfer full) */
CulvertProxyClient *culvert_proxy_client_new (CulvertIoSource       *io,
                                              CulvertSocket          socket,
                                              guint                  limit_ms,
                                              CulvertProxyClientFunc func,
                                              gpointer               user_data);
/* Resets the connection unless its socket was taken. */
void culvert_proxy_client_free (CulvertProxyClient *self);

CulvertProxyAskingState culvert_proxy_client_get_state (CulvertProxyClient *self);
/* (transfer full): both once, after ASKED; what the codec has to say is sent, unless it is the last */
CulvertSocket       culvert_proxy_client_take_socket (CulvertProxyClient *self);
CulvertProxyAsking *culvert_proxy_client_take_asking (CulvertProxyClient *self);

/* (transfer full): its address as text, "a local program" when it has none */
char *culvert_proxy_client_dup_name (CulvertProxyClient *self);

G_END_DECLS
