/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What to do so that the forwards that run are those that are wanted.  Pure.
 *
 * Forwards are told apart by id.  One that runs as it is wanted is kept, with its connections; one
 * that listens elsewhere or leads elsewhere is destroyed and created again.  A new name, or
 * another page for the browser, is no reason to touch it. */

#include "core/forward-spec.h"

G_BEGIN_DECLS

typedef enum
{
  CULVERT_RECONCILE_KEEP,
  CULVERT_RECONCILE_DESTROY,
  CULVERT_RECONCILE_CREATE,
} CulvertReconcileAction;

typedef struct
{
  CulvertReconcileAction action;
  CulvertForwardSpec    *spec; /* DESTROY: the running one; else the wanted one */
} CulvertReconcileStep;

/**
 * culvert_reconcile:
 * @wanted: (element-type CulvertForwardSpec): the forwards of a profile; those that are switched
 *   off are not wanted, nor is a second one with the same id
 * @running: (element-type CulvertForwardSpec): what runs, by whatever spec it was started with
 *
 * Returns: (transfer full) (element-type CulvertReconcileStep): a step for each wanted and each
 *   running forward, to be done in this order: what is destroyed comes first, so that its port is
 *   free for what is created
 */
GPtrArray *culvert_reconcile (GPtrArray *wanted, GPtrArray *running);

G_END_DECLS
