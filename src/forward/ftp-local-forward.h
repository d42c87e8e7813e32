/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* An FTP-aware local forward: a local forward whose clients speak FTP, and whose data connections are
 * forwarded too: in passive mode by listeners here, in active mode by listeners at the server.
 *
 * Made by culvert_forward_new().
 *
 * Spec: PRODUCT 1.6; forward/ftp-control.h. */

#include "forward/listening-forward.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_FTP_LOCAL_FORWARD (culvert_ftp_local_forward_get_type ())
G_DECLARE_FINAL_TYPE (CulvertFtpLocalForward,
                      culvert_ftp_local_forward,
                      CULVERT,
                      FTP_LOCAL_FORWARD,
                      CulvertListeningForward)

/* For tests: how long a listener waits for its data connection.  Counts from the next start on. */
void culvert_ftp_local_forward_set_idle_ms (CulvertFtpLocalForward *self, guint idle_ms);

G_END_DECLS
