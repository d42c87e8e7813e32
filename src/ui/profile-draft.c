/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/profile-draft.h"

struct _CulvertProfileDraft
{
  GObject         parent_instance;
  CulvertProfile *profile;
  CulvertProfile *initial;
  GPtrArray      *problems;
  char           *focus; /* nullable: a forward's id */
};

G_DEFINE_FINAL_TYPE (CulvertProfileDraft, culvert_profile_draft, G_TYPE_OBJECT)

enum
{
  SIGNAL_REPLACED,
  SIGNAL_CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
culvert_profile_draft_finalize (GObject *object)
{
  CulvertProfileDraft *self = CULVERT_PROFILE_DRAFT (object);

  culvert_profile_unref (self->profile);
  culvert_profile_unref (self->initial);
  g_ptr_array_unref (self->problems);
  g_free (self->focus);
  G_OBJECT_CLASS (culvert_profile_draft_parent_class)->finalize (object);
}

static void
culvert_profile_draft_class_init (CulvertProfileDraftClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = culvert_profile_draft_finalize;
  signals[SIGNAL_REPLACED] =
    g_signal_new ("replaced", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
  signals[SIGNAL_CHANGED] =
    g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
culvert_profile_draft_init (CulvertProfileDraft *self)
{
}

CulvertProfileDraft *
culvert_profile_draft_new (CulvertProfile *profile)
{
  CulvertProfileDraft *self = g_object_new (CULVERT_TYPE_PROFILE_DRAFT, NULL);

  self->profile = culvert_profile_edit (profile);
  self->initial = culvert_profile_edit (profile);
  self->problems = culvert_profile_check (self->profile);
  return self;
}

CulvertProfile *
culvert_profile_draft_peek (CulvertProfileDraft *self)
{
  g_return_val_if_fail (CULVERT_IS_PROFILE_DRAFT (self), NULL);
  return self->profile;
}

static void
check (CulvertProfileDraft *self)
{
  g_autoptr (CulvertProfile) copy = culvert_profile_edit (self->profile);
  CulvertForwardSpec        *spec =
    self->focus != NULL ? culvert_profile_find_forward (copy, self->focus) : NULL;

  /* The last one is the one that is in the way. */
  if (spec != NULL)
    {
      culvert_forward_spec_ref (spec);
      g_ptr_array_remove (copy->forwards, spec);
      g_ptr_array_add (copy->forwards, spec);
    }
  g_ptr_array_unref (self->problems);
  self->problems = culvert_profile_check (copy);
}

void
culvert_profile_draft_touch (CulvertProfileDraft *self)
{
  g_return_if_fail (CULVERT_IS_PROFILE_DRAFT (self));

  check (self);
  g_signal_emit (self, signals[SIGNAL_CHANGED], 0);
}

void
culvert_profile_draft_replace (CulvertProfileDraft *self, CulvertProfile *profile)
{
  CulvertProfile *old;

  g_return_if_fail (CULVERT_IS_PROFILE_DRAFT (self));
  g_return_if_fail (profile != NULL);

  old = self->profile;
  self->profile = culvert_profile_edit (profile);
  culvert_profile_unref (old);
  g_signal_emit (self, signals[SIGNAL_REPLACED], 0);
  culvert_profile_draft_touch (self);
}

void
culvert_profile_draft_rebase (CulvertProfileDraft *self, CulvertProfile *profile)
{
  CulvertProfile *old;

  g_return_if_fail (CULVERT_IS_PROFILE_DRAFT (self));

  old = self->initial;
  self->initial = culvert_profile_edit (profile != NULL ? profile : self->profile);
  culvert_profile_unref (old);
}

GPtrArray *
culvert_profile_draft_get_problems (CulvertProfileDraft *self)
{
  g_return_val_if_fail (CULVERT_IS_PROFILE_DRAFT (self), NULL);
  return self->problems;
}

void
culvert_profile_draft_set_focus (CulvertProfileDraft *self, const char *forward_id)
{
  char *copy = g_strdup (forward_id);

  g_return_if_fail (CULVERT_IS_PROFILE_DRAFT (self));

  g_free (self->focus);
  self->focus = copy;
  culvert_profile_draft_touch (self);
}

gboolean
culvert_profile_draft_is_changed (CulvertProfileDraft *self)
{
  g_return_val_if_fail (CULVERT_IS_PROFILE_DRAFT (self), FALSE);
  return !culvert_profile_equal (self->profile, self->initial);
}

gboolean
culvert_profile_draft_can_save (CulvertProfileDraft *self)
{
  g_return_val_if_fail (CULVERT_IS_PROFILE_DRAFT (self), FALSE);
  return culvert_problems_allow_start (self->problems);
}

CulvertProfile *
culvert_profile_draft_dup_profile (CulvertProfileDraft *self)
{
  g_return_val_if_fail (CULVERT_IS_PROFILE_DRAFT (self), NULL);
  return culvert_profile_edit (self->profile);
}
