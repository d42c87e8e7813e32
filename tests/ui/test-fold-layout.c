/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/fold-layout.h"

#define SPACING 10

typedef struct
{
  GtkWidget *box;
  GtkWidget *a; /* 100 x 20, expands */
  GtkWidget *b; /* 60 x 30 */
} Fixture;

static GtkWidget *
make_child (int width, int height, gboolean expands)
{
  GtkWidget *child = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  gtk_widget_set_size_request (child, width, height);
  gtk_widget_set_hexpand (child, expands);
  return child;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  GtkLayoutManager *layout = culvert_fold_layout_new ();

  g_object_set (layout, "spacing", SPACING, NULL);
  fixture->box = g_object_ref_sink (gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0));
  gtk_widget_set_layout_manager (fixture->box, layout);
  fixture->a = make_child (100, 20, TRUE);
  fixture->b = make_child (60, 30, FALSE);
  gtk_box_append (GTK_BOX (fixture->box), fixture->a);
  gtk_box_append (GTK_BOX (fixture->box), fixture->b);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_assert_finalize_object (fixture->box);
}

static void
measure (GtkWidget *widget, GtkOrientation orientation, int for_size, int *minimum, int *natural)
{
  gtk_widget_measure (widget, orientation, for_size, minimum, natural, NULL, NULL);
}

static void
assert_place (GtkWidget *child, int x, int y, int width, int height)
{
  graphene_rect_t place;

  g_assert_true (gtk_widget_compute_bounds (child, gtk_widget_get_parent (child), &place));
  g_assert_cmpfloat (place.origin.x, ==, x);
  g_assert_cmpfloat (place.origin.y, ==, y);
  g_assert_cmpfloat (place.size.width, ==, width);
  g_assert_cmpfloat (place.size.height, ==, height);
}

static void
allocate (Fixture *fixture, int width)
{
  int height;

  measure (fixture->box, GTK_ORIENTATION_VERTICAL, width, &height, NULL);
  gtk_widget_allocate (fixture->box, width, height, -1, NULL);
}

static void
test_measures (Fixture *fixture, gconstpointer data)
{
  int minimum, natural;

  measure (fixture->box, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural);
  g_assert_cmpint (minimum, ==, 100);
  g_assert_cmpint (natural, ==, 100 + SPACING + 60);
  measure (fixture->box, GTK_ORIENTATION_VERTICAL, 170, &minimum, &natural);
  g_assert_cmpint (minimum, ==, 30);
  measure (fixture->box, GTK_ORIENTATION_VERTICAL, 169, &minimum, &natural);
  g_assert_cmpint (minimum, ==, 20 + SPACING + 30);
}

static void
test_row_when_there_is_room (Fixture *fixture, gconstpointer data)
{
  allocate (fixture, 200);
  assert_place (fixture->a, 0, 0, 130, 30);
  assert_place (fixture->b, 140, 0, 60, 30);
}

static void
test_first_keeps_its_width_unless_it_expands (Fixture *fixture, gconstpointer data)
{
  gtk_widget_set_hexpand (fixture->a, FALSE);
  allocate (fixture, 200);
  assert_place (fixture->a, 0, 0, 100, 30);
  assert_place (fixture->b, 110, 0, 60, 30);
}

static void
test_column_when_there_is_none (Fixture *fixture, gconstpointer data)
{
  allocate (fixture, 120);
  assert_place (fixture->a, 0, 0, 120, 20);
  assert_place (fixture->b, 0, 20 + SPACING, 120, 30);
}

static void
test_right_to_left (Fixture *fixture, gconstpointer data)
{
  gtk_widget_set_direction (fixture->box, GTK_TEXT_DIR_RTL);
  allocate (fixture, 200);
  assert_place (fixture->a, 70, 0, 130, 30);
  assert_place (fixture->b, 0, 0, 60, 30);
}

static void
test_hidden_takes_no_room (Fixture *fixture, gconstpointer data)
{
  int natural;

  gtk_widget_set_visible (fixture->b, FALSE);
  measure (fixture->box, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural);
  g_assert_cmpint (natural, ==, 100);
  allocate (fixture, 200);
  assert_place (fixture->a, 0, 0, 200, 20);
}

#define ADD(name, function)                                                                        \
  g_test_add ("/ui/fold-layout/" name, Fixture, NULL, set_up, function, tear_down)

int
main (int argc, char **argv)
{
  gtk_test_init (&argc, &argv);
  ADD ("measures", test_measures);
  ADD ("row-when-there-is-room", test_row_when_there_is_room);
  ADD ("first-keeps-its-width-unless-it-expands", test_first_keeps_its_width_unless_it_expands);
  ADD ("column-when-there-is-none", test_column_when_there_is_none);
  ADD ("right-to-left", test_right_to_left);
  ADD ("hidden-takes-no-room", test_hidden_takes_no_room);
  return g_test_run ();
}
