/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/port-neighbours.h"

#include "core/errors.h"
#include "core/port-choice.h"

/* What a search for a port must not propose. */
typedef struct
{
  GListModel                *tunnels;
  const CulvertForwardPlace *place;
} Search;

static gboolean
listens_here (const CulvertForwardSpec *spec)
{
  return !culvert_forward_kind_is_remote (culvert_forward_spec_get_kind (spec));
}

/* (transfer none) (nullable) */
static CulvertTunnel *
find_listening (GListModel                *tunnels,
                const CulvertForwardPlace *place,
                const CulvertEndpoint     *listen)
{
  for (guint i = 0; i < g_list_model_get_n_items (tunnels); i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (tunnels, i);
      GListModel               *forwards = culvert_tunnel_get_forwards (tunnel);

      for (guint j = 0; j < g_list_model_get_n_items (forwards); j++)
        {
          g_autoptr (CulvertForwardItem) item = g_list_model_get_item (forwards, j);
          CulvertForwardSpec            *spec = culvert_forward_item_get_spec (item);

          if (culvert_forward_item_get_state (item) == CULVERT_FORWARD_LISTENING &&
              listens_here (spec) &&
              (g_strcmp0 (place->tunnel_id, culvert_tunnel_get_id (tunnel)) != 0 ||
               g_strcmp0 (place->forward_id, culvert_forward_item_get_id (item)) != 0) &&
              culvert_listen_overlap (listen, culvert_forward_spec_get_listen (spec)))
            return tunnel;
        }
    }
  return NULL;
}

CulvertTunnel *
culvert_port_neighbours_find_saved (GListModel                *tunnels,
                                    const CulvertForwardPlace *place,
                                    const CulvertEndpoint     *listen)
{
  for (guint i = 0; i < g_list_model_get_n_items (tunnels); i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (tunnels, i);
      GPtrArray                *forwards = culvert_tunnel_get_profile (tunnel)->forwards;

      if (g_strcmp0 (culvert_tunnel_get_id (tunnel), place->tunnel_id) == 0)
        continue;
      for (guint j = 0; j < forwards->len; j++)
        {
          const CulvertForwardSpec *spec = g_ptr_array_index (forwards, j);

          if (culvert_forward_spec_is_enabled (spec) && listens_here (spec) &&
              culvert_listen_overlap (listen, culvert_forward_spec_get_listen (spec)))
            return tunnel;
        }
    }
  return NULL;
}

static gboolean
is_taken (const CulvertEndpoint *where, gpointer user_data)
{
  const Search *self = user_data;

  return culvert_port_neighbours_find_saved (self->tunnels, self->place, where) != NULL;
}

/* The port that was found first may be another tunnel's; then the next that is nobody's. */
static void
check_port (Search *self, const CulvertEndpoint *listen, GError **error)
{
  const char                 *text = culvert_error_get_fact (*error, CULVERT_FACT_FREE_PORT);
  g_autoptr (CulvertEndpoint) proposed = NULL;
  g_autoptr (CulvertEndpoint) other = NULL;
  g_autofree char            *number = NULL;
  guint16                     port = 0;

  if (text == NULL || !culvert_port_parse (text, &port))
    return;
  proposed = culvert_endpoint_new_tcp (culvert_endpoint_get_host (listen), port);
  if (!is_taken (proposed, self))
    return;
  other = culvert_port_choice_next (proposed, is_taken, self);
  if (other == NULL)
    return;
  number = g_strdup_printf ("%u", culvert_endpoint_get_port (other));
  culvert_error_set_fact (error, CULVERT_FACT_FREE_PORT, number);
}

static void
check_address (Search *self, const CulvertEndpoint *listen, GError **error)
{
  const char                 *text = culvert_error_get_fact (*error, CULVERT_FACT_FREE_ADDRESS);
  g_autoptr (CulvertEndpoint) proposed = NULL;
  g_autoptr (CulvertEndpoint) other = NULL;

  if (text == NULL)
    return;
  proposed = culvert_endpoint_new_tcp (text, culvert_endpoint_get_port (listen));
  if (!is_taken (proposed, self))
    return;
  other = culvert_port_choice_other_address (listen, is_taken, self);
  if (other != NULL)
    culvert_error_set_fact (error, CULVERT_FACT_FREE_ADDRESS, culvert_endpoint_get_host (other));
}

GError *
culvert_port_neighbours_complete (GListModel                *tunnels,
                                  const CulvertForwardPlace *place,
                                  const CulvertEndpoint     *listen,
                                  const GError              *error)
{
  g_autoptr (GError) complete = g_error_copy (error);
  Search             search = { tunnels, place };

  if (complete->domain != CULVERT_FORWARD_ERROR)
    return g_steal_pointer (&complete);
  if (g_strcmp0 (culvert_error_get_fact (complete, CULVERT_FACT_HOLDER), "self") == 0)
    {
      CulvertTunnel *tunnel = find_listening (tunnels, place, listen);

      if (tunnel != NULL)
        culvert_error_set_fact (&complete, CULVERT_FACT_TUNNEL, culvert_tunnel_get_title (tunnel));
    }
  check_port (&search, listen, &complete);
  check_address (&search, listen, &complete);
  return g_steal_pointer (&complete);
}

CulvertEndpoint *
culvert_port_neighbours_choose (GListModel                *tunnels,
                                const CulvertForwardPlace *place,
                                const CulvertEndpoint     *listen)
{
  Search search = { tunnels, place };

  return culvert_port_choice_from (listen, is_taken, &search);
}
