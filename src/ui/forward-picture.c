/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/forward-picture.h"

#include "words/tunnel-words.h"

#include <glib/gi18n.h>

#define N_HOPS_SHOWN 1 /* more of them share one place, or a narrow window has no room */
#define N_NODES_MAX  (3 + N_HOPS_SHOWN)
#define N_LEGS_MAX   (N_NODES_MAX - 1)
#define NODE_SIZE_PX 40
#define NODE_ICON_PX 20
#define LOCK_SIZE_PX 20
#define LOCK_ICON_PX 14
#define GAP_PX       6
#define LEG_GAP_PX   4
#define WORD_GAP_PX  6 /* between the names of two places */
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
  Node       nodes[N_NODES_MAX]; /* in the direction of a connection */
  GtkWidget *locks[N_LEGS_MAX];
  Leg        legs[N_LEGS_MAX];
  guint      n_nodes; /* that are shown; the legs are one less */
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
  guint n_nodes = CULVERT_FORWARD_PICTURE (widget)->n_nodes;
  int   column = width / (int)n_nodes;

  if (gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL)
    index = n_nodes - 1 - index;
  return (int)index * column;
}

static void
culvert_forward_picture_size_allocate (GtkWidget *widget, int width, int height, int baseline)
{
  CulvertForwardPicture *self = CULVERT_FORWARD_PICTURE (widget);
  int                    column = width / (int)self->n_nodes;

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
  int                    column = width / (int)self->n_nodes;
  cairo_t               *cr =
    gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, width, NODE_SIZE_PX));

  for (guint i = 0; i + 1 < self->n_nodes; i++)
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
set_n_nodes (CulvertForwardPicture *self, guint n_nodes)
{
  self->n_nodes = n_nodes;
  for (guint i = 0; i < N_NODES_MAX; i++)
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
culvert_forward_picture_init (CulvertForwardPicture *self)
{
  for (guint i = 0; i < N_NODES_MAX; i++)
    {
      self->nodes[i].circle = add_image (self, NODE_ICON_PX, "node");
      self->nodes[i].title = add_label (self, "title");
      self->nodes[i].detail = add_label (self, "detail");
    }
  for (guint i = 0; i < N_LEGS_MAX; i++)
    self->locks[i] = add_image (self, LOCK_ICON_PX, "lock");
  set_n_nodes (self, 3);
}

/* A name tells by both its ends, our own words by their beginning. */
static void
show_own_words (Node *node)
{
  gtk_label_set_ellipsize (GTK_LABEL (node->title), PANGO_ELLIPSIZE_END);
}

static void
show_node (Node *node, const char *icon_name, const char *title, const char *detail)
{
  gtk_label_set_ellipsize (GTK_LABEL (node->title), PANGO_ELLIPSIZE_MIDDLE);
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
  Node       *node = &self->nodes[self->n_nodes - 1];
  const char *host = fields->target != NULL ? culvert_endpoint_get_host (fields->target) : NULL;
  g_autofree char *port = describe_port (fields->target);

  if (fields->kind == CULVERT_FORWARD_DYNAMIC || fields->kind == CULVERT_FORWARD_REVERSE_DYNAMIC)
    show_node (node, "web-browser-symbolic", _ ("Any target"), "");
  else if (fields->target != NULL && host == NULL)
    show_node (node, "network-workgroup-symbolic", _ ("Socket"), port);
  else
    show_node (node, "network-workgroup-symbolic", host != NULL && *host != '\0' ? host : "…",
               port);
}

/* How many places the jump hosts take. */
static guint
count_hop_nodes (const CulvertProfile *profile)
{
  guint n_hops = g_strv_length (profile->hops);

  return n_hops > N_HOPS_SHOWN ? 1 : n_hops;
}

/* (transfer full): the names alone, in the direction of a connection */
static char *
describe_way (const CulvertProfile *profile, gboolean is_remote)
{
  guint               n_hops = g_strv_length (profile->hops);
  g_autoptr (GString) way = g_string_new (NULL);

  for (guint i = 0; i < n_hops; i++)
    {
      g_autoptr (CulvertHop) hop =
        culvert_hop_parse (profile->hops[is_remote ? n_hops - 1 - i : i], NULL);

      g_string_append_printf (way, "%s%s", i > 0 ? " → " : "", hop != NULL ? hop->host : "…");
    }
  return g_string_free (g_steal_pointer (&way), FALSE);
}

static void
show_hops (CulvertForwardPicture *self, const CulvertProfile *profile, gboolean is_remote)
{
  guint            n_hops = g_strv_length (profile->hops);
  g_autofree char *way = describe_way (profile, is_remote);
  g_autofree char *title = NULL;

  if (n_hops == 0)
    return;
  if (n_hops == 1)
    {
      show_node (&self->nodes[1], "network-server-symbolic", way, _ ("jump host"));
      return;
    }
  /* Translators: %u is a number greater than 1 */
  title = g_strdup_printf (ngettext ("%u jump host", "%u jump hosts", n_hops), n_hops);
  show_node (&self->nodes[1], "network-server-symbolic", title, way);
  show_own_words (&self->nodes[1]);
  gtk_widget_set_tooltip_text (self->nodes[1].detail, way);
}

/* (transfer full): what the picture shows, for whoever does not see it */
static char *
describe (const CulvertForwardSpec *spec, const CulvertProfile *profile)
{
  g_autofree char *words = culvert_words_for_forward (spec, profile);
  g_autofree char *way = g_strjoinv (", ", profile->hops);
  g_autofree char *through = NULL;

  if (profile->hops[0] == NULL)
    return g_steal_pointer (&words);
  /* Translators: %s is a list of jump hosts */
  through = g_strdup_printf (_ ("The tunnel goes through %s."), way);
  return g_strconcat (words, " ", through, NULL);
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
  guint                far; /* the place of the other end of the tunnel */

  g_return_if_fail (CULVERT_IS_FORWARD_PICTURE (self));
  g_return_if_fail (spec != NULL && profile != NULL);

  fields = culvert_forward_spec_get_fields (spec);
  is_remote = culvert_forward_kind_is_remote (fields.kind);
  far = 1 + count_hop_nodes (profile);
  set_n_nodes (self, far + 2);
  port = describe_port (fields.listen);
  server = profile->host[0] != '\0' ? profile->host : _ ("Server");
  show_node (&self->nodes[is_remote ? far : 0], "computer-symbolic", _ ("This computer"),
             is_remote ? "" : port);
  show_own_words (&self->nodes[is_remote ? far : 0]);
  show_hops (self, profile, is_remote);
  show_node (&self->nodes[is_remote ? 0 : far], "network-server-symbolic", server,
             is_remote ? port : "");
  show_target (self, &fields);
  for (guint i = 0; i < far; i++)
    show_leg (self, i, LEG_ENCRYPTED);
  show_leg (self, far, get_last_leg (fields.target));

  words = describe (spec, profile);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}
