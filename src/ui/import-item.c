/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "ui/import-item.h"

#include "words/import-words.h"
#include "words/tunnel-words.h"

#include <glib/gi18n.h>

#define FORWARDS_SHOWN    3
#define DIFFERENCES_SHOWN 12
#define NOTES_SHOWN       12

struct _CulvertImportItem
{
  GObject                       parent_instance;
  CulvertImport                *import;    /* NULL for a note */
  const CulvertImportCandidate *candidate; /* of the import */
  char                         *title;
  char                         *text; /* of a note */
  gboolean                      is_chosen;
  CulvertImportChoice           choice;
};

enum
{
  PROP_IS_CHOSEN = 1,
  PROP_CHOICE,
  N_PROPERTIES
};

static GParamSpec *properties[N_PROPERTIES];

G_DEFINE_FINAL_TYPE (CulvertImportItem, culvert_import_item, G_TYPE_OBJECT)

static void
culvert_import_item_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  CulvertImportItem *self = CULVERT_IMPORT_ITEM (object);

  if (id == PROP_IS_CHOSEN)
    g_value_set_boolean (value, self->is_chosen);
  else
    g_value_set_uint (value, self->choice);
}

static void
culvert_import_item_set_property (GObject *object, guint id, const GValue *value, GParamSpec *pspec)
{
  CulvertImportItem *self = CULVERT_IMPORT_ITEM (object);

  if (id == PROP_IS_CHOSEN)
    culvert_import_item_set_chosen (self, g_value_get_boolean (value));
  else
    culvert_import_item_set_choice (self, (CulvertImportChoice)g_value_get_uint (value));
}

static void
culvert_import_item_finalize (GObject *object)
{
  CulvertImportItem *self = CULVERT_IMPORT_ITEM (object);

  g_clear_pointer (&self->import, culvert_import_unref);
  g_free (self->title);
  g_free (self->text);
  G_OBJECT_CLASS (culvert_import_item_parent_class)->finalize (object);
}

static void
culvert_import_item_class_init (CulvertImportItemClass *klass)
{
  GObjectClass     *object_class = G_OBJECT_CLASS (klass);
  const GParamFlags flags = G_PARAM_READWRITE | G_PARAM_EXPLICIT_NOTIFY | G_PARAM_STATIC_STRINGS;

  object_class->get_property = culvert_import_item_get_property;
  object_class->set_property = culvert_import_item_set_property;
  object_class->finalize = culvert_import_item_finalize;
  properties[PROP_IS_CHOSEN] = g_param_spec_boolean ("is-chosen", NULL, NULL, FALSE, flags);
  properties[PROP_CHOICE] = g_param_spec_uint ("choice", NULL, NULL, 0, CULVERT_IMPORT_KEEP_BOTH,
                                               CULVERT_IMPORT_ADD, flags);
  g_object_class_install_properties (object_class, N_PROPERTIES, properties);
}

static void
culvert_import_item_init (CulvertImportItem *self)
{
  self->choice = CULVERT_IMPORT_ADD;
}

CulvertImportItem *
culvert_import_item_new (CulvertImport *import, const CulvertImportCandidate *candidate)
{
  CulvertImportItem *self = g_object_new (CULVERT_TYPE_IMPORT_ITEM, NULL);

  self->import = culvert_import_ref (import);
  self->candidate = candidate;
  self->title = g_utf8_make_valid (candidate->name, -1);
  self->is_chosen =
    candidate->state == CULVERT_IMPORT_NEW && culvert_import_candidate_carries (candidate);
  if (candidate->state == CULVERT_IMPORT_DIFFERENT)
    self->choice = CULVERT_IMPORT_REPLACE;
  return self;
}

CulvertImportItem *
culvert_import_item_new_note (const char *title, const char *text)
{
  CulvertImportItem *self = g_object_new (CULVERT_TYPE_IMPORT_ITEM, NULL);

  self->title = g_strdup (title);
  self->text = g_strdup (text);
  return self;
}

const CulvertImportCandidate *
culvert_import_item_get_candidate (CulvertImportItem *self)
{
  return self->candidate;
}

gboolean
culvert_import_item_is_usable (CulvertImportItem *self)
{
  return self->candidate != NULL && culvert_import_candidate_is_usable (self->candidate);
}

gboolean
culvert_import_item_is_chosen (CulvertImportItem *self)
{
  return self->is_chosen;
}

void
culvert_import_item_set_chosen (CulvertImportItem *self, gboolean is_chosen)
{
  is_chosen = is_chosen && culvert_import_item_is_usable (self);
  if (self->is_chosen == is_chosen)
    return;
  self->is_chosen = is_chosen;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_IS_CHOSEN]);
}

CulvertImportChoice
culvert_import_item_get_choice (CulvertImportItem *self)
{
  return self->choice;
}

void
culvert_import_item_set_choice (CulvertImportItem *self, CulvertImportChoice choice)
{
  if (self->choice == choice)
    return;
  self->choice = choice;
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_CHOICE]);
}

const char *
culvert_import_item_get_title (CulvertImportItem *self)
{
  return self->title;
}

const char *
culvert_import_item_get_icon_name (CulvertImportItem *self)
{
  if (self->candidate == NULL)
    return "dialog-information-symbolic";
  switch (self->candidate->state)
    {
    case CULVERT_IMPORT_SAME:
      return "object-select-symbolic";
    case CULVERT_IMPORT_LEFT_OUT:
      return "action-unavailable-symbolic";
    case CULVERT_IMPORT_NEW:
    case CULVERT_IMPORT_DIFFERENT:
    case CULVERT_IMPORT_IMPOSSIBLE:
    default:
      return "dialog-warning-symbolic";
    }
}

char *
culvert_import_item_dup_state (CulvertImportItem *self)
{
  const CulvertImportCandidate *candidate = self->candidate;
  g_autofree char              *title = NULL;

  if (candidate == NULL)
    return g_strdup ("");
  switch (candidate->state)
    {
    case CULVERT_IMPORT_NEW:
      return g_strdup (culvert_import_candidate_carries (candidate) ? _ ("New")
                                                                    : _ ("New, without forwards"));
    case CULVERT_IMPORT_SAME:
      title = culvert_profile_dup_title (candidate->existing);
      if (g_str_equal (title, candidate->name))
        return g_strdup (_ ("Already there"));
      /* Translators: %s is the name of a tunnel */
      return g_strdup_printf (_ ("Already there as “%s”"), title);
    case CULVERT_IMPORT_DIFFERENT:
      title = culvert_profile_dup_title (candidate->existing);
      if (g_str_equal (title, candidate->name))
        return g_strdup (_ ("Differs from the saved one"));
      /* Translators: %s is the name of a tunnel */
      return g_strdup_printf (_ ("Differs from the saved “%s”"), title);
    case CULVERT_IMPORT_LEFT_OUT:
      return g_strdup (_ ("Left out"));
    case CULVERT_IMPORT_IMPOSSIBLE:
    default:
      return g_strdup (_ ("Can’t be imported"));
    }
}

static void
add_line (GString *text, const char *line)
{
  if (text->len > 0)
    g_string_append_c (text, '\n');
  g_string_append (text, line);
}

/* How many there are besides. */
static void
add_rest (GString *text, guint n_rest)
{
  g_autofree char *line = g_strdup_printf (ngettext ("and %u more", "and %u more", n_rest), n_rest);

  add_line (text, line);
}

char *
culvert_import_item_dup_summary (CulvertImportItem *self)
{
  const CulvertProfile *profile = self->candidate != NULL ? self->candidate->profile : NULL;
  g_autofree char      *server = NULL;
  GString              *text;

  if (profile == NULL)
    return g_strdup ("");
  server = culvert_words_for_server (profile);
  text = g_string_new (server);
  for (guint i = 0; i < MIN (profile->forwards->len, FORWARDS_SHOWN); i++)
    {
      g_autofree char *forward =
        culvert_words_for_forward_short (g_ptr_array_index (profile->forwards, i));

      add_line (text, forward);
    }
  if (profile->forwards->len > FORWARDS_SHOWN)
    add_rest (text, profile->forwards->len - FORWARDS_SHOWN);
  return g_string_free (text, FALSE);
}

static void
add_differences (GString *text, const CulvertImportCandidate *candidate)
{
  for (guint i = 0; i < MIN (candidate->differences->len, DIFFERENCES_SHOWN); i++)
    {
      g_autofree char *line = culvert_words_for_difference (
        g_ptr_array_index (candidate->differences, i), candidate->existing, candidate->profile);

      add_line (text, line);
    }
  if (candidate->differences->len > DIFFERENCES_SHOWN)
    add_rest (text, candidate->differences->len - DIFFERENCES_SHOWN);
}

static void
add_notes (GString *text, GPtrArray *notes)
{
  guint n_shown = 0;
  guint n_rest = 0;

  for (guint i = 0; i < notes->len; i++)
    {
      const CulvertImportNote *note = g_ptr_array_index (notes, i);
      g_autofree char         *line = NULL;

      if (culvert_import_note_is_minor (note))
        continue;
      if (n_shown++ >= NOTES_SHOWN)
        {
          n_rest++;
          continue;
        }
      line = culvert_words_for_import_note_and_place (note);
      add_line (text, line);
    }
  if (n_rest > 0)
    add_rest (text, n_rest);
}

char *
culvert_import_item_dup_details (CulvertImportItem *self)
{
  const CulvertImportCandidate *candidate = self->candidate;
  GString                      *text = g_string_new (NULL);

  if (candidate == NULL)
    {
      g_string_append (text, self->text);
      return g_string_free (text, FALSE);
    }
  if (candidate->why != NULL)
    {
      g_autofree char *why = culvert_words_for_import_note_and_place (candidate->why);

      add_line (text, why);
    }
  if (candidate->state == CULVERT_IMPORT_DIFFERENT)
    add_differences (text, candidate);
  add_notes (text, candidate->notes);
  return g_string_free (text, FALSE);
}

gboolean
culvert_import_item_matches (CulvertImportItem *self, const char *text)
{
  g_autofree char *summary = culvert_import_item_dup_summary (self);
  g_autofree char *whole = g_strconcat (self->title, "\n", summary, NULL);
  g_autofree char *folded = g_utf8_casefold (whole, -1);
  g_autofree char *wanted = g_utf8_casefold (text, -1);

  return strstr (folded, wanted) != NULL;
}

guint
culvert_import_item_get_rank (CulvertImportItem *self)
{
  if (self->candidate == NULL)
    return 6;
  switch (self->candidate->state)
    {
    case CULVERT_IMPORT_DIFFERENT:
      return 1;
    case CULVERT_IMPORT_NEW:
      return culvert_import_candidate_carries (self->candidate) ? 0 : 3;
    case CULVERT_IMPORT_IMPOSSIBLE:
      return 2;
    case CULVERT_IMPORT_SAME:
      return 4;
    case CULVERT_IMPORT_LEFT_OUT:
    default:
      return 5;
    }
}
