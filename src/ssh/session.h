/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One SSH session: reaches a server, proves it, signs in, and then is a transport.
 *
 * Lives in one thread, on that thread's CulvertIoSource and thread-default context.  Nothing in it
 * waits for the network or a person, with one exception: libssh2 wants the answers to
 * keyboard-interactive questions inside a callback, so the thread waits there for the prompt; the
 * session carries nothing at that time, and culvert_session_abort() ends the wait from any thread.
 *
 * A session is used once: made, started, ended.  It ends by itself (ended() with the reason) or by
 * culvert_session_stop().  After ended() it does nothing more and is dropped by its owner. */

#include "base/io-watch.h"
#include "base/log.h"
#include "core/profile.h"
#include "core/prompt.h"
#include "core/stage-event.h"
#include "core/transport.h"

G_BEGIN_DECLS

typedef enum
{
  CULVERT_SESSION_NEW,
  CULVERT_SESSION_RESOLVING,  /* the server's name */
  CULVERT_SESSION_CONNECTING, /* TCP */
  CULVERT_SESSION_HANDSHAKE,  /* banner and key exchange */
  CULVERT_SESSION_HOST_KEY,   /* proving the server; may wait for the person */
  CULVERT_SESSION_SIGNING_IN,
  CULVERT_SESSION_UP,
  CULVERT_SESSION_ENDED,
} CulvertSessionState;

#define CULVERT_TYPE_SESSION_STATE (culvert_session_state_get_type ())
GType culvert_session_state_get_type (void);

#define CULVERT_TYPE_SESSION (culvert_session_get_type ())
G_DECLARE_FINAL_TYPE (CulvertSession, culvert_session, CULVERT, SESSION, GObject)

typedef struct
{
  /* Every change but the last, which is ended(). */
  void (*state_changed) (CulvertSession *self, CulvertSessionState state, gpointer user_data);
  /* A question for the person: pass it on and let it be answered or withdrawn. */
  void (*prompt) (CulvertSession *self, CulvertPrompt *prompt, gpointer user_data);
  /* How an answer from the person or the keyring fared, so that it is kept or forgotten. */
  void (*prompt_result) (CulvertSession *self,
                         CulvertPrompt  *prompt,
                         gboolean        accepted,
                         gpointer        user_data);
  /* @error: CULVERT_SSH_ERROR; NULL after culvert_session_stop().  All its streams were closed. */
  void (*ended) (CulvertSession *self, const GError *error, gpointer user_data);
  /* (nullable): a stage of the way here, NAME to SIGN_IN_STEP, begins or is over.  None is told to have
   * failed: that is ended(), and then it is the one that runs.  Place, always 0, is the receiver's. */
  void (*stage) (CulvertSession *self, const CulvertStageEvent *event, gpointer user_data);
} CulvertSessionEvents;

/* What the session shows of itself once it is known; strings are NULL until then. */
typedef struct
{
  char  *server_address;       /* "192.0.2.1 port 22" */
  char  *server_host;          /* "192.0.2.1" */
  char  *server_version;       /* "SSH-2.0-OpenSSH_9.2p1", made printable */
  char  *host_key_type;        /* "ssh-ed25519" */
  char  *host_key_fingerprint; /* "SHA256:…" */
  char  *algorithms;           /* "curve25519-sha256, aes128-ctr, hmac-sha2-256" */
  char  *auth_method;          /* "publickey (ssh-ed25519 from the agent)" */
  char  *banner;        /* what it tells whoever signs in, made printable, with lines; NULL when it
                                  says nothing, or this libssh2 does not tell */
  gint64 round_trip_us; /* last measured; -1 when not known */
} CulvertSessionInfo;

/**
 * culvert_session_new:
 * @profile: where to and as whom
 * @io: the thread's source; outlives the session
 * @log: where it writes what it does
 */
CulvertSession *culvert_session_new (CulvertProfile             *profile,
                                     CulvertIoSource            *io,
                                     CulvertLog                 *log,
                                     const CulvertSessionEvents *events,
                                     gpointer                    user_data);

/* Before the start.  @socket: (transfer full): what is sent on it reaches the server: the profile's way
 * there is not taken */
void culvert_session_set_socket (CulvertSession *self, CulvertSocket socket);

/* Before the start: whether its questions are the server's, which is usual, or a jump server's. */
void           culvert_session_set_asked_by (CulvertSession *self, CulvertAskedBy asked_by);
CulvertAskedBy culvert_session_get_asked_by (CulvertSession *self);

void culvert_session_start (CulvertSession *self);

/* Ends it in good order within 2 seconds, whatever the server does; ended() follows. */
void culvert_session_stop (CulvertSession *self);

/* May be called from any thread: ends whatever wait for a person is going on.  The session then
 * fails with CULVERT_SSH_ERROR_AUTH_CANCELLED unless it is stopped first. */
void culvert_session_abort (CulvertSession *self);

/* The network may have changed or the machine woken: find out soon whether the server still answers. */
void culvert_session_probe (CulvertSession *self);

/* New keys each time this many bytes were carried, both ways together, instead of the usual number.
 * Without effect where the library cannot begin a key exchange. */
void culvert_session_set_rekey_bytes (CulvertSession *self, guint64 n_bytes);

CulvertSessionState       culvert_session_get_state (CulvertSession *self);
const CulvertSessionInfo *culvert_session_get_info (CulvertSession *self);

/* Opens streams from CULVERT_SESSION_UP to ENDED; at any other time opens are refused. */
CulvertTransport *culvert_session_get_transport (CulvertSession *self);

G_END_DECLS
