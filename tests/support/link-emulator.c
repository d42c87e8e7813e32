/* SPDX-License-Identifier: GPL-3.0-or-later */

/* A long, narrow or crowded link between two network namespaces, for tests and tests/bench:
 *
 *   link-emulator NAMESPACE_A NAMESPACE_B --delay-ms D [--rate-mbit R] [--queue-kib Q]
 *
 * The namespaces are named as `ip netns` names them and must exist.  In each a device "link0" appears,
 * 10.99.0.1/24 in A and 10.99.0.2/24 in B, and is up.  Each packet takes D milliseconds one way and,
 * with a rate, waits until those before it have been sent; when more than Q KiB wait it is dropped, as
 * a router would (default: what the link carries in 100 ms).  Prints "ready", runs until its standard
 * input ends, then prints how many packets passed and were dropped, each way; the devices go with it.
 *
 * It needs root and /dev/net/tun; it ends with 77 and a sentence where there is none.  Packets pass
 * as the kernel makes them, up to 64 KiB at a time, so a gigabit costs a fraction of a core. */

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define EXIT_SKIPPED 77
#define PACKET_MAX   (65536 + sizeof (struct virtio_net_hdr))
#define MTU          1500

typedef struct Packet
{
  struct Packet *next;
  int64_t        due_us;
  size_t         n_bytes;
  uint8_t        bytes[];
} Packet;

/* One way. */
typedef struct
{
  int      from;
  int      to;
  Packet  *first;
  Packet **end;
  int64_t  free_at_us; /* when the sender has sent all that it was given */
  uint64_t n_passed;
  uint64_t n_dropped;
} Way;

static int64_t delay_us;
static int64_t rate_bytes_per_s; /* 0: any */
static int64_t queue_bytes;

static void
fail (const char *what)
{
  fprintf (stderr, "link-emulator: %s: %s\n", what, strerror (errno));
  exit (errno == EPERM || errno == EACCES || errno == ENOENT ? EXIT_SKIPPED : 1);
}

static int64_t
now_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

static void
configure (const char *address)
{
  struct ifreq        request = { .ifr_name = "link0" };
  struct sockaddr_in *name = (struct sockaddr_in *)(void *)&request.ifr_addr;
  int                 fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

  request.ifr_mtu = MTU;
  if (fd < 0 || ioctl (fd, SIOCSIFMTU, &request) != 0)
    fail ("setting the device's MTU");
  name->sin_family = AF_INET;
  if (inet_pton (AF_INET, address, &name->sin_addr) != 1 || ioctl (fd, SIOCSIFADDR, &request) != 0)
    fail ("giving the device an address");
  inet_pton (AF_INET, "255.255.255.0", &name->sin_addr);
  if (ioctl (fd, SIOCSIFNETMASK, &request) != 0)
    fail ("giving the device a netmask");
  request.ifr_flags = IFF_UP | IFF_RUNNING;
  if (ioctl (fd, SIOCSIFFLAGS, &request) != 0)
    fail ("bringing the device up");
  close (fd);
}

/* The device stays in the namespace that it was made in; the descriptor works from anywhere. */
static int
open_device (const char *namespace_name, const char *address)
{
  struct ifreq request = { .ifr_name = "link0", .ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR };
  char         path[256];
  int          fd, place;

  snprintf (path, sizeof path, "/run/netns/%s", namespace_name);
  place = open (path, O_RDONLY | O_CLOEXEC);
  if (place < 0 || setns (place, CLONE_NEWNET) != 0)
    fail (path);
  close (place);
  fd = open ("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
  if (fd < 0)
    fail ("/dev/net/tun");
  if (ioctl (fd, TUNSETIFF, &request) != 0)
    fail ("making the device");
  if (ioctl (fd, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4) != 0)
    fail ("large packets");
  configure (address);
  return fd;
}

static void
queue_packet (Way *self, const uint8_t *bytes, size_t n_bytes, int64_t now)
{
  int64_t waiting_us = self->free_at_us > now ? self->free_at_us - now : 0;
  int64_t size = (int64_t)(n_bytes - sizeof (struct virtio_net_hdr));
  Packet *packet;

  if (rate_bytes_per_s > 0 && waiting_us * rate_bytes_per_s / 1000000 > queue_bytes)
    {
      self->n_dropped++;
      return;
    }
  packet = malloc (sizeof *packet + n_bytes);
  if (packet == NULL)
    fail ("memory");
  self->free_at_us = now + waiting_us;
  if (rate_bytes_per_s > 0)
    self->free_at_us += size * 1000000 / rate_bytes_per_s;
  packet->next = NULL;
  packet->due_us = self->free_at_us + delay_us;
  packet->n_bytes = n_bytes;
  memcpy (packet->bytes, bytes, n_bytes);
  *self->end = packet;
  self->end = &packet->next;
}

static void
take_in (Way *self)
{
  static uint8_t bytes[PACKET_MAX];

  for (int i = 0; i < 64; i++)
    {
      ssize_t n = read (self->from, bytes, sizeof bytes);

      if (n <= (ssize_t)sizeof (struct virtio_net_hdr))
        return;
      queue_packet (self, bytes, (size_t)n, now_us ());
    }
}

static void
deliver (Way *self)
{
  int64_t now = now_us ();

  while (self->first != NULL && self->first->due_us <= now)
    {
      Packet *packet = self->first;

      if (write (self->to, packet->bytes, packet->n_bytes) == (ssize_t)packet->n_bytes)
        self->n_passed++;
      else
        self->n_dropped++;
      self->first = packet->next;
      if (self->first == NULL)
        self->end = &self->first;
      free (packet);
    }
}

/* What is on its way when the link goes is lost. */
static void
forget (Way *self)
{
  while (self->first != NULL)
    {
      Packet *packet = self->first;

      self->first = packet->next;
      free (packet);
    }
}

/* How long to sleep; a packet that is due is never kept waiting for another. */
static struct timespec
get_timeout (const Way ways[2])
{
  int64_t next_us = INT64_MAX, now = now_us ();

  for (int i = 0; i < 2; i++)
    if (ways[i].first != NULL && ways[i].first->due_us < next_us)
      next_us = ways[i].first->due_us;
  if (next_us == INT64_MAX)
    return (struct timespec){ 1, 0 };
  next_us = next_us > now ? next_us - now : 0;
  return (struct timespec){ next_us / 1000000, next_us % 1000000 * 1000 };
}

static void
run (int a, int b)
{
  Way ways[2] = { { .from = a, .to = b }, { .from = b, .to = a } };

  ways[0].end = &ways[0].first;
  ways[1].end = &ways[1].first;
  for (;;)
    {
      struct pollfd   rows[3] = { { a, POLLIN, 0 }, { b, POLLIN, 0 }, { 0, POLLIN, 0 } };
      struct timespec timeout = get_timeout (ways);
      char            nothing[64];

      if (ppoll (rows, 3, &timeout, NULL) < 0 && errno != EINTR)
        fail ("poll");
      if (rows[2].revents != 0 && read (0, nothing, sizeof nothing) <= 0)
        break;
      for (int i = 0; i < 2; i++)
        {
          if (rows[i].revents != 0)
            take_in (&ways[i]);
          deliver (&ways[i]);
        }
    }
  printf ("a to b: %llu passed, %llu dropped; b to a: %llu passed, %llu dropped\n",
          (unsigned long long)ways[0].n_passed, (unsigned long long)ways[0].n_dropped,
          (unsigned long long)ways[1].n_passed, (unsigned long long)ways[1].n_dropped);
  forget (&ways[0]);
  forget (&ways[1]);
}

static void
usage (void)
{
  fprintf (stderr, "usage: link-emulator NAMESPACE_A NAMESPACE_B --delay-ms D [--rate-mbit R] "
                   "[--queue-kib Q]\n");
  exit (2);
}

int
main (int argc, char **argv)
{
  int a, b;

  if (argc < 3)
    usage ();
  for (int i = 3; i + 1 < argc; i += 2)
    {
      double value = atof (argv[i + 1]);

      if (strcmp (argv[i], "--delay-ms") == 0)
        delay_us = (int64_t)(value * 1000);
      else if (strcmp (argv[i], "--rate-mbit") == 0)
        rate_bytes_per_s = (int64_t)(value * 125000);
      else if (strcmp (argv[i], "--queue-kib") == 0)
        queue_bytes = (int64_t)(value * 1024);
      else
        usage ();
    }
  if (queue_bytes == 0)
    queue_bytes = rate_bytes_per_s / 10;
  a = open_device (argv[1], "10.99.0.1");
  b = open_device (argv[2], "10.99.0.2");
  printf ("ready\n");
  fflush (stdout);
  run (a, b);
  return 0;
}
