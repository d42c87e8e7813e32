/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/peer-user.h"

/* Where one look at a time costs no more than one for all. */
void
culvert_peer_find_programs (const CulvertPeer *peers, guint n_peers, CulvertPeerProgram *programs)
{
  for (guint i = 0; i < n_peers; i++)
    {
      programs[i] = (CulvertPeerProgram){ 0 };
      culvert_peer_find_program (&peers[i], &programs[i].pid, &programs[i].name);
    }
}
