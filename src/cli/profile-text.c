/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/profile-text.h"

#include "cli/json-line.h"
#include "words/tunnel-words.h"

char *
culvert_profile_text_join (gboolean is_remote, const char *listen, const char *target)
{
  const char *side = is_remote ? "server " : "";

  if (target == NULL)
    return g_strdup_printf ("%s%s proxy", side, listen);
  return g_strdup_printf ("%s%s -> %s", side, listen, target);
}

char *
culvert_profile_text_forward (const CulvertForwardSpec *spec, const char *listen)
{
  CulvertForwardFields fields = culvert_forward_spec_get_fields (spec);
  g_autofree char     *own = culvert_endpoint_to_listen_string (fields.listen, 0);
  g_autofree char     *target =
    fields.target != NULL ? culvert_endpoint_to_string (fields.target) : NULL;

  return culvert_profile_text_join (culvert_forward_kind_is_remote (fields.kind),
                                    listen != NULL ? listen : own, target);
}

char *
culvert_profile_text_forwards (const CulvertProfile *profile)
{
  g_autoptr (GString) text = g_string_new (NULL);

  for (guint i = 0; i < profile->forwards->len; i++)
    {
      const CulvertForwardSpec *spec = g_ptr_array_index (profile->forwards, i);
      g_autofree char          *forward = culvert_profile_text_forward (spec, NULL);
      gboolean                  is_enabled = culvert_forward_spec_is_enabled (spec);

      g_string_append_printf (text, "%s%s%s%s", i > 0 ? ", " : "", is_enabled ? "" : "(", forward,
                              is_enabled ? "" : ")");
    }
  if (text->len == 0)
    g_string_append_c (text, '-');
  return g_string_free (g_steal_pointer (&text), FALSE);
}

static void
add_forward (JsonBuilder *builder, const CulvertForwardSpec *spec, const CulvertProfile *profile)
{
  CulvertForwardFields fields = culvert_forward_spec_get_fields (spec);
  g_autofree char     *sentence = culvert_words_for_forward (spec, profile);
  g_autofree char     *listen = culvert_endpoint_to_listen_string (fields.listen, 0);
  g_autofree char     *target =
    fields.target != NULL ? culvert_endpoint_to_string (fields.target) : NULL;

  json_builder_begin_object (builder);
  culvert_json_line_add_string (builder, "id", fields.id);
  culvert_json_line_add_string (builder, "name", fields.name);
  culvert_json_line_add_string (builder, "kind", culvert_forward_kind_to_nick (fields.kind));
  culvert_json_line_add_string (builder, "listen", listen);
  culvert_json_line_add_string (builder, "target", target);
  culvert_json_line_add_boolean (builder, "enabled", fields.is_enabled);
  culvert_json_line_add_boolean (builder, "any_user", fields.any_user);
  culvert_json_line_add_boolean (builder, "ftp", fields.is_ftp);
  culvert_json_line_add_string (builder, "sentence", sentence);
  json_builder_end_object (builder);
}

JsonNode *
culvert_profile_text_json (const CulvertProfile *profile)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char        *title = culvert_profile_dup_title (profile);

  json_builder_begin_object (builder);
  culvert_json_line_add_string (builder, "id", profile->id);
  culvert_json_line_add_string (builder, "name", profile->name);
  culvert_json_line_add_string (builder, "title", title);
  culvert_json_line_add_string (builder, "group", profile->group);
  culvert_json_line_add_string (builder, "host", profile->host);
  json_builder_set_member_name (builder, "port");
  json_builder_add_int_value (builder, profile->port);
  culvert_json_line_add_string (builder, "user", profile->user);
  json_builder_set_member_name (builder, "forwards");
  json_builder_begin_array (builder);
  for (guint i = 0; i < profile->forwards->len; i++)
    add_forward (builder, g_ptr_array_index (profile->forwards, i), profile);
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  return json_builder_get_root (builder);
}
