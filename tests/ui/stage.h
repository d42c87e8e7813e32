/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A stage for widgets: a real store in a folder that goes away, the real manager, and real tunnels
 * that are put into any state without a network, by writing into their private structure and
 * notifying as they do themselves.  For GTest programs with a display. */

#include "engine/tunnel-manager.h"
#include "support/fake-secret-store.h"

G_BEGIN_DECLS

typedef struct _CulvertStage CulvertStage;

CulvertStage *culvert_stage_new (void);
void          culvert_stage_free (CulvertStage *self);

CulvertTunnelManager *culvert_stage_get_manager (CulvertStage *self);
CulvertProfileStore  *culvert_stage_get_store (CulvertStage *self);
CulvertSecretStore   *culvert_stage_get_secrets (CulvertStage *self);
const char           *culvert_stage_get_dir (CulvertStage *self);

CulvertFakeSecretStore *culvert_stage_get_fake_secrets (CulvertStage *self);

/**
 * culvert_stage_add:
 * @name: of the tunnel
 * @command: an ssh command line that says the rest
 *
 * Returns: (transfer none): the tunnel, saved and stopped
 */
CulvertTunnel *culvert_stage_add (CulvertStage *self, const char *name, const char *command);

/* @n tunnels, @n_per_group of them in each group "Group 1", "Group 2"…, as another program leaves them
 * there: without the time that it takes to save each for good. */
void culvert_stage_add_many (CulvertStage *self, guint n, guint n_per_group);

/* Gives forward @index a name. */
void culvert_stage_name_forward (CulvertStage  *self,
                                 CulvertTunnel *tunnel,
                                 guint          index,
                                 const char    *name);

/* @error: (transfer full) (nullable) */
void culvert_stage_set_state (CulvertTunnel *tunnel, CulvertTunnelState state, GError *error);

/* Waiting, for @wait_s more seconds. */
void culvert_stage_set_waiting (CulvertTunnel *tunnel, int wait_s, GError *error);

/* Up since @up_s seconds, with all its forwards listening, and facts of the session. */
void culvert_stage_set_up (CulvertTunnel *tunnel, gint64 up_s);

/* What the server of a tunnel that is up tells whoever signs in. */
void culvert_stage_set_banner (CulvertTunnel *tunnel, const char *banner);

/* Needs the person: asks with @fields through its prompter. */
void
culvert_stage_ask (CulvertStage *self, CulvertTunnel *tunnel, const CulvertPromptFields *fields);

typedef double (*CulvertStageRate) (double age_s);

/* Two minutes of traffic at these rates (bytes per second, by age), and what they sum up to. */
void
culvert_stage_set_traffic (CulvertTunnel *tunnel, CulvertStageRate received, CulvertStageRate sent);

/* One more sample of @received and @sent bytes. */
void culvert_stage_add_sample (CulvertTunnel *tunnel, guint64 received, guint64 sent);

/* @error, @target_error: (transfer full) (nullable) */
void culvert_stage_set_forward (CulvertTunnel      *tunnel,
                                guint               index,
                                CulvertForwardState state,
                                GError             *error,
                                CulvertTargetState  target_state,
                                GError             *target_error);

/* @n_held clients of forward @index wait for a session. */
void culvert_stage_set_held (CulvertTunnel *tunnel, guint index, guint n_held);

/* Forward @index listens at the server, on the @host and @port that the server picked. */
void culvert_stage_set_picked (CulvertTunnel *tunnel, guint index, const char *host, guint16 port);

/* Forward @index failed, and tries again in @wait_s. @error: (transfer full) */
void culvert_stage_set_retrying (CulvertTunnel *tunnel, guint index, int wait_s, GError *error);

/* What a test of forward @index, which listens at the server, has found out. @error: (transfer full)
 * (nullable) */
void
culvert_stage_set_test (CulvertTunnel *tunnel, guint index, CulvertTestState state, GError *error);

/* @n_open connections through forward @index. */
/* Clients of the forward that were sent away (forward/guard.h). */
void
culvert_stage_set_sent_away (CulvertTunnel *tunnel, guint index, guint n_foreign, guint n_unseen);

void culvert_stage_set_open (CulvertTunnel *tunnel, guint index, guint n_open);

/* One connection, as the link tells of it. */
typedef struct
{
  guint64                id;
  guint64                parent_id;
  guint                  forward; /* index */
  const char            *client;
  const char            *target;
  gboolean               is_there; /* the client is at the server */
  const char            *program;  /* nullable */
  guint                  pid;
  CulvertConnectionState state;
  gboolean               is_hidden_ftp;
  guint64                n_received;
  guint64                n_sent;
  double                 received_rate; /* bytes per second */
  double                 sent_rate;
  gint64                 age_s;
} CulvertStageConnection;

/* Just these connections are there. */
void culvert_stage_set_connections (CulvertTunnel                *tunnel,
                                    const CulvertStageConnection *connections,
                                    guint                         n_connections);

/* The next list: those that are there, each with @n_bytes more both ways, times its place in the list
 * modulo ten. */
void culvert_stage_move_connections (CulvertTunnel *tunnel, guint64 n_bytes);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertStage, culvert_stage_free)

G_END_DECLS
