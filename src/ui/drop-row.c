/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/drop-row.h"

#include "ui/clock.h"
#include "ui/drop-text.h"

struct _CulvertDropRow
{
  GtkListBoxRow  parent_instance;
  CulvertDrop   *drop;
  CulvertTunnel *tunnel;
  CulvertClock  *clock;
  gboolean       holds_clock; /* while it goes on in sight */
  GtkLabel      *time;
  GtkLabel      *length;
  GtkLabel      *cause;
  GtkLabel      *end;
};

G_DEFINE_FINAL_TYPE (CulvertDropRow, culvert_drop_row, GTK_TYPE_LIST_BOX_ROW)

static void
set_text (GtkLabel *label, char *text)
{
  if (!g_str_equal (gtk_label_get_label (label), text))
    gtk_label_set_label (label, text);
  g_free (text);
}

static void
update (CulvertDropRow *self)
{
  g_autoptr (GDateTime) when =
    g_date_time_new_from_unix_local (culvert_drop_get_lost_at_us (self->drop) / G_USEC_PER_SEC);
  g_autofree char *exact = g_date_time_format (when, "%c");

  set_text (self->time, culvert_drop_text_time (self->drop, g_get_real_time ()));
  gtk_widget_set_tooltip_text (GTK_WIDGET (self->time), exact);
  set_text (self->length, culvert_drop_text_length (self->drop));
  set_text (self->cause,
            culvert_drop_text_cause (self->drop, culvert_tunnel_get_profile (self->tunnel)));
  set_text (self->end, culvert_drop_text_end (self->drop));
}

static gboolean
goes_on (CulvertDropRow *self)
{
  CulvertDropEnd end = culvert_drop_get_end (self->drop);

  return end == CULVERT_DROP_AWAY || end == CULVERT_DROP_GIVEN_UP;
}

static void
update_clock (CulvertDropRow *self)
{
  culvert_clock_set_held (self->clock, &self->holds_clock,
                          gtk_widget_get_mapped (GTK_WIDGET (self)) && goes_on (self));
}

static void
drop_changed_cb (CulvertDropRow *self)
{
  update (self);
  update_clock (self);
}

static void
tick_cb (CulvertDropRow *self)
{
  if (self->holds_clock)
    update (self);
}

static void
culvert_drop_row_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (culvert_drop_row_parent_class)->map (widget);
  update (CULVERT_DROP_ROW (widget));
  update_clock (CULVERT_DROP_ROW (widget));
}

static void
culvert_drop_row_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (culvert_drop_row_parent_class)->unmap (widget);
  update_clock (CULVERT_DROP_ROW (widget));
}

static void
culvert_drop_row_dispose (GObject *object)
{
  CulvertDropRow *self = CULVERT_DROP_ROW (object);

  culvert_clock_set_held (self->clock, &self->holds_clock, FALSE);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_DROP_ROW);
  g_clear_object (&self->drop);
  g_clear_object (&self->tunnel);
  G_OBJECT_CLASS (culvert_drop_row_parent_class)->dispose (object);
}

static void
culvert_drop_row_class_init (CulvertDropRowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_drop_row_dispose;
  widget_class->map = culvert_drop_row_map;
  widget_class->unmap = culvert_drop_row_unmap;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/drop-row.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertDropRow, time);
  gtk_widget_class_bind_template_child (widget_class, CulvertDropRow, length);
  gtk_widget_class_bind_template_child (widget_class, CulvertDropRow, cause);
  gtk_widget_class_bind_template_child (widget_class, CulvertDropRow, end);
}

static void
culvert_drop_row_init (CulvertDropRow *self)
{
  self->clock = culvert_clock_get_default ();
  gtk_widget_init_template (GTK_WIDGET (self));
}

GtkWidget *
culvert_drop_row_new (CulvertDrop *drop, CulvertTunnel *tunnel)
{
  CulvertDropRow *self = g_object_new (CULVERT_TYPE_DROP_ROW, NULL);

  self->drop = g_object_ref (drop);
  self->tunnel = g_object_ref (tunnel);
  gtk_accessible_update_relation (
    GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_RELATION_LABELLED_BY, self->time, self->length, NULL,
    GTK_ACCESSIBLE_RELATION_DESCRIBED_BY, self->cause, self->end, NULL, -1);
  g_signal_connect_object (drop, "changed", G_CALLBACK (drop_changed_cb), self, G_CONNECT_SWAPPED);
  g_signal_connect_object (self->clock, "notify::now-us", G_CALLBACK (tick_cb), self,
                           G_CONNECT_SWAPPED);
  update (self);
  return GTK_WIDGET (self);
}
