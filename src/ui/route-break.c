/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/route-break.h"

#include "core/errors.h"
#include "core/hop.h"
#include "engine/tunnel-state.h"

#include <glib/gi18n.h>
#include <string.h>

/* An error names a jump host as the profile does, or without the user. */
static int
find_hop (const char *name, const CulvertProfile *profile)
{
  g_autoptr (CulvertHop) wanted = culvert_hop_parse (name, NULL);

  for (int i = 0; wanted != NULL && profile->hops[i] != NULL; i++)
    {
      g_autoptr (CulvertHop) hop = culvert_hop_parse (profile->hops[i], NULL);

      if (hop != NULL && hop->port == wanted->port && strcmp (hop->host, wanted->host) == 0)
        return i;
    }
  return -1;
}

static gboolean
is_between (int code, CulvertSshError first, CulvertSshError last)
{
  return code >= (int)first && code <= (int)last;
}

/* It was reached, and let nobody on. */
static gboolean
is_refusal (int code)
{
  return is_between (code, CULVERT_SSH_ERROR_HOST_KEY_UNKNOWN, CULVERT_SSH_ERROR_AGENT_TIMED_OUT);
}

static gboolean
is_of_target (int code)
{
  return is_between (code, CULVERT_SSH_ERROR_OPEN_PROHIBITED, CULVERT_SSH_ERROR_OPEN_TIMED_OUT);
}

int
culvert_route_break_find (const GError *error, const CulvertProfile *profile)
{
  const char *hop_name;
  int         n_hops;
  int         hop;

  g_return_val_if_fail (profile != NULL, -1);

  if (error == NULL || error->domain != CULVERT_SSH_ERROR)
    return -1;
  /* It was not tried. */
  if (culvert_error_is_of_network_rule (error))
    return -1;
  n_hops = (int)g_strv_length (profile->hops);
  hop_name = culvert_error_get_fact (error, CULVERT_FACT_HOP);
  hop = hop_name != NULL ? find_hop (hop_name, profile) : -1;
  if (hop_name != NULL && hop < 0)
    return -1;
  if (is_of_target (error->code))
    return n_hops + 1;
  if (hop >= 0 &&
      (is_refusal (error->code) || culvert_error_get_fact (error, CULVERT_FACT_NEXT) != NULL))
    return hop + 1;
  if (hop >= 0)
    return hop;
  if (culvert_error_get_fact (error, CULVERT_FACT_PROXY) != NULL ||
      error->code == CULVERT_SSH_ERROR_NO_NETWORK ||
      is_between (error->code, CULVERT_SSH_ERROR_PROXY_REFUSED, CULVERT_SSH_ERROR_COMMAND_FAILED))
    return 0;
  if (is_between (error->code, CULVERT_SSH_ERROR_NAME_UNKNOWN,
                  CULVERT_SSH_ERROR_NO_COMMON_COMPRESSION) ||
      is_between (error->code, CULVERT_SSH_ERROR_CLOSED, CULVERT_SSH_ERROR_PROTOCOL))
    return n_hops;
  return -1;
}

/* (transfer full): the place before leg @leg, for @leg > 0, or behind it */
static char *
describe_place (int place, const CulvertProfile *profile)
{
  g_autoptr (CulvertHop) hop = NULL;

  if (place >= (int)g_strv_length (profile->hops))
    return g_strdup (profile->host);
  hop = culvert_hop_parse (profile->hops[place], NULL);
  return g_strdup (hop != NULL ? hop->host : profile->hops[place]);
}

/* (transfer full) (nullable) */
static char *
describe_target_leg (const CulvertForwardSpec *spec, const CulvertProfile *profile)
{
  CulvertForwardFields fields = culvert_forward_spec_get_fields (spec);
  g_autofree char     *target = NULL;

  if (fields.target == NULL)
    return NULL;
  target = culvert_endpoint_to_string (fields.target);
  if (culvert_forward_kind_is_remote (fields.kind))
    /* Translators: %s is host:port or a path */
    return g_strdup_printf (_ ("The way breaks between this computer and %s."), target);
  /* Translators: 1 is a server's name, 2 a server's name, host:port or a path */
  return g_strdup_printf (_ ("The way breaks between %1$s and %2$s."), profile->host, target);
}

char *
culvert_route_break_describe (const GError             *error,
                              const CulvertForwardSpec *spec,
                              const CulvertProfile     *profile)
{
  int              leg;
  int              n_hops;
  const char      *proxy;
  g_autofree char *near = NULL;
  g_autofree char *beyond = NULL;

  g_return_val_if_fail (spec != NULL && profile != NULL, NULL);

  leg = culvert_route_break_find (error, profile);
  n_hops = (int)g_strv_length (profile->hops);
  if (leg < 0)
    return NULL;
  if (leg > n_hops)
    return describe_target_leg (spec, profile);
  proxy = culvert_error_get_fact (error, CULVERT_FACT_PROXY);
  if (proxy != NULL)
    /* Translators: %s is host:port */
    return g_strdup_printf (_ ("The way breaks at the proxy %s."), proxy);
  if (n_hops == 0)
    return NULL;
  beyond = describe_place (leg, profile);
  if (leg == 0)
    /* Translators: %s is a jump host's name */
    return g_strdup_printf (_ ("The way breaks between this computer and %s."), beyond);
  near = describe_place (leg - 1, profile);
  if (is_refusal (error->code))
    /* Translators: %s is a jump host's name */
    return g_strdup_printf (_ ("The way ends at %s."), near);
  return g_strdup_printf (_ ("The way breaks between %1$s and %2$s."), near, beyond);
}
