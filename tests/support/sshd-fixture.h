/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A real OpenSSH server for one test: own process, own keys, own configuration, on a loopback port
 * below the range of client ports.  Needs no account and changes none: people sign in as whoever
 * runs the test, and passwords and prompts are answered by a stand-in for PAM that is loaded into
 * the server (fake-pam.c).  So it works as root and as an ordinary user alike.
 *
 * All of it, session processes included, ends when the fixture is freed or the test dies. */

#include "child-process.h"

#include <glib.h>

G_BEGIN_DECLS

/* Kinds of keys, for servers and for people.  A set for servers, one for people. */
typedef enum
{
  CULVERT_KEY_ED25519 = 1 << 0,
  CULVERT_KEY_ECDSA = 1 << 1, /* nistp256 */
  CULVERT_KEY_RSA = 1 << 2,   /* 2048 bits, made in a third of the time that 3072 take */
} CulvertKeyKind;

#define CULVERT_SSHD_PASSWORD "correct horse battery"

/* One question of a keyboard-interactive sign-in, in a round trip of its own. */
typedef struct
{
  const char *text;   /* as it reaches the client */
  const char *answer; /* what must come back */
  gboolean    echo;   /* may the client show what is typed? */
} CulvertSshdPrompt;

typedef struct
{
  /* sshd_config lines ("RekeyLimit 2M", "AuthenticationMethods publickey,password",
   * "MaxSessions 0"); they win over the fixture's own.  May be NULL. */
  const char *const *config;
  /* A set of CulvertKeyKind; 0 is ed25519 and ecdsa. */
  guint host_keys;
  /* The password that `password` accepts; NULL is CULVERT_SSHD_PASSWORD. */
  const char *password;
  /* Questions of keyboard-interactive, ended by one without text.  NULL asks "Password: " for the
   * password.  (Several questions in one request: culvert_kbdint_server_new().) */
  const CulvertSshdPrompt *prompts;
  /* Right answers do not help: the account has expired. */
  gboolean has_expired;
  /* The server waits so long before it says whether an answer was right. */
  guint auth_delay_ms;
} CulvertSshdOptions;

typedef struct _CulvertSshd CulvertSshd;

/**
 * culvert_sshd_new:
 * @options: (nullable): NULL for all defaults
 *
 * Starts a server and waits until it answers.  Its log level is DEBUG2 (with DEBUG3 it lists every
 * channel whenever one goes, and a thousand take it seconds).  Fails the test when it
 * does not start.  To be called from the main thread (see [func@culvert_child_process_start]).
 */
CulvertSshd *culvert_sshd_new (const CulvertSshdOptions *options);
void         culvert_sshd_free (CulvertSshd *self);

guint16     culvert_sshd_get_port (CulvertSshd *self); /* on 127.0.0.1 and, where it exists, ::1 */
const char *culvert_sshd_get_user_name (CulvertSshd *self);
const char *culvert_sshd_get_password (CulvertSshd *self);

/* The private key file of the server; made if the server has none of that kind (and then unused). */
const char *culvert_sshd_get_host_key_file (CulvertSshd *self, CulvertKeyKind kind);

/* (transfer full): the fingerprint of that key as people see it, "SHA256:…". */
char *culvert_sshd_get_host_fingerprint (CulvertSshd *self, CulvertKeyKind kind);

/**
 * culvert_sshd_get_user_key:
 *
 * Returns: (transfer none): a private key file without passphrase that the server accepts (its
 *   public half is beside it, .pub); made when first asked for
 */
const char *culvert_sshd_get_user_key (CulvertSshd *self, CulvertKeyKind kind);

/**
 * culvert_sshd_authorize:
 * @public_key_file: a .pub file
 * @key_options: (nullable): options of authorized_keys, such as `permitopen="127.0.0.1:80"`
 *
 * Lets the holder of that key in, from now on.
 */
void
culvert_sshd_authorize (CulvertSshd *self, const char *public_key_file, const char *key_options);

/**
 * culvert_sshd_write_known_hosts:
 * @path: the file; replaced
 * @kinds: a set of CulvertKeyKind, or 0 for all the server has
 *
 * Writes what a client would know that has been here before: lines for [127.0.0.1]:port,
 * [localhost]:port and [::1]:port.
 */
void culvert_sshd_write_known_hosts (CulvertSshd *self, const char *path, guint kinds);

/* Gives the server new host keys and restarts it: the key "has changed". */
void culvert_sshd_replace_host_keys (CulvertSshd *self);

/* The life of the server, on the same port and with the same keys throughout.  Stopping kills the
 * listener and every session at once, without a word to the clients beyond what the kernel says;
 * stop_listening leaves the sessions alone.  Starting waits until it answers. */
void culvert_sshd_stop (CulvertSshd *self);
void culvert_sshd_stop_listening (CulvertSshd *self);
void culvert_sshd_start (CulvertSshd *self);
void culvert_sshd_restart (CulvertSshd *self);

/* SIGSTOP and SIGCONT to the listener and every session: connections stay, nothing moves. */
void culvert_sshd_freeze (CulvertSshd *self);
void culvert_sshd_thaw (CulvertSshd *self);

/* Kills the sessions and keeps listening. */
void culvert_sshd_kill_sessions (CulvertSshd *self);

/* (transfer none) (nullable): the listener's process; NULL while stopped. */
CulvertChildProcess *culvert_sshd_get_process (CulvertSshd *self);

/* How many processes serve sessions now (OpenSSH has one or two for each). */
guint culvert_sshd_count_session_processes (CulvertSshd *self);

/* The server's log since it was made, restarts included.  What it says about a sign-in may be written
 * after the client knows: wait for it. */
guint culvert_sshd_count_in_log (CulvertSshd *self, const char *text);
char *culvert_sshd_read_log (CulvertSshd *self);

/**
 * culvert_test_make_key:
 * @path: the private key file; the public half gets .pub
 * @kind: ed25519, ecdsa, rsa
 * @passphrase: (nullable): NULL for none
 * @...: further arguments of ssh-keygen, such as "-a", "100", "-Z", "aes256-gcm@openssh.com",
 *   "-m", "PEM"; ended by NULL
 */
void culvert_test_make_key (const char *path, CulvertKeyKind kind, const char *passphrase, ...)
  G_GNUC_NULL_TERMINATED;

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertSshd, culvert_sshd_free)

G_END_DECLS
