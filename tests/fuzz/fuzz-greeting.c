/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/errors.h"
#include "ssh/kexinit.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

/* Whatever a server says first, there is one error with a message that can be shown. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  static char *const none[] = { (char *)"none", NULL };
  const GStrv        lists[CULVERT_LIB_N_CATEGORIES] = { (GStrv)none, (GStrv)none, (GStrv)none,
                                                         (GStrv)none, (GStrv)none };
  CulvertGreeting    greeting = {
       .bytes = data, .n_bytes = n_bytes, .has_ended = TRUE, .ours = lists, .legacy = lists
  };
  g_autofree char   *version = culvert_greeting_find_version (data, n_bytes);
  g_autoptr (GError) error = culvert_greeting_explain (
    &greeting, g_error_new_literal (CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HANDSHAKE, "fallback"));

  g_assert_cmpint (error->domain, ==, CULVERT_SSH_ERROR);
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  return 0;
}
