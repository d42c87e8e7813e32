/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What a tunnel's session said of itself, as a value of its own: it goes from the session's thread
 * to the program's. */

#include <glib.h>

G_BEGIN_DECLS

/* NULL fields when not known or not up. */
typedef struct
{
  char *server_address;
  char *server_version;
  char *host_key_type;
  char *host_key_fingerprint;
  char *algorithms;
  char *auth_method;
  char *banner; /* printable, may have several lines */
} CulvertTunnelFacts;

/* @to becomes a copy of @from. */
void culvert_tunnel_facts_copy (CulvertTunnelFacts *to, const CulvertTunnelFacts *from);
/* Frees the strings and leaves NULL. */
void     culvert_tunnel_facts_clear (CulvertTunnelFacts *self);
gboolean culvert_tunnel_facts_equal (const CulvertTunnelFacts *a, const CulvertTunnelFacts *b);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CulvertTunnelFacts, culvert_tunnel_facts_clear)

G_END_DECLS
