/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/log.h"
#include "ssh/key-grant.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  g_autofree char *text = culvert_log_printable ((const char *)data, (gssize)n_bytes);
  CulvertKeyGrant  grant = { 0 };

  if (culvert_key_grant_parse (text, &grant))
    g_assert_nonnull (grant.options);
  g_assert_true ((grant.file == NULL) == (grant.line == NULL));
  culvert_key_grant_clear (&grant);
  return 0;
}
