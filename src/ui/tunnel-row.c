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
  CulvertStateIcon    *state;
  GtkLabel            *title;
  GtkLabel            *now;
  GtkSwitch           *toggle;
};

G_DEFINE_FINAL_TYPE (CulvertTunnelRow, culvert_tunnel_row, GTK_TYPE_LIST_BOX_ROW)

enum
{
  PROP_0,
  PROP_TUNNEL,
  PROP_WATCH,
  PROP_CLOCK,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static char *
format_now (CulvertTunnelRow  *self,
            CulvertTunnelState state,
            CulvertProfile    *profile,
            GError            *error,
            CulvertPrompt     *prompt,
            gint64             retry_at_us,
            gint64             now_us,
            double             received_rate,
            double             sent_rate,
            guint              n_failed)
{
  CulvertNow now = {
    .state = state,
    .profile = profile,
    .error = error,
    .prompt = prompt,
    .retry_at_us = retry_at_us,
    .now_us = now_us,
    .received_rate = received_rate,
    .sent_rate = sent_rate,
    .n_failed = n_failed,
  };

  return culvert_format_now (&now);
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
                          gtk_widget_get_mapped (GTK_WIDGET (self)) &&
                            culvert_tunnel_get_state (self->tunnel) == CULVERT_TUNNEL_WAITING);
}

static void
culvert_tunnel_row_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (culvert_tunnel_row_parent_class)->map (widget);
  update_clock (CULVERT_TUNNEL_ROW (widget));
}

static void
culvert_tunnel_row_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (culvert_tunnel_row_parent_class)->unmap (widget);
  update_clock (CULVERT_TUNNEL_ROW (widget));
}

static void
culvert_tunnel_row_constructed (GObject *object)
{
  CulvertTunnelRow *self = CULVERT_TUNNEL_ROW (object);

  G_OBJECT_CLASS (culvert_tunnel_row_parent_class)->constructed (object);
  culvert_forward_watch_set_tunnel (self->watch, self->tunnel);
  g_signal_connect_object (self->tunnel, "notify::state", G_CALLBACK (update_clock), self,
                           G_CONNECT_SWAPPED);
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
    case PROP_WATCH:
      g_value_set_object (value, self->watch);
      break;
    case PROP_CLOCK:
      g_value_set_object (value, self->clock);
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
  const GParamFlags readable = G_PARAM_READABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass   *widget_class = GTK_WIDGET_CLASS (klass);

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
  properties[PROP_WATCH] =
    g_param_spec_object ("watch", NULL, NULL, CULVERT_TYPE_FORWARD_WATCH, readable);
  properties[PROP_CLOCK] = g_param_spec_object ("clock", NULL, NULL, CULVERT_TYPE_CLOCK, readable);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (CULVERT_TYPE_STATE_ICON);
  g_type_ensure (CULVERT_TYPE_SPARKLINE);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/tunnel-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertTunnelRow, state);
  gtk_widget_class_bind_template_child (widget_class, CulvertTunnelRow, title);
  gtk_widget_class_bind_template_child (widget_class, CulvertTunnelRow, now);
  gtk_widget_class_bind_template_child (widget_class, CulvertTunnelRow, toggle);
  gtk_widget_class_bind_template_callback (widget_class, format_now);
  gtk_widget_class_bind_template_callback (widget_class, is_up);
  gtk_widget_class_bind_template_callback (widget_class, toggle_state_set_cb);
}

static void
culvert_tunnel_row_init (CulvertTunnelRow *self)
{
  self->watch = culvert_forward_watch_new ();
  self->clock = culvert_clock_get_default ();
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

const char *
culvert_tunnel_row_get_now (CulvertTunnelRow *self)
{
  g_return_val_if_fail (CULVERT_IS_TUNNEL_ROW (self), NULL);
  return gtk_label_get_text (self->now);
}
