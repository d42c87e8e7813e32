/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/peer-user-private.h"

#include <errno.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

/* Linux gives the loopback device this number in every network namespace. */
#define LOOPBACK_DEVICE 1

/* An answer is one message; what is left of an earlier question may be before it. */
#define MAX_MESSAGES 4

#define OVERFLOW_FILE "/proc/sys/kernel/overflowuid"
#define USER_MAP_FILE "/proc/self/uid_map"

typedef enum
{
  LOOKUP_UNTRIED, /* for want of descriptors or memory */
  LOOKUP_WORKS,
  LOOKUP_DOES_NOT,
} LookupState;

struct _CulvertPeerLookup
{
  LookupState state;
  int         netlink; /* -1: closed */
  guint32     serial;
  uid_t       mine;
};

/* One end of a connection, as sock_diag is asked for it. */
typedef struct
{
  guint8  family;
  guint16 local_port; /* both in network order */
  guint16 remote_port;
  guint32 local[4];
  guint32 remote[4];
} Tuple;

typedef union
{
  struct sockaddr     any;
  struct sockaddr_in  v4;
  struct sockaddr_in6 v6;
} Address;

typedef union
{
  struct nlmsghdr header;
  guint8          bytes[1024];
} Message;

static gboolean
is_shortage (int code)
{
  return code == EMFILE || code == ENFILE || code == ENOBUFS || code == ENOMEM;
}

static void
close_netlink (CulvertPeerLookup *self)
{
  if (self->netlink >= 0)
    (void)close (self->netlink);
  self->netlink = -1;
}

/* Returns: 0 or an errno */
static int
open_netlink (CulvertPeerLookup *self)
{
  if (self->netlink >= 0)
    return 0;

  self->netlink = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_SOCK_DIAG);

  return self->netlink >= 0 ? 0 : errno;
}

static int
send_question (CulvertPeerLookup *self, const Tuple *tuple, guint32 device)
{
  struct
  {
    struct nlmsghdr         header;
    struct inet_diag_req_v2 request;
  } question = {
    .header = { .nlmsg_len = sizeof question,
                .nlmsg_type = SOCK_DIAG_BY_FAMILY,
                .nlmsg_flags = NLM_F_REQUEST,
                .nlmsg_seq = ++self->serial },
    .request = { .sdiag_family = tuple->family,
                 .sdiag_protocol = IPPROTO_TCP,
                 .idiag_states = G_MAXUINT32,
                 .id = { .idiag_sport = tuple->local_port,
                         .idiag_dport = tuple->remote_port,
                         .idiag_if = device,
                         .idiag_cookie = { INET_DIAG_NOCOOKIE, INET_DIAG_NOCOOKIE } } },
  };
  struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
  gssize             n;

  memcpy (question.request.id.idiag_src, tuple->local, sizeof tuple->local);
  memcpy (question.request.id.idiag_dst, tuple->remote, sizeof tuple->remote);
  do
    n = sendto (self->netlink, &question, sizeof question, 0, (struct sockaddr *)&kernel,
                sizeof kernel);
  while (n < 0 && errno == EINTR);

  return n == (gssize)sizeof question ? 0 : n < 0 ? errno : EIO;
}

/* What the kernel said by the time that send() returned.  Returns: 0, ENOENT when there is no such
 * socket, or another errno. */
static int
read_answer (CulvertPeerLookup *self, struct inet_diag_msg *answer)
{
  for (guint i = 0; i < MAX_MESSAGES; i++)
    {
      Message message;
      gssize  n;

      do
        n = recv (self->netlink, &message, sizeof message, MSG_DONTWAIT);
      while (n < 0 && errno == EINTR);

      if (n < 0)
        return errno;
      if (!NLMSG_OK (&message.header, (gsize)n))
        return EPROTO;
      if (message.header.nlmsg_seq != self->serial)
        continue;
      if (message.header.nlmsg_type == NLMSG_ERROR &&
          message.header.nlmsg_len >= NLMSG_LENGTH (sizeof (struct nlmsgerr)))
        return -((const struct nlmsgerr *)NLMSG_DATA (&message.header))->error;
      if (message.header.nlmsg_type != SOCK_DIAG_BY_FAMILY ||
          message.header.nlmsg_len < NLMSG_LENGTH (sizeof *answer))
        return EPROTO;

      memcpy (answer, NLMSG_DATA (&message.header), sizeof *answer);
      return 0;
    }

  return EPROTO;
}

/* Asks once; anew on another netlink socket when this one has gone bad.  Returns as read_answer(). */
static int
ask_kernel (CulvertPeerLookup    *self,
            const Tuple          *tuple,
            guint32               device,
            struct inet_diag_msg *answer)
{
  int code = 0;

  for (guint i = 0; i < 2; i++)
    {
      code = open_netlink (self);
      if (code == 0)
        code = send_question (self, tuple, device);
      if (code == 0)
        code = read_answer (self, answer);
      if (code == 0 || code == ENOENT)
        return code;
      close_netlink (self);
    }

  return code;
}

static void
copy_v4 (Tuple *tuple, const void *local, const void *remote)
{
  tuple->family = AF_INET;
  memcpy (tuple->local, local, sizeof (struct in_addr));
  memcpy (tuple->remote, remote, sizeof (struct in_addr));
}

/* From the addresses of two ends.  An IPv4 connection of an IPv6 socket is one of IPv4. */
static gboolean
fill_tuple (Tuple *tuple, const Address *local, const Address *remote)
{
  memset (tuple, 0, sizeof *tuple);
  if (local->any.sa_family != remote->any.sa_family)
    return FALSE;

  if (local->any.sa_family == AF_INET)
    {
      tuple->local_port = local->v4.sin_port;
      tuple->remote_port = remote->v4.sin_port;
      copy_v4 (tuple, &local->v4.sin_addr, &remote->v4.sin_addr);
      return TRUE;
    }
  if (local->any.sa_family != AF_INET6)
    return FALSE;

  tuple->local_port = local->v6.sin6_port;
  tuple->remote_port = remote->v6.sin6_port;
  if (IN6_IS_ADDR_V4MAPPED (&local->v6.sin6_addr) && IN6_IS_ADDR_V4MAPPED (&remote->v6.sin6_addr))
    {
      copy_v4 (tuple, &local->v6.sin6_addr.s6_addr[12], &remote->v6.sin6_addr.s6_addr[12]);
      return TRUE;
    }
  tuple->family = AF_INET6;
  memcpy (tuple->local, &local->v6.sin6_addr, sizeof tuple->local);
  memcpy (tuple->remote, &remote->v6.sin6_addr, sizeof tuple->remote);

  return TRUE;
}

/* Is it a socket that a process has open and that is, or was, connected?  The kernel says the same
 * number, root's, for what nobody has open any more; in the place of a connection that is gone it finds
 * who listens on the same port; and one that is being made from a port that has just become free is not
 * the one that was accepted. */
static gboolean
is_open_connection (const struct inet_diag_msg *answer, const Tuple *tuple)
{
  switch (answer->idiag_state)
    {
    case TCP_ESTABLISHED:
    case TCP_FIN_WAIT1:
    case TCP_FIN_WAIT2:
    case TCP_CLOSE_WAIT:
    case TCP_LAST_ACK:
    case TCP_CLOSING:
      return answer->idiag_inode != 0 && answer->id.idiag_sport == tuple->local_port &&
             answer->id.idiag_dport == tuple->remote_port;
    default:
      return FALSE;
    }
}

/* As long as our end lives, no other connection can have its addresses and ports. */
static gboolean
is_alive (CulvertSocket client)
{
  struct tcp_info info = { 0 };
  socklen_t       size = sizeof info;

  return getsockopt (client, IPPROTO_TCP, TCP_INFO, &info, &size) == 0 &&
         info.tcpi_state != TCP_CLOSE;
}

static CulvertPeer
ask_tcp (CulvertPeerLookup *self, CulvertSocket client, const Address *local, const Address *remote)
{
  /* A client may have bound itself to the device. */
  const guint32 devices[] = { 0, LOOPBACK_DEVICE };
  CulvertPeer   unseen = { .verdict = CULVERT_PEER_UNSEEN, .user = -1 };
  Tuple         tuple;

  /* The client's end: the other way round. */
  if (!fill_tuple (&tuple, remote, local))
    return unseen;

  for (guint i = 0; i < G_N_ELEMENTS (devices); i++)
    {
      struct inet_diag_msg answer;
      CulvertPeer          peer;

      if (ask_kernel (self, &tuple, devices[i], &answer) != 0 ||
          !is_open_connection (&answer, &tuple))
        continue;
      if (!is_alive (client))
        return unseen;

      peer = culvert_peer_of_user (self->mine, answer.idiag_uid);
      peer.socket_id = answer.idiag_inode;
      return peer;
    }

  return unseen;
}

static CulvertPeer
ask_unix (CulvertPeerLookup *self, CulvertSocket client)
{
  struct ucred credentials;
  socklen_t    size = sizeof credentials;
  CulvertPeer  peer;

  if (getsockopt (client, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0)
    return (CulvertPeer){ .verdict = CULVERT_PEER_UNSEEN, .user = -1 };

  peer = culvert_peer_of_user (self->mine, credentials.uid);
  peer.pid = credentials.pid > 0 ? (guint)credentials.pid : 0;

  return peer;
}

/* Does the kernel tell about a socket that is there and ours?  Not in every sandbox, and some that
 * imitate a kernel say 0 for everything. */
static int
try_on_own_socket (CulvertPeerLookup *self, GSocketFamily family)
{
  g_autoptr (GInetAddress)   loopback = g_inet_address_new_loopback (family);
  g_autoptr (GSocketAddress) any_port = g_inet_socket_address_new (loopback, 0);
  g_autoptr (GError)         error = NULL;
  CulvertSocket              socket = culvert_socket_listen (any_port, 1, &error);
  Address                    here = { .any = { .sa_family = AF_UNSPEC } };
  Address                    nowhere = { .any = { .sa_family = AF_UNSPEC } };
  socklen_t                  size = sizeof here;
  struct inet_diag_msg       answer;
  Tuple                      tuple;
  int                        code = ENOENT;

  if (socket == CULVERT_SOCKET_NONE)
    return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES) ? EMFILE
                                                                               : EAFNOSUPPORT;

  if (getsockname (socket, &here.any, &size) == 0)
    {
      nowhere.any.sa_family = here.any.sa_family;
      if (fill_tuple (&tuple, &here, &nowhere))
        code = ask_kernel (self, &tuple, 0, &answer);
    }
  culvert_socket_close (&socket);
  if (code == 0 && (answer.idiag_uid != self->mine || answer.idiag_inode == 0 ||
                    answer.id.idiag_sport != tuple.local_port))
    code = ENOENT;

  return code;
}

/* In a user namespace all users that it does not know of have one number; it may be ours, too. */
static gboolean
can_tell_users_apart (uid_t mine)
{
  g_autofree char *overflow = NULL;
  g_autofree char *map = NULL;
  guint64          nobody;
  unsigned         inside, outside, n_users;

  if (!g_file_get_contents (OVERFLOW_FILE, &overflow, NULL, NULL) ||
      !g_ascii_string_to_unsigned (g_strstrip (overflow), 10, 0, G_MAXUINT32, &nobody, NULL) ||
      nobody != mine)
    return TRUE;

  return g_file_get_contents (USER_MAP_FILE, &map, NULL, NULL) &&
         sscanf (map, "%u %u %u", &inside, &outside, &n_users) == 3 && inside == 0 &&
         n_users == G_MAXUINT32;
}

static void
try_lookup (CulvertPeerLookup *self)
{
  int code;

  if (!can_tell_users_apart (self->mine))
    {
      self->state = LOOKUP_DOES_NOT;
      return;
    }

  code = try_on_own_socket (self, G_SOCKET_FAMILY_IPV4);
  if (code == EAFNOSUPPORT)
    code = try_on_own_socket (self, G_SOCKET_FAMILY_IPV6);

  if (code == 0)
    self->state = LOOKUP_WORKS;
  else if (!is_shortage (code))
    self->state = LOOKUP_DOES_NOT;
  if (self->state == LOOKUP_DOES_NOT)
    close_netlink (self);
}

CulvertPeerLookup *
culvert_peer_lookup_new (void)
{
  CulvertPeerLookup *self = g_new0 (CulvertPeerLookup, 1);

  self->netlink = -1;
  self->mine = geteuid ();
  try_lookup (self);

  return self;
}

void
culvert_peer_lookup_free (CulvertPeerLookup *self)
{
  g_return_if_fail (self != NULL);

  close_netlink (self);
  g_free (self);
}

gboolean
culvert_peer_lookup_works (CulvertPeerLookup *self)
{
  g_return_val_if_fail (self != NULL, FALSE);

  return self->state != LOOKUP_DOES_NOT;
}

CulvertPeer
culvert_peer_lookup_ask (CulvertPeerLookup *self, CulvertSocket client)
{
  Address   local, remote;
  socklen_t n_local = sizeof local, n_remote = sizeof remote;

  g_return_val_if_fail (self != NULL, ((CulvertPeer){ .verdict = CULVERT_PEER_UNSEEN }));

  if (self->state == LOOKUP_UNTRIED)
    try_lookup (self);
  if (self->state == LOOKUP_DOES_NOT)
    return (CulvertPeer){ .verdict = CULVERT_PEER_UNCHECKED, .user = -1 };

  if (self->state == LOOKUP_WORKS && getsockname (client, &local.any, &n_local) == 0)
    {
      if (local.any.sa_family == AF_UNIX)
        return ask_unix (self, client);
      if (getpeername (client, &remote.any, &n_remote) == 0)
        return ask_tcp (self, client, &local, &remote);
    }

  return (CulvertPeer){ .verdict = CULVERT_PEER_UNSEEN, .user = -1 };
}

char *
culvert_peer_dup_user_name (const CulvertPeer *peer)
{
  const struct passwd *entry;
  char                *name = NULL;
  FILE                *file;

  g_return_val_if_fail (peer != NULL, NULL);

  if (peer->user < 0 || !can_tell_users_apart ((uid_t)peer->user))
    return NULL;

  /* Not getpwuid(), which may ask the network. */
  file = fopen ("/etc/passwd", "re");
  if (file == NULL)
    return NULL;
  while (name == NULL && (entry = fgetpwent (file)) != NULL)
    {
      if (entry->pw_uid == peer->user && g_utf8_validate (entry->pw_name, -1, NULL))
        name = g_strdup (entry->pw_name);
    }
  (void)fclose (file);

  return name;
}

/* What a look through the processes is after. */
typedef struct
{
  GHashTable *users;   /* whose processes */
  GHashTable *sockets; /* number of a socket → index, of those that are not found yet */
  guint      *pids;    /* what is found, by index */
} Search;

static void
search_init (Search *self, const CulvertPeer *peers, guint n_peers)
{
  self->users = g_hash_table_new_full (g_int64_hash, g_int64_equal, NULL, NULL);
  self->sockets = g_hash_table_new (g_int64_hash, g_int64_equal);
  self->pids = g_new0 (guint, n_peers);
  for (guint i = 0; i < n_peers; i++)
    {
      self->pids[i] = peers[i].pid;
      if (peers[i].pid != 0 || peers[i].socket_id == 0)
        continue;
      g_hash_table_insert (self->sockets, (gpointer)&peers[i].socket_id, GUINT_TO_POINTER (i));
      g_hash_table_add (self->users, (gpointer)&peers[i].user);
    }
}

static void
search_clear (Search *self)
{
  g_hash_table_unref (self->users);
  g_hash_table_unref (self->sockets);
  g_free (self->pids);
}

/* "socket:[123]" → 123; 0: it is no socket */
static guint64
read_socket_id (const char *path)
{
  const gsize n_prefix = strlen ("socket:[");
  char        link[64];
  gssize      n = readlink (path, link, sizeof link - 1);
  guint64     id;

  if (n <= (gssize)n_prefix || link[n - 1] != ']' || memcmp (link, "socket:[", n_prefix) != 0)
    return 0;
  link[n - 1] = '\0';

  return g_ascii_string_to_unsigned (link + n_prefix, 10, 1, G_MAXUINT64, &id, NULL) ? id : 0;
}

static void
look_into_process (Search *self, const char *process, guint pid)
{
  g_autofree char *folder = g_build_filename ("/proc", process, "fd", NULL);
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char      *name;

  while (dir != NULL && g_hash_table_size (self->sockets) > 0 &&
         (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename (folder, name, NULL);
      guint64          id = read_socket_id (path);
      gpointer         index;

      if (id == 0 || !g_hash_table_lookup_extended (self->sockets, &id, NULL, &index))
        continue;
      self->pids[GPOINTER_TO_UINT (index)] = pid;
      g_hash_table_remove (self->sockets, &id);
    }
}

static void
search_run (Search *self)
{
  g_autoptr (GDir) dir = NULL;
  const char      *name;

  if (g_hash_table_size (self->sockets) > 0)
    dir = g_dir_open ("/proc", 0, NULL);
  while (dir != NULL && g_hash_table_size (self->sockets) > 0 &&
         (name = g_dir_read_name (dir)) != NULL)
    {
      g_autofree char *path = g_build_filename ("/proc", name, NULL);
      struct stat      info;
      guint64          pid;
      gint64           user;

      if (!g_ascii_string_to_unsigned (name, 10, 1, G_MAXINT, &pid, NULL) ||
          stat (path, &info) != 0)
        continue;
      user = info.st_uid;
      if (g_hash_table_contains (self->users, &user))
        look_into_process (self, name, (guint)pid);
    }
}

/* (transfer full) (nullable) */
static char *
dup_program_name (guint pid)
{
  g_autofree char *link = g_strdup_printf ("/proc/%u/exe", pid);
  g_autofree char *comm = g_strdup_printf ("/proc/%u/comm", pid);
  g_autofree char *program = g_file_read_link (link, NULL);
  g_autofree char *text = NULL;

  if (program != NULL)
    return g_path_get_basename (program);
  if (!g_file_get_contents (comm, &text, NULL, NULL))
    return NULL;

  return g_strdup (g_strchomp (text));
}

void
culvert_peer_find_programs (const CulvertPeer *peers, guint n_peers, CulvertPeerProgram *programs)
{
  Search search;

  g_return_if_fail (peers != NULL || n_peers == 0);

  search_init (&search, peers, n_peers);
  search_run (&search);
  for (guint i = 0; i < n_peers; i++)
    {
      g_autofree char *found = search.pids[i] != 0 ? dup_program_name (search.pids[i]) : NULL;

      programs[i] = (CulvertPeerProgram){ 0 };
      if (found == NULL)
        continue;
      programs[i].pid = search.pids[i];
      programs[i].name = g_utf8_make_valid (found, -1);
    }
  search_clear (&search);
}

gboolean
culvert_peer_find_program (const CulvertPeer *peer, guint *pid, char **name)
{
  CulvertPeerProgram program;

  g_return_val_if_fail (peer != NULL, FALSE);

  culvert_peer_find_programs (peer, 1, &program);
  if (program.name == NULL)
    return FALSE;

  *pid = program.pid;
  *name = program.name;

  return TRUE;
}
