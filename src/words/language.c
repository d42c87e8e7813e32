/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "words/language.h"

#include <glib/gi18n.h>
#include <locale.h>

void
culvert_language_init (void)
{
  const char *folder = g_getenv ("CULVERT_LOCALE_DIR");

  setlocale (LC_ALL, "");
  bindtextdomain (GETTEXT_PACKAGE, folder != NULL ? folder : CULVERT_LOCALE_DIR);
  bind_textdomain_codeset (GETTEXT_PACKAGE, "UTF-8");
  textdomain (GETTEXT_PACKAGE);
}
