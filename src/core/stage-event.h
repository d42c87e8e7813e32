/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The stages on the way to a tunnel that works, as a check tells of them (engine/check.h).
 *
 * Whoever does a step says when it begins and how it went; nothing is read out of the log.  That it
 * failed is told by whoever ends for it, with the reason: the stage that runs then is the one. */

#include "core/profile.h"

G_BEGIN_DECLS

/* In the order in which a server comes through them. */
typedef enum
{
  CULVERT_STAGE_PROXY_NAME,    /* the proxy's name is looked up */
  CULVERT_STAGE_PROXY_CONNECT, /* TCP, to the proxy */
  CULVERT_STAGE_PROXY,         /* the proxy leads on */
  CULVERT_STAGE_COMMAND,       /* the proxy command is run */
  CULVERT_STAGE_NAME,
  CULVERT_STAGE_CONNECT,      /* TCP */
  CULVERT_STAGE_BANNER,       /* RFC 4253 4.2: it says that it is SSH */
  CULVERT_STAGE_KEY_EXCHANGE, /* RFC 4253 7 */
  CULVERT_STAGE_HOST_KEY,     /* may wait for the person */
  CULVERT_STAGE_SIGN_IN,      /* as a whole */
  CULVERT_STAGE_SIGN_IN_STEP, /* one way to do so: a key, a password, … */
  CULVERT_STAGE_NEXT,         /* a jump server leads on */
  /* of each forward */
  CULVERT_STAGE_LISTEN,     /* here, or at the server */
  CULVERT_STAGE_PERMISSION, /* the server forwards to the target */
  CULVERT_STAGE_TARGET,     /* it answers: as seen from where the connection goes on */
  CULVERT_STAGE_SELF_TEST,  /* forward/far-test.h */
} CulvertStageKind;
#define CULVERT_N_STAGE_KINDS 16

typedef enum
{
  CULVERT_STAGE_PENDING,
  CULVERT_STAGE_RUNNING,
  CULVERT_STAGE_PASSED,
  CULVERT_STAGE_FAILED,
  CULVERT_STAGE_SKIPPED, /* its note says why */
} CulvertStageState;

typedef enum
{
  CULVERT_NOTE_NONE,
  /* skipped, and not even tried */
  CULVERT_NOTE_EARLIER,     /* what it needs has failed */
  CULVERT_NOTE_CANCELLED,   /* the person stopped the check */
  CULVERT_NOTE_NOT_NEEDED,  /* it went on without it */
  CULVERT_NOTE_ADDRESS,     /* no name to look up */
  CULVERT_NOTE_SHARED,      /* another tunnel is connected to this jump server */
  CULVERT_NOTE_NOT_OFFERED, /* the server does not allow this way to sign in */
  CULVERT_NOTE_NEVER_ASK,   /* it takes a person, whom this tunnel never asks */
  CULVERT_NOTE_NO_AGENT,
  CULVERT_NOTE_NO_KEYS,
  /* skipped, or given up */
  CULVERT_NOTE_REFUSED,   /* the server did not accept it, and another way may do */
  CULVERT_NOTE_TROUBLE,   /* see its error; another way may do */
  CULVERT_NOTE_NO_TARGET, /* each client chooses its own */
  CULVERT_NOTE_UNTOLD,    /* it cannot be told from outside */
  /* passed */
  CULVERT_NOTE_KNOWN,       /* the host key is recorded */
  CULVERT_NOTE_CERTIFIED,   /* a recorded authority vouches for it */
  CULVERT_NOTE_SAVED,       /* it was recorded just now */
  CULVERT_NOTE_ONCE,        /* it is trusted for this time */
  CULVERT_NOTE_MORE_NEEDED, /* accepted, as one of several factors */
  CULVERT_NOTE_OWN,         /* the running tunnel listens there */
  /* failed */
  CULVERT_NOTE_ENDED_HERE, /* a part of what failed as a whole */
} CulvertStageNote;
#define CULVERT_N_STAGE_NOTES 21

/* What happened.  A stage is told apart by place, kind, host and forward; each that begins a
 * SIGN_IN_STEP is another one.  Texts are printable and hold no secret. */
typedef struct
{
  guint             place; /* which server on the way, from 0; the tunnel's own is the last */
  CulvertStageKind  kind;
  CulvertStageState state; /* never PENDING */
  CulvertStageNote  note;
  gint64            time_us; /* monotonic: when */
  CulvertAuthMethod method;  /* of a SIGN_IN_STEP */
  char             *host;    /* nullable: the proxy's name, where it is about one */
  char             *subject; /* nullable: the key; the user; where it leads on to */
  char             *detail;  /* nullable: an address, a version, a fingerprint */
  char             *forward; /* nullable: its id */
  int               test;    /* of a SELF_TEST that passed: CulvertTestState */
  GError           *error;   /* nullable */
} CulvertStageEvent;

CulvertStageEvent *culvert_stage_event_copy (const CulvertStageEvent *self);
void               culvert_stage_event_free (CulvertStageEvent *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertStageEvent, culvert_stage_event_free)

/* For programs: "host-key", "skipped", "not-offered". (transfer none) */
const char *culvert_stage_kind_to_nick (CulvertStageKind kind);
const char *culvert_stage_state_to_nick (CulvertStageState state);
const char *culvert_stage_note_to_nick (CulvertStageNote note); /* NULL for NONE */

G_END_DECLS
