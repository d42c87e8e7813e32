/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What tests of a check share: a real server, a target behind it, and a profile that leads there. */

#include "engine/check.h"
#include "support/culvert-test.h"
#include "support/fake-secret-store.h"
#include "support/scripted-prompter.h"
#include "support/sshd-fixture.h"
#include "support/targets.h"

G_BEGIN_DECLS

#define PATIENCE_MS 20000

typedef struct
{
  CulvertTempDir          *dir;
  CulvertSshd             *sshd;
  CulvertTarget           *echo;
  char                    *known_hosts;
  CulvertScriptedPrompter *prompter;
  CulvertFakeSecretStore  *secrets;
  CulvertProfile          *profile; /* with one key, and no forward */
  CulvertCheck            *check;   /* NULL until started */
} CheckFixture;

/* @data: (nullable): one more line of sshd_config, or "passwords": by password alone */
void check_fixture_set_up (CheckFixture *self, gconstpointer data);
void check_fixture_tear_down (CheckFixture *self, gconstpointer data);

/* @argument: as of -L, -R and -D; port 0 here is a free one */
void check_fixture_add_forward (CheckFixture      *self,
                                const char        *id,
                                CulvertForwardKind kind,
                                const char        *argument);
/* -L to the target; the port is any */
void check_fixture_add_echo (CheckFixture *self);
/* The profile gives way to that. */
void check_fixture_set_address (CheckFixture *self, const char *host, guint16 port);

/* @tunnels: (nullable) */
void check_fixture_start (CheckFixture *self, GListModel *tunnels);
void check_fixture_wait (CheckFixture *self, CulvertCheckState state);
/* Both. */
void check_fixture_run (CheckFixture *self, CulvertCheckState state);

/* (transfer none) (nullable): the first stage of that kind. @place: -1: any */
const CulvertCheckStageFields      *
check_fixture_find (CheckFixture *self, int place, CulvertStageKind kind);
void check_fixture_assert_stage (CheckFixture     *self,
                                 int               place,
                                 CulvertStageKind  kind,
                                 CulvertStageState state,
                                 CulvertStageNote  note);
/* The first that failed, and everything after it on the way was not tried. */
void check_fixture_assert_failure (CheckFixture *self, CulvertStageKind kind, int code);
/* (transfer full): its report, which was looked through for secrets */
char *check_fixture_dup_report (CheckFixture *self);

G_END_DECLS
