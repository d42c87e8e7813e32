/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/secret-memory.h"

#include <sys/mman.h>
#include <unistd.h>

gsize
culvert_secret_memory_get_page_size (void)
{
  long size = sysconf (_SC_PAGESIZE);

  return size > 0 ? (gsize)size : 4096;
}

void *
culvert_secret_memory_map (gsize size)
{
  void *pages = mmap (NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

  if (pages == MAP_FAILED)
    return NULL;

#ifdef MADV_DONTDUMP
  (void)madvise (pages, size, MADV_DONTDUMP);
#elif defined(MADV_NOCORE)
  (void)madvise (pages, size, MADV_NOCORE);
#endif

  /* Past RLIMIT_MEMLOCK this fails, and a secret that might be swapped is better than a sign-in
     that cannot be done. */
  (void)mlock (pages, size);

  return pages;
}

void
culvert_secret_memory_unmap (void *pages, gsize size)
{
  (void)munmap (pages, size);
}
