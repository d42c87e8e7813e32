/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* A menu as a value: what a tray shows and what can be chosen in it.  Built anew for each look, never changed
 * once it was handed over. */

#include <glib.h>

G_BEGIN_DECLS

typedef enum
{
  CULVERT_MENU_ACTION,
  CULVERT_MENU_CHECK,
  CULVERT_MENU_SUBMENU,
  CULVERT_MENU_SEPARATOR,
} CulvertMenuKind;

typedef struct
{
  /* private */
  grefcount ref_count;

  char *key; /* what is chosen; the same in the next look, and no other item's; never NULL */
  CulvertMenuKind kind;
  char           *label;      /* as it is read: an underscore is one; never NULL */
  char           *icon_name;  /* nullable */
  gboolean        is_enabled; /* TRUE by default */
  gboolean        is_checked;
  GPtrArray      *children; /* of CulvertMenuItem; never NULL, empty unless a submenu */
} CulvertMenuItem;

/* (transfer full): @label: (nullable) for a separator and for a menu as a whole, which is a submenu */
CulvertMenuItem *culvert_menu_item_new (CulvertMenuKind kind, const char *key, const char *label);
CulvertMenuItem *culvert_menu_item_ref (CulvertMenuItem *self);
void             culvert_menu_item_unref (CulvertMenuItem *self);

/* Puts a new item at the end of a submenu. Returns: (transfer none): it, to be filled in */
CulvertMenuItem *culvert_menu_item_add (CulvertMenuItem *self,
                                        CulvertMenuKind  kind,
                                        const char      *key,
                                        const char      *label);

/* Are the same items at the same places, whatever they say? */
gboolean culvert_menu_item_has_same_shape (const CulvertMenuItem *a, const CulvertMenuItem *b);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertMenuItem, culvert_menu_item_unref)

G_END_DECLS
