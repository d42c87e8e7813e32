/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/check-stage.h"

struct _CulvertCheckStage
{
  GObject                 parent_instance;
  CulvertCheckStageFields fields; /* owns all that it points to */
};

G_DEFINE_FINAL_TYPE (CulvertCheckStage, culvert_check_stage, G_TYPE_OBJECT)

enum
{
  CHANGED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void
clear (CulvertCheckStageFields *fields)
{
  g_free ((char *)fields->server);
  g_free ((char *)fields->subject);
  g_free ((char *)fields->detail);
  g_clear_pointer (&fields->forward, culvert_forward_spec_unref);
  g_clear_error ((GError **)&fields->error);
}

static CulvertCheckStageFields
copy (const CulvertCheckStageFields *fields)
{
  CulvertCheckStageFields result = *fields;

  result.server = g_strdup (fields->server);
  result.subject = g_strdup (fields->subject);
  result.detail = g_strdup (fields->detail);
  result.forward = fields->forward != NULL ? culvert_forward_spec_ref (fields->forward) : NULL;
  result.error = fields->error != NULL ? g_error_copy (fields->error) : NULL;
  return result;
}

static void
culvert_check_stage_finalize (GObject *object)
{
  clear (&CULVERT_CHECK_STAGE (object)->fields);

  G_OBJECT_CLASS (culvert_check_stage_parent_class)->finalize (object);
}

static void
culvert_check_stage_class_init (CulvertCheckStageClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = culvert_check_stage_finalize;
  signals[CHANGED] = g_signal_new ("changed", G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_FIRST, 0,
                                   NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
culvert_check_stage_init (CulvertCheckStage *self)
{
}

CulvertCheckStage *
culvert_check_stage_new (const CulvertCheckStageFields *fields)
{
  CulvertCheckStage *self = g_object_new (CULVERT_TYPE_CHECK_STAGE, NULL);

  self->fields = copy (fields);
  return self;
}

void
culvert_check_stage_set (CulvertCheckStage *self, const CulvertCheckStageFields *fields)
{
  CulvertCheckStageFields before;

  g_return_if_fail (CULVERT_IS_CHECK_STAGE (self));

  /* @fields may point into the old ones. */
  before = self->fields;
  self->fields = copy (fields);
  clear (&before);
  g_signal_emit (self, signals[CHANGED], 0);
}

const CulvertCheckStageFields *
culvert_check_stage_get_fields (CulvertCheckStage *self)
{
  g_return_val_if_fail (CULVERT_IS_CHECK_STAGE (self), NULL);

  return &self->fields;
}
