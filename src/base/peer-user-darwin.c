/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/peer-user-private.h"

#include <sys/types.h>

#include <libproc.h>
#include <netinet/in.h>
#include <netinet/in_systm.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netinet/tcp_fsm.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/socketvar.h>
#include <sys/sysctl.h>
#include <unistd.h>

/* These two want what is above. */
#include <netinet/in_pcb.h>
#include <netinet/tcp_var.h>

#define TABLE "net.inet.tcp.pcblist64"

/* The table of connections may grow between the two calls that read it. */
#define TABLE_TRIES  4
#define TABLE_MARGIN 4096

struct _CulvertPeerLookup
{
  gboolean works;
  uid_t    mine;
};

typedef union
{
  struct sockaddr     any;
  struct sockaddr_in  v4;
  struct sockaddr_in6 v6;
} Address;

/* (transfer full) (nullable): all connections of this computer */
static guint8 *
read_table (gsize *size)
{
  for (guint i = 0; i < TABLE_TRIES; i++)
    {
      g_autofree guint8 *bytes = NULL;

      if (sysctlbyname (TABLE, NULL, size, NULL, 0) != 0)
        return NULL;
      *size += TABLE_MARGIN;
      bytes = g_malloc (*size);
      if (sysctlbyname (TABLE, bytes, size, NULL, 0) == 0)
        return g_steal_pointer (&bytes);
    }

  return NULL;
}

CulvertPeerLookup *
culvert_peer_lookup_new (void)
{
  CulvertPeerLookup *self = g_new0 (CulvertPeerLookup, 1);
  g_autofree guint8 *table = NULL;
  gsize              size = 0;

  table = read_table (&size);
  self->works = table != NULL;
  self->mine = geteuid ();

  return self;
}

void
culvert_peer_lookup_free (CulvertPeerLookup *self)
{
  g_return_if_fail (self != NULL);

  g_free (self);
}

gboolean
culvert_peer_lookup_works (CulvertPeerLookup *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->works;
}

/* Is @record the end that has @here itself and @there as its peer? */
static gboolean
is_end (const struct xtcpcb64 *record, const Address *here, const Address *there)
{
  const struct xinpcb64 *ends = &record->xt_inpcb;

  if (record->t_state < TCPS_ESTABLISHED || record->t_state == TCPS_TIME_WAIT)
    return FALSE;

  if (here->any.sa_family == AF_INET)
    return (ends->inp_vflag & INP_IPV4) != 0 && ends->inp_lport == here->v4.sin_port &&
           ends->inp_fport == there->v4.sin_port &&
           ends->inp_dependladdr.inp46_local.ia46_addr4.s_addr == here->v4.sin_addr.s_addr &&
           ends->inp_dependfaddr.inp46_foreign.ia46_addr4.s_addr == there->v4.sin_addr.s_addr;

  return (ends->inp_vflag & INP_IPV6) != 0 && ends->inp_lport == here->v6.sin6_port &&
         ends->inp_fport == there->v6.sin6_port &&
         memcmp (&ends->inp_dependladdr.inp6_local, &here->v6.sin6_addr,
                 sizeof here->v6.sin6_addr) == 0 &&
         memcmp (&ends->inp_dependfaddr.inp6_foreign, &there->v6.sin6_addr,
                 sizeof there->v6.sin6_addr) == 0;
}

static CulvertPeer
ask_tcp (CulvertPeerLookup *self, const Address *here, const Address *there)
{
  gsize              size = 0;
  g_autofree guint8 *table = read_table (&size);
  gsize              offset = sizeof (struct xinpgen);

  /* A record begins with its length; the last one is as short as the first. */
  while (table != NULL && offset + sizeof (struct xtcpcb64) <= size)
    {
      struct xtcpcb64 record;

      memcpy (&record, table + offset, sizeof record);
      if (record.xt_len < sizeof record)
        break;
      if (is_end (&record, here, there))
        {
          CulvertPeer peer = culvert_peer_of_user (self->mine, record.xt_inpcb.xi_socket.so_uid);

          peer.socket_id = record.xt_inpcb.xi_socket.xso_so;
          return peer;
        }
      offset += record.xt_len;
    }

  return (CulvertPeer){ .verdict = CULVERT_PEER_UNSEEN, .user = -1 };
}

CulvertPeer
culvert_peer_lookup_ask (CulvertPeerLookup *self, CulvertSocket client)
{
  CulvertPeer peer = { .verdict = CULVERT_PEER_UNSEEN, .user = -1 };
  Address     here, there;
  socklen_t   n_here = sizeof here, n_there = sizeof there;
  uid_t       user;
  gid_t       group;

  g_return_val_if_fail (self != NULL, peer);

  if (!self->works)
    {
      peer.verdict = CULVERT_PEER_UNCHECKED;
      return peer;
    }
  if (getsockname (client, &here.any, &n_here) != 0)
    return peer;
  if (here.any.sa_family == AF_UNIX)
    return getpeereid (client, &user, &group) == 0 ? culvert_peer_of_user (self->mine, user) : peer;
  if (getpeername (client, &there.any, &n_there) != 0 || here.any.sa_family != there.any.sa_family)
    return peer;

  /* The client's end: the other way round. */
  return ask_tcp (self, &there, &here);
}

/* The name of a user here may have to be asked of a directory, which takes its time. */
char *
culvert_peer_dup_user_name (const CulvertPeer *peer)
{
  return NULL;
}

static gboolean
has_open (int pid, guint64 socket_id)
{
  int                            size = proc_pidinfo (pid, PROC_PIDLISTFDS, 0, NULL, 0);
  g_autofree struct proc_fdinfo *list = size > 0 ? g_malloc ((gsize)size) : NULL;

  if (list != NULL)
    size = proc_pidinfo (pid, PROC_PIDLISTFDS, 0, list, size);
  for (int i = 0; list != NULL && i < size / (int)sizeof *list; i++)
    {
      struct socket_fdinfo info;

      if (list[i].proc_fdtype == PROX_FDTYPE_SOCKET &&
          proc_pidfdinfo (pid, list[i].proc_fd, PROC_PIDFDSOCKETINFO, &info, sizeof info) ==
            (int)sizeof info &&
          info.psi.soi_so == socket_id)
        return TRUE;
    }

  return FALSE;
}

gboolean
culvert_peer_find_program (const CulvertPeer *peer, guint *pid, char **name)
{
  int             size = proc_listpids (PROC_UID_ONLY, (uint32_t)peer->user, NULL, 0);
  g_autofree int *pids = size > 0 ? g_malloc ((gsize)size) : NULL;

  if (pids == NULL || peer->socket_id == 0)
    return FALSE;

  size = proc_listpids (PROC_UID_ONLY, (uint32_t)peer->user, pids, size);
  for (int i = 0; i < size / (int)sizeof *pids; i++)
    {
      char text[2 * MAXCOMLEN + 1] = "";

      if (pids[i] <= 0 || !has_open (pids[i], peer->socket_id) ||
          proc_name (pids[i], text, sizeof text) <= 0)
        continue;
      *pid = (guint)pids[i];
      *name = g_utf8_make_valid (text, -1);
      return TRUE;
    }

  return FALSE;
}
