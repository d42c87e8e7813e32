/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "support/stream-pattern.h"

#include <string.h>

#define WORD sizeof (guint64)

/* The finalizer of splitmix64: every bit of the counter changes half of the result. */
static inline guint64
mix (guint64 value)
{
  value = (value ^ (value >> 30)) * G_GUINT64_CONSTANT (0xbf58476d1ce4e5b9);
  value = (value ^ (value >> 27)) * G_GUINT64_CONSTANT (0x94d049bb133111eb);
  return value ^ (value >> 31);
}

static inline guint64
word_at (guint64 seed, guint64 index)
{
  return GUINT64_TO_LE (mix (mix (seed) + index * G_GUINT64_CONSTANT (0x9e3779b97f4a7c15)));
}

void
culvert_stream_fill (guint64 seed, guint64 offset, guint8 *bytes, gsize n_bytes)
{
  while (n_bytes > 0)
    {
      guint64 word = word_at (seed, offset / WORD);
      gsize   skip = offset % WORD;
      gsize   n = MIN (WORD - skip, n_bytes);

      memcpy (bytes, (guint8 *)&word + skip, n);
      bytes += n;
      offset += n;
      n_bytes -= n;
    }
}

gsize
culvert_stream_match (guint64 seed, guint64 offset, const guint8 *bytes, gsize n_bytes)
{
  gsize done = 0;

  while (done < n_bytes)
    {
      guint64 word = word_at (seed, offset / WORD);
      gsize   skip = offset % WORD;
      gsize   n = MIN (WORD - skip, n_bytes - done);

      if (memcmp (bytes + done, (guint8 *)&word + skip, n) != 0)
        {
          while (bytes[done] == ((guint8 *)&word)[skip])
            {
              done++;
              skip++;
            }
          return done;
        }
      offset += n;
      done += n;
    }
  return done;
}

void
culvert_stream_digest_feed (CulvertStreamDigest *self, const guint8 *bytes, gsize n_bytes)
{
  while (n_bytes > 0)
    {
      gsize at = self->n_bytes % WORD;
      gsize n = MIN (WORD - at, n_bytes);

      memcpy ((guint8 *)&self->word + at, bytes, n);
      self->n_bytes += n;
      if (at + n == WORD)
        {
          self->hash = mix (self->hash ^ GUINT64_FROM_LE (self->word));
          self->word = 0;
        }
      bytes += n;
      n_bytes -= n;
    }
}

guint64
culvert_stream_digest_get (const CulvertStreamDigest *self)
{
  return mix (self->hash ^ GUINT64_FROM_LE (self->word)) ^ mix (self->n_bytes);
}
