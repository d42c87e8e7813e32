/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* How the model fills in its items. */

#include "engine/connection-item.h"
#include "engine/connection-list.h"

G_BEGIN_DECLS

CulvertConnectionItem *culvert_connection_item_new (const CulvertConnectionFigures *figures,
                                                    const CulvertConnectionNews    *news,
                                                    gint64                          taken_us);

/* What a later list says. */
void culvert_connection_item_take (CulvertConnectionItem          *self,
                                   const CulvertConnectionFigures *figures,
                                   gint64                          taken_us);

void culvert_connection_item_set_program (CulvertConnectionItem    *self,
                                          const CulvertPeerProgram *program);

guint64 culvert_connection_item_get_parent_id (CulvertConnectionItem *self);
/* @parent: (nullable) */
void culvert_connection_item_set_parent (CulvertConnectionItem *self,
                                         CulvertConnectionItem *parent);

/* The list that had it last, which the model counts. */
guint culvert_connection_item_get_round (CulvertConnectionItem *self);
void  culvert_connection_item_set_round (CulvertConnectionItem *self, guint round);

G_END_DECLS
