/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Where a runner gets its sessions from: the seam that lets a test drive a tunnel through every
 * turn of its life without a server.  In the program it is always culvert_session_maker_ssh. */

#include "ssh/session.h"

G_BEGIN_DECLS

typedef struct _CulvertSessionMaker CulvertSessionMaker;

/* Each does what culvert_session_… of the same name does; @session is what make() returned.  A
 * stand-in may embed this as the first member of a struct of its own; it outlives every session. */
struct _CulvertSessionMaker
{
  gpointer (*make) (const CulvertSessionMaker  *self,
                    CulvertProfile             *profile,
                    CulvertIoSource            *io,
                    CulvertLog                 *log,
                    const CulvertSessionEvents *events,
                    gpointer                    user_data);
  void (*start) (gpointer session);
  void (*stop) (gpointer session);
  void (*abort) (gpointer session); /* in any thread */
  void (*probe) (gpointer session);
  const CulvertSessionInfo *(*get_info) (gpointer session);
  CulvertTransport *(*get_transport) (gpointer session);
  /* Gives up the reference of make().  @gone is called in the session's thread when nothing holds
   * it any more: calls that were cancelled may do so for a while. */
  void (*drop) (gpointer session, void (*gone) (gpointer user_data), gpointer user_data);
};

extern const CulvertSessionMaker culvert_session_maker_ssh;

G_END_DECLS
