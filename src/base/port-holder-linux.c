/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/port-holder-private.h"

#include "base/proc-net.h"
#include "base/sandbox.h"
#include "base/socket.h"

#include <dirent.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A machine can have any number of sockets and processes. */
#define LIMIT_US    (3 * G_USEC_PER_SEC / 2)
#define N_LINES_MAX 200000

#define COMMAND_MAX   4096
#define USER_MAX      4096
#define COMM_MAX      15 /* bytes: what the kernel keeps of a program's name */
#define CHECKED_LINES 1024

/* The socket that is in the way, as far as was looked. */
typedef struct
{
  guint   rank; /* 0: none */
  guint64 inode;
  guint32 uid;
} Found;

typedef struct
{
  const CulvertPortHolderPlace *place;
  const char *const            *addresses;
  guint16                       port;
  gint64                        until_us;
  Found                         found;
} Search;

static gboolean
is_late (const Search *self)
{
  return g_get_monotonic_time () > self->until_us;
}

static void
consider (Search *self, const CulvertProcNetSocket *socket)
{
  guint rank = 0;

  if (socket->port != self->port || socket->state == CULVERT_PROC_NET_OVER || socket->inode == 0)
    return;
  for (guint i = 0; self->addresses[i] != NULL; i++)
    rank = MAX (rank, culvert_proc_net_rank (socket, self->addresses[i]));
  if (rank > 0 && socket->state == CULVERT_PROC_NET_LISTEN)
    rank += 4;
  if (rank > self->found.rank)
    self->found = (Found){ rank, socket->inode, socket->uid };
}

static void
search_table (Search *self, const char *table)
{
  g_autofree char *path = g_build_filename (self->place->proc, "net", table, NULL);
  FILE            *file = fopen (path, "re");
  char             line[512];

  if (file == NULL)
    return;
  for (guint i = 0; i < N_LINES_MAX && fgets (line, sizeof line, file) != NULL; i++)
    {
      CulvertProcNetSocket socket;

      if (i % CHECKED_LINES == 0 && is_late (self))
        break;
      if (culvert_proc_net_parse (line, &socket))
        consider (self, &socket);
    }
  (void)fclose (file);
}

/* Does one of the descriptors in the folder @fd lead to the socket?  Says no where we may not look. */
static gboolean
has_socket (int proc, const char *pid, const char *wanted)
{
  g_autofree char *path = g_build_filename (pid, "fd", NULL);
  int              fd = openat (proc, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR             *folder = fd >= 0 ? fdopendir (fd) : NULL;
  struct dirent   *entry;
  gboolean         has_it = FALSE;

  if (folder == NULL)
    {
      if (fd >= 0)
        (void)close (fd);
      return FALSE;
    }
  while (!has_it && (entry = readdir (folder)) != NULL)
    {
      char   target[64];
      gssize n = readlinkat (dirfd (folder), entry->d_name, target, sizeof target - 1);

      if (n <= 0)
        continue;
      target[n] = '\0';
      has_it = g_str_equal (target, wanted);
    }
  (void)closedir (folder);
  return has_it;
}

/* Of several that share the socket, as a server's children do, the kernel lists the first first.
 * Returns 0 when none is to be seen. */
static guint64
find_process (const Search *self)
{
  g_autofree char *wanted = g_strdup_printf ("socket:[%" G_GUINT64_FORMAT "]", self->found.inode);
  g_autofree char *own = g_strdup_printf ("%d", (int)getpid ());
  DIR             *proc = opendir (self->place->proc);
  struct dirent   *entry;
  guint64          found = 0;

  if (proc == NULL)
    return 0;
  /* Often it is a tunnel of ours. */
  if (has_socket (dirfd (proc), own, wanted))
    found = (guint64)getpid ();
  while (found == 0 && (entry = readdir (proc)) != NULL && !is_late (self))
    {
      guint64 pid;

      if (g_ascii_string_to_unsigned (entry->d_name, 10, 1, G_MAXUINT32, &pid, NULL) &&
          has_socket (dirfd (proc), entry->d_name, wanted))
        found = pid;
    }
  (void)closedir (proc);
  return found;
}

/* At most COMMAND_MAX bytes, of which the first string counts. (transfer full) (nullable) */
static char *
read_start (const char *proc, guint64 pid, const char *name)
{
  g_autofree char *path = g_strdup_printf ("%s/%" G_GUINT64_FORMAT "/%s", proc, pid, name);
  g_autofree char *text = g_malloc0 (COMMAND_MAX + 1);
  FILE            *file = fopen (path, "re");

  if (file == NULL)
    return NULL;
  if (fread (text, 1, COMMAND_MAX, file) == 0)
    *text = '\0';
  (void)fclose (file);
  return g_steal_pointer (&text);
}

/* A long name is cut by the kernel; the command line has the whole one, if the program left it alone. */
static void
name_program (const char *proc, CulvertPortHolder *holder)
{
  g_autofree char *kernels = read_start (proc, holder->pid, "comm");
  g_autofree char *line = read_start (proc, holder->pid, "cmdline");
  g_autofree char *whole = NULL;

  if (line != NULL)
    {
      holder->command = culvert_port_holder_dup_name (line);
      whole = culvert_port_holder_dup_base_name (line);
    }
  if (kernels != NULL)
    holder->program = culvert_port_holder_dup_name (kernels);
  if (holder->program == NULL || (whole != NULL && strlen (holder->program) == COMM_MAX &&
                                  g_str_has_prefix (whole, holder->program)))
    {
      g_free (holder->program);
      holder->program = g_steal_pointer (&whole);
    }
}

/* (transfer full): the name, or else the number */
static char *
dup_user (guint32 uid)
{
  struct passwd    entry;
  struct passwd   *found = NULL;
  g_autofree char *buffer = g_malloc (USER_MAX);
  char            *name = NULL;

  if (getpwuid_r (uid, &entry, buffer, USER_MAX, &found) == 0 && found != NULL)
    name = culvert_port_holder_dup_name (found->pw_name);
  return name != NULL ? name : g_strdup_printf ("%u", uid);
}

static gboolean
is_in_sandbox (const CulvertPortHolderPlace *place)
{
  return access (place->sandbox_mark, F_OK) == 0;
}

static void
describe (const CulvertPortHolderPlace *place, guint64 pid, guint32 uid, CulvertPortHolder *holder)
{
  gboolean is_foreign = uid != place->uid;

  if (pid != 0 && pid == (guint64)getpid ())
    *holder = (CulvertPortHolder){ .kind = CULVERT_PORT_HOLDER_SELF, .pid = pid };
  else if (pid != 0)
    {
      *holder = (CulvertPortHolder){ .kind = CULVERT_PORT_HOLDER_PROCESS, .pid = pid };
      name_program (place->proc, holder);
    }
  else if (is_in_sandbox (place))
    *holder = (CulvertPortHolder){ .kind = CULVERT_PORT_HOLDER_OUTSIDE };
  else
    *holder = (CulvertPortHolder){ .kind = is_foreign ? CULVERT_PORT_HOLDER_USER
                                                      : CULVERT_PORT_HOLDER_UNKNOWN };
  if (is_foreign &&
      (holder->kind == CULVERT_PORT_HOLDER_PROCESS || holder->kind == CULVERT_PORT_HOLDER_USER))
    holder->user = dup_user (uid);
}

void
culvert_port_holder_find_in (const CulvertPortHolderPlace *place,
                             const char *const            *addresses,
                             guint16                       port,
                             CulvertPortHolder            *holder)
{
  Search search = {
    .place = place,
    .addresses = addresses,
    .port = port,
    .until_us = g_get_monotonic_time () + LIMIT_US,
  };

  *holder = (CulvertPortHolder){ .kind = CULVERT_PORT_HOLDER_NOBODY };
  search_table (&search, "tcp");
  search_table (&search, "tcp6");
  if (search.found.rank > 0)
    describe (place, find_process (&search), search.found.uid, holder);
}

static CulvertPortHolderPlace
get_place (void)
{
  return (CulvertPortHolderPlace){ "/proc", CULVERT_SANDBOX_MARK, geteuid () };
}

void
culvert_port_holder_find (const char *const *addresses, guint16 port, CulvertPortHolder *holder)
{
  CulvertPortHolderPlace place = get_place ();

  culvert_port_holder_find_in (&place, addresses, port, holder);
}

void
culvert_port_holder_find_path (const char *path, CulvertPortHolder *holder)
{
  CulvertPortHolderPlace     place = get_place ();
  g_autoptr (GSocketAddress) address = g_unix_socket_address_new (path);
  gboolean                   in_progress;
  CulvertSocket              fd = culvert_socket_connect (address, &in_progress, NULL);
  struct ucred               peer;
  socklen_t                  size = sizeof peer;

  *holder = (CulvertPortHolder){ .kind = CULVERT_PORT_HOLDER_UNKNOWN };
  if (fd == CULVERT_SOCKET_NONE)
    return;
  /* Whoever called listen(); no number for whom this process cannot see. */
  if (getsockopt (fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0)
    describe (&place, peer.pid > 0 ? (guint64)peer.pid : 0, peer.uid, holder);
  culvert_socket_close (&fd);
}
