/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/fold-layout.h"

struct _CulvertFoldLayout
{
  GtkLayoutManager parent_instance;
  int              spacing;
};

G_DEFINE_FINAL_TYPE (CulvertFoldLayout, culvert_fold_layout, GTK_TYPE_LAYOUT_MANAGER)

enum
{
  PROP_0,
  PROP_SPACING,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

static GtkWidget *
next_visible (GtkWidget *child)
{
  while (child != NULL && !gtk_widget_should_layout (child))
    child = gtk_widget_get_next_sibling (child);
  return child;
}

/* Walks over the children that take part. */
#define FOR_EACH_CHILD(child, widget)                                                              \
  for (GtkWidget *child = next_visible (gtk_widget_get_first_child (widget)); child != NULL;       \
       child = next_visible (gtk_widget_get_next_sibling (child)))

/* A label's natural width is all of its text on one line; its minimum is what it can shrink to. */
static void
measure_widths (CulvertFoldLayout *self, GtkWidget *widget, int *widest_minimum, int *row_natural)
{
  gboolean is_first = TRUE;

  *widest_minimum = 0;
  *row_natural = 0;
  FOR_EACH_CHILD (child, widget)
  {
    int minimum, natural;

    gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, &minimum, &natural, NULL, NULL);
    *widest_minimum = MAX (*widest_minimum, minimum);
    *row_natural += natural + (is_first ? 0 : self->spacing);
    is_first = FALSE;
  }
}

static int
get_natural_width (GtkWidget *child)
{
  int natural;

  gtk_widget_measure (child, GTK_ORIENTATION_HORIZONTAL, -1, NULL, &natural, NULL, NULL);
  return natural;
}

static int
get_height (GtkWidget *child, int width)
{
  int natural;

  gtk_widget_measure (child, GTK_ORIENTATION_VERTICAL, width, NULL, &natural, NULL, NULL);
  return natural;
}

static gboolean
fits_in_a_row (CulvertFoldLayout *self, GtkWidget *widget, int width)
{
  int minimum, natural;

  measure_widths (self, widget, &minimum, &natural);
  return width < 0 || width >= natural;
}

static int
measure_height (CulvertFoldLayout *self, GtkWidget *widget, int width)
{
  gboolean is_row = fits_in_a_row (self, widget, width);
  gboolean is_first = TRUE;
  int      height = 0;

  FOR_EACH_CHILD (child, widget)
  {
    if (is_row)
      height = MAX (height, get_height (child, -1));
    else
      height += get_height (child, width) + (is_first ? 0 : self->spacing);
    is_first = FALSE;
  }
  return height;
}

static GtkSizeRequestMode
culvert_fold_layout_get_request_mode (GtkLayoutManager *manager, GtkWidget *widget)
{
  return GTK_SIZE_REQUEST_HEIGHT_FOR_WIDTH;
}

static void
culvert_fold_layout_measure (GtkLayoutManager *manager,
                             GtkWidget        *widget,
                             GtkOrientation    orientation,
                             int               for_size,
                             int              *minimum,
                             int              *natural,
                             int              *minimum_baseline,
                             int              *natural_baseline)
{
  CulvertFoldLayout *self = CULVERT_FOLD_LAYOUT (manager);

  if (orientation == GTK_ORIENTATION_HORIZONTAL)
    measure_widths (self, widget, minimum, natural);
  else
    *minimum = *natural = measure_height (self, widget, for_size);
}

static void
allocate_row (CulvertFoldLayout *self, GtkWidget *widget, int width, int height)
{
  gboolean is_rtl = gtk_widget_get_direction (widget) == GTK_TEXT_DIR_RTL;
  int      others, minimum;
  int      x = 0;

  measure_widths (self, widget, &minimum, &others);
  FOR_EACH_CHILD (child, widget)
  {
    int child_width = get_natural_width (child);

    if (x == 0 && gtk_widget_compute_expand (child, GTK_ORIENTATION_HORIZONTAL))
      child_width += width - others;
    gtk_widget_size_allocate (
      child, &(GtkAllocation){ is_rtl ? width - x - child_width : x, 0, child_width, height }, -1);
    x += child_width + self->spacing;
  }
}

static void
culvert_fold_layout_allocate (GtkLayoutManager *manager,
                              GtkWidget        *widget,
                              int               width,
                              int               height,
                              int               baseline)
{
  CulvertFoldLayout *self = CULVERT_FOLD_LAYOUT (manager);
  int                y = 0;

  if (fits_in_a_row (self, widget, width))
    {
      allocate_row (self, widget, width, height);
      return;
    }
  FOR_EACH_CHILD (child, widget)
  {
    int child_height = get_height (child, width);

    gtk_widget_size_allocate (child, &(GtkAllocation){ 0, y, width, child_height }, -1);
    y += child_height + self->spacing;
  }
}

static void
culvert_fold_layout_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  CulvertFoldLayout *self = CULVERT_FOLD_LAYOUT (object);

  switch (prop_id)
    {
    case PROP_SPACING:
      g_value_set_int (value, self->spacing);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_fold_layout_set_property (GObject      *object,
                                  guint         prop_id,
                                  const GValue *value,
                                  GParamSpec   *pspec)
{
  CulvertFoldLayout *self = CULVERT_FOLD_LAYOUT (object);

  switch (prop_id)
    {
    case PROP_SPACING:
      self->spacing = g_value_get_int (value);
      gtk_layout_manager_layout_changed (GTK_LAYOUT_MANAGER (self));
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_fold_layout_class_init (CulvertFoldLayoutClass *klass)
{
  GObjectClass          *object_class = G_OBJECT_CLASS (klass);
  GtkLayoutManagerClass *layout_class = GTK_LAYOUT_MANAGER_CLASS (klass);

  object_class->get_property = culvert_fold_layout_get_property;
  object_class->set_property = culvert_fold_layout_set_property;
  layout_class->get_request_mode = culvert_fold_layout_get_request_mode;
  layout_class->measure = culvert_fold_layout_measure;
  layout_class->allocate = culvert_fold_layout_allocate;
  properties[PROP_SPACING] = g_param_spec_int ("spacing", NULL, NULL, 0, G_MAXINT, 0,
                                               G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
culvert_fold_layout_init (CulvertFoldLayout *self)
{
}

GtkLayoutManager *
culvert_fold_layout_new (void)
{
  return g_object_new (CULVERT_TYPE_FOLD_LAYOUT, NULL);
}
