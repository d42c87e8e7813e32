/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A session and its local forwards on the test's own context, with a private known_hosts file, no
 * agent, and answers to prompts lined up beforehand.  For a test that waits with
 * culvert_test_wait_until(). */

#include "base/io-watch.h"
#include "core/errors.h"
#include "forward/forward.h"
#include "ssh/real-agent.h"
#include "ssh/session.h"
#include "support/culvert-test.h"
#include "support/sshd-fixture.h"

G_BEGIN_DECLS

typedef struct
{
  CulvertTempDir  *dir;
  CulvertIoSource *io;
  CulvertLog      *log;
  CulvertProfile  *profile; /* change it before starting */
  CulvertSession  *session;
  CulvertCounters *counters;
  GPtrArray       *forwards; /* of CulvertForward */
  char            *known_hosts;

  /* what happened */
  gboolean        has_ended;
  GError         *error;
  GPtrArray      *prompts;    /* of CulvertPrompt, all that were asked */
  guint           n_accepted; /* answers that were good */
  guint           n_rejected;
  GQueue          answers; /* of GPtrArray of CulvertSecret; the next prompt takes the next */
  CulvertDecision host_key_decision; /* NONE: such a question stays open */
  gboolean        leaves_open;       /* other questions without an answer in line stay open, too */
} SessionFixture;

/* @port: on 127.0.0.1.  Signs in as the person who runs the test; no key is named yet. */
SessionFixture *session_fixture_new (guint16 port);

/* The server is known, and its ed25519 user key is named: what most tests want. */
SessionFixture *session_fixture_new_for_sshd (CulvertSshd *sshd);
void            session_fixture_free (SessionFixture *self);

/* Lines up answers for one prompt; ended by NULL. */
void session_fixture_answer (SessionFixture *self, const char *first, ...) G_GNUC_NULL_TERMINATED;

/* Replaces the key files. */
void session_fixture_use_key (SessionFixture *self, const char *path);
void session_fixture_use_methods (SessionFixture *self, CulvertAuthMethod first, int n, ...);
/* (transfer full): starts an agent, which is the only way to sign in from now on. */
RealAgent *session_fixture_start_agent (SessionFixture *self);

void session_fixture_start (SessionFixture *self);
/* Starts and waits for UP. */
void session_fixture_up (SessionFixture *self);
/* Starts and waits for the end, which must be @code. */
void session_fixture_fail (SessionFixture *self, CulvertSshError code);
/* Waits for the end, whatever it is. */
void session_fixture_wait_end (SessionFixture *self, guint deadline_ms);
/* Stops and checks that it ends well and in time. */
void session_fixture_stop (SessionFixture *self);

/* Forwards a port of this computer to @target_port of the server's 127.0.0.1. Returns: that port. */
guint16 session_fixture_forward (SessionFixture *self, guint16 target_port);

/* A running remote forward, asked for once the session is up. @listen, @target: text forms; the forward
 * belongs to the fixture. */
CulvertForward *
session_fixture_forward_back (SessionFixture *self, const char *listen, const char *target);
/* Waits until it listens. Returns: the port at the server */
guint16 session_fixture_wait_listening (CulvertForward *forward);

/* Is @text in the tunnel's log? */
gboolean session_fixture_has_logged (SessionFixture *self, const char *text);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SessionFixture, session_fixture_free)

G_END_DECLS
