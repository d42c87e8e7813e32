/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/low-ports-private.h"
#include "base/socket.h"

#include <string.h>
#include <unistd.h>

static void
test_capability (void)
{
  static const struct
  {
    const char *status;
    gboolean    has_it;
  } rows[] = {
    { "Name:\tculvert\nCapEff:\t000001ffffffffff\nCapBnd:\t0\n", TRUE },
    { "Name:\tculvert\nCapEff:\t0000000000000400\n", TRUE },
    { "Name:\tculvert\nCapEff:\t0000000000000400", TRUE },
    { "Name:\tculvert\nCapEff:\t00000000000003ff\nCapBnd:\t000001ffffffffff\n", FALSE },
    { "Name:\tculvert\nCapPrm:\t000001ffffffffff\nCapEff:\t0000000000000000\n", FALSE },
    { "Name:\tculvert\nCapEff:\tmany\n", FALSE },
    { "Name:\tculvert\nCapEff:\t\n", FALSE },
    { "", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (culvert_low_ports_has_capability (rows[i].status), ==, rows[i].has_it);
}

/* Whether it says so or not, the kernel agrees. */
static void
assert_first_is_right (void)
{
  guint16                    first = culvert_low_ports_get_first ();
  g_autoptr (GSocketAddress) address =
    g_inet_socket_address_new_from_string ("127.0.0.1", first > 1 ? first - 1 : 1);
  g_autoptr (GError) error = NULL;
  CulvertSocket      socket = culvert_socket_listen (address, 1, &error);

  if (first > 1)
    {
      g_assert_error (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED);
      g_assert_cmpuint (first, ==, culvert_socket_get_unprivileged_port_start ());
    }
  else
    g_assert_false (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_PERMISSION_DENIED));
  culvert_socket_close (&socket);
}

/* As whoever runs the tests, and as an ordinary user. */
static void
test_this_process (void)
{
  if (!g_test_subprocess ())
    {
      assert_first_is_right ();
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }
  if (geteuid () == 0)
    g_assert_cmpint (setuid (65534), ==, 0);
  assert_first_is_right ();
}

static void
test_commands (void)
{
  g_autofree char *command = culvert_low_ports_dup_command (443);
  g_autofree char *own = culvert_low_ports_dup_own_command ();

  g_assert_cmpstr (command, ==, "sudo sysctl net.ipv4.ip_unprivileged_port_start=443");
  g_assert_true (g_str_has_prefix (own, "sudo setcap cap_net_bind_service=+ep "));
  g_assert_nonnull (strstr (own, "test-low-ports"));
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/low-ports/capability", test_capability);
  g_test_add_func ("/base/low-ports/this-process", test_this_process);
  g_test_add_func ("/base/low-ports/commands", test_commands);

  return g_test_run ();
}
