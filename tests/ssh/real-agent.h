/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* OpenSSH's own ssh-agent, for one test. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct _RealAgent RealAgent;

/* Starts it; it answers at the socket @path when this returns. */
RealAgent *real_agent_new (const char *path);
/* Ends it; its socket's file stays, as after a crash. */
void real_agent_free (RealAgent *self);

/* @key_file: without a passphrase; a certificate beside it is added, too */
void real_agent_add (RealAgent *self, const char *key_file);
/* Adds so many new keys that no server knows, made beside the socket as id_0, id_1, … */
void real_agent_fill (RealAgent *self, guint n_keys);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (RealAgent, real_agent_free)

G_END_DECLS
