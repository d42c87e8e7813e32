/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A proxy that is as simple as can be, in threads of its own, and remembers what it was told.  It
 * leads wherever it is asked to, if that is on this computer. */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  LITTLE_PROXY_HTTP,
  LITTLE_PROXY_SOCKS4, /* and 4a */
  LITTLE_PROXY_SOCKS5,
} LittleProxyKind;

typedef struct _LittleProxy LittleProxy;

/* @password: (nullable): of the user "me"; NULL lets everybody in */
LittleProxy *little_proxy_new (LittleProxyKind kind, const char *password);
void         little_proxy_free (LittleProxy *self);
guint16      little_proxy_get_port (LittleProxy *self);

/* (transfer full): what it was asked for last, "server.test:22"; "" before */
char *little_proxy_dup_asked (LittleProxy *self);
/* How many were let in, and how many were not. */
guint little_proxy_get_n_led (LittleProxy *self);
guint little_proxy_get_n_denied (LittleProxy *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (LittleProxy, little_proxy_free)

G_END_DECLS
