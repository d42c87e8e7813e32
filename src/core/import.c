/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "config.h"

#include "core/import-private.h"

#include "core/profile-difference.h"
#include "core/profile-file.h"
#include "core/profile-store.h"
#include "core/proxy-secret.h"
#include "core/short-id.h"

#include <string.h>

#define NAME_TRIES_MAX 1000

static void
candidate_free (CulvertImportCandidate *self)
{
  g_free (self->file);
  g_free (self->name);
  g_clear_pointer (&self->profile, culvert_profile_unref);
  g_clear_pointer (&self->existing, culvert_profile_unref);
  g_ptr_array_unref (self->differences);
  g_ptr_array_unref (self->notes);
  g_clear_pointer (&self->why, culvert_import_note_free);
  g_free (self);
}

CulvertImport *
culvert_import_ref (CulvertImport *self)
{
  g_atomic_ref_count_inc (&self->ref_count);
  return self;
}

void
culvert_import_unref (CulvertImport *self)
{
  if (!g_atomic_ref_count_dec (&self->ref_count))
    return;
  g_ptr_array_unref (self->candidates);
  g_ptr_array_unref (self->notes);
  g_free (self);
}

gboolean
culvert_import_reader_is_over (const CulvertImportReader *self)
{
  return self->import->candidates->len >= CULVERT_IMPORT_MAX_CANDIDATES ||
         g_cancellable_is_cancelled (self->cancellable);
}

CulvertImportCandidate *
culvert_import_add (CulvertImportReader *self,
                    CulvertImportKind    kind,
                    const char          *file,
                    const char          *name)
{
  CulvertImportCandidate *candidate;

  if (culvert_import_reader_is_over (self))
    return NULL;
  candidate = g_new0 (CulvertImportCandidate, 1);
  candidate->kind = kind;
  candidate->file = g_strdup (file);
  candidate->name = name != NULL ? g_strdup (name) : g_path_get_basename (file);
  candidate->notes = culvert_import_notes_new ();
  candidate->differences = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_difference_free);
  g_ptr_array_add (self->import->candidates, candidate);
  return candidate;
}

void
culvert_import_candidate_refuse (CulvertImportCandidate *self, CulvertImportNote *why)
{
  g_clear_pointer (&self->profile, culvert_profile_unref);
  g_clear_pointer (&self->why, culvert_import_note_free);
  self->why = why;
  self->state = why->code == CULVERT_IMPORT_OTHER_PROTOCOL || why->code == CULVERT_IMPORT_NO_SERVER
                  ? CULVERT_IMPORT_LEFT_OUT
                  : CULVERT_IMPORT_IMPOSSIBLE;
}

GPtrArray *
culvert_import_list_saved (GListModel *store)
{
  GPtrArray *saved = g_ptr_array_new_with_free_func ((GDestroyNotify)culvert_profile_unref);

  for (guint i = 0; i < g_list_model_get_n_items (store); i++)
    {
      g_autoptr (CulvertProfileEntry) entry = g_list_model_get_item (store, i);

      g_ptr_array_add (saved, culvert_profile_ref (culvert_profile_entry_get_profile (entry)));
    }
  return saved;
}

/* Do both lead to the same, as far as every kind of file can say? */
static gboolean
has_same_ends (CulvertForwardSpec *a, CulvertForwardSpec *b)
{
  return culvert_forward_spec_get_kind (a) == culvert_forward_spec_get_kind (b) &&
         culvert_endpoint_equal (culvert_forward_spec_get_listen (a),
                                 culvert_forward_spec_get_listen (b)) &&
         culvert_endpoint_equal (culvert_forward_spec_get_target (a),
                                 culvert_forward_spec_get_target (b));
}

/* (transfer none) (nullable): one of @existing with the ends of @spec that is not among @taken */
static CulvertForwardSpec *
find_alike (const CulvertProfile *existing, CulvertForwardSpec *spec, GHashTable *taken)
{
  for (guint i = 0; i < existing->forwards->len; i++)
    {
      CulvertForwardSpec *other = g_ptr_array_index (existing->forwards, i);

      if (has_same_ends (other, spec) &&
          !g_hash_table_contains (taken, culvert_forward_spec_get_id (other)))
        return other;
    }
  return NULL;
}

/* (transfer full): @spec under an id that is free */
static CulvertForwardSpec *
with_free_id (CulvertForwardSpec *spec, const CulvertProfile *existing, GHashTable *taken)
{
  CulvertForwardFields fields = culvert_forward_spec_get_fields (spec);

  if (!g_hash_table_contains (taken, fields.id) &&
      culvert_profile_find_forward (existing, fields.id) == NULL)
    return culvert_forward_spec_ref (spec);
  fields.id = NULL;
  return culvert_forward_spec_new (&fields);
}

/* Puts the forwards of @read into @merged.  One that is there already stays the object that it is, with its name
 * and what else no other program's file says; so it goes on running. */
static void
merge_forwards (CulvertProfile *merged, const CulvertProfile *read, const CulvertProfile *existing)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray)  alike = g_ptr_array_new ();

  for (guint i = 0; i < read->forwards->len; i++)
    {
      CulvertForwardSpec *found = find_alike (existing, read->forwards->pdata[i], taken);

      g_ptr_array_add (alike, found);
      if (found != NULL)
        g_hash_table_add (taken, (gpointer)culvert_forward_spec_get_id (found));
    }
  g_ptr_array_set_size (merged->forwards, 0);
  for (guint i = 0; i < read->forwards->len; i++)
    {
      CulvertForwardSpec *found = g_ptr_array_index (alike, i);
      CulvertForwardSpec *spec = found != NULL
                                   ? culvert_forward_spec_ref (found)
                                   : with_free_id (read->forwards->pdata[i], existing, taken);

      g_ptr_array_add (merged->forwards, spec);
      g_hash_table_add (taken, (gpointer)culvert_forward_spec_get_id (spec));
    }
}

/* What every foreign kind of file says about the way to a server, and about signing in. */
static void
take_server (CulvertProfile *merged, const CulvertProfile *read)
{
  culvert_profile_set_string (&merged->host, read->host);
  merged->port = read->port;
  culvert_profile_set_string (&merged->user, read->user);
  merged->address_family = read->address_family;
  culvert_profile_set_string (&merged->host_key_alias, read->host_key_alias);
  culvert_profile_set_strings (&merged->hops, (const char *const *)read->hops);
  culvert_profile_set_string (&merged->proxy_command, read->proxy_command);
  g_array_set_size (merged->methods, 0);
  g_array_append_vals (merged->methods, read->methods->data, read->methods->len);
  merged->keepalive_interval_s = read->keepalive_interval_s;
}

/* What ssh's own files and commands say besides. */
static void
take_ssh (CulvertProfile *merged, const CulvertProfile *read)
{
  culvert_profile_set_strings (&merged->known_hosts_files,
                               (const char *const *)read->known_hosts_files);
  merged->host_key_policy = read->host_key_policy;
  culvert_profile_set_strings (&merged->key_files, (const char *const *)read->key_files);
  culvert_profile_set_strings (&merged->certificate_files,
                               (const char *const *)read->certificate_files);
  culvert_profile_set_string (&merged->agent_socket, read->agent_socket);
  merged->only_listed_keys = read->only_listed_keys;
  merged->never_ask = read->never_ask;
  merged->connect_timeout_s = read->connect_timeout_s;
  merged->legacy_algorithms = read->legacy_algorithms;
}

/* (transfer full): @existing with what the file says; what that kind of file cannot say stays as it is */
static CulvertProfile *
merge (const CulvertImportCandidate *self, CulvertProfile *existing)
{
  CulvertProfile *read = self->profile;
  CulvertProfile *merged;

  if (self->kind == CULVERT_IMPORT_KIND_CULVERT)
    {
      merged = culvert_profile_edit (read);
      culvert_profile_set_string (&merged->id, existing->id);
    }
  else
    {
      merged = culvert_profile_edit (existing);
      take_server (merged, read);
      if (self->kind == CULVERT_IMPORT_KIND_PUTTY)
        culvert_profile_set_string (&merged->proxy, read->proxy);
      else
        take_ssh (merged, read);
      /* A command has -N out of habit. */
      if (self->kind == CULVERT_IMPORT_KIND_PUTTY || self->kind == CULVERT_IMPORT_KIND_SSH_CONFIG)
        merged->quick_replies = read->quick_replies;
      merge_forwards (merged, read, existing);
    }
  /* The person's word counts for the command that it was said about. */
  merged->proxy_command_allowed =
    existing->proxy_command_allowed && strcmp (existing->proxy_command, merged->proxy_command) == 0;
  merged->start_with_program = existing->start_with_program;
  if (existing->revision != NULL)
    culvert_profile_set_string (&merged->revision, existing->revision);
  else
    g_clear_pointer (&merged->revision, g_free);
  return merged;
}

static CulvertProfile *
find_by_id (GPtrArray *saved, const char *id)
{
  for (guint i = 0; i < saved->len; i++)
    {
      CulvertProfile *profile = g_ptr_array_index (saved, i);

      if (strcmp (profile->id, id) == 0)
        return profile;
    }
  return NULL;
}

/* (transfer none) (nullable): the one of that name, if there is just one */
static CulvertProfile *
find_by_name (GPtrArray *saved, const char *name)
{
  g_autofree char *wanted = g_utf8_casefold (name, -1);
  CulvertProfile  *found = NULL;

  for (guint i = 0; i < saved->len && *name != '\0'; i++)
    {
      CulvertProfile  *profile = g_ptr_array_index (saved, i);
      g_autofree char *folded = g_utf8_casefold (profile->name, -1);

      if (strcmp (folded, wanted) != 0)
        continue;
      if (found != NULL)
        return NULL;
      found = profile;
    }
  return found;
}

/* A tunnel is the same whatever it is called: a file of its own has other ids each time that it is written for
 * somebody. (transfer none) (nullable) */
static CulvertProfile *
find_same (const CulvertImportCandidate *self, GPtrArray *saved)
{
  for (guint i = 0; i < saved->len; i++)
    {
      CulvertProfile            *profile = g_ptr_array_index (saved, i);
      g_autoptr (CulvertProfile) merged = NULL;
      g_autoptr (GPtrArray)      differences = NULL;

      if (strcmp (profile->host, self->profile->host) != 0 ||
          profile->port != self->profile->port ||
          profile->forwards->len != self->profile->forwards->len)
        continue;
      merged = merge (self, profile);
      differences = culvert_profile_differences (profile, merged);
      if (differences->len == 0)
        return profile;
    }
  return NULL;
}

static void
set_existing (CulvertImportCandidate *self, CulvertProfile *existing)
{
  CulvertProfile *merged = merge (self, existing);

  culvert_profile_unref (self->profile);
  self->profile = merged;
  self->existing = culvert_profile_ref (existing);
  g_ptr_array_unref (self->differences);
  self->differences = culvert_profile_differences (existing, merged);
  self->state = self->differences->len > 0 ? CULVERT_IMPORT_DIFFERENT : CULVERT_IMPORT_SAME;
}

/* A unit that starts a saved tunnel holds nothing of it. */
static void
resolve_reference (CulvertImportCandidate *self, GPtrArray *saved)
{
  CulvertProfile *existing = find_by_id (saved, self->why->text);

  if (existing == NULL)
    existing = find_by_name (saved, self->why->text);
  if (existing == NULL)
    return;
  g_clear_pointer (&self->why, culvert_import_note_free);
  self->profile = culvert_profile_ref (existing);
  self->existing = culvert_profile_ref (existing);
  self->state = CULVERT_IMPORT_SAME;
}

static void
give_title (CulvertImportCandidate *self)
{
  g_autofree char *title = culvert_profile_dup_title (self->profile);

  if (*title != '\0')
    culvert_profile_set_string (&self->name, title);
}

void
culvert_import_compare (CulvertImportReader *self, CulvertImportCandidate *candidate)
{
  CulvertProfile *existing;

  if (candidate->profile == NULL)
    {
      if (candidate->why->code == CULVERT_IMPORT_REFERENCE)
        resolve_reference (candidate, self->saved);
      return;
    }
  if (culvert_command_has_secret (candidate->profile->proxy_command))
    {
      culvert_import_candidate_refuse (
        candidate,
        culvert_import_note_new (CULVERT_IMPORT_COMMAND_SECRET, candidate->file, 0, NULL, NULL));
      g_ptr_array_set_size (candidate->notes, 0);
      return;
    }
  candidate->profile->proxy_command_allowed = FALSE;
  candidate->profile->start_with_program = FALSE;
  give_title (candidate);
  existing = find_by_id (self->saved, candidate->profile->id);
  if (existing == NULL)
    existing = find_same (candidate, self->saved);
  if (existing == NULL)
    {
      existing = find_by_name (self->saved, candidate->profile->name);
      candidate->by_name = existing != NULL;
    }
  if (existing != NULL)
    set_existing (candidate, existing);
}

/* Of several files, or in one, the same may be there twice: the first counts.  Commands have no ids to tell
 * by. */
static void
drop_repeated (CulvertImportReader *self)
{
  GPtrArray             *candidates = self->import->candidates;
  g_autoptr (GHashTable) texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_autoptr (GHashTable) ids = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; i < candidates->len; i++)
    {
      CulvertImportCandidate *candidate = g_ptr_array_index (candidates, i);

      if (candidate->profile == NULL)
        continue;
      if (!g_hash_table_add (texts, culvert_profile_to_text (candidate->profile)))
        {
          g_ptr_array_remove_index (candidates, i--);
          continue;
        }
      if (g_hash_table_contains (ids, candidate->profile->id))
        {
          /* Another of that name, from elsewhere. */
          g_free (candidate->profile->id);
          candidate->profile->id = culvert_short_id_new (CULVERT_PROFILE_ID_LENGTH);
        }
      g_hash_table_add (ids, candidate->profile->id);
    }
}

/* What a line of a file means for several tunnels is said once. */
static void
share_notes (CulvertImport *self)
{
  g_autoptr (GHashTable) seen = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint pass = 0; pass < 2; pass++)
    for (guint i = 0; i < self->candidates->len; i++)
      {
        CulvertImportCandidate *candidate = g_ptr_array_index (self->candidates, i);

        for (guint j = 0; j < candidate->notes->len; j++)
          {
            const CulvertImportNote *note = g_ptr_array_index (candidate->notes, j);
            char                    *key;

            if (note->code != CULVERT_IMPORT_LINE && note->code != CULVERT_IMPORT_MINOR_LINE)
              continue;
            key = g_strdup_printf ("%s:%u %s", note->file, note->line, note->text);
            if (pass == 0)
              {
                guint n = GPOINTER_TO_UINT (g_hash_table_lookup (seen, key));

                g_hash_table_insert (seen, key, GUINT_TO_POINTER (n + 1));
                continue;
              }
            if (GPOINTER_TO_UINT (g_hash_table_lookup (seen, key)) > 1)
              {
                if (!g_ptr_array_find_with_equal_func (
                      self->notes, note, (GEqualFunc)(void (*) (void))culvert_import_note_equal,
                      NULL))
                  g_ptr_array_add (self->notes, culvert_import_note_copy (note));
                g_ptr_array_remove_index (candidate->notes, j--);
              }
            g_free (key);
          }
      }
}

CulvertImport *
culvert_import_read (const char *const     *paths,
                     const CulvertSshFiles *ssh_files,
                     GPtrArray             *saved,
                     GCancellable          *cancellable)
{
  CulvertImport      *import = g_new0 (CulvertImport, 1);
  CulvertImportReader reader = { import, ssh_files, saved, cancellable };

  g_atomic_ref_count_init (&import->ref_count);
  import->candidates = g_ptr_array_new_with_free_func ((GDestroyNotify)candidate_free);
  import->notes = culvert_import_notes_new ();
  for (guint i = 0; paths[i] != NULL && !culvert_import_reader_is_over (&reader); i++)
    culvert_import_read_path (&reader, paths[i]);
  drop_repeated (&reader);
  for (guint i = 0; i < import->candidates->len && !g_cancellable_is_cancelled (cancellable); i++)
    culvert_import_compare (&reader, g_ptr_array_index (import->candidates, i));
  share_notes (import);
  return import;
}

gboolean
culvert_import_candidate_is_usable (const CulvertImportCandidate *self)
{
  return self->state == CULVERT_IMPORT_NEW || self->state == CULVERT_IMPORT_DIFFERENT;
}

gboolean
culvert_import_candidate_carries (const CulvertImportCandidate *self)
{
  return self->profile != NULL && self->profile->forwards->len > 0;
}

/* (transfer full): @name, with a number where it is taken */
static char *
find_free_name (const char *name, GPtrArray *saved)
{
  for (guint i = 2; i < NAME_TRIES_MAX; i++)
    {
      g_autofree char *numbered = g_strdup_printf ("%s %u", name, i);
      gboolean         is_taken = FALSE;

      for (guint j = 0; j < saved->len && !is_taken; j++)
        is_taken = strcmp (((CulvertProfile *)g_ptr_array_index (saved, j))->name, numbered) == 0;
      if (!is_taken)
        return g_steal_pointer (&numbered);
    }
  return g_strdup (name);
}

CulvertProfile *
culvert_import_candidate_build (const CulvertImportCandidate *self,
                                CulvertImportChoice           choice,
                                GPtrArray                    *saved)
{
  g_autofree char *name = NULL;
  CulvertProfile  *copy;

  if (choice == CULVERT_IMPORT_SKIP || !culvert_import_candidate_is_usable (self))
    return NULL;
  if (choice != CULVERT_IMPORT_KEEP_BOTH || self->existing == NULL)
    return culvert_profile_ref (self->profile);
  copy = culvert_profile_duplicate (self->profile);
  name = find_free_name (self->name, saved);
  culvert_profile_set_string (&copy->name, name);
  copy->start_with_program = FALSE;
  copy->proxy_command_allowed = FALSE;
  return copy;
}
