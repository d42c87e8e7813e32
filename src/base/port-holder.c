/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "base/port-holder-private.h"

#include <string.h>

#define NAME_MAX_CHARACTERS 40

void
culvert_port_holder_clear (CulvertPortHolder *self)
{
  g_free (self->program);
  g_free (self->command);
  g_free (self->user);
  *self = (CulvertPortHolder){ .kind = CULVERT_PORT_HOLDER_UNKNOWN };
}

char *
culvert_port_holder_dup_name (const char *text)
{
  g_autofree char    *valid = g_utf8_make_valid (text, -1);
  g_autoptr (GString) name = g_string_new (NULL);
  guint               n_characters = 0;

  for (const char *next = valid; *next != '\0' && n_characters < NAME_MAX_CHARACTERS;
       next = g_utf8_next_char (next), n_characters++)
    {
      gunichar character = g_utf8_get_char (next);

      /* Marks that turn the direction of a text are not printable, either. */
      if (g_unichar_isprint (character))
        g_string_append_unichar (name, character);
    }
  g_strstrip (name->str);
  return *name->str != '\0' ? g_strdup (name->str) : NULL;
}

char *
culvert_port_holder_dup_base_name (const char *path)
{
  const char *slash = strrchr (path, '/');

  return culvert_port_holder_dup_name (slash != NULL ? slash + 1 : path);
}
