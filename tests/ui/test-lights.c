/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/lights.h"

#include "ui/state-icon.h"
#include "words/tunnel-words.h"

static void
assert_words (CulvertLights *lights, const char *expected)
{
  g_autofree char *words = culvert_lights_dup_words (lights);

  g_assert_cmpstr (words, ==, expected);
  gtk_test_accessible_assert_property (lights, GTK_ACCESSIBLE_PROPERTY_LABEL, expected);
}

/* (transfer none): the image of light @index */
static GtkImage *
get_image (CulvertLights *lights, guint index)
{
  GtkWidget *child = gtk_widget_get_first_child (GTK_WIDGET (lights));

  while (index-- > 0)
    child = gtk_widget_get_next_sibling (child);
  return GTK_IMAGE (child);
}

static void
test_say_all_three (void)
{
  CulvertLights *lights = g_object_ref_sink (g_object_new (CULVERT_TYPE_LIGHTS, NULL));

  assert_words (lights, "session off · switched off · target not tried yet");
  g_object_set (lights, "is-enabled", TRUE, NULL);
  assert_words (lights, "session off · not listening yet · target not tried yet");
  g_object_set (lights, "session", CULVERT_TUNNEL_UP, "listener", CULVERT_FORWARD_LISTENING,
                "target", CULVERT_TARGET_ANSWERED, NULL);
  assert_words (lights, "session up · listening · target answered");
  g_object_set (lights, "session", CULVERT_TUNNEL_WAITING, "listener", CULVERT_FORWARD_FAILED,
                "target", CULVERT_TARGET_REFUSED, NULL);
  assert_words (lights, "session waiting · not listening · target refuses");
  g_object_unref (lights);
}

/* Who sees no colours tells them apart by shape. */
static void
test_shapes_differ (void)
{
  CulvertLights *lights = g_object_ref_sink (g_object_new (CULVERT_TYPE_LIGHTS, NULL));

  g_object_set (lights, "listener", CULVERT_FORWARD_LISTENING, "target", CULVERT_TARGET_REFUSED,
                NULL);
  g_assert_cmpstr (gtk_image_get_icon_name (get_image (lights, 0)), ==,
                   CULVERT_APP_ID "-stopped-symbolic");
  g_assert_cmpstr (gtk_image_get_icon_name (get_image (lights, 1)), ==,
                   CULVERT_APP_ID "-up-symbolic");
  g_assert_cmpstr (gtk_image_get_icon_name (get_image (lights, 2)), ==,
                   CULVERT_APP_ID "-failed-symbolic");
  g_assert_cmpstr (gtk_widget_get_tooltip_text (GTK_WIDGET (get_image (lights, 2))), ==,
                   "target refuses");
  g_object_unref (lights);
}

static void
test_state_icon_says_the_state (void)
{
  CulvertStateIcon *icon = g_object_ref_sink (g_object_new (CULVERT_TYPE_STATE_ICON, NULL));

  for (CulvertTunnelState s = CULVERT_TUNNEL_STOPPED; s <= CULVERT_TUNNEL_FAILED; s++)
    {
      culvert_state_icon_set_state (icon, s);
      gtk_test_accessible_assert_role (icon, GTK_ACCESSIBLE_ROLE_IMG);
      gtk_test_accessible_assert_property (icon, GTK_ACCESSIBLE_PROPERTY_LABEL,
                                           culvert_words_for_state (s));
      g_assert_cmpstr (gtk_widget_get_tooltip_text (GTK_WIDGET (icon)), ==,
                       culvert_words_for_state (s));
    }
  g_assert_finalize_object (icon);
}

/* Every shape that the program names is in its resources. */
static void
test_icons_are_there (void)
{
  static const char *const names[] = {
    "stopped", "connecting", "up",     "waiting", "needs-you",
    "failed",  "local",      "remote", "dynamic", "reverse-dynamic",
  };
  GtkIconTheme *theme = gtk_icon_theme_get_for_display (gdk_display_get_default ());

  gtk_icon_theme_add_resource_path (theme, "/io/github/culvert_app/Culvert/icons");
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *name = g_strdup_printf (CULVERT_APP_ID "-%s-symbolic", names[i]);

      g_assert_true (gtk_icon_theme_has_icon (theme, name));
    }
  g_assert_true (gtk_icon_theme_has_icon (theme, CULVERT_APP_ID));
}

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv);
  g_test_add_func ("/ui/lights/say-all-three", test_say_all_three);
  g_test_add_func ("/ui/lights/shapes-differ", test_shapes_differ);
  g_test_add_func ("/ui/lights/state-icon-says-the-state", test_state_icon_says_the_state);
  g_test_add_func ("/ui/lights/icons-are-there", test_icons_are_there);
  return g_test_run ();
}
