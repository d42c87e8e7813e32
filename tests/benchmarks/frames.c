/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/application.h"
#include "ui/scroll.h"

#include <stdio.h>
#include <stdlib.h>

/* What frames of the window cost while much is scrolled, in milliseconds.
 *
 *   frames list|table      {"frame": {"p50": …, "p95": …, "max": …, "long": …}, "cpu": …, "gap": …, "moved": …} */

static void
print_ms (const char *name, const double *ms)
{
  printf ("\"%s\": {\"p50\": %.2f, \"p95\": %.2f, \"max\": %.2f, \"long\": %u}, ", name,
          ms[CULVERT_SCROLL_N_FRAMES / 2], ms[CULVERT_SCROLL_N_FRAMES * 95 / 100],
          ms[CULVERT_SCROLL_N_FRAMES - 1], culvert_scroll_count_long (ms));
}

int
main (int argc, char **argv)
{
  CulvertScrollFigures           figures;
  g_autoptr (CulvertApplication) application = NULL;
  g_autoptr (GError)             error = NULL;

  if (argc != 2)
    return EXIT_FAILURE;
  gtk_init ();
  application = culvert_application_new ();
  g_application_set_flags (G_APPLICATION (application), G_APPLICATION_NON_UNIQUE);
  if (!g_application_register (G_APPLICATION (application), NULL, &error))
    {
      fprintf (stderr, "frames: %s\n", error->message);
      return EXIT_FAILURE;
    }
  culvert_scroll_measure (
    GTK_APPLICATION (application),
    g_str_equal (argv[1], "list") ? CULVERT_SCROLL_LIST : CULVERT_SCROLL_TABLE, &figures);
  printf ("{");
  print_ms ("frame", figures.frame);
  print_ms ("cpu", figures.cpu);
  print_ms ("gap", figures.gap);
  printf ("\"moved\": %.2f}\n", figures.moved);
  return EXIT_SUCCESS;
}
