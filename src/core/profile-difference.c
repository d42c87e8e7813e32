/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/profile-difference.h"

#include <string.h>

typedef gboolean (*SameFunc) (const CulvertProfile *a, const CulvertProfile *b);

#define SAME_STRING(field)                                                                         \
  static gboolean same_##field (const CulvertProfile *a, const CulvertProfile *b)                  \
  {                                                                                                \
    return strcmp (a->field, b->field) == 0;                                                       \
  }
#define SAME_LIST(field)                                                                           \
  static gboolean same_##field (const CulvertProfile *a, const CulvertProfile *b)                  \
  {                                                                                                \
    return g_strv_equal ((const char *const *)a->field, (const char *const *)b->field);            \
  }
#define SAME_NUMBER(field)                                                                         \
  static gboolean same_##field (const CulvertProfile *a, const CulvertProfile *b)                  \
  {                                                                                                \
    return a->field == b->field;                                                                   \
  }
#define SAME_SWITCH(field)                                                                         \
  static gboolean same_##field (const CulvertProfile *a, const CulvertProfile *b)                  \
  {                                                                                                \
    return !a->field == !b->field;                                                                 \
  }

SAME_STRING (name)
SAME_STRING (group)
SAME_STRING (host)
SAME_NUMBER (port)
SAME_STRING (user)
SAME_NUMBER (address_family)
SAME_LIST (known_hosts_files)
SAME_STRING (host_key_alias)
SAME_NUMBER (host_key_policy)
SAME_LIST (hops)
SAME_STRING (proxy)
SAME_STRING (proxy_command)
SAME_SWITCH (proxy_command_allowed)
SAME_LIST (key_files)
SAME_LIST (certificate_files)
SAME_STRING (agent_socket)
SAME_SWITCH (only_listed_keys)
SAME_SWITCH (never_ask)
SAME_NUMBER (connect_timeout_s)
SAME_NUMBER (keepalive_interval_s)
SAME_SWITCH (legacy_algorithms)
SAME_SWITCH (reconnect)
SAME_SWITCH (quick_replies)
SAME_SWITCH (start_with_program)
SAME_SWITCH (on_demand)
SAME_NUMBER (idle_timeout_s)
SAME_NUMBER (network_rule)
SAME_LIST (networks)
SAME_SWITCH (notify)

static gboolean
same_methods (const CulvertProfile *a, const CulvertProfile *b)
{
  return a->methods->len == b->methods->len &&
         (a->methods->len == 0 || memcmp (a->methods->data, b->methods->data,
                                          a->methods->len * sizeof (CulvertAuthMethod)) == 0);
}

static const SameFunc same_funcs[] = {
  [CULVERT_DIFFERENCE_NAME] = same_name,
  [CULVERT_DIFFERENCE_GROUP] = same_group,
  [CULVERT_DIFFERENCE_HOST] = same_host,
  [CULVERT_DIFFERENCE_PORT] = same_port,
  [CULVERT_DIFFERENCE_USER] = same_user,
  [CULVERT_DIFFERENCE_ADDRESS_FAMILY] = same_address_family,
  [CULVERT_DIFFERENCE_KNOWN_HOSTS] = same_known_hosts_files,
  [CULVERT_DIFFERENCE_HOST_KEY_ALIAS] = same_host_key_alias,
  [CULVERT_DIFFERENCE_HOST_KEY_POLICY] = same_host_key_policy,
  [CULVERT_DIFFERENCE_HOPS] = same_hops,
  [CULVERT_DIFFERENCE_PROXY] = same_proxy,
  [CULVERT_DIFFERENCE_PROXY_COMMAND] = same_proxy_command,
  [CULVERT_DIFFERENCE_COMMAND_ALLOWED] = same_proxy_command_allowed,
  [CULVERT_DIFFERENCE_METHODS] = same_methods,
  [CULVERT_DIFFERENCE_KEY_FILES] = same_key_files,
  [CULVERT_DIFFERENCE_CERTIFICATE_FILES] = same_certificate_files,
  [CULVERT_DIFFERENCE_AGENT_SOCKET] = same_agent_socket,
  [CULVERT_DIFFERENCE_ONLY_LISTED_KEYS] = same_only_listed_keys,
  [CULVERT_DIFFERENCE_NEVER_ASK] = same_never_ask,
  [CULVERT_DIFFERENCE_CONNECT_TIMEOUT] = same_connect_timeout_s,
  [CULVERT_DIFFERENCE_KEEPALIVE] = same_keepalive_interval_s,
  [CULVERT_DIFFERENCE_LEGACY] = same_legacy_algorithms,
  [CULVERT_DIFFERENCE_RECONNECT] = same_reconnect,
  [CULVERT_DIFFERENCE_QUICK_REPLIES] = same_quick_replies,
  [CULVERT_DIFFERENCE_START] = same_start_with_program,
  [CULVERT_DIFFERENCE_ON_DEMAND] = same_on_demand,
  [CULVERT_DIFFERENCE_IDLE_TIMEOUT] = same_idle_timeout_s,
  [CULVERT_DIFFERENCE_NETWORK_RULE] = same_network_rule,
  [CULVERT_DIFFERENCE_NETWORKS] = same_networks,
  [CULVERT_DIFFERENCE_NOTIFY] = same_notify,
};
G_STATIC_ASSERT (G_N_ELEMENTS (same_funcs) == CULVERT_DIFFERENCE_FORWARD_ADDED);

void
culvert_difference_free (CulvertDifference *self)
{
  g_clear_pointer (&self->forward_before, culvert_forward_spec_unref);
  g_clear_pointer (&self->forward_after, culvert_forward_spec_unref);
  g_free (self);
}

static void
add (GPtrArray             *differences,
     CulvertDifferenceField field,
     CulvertForwardSpec    *before,
     CulvertForwardSpec    *after)
{
  CulvertDifference *difference = g_new0 (CulvertDifference, 1);

  difference->field = field;
  difference->forward_before = before != NULL ? culvert_forward_spec_ref (before) : NULL;
  difference->forward_after = after != NULL ? culvert_forward_spec_ref (after) : NULL;
  g_ptr_array_add (differences, difference);
}

/* Are those that both have in the same order? */
static gboolean
is_same_order (const CulvertProfile *before, const CulvertProfile *after)
{
  guint next = 0;

  for (guint i = 0; i < before->forwards->len; i++)
    {
      const char *id = culvert_forward_spec_get_id (before->forwards->pdata[i]);

      if (culvert_profile_find_forward (after, id) == NULL)
        continue;
      while (next < after->forwards->len &&
             culvert_profile_find_forward (
               before, culvert_forward_spec_get_id (after->forwards->pdata[next])) == NULL)
        next++;
      if (next >= after->forwards->len ||
          strcmp (culvert_forward_spec_get_id (after->forwards->pdata[next]), id) != 0)
        return FALSE;
      next++;
    }
  return TRUE;
}

static void
compare_forwards (GPtrArray *differences, const CulvertProfile *before, const CulvertProfile *after)
{
  for (guint i = 0; i < after->forwards->len; i++)
    {
      CulvertForwardSpec *spec = after->forwards->pdata[i];
      CulvertForwardSpec *old =
        culvert_profile_find_forward (before, culvert_forward_spec_get_id (spec));

      if (old == NULL)
        add (differences, CULVERT_DIFFERENCE_FORWARD_ADDED, NULL, spec);
      else if (!culvert_forward_spec_equal (old, spec))
        add (differences, CULVERT_DIFFERENCE_FORWARD_CHANGED, old, spec);
    }
  for (guint i = 0; i < before->forwards->len; i++)
    {
      CulvertForwardSpec *old = before->forwards->pdata[i];

      if (culvert_profile_find_forward (after, culvert_forward_spec_get_id (old)) == NULL)
        add (differences, CULVERT_DIFFERENCE_FORWARD_REMOVED, old, NULL);
    }
  if (!is_same_order (before, after))
    add (differences, CULVERT_DIFFERENCE_FORWARD_ORDER, NULL, NULL);
}

GPtrArray *
culvert_profile_differences (const CulvertProfile *before, const CulvertProfile *after)
{
  GPtrArray *differences = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_difference_free);
  g_autoptr (CulvertProfile) renamed = NULL;

  g_return_val_if_fail (before != NULL && after != NULL, differences);

  for (guint i = 0; i < G_N_ELEMENTS (same_funcs); i++)
    if (!same_funcs[i](before, after))
      add (differences, (CulvertDifferenceField)i, NULL, NULL);
  compare_forwards (differences, before, after);
  if (differences->len > 0)
    return differences;
  renamed = culvert_profile_edit (after);
  culvert_profile_set_string (&renamed->id, before->id);
  if (!culvert_profile_equal (before, renamed))
    add (differences, CULVERT_DIFFERENCE_OTHER, NULL, NULL);
  return differences;
}
