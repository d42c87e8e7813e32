/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/menu-item.h"

CulvertMenuItem *
culvert_menu_item_new (CulvertMenuKind kind, const char *key, const char *label)
{
  CulvertMenuItem *self = g_new0 (CulvertMenuItem, 1);

  g_ref_count_init (&self->ref_count);
  self->kind = kind;
  self->key = g_strdup (key);
  self->label = g_strdup (label != NULL ? label : "");
  self->is_enabled = TRUE;
  self->children = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_menu_item_unref);
  return self;
}

CulvertMenuItem *
culvert_menu_item_ref (CulvertMenuItem *self)
{
  g_ref_count_inc (&self->ref_count);
  return self;
}

void
culvert_menu_item_unref (CulvertMenuItem *self)
{
  if (!g_ref_count_dec (&self->ref_count))
    return;

  g_ptr_array_unref (self->children);
  g_free (self->key);
  g_free (self->label);
  g_free (self->icon_name);
  g_free (self);
}

CulvertMenuItem *
culvert_menu_item_add (CulvertMenuItem *self,
                       CulvertMenuKind  kind,
                       const char      *key,
                       const char      *label)
{
  CulvertMenuItem *child = culvert_menu_item_new (kind, key, label);

  g_ptr_array_add (self->children, child);
  return child;
}

gboolean
culvert_menu_item_has_same_shape (const CulvertMenuItem *a, const CulvertMenuItem *b)
{
  if (a->kind != b->kind || !g_str_equal (a->key, b->key) || a->children->len != b->children->len)
    return FALSE;
  for (guint i = 0; i < a->children->len; i++)
    if (!culvert_menu_item_has_same_shape (a->children->pdata[i], b->children->pdata[i]))
      return FALSE;
  return TRUE;
}
