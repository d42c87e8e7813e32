/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/peer-user.h"

#include <winsock2.h>

#include <iphlpapi.h>
#include <string.h>
#include <windows.h>
#include <ws2tcpip.h>

/* The table of connections may grow between the two calls that read it. */
#define TABLE_TRIES 4

/* The image's path, in characters. */
#define PATH_MAX_CHARS 32768

struct _CulvertPeerLookup
{
  TOKEN_USER *mine; /* NULL: not known, so nothing can be compared with it */
};

typedef union
{
  struct sockaddr     any;
  struct sockaddr_in  v4;
  struct sockaddr_in6 v6;
} Address;

/* (transfer full) (nullable) */
static TOKEN_USER *
read_token_user (HANDLE process)
{
  HANDLE      token;
  DWORD       size = 0;
  TOKEN_USER *user = NULL;

  if (!OpenProcessToken (process, TOKEN_QUERY, &token))
    return NULL;

  (void)GetTokenInformation (token, TokenUser, NULL, 0, &size);
  if (size > 0)
    user = g_malloc (size);
  if (user != NULL && !GetTokenInformation (token, TokenUser, user, size, &size))
    g_clear_pointer (&user, g_free);
  CloseHandle (token);

  return user;
}

CulvertPeerLookup *
culvert_peer_lookup_new (void)
{
  CulvertPeerLookup *self = g_new0 (CulvertPeerLookup, 1);

  self->mine = read_token_user (GetCurrentProcess ());

  return self;
}

void
culvert_peer_lookup_free (CulvertPeerLookup *self)
{
  g_return_if_fail (self != NULL);

  g_free (self->mine);
  g_free (self);
}

gboolean
culvert_peer_lookup_works (CulvertPeerLookup *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->mine != NULL;
}

/* (transfer full) (nullable): all connections of a family, with the processes that have them */
static void *
read_table (ULONG family)
{
  void *table = NULL;
  DWORD size = 0;

  for (guint i = 0; i < TABLE_TRIES; i++)
    {
      DWORD code =
        GetExtendedTcpTable (table, &size, FALSE, family, TCP_TABLE_OWNER_PID_CONNECTIONS, 0);

      if (code == NO_ERROR && table != NULL)
        return table;
      if (code != ERROR_INSUFFICIENT_BUFFER)
        break;
      g_free (table);
      table = g_malloc (size);
    }
  g_free (table);

  return NULL;
}

static gboolean
is_open_state (DWORD state)
{
  return state >= MIB_TCP_STATE_ESTAB && state <= MIB_TCP_STATE_LAST_ACK;
}

/* @here, @there: of the end whose process is wanted.  Returns: 0 when there is none */
static DWORD
find_pid_v4 (const struct sockaddr_in *here, const struct sockaddr_in *there)
{
  g_autofree MIB_TCPTABLE_OWNER_PID *table = read_table (AF_INET);

  for (DWORD i = 0; table != NULL && i < table->dwNumEntries; i++)
    {
      const MIB_TCPROW_OWNER_PID *row = &table->table[i];

      if (is_open_state (row->dwState) && row->dwLocalAddr == here->sin_addr.s_addr &&
          row->dwRemoteAddr == there->sin_addr.s_addr &&
          (guint16)row->dwLocalPort == here->sin_port &&
          (guint16)row->dwRemotePort == there->sin_port)
        return row->dwOwningPid;
    }

  return 0;
}

static DWORD
find_pid_v6 (const struct sockaddr_in6 *here, const struct sockaddr_in6 *there)
{
  g_autofree MIB_TCP6TABLE_OWNER_PID *table = read_table (AF_INET6);

  for (DWORD i = 0; table != NULL && i < table->dwNumEntries; i++)
    {
      const MIB_TCP6ROW_OWNER_PID *row = &table->table[i];

      if (is_open_state (row->dwState) &&
          memcmp (row->ucLocalAddr, &here->sin6_addr, sizeof row->ucLocalAddr) == 0 &&
          memcmp (row->ucRemoteAddr, &there->sin6_addr, sizeof row->ucRemoteAddr) == 0 &&
          (guint16)row->dwLocalPort == here->sin6_port &&
          (guint16)row->dwRemotePort == there->sin6_port)
        return row->dwOwningPid;
    }

  return 0;
}

/* A process whose user we may not ask for is not one of ours, or one that runs as administrator. */
static gboolean
is_mine (CulvertPeerLookup *self, DWORD pid)
{
  HANDLE                 process = OpenProcess (PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid);
  g_autofree TOKEN_USER *user = NULL;

  if (process == NULL)
    return FALSE;
  user = read_token_user (process);
  CloseHandle (process);

  return user != NULL && EqualSid (user->User.Sid, self->mine->User.Sid);
}

CulvertPeer
culvert_peer_lookup_ask (CulvertPeerLookup *self, CulvertSocket client)
{
  CulvertPeer peer = { .verdict = CULVERT_PEER_UNSEEN, .user = -1 };
  Address     here, there;
  int         n_here = sizeof here, n_there = sizeof there;

  g_return_val_if_fail (self != NULL, peer);

  if (self->mine == NULL)
    {
      peer.verdict = CULVERT_PEER_UNCHECKED;
      return peer;
    }
  if (getsockname (client, &here.any, &n_here) != 0 ||
      getpeername (client, &there.any, &n_there) != 0)
    return peer;

  /* The client's end: the other way round. */
  if (here.any.sa_family == AF_INET && there.any.sa_family == AF_INET)
    peer.pid = find_pid_v4 (&there.v4, &here.v4);
  else if (here.any.sa_family == AF_INET6 && there.any.sa_family == AF_INET6)
    peer.pid = find_pid_v6 (&there.v6, &here.v6);

  if (peer.pid != 0)
    peer.verdict = is_mine (self, peer.pid) ? CULVERT_PEER_MINE : CULVERT_PEER_OTHER;

  return peer;
}

/* The name of a user here may have to be asked of a domain, which takes its time. */
char *
culvert_peer_dup_user_name (const CulvertPeer *peer)
{
  return NULL;
}

gboolean
culvert_peer_find_program (const CulvertPeer *peer, guint *pid, char **name)
{
  g_autofree gunichar2 *image = g_new0 (gunichar2, PATH_MAX_CHARS);
  g_autofree char      *path = NULL;
  DWORD                 size = PATH_MAX_CHARS;
  HANDLE                process;

  g_return_val_if_fail (peer != NULL, FALSE);

  process =
    peer->pid != 0 ? OpenProcess (PROCESS_QUERY_LIMITED_INFORMATION, FALSE, peer->pid) : NULL;
  if (process == NULL)
    return FALSE;
  if (QueryFullProcessImageNameW (process, 0, (LPWSTR)image, &size))
    path = g_utf16_to_utf8 (image, size, NULL, NULL, NULL);
  CloseHandle (process);
  if (path == NULL)
    return FALSE;

  *pid = peer->pid;
  *name = g_path_get_basename (path);

  return TRUE;
}
