/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/ssh-command.h"

#include "core/shell-words.h"
#include "core/ssh-options-private.h"

#include <string.h>

static void
add_word (GString *line, const char *word)
{
  g_autofree char *quoted = culvert_shell_words_quote (word);

  if (line->len > 0)
    g_string_append_c (line, ' ');
  g_string_append (line, quoted);
}

static void
add_key_files (GString *line, const CulvertProfile *profile)
{
  for (guint i = 0; profile->key_files[i] != NULL; i++)
    {
      g_autoptr (GString) path = g_string_new (profile->key_files[i]);

      g_string_replace (path, "%", "%%", 0);
      add_word (line, "-i");
      add_word (line, path->str);
    }
}

/* What is as usual with us is left out. */
static void
add_options (GString *line, const CulvertProfile *profile)
{
  g_autoptr (CulvertProfile) usual = culvert_profile_new ();
  g_autoptr (GPtrArray)      usual_options = culvert_ssh_options_new (usual);
  g_autoptr (GPtrArray)      options = culvert_ssh_options_new (profile);

  for (guint i = 0; i < options->len; i++)
    {
      const CulvertSshOption *option = g_ptr_array_index (options, i);
      g_autofree char        *word = g_strconcat (option->key, "=", option->value, NULL);

      if (culvert_ssh_options_contain (usual_options, option))
        continue;
      if (strcmp (option->key, "ProxyJump") == 0)
        {
          add_word (line, "-J");
          add_word (line, option->value);
          continue;
        }
      add_word (line, "-o");
      add_word (line, word);
    }
}

static void
add_forwards (GString *line, const CulvertProfile *profile)
{
  static const char *const letters[] = {
    [CULVERT_FORWARD_LOCAL] = "-L",
    [CULVERT_FORWARD_REMOTE] = "-R",
    [CULVERT_FORWARD_DYNAMIC] = "-D",
    [CULVERT_FORWARD_REVERSE_DYNAMIC] = "-R",
  };

  for (guint i = 0; i < profile->forwards->len; i++)
    {
      const CulvertForwardSpec *spec = g_ptr_array_index (profile->forwards, i);
      g_autofree char          *argument = NULL;

      if (!culvert_forward_spec_is_enabled (spec))
        continue;
      argument = culvert_forward_spec_to_argument (spec);
      add_word (line, letters[culvert_forward_spec_get_kind (spec)]);
      add_word (line, argument);
    }
}

/* Can @user stand in front of the '@', whatever shell or ssh look at it? */
static gboolean
is_plain_user (const char *user)
{
  if (user[0] == '-' || user[0] == '~')
    return FALSE;
  for (const char *p = user; *p != '\0'; p++)
    if (!g_ascii_isalnum (*p) && strchr ("._-+@", *p) == NULL)
      return FALSE;
  return TRUE;
}

static void
add_destination (GString *line, const CulvertProfile *profile)
{
  g_autofree char *word = NULL;

  if (profile->user[0] == '\0' || profile->host[0] == '\0' || !is_plain_user (profile->user))
    {
      if (profile->user[0] != '\0')
        {
          add_word (line, "-l");
          add_word (line, profile->user);
        }
      if (profile->host[0] != '\0')
        add_word (line, profile->host);
      return;
    }
  word = g_strconcat (profile->user, "@", profile->host, NULL);
  add_word (line, word);
}

char *
culvert_ssh_command_from_profile (const CulvertProfile *profile)
{
  g_autoptr (CulvertProfile) usual = culvert_profile_new ();
  GString                   *line = g_string_new ("ssh -N");

  g_return_val_if_fail (profile != NULL, NULL);

  if (profile->address_family != CULVERT_ADDRESS_FAMILY_ANY)
    add_word (line, profile->address_family == CULVERT_ADDRESS_FAMILY_IPV4 ? "-4" : "-6");
  if (profile->port != usual->port)
    {
      g_autofree char *port = g_strdup_printf ("%u", profile->port);

      add_word (line, "-p");
      add_word (line, port);
    }
  add_key_files (line, profile);
  add_options (line, profile);
  add_forwards (line, profile);
  add_destination (line, profile);
  return g_string_free (line, FALSE);
}
