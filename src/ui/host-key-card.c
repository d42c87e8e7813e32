/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/host-key-card.h"

#include "core/errors.h"
#include "words/failure.h"

#include <glib/gi18n.h>

struct _CulvertHostKeyCard
{
  GtkBox     parent_instance;
  GError    *error; /* nullable */
  GtkLabel  *shown;
  GtkLabel  *recorded_title;
  GtkLabel  *recorded;
  GtkWidget *recorded_box;
  GtkLabel  *place;
  GtkLabel  *command;
  GtkWidget *command_box;
  GtkWidget *copy;
  GtkWidget *known_hosts;
};

enum
{
  PROP_0,
  PROP_ERROR,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (CulvertHostKeyCard, culvert_host_key_card, GTK_TYPE_BOX)

static char *
format_place (const char *file, const char *line, const char *since)
{
  if (since == NULL)
    /* Translators: 1 is a path, 2 a number */
    return g_strdup_printf (_ ("%1$s, line %2$s"), file, line);
  /* Translators: 1 is a path, 2 a number, 3 a date and a time */
  return g_strdup_printf (_ ("%1$s, line %2$s; the file was last changed %3$s"), file, line, since);
}

static void
fill (CulvertHostKeyCard *self, gboolean is_changed)
{
  const char      *file = culvert_error_get_fact (self->error, CULVERT_FACT_FILE);
  const char      *line = culvert_error_get_fact (self->error, CULVERT_FACT_LINE);
  const char      *shown = culvert_error_get_fact (self->error, CULVERT_FACT_SHOWN);
  const char      *recorded = culvert_error_get_fact (self->error, CULVERT_FACT_RECORDED);
  g_autofree char *since = culvert_words_for_fact_time (self->error);
  g_autofree char *place = format_place (file, line, since);
  g_autofree char *search = g_strdup_printf ("%s:%s", file, line);
  g_autofree char *command = is_changed ? culvert_words_for_forget_command (self->error) : NULL;

  gtk_label_set_label (self->shown, shown);
  gtk_label_set_label (self->recorded_title, is_changed ? _ ("The key that is recorded")
                                                        : _ ("The authority that is revoked"));
  gtk_label_set_label (self->recorded, recorded != NULL ? recorded : "");
  gtk_widget_set_visible (self->recorded_box,
                          recorded != NULL && (is_changed || !g_str_equal (recorded, shown)));
  gtk_label_set_label (self->place, place);
  gtk_label_set_label (self->command, command != NULL ? command : "");
  gtk_widget_set_visible (self->command_box, command != NULL);
  gtk_actionable_set_action_target (GTK_ACTIONABLE (self->known_hosts), "s", search);
  gtk_actionable_set_action_name (GTK_ACTIONABLE (self->known_hosts), "win.known-hosts");
}

static void
update (CulvertHostKeyCard *self)
{
  gboolean is_changed =
    g_error_matches (self->error, CULVERT_SSH_ERROR, CULVERT_SSH_ERROR_HOST_KEY_CHANGED);
  gboolean is_shown = (is_changed || g_error_matches (self->error, CULVERT_SSH_ERROR,
                                                      CULVERT_SSH_ERROR_HOST_KEY_REVOKED)) &&
                      culvert_error_get_fact (self->error, CULVERT_FACT_SHOWN) != NULL &&
                      culvert_error_get_fact (self->error, CULVERT_FACT_FILE) != NULL &&
                      culvert_error_get_fact (self->error, CULVERT_FACT_LINE) != NULL;

  if (is_shown)
    fill (self, is_changed);
  gtk_widget_set_visible (GTK_WIDGET (self), is_shown);
}

static void
copy_cb (CulvertHostKeyCard *self)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)),
                          gtk_label_get_label (self->command));
  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-message", "s", _ ("Command copied"));
}

static void
culvert_host_key_card_dispose (GObject *object)
{
  CulvertHostKeyCard *self = CULVERT_HOST_KEY_CARD (object);

  gtk_widget_dispose_template (GTK_WIDGET (object), CULVERT_TYPE_HOST_KEY_CARD);
  g_clear_error (&self->error);
  G_OBJECT_CLASS (culvert_host_key_card_parent_class)->dispose (object);
}

static void
culvert_host_key_card_set_property (GObject      *object,
                                    guint         prop_id,
                                    const GValue *value,
                                    GParamSpec   *pspec)
{
  CulvertHostKeyCard *self = CULVERT_HOST_KEY_CARD (object);

  switch (prop_id)
    {
    case PROP_ERROR:
      g_clear_error (&self->error);
      self->error = g_value_dup_boxed (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
      return;
    }
  update (self);
}

static void
culvert_host_key_card_class_init (CulvertHostKeyCardClass *klass)
{
  const GParamFlags flags = G_PARAM_WRITABLE | G_PARAM_STATIC_STRINGS;
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass   *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->dispose = culvert_host_key_card_dispose;
  object_class->set_property = culvert_host_key_card_set_property;
  properties[PROP_ERROR] = g_param_spec_boxed ("error", NULL, NULL, G_TYPE_ERROR, flags);
  g_object_class_install_properties (object_class, N_PROPS, properties);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/io/github/culvert_app/Culvert/host-key-card.ui");
  gtk_widget_class_bind_template_child (widget_class, CulvertHostKeyCard, shown);
  gtk_widget_class_bind_template_child (widget_class, CulvertHostKeyCard, recorded_title);
  gtk_widget_class_bind_template_child (widget_class, CulvertHostKeyCard, recorded);
  gtk_widget_class_bind_template_child (widget_class, CulvertHostKeyCard, recorded_box);
  gtk_widget_class_bind_template_child (widget_class, CulvertHostKeyCard, place);
  gtk_widget_class_bind_template_child (widget_class, CulvertHostKeyCard, command);
  gtk_widget_class_bind_template_child (widget_class, CulvertHostKeyCard, command_box);
  gtk_widget_class_bind_template_child (widget_class, CulvertHostKeyCard, copy);
  gtk_widget_class_bind_template_child (widget_class, CulvertHostKeyCard, known_hosts);
  gtk_widget_class_bind_template_callback (widget_class, copy_cb);
}

static void
culvert_host_key_card_init (CulvertHostKeyCard *self)
{
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  /* A hyphen where the line is broken would read as part of the text. */
  pango_attr_list_insert (attributes, pango_attr_insert_hyphens_new (FALSE));
  gtk_label_set_attributes (self->shown, attributes);
  gtk_label_set_attributes (self->recorded, attributes);
  gtk_label_set_attributes (self->command, attributes);
  gtk_widget_set_direction (GTK_WIDGET (self->command), GTK_TEXT_DIR_LTR);
}
