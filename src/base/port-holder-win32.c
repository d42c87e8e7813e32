/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/port-holder-private.h"

#include "base/proc-net.h"

/* In this order: iphlpapi.h knows the tables only after winsock2.h. */
#include <winsock2.h>
#include <ws2tcpip.h>
#include <iphlpapi.h>
#include <windows.h>
#include <string.h>

/* The table may grow between two looks at it. */
#define N_TRIES 5

typedef struct
{
  guint rank;
  DWORD pid;
} Found;

/* (transfer full) (nullable) */
static gpointer
dup_table (ULONG family)
{
  DWORD    size = 0;
  gpointer table = NULL;

  for (guint i = 0; i < N_TRIES; i++)
    {
      DWORD result = GetExtendedTcpTable (table, &size, FALSE, family, TCP_TABLE_OWNER_PID_ALL, 0);

      if (result == NO_ERROR && table != NULL)
        return table;
      g_free (table);
      table = NULL;
      if (result != ERROR_INSUFFICIENT_BUFFER)
        return NULL;
      table = g_malloc (size);
    }
  g_free (table);
  return NULL;
}

static void
consider (Found                      *found,
          const CulvertProcNetSocket *socket,
          const char *const          *addresses,
          DWORD                       state,
          DWORD                       pid)
{
  guint rank = 0;

  if (state == MIB_TCP_STATE_TIME_WAIT || pid == 0)
    return;
  for (guint i = 0; addresses[i] != NULL; i++)
    rank = MAX (rank, culvert_proc_net_rank (socket, addresses[i]));
  if (rank > 0 && state == MIB_TCP_STATE_LISTEN)
    rank += 4;
  if (rank > found->rank)
    *found = (Found){ rank, pid };
}

static void
search_ipv4 (Found *found, const char *const *addresses, guint16 port)
{
  g_autofree MIB_TCPTABLE_OWNER_PID *table = dup_table (AF_INET);

  for (DWORD i = 0; table != NULL && i < table->dwNumEntries; i++)
    {
      const MIB_TCPROW_OWNER_PID *row = &table->table[i];
      CulvertProcNetSocket        socket = { .family = G_SOCKET_FAMILY_IPV4 };

      memcpy (socket.address, &row->dwLocalAddr, 4);
      if (ntohs ((guint16)row->dwLocalPort) == port)
        consider (found, &socket, addresses, row->dwState, row->dwOwningPid);
    }
}

static void
search_ipv6 (Found *found, const char *const *addresses, guint16 port)
{
  g_autofree MIB_TCP6TABLE_OWNER_PID *table = dup_table (AF_INET6);

  for (DWORD i = 0; table != NULL && i < table->dwNumEntries; i++)
    {
      const MIB_TCP6ROW_OWNER_PID *row = &table->table[i];
      CulvertProcNetSocket         socket = { .family = G_SOCKET_FAMILY_IPV6 };

      memcpy (socket.address, row->ucLocalAddr, 16);
      if (ntohs ((guint16)row->dwLocalPort) == port)
        consider (found, &socket, addresses, row->dwState, row->dwOwningPid);
    }
}

static void
name_program (CulvertPortHolder *holder, DWORD pid)
{
  HANDLE           process = OpenProcess (PROCESS_QUERY_LIMITED_INFORMATION, FALSE, pid);
  wchar_t          path[MAX_PATH];
  DWORD            n = G_N_ELEMENTS (path);
  g_autofree char *text = NULL;
  char            *backslash;

  if (process == NULL)
    return;
  if (QueryFullProcessImageNameW (process, 0, path, &n))
    text = g_utf16_to_utf8 ((const gunichar2 *)path, (glong)n, NULL, NULL, NULL);
  (void)CloseHandle (process);
  if (text == NULL)
    return;
  holder->command = culvert_port_holder_dup_name (text);
  backslash = strrchr (text, '\\');
  holder->program = culvert_port_holder_dup_name (backslash != NULL ? backslash + 1 : text);
}

void
culvert_port_holder_find (const char *const *addresses, guint16 port, CulvertPortHolder *holder)
{
  Found found = { 0 };

  *holder = (CulvertPortHolder){ .kind = CULVERT_PORT_HOLDER_NOBODY };
  search_ipv4 (&found, addresses, port);
  search_ipv6 (&found, addresses, port);
  if (found.rank == 0)
    return;
  holder->pid = found.pid;
  holder->kind =
    found.pid == GetCurrentProcessId () ? CULVERT_PORT_HOLDER_SELF : CULVERT_PORT_HOLDER_PROCESS;
  if (holder->kind == CULVERT_PORT_HOLDER_PROCESS)
    name_program (holder, found.pid);
}

/* SIO_AF_UNIX_GETPEERPID would tell; socket files of other programs are rare here. */
void
culvert_port_holder_find_path (const char *path, CulvertPortHolder *holder)
{
  *holder = (CulvertPortHolder){ .kind = CULVERT_PORT_HOLDER_UNKNOWN };
}
