/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/connection-columns.h"

#include "ui/accessible-name.h"
#include "ui/connection-order.h"
#include "ui/connection-text.h"
#include "words/quantity.h"

#include <glib/gi18n.h>

#define SOME_MIN_WIDTH 520
#define ALL_MIN_WIDTH  640

#define INDENT 18

/* What a cell is about. */
typedef struct
{
  CulvertConnectionItem *item;
  CulvertTunnel         *tunnel;
  gint64                 now_us;
} Subject;

typedef struct
{
  const char    *id;
  const char    *title;
  CulvertColumns since; /* shown from this many on */
  guint          n_chars;
  gboolean       is_name; /* takes what room there is and loses its middle; else a figure */
  gboolean       counts;  /* changes with time alone */
  int (*compare) (CulvertConnectionItem *a, CulvertConnectionItem *b);
  char *(*dup_text) (const Subject *subject);
  char *(*dup_more) (const Subject *subject); /* nullable: the second line */
  char *(*dup_tooltip) (const Subject *subject);
} Column;

static char *
dup_client (const Subject *subject)
{
  return culvert_connection_text_client (subject->item);
}

static char *
dup_client_more (const Subject *subject)
{
  return culvert_connection_text_client_more (subject->item);
}

static char *
dup_client_tooltip (const Subject *subject)
{
  g_autofree char *client = dup_client (subject);
  const char      *address = culvert_connection_item_get_client (subject->item);

  return g_str_equal (client, address) || address[0] == '\0'
           ? g_steal_pointer (&client)
           : g_strdup_printf ("%s\n%s", client, address);
}

static char *
dup_target (const Subject *subject)
{
  return culvert_connection_text_target (subject->item);
}

static char *
dup_forward (const Subject *subject)
{
  return subject->tunnel != NULL ? culvert_connection_text_forward (subject->item, subject->tunnel)
                                 : g_strdup ("");
}

static char *
dup_target_tooltip (const Subject *subject)
{
  g_autofree char *target = dup_target (subject);
  g_autofree char *forward = dup_forward (subject);

  return g_strdup_printf ("%s\n%s", target, forward);
}

static char *
dup_state (const Subject *subject)
{
  return culvert_connection_text_state (subject->item);
}

static char *
dup_state_tooltip (const Subject *subject)
{
  return culvert_connection_text_state_more (subject->item);
}

static char *
dup_received (const Subject *subject)
{
  return culvert_words_for_size (culvert_connection_item_get_n_received (subject->item));
}

static char *
dup_sent (const Subject *subject)
{
  return culvert_words_for_size (culvert_connection_item_get_n_sent (subject->item));
}

static char *
dup_bytes_tooltip (const Subject *subject)
{
  g_autofree char *received =
    g_strdup_printf ("%" G_GUINT64_FORMAT, culvert_connection_item_get_n_received (subject->item));
  g_autofree char *sent =
    g_strdup_printf ("%" G_GUINT64_FORMAT, culvert_connection_item_get_n_sent (subject->item));

  return g_strdup_printf (_ ("%s bytes received, %s bytes sent"), received, sent);
}

static char *
dup_rate (const Subject *subject)
{
  return culvert_connection_text_rate (subject->item);
}

static char *
dup_rate_tooltip (const Subject *subject)
{
  return culvert_connection_text_rates (subject->item);
}

static char *
dup_age (const Subject *subject)
{
  return culvert_connection_text_age (subject->item, subject->now_us);
}

static char *
dup_age_tooltip (const Subject *subject)
{
  return culvert_connection_text_began (subject->item, g_get_monotonic_time (), g_get_real_time ());
}

static const Column columns[] = {
  { "from", NC_ ("connection", "From"), CULVERT_COLUMNS_FEW, 10, TRUE, FALSE,
    culvert_connection_compare_client, dup_client, dup_client_more, dup_client_tooltip },
  { "to", NC_ ("connection", "To"), CULVERT_COLUMNS_FEW, 10, TRUE, FALSE,
    culvert_connection_compare_target, dup_target, dup_forward, dup_target_tooltip },
  { "state", NC_ ("connection", "State"), CULVERT_COLUMNS_SOME, 8, FALSE, FALSE,
    culvert_connection_compare_state, dup_state, NULL, dup_state_tooltip },
  { "received", NC_ ("connection", "↓"), CULVERT_COLUMNS_ALL, 6, FALSE, FALSE,
    culvert_connection_compare_received, dup_received, NULL, dup_bytes_tooltip },
  { "sent", NC_ ("connection", "↑"), CULVERT_COLUMNS_ALL, 6, FALSE, FALSE,
    culvert_connection_compare_sent, dup_sent, NULL, dup_bytes_tooltip },
  { "rate", NC_ ("connection", "Rate"), CULVERT_COLUMNS_FEW, 7, FALSE, FALSE,
    culvert_connection_compare_rate, dup_rate, NULL, dup_rate_tooltip },
  { "age", NC_ ("connection", "Age"), CULVERT_COLUMNS_SOME, 9, FALSE, TRUE,
    culvert_connection_compare_age, dup_age, NULL, dup_age_tooltip },
};

/* One cell of one row; shows whatever connection it is bound to. */
typedef struct
{
  const Column          *column;
  CulvertTunnelPart     *part;
  CulvertConnectionItem *item; /* nullable: not bound */
  GtkWidget             *box;
  GtkInscription        *text;
  GtkInscription        *more; /* nullable */
} Cell;

/* Figures stand at the end of their column, and names and words at its beginning. */
static gboolean
is_at_end (const Column *column)
{
  return !column->is_name && column->dup_text != dup_state;
}

/* Does @text read from right to left?  @otherwise: when it has no letters that tell */
static gboolean
reads_from_right (const char *text, gboolean otherwise)
{
  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (!g_unichar_isalpha (c))
        continue;
      switch ((int)g_unichar_get_script (c))
        {
        case G_UNICODE_SCRIPT_ARABIC:
        case G_UNICODE_SCRIPT_HEBREW:
        case G_UNICODE_SCRIPT_SYRIAC:
        case G_UNICODE_SCRIPT_THAANA:
        case G_UNICODE_SCRIPT_NKO:
          return TRUE;
        default:
          return FALSE;
        }
    }

  return otherwise;
}

/* An inscription aligns its text as that reads; a column wants all of it on one side. */
static void
align_text (GtkInscription *label, const char *text, gboolean at_end)
{
  gboolean is_rtl = gtk_widget_get_direction (GTK_WIDGET (label)) == GTK_TEXT_DIR_RTL;

  gtk_inscription_set_xalign (label, at_end == (is_rtl == reads_from_right (text, is_rtl)) ? 1 : 0);
}

static void
set_text (GtkInscription *label, char *text, gboolean at_end)
{
  if (g_strcmp0 (gtk_inscription_get_text (label), text) != 0)
    {
      gtk_inscription_set_text (label, text);
      align_text (label, text, at_end);
    }
  g_free (text);
}

static Subject
get_subject (Cell *self)
{
  return (Subject){
    .item = self->item,
    .tunnel = culvert_tunnel_part_get_tunnel (self->part),
    .now_us = culvert_clock_get_now_us (culvert_clock_get_default ()),
  };
}

/* What is of the whole row is done by its first cell. */
static void
update_row (Cell *self, const Subject *subject)
{
  g_autofree char *client = dup_client (subject);
  g_autofree char *target = dup_target (subject);
  g_autofree char *name = g_strdup_printf ("%s → %s", client, target);

  culvert_accessible_name_row (self->box, name);
  gtk_widget_set_margin_start (self->box,
                               culvert_connection_item_is_child (self->item) ? INDENT : 0);
}

static void
update_cell (Cell *self)
{
  Subject subject = get_subject (self);

  set_text (self->text, self->column->dup_text (&subject), is_at_end (self->column));
  if (self->more != NULL)
    {
      set_text (self->more, self->column->dup_more (&subject), FALSE);
      gtk_widget_set_visible (GTK_WIDGET (self->more),
                              gtk_inscription_get_text (self->more)[0] != '\0');
    }
  if (g_str_equal (self->column->id, "from"))
    update_row (self, &subject);
}

static gboolean
query_tooltip_cb (GtkWidget  *box,
                  int         x,
                  int         y,
                  gboolean    by_keyboard,
                  GtkTooltip *tooltip,
                  Cell       *self)
{
  g_autofree char *text = NULL;
  Subject          subject = get_subject (self);

  if (self->item == NULL)
    return FALSE;

  text = self->column->dup_tooltip (&subject);
  gtk_tooltip_set_text (tooltip, text);

  return text[0] != '\0';
}

static GtkInscription *
add_line (Cell *self)
{
  GtkInscription *line = GTK_INSCRIPTION (gtk_inscription_new (NULL));

  gtk_inscription_set_min_chars (line, self->column->n_chars);
  gtk_inscription_set_nat_chars (line, self->column->n_chars);
  gtk_inscription_set_min_lines (line, 1);
  gtk_inscription_set_text_overflow (line, GTK_INSCRIPTION_OVERFLOW_ELLIPSIZE_MIDDLE);
  gtk_widget_add_css_class (GTK_WIDGET (line), "numeric");
  gtk_box_append (GTK_BOX (self->box), GTK_WIDGET (line));

  return line;
}

static void
setup_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, CulvertTunnelPart *part)
{
  Cell *self = g_new0 (Cell, 1);

  self->column = g_object_get_data (G_OBJECT (factory), "column");
  self->part = part;
  self->box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  gtk_widget_set_valign (self->box, GTK_ALIGN_CENTER);
  gtk_widget_set_has_tooltip (self->box, TRUE);
  g_signal_connect (self->box, "query-tooltip", G_CALLBACK (query_tooltip_cb), self);
  self->text = add_line (self);
  if (self->column->dup_more != NULL)
    {
      self->more = add_line (self);
      gtk_widget_add_css_class (GTK_WIDGET (self->more), "caption");
      gtk_widget_add_css_class (GTK_WIDGET (self->more), "dim-label");
    }
  g_object_set_data_full (G_OBJECT (self->box), "cell", self, g_free);
  gtk_list_item_set_child (list_item, self->box);
}

static Cell *
get_cell (GtkListItem *list_item)
{
  return g_object_get_data (G_OBJECT (gtk_list_item_get_child (list_item)), "cell");
}

static void
bind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, CulvertTunnelPart *part)
{
  Cell *self = get_cell (list_item);

  self->item = gtk_list_item_get_item (list_item);
  g_signal_connect_swapped (self->item, self->column->is_name ? "named" : "changed",
                            G_CALLBACK (update_cell), self);
  if (self->column->counts)
    g_signal_connect_swapped (culvert_clock_get_default (), "notify::now-us",
                              G_CALLBACK (update_cell), self);
  update_cell (self);
}

static void
unbind_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, CulvertTunnelPart *part)
{
  Cell *self = get_cell (list_item);

  g_signal_handlers_disconnect_by_data (self->item, self);
  if (self->column->counts)
    g_signal_handlers_disconnect_by_data (culvert_clock_get_default (), self);
  self->item = NULL;
}

static GtkSorter *
new_sorter (const Column *column)
{
  return GTK_SORTER (
    gtk_custom_sorter_new ((GCompareDataFunc)(GCallback)column->compare, NULL, NULL));
}

static void
add_column (GtkColumnView *table, const Column *kind, CulvertTunnelPart *part)
{
  GtkListItemFactory             *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column =
    gtk_column_view_column_new (g_dpgettext2 (NULL, "connection", kind->title), factory);
  g_autoptr (GtkSorter) sorter = new_sorter (kind);

  g_object_set_data (G_OBJECT (factory), "column", (gpointer)kind);
  g_object_set_data (G_OBJECT (column), "column", (gpointer)kind);
  g_signal_connect (factory, "setup", G_CALLBACK (setup_cb), part);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_cb), part);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_cb), part);
  gtk_column_view_column_set_sorter (column, sorter);
  gtk_column_view_column_set_expand (column, kind->is_name);
  gtk_column_view_column_set_resizable (column, kind->is_name);
  gtk_column_view_append_column (table, column);
}

/* The buttons */

static void
setup_button_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  GtkWidget *button = gtk_button_new_from_icon_name ("window-close-symbolic");
  /* Or Tab would never get past thousands of them: Delete, and the button below, do the same. */
  gtk_widget_set_focusable (button, FALSE);

  gtk_widget_add_css_class (button, "flat");
  gtk_widget_add_css_class (button, "circular");
  gtk_widget_set_valign (button, GTK_ALIGN_CENTER);
  gtk_widget_set_tooltip_text (button, _ ("Close the Connection"));
  gtk_list_item_set_child (list_item, button);
}

/* Its name says whose program it is as soon as that is known. */
static void
name_button (GtkWidget *button, CulvertConnectionItem *item)
{
  char *label = culvert_connection_text_close (item);

  if (g_strcmp0 (g_object_get_data (G_OBJECT (button), "label"), label) != 0)
    gtk_accessible_update_property (GTK_ACCESSIBLE (button), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                    -1);
  g_object_set_data_full (G_OBJECT (button), "label", label, g_free);
}

static void
bind_button_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  CulvertConnectionItem *item = gtk_list_item_get_item (list_item);
  GtkWidget             *button = gtk_list_item_get_child (list_item);

  gtk_actionable_set_action_target (GTK_ACTIONABLE (button), "t",
                                    culvert_connection_item_get_id (item));
  gtk_actionable_set_action_name (GTK_ACTIONABLE (button), "connections.close-one");
  g_signal_connect_swapped (item, "named", G_CALLBACK (name_button), button);
  name_button (button, item);
}

static void
unbind_button_cb (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  g_signal_handlers_disconnect_by_data (gtk_list_item_get_item (list_item),
                                        gtk_list_item_get_child (list_item));
}

static void
add_buttons (GtkColumnView *table)
{
  GtkListItemFactory             *factory = gtk_signal_list_item_factory_new ();
  g_autoptr (GtkColumnViewColumn) column = gtk_column_view_column_new (NULL, factory);

  g_signal_connect (factory, "setup", G_CALLBACK (setup_button_cb), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (bind_button_cb), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (unbind_button_cb), NULL);
  gtk_column_view_append_column (table, column);
}

/* Above their figures.  A table has the titles, in their order, in its first child. */
static void
align_titles (GtkColumnView *table)
{
  GtkWidget *header = gtk_widget_get_first_child (GTK_WIDGET (table));
  GtkWidget *title = gtk_widget_get_first_child (header);

  for (guint i = 0; i < G_N_ELEMENTS (columns) && title != NULL; i++)
    {
      GtkWidget *content = gtk_widget_get_first_child (title);

      if (content != NULL && is_at_end (&columns[i]))
        gtk_widget_set_halign (content, GTK_ALIGN_END);
      title = gtk_widget_get_next_sibling (title);
    }
}

void
culvert_connection_columns_add (GtkColumnView *table, CulvertTunnelPart *part)
{
  g_return_if_fail (GTK_IS_COLUMN_VIEW (table));

  for (guint i = 0; i < G_N_ELEMENTS (columns); i++)
    add_column (table, &columns[i], part);
  add_buttons (table);
  align_titles (table);
  culvert_accessible_name_row (gtk_widget_get_first_child (GTK_WIDGET (table)), _ ("Columns"));
}

CulvertColumns
culvert_connection_columns_for_width (int width)
{
  return width < SOME_MIN_WIDTH  ? CULVERT_COLUMNS_FEW
         : width < ALL_MIN_WIDTH ? CULVERT_COLUMNS_SOME
                                 : CULVERT_COLUMNS_ALL;
}

void
culvert_connection_columns_show (GtkColumnView *table, CulvertColumns shown)
{
  GListModel *all = gtk_column_view_get_columns (table);

  for (guint i = 0; i < g_list_model_get_n_items (all); i++)
    {
      g_autoptr (GtkColumnViewColumn) column = g_list_model_get_item (all, i);
      const Column                   *kind = g_object_get_data (G_OBJECT (column), "column");

      if (kind != NULL)
        gtk_column_view_column_set_visible (column, kind->since <= shown);
    }
}
