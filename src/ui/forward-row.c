/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/forward-row-private.h"

#include "engine/port-neighbours.h"
#include "ui/fold-layout.h"
#include "ui/format.h"
#include "ui/no-break.h"
#include "ui/port-buttons.h"
#include "ui/test-label.h"
#include "words/failure.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (CulvertForwardRow, culvert_forward_row, GTK_TYPE_LIST_BOX_ROW)

enum
{
  PROP_0,
  PROP_MANAGER,
  PROP_TUNNEL,
  PROP_ITEM,
  PROP_CLOCK,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static char *
format_kind_icon (CulvertForwardRow *self, CulvertForwardSpec *spec)
{
  return g_strdup (culvert_format_kind_icon (culvert_forward_spec_get_kind (spec)));
}

static char *
format_kind (CulvertForwardRow *self, CulvertForwardSpec *spec)
{
  CulvertForwardKind kind = culvert_forward_spec_get_kind (spec);

  return g_strdup_printf ("%s: %s", culvert_words_for_kind (kind),
                          culvert_words_for_kind_purpose (kind));
}

static gboolean
has_name (CulvertForwardRow *self, CulvertForwardSpec *spec)
{
  return *culvert_forward_spec_get_name (spec) != '\0';
}

/* (transfer full): with the port that the server picked in the place of the wish for any, and the addresses
 * that it listens on in the place of the one it was asked for */
static CulvertForwardSpec *
dup_picked (CulvertForwardSpec *spec, CulvertEndpoint *bound)
{
  CulvertForwardFields fields = culvert_forward_spec_get_fields (spec);

  if (bound == NULL || !culvert_forward_kind_is_remote (fields.kind))
    return culvert_forward_spec_ref (spec);
  fields.listen = bound;
  return culvert_forward_spec_new (&fields);
}

static char *
format_ends (CulvertForwardSpec *spec, CulvertEndpoint *bound)
{
  g_autoptr (CulvertForwardSpec) picked = dup_picked (spec, bound);

  return culvert_format_forward (picked);
}

static char *
format_title (CulvertForwardRow *self, CulvertForwardSpec *spec, CulvertEndpoint *bound)
{
  if (has_name (self, spec))
    return g_strdup (culvert_forward_spec_get_name (spec));
  return format_ends (spec, bound);
}

static char *
format_subtitle (CulvertForwardRow *self, CulvertForwardSpec *spec, CulvertEndpoint *bound)
{
  return format_ends (spec, bound);
}

static PangoAttrList *
keep_ports (CulvertForwardRow *self, const char *text)
{
  return culvert_no_break_attributes (text != NULL ? text : "");
}

static char *
format_sentence (CulvertForwardRow  *self,
                 CulvertForwardSpec *spec,
                 CulvertEndpoint    *bound,
                 CulvertProfile     *profile)
{
  g_autoptr (CulvertForwardSpec) picked = dup_picked (spec, bound);

  return culvert_words_for_forward (picked, profile);
}

static char *
format_exposure (CulvertForwardRow  *self,
                 CulvertForwardSpec *spec,
                 CulvertEndpoint    *bound,
                 CulvertProfile     *profile)
{
  g_autoptr (CulvertForwardSpec) picked = dup_picked (spec, bound);

  return culvert_words_for_exposure (picked, profile);
}

static char *
format_traffic (CulvertForwardRow  *self,
                CulvertForwardState state,
                gboolean            is_enabled,
                guint               n_open,
                guint               n_held,
                double              received_rate,
                double              sent_rate)
{
  g_autofree char *connections = NULL;
  g_autofree char *rates = NULL;

  if (state != CULVERT_FORWARD_LISTENING)
    return g_strdup (culvert_format_listener_light (state, is_enabled));
  if (n_held > 0)
    return culvert_format_held (n_held);
  connections = culvert_format_connections (n_open);
  if (received_rate < 0.5 && sent_rate < 0.5)
    return g_steal_pointer (&connections);
  rates = culvert_format_rates (received_rate, sent_rate);
  return g_strdup_printf ("%s · %s", connections, rates);
}

/* (transfer full): the forward's error with what the other tunnels have to do with it */
static GError *
complete_error (CulvertForwardRow *self, const GError *error)
{
  CulvertForwardSpec *spec = culvert_forward_item_get_spec (self->item);
  CulvertForwardPlace place = { culvert_tunnel_get_id (self->tunnel),
                                culvert_forward_item_get_id (self->item) };

  return culvert_port_neighbours_complete (G_LIST_MODEL (self->manager), &place,
                                           culvert_forward_spec_get_listen (spec), error);
}

static char *
format_sent_away (CulvertForwardRow *self, guint64 n_foreign, guint64 n_unseen)
{
  return culvert_format_sent_away (n_foreign, n_unseen);
}

static char *
format_trouble (CulvertForwardRow  *self,
                CulvertForwardSpec *spec,
                CulvertForwardState state,
                GError             *error,
                CulvertTargetState  target_state,
                GError             *target_error,
                CulvertProfile     *profile,
                gint64              retry_at_us,
                gint64              now_us,
                CulvertEndpoint    *bound)
{
  g_autoptr (CulvertFailureWords) words = NULL;
  g_autoptr (GError)              complete = NULL;
  g_autofree char                *text = NULL;
  g_autofree char                *delay = NULL;

  if (state == CULVERT_FORWARD_FAILED && error != NULL)
    {
      complete = complete_error (self, error);
      words = culvert_failure_words_for_forward (complete, spec, profile);
    }
  else if (state == CULVERT_FORWARD_LISTENING && target_state == CULVERT_TARGET_REFUSED &&
           target_error != NULL)
    words = culvert_failure_words_for_forward (target_error, spec, profile);
  else if (state == CULVERT_FORWARD_LISTENING && profile != NULL)
    words = culvert_failure_words_for_exposure (spec, bound, profile);
  if (words == NULL)
    return g_strdup ("");
  text = culvert_failure_words_join (words);
  if (state != CULVERT_FORWARD_FAILED || retry_at_us <= now_us)
    return g_steal_pointer (&text);
  delay = culvert_format_countdown (retry_at_us, now_us);
  /* Translators: 1 are sentences about a failure, 2 is a time such as "8 s" */
  return g_strdup_printf (_ ("%1$s Trying again in %2$s."), text, delay);
}

static gboolean
has_text (CulvertForwardRow *self, const char *text)
{
  return text != NULL && *text != '\0';
}

static gboolean
has_failed (CulvertForwardRow *self, CulvertForwardState state)
{
  return state == CULVERT_FORWARD_FAILED;
}

static gboolean
toggle_state_set_cb (GtkSwitch *toggle, gboolean is_on, CulvertForwardRow *self)
{
  g_autoptr (GError) error = NULL;

  if (is_on == culvert_forward_item_is_enabled (self->item))
    return FALSE;
  if (culvert_tunnel_manager_set_forward_enabled (
        self->manager, culvert_tunnel_get_id (self->tunnel),
        culvert_forward_item_get_id (self->item), is_on, &error))
    return FALSE;

  /* Not saved, so not switched: back to what is the case. */
  culvert_forward_row_show_failure (self, error);
  gtk_switch_set_active (toggle, culvert_forward_item_is_enabled (self->item));
  return TRUE;
}

/* Where it could listen instead. */
static void
update_proposals (CulvertForwardRow *self)
{
  const GError       *error = culvert_forward_item_get_error (self->item);
  CulvertForwardSpec *spec = culvert_forward_item_get_spec (self->item);
  g_autoptr (GError)  complete = error != NULL ? complete_error (self, error) : NULL;

  culvert_port_buttons_fill (self->proposals, complete, culvert_forward_spec_get_listen (spec),
                             "forward.listen-at");
}

static void
describe (CulvertForwardRow *self)
{
  g_autofree char *sentence = format_sentence (self, culvert_forward_item_get_spec (self->item),
                                               culvert_forward_item_get_bound (self->item),
                                               culvert_tunnel_get_profile (self->tunnel));

  gtk_accessible_update_property (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_PROPERTY_DESCRIPTION,
                                  sentence, -1);
}

static void
ends_changed_cb (CulvertForwardRow *self)
{
  culvert_forward_row_update_actions (self);
  describe (self);
}

static void
update_clock (CulvertForwardRow *self)
{
  culvert_clock_set_held (self->clock, &self->holds_clock,
                          gtk_widget_get_mapped (GTK_WIDGET (self)) &&
                            culvert_forward_item_get_retry_at_us (self->item) != 0);
}

static void
culvert_forward_row_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (culvert_forward_row_parent_class)->map (widget);
  update_clock (CULVERT_FORWARD_ROW (widget));
}

static void
culvert_forward_row_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (culvert_forward_row_parent_class)->unmap (widget);
  update_clock (CULVERT_FORWARD_ROW (widget));
}

/* Above what the row complains of itself. */
static void
add_test (CulvertForwardRow *self)
{
  GtkWidget *box = gtk_widget_get_parent (self->trouble_box);

  gtk_box_insert_child_after (GTK_BOX (box), culvert_test_label_new (self->tunnel, self->item),
                              gtk_widget_get_prev_sibling (self->trouble_box));
}

static void
culvert_forward_row_constructed (GObject *object)
{
  CulvertForwardRow *self = CULVERT_FORWARD_ROW (object);

  G_OBJECT_CLASS (culvert_forward_row_parent_class)->constructed (object);
  g_signal_connect_object (self->item, "notify::spec", G_CALLBACK (ends_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->item, "notify::bound", G_CALLBACK (ends_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->tunnel, "notify::profile", G_CALLBACK (ends_changed_cb), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->item, "notify::state",
                           G_CALLBACK (culvert_forward_row_update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->item, "notify::test-state",
                           G_CALLBACK (culvert_forward_row_update_actions), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->item, "notify::retry-at-us", G_CALLBACK (update_clock), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->item, "notify::error", G_CALLBACK (update_proposals), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->item, "notify::spec", G_CALLBACK (update_proposals), self,
                           G_CONNECT_SWAPPED);
  update_proposals (self);
  ends_changed_cb (self);
  add_test (self);
  gtk_accessible_update_relation (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_DESCRIBED_BY,
                                  self->lights, self->traffic, self->trouble, NULL, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->more), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Forward Menu"), -1);
}

static void
culvert_forward_row_dispose (GObject *object)
{
  CulvertForwardRow *self = CULVERT_FORWARD_ROW (object);

  culvert_clock_set_held (self->clock, &self->holds_clock, FALSE);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_FORWARD_ROW);
  G_OBJECT_CLASS (culvert_forward_row_parent_class)->dispose (object);
}

static void
culvert_forward_row_finalize (GObject *object)
{
  CulvertForwardRow *self = CULVERT_FORWARD_ROW (object);

  g_clear_object (&self->manager);
  g_clear_object (&self->tunnel);
  g_clear_object (&self->item);
  G_OBJECT_CLASS (culvert_forward_row_parent_class)->finalize (object);
}

static void
culvert_forward_row_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CulvertForwardRow *self = CULVERT_FORWARD_ROW (object);

  switch (prop_id)
    {
    case PROP_MANAGER:
      g_value_set_object (value, self->manager);
      break;
    case PROP_TUNNEL:
      g_value_set_object (value, self->tunnel);
      break;
    case PROP_ITEM:
      g_value_set_object (value, self->item);
      break;
    case PROP_CLOCK:
      g_value_set_object (value, self->clock);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_forward_row_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  CulvertForwardRow *self = CULVERT_FORWARD_ROW (object);

  switch (prop_id)
    {
    case PROP_MANAGER:
      self->manager = g_value_dup_object (value);
      break;
    case PROP_TUNNEL:
      self->tunnel = g_value_dup_object (value);
      break;
    case PROP_ITEM:
      self->item = g_value_dup_object (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
install_properties (GObjectClass *object_class)
{
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_CONSTRUCT_ONLY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = culvert_forward_row_get_property;
  object_class->set_property = culvert_forward_row_set_property;
  properties[PROP_MANAGER] =
    g_param_spec_object ("manager", NULL, NULL, CULVERT_TYPE_TUNNEL_MANAGER, flags);
  properties[PROP_TUNNEL] = g_param_spec_object ("tunnel", NULL, NULL, CULVERT_TYPE_TUNNEL, flags);
  properties[PROP_ITEM] =
    g_param_spec_object ("item", NULL, NULL, CULVERT_TYPE_FORWARD_ITEM, flags);
  properties[PROP_CLOCK] = g_param_spec_object ("clock", NULL, NULL, CULVERT_TYPE_CLOCK,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
culvert_forward_row_class_init (CulvertForwardRowClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->constructed = culvert_forward_row_constructed;
  object_class->dispose = culvert_forward_row_dispose;
  object_class->finalize = culvert_forward_row_finalize;
  widget_class->map = culvert_forward_row_map;
  widget_class->unmap = culvert_forward_row_unmap;
  install_properties (object_class);

  g_type_ensure (CULVERT_TYPE_FOLD_LAYOUT);
  g_type_ensure (CULVERT_TYPE_LIGHTS);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/forward-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardRow, lights);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardRow, title);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardRow, traffic);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardRow, trouble);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardRow, trouble_box);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardRow, proposals);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardRow, toggle);
  gtk_widget_class_bind_template_child (widget_class, CulvertForwardRow, more);
  gtk_widget_class_bind_template_callback (widget_class, format_kind_icon);
  gtk_widget_class_bind_template_callback (widget_class, format_kind);
  gtk_widget_class_bind_template_callback (widget_class, has_name);
  gtk_widget_class_bind_template_callback (widget_class, format_title);
  gtk_widget_class_bind_template_callback (widget_class, format_subtitle);
  gtk_widget_class_bind_template_callback (widget_class, keep_ports);
  gtk_widget_class_bind_template_callback (widget_class, format_sentence);
  gtk_widget_class_bind_template_callback (widget_class, format_exposure);
  gtk_widget_class_bind_template_callback (widget_class, format_traffic);
  gtk_widget_class_bind_template_callback (widget_class, format_sent_away);
  gtk_widget_class_bind_template_callback (widget_class, format_trouble);
  gtk_widget_class_bind_template_callback (widget_class, has_text);
  gtk_widget_class_bind_template_callback (widget_class, has_failed);
  gtk_widget_class_bind_template_callback (widget_class, toggle_state_set_cb);
  culvert_forward_row_install_actions (widget_class);
}

static void
add_menu (CulvertForwardRow *self)
{
  g_autoptr (GtkBuilder) builder =
    gtk_builder_new_from_resource ("/io/github/culvert_app/Culvert/forward-menu.ui");

  gtk_menu_button_set_menu_model (self->more,
                                  G_MENU_MODEL (gtk_builder_get_object (builder, "menu")));
}

static void
culvert_forward_row_init (CulvertForwardRow *self)
{
  self->clock = culvert_clock_get_default ();
  gtk_widget_init_template (GTK_WIDGET (self));
  add_menu (self);
}

GtkWidget *
culvert_forward_row_new (CulvertTunnelManager *manager,
                         CulvertTunnel        *tunnel,
                         CulvertForwardItem   *item)
{
  return g_object_new (CULVERT_TYPE_FORWARD_ROW, "manager", manager, "tunnel", tunnel, "item", item,
                       NULL);
}
