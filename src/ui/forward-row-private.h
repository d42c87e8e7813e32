/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the row of a forward shares between showing it (forward-row.c) and what can be done with it
 * (forward-row-actions.c). */

#include "ui/clock.h"
#include "ui/forward-row.h"
#include "ui/lights.h"

G_BEGIN_DECLS

struct _CulvertForwardRow
{
  GtkListBoxRow         parent_instance;
  CulvertTunnelManager *manager;
  CulvertTunnel        *tunnel;
  CulvertForwardItem   *item;
  CulvertClock         *clock; /* ticks for the row while it counts down in sight */
  gboolean              holds_clock;
  CulvertLights        *lights;
  GtkLabel             *title;
  GtkLabel             *traffic;
  GtkLabel             *trouble;
  GtkWidget            *trouble_box;
  GtkBox               *proposals;
  GtkSwitch            *toggle;
  GtkMenuButton        *more;
};

/* Says it in the window. */
void culvert_forward_row_show_failure (CulvertForwardRow *self, const GError *error);

void culvert_forward_row_install_actions (GtkWidgetClass *widget_class);

/* What there is an address for can be copied, and opened while it listens. */
void culvert_forward_row_update_actions (CulvertForwardRow *self);

G_END_DECLS
