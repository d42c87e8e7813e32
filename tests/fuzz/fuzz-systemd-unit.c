/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* A unit of systemd: what it starts.  The words of an ssh command make a tunnel, or are refused. */

#include "core/import.h"
#include "core/ssh-command.h"
#include "core/systemd-unit-read.h"

#include <string.h>

#define TEXT_MAX 8192

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

static void
check (const CulvertUnitCommand *command)
{
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = NULL;

  g_assert_cmpint (command->line, >, 0);
  g_assert_cmpint ((command->ssh != NULL) + (command->tunnel != NULL) + (command->reason != NULL),
                   ==, 1);
  if (command->ssh == NULL)
    return;
  g_assert_cmpstr (command->ssh[0], ==, "ssh");
  profile = culvert_ssh_command_parse ((const char *const *)command->ssh, &error);
  g_assert_true ((profile == NULL) == (error != NULL));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  const char           *bytes = n_bytes > 0 ? (const char *)data : "";
  g_autofree char      *text = g_strndup (bytes, MIN (n_bytes, TEXT_MAX));
  g_autoptr (GPtrArray) commands = culvert_systemd_unit_read (text);

  culvert_systemd_unit_is_one (text);
  culvert_import_kind_of ("file", text, strlen (text));
  for (guint i = 0; i < commands->len; i++)
    check (g_ptr_array_index (commands, i));
  return 0;
}
