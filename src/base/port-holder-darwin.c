/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/port-holder-private.h"

#include "base/proc-net.h"
#include "base/socket.h"

#include <libproc.h>
#include <netinet/in.h>
#include <netinet/tcp_fsm.h>
#include <pwd.h>
#include <string.h>
#include <sys/proc_info.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* macOS shows each process's descriptors to its owner and to root alone; there is no table of all
 * sockets for everybody.  So a port of another user's process is held by nobody that can be named. */

#define LIMIT_US (3 * G_USEC_PER_SEC / 2)

static guint
rank_socket (const struct in_sockinfo *info, gboolean listens, const char *const *addresses)
{
  CulvertProcNetSocket socket = { .family = G_SOCKET_FAMILY_IPV4 };
  guint                rank = 0;

  if (info->insi_vflag & INI_IPV6)
    {
      socket.family = G_SOCKET_FAMILY_IPV6;
      memcpy (socket.address, &info->insi_laddr.ina_6, 16);
    }
  else
    memcpy (socket.address, &info->insi_laddr.ina_46.i46a_addr4, 4);
  for (guint i = 0; addresses[i] != NULL; i++)
    rank = MAX (rank, culvert_proc_net_rank (&socket, addresses[i]));
  return rank > 0 && listens ? rank + 4 : rank;
}

/* 0: none of the process's sockets is in the way */
static guint
rank_process (pid_t pid, const char *const *addresses, guint16 port)
{
  int                            size = proc_pidinfo (pid, PROC_PIDLISTFDS, 0, NULL, 0);
  g_autofree struct proc_fdinfo *fds = size > 0 ? g_malloc ((gsize)size) : NULL;
  guint                          best = 0;

  size = fds != NULL ? proc_pidinfo (pid, PROC_PIDLISTFDS, 0, fds, size) : 0;
  for (gsize i = 0; size > 0 && i < (gsize)size / sizeof *fds; i++)
    {
      struct socket_fdinfo      info;
      const struct in_sockinfo *in = &info.psi.soi_proto.pri_tcp.tcpsi_ini;

      if (fds[i].proc_fdtype != PROX_FDTYPE_SOCKET ||
          proc_pidfdinfo (pid, fds[i].proc_fd, PROC_PIDFDSOCKETINFO, &info, sizeof info) !=
            (int)sizeof info ||
          info.psi.soi_kind != SOCKINFO_TCP || ntohs ((guint16)in->insi_lport) != port)
        continue;
      best = MAX (
        best, rank_socket (in, info.psi.soi_proto.pri_tcp.tcpsi_state == TSI_S_LISTEN, addresses));
    }
  return best;
}

static void
describe (pid_t pid, CulvertPortHolder *holder)
{
  char                path[PROC_PIDPATHINFO_MAXSIZE] = "";
  char                name[2 * MAXCOMLEN + 1] = "";
  struct proc_bsdinfo info;

  if (pid == getpid ())
    {
      *holder = (CulvertPortHolder){ .kind = CULVERT_PORT_HOLDER_SELF, .pid = (guint64)pid };
      return;
    }
  *holder = (CulvertPortHolder){ .kind = CULVERT_PORT_HOLDER_PROCESS, .pid = (guint64)pid };
  if (proc_name (pid, name, sizeof name - 1) > 0)
    holder->program = culvert_port_holder_dup_name (name);
  if (proc_pidpath (pid, path, sizeof path) > 0)
    holder->command = culvert_port_holder_dup_name (path);
  if (holder->program == NULL && *path != '\0')
    holder->program = culvert_port_holder_dup_base_name (path);
  if (proc_pidinfo (pid, PROC_PIDTBSDINFO, 0, &info, sizeof info) == (int)sizeof info &&
      info.pbi_uid != geteuid ())
    {
      struct passwd  entry;
      struct passwd *found = NULL;
      char           buffer[4096];

      if (getpwuid_r (info.pbi_uid, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL)
        holder->user = culvert_port_holder_dup_name (found->pw_name);
    }
}

void
culvert_port_holder_find (const char *const *addresses, guint16 port, CulvertPortHolder *holder)
{
  gint64            until_us = g_get_monotonic_time () + LIMIT_US;
  int               size = proc_listpids (PROC_ALL_PIDS, 0, NULL, 0);
  g_autofree pid_t *pids = size > 0 ? g_malloc ((gsize)size) : NULL;
  pid_t             best_pid = 0;
  guint             best = 0;

  *holder = (CulvertPortHolder){ .kind = CULVERT_PORT_HOLDER_UNKNOWN };
  size = pids != NULL ? proc_listpids (PROC_ALL_PIDS, 0, pids, size) : 0;
  for (gsize i = 0; size > 0 && i < (gsize)size / sizeof *pids; i++)
    {
      guint rank = pids[i] > 0 ? rank_process (pids[i], addresses, port) : 0;

      if (rank > best)
        {
          best = rank;
          best_pid = pids[i];
        }
      if (g_get_monotonic_time () > until_us)
        break;
    }
  if (best > 0)
    describe (best_pid, holder);
}

void
culvert_port_holder_find_path (const char *path, CulvertPortHolder *holder)
{
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  gboolean                   in_progress;
  CulvertSocket              fd = culvert_socket_connect (address, &in_progress, NULL);
  pid_t                      pid = 0;
  socklen_t                  size = sizeof pid;

  *holder = (CulvertPortHolder){ .kind = CULVERT_PORT_HOLDER_UNKNOWN };
  if (fd == CULVERT_SOCKET_NONE)
    return;
  if (getsockopt (fd, SOL_LOCAL, LOCAL_PEERPID, &pid, &size) == 0 && pid > 0)
    describe (pid, holder);
  culvert_socket_close (&fd);
}
