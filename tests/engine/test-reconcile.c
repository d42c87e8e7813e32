/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/reconcile.h"

/* A forward as "id=argument", "!" in front: switched off, "name@" in front of the id: its name. */
static CulvertForwardSpec *
make_spec (const char *text)
{
  g_autoptr (GError)             error = NULL;
  g_autoptr (CulvertForwardSpec) parsed = NULL;
  CulvertForwardFields           fields;
  g_auto (GStrv)                 parts = NULL;
  g_auto (GStrv)                 names = NULL;
  gboolean                       is_off = text[0] == '!';

  parts = g_strsplit (text + (is_off ? 1 : 0), "=", 2);
  names = g_strsplit (parts[0], "@", 2);
  parsed = culvert_forward_spec_parse (CULVERT_FORWARD_LOCAL, parts[1], &error);
  g_assert_no_error (error);

  fields = culvert_forward_spec_get_fields (parsed);
  fields.id = names[1] != NULL ? names[1] : names[0];
  fields.name = names[1] != NULL ? names[0] : "";
  fields.is_enabled = !is_off;

  return culvert_forward_spec_new (&fields);
}

static GPtrArray *
make_specs (const char *texts)
{
  GPtrArray *specs = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_forward_spec_unref);
  g_auto (GStrv) split = g_strsplit (texts, " ", -1);

  for (guint i = 0; split[i] != NULL; i++)
    if (split[i][0] != '\0')
      g_ptr_array_add (specs, make_spec (split[i]));

  return specs;
}

typedef struct
{
  const char *name;
  const char *running;
  const char *wanted;
  const char *steps; /* in order: "-" destroy, "+" create, "=" keep, then the id */
} Row;

static const Row rows[] = {
  { "nothing", "", "", "" },
  { "first-start", "", "a=1000:x:1 b=1001:x:1", "+a +b" },
  { "unchanged", "a=1000:x:1 b=1001:x:1", "a=1000:x:1 b=1001:x:1", "=a =b" },
  { "order-does-not-matter", "a=1000:x:1 b=1001:x:1", "b=1001:x:1 a=1000:x:1", "=b =a" },
  { "added", "a=1000:x:1", "a=1000:x:1 b=1001:x:1", "=a +b" },
  { "removed", "a=1000:x:1 b=1001:x:1", "b=1001:x:1", "-a =b" },
  { "switched-off", "a=1000:x:1 b=1001:x:1", "!a=1000:x:1 b=1001:x:1", "-a =b" },
  { "switched-on", "b=1001:x:1", "a=1000:x:1 b=1001:x:1", "+a =b" },
  { "stays-off", "", "!a=1000:x:1", "" },
  { "listens-elsewhere", "a=1000:x:1 b=1001:x:1", "a=1002:x:1 b=1001:x:1", "-a +a =b" },
  { "leads-elsewhere", "a=1000:x:1 b=1001:x:1", "a=1000:y:1 b=1001:x:1", "-a +a =b" },
  { "renamed", "a=1000:x:1", "database@a=1000:x:1", "=a" },
  { "ports-swapped", "a=1000:x:1 b=1001:x:1", "a=1001:x:1 b=1000:x:1", "-a -b +a +b" },
  { "replaced-on-one-port", "a=1000:x:1", "b=1000:x:1", "-a +b" },
  { "an-id-twice", "", "a=1000:x:1 a=1001:x:1", "+a" },
  { "all-gone", "a=1000:x:1 b=1001:x:1", "", "-a -b" },
};

static void
test_row (gconstpointer data)
{
  const Row            *row = data;
  g_autoptr (GPtrArray) running = make_specs (row->running);
  g_autoptr (GPtrArray) wanted = make_specs (row->wanted);
  g_autoptr (GPtrArray) steps = culvert_reconcile (wanted, running);
  g_autoptr (GString)   text = g_string_new (NULL);

  for (guint i = 0; i < steps->len; i++)
    {
      CulvertReconcileStep *step = g_ptr_array_index (steps, i);
      const char            sign = step->action == CULVERT_RECONCILE_KEEP      ? '='
                                   : step->action == CULVERT_RECONCILE_DESTROY ? '-'
                                                                               : '+';

      g_string_append_printf (text, "%s%c%s", i > 0 ? " " : "", sign,
                              culvert_forward_spec_get_id (step->spec));
      /* What is created is what is wanted, not what ran under the same id. */
      if (step->action != CULVERT_RECONCILE_DESTROY)
        g_assert_true (g_ptr_array_find (wanted, step->spec, NULL));
    }
  g_assert_cmpstr (text->str, ==, row->steps);
}

/* Neither its name nor what a browser is told is a reason to close connections. */
static void
test_browser (void)
{
  g_autoptr (GPtrArray)          running = make_specs ("a=1000:x:1");
  g_autoptr (GPtrArray)          wanted = make_specs ("");
  g_autoptr (GPtrArray)          steps = NULL;
  g_autoptr (CulvertForwardSpec) spec = NULL;
  CulvertForwardFields           fields = culvert_forward_spec_get_fields (running->pdata[0]);

  fields.is_https = TRUE;
  fields.browser_path = "/x";
  spec = culvert_forward_spec_new (&fields);
  g_ptr_array_add (wanted, culvert_forward_spec_ref (spec));
  steps = culvert_reconcile (wanted, running);
  g_assert_cmpuint (steps->len, ==, 1);
  g_assert_cmpint (((CulvertReconcileStep *)steps->pdata[0])->action, ==, CULVERT_RECONCILE_KEEP);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/engine/reconcile/browser", test_browser);
  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/engine/reconcile/%s", rows[i].name);

      g_test_add_data_func (path, &rows[i], test_row);
    }

  return g_test_run ();
}
