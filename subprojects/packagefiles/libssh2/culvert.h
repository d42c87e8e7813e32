/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef CULVERT_SSH2_H
#define CULVERT_SSH2_H

/* What Culvert's own libssh2 gives beyond the public interface: the packets themselves.
 *
 * libssh2 keeps doing what it is good at, the transport and signing in (RFC 4253 and 4252).  The
 * connection protocol (RFC 4254) it does one step at a time for a whole session; here a caller may
 * take that over and speak it himself, packet by packet, with as many opens in flight as he likes.
 *
 * The rules are those of libssh2: one thread at a time for a session, non-blocking mode only. */

#include <libssh2.h>

/* The largest payload that culvert_ssh2_send() takes, both parts together. */
#define CULVERT_SSH2_PAYLOAD_MAX 34000

/* One packet of the connection protocol, whole and authentic: bytes[0] is its type.  The bytes are
 * valid during the call; it may send, but not receive. */
typedef void (*culvert_ssh2_packet_func) (const unsigned char *bytes,
                                          size_t               n_bytes,
                                          void                *user_data);

/* Before the handshake: from now on culvert_ssh2_get_refusal() has an answer. */
void culvert_ssh2_attach (LIBSSH2_SESSION *session);

/* What the server's last refusal of a way to sign in said: the ways that can continue, and whether
 * the step was in truth accepted and another one is wanted (partial success).  Returns NULL before
 * the first refusal; the text lives until the next one.  Spec: RFC 4252 section 5.1. */
const char *culvert_ssh2_get_refusal (LIBSSH2_SESSION *session, int *was_partial);

/* Once signed in: every message from 80 on is kept for culvert_ssh2_receive(), libssh2 reacts to
 * none of them any more, and its calls for channels, forwards and keepalive must not be used. */
void culvert_ssh2_take_connection (LIBSSH2_SESSION *session);

/* Takes in at most one packet from the socket, and hands out what is there.  Key exchanges happen
 * in here, too.  Returns 0 when something came, LIBSSH2_ERROR_EAGAIN when the socket had nothing
 * more, or another negative error, after which the session is of no more use. */
int culvert_ssh2_receive (LIBSSH2_SESSION *session, culvert_ssh2_packet_func func, void *user_data);

/* Sends one packet made of two parts (the second may be NULL).  Returns 0, LIBSSH2_ERROR_EAGAIN
 * when a key exchange is under way and nothing was sent nor kept, or another negative error.  The
 * send callback must take every packet whole. */
int culvert_ssh2_send (LIBSSH2_SESSION     *session,
                       const unsigned char *head,
                       size_t               n_head,
                       const unsigned char *body,
                       size_t               n_body);

/* Begins a key exchange from this side; it goes on in culvert_ssh2_receive().  Does nothing while
 * one is under way.  Returns 0 or a negative error.  Spec: RFC 4253 section 9. */
int culvert_ssh2_rekey (LIBSSH2_SESSION *session);

/* Is a key exchange under way, so that nothing can be sent? */
int culvert_ssh2_is_rekeying (LIBSSH2_SESSION *session);

#endif
