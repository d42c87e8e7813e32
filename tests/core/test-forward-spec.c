/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/forward-spec.h"

#include <string.h>

static CulvertForwardSpec *
make (CulvertForwardFields fields)
{
  g_autoptr (CulvertEndpoint) listen = culvert_endpoint_new_tcp ("", 8080);
  g_autoptr (CulvertEndpoint) target = culvert_endpoint_new_tcp ("db", 5432);

  if (fields.listen == NULL)
    fields.listen = listen;
  if (fields.target == NULL)
    fields.target = target;
  return culvert_forward_spec_new (&fields);
}

static void
test_fields (void)
{
  g_autoptr (CulvertForwardSpec) spec = make ((CulvertForwardFields){
    .id = "one", .name = "Data", .is_enabled = TRUE, .any_user = TRUE, .is_ftp = TRUE });
  CulvertForwardFields           fields = culvert_forward_spec_get_fields (spec);

  g_assert_cmpstr (culvert_forward_spec_get_id (spec), ==, "one");
  g_assert_cmpstr (culvert_forward_spec_get_name (spec), ==, "Data");
  g_assert_cmpint (culvert_forward_spec_get_kind (spec), ==, CULVERT_FORWARD_LOCAL);
  g_assert_cmpuint (culvert_endpoint_get_port (culvert_forward_spec_get_listen (spec)), ==, 8080);
  g_assert_cmpuint (culvert_endpoint_get_port (culvert_forward_spec_get_target (spec)), ==, 5432);
  g_assert_true (culvert_forward_spec_is_enabled (spec));
  g_assert_cmpstr (fields.id, ==, "one");
  g_assert_true (fields.any_user);
  g_assert_true (fields.is_ftp);
}

static void
test_defaults (void)
{
  g_autoptr (CulvertForwardSpec) a = make ((CulvertForwardFields){ 0 });
  g_autoptr (CulvertForwardSpec) b = make ((CulvertForwardFields){ 0 });

  g_assert_true (culvert_forward_id_is_valid (culvert_forward_spec_get_id (a)));
  g_assert_cmpstr (culvert_forward_spec_get_id (a), !=, culvert_forward_spec_get_id (b));
  g_assert_cmpstr (culvert_forward_spec_get_name (a), ==, "");
  g_assert_false (culvert_forward_spec_is_enabled (a));
}

static void
test_dynamic_has_no_target (void)
{
  static const CulvertForwardKind kinds[] = { CULVERT_FORWARD_DYNAMIC,
                                              CULVERT_FORWARD_REVERSE_DYNAMIC };

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    {
      g_autoptr (CulvertForwardSpec) spec =
        make ((CulvertForwardFields){ .kind = kinds[i], .is_ftp = TRUE });

      g_assert_null (culvert_forward_spec_get_target (spec));
      g_assert_false (culvert_forward_spec_get_fields (spec).is_ftp);
    }
}

/* A browser here can open what listens here and leads to one place. */
static void
test_browser_of_local_ones (void)
{
  for (CulvertForwardKind kind = CULVERT_FORWARD_LOCAL; kind <= CULVERT_FORWARD_REVERSE_DYNAMIC;
       kind++)
    {
      g_autoptr (CulvertForwardSpec) spec =
        make ((CulvertForwardFields){ .kind = kind, .is_https = TRUE, .browser_path = "/x" });
      CulvertForwardFields fields = culvert_forward_spec_get_fields (spec);

      g_assert_cmpstr (fields.browser_path, ==, kind == CULVERT_FORWARD_LOCAL ? "/x" : "");
      g_assert_true (fields.is_https == (kind == CULVERT_FORWARD_LOCAL));
    }
}

static void
test_equal (void)
{
  const CulvertForwardFields     base = { .id = "x", .name = "n", .is_enabled = TRUE };
  g_autoptr (CulvertForwardSpec) spec = make (base);
  g_autoptr (CulvertForwardSpec) same = make (base);
  g_autoptr (CulvertEndpoint)    other = culvert_endpoint_new_tcp ("other", 1);
  CulvertForwardFields           changed[10];

  g_assert_true (culvert_forward_spec_equal (spec, same));
  g_assert_true (culvert_forward_spec_equal (NULL, NULL));
  g_assert_false (culvert_forward_spec_equal (spec, NULL));
  for (guint i = 0; i < G_N_ELEMENTS (changed); i++)
    changed[i] = base;
  changed[0].id = "y";
  changed[1].name = "m";
  changed[2].kind = CULVERT_FORWARD_REMOTE;
  changed[3].listen = other;
  changed[4].target = other;
  changed[5].is_enabled = FALSE;
  changed[6].any_user = TRUE;
  changed[7].is_ftp = TRUE;
  changed[8].is_https = TRUE;
  changed[9].browser_path = "/x";
  for (guint i = 0; i < G_N_ELEMENTS (changed); i++)
    {
      g_autoptr (CulvertForwardSpec) different = make (changed[i]);

      g_assert_false (culvert_forward_spec_equal (spec, different));
    }
}

static void
test_with_enabled (void)
{
  g_autoptr (CulvertForwardSpec) on =
    make ((CulvertForwardFields){ .id = "x", .name = "n", .is_enabled = TRUE, .any_user = TRUE });
  g_autoptr (CulvertForwardSpec) off = culvert_forward_spec_with_enabled (on, FALSE);
  g_autoptr (CulvertForwardSpec) again = culvert_forward_spec_with_enabled (off, TRUE);
  g_autoptr (CulvertForwardSpec) unchanged = culvert_forward_spec_with_enabled (on, TRUE);

  g_assert_true (culvert_forward_spec_is_enabled (on));
  g_assert_false (culvert_forward_spec_is_enabled (off));
  g_assert_false (culvert_forward_spec_equal (on, off));
  g_assert_true (culvert_forward_spec_equal (on, again));
  g_assert_true (unchanged == on);
}

static void
test_kinds (void)
{
  static const char *const nicks[] = { "local", "remote", "dynamic", "reverse-dynamic" };
  static const gboolean    is_remote[] = { FALSE, TRUE, FALSE, TRUE };
  g_autoptr (GEnumClass)   klass = g_type_class_ref (CULVERT_TYPE_FORWARD_KIND);
  CulvertForwardKind       kind = CULVERT_FORWARD_REMOTE;

  for (guint i = 0; i < G_N_ELEMENTS (nicks); i++)
    {
      g_assert_true (culvert_forward_kind_from_nick (nicks[i], &kind));
      g_assert_cmpint (kind, ==, i);
      g_assert_cmpstr (culvert_forward_kind_to_nick (kind), ==, nicks[i]);
      g_assert_cmpstr (g_enum_get_value (klass, kind)->value_nick, ==, nicks[i]);
      g_assert_true (culvert_forward_kind_is_remote (kind) == is_remote[i]);
    }
  g_assert_false (culvert_forward_kind_from_nick ("Local", &kind));
  g_assert_false (culvert_forward_kind_from_nick ("", &kind));
}

static void
test_ids (void)
{
  g_autofree char *longest = g_strnfill (64, 'a');
  g_autofree char *too_long = g_strnfill (65, 'a');

  g_assert_true (culvert_forward_id_is_valid ("a"));
  g_assert_true (culvert_forward_id_is_valid ("A-b_9"));
  g_assert_true (culvert_forward_id_is_valid (longest));
  g_assert_false (culvert_forward_id_is_valid (too_long));
  g_assert_false (culvert_forward_id_is_valid (""));
  g_assert_false (culvert_forward_id_is_valid ("a b"));
  g_assert_false (culvert_forward_id_is_valid ("a]"));
  g_assert_false (culvert_forward_id_is_valid ("ä"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/forward-spec/fields", test_fields);
  g_test_add_func ("/core/forward-spec/defaults", test_defaults);
  g_test_add_func ("/core/forward-spec/dynamic-has-no-target", test_dynamic_has_no_target);
  g_test_add_func ("/core/forward-spec/browser-of-local-ones", test_browser_of_local_ones);
  g_test_add_func ("/core/forward-spec/equal", test_equal);
  g_test_add_func ("/core/forward-spec/with-enabled", test_with_enabled);
  g_test_add_func ("/core/forward-spec/kinds", test_kinds);
  g_test_add_func ("/core/forward-spec/ids", test_ids);

  return g_test_run ();
}
