/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A part of the page that shows one tunnel.  Properties "tunnel" (nullable: the part is then not
 * shown) and "manager", both set by the page above. */

#include "engine/tunnel-manager.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_TUNNEL_PART (culvert_tunnel_part_get_type ())
G_DECLARE_DERIVABLE_TYPE (CulvertTunnelPart, culvert_tunnel_part, CULVERT, TUNNEL_PART, AdwBin)

struct _CulvertTunnelPartClass
{
  AdwBinClass parent_class;

  /* Another tunnel, or none, is shown from now on. Bindings follow by themselves. */
  void (*tunnel_changed) (CulvertTunnelPart *self);
};

/* (transfer none) (nullable) */
CulvertTunnel *culvert_tunnel_part_get_tunnel (CulvertTunnelPart *self);
void           culvert_tunnel_part_set_tunnel (CulvertTunnelPart *self, CulvertTunnel *tunnel);
/* (transfer none) (nullable) */
CulvertTunnelManager *culvert_tunnel_part_get_manager (CulvertTunnelPart *self);

G_END_DECLS
