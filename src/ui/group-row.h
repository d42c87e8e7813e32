/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The heading of a group in the list: its name, how much of it is on, its menu and its switch.  Activated,
 * it collapses or expands the group.
 *
 * Actions: "group.rename", "group.move-up", "group.move-down", "group.one-at-a-time" (with a state). */

#include "engine/tunnel-manager.h"
#include "ui/grouped-tunnels.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_GROUP_ROW (culvert_group_row_get_type ())
G_DECLARE_FINAL_TYPE (CulvertGroupRow, culvert_group_row, CULVERT, GROUP_ROW, GtkListBoxRow)

/* @shown: the list that it is in, which knows what is collapsed */
GtkWidget *culvert_group_row_new (CulvertTunnelGroup    *group,
                                  CulvertTunnelManager  *manager,
                                  CulvertGroupedTunnels *shown);

CulvertTunnelGroup *culvert_group_row_get_group (CulvertGroupRow *self);

/* Collapses or expands. */
void culvert_group_row_toggle (CulvertGroupRow *self);

/* (transfer full): how much of it is on, in words */
char *culvert_group_row_dup_words (CulvertTunnelGroup *group);

G_END_DECLS
