/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* A file that is to be a public key.  What is taken is one line, and taken again as the same. */

#include "core/public-keys.h"

#include <string.h>

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  g_autofree char *line = culvert_public_key_line ((const char *)data, n_bytes);
  g_autofree char *again = NULL;

  if (line == NULL)
    return 0;
  g_assert_null (strpbrk (line, "\r\n"));
  g_assert_true (g_utf8_validate (line, -1, NULL));
  again = culvert_public_key_line (line, strlen (line));
  g_assert_cmpstr (again, ==, line);
  return 0;
}
