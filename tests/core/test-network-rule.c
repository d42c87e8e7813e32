/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/network-rule.h"

static const char *const listed[] = { "Office", "Home 5 GHz", NULL };

static void
test_nicks (void)
{
  for (int i = 0; i < CULVERT_N_NETWORK_RULES; i++)
    {
      CulvertNetworkRule rule = CULVERT_NETWORK_RULE_ANY;

      g_assert_true (culvert_network_rule_from_nick (culvert_network_rule_to_nick (i), &rule));
      g_assert_cmpint (rule, ==, i);
    }
  g_assert_false (culvert_network_rule_from_nick ("never", &(CulvertNetworkRule){ 0 }));
}

static void
test_allows (void)
{
  static const struct
  {
    const char *names; /* by ";"; NULL: nobody can tell */
    gboolean    only;
    gboolean    except;
  } rows[] = {
    { "Office", TRUE, FALSE },   { "Wired connection 1;Home 5 GHz", TRUE, FALSE },
    { "Cafe", FALSE, TRUE },     { "office", FALSE, TRUE },
    { "Office 2", FALSE, TRUE }, { "", FALSE, TRUE },
    { NULL, FALSE, TRUE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GStrv) split = rows[i].names != NULL ? g_strsplit (rows[i].names, ";", -1) : NULL;
      g_autoptr (CulvertNetworkNames) names =
        culvert_network_names_new ((const char *const *)split);

      g_test_message ("%s", rows[i].names);
      g_assert_true (culvert_network_rule_allows (CULVERT_NETWORK_RULE_ANY, listed, names));
      g_assert_cmpint (culvert_network_rule_allows (CULVERT_NETWORK_RULE_ONLY, listed, names), ==,
                       rows[i].only);
      g_assert_cmpint (culvert_network_rule_allows (CULVERT_NETWORK_RULE_EXCEPT, listed, names), ==,
                       rows[i].except);
    }
}

static void
test_names (void)
{
  const char *const               two[] = { "Cafe", "cafe-guests", NULL };
  g_autoptr (CulvertNetworkNames) cafe = culvert_network_names_new (two);
  g_autoptr (CulvertNetworkNames) again = culvert_network_names_new (two);
  g_autoptr (CulvertNetworkNames) none = culvert_network_names_new (two + 2);
  g_autoptr (CulvertNetworkNames) unknown = culvert_network_names_new (NULL);
  g_autoptr (CulvertNetworkNames) held = culvert_network_names_ref (cafe);

  g_assert_cmpstr (culvert_network_names_get_first (held), ==, "Cafe");
  g_assert_null (culvert_network_names_get_first (none));
  g_assert_null (culvert_network_names_get_first (unknown));
  g_assert_true (culvert_network_names_are_known (none));
  g_assert_false (culvert_network_names_are_known (unknown));
  g_assert_true (culvert_network_names_equal (cafe, again));
  g_assert_true (culvert_network_names_equal (NULL, NULL));
  g_assert_false (culvert_network_names_equal (cafe, none));
  g_assert_false (culvert_network_names_equal (none, unknown));
  g_assert_false (culvert_network_names_equal (unknown, NULL));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/core/network-rule/nicks", test_nicks);
  g_test_add_func ("/core/network-rule/allows", test_allows);
  g_test_add_func ("/core/network-rule/names", test_names);
  return g_test_run ();
}
