/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/entry.h"

const char *
culvert_entry_get_text (AdwEntryRow *row)
{
  return gtk_editable_get_text (GTK_EDITABLE (row));
}

void
culvert_entry_set_text (AdwEntryRow *row, const char *text)
{
  if (!g_str_equal (culvert_entry_get_text (row), text))
    gtk_editable_set_text (GTK_EDITABLE (row), text);
}
