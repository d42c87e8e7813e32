/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "bus/forward-values.h"

#include "core/error-kind.h"

static const char *const state_nicks[] = {
  [CULVERT_FORWARD_OFF] = "off",
  [CULVERT_FORWARD_LISTENING] = "listening",
  [CULVERT_FORWARD_FAILED] = "failed",
  [CULVERT_FORWARD_STARTING] = "starting",
};

static const char *const target_nicks[] = {
  [CULVERT_TARGET_UNKNOWN] = "unknown",
  [CULVERT_TARGET_ANSWERED] = "answered",
  [CULVERT_TARGET_REFUSED] = "refused",
};

static void
add (GVariantBuilder *builder, const char *key, const char *value)
{
  if (value != NULL)
    g_variant_builder_add (builder, "{sv}", key, g_variant_new_string (value));
}

GVariant *
culvert_bus_get_reason (const CulvertFailureWords *words)
{
  if (words->why == NULL)
    return g_variant_new_string (words->what);
  return g_variant_new_take_string (g_strdup_printf ("%s %s", words->what, words->why));
}

static void
add_trouble (GVariantBuilder *builder, CulvertForwardItem *item, CulvertTunnel *tunnel)
{
  const GError                   *error = culvert_forward_item_get_error (item);
  g_autoptr (CulvertFailureWords) words = NULL;

  if (error == NULL)
    return;
  words = culvert_failure_words_for_forward (error, culvert_forward_item_get_spec (item),
                                             culvert_tunnel_get_profile (tunnel));
  g_variant_builder_add (builder, "{sv}", "reason", culvert_bus_get_reason (words));
  add (builder, "reason-kind", culvert_error_kind_to_nick (culvert_error_get_kind (error)));
  add (builder, "advice", words->next);
}

static void
add_target_trouble (GVariantBuilder *builder, CulvertForwardItem *item, CulvertTunnel *tunnel)
{
  const GError                   *error = culvert_forward_item_get_target_error (item);
  g_autoptr (CulvertFailureWords) words = NULL;

  if (error == NULL)
    return;
  words = culvert_failure_words_for_forward (error, culvert_forward_item_get_spec (item),
                                             culvert_tunnel_get_profile (tunnel));
  g_variant_builder_add (builder, "{sv}", "target-reason", culvert_bus_get_reason (words));
}

static void
add_forward (GVariantBuilder *builder, CulvertForwardItem *item, CulvertTunnel *tunnel)
{
  CulvertForwardFields fields =
    culvert_forward_spec_get_fields (culvert_forward_item_get_spec (item));
  g_autofree char *listen = culvert_forward_item_dup_listen (item);
  g_autofree char *target =
    fields.target != NULL ? culvert_endpoint_to_string (fields.target) : NULL;

  g_variant_builder_open (builder, G_VARIANT_TYPE_VARDICT);
  add (builder, "id", fields.id);
  add (builder, "name", fields.name);
  add (builder, "kind", culvert_forward_kind_to_nick (fields.kind));
  add (builder, "listen", listen);
  add (builder, "target", target);
  g_variant_builder_add (builder, "{sv}", "enabled",
                         g_variant_new_boolean (culvert_forward_item_is_enabled (item)));
  add (builder, "state", state_nicks[culvert_forward_item_get_state (item)]);
  add_trouble (builder, item, tunnel);
  add (builder, "target-state", target_nicks[culvert_forward_item_get_target_state (item)]);
  add_target_trouble (builder, item, tunnel);
  g_variant_builder_close (builder);
}

GVariant *
culvert_bus_get_forwards (CulvertTunnel *tunnel)
{
  GListModel     *forwards = culvert_tunnel_get_forwards (tunnel);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < g_list_model_get_n_items (forwards); i++)
    {
      g_autoptr (CulvertForwardItem) item = g_list_model_get_item (forwards, i);

      add_forward (&builder, item, tunnel);
    }
  return g_variant_builder_end (&builder);
}
