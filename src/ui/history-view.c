/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/history-view.h"

#include "ui/graph-series.h"
#include "words/quantity.h"

#include <glib/gi18n.h>

#define LINE_WIDTH   1.5
#define FILL_OPACITY 0.22

typedef struct
{
  CulvertTunnel *tunnel;
  GSignalGroup  *signals;
  double        *received;
  double        *sent;
  double         largest;
  guint          n_redraws;
  gboolean       is_out_of_sight; /* scrolled away */
  /* The picture is not up to date: samples came while nobody could see it. */
  gboolean is_stale;
} CulvertHistoryViewPrivate;

G_DEFINE_ABSTRACT_TYPE_WITH_PRIVATE (CulvertHistoryView, culvert_history_view, GTK_TYPE_WIDGET)

enum
{
  PROP_0,
  PROP_TUNNEL,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static CulvertHistoryViewPrivate *
get_private (CulvertHistoryView *self)
{
  return culvert_history_view_get_instance_private (self);
}

static guint
get_n_samples (CulvertHistoryView *self)
{
  return CULVERT_HISTORY_VIEW_GET_CLASS (self)->n_samples;
}

static void
update_label (CulvertHistoryView *self)
{
  CulvertHistoryViewPrivate *priv = get_private (self);
  CulvertRate                rate = { 0, 0 };
  g_autofree char           *received = NULL;
  g_autofree char           *sent = NULL;
  g_autofree char           *largest = NULL;
  g_autofree char           *label = NULL;

  if (priv->tunnel != NULL)
    rate = culvert_rate_history_get_current (culvert_tunnel_get_history (priv->tunnel));
  received = culvert_words_for_rate (rate.received);
  sent = culvert_words_for_rate (rate.sent);
  largest = culvert_words_for_rate (priv->largest);
  label = g_strdup_printf (_ ("Traffic: receiving %s, sending %s, at most %s of late"), received,
                           sent, largest);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
}

static void
read_history (CulvertHistoryView *self)
{
  CulvertHistoryViewPrivate *priv = get_private (self);
  CulvertRateHistory        *history;
  gboolean                   was_flat = priv->largest <= 0;
  guint                      n_samples = get_n_samples (self);
  double                     received = 0;
  double                     sent = 0;

  priv->is_stale = FALSE;
  if (priv->tunnel != NULL)
    {
      history = culvert_tunnel_get_history (priv->tunnel);
      received =
        culvert_graph_series (history, CULVERT_DIRECTION_RECEIVED, n_samples, priv->received);
      sent = culvert_graph_series (history, CULVERT_DIRECTION_SENT, n_samples, priv->sent);
    }
  priv->largest = MAX (received, sent);

  /* A flat line that stays flat looks the same one sample later. */
  if (was_flat && priv->largest <= 0)
    return;
  priv->n_redraws++;
  update_label (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

static void
sampled_cb (CulvertHistoryView *self)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (self)) && !get_private (self)->is_out_of_sight)
    read_history (self);
  else
    get_private (self)->is_stale = TRUE;
}

static void
culvert_history_view_map (GtkWidget *widget)
{
  CulvertHistoryView *self = CULVERT_HISTORY_VIEW (widget);

  GTK_WIDGET_CLASS (culvert_history_view_parent_class)->map (widget);
  if (get_private (self)->is_stale)
    read_history (self);
}

static void
culvert_history_view_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  CulvertHistoryView        *self = CULVERT_HISTORY_VIEW (widget);
  CulvertHistoryViewPrivate *priv = get_private (self);
  int                        width = gtk_widget_get_width (widget);
  int                        height = gtk_widget_get_height (widget);
  cairo_t                   *cr;

  if (width <= 0 || height <= 0)
    return;
  cr =
    gtk_snapshot_append_cairo (snapshot, &GRAPHENE_RECT_INIT (0, 0, (float)width, (float)height));
  CULVERT_HISTORY_VIEW_GET_CLASS (self)->draw (self, cr, priv->received, priv->sent, priv->largest);
  cairo_destroy (cr);
}

static void
culvert_history_view_constructed (GObject *object)
{
  CulvertHistoryView        *self = CULVERT_HISTORY_VIEW (object);
  CulvertHistoryViewPrivate *priv = get_private (self);

  G_OBJECT_CLASS (culvert_history_view_parent_class)->constructed (object);
  priv->received = g_new0 (double, get_n_samples (self));
  priv->sent = g_new0 (double, get_n_samples (self));
  update_label (self);
}

static void
culvert_history_view_dispose (GObject *object)
{
  CulvertHistoryViewPrivate *priv = get_private (CULVERT_HISTORY_VIEW (object));

  g_signal_group_set_target (priv->signals, NULL);
  g_clear_object (&priv->tunnel);
  G_OBJECT_CLASS (culvert_history_view_parent_class)->dispose (object);
}

static void
culvert_history_view_finalize (GObject *object)
{
  CulvertHistoryViewPrivate *priv = get_private (CULVERT_HISTORY_VIEW (object));

  g_clear_object (&priv->signals);
  g_clear_pointer (&priv->received, g_free);
  g_clear_pointer (&priv->sent, g_free);
  G_OBJECT_CLASS (culvert_history_view_parent_class)->finalize (object);
}

static void
culvert_history_view_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CulvertHistoryView *self = CULVERT_HISTORY_VIEW (object);

  switch (prop_id)
    {
    case PROP_TUNNEL:
      g_value_set_object (value, get_private (self)->tunnel);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_history_view_set_property (GObject      *object,
                                   guint         prop_id,
                                   const GValue *value,
                                   GParamSpec   *pspec)
{
  CulvertHistoryView *self = CULVERT_HISTORY_VIEW (object);

  switch (prop_id)
    {
    case PROP_TUNNEL:
      culvert_history_view_set_tunnel (self, g_value_get_object (value));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_history_view_class_init (CulvertHistoryViewClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = culvert_history_view_constructed;
  object_class->dispose = culvert_history_view_dispose;
  object_class->finalize = culvert_history_view_finalize;
  object_class->get_property = culvert_history_view_get_property;
  object_class->set_property = culvert_history_view_set_property;
  widget_class->map = culvert_history_view_map;
  widget_class->snapshot = culvert_history_view_snapshot;
  properties[PROP_TUNNEL] =
    g_param_spec_object ("tunnel", NULL, NULL, CULVERT_TYPE_TUNNEL,
                         G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_IMG);
}

static void
culvert_history_view_init (CulvertHistoryView *self)
{
  CulvertHistoryViewPrivate *priv = get_private (self);

  priv->signals = g_signal_group_new (CULVERT_TYPE_TUNNEL);
  g_signal_group_connect_swapped (priv->signals, "sampled", G_CALLBACK (sampled_cb), self);
}

void
culvert_history_view_set_tunnel (CulvertHistoryView *self, CulvertTunnel *tunnel)
{
  CulvertHistoryViewPrivate *priv = get_private (self);

  g_return_if_fail (CULVERT_IS_HISTORY_VIEW (self));

  if (!g_set_object (&priv->tunnel, tunnel))
    return;
  g_signal_group_set_target (priv->signals, tunnel);
  read_history (self);
  update_label (self);
  gtk_widget_queue_draw (GTK_WIDGET (self));
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_TUNNEL]);
}

CulvertTunnel *
culvert_history_view_get_tunnel (CulvertHistoryView *self)
{
  g_return_val_if_fail (CULVERT_IS_HISTORY_VIEW (self), NULL);
  return get_private (self)->tunnel;
}

void
culvert_history_view_set_in_sight (CulvertHistoryView *self, gboolean is_in_sight)
{
  g_return_if_fail (CULVERT_IS_HISTORY_VIEW (self));

  get_private (self)->is_out_of_sight = !is_in_sight;
  if (is_in_sight && get_private (self)->is_stale && gtk_widget_get_mapped (GTK_WIDGET (self)))
    read_history (self);
}

guint
culvert_history_view_get_n_redraws (CulvertHistoryView *self)
{
  g_return_val_if_fail (CULVERT_IS_HISTORY_VIEW (self), 0);
  return get_private (self)->n_redraws;
}

void
culvert_history_view_draw_series (CulvertHistoryView *self,
                                  cairo_t            *cr,
                                  const char         *colour_name,
                                  const GdkRectangle *area,
                                  const double       *values,
                                  double              ceiling,
                                  gboolean            fill)
{
  GtkStyleContext *style = gtk_widget_get_style_context (GTK_WIDGET (self));
  guint            n_samples = get_n_samples (self);
  GdkRGBA          colour;
  double           step = area->width / (double)(n_samples - 1);
  double           bottom = area->y + area->height;

  if (!gtk_style_context_lookup_color (style, colour_name, &colour))
    gtk_style_context_get_color (style, &colour);

  cairo_save (cr);
  cairo_new_path (cr);
  for (guint i = 0; i < n_samples; i++)
    cairo_line_to (cr, area->x + i * step, bottom - values[i] / ceiling * area->height);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  cairo_set_line_width (cr, LINE_WIDTH);
  gdk_cairo_set_source_rgba (cr, &colour);
  if (fill)
    {
      cairo_path_t *line = cairo_copy_path (cr);

      cairo_line_to (cr, area->x + area->width, bottom);
      cairo_line_to (cr, area->x, bottom);
      cairo_close_path (cr);
      cairo_set_source_rgba (cr, colour.red, colour.green, colour.blue, FILL_OPACITY);
      cairo_fill (cr);
      gdk_cairo_set_source_rgba (cr, &colour);
      cairo_append_path (cr, line);
      cairo_path_destroy (line);
    }
  cairo_stroke (cr);
  cairo_restore (cr);
}
