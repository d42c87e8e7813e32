/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A tunnel as the bus sees it: the value of each property.  Pure, but for the clock. */

#include "engine/tunnel.h"

G_BEGIN_DECLS

/* What a tunnel itself does not know; real time, microseconds. */
typedef struct
{
  gint64 since_us;    /* when it got into its state */
  gint64 next_try_us; /* 0: it does not wait for a time */
} CulvertBusTimes;

/* The properties whose changes are told only while somebody watches. */
extern const char *const culvert_bus_figures[];
/* All the others that change. */
extern const char *const culvert_bus_states[];

/* @property: one of the interface's. (transfer floating) */
GVariant *culvert_bus_get_tunnel_value (CulvertTunnel         *tunnel,
                                        const CulvertBusTimes *times,
                                        const char            *property);

/* The lines of the log, as the method answers. (transfer floating) */
GVariant *culvert_bus_get_log (CulvertLog *log, guint64 after);

G_END_DECLS
