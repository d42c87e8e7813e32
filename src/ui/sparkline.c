/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/sparkline.h"

#include "ui/graph-series.h"

#define SHOWN_S   30
#define WIDTH_PX  48
#define HEIGHT_PX 20

struct _CulvertSparkline
{
  CulvertHistoryView parent_instance;
};

G_DEFINE_FINAL_TYPE (CulvertSparkline, culvert_sparkline, CULVERT_TYPE_HISTORY_VIEW)

static void
culvert_sparkline_draw (CulvertHistoryView *view,
                        cairo_t            *cr,
                        const double       *received,
                        const double       *sent,
                        double              largest)
{
  double       ceiling = MAX (largest, culvert_graph_ceiling (0));
  GdkRectangle area = {
    .x = 0,
    .y = 1,
    .width = gtk_widget_get_width (GTK_WIDGET (view)),
    .height = gtk_widget_get_height (GTK_WIDGET (view)) - 2,
  };

  culvert_history_view_draw_series (view, cr, "culvert_received", &area, received, ceiling, TRUE);
  culvert_history_view_draw_series (view, cr, "culvert_sent", &area, sent, ceiling, FALSE);
}

static void
culvert_sparkline_measure (GtkWidget     *widget,
                           GtkOrientation orientation,
                           int            for_size,
                           int           *minimum,
                           int           *natural,
                           int           *minimum_baseline,
                           int           *natural_baseline)
{
  *minimum = *natural = orientation == GTK_ORIENTATION_HORIZONTAL ? WIDTH_PX : HEIGHT_PX;
}

static void
culvert_sparkline_class_init (CulvertSparklineClass *klass)
{
  GtkWidgetClass          *widget_class = GTK_WIDGET_CLASS (klass);
  CulvertHistoryViewClass *view_class = CULVERT_HISTORY_VIEW_CLASS (klass);

  widget_class->measure = culvert_sparkline_measure;
  view_class->n_samples = SHOWN_S * CULVERT_RATE_SAMPLES_PER_S;
  view_class->draw = culvert_sparkline_draw;
  gtk_widget_class_set_css_name (widget_class, "sparkline");
}

static void
culvert_sparkline_init (CulvertSparkline *self)
{
}
