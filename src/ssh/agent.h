/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A client of ssh-agent.
 *
 * One connection, made at the first request and again after a failure.  Requests wait for each other,
 * in the order of the calls.  An agent that closes, stays silent or answers nonsense costs the request
 * that meets it, never more, and never the loop: nothing here blocks.
 *
 * All calls belong to the thread whose thread-default context was current when the agent was made.
 *
 * Spec: draft-ietf-sshm-ssh-agent (OpenSSH PROTOCOL.agent). */

#include <gio/gio.h>

G_BEGIN_DECLS

/* A longer answer is nonsense. */
#define CULVERT_AGENT_ANSWER_MAX (256 * 1024)

/* A person may have to confirm, or touch a key. */
#define CULVERT_AGENT_SIGN_TIMEOUT_MS 60000
#define CULVERT_AGENT_LIST_TIMEOUT_MS 10000

#define CULVERT_TYPE_AGENT (culvert_agent_get_type ())
G_DECLARE_FINAL_TYPE (CulvertAgent, culvert_agent, CULVERT, AGENT, GObject)

/* A key that the agent can sign with. */
typedef struct
{
  GBytes *public_blob; /* a key or a certificate */
  char   *type_name;   /* the first string of @public_blob */
  char   *comment;     /* as the agent says; not checked to be UTF-8 */
} CulvertAgentKey;

/**
 * culvert_agent_new_for_path:
 * @socket_path: as in SSH_AUTH_SOCK
 *
 * Does not connect yet.
 */
CulvertAgent *culvert_agent_new_for_path (const char *socket_path);

/**
 * culvert_agent_new_for_stream:
 * @stream: a connection to an agent
 *
 * After a failure there is no second connection: later requests fail with `AGENT_UNREACHABLE`.
 */
CulvertAgent *culvert_agent_new_for_stream (GIOStream *stream);

/**
 * culvert_agent_list_async:
 * @timeout_ms: longest time for this request from its turn on, connecting included; 0 waits until
 *   cancelled
 * @callback: never runs before this call returns
 *
 * Asks for the keys.
 *
 * Errors in CULVERT_SSH_ERROR: `AGENT_UNREACHABLE` no such socket, nobody listens, no right;
 * `AGENT_FAILED` the agent refused, closed or answered nonsense; `AGENT_TIMED_OUT`.
 * Cancelling: the connection is closed if the request was already sent; the next request makes a new
 * one.  Nothing of a request is left in the main context once @callback has run.
 */
void culvert_agent_list_async (CulvertAgent       *self,
                               guint               timeout_ms,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data);

/* Returns: (transfer full) (element-type CulvertAgentKey) (nullable): in the agent's order; may be
 * empty */
GPtrArray *culvert_agent_list_finish (CulvertAgent *self, GAsyncResult *result, GError **error);

/**
 * culvert_agent_sign_async:
 * @public_blob: a key or certificate of the list
 * @algorithm: as for [func@culvert_private_key_sign]; picks the hash for RSA keys
 * @data: what to sign
 *
 * Asks for a signature; otherwise as [func@culvert_agent_list_async].
 *
 * The result follows the convention of [func@culvert_private_key_sign].  For FIDO keys ("sk-…") it is
 * `string signature || byte flags || u32 counter`, *with* the length in front of the signature, which is
 * what libssh2 from 1.11 on wants from its callback.
 *
 * Errors: also `AGENT_FAILED` when the agent signs with another algorithm than @algorithm (an old
 * agent answers rsa-sha2-512 with SHA-1).
 */
void culvert_agent_sign_async (CulvertAgent       *self,
                               GBytes             *public_blob,
                               const char         *algorithm,
                               GBytes             *data,
                               guint               timeout_ms,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data);

/* Returns: (transfer full) (nullable): the inner signature */
GBytes *culvert_agent_sign_finish (CulvertAgent *self, GAsyncResult *result, GError **error);

void culvert_agent_key_free (CulvertAgentKey *key);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertAgentKey, culvert_agent_key_free)

G_END_DECLS
