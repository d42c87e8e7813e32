/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/forward-picture.h"

#include "words/tunnel-words.h"

#include <glib/gi18n.h>

#define N_NODES      3
#define N_LEGS       2
#define NODE_SIZE_PX 40
#define NODE_ICON_PX 20
#define LOCK_SIZE_PX 20
#define LOCK_ICON_PX 14
#define GAP_PX       6
#define LEG_GAP_PX   4
#define ARROW_PX     5

/* What a place in the picture is: its shape and its words. */
typedef struct
{
  GtkWidget *circle; /* a GtkImage */
  GtkWidget *title;
  GtkWidget *detail;
} Node;

/* How a leg is travelled. */
typedef enum
{
  LEG_ENCRYPTED,
  LEG_PLAIN,
  LEG_WITHIN, /* one computer: nothing travels */
} Leg;

struct _CulvertForwardPicture
{
  GtkWidget  parent_instance;
  Node       nodes[N_NODES]; /* in the direction of a connection */
  GtkWidget *locks[N_LEGS];
  Leg        legs[N_LEGS];
};

G_DEFINE_FINAL_TYPE (CulvertForwardPicture, culvert_forward_picture, GTK_TYPE_WIDGET)

static int
get_height (GtkWidget *widget, int for_width)
{
  int natural;

  gtk_widget_measure (widget, GTK_ORIENTATION_VERTICAL, for_width, NULL, &natural, NULL, NULL);
  return natural;
}

static void
culvert_forward_picture_measure (GtkWidget     *widget,
                                 GtkOrientation orientation,
                                 int            for_size,
                                 int           *minimum,
                                 int           *natural,
                                 int           *minimum_baseline,
                                 int           *natural_baseline)
{
  CulvertForwardPicture *self = CULVERT_FORWARD_PICTURE (widget);

  *minimum_baseline = *natural_baseline = -1;
  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    {
      *minimum = N_NODES * NODE_SIZE_PX + N_LEGS * (LOCK_SIZE_PX + 2 * ARROW_PX);
      *natural = 420;
      return;
    }
  *minimum = 0;
  for (guint i = 0; i < N_NODES; i++)
    *minimum = MAX (*minimum,
                    get_height (self->nodes[i].title, -1) + get_height (self->nodes[i].detail, -1));
  *minimum += NODE_SIZE_PX + GAP_PX;
  *natural = *minimum;
}

/* The left edge of column @index, seen in the direction of reading. */
static int
get_column (GtkWidget *widget, int width, guint index)
{
  int column = width / N_NODES;

  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    index = N_NODES - 1 - index;
  return (int)index * column;
}

static void
culvert_forward_picture_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  CulvertForwardPicture *self = CULVERT_FORWARD_PICTURE (widget);
  int                    column = width / N_NODES;

  for (guint i = 0; i < N_NODES; i++)
    {
      Node *node = &self->nodes[i];
      int   x = get_column (widget, width, i);
      int   title_height = get_height (node->title, -1);
      int   detail_height = get_height (node->detail, -1);

      gtk_widget_size_allocate (
        node->circle,
        &(GtkAllocation){ x + (column - NODE_SIZE_PX) / 2, 0, NODE_SIZE_PX, NODE_SIZE_PX }, -1);
      gtk_widget_size_allocate (
        node->title, &(GtkAllocation){ x, NODE_SIZE_PX + GAP_PX, column, title_height }, -1);
      gtk_widget_size_allocate (
        node->detail,
        &(GtkAllocation){ x, NODE_SIZE_PX + GAP_PX + title_height, column, detail_height }, -1);
    }
  for (guint i = 0; i < N_LEGS; i++)
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
draw_leg (cairo_t *cr, const GdkRGBA *color, Leg leg, double from, double to)
{
  const double y = NODE_SIZE_PX / 2.0;
  const double direction = to > from ? 1 : -1;
  const double middle = (from + to) / 2;

  gdk_cairo_set_source_rgba (cr, color);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  cairo_set_line_width (cr, leg == LEG_ENCRYPTED ? 5 : 2);
  if (leg != LEG_ENCRYPTED)
    cairo_set_dash (cr, (const double[]){ 1, 5 }, leg == LEG_PLAIN ? 2 : 0, 0);
  cairo_move_to (cr, from, y);
  if (leg != LEG_WITHIN)
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
  if (leg == LEG_ENCRYPTED)
    {
      cairo_close_path (cr);
      cairo_fill_preserve (cr);
    }
  cairo_stroke (cr);
}

static void
culvert_forward_picture_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  CulvertForwardPicture *self = CULVERT_FORWARD_PICTURE (widget);
  GtkStyleContext       *style = gtk_widget_get_style_context (widget);
  int                    width = gtk_widget_get_width (widget);
  int                    column = width / N_NODES;
  cairo_t               *cr =
    gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, NODE_SIZE_PX));

  for (guint i = 0; i < N_LEGS; i++)
    {
      int     from = get_column (widget, width, i) + column / 2;
      int     to = get_column (widget, width, i + 1) + column / 2;
      int     edge = (to > from ? 1 : -1) * (NODE_SIZE_PX / 2 + LEG_GAP_PX);
      GdkRGBA color;

      if (self->legs[i] != LEG_ENCRYPTED ||
          !gtk_style_context_lookup_color (style, "accent_color", &color))
        gtk_style_context_get_color (style, &color);
      if (self->legs[i] != LEG_ENCRYPTED)
        color.alpha *= 0.6f;
      draw_leg (cr, &color, self->legs[i], from + edge, to - edge);
    }
  cairo_destroy (cr);
  GTK_WIDGET_CLASS (culvert_forward_picture_parent_class)->snapshot (widget, snapshot);
}

static void
culvert_forward_picture_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (culvert_forward_picture_parent_class)->dispose (object);
}

static void
culvert_forward_picture_class_init (CulvertForwardPictureClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_forward_picture_dispose;
  widget_class->measure = culvert_forward_picture_measure;
  widget_class->size_allocate = culvert_forward_picture_size_allocate;
  widget_class->snapshot = culvert_forward_picture_snapshot;
  gtk_widget_class_set_css_name (widget_class, "forwardpicture");
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static GtkWidget *
add_image (CulvertForwardPicture *self, int pixel_size, const char *style_class)
{
  GtkWidget *image = gtk_image_new ();

  gtk_image_set_pixel_size (GTK_IMAGE (image), pixel_size);
  gtk_widget_add_css_class (image, style_class);
  gtk_widget_set_parent (image, GTK_WIDGET (self));
  return image;
}

static GtkWidget *
add_label (CulvertForwardPicture *self, const char *style_class)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (label, style_class);
  gtk_widget_set_parent (label, GTK_WIDGET (self));
  return label;
}

static void
culvert_forward_picture_init (CulvertForwardPicture *self)
{
  for (guint i = 0; i < N_NODES; i++)
    {
      self->nodes[i].circle = add_image (self, NODE_ICON_PX, "node");
      self->nodes[i].title = add_label (self, "title");
      self->nodes[i].detail = add_label (self, "detail");
    }
  for (guint i = 0; i < N_LEGS; i++)
    self->locks[i] = add_image (self, LOCK_ICON_PX, "lock");
}

static void
show_node (Node *node, const char *icon_name, const char *title, const char *detail)
{
  gtk_image_set_from_icon_name (GTK_IMAGE (node->circle), icon_name);
  gtk_label_set_label (GTK_LABEL (node->title), title);
  gtk_label_set_label (GTK_LABEL (node->detail), detail);
}

static void
show_leg (CulvertForwardPicture *self, guint index, Leg leg)
{
  GtkWidget *lock = self->locks[index];

  self->legs[index] = leg;
  gtk_widget_set_visible (lock, leg != LEG_WITHIN);
  gtk_image_set_from_icon_name (GTK_IMAGE (lock), leg == LEG_ENCRYPTED ? "changes-prevent-symbolic"
                                                                       : "changes-allow-symbolic");
  if (leg == LEG_ENCRYPTED)
    gtk_widget_add_css_class (lock, "closed");
  else
    gtk_widget_remove_css_class (lock, "closed");
  gtk_widget_set_tooltip_text (lock, leg == LEG_ENCRYPTED ? _ ("Encrypted by the tunnel")
                                                          : _ ("As plain as the programs make it"));
}

/* (transfer full): "…" for what is not there yet */
static char *
describe_port (const CulvertEndpoint *end)
{
  if (end == NULL)
    return g_strdup ("…");
  if (culvert_endpoint_get_kind (end) == CULVERT_ENDPOINT_UNIX)
    return g_strdup (culvert_endpoint_get_path (end));
  if (culvert_endpoint_get_port (end) == 0)
    return g_strdup ("…");
  /* Translators: %u is the number of a port */
  return g_strdup_printf (_ ("port %u"), culvert_endpoint_get_port (end));
}

static Leg
get_last_leg (const CulvertEndpoint *target)
{
  const char *host = target != NULL ? culvert_endpoint_get_host (target) : NULL;

  if (target == NULL)
    return LEG_PLAIN;
  if (host == NULL || (*host != '\0' && culvert_host_is_loopback (host)))
    return LEG_WITHIN;
  return LEG_PLAIN;
}

static void
show_target (CulvertForwardPicture *self, const CulvertForwardFields *fields)
{
  const char *host = fields->target != NULL ? culvert_endpoint_get_host (fields->target) : NULL;
  g_autofree char *port = describe_port (fields->target);

  if (fields->kind == CULVERT_FORWARD_DYNAMIC || fields->kind == CULVERT_FORWARD_REVERSE_DYNAMIC)
    show_node (&self->nodes[2], "web-browser-symbolic", _ ("Any target"), "");
  else if (fields->target != NULL && host == NULL)
    show_node (&self->nodes[2], "network-workgroup-symbolic", _ ("Socket"), port);
  else
    show_node (&self->nodes[2], "network-workgroup-symbolic",
               host != NULL && *host != '\0' ? host : "…", port);
}

void
culvert_forward_picture_set_forward (CulvertForwardPicture    *self,
                                     const CulvertForwardSpec *spec,
                                     const CulvertProfile     *profile)
{
  CulvertForwardFields fields;
  g_autofree char     *port = NULL;
  g_autofree char     *words = NULL;
  const char          *server;
  gboolean             is_remote;

  g_return_if_fail (CULVERT_IS_FORWARD_PICTURE (self));
  g_return_if_fail (spec != NULL && profile != NULL);

  fields = culvert_forward_spec_get_fields (spec);
  is_remote = culvert_forward_kind_is_remote (fields.kind);
  port = describe_port (fields.listen);
  server = profile->host[0] != '\0' ? profile->host : _ ("Server");
  show_node (&self->nodes[is_remote ? 1 : 0], "computer-symbolic", _ ("This computer"),
             is_remote ? "" : port);
  show_node (&self->nodes[is_remote ? 0 : 1], "network-server-symbolic", server,
             is_remote ? port : "");
  show_target (self, &fields);
  show_leg (self, 0, LEG_ENCRYPTED);
  show_leg (self, 1, get_last_leg (fields.target));

  words = culvert_words_for_forward (spec, profile);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
