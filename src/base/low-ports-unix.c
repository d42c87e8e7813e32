/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/low-ports-private.h"

#include "base/sandbox.h"
#include "base/socket.h"

#include <gio/gio.h>

#include <string.h>
#include <unistd.h>

/* Linux; elsewhere they are not there. */
#define STATUS_FILE  "/proc/self/status"
#define START_FILE   "/proc/sys/net/ipv4/ip_unprivileged_port_start"
#define PROGRAM_FILE "/proc/self/exe"

#define EFFECTIVE        "\nCapEff:\t"
#define NET_BIND_SERVICE 10 /* capabilities(7) */

gboolean
culvert_low_ports_has_capability (const char *status)
{
  const char    *line = strstr (status, EFFECTIVE);
  g_auto (GStrv) words = NULL;
  guint64        set;

  if (line == NULL)
    return FALSE;
  words = g_strsplit (line + strlen (EFFECTIVE), "\n", 2);
  return g_ascii_string_to_unsigned (words[0], 16, 0, G_MAXUINT64, &set, NULL) &&
         (set & (G_GUINT64_CONSTANT (1) << NET_BIND_SERVICE)) != 0;
}

/* Root may have given the capability away, and others may have been given it. */
static gboolean
is_privileged (void)
{
  g_autofree char *status = NULL;

  if (g_file_get_contents (STATUS_FILE, &status, NULL, NULL))
    return culvert_low_ports_has_capability (status);
  return geteuid () == 0;
}

guint16
culvert_low_ports_ask_system (void)
{
  guint16 start = culvert_socket_get_unprivileged_port_start ();

  return start <= 1 || is_privileged () ? 1 : start;
}

char *
culvert_low_ports_dup_command (guint16 port)
{
  if (!g_file_test (START_FILE, G_FILE_TEST_EXISTS))
    return NULL;
  return g_strdup_printf ("sudo sysctl net.ipv4.ip_unprivileged_port_start=%u", port);
}

char *
culvert_low_ports_dup_own_command (void)
{
  g_autofree char *program = g_file_read_link (PROGRAM_FILE, NULL);
  g_autofree char *quoted = NULL;

  if (program == NULL || g_file_test (CULVERT_SANDBOX_MARK, G_FILE_TEST_EXISTS) ||
      !g_utf8_validate (program, -1, NULL))
    return NULL;
  /* A plain path stays as it is. */
  quoted = strpbrk (program, " '\"\\$`;&|<>()*?[]{}~#!\t\n") != NULL ? g_shell_quote (program)
                                                                     : g_strdup (program);
  return g_strdup_printf ("sudo setcap cap_net_bind_service=+ep %s", quoted);
}
