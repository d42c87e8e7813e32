/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A runner in a thread of its own.
 *
 * Belongs to the thread whose default context is current at construction.  Commands go to the
 * runner through its own context, and what it tells comes back through the owner's, in order.
 * Nothing here blocks: the thread is joined once it has said that it ends, which may be a while after
 * the runner finished. */

#include "engine/runner.h"

G_BEGIN_DECLS

typedef struct _CulvertLinkThread CulvertLinkThread;

/**
 * culvert_link_thread_new:
 * @events: called in the owner's thread, never from inside a call made here
 *
 * Makes a runner and starts it in a new thread.
 *
 * Errors: `G_THREAD_ERROR_AGAIN` when the system has no thread to give.
 *
 * Returns: (transfer full) (nullable): give it back with culvert_link_thread_leave()
 */
CulvertLinkThread *culvert_link_thread_new (const CulvertRunnerConfig *config,
                                            const CulvertRunnerEvents *events,
                                            gpointer                   user_data,
                                            GError                   **error);

/* The owner goes: no event comes any more, questions that come are withdrawn, and the thread is
 * stopped if it still runs.  It is joined and freed when it has ended. */
void culvert_link_thread_leave (CulvertLinkThread *self);

/* As culvert_runner_… of the same name; they do nothing once the runner has finished. */
void culvert_link_thread_stop (CulvertLinkThread *self);
void culvert_link_thread_abort (CulvertLinkThread *self);
void culvert_link_thread_set_profile (CulvertLinkThread *self, CulvertProfile *profile);
void culvert_link_thread_retry_forward (CulvertLinkThread *self, const char *forward_id);
void culvert_link_thread_test_forward (CulvertLinkThread *self, const char *forward_id);
void culvert_link_thread_list_connections (CulvertLinkThread *self, guint serial);
void culvert_link_thread_close_connection (CulvertLinkThread *self, guint64 connection_id);
void culvert_link_thread_retry_now (CulvertLinkThread *self);
void culvert_link_thread_network_changed (CulvertLinkThread *self, CulvertNetworkEvent event);
void culvert_link_thread_set_network_names (CulvertLinkThread *self, CulvertNetworkNames *names);

/* How many of these threads the program has that were not joined yet, whoever owns or owned them.  A
 * program that ends sooner takes its libraries away from under them. */
guint culvert_link_thread_count (void);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertLinkThread, culvert_link_thread_leave)

G_END_DECLS
