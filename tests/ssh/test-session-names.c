/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/session-fixture.h"
#include "support/loopback.h"
#include "words/failure.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <unistd.h>

/* Names that do not resolve, for each reason, and networks that lead nowhere: in a namespace that has
 * nothing but this computer, with a name server of its own. */

#define HEADER_BYTES 12
#define NXDOMAIN     3 /* RFC 1035 4.1.1 */
#define MESSAGE_MAX  512

static void
write_file (const char *path, const char *text)
{
  int descriptor = open (path, O_WRONLY | O_TRUNC | O_CLOEXEC);

  g_assert_cmpint (descriptor, >=, 0);
  g_assert_cmpint (write (descriptor, text, strlen (text)), ==, (gssize)strlen (text));
  close (descriptor);
}

/* Where there is nobody, or here. */
#define NOWHERE "nameserver 192.0.2.53\noptions timeout:1 attempts:1\n"
#define HERE    "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n"

/* Puts @text in the place of a file of the system, for this process alone. */
static void
replace_file (CulvertTempDir *dir, const char *path, const char *name, const char *text)
{
  g_autofree char *file = culvert_temp_dir_write (dir, name, text);
  char            *real = realpath (path, NULL);

  if (mount (file, real != NULL ? real : path, NULL, MS_BIND, NULL) != 0)
    g_error ("cannot replace %s: %s", path, g_strerror (errno));
  free (real);
}

static void
enter_namespace (CulvertTempDir *dir)
{
  g_autofree char *users = g_strdup_printf ("0 %u 1", getuid ());
  g_autofree char *groups = g_strdup_printf ("0 %u 1", getgid ());
  gboolean         is_root = getuid () == 0;
  struct ifreq     request = { .ifr_name = "lo" };
  int              descriptor;

  if (unshare (CLONE_NEWNET | CLONE_NEWNS | (is_root ? 0 : CLONE_NEWUSER)) != 0)
    g_error ("no namespace to be had: %s", g_strerror (errno));
  if (!is_root)
    {
      write_file ("/proc/self/setgroups", "deny");
      write_file ("/proc/self/uid_map", users);
      write_file ("/proc/self/gid_map", groups);
    }
  g_assert_cmpint (mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), ==, 0);
  replace_file (dir, "/etc/resolv.conf", "resolv.conf", NOWHERE);
  replace_file (dir, "/etc/hosts", "hosts", "127.0.0.1 localhost\n192.0.2.7 four.example.com\n");
  replace_file (dir, "/etc/nsswitch.conf", "nsswitch.conf", "hosts: files dns\n");

  descriptor = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (ioctl (descriptor, SIOCGIFFLAGS, &request), ==, 0);
  request.ifr_flags |= IFF_UP;
  g_assert_cmpint (ioctl (descriptor, SIOCSIFFLAGS, &request), ==, 0);
  close (descriptor);
}

/* A name server that knows no name at all. */
typedef struct
{
  int      descriptor;
  GThread *thread;
} NameServer;

static gpointer
serve_names (gpointer data)
{
  const NameServer  *self = data;
  guint8             message[MESSAGE_MAX];
  struct sockaddr_in from;
  socklen_t          size = sizeof from;
  gssize             n_bytes;

  while ((n_bytes = recvfrom (self->descriptor, message, sizeof message, 0,
                              (struct sockaddr *)&from, &size)) > HEADER_BYTES)
    {
      message[2] |= 0x80;
      message[3] = 0x80 | NXDOMAIN;
      g_assert_cmpint (
        sendto (self->descriptor, message, (gsize)n_bytes, 0, (struct sockaddr *)&from, size), ==,
        n_bytes);
    }
  return NULL;
}

static void
name_server_start (NameServer *self)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (53) };

  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  self->descriptor = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  g_assert_cmpint (bind (self->descriptor, (struct sockaddr *)&address, sizeof address), ==, 0);
  self->thread = g_thread_new ("names", serve_names, self);
}

static void
name_server_stop (NameServer *self)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (53) };

  /* A message that is too short to be one ends it. */
  address.sin_addr.s_addr = htonl (INADDR_LOOPBACK);
  g_assert_cmpint (
    sendto (self->descriptor, "end", 3, 0, (struct sockaddr *)&address, sizeof address), ==, 3);
  g_thread_join (self->thread);
  close (self->descriptor);
}

static void
assert_fails (const char *host, CulvertSshError code, const char *what)
{
  g_autoptr (SessionFixture)      fixture = session_fixture_new (22);
  g_autoptr (CulvertFailureWords) words = NULL;

  culvert_profile_set_string (&fixture->profile->host, host);
  session_fixture_fail (fixture, code);
  words = culvert_failure_words_for_tunnel (fixture->error, fixture->profile);
  g_assert_cmpstr (words->what, ==, what);
  g_assert_nonnull (words->next);
  /* The technical reason is in the log's line. */
  g_assert_nonnull (strstr (fixture->error->message, host));
}

static void
test_unknown_name (void)
{
  NameServer server;

  write_file ("/etc/resolv.conf", HERE);
  name_server_start (&server);
  assert_fails ("bastion.example.com", CULVERT_SSH_ERROR_NAME_UNKNOWN,
                "Can’t reach bastion.example.com: the name is unknown to this network.");
  name_server_stop (&server);
}

static void
test_no_name_server (void)
{
  write_file ("/etc/resolv.conf", NOWHERE);
  assert_fails ("bastion.example.com", CULVERT_SSH_ERROR_NO_NAME_SERVICE,
                "Can’t look up bastion.example.com: no name server answers.");
}

/* /etc/hosts has it with an IPv4 address. */
static void
test_no_address (void)
{
  g_autoptr (SessionFixture)      fixture = session_fixture_new (22);
  g_autoptr (CulvertFailureWords) words = NULL;

  culvert_profile_set_string (&fixture->profile->host, "four.example.com");
  fixture->profile->address_family = CULVERT_ADDRESS_FAMILY_IPV6;
  session_fixture_fail (fixture, CULVERT_SSH_ERROR_NO_ADDRESS);
  words = culvert_failure_words_for_tunnel (fixture->error, fixture->profile);
  g_assert_cmpstr (words->what, ==,
                   "four.example.com has no IPv6 address, and this tunnel uses IPv6 alone.");
}

static void
test_unreachable (void)
{
  assert_fails ("192.0.2.1", CULVERT_SSH_ERROR_UNREACHABLE,
                "Can’t reach 192.0.2.1: no way leads there from this network.");
  assert_fails ("2001:db8::1", CULVERT_SSH_ERROR_UNREACHABLE,
                "Can’t reach 2001:db8::1: no way leads there from this network.");
}

int
main (int argc, char **argv)
{
  g_autoptr (CulvertTempDir) dir = culvert_temp_dir_new ();

  /* Before there are threads. */
  enter_namespace (dir);
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/ssh/session/names/unknown", test_unknown_name);
  g_test_add_func ("/ssh/session/names/no-name-server", test_no_name_server);
  g_test_add_func ("/ssh/session/names/no-address", test_no_address);
  g_test_add_func ("/ssh/session/names/unreachable", test_unreachable);
  return g_test_run ();
}
