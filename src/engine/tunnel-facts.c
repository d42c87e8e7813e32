/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/tunnel-facts.h"

void
culvert_tunnel_facts_copy (CulvertTunnelFacts *to, const CulvertTunnelFacts *from)
{
  CulvertTunnelFacts copy;

  g_return_if_fail (to != NULL);
  g_return_if_fail (from != NULL);

  copy.server_address = g_strdup (from->server_address);
  copy.server_version = g_strdup (from->server_version);
  copy.host_key_type = g_strdup (from->host_key_type);
  copy.host_key_fingerprint = g_strdup (from->host_key_fingerprint);
  copy.algorithms = g_strdup (from->algorithms);
  copy.auth_method = g_strdup (from->auth_method);
  copy.banner = g_strdup (from->banner);

  culvert_tunnel_facts_clear (to);
  *to = copy;
}

void
culvert_tunnel_facts_clear (CulvertTunnelFacts *self)
{
  g_clear_pointer (&self->server_address, g_free);
  g_clear_pointer (&self->server_version, g_free);
  g_clear_pointer (&self->host_key_type, g_free);
  g_clear_pointer (&self->host_key_fingerprint, g_free);
  g_clear_pointer (&self->algorithms, g_free);
  g_clear_pointer (&self->auth_method, g_free);
  g_clear_pointer (&self->banner, g_free);
}

gboolean
culvert_tunnel_facts_equal (const CulvertTunnelFacts *a, const CulvertTunnelFacts *b)
{
  g_return_val_if_fail (a != NULL, FALSE);
  g_return_val_if_fail (b != NULL, FALSE);

  return g_strcmp0 (a->server_address, b->server_address) == 0 &&
         g_strcmp0 (a->server_version, b->server_version) == 0 &&
         g_strcmp0 (a->host_key_type, b->host_key_type) == 0 &&
         g_strcmp0 (a->host_key_fingerprint, b->host_key_fingerprint) == 0 &&
         g_strcmp0 (a->algorithms, b->algorithms) == 0 &&
         g_strcmp0 (a->auth_method, b->auth_method) == 0 && g_strcmp0 (a->banner, b->banner) == 0;
}
