/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/traffic-card.h"

#include "ui/fold-layout.h"
#include "ui/format.h"
#include "ui/rate-graph.h"
#include "words/quantity.h"

#include <glib/gi18n.h>

struct _CulvertTrafficCard
{
  CulvertTunnelPart parent_instance;
};

G_DEFINE_FINAL_TYPE (CulvertTrafficCard, culvert_traffic_card, CULVERT_TYPE_TUNNEL_PART)

static char *
format_received_rate (CulvertTrafficCard *self, double rate)
{
  g_autofree char *text = culvert_words_for_rate (rate);

  return g_strdup_printf ("↓ %s", text);
}

static char *
format_sent_rate (CulvertTrafficCard *self, double rate)
{
  g_autofree char *text = culvert_words_for_rate (rate);

  return g_strdup_printf ("↑ %s", text);
}

static char *
format_received_total (CulvertTrafficCard *self, guint64 n_bytes)
{
  g_autofree char *text = culvert_words_for_size (n_bytes);

  return g_strdup_printf (_ ("%s received"), text);
}

static char *
format_sent_total (CulvertTrafficCard *self, guint64 n_bytes)
{
  g_autofree char *text = culvert_words_for_size (n_bytes);

  return g_strdup_printf (_ ("%s sent"), text);
}

static char *
format_connections (CulvertTrafficCard *self, guint n_open)
{
  return culvert_format_connections (n_open);
}

static void
culvert_traffic_card_dispose (GObject *object)
{
  gtk_widget_dispose_template (GTK_WIDGET (object), CULVERT_TYPE_TRAFFIC_CARD);
  G_OBJECT_CLASS (culvert_traffic_card_parent_class)->dispose (object);
}

static void
culvert_traffic_card_class_init (CulvertTrafficCardClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_traffic_card_dispose;
  g_type_ensure (CULVERT_TYPE_FOLD_LAYOUT);
  g_type_ensure (CULVERT_TYPE_RATE_GRAPH);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/traffic-card.ui");
  gtk_widget_class_bind_template_callback (widget_class, format_received_rate);
  gtk_widget_class_bind_template_callback (widget_class, format_sent_rate);
  gtk_widget_class_bind_template_callback (widget_class, format_received_total);
  gtk_widget_class_bind_template_callback (widget_class, format_sent_total);
  gtk_widget_class_bind_template_callback (widget_class, format_connections);
}

static void
culvert_traffic_card_init (CulvertTrafficCard *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}
