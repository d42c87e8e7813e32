/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/port-choice.h"

#include "base/low-ports.h"
#include "support/culvert-test.h"
#include "support/loopback.h"

#include <unistd.h>

static CulvertEndpoint *
parse (const char *text)
{
  g_autoptr (GError) error = NULL;
  CulvertEndpoint   *end = culvert_endpoint_parse (text, &error);

  g_assert_no_error (error);
  return end;
}

static void
test_addresses (void)
{
  static const struct
  {
    const char *listen;
    const char *first;
    const char *second;
  } rows[] = {
    { "80", "127.0.0.1", "::1" },
    { "LocalHost:80", "127.0.0.1", "::1" },
    { "*:80", "0.0.0.0", "::" },
    { "127.1.2.3:80", "127.1.2.3", NULL },
    { "[fe80::1]:80", "fe80::1", NULL },
    { "db.example:80", NULL, NULL },
    { "/run/s", NULL, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CulvertEndpoint) listen = parse (rows[i].listen);
      const char                 *addresses[CULVERT_LISTEN_ADDRESSES_MAX + 1];

      culvert_listen_get_addresses (listen, addresses);
      g_assert_cmpstr (addresses[0], ==, rows[i].first);
      if (rows[i].first != NULL)
        g_assert_cmpstr (addresses[1], ==, rows[i].second);
    }
}

static void
test_overlap (void)
{
  static const struct
  {
    const char *a;
    const char *b;
    gboolean    overlap;
  } rows[] = {
    { "80", "localhost:80", TRUE },
    { "80", "localhost:81", FALSE },
    { "80", "127.0.0.1:80", TRUE },
    { "80", "[::1]:80", TRUE },
    { "80", "127.0.0.2:80", FALSE },
    { "*:80", "127.0.0.2:80", TRUE },
    { "*:80", "80", TRUE },
    { "0.0.0.0:80", "127.0.0.2:80", TRUE },
    { "0.0.0.0:80", "80", TRUE },
    { "0.0.0.0:80", "[::1]:80", FALSE },
    { "[::]:80", "[::1]:80", TRUE },
    { "[::]:80", "127.0.0.1:80", FALSE },
    { "[0:0::1]:80", "[::1]:80", TRUE },
    { "db:80", "DB:80", TRUE },
    { "db:80", "127.0.0.1:80", FALSE },
    { "0", "0", FALSE },
    { "/run/a", "/run/a", TRUE },
    { "/run/a", "/run/b", FALSE },
    { "/run/a", "*:80", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CulvertEndpoint) a = parse (rows[i].a);
      g_autoptr (CulvertEndpoint) b = parse (rows[i].b);

      g_test_message ("%s and %s", rows[i].a, rows[i].b);
      g_assert_cmpint (culvert_listen_overlap (a, b), ==, rows[i].overlap);
      g_assert_cmpint (culvert_listen_overlap (b, a), ==, rows[i].overlap);
    }
}

static gboolean
is_port (const CulvertEndpoint *where, gpointer user_data)
{
  return culvert_endpoint_get_port (where) == GPOINTER_TO_UINT (user_data);
}

/* Two free ports next to each other are to be had almost at once. */
static guint16
find_pair (void)
{
  for (;;)
    {
      guint16 port = culvert_test_free_port ();
      int     next = culvert_loopback_listen ("127.0.0.1", port + 1, 1, 0);
      int     next6 = culvert_loopback_listen ("::1", port + 1, 1, 0);

      if (next >= 0)
        close (next);
      if (next6 >= 0)
        close (next6);
      if (next >= 0 && next6 >= 0)
        return port;
    }
}

static void
test_next (void)
{
  guint16                     port = find_pair ();
  g_autofree char            *text = g_strdup_printf ("localhost:%u", port);
  g_autoptr (CulvertEndpoint) listen = parse (text);
  g_autoptr (CulvertEndpoint) same = culvert_port_choice_from (listen, NULL, NULL);
  g_autoptr (CulvertEndpoint) next = culvert_port_choice_next (listen, NULL, NULL);
  g_autoptr (CulvertEndpoint) other =
    culvert_port_choice_from (listen, is_port, GUINT_TO_POINTER (port));
  g_autoptr (CulvertEndpoint) beside = NULL;
  int                         holder;

  g_assert_true (culvert_endpoint_equal (same, listen));
  g_assert_cmpuint (culvert_endpoint_get_port (next), ==, port + 1);
  g_assert_cmpstr (culvert_endpoint_get_host (next), ==, "localhost");
  g_assert_true (culvert_endpoint_equal (other, next));

  /* One family is enough to be in the way. */
  holder = culvert_loopback_listen ("::1", port, 1, 0);
  g_clear_pointer (&same, culvert_endpoint_unref);
  same = culvert_port_choice_from (listen, NULL, NULL);
  g_assert_cmpuint (culvert_endpoint_get_port (same), ==, port + 1);
  close (holder);

  /* Linux has all of 127.0.0.0/8. */
  holder = culvert_loopback_listen ("127.0.0.1", port, 1, 0);
  beside = culvert_port_choice_other_address (listen, NULL, NULL);
  g_assert_cmpstr (culvert_endpoint_get_host (beside), ==, "127.0.0.2");
  g_assert_cmpuint (culvert_endpoint_get_port (beside), ==, port);
  close (holder);
  g_clear_pointer (&beside, culvert_endpoint_unref);
  holder = culvert_loopback_listen ("0.0.0.0", port, 1, 0);
  g_assert_null (culvert_port_choice_other_address (listen, NULL, NULL));
  close (holder);
}

static void
test_nothing_to_choose (void)
{
  g_autoptr (CulvertEndpoint) path = parse ("/run/s");
  g_autoptr (CulvertEndpoint) name = parse ("db.example:8080");
  g_autoptr (CulvertEndpoint) last = parse ("65535");
  g_autoptr (CulvertEndpoint) everywhere = parse ("*:8080");

  g_assert_null (culvert_port_choice_next (path, NULL, NULL));
  g_assert_null (culvert_port_choice_other_address (path, NULL, NULL));
  g_assert_null (culvert_port_choice_next (name, NULL, NULL));
  g_assert_null (culvert_port_choice_next (last, NULL, NULL));
  g_assert_null (culvert_port_choice_other_address (everywhere, NULL, NULL));
}

static void
test_low (void)
{
  static const struct
  {
    const char *listen;
    guint       least;
  } rows[] = { { "80", 8080 }, { "443", 8443 }, { "22", 10022 }, { "1023", 11023 } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CulvertEndpoint) listen = parse (rows[i].listen);
      g_autoptr (CulvertEndpoint) next = NULL;
      g_autoptr (CulvertEndpoint) from = NULL;

      culvert_low_ports_set_first (1024);
      next = culvert_port_choice_next (listen, NULL, NULL);
      from = culvert_port_choice_from (listen, NULL, NULL);
      g_assert_cmpuint (culvert_endpoint_get_port (next), >=, rows[i].least);
      g_assert_cmpuint (culvert_endpoint_get_port (next), <, rows[i].least + 100);
      g_assert_true (culvert_endpoint_equal (next, from));
      g_assert_null (culvert_port_choice_other_address (listen, NULL, NULL));
    }
  culvert_low_ports_set_first (0);
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/core/port-choice/addresses", test_addresses);
  g_test_add_func ("/core/port-choice/overlap", test_overlap);
  g_test_add_func ("/core/port-choice/next", test_next);
  g_test_add_func ("/core/port-choice/nothing-to-choose", test_nothing_to_choose);
  g_test_add_func ("/core/port-choice/low", test_low);

  return g_test_run ();
}
