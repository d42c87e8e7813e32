/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/settings.h"

GSettings *
culvert_settings_new (void)
{
  GSettingsSchemaSource      *source = g_settings_schema_source_get_default ();
  g_autoptr (GSettingsSchema) schema = NULL;

  /* g_settings_new() ends the program when the schema is missing. */
  if (source != NULL)
    schema = g_settings_schema_source_lookup (source, CULVERT_APP_ID, TRUE);
  return schema != NULL ? g_settings_new_full (schema, NULL, NULL) : NULL;
}
