/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A box that stands out on a page: what happened, why, what to do, and buttons that do it, which are
 * its children in a template.  Properties "kind" ("failure", "waiting" or "question"), "title", "why",
 * "text". */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CULVERT_TYPE_CALLOUT (culvert_callout_get_type ())
G_DECLARE_FINAL_TYPE (CulvertCallout, culvert_callout, CULVERT, CALLOUT, GtkBox)

G_END_DECLS
