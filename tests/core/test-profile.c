/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/profile.h"

#include <string.h>

static CulvertForwardSpec *
forward (const char *argument)
{
  return culvert_forward_spec_parse (CULVERT_FORWARD_LOCAL, argument, NULL);
}

static void
test_defaults (void)
{
  g_autoptr (CulvertProfile) a = culvert_profile_new ();
  g_autoptr (CulvertProfile) b = culvert_profile_new ();

  g_assert_true (culvert_profile_id_is_valid (a->id));
  g_assert_cmpstr (a->id, !=, b->id);
  g_assert_cmpstr (a->name, ==, "");
  g_assert_cmpstr (a->host, ==, "");
  g_assert_cmpuint (a->port, ==, 22);
  g_assert_cmpstr (a->user, ==, "");
  g_assert_cmpint (a->address_family, ==, CULVERT_ADDRESS_FAMILY_ANY);
  g_assert_cmpuint (g_strv_length (a->known_hosts_files), ==, 0);
  g_assert_cmpuint (a->methods->len, ==, CULVERT_N_AUTH_METHODS);
  for (guint i = 0; i < CULVERT_N_AUTH_METHODS; i++)
    g_assert_cmpuint (g_array_index (a->methods, CulvertAuthMethod, i), ==, i);
  g_assert_cmpuint (g_strv_length (a->key_files), ==, 0);
  g_assert_cmpstr (a->agent_socket, ==, "");
  g_assert_false (a->only_listed_keys);
  g_assert_false (a->never_ask);
  g_assert_cmpuint (a->connect_timeout_s, ==, 15);
  g_assert_cmpuint (a->keepalive_interval_s, ==, 15);
  g_assert_false (a->legacy_algorithms);
  g_assert_true (a->reconnect);
  g_assert_true (a->quick_replies);
  g_assert_false (a->start_with_program);
  g_assert_cmpint (a->network_rule, ==, CULVERT_NETWORK_RULE_ANY);
  g_assert_cmpuint (g_strv_length (a->networks), ==, 0);
  g_assert_true (a->notify);
  g_assert_cmpuint (a->forwards->len, ==, 0);
  g_assert_null (a->unknown);
  g_assert_null (a->revision);
}

static CulvertProfile *
full_profile (void)
{
  CulvertProfile *profile = culvert_profile_new ();

  culvert_profile_set_string (&profile->name, "Name");
  culvert_profile_set_string (&profile->host, "host");
  culvert_profile_set_string (&profile->user, "user");
  culvert_profile_set_string (&profile->agent_socket, "/agent");
  g_strfreev (profile->key_files);
  profile->key_files = g_strsplit ("/a /b", " ", -1);
  g_strfreev (profile->known_hosts_files);
  profile->known_hosts_files = g_strsplit ("/c", " ", -1);
  g_ptr_array_add (profile->forwards, forward ("1:h:2"));
  g_ptr_array_add (profile->forwards, forward ("3:h:4"));
  profile->unknown = g_key_file_new ();
  g_key_file_set_string (profile->unknown, "Tunnel", "New", "x");
  profile->revision = g_strdup ("r1");
  return profile;
}

static void
test_edit_is_independent (void)
{
  g_autoptr (CulvertProfile)     original = full_profile ();
  g_autoptr (CulvertProfile)     untouched = culvert_profile_edit (original);
  g_autoptr (CulvertProfile)     copy = culvert_profile_edit (original);
  g_autoptr (CulvertForwardSpec) spec = forward ("5:h:6");

  g_assert_true (culvert_profile_equal (original, copy));
  g_assert_cmpstr (copy->revision, ==, "r1");

  culvert_profile_set_string (&copy->name, "Other");
  copy->port = 23;
  g_array_set_size (copy->methods, 1);
  g_free (copy->key_files[0]);
  copy->key_files[0] = g_strdup ("/z");
  culvert_profile_put_forward (copy, spec);
  g_assert_true (culvert_profile_equal (original, untouched));
  g_assert_false (culvert_profile_equal (original, copy));
}

/* Each of these is one difference. */
static void
change (CulvertProfile *profile, guint which)
{
  CulvertForwardSpec *off;

  switch (which)
    {
    case 0:
      culvert_profile_set_string (&profile->id, "another");
      break;
    case 1:
      culvert_profile_set_string (&profile->name, "x");
      break;
    case 2:
      culvert_profile_set_string (&profile->host, "x");
      break;
    case 3:
      profile->port++;
      break;
    case 4:
      culvert_profile_set_string (&profile->user, "x");
      break;
    case 5:
      profile->address_family = CULVERT_ADDRESS_FAMILY_IPV6;
      break;
    case 6:
      g_strfreev (profile->known_hosts_files);
      profile->known_hosts_files = g_new0 (char *, 1);
      break;
    case 7:
      g_array_set_size (profile->methods, 3);
      break;
    case 8:
      g_array_index (profile->methods, CulvertAuthMethod, 0) = CULVERT_AUTH_KEY;
      break;
    case 9:
      g_free (profile->key_files[1]);
      profile->key_files[1] = NULL;
      break;
    case 25:
      g_strfreev (profile->certificate_files);
      profile->certificate_files = g_strsplit ("/c", " ", -1);
      break;
    case 10:
      culvert_profile_set_string (&profile->agent_socket, "");
      break;
    case 11:
      profile->only_listed_keys = TRUE;
      break;
    case 12:
      profile->never_ask = TRUE;
      break;
    case 13:
      profile->connect_timeout_s++;
      break;
    case 14:
      profile->keepalive_interval_s = 0;
      break;
    case 15:
      profile->legacy_algorithms = TRUE;
      break;
    case 16:
      profile->reconnect = FALSE;
      break;
    case 17:
      profile->start_with_program = TRUE;
      break;
    case 18:
      g_ptr_array_remove_index (profile->forwards, 1);
      break;
    case 19:
      off = culvert_forward_spec_with_enabled (g_ptr_array_index (profile->forwards, 0), FALSE);
      culvert_profile_put_forward (profile, off);
      culvert_forward_spec_unref (off);
      break;
    case 20:
      g_key_file_unref (profile->unknown);
      profile->unknown = g_key_file_new ();
      g_key_file_set_string (profile->unknown, "Tunnel", "New", "y");
      break;
    case 21:
      g_clear_pointer (&profile->unknown, g_key_file_unref);
      break;
    case 22:
      profile->quick_replies = !profile->quick_replies;
      break;
    case 23:
      culvert_profile_set_string (&profile->host_key_alias, "x");
      break;
    case 24:
      profile->host_key_policy = CULVERT_HOST_KEY_STRICT;
      break;
    case 26:
      profile->on_demand = TRUE;
      break;
    case 27:
      profile->idle_timeout_s = 60;
      break;
    case 28:
      profile->network_rule = CULVERT_NETWORK_RULE_ONLY;
      break;
    case 29:
      g_strfreev (profile->networks);
      profile->networks = g_strsplit ("Office", ";", -1);
      break;
    case 30:
      profile->notify = FALSE;
      break;
    case 31:
      culvert_profile_set_string (&profile->group, "Work");
      break;
    default:
      g_assert_not_reached ();
    }
}

static void
test_equal (void)
{
  g_autoptr (CulvertProfile) original = full_profile ();

  for (guint which = 0; which <= 31; which++)
    {
      g_autoptr (CulvertProfile) changed = culvert_profile_edit (original);

      change (changed, which);
      g_test_message ("difference %u", which);
      g_assert_false (culvert_profile_equal (original, changed));
      g_assert_false (culvert_profile_equal (changed, original));
    }
}

static void
test_equal_ignores (void)
{
  g_autoptr (CulvertProfile) original = full_profile ();
  g_autoptr (CulvertProfile) changed = culvert_profile_edit (original);

  /* The revision, known keys of the file, and keys of forwards that are gone. */
  culvert_profile_set_string (&changed->revision, "r2");
  g_key_file_unref (changed->unknown);
  changed->unknown = g_key_file_new ();
  g_key_file_set_string (changed->unknown, "Tunnel", "Name", "stale");
  g_key_file_set_string (changed->unknown, "Tunnel", "New", "x");
  g_key_file_set_string (changed->unknown, "Forward gone", "New", "x");
  g_assert_true (culvert_profile_equal (original, changed));

  g_key_file_set_string (changed->unknown, "Other", "New", "x");
  g_assert_false (culvert_profile_equal (original, changed));
}

static void
test_duplicate (void)
{
  g_autoptr (CulvertProfile) original = full_profile ();
  g_autoptr (CulvertProfile) copy = NULL;
  const char *first_id = culvert_forward_spec_get_id (g_ptr_array_index (original->forwards, 0));
  g_autofree char *group = g_strconcat ("Forward ", first_id, NULL);
  g_autofree char *new_group = NULL;
  g_autofree char *value = NULL;

  g_key_file_set_string (original->unknown, group, "Later", "kept");
  g_key_file_set_comment (original->unknown, group, "Later", "why", NULL);
  copy = culvert_profile_duplicate (original);

  g_assert_cmpstr (copy->id, !=, original->id);
  g_assert_null (copy->revision);
  g_assert_cmpuint (copy->forwards->len, ==, 2);
  for (guint i = 0; i < 2; i++)
    {
      CulvertForwardSpec *a = g_ptr_array_index (original->forwards, i);
      CulvertForwardSpec *b = g_ptr_array_index (copy->forwards, i);

      g_assert_cmpstr (culvert_forward_spec_get_id (a), !=, culvert_forward_spec_get_id (b));
      g_assert_true (culvert_endpoint_equal (culvert_forward_spec_get_listen (a),
                                             culvert_forward_spec_get_listen (b)));
    }
  /* What a newer version said about a forward goes with it. */
  new_group = g_strconcat (
    "Forward ", culvert_forward_spec_get_id (g_ptr_array_index (copy->forwards, 0)), NULL);
  value = g_key_file_get_string (copy->unknown, new_group, "Later", NULL);
  g_assert_cmpstr (value, ==, "kept");
  g_assert_false (g_key_file_has_group (copy->unknown, group));
  g_assert_true (g_key_file_has_group (original->unknown, group));
}

static void
test_ids (void)
{
  static const char *const bad[] = { "", "A", "a b", "a/b", "..", "a.b", "ä", "a\n", "a_b" };
  g_autofree char         *longest = g_strnfill (CULVERT_PROFILE_ID_MAX, 'a');
  g_autofree char         *too_long = g_strnfill (CULVERT_PROFILE_ID_MAX + 1, 'a');

  g_assert_true (culvert_profile_id_is_valid ("a-9"));
  g_assert_true (culvert_profile_id_is_valid (longest));
  g_assert_false (culvert_profile_id_is_valid (too_long));
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_false (culvert_profile_id_is_valid (bad[i]));
}

static void
test_set_string_of_itself (void)
{
  char *field = g_strdup ("a longer text");

  culvert_profile_set_string (&field, field + 2);
  g_assert_cmpstr (field, ==, "longer text");
  g_free (field);
}

static void
test_forwards (void)
{
  g_autoptr (CulvertProfile)     profile = full_profile ();
  CulvertForwardSpec            *first = g_ptr_array_index (profile->forwards, 0);
  g_autoptr (CulvertForwardSpec) off = culvert_forward_spec_with_enabled (first, FALSE);
  g_autoptr (CulvertForwardSpec) added = forward ("7:h:8");

  g_assert_true (culvert_profile_find_forward (profile, culvert_forward_spec_get_id (first)) ==
                 first);
  g_assert_null (culvert_profile_find_forward (profile, "nobody"));

  culvert_profile_put_forward (profile, off);
  g_assert_cmpuint (profile->forwards->len, ==, 2);
  g_assert_true (g_ptr_array_index (profile->forwards, 0) == off);
  /* Itself once more must not free it. */
  culvert_profile_put_forward (profile, off);
  g_assert_true (g_ptr_array_index (profile->forwards, 0) == off);

  culvert_profile_put_forward (profile, added);
  g_assert_cmpuint (profile->forwards->len, ==, 3);
  g_assert_true (g_ptr_array_index (profile->forwards, 2) == added);
}

static void
test_user (void)
{
  g_autoptr (CulvertProfile) profile = culvert_profile_new ();
  g_autofree char           *own = culvert_profile_dup_user (profile);
  g_autofree char           *given = NULL;

  g_assert_cmpstr (own, ==, g_get_user_name ());
  culvert_profile_set_string (&profile->user, "alice");
  given = culvert_profile_dup_user (profile);
  g_assert_cmpstr (given, ==, "alice");
}

static void
test_titles (void)
{
  static const struct
  {
    CulvertForwardKind kind;
    const char        *argument;
    const char        *title;
  } cases[] = {
    { CULVERT_FORWARD_LOCAL, "8080:db:5432", "host → db:5432" },
    { CULVERT_FORWARD_REMOTE, "8080:localhost:3000", "host ← localhost:3000" },
    { CULVERT_FORWARD_DYNAMIC, "1080", "host · 1080" },
    { CULVERT_FORWARD_REVERSE_DYNAMIC, "localhost:1080", "host · localhost:1080" },
    { CULVERT_FORWARD_REVERSE_DYNAMIC, "0", "host" },
    { CULVERT_FORWARD_LOCAL, "8080:/run/db.sock", "host → /run/db.sock" },
  };
  static const struct
  {
    const char *host; /* NULL: a socket */
    guint16     port;
  } gaps[] = { { "", 0 }, { "", 5432 }, { "db", 0 }, { NULL, 0 } };
  g_autoptr (CulvertProfile) profile = culvert_profile_new ();
  g_autofree char           *empty = culvert_profile_dup_title (profile);
  g_autofree char           *server = NULL;
  g_autofree char           *named = NULL;

  g_assert_cmpstr (empty, ==, "");
  culvert_profile_set_string (&profile->host, "host");
  server = culvert_profile_dup_title (profile);
  g_assert_cmpstr (server, ==, "host");
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autoptr (CulvertProfile) copy = culvert_profile_edit (profile);
      g_autofree char           *title = NULL;

      g_ptr_array_add (copy->forwards,
                       culvert_forward_spec_parse (cases[i].kind, cases[i].argument, NULL));
      title = culvert_profile_dup_title (copy);
      g_assert_cmpstr (title, ==, cases[i].title);
    }
  for (guint i = 0; i < G_N_ELEMENTS (gaps); i++)
    {
      g_autoptr (CulvertProfile)     copy = culvert_profile_edit (profile);
      g_autoptr (CulvertEndpoint)    listen = culvert_endpoint_new_tcp ("", 8080);
      g_autoptr (CulvertEndpoint)    target = gaps[i].host != NULL
                                                ? culvert_endpoint_new_tcp (gaps[i].host, gaps[i].port)
                                                : culvert_endpoint_new_unix ("");
      g_autoptr (CulvertForwardSpec) spec = culvert_forward_spec_new (&(CulvertForwardFields){
        .kind = CULVERT_FORWARD_LOCAL, .listen = listen, .target = target });
      g_autofree char               *title = NULL;

      culvert_profile_put_forward (copy, spec);
      title = culvert_profile_dup_title (copy);
      g_assert_cmpstr (title, ==, "host");
    }
  culvert_profile_set_string (&profile->name, "Mine");
  named = culvert_profile_dup_title (profile);
  g_assert_cmpstr (named, ==, "Mine");
}

static void
test_nicks (void)
{
  static const char *const methods[] = { "agent", "key", "password", "interactive" };
  static const char *const families[] = { "any", "ipv4", "ipv6" };
  g_autoptr (GEnumClass)   method_class = g_type_class_ref (CULVERT_TYPE_AUTH_METHOD);
  g_autoptr (GEnumClass)   family_class = g_type_class_ref (CULVERT_TYPE_ADDRESS_FAMILY);
  CulvertAuthMethod        method = CULVERT_AUTH_AGENT;
  CulvertAddressFamily     family = CULVERT_ADDRESS_FAMILY_ANY;

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    {
      g_assert_true (culvert_auth_method_from_nick (methods[i], &method));
      g_assert_cmpint (method, ==, i);
      g_assert_cmpstr (culvert_auth_method_to_nick (method), ==, methods[i]);
      g_assert_cmpstr (g_enum_get_value (method_class, (int)i)->value_nick, ==, methods[i]);
    }
  for (guint i = 0; i < G_N_ELEMENTS (families); i++)
    {
      g_assert_true (culvert_address_family_from_nick (families[i], &family));
      g_assert_cmpint (family, ==, i);
      g_assert_cmpstr (culvert_address_family_to_nick (family), ==, families[i]);
      g_assert_cmpstr (g_enum_get_value (family_class, (int)i)->value_nick, ==, families[i]);
    }
  g_assert_false (culvert_auth_method_from_nick ("Agent", &method));
  g_assert_false (culvert_address_family_from_nick ("", &family));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/profile/defaults", test_defaults);
  g_test_add_func ("/core/profile/edit-is-independent", test_edit_is_independent);
  g_test_add_func ("/core/profile/equal", test_equal);
  g_test_add_func ("/core/profile/equal-ignores", test_equal_ignores);
  g_test_add_func ("/core/profile/duplicate", test_duplicate);
  g_test_add_func ("/core/profile/ids", test_ids);
  g_test_add_func ("/core/profile/set-string-of-itself", test_set_string_of_itself);
  g_test_add_func ("/core/profile/forwards", test_forwards);
  g_test_add_func ("/core/profile/user", test_user);
  g_test_add_func ("/core/profile/titles", test_titles);
  g_test_add_func ("/core/profile/nicks", test_nicks);

  return g_test_run ();
}
