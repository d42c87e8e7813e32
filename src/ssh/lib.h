/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* libssh2, and the one place that knows which version of it is below.
 *
 * Every other file of this folder reaches libssh2 through this header.  What differs between
 * releases is settled here: how callbacks are installed, what can be offered, how RSA keys sign. */

#include <glib.h>
#include <libssh2.h>

G_BEGIN_DECLS

/* The most that we take in one packet, and send in one. */
#define CULVERT_LIB_PACKET_SIZE 32768

typedef enum
{
  CULVERT_LIB_KEX,
  CULVERT_LIB_HOST_KEY,
  CULVERT_LIB_CIPHER,
  CULVERT_LIB_MAC,
  CULVERT_LIB_COMPRESSION,
  CULVERT_LIB_N_CATEGORIES,
} CulvertLibCategory;

typedef ssize_t (*CulvertLibSend) (libssh2_socket_t socket,
                                   const void      *buffer,
                                   size_t           length,
                                   int              flags,
                                   void           **abstract);
typedef ssize_t (*CulvertLibReceive) (libssh2_socket_t socket,
                                      void            *buffer,
                                      size_t           length,
                                      int              flags,
                                      void           **abstract);
typedef void (*CulvertLibDisconnect) (LIBSSH2_SESSION *session,
                                      int              reason,
                                      const char      *message,
                                      int              message_len,
                                      const char      *language,
                                      int              language_len,
                                      void           **abstract);

typedef void (*CulvertLibDebug) (LIBSSH2_SESSION *session,
                                 int              always_display,
                                 const char      *message,
                                 int              message_len,
                                 const char      *language,
                                 int              language_len,
                                 void           **abstract);

/* Before anything else; does its work once per process, in any thread. Returns FALSE when libssh2
 * cannot work here. */
gboolean culvert_lib_init (void);

/* "libssh2 1.11.1 (private, Debian 1.11.1-6)", "libssh2 1.10.0 (system)" */
const char *culvert_lib_describe (void);

/* Before the handshake. */
void culvert_lib_set_callbacks (LIBSSH2_SESSION     *session,
                                CulvertLibSend       send,
                                CulvertLibReceive    receive,
                                CulvertLibDisconnect disconnect,
                                CulvertLibDebug      debug);

/* (transfer full): what this libssh2 has of @category, of the names in @wanted, in that order */
GStrv culvert_lib_filter_algorithms (LIBSSH2_SESSION   *session,
                                     CulvertLibCategory category,
                                     const char *const *wanted);

/* Sets the list for @category, for both directions where there are two. */
gboolean culvert_lib_set_algorithms (LIBSSH2_SESSION   *session,
                                     CulvertLibCategory category,
                                     const char *const *names);

/* (transfer full): "curve25519-sha256, aes128-ctr, hmac-sha2-256": what was agreed */
char *culvert_lib_describe_agreed (LIBSSH2_SESSION *session);

/* Does this libssh2 sign with SHA-2 for RSA keys by itself (1.11 on)?  Else the caller renames the
 * blob, which OpenSSH accepts and others do not (see auth-publickey.c). */
gboolean culvert_lib_has_rsa_sha2 (void);

/* Can a server prove itself through this libssh2 with the key in a certificate? */
gboolean culvert_lib_has_host_certificates (void);

/* Can a certificate or FIDO key of @type_name sign in through this libssh2? */
gboolean culvert_lib_can_use_key_type (const char *type_name);

/**
 * culvert_lib_get_refusal:
 * @was_partial: (out): was the step accepted, and is another one wanted?
 *
 * What the server's last refusal of a way to sign in said.
 *
 * Spec: RFC 4252 section 5.1
 *
 * Returns: (transfer none) (nullable): the ways that can continue, with commas between; NULL when
 *   this libssh2 cannot tell
 */
const char *culvert_lib_get_refusal (LIBSSH2_SESSION *session, gboolean *was_partial);

/* (transfer none) (nullable): what the server told whoever signs in, before it answered
 * libssh2_userauth_list(); NULL when it said nothing, or this libssh2 (1.10) does not tell. Not checked in
 * any way.  Spec: RFC 4252 section 5.4 */
const char *culvert_lib_get_banner (LIBSSH2_SESSION *session);

/* The text of the last error; valid until the next call on the session. */
const char *culvert_lib_get_error_text (LIBSSH2_SESSION *session);

G_END_DECLS
