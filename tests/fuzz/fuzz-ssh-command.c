/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* A pasted command line.  What is taken can be saved, and is written as a command that reads the
 * same. */

#include "core/profile-check.h"
#include "core/profile-file.h"
#include "core/ssh-command.h"

#include <string.h>

/* Quoting makes a line longer, and there is a limit. */
#define LINE_MAX_TAKEN 4096

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

static void
check_same (const CulvertProfile *a, const CulvertProfile *b)
{
  g_assert_cmpstr (a->host, ==, b->host);
  g_assert_cmpuint (a->port, ==, b->port);
  g_assert_cmpstr (a->user, ==, b->user);
  g_assert_cmpint (a->address_family, ==, b->address_family);
  g_assert_true (
    g_strv_equal ((const char *const *)a->key_files, (const char *const *)b->key_files));
  g_assert_true (g_strv_equal ((const char *const *)a->known_hosts_files,
                               (const char *const *)b->known_hosts_files));
  g_assert_cmpstr (a->agent_socket, ==, b->agent_socket);
  g_assert_true (!a->only_listed_keys == !b->only_listed_keys);
  g_assert_true (!a->never_ask == !b->never_ask);
  g_assert_cmpuint (a->connect_timeout_s, ==, b->connect_timeout_s);
  g_assert_cmpuint (a->keepalive_interval_s, ==, b->keepalive_interval_s);
  g_assert_cmpuint (a->forwards->len, ==, b->forwards->len);
  for (guint i = 0; i < a->forwards->len; i++)
    {
      const CulvertForwardSpec *first = g_ptr_array_index (a->forwards, i);
      const CulvertForwardSpec *second = g_ptr_array_index (b->forwards, i);

      g_assert_cmpint (culvert_forward_spec_get_kind (first), ==,
                       culvert_forward_spec_get_kind (second));
      g_assert_true (culvert_endpoint_equal (culvert_forward_spec_get_listen (first),
                                             culvert_forward_spec_get_listen (second)));
      g_assert_true (culvert_endpoint_equal (culvert_forward_spec_get_target (first),
                                             culvert_forward_spec_get_target (second)));
    }
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  g_autofree char *line =
    n_bytes > 0 ? g_strndup ((const char *)data, MIN (n_bytes, LINE_MAX_TAKEN)) : g_strdup ("");
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = culvert_ssh_command_parse_line (line, &error);
  g_autoptr (CulvertProfile) again = NULL;
  g_autoptr (CulvertProfile) saved = NULL;
  g_autoptr (GPtrArray)      problems = NULL;
  g_autofree char           *written = NULL;
  g_autofree char           *text = NULL;

  g_assert_true ((profile == NULL) == (error != NULL));
  if (profile == NULL)
    {
      g_assert_true (g_utf8_validate (error->message, -1, NULL));
      g_assert_null (strpbrk (error->message, "\n\r\x1b"));
      return 0;
    }
  problems = culvert_profile_check (profile);
  written = culvert_ssh_command_from_profile (profile);
  again = culvert_ssh_command_parse_line (written, &error);
  g_assert_no_error (error);
  check_same (profile, again);

  text = culvert_profile_to_text (profile);
  saved = culvert_profile_parse (profile->id, text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_true (culvert_profile_equal (profile, saved));
  return 0;
}
