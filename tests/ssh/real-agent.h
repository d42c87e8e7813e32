/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* OpenSSH's own ssh-agent, for one test. */

#include "ssh/session-fixture.h"

G_BEGIN_DECLS

typedef struct _RealAgent RealAgent;

/* Starts it in the fixture's folder and makes it the tunnel's agent and its only way to sign in. */
RealAgent *real_agent_new (SessionFixture *fixture);
void       real_agent_free (RealAgent *self);

/* @key_file: without a passphrase; a certificate beside it is added, too */
void real_agent_add (RealAgent *self, const char *key_file);
/* Adds so many new keys that no server knows. */
void real_agent_fill (RealAgent *self, guint n_keys);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RealAgent, real_agent_free)

G_END_DECLS
