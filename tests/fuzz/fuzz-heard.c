/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ssh/sign-in-heard.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  CulvertHeard heard = { 0 };

  culvert_heard_take (&heard, data, n_bytes, FALSE);
  g_assert_null (heard.words);
  culvert_heard_take (&heard, data, n_bytes, TRUE);
  if (heard.methods != NULL)
    for (const char *p = heard.methods; *p != '\0'; p++)
      g_assert_true (g_ascii_isgraph (*p));
  if (heard.words != NULL)
    g_assert_true (g_utf8_validate (heard.words, -1, NULL));
  culvert_heard_clear (&heard);
  return 0;
}
