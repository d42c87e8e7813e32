/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* Finding a widget below another as a person would: by what it is and what it says. */

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * find_widget:
 * @root: a widget
 * @type: of the wanted one
 * @text: (nullable): its label, or its tooltip; NULL finds the first of the type
 *
 * Returns: (transfer none) (nullable): the first one, top to bottom; @root itself counts
 */
gpointer find_widget (gpointer root, GType type, const char *text);

G_END_DECLS
