/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The staged diagnosis of a tunnel, whether it runs, ever ran, or is saved at all: its server is reached,
 * proven and signed in to by a session of the check's own, on the same way and by the same rules as a
 * start, questions included; then each forward that is on is tried.  It saves what a start would save, and
 * nothing else: host keys that the person or the tunnel's policy accepts, answers that the person wants
 * remembered.
 *
 * Of a tunnel that runs, the ports stay its own, and what listens at the server is tested by the tunnel
 * itself.  Jump servers are shared with tunnels that are connected to them, as at a start.
 *
 * Every wait ends by itself, or, for a person, with culvert_check_cancel().  Belongs to the thread whose
 * default context was current at construction.  May be started again once it is over.
 *
 * Properties, notified: "state" (CulvertCheckState as int), "prompt" (the question that is shown, or NULL).
 *
 * Spec: PRODUCT 4.6. */

#include "core/prompter.h"
#include "core/secret-store.h"
#include "engine/check-stage.h"
#include "engine/session-maker.h"

G_BEGIN_DECLS

typedef enum
{
  CULVERT_CHECK_READY, /* never started */
  CULVERT_CHECK_RUNNING,
  CULVERT_CHECK_PASSED,
  CULVERT_CHECK_FAILED,
  CULVERT_CHECK_CANCELLED,
} CulvertCheckState;

#define CULVERT_TYPE_CHECK (culvert_check_get_type ())
G_DECLARE_FINAL_TYPE (CulvertCheck, culvert_check, CULVERT, CHECK, GObject)

/**
 * culvert_check_new:
 * @prompter: (nullable): asks the person; without one what needs an answer fails
 * @secrets: (nullable): looked into before asking, and written when the person says "remember"
 * @tunnels: (nullable): a list of CulvertTunnel, in which the checked one may be running, and others may
 *   be in its way
 */
CulvertCheck *culvert_check_new (CulvertProfile     *profile,
                                 CulvertPrompter    *prompter,
                                 CulvertSecretStore *secrets,
                                 GListModel         *tunnels);

/* From the first stage on; does nothing while it runs. */
void culvert_check_start (CulvertCheck *self);
/* At once; does nothing unless it runs. */
void culvert_check_cancel (CulvertCheck *self);

CulvertCheckState culvert_check_get_state (CulvertCheck *self);
CulvertProfile   *culvert_check_get_profile (CulvertCheck *self);
/* What it does, line by line, as a tunnel's log. */
CulvertLog *culvert_check_get_log (CulvertCheck *self);
/* (transfer none): of CulvertCheckStage, always the same list; stages that nobody could foresee are
 * added where they belong */
GListModel *culvert_check_get_stages (CulvertCheck *self);
/* (transfer none) (nullable): the first stage that failed */
CulvertCheckStage *culvert_check_get_failure (CulvertCheck *self);

/* Where its sessions come from, for tests; from the next start on. */
void culvert_check_set_session_maker (CulvertCheck *self, const CulvertSessionMaker *maker);

G_END_DECLS
