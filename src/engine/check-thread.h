/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A check's own session in a thread of its own: reached, proven and signed in to as a tunnel's is, then
 * used for the forwards' part, then ended.
 *
 * Belongs to the thread whose default context is current at construction; works as a link's thread does
 * (engine/link-thread.h). */

#include "base/log.h"
#include "core/prompt.h"
#include "core/stage-event.h"
#include "engine/session-maker.h"

G_BEGIN_DECLS

typedef struct _CulvertCheckThread CulvertCheckThread;

/* In the owner's thread, never from inside a call made here.  All pointers are valid during the call. */
typedef struct
{
  void (*stage) (const CulvertStageEvent *event, gpointer user_data);
  void (*prompt) (CulvertPrompt *prompt, gpointer user_data);
  void (*prompt_result) (CulvertPrompt *prompt, gboolean accepted, gpointer user_data);
  void (*signed_in) (gpointer user_data);
  /* The last event.  @error: (nullable): why it could not go on */
  void (*finished) (const GError *error, gpointer user_data);
} CulvertCheckThreadEvents;

/**
 * culvert_check_thread_new:
 * @own: (element-type utf8): never changed again; see engine/check-forwards.h
 *
 * Errors: `G_THREAD_ERROR_AGAIN` when the system has no thread to give.
 *
 * Returns: (transfer full) (nullable): give it back with culvert_check_thread_leave()
 */
CulvertCheckThread *culvert_check_thread_new (CulvertProfile                 *profile,
                                              CulvertLog                     *log,
                                              const CulvertSessionMaker      *maker,
                                              GHashTable                     *own,
                                              const CulvertCheckThreadEvents *events,
                                              gpointer                        user_data,
                                              GError                        **error);

/* The owner goes, at any time: no event comes any more, and the thread ends by itself, a session in good
 * order. */
void culvert_check_thread_leave (CulvertCheckThread *self);

/* How many of these threads were not joined yet. */
guint culvert_check_thread_count (void);

G_END_DECLS
