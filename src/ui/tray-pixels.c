/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/tray-pixels.h"

#include "ui/format.h"

static const int sizes[] = { 16, 22, 24, 32, 48 };

/* A tray is dark or light, and nobody says which: what lies between can be seen on both. */
static const GdkRGBA *
get_colour (CulvertTunnelState state)
{
  static const GdkRGBA grey = { 0.55f, 0.55f, 0.57f, 1 };
  static const GdkRGBA blue = { 0.21f, 0.52f, 0.89f, 1 };
  static const GdkRGBA green = { 0.15f, 0.64f, 0.41f, 1 };
  static const GdkRGBA amber = { 0.90f, 0.60f, 0.10f, 1 };
  static const GdkRGBA red = { 0.88f, 0.20f, 0.22f, 1 };

  switch (state)
    {
    case CULVERT_TUNNEL_CONNECTING:
    case CULVERT_TUNNEL_SIGNING_IN:
      return &blue;
    case CULVERT_TUNNEL_UP:
      return &green;
    case CULVERT_TUNNEL_WAITING:
    case CULVERT_TUNNEL_NEEDS_YOU:
      return &amber;
    case CULVERT_TUNNEL_FAILED:
      return &red;
    case CULVERT_TUNNEL_STOPPED:
    case CULVERT_TUNNEL_STOPPING:
    case CULVERT_TUNNEL_IDLE:
    default:
      return &grey;
    }
}

/* (transfer full) (nullable) */
static cairo_surface_t *
draw (GtkIconPaintable *icon, int size, const GdkRGBA *colour)
{
  const GdkRGBA    colours[] = { *colour, *colour, *colour, *colour };
  GtkSnapshot     *snapshot = gtk_snapshot_new ();
  GskRenderNode   *node;
  cairo_surface_t *surface;
  cairo_t         *cairo;

  gtk_symbolic_paintable_snapshot_symbolic (GTK_SYMBOLIC_PAINTABLE (icon), snapshot, size, size,
                                            colours, G_N_ELEMENTS (colours));
  node = gtk_snapshot_free_to_node (snapshot);
  if (node == NULL)
    return NULL;
  surface = cairo_image_surface_create (CAIRO_FORMAT_ARGB32, size, size);
  cairo = cairo_create (surface);
  gsk_render_node_draw (node, cairo);
  cairo_destroy (cairo);
  gsk_render_node_unref (node);
  cairo_surface_flush (surface);
  return surface;
}

/* Straight alpha, and the bytes in the order of the network. */
static guint32
to_network (guint32 pixel)
{
  guint32 alpha = pixel >> 24;
  guint32 all = alpha << 24;

  for (int shift = 0; alpha > 0 && shift < 24; shift += 8)
    all |= MIN (((pixel >> shift & 0xff) * 255 + alpha / 2) / alpha, 255) << shift;
  return GUINT32_TO_BE (all);
}

static void
add_surface (GVariantBuilder *all, cairo_surface_t *surface, int size)
{
  g_autofree guint32 *pixels = g_new (guint32, size * size);
  const guchar       *bytes = cairo_image_surface_get_data (surface);
  int                 stride = cairo_image_surface_get_stride (surface);

  for (int y = 0; y < size; y++)
    for (int x = 0; x < size; x++)
      pixels[y * size + x] = to_network (((const guint32 *)(gconstpointer)(bytes + y * stride))[x]);
  g_variant_builder_add (all, "(ii@ay)", size, size,
                         g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, pixels,
                                                    (gsize)size * size * sizeof *pixels, 1));
}

GVariant *
culvert_tray_pixels_new (CulvertTunnelState state)
{
  GdkDisplay     *display = gdk_display_get_default ();
  GVariantBuilder all;
  guint           n_drawn = 0;

  if (display == NULL)
    return NULL;
  g_variant_builder_init (&all, G_VARIANT_TYPE ("a(iiay)"));
  for (guint i = 0; i < G_N_ELEMENTS (sizes); i++)
    {
      g_autoptr (GtkIconPaintable) icon = gtk_icon_theme_lookup_icon (
        gtk_icon_theme_get_for_display (display), culvert_format_state_icon (state), NULL, sizes[i],
        1, GTK_TEXT_DIR_NONE, GTK_ICON_LOOKUP_FORCE_SYMBOLIC);
      cairo_surface_t *surface = draw (icon, sizes[i], get_colour (state));

      if (surface == NULL)
        continue;
      add_surface (&all, surface, sizes[i]);
      cairo_surface_destroy (surface);
      n_drawn++;
    }
  if (n_drawn > 0)
    return g_variant_ref_sink (g_variant_builder_end (&all));
  g_variant_builder_clear (&all);
  return NULL;
}

static gboolean
is_in (const char *data_dir, const char *icon_name)
{
  g_autofree char *file = g_strconcat (icon_name, ".svg", NULL);
  g_autofree char *path =
    g_build_filename (data_dir, "icons", "hicolor", "symbolic", "apps", file, NULL);

  return g_file_test (path, G_FILE_TEST_EXISTS);
}

gboolean
culvert_tray_icon_is_installed (const char *icon_name)
{
  const char *const *dirs = g_get_system_data_dirs ();

  if (is_in (g_get_user_data_dir (), icon_name))
    return TRUE;
  for (guint i = 0; dirs[i] != NULL; i++)
    if (is_in (dirs[i], icon_name))
      return TRUE;
  return FALSE;
}
