/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/rate-graph.h"

#include "ui/graph-series.h"
#include "words/quantity.h"

#include <glib/gi18n.h>

#define MINIMUM_WIDTH_PX  200
#define MINIMUM_HEIGHT_PX 132
#define GAP_PX            6
#define N_STEPS           2 /* of the scale */
#define GRID_OPACITY      0.15
#define LABEL_OPACITY     0.6

struct _CulvertRateGraph
{
  CulvertHistoryView parent_instance;
};

G_DEFINE_FINAL_TYPE (CulvertRateGraph, culvert_rate_graph, CULVERT_TYPE_HISTORY_VIEW)

/* The scale's labels stand right of the graph, under their line's end, the times below it. */
typedef struct
{
  PangoLayout *scale[N_STEPS + 1]; /* from 0 to the ceiling */
  PangoLayout *times[3];           /* from the left to the right */
  GdkRectangle area;               /* where the lines are drawn */
} Frame;

static void
frame_clear (Frame *frame)
{
  for (guint i = 0; i < G_N_ELEMENTS (frame->scale); i++)
    g_clear_object (&frame->scale[i]);
  for (guint i = 0; i < G_N_ELEMENTS (frame->times); i++)
    g_clear_object (&frame->times[i]);
}

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Frame, frame_clear)

static void
frame_init (Frame *frame, GtkWidget *widget, double ceiling)
{
  const char *times[] = { _ ("2 min ago"), _ ("1 min ago"), _ ("now") };
  int         label_width = 0;
  int         label_height = 0;

  for (guint i = 0; i < G_N_ELEMENTS (frame->scale); i++)
    {
      g_autofree char *text = culvert_words_for_rate (ceiling * i / N_STEPS);
      int              width, height;

      frame->scale[i] = gtk_widget_create_pango_layout (widget, text);
      pango_layout_get_pixel_size (frame->scale[i], &width, &height);
      label_width = MAX (label_width, width);
      label_height = MAX (label_height, height);
    }
  for (guint i = 0; i < G_N_ELEMENTS (frame->times); i++)
    frame->times[i] = gtk_widget_create_pango_layout (widget, times[i]);

  frame->area.x = 0;
  frame->area.y = label_height / 2;
  frame->area.width = gtk_widget_get_width (widget) - label_width - GAP_PX;
  frame->area.height = gtk_widget_get_height (widget) - frame->area.y - label_height - GAP_PX;
}

static void
draw_label (cairo_t *cr, PangoLayout *layout, double x, double y)
{
  cairo_move_to (cr, x, y);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_frame (const Frame *frame, GtkWidget *widget, cairo_t *cr)
{
  const GdkRectangle *area = &frame->area;
  GdkRGBA             colour;
  int                 width, height;

  gtk_style_context_get_color (gtk_widget_get_style_context (widget), &colour);
  cairo_set_line_width (cr, 1);
  for (guint i = 0; i < G_N_ELEMENTS (frame->scale); i++)
    {
      double y = area->y + area->height - (double)area->height * i / N_STEPS;

      cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, GRID_OPACITY);
      cairo_move_to (cr, area->x, (int)y + 0.5);
      cairo_line_to (cr, area->x + area->width, (int)y + 0.5);
      cairo_stroke (cr);
      cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, LABEL_OPACITY);
      pango_layout_get_pixel_size (frame->scale[i], &width, &height);
      draw_label (cr, frame->scale[i], area->x + area->width + GAP_PX, y - height / 2.0);
    }
  for (guint i = 0; i < G_N_ELEMENTS (frame->times); i++)
    {
      double share = i / (G_N_ELEMENTS (frame->times) - 1.0);

      /* Flush at both ends, centred between. */
      pango_layout_get_pixel_size (frame->times[i], &width, &height);
      draw_label (cr, frame->times[i], area->x + area->width * share - width * share,
                  area->y + area->height + GAP_PX);
    }
}

static void
culvert_rate_graph_draw (CulvertHistoryView *view,
                         cairo_t            *cr,
                         const double       *received,
                         const double       *sent,
                         double              largest)
{
  double         ceiling = culvert_graph_ceiling (largest);
  g_auto (Frame) frame = { 0 };

  frame_init (&frame, GTK_WIDGET (view), ceiling);
  if (frame.area.width <= 0 || frame.area.height <= 0)
    return;
  draw_frame (&frame, GTK_WIDGET (view), cr);
  culvert_history_view_draw_series (view, cr, "culvert_received", &frame.area, received, ceiling,
                                    TRUE);
  culvert_history_view_draw_series (view, cr, "culvert_sent", &frame.area, sent, ceiling, FALSE);
}

static void
culvert_rate_graph_measure (GtkWidget     *widget,
                            GtkOrientation orientation,
                            int            for_size,
                            int           *minimum,
                            int           *natural,
                            int           *minimum_baseline,
                            int           *natural_baseline)
{
  *minimum = *natural =
    orientation == GTK_ORIENTATION_HORIZONTAL ? MINIMUM_WIDTH_PX : MINIMUM_HEIGHT_PX;
}

static void
culvert_rate_graph_class_init (CulvertRateGraphClass *klass)
{
  GtkWidgetClass          *widget_class = GTK_WIDGET_CLASS (klass);
  CulvertHistoryViewClass *view_class = CULVERT_HISTORY_VIEW_CLASS (klass);

  widget_class->measure = culvert_rate_graph_measure;
  view_class->n_samples = CULVERT_RATE_MAX_SAMPLES;
  view_class->draw = culvert_rate_graph_draw;
  gtk_widget_class_set_css_name (widget_class, "rategraph");
}

static void
culvert_rate_graph_init (CulvertRateGraph *self)
{
}
