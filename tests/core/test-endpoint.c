/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/endpoint.h"

#include <gio/gio.h>
#include <string.h>

typedef struct
{
  const char *text;
  const char *host; /* NULL for a path */
  guint16     port;
  const char *path;
  const char *written; /* NULL: as @text */
} GoodRow;

static const GoodRow good_rows[] = {
  { "localhost:8080", "localhost", 8080, NULL, NULL },
  { "8080", "", 8080, NULL, NULL },
  { "0", "", 0, NULL, NULL },
  { ":8080", "*", 8080, NULL, "*:8080" },
  { "*:8080", "*", 8080, NULL, NULL },
  { "db.internal:5432", "db.internal", 5432, NULL, NULL },
  { "db.internal.:5432", "db.internal.", 5432, NULL, NULL },
  { "my_host:1", "my_host", 1, NULL, NULL },
  { "127.0.0.1:65535", "127.0.0.1", 65535, NULL, NULL },
  { "[::1]:22", "::1", 22, NULL, NULL },
  { "[fe80::1%eth0]:22", "fe80::1%eth0", 22, NULL, NULL },
  { "[::ffff:10.0.0.1]:22", "::ffff:10.0.0.1", 22, NULL, NULL },
  { "bücher.example:80", "bücher.example", 80, NULL, NULL },
  { "例え.テスト:80", "例え.テスト", 80, NULL, NULL },
  { "host:08080", "host", 8080, NULL, "host:8080" },
  { "/run/db.sock", NULL, 0, "/run/db.sock", NULL },
  { "/run/with:colon [x]", NULL, 0, "/run/with:colon [x]", NULL },
  { "~/db.sock", NULL, 0, "~/db.sock", NULL },
};

static void
test_good (gconstpointer data)
{
  const GoodRow              *row = data;
  g_autoptr (GError)          error = NULL;
  g_autoptr (CulvertEndpoint) endpoint = culvert_endpoint_parse (row->text, &error);
  g_autoptr (CulvertEndpoint) again = NULL;
  g_autofree char            *written = NULL;

  g_assert_no_error (error);
  g_assert_cmpstr (culvert_endpoint_get_host (endpoint), ==, row->host);
  g_assert_cmpuint (culvert_endpoint_get_port (endpoint), ==, row->port);
  g_assert_cmpstr (culvert_endpoint_get_path (endpoint), ==, row->path);
  g_assert_cmpint (culvert_endpoint_get_kind (endpoint), ==,
                   row->path != NULL ? CULVERT_ENDPOINT_UNIX : CULVERT_ENDPOINT_TCP);

  written = culvert_endpoint_to_string (endpoint);
  g_assert_cmpstr (written, ==, row->written != NULL ? row->written : row->text);
  again = culvert_endpoint_parse (written, NULL);
  g_assert_true (culvert_endpoint_equal (again, endpoint));
}

typedef struct
{
  const char *text;
  const char *part; /* of the message */
} BadRow;

#define LABEL_63 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg"

static const BadRow bad_rows[] = {
  { "", "nothing" },
  { "host", "port is missing" },
  { "host:", "port" },
  { "host:x", "port" },
  { "host:-1", "port" },
  { "host:+1", "port" },
  { "host: 1", "port" },
  { "host:1 ", "port" },
  { "host:65536", "port" },
  { "host:99999999999999999999", "port" },
  { "65536", "from 0 to 65535" },
  { "::1:80", "brackets" },
  { "[::1:80", "not closed" },
  { "[::1]", "port is missing" },
  { "[::1]80", "port is missing" },
  { "[::1]:", "port" },
  { "[host]:80", "IPv6" },
  { "[]:80", "IPv6" },
  { "[127.0.0.1]:80", "IPv6" },
  { "a b:80", "host" },
  { "-oProxyCommand=x:80", "host" },
  { "http://x:80", "brackets" },
  { "a/b:80", "host" },
  { "a..b:80", "host" },
  { "$(id):80", "host" },
  { "h\xff:80", "host" },
  { "h\x01:80", "host" },
  { LABEL_63 "g:80", "host" },
  { "/" LABEL_63 LABEL_63, "longer than 103" },
};

static void
test_bad (gconstpointer data)
{
  const BadRow               *row = data;
  g_autoptr (GError)          error = NULL;
  g_autoptr (CulvertEndpoint) endpoint = culvert_endpoint_parse (row->text, &error);

  g_assert_null (endpoint);
  g_assert_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT);
  g_assert_nonnull (strstr (error->message, row->part));
}

static void
test_value (void)
{
  g_autoptr (CulvertEndpoint) a = culvert_endpoint_new_tcp ("host", 1);
  g_autoptr (CulvertEndpoint) same = culvert_endpoint_new_tcp ("host", 1);
  g_autoptr (CulvertEndpoint) other_port = culvert_endpoint_new_tcp ("host", 2);
  g_autoptr (CulvertEndpoint) other_host = culvert_endpoint_new_tcp ("tsoh", 1);
  g_autoptr (CulvertEndpoint) path = culvert_endpoint_new_unix ("/host");
  g_autoptr (CulvertEndpoint) bracketed = culvert_endpoint_new_tcp ("[::1]", 1);
  CulvertEndpoint            *held = culvert_endpoint_ref (a);

  g_assert_true (culvert_endpoint_equal (a, a));
  g_assert_true (culvert_endpoint_equal (a, same));
  g_assert_false (culvert_endpoint_equal (a, other_port));
  g_assert_false (culvert_endpoint_equal (a, other_host));
  g_assert_false (culvert_endpoint_equal (a, path));
  g_assert_false (culvert_endpoint_equal (a, NULL));
  g_assert_true (culvert_endpoint_equal (NULL, NULL));
  g_assert_cmpstr (culvert_endpoint_get_host (bracketed), ==, "::1");

  culvert_endpoint_unref (held);
  g_assert_cmpstr (culvert_endpoint_get_host (a), ==, "host");
}

static void
test_boxed (void)
{
  g_auto (GValue)             value = G_VALUE_INIT;
  g_autoptr (CulvertEndpoint) endpoint = culvert_endpoint_new_tcp ("host", 1);

  g_value_init (&value, CULVERT_TYPE_ENDPOINT);
  g_value_set_boxed (&value, endpoint);
  g_assert_true (g_value_get_boxed (&value) == endpoint);
}

static void
test_local_path (void)
{
  g_autoptr (CulvertEndpoint) absolute = culvert_endpoint_new_unix ("/run/x");
  g_autoptr (CulvertEndpoint) home = culvert_endpoint_new_unix ("~/x");
  g_autoptr (CulvertEndpoint) tcp = culvert_endpoint_new_tcp ("~", 1);
  g_autofree char            *expected = g_build_filename (g_get_home_dir (), "x", NULL);
  g_autofree char            *from_absolute = culvert_endpoint_dup_local_path (absolute);
  g_autofree char            *from_home = culvert_endpoint_dup_local_path (home);
  g_autofree char            *tilde = culvert_path_expand ("~");
  g_autofree char            *other_user = culvert_path_expand ("~root/x");

  g_assert_cmpstr (from_absolute, ==, "/run/x");
  g_assert_cmpstr (from_home, ==, expected);
  g_assert_null (culvert_endpoint_dup_local_path (tcp));
  g_assert_cmpstr (tilde, ==, g_get_home_dir ());
  g_assert_cmpstr (other_user, ==, "~root/x");
}

static void
test_hosts (void)
{
  static const char *const valid[] = {
    "a",   "example.com",  "example.com.", "under_score",      "10.0.0.1",
    "::1", "fe80::1%eth0", "bücher.de",    "xn--bcher-kva.de", "1.2.3",
    "a-b", LABEL_63 ".x",  "localhost",
  };
  static const char *const invalid[] = {
    "",        "-x",      "a b",      "a\tb",     "a\nb",  ".",    "a..b",         ".a",
    "a/b",     "a@b",     "[::1]",    "*",        "a:b",   "::1%", "::1%a b",      "a%b",
    "\u2013L", "\u2212x", "a\u202eb", "a\u00a0b", "a\xff", "a;b",  LABEL_63 "g.x", "::1::",
    "`id`",    "a'b",     "a\"b",     "$HOME",    "a|b",   "{a}",  "fe80::1%e:0",  "é::1",
  };
  g_autofree char *longest =
    g_strdup_printf ("%s.%s.%s.%s", LABEL_63, LABEL_63, LABEL_63, LABEL_63);
  g_autofree char *too_long = g_strconcat (longest, ".", NULL);

  for (guint i = 0; i < G_N_ELEMENTS (valid); i++)
    {
      g_test_message ("%s", valid[i]);
      g_assert_true (culvert_host_is_valid (valid[i]));
    }
  for (guint i = 0; i < G_N_ELEMENTS (invalid); i++)
    {
      g_autofree char *shown = g_strescape (invalid[i], NULL);

      g_test_message ("%s", shown);
      g_assert_false (culvert_host_is_valid (invalid[i]));
    }
  g_assert_cmpuint (strlen (longest), ==, CULVERT_HOST_MAX);
  g_assert_true (culvert_host_is_valid (longest));
  g_assert_false (culvert_host_is_valid (too_long));
}

static void
test_loopback (void)
{
  static const char *const inside[] = { "",          "localhost",  "LocalHost", "localhost.",
                                        "127.0.0.1", "127.8.9.10", "::1",       "0:0::1" };
  static const char *const outside[] = { "*",   "0.0.0.0",         "::",          "10.0.0.1",
                                         "::2", "127.example.com", "mylocalhost", "128.0.0.1" };

  for (guint i = 0; i < G_N_ELEMENTS (inside); i++)
    g_assert_true (culvert_host_is_loopback (inside[i]));
  for (guint i = 0; i < G_N_ELEMENTS (outside); i++)
    g_assert_false (culvert_host_is_loopback (outside[i]));
}

static void
test_ports (void)
{
  static const char *const bad[] = { "",     " ",     "-1",     "+1",  "1 ", " 1",
                                     "0x10", "65536", "000001", "1.0", "٣" };
  guint16                  port = 7;

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_assert_false (culvert_port_parse (bad[i], &port));
      g_assert_false (culvert_port_parse_service (bad[i], &port));
    }
  g_assert_cmpuint (port, ==, 7);
  g_assert_true (culvert_port_parse ("0", &port));
  g_assert_cmpuint (port, ==, 0);
  g_assert_true (culvert_port_parse ("65535", &port));
  g_assert_cmpuint (port, ==, 65535);

  g_assert_false (culvert_port_parse ("http", &port));
  g_assert_true (culvert_port_parse_service ("http", &port));
  g_assert_cmpuint (port, ==, 80);
  g_assert_true (culvert_port_parse_service ("8080", &port));
  g_assert_cmpuint (port, ==, 8080);
  g_assert_false (culvert_port_parse_service ("no-such-service-here", &port));
  g_assert_false (culvert_port_parse_service ("http@x", &port));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (good_rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/core/endpoint/parse/%02u", i);

      g_test_add_data_func (path, &good_rows[i], test_good);
    }
  for (guint i = 0; i < G_N_ELEMENTS (bad_rows); i++)
    {
      g_autofree char *path = g_strdup_printf ("/core/endpoint/refuse/%02u", i);

      g_test_add_data_func (path, &bad_rows[i], test_bad);
    }
  g_test_add_func ("/core/endpoint/value", test_value);
  g_test_add_func ("/core/endpoint/boxed", test_boxed);
  g_test_add_func ("/core/endpoint/local-path", test_local_path);
  g_test_add_func ("/core/endpoint/hosts", test_hosts);
  g_test_add_func ("/core/endpoint/loopback", test_loopback);
  g_test_add_func ("/core/endpoint/ports", test_ports);

  return g_test_run ();
}
