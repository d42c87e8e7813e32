/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* For ftp-data.c, the life of one data connection, and ftp-data-set.c, those of a forward. */

#include "forward/ftp-data.h"
#include "forward/listener.h"
#include "forward/target-dial.h"

G_BEGIN_DECLS

/*   here:               LISTENING ──accepted: open────────────▶ CARRYING ─▶ over
 *   there:  ASKING ──▶ LISTENING ──offered──▶ DIALLING ──join──▶ CARRYING
 */
typedef enum
{
  CULVERT_FTP_DATA_ASKING,
  CULVERT_FTP_DATA_LISTENING,
  CULVERT_FTP_DATA_DIALLING,
  CULVERT_FTP_DATA_CARRYING,
} CulvertFtpDataState;

struct _CulvertFtpData
{
  GList                       link; /* in the set */
  CulvertFtpDataSet          *set;
  const CulvertFtpDataEvents *events; /* NULL once nobody wants to know */
  gpointer                    user_data;
  guint64                     parent_id;
  CulvertFtpDataState         state;
  CulvertEndpoint            *target;
  char                       *expected; /* nullable: the address that alone may connect */
  char                       *client;   /* once one has come to a listener there */
  CulvertListener            *listener;
  CulvertFarListener         *far_listener;
  CulvertStream              *offered; /* while DIALLING */
  CulvertTargetDial          *dial;
  GSource                    *timer;
  CulvertRelayGroup           relays; /* at most one */
};

/* Its control connection, if that still wants to know, hears that it is settled. */
void culvert_ftp_data_settle (CulvertFtpData *self);
/* Drops it, whatever it does; settled. */
void culvert_ftp_data_free (CulvertFtpData *self);

G_END_DECLS
