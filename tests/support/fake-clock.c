/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Loaded into a program: its wall clock is so many seconds ahead as the 8 bytes of the file say that
 * CULVERT_FAKE_CLOCK names, and may be set while it runs.  The monotonic clock is left alone, as it is
 * when somebody sets the clock of a real computer. */

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static const volatile int64_t *ahead_s;

__attribute__ ((constructor)) static void
open_file (void)
{
  const char *path = getenv ("CULVERT_FAKE_CLOCK");
  int         fd = path != NULL ? open (path, O_RDONLY | O_CLOEXEC) : -1;
  void       *bytes;

  if (fd < 0)
    return;
  bytes = mmap (NULL, sizeof *ahead_s, PROT_READ, MAP_SHARED, fd, 0);
  close (fd);
  if (bytes != MAP_FAILED)
    ahead_s = bytes;
}

int
clock_gettime (clockid_t clock, struct timespec *now)
{
  int result = (int)syscall (SYS_clock_gettime, clock, now);

  if (result == 0 && clock == CLOCK_REALTIME && ahead_s != NULL)
    now->tv_sec += *ahead_s;
  return result;
}

int
gettimeofday (struct timeval *now, void *zone)
{
  struct timespec precise;

  (void)zone;
  if (clock_gettime (CLOCK_REALTIME, &precise) != 0)
    return -1;
  now->tv_sec = precise.tv_sec;
  now->tv_usec = precise.tv_nsec / 1000;
  return 0;
}

time_t
time (time_t *result)
{
  struct timespec now = { 0 };

  clock_gettime (CLOCK_REALTIME, &now);
  if (result != NULL)
    *result = now.tv_sec;
  return now.tv_sec;
}
