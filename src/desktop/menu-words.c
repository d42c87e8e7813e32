/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "desktop/menu-words.h"

/* The label of a menu has mnemonics; "__" is a plain underscore. */
static GVariant *
label_to_variant (const char *label)
{
  g_autoptr (GString) text = g_string_new (label);

  g_string_replace (text, "_", "__", 0);
  return g_variant_new_string (text->str);
}

static gboolean
is_wanted (const char *const *names, const char *name)
{
  return names == NULL || names[0] == NULL || g_strv_contains (names, name);
}

static void
add (GVariantDict *dict, const char *const *names, const char *name, GVariant *value)
{
  g_autoptr (GVariant) held = g_variant_ref_sink (value);

  if (is_wanted (names, name))
    g_variant_dict_insert_value (dict, name, held);
}

GVariant *
culvert_menu_item_to_properties (const CulvertMenuItem *self, const char *const *names)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  if (self->kind == CULVERT_MENU_SEPARATOR)
    {
      add (&dict, names, "type", g_variant_new_string ("separator"));
      return g_variant_dict_end (&dict);
    }
  add (&dict, names, "label", label_to_variant (self->label));
  add (&dict, names, "enabled", g_variant_new_boolean (self->is_enabled));
  if (self->kind == CULVERT_MENU_SUBMENU)
    add (&dict, names, "children-display", g_variant_new_string ("submenu"));
  if (self->kind == CULVERT_MENU_CHECK)
    {
      add (&dict, names, "toggle-type", g_variant_new_string ("checkmark"));
      add (&dict, names, "toggle-state", g_variant_new_int32 (self->is_checked ? 1 : 0));
    }
  /* Some hosts draw an icon in place of the check mark. */
  if (self->kind != CULVERT_MENU_CHECK && self->icon_name != NULL)
    add (&dict, names, "icon-name", g_variant_new_string (self->icon_name));
  return g_variant_dict_end (&dict);
}

GVariant *
culvert_menu_item_to_changes (const CulvertMenuItem *before, const CulvertMenuItem *now)
{
  g_autoptr (GVariant) old = g_variant_ref_sink (culvert_menu_item_to_properties (before, NULL));
  g_autoptr (GVariant) new = g_variant_ref_sink (culvert_menu_item_to_properties (now, NULL));
  GVariantBuilder changes;
  GVariantIter    iter;
  const char     *name;
  GVariant       *value;

  g_variant_builder_init (&changes, G_VARIANT_TYPE_VARDICT);
  g_variant_iter_init (&iter, new);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      g_autoptr (GVariant) was = g_variant_lookup_value (old, name, NULL);

      if (was == NULL || !g_variant_equal (was, value))
        g_variant_builder_add (&changes, "{sv}", name, value);
    }
  return g_variant_builder_end (&changes);
}
