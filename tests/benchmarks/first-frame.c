/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Preloaded into a program with GTK: says when the first frame of its first window has been painted, and
 * ends it there.  One line on standard output: monotonic seconds, and the program's processor time until
 * then. */

#include <dlfcn.h>
#include <gtk/gtk.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static double
read_clock (clockid_t clock)
{
  struct timespec now;

  clock_gettime (clock, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void
after_paint_cb (GdkFrameClock *clock, GtkWidget *window)
{
  GtkAllocation place;

  gtk_widget_get_allocation (window, &place);
  if (!gtk_widget_get_mapped (window) || place.width <= 1)
    return;
  printf ("%.6f %.6f\n", read_clock (CLOCK_MONOTONIC), read_clock (CLOCK_PROCESS_CPUTIME_ID));
  fflush (stdout);
  _exit (0);
}

G_MODULE_EXPORT void
gtk_window_present (GtkWindow *window)
{
  void (*present) (GtkWindow *);

  *(void **)&present = dlsym (RTLD_NEXT, "gtk_window_present");
  present (window);
  g_signal_connect (gtk_widget_get_frame_clock (GTK_WIDGET (window)), "after-paint",
                    G_CALLBACK (after_paint_cb), window);
}
