/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Buttons that let a forward listen elsewhere: on a port that is free, at an address where its port is. */

#include "core/endpoint.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * culvert_port_buttons_fill:
 * @box: gets them before its other children, and loses those it had
 * @error: (nullable): why the forward cannot listen, with FACT_FREE_PORT and FACT_FREE_ADDRESS
 * @listen: where it cannot
 * @action: what a button does, with the text form of an endpoint ("s")
 *
 * Returns: is there any?
 */
gboolean culvert_port_buttons_fill (GtkBox                *box,
                                    const GError          *error,
                                    const CulvertEndpoint *listen,
                                    const char            *action);

G_END_DECLS
