/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/overview.h"

#include "core/errors.h"
#include "ui/callout.h"
#include "ui/host-key-card.h"
#include "ui/clock.h"
#include "ui/copy-text.h"
#include "ui/facts.h"
#include "ui/format.h"
#include "ui/forward-group.h"
#include "ui/route-card.h"
#include "ui/state-icon.h"
#include "ui/traffic-card.h"
#include "words/failure.h"
#include "words/quantity.h"

#include <glib/gi18n.h>

#define MINUTE_US (60 * G_USEC_PER_SEC)

struct _CulvertOverview
{
  CulvertTunnelPart parent_instance;
  gboolean          shows_title;
  CulvertClock     *clock; /* ticks for the page while it counts in sight */
  CulvertClockPace  pace;
  GSignalGroup     *tunnel_signals;
  GtkSwitch        *toggle;
};

G_DEFINE_FINAL_TYPE (CulvertOverview, culvert_overview, CULVERT_TYPE_TUNNEL_PART)

enum
{
  PROP_0,
  PROP_SHOWS_TITLE,
  PROP_CLOCK,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static CulvertTunnel *
get_tunnel (CulvertOverview *self)
{
  return culvert_tunnel_part_get_tunnel (CULVERT_TUNNEL_PART (self));
}

static char *
format_headline (CulvertOverview   *self,
                 CulvertTunnelState state,
                 CulvertProfile    *profile,
                 CulvertPrompt     *prompt,
                 gint64             retry_at_us,
                 gint64             now_us)
{
  CulvertNow now = {
    .state = state,
    .profile = profile,
    .prompt = prompt,
    .retry_at_us = retry_at_us,
    .now_us = now_us,
  };

  return culvert_format_headline (&now);
}

/* Seconds matter for a minute only, and change the window each time. */
static gint64
round_uptime (gint64 uptime_us)
{
  return uptime_us < MINUTE_US ? MAX (uptime_us, 0) : uptime_us - uptime_us % MINUTE_US;
}

static char *
format_details (CulvertOverview   *self,
                CulvertTunnelState state,
                gint64             round_trip_us,
                gint64             up_since_us,
                gint64             now_us)
{
  g_autofree char *latency = NULL;
  g_autofree char *uptime = NULL;

  if (state != CULVERT_TUNNEL_UP || up_since_us == 0)
    return g_strdup ("");
  uptime = culvert_words_for_duration (round_uptime (now_us - up_since_us));
  if (round_trip_us < 0)
    return g_strdup_printf (_ ("up for %s"), uptime);
  latency = culvert_words_for_latency (round_trip_us);
  return g_strdup_printf (_ ("%s latency · up for %s"), latency, uptime);
}

static char *
format_host_key (CulvertOverview *self, CulvertTunnelState state)
{
  const CulvertTunnelFacts *facts = culvert_tunnel_get_facts (get_tunnel (self));

  if (state != CULVERT_TUNNEL_UP || facts->host_key_type == NULL)
    return g_strdup ("");
  return g_strdup_printf (_ ("Host key %s %s"), facts->host_key_type,
                          facts->host_key_fingerprint != NULL ? facts->host_key_fingerprint : "");
}

static gboolean
has_text (CulvertOverview *self, const char *text)
{
  return text != NULL && *text != '\0';
}

static gboolean
has_trouble (CulvertOverview *self, CulvertTunnelState state, GError *error)
{
  return error != NULL && (state == CULVERT_TUNNEL_WAITING || state == CULVERT_TUNNEL_FAILED);
}

static char *
get_trouble_kind (CulvertOverview *self, CulvertTunnelState state)
{
  return g_strdup (state == CULVERT_TUNNEL_WAITING ? "waiting" : "failure");
}

static char *
format_what (CulvertOverview *self, GError *error, CulvertProfile *profile)
{
  g_autoptr (CulvertFailureWords) words = NULL;

  if (error == NULL)
    return g_strdup ("");
  words = culvert_failure_words_for_tunnel (error, profile);
  return g_steal_pointer (&words->what);
}

static char *
format_why (CulvertOverview *self, GError *error, CulvertProfile *profile)
{
  g_autoptr (CulvertFailureWords) words = NULL;

  if (error == NULL)
    return g_strdup ("");
  words = culvert_failure_words_for_tunnel (error, profile);
  return g_steal_pointer (&words->why);
}

static char *
format_next (CulvertOverview *self, GError *error, CulvertProfile *profile)
{
  g_autoptr (CulvertFailureWords) words = NULL;

  if (error == NULL)
    return g_strdup ("");
  /* The card below has the rest. */
  if (g_error_matches (error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_CHANGED) &&
      culvert_error_get_fact (error, CULVERT_FACT_RECORDED) != NULL)
    return g_strdup (
      _ ("Somebody may be pretending to be the server, or it was set up anew. Nothing "
         "was sent to it. Ask its administrator for the fingerprint of its key; only "
         "if it is the one shown here, forget the old key and try again."));
  words = culvert_failure_words_for_tunnel (error, profile);
  return g_steal_pointer (&words->next);
}

static gboolean
has_command (CulvertOverview *self, GError *error, CulvertProfile *profile)
{
  g_autoptr (CulvertFailureWords) words = NULL;

  if (error == NULL)
    return FALSE;
  words = culvert_failure_words_for_tunnel (error, profile);
  return words->command != NULL;
}

static char *
format_try_again (CulvertOverview *self, CulvertTunnelState state)
{
  return g_strdup (state == CULVERT_TUNNEL_WAITING ? _ ("Try Now") : _ ("Try Again"));
}

static gboolean
is_editable (CulvertOverview *self, GError *error)
{
  return culvert_format_error_is_editable (error);
}

static gboolean
needs_you (CulvertOverview *self, CulvertTunnelState state)
{
  return state == CULVERT_TUNNEL_NEEDS_YOU;
}

static gboolean
has_traffic (CulvertOverview *self, CulvertTunnelState state, guint64 n_received, guint64 n_sent)
{
  return state == CULVERT_TUNNEL_UP || n_received > 0 || n_sent > 0;
}

static gboolean
is_up (CulvertOverview *self, CulvertTunnelState state)
{
  return state == CULVERT_TUNNEL_UP;
}

static char *
format_question (CulvertOverview *self, CulvertPrompt *prompt, CulvertProfile *profile)
{
  const CulvertPromptFields *fields = prompt != NULL ? culvert_prompt_get_fields (prompt) : NULL;
  g_autofree char           *key = NULL;

  if (fields == NULL)
    return g_strdup_printf (_ ("%s waits for your answer."), profile->host);
  switch (fields->kind)
    {
    case CULVERT_PROMPT_PASSWORD:
      if (fields->asked_by == CULVERT_ASKED_BY_HOP)
        /* Translators: %s is a jump host's name */
        return g_strdup_printf (_ ("The jump host %s asks for your password."), fields->host);
      if (fields->asked_by == CULVERT_ASKED_BY_PROXY)
        /* Translators: %s is a proxy's name */
        return g_strdup_printf (_ ("The proxy %s asks for your password."), fields->host);
      return g_strdup_printf (_ ("%s asks for your password."), fields->host);
    case CULVERT_PROMPT_PASSPHRASE:
      key = fields->key_file != NULL ? g_path_get_basename (fields->key_file) : g_strdup ("");
      return g_strdup_printf (_ ("The key “%s” needs its passphrase."), key);
    case CULVERT_PROMPT_NEW_PASSWORD:
      return g_strdup_printf (_ ("Your password at %s has expired; it asks for a new one."),
                              fields->host);
    case CULVERT_PROMPT_HOST_KEY:
      if (fields->asked_by == CULVERT_ASKED_BY_HOP)
        /* Translators: %s is a jump host's name */
        return g_strdup_printf (
          _ ("The jump host %s is not known yet. Check its host key before you go on."),
          fields->host);
      return g_strdup_printf (_ ("%s is not known yet. Check its host key before you go on."),
                              fields->host);
    case CULVERT_PROMPT_QUESTIONS:
    default:
      if (fields->asked_by == CULVERT_ASKED_BY_HOP)
        /* Translators: %s is a jump host's name */
        return g_strdup_printf (_ ("The jump host %s asks a question to sign you in."),
                                fields->host);
      return g_strdup_printf (_ ("%s asks a question to sign you in."), fields->host);
    }
}

static char *
format_answer (CulvertOverview *self, CulvertPrompt *prompt)
{
  if (prompt != NULL && culvert_prompt_get_fields (prompt)->kind == CULVERT_PROMPT_HOST_KEY)
    return g_strdup (_ ("Check Host Key…"));
  return g_strdup (_ ("Answer…"));
}

static gboolean
toggle_state_set_cb (GtkSwitch *toggle, gboolean is_on, CulvertOverview *self)
{
  CulvertTunnel *tunnel = get_tunnel (self);

  if (tunnel == NULL || is_on == culvert_tunnel_is_wanted (tunnel))
    return FALSE;
  if (is_on)
    culvert_tunnel_start (tunnel);
  else
    culvert_tunnel_stop (tunnel);
  return FALSE;
}

static void
try_again_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertTunnel *tunnel = get_tunnel (CULVERT_OVERVIEW (widget));

  if (culvert_tunnel_get_state (tunnel) == CULVERT_TUNNEL_WAITING)
    culvert_tunnel_retry_now (tunnel);
  else
    culvert_tunnel_start (tunnel);
}

static void
copy_command_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertTunnel                  *tunnel = get_tunnel (CULVERT_OVERVIEW (widget));
  g_autoptr (CulvertFailureWords) words = NULL;

  if (culvert_tunnel_get_error (tunnel) == NULL)
    return;
  words = culvert_failure_words_for_tunnel (culvert_tunnel_get_error (tunnel),
                                            culvert_tunnel_get_profile (tunnel));
  if (words->command != NULL)
    culvert_copy_text (widget, words->command);
}

static CulvertClockPace
get_pace (CulvertOverview *self)
{
  CulvertTunnel     *tunnel = get_tunnel (self);
  CulvertTunnelState state =
    tunnel != NULL ? culvert_tunnel_get_state (tunnel) : CULVERT_TUNNEL_STOPPED;

  if (!gtk_widget_get_mapped (GTK_WIDGET (self)))
    return CULVERT_CLOCK_RESTS;
  if (state == CULVERT_TUNNEL_UP)
    return culvert_clock_get_now_us (self->clock) - culvert_tunnel_get_up_since_us (tunnel) <
               MINUTE_US
             ? CULVERT_CLOCK_SECONDS
             : CULVERT_CLOCK_MINUTES;
  return state == CULVERT_TUNNEL_WAITING ? CULVERT_CLOCK_SECONDS : CULVERT_CLOCK_RESTS;
}

static void
update_clock (CulvertOverview *self)
{
  culvert_clock_set_pace (self->clock, &self->pace, get_pace (self));
}

static void
culvert_overview_tunnel_changed (CulvertTunnelPart *part)
{
  CulvertOverview *self = CULVERT_OVERVIEW (part);

  g_signal_group_set_target (self->tunnel_signals, get_tunnel (self));
  update_clock (self);
}

static void
culvert_overview_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (culvert_overview_parent_class)->map (widget);
  update_clock (CULVERT_OVERVIEW (widget));
}

static void
culvert_overview_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (culvert_overview_parent_class)->unmap (widget);
  update_clock (CULVERT_OVERVIEW (widget));
}

static void
culvert_overview_dispose (GObject *object)
{
  CulvertOverview *self = CULVERT_OVERVIEW (object);

  g_signal_group_set_target (self->tunnel_signals, NULL);
  culvert_clock_set_pace (self->clock, &self->pace, CULVERT_CLOCK_RESTS);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_OVERVIEW);
  G_OBJECT_CLASS (culvert_overview_parent_class)->dispose (object);
}

static void
culvert_overview_finalize (GObject *object)
{
  g_clear_object (&CULVERT_OVERVIEW (object)->tunnel_signals);
  G_OBJECT_CLASS (culvert_overview_parent_class)->finalize (object);
}

static void
culvert_overview_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CulvertOverview *self = CULVERT_OVERVIEW (object);

  switch (prop_id)
    {
    case PROP_SHOWS_TITLE:
      g_value_set_boolean (value, self->shows_title);
      break;
    case PROP_CLOCK:
      g_value_set_object (value, self->clock);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_overview_set_property (GObject      *object,
                               guint         prop_id,
                               const GValue *value,
                               GParamSpec   *pspec)
{
  CulvertOverview *self = CULVERT_OVERVIEW (object);

  switch (prop_id)
    {
    case PROP_SHOWS_TITLE:
      if (self->shows_title == g_value_get_boolean (value))
        break;
      self->shows_title = g_value_get_boolean (value);
      g_object_notify_by_pspec (object, pspec);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
bind_callbacks (GtkWidgetClass *widget_class)
{
  gtk_widget_class_bind_template_callback (widget_class, format_headline);
  gtk_widget_class_bind_template_callback (widget_class, format_details);
  gtk_widget_class_bind_template_callback (widget_class, format_host_key);
  gtk_widget_class_bind_template_callback (widget_class, has_text);
  gtk_widget_class_bind_template_callback (widget_class, has_trouble);
  gtk_widget_class_bind_template_callback (widget_class, get_trouble_kind);
  gtk_widget_class_bind_template_callback (widget_class, format_what);
  gtk_widget_class_bind_template_callback (widget_class, format_next);
  gtk_widget_class_bind_template_callback (widget_class, format_why);
  gtk_widget_class_bind_template_callback (widget_class, format_try_again);
  gtk_widget_class_bind_template_callback (widget_class, is_editable);
  gtk_widget_class_bind_template_callback (widget_class, has_command);
  gtk_widget_class_bind_template_callback (widget_class, needs_you);
  gtk_widget_class_bind_template_callback (widget_class, has_traffic);
  gtk_widget_class_bind_template_callback (widget_class, is_up);
  gtk_widget_class_bind_template_callback (widget_class, format_question);
  gtk_widget_class_bind_template_callback (widget_class, format_answer);
  gtk_widget_class_bind_template_callback (widget_class, toggle_state_set_cb);
}

static void
culvert_overview_class_init (CulvertOverviewClass *klass)
{
  GObjectClass   *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = culvert_overview_dispose;
  object_class->finalize = culvert_overview_finalize;
  object_class->get_property = culvert_overview_get_property;
  object_class->set_property = culvert_overview_set_property;
  widget_class->map = culvert_overview_map;
  widget_class->unmap = culvert_overview_unmap;
  CULVERT_TUNNEL_PART_CLASS (klass)->tunnel_changed = culvert_overview_tunnel_changed;
  properties[PROP_SHOWS_TITLE] =
    g_param_spec_boolean ("shows-title", NULL, NULL, FALSE,
                          G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  properties[PROP_CLOCK] = g_param_spec_object ("clock", NULL, NULL, CULVERT_TYPE_CLOCK,
                                                G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);

  g_type_ensure (CULVERT_TYPE_CALLOUT);
  g_type_ensure (CULVERT_TYPE_HOST_KEY_CARD);
  g_type_ensure (CULVERT_TYPE_FACTS);
  g_type_ensure (CULVERT_TYPE_FORWARD_GROUP);
  g_type_ensure (CULVERT_TYPE_ROUTE_CARD);
  g_type_ensure (CULVERT_TYPE_STATE_ICON);
  g_type_ensure (CULVERT_TYPE_TRAFFIC_CARD);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/overview.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertOverview, toggle);
  gtk_widget_class_install_action (widget_class, "overview.try-again", NULL, try_again_action);
  gtk_widget_class_install_action (widget_class, "overview.copy-command", NULL,
                                   copy_command_action);
  bind_callbacks (widget_class);
}

static void
culvert_overview_init (CulvertOverview *self)
{
  self->clock = culvert_clock_get_default ();
  g_signal_connect_object (self->clock, "notify::now-us", G_CALLBACK (update_clock), self,
                           G_CONNECT_SWAPPED | G_CONNECT_AFTER);
  self->tunnel_signals = g_signal_group_new (CULVERT_TYPE_TUNNEL);
  g_signal_group_connect_swapped (self->tunnel_signals, "notify::state", G_CALLBACK (update_clock),
                                  self);
  gtk_widget_init_template (GTK_WIDGET (self));
}
