/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Whose process is at the other end of a connection that was accepted on this computer.
 *
 * The system knows, and is asked about the one connection: Linux by sock_diag(7), Windows and macOS
 * by their tables of connections, a Unix socket by its credentials.  On Linux an answer takes a few
 * microseconds however many connections there are; elsewhere it takes as long as the table is.
 *
 * The answer is about the socket's maker: its user at that time.  A program that runs with root's
 * rights for somebody is root, and who lets others speak for him by a program of his own (a proxy) is
 * who is seen. */

#include "base/socket.h"

G_BEGIN_DECLS

typedef enum
{
  /* This process's own user; or root, who could read our memory, or become us, anyway: to refuse
   * `sudo curl` would protect nothing. */
  CULVERT_PEER_MINE,
  /* Somebody else.  In a user namespace that knows of few users (a sandbox): root outside, too. */
  CULVERT_PEER_OTHER,
  /* The system tells of others, but of no process for this connection: it has closed already, or the
   * client is on another computer or in a container. */
  CULVERT_PEER_UNSEEN,
  /* This system, or the sandbox that we are in, does not tell. */
  CULVERT_PEER_UNCHECKED,
} CulvertPeerVerdict;

typedef struct
{
  CulvertPeerVerdict verdict;
  gint64             user;      /* the system's number for it; -1: not known */
  guint              pid;       /* 0: not known so far, see culvert_peer_find_program() */
  guint64            socket_id; /* the system's number for its socket; 0: not known */
} CulvertPeer;

/* Keeps what asking takes.  Belongs to one thread at a time. */
typedef struct _CulvertPeerLookup CulvertPeerLookup;

CulvertPeerLookup *culvert_peer_lookup_new (void);
void               culvert_peer_lookup_free (CulvertPeerLookup *self);

/* Does this system tell?  It was tried on a socket of our own.  FALSE: every answer is UNCHECKED. */
gboolean culvert_peer_lookup_works (CulvertPeerLookup *self);

/**
 * culvert_peer_lookup_ask:
 * @client: an accepted TCP connection, or one of a Unix socket
 *
 * Never blocks.  What the system fails to tell this once is UNSEEN.
 */
CulvertPeer culvert_peer_lookup_ask (CulvertPeerLookup *self, CulvertSocket client);

/* (transfer full) (nullable): the user's name, if this computer itself knows it: users of a directory
 * on the network, to ask which would take its time, have their number alone.  Reads a small file. */
char *culvert_peer_dup_user_name (const CulvertPeer *peer);

/**
 * culvert_peer_find_program:
 * @pid: (out): of a process that has the client's end open
 * @name: (out) (transfer full): of its program, such as "firefox"
 *
 * Looks through the processes of the peer's user, which takes milliseconds: for what a person looks
 * at, in any thread but those that may not wait.  Returns: FALSE when it is gone or not visible
 */
gboolean culvert_peer_find_program (const CulvertPeer *peer, guint *pid, char **name);

/* A program: pid 0 and no name when it is gone or not visible. */
typedef struct
{
  guint pid;
  char *name;
} CulvertPeerProgram;

/**
 * culvert_peer_find_programs:
 * @programs: (out caller-allocates): as many as @peers; the names belong to the caller
 *
 * As culvert_peer_find_program(), in one look for all of them.
 */
void
culvert_peer_find_programs (const CulvertPeer *peers, guint n_peers, CulvertPeerProgram *programs);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertPeerLookup, culvert_peer_lookup_free)

G_END_DECLS
