/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What tests of `culvertctl run` share: a home, a real server with an echo behind it, and ways to start
 * the command, to use its forward and to see how it ends. */

#include "ctl-support.h"
#include "support/sshd-fixture.h"
#include "support/targets.h"

G_BEGIN_DECLS

typedef struct
{
  CulvertCtlHome *home;
  CulvertSshd    *sshd;
  CulvertTarget  *target;
  char           *known_hosts;
  char           *port;    /* of the server */
  guint16         listen;  /* free for a forward */
  char           *forward; /* LISTEN:127.0.0.1:TARGET */
  char           *server;  /* user@127.0.0.1 */
} CtlRunFixture;

/* @data: (nullable): of CulvertSshdOptions */
void                            ctl_run_set_up (CtlRunFixture *fixture, gconstpointer data);
void                            ctl_run_tear_down (CtlRunFixture *fixture, gconstpointer data);
extern const CulvertSshdOptions ctl_run_passwords_only;

const char *ctl_run_get_key (CtlRunFixture *fixture);

/* `run OPTIONS -- ssh -N -p … -i KEY -L … user@127.0.0.1 MORE`; @options, @key and @more: nullable */
CulvertCtl              *ctl_run_start (CtlRunFixture     *fixture,
                                        const char *const *options,
                                        const char        *key,
                                        const char *const *more);
CulvertCtl              *ctl_run_start_once (CtlRunFixture *fixture, const char *key);
extern const char *const ctl_run_once[]; /* the options of that */

/* Waits for its end; @message: (nullable): the one line that it says */
void ctl_run_assert_ends (CulvertCtl *ctl, int exit_status, const char *message);
/* Ends it by @signal_number, which it must obey within 3 s. */
void ctl_run_assert_obeys (CulvertCtl *ctl, int signal_number, int exit_status);

/* Bytes through the forward and back. */
void ctl_run_carry (CtlRunFixture *fixture);

G_END_DECLS
