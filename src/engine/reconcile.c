/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/reconcile.h"

static void
step_free (gpointer data)
{
  CulvertReconcileStep *self = data;

  culvert_forward_spec_unref (self->spec);
  g_free (self);
}

static void
add_step (GPtrArray *steps, CulvertReconcileAction action, CulvertForwardSpec *spec)
{
  CulvertReconcileStep *step = g_new (CulvertReconcileStep, 1);

  step->action = action;
  step->spec = culvert_forward_spec_ref (spec);
  g_ptr_array_add (steps, step);
}

static CulvertForwardSpec *
find (GPtrArray *specs, guint n_specs, const char *id)
{
  for (guint i = 0; i < n_specs; i++)
    {
      CulvertForwardSpec *spec = g_ptr_array_index (specs, i);

      if (g_str_equal (culvert_forward_spec_get_id (spec), id))
        return spec;
    }

  return NULL;
}

static gboolean
is_wanted_at (GPtrArray *wanted, guint position)
{
  CulvertForwardSpec *spec = g_ptr_array_index (wanted, position);

  return culvert_forward_spec_is_enabled (spec) &&
         find (wanted, position, culvert_forward_spec_get_id (spec)) == NULL;
}

/* Does a forward started with @running do what @wanted asks for? */
static gboolean
does_the_same (CulvertForwardSpec *running, CulvertForwardSpec *wanted)
{
  CulvertForwardFields           fields = culvert_forward_spec_get_fields (running);
  g_autoptr (CulvertForwardSpec) renamed = NULL;

  fields.name = culvert_forward_spec_get_name (wanted);
  fields.is_https = culvert_forward_spec_get_fields (wanted).is_https;
  fields.browser_path = culvert_forward_spec_get_fields (wanted).browser_path;
  renamed = culvert_forward_spec_new (&fields);

  return culvert_forward_spec_equal (renamed, wanted);
}

GPtrArray *
culvert_reconcile (GPtrArray *wanted, GPtrArray *running)
{
  GPtrArray             *steps = g_ptr_array_new_with_free_func (step_free);
  g_autoptr (GHashTable) kept = g_hash_table_new (g_str_hash, g_str_equal);

  g_return_val_if_fail (wanted != NULL, steps);
  g_return_val_if_fail (running != NULL, steps);

  for (guint i = 0; i < wanted->len; i++)
    {
      CulvertForwardSpec *spec = g_ptr_array_index (wanted, i);
      const char         *id = culvert_forward_spec_get_id (spec);
      CulvertForwardSpec *now = find (running, running->len, id);

      if (is_wanted_at (wanted, i) && now != NULL && does_the_same (now, spec))
        g_hash_table_add (kept, (gpointer)id);
    }

  for (guint i = 0; i < running->len; i++)
    {
      CulvertForwardSpec *spec = g_ptr_array_index (running, i);

      if (!g_hash_table_contains (kept, culvert_forward_spec_get_id (spec)))
        add_step (steps, CULVERT_RECONCILE_DESTROY, spec);
    }

  for (guint i = 0; i < wanted->len; i++)
    {
      CulvertForwardSpec *spec = g_ptr_array_index (wanted, i);

      if (!is_wanted_at (wanted, i))
        continue;
      add_step (steps,
                g_hash_table_contains (kept, culvert_forward_spec_get_id (spec))
                  ? CULVERT_RECONCILE_KEEP
                  : CULVERT_RECONCILE_CREATE,
                spec);
    }

  return steps;
}
