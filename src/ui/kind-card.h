/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A kind of forward to choose: its arrow, what it is for in plain words, and its usual name. */

#include "core/forward-spec.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/* (transfer floating): a GtkToggleButton, in no group yet */
GtkWidget *culvert_kind_card_new (CulvertForwardKind kind);

G_END_DECLS
