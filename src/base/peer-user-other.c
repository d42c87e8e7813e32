/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/peer-user.h"

/* For systems that nobody has asked yet. */

struct _CulvertPeerLookup
{
  char nothing;
};

CulvertPeerLookup *
culvert_peer_lookup_new (void)
{
  return g_new0 (CulvertPeerLookup, 1);
}

void
culvert_peer_lookup_free (CulvertPeerLookup *self)
{
  g_free (self);
}

gboolean
culvert_peer_lookup_works (CulvertPeerLookup *self)
{
  return FALSE;
}

CulvertPeer
culvert_peer_lookup_ask (CulvertPeerLookup *self, CulvertSocket client)
{
  return (CulvertPeer){ .verdict = CULVERT_PEER_UNCHECKED, .user = -1 };
}

char *
culvert_peer_dup_user_name (const CulvertPeer *peer)
{
  return NULL;
}

gboolean
culvert_peer_find_program (const CulvertPeer *peer, guint *pid, char **name)
{
  return FALSE;
}
