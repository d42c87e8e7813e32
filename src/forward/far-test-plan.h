/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Which addresses of its own a server is asked to connect to for a test (forward/far-test.h), and
 * what follows from how that went.  Pure.
 *
 *   asked to listen on     tried
 *   loopback               that; then the address that the server was reached at, which should refuse
 *   all addresses          loopback; then the address that the server was reached at
 *   another address        that; then, only if it refuses, loopback
 *
 * Spec: sshd_config(5) GatewayPorts. */

#include "core/endpoint.h"
#include "forward/forward.h"

G_BEGIN_DECLS

typedef struct
{
  const char *asked;      /* borrowed: the host to listen on */
  char       *address;    /* nullable: that the server was reached at, if that tells anything */
  guint       n_tried;    /* legs that were begun */
  gboolean    has_failed; /* for good: `error` says why */
  gboolean    has_tried_target; /* the owner's */
  gboolean    is_back[2];       /* of each leg */
  GError     *errors[2];        /* of each leg that did not come back */
  GError     *error;            /* of the target */
} CulvertFarTestPlan;

/* @listen: TCP; outlives the plan.  @server_address: nullable */
void culvert_far_test_plan_init (CulvertFarTestPlan    *self,
                                 const CulvertEndpoint *listen,
                                 const char            *server_address);
void culvert_far_test_plan_clear (CulvertFarTestPlan *self);

/* (nullable): the host to try next; NULL when there is nothing more to find out */
const char *culvert_far_test_plan_next (CulvertFarTestPlan *self);
/* How that went.  @error: (nullable): NULL when it came back */
void culvert_far_test_plan_note (CulvertFarTestPlan *self, const GError *error);
/* The target does not answer. */
void culvert_far_test_plan_fail (CulvertFarTestPlan *self, const GError *error);

/* @error: set for FAILED and UNTOLD */
CulvertTestState culvert_far_test_plan_conclude (CulvertFarTestPlan *self, GError **error);

G_END_DECLS
