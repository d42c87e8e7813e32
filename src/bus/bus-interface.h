/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* One interface of one object on a bus, whose properties are looked up when they are asked for and told
 * when they have changed.  Belongs to the thread whose default context was current at its export. */

#include <gio/gio.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_BUS_INTERFACE (culvert_bus_interface_get_type ())
G_DECLARE_FINAL_TYPE (CulvertBusInterface,
                      culvert_bus_interface,
                      CULVERT,
                      BUS_INTERFACE,
                      GDBusInterfaceSkeleton)

typedef struct
{
  /* Answers @invocation, now or later.  Method and types of the arguments are those of the interface. */
  void (*call) (const char            *method,
                GVariant              *arguments,
                GDBusMethodInvocation *invocation,
                gpointer               user_data);
  /* (nullable): there are no properties.  Returns a floating reference. */
  GVariant *(*get) (const char *property, gpointer user_data);
} CulvertBusInterfaceFuncs;

/* @info, @funcs: static */
CulvertBusInterface *culvert_bus_interface_new (const GDBusInterfaceInfo       *info,
                                                const CulvertBusInterfaceFuncs *funcs,
                                                gpointer                        user_data);

/* Says on the bus which of @names (nullable: all there are) are different from what was said last.
 * Those that nobody was told yet are not said: whoever asks gets the present value. */
void culvert_bus_interface_tell_changes (CulvertBusInterface *self, const char *const *names);

/* Its user data goes: it leaves the bus, and whoever has called meanwhile is told that the object is gone. */
void culvert_bus_interface_detach (CulvertBusInterface *self);

G_END_DECLS
