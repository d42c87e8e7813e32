/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Asks for the name of a group: the one that a tunnel is moved to, or a new name for one. */

#include "engine/tunnel-manager.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* @group: valid, or "" for none */
typedef void (*CulvertGroupFunc) (const char *group, gpointer user_data);

/* Moves a tunnel: any group, a new one, or none. @chosen is called unless it is cancelled. */
GtkWidget *culvert_group_dialog_new_for_tunnel (GtkWindow           *parent,
                                                CulvertTunnel       *tunnel,
                                                CulvertTunnelGroups *groups,
                                                CulvertGroupFunc     chosen,
                                                gpointer             user_data,
                                                GDestroyNotify       free_user_data);

/* Renames a group; the name of another one puts both together, which is said. */
GtkWidget *culvert_group_dialog_new_for_group (GtkWindow           *parent,
                                               const char          *name,
                                               CulvertTunnelGroups *groups,
                                               CulvertGroupFunc     chosen,
                                               gpointer             user_data,
                                               GDestroyNotify       free_user_data);

G_END_DECLS
