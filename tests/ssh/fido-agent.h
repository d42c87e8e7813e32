/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* An agent with one FIDO key of type sk-ssh-ed25519, whose security key is made of software: it signs as
 * one does, with a touch said to have happened, and servers accept it. */

#include "ssh/session-fixture.h"

G_BEGIN_DECLS

typedef struct _FidoAgent FidoAgent;

/* Makes the key and its public half (a .pub file) in the fixture's folder, and makes this the tunnel's
 * agent and its only way to sign in. */
FidoAgent  *fido_agent_new (SessionFixture *fixture);
void        fido_agent_free (FidoAgent *self);
const char *fido_agent_get_public_file (FidoAgent *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (FidoAgent, fido_agent_free)

G_END_DECLS
