/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/patient-prompter.h"

struct _PatientPrompter
{
  GObject parent_instance;

  GPtrArray *prompts; /* of CulvertPrompt */
};

static void
ask (CulvertPrompter *prompter, CulvertPrompt *prompt)
{
  g_ptr_array_add (PATIENT_PROMPTER (prompter)->prompts, g_object_ref (prompt));
}

static void
prompter_init (CulvertPrompterInterface *iface)
{
  iface->ask = ask;
}

G_DEFINE_FINAL_TYPE_WITH_CODE (PatientPrompter,
                               patient_prompter,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CULVERT_TYPE_PROMPTER, prompter_init))

static void
patient_prompter_finalize (GObject *object)
{
  g_ptr_array_unref (PATIENT_PROMPTER (object)->prompts);

  G_OBJECT_CLASS (patient_prompter_parent_class)->finalize (object);
}

static void
patient_prompter_class_init (PatientPrompterClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = patient_prompter_finalize;
}

static void
patient_prompter_init (PatientPrompter *self)
{
  self->prompts = g_ptr_array_new_with_free_func (g_object_unref);
}

PatientPrompter *
patient_prompter_new (void)
{
  return g_object_new (PATIENT_TYPE_PROMPTER, NULL);
}

guint
patient_prompter_get_n_asked (PatientPrompter *self)
{
  return self->prompts->len;
}

CulvertPrompt *
patient_prompter_get (PatientPrompter *self, guint number)
{
  g_assert_cmpuint (number, <, self->prompts->len);

  return g_ptr_array_index (self->prompts, number);
}

gboolean
patient_prompter_is_withdrawn (PatientPrompter *self, guint number)
{
  return g_cancellable_is_cancelled (
    culvert_prompt_get_withdrawn (patient_prompter_get (self, number)));
}

void
patient_prompter_answer (PatientPrompter *self,
                         guint            number,
                         CulvertDecision  decision,
                         const char      *secret)
{
  CulvertSecret *secrets[1] = { NULL };

  if (secret != NULL)
    secrets[0] = culvert_secret_new (secret, -1);
  culvert_prompt_answer (patient_prompter_get (self, number), decision, secrets,
                         secret != NULL ? 1 : 0);
  g_clear_pointer (&secrets[0], culvert_secret_unref);
}
