/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/sandbox-hint.h"

#include "ui/copy-text.h"
#include "words/sandbox-words.h"

#include <glib/gi18n.h>

static void
clicked_cb (CulvertHintRow *row, gpointer command)
{
  culvert_copy_text (GTK_WIDGET (row), command);
}

static void
free_command (gpointer command, GClosure *closure)
{
  g_free (command);
}

void
culvert_sandbox_hint_set (CulvertHintRow *row, CulvertSandboxLack about)
{
  CulvertSandboxLack lacks = culvert_sandbox_get_lacks () & about;
  g_autofree char   *what = culvert_words_for_sandbox (lacks);
  g_autofree char   *next = culvert_words_for_sandbox_override (lacks);
  g_autofree char   *words = NULL;

  g_return_if_fail (CULVERT_IS_HINT_ROW (row));

  if (what == NULL)
    return;
  words = g_strdup_printf ("%s %s", what, next);
  g_object_set (row, "words", words, "button-label", _ ("_Copy the Command"), NULL);
  g_signal_connect_data (row, "clicked", G_CALLBACK (clicked_cb),
                         culvert_sandbox_dup_override (lacks), free_command, 0);
}
