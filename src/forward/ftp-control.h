/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One FTP control connection: sits between a relay and its stream, reads the lines that pass both ways,
 * and replaces those that say where a data connection leads.
 *
 * For the relay it is the stream; it hands on every other byte in order and unchanged.  A line that
 * waits for an answer of the server holds up what is behind it in its own direction, bounded by the
 * windows on both sides, and nobody else.
 *
 * Where the FTP client is on this computer's side (a local forward) commands go into the tunnel and
 * replies come out of it; where it is on the server's side (a remote forward) it is the other way
 * round.
 *
 * Spec: PRODUCT 1.6; forward/ftp-talk.h. */

#include "forward/ftp-data.h"
#include "forward/relay.h"

G_BEGIN_DECLS

typedef struct _CulvertFtpControl CulvertFtpControl;

/**
 * culvert_ftp_control_new:
 * @set: of the forward; outlives the control connection
 * @relay: has its target and its socket, and nothing that culvert_relay_set_data() set; owns the control
 *   connection from now on
 * @far_client: (nullable): of a forward that listens at the server: the address of the FTP client there;
 *   "": on loopback there, and no more is known
 */
CulvertFtpControl *
culvert_ftp_control_new (CulvertFtpDataSet *set, CulvertRelay *relay, const char *far_client);

/* Of a relay that was given one. */
CulvertFtpControl *culvert_ftp_control_from_relay (CulvertRelay *relay);

/* For culvert_relay_open(): a way to the forward's present transport that leads through here. */
CulvertTransport *culvert_ftp_control_get_way (CulvertFtpControl *self);

/* For culvert_relay_join(): @stream, which was offered, as it looks from here. */
CulvertStream *culvert_ftp_control_wrap (CulvertFtpControl *self, CulvertStream *stream);

/* Is it encrypted, so that its data connections cannot be carried? */
gboolean culvert_ftp_control_is_hidden (CulvertFtpControl *self);

G_END_DECLS
