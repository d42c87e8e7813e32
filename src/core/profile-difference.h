/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* In what two states of one tunnel differ, field by field.  Pure. */

#include "core/profile.h"

G_BEGIN_DECLS

typedef enum
{
  CULVERT_DIFFERENCE_NAME,
  CULVERT_DIFFERENCE_GROUP,
  CULVERT_DIFFERENCE_HOST,
  CULVERT_DIFFERENCE_PORT,
  CULVERT_DIFFERENCE_USER,
  CULVERT_DIFFERENCE_ADDRESS_FAMILY,
  CULVERT_DIFFERENCE_KNOWN_HOSTS,
  CULVERT_DIFFERENCE_HOST_KEY_ALIAS,
  CULVERT_DIFFERENCE_HOST_KEY_POLICY,
  CULVERT_DIFFERENCE_HOPS,
  CULVERT_DIFFERENCE_PROXY,
  CULVERT_DIFFERENCE_PROXY_COMMAND,
  CULVERT_DIFFERENCE_COMMAND_ALLOWED,
  CULVERT_DIFFERENCE_METHODS,
  CULVERT_DIFFERENCE_KEY_FILES,
  CULVERT_DIFFERENCE_CERTIFICATE_FILES,
  CULVERT_DIFFERENCE_AGENT_SOCKET,
  CULVERT_DIFFERENCE_ONLY_LISTED_KEYS,
  CULVERT_DIFFERENCE_NEVER_ASK,
  CULVERT_DIFFERENCE_CONNECT_TIMEOUT,
  CULVERT_DIFFERENCE_KEEPALIVE,
  CULVERT_DIFFERENCE_LEGACY,
  CULVERT_DIFFERENCE_RECONNECT,
  CULVERT_DIFFERENCE_QUICK_REPLIES,
  CULVERT_DIFFERENCE_START,
  CULVERT_DIFFERENCE_ON_DEMAND,
  CULVERT_DIFFERENCE_IDLE_TIMEOUT,
  CULVERT_DIFFERENCE_NETWORK_RULE,
  CULVERT_DIFFERENCE_NETWORKS,
  CULVERT_DIFFERENCE_NOTIFY,
  CULVERT_DIFFERENCE_FORWARD_ADDED,   /* forward_after */
  CULVERT_DIFFERENCE_FORWARD_REMOVED, /* forward_before */
  CULVERT_DIFFERENCE_FORWARD_CHANGED, /* both */
  CULVERT_DIFFERENCE_FORWARD_ORDER,
  CULVERT_DIFFERENCE_OTHER, /* what this version does not know, or has no word for */
} CulvertDifferenceField;
#define CULVERT_N_DIFFERENCE_FIELDS (CULVERT_DIFFERENCE_OTHER + 1)

typedef struct
{
  CulvertDifferenceField field;
  CulvertForwardSpec    *forward_before; /* nullable */
  CulvertForwardSpec    *forward_after;  /* nullable */
} CulvertDifference;

void culvert_difference_free (CulvertDifference *self);

/**
 * culvert_profile_differences:
 *
 * Forwards are told apart by their ids.  The tunnel's own id and its revision do not count.
 *
 * Returns: (transfer full) (element-type CulvertDifference): in the order of the form; empty when both are the
 *   same
 */
GPtrArray *culvert_profile_differences (const CulvertProfile *before, const CulvertProfile *after);

G_END_DECLS
