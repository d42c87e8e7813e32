/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/profile-entry-private.h"

struct _CulvertProfileEntry
{
  GObject parent_instance;

  CulvertProfile *profile;
};

G_DEFINE_FINAL_TYPE (CulvertProfileEntry, culvert_profile_entry, G_TYPE_OBJECT)

enum
{
  PROP_ID = 1,
  PROP_PROFILE,
  N_PROPS,
};
static GParamSpec *properties[N_PROPS];

static void
culvert_profile_entry_get_property (GObject    *object,
                                    guint       property_id,
                                    GValue     *value,
                                    GParamSpec *pspec)
{
  CulvertProfileEntry *self = CULVERT_PROFILE_ENTRY (object);

  switch (property_id)
    {
    case PROP_ID:
      g_value_set_string (value, self->profile->id);
      break;
    case PROP_PROFILE:
      g_value_set_boxed (value, self->profile);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property_id, pspec);
    }
}

static void
culvert_profile_entry_finalize (GObject *object)
{
  CulvertProfileEntry *self = CULVERT_PROFILE_ENTRY (object);

  culvert_profile_unref (self->profile);

  G_OBJECT_CLASS (culvert_profile_entry_parent_class)->finalize (object);
}

static void
culvert_profile_entry_class_init (CulvertProfileEntryClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = culvert_profile_entry_get_property;
  object_class->finalize = culvert_profile_entry_finalize;

  properties[PROP_ID] =
    g_param_spec_string ("id", NULL, NULL, NULL, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  properties[PROP_PROFILE] =
    g_param_spec_boxed ("profile", NULL, NULL, CULVERT_TYPE_PROFILE,
                        G_PARAM_READABLE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
culvert_profile_entry_init (CulvertProfileEntry *self)
{
}

CulvertProfileEntry *
culvert_profile_entry_new (CulvertProfile *profile)
{
  CulvertProfileEntry *self = g_object_new (CULVERT_TYPE_PROFILE_ENTRY, NULL);

  self->profile = culvert_profile_ref (profile);
  return self;
}

void
culvert_profile_entry_set_profile (CulvertProfileEntry *self, CulvertProfile *profile)
{
  culvert_profile_ref (profile);
  culvert_profile_unref (self->profile);
  self->profile = profile;
}

void
culvert_profile_entry_notify (CulvertProfileEntry *self)
{
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_PROFILE]);
}

CulvertProfile *
culvert_profile_entry_get_profile (CulvertProfileEntry *self)
{
  g_return_val_if_fail (CULVERT_IS_PROFILE_ENTRY (self), NULL);

  return self->profile;
}

const char *
culvert_profile_entry_get_id (CulvertProfileEntry *self)
{
  g_return_val_if_fail (CULVERT_IS_PROFILE_ENTRY (self), NULL);

  return self->profile->id;
}
