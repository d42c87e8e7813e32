/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/tray.h"

CulvertTrayLook *
culvert_tray_look_new (void)
{
  return g_new0 (CulvertTrayLook, 1);
}

void
culvert_tray_look_free (CulvertTrayLook *self)
{
  g_free (self->icon_name);
  g_clear_pointer (&self->pixels, g_variant_unref);
  g_free (self->icon_text);
  g_free (self->heading);
  g_free (self->text);
  g_clear_pointer (&self->menu, culvert_menu_item_unref);
  g_free (self);
}
