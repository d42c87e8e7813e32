/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/short-id.h"

#define LETTERS  "abcdefghijklmnopqrstuvwxyz"
#define ALPHABET LETTERS "0123456789"

char *
culvert_short_id_new (guint length)
{
  char *id = g_malloc (length + 1);

  for (guint i = 0; i < length; i++)
    id[i] = ALPHABET[g_random_int_range (0, i == 0 ? sizeof LETTERS - 1 : sizeof ALPHABET - 1)];
  id[length] = '\0';
  return id;
}
