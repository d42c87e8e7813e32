/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A store of tunnels in a folder of its own, which the test also writes to as another program would,
 * and a record of what the store says. */

#include "core/profile-store.h"
#include "support/culvert-test.h"

G_BEGIN_DECLS

/* How long the watch may take to see what another program did. */
#define STORE_WATCH_DEADLINE_MS 5000

typedef struct
{
  CulvertTempDir      *temp;
  char                *dir;
  CulvertProfileStore *store;
  GString             *changes; /* "position,removed,added " for each change of the list */
  guint                n_bad_changes;
  guint                n_notified;
} StoreFixture;

/* Setup and teardown for g_test_add(). */
void store_set_up (StoreFixture *fixture, gconstpointer data);
void store_tear_down (StoreFixture *fixture, gconstpointer data);

/* The store is opened by the setup; closing it checks that nobody holds it any more. */
void store_open (StoreFixture *fixture);
void store_close (StoreFixture *fixture);

/* (transfer full): the path of a file in the folder */
char *store_path (StoreFixture *fixture, const char *name);
char *store_read_file (StoreFixture *fixture, const char *name);

/* As another program does. */
void store_write_file (StoreFixture *fixture, const char *name, const char *text);
void store_write_tunnel (StoreFixture *fixture, const char *id, const char *name);

/* (transfer full): a tunnel to the host "h" */
CulvertProfile *store_make (const char *id, const char *name);

/* Saves, and fails the test when that fails. */
void store_save (StoreFixture *fixture, CulvertProfile *profile);
void store_save_new (StoreFixture *fixture, const char *id, const char *name);

/* The names in the list, in order, separated by spaces. */
void store_assert_names (StoreFixture *fixture, const char *expected);

/* What "items-changed" said since the last call: "position,removed,added " for each. */
void store_assert_changes (StoreFixture *fixture, const char *expected);

/* The name of the tunnel @id; fails the test when there is none. */
const char *store_name_of (StoreFixture *fixture, const char *id);

G_END_DECLS
