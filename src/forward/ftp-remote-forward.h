/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* An FTP-aware remote forward: a remote forward whose clients, at the server, speak FTP, and whose data
 * connections are forwarded too: in passive mode by listeners at the server, in active mode by listeners
 * here.
 *
 * Made by culvert_forward_new().
 *
 * Spec: PRODUCT 1.6; forward/ftp-control.h. */

#include "forward/far-forward.h"

G_BEGIN_DECLS

#define CULVERT_TYPE_FTP_REMOTE_FORWARD (culvert_ftp_remote_forward_get_type ())
G_DECLARE_FINAL_TYPE (CulvertFtpRemoteForward,
                      culvert_ftp_remote_forward,
                      CULVERT,
                      FTP_REMOTE_FORWARD,
                      CulvertFarForward)

G_END_DECLS
