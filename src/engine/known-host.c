/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "engine/known-host.h"

#include "base/log.h"
#include "ssh/fingerprint.h"
#include "ssh/host-key.h"

#include <string.h>

struct _CulvertKnownHost
{
  GObject              parent_instance;
  CulvertKnownHostKind kind;
  gboolean             is_hashed;
  char                *names; /* as they stand there */
  char                *shown; /* made printable */
  char                *type_name;
  char                *fingerprint;
  char                *file;
  guint                line_number;
  char                *text; /* the whole line */
};

enum
{
  PROP_0,
  PROP_LINE_NUMBER,
  N_PROPS
};

static GParamSpec *properties[N_PROPS];

G_DEFINE_FINAL_TYPE (CulvertKnownHost, culvert_known_host, G_TYPE_OBJECT)

static void
culvert_known_host_get_property (GObject *object, guint prop_id, GValue *value, GParamSpec *pspec)
{
  switch (prop_id)
    {
    case PROP_LINE_NUMBER:
      g_value_set_uint (value, CULVERT_KNOWN_HOST (object)->line_number);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, prop_id, pspec);
    }
}

static void
culvert_known_host_finalize (GObject *object)
{
  CulvertKnownHost *self = CULVERT_KNOWN_HOST (object);

  g_free (self->names);
  g_free (self->shown);
  g_free (self->type_name);
  g_free (self->fingerprint);
  g_free (self->file);
  g_free (self->text);
  G_OBJECT_CLASS (culvert_known_host_parent_class)->finalize (object);
}

static void
culvert_known_host_class_init (CulvertKnownHostClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->get_property = culvert_known_host_get_property;
  object_class->finalize = culvert_known_host_finalize;
  properties[PROP_LINE_NUMBER] = g_param_spec_uint ("line-number", NULL, NULL, 0, G_MAXUINT, 0,
                                                    G_PARAM_READABLE | G_PARAM_STATIC_STRINGS);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
culvert_known_host_init (CulvertKnownHost *self)
{
}

static CulvertKnownHostKind
get_kind (CulvertKnownHostsMarker marker)
{
  switch (marker)
    {
    case CULVERT_KNOWN_HOSTS_MARKED_AUTHORITY:
      return CULVERT_KNOWN_HOST_AUTHORITY;
    case CULVERT_KNOWN_HOSTS_MARKED_REVOKED:
      return CULVERT_KNOWN_HOST_REVOKED;
    case CULVERT_KNOWN_HOSTS_PLAIN:
    default:
      return CULVERT_KNOWN_HOST_KEY;
    }
}

static CulvertKnownHost *
make (const CulvertKnownHostsEntry *entry)
{
  CulvertKnownHost *self = g_object_new (CULVERT_TYPE_KNOWN_HOST, NULL);

  self->kind = get_kind (entry->marker);
  self->is_hashed = entry->names[0] == '|';
  self->names = g_strdup (entry->names);
  self->shown = culvert_log_printable (entry->names, -1);
  self->type_name = culvert_log_printable (entry->type_name, -1);
  self->fingerprint = culvert_fingerprint_sha256 (entry->public_blob);
  self->file = g_strdup (entry->file_name);
  self->line_number = entry->line_number;
  self->text = g_strdup (entry->text);
  return self;
}

CulvertKnownHostKind
culvert_known_host_get_kind (CulvertKnownHost *self)
{
  return self->kind;
}

const char *
culvert_known_host_get_names (CulvertKnownHost *self)
{
  return self->is_hashed ? NULL : self->shown;
}

const char *
culvert_known_host_get_type_name (CulvertKnownHost *self)
{
  return self->type_name;
}

const char *
culvert_known_host_get_fingerprint (CulvertKnownHost *self)
{
  return self->fingerprint;
}

const char *
culvert_known_host_get_file (CulvertKnownHost *self)
{
  return self->file;
}

guint
culvert_known_host_get_line_number (CulvertKnownHost *self)
{
  return self->line_number;
}

static gboolean
contains (const char *haystack, const char *lower)
{
  g_autofree char *folded = g_utf8_strdown (haystack, -1);

  return strstr (folded, lower) != NULL;
}

gboolean
culvert_known_host_matches (CulvertKnownHost *self, const char *text)
{
  g_autofree char *lower = g_utf8_strdown (text, -1);
  g_autofree char *place = g_strdup_printf ("%s:%u", self->file, self->line_number);

  if (*lower == '\0' || (!self->is_hashed && contains (self->shown, lower)) ||
      contains (self->type_name, lower) || strstr (self->fingerprint, text) != NULL ||
      strcmp (place, text) == 0 || contains (self->file, lower))
    return TRUE;
  /* A path is no name, though "*" would match it. */
  return strchr (lower, '/') == NULL && culvert_known_hosts_names_match (self->names, lower);
}

void
culvert_known_host_shift (CulvertKnownHost *self, const char *file, guint line_number, int by)
{
  if (strcmp (self->file, file) != 0 || self->line_number < line_number ||
      (by < 0 && self->line_number == line_number))
    return;
  self->line_number = (guint)((int)self->line_number + by);
  g_object_notify_by_pspec (G_OBJECT (self), properties[PROP_LINE_NUMBER]);
}

GStrv
culvert_known_host_files (CulvertProfile *const *profiles, guint n_profiles)
{
  g_autoptr (CulvertProfile) usual = culvert_profile_new ();
  GPtrArray                 *files = g_ptr_array_new ();

  for (guint i = 0; i <= n_profiles; i++)
    {
      g_auto (GStrv) more = culvert_host_key_files (i == 0 ? usual : profiles[i - 1]);

      for (char **file = more; *file != NULL; file++)
        if (!g_ptr_array_find_with_equal_func (files, *file, g_str_equal, NULL))
          g_ptr_array_add (files, g_strdup (*file));
    }
  g_ptr_array_add (files, NULL);
  return (GStrv)g_ptr_array_free (files, FALSE);
}

typedef struct
{
  CulvertKnownHosts *hosts;
  GError            *error; /* nullable */
} Content;

static void
content_free (gpointer data)
{
  Content *content = data;

  culvert_known_hosts_free (content->hosts);
  g_clear_error (&content->error);
  g_free (content);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  GStrv    files = task_data;
  Content *content = g_new0 (Content, 1);

  content->hosts = culvert_known_hosts_new ();
  for (char **file = files; *file != NULL && !g_cancellable_is_cancelled (cancellable); file++)
    {
      GError *error = NULL;

      if (culvert_known_hosts_add_file (content->hosts, *file, &error))
        continue;
      g_clear_error (&content->error);
      content->error = error;
    }
  g_task_return_pointer (task, content, content_free);
}

void
culvert_known_host_read_async (const char *const  *files,
                               GCancellable       *cancellable,
                               GAsyncReadyCallback callback,
                               gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_task_data (task, g_strdupv ((char **)files), (GDestroyNotify)g_strfreev);
  g_task_run_in_thread (task, read_in_thread);
}

GPtrArray *
culvert_known_host_read_finish (GAsyncResult *result, GError **error)
{
  Content         *content = g_task_propagate_pointer (G_TASK (result), error);
  const GPtrArray *entries;
  GPtrArray       *hosts;

  if (content == NULL)
    return NULL;
  entries = culvert_known_hosts_get_entries (content->hosts);
  hosts = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < entries->len; i++)
    g_ptr_array_add (hosts, make (g_ptr_array_index (entries, i)));
  if (content->error != NULL)
    g_propagate_error (error, g_steal_pointer (&content->error));
  content_free (content);
  return hosts;
}

typedef struct
{
  char *file;
  guint line_number;
  char *text;
} Change;

static void
change_free (gpointer data)
{
  Change *change = data;

  g_free (change->file);
  g_free (change->text);
  g_free (change);
}

static void
return_change (GTask *task, gboolean ok, GError *error)
{
  if (ok)
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
remove_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Change  *change = task_data;
  GError  *error = NULL;
  guint    n_removed;
  gboolean ok = culvert_known_hosts_remove_line (change->file, change->line_number, change->text,
                                                 &n_removed, &error);

  return_change (task, ok, error);
}

static void
put_back_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Change  *change = task_data;
  GError  *error = NULL;
  gboolean ok =
    culvert_known_hosts_insert_line (change->file, change->line_number, change->text, &error);

  return_change (task, ok, error);
}

static void
run_change (CulvertKnownHost   *self,
            GTaskThreadFunc     func,
            GAsyncReadyCallback callback,
            gpointer            user_data)
{
  g_autoptr (GTask) task = g_task_new (self, NULL, callback, user_data);
  Change           *change = g_new0 (Change, 1);

  change->file = g_strdup (self->file);
  change->line_number = self->line_number;
  change->text = g_strdup (self->text);
  g_task_set_task_data (task, change, change_free);
  g_task_run_in_thread (task, func);
}

void
culvert_known_host_remove_async (CulvertKnownHost   *self,
                                 GAsyncReadyCallback callback,
                                 gpointer            user_data)
{
  run_change (self, remove_in_thread, callback, user_data);
}

void
culvert_known_host_put_back_async (CulvertKnownHost   *self,
                                   GAsyncReadyCallback callback,
                                   gpointer            user_data)
{
  run_change (self, put_back_in_thread, callback, user_data);
}

gboolean
culvert_known_host_change_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
