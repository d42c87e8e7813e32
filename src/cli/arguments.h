/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The words of a command line after the command's name. */

#include <glib.h>

G_BEGIN_DECLS

typedef struct
{
  GStrv    words;     /* what is neither an option nor behind "--"; never NULL */
  GStrv    after;     /* nullable: the words behind the first "--"; NULL without one */
  gboolean with_help; /* --help or -h was among them */
} CulvertArguments;

void culvert_arguments_free (CulvertArguments *self);

/**
 * culvert_arguments_parse:
 * @argv: what follows the command's name, as main() got it
 * @entries: (nullable): the command's options, as for GOptionContext
 *
 * Errors: `G_OPTION_ERROR` and `G_CONVERT_ERROR`, message in the person's language.
 *
 * Returns: (transfer full) (nullable)
 */
CulvertArguments *
culvert_arguments_parse (char **argv, const GOptionEntry *entries, GError **error);

/* The same; @data goes to the entries that have a callback. */
CulvertArguments *culvert_arguments_parse_with (char              **argv,
                                                const GOptionEntry *entries,
                                                gpointer            data,
                                                GError            **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CulvertArguments, culvert_arguments_free)

G_END_DECLS
