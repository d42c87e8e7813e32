/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Why: what a session said of its end, made into what its tunnel says.  Pure. */

#include "core/profile.h"

G_BEGIN_DECLS

/* Without anybody to ask, a session was told "refused", which the person never said.
 * (transfer full): @error, or what it means then */
GError *
culvert_reason_of_refusal (const GError *error, const CulvertProfile *profile, gboolean has_asker);

/* Would a computer without any way out meet this error?  FALSE where somebody answered. */
gboolean culvert_reason_may_be_network (const GError *error);

/* (transfer full): CULVERT_SSH_ERROR_NO_NETWORK in the place of @error */
GError *culvert_reason_no_network (const GError *error);

/* (transfer full): what its networks rule has against the network that the computer is on */
GError *culvert_reason_of_rule (const CulvertProfile *profile, const CulvertNetworkNames *names);

/* (transfer full): "0.4 s", "12 s", "3 min", in English, for the log */
char *culvert_reason_describe_span (gint64 span_us);

G_END_DECLS
