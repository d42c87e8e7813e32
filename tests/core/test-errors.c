/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"

static void
test_facts (void)
{
  const GQuark domains[] = { CULVERT_SSH_ERROR, CULVERT_FORWARD_ERROR, CULVERT_PROFILE_ERROR };

  for (guint i = 0; i < G_N_ELEMENTS (domains); i++)
    {
      g_autoptr (GError) error = g_error_new_literal (domains[i], 0, "message");
      g_autoptr (GError) copy = NULL;

      for (guint fact = 0; fact < CULVERT_N_FACTS; fact++)
        g_assert_null (culvert_error_get_fact (error, (CulvertFact)fact));
      culvert_error_set_fact (&error, CULVERT_FACT_FILE, "/first");
      culvert_error_set_fact (&error, CULVERT_FACT_FILE, "/a:b");
      culvert_error_set_fact (&error, CULVERT_FACT_LINE, "7");
      culvert_error_set_fact (&error, CULVERT_FACT_LINE, NULL);
      /* Its own text, as whoever passes an error on may do. */
      culvert_error_set_fact (&error, CULVERT_FACT_FILE,
                              culvert_error_get_fact (error, CULVERT_FACT_FILE));
      g_prefix_error (&error, "where: ");
      copy = g_error_copy (error);
      g_clear_error (&error);

      g_assert_cmpstr (copy->message, ==, "where: message");
      g_assert_cmpstr (culvert_error_get_fact (copy, CULVERT_FACT_FILE), ==, "/a:b");
      g_assert_cmpstr (culvert_error_get_fact (copy, CULVERT_FACT_LINE), ==, "7");
      g_assert_null (culvert_error_get_fact (copy, CULVERT_FACT_REASON));
    }
}

static void
test_no_place_for_facts (void)
{
  g_autoptr (GError) other = g_error_new_literal (G_IO_ERROR, G_IO_ERROR_FAILED, "other");
  GError            *none = NULL;

  culvert_error_set_fact (NULL, CULVERT_FACT_FILE, "x");
  culvert_error_set_fact (&none, CULVERT_FACT_FILE, "x");
  g_assert_null (none);
  culvert_error_set_fact (&other, CULVERT_FACT_FILE, "x");
  g_assert_null (culvert_error_get_fact (other, CULVERT_FACT_FILE));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/errors/facts", test_facts);
  g_test_add_func ("/core/errors/no-place-for-facts", test_no_place_for_facts);

  return g_test_run ();
}
