/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Places in a row, named below, with legs between them that say by a lock whether they are encrypted. */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CULVERT_ROUTE_PLACES_MAX 6

/* How a leg is travelled. */
typedef enum
{
  CULVERT_LEG_ENCRYPTED,
  CULVERT_LEG_PLAIN,
  CULVERT_LEG_WITHIN, /* one computer: nothing travels */
} CulvertLeg;

/* All borrowed. */
typedef struct
{
  const char *icon_name;
  const char *title;
  const char *detail;
  gboolean    is_name; /* the title is a name, not words of ours */
} CulvertRoutePlace;

#define CULVERT_TYPE_ROUTE_STRIP (culvert_route_strip_get_type ())
G_DECLARE_FINAL_TYPE (CulvertRouteStrip, culvert_route_strip, CULVERT, ROUTE_STRIP, GtkWidget)

void culvert_route_strip_set_n_places (CulvertRouteStrip *self, guint n_places);
void culvert_route_strip_show_place (CulvertRouteStrip       *self,
                                     guint                    index,
                                     const CulvertRoutePlace *place);
/* The leg behind place @index. */
void culvert_route_strip_show_leg (CulvertRouteStrip *self,
                                   guint              index,
                                   CulvertLeg         leg,
                                   gboolean           is_broken);

/* In pixels: from which width on its names can be read. */
int culvert_route_strip_get_roomy_width (CulvertRouteStrip *self);

G_END_DECLS
