/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/scroll.h"

#include "support/culvert-test.h"
#include "ui/find-widget.h"
#include "ui/stage.h"
#include "ui/tunnel-row.h"
#include "ui/window-private.h"

#include <math.h>
#include <time.h>

#define LONG_MS        33
#define STEP_PX        60
#define N_PER_GROUP    10
#define SAMPLE_MS      (1000 / CULVERT_RATE_SAMPLES_PER_S)
#define CONNECTIONS_MS 500

typedef struct
{
  CulvertStage         *stage;
  CulvertTunnel        *many; /* the one with the connections */
  CulvertScrollFigures *figures;
  GtkAdjustment        *height;
  gboolean              has_moved; /* since the last frame */
  gint64                began_us;
  gint64                began_cpu_us;
  gint64                last_us;
  guint                 n_frames;
} Scroll;

/* Of this thread: what others do on the machine is not in it. */
static gint64
get_cpu_us (void)
{
  struct timespec now;

  clock_gettime (CLOCK_THREAD_CPUTIME_ID, &now);
  return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static double
to_ms (gint64 us)
{
  return (double)us / 1000;
}

static void
before_paint_cb (GdkFrameClock *clock, Scroll *self)
{
  self->began_us = g_get_monotonic_time ();
  self->began_cpu_us = get_cpu_us ();
}

static void
after_paint_cb (GdkFrameClock *clock, Scroll *self)
{
  gint64 now_us = g_get_monotonic_time ();
  gint64 last_us = self->last_us;

  if (self->n_frames == CULVERT_SCROLL_N_FRAMES || self->began_us == 0)
    return;
  self->last_us = now_us;
  self->figures->frame[self->n_frames] = to_ms (now_us - self->began_us);
  self->figures->cpu[self->n_frames] = to_ms (get_cpu_us () - self->began_cpu_us);
  self->figures->gap[self->n_frames] = last_us != 0 ? to_ms (now_us - last_us) : 0;
  self->n_frames++;
}

static gboolean
scroll_cb (GtkWidget *widget, GdkFrameClock *clock, gpointer user_data)
{
  Scroll *self = user_data;

  /* GTK cannot scroll between a change of the list and its next layout. */
  if (self->has_moved)
    self->has_moved = FALSE;
  else
    gtk_adjustment_set_value (self->height, gtk_adjustment_get_value (self->height) + STEP_PX);
  return G_SOURCE_CONTINUE;
}

static void
took (Scroll *self, gint64 began_us)
{
  self->figures->moved = MAX (self->figures->moved, to_ms (get_cpu_us () - began_us));
}

static gboolean
move_connections_cb (gpointer user_data)
{
  Scroll *self = user_data;
  gint64  began_us = get_cpu_us ();

  culvert_stage_move_connections (self->many, 1000);
  self->has_moved = TRUE;
  took (self, began_us);
  return G_SOURCE_CONTINUE;
}

static gboolean
sample_all_cb (gpointer user_data)
{
  Scroll     *self = user_data;
  GListModel *tunnels = G_LIST_MODEL (culvert_stage_get_manager (self->stage));
  gint64      began_us = get_cpu_us ();

  for (guint i = 0; i < g_list_model_get_n_items (tunnels); i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (tunnels, i);

      if (culvert_tunnel_get_state (tunnel) == CULVERT_TUNNEL_UP)
        culvert_stage_add_sample (tunnel, g_random_int_range (0, 100000), 5000);
    }
  took (self, began_us);
  return G_SOURCE_CONTINUE;
}

static double
get_rate (double age_s)
{
  return 100000 * (1 + sin (age_s / 3));
}

/* Three of four are up. */
static void
fill_list (Scroll *self)
{
  GListModel *tunnels = G_LIST_MODEL (culvert_stage_get_manager (self->stage));

  culvert_stage_add_many (self->stage, CULVERT_SCROLL_N_TUNNELS, N_PER_GROUP);
  for (guint i = 0; i < g_list_model_get_n_items (tunnels); i++)
    {
      g_autoptr (CulvertTunnel) tunnel = g_list_model_get_item (tunnels, i);

      if (i % 4 != 3)
        {
          culvert_stage_set_up (tunnel, 10 * i);
          culvert_stage_set_traffic (tunnel, get_rate, get_rate);
        }
      else if (i % 8 == 3)
        {
          culvert_stage_set_waiting (tunnel, 60, NULL);
        }
    }
}

static void
fill_table (Scroll *self)
{
  CulvertStageConnection *many = g_new0 (CulvertStageConnection, CULVERT_SCROLL_N_CONNECTIONS);
  g_autoptr (GPtrArray)   texts = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < CULVERT_SCROLL_N_CONNECTIONS; i++)
    {
      g_ptr_array_add (texts, g_strdup_printf ("127.0.0.1:%u", 20000 + i));
      g_ptr_array_add (texts, g_strdup_printf ("host-%u.internal:443", i));
      many[i] = (CulvertStageConnection){ .id = i + 1,
                                          .client = texts->pdata[2 * i],
                                          .target = texts->pdata[2 * i + 1],
                                          .program = i % 2 == 0 ? "firefox" : NULL,
                                          .state = CULVERT_CONNECTION_OPEN,
                                          .age_s = i };
    }
  self->many = culvert_stage_add (self->stage, "Many", "ssh -D 1080 bastion");
  culvert_stage_set_up (self->many, 60);
  culvert_stage_set_connections (self->many, many, CULVERT_SCROLL_N_CONNECTIONS);
  g_free (many);
}

/* Returns: what is scrolled */
static GtkWidget *
show_list (Scroll *self, CulvertWindow *window)
{
  GtkWidget *row = find_widget (window->list, CULVERT_TYPE_TUNNEL_ROW, NULL);
  GtkWidget *list = gtk_widget_get_ancestor (row, GTK_TYPE_LIST_BOX);

  self->height = gtk_scrolled_window_get_vadjustment (
    GTK_SCROLLED_WINDOW (gtk_widget_get_ancestor (list, GTK_TYPE_SCROLLED_WINDOW)));
  return list;
}

static GtkWidget *
show_table (Scroll *self, CulvertWindow *window)
{
  GtkColumnView                  *table;
  g_autoptr (GtkColumnViewColumn) rate = NULL;

  culvert_tunnel_page_show_view (window->page, "connections");
  table = find_widget (window->page, GTK_TYPE_COLUMN_VIEW, NULL);
  rate = g_list_model_get_item (gtk_column_view_get_columns (table), 5);
  gtk_column_view_sort_by_column (table, rate, GTK_SORT_DESCENDING);
  self->height = gtk_scrollable_get_vadjustment (GTK_SCROLLABLE (table));
  return GTK_WIDGET (table);
}

static void
scroll (Scroll *self, GtkWidget *widget, GSourceFunc move, guint interval_ms)
{
  GdkFrameClock *clock = gtk_widget_get_frame_clock (widget);
  guint          move_id = g_timeout_add (interval_ms, move, self);
  guint          tick_id = gtk_widget_add_tick_callback (widget, scroll_cb, self, NULL);

  g_signal_connect (clock, "before-paint", G_CALLBACK (before_paint_cb), self);
  g_signal_connect (clock, "after-paint", G_CALLBACK (after_paint_cb), self);
  culvert_test_wait_until (self->n_frames == CULVERT_SCROLL_N_FRAMES, 60000);
  g_signal_handlers_disconnect_by_data (clock, self);
  gtk_widget_remove_tick_callback (widget, tick_id);
  g_source_remove (move_id);
}

static int
compare_ms (const void *a, const void *b)
{
  return *(const double *)a < *(const double *)b ? -1 : *(const double *)a > *(const double *)b;
}

void
culvert_scroll_measure (GtkApplication       *application,
                        CulvertScrollKind     kind,
                        CulvertScrollFigures *figures)
{
  const gboolean           is_list = kind == CULVERT_SCROLL_LIST;
  g_autoptr (CulvertStage) stage = culvert_stage_new ();
  Scroll                   self = { .stage = stage, .figures = figures };
  GtkWidget               *window;
  GtkWidget               *scrolled;

  *figures = (CulvertScrollFigures){ 0 };
  if (is_list)
    fill_list (&self);
  else
    fill_table (&self);
  window = culvert_window_new (application, culvert_stage_get_manager (stage),
                               culvert_stage_get_secrets (stage), NULL);
  gtk_window_present (GTK_WINDOW (window));
  scrolled = is_list ? show_list (&self, CULVERT_WINDOW (window))
                     : show_table (&self, CULVERT_WINDOW (window));
  culvert_test_wait_until (gtk_widget_get_mapped (scrolled), 5000);
  culvert_test_spend (500);

  scroll (&self, scrolled, is_list ? sample_all_cb : move_connections_cb,
          is_list ? SAMPLE_MS : CONNECTIONS_MS);
  /* It did scroll. */
  g_assert_cmpfloat (gtk_adjustment_get_value (self.height), >, 1000);
  gtk_window_destroy (GTK_WINDOW (window));

  qsort (figures->frame, CULVERT_SCROLL_N_FRAMES, sizeof (double), compare_ms);
  qsort (figures->cpu, CULVERT_SCROLL_N_FRAMES, sizeof (double), compare_ms);
  qsort (figures->gap, CULVERT_SCROLL_N_FRAMES, sizeof (double), compare_ms);
}

guint
culvert_scroll_count_long (const double *ms)
{
  guint n_long = 0;

  for (guint i = 0; i < CULVERT_SCROLL_N_FRAMES; i++)
    n_long += ms[i] > LONG_MS;
  return n_long;
}
