/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/fingerprint.h"

#include <string.h>

#define SHA256_SIZE 32

static void
digest_blob (GBytes *blob, guint8 digest[SHA256_SIZE])
{
  g_autoptr (GBytes)    plain = culvert_public_key_dup_plain_blob (blob);
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  gsize                 n_bytes;
  gsize                 n_digest = SHA256_SIZE;
  const void           *bytes = g_bytes_get_data (plain, &n_bytes);

  if (n_bytes > 0)
    g_checksum_update (checksum, bytes, (gssize)n_bytes);
  g_checksum_get_digest (checksum, digest, &n_digest);
}

char *
culvert_fingerprint_sha256 (GBytes *blob)
{
  guint8           digest[SHA256_SIZE];
  g_autofree char *base64 = NULL;

  digest_blob (blob, digest);
  base64 = g_base64_encode (digest, sizeof digest);
  base64[strcspn (base64, "=")] = '\0';
  return g_strconcat ("SHA256:", base64, NULL);
}

#define ART_WIDTH  17
#define ART_HEIGHT 9

static const char art_marks[] = " .o+=*BOX@%&#/^SE";
#define ART_END   (sizeof art_marks - 2) /* where the walk ended */
#define ART_START (ART_END - 1)          /* where it began */
#define ART_FULL  (ART_START - 1)        /* the most often visited */

/* A bishop walks over the floor: each two bits of the digest are one diagonal step; walls stop it. */
static void
walk (const guint8 digest[SHA256_SIZE], guint8 floor[ART_HEIGHT][ART_WIDTH])
{
  int x = ART_WIDTH / 2;
  int y = ART_HEIGHT / 2;

  for (guint i = 0; i < SHA256_SIZE; i++)
    for (guint shift = 0; shift < 8; shift += 2)
      {
        guint step = (guint)digest[i] >> shift;

        x = CLAMP (x + ((step & 1) ? 1 : -1), 0, ART_WIDTH - 1);
        y = CLAMP (y + ((step & 2) ? 1 : -1), 0, ART_HEIGHT - 1);
        if (floor[y][x] < ART_FULL)
          floor[y][x]++;
      }

  floor[ART_HEIGHT / 2][ART_WIDTH / 2] = ART_START;
  floor[y][x] = ART_END;
}

static void
append_border (GString *art, const char *label)
{
  gsize length = strlen (label);
  gsize before = (ART_WIDTH - length) / 2;

  g_string_append_c (art, '+');
  for (gsize i = 0; i < before; i++)
    g_string_append_c (art, '-');
  g_string_append (art, label);
  for (gsize i = before + length; i < ART_WIDTH; i++)
    g_string_append_c (art, '-');
  g_string_append_c (art, '+');
}

char *
culvert_fingerprint_random_art (GBytes *blob)
{
  guint8           digest[SHA256_SIZE];
  guint8           floor[ART_HEIGHT][ART_WIDTH] = { { 0 } };
  g_autofree char *kind = culvert_public_key_dup_kind (blob);
  g_autofree char *label = g_strdup_printf ("[%s %u]", kind, culvert_public_key_get_n_bits (blob));
  GString         *art = g_string_new (NULL);

  digest_blob (blob, digest);
  walk (digest, floor);

  if (strlen (label) > ART_WIDTH)
    {
      g_free (label);
      label = g_strdup_printf ("[%s]", kind);
    }
  /* OpenSSH's title has room for one character less than the frame. */
  if (strlen (label) >= ART_WIDTH)
    label[ART_WIDTH - 1] = '\0';

  append_border (art, label);
  g_string_append_c (art, '\n');
  for (guint y = 0; y < ART_HEIGHT; y++)
    {
      g_string_append_c (art, '|');
      for (guint x = 0; x < ART_WIDTH; x++)
        g_string_append_c (art, art_marks[floor[y][x]]);
      g_string_append (art, "|\n");
    }
  append_border (art, "[SHA256]");
  return g_string_free (art, FALSE);
}
