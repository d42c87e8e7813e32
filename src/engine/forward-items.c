/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/forward-items.h"

#include "engine/forward-item-private.h"

struct _CulvertForwardItems
{
  GListStore *model; /* of CulvertForwardItem */
};

CulvertForwardItems *
culvert_forward_items_new (void)
{
  CulvertForwardItems *self = g_new0 (CulvertForwardItems, 1);

  self->model = g_list_store_new (CULVERT_TYPE_FORWARD_ITEM);

  return self;
}

void
culvert_forward_items_free (CulvertForwardItems *self)
{
  if (self == NULL)
    return;

  g_object_unref (self->model);
  g_free (self);
}

static guint
get_n_items (CulvertForwardItems *self)
{
  return g_list_model_get_n_items (G_LIST_MODEL (self->model));
}

/* (transfer none): the model holds it */
static CulvertForwardItem *
get_item (CulvertForwardItems *self, guint position)
{
  g_autoptr (CulvertForwardItem) item =
    g_list_model_get_item (G_LIST_MODEL (self->model), position);

  return item;
}

/* An item for each forward: the one there is, else a new one.  A second forward with the same id
 * has none: nobody could tell them apart. */
static GPtrArray *
collect_items (CulvertForwardItems *self, CulvertProfile *profile)
{
  GPtrArray             *items = g_ptr_array_new_with_free_func (g_object_unref);
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < profile->forwards->len; i++)
    {
      CulvertForwardSpec *spec = g_ptr_array_index (profile->forwards, i);
      const char         *id = culvert_forward_spec_get_id (spec);
      CulvertForwardItem *item = culvert_forward_items_find (self, id);

      if (!g_hash_table_add (seen, (gpointer)id))
        continue;
      g_ptr_array_add (items, item != NULL ? g_object_ref (item) : culvert_forward_item_new (spec));
      culvert_forward_item_set_spec (g_ptr_array_index (items, items->len - 1), spec);
    }

  return items;
}

void
culvert_forward_items_set_profile (CulvertForwardItems *self, CulvertProfile *profile)
{
  g_autoptr (GPtrArray) items = collect_items (self, profile);
  guint                 n_before = get_n_items (self);
  guint                 n_same = 0;     /* in the beginning */
  guint                 n_same_end = 0; /* at the end */

  while (n_same < MIN (n_before, items->len) &&
         get_item (self, n_same) == g_ptr_array_index (items, n_same))
    n_same++;
  while (n_same_end < MIN (n_before, items->len) - n_same &&
         get_item (self, n_before - 1 - n_same_end) ==
           g_ptr_array_index (items, items->len - 1 - n_same_end))
    n_same_end++;

  if (n_same == n_before && n_same == items->len)
    return;

  g_list_store_splice (self->model, n_same, n_before - n_same - n_same_end, items->pdata + n_same,
                       items->len - n_same - n_same_end);
}

void
culvert_forward_items_set_report (CulvertForwardItems *self, const CulvertForwardReport *report)
{
  CulvertForwardItem *item = culvert_forward_items_find (self, report->id);

  if (item != NULL)
    culvert_forward_item_set_report (item, report);
}

void
culvert_forward_items_set_all_off (CulvertForwardItems *self)
{
  for (guint i = 0; i < get_n_items (self); i++)
    culvert_forward_item_set_off (get_item (self, i));
}

void
culvert_forward_items_sample (CulvertForwardItems *self, gint64 now_us)
{
  for (guint i = 0; i < get_n_items (self); i++)
    culvert_forward_item_sample (get_item (self, i), now_us);
}

void
culvert_forward_items_skip_to (CulvertForwardItems *self, gint64 now_us)
{
  for (guint i = 0; i < get_n_items (self); i++)
    culvert_forward_item_skip_to (get_item (self, i), now_us);
}

gboolean
culvert_forward_items_all_listen (CulvertForwardItems *self)
{
  for (guint i = 0; i < get_n_items (self); i++)
    {
      CulvertForwardItem *item = get_item (self, i);

      if (culvert_forward_item_is_enabled (item) &&
          culvert_forward_item_get_state (item) != CULVERT_FORWARD_LISTENING)
        return FALSE;
    }

  return TRUE;
}

CulvertForwardItem *
culvert_forward_items_find (CulvertForwardItems *self, const char *id)
{
  for (guint i = 0; i < get_n_items (self); i++)
    {
      CulvertForwardItem *item = get_item (self, i);

      if (g_str_equal (culvert_forward_item_get_id (item), id))
        return item;
    }

  return NULL;
}

GListModel *
culvert_forward_items_get_model (CulvertForwardItems *self)
{
  return G_LIST_MODEL (self->model);
}
