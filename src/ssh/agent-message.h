/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What goes to an ssh-agent and what comes back, as bytes; no I/O.
 *
 * Every message has its length in front (four bytes); the answers are given here without it.
 *
 * Spec: draft-ietf-sshm-ssh-agent sections 3.5 and 3.6. */

#include "ssh/agent.h"

G_BEGIN_DECLS

/* (transfer full): whole messages, ready to be sent. */
GBytes *culvert_agent_message_new_list (void);
GBytes *culvert_agent_message_new_sign (GBytes *public_blob, const char *algorithm, GBytes *data);

/**
 * culvert_agent_message_read_list:
 *
 * A key whose blob makes no sense is left out.
 *
 * Errors: `CULVERT_SSH_ERROR_AGENT_FAILED`.
 *
 * Returns: (transfer full) (element-type CulvertAgentKey) (nullable): the keys
 */
GPtrArray *culvert_agent_message_read_list (const guint8 *answer, gsize n_bytes, GError **error);

/* Returns: (transfer full) (nullable): the inner signature as culvert_agent_sign_async() gives it */
GBytes *culvert_agent_message_read_signature (const guint8 *answer,
                                              gsize         n_bytes,
                                              const char   *algorithm,
                                              GError      **error);

G_END_DECLS
