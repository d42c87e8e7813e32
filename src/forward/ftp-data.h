/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Data connections of FTP: a listener for just one of them, here or at the server, and the relay of the
 * client that comes.
 *
 * A listener that nobody uses is reclaimed after a minute, when its control connection ends, and
 * when the next one takes its place.  A transfer that runs goes on without its control connection and
 * ends when one of its two sides does: that is how either side tells the other that the file is
 * whole, and a client may well say QUIT while the last bytes are on their way (RFC 959 4.1.1).
 *
 * Lives in the forward's thread. */

#include "forward/forward.h"
#include "forward/guard.h"
#include "forward/relay-group.h"

G_BEGIN_DECLS

/* How long a listener waits for its connection. */
#define CULVERT_FTP_DATA_IDLE_MS (60 * 1000)

/* Of one control connection, listening and running: a client that leaves many half-closed gets no
 * more. */
#define CULVERT_FTP_DATA_MAX 16

typedef struct _CulvertFtpData CulvertFtpData;

/* What the control connection hears; never from inside a call on the data connection. */
typedef struct
{
  /* The server listens on @port. */
  void (*ready) (guint16 port, gpointer user_data);
  /* It does not: @error: CULVERT_SSH_ERROR_LISTEN_…, G_IO_ERROR_TIMED_OUT, or NULL when the session
   * ended.  The pointer is dead. */
  void (*failed) (const GError *error, gpointer user_data);
  /* The way from its client to its target is complete, or it is over.  No event follows; the pointer is
   * dead. */
  void (*settled) (gpointer user_data);
} CulvertFtpDataEvents;

/* The data connections of one forward. */
typedef struct
{
  CulvertForward *forward; /* borrowed */
  CulvertGuard   *guard;   /* borrowed; nullable: of the listeners here */
  GQueue          all;     /* of CulvertFtpData, which embed their links; oldest first */
  guint           idle_ms; /* CULVERT_FTP_DATA_IDLE_MS; a test may want less */
} CulvertFtpDataSet;

void culvert_ftp_data_set_init (CulvertFtpDataSet *self, CulvertForward *forward);
/* Drops all; control connections hear that what they waited for is settled. */
void culvert_ftp_data_set_clear (CulvertFtpDataSet *self);
/**
 * culvert_ftp_data_set_visit:
 * @controls: the control connections
 * @target: (nullable): as for culvert_relay_group_visit()
 *
 * Shows @func the control connections, then the data connections that carry something.
 */
void     culvert_ftp_data_set_visit (CulvertFtpDataSet    *self,
                                     CulvertRelayGroup    *controls,
                                     const char           *target,
                                     CulvertConnectionFunc func,
                                     gpointer              user_data);
gboolean culvert_ftp_data_set_drop (CulvertFtpDataSet *self, guint64 id);
/* May this control connection have one more? */
gboolean culvert_ftp_data_set_has_room (CulvertFtpDataSet *self, guint64 parent_id);

/**
 * culvert_ftp_data_listen_here:
 * @parent_id: of the control connection
 * @host: the address to listen on
 * @client: (nullable): the only address that may connect
 * @target: where it leads, as the server sees it
 * @port: (out): where it listens
 *
 * There is no ready() and no failed(): it listens at once or not at all.
 *
 * Errors: CULVERT_FORWARD_ERROR
 */
CulvertFtpData *culvert_ftp_data_listen_here (CulvertFtpDataSet          *set,
                                              guint64                     parent_id,
                                              const char                 *host,
                                              const char                 *client,
                                              const CulvertEndpoint      *target,
                                              const CulvertFtpDataEvents *events,
                                              gpointer                    user_data,
                                              guint16                    *port,
                                              GError                    **error);

/**
 * culvert_ftp_data_listen_there:
 * @host: where the server is asked to listen
 * @client: (nullable): the only address that may connect, as the server names it
 * @target: where it leads, as this computer sees it
 */
CulvertFtpData *culvert_ftp_data_listen_there (CulvertFtpDataSet          *set,
                                               guint64                     parent_id,
                                               CulvertTransport           *transport,
                                               const char                 *host,
                                               const char                 *client,
                                               const CulvertEndpoint      *target,
                                               const CulvertFtpDataEvents *events,
                                               gpointer                    user_data);

/* Its control connection wants it no more: it is dropped, if it still waits.  No event follows. */
void culvert_ftp_data_abandon (CulvertFtpData *self);

G_END_DECLS
