/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The forwards that a runner has running.  Lives in the link thread. */

#include "engine/runner.h"

G_BEGIN_DECLS

typedef struct _CulvertForwardSet CulvertForwardSet;

/* Called after every change of a forward. */
typedef void (*CulvertForwardReportFunc) (const CulvertForwardReport *report, gpointer user_data);

/* Called when a client of any of them begins to wait for a transport. */
typedef void (*CulvertForwardClientFunc) (gpointer user_data);

CulvertForwardSet *culvert_forward_set_new (CulvertIoSource         *io,
                                            CulvertCounters         *counters,
                                            CulvertLog              *log,
                                            CulvertForwardReportFunc report,
                                            CulvertForwardClientFunc client_waits,
                                            gpointer                 user_data);

/* Stops all. */
void culvert_forward_set_free (CulvertForwardSet *self);

/* Starts, keeps and stops forwards until those of @wanted run that are switched on. */
void culvert_forward_set_apply (CulvertForwardSet *self, GPtrArray *wanted);

/* For those that run and those that come. */
void culvert_forward_set_set_transport (CulvertForwardSet *self, CulvertTransport *transport);

/* Starts one anew that failed; does nothing otherwise. */
void culvert_forward_set_retry (CulvertForwardSet *self, const char *id);

/* Begins a test of one; does nothing if that is not possible.  @server_address: as for
 * culvert_forward_test() */
void culvert_forward_set_test (CulvertForwardSet *self, const char *id, const char *server_address);

/* Reports each as off. */
void culvert_forward_set_stop_all (CulvertForwardSet *self);

/* Shows @func every connection of all of them. */
typedef void (*CulvertForwardConnectionFunc) (const char              *forward_id,
                                              const CulvertConnection *connection,
                                              gpointer                 user_data);
void culvert_forward_set_visit_connections (CulvertForwardSet           *self,
                                            CulvertForwardConnectionFunc func,
                                            gpointer                     user_data);

/* Drops one connection, if it is still there. */
void culvert_forward_set_close_connection (CulvertForwardSet *self, guint64 connection_id);

/* (transfer none) (nullable): why one of them does not listen */
const GError *culvert_forward_set_get_failure (CulvertForwardSet *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertForwardSet, culvert_forward_set_free)

G_END_DECLS
