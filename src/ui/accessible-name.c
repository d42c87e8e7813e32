/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/accessible-name.h"

static void
set_name (GtkWidget *widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static gboolean
is_row (GtkWidget *widget)
{
  GtkAccessibleRole role = gtk_accessible_get_accessible_role (GTK_ACCESSIBLE (widget));

  return role == GTK_ACCESSIBLE_ROLE_LIST_ITEM || role == GTK_ACCESSIBLE_ROLE_ROW;
}

/* A list item of GTK has had a label of its own since 4.12 only. */
void
culvert_accessible_name_row (GtkWidget *child, const char *name)
{
  GtkWidget *widget = child;

  g_return_if_fail (GTK_IS_WIDGET (child));
  while (widget != NULL && !is_row (widget))
    widget = gtk_widget_get_parent (widget);
  if (widget != NULL)
    set_name (widget, name);
}

static void
title_cb (AdwPreferencesRow *row)
{
  set_name (GTK_WIDGET (row), adw_preferences_row_get_title (row));
}

void
culvert_accessible_name_expander (AdwExpanderRow *row)
{
  g_return_if_fail (ADW_IS_EXPANDER_ROW (row));
  g_signal_connect (row, "notify::title", G_CALLBACK (title_cb), NULL);
  title_cb (ADW_PREFERENCES_ROW (row));
}
