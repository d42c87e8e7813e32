/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/proc-net.h"

#include <string.h>

#define REST                                                                                       \
  " 00000000:00000000 00:00000000 00000000   115        0 23514 1 0000000000000000 100 0 0 10 0"

/* (transfer full): address, in the order in which the kernel of this machine prints it */
static char *
print_address (const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);
  const guint8            *bytes = g_inet_address_to_bytes (address);
  g_autoptr (GString)      digits = g_string_new (NULL);

  for (gsize i = 0; i < g_inet_address_get_native_size (address); i += 4)
    {
      guint32 word;

      memcpy (&word, bytes + i, sizeof word);
      g_string_append_printf (digits, "%08X", word);
    }
  return g_string_free (g_steal_pointer (&digits), FALSE);
}

static gboolean
parse (const char *address, const char *rest, CulvertProcNetSocket *socket)
{
  g_autofree char *digits = print_address (address);
  g_autofree char *line = g_strdup_printf ("   7: %s%s\n", digits, rest);

  return culvert_proc_net_parse (line, socket);
}

static void
test_fields (void)
{
  CulvertProcNetSocket socket;
  const guint8         loopback[16] = { 127, 0, 0, 1 };
  const guint8         loopback6[16] = { [15] = 1 };

  g_assert_true (parse ("127.0.0.1", ":1538 00000000:0000 0A" REST, &socket));
  g_assert_cmpint (socket.family, ==, G_SOCKET_FAMILY_IPV4);
  g_assert_cmpmem (socket.address, 16, loopback, 16);
  g_assert_cmpuint (socket.port, ==, 5432);
  g_assert_cmpint (socket.state, ==, CULVERT_PROC_NET_LISTEN);
  g_assert_cmpuint (socket.uid, ==, 115);
  g_assert_cmpuint (socket.inode, ==, 23514);

  g_assert_true (parse ("::1", ":0050 0:0 06" REST, &socket));
  g_assert_cmpint (socket.family, ==, G_SOCKET_FAMILY_IPV6);
  g_assert_cmpmem (socket.address, 16, loopback6, 16);
  g_assert_cmpint (socket.state, ==, CULVERT_PROC_NET_OVER);

  g_assert_true (parse ("10.0.0.1", ":FFFF 0:0 01" REST, &socket));
  g_assert_cmpuint (socket.port, ==, 65535);
  g_assert_cmpint (socket.state, ==, CULVERT_PROC_NET_OTHER);
}

static void
test_no_sockets (void)
{
  static const char *const lines[] = {
    "",
    "\n",
    "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode",
    "   0: 0100007F:1538 00000000:0000 0A 00000000:00000000 00:00000000 00000000   115        0",
    "   0: 0100007:1538 00000000:0000 0A" REST,
    "   0: 0100007F1538 00000000:0000 0A" REST,
    "   0: 0100007F:15380 00000000:0000 0A" REST,
    "   0: 0100007F: 00000000:0000 0A" REST,
    "   0: 0100007G:1538 00000000:0000 0A" REST,
    "   0: +100007F:1538 00000000:0000 0A" REST,
    "   0: 0100007F:1538 00000000:0000 ZZ" REST,
    "   0: 0100007F:1538 0:0 0A 0:0 0:0 0 -1 0 23514 1",
    "   0: 0100007F:1538 0:0 0A 0:0 0:0 0 4294967296 0 23514 1",
    "   0: 0100007F:1538 0:0 0A 0:0 0:0 0 115 0 18446744073709551616 1",
  };

  for (gsize i = 0; i < G_N_ELEMENTS (lines); i++)
    {
      CulvertProcNetSocket socket;

      g_test_message ("%s", lines[i]);
      g_assert_false (culvert_proc_net_parse (lines[i], &socket));
    }
}

static void
test_rank (void)
{
  static const struct
  {
    const char *socket;
    const char *wanted;
    guint       rank;
  } rows[] = {
    { "127.0.0.1", "127.0.0.1", 3 },
    { "127.0.0.1", "127.0.0.2", 0 },
    { "0.0.0.0", "127.0.0.1", 2 },
    { "127.0.0.1", "0.0.0.0", 2 },
    { "0.0.0.0", "0.0.0.0", 3 },
    { "127.0.0.1", "::1", 0 },
    { "0.0.0.0", "::", 0 },
    { "::1", "::1", 3 },
    { "::", "::1", 2 },
    { "::1", "::", 2 },
    { "::1", "127.0.0.1", 0 },
    { "::", "127.0.0.1", 1 },
    { "::ffff:127.0.0.1", "127.0.0.1", 3 },
    { "::ffff:127.0.0.1", "127.0.0.2", 0 },
    { "127.0.0.1", "nowhere", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CulvertProcNetSocket socket;

      g_assert_true (parse (rows[i].socket, ":1538 0:0 0A" REST, &socket));
      g_test_message ("%s for %s", rows[i].socket, rows[i].wanted);
      g_assert_cmpuint (culvert_proc_net_rank (&socket, rows[i].wanted), ==, rows[i].rank);
    }
}

int
main (int argc, char *argv[])
{
  g_test_init (&argc, &argv, NULL);

  g_test_add_func ("/base/proc-net/fields", test_fields);
  g_test_add_func ("/base/proc-net/no-sockets", test_no_sockets);
  g_test_add_func ("/base/proc-net/rank", test_rank);

  return g_test_run ();
}
