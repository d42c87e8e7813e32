/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What an open session said of itself: the server's address and software, its host key, how one
 * signed in, the algorithms, what the server tells whoever signs in.  For a tunnel that is up. */

#include "ui/tunnel-part.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_FACTS (culvert_facts_get_type ())
G_DECLARE_FINAL_TYPE (CulvertFacts, culvert_facts, CULVERT, FACTS, CulvertTunnelPart)

G_END_DECLS
