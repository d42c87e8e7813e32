/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/log-view.h"

#include "base/source.h"
#include "ui/clock.h"
#include "ui/file-choosers.h"

#include <glib/gi18n.h>
#include <string.h>

struct _CulvertLogView
{
  CulvertTunnelPart  parent_instance;
  CulvertClock      *clock;
  gboolean           holds_clock;
  guint64            last_serial;
  GSource           *scroll_source; /* NULL unless about to scroll */
  GtkScrolledWindow *scroller;
  GtkTextView       *text;
  GtkWidget         *empty;
  GtkWidget         *nothing_found;
  GtkCheckButton    *follow;
  GtkSearchEntry    *search;
  GtkDropDown       *level;
  GtkWidget         *copy_shown;
  GtkLabel          *count;
  guint              n_shown;
  guint              n_lines;
};

G_DEFINE_FINAL_TYPE (CulvertLogView, culvert_log_view, CULVERT_TYPE_TUNNEL_PART)

static CulvertTunnel *
get_tunnel (CulvertLogView *self)
{
  return culvert_tunnel_part_get_tunnel (CULVERT_TUNNEL_PART (self));
}

static char *
dup_time (const CulvertLogLine *line)
{
  g_autoptr (GDateTime) utc = g_date_time_new_from_unix_utc (line->real_us / G_USEC_PER_SEC);
  g_autoptr (GDateTime) local = g_date_time_to_local (utc);

  return g_date_time_format (local, "%H:%M:%S  ");
}

/* The colour alone does not tell. */
static const char *
get_word (const CulvertLogLine *line)
{
  if (line->level == CULVERT_LOG_WARNING)
    return _ ("Warning: ");
  return line->level == CULVERT_LOG_ERROR ? _ ("Error: ") : "";
}

static void
append_line (GtkTextBuffer *buffer, const CulvertLogLine *line)
{
  static const char *const tags[] = {
    [CULVERT_LOG_DEBUG] = "debug",
    [CULVERT_LOG_INFO] = NULL,
    [CULVERT_LOG_WARNING] = "warning",
    [CULVERT_LOG_ERROR] = "error",
  };
  g_autofree char *time = dup_time (line);
  const char      *word = get_word (line);
  GtkTextIter      end;

  gtk_text_buffer_get_end_iter (buffer, &end);
  if (gtk_text_buffer_get_char_count (buffer) > 0)
    gtk_text_buffer_insert (buffer, &end, "\n", 1);
  gtk_text_buffer_insert_with_tags_by_name (buffer, &end, time, -1, "time", NULL);
  gtk_text_buffer_insert_with_tags_by_name (buffer, &end, word, -1, tags[line->level], NULL);
  gtk_text_buffer_insert_with_tags_by_name (buffer, &end, line->text, -1, tags[line->level], NULL);
}

static void
drop_oldest_lines (GtkTextBuffer *buffer)
{
  int         n_lines = gtk_text_buffer_get_line_count (buffer);
  GtkTextIter start, end;

  if (n_lines <= CULVERT_LOG_VIEW_MAX_LINES)
    return;
  gtk_text_buffer_get_start_iter (buffer, &start);
  gtk_text_buffer_get_iter_at_line (buffer, &end, n_lines - CULVERT_LOG_VIEW_MAX_LINES);
  gtk_text_buffer_delete (buffer, &start, &end);
}

static void
scroll_to_end (CulvertLogView *self)
{
  GtkAdjustment *height = gtk_scrolled_window_get_vadjustment (self->scroller);

  gtk_adjustment_set_value (height, gtk_adjustment_get_upper (height) -
                                      gtk_adjustment_get_page_size (height));
}

static gboolean
scroll_to_end_cb (gpointer user_data)
{
  CulvertLogView *self = CULVERT_LOG_VIEW (user_data);

  culvert_source_clear (&self->scroll_source);
  scroll_to_end (self);
  return G_SOURCE_REMOVE;
}

/* New lines, or a new width that breaks them anew.  The text view itself still moves about while it
 * measures its lines, so this comes after. */
static void
height_changed_cb (CulvertLogView *self)
{
  if (!gtk_check_button_get_active (self->follow) || self->scroll_source != NULL)
    return;
  self->scroll_source = g_idle_source_new ();
  g_source_set_callback (self->scroll_source, scroll_to_end_cb, self, NULL);
  g_source_attach (self->scroll_source, NULL);
}

static CulvertLogLevel
get_lowest_level (CulvertLogView *self)
{
  static const CulvertLogLevel levels[] = { CULVERT_LOG_DEBUG, CULVERT_LOG_INFO,
                                            CULVERT_LOG_WARNING };
  guint                        selected = gtk_drop_down_get_selected (self->level);

  return levels[MIN (selected, G_N_ELEMENTS (levels) - 1)];
}

static const char *
get_query (CulvertLogView *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->search));
}

static gboolean
is_filtered (CulvertLogView *self)
{
  return *get_query (self) != '\0' || get_lowest_level (self) > CULVERT_LOG_DEBUG;
}

/* @query: folded */
static gboolean
matches (CulvertLogView *self, const CulvertLogLine *line, const char *query)
{
  g_autofree char *folded = NULL;

  if (line->level < get_lowest_level (self))
    return FALSE;
  if (*query == '\0')
    return TRUE;
  folded = g_utf8_casefold (line->text, -1);
  return strstr (folded, query) != NULL;
}

static void
update_count (CulvertLogView *self)
{
  g_autofree char *text = NULL;

  gtk_widget_set_visible (self->empty, self->n_lines == 0);
  gtk_widget_set_visible (self->nothing_found, self->n_lines > 0 && self->n_shown == 0);
  gtk_widget_set_visible (self->copy_shown, is_filtered (self));
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.copy", self->n_shown > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.copy-all", self->n_lines > 0);
  gtk_widget_action_set_enabled (GTK_WIDGET (self), "log.save", self->n_lines > 0);
  if (is_filtered (self))
    /* Translators: of the lines of a log, the first %u is how many are shown */
    text = g_strdup_printf (ngettext ("%u of %u line", "%u of %u lines", self->n_lines),
                            self->n_shown, self->n_lines);
  gtk_label_set_label (self->count, text != NULL ? text : "");
}

static void
read_log (CulvertLogView *self)
{
  GtkTextBuffer        *buffer = gtk_text_view_get_buffer (self->text);
  g_autofree char      *query = g_utf8_casefold (get_query (self), -1);
  g_autoptr (GPtrArray) lines = NULL;

  if (get_tunnel (self) != NULL)
    lines = culvert_log_get_lines (culvert_tunnel_get_log (get_tunnel (self)), self->last_serial);
  if (lines != NULL && lines->len > 0)
    {
      for (guint i = 0; i < lines->len; i++)
        if (matches (self, lines->pdata[i], query))
          {
            append_line (buffer, lines->pdata[i]);
            self->n_shown++;
          }
      self->n_shown = MIN (self->n_shown, CULVERT_LOG_VIEW_MAX_LINES);
      self->n_lines = MIN (self->n_lines + lines->len, CULVERT_LOG_VIEW_MAX_LINES);
      self->last_serial = ((CulvertLogLine *)lines->pdata[lines->len - 1])->serial;
      drop_oldest_lines (buffer);
    }
  update_count (self);
}

static void
forget_lines (CulvertLogView *self)
{
  self->last_serial = 0;
  self->n_shown = 0;
  self->n_lines = 0;
  gtk_text_buffer_set_text (gtk_text_view_get_buffer (self->text), "", 0);
}

static void
filter_changed_cb (CulvertLogView *self)
{
  /* While the template is made there is nothing to read. */
  if (self->count == NULL)
    return;
  forget_lines (self);
  read_log (self);
}

/* (transfer full): every line that is kept, as the view would show it */
static char *
dup_all (CulvertLogView *self)
{
  g_autoptr (GPtrArray) lines =
    culvert_log_get_lines (culvert_tunnel_get_log (get_tunnel (self)), 0);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < lines->len; i++)
    {
      const CulvertLogLine *line = lines->pdata[i];
      g_autofree char      *time = dup_time (line);

      g_string_append_printf (text, "%s%s%s%s", i > 0 ? "\n" : "", time, get_word (line),
                              line->text);
    }
  return g_string_free (text, FALSE);
}

static void
follow_changed_cb (CulvertLogView *self)
{
  if (gtk_check_button_get_active (self->follow))
    scroll_to_end (self);
}

/* Reading back: the newest line must not pull the view away then. */
static void
stop_following (CulvertLogView *self)
{
  gtk_check_button_set_active (self->follow, FALSE);
}

static gboolean
scroll_cb (CulvertLogView *self, double dx, double dy)
{
  if (dy < 0)
    stop_following (self);
  return GDK_EVENT_PROPAGATE;
}

static gboolean
key_cb (CulvertLogView *self, guint key)
{
  if (key == GDK_KEY_Page_Up || key == GDK_KEY_KP_Page_Up || key == GDK_KEY_Home ||
      key == GDK_KEY_KP_Home || key == GDK_KEY_Up || key == GDK_KEY_KP_Up)
    stop_following (self);
  return GDK_EVENT_PROPAGATE;
}

static void
copy_text (CulvertLogView *self, const char *text)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), text);
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-message", "s", _ ("Log copied"));
}

static void
copy_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertLogView  *self = CULVERT_LOG_VIEW (widget);
  g_autofree char *text =
    g_str_equal (name, "log.copy-all") ? dup_all (self) : culvert_log_view_dup_text (self);

  copy_text (self, text);
}

static void
save_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  CulvertLogView  *self = CULVERT_LOG_VIEW (widget);
  g_autofree char *text = dup_all (self);
  g_autofree char *file_name =
    g_strdup_printf ("%s.log", culvert_tunnel_get_id (get_tunnel (self)));

  culvert_choose_and_save (widget, _ ("Save Log"), file_name, text);
}

static void
search_action (GtkWidget *widget, const char *name, GVariant *parameter)
{
  gtk_widget_grab_focus (GTK_WIDGET (CULVERT_LOG_VIEW (widget)->search));
}

static void
update_clock (CulvertLogView *self)
{
  culvert_clock_set_held (self->clock, &self->holds_clock,
                          gtk_widget_get_mapped (GTK_WIDGET (self)));
}

static void
culvert_log_view_map (GtkWidget *widget)
{
  CulvertLogView *self = CULVERT_LOG_VIEW (widget);

  GTK_WIDGET_CLASS (culvert_log_view_parent_class)->map (widget);
  update_clock (self);
  read_log (self);
}

static void
culvert_log_view_unmap (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (culvert_log_view_parent_class)->unmap (widget);
  update_clock (CULVERT_LOG_VIEW (widget));
}

static void
tick_cb (CulvertLogView *self)
{
  if (self->holds_clock)
    read_log (self);
}

static void
culvert_log_view_dispose (GObject *object)
{
  CulvertLogView *self = CULVERT_LOG_VIEW (object);

  culvert_clock_set_held (self->clock, &self->holds_clock, FALSE);
  culvert_source_clear (&self->scroll_source);
  gtk_widget_dispose_template (GTK_WIDGET (self), CULVERT_TYPE_LOG_VIEW);
  G_OBJECT_CLASS (culvert_log_view_parent_class)->dispose (object);
}

static void
culvert_log_view_tunnel_changed (CulvertTunnelPart *part)
{
  CulvertLogView *self = CULVERT_LOG_VIEW (part);

  forget_lines (self);
  gtk_check_button_set_active (self->follow, TRUE);
  if (gtk_widget_get_mapped (GTK_WIDGET (self)))
    read_log (self);
}

static void
culvert_log_view_class_init (CulvertLogViewClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = culvert_log_view_dispose;
  widget_class->map = culvert_log_view_map;
  widget_class->unmap = culvert_log_view_unmap;
  CULVERT_TUNNEL_PART_CLASS (klass)->tunnel_changed = culvert_log_view_tunnel_changed;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/log-view.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertLogView, scroller);
  gtk_widget_class_bind_template_child (widget_class, CulvertLogView, text);
  gtk_widget_class_bind_template_child (widget_class, CulvertLogView, empty);
  gtk_widget_class_bind_template_child (widget_class, CulvertLogView, nothing_found);
  gtk_widget_class_bind_template_child (widget_class, CulvertLogView, follow);
  gtk_widget_class_bind_template_child (widget_class, CulvertLogView, search);
  gtk_widget_class_bind_template_child (widget_class, CulvertLogView, level);
  gtk_widget_class_bind_template_child (widget_class, CulvertLogView, copy_shown);
  gtk_widget_class_bind_template_child (widget_class, CulvertLogView, count);
  gtk_widget_class_bind_template_callback (widget_class, filter_changed_cb);
  gtk_widget_class_bind_template_callback (widget_class, follow_changed_cb);
  gtk_widget_class_install_action (widget_class, "log.copy", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "log.copy-all", NULL, copy_action);
  gtk_widget_class_install_action (widget_class, "log.save", NULL, save_action);
  gtk_widget_class_install_action (widget_class, "log.search", NULL, search_action);
}

static void
set_colour (CulvertLogView *self, const char *tag, const char *light, const char *dark)
{
  gboolean       is_dark = adw_style_manager_get_dark (adw_style_manager_get_default ());
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->text);

  g_object_set (gtk_text_tag_table_lookup (gtk_text_buffer_get_tag_table (buffer), tag),
                "foreground", is_dark ? dark : light, NULL);
}

/* Each can be read on its ground: the contrast is 4.5 or more. */
static void
set_colours (CulvertLogView *self)
{
  set_colour (self, "time", "#6a6a6a", "#a0a0a0");
  set_colour (self, "debug", "#6a6a6a", "#a0a0a0");
  set_colour (self, "error", "#c01c28", "#ff7b63");
}

static void
culvert_log_view_init (CulvertLogView *self)
{
  GtkTextBuffer      *buffer;
  GtkEventController *scroll;
  GtkEventController *keys;
  GtkGesture         *drag;

  self->clock = culvert_clock_get_default ();
  gtk_widget_init_template (GTK_WIDGET (self));

  buffer = gtk_text_view_get_buffer (self->text);
  gtk_text_buffer_create_tag (buffer, "time", NULL);
  gtk_text_buffer_create_tag (buffer, "debug", NULL);
  gtk_text_buffer_create_tag (buffer, "warning", "weight", PANGO_WEIGHT_BOLD, NULL);
  gtk_text_buffer_create_tag (buffer, "error", "weight", PANGO_WEIGHT_BOLD, NULL);
  g_signal_connect_object (adw_style_manager_get_default (), "notify::dark",
                           G_CALLBACK (set_colours), self, G_CONNECT_SWAPPED);
  set_colours (self);
  g_signal_connect_object (gtk_scrolled_window_get_vadjustment (self->scroller), "changed",
                           G_CALLBACK (height_changed_cb), self, G_CONNECT_SWAPPED);

  scroll = gtk_event_controller_scroll_new (GTK_EVENT_CONTROLLER_SCROLL_VERTICAL);
  gtk_event_controller_set_propagation_phase (scroll, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (scroll, "scroll", G_CALLBACK (scroll_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->scroller), scroll);
  keys = gtk_event_controller_key_new ();
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (keys, "key-pressed", G_CALLBACK (key_cb), self);
  gtk_widget_add_controller (GTK_WIDGET (self->scroller), keys);
  drag = gtk_gesture_click_new ();
  gtk_event_controller_set_propagation_phase (GTK_EVENT_CONTROLLER (drag), GTK_PHASE_CAPTURE);
  g_signal_connect_swapped (drag, "pressed", G_CALLBACK (stop_following), self);
  gtk_widget_add_controller (gtk_scrolled_window_get_vscrollbar (self->scroller),
                             GTK_EVENT_CONTROLLER (drag));

  g_signal_connect_object (self->clock, "notify::now-us", G_CALLBACK (tick_cb), self,
                           G_CONNECT_SWAPPED);
}

char *
culvert_log_view_dup_text (CulvertLogView *self)
{
  GtkTextBuffer *buffer;
  GtkTextIter    start, end;

  g_return_val_if_fail (CULVERT_IS_LOG_VIEW (self), NULL);
  buffer = gtk_text_view_get_buffer (self->text);
  gtk_text_buffer_get_bounds (buffer, &start, &end);
  return gtk_text_buffer_get_text (buffer, &start, &end, FALSE);
}
