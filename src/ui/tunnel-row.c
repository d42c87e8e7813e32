/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/tunnel-row.h"

#include "ui/clock.h"
#include "ui/format.h"
#include "ui/forward-watch.h"
#include "ui/sparkline.h"
#include "ui/state-icon.h"

struct _CulvertTunnelRow
{
  GtkListBoxRow        parent_instance;
  CulvertTunnel       *tunnel;
  CulvertForwardWatch *watch;
  CulvertClock        *clock; /* ticks for the row while it counts down in sight */
  gboolean             holds_clock;
  gboolean             is_in_sight;
  CulvertStateIcon    *state;
  GtkLabel            *title;
  GtkLabel            *now;
  CulvertHistoryView  *graph;
  GtkSwitch           *toggle;
};

G_DEFINE_FINAL_TYPE (CulvertTunnelRow, culvert_tunnel_row, GTK_TYPE_LIST_BOX_ROW)

enum
{
  PROP_0,
  PROP_TUNNEL,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

/* Not a binding: a list of hundreds would look up and format all of it for each of its samples. */
static void
update_now (CulvertTunnelRow *self)
{
  CulvertRate rate = culvert_rate_history_get_current (culvert_tunnel_get_history (self->tunnel));
  CulvertNow  now = {
     .state = culvert_tunnel_get_state (self->tunnel),
     .profile = culvert_tunnel_get_profile (self->tunnel),
     .error = culvert_tunnel_get_error (self->tunnel),
     .prompt = culvert_tunnel_get_prompt (self->tunnel),
     .retry_at_us = culvert_tunnel_get_retry_at_us (self->tunnel),
     .now_us = culvert_clock_get_now_us (self->clock),
     .received_rate = rate.received,
     .sent_rate = rate.sent,
     .n_failed = culvert_forward_watch_get_n_failed (self->watch),
  };
  g_autofree char *text = culvert_format_now (&now);

  if (g_str_equal (text, gtk_label_get_label (self->now)))
    return;
  gtk_label_set_label (self->now, text);
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->now), text);
}

/* Nothing but the rates is others with each sample. */
static void
sampled_cb (CulvertTunnelRow *self)
{
  if (self->is_in_sight && gtk_widget_get_mapped (GTK_WIDGET (self)))
    update_now (self);
}

static void
tick_cb (CulvertTunnelRow *self)
{
  if (self->holds_clock)
    update_now (self);
}

static gboolean
is_up (CulvertTunnelRow *self, CulvertTunnelState state)
{
  return state == CULVERT_TUNNEL_UP;
}

static gboolean
toggle_state_set_cb (GtkSwitch *toggle, gboolean is_on, CulvertTunnelRow *self)
{
  if (is_on == culvert_tunnel_is_wanted (self->tunnel))
    return FALSE;
  if (is_on)
    culvert_tunnel_start (self->tunnel);
  else
    culvert_tunnel_stop (self->tunnel);
  return FALSE;
}

static void
update_clock (CulvertTunnelRow *self)
{
  culvert_clock_set_held (self->clock, &self->holds_clock,
                          self->is_in_sight && gtk_widget_get_mapped (GTK_WIDGET (self)) &&
                            culvert_tunnel_get_state (self->tunnel) == CULVERT_TUNNEL_WAITING);
}

static void
culvert_tunnel_row_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (culvert_tunnel_row_parent_class)->map (widget);
  update_clock (CULVERT_TUNNEL_ROW (widget));
  update_now (CULVERT_TUNNEL_ROW (widget));
}

static void
culvert_tunnel_row_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (culvert_tunnel_row_parent_class)->unmap (widget);
  update_clock (CULVERT_TUNNEL_ROW (widget));
}

static void
follow (CulvertTunnelRow *self)
{
  static const char *const signals[] = { "notify::state", "notify::profile", "notify::error",
                                         "notify::prompt", "notify::retry-at-us" };

  g_signal_connect_object (self->tunnel, "notify::state", G_CALLBACK (update_clock), self,
                           G_CONNECT_SWAPPED);
  for (guint i = 0; i < G_N_ELEMENTS (signals); i++)
    g_signal_connect_object (self->tunnel, signals[i], G_CALLBACK (update_now), self,
                             G_CONNECT_SWAPPED);
  g_signal_connect_object (self->watch, "notify::n-failed", G_CALLBACK (update_now), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->tunnel, "sampled", G_CALLBACK (sampled_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->clock, "notify::now-us", G_CALLBACK (tick_cb), self,
                           G_CONNECT_SWAPPED);
}

static void
culvert_tunnel_row_constructed (GObject *object)
{
  CulvertTunnelRow *self = CULVERT_TUNNEL_ROW (object);

  G_OBJECT_CLASS (culvert_tunnel_row_parent_class)->constructed (object);
  culvert_forward_watch_set_tunnel (self->watch, self->tunnel);
  follow (self);
  update_now (self);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY,
                                  self->state, self->now, NULL, -1);
}

static void
culvert_tunnel_row_dispose (GObject *object)
{
  CulvertTunnelRow *self = CULVERT_TUNNEL_ROW (object);

  culvert_clock_set_held (self->clock, &self->holds_clock, FALSE);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_TUNNEL_ROW);
  G_OBJECT_CLASS (culvert_tunnel_row_parent_class)->dispose (object);
}

static void
culvert_tunnel_row_finalize (GObject *object)
{
  CulvertTunnelRow *self = CULVERT_TUNNEL_ROW (object);

  g_clear_object (&self->tunnel);
  g_clear_object (&self->watch);
  G_OBJECT_CLASS (culvert_tunnel_row_parent_class)->finalize (object);
}

static void
culvert_tunnel_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CulvertTunnelRow *self = CULVERT_TUNNEL_ROW (object);

  switch (prop_id)
    {
    case PROP_TUNNEL:
      g_value_set_object (value, self->tunnel);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_tunnel_row_set_property (GObject      *object,
                                 guint         prop_id,
                                 const GValue *value,
                                 GParamSpec   *pspec)
{
  CulvertTunnelRow *self = CULVERT_TUNNEL_ROW (object);

  switch (prop_id)
    {
    case PROP_TUNNEL:
      self->tunnel = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_tunnel_row_class_init (CulvertTunnelRowClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = culvert_tunnel_row_constructed;
  object_class->dispose = culvert_tunnel_row_dispose;
  object_class->finalize = culvert_tunnel_row_finalize;
  object_class->get_property = culvert_tunnel_row_get_property;
  object_class->set_property = culvert_tunnel_row_set_property;
  widget_class->map = culvert_tunnel_row_map;
  widget_class->unmap = culvert_tunnel_row_unmap;
  properties[PROP_TUNNEL] =
    g_param_spec_object ("tunnel", NULL, NULL, CULVERT_TYPE_TUNNEL,
                         G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (CULVERT_TYPE_STATE_ICON);
  g_type_ensure (CULVERT_TYPE_SPARKLINE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/tunnel-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertTunnelRow, state);
  gtk_widget_class_bind_template_child (widget_class, CulvertTunnelRow, title);
  gtk_widget_class_bind_template_child (widget_class, CulvertTunnelRow, now);
  gtk_widget_class_bind_template_child (widget_class, CulvertTunnelRow, graph);
  gtk_widget_class_bind_template_child (widget_class, CulvertTunnelRow, toggle);
  gtk_widget_class_bind_template_callback (widget_class, is_up);
  gtk_widget_class_bind_template_callback (widget_class, toggle_state_set_cb);
}

static void
culvert_tunnel_row_init (CulvertTunnelRow *self)
{
  self->watch = culvert_forward_watch_new ();
  self->clock = culvert_clock_get_default ();
  self->is_in_sight = TRUE;
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
culvert_tunnel_row_new (CulvertTunnel *tunnel)
{
  return g_object_new (CULVERT_TYPE_TUNNEL_ROW, "tunnel", tunnel, NULL);
}

CulvertTunnel *
culvert_tunnel_row_get_tunnel (CulvertTunnelRow *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_ROW (self), NULL);
  return self->tunnel;
}

void
culvert_tunnel_row_set_in_sight (CulvertTunnelRow *self, gboolean is_in_sight)
{
  g_return_if_fail (CULVERT_IS_TUNNEL_ROW (self));

  if (self->is_in_sight == is_in_sight)
    return;
  self->is_in_sight = is_in_sight;
  culvert_history_view_set_in_sight (self->graph, is_in_sight);
  update_clock (self);
  if (is_in_sight)
    update_now (self);
}

const char *
culvert_tunnel_row_get_now (CulvertTunnelRow *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_ROW (self), NULL);
  return gtk_label_get_text (self->now);
}
