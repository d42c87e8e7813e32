/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A jump server: a session in a thread of its own, which leads on by channels, each joined to a pair of
 * sockets.
 *
 * Tunnels that reach a jump server in the same way share it.  Each has a user of it, which belongs
 * to the thread whose default context is current at construction and is told there what happens.  The
 * user that made the link is asked its questions; when it leaves before they are answered or refuses, the
 * link ends for all, and for the others with a reason to try again.  When the last user leaves, the
 * session ends and the thread is joined.
 *
 * A link is used once: what follows its end is another link. */

#include "base/log.h"
#include "base/socket.h"
#include "core/profile.h"
#include "core/prompt.h"
#include "core/stage-event.h"

G_BEGIN_DECLS

typedef struct _CulvertHopUser CulvertHopUser;

/* In the user's thread, never from inside a call made here. */
typedef struct
{
  void (*up) (gpointer user_data);
  /* @error: CULVERT_SSH_ERROR with CULVERT_FACT_HOP: never NULL.  All that it led to is cut. */
  void (*ended) (const GError *error, gpointer user_data);
  void (*prompt) (CulvertPrompt *prompt, gpointer user_data);
  void (*prompt_result) (CulvertPrompt *prompt, gboolean accepted, gpointer user_data);
  /* What culvert_hop_user_open() asked for. */
  void (*opened) (gpointer user_data);
  void (*refused) (const GError *error, gpointer user_data);
  /* (nullable): as of CulvertSessionEvents, to the user that is asked; errors have FACT_HOP */
  void (*stage) (const CulvertStageEvent *event, gpointer user_data);
  /* culvert_hop_user_sync(): what ended() had to say by then was said. */
  void (*synced) (gpointer user_data);
} CulvertHopEvents;

/**
 * culvert_hop_user_find:
 * @key: of the way there, culvert_hop_key()
 *
 * Returns: (transfer full) (nullable): NULL when no such link lives; otherwise up() or ended()
 *   follows
 */
CulvertHopUser *
culvert_hop_user_find (const char *key, const CulvertHopEvents *events, gpointer user_data);

/**
 * culvert_hop_user_new:
 * @profile: of the jump server, culvert_profile_for_hop()
 * @log: the tunnel's; lines about the jump server begin with its name
 * @socket: (transfer full): leads there; CULVERT_SOCKET_NONE: the profile says how to get there
 *
 * Makes a link, and its first user; where one was made meanwhile, a user of that.  up() or ended()
 * follows.
 *
 * Errors: `G_THREAD_ERROR_AGAIN` when the system has no thread to give.
 *
 * Returns: (transfer full) (nullable)
 */
CulvertHopUser *culvert_hop_user_new (const char             *key,
                                      CulvertProfile         *profile,
                                      CulvertLog             *log,
                                      CulvertSocket           socket,
                                      const CulvertHopEvents *events,
                                      gpointer                user_data,
                                      GError                **error);

/* Joins @socket (transfer full) with a channel to @host:@port; opened() or refused() follows, unless the
 * link ends. */
void
culvert_hop_user_open (CulvertHopUser *self, const char *host, guint16 port, CulvertSocket socket);

/* synced() follows, after an ended() that was on its way. */
void culvert_hop_user_sync (CulvertHopUser *self);

/* As culvert_session_probe(). */
void culvert_hop_user_probe (CulvertHopUser *self);

/* In any thread: as culvert_session_abort(), if this user is the one that is asked. */
void culvert_hop_user_abort (CulvertHopUser *self);

/* No event follows.  @gone is called in the user's thread when nothing is left that may call into it, and,
 * after the last user, when the thread was joined. */
void culvert_hop_user_leave (CulvertHopUser *self,
                             void (*gone) (gpointer user_data),
                             gpointer user_data);

/* (transfer full): tells apart what is not the same way to the hop @index of @profile, with the same
 * settings; NULL where a hop makes no sense */
char *culvert_hop_key (const CulvertProfile *profile, guint index);

/* How many links live, in the whole program. */
guint culvert_hop_link_count (void);

G_END_DECLS
