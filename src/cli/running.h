/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The running Culvert as culvertctl sees it over the session bus (data/io.github.culvert_app.Culvert.xml): its
 * tunnels with their properties, kept up to date while the main loop runs.
 *
 * Belongs to the thread that opened it. */

#include "cli/running-tunnel.h"

G_BEGIN_DECLS

typedef struct _CulvertRunning CulvertRunning;

typedef enum
{
  CULVERT_RUNNING_ADDED,
  CULVERT_RUNNING_CHANGED,
  CULVERT_RUNNING_REMOVED, /* the last word about the tunnel */
  CULVERT_RUNNING_ENDED,   /* Culvert itself has; there is no tunnel to it */
} CulvertRunningEvent;

typedef void (*CulvertRunningFunc) (CulvertRunningEvent   event,
                                    CulvertRunningTunnel *tunnel,
                                    gpointer              user_data);

/* How one is found. */
typedef enum
{
  CULVERT_RUNNING_START,  /* is started when there is none; a failure is said on standard error */
  CULVERT_RUNNING_WATCH,  /* the same, and its figures are counted from now on */
  CULVERT_RUNNING_IF_ANY, /* is not started, and nothing is said */
} CulvertRunningMode;

/* (transfer full) (nullable) */
CulvertRunning *culvert_running_open (CulvertRunningMode mode);
void            culvert_running_free (CulvertRunning *self);

/* Who hears of changes, from the main loop. */
void culvert_running_set_func (CulvertRunning *self, CulvertRunningFunc func, gpointer user_data);

/* (transfer none) (element-type CulvertRunningTunnel): by name */
GPtrArray *culvert_running_get_tunnels (CulvertRunning *self);

/* (transfer none) (nullable): by id or name; else a message was printed, and @exit_status was set */
CulvertRunningTunnel *
culvert_running_find (CulvertRunning *self, const char *word, int *exit_status);
/* (transfer container) (nullable): each once; NULL, and a message for each, when some are not found */
GPtrArray *culvert_running_find_all (CulvertRunning *self, char **words, int *exit_status);
/* (transfer none) (nullable) */
CulvertRunningTunnel *culvert_running_find_id (CulvertRunning *self, const char *id);

/**
 * culvert_running_call:
 * @arguments: (nullable) (transfer floating): a tuple
 * @type: of the answer
 * @exit_status: (out) (optional): set when it fails
 *
 * Calls a method of the tunnel's and waits for the answer; its properties are then as after the call.
 * When that fails, the reason is said on standard error.
 *
 * Returns: (transfer full) (nullable)
 */
GVariant *culvert_running_call (CulvertRunning       *self,
                                CulvertRunningTunnel *tunnel,
                                const char           *method,
                                GVariant             *arguments,
                                const char           *type,
                                int                  *exit_status);

/* Switches a group on or off ("StartGroup", "StopGroup") and waits for the answer; all tunnels are then as after it.
 * When that fails, the reason is said on standard error. Returns: what to end with */
int culvert_running_switch_group (CulvertRunning *self, const char *method, const char *group);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertRunning, culvert_running_free)

G_END_DECLS
