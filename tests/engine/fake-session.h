/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Sessions without a server, for tests of what lives above them: each does what the test planned
 * for it, on its thread's own context and with the timing of a real one.  Those that come up dial
 * the targets themselves (support/fake-transport.h).
 *
 * The maker's functions may be called in any thread. */

#include "core/errors.h"
#include "engine/session-maker.h"

G_BEGIN_DECLS

typedef enum
{
  FAKE_COMES_UP,
  FAKE_FAILS, /* while connecting */
  FAKE_FAILS_SIGNING_IN,
  FAKE_STAYS_CONNECTING,
  FAKE_STAYS_SIGNING_IN,
  FAKE_ASKS_PASSWORD,  /* FAKE_PASSWORD is right; three tries */
  FAKE_ASKS_QUESTIONS, /* the same password, and then FAKE_CODE, while its thread stands still */
  FAKE_ASKS_HOST_KEY,
  FAKE_FREEZES,    /* its thread stands still, whoever calls, until fake_maker_thaw() */
  FAKE_NEVER_ENDS, /* comes up; a stop has no answer until fake_maker_thaw() */
  FAKE_ASKS_LATE,  /* comes up; asks for the password when it is stopped */
} FakeBehaviour;

#define FAKE_PASSWORD "swordfish"
#define FAKE_CODE     "123456"

typedef struct _FakeMaker FakeMaker;

FakeMaker *fake_maker_new (void);
/* No session may be left. */
void fake_maker_free (FakeMaker *self);

const CulvertSessionMaker *fake_maker_get (FakeMaker *self);

/* What the next session that was not planned yet does; the last plan serves all that follow.
 * @code: for those that fail */
void fake_maker_plan (FakeMaker *self, FakeBehaviour behaviour, CulvertSshError code);
/* Forgets what was planned. */
void fake_maker_replan (FakeMaker *self, FakeBehaviour behaviour, CulvertSshError code);

/* The latest session ends now, as if by the server; also when its thread waits for an answer. */
void fake_maker_end_session (FakeMaker *self, CulvertSshError code);
/* The latest session measures a round trip. */
void fake_maker_set_round_trip (FakeMaker *self, gint64 round_trip_us);
void fake_maker_thaw (FakeMaker *self);

guint fake_maker_get_n_made (FakeMaker *self);
guint fake_maker_get_n_alive (FakeMaker *self); /* made and not dropped */
guint fake_maker_get_n_stopped (FakeMaker *self);
guint fake_maker_get_n_asked (FakeMaker *self); /* questions that sessions put */
guint fake_maker_get_n_probed (FakeMaker *self);
/* The host that the latest session was made for. (transfer full) */
char *fake_maker_dup_last_host (FakeMaker *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeMaker, fake_maker_free)

G_END_DECLS
