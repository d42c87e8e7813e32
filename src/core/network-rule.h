/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* On which networks a tunnel is wanted (PRODUCT 3.7).  Pure.
 *
 * It spares people useless tries and tunnels that they do not need where they are; it protects from
 * nothing, since whoever runs a network chooses its name. */

#include <glib-object.h>

G_BEGIN_DECLS

typedef enum
{
  CULVERT_NETWORK_RULE_ANY,
  CULVERT_NETWORK_RULE_ONLY,   /* on the listed ones alone */
  CULVERT_NETWORK_RULE_EXCEPT, /* anywhere but on the listed ones */
} CulvertNetworkRule;
#define CULVERT_N_NETWORK_RULES 3

#define CULVERT_NETWORK_NAME_MAX 255 /* bytes */

const char *culvert_network_rule_to_nick (CulvertNetworkRule rule); /* "any", "only", "except" */
gboolean    culvert_network_rule_from_nick (const char *nick, CulvertNetworkRule *rule);

/* By what names the network goes that this computer uses now: the one through which it goes out.  A
 * counted value that never changes, for any thread. */
typedef struct _CulvertNetworkNames CulvertNetworkNames;

#define CULVERT_TYPE_NETWORK_NAMES (culvert_network_names_get_type ())
GType culvert_network_names_get_type (void);

/**
 * culvert_network_names_new:
 * @names: (nullable): copied, the one that the person knows best first; empty when the computer is on no
 *   network; NULL when nobody can tell
 */
CulvertNetworkNames *culvert_network_names_new (const char *const *names);
CulvertNetworkNames *culvert_network_names_ref (CulvertNetworkNames *self);
void                 culvert_network_names_unref (CulvertNetworkNames *self);

/* FALSE when nobody can tell */
gboolean culvert_network_names_are_known (const CulvertNetworkNames *self);
/* (nullable): the first name; NULL when there is none, or when nobody can tell */
const char *culvert_network_names_get_first (const CulvertNetworkNames *self);
/* Two NULL are equal, too. */
gboolean culvert_network_names_equal (const CulvertNetworkNames *a, const CulvertNetworkNames *b);

/* (nullable): the first of @listed that it goes by, as it stands there; letters in their case count */
const char *culvert_network_names_find (const CulvertNetworkNames *self, const char *const *listed);

/* Is a tunnel with that rule wanted there?  No network, or one whose name nobody can tell, counts as one
 * that is not listed. */
gboolean culvert_network_rule_allows (CulvertNetworkRule         rule,
                                      const char *const         *listed,
                                      const CulvertNetworkNames *names);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertNetworkNames, culvert_network_names_unref)

G_END_DECLS
