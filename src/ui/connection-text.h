/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the table of connections says about one.  Pure: time is an argument; all results are
 * (transfer full). */

#include "engine/connection-item.h"
#include "engine/tunnel.h"

G_BEGIN_DECLS

/* "firefox (4711)"; where the program is not known its address; "A local program" or
 * "A client at the server" where there is none */
char *culvert_connection_text_client (CulvertConnectionItem *item);
/* What else there is to say of who it is: that it is an FTP data connection, or the address of the
 * program; "" for nothing */
char *culvert_connection_text_client_more (CulvertConnectionItem *item);

char *culvert_connection_text_target (CulvertConnectionItem *item);
/* The forward that it takes. @tunnel: whose it is */
char *culvert_connection_text_forward (CulvertConnectionItem *item, CulvertTunnel *tunnel);

/* "Open" */
char *culvert_connection_text_state (CulvertConnectionItem *item);
/* A sentence about that, "" when there is nothing to explain */
char *culvert_connection_text_state_more (CulvertConnectionItem *item);

/* Both directions; "–" when nothing moves */
char *culvert_connection_text_rate (CulvertConnectionItem *item);
/* "↓ 1.2 MB/s  ↑ 40 kB/s" */
char *culvert_connection_text_rates (CulvertConnectionItem *item);
/* @now_us: monotonic */
char *culvert_connection_text_age (CulvertConnectionItem *item, gint64 now_us);
/* When it began, as a time of this computer's clock.  @real_us: the time of day that is @now_us */
char *culvert_connection_text_began (CulvertConnectionItem *item, gint64 now_us, gint64 real_us);

/* For the button. */
char *culvert_connection_text_close (CulvertConnectionItem *item);

/* Is each of the words in @search, which are case-folded, in what is said of it? */
gboolean culvert_connection_text_matches (CulvertConnectionItem *item,
                                          CulvertTunnel         *tunnel,
                                          const char *const     *search);

G_END_DECLS
