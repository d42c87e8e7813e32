/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/network-rule.h"

struct _CulvertNetworkNames
{
  gatomicrefcount ref_count;
  GStrv           names; /* nullable */
};

G_DEFINE_BOXED_TYPE (CulvertNetworkNames,
                     culvert_network_names,
                     culvert_network_names_ref,
                     culvert_network_names_unref)

static const char *const nicks[CULVERT_N_NETWORK_RULES] = {
  [CULVERT_NETWORK_RULE_ANY] = "any",
  [CULVERT_NETWORK_RULE_ONLY] = "only",
  [CULVERT_NETWORK_RULE_EXCEPT] = "except",
};

const char *
culvert_network_rule_to_nick (CulvertNetworkRule rule)
{
  g_return_val_if_fail ((guint)rule < G_N_ELEMENTS (nicks), NULL);

  return nicks[rule];
}

gboolean
culvert_network_rule_from_nick (const char *nick, CulvertNetworkRule *rule)
{
  g_return_val_if_fail (nick != NULL && rule != NULL, FALSE);

  for (guint i = 0; i < G_N_ELEMENTS (nicks); i++)
    if (g_str_equal (nicks[i], nick))
      {
        *rule = (CulvertNetworkRule)i;
        return TRUE;
      }
  return FALSE;
}

CulvertNetworkNames *
culvert_network_names_new (const char *const *names)
{
  CulvertNetworkNames *self = g_new0 (CulvertNetworkNames, 1);

  g_atomic_ref_count_init (&self->ref_count);
  self->names = g_strdupv ((char **)names);
  return self;
}

CulvertNetworkNames *
culvert_network_names_ref (CulvertNetworkNames *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
culvert_network_names_unref (CulvertNetworkNames *self)
{
  g_return_if_fail (self != NULL);

  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_strfreev (self->names);
  g_free (self);
}

gboolean
culvert_network_names_are_known (const CulvertNetworkNames *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->names != NULL;
}

const char *
culvert_network_names_get_first (const CulvertNetworkNames *self)
{
  g_return_val_if_fail (self != NULL, NULL);

  return self->names != NULL ? self->names[0] : NULL;
}

gboolean
culvert_network_names_equal (const CulvertNetworkNames *a, const CulvertNetworkNames *b)
{
  if (a == b)
    return TRUE;
  if (a == NULL || b == NULL || (a->names == NULL) != (b->names == NULL))
    return FALSE;
  return a->names == NULL ||
         g_strv_equal ((const char *const *)a->names, (const char *const *)b->names);
}

const char *
culvert_network_names_find (const CulvertNetworkNames *self, const char *const *listed)
{
  g_return_val_if_fail (self != NULL && listed != NULL, NULL);

  for (guint i = 0; self->names != NULL && listed[i] != NULL; i++)
    if (g_strv_contains ((const char *const *)self->names, listed[i]))
      return listed[i];
  return NULL;
}

gboolean
culvert_network_rule_allows (CulvertNetworkRule         rule,
                             const char *const         *listed,
                             const CulvertNetworkNames *names)
{
  switch (rule)
    {
    case CULVERT_NETWORK_RULE_ONLY:
      return culvert_network_names_find (names, listed) != NULL;
    case CULVERT_NETWORK_RULE_EXCEPT:
      return culvert_network_names_find (names, listed) == NULL;
    case CULVERT_NETWORK_RULE_ANY:
    default:
      return TRUE;
    }
}
