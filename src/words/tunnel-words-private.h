/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the sentences about tunnels and those about forwards share. */

#include <glib.h>

G_BEGIN_DECLS

/* "…": stands for a part that a draft does not have yet. (transfer none) */
const char *culvert_words_gap (void);

/* (transfer full): "host:port", with brackets around IPv6 addresses */
char *culvert_words_join_host (const char *host, const char *port);

G_END_DECLS
