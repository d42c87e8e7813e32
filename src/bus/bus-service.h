/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The running program on the session bus: the manager's object and one for each tunnel
 * (data/io.github.culvert_app.Culvert.xml).
 *
 * Belongs to the program's own thread. */

#include "engine/tunnel-manager.h"

G_BEGIN_DECLS

typedef struct _CulvertBusService CulvertBusService;

/* What it leaves to the program. */
typedef struct
{
  /* Somebody asked for the program's end.  The caller has its answer. */
  void (*quit) (gpointer user_data);
  /* Somebody began to watch, or the last one has left.  Figures must be counted meanwhile. */
  void (*watched) (gboolean is_watched, gpointer user_data);
  /* Somebody has called: the program is of use. */
  void (*used) (gpointer user_data);
} CulvertBusServiceFuncs;

/**
 * culvert_bus_service_new:
 * @funcs: static
 *
 * Exports the objects, before the program's name is taken, so that nobody who was waiting for the name
 * finds them missing.  Calls are answered once there is a manager, and a main loop.
 *
 * Returns: (transfer full) (nullable)
 */
CulvertBusService *culvert_bus_service_new (GDBusConnection              *connection,
                                            const CulvertBusServiceFuncs *funcs,
                                            gpointer                      user_data,
                                            GError                      **error);
void               culvert_bus_service_free (CulvertBusService *self);

/* Once, before the first turn of the main loop. */
void culvert_bus_service_set_manager (CulvertBusService *self, CulvertTunnelManager *manager);

/* The program is ending: nothing is switched on any more. */
void culvert_bus_service_end (CulvertBusService *self);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertBusService, culvert_bus_service_free)

G_END_DECLS
