/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

/* A file of ssh_config, that includes its first half as well.  What tunnel it makes can be saved. */

#include "core/profile-check.h"
#include "core/profile-file.h"
#include "core/ssh-command.h"
#include "core/ssh-pattern.h"

#include <string.h>

#define TEXT_MAX 4096

int LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes);

static char *
read_cb (const char *path, gboolean must_be_safe, gpointer data, GError **error)
{
  const char *text = data;

  return g_str_has_suffix (path, "half") ? g_strndup (text, strlen (text) / 2) : g_strdup (text);
}

static GStrv
list_cb (const char *folder, gpointer data)
{
  return g_strsplit ("half,.hidden", ",", -1);
}

static char *
get_variable_cb (const char *name, gpointer data)
{
  return strlen (name) < 4 ? g_strdup (name) : NULL;
}

static void
check (const CulvertSshConfig *config)
{
  for (guint i = 0; i < config->settings->len; i++)
    {
      const CulvertSshSetting *setting = g_ptr_array_index (config->settings, i);

      g_assert_nonnull (setting->values[0]);
      g_assert_true (g_utf8_validate (setting->values[0], -1, NULL));
    }
  for (guint i = 0; i < config->notices->len; i++)
    {
      const CulvertSshNotice *notice = g_ptr_array_index (config->notices, i);

      g_assert_true (g_utf8_validate (notice->what, -1, NULL));
      g_assert_null (strpbrk (notice->what, "\n\r\x1b"));
    }
}

static void
check_error (const GError *error)
{
  g_assert_true (g_utf8_validate (error->message, -1, NULL));
  g_assert_null (strpbrk (error->message, "\n\r\x1b"));
}

static void
check_tunnel (const CulvertSshFiles *files)
{
  static const char *const argv[] = { "ssh", "-F", "file", "-L", "/%h/${A}:/%n", "alias", NULL };
  g_autoptr (GPtrArray)    notices =
    g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_ssh_notice_free);
  g_autoptr (GError)         error = NULL;
  g_autoptr (CulvertProfile) profile = NULL;
  g_autoptr (CulvertProfile) saved = NULL;
  g_autoptr (GPtrArray)      problems = NULL;
  g_autofree char           *text = NULL;

  profile = culvert_ssh_command_parse_with (argv, files, notices, &error);
  g_assert_true ((profile == NULL) == (error != NULL));
  if (profile == NULL)
    {
      check_error (error);
      return;
    }
  g_assert_false (profile->proxy_command_allowed);
  problems = culvert_profile_check (profile);
  text = culvert_profile_to_text (profile);
  saved = culvert_profile_parse (profile->id, text, strlen (text), &error);
  g_assert_no_error (error);
  g_assert_true (culvert_profile_equal (profile, saved));
}

int
LLVMFuzzerTestOneInput (const guint8 *data, gsize n_bytes)
{
  g_autofree char *text =
    n_bytes > 0 ? g_strndup ((const char *)data, MIN (n_bytes, TEXT_MAX)) : g_strdup ("");
  const CulvertSshFiles files = {
    .home = "/home/me",
    .system_folder = "/etc/ssh",
    .local_user = "me",
    .local_uid = "1000",
    .local_host = "desk",
    .read = read_cb,
    .list = list_cb,
    .get_variable = get_variable_cb,
    .data = text,
  };
  const CulvertSshQuery        query = { .alias = "alias", .file = "file" };
  g_autoptr (GError)           error = NULL;
  g_autoptr (CulvertSshConfig) config = culvert_ssh_config_resolve (&files, &query, &error);
  g_autoptr (GPtrArray)        aliases = culvert_ssh_config_list_aliases (&files, "file", NULL);

  g_assert_true ((config == NULL) == (error != NULL));
  if (config != NULL)
    check (config);
  else
    check_error (error);
  check_tunnel (&files);
  for (guint i = 0; aliases != NULL && i < aliases->len; i++)
    g_assert_false (
      culvert_ssh_pattern_is_wild (((CulvertSshAlias *)g_ptr_array_index (aliases, i))->name));
  culvert_ssh_file_pattern_match (text, text + strlen (text) / 2);
  return 0;
}
