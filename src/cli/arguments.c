/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "cli/arguments.h"

#include <glib/gi18n.h>
#include <string.h>

void
culvert_arguments_free (CulvertArguments *self)
{
  g_strfreev (self->words);
  g_strfreev (self->after);
  g_free (self);
}

/* (transfer full) (nullable): files are named by bytes, but everything we save and show is UTF-8 */
static char *
to_utf8 (const char *word, GError **error)
{
  if (g_utf8_validate (word, -1, NULL))
    return g_strdup (word);
  return g_locale_to_utf8 (word, -1, NULL, NULL, error);
}

/* Copies @argv up to @end, or to its own end. */
static GStrv
copy_words (char **argv, char **end, GError **error)
{
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (char **word = argv; *word != NULL && word != end; word++)
    {
      g_autofree char *utf8 = to_utf8 (*word, error);

      if (utf8 == NULL)
        return NULL;
      g_strv_builder_add (builder, utf8);
    }
  return g_strv_builder_end (builder);
}

/* GOption would take options from behind "--" as well, and leave us guessing where it was. */
static char **
find_separator (char **argv)
{
  for (char **word = argv; *word != NULL; word++)
    if (strcmp (*word, "--") == 0)
      return word;
  return NULL;
}

CulvertArguments *
culvert_arguments_parse (char **argv, const GOptionEntry *entries, GError **error)
{
  return culvert_arguments_parse_with (argv, entries, NULL, error);
}

CulvertArguments *
culvert_arguments_parse_with (char              **argv,
                              const GOptionEntry *entries,
                              gpointer            data,
                              GError            **error)
{
  g_autoptr (CulvertArguments) self = g_new0 (CulvertArguments, 1);
  g_autoptr (GOptionContext)   context = g_option_context_new (NULL);
  char                       **separator = find_separator (argv);
  g_autoptr (GStrvBuilder)     builder = g_strv_builder_new ();
  g_auto (GStrv)               options = NULL;
  GOptionGroup                *group;
  const GOptionEntry           help[] = {
              { "help", 'h', 0, G_OPTION_ARG_NONE, &self->with_help, NULL, NULL },
              G_OPTION_ENTRY_NULL,
  };

  options = copy_words (argv, separator, error);
  if (options == NULL)
    return NULL;
  if (separator != NULL && (self->after = copy_words (separator + 1, NULL, error)) == NULL)
    return NULL;

  /* It takes the first word for the program's name. */
  g_strv_builder_add (builder, "culvertctl");
  g_strv_builder_addv (builder, (const char **)options);
  self->words = g_strv_builder_end (builder);
  g_option_context_set_help_enabled (context, FALSE);
  /* The context owns the group; a callback is given the data of its group. */
  group = g_option_group_new ("main", "", "", data, NULL);
  if (entries != NULL)
    g_option_group_add_entries (group, entries);
  g_option_group_add_entries (group, help);
  g_option_context_set_main_group (context, group);
  if (!g_option_context_parse_strv (context, &self->words, error))
    return NULL;
  g_free (self->words[0]);
  memmove (self->words, self->words + 1,
           g_strv_length (self->words + 1) * sizeof (char *) + sizeof (char *));
  return g_steal_pointer (&self);
}
