/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Tunnels with threads of their own, and sessions that are not real. */

#include "engine/fake-session.h"
#include "engine/tunnel.h"
#include "support/culvert-test.h"
#include "support/fake-secret-store.h"
#include "support/scripted-prompter.h"
#include "support/targets.h"

G_BEGIN_DECLS

#define PATIENCE_MS 10000

typedef struct
{
  FakeMaker               *maker;
  CulvertFakeSecretStore  *secrets;
  CulvertScriptedPrompter *prompter;
  CulvertProfile          *profile; /* may be changed until culvert_tunnel_new() */
  CulvertTunnel           *tunnel;  /* NULL until made */
  CulvertTarget           *echo;
  GString                 *states; /* that the tunnel took, in order */
} TunnelFixture;

void tunnel_fixture_add (const char   *path,
                         gconstpointer data,
                         void (*test) (TunnelFixture *self, gconstpointer data));

/* Makes the tunnel, with everything there is to ask. @forwards: see engine_profile_set_forwards();
 * "echo" stands for a target that echoes; may be NULL */
void tunnel_fixture_make (TunnelFixture *self, const char *forwards);
/* Without a prompter. */
void tunnel_fixture_make_unattended (TunnelFixture *self);

#define tunnel_fixture_wait_for(self, state)                                                       \
  culvert_test_wait_until (culvert_tunnel_get_state ((self)->tunnel) == CULVERT_TUNNEL_##state,    \
                           PATIENCE_MS)

/* Where a forward listens. */
guint16 tunnel_fixture_get_port (TunnelFixture *self, const char *id);

/* The next question is shown and waits; tunnel_fixture_answer() with its number answers it. */
void tunnel_fixture_expect (TunnelFixture *self, CulvertPromptKind kind);
void tunnel_fixture_answer (TunnelFixture  *self,
                            guint           number,
                            CulvertDecision decision,
                            const char     *answer);
#define tunnel_fixture_wait_for_question(self, number)                                             \
  culvert_test_wait_until (culvert_scripted_prompter_get_n_shown ((self)->prompter) > (number),    \
                           PATIENCE_MS)

G_END_DECLS
