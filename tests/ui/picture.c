/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/picture.h"

#include "support/culvert-test.h"

/* (transfer full) (nullable): NULL while it waits for its layout */
static GskRenderNode *
draw (GtkWidget *widget, int *width, int *height)
{
  g_autoptr (GdkPaintable) paintable = gtk_widget_paintable_new (widget);
  g_autoptr (GtkSnapshot)  snapshot = gtk_snapshot_new ();

  *width = gdk_paintable_get_intrinsic_width (paintable);
  *height = gdk_paintable_get_intrinsic_height (paintable);
  gdk_paintable_snapshot (paintable, GDK_SNAPSHOT (snapshot), *width, *height);
  return gtk_snapshot_free_to_node (g_steal_pointer (&snapshot));
}

void
culvert_picture_take (GtkWidget *widget, const char *path)
{
  GtkNative                *native = gtk_widget_get_native (widget);
  g_autoptr (GskRenderNode) node = NULL;
  g_autoptr (GdkTexture)    texture = NULL;
  int                       width, height;

  culvert_test_wait_until ((node = draw (widget, &width, &height)) != NULL, 5000);
  texture = gsk_renderer_render_texture (gtk_native_get_renderer (native), node,
                                         &GRAPHENE_RECT_INIT (0, 0, width, height));
  g_assert_true (gdk_texture_save_to_png (texture, path));
}
