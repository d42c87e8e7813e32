/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/route-strip.h"

#include "ui/format.h"

#include <glib/gi18n.h>

#define N_LEGS_MAX      (CULVERT_ROUTE_PLACES_MAX - 1)
#define NODE_SIZE_PX    40
#define NODE_ICON_PX    20
#define LOCK_SIZE_PX    20
#define LOCK_ICON_PX    14
#define GAP_PX          6
#define LEG_GAP_PX      4
#define WORD_GAP_PX     6 /* between the names of two places */
#define ARROW_PX        5
#define ROOMY_COLUMN_PX 84 /* where most names can be read */

/* What a place in the picture is: its shape and its words. */
typedef struct
{
  GtkWidget *circle; /* a GtkImage */
  GtkWidget *title;
  GtkWidget *detail;
} Node;

struct _CulvertRouteStrip
{
  GtkWidget  parent_instance;
  Node       nodes[CULVERT_ROUTE_PLACES_MAX]; /* in the direction of a connection */
  GtkWidget *locks[N_LEGS_MAX];
  CulvertLeg legs[N_LEGS_MAX];
  gboolean   is_broken[N_LEGS_MAX];
  guint      n_nodes; /* that are shown; the legs are one less */
};

G_DEFINE_FINAL_TYPE (CulvertRouteStrip, culvert_route_strip, GTK_TYPE_WIDGET)

static int
get_height (GtkWidget *widget, int for_width)
{
  int natural;

  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, for_width, NULL, &natural, NULL, NULL);
  return natural;
}

static void
culvert_route_strip_measure (GtkWidget     *widget,
                             GtkOrientation orientation,
                             int            for_size,
                             int           *minimum,
                             int           *natural,
                             int           *minimum_baseline,
                             int           *natural_baseline)
{
  CulvertRouteStrip *self = CULVERT_ROUTE_STRIP (widget);

  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = (int)self->n_nodes * NODE_SIZE_PX +
                 (int)(self->n_nodes - 1) * (LOCK_SIZE_PX + 2 * ARROW_PX);
      *natural = 420;
      return;
    }
  *minimum = 0;
  for (guint i = 0; i < self->n_nodes; i++)
    *minimum = MAX (*minimum,
                    get_height (self->nodes[i].title, -1) + get_height (self->nodes[i].detail, -1));
  *minimum += NODE_SIZE_PX + GAP_PX;
  *natural = *minimum;
}

/* The left edge of column @index, seen in the direction of reading. */
static int
get_column (GtkWidget *widget, int width, guint index)
{
  guint n_nodes = CULVERT_ROUTE_STRIP (widget)->n_nodes;
  int   column = width / (int)n_nodes;

  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    index = n_nodes - 1 - index;
  return (int)index * column;
}

static void
culvert_route_strip_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  CulvertRouteStrip *self = CULVERT_ROUTE_STRIP (widget);
  int                column = width / (int)self->n_nodes;

  for (guint i = 0; i < self->n_nodes; i++)
    {
      Node *node = &self->nodes[i];
      int   x = get_column (widget, width, i);
      int   title_height = get_height (node->title, -1);
      int   detail_height = get_height (node->detail, -1);

      gtk_widget_size_allocate (
        node->circle,
        &(GtkAllocation){ x + (column - NODE_SIZE_PX) / 2, 0, NODE_SIZE_PX, NODE_SIZE_PX }, -1);
      gtk_widget_size_allocate (node->title,
                                &(GtkAllocation){ x + WORD_GAP_PX / 2, NODE_SIZE_PX + GAP_PX,
                                                  column - WORD_GAP_PX, title_height },
                                -1);
      gtk_widget_size_allocate (node->detail,
                                &(GtkAllocation){ x + WORD_GAP_PX / 2,
                                                  NODE_SIZE_PX + GAP_PX + title_height,
                                                  column - WORD_GAP_PX, detail_height },
                                -1);
    }
  for (guint i = 0; i + 1 < self->n_nodes; i++)
    {
      int x = MAX (get_column (widget, width, i), get_column (widget, width, i + 1));

      gtk_widget_size_allocate (self->locks[i],
                                &(GtkAllocation){ x - LOCK_SIZE_PX / 2,
                                                  (NODE_SIZE_PX - LOCK_SIZE_PX) / 2, LOCK_SIZE_PX,
                                                  LOCK_SIZE_PX },
                                -1);
    }
}

static void
draw_leg (cairo_t       *cr,
          const GdkRGBA *color,
          CulvertLeg     leg,
          gboolean       has_lock,
          double         from,
          double         to)
{
  const double y = NODE_SIZE_PX / 2.0;
  const double direction = to > from ? 1 : -1;
  const double middle = (from + to) / 2;

  gdk_cairo_set_source_rgba (cr, color);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (cr, leg == CULVERT_LEG_ENCRYPTED ? 5 : 2);
  if (leg != CULVERT_LEG_ENCRYPTED)
    cairo_set_dash (cr, (const double[]){ 1, 5 }, leg == CULVERT_LEG_PLAIN ? 2 : 0, 0);
  cairo_move_to (cr, from, y);
  if (has_lock)
    {
      /* Room for the lock. */
      cairo_line_to (cr, middle - direction * LOCK_SIZE_PX / 2, y);
      cairo_move_to (cr, middle + direction * LOCK_SIZE_PX / 2, y);
    }
  cairo_line_to (cr, to - direction * ARROW_PX, y);
  cairo_stroke (cr);

  cairo_set_dash (cr, NULL, 0, 0);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width (cr, 2);
  cairo_move_to (cr, to - direction * ARROW_PX, y - ARROW_PX);
  cairo_line_to (cr, to, y);
  cairo_line_to (cr, to - direction * ARROW_PX, y + ARROW_PX);
  if (leg == CULVERT_LEG_ENCRYPTED)
    {
      cairo_close_path (cr);
      cairo_fill_preserve (cr);
    }
  cairo_stroke (cr);
}

static void
lookup_color (CulvertRouteStrip *self, guint index, GdkRGBA *color)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));

  if (self->is_broken[index] && gtk_style_context_lookup_color (style, "error_color", color))
    return;
  if (self->legs[index] == CULVERT_LEG_ENCRYPTED && !self->is_broken[index] &&
      gtk_style_context_lookup_color (style, "accent_color", color))
    return;
  gtk_style_context_get_color (style, color);
  if (self->legs[index] != CULVERT_LEG_ENCRYPTED)
    color->alpha *= 0.6f;
}

static void
culvert_route_strip_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  CulvertRouteStrip *self = CULVERT_ROUTE_STRIP (widget);
  int                width = gtk_widget_get_width (widget);
  int                column = width / (int)self->n_nodes;
  cairo_t           *cr =
    gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, NODE_SIZE_PX));

  for (guint i = 0; i + 1 < self->n_nodes; i++)
    {
      int     from = get_column (widget, width, i) + column / 2;
      int     to = get_column (widget, width, i + 1) + column / 2;
      int     edge = (to > from ? 1 : -1) * (NODE_SIZE_PX / 2 + LEG_GAP_PX);
      GdkRGBA color;

      lookup_color (self, i, &color);
      draw_leg (cr, &color, self->legs[i], gtk_widget_get_visible (self->locks[i]), from + edge,
                to - edge);
    }
  cairo_destroy (cr);
  GTK_WIDGET_CLASS (culvert_route_strip_parent_class)->snapshot (widget, snapshot);
}

static void
culvert_route_strip_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (culvert_route_strip_parent_class)->dispose (object);
}

static void
culvert_route_strip_class_init (CulvertRouteStripClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_route_strip_dispose;
  widget_class->measure = culvert_route_strip_measure;
  widget_class->size_allocate = culvert_route_strip_size_allocate;
  widget_class->snapshot = culvert_route_strip_snapshot;
  gtk_widget_class_set_css_name (widget_class, "routestrip");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static GtkWidget *
add_image (CulvertRouteStrip *self, int pixel_size, const char *style_class)
{
  GtkWidget *image = gtk_image_new ();

  gtk_image_set_pixel_size (GTK_IMAGE (image), pixel_size);
  gtk_widget_add_css_class (image, style_class);
  gtk_widget_set_parent (image, GTK_WIDGET (self));
  return image;
}

static GtkWidget *
add_label (CulvertRouteStrip *self, const char *style_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (label, style_class);
  gtk_widget_set_parent (label, GTK_WIDGET (self));
  return label;
}

void
culvert_route_strip_set_n_places (CulvertRouteStrip *self, guint n_nodes)
{
  g_return_if_fail (CULVERT_IS_ROUTE_STRIP (self));
  g_return_if_fail (n_nodes > 0 && n_nodes <= CULVERT_ROUTE_PLACES_MAX);

  self->n_nodes = n_nodes;
  for (guint i = 0; i < CULVERT_ROUTE_PLACES_MAX; i++)
    {
      gtk_widget_set_visible (self->nodes[i].circle, i < n_nodes);
      gtk_widget_set_visible (self->nodes[i].title, i < n_nodes);
      gtk_widget_set_visible (self->nodes[i].detail, i < n_nodes);
    }
  for (guint i = 0; i < N_LEGS_MAX; i++)
    gtk_widget_set_visible (self->locks[i], i + 1 < n_nodes);
  gtk_widget_queue_resize (GTK_WIDGET (self));
}

static void
culvert_route_strip_init (CulvertRouteStrip *self)
{
  for (guint i = 0; i < CULVERT_ROUTE_PLACES_MAX; i++)
    {
      self->nodes[i].circle = add_image (self, NODE_ICON_PX, "node");
      self->nodes[i].title = add_label (self, "title");
      self->nodes[i].detail = add_label (self, "detail");
    }
  for (guint i = 0; i < N_LEGS_MAX; i++)
    self->locks[i] = add_image (self, LOCK_ICON_PX, "lock");
  culvert_route_strip_set_n_places (self, 3);
}

void
culvert_route_strip_show_place (CulvertRouteStrip       *self,
                                guint                    index,
                                const CulvertRoutePlace *place)
{
  Node *node;

  g_return_if_fail (CULVERT_IS_ROUTE_STRIP (self));
  g_return_if_fail (index < self->n_nodes);

  node = &self->nodes[index];
  /* A name tells by both its ends, our own words by their beginning. */
  gtk_label_set_ellipsize (GTK_LABEL (node->title),
                           place->is_name ? PANGO_ELLIPSIZE_MIDDLE : PANGO_ELLIPSIZE_END);
  gtk_image_set_from_icon_name (GTK_IMAGE (node->circle), place->icon_name);
  gtk_label_set_label (GTK_LABEL (node->title), place->title);
  gtk_label_set_label (GTK_LABEL (node->detail), place->detail);
  gtk_widget_set_tooltip_text (node->title, place->title);
  gtk_widget_set_tooltip_text (node->detail, place->detail);
}

static void
set_class (GtkWidget *widget, const char *name, gboolean is_set)
{
  if (is_set)
    gtk_widget_add_css_class (widget, name);
  else
    gtk_widget_remove_css_class (widget, name);
}

static const char *
get_leg_icon (CulvertLeg leg, gboolean is_broken)
{
  if (is_broken)
    return culvert_format_state_icon (CULVERT_TUNNEL_FAILED);
  return leg == CULVERT_LEG_ENCRYPTED ? "changes-prevent-symbolic" : "changes-allow-symbolic";
}

void
culvert_route_strip_show_leg (CulvertRouteStrip *self,
                              guint              index,
                              CulvertLeg         leg,
                              gboolean           is_broken)
{
  GtkWidget *lock;

  g_return_if_fail (CULVERT_IS_ROUTE_STRIP (self));
  g_return_if_fail (index + 1 < self->n_nodes);

  lock = self->locks[index];
  self->legs[index] = leg;
  self->is_broken[index] = is_broken;
  gtk_widget_set_visible (lock, leg != CULVERT_LEG_WITHIN || is_broken);
  gtk_image_set_from_icon_name (GTK_IMAGE (lock), get_leg_icon (leg, is_broken));
  set_class (lock, "closed", leg == CULVERT_LEG_ENCRYPTED && !is_broken);
  set_class (lock, "broken", is_broken);
  if (is_broken)
    gtk_widget_set_tooltip_text (lock, _ ("The way breaks here"));
  else
    gtk_widget_set_tooltip_text (lock, leg == CULVERT_LEG_ENCRYPTED
                                         ? _ ("Encrypted by the tunnel")
                                         : _ ("As plain as the programs make it"));
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

int
culvert_route_strip_get_roomy_width (CulvertRouteStrip *self)
{
  g_return_val_if_fail (CULVERT_IS_ROUTE_STRIP (self), 0);

  return (int)self->n_nodes * ROOMY_COLUMN_PX;
}
