/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the files of the session share: session.c (life), session-connect.c (reaching the server),
 * way.c, session-handshake.c (key exchange and host key), sign-in.c, session-pump.c (carrying), the
 * carrier (the protocol of channels), channel.c, open-queue.c, heartbeat.c and no-delay.c.
 *
 * One rule holds them together: nothing tears the session down where it finds the reason.
 * culvert_session_fail() notes the first one; the end of the turn (session.c) acts on it.  So no
 * caller up the stack ever meets a session that vanished under it. */

#include "core/errors.h"
#include "ssh/carrier.h"
#include "ssh/gate.h"
#include "ssh/heartbeat.h"
#include "ssh/key-grant.h"
#include "ssh/lib.h"
#include "ssh/open-queue.h"
#include "ssh/server-port.h"
#include "ssh/session-memory.h"
#include "ssh/session.h"
#include "ssh/sign-in.h"
#include "ssh/way.h"

G_BEGIN_DECLS

/* Banner and key exchange may take so much longer than the profile gives to connecting. */
#define CULVERT_HANDSHAKE_TIMEOUT_FACTOR 2
#define CULVERT_STOP_TIMEOUT_MS          2000

struct _CulvertSession
{
  GObject parent_instance;

  CulvertProfile             *profile;
  CulvertIoSource            *io;
  CulvertLog                 *log;
  const CulvertSessionEvents *events;
  gpointer                    user_data;
  GMainContext               *context;

  CulvertSessionState state;
  CulvertStageKind    stage; /* that was told of last */
  CulvertSessionInfo  info;
  GError             *failure;    /* the first reason to end; acted on at the end of the turn */
  gint                is_aborted; /* atomic: see culvert_session_abort() */
  gboolean            is_stopping;
  guint               turn_id;
  GSource            *deadline; /* of the present state */

  /* reaching the server */
  CulvertSocket given_socket; /* CULVERT_SOCKET_NONE unless somebody else reached the server */
  CulvertWay   *way;          /* nullable; a command of its lives as long as the session */
  CulvertSocket socket;       /* CULVERT_SOCKET_NONE until connected */
  CulvertGate   gate;         /* its watch is NULL until connected */

  /* libssh2 */
  CulvertSessionMemory memory;
  LIBSSH2_SESSION     *ssh;
  GStrv                offered[CULVERT_LIB_N_CATEGORIES];
  GStrv                legacy[CULVERT_LIB_N_CATEGORIES]; /* what the switch would add, or did */

  /* proving the server */
  GSource       *peer_check; /* while a person thinks: the server may lose patience */
  CulvertAskedBy asked_by;
  CulvertPrompt *prompt;          /* the open question about the host key */
  GBytes        *host_key;        /* the plain one, also where a certificate proved it */
  char          *disconnect_text; /* the server's own last words */

  guint           n_remarks; /* debug messages of the server */
  char           *remark;    /* the last of them since the last answer about a port; nullable */
  CulvertKeyGrant grant;     /* options NULL: not known */

  CulvertSignIn *sign_in;

  /* carrying */
  CulvertTransport   transport;
  CulvertCarrier    *carrier;
  GPtrArray         *channels; /* of CulvertChannel: opened, and not yet closed by both sides */
  GPtrArray         *due;      /* of CulvertChannel: to be attended to in this turn; NULL: gone */
  GPtrArray         *held;     /* of CulvertChannel: due once sending is possible again */
  gboolean           is_pumping;
  guint64            rekey_bytes; /* 0: as many as is usual */
  guint64            rekeyed_at;  /* gate's bytes, both ways, at the last key exchange of ours */
  CulvertOpenQueue   open_queue;
  CulvertServerPorts server_ports;
  CulvertHeartbeat   heartbeat;
  CulvertStream     *no_delay; /* see no-delay.h */
};

/* Notes why the session must end. (transfer full) @error: CULVERT_SSH_ERROR */
void culvert_session_fail (CulvertSession *self, GError *error);

/* Notes that a libssh2 call failed with @rc while @what; the socket's own error explains it better
 * where there is one. */
void culvert_session_fail_lib (CulvertSession *self, int rc, const char *what);

void culvert_session_set_state (CulvertSession *self, CulvertSessionState state);

/* Tells of a stage.  The time is filled in; everything else is borrowed. */
void culvert_session_tell_stage (CulvertSession *self, const CulvertStageEvent *event);
/* The same with the fewest words. @detail: (nullable) */
void culvert_session_tell (CulvertSession   *self,
                           CulvertStageKind  kind,
                           CulvertStageState state,
                           CulvertStageNote  note,
                           const char       *detail);

/* The present state must be left within @seconds; 0 lifts the limit. */
void culvert_session_set_deadline (CulvertSession *self, guint seconds);

void culvert_session_stop_peer_check (CulvertSession *self);

/* session-connect.c */
void culvert_session_connect (CulvertSession *self);
/* @socket: taken: what is sent on it reaches the server */
void culvert_session_reached (CulvertSession *self, CulvertSocket socket);

/* session-handshake.c: begin once connected, then a step per turn */
void culvert_session_begin_handshake (CulvertSession *self);
void culvert_session_step_handshake (CulvertSession *self);
/* The server has not got this far in time. */
void culvert_session_fail_slow_handshake (CulvertSession *self);
/* Still the key that was proven?  A rekey may bring another one. */
gboolean culvert_session_has_same_host_key (CulvertSession *self);

/* session-pump.c: a turn of a session that is up; returns TRUE when there is more to do at once */
gboolean culvert_session_pump (CulvertSession *self);

/* @channel cannot send now, because of a full queue or a key exchange: it is due when that is over. */
void culvert_session_hold (CulvertChannel *channel);
/* It may be over: if so, all that were held are due. */
void culvert_session_release_held (CulvertSession *self);

extern const CulvertTransportClass culvert_session_transport_class;

G_END_DECLS
