/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The test of a forward that listens at the server: the server is asked to connect to its own port,
 * the connection must come back as a client of this forward, and then the target must answer.
 *
 * A client cannot be told from the test by its address: what the test says first is random, and who
 * says the same is the test.  Whoever comes meanwhile and says nothing waits until that is known; no
 * other client notices.  The test is not counted, and its connections are closed as soon as they have
 * told what they can.
 *
 * A server does not say that it listens on loopback alone (`GatewayPorts no`), or on all addresses
 * (`yes`), in the place of what was asked: so the address that it has been reached at is tried, too.
 *
 * Every step has its limit of time.  Lives in the forward's thread.
 *
 * Spec: RFC 4254 section 7.2; PRODUCT 1.7, 4.6. */

#include "forward/forward.h"

G_BEGIN_DECLS

typedef struct _CulvertFarTest CulvertFarTest;

/* A test that was begun is told about once, and is to be freed then.  @state, @error: as for
 * culvert_forward_get_test_state(); NONE when the session ended. */
typedef void (*CulvertFarTestDone) (CulvertForward  *forward,
                                    CulvertTestState state,
                                    const GError    *error);

/* Takes back a client that is not the test: @stream is offered as it was at first. */
typedef void (*CulvertFarTestPass) (CulvertForward        *forward,
                                    CulvertStream         *stream,
                                    const CulvertEndpoint *originator);

/**
 * culvert_far_test_new:
 * @forward: LISTENING, with a transport
 * @server_address: (nullable): the IP address at which the server was reached
 * @open_limit_ms, @back_limit_ms: how long the server may take to connect, and after that the
 *   connection to come back
 */
CulvertFarTest *culvert_far_test_new (CulvertForward    *forward,
                                      const char        *server_address,
                                      guint              open_limit_ms,
                                      guint              back_limit_ms,
                                      CulvertFarTestDone done,
                                      CulvertFarTestPass pass);
/* Gives up what is under way, and passes on every client that it still has. */
void culvert_far_test_free (CulvertFarTest *self);

/* Somebody came to the port.  @stream: (transfer full) */
void culvert_far_test_offered (CulvertFarTest        *self,
                               CulvertStream         *stream,
                               const CulvertEndpoint *originator);

#define CULVERT_FAR_TEST_OPEN_MS (10 * 1000)
#define CULVERT_FAR_TEST_BACK_MS (5 * 1000)

G_END_DECLS
