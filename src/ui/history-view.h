/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* What the two graphs have in common: they follow one tunnel's history of rates, draw again when a
 * sample changed the picture and only while somebody can see it, and say their figures to who
 * cannot.  Property "tunnel" (nullable). */

#include "engine/tunnel.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_HISTORY_VIEW (culvert_history_view_get_type ())
G_DECLARE_DERIVABLE_TYPE (CulvertHistoryView,
                          culvert_history_view,
                          CULVERT,
                          HISTORY_VIEW,
                          GtkWidget)

struct _CulvertHistoryViewClass
{
  GtkWidgetClass parent_class;

  /* How many samples back it shows; fixed for a class. */
  guint n_samples;
  /* Draws both series, oldest value first, n_samples of each, into the size that it has. */
  void (*draw) (CulvertHistoryView *self,
                cairo_t            *cr,
                const double       *received,
                const double       *sent,
                double              largest);
};

void           culvert_history_view_set_tunnel (CulvertHistoryView *self, CulvertTunnel *tunnel);
CulvertTunnel *culvert_history_view_get_tunnel (CulvertHistoryView *self);

/* FALSE while it is mapped, but scrolled away: it rests then.  TRUE at first. */
void culvert_history_view_set_in_sight (CulvertHistoryView *self, gboolean is_in_sight);

/* How often a sample led to a new drawing: for tests of idleness. */
guint culvert_history_view_get_n_redraws (CulvertHistoryView *self);

/* Strokes, and fills when @fill, one series into the rectangle, newest at its right edge, with the
 * colour that style.css gives to @direction ("culvert_received", "culvert_sent"). */
void culvert_history_view_draw_series (CulvertHistoryView *self,
                                       cairo_t            *cr,
                                       const char         *colour_name,
                                       const GdkRectangle *area,
                                       const double       *values,
                                       double              ceiling,
                                       gboolean            fill);

G_END_DECLS
