/* SPDX-License-Identifier: GPL-3.0-or-later */
#pragma once

/* The window with more in it than anybody has, scrolled while all of it moves, and what its frames cost: for
 * a test, and for tests/bench.  Needs a display. */

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define CULVERT_SCROLL_N_FRAMES      120
#define CULVERT_SCROLL_N_CONNECTIONS 5000
#define CULVERT_SCROLL_N_TUNNELS     200

typedef enum
{
  CULVERT_SCROLL_LIST, /* of the tunnels: groups, all states, sparklines, four samples a second each */
  CULVERT_SCROLL_TABLE, /* of the connections, sorted by their rate, told anew twice a second */
} CulvertScrollKind;

/* Milliseconds, each list from the least to the most. */
typedef struct
{
  double frame[CULVERT_SCROLL_N_FRAMES]; /* from the frame clock's first phase to its last */
  double cpu[CULVERT_SCROLL_N_FRAMES];   /* this thread's processor time within */
  double gap[CULVERT_SCROLL_N_FRAMES];   /* from the end of a frame to the end of the next */
  double moved; /* the most processor time that moving everything once took */
} CulvertScrollFigures;

/* Shows a window of @application, a CulvertApplication, scrolls through it, and destroys it. */
void culvert_scroll_measure (GtkApplication       *application,
                             CulvertScrollKind     kind,
                             CulvertScrollFigures *figures);

/* How many of @ms are longer than a thirtieth of a second. */
guint culvert_scroll_count_long (const double *ms);

G_END_DECLS
