/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/port-holder-private.h"
#include "support/child-process.h"
#include "support/culvert-test.h"
#include "support/loopback.h"

#include <string.h>
#include <unistd.h>

#define NOBODY 65534

/* A real program that listens, on one address, and says so; "mapped": on every address of both families
 * with one socket. */
static const char listener_script[] =
  "import socket, sys, time\n"
  "address, port = sys.argv[1], int(sys.argv[2])\n"
  "is_mapped = address == 'mapped'\n"
  "s = socket.socket(socket.AF_INET6 if ':' in address or is_mapped else socket.AF_INET)\n"
  "if ':' in address or is_mapped:\n"
  "    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0 if is_mapped else 1)\n"
  "s.bind(('::' if is_mapped else address, port))\n"
  "s.listen()\n"
  "print('listens', flush=True)\n"
  "time.sleep(600)\n";

typedef struct
{
  CulvertTempDir      *dir;
  CulvertChildProcess *child; /* nullable */
  CulvertPortHolder    holder;
} Fixture;

static void
set_up (Fixture *self, gconstpointer data)
{
  self->dir = culvert_temp_dir_new ();
}

static void
tear_down (Fixture *self, gconstpointer data)
{
  g_clear_pointer (&self->child, culvert_child_process_free);
  culvert_port_holder_clear (&self->holder);
  culvert_temp_dir_free (self->dir);
}

static void
start_listener (Fixture *self, const char *address, guint16 port)
{
  g_autofree char  *number = g_strdup_printf ("%u", port);
  g_autofree char  *log = culvert_temp_dir_build (self->dir, "log");
  const char *const argv[] = { "python3", "-c", listener_script, address, number, NULL };

  self->child = culvert_child_process_start (argv, NULL, log);
  culvert_test_wait_until (culvert_child_process_count_in_log (self->child, "listens") > 0, 10000);
}

static void
find (Fixture *self, guint16 port, const char *first, const char *second)
{
  const char *const addresses[] = { first, second, NULL };

  culvert_port_holder_clear (&self->holder);
  culvert_port_holder_find (addresses, port, &self->holder);
}

static void
assert_is_child (Fixture *self)
{
  g_assert_cmpint (self->holder.kind, ==, CULVERT_PORT_HOLDER_PROCESS);
  g_assert_cmpuint (self->holder.pid, ==, (guint)culvert_child_process_get_pid (self->child));
  g_assert_true (g_str_has_prefix (self->holder.program, "python3"));
  g_assert_nonnull (strstr (self->holder.command, "python3"));
  g_assert_null (self->holder.user);
}

/* @data: where it listens, and where we want to. */
static void
test_other_process (Fixture *self, gconstpointer data)
{
  const char *const *addresses = data;
  guint16            port = culvert_test_free_port ();

  start_listener (self, addresses[0], port);
  find (self, port, addresses[1], addresses[2]);
  assert_is_child (self);
}

static void
test_somewhere_else (Fixture *self, gconstpointer data)
{
  guint16 port = culvert_test_free_port ();

  start_listener (self, "127.0.0.1", port);
  find (self, port, "127.0.0.2", "::1");
  g_assert_cmpint (self->holder.kind, ==, CULVERT_PORT_HOLDER_NOBODY);
  g_assert_cmpuint (self->holder.pid, ==, 0);
  find (self, port + 1, "127.0.0.1", "::1");
  g_assert_cmpint (self->holder.kind, ==, CULVERT_PORT_HOLDER_NOBODY);
}

static void
test_ourselves (Fixture *self, gconstpointer data)
{
  guint16 port = culvert_test_free_port ();
  int     own = culvert_loopback_listen ("127.0.0.1", port, 1, 0);

  /* The very address counts before every address of the other family. */
  start_listener (self, "::", port);
  find (self, port, "127.0.0.1", NULL);
  g_assert_cmpint (self->holder.kind, ==, CULVERT_PORT_HOLDER_SELF);
  g_assert_cmpuint (self->holder.pid, ==, (guint)getpid ());
  find (self, port, "::1", NULL);
  assert_is_child (self);
  close (own);
}

/* A client that has the port for itself is in the way, too, but after who listens. */
static void
test_client (Fixture *self, gconstpointer data)
{
  guint16 target = culvert_test_free_port ();
  int     listener = culvert_loopback_listen ("127.0.0.1", target, 4, 0);
  int     client = culvert_loopback_connect ("127.0.0.1", target, 0);
  guint16 port = culvert_loopback_get_port (client);

  find (self, port, "127.0.0.1", "::1");
  g_assert_cmpint (self->holder.kind, ==, CULVERT_PORT_HOLDER_SELF);
  close (client);
  close (listener);
}

/* Run by root it sees all; run by another user, only whose it is. */
static void
test_other_user (Fixture *self, gconstpointer data)
{
  guint16 port = culvert_test_free_port ();

  if (geteuid () != 0)
    {
      /* Nobody else's program can be started; test_told_by_tables() has this case. */
      find (self, port, "127.0.0.1", NULL);
      g_assert_cmpint (self->holder.kind, ==, CULVERT_PORT_HOLDER_NOBODY);
      return;
    }
  if (!g_test_subprocess ())
    {
      g_test_trap_subprocess (NULL, 0, G_TEST_SUBPROCESS_DEFAULT);
      g_test_trap_assert_passed ();
      return;
    }
  start_listener (self, "127.0.0.1", port);
  g_assert_cmpint (seteuid (NOBODY), ==, 0);
  find (self, port, "127.0.0.1", NULL);
  g_assert_cmpint (seteuid (0), ==, 0);
  g_assert_cmpint (self->holder.kind, ==, CULVERT_PORT_HOLDER_USER);
  g_assert_cmpstr (self->holder.user, ==, "root");
  g_assert_cmpuint (self->holder.pid, ==, 0);
  g_assert_null (self->holder.program);
}

static void
test_path (Fixture *self, gconstpointer data)
{
  g_autofree char *path = culvert_temp_dir_build (self->dir, "socket");
  int              own;

  culvert_port_holder_find_path (path, &self->holder);
  g_assert_cmpint (self->holder.kind, ==, CULVERT_PORT_HOLDER_UNKNOWN);
  own = culvert_loopback_listen (path, 0, 4, 0);
  culvert_port_holder_find_path (path, &self->holder);
  g_assert_cmpint (self->holder.kind, ==, CULVERT_PORT_HOLDER_SELF);
  close (own);
  culvert_port_holder_clear (&self->holder);
  culvert_port_holder_find_path (path, &self->holder);
  g_assert_cmpint (self->holder.kind, ==, CULVERT_PORT_HOLDER_UNKNOWN);
}

/* A /proc of our own: sandboxes, users and programs that are not to be had otherwise. */

static void
write_proc (Fixture *self, const char *name, const char *text)
{
  g_autofree char   *path = culvert_temp_dir_build (self->dir, name);
  g_autofree char   *folder = g_path_get_dirname (path);
  g_autoptr (GError) error = NULL;

  g_assert_cmpint (g_mkdir_with_parents (folder, 0700), ==, 0);
  g_file_set_contents (path, text, -1, &error);
  g_assert_no_error (error);
}

static void
look (Fixture *self)
{
  g_autofree char       *proc = culvert_temp_dir_build (self->dir, "proc");
  g_autofree char       *mark = culvert_temp_dir_build (self->dir, "flatpak-info");
  CulvertPortHolderPlace place = { proc, mark, 1000 };
  const char *const      addresses[] = { "0.0.0.0", NULL };

  culvert_port_holder_clear (&self->holder);
  culvert_port_holder_find_in (&place, addresses, 5432, &self->holder);
}

static void
write_tables (Fixture *self, guint uid)
{
  g_autofree char *text =
    g_strdup_printf ("  sl  local_address rem_address st\n"
                     "garbage \x01\xff\n"
                     "   0: 0100007F:1538 00000000:0000 06 0:0 0:0 0 %u 0 0 1\n"
                     "   1: 0100007F:1538 00000000:0000 01 0:0 0:0 0 %u 0 76 1\n"
                     "   2: 0100007F:1538 00000000:0000 0A 0:0 0:0 0 %u 0 77 1\n",
                     uid, uid, uid);

  write_proc (self, "proc/net/tcp", text);
}

static void
give_socket (Fixture *self, const char *pid, guint inode)
{
  g_autofree char *folder = g_build_filename ("proc", pid, "fd", NULL);
  g_autofree char *path = culvert_temp_dir_build (self->dir, folder);
  g_autofree char *link = g_build_filename (path, "3", NULL);
  g_autofree char *target = g_strdup_printf ("socket:[%u]", inode);

  g_assert_cmpint (g_mkdir_with_parents (path, 0700), ==, 0);
  g_assert_cmpint (symlink (target, link), ==, 0);
}

static void
test_told_by_tables (Fixture *self, gconstpointer data)
{
  look (self);
  g_assert_cmpint (self->holder.kind, ==, CULVERT_PORT_HOLDER_NOBODY);

  /* Nobody's descriptors are to be seen. */
  write_tables (self, 0);
  look (self);
  g_assert_cmpint (self->holder.kind, ==, CULVERT_PORT_HOLDER_USER);
  g_assert_cmpstr (self->holder.user, ==, "root");
  write_tables (self, 4000000);
  look (self);
  g_assert_cmpstr (self->holder.user, ==, "4000000");
  write_tables (self, 1000);
  look (self);
  g_assert_cmpint (self->holder.kind, ==, CULVERT_PORT_HOLDER_UNKNOWN);
  g_assert_null (self->holder.user);

  write_proc (self, "flatpak-info", "[Application]\n");
  look (self);
  g_assert_cmpint (self->holder.kind, ==, CULVERT_PORT_HOLDER_OUTSIDE);
  g_assert_cmpuint (self->holder.pid, ==, 0);
  g_assert_null (self->holder.user);

  /* One that is inside as well is told by its name. */
  give_socket (self, "4000001", 76);
  give_socket (self, "4000002", 77);
  look (self);
  g_assert_cmpint (self->holder.kind, ==, CULVERT_PORT_HOLDER_PROCESS);
  g_assert_cmpuint (self->holder.pid, ==, 4000002);
  g_assert_null (self->holder.program);
}

/* Names are what a program likes to be called. */
static void
test_names (Fixture *self, gconstpointer data)
{
  g_autofree char *path = NULL;

  write_tables (self, 1000);
  give_socket (self, "4000002", 77);
  write_proc (self, "proc/4000002/comm", "postgres\n");
  write_proc (self, "proc/4000002/cmdline", "/usr/lib/postgresql/15/bin/postgres");
  look (self);
  g_assert_cmpstr (self->holder.program, ==, "postgres");
  g_assert_cmpstr (self->holder.command, ==, "/usr/lib/postgresql/15/bin/postgres");

  write_proc (self, "proc/4000002/comm", "gnome-keyring-d\n");
  write_proc (self, "proc/4000002/cmdline", "/usr/bin/gnome-keyring-daemon");
  look (self);
  g_assert_cmpstr (self->holder.program, ==, "gnome-keyring-daemon");

  write_proc (self, "proc/4000002/comm", "\x1b[31mred\xff\n\xe2\x80\xae!\n");
  look (self);
  g_assert_cmpstr (self->holder.program, ==, "[31mred\xef\xbf\xbd!");
  write_proc (self, "proc/4000002/comm", "\x01\x02");
  write_proc (self, "proc/4000002/cmdline",
              "0123456789012345678901234567890123456789012345678901234567890123456789");
  look (self);
  g_assert_cmpuint (strlen (self->holder.program), ==, 40);
}

#define ADD(name, data, function)                                                                  \
  g_test_add ("/base/port-holder/" name, Fixture, data, set_up, function, tear_down)

int
main (int argc, char *argv[])
{
  static const char *const very[] = { "127.0.0.1", "127.0.0.1", "::1" };
  static const char *const ipv6[] = { "::1", "127.0.0.1", "::1" };
  static const char *const wildcard[] = { "0.0.0.0", "127.0.0.1", "::1" };
  static const char *const wanted_everywhere[] = { "127.0.0.3", "0.0.0.0", "::" };
  static const char *const mapped[] = { "mapped", "127.0.0.1", NULL };

  g_test_init (&argc, &argv, NULL);

  ADD ("other-process", very, test_other_process);
  ADD ("other-process/ipv6", ipv6, test_other_process);
  ADD ("other-process/wildcard", wildcard, test_other_process);
  ADD ("other-process/wanted-everywhere", wanted_everywhere, test_other_process);
  ADD ("other-process/both-families-with-one", mapped, test_other_process);
  ADD ("somewhere-else", NULL, test_somewhere_else);
  ADD ("ourselves", NULL, test_ourselves);
  ADD ("client", NULL, test_client);
  ADD ("other-user", NULL, test_other_user);
  ADD ("path", NULL, test_path);
  ADD ("told-by-tables", NULL, test_told_by_tables);
  ADD ("names", NULL, test_names);

  return g_test_run ();
}
