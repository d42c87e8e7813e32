/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/other-user.h"

#include "support/loopback.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 20000

struct _CulvertOtherUser
{
  pid_t process;
  int   status; /* exit status, once it has one */
};

/* Returns: 0 or an errno */
static int
connect_one (const char *address, guint16 port, int *descriptor)
{
  struct pollfd entry = { .events = POLLOUT };
  int           code;

  *descriptor = culvert_loopback_connect (address, port, 0);
  if (*descriptor < 0)
    return errno;
  entry.fd = *descriptor;
  if (poll (&entry, 1, PATIENCE_MS) != 1)
    return ETIMEDOUT;
  code = culvert_loopback_get_error (*descriptor);

  /* Who is refused fast enough cannot say anything. */
  if (code == 0)
    (void)!send (*descriptor, "x", 1, MSG_NOSIGNAL);
  return code;
}

static CulvertOtherUserEnd
read_end (int descriptor)
{
  struct pollfd entry = { .fd = descriptor, .events = POLLIN };
  char          byte;
  gssize        n;

  if (poll (&entry, 1, PATIENCE_MS) != 1)
    return CULVERT_OTHER_USER_WAITS;
  n = recv (descriptor, &byte, 1, 0);
  if (n > 0)
    return CULVERT_OTHER_USER_GOT_DATA;
  return n == 0 ? CULVERT_OTHER_USER_GOT_END : CULVERT_OTHER_USER_GOT_RESET;
}

/* In the new process, where only the system may be called. */
static CulvertOtherUserEnd
be_somebody_else (const char *address, guint16 port, guint n_times)
{
  CulvertOtherUserEnd end = CULVERT_OTHER_USER_WAITS;
  int                 descriptors[256];
  int                 codes[256];

  if (n_times > G_N_ELEMENTS (descriptors) || setgid (CULVERT_OTHER_USER) != 0 ||
      setuid (CULVERT_OTHER_USER) != 0)
    return CULVERT_OTHER_USER_CANNOT_CONNECT;
  for (guint i = 0; i < n_times; i++)
    {
      codes[i] = connect_one (address, port, &descriptors[i]);
      if (codes[i] != 0 && codes[i] != ECONNRESET)
        return CULVERT_OTHER_USER_CANNOT_CONNECT;
    }
  for (guint i = 0; i < n_times; i++)
    end = codes[i] == 0 ? read_end (descriptors[i]) : CULVERT_OTHER_USER_GOT_RESET;
  return end;
}

CulvertOtherUser *
culvert_other_user_start (const char *address, guint16 port, guint n_times)
{
  CulvertOtherUser *self = g_new0 (CulvertOtherUser, 1);

  /* Whoever runs the tests otherwise hears it here. */
  g_assert_cmpuint (geteuid (), ==, 0);
  self->status = -1;
  self->process = fork ();
  if (self->process == 0)
    _exit ((int)be_somebody_else (address, port, n_times));
  g_assert_cmpint (self->process, >, 0);
  return self;
}

CulvertOtherUserEnd
culvert_other_user_get_end (CulvertOtherUser *self)
{
  int status;

  if (self->status < 0 && waitpid (self->process, &status, WNOHANG) == self->process)
    {
      g_assert_true (WIFEXITED (status));
      self->status = WEXITSTATUS (status);
    }
  return self->status >= 0 ? (CulvertOtherUserEnd)self->status : CULVERT_OTHER_USER_WAITS;
}

void
culvert_other_user_free (CulvertOtherUser *self)
{
  if (self->status < 0)
    {
      (void)kill (self->process, SIGKILL);
      (void)waitpid (self->process, NULL, 0);
    }
  g_free (self);
}

void
culvert_deny_netlink (void)
{
  struct sock_filter steps[] = {
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, nr)),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 0, 3),
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS, offsetof (struct seccomp_data, args[0])),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, AF_NETLINK, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
    BPF_STMT (BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  };
  struct sock_fprog program = { .len = G_N_ELEMENTS (steps), .filter = steps };

  g_assert_cmpint (prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), ==, 0);
  g_assert_cmpint (prctl (PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), ==, 0);
}
