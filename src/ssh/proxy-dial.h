/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Reaching a host through a proxy: a dial to the proxy, and then its language (ssh/proxy-talk.h).
 *
 * As core/dial.h: one thread, no limit of time of its own, free it to give up. */

#include "core/dial.h"
#include "ssh/proxy-talk.h"

G_BEGIN_DECLS

typedef struct _CulvertProxyDial CulvertProxyDial;

/* None is called from inside culvert_proxy_dial_new(); all may free the dial. */
typedef struct
{
  /* The proxy's name is known. */
  void (*resolved) (gpointer user_data);
  /* The proxy is there. */
  void (*connected) (gpointer user_data);
  /* The proxy wants the password of its user: the last event; dial again with it. */
  void (*needs_password) (gpointer user_data);
  /* The last event, as in CulvertDialEvents.  @error also CULVERT_SSH_ERROR_PROXY_…; it always has
   * CULVERT_FACT_PROXY. */
  void (*done) (CulvertSocket socket, const GError *error, gpointer user_data);
} CulvertProxyDialEvents;

/**
 * culvert_proxy_dial_new:
 * @proxy: copied; HTTP or SOCKS
 * @host, @port: where to
 * @password: (nullable): of the proxy's user, once it is known
 */
CulvertProxyDial *culvert_proxy_dial_new (CulvertIoSource              *io,
                                          GObject                      *owner,
                                          const CulvertProxy           *proxy,
                                          const char                   *host,
                                          guint16                       port,
                                          CulvertSecret                *password,
                                          const CulvertProxyDialEvents *events,
                                          gpointer                      user_data);
void              culvert_proxy_dial_free (CulvertProxyDial *self);

G_END_DECLS
