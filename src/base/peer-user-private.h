/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* For the systems whose users are numbers. */

#include "base/peer-user.h"

G_BEGIN_DECLS

/* What is made of a client of @user when we are @mine (see CULVERT_PEER_MINE for root). */
static inline CulvertPeer
culvert_peer_of_user (gint64 mine, gint64 user)
{
  return (CulvertPeer){
    .verdict = user == mine || user == 0 ? CULVERT_PEER_MINE : CULVERT_PEER_OTHER,
    .user = user,
  };
}

G_END_DECLS
