/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The ports at the server that it was asked to listen on, as listeners of core/transport.h, and the
 * channels that it offers because somebody connected there.
 *
 * A port that nobody wants any more stays until the server can have nothing more to say about it.
 *
 * Spec: RFC 4254 sections 7.1 and 7.2. */

#include "core/transport.h"
#include "ssh/channel.h"

G_BEGIN_DECLS

typedef enum
{
  CULVERT_SERVER_PORT_WAITING, /* not asked: one that was abandoned may have the port still */
  CULVERT_SERVER_PORT_ASKED,
  CULVERT_SERVER_PORT_LISTENING,
  CULVERT_SERVER_PORT_ABANDONED, /* asked, and nobody wants the answer any more */
  CULVERT_SERVER_PORT_LEAVING,   /* asked to stop */
} CulvertServerPortState;

struct _CulvertServerPort
{
  CulvertFarListener     listener; /* first */
  CulvertSession        *session;
  GList                  link;    /* in the session's ports */
  char                  *address; /* as the server gets it: "" is all */
  guint16                wanted;  /* 0: the server picks */
  guint16                number;  /* once listening */
  CulvertServerPortState state;

  LIBSSH2_LISTENER *handle; /* carrier-system.c */
};

typedef struct
{
  GQueue   ports;   /* of CulvertServerPort, which embed their links */
  GQueue   offered; /* of CulvertChannel: neither accepted nor refused yet */
  gboolean is_over; /* with the session: the server is told nothing more */
} CulvertServerPorts;

void culvert_server_ports_init (CulvertServerPorts *self);
/* The session is over: tells the receivers and frees all. @error: nullable */
void culvert_server_ports_lose (CulvertSession *session, const GError *error);

CulvertFarListener *culvert_server_port_new (CulvertSession                 *session,
                                             const CulvertEndpoint          *address,
                                             const CulvertFarListenerEvents *events,
                                             gpointer                        user_data);

/* The carrier's answers. @number: the port where the server listens now */
void culvert_server_port_answered (CulvertServerPort *self, gboolean is_listening, guint16 number);
/* It has been asked to stop, or was never asked for, and has nothing more to say. */
void culvert_server_port_forgotten (CulvertServerPort *self);

/* (nullable): where the server says that somebody connected */
CulvertServerPort *
culvert_server_port_find (CulvertSession *session, const char *address, guint32 number);

/* Hands up a channel whose line the carrier has filled in. @originator: nullable */
void culvert_server_port_offer (CulvertServerPort     *self,
                                CulvertChannel        *channel,
                                const CulvertEndpoint *originator);

/* For channel.c: an offered channel was accepted, or will not be. */
void culvert_server_port_note_accepted (CulvertChannel *channel);
void culvert_server_port_note_refused (CulvertChannel *channel, CulvertRefusal reason);

G_END_DECLS
