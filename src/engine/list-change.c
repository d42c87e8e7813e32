/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/list-change.h"

void
culvert_list_tell_change (GListModel *model, GPtrArray *before, GPtrArray *after)
{
  guint shorter = MIN (before->len, after->len);
  guint n_first = 0;
  guint n_last = 0;

  while (n_first < shorter && before->pdata[n_first] == after->pdata[n_first])
    n_first++;
  while (n_last < shorter - n_first &&
         before->pdata[before->len - 1 - n_last] == after->pdata[after->len - 1 - n_last])
    n_last++;
  if (n_first + n_last < MAX (before->len, after->len))
    g_list_model_items_changed (model, n_first, before->len - n_first - n_last,
                                after->len - n_first - n_last);
}
